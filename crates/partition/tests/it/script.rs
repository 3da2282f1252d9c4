//! Random inputs that are told apart from the world they act on, so that two worlds can be given the same ones.

mod decisions;

use everbeat_engine::{Command, DecisionTaskResponse, FunctionOutcome, TaskKind};
use everbeat_model::{
    ChildPolicy, DecisionList, DescribeWorkflowExecutionInput, StartWorkflowExecutionInput,
    WorkflowExecution,
};
use everbeat_partition::rows::SLOTS;
use everbeat_partition::{Answer, Call, CallId, Input, Poll, RegistryCall, Target, TaskReference};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::host::{Host, Reply};
use crate::words::{list, realm, registrations, seconds, start_input};
use decisions::{Choice, choice, decision};

const DOMAINS: [&str; 2] = ["shop", "bank"];
const LISTS: [&str; 2] = ["main", "work"];
/// The role with which functions are called.
const ROLE: &str = "arn:aws:iam::123456789012:role/functions";
/// The step of the sequence that run ids are made with: see [`Player::restart`].
const SEQUENCE_STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// One request of a client.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Start {
        domain: usize,
        id: u8,
        list: usize,
        seconds: u32,
    },
    Signal {
        domain: usize,
        id: u8,
    },
    RequestCancel {
        domain: usize,
        id: u8,
    },
    Terminate {
        domain: usize,
        id: u8,
        run: Option<Index>,
    },
    Poll {
        domain: usize,
        kind: TaskKind,
        list: usize,
    },
    EndPoll(Index),
    HangUp(Index),
    Decide {
        token: Index,
        decisions: Vec<Choice>,
        list: Option<usize>,
    },
    Heartbeat {
        token: Index,
        details: Option<u8>,
    },
    Finish {
        token: Index,
        how: u8,
    },
    Describe {
        run: Index,
    },
    EndFunction {
        invocation: Index,
        succeeds: bool,
    },
    /// A call with a token that is made up, or for another kind of task.
    Forge {
        token: Index,
        shift: (i8, i8, i8),
        how: u8,
    },
}

/// What happens to a world, one after the other.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Batch(Vec<Step>),
    Pass { seconds: u32 },
    Restart,
}

pub(crate) fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        12 => prop::collection::vec(step(), 1..5).prop_map(Act::Batch),
        3 => prop_oneof![0..20u32, 0..700u32].prop_map(|seconds| Act::Pass { seconds }),
        1 => Just(Act::Restart),
    ];
    prop::collection::vec(act, 1..60)
}

fn step() -> impl Strategy<Value = Step> {
    let kind = prop_oneof![Just(TaskKind::Decision), Just(TaskKind::Activity)];
    let workflow = || (0..2usize, 0..3u8);
    let token = any::<Index>;
    prop_oneof![
        4 => (workflow(), 0..2usize, 0..2000u32)
            .prop_map(|((domain, id), list, seconds)| Step::Start { domain, id, list, seconds }),
        3 => workflow().prop_map(|(domain, id)| Step::Signal { domain, id }),
        1 => workflow().prop_map(|(domain, id)| Step::RequestCancel { domain, id }),
        1 => (workflow(), any::<Option<Index>>())
            .prop_map(|((domain, id), run)| Step::Terminate { domain, id, run }),
        8 => (0..2usize, kind, 0..2usize)
            .prop_map(|(domain, kind, list)| Step::Poll { domain, kind, list }),
        1 => token().prop_map(Step::EndPoll),
        1 => token().prop_map(Step::HangUp),
        8 => (token(), prop::collection::vec(choice(), 0..4), prop::option::weighted(0.2, 0..2usize))
            .prop_map(|(token, decisions, list)| Step::Decide { token, decisions, list }),
        3 => (token(), any::<Option<u8>>())
            .prop_map(|(token, details)| Step::Heartbeat { token, details }),
        4 => (token(), 0..3u8).prop_map(|(token, how)| Step::Finish { token, how }),
        1 => token().prop_map(|run| Step::Describe { run }),
        1 => (token(), any::<bool>())
            .prop_map(|(invocation, succeeds)| Step::EndFunction { invocation, succeeds }),
        1 => (token(), (-1..2i8, -2..3i8, -2..3i8), 0..4u8)
            .prop_map(|(token, shift, how)| Step::Forge { token, shift, how }),
    ]
}

/// A world that acts are played in.
pub(crate) struct Player {
    pub(crate) host: Host,
    polls: Vec<CallId>,
    tokens: Vec<TaskReference>,
    runs: Vec<(usize, WorkflowExecution)>,
}

impl Player {
    /// A world that keeps so much in memory, and delivers so many messages in a batch.
    pub(crate) fn new(cache_bytes: usize, most_messages: usize) -> Self {
        let mut host = Host::empty(everbeat_model::Limits::default(), cache_bytes);
        host.settings.calls_functions = true;
        host.reopen(host.settings.recovered_at);
        host.most_messages = most_messages;
        for name in DOMAINS {
            for mut call in registrations(name) {
                if let RegistryCall::RegisterActivityType(input) = &mut call {
                    input.default_task_heartbeat_timeout = seconds("20");
                }
                host.call(Call::Registry(call)).expect("it is new");
            }
        }
        Self {
            host,
            polls: Vec::new(),
            tokens: Vec::new(),
            runs: Vec::new(),
        }
    }

    /// Plays steps as one batch, and gives the replies of all calls that were answered.
    pub(crate) fn batch(&mut self, steps: &[Step]) -> Vec<(CallId, Reply)> {
        let inputs: Vec<Input> = steps.iter().filter_map(|step| self.input(step)).collect();
        let starts: Vec<(CallId, usize, Call)> = inputs
            .iter()
            .filter_map(|input| match input {
                Input::Call {
                    id,
                    call: Call::Start(start),
                    ..
                } => {
                    let domain = usize::from(&*start.domain == DOMAINS[1]);
                    Some((*id, domain, Call::Start(start.clone())))
                }
                _ => None,
            })
            .collect();
        self.host.handle(inputs);
        let replies: Vec<_> = std::mem::take(&mut self.host.replies).into_iter().collect();
        for (id, reply) in &replies {
            self.polls.retain(|poll| poll != id);
            match reply {
                Ok(Answer::DecisionTask(task)) => self.tokens.push(task.reference()),
                Ok(Answer::ActivityTask(task)) => self.tokens.push(task.reference()),
                Ok(Answer::Run(run_id)) => {
                    let (_, domain, call) = starts
                        .iter()
                        .find(|(start, ..)| start == id)
                        .expect("it was a start");
                    let Call::Start(start) = call else {
                        panic!("it was a start")
                    };
                    let execution = WorkflowExecution {
                        workflow_id: start.workflow_id.clone(),
                        run_id: run_id.clone(),
                    };
                    self.runs.push((*domain, execution));
                }
                _ => {}
            }
        }
        replies
    }

    /// Begins anew from the store as if nothing had happened: the clock of heartbeats and the sequence of run ids go on.
    /// Waiting polls must have ended.
    pub(crate) fn restart(&mut self) {
        let recovered_at = self.host.settings.recovered_at;
        let seed = self.host.settings.seed;
        let runs = self.host.rows.executions.len() as u64;
        self.host.settings.seed = seed.wrapping_add(SEQUENCE_STEP.wrapping_mul(runs));
        self.host.reopen(recovered_at);
        self.host.settings.seed = seed;
    }

    pub(crate) fn end_polls(&mut self) {
        let ends = self.polls.drain(..).map(Input::EndPoll).collect();
        self.host.handle(ends);
        self.host.replies.clear();
    }

    fn input(&mut self, step: &Step) -> Option<Input> {
        let call = match step {
            Step::EndFunction {
                invocation,
                succeeds,
            } => return self.end_function(invocation, *succeeds),
            Step::EndPoll(poll) => return self.poll_of(poll).map(Input::EndPoll),
            Step::HangUp(poll) => {
                let poll = self.poll_of(poll)?;
                self.host.hang_up(poll);
                return None;
            }
            Step::Poll { domain, kind, list } => {
                return Some(self.poll(*domain, *kind, LISTS[*list]));
            }
            Step::Start {
                domain,
                id,
                list: name,
                seconds: time,
            } => Call::Start(Box::new(StartWorkflowExecutionInput {
                domain: DOMAINS[*domain].into(),
                task_list: list(LISTS[*name]),
                execution_start_to_close_timeout: seconds(&time.to_string()),
                lambda_role: Some(ROLE.into()),
                ..start_input(&id.to_string())
            })),
            Step::Signal { domain, id } => {
                let command = Command::Signal {
                    signal_name: "s".into(),
                    input: None,
                };
                to_run(*domain, *id, None, command)
            }
            Step::RequestCancel { domain, id } => {
                to_run(*domain, *id, None, Command::RequestCancel)
            }
            Step::Terminate { domain, id, run } => {
                let run = run
                    .filter(|_| !self.runs.is_empty())
                    .map(|run| run.get(&self.runs));
                let run_id = run.map(|(_, execution)| execution.run_id.to_string());
                let policies = [
                    None,
                    Some(ChildPolicy::RequestCancel),
                    Some(ChildPolicy::Abandon),
                ];
                let command = Command::Terminate {
                    reason: None,
                    details: None,
                    child_policy: policies[usize::from(*id) % policies.len()],
                };
                to_run(*domain, *id, run_id, command)
            }
            Step::Describe { run } => {
                let (domain, execution) = self.runs.get(run.index(self.runs.len().max(1)))?;
                Call::Describe(DescribeWorkflowExecutionInput {
                    domain: DOMAINS[*domain].into(),
                    execution: execution.clone(),
                })
            }
            Step::Forge { token, shift, how } => {
                let token = self.tokens.get(token.index(self.tokens.len().max(1)))?;
                forged(token, *shift, *how)
            }
            Step::Decide { token, .. }
            | Step::Heartbeat { token, .. }
            | Step::Finish { token, .. } => {
                let token = self.tokens.get(token.index(self.tokens.len().max(1)))?;
                Call::ToTask {
                    token: token.clone(),
                    command: task_command(token, step)?,
                }
            }
        };
        Some(Input::Call {
            id: self.host.next_id(),
            realm: realm(),
            call,
            asker: None,
        })
    }

    fn end_function(&self, index: &Index, succeeds: bool) -> Option<Input> {
        let invocations = &self.host.invocations;
        let invocation = invocations.get(index.index(invocations.len().max(1)))?;
        let outcome = if succeeds {
            FunctionOutcome::Completed { result: None }
        } else {
            FunctionOutcome::Failed {
                reason: Some("Unhandled".into()),
                details: None,
            }
        };
        Some(Input::FunctionOutcome {
            run: invocation.run,
            task: invocation.task,
            outcome,
        })
    }

    fn poll_of(&self, index: &Index) -> Option<CallId> {
        self.polls
            .get(index.index(self.polls.len().max(1)))
            .copied()
    }

    fn poll(&mut self, domain: usize, kind: TaskKind, task_list: &str) -> Input {
        let id = self.host.next_id();
        self.polls.push(id);
        Input::Poll {
            id,
            realm: realm(),
            asker: None,
            poll: Poll {
                kind,
                domain: DOMAINS[domain].into(),
                task_list: task_list.into(),
                identity: Some(id.0.to_string().into()),
            },
        }
    }
}

fn to_run(domain: usize, id: u8, run_id: Option<String>, command: Command) -> Call {
    Call::ToRun {
        target: Target {
            domain: DOMAINS[domain].into(),
            workflow_id: id.to_string().into(),
            run_id: run_id.map(Into::into),
        },
        command,
    }
}

/// A call by somebody who makes a token up.
fn forged(token: &TaskReference, (run, scheduled, started): (i8, i8, i8), how: u8) -> Call {
    let mut token = token.clone();
    // An earlier or later run of the workflow id, which may not be there yet.
    token.run.0 = token
        .run
        .0
        .wrapping_add_signed(i64::from(run) * SLOTS.cast_signed());
    token.task.scheduled_event_id.0 += i64::from(scheduled);
    token.task.started_event_id.0 += i64::from(started);
    let task = token.task;
    let command = match how {
        0 => Command::CompleteDecisionTask {
            task,
            response: Box::default(),
        },
        1 => Command::CompleteActivityTask { task, result: None },
        2 => Command::CancelActivityTask {
            task,
            details: None,
        },
        _ => Command::RecordHeartbeat {
            task,
            details: None,
        },
    };
    Call::ToTask { token, command }
}

/// What the holder of a token asks; none when the token is of the other kind.
fn task_command(token: &TaskReference, step: &Step) -> Option<Command> {
    let task = token.task;
    match (step, token.kind) {
        (
            Step::Decide {
                decisions,
                list: name,
                ..
            },
            TaskKind::Decision,
        ) => {
            // A decision that closes must be the last; the border sees to that.
            let closes = decisions.iter().position(Choice::closes);
            let end = closes.map_or(decisions.len(), |at| at + 1);
            Some(Command::CompleteDecisionTask {
                task,
                response: Box::new(DecisionTaskResponse {
                    decisions: DecisionList(
                        decisions[..end]
                            .iter()
                            .map(|choice| decision(choice, token))
                            .collect(),
                    ),
                    task_list: name.and_then(|name| list(LISTS[name])),
                    task_list_schedule_to_start_timeout: name.and_then(|_| seconds("15")),
                    ..DecisionTaskResponse::default()
                }),
            })
        }
        (Step::Heartbeat { details, .. }, TaskKind::Activity) => Some(Command::RecordHeartbeat {
            task,
            details: details.map(|details| details.to_string().into()),
        }),
        (Step::Finish { how: 0, .. }, TaskKind::Activity) => {
            Some(Command::CompleteActivityTask { task, result: None })
        }
        (Step::Finish { how: 1, .. }, TaskKind::Activity) => Some(Command::FailActivityTask {
            task,
            reason: None,
            details: None,
        }),
        (Step::Finish { .. }, TaskKind::Activity) => Some(Command::CancelActivityTask {
            task,
            details: None,
        }),
        _ => None,
    }
}
