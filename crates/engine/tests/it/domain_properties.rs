//! Random sequences of commands over several executions that start, signal, cancel and end each other, with messages that
//! arrive late. Whatever happens, both histories of a relation tell the same: a request took effect exactly once or not at
//! all, its sender learns which unless it has closed, and a child policy reaches all children (execution.md 7.2 to 7.7).

use std::collections::BTreeSet;

use everbeat_engine::DecisionTaskResponse;
use everbeat_model::{
    ChildPolicy, CloseStatus, EventAttributes, EventId, Timestamp, WorkflowExecution,
    WorkflowExecutionCancelRequestedCause,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::domain::Domain;
use crate::execution::Execution;
use crate::properties::{command, work};
use crate::random::{Action, Setting, WORKFLOW_IDS, action, response, setting, step};

/// One step of a domain.
#[derive(Debug, Clone)]
enum Step {
    Start(usize),
    Ask(usize, Action),
    /// A decider polls and answers.
    Work(usize, DecisionTaskResponse),
    /// So many messages arrive.
    Deliver(usize),
    Due,
    Recover(usize),
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn executions_agree_on_what_was_between_them(
        setting in setting(),
        steps in vec((step(), any_step()), 1..200),
    ) {
        live(&setting, steps);
    }
}

fn live(setting: &Setting, steps: Vec<(i64, Step)>) {
    let mut domain = Domain::new(setting.world());
    let mut now = Timestamp(1_000_000);
    start(&mut domain, 0, setting, now);
    for (milliseconds, step) in steps {
        now = Timestamp(now.0 + milliseconds);
        match step {
            Step::Start(who) => start(&mut domain, who, setting, now),
            Step::Ask(who, action) => ask(&mut domain, who, [action], now),
            Step::Work(who, response) => ask(&mut domain, who, work(response), now),
            Step::Deliver(most) => deliver(&mut domain, most, now),
            Step::Due => {
                domain.fire_due(now);
            }
            Step::Recover(who) => {
                if let Some(run) = pick(&domain, who) {
                    domain.runs[run].recover(now);
                }
            }
        }
    }
    deliver(&mut domain, usize::MAX, now);
    check(&domain);
    // With all the time in the world, everything ends; the first round may start children, the second ends them.
    for _ in 0..2 {
        now = Timestamp(now.0 + 1_000_000_000);
        domain.fire_due(now);
        deliver(&mut domain, usize::MAX, now);
        check(&domain);
    }
    assert!(domain.runs.iter().all(|run| !run.state.is_open()));
}

fn start(domain: &mut Domain, who: usize, setting: &Setting, now: Timestamp) {
    if domain.open_run(WORKFLOW_IDS[who]).is_none() {
        let started = domain.start(WORKFLOW_IDS[who], &setting.start_input(), now);
        assert_eq!(started, Ok(()));
    }
}

fn ask<const N: usize>(domain: &mut Domain, who: usize, actions: [Action; N], now: Timestamp) {
    let Some(run) = pick(domain, who) else {
        return;
    };
    for action in actions {
        let command = command(&domain.runs[run], action);
        domain.perform(run, &command, now);
    }
}

/// One of the open runs; of the closed ones when there is none.
fn pick(domain: &Domain, who: usize) -> Option<usize> {
    let all: Vec<usize> = (0..domain.runs.len()).collect();
    let open = all.iter().copied();
    let open: Vec<usize> = open
        .filter(|run| domain.runs[*run].state.is_open())
        .collect();
    let from = if open.is_empty() { all } else { open };
    from.get(who % from.len().max(1)).copied()
}

fn deliver(domain: &mut Domain, most: usize, now: Timestamp) {
    for _ in 0..most {
        if domain.deliver(now).is_none() {
            return;
        }
    }
}

/// What holds when nothing is on its way.
fn check(domain: &Domain) {
    let open: Vec<_> = domain
        .runs
        .iter()
        .filter(|run| run.state.is_open())
        .collect();
    let ids: BTreeSet<_> = open.iter().map(|run| &run.state.workflow_id).collect();
    assert_eq!(ids.len(), open.len(), "a workflow id is open twice");
    for run in &domain.runs {
        for event in &run.events {
            check_request(domain, run, event.event_id, &event.attributes);
        }
        check_end(domain, run);
        check_next_run(domain, run);
        check_policy(domain, run);
    }
}

/// A request took effect as often as its sender was told.
fn check_request(domain: &Domain, sender: &Execution, id: EventId, asked: &EventAttributes) {
    use EventAttributes as E;
    let me = Some(sender.state.execution());
    let takes_effect: Box<dyn Fn(&E) -> bool> = match asked {
        E::SignalExternalWorkflowExecutionInitiated(_) => Box::new(|event| {
            matches!(event, E::WorkflowExecutionSignaled(a)
                if a.external_workflow_execution == me && a.external_initiated_event_id == Some(id))
        }),
        E::RequestCancelExternalWorkflowExecutionInitiated(_) => Box::new(|event| {
            matches!(event, E::WorkflowExecutionCancelRequested(a)
                if a.external_workflow_execution == me && a.external_initiated_event_id == Some(id))
        }),
        E::StartChildWorkflowExecutionInitiated(_) => Box::new(|event| {
            matches!(event, E::WorkflowExecutionStarted(a)
                if a.parent_workflow_execution == me && a.parent_initiated_event_id == Some(id)
                    && a.continued_execution_run_id.is_none())
        }),
        _ => return,
    };
    let runs = domain.runs.iter();
    let effects: Vec<WorkflowExecution> = runs
        .flat_map(|run| run.events.iter().map(move |event| (run, event)))
        .filter(|(_, event)| takes_effect(&event.attributes))
        .map(|(run, _)| run.state.execution())
        .collect();
    let mut told = sender.events.iter();
    match told.find_map(|event| reached(&event.attributes, id)) {
        Some(Some(target)) => assert_eq!(effects, [target], "{asked:?}"),
        Some(None) => assert_eq!(effects, [], "{asked:?}"),
        None => {
            assert!(!sender.state.is_open(), "nobody told of {asked:?}");
            assert!(effects.len() <= 1, "{asked:?} took effect {effects:?}");
        }
    }
}

/// Whom a request reached, as an event tells its sender.
fn reached(event: &EventAttributes, initiated: EventId) -> Option<Option<WorkflowExecution>> {
    use EventAttributes as E;
    let (id, target) = match event {
        E::ExternalWorkflowExecutionSignaled(a) => {
            (a.initiated_event_id, Some(&a.workflow_execution))
        }
        E::ExternalWorkflowExecutionCancelRequested(a) => {
            (a.initiated_event_id, Some(&a.workflow_execution))
        }
        E::ChildWorkflowExecutionStarted(a) => (a.initiated_event_id, Some(&a.workflow_execution)),
        E::SignalExternalWorkflowExecutionFailed(a) => (a.initiated_event_id, None),
        E::RequestCancelExternalWorkflowExecutionFailed(a) => (a.initiated_event_id, None),
        E::StartChildWorkflowExecutionFailed(a) => (a.initiated_event_id, None),
        _ => return None,
    };
    (id == initiated).then(|| target.cloned())
}

/// The end of a child is told to its parent exactly once, unless the parent has closed.
fn check_end(domain: &Domain, child: &Execution) {
    let (Some(status), Some(parent)) = (child.state.close_status, &child.state.parent) else {
        return;
    };
    let parent = domain.find_run(parent).expect("it has a parent");
    let parent = &domain.runs[parent];
    let mut ends: Vec<CloseStatus> = Vec::new();
    for event in &parent.events {
        ends.extend(end_of(&event.attributes, &child.state.execution()));
    }
    if status == CloseStatus::ContinuedAsNew {
        assert_eq!(ends, []);
    } else if parent.state.is_open() {
        assert_eq!(ends, [status]);
    } else {
        assert!(ends.is_empty() || ends == [status]);
    }
}

/// A run that goes on as a new one is followed by exactly that one, which takes its place as a child.
fn check_next_run(domain: &Domain, closed: &Execution) {
    let closing = closed.events.last().map(|event| &event.attributes);
    let Some(EventAttributes::WorkflowExecutionContinuedAsNew(continued)) = closing else {
        return;
    };
    let next = domain.find_run(&WorkflowExecution {
        workflow_id: closed.state.workflow_id.clone(),
        run_id: continued.new_execution_run_id.clone(),
    });
    let next = &domain.runs[next.expect("the next run began")].state;
    assert_eq!(next.parent, closed.state.parent);
    assert_eq!(
        next.parent_initiated_event_id,
        closed.state.parent_initiated_event_id
    );
    assert_eq!(next.workflow_type.name, closed.state.workflow_type.name);
    assert_eq!(Some(next.started_at), closed.state.closed_at);
}

/// How that child has ended, as an event tells its parent.
fn end_of(event: &EventAttributes, child: &WorkflowExecution) -> Option<CloseStatus> {
    use EventAttributes as E;
    let (execution, status) = match event {
        E::ChildWorkflowExecutionCompleted(a) => (&a.workflow_execution, CloseStatus::Completed),
        E::ChildWorkflowExecutionFailed(a) => (&a.workflow_execution, CloseStatus::Failed),
        E::ChildWorkflowExecutionCanceled(a) => (&a.workflow_execution, CloseStatus::Canceled),
        E::ChildWorkflowExecutionTerminated(a) => (&a.workflow_execution, CloseStatus::Terminated),
        E::ChildWorkflowExecutionTimedOut(a) => (&a.workflow_execution, CloseStatus::TimedOut),
        _ => return None,
    };
    (execution == child).then_some(status)
}

/// A child policy has reached each child that is open.
fn check_policy(domain: &Domain, parent: &Execution) {
    let closing = parent.events.last().map(|event| &event.attributes);
    let policy = match closing {
        Some(EventAttributes::WorkflowExecutionTerminated(a)) => a.child_policy,
        Some(EventAttributes::WorkflowExecutionTimedOut(a)) => a.child_policy,
        _ => return,
    };
    let me = Some(parent.state.execution());
    let is_child = |run: &&Execution| run.state.parent == me && run.state.is_open();
    for child in domain.runs.iter().filter(is_child) {
        match policy {
            ChildPolicy::Abandon => {}
            ChildPolicy::Terminate => panic!("{:?} is open", child.state.execution()),
            ChildPolicy::RequestCancel => {
                // The request may have come before the child went on as a new run.
                let same = |run: &&Execution| {
                    run.state.parent == me
                        && run.state.parent_initiated_event_id
                            == child.state.parent_initiated_event_id
                };
                let mut runs = domain.runs.iter().filter(same);
                assert!(runs.any(is_asked_by_policy), "nobody asked it");
            }
        }
    }
}

fn is_asked_by_policy(run: &Execution) -> bool {
    run.events.iter().any(|event| {
        matches!(&event.attributes, EventAttributes::WorkflowExecutionCancelRequested(a)
            if a.cause == Some(WorkflowExecutionCancelRequestedCause::ChildPolicyApplied))
    })
}

fn any_step() -> impl Strategy<Value = Step> {
    let who = || 0_usize..12;
    prop_oneof![
        6 => (0_usize..2).prop_map(Step::Start),
        100 => (who(), action()).prop_map(|(who, action)| Step::Ask(who, action)),
        60 => (who(), response()).prop_map(|(who, response)| Step::Work(who, response)),
        30 => (1_usize..4).prop_map(Step::Deliver),
        8 => Just(Step::Due),
        1 => who().prop_map(Step::Recover),
    ]
}
