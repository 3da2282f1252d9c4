//! Random sequences of legal and illegal commands over one execution, with random steps of time and with messages that
//! nobody ever sent. What must hold after every step is checked by [`Execution`]; here stand the sequences, and what
//! holds of a whole life.

use everbeat_engine::state::Child;
use everbeat_engine::{
    Command, Context, Decided, DecisionTaskResponse, FunctionOutcome, Message, Recipient,
    StartedTask, TaskKind, messages, next_deadline, pending_tasks,
};
use everbeat_model::{
    ChildPolicy, EventAttributes, EventId, HistoryEvent,
    RequestCancelExternalWorkflowExecutionInitiatedEventAttributes,
    SignalExternalWorkflowExecutionInitiatedEventAttributes, Timestamp, WorkflowExecution,
    WorkflowExecutionCompletedEventAttributes, WorkflowExecutionFailedEventAttributes,
    WorkflowExecutionTerminatedEventAttributes, WorkflowExecutionTimedOutEventAttributes,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::execution::Execution;
use crate::random::{Action, Pick, Setting, action, child_policy, response, setting, step};
use crate::world::order;

/// One step of a lone execution.
#[derive(Debug, Clone)]
enum Step {
    Ask(Action),
    /// A decider polls and answers.
    Work(DecisionTaskResponse),
    /// A message of somebody, genuine or not.
    Receive(Forged),
    /// What came of one of its own messages, perhaps once more; it reached somebody or nobody.
    Conclude(usize, bool),
    StartFunction(usize),
    Due,
    Recover,
}

/// A message that nobody may have sent.
#[derive(Debug, Clone)]
enum Forged {
    Signal,
    CancelRequest,
    /// The end of one of the open children, or of none.
    ChildEnd(usize, usize),
    Policy(ChildPolicy),
    /// One of its own.
    Own(usize),
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_sequence_of_commands_keeps_the_rules(
        setting in setting(),
        steps in vec((step(), any_step()), 1..120),
    ) {
        live(&setting, steps);
    }
}

fn live(setting: &Setting, steps: Vec<(i64, Step)>) {
    let world = setting.world();
    let mut execution = Execution::new("o-1", "R1");
    let mut now = Timestamp(1_000_000);
    let started = execution.start(&setting.start_input(), &world.context(now));
    assert_eq!(started, Ok(()));
    for (milliseconds, step) in steps {
        now = Timestamp(now.0 + milliseconds);
        match step {
            Step::Due => {
                execution.fire_due(&world.context(now));
                let next = next_deadline(&execution.state, &world.limits);
                assert!(next.is_none_or(|deadline| deadline.at > now));
            }
            Step::Recover => execution.recover(now),
            Step::Ask(action) => {
                let command = command(&execution, action);
                perform(&mut execution, &command, &world.context(now));
            }
            Step::Work(response) => {
                for action in work(response) {
                    let command = command(&execution, action);
                    perform(&mut execution, &command, &world.context(now));
                }
            }
            Step::Receive(forged) => {
                let message = message(&execution, &forged).into();
                perform(
                    &mut execution,
                    &Command::Receive(message),
                    &world.context(now),
                );
            }
            Step::Conclude(nth, reaches) => {
                if let Some(command) = conclusion(&execution, nth, reaches) {
                    perform(&mut execution, &command, &world.context(now));
                }
            }
            Step::StartFunction(nth) => {
                let command = start_function(&execution, nth);
                perform(&mut execution, &command, &world.context(now));
            }
        }
        assert!(execution.events.len() as u64 <= setting.events_per_history);
        assert_eq!(
            next_deadline(&execution.state, &world.limits).is_some(),
            execution.state.is_open()
        );
    }
    // With all the time in the world, everything ends.
    now = Timestamp(now.0 + 1_000_000_000);
    execution.fire_due(&world.context(now));
    assert!(!execution.state.is_open());
    assert!(
        execution
            .events
            .is_sorted_by_key(|event| event.event_timestamp)
    );
}

fn perform(execution: &mut Execution, command: &Command, context: &Context<'_>) {
    let before = (execution.state.clone(), execution.events.len());
    if let Decided::Refused(_) = execution.perform(command, context) {
        assert_eq!(before, (execution.state.clone(), execution.events.len()));
    }
}

/// The command that asks an execution for something.
pub(crate) fn command(execution: &Execution, action: Action) -> Command {
    let decision_task = |pick| task(execution, Kind::Decision, pick);
    let activity_task = |pick| task(execution, Kind::Activity, pick);
    let lambda_task = |pick| task(execution, Kind::Lambda, pick);
    match action {
        Action::PollDecisionTask => Command::StartDecisionTask {
            scheduled_event_id: waiting(execution, TaskKind::Decision, 0),
            identity: None,
        },
        Action::PollActivityTask(nth) => Command::StartActivityTask {
            scheduled_event_id: waiting(execution, TaskKind::Activity, nth),
            identity: Some("worker".into()),
        },
        Action::Decide(pick, response) => Command::CompleteDecisionTask {
            task: decision_task(&pick),
            response: Box::new(response),
        },
        Action::Heartbeat(pick, details) => Command::RecordHeartbeat {
            task: activity_task(&pick),
            details: details.map(Into::into),
        },
        Action::Complete(pick) => Command::CompleteActivityTask {
            task: activity_task(&pick),
            result: Some("result".into()),
        },
        Action::Fail(pick) => Command::FailActivityTask {
            task: activity_task(&pick),
            reason: Some("reason".into()),
            details: None,
        },
        Action::Cancel(pick) => Command::CancelActivityTask {
            task: activity_task(&pick),
            details: None,
        },
        Action::CompleteFunction(pick) => Command::ConcludeLambdaFunction {
            task: lambda_task(&pick),
            outcome: FunctionOutcome::Completed { result: None },
        },
        Action::FailFunction(pick) => Command::ConcludeLambdaFunction {
            task: lambda_task(&pick),
            outcome: FunctionOutcome::Failed {
                reason: Some("reason".into()),
                details: None,
            },
        },
        Action::Signal => Command::Signal {
            signal_name: "go".into(),
            input: None,
        },
        Action::RequestCancel => Command::RequestCancel,
        Action::Terminate(child_policy) => Command::Terminate {
            reason: None,
            details: None,
            child_policy,
        },
    }
}

/// A poll for a decision task, and the answer to it.
pub(crate) fn work(response: DecisionTaskResponse) -> [Action; 2] {
    let answer = Action::Decide(Pick::Open(0), response);
    [Action::PollDecisionTask, answer]
}

/// Kind of a task that a response is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Decision,
    Activity,
    Lambda,
}

/// The scheduled event of a task that waits, or of none.
fn waiting(execution: &Execution, kind: TaskKind, nth: usize) -> EventId {
    let pending = pending_tasks(&execution.state);
    let mut tasks = pending.iter().filter(|task| task.kind == kind);
    let last = execution.state.last_event_id;
    tasks.nth(nth).map_or(last, |task| task.scheduled_event_id)
}

/// The task that is picked; one that never was when there is none.
fn task(execution: &Execution, kind: Kind, pick: &Pick) -> StartedTask {
    let mut ever = execution.events.iter().rev().filter_map(started_task);
    let found = match pick {
        Pick::Open(nth) => ever.filter(|(found, _)| *found == kind).nth(*nth),
        Pick::Ever(nth) => ever.nth(*nth),
        Pick::Forged(scheduled, started) => {
            let task = started_by(EventId(*scheduled), EventId(*started));
            Some((kind, task))
        }
    };
    found.map_or(started_by(EventId::NONE, EventId::NONE), |(_, task)| task)
}

fn started_task(event: &HistoryEvent) -> Option<(Kind, StartedTask)> {
    let (kind, scheduled) = match &event.attributes {
        EventAttributes::DecisionTaskStarted(a) => (Kind::Decision, a.scheduled_event_id),
        EventAttributes::ActivityTaskStarted(a) => (Kind::Activity, a.scheduled_event_id),
        EventAttributes::LambdaFunctionStarted(a) => (Kind::Lambda, a.scheduled_event_id),
        _ => return None,
    };
    Some((kind, started_by(scheduled, event.event_id)))
}

fn started_by(scheduled_event_id: EventId, started_event_id: EventId) -> StartedTask {
    StartedTask {
        scheduled_event_id,
        started_event_id,
    }
}

/// All messages that the execution ever sent.
fn sent(execution: &Execution) -> Vec<Message> {
    let events = execution.events.iter();
    events
        .flat_map(|event| messages(&execution.state, event))
        .collect()
}

fn conclusion(execution: &Execution, nth: usize, reaches: bool) -> Option<Command> {
    let message = sent(execution).into_iter().rev().nth(nth)?;
    let asked = match message.recipient() {
        Recipient::Execution { workflow_id, .. } => Some(workflow_id),
        Recipient::NewChild(initiated) => Some(&initiated.workflow_id),
        Recipient::Function(_) | Recipient::Parent(_) | Recipient::Child(_) | Recipient::Nobody => {
            None
        }
    };
    let reached = asked
        .filter(|_| reaches)
        .map(|workflow_id| WorkflowExecution {
            workflow_id: workflow_id.clone(),
            run_id: "reached".into(),
        });
    Some(Command::Conclude {
        message: message.into(),
        reached,
    })
}

fn start_function(execution: &Execution, nth: usize) -> Command {
    let mut tasks = execution.state.lambda_tasks.iter();
    let last = execution.state.last_event_id;
    Command::StartLambdaFunction {
        scheduled_event_id: tasks.nth(nth).map_or(last, |task| task.scheduled_event_id),
    }
}

fn message(execution: &Execution, forged: &Forged) -> Message {
    use EventAttributes as E;
    let me = execution.state.execution();
    let peer = WorkflowExecution {
        workflow_id: "peer".into(),
        run_id: "P1".into(),
    };
    let from_peer = |attributes| Message {
        source: peer.clone(),
        workflow_type: order(),
        event: HistoryEvent {
            event_id: EventId(7),
            event_timestamp: Timestamp(0),
            attributes,
        },
        ..Message::default()
    };
    match forged {
        Forged::Signal => from_peer(E::SignalExternalWorkflowExecutionInitiated(
            SignalExternalWorkflowExecutionInitiatedEventAttributes {
                signal_name: "go".into(),
                ..SignalExternalWorkflowExecutionInitiatedEventAttributes::default()
            },
        )),
        Forged::CancelRequest => from_peer(E::RequestCancelExternalWorkflowExecutionInitiated(
            RequestCancelExternalWorkflowExecutionInitiatedEventAttributes::default(),
        )),
        Forged::ChildEnd(nth, end) => Message {
            parent: Some(me),
            parent_initiated_event_id: child(execution, *nth),
            ..from_peer(match end {
                0 => E::WorkflowExecutionCompleted(
                    WorkflowExecutionCompletedEventAttributes::default(),
                ),
                1 => E::WorkflowExecutionFailed(WorkflowExecutionFailedEventAttributes::default()),
                2 => {
                    E::WorkflowExecutionTimedOut(WorkflowExecutionTimedOutEventAttributes::default())
                }
                _ => policy_applied(ChildPolicy::Abandon),
            })
        },
        Forged::Policy(policy) => Message {
            child: Some(Child::default()),
            ..from_peer(policy_applied(*policy))
        },
        Forged::Own(nth) => {
            let own = sent(execution).into_iter().rev().nth(*nth);
            own.unwrap_or_else(|| from_peer(policy_applied(ChildPolicy::Terminate)))
        }
    }
}

/// The initiated event of an open child, or another event.
fn child(execution: &Execution, nth: usize) -> EventId {
    let mut children = execution.state.children.iter();
    let last = execution.state.last_event_id;
    children
        .nth(nth)
        .map_or(last, |child| child.initiated_event_id)
}

fn policy_applied(child_policy: ChildPolicy) -> EventAttributes {
    EventAttributes::WorkflowExecutionTerminated(WorkflowExecutionTerminatedEventAttributes {
        child_policy,
        ..WorkflowExecutionTerminatedEventAttributes::default()
    })
}

fn any_step() -> impl Strategy<Value = Step> {
    let forged = prop_oneof![
        2 => Just(Forged::Signal),
        2 => Just(Forged::CancelRequest),
        6 => (0_usize..3, 0_usize..4).prop_map(|(nth, end)| Forged::ChildEnd(nth, end)),
        1 => child_policy().prop_map(Forged::Policy),
        2 => (0_usize..4).prop_map(Forged::Own),
    ];
    prop_oneof![
        170 => action().prop_map(Step::Ask),
        60 => response().prop_map(Step::Work),
        16 => forged.prop_map(Step::Receive),
        50 => (0_usize..5, any::<bool>()).prop_map(|(nth, reaches)| Step::Conclude(nth, reaches)),
        10 => (0_usize..2).prop_map(Step::StartFunction),
        16 => Just(Step::Due),
        1 => Just(Step::Recover),
    ]
}
