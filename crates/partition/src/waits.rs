//! The answer of Everbeat's own call DescribeWaits: all that an open execution waits for, from its state and the task
//! lists. Nothing here changes anything.

use alloc::vec::Vec;

use everbeat_engine::{Deadline, DeadlineKind, State, TaskKind, deadlines};
use everbeat_model::{Count, Limits, Name, Timestamp, Wait, WaitKind, WaitList, Waits};

use crate::rows::DomainId;
use crate::task_list::{ListKey, TaskLists};

/// What the waits of an execution are seen from.
pub(crate) struct View<'a> {
    pub(crate) domain: DomainId,
    pub(crate) task_lists: &'a TaskLists,
    pub(crate) limits: &'a Limits,
    pub(crate) now: Timestamp,
    pub(crate) polls_watched_since: Timestamp,
}

/// The earliest of the deadlines that are meant.
fn until(deadlines: &[Deadline], is_meant: impl Fn(DeadlineKind) -> bool) -> Option<Timestamp> {
    let meant = deadlines.iter().filter(|deadline| is_meant(deadline.kind));
    meant.map(|deadline| deadline.at).min()
}

/// What an open execution waits for.
pub(crate) fn waits(state: &State, view: &View<'_>) -> Waits {
    let all: Vec<Deadline> = deadlines(state, view.limits).collect();
    let mut waits: Vec<Wait> = Vec::new();
    waits.extend(decision_tasks(state, &all, view));
    waits.extend(activity_tasks(state, &all, view));
    waits.extend(state.lambda_tasks.iter().map(|task| Wait {
        id: Some(task.id.as_str().into()),
        since: task.started_at,
        until: until(&all, |kind| {
            kind == DeadlineKind::Lambda(task.scheduled_event_id)
        }),
        ..wait(WaitKind::LambdaFunction)
    }));
    waits.extend(state.timers.iter().map(|timer| Wait {
        id: Some(timer.timer_id.as_str().into()),
        until: Some(timer.fires_at),
        ..wait(WaitKind::Timer)
    }));
    waits.extend(state.children.iter().map(|child| Wait {
        id: Some(child.workflow_id.clone()),
        run_id: child.run_id.clone().map(Into::into),
        ..wait(WaitKind::Child)
    }));
    waits.extend(state.outbound.iter().map(|outbound| Wait {
        id: Some(outbound.workflow_id.clone()),
        ..wait(WaitKind::Outbound)
    }));
    waits.push(Wait {
        until: until(&all, |kind| kind == DeadlineKind::Execution),
        ..wait(WaitKind::ExecutionTimeout)
    });
    Waits {
        execution: state.execution(),
        start_timestamp: state.started_at,
        latest_event_timestamp: state.last_event_at,
        events: state.last_event_id,
        decision_task_timeouts: state.decision_task_timeouts,
        now: view.now,
        polls_watched_since: view.polls_watched_since,
        waits: WaitList(waits),
    }
}

fn wait(kind: WaitKind) -> Wait {
    Wait {
        kind,
        ..Wait::default()
    }
}

fn decision_tasks<'a>(
    state: &'a State,
    all: &'a [Deadline],
    view: &'a View<'_>,
) -> impl Iterator<Item = Wait> + 'a {
    let until = until(all, |kind| matches!(kind, DeadlineKind::Decision(_)));
    let started = state.started_decision.iter().map(move |task| Wait {
        since: Some(task.started_at),
        until,
        ..wait(WaitKind::DecisionTaskStarted)
    });
    let scheduled = state.scheduled_decision.iter().map(|task| Wait {
        since: task.dispatchable_at,
        ..on_list(
            WaitKind::DecisionTaskWaits,
            TaskKind::Decision,
            &task.task_list,
            view,
        )
    });
    started.chain(scheduled)
}

fn activity_tasks<'a>(
    state: &'a State,
    all: &'a [Deadline],
    view: &'a View<'_>,
) -> impl Iterator<Item = Wait> + 'a {
    state.activities.iter().map(|task| {
        let scheduled = task.scheduled_event_id;
        let is_of_task =
            |kind| matches!(kind, DeadlineKind::Activity(event, _) if event == scheduled);
        let known = if task.is_started() {
            Wait {
                since: task.started_at,
                ..wait(WaitKind::ActivityTaskStarted)
            }
        } else {
            Wait {
                since: Some(task.scheduled_at),
                ..on_list(
                    WaitKind::ActivityTaskWaits,
                    TaskKind::Activity,
                    &task.task_list,
                    view,
                )
            }
        };
        Wait {
            id: Some(task.activity_id.as_str().into()),
            until: until(all, is_of_task),
            ..known
        }
    })
}

/// A task that waits on a list, with what is known of the list's pollers.
fn on_list(kind: WaitKind, task_kind: TaskKind, name: &Name, view: &View<'_>) -> Wait {
    let key = ListKey {
        domain: view.domain,
        kind: task_kind,
        name: name.clone(),
    };
    let pollers = view.task_lists.waiting_polls(&key);
    Wait {
        task_list: Some(name.clone()),
        pollers: Some(Count(i32::try_from(pollers).unwrap_or(i32::MAX))),
        latest_poll_timestamp: view.task_lists.latest_poll(&key),
        ..wait(kind)
    }
}
