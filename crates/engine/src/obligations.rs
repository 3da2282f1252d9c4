//! What must be pending outside of an execution, recomputed from its state: tasks on lists, and the earliest deadline.
//!
//! The partition keeps rows for these so that it need not look into every state; the rows are an index, this is the
//! truth.

use alloc::vec::Vec;

use everbeat_model::{
    ActivityTaskTimeoutType, DecisionTaskTimeoutType, EventId, Limits, Name, Timestamp,
};

use crate::change::Change;
use crate::context::Context;
use crate::draft::Draft;
use crate::entity::{activity, decision_task, lambda, lifecycle, timer};
use crate::state::State;

/// The two kinds of tasks, with task lists of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskKind {
    /// For deciders.
    Decision,
    /// For workers.
    Activity,
}

/// A task that waits to be handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingTask {
    /// Its scheduled event.
    pub scheduled_event_id: EventId,
    /// Kind of its list.
    pub kind: TaskKind,
    /// Name of its list.
    pub task_list: Name,
    /// Higher goes first.
    pub priority: i32,
    /// False for a decision task that waits behind a started one.
    pub is_ready: bool,
}

/// The tasks that wait, in the order of their scheduled events. A closed execution has none.
pub fn pending_tasks(state: &State) -> Vec<PendingTask> {
    if !state.is_open() {
        return Vec::new();
    }
    let decision = state
        .scheduled_decision
        .iter()
        .map(|scheduled| PendingTask {
            scheduled_event_id: scheduled.event_id,
            kind: TaskKind::Decision,
            task_list: scheduled.task_list.clone(),
            priority: state
                .task_priority
                .as_ref()
                .map_or(0, |priority| priority.value()),
            is_ready: state.started_decision.is_none(),
        });
    let activities = state
        .activities
        .iter()
        .filter(|activity| !activity.is_started())
        .map(|activity| PendingTask {
            scheduled_event_id: activity.scheduled_event_id,
            kind: TaskKind::Activity,
            task_list: activity.task_list.clone(),
            priority: activity
                .task_priority
                .as_ref()
                .map_or(0, |priority| priority.value()),
            is_ready: true,
        });
    let mut tasks: Vec<PendingTask> = decision.chain(activities).collect();
    tasks.sort_by_key(|task| task.scheduled_event_id);
    tasks
}

/// An instant at which something happens by itself. The order is that in which equal deadlines take effect
/// (execution.md section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: DeadlineKind,
}

/// What a deadline brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeadlineKind {
    /// The execution times out.
    Execution,
    /// The timer of that started event fires.
    Timer(EventId),
    /// The activity task of that scheduled event times out.
    Activity(EventId, ActivityTaskTimeoutType),
    /// The Lambda task of that scheduled event times out.
    Lambda(EventId),
    /// The decision task times out.
    Decision(DecisionTaskTimeoutType),
}

/// The earliest deadline. A closed execution has none.
pub fn next_deadline(state: &State, limits: &Limits) -> Option<Deadline> {
    state
        .is_open()
        .then(|| deadlines(state, limits).min())
        .flatten()
}

/// All deadlines of an open execution.
pub fn deadlines<'a>(state: &'a State, limits: &Limits) -> impl Iterator<Item = Deadline> + 'a {
    let execution = Deadline {
        at: lifecycle::deadline(state, limits),
        kind: DeadlineKind::Execution,
    };
    let timers = state.timers.iter().map(|timer| Deadline {
        at: timer.fires_at,
        kind: DeadlineKind::Timer(timer.started_event_id),
    });
    let activities = state.activities.iter().flat_map(|task| {
        activity::deadlines(task).map(|(at, timeout_type)| Deadline {
            at,
            kind: DeadlineKind::Activity(task.scheduled_event_id, timeout_type),
        })
    });
    let functions = state.lambda_tasks.iter().filter_map(|task| {
        Some(Deadline {
            at: lambda::deadline(task)?,
            kind: DeadlineKind::Lambda(task.scheduled_event_id),
        })
    });
    let decisions = decision_task::deadlines(state).map(|(at, timeout_type)| Deadline {
        at,
        kind: DeadlineKind::Decision(timeout_type),
    });
    core::iter::once(execution)
        .chain(timers)
        .chain(activities)
        .chain(functions)
        .chain(decisions)
}

/// What comes of the earliest deadline if it has passed.
pub(crate) fn fire(state: &State, context: &Context<'_>) -> Vec<Change> {
    let Some(deadline) =
        next_deadline(state, context.limits).filter(|deadline| deadline.at <= context.now)
    else {
        return Vec::new();
    };
    let mut draft = Draft::new(state, context);
    match deadline.kind {
        DeadlineKind::Execution => lifecycle::time_out(&mut draft),
        DeadlineKind::Timer(started_event_id) => timer::fire(&mut draft, started_event_id),
        DeadlineKind::Activity(scheduled_event_id, timeout_type) => {
            activity::time_out(&mut draft, scheduled_event_id, timeout_type);
        }
        DeadlineKind::Lambda(scheduled_event_id) => {
            lambda::time_out(&mut draft, scheduled_event_id);
        }
        DeadlineKind::Decision(timeout_type) => decision_task::time_out(&mut draft, timeout_type),
    }
    draft.finish()
}
