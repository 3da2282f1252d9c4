//! What has come of a story: the histories, the tasks that wait, the next deadlines, and the messages on their way. The
//! form is told in the header of [`crate::script`].

use everbeat_engine::{Deadline, DeadlineKind, TaskKind, next_deadline, pending_tasks};
use everbeat_model::shape::to_json;
use everbeat_model::{Described, EventId, EventType, HistoryEvent, Limits, WorkflowExecution};
use serde_json::Value;

use crate::domain::{Delivery, Domain, Effect};
use crate::execution::Execution;
use crate::words;

/// The end of a story, from the line `history` on. Events of the types in `brief` stand without attributes.
pub(crate) fn show(domain: &Domain, brief: &[EventType]) -> String {
    let mut text = String::from("history\n");
    for run in &domain.runs {
        if domain.runs.len() > 1 {
            let WorkflowExecution {
                workflow_id,
                run_id,
            } = run.state.execution();
            text += &format!("{workflow_id}/{run_id}\n");
        }
        text += &show_run(run, &domain.world.limits, brief);
    }
    for message in &domain.mail {
        text += &format!(
            "message   {}\n",
            origin(&message.source, message.event.event_id)
        );
    }
    text
}

/// The answer of a delivery: the event that the message comes from, and what came of it.
pub(crate) fn delivery(delivery: &Delivery) -> String {
    let effect = match &delivery.effect {
        Effect::Reached(execution) => {
            format!("reached {}/{}", execution.workflow_id, execution.run_id)
        }
        Effect::Nobody => "reached nobody".into(),
        Effect::Calls { name, input } => format!("calls {name} input={input:?}"),
        Effect::CallsNothing => "calls nothing".into(),
    };
    origin(&delivery.source, delivery.event_id) + " " + &effect
}

fn origin(source: &WorkflowExecution, EventId(id): EventId) -> String {
    format!("{}/{} {id}", source.workflow_id, source.run_id)
}

fn show_run(execution: &Execution, limits: &Limits, brief: &[EventType]) -> String {
    let mut text = String::new();
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
        DeadlineKind::Lambda(id) => format!("{at} lambda-task {id}"),
        DeadlineKind::Decision(timeout) => format!("{at} decision-task {timeout}"),
    }
}
