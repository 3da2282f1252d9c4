//! What has come of a story: the history, the tasks that wait, and the next deadline. The form is told in the header of
//! [`crate::script`].

use everbeat_engine::{Deadline, DeadlineKind, TaskKind, next_deadline, pending_tasks};
use everbeat_model::shape::to_json;
use everbeat_model::{Described, EventId, EventType, HistoryEvent, Limits};
use serde_json::Value;

use crate::execution::Execution;
use crate::words;

/// The end of a story, from the line `history` on. Events of the types in `brief` stand without attributes.
pub(crate) fn show(execution: &Execution, limits: &Limits, brief: &[EventType]) -> String {
    let mut text = String::from("history\n");
    for event in &execution.events {
        let EventId(id) = event.event_id;
        let event_type = event.attributes.event_type();
        let time = if execution.commits.contains(&event.event_id) {
            words::show_time(event.event_timestamp.as_seconds())
        } else {
            "+".into()
        };
        let attributes = if brief.contains(&event_type) {
            "...".into()
        } else {
            attributes(event)
        };
        let line = format!(
            "{id:>3}  {time:<7} {:<32} {attributes}",
            event_type.as_str()
        );
        text = text + line.trim_end() + "\n";
    }
    for task in pending_tasks(&execution.state) {
        let kind = match task.kind {
            TaskKind::Decision => "decision-task",
            TaskKind::Activity => "activity-task",
        };
        let (id, list, priority) = (task.scheduled_event_id, &task.task_list, task.priority);
        let waits = if task.is_ready { "" } else { " not-ready" };
        text += &format!("pending   {kind} {id} task-list={list} priority={priority}{waits}\n");
    }
    let next = next_deadline(&execution.state, limits);
    text + "deadline  " + &next.map_or("none".into(), deadline) + "\n"
}

fn attributes(event: &HistoryEvent) -> String {
    let json: Value = serde_json::from_str(&to_json(event)).expect("events are JSON");
    let shape = HistoryEvent::SHAPE
        .structure()
        .expect("events are structures");
    let name = event.attributes.event_type().attributes_name();
    let member = shape
        .member(name)
        .and_then(|member| member.shape.structure());
    words::show(&json[name], member.expect("each type has attributes"))
}

fn deadline(deadline: Deadline) -> String {
    let at = words::show_time(deadline.at.as_seconds());
    match deadline.kind {
        DeadlineKind::Execution => format!("{at} execution"),
        DeadlineKind::Timer(id) => format!("{at} timer {id}"),
        DeadlineKind::Activity(id, timeout) => format!("{at} activity-task {id} {timeout}"),
        DeadlineKind::Decision(timeout) => format!("{at} decision-task {timeout}"),
    }
}
