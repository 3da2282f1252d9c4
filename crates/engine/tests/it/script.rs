//! The text language of the stories.
//!
//! A story is one file: a script, the answers it got (lines with `=>`), and what came of it, from the line `history` on.
//! Answers and history are written by the runner when EVERBEAT_BLESS=1 is set; a person reads the difference.
//!
//! ```text
//! # A comment.
//! brief WorkflowExecutionStarted DecisionTaskScheduled    these events are shown without attributes, as `...`
//! workflow-type NAME/VERSION [deprecated] [defaults]      registers a type, or changes it
//! activity-type NAME/VERSION [deprecated] [defaults]
//! limit open_timers=2
//! deny StartTimer                                         from here on the decision is not permitted; also `allow`
//! at 0s    start [members]                                workflow-id=o-1 workflow-type=order/1.0 unless given
//! at 0s    poll decision-task [identity=...]              takes the task that waits
//! at 1s    decide [members of the response]               one response; without `token=` to the task last started
//!            StartTimer timer-id=t1 start-to-fire=60      its decisions; a line that starts with a blank goes on
//! at 1s    activity a1 poll|heartbeat|complete|fail|cancel [members]      the task last scheduled with that id
//! at 1s    activity a1 complete token=5/6                 token of scheduled and started event, here and in `decide`
//! at 1s    signal|request-cancel|terminate [members]
//! at 61s   due                                            all deadlines that have passed take effect, one by one
//! at 61s   recover                                        the server starts again after it was down
//! at 61s   describe
//! ```
//!
//! Each request is made into JSON and read with all the checks of the wire, so that a refusal may be a
//! ValidationException. Nothing is due by itself: a script says `due` where the partition would see to it.
//!
//! Members and attributes are words `name=value`. The name is the wire name in kebab case, without a leading
//! `default-` and a trailing `-event-id` or `-timeout`; `decisionTaskCompletedEventId` is `completed`. A value stands
//! as it is, in quotes when it is empty or has blanks. The parts of a type and of an execution are joined by `/`, the
//! elements of a list by `,`. Instants are told relative to the beginning of the story.
//!
//! The history has one line an event: id, time, type, and all attributes in the order of SWF's model. Instead of the
//! time stands `+` when the event belongs to the same commit as the one before. After it come the tasks that wait and
//! the next deadline.

use everbeat_engine::decide::closed;
use everbeat_engine::{Command, Decided, DecisionTaskResponse, StartedTask, describe};
use everbeat_model::shape::to_json;
use everbeat_model::{
    ActivityTypeConfiguration, DECISIONS, DecisionType, Described, EventAttributes, EventId,
    EventType, Fault, HistoryEvent, Operation, RegistrationStatus, Request, Timestamp,
    WorkflowExecutionDetail, WorkflowTypeConfiguration, request,
};
use serde_json::{Map, Value, json};

use crate::execution::Execution;
use crate::outcome;
use crate::words;
use crate::world::World;

const WORKFLOW_ID: &str = "o-1";

/// What came of a story.
pub(crate) struct Told {
    /// The whole story with the answers and the history it should have.
    pub(crate) text: String,
    pub(crate) events: Vec<HistoryEvent>,
    /// Types of the decisions that were made, in any outcome.
    pub(crate) decisions: Vec<DecisionType>,
}

/// Plays the script of a story.
pub(crate) fn tell(story: &str) -> Told {
    let is_script = |line: &&str| !line.trim_start().starts_with("=>");
    let script = story.lines().take_while(|line| *line != "history");
    let mut lines = script.filter(is_script).peekable();
    let mut teller = Teller::new();
    let mut text = String::new();
    while let Some(line) = lines.next() {
        let mut command = line.to_owned();
        while let Some(more) = lines.next_if(|line| line.starts_with(' ')) {
            command = command + "\n" + more;
        }
        text = text + &command + "\n";
        if !line.is_empty() && !line.starts_with('#') {
            teller.obey(&words::split(&command));
        }
        for answer in teller.answers.drain(..) {
            text = text + "         => " + &answer + "\n";
        }
    }
    Told {
        text: text + &outcome::show(&teller.execution, &teller.world.limits, &teller.brief),
        events: teller.execution.events,
        decisions: teller.decisions,
    }
}

struct Teller {
    world: World,
    execution: Execution,
    now: Timestamp,
    brief: Vec<EventType>,
    answers: Vec<String>,
    decisions: Vec<DecisionType>,
}

impl Teller {
    fn new() -> Self {
        Self {
            world: World::new(),
            execution: Execution::new(WORKFLOW_ID),
            now: words::ORIGIN,
            brief: Vec::new(),
            answers: Vec::new(),
            decisions: Vec::new(),
        }
    }

    fn obey(&mut self, line: &[&str]) {
        match line {
            ["at", time, command @ ..] => {
                self.now = words::read_time(time);
                if let Err(fault) = self.command(command) {
                    self.answers.push(format!("refused {fault}"));
                }
            }
            ["brief", types @ ..] => self.brief.extend(types.iter().map(|name| {
                EventType::from_name(name).unwrap_or_else(|| panic!("no event is called {name}"))
            })),
            ["workflow-type", name, defaults @ ..] => {
                let (status, defaults) = registration::<WorkflowTypeConfiguration>(defaults);
                self.world
                    .register_workflow_type(read_shape(name), status, defaults);
            }
            ["activity-type", name, defaults @ ..] => {
                let (status, defaults) = registration::<ActivityTypeConfiguration>(defaults);
                self.world
                    .register_activity_type(read_shape(name), status, defaults);
            }
            ["limit", limit] => {
                let (name, value) = words::pair(limit);
                let value = value.parse().expect("a limit is a number");
                assert!(
                    self.world.limits.set(name, value),
                    "no limit is called {name}"
                );
            }
            ["deny", name] => self.world.denied.push(decision_type(name)),
            ["allow", name] => {
                let allowed = decision_type(name);
                self.world.denied.retain(|denied| *denied != allowed);
            }
            _ => panic!("cannot obey {line:?}"),
        }
    }

    fn command(&mut self, command: &[&str]) -> Result<(), Fault> {
        match command {
            ["start", members @ ..] => self.start(members),
            ["poll", "decision-task", members @ ..] => self.poll_decision_task(members),
            ["decide", members @ ..] => self.decide(members),
            ["activity", id, "poll", members @ ..] => self.poll_activity_task(id, members),
            ["activity", id, verb, members @ ..] => self.respond(id, verb, members),
            ["signal", members @ ..] => self.call(Operation::SignalWorkflowExecution, members),
            ["request-cancel"] => self.call(Operation::RequestCancelWorkflowExecution, &[]),
            ["terminate", members @ ..] => {
                self.call(Operation::TerminateWorkflowExecution, members)
            }
            ["due"] => {
                if !self.execution.fire_due(&self.world.context(self.now)) {
                    self.answers.push("nothing was due".into());
                }
                Ok(())
            }
            ["recover"] => {
                self.execution.recover(self.now);
                Ok(())
            }
            ["describe"] => {
                self.describe();
                Ok(())
            }
            _ => panic!("no command {command:?}"),
        }
    }

    fn start(&mut self, members: &[&str]) -> Result<(), Fault> {
        let given = json!({
            "domain": "d",
            "workflowId": WORKFLOW_ID,
            "workflowType": { "name": "order", "version": "1.0" },
        });
        let request = read_request(Operation::StartWorkflowExecution, given, members)?;
        let Request::StartWorkflowExecution(input) = request else {
            unreachable!("that was the operation");
        };
        self.execution.start(&input, &self.world.context(self.now))
    }

    /// A request that names the execution.
    fn call(&mut self, operation: Operation, members: &[&str]) -> Result<(), Fault> {
        let given = json!({ "domain": "d", "workflowId": WORKFLOW_ID });
        let command = match read_request(operation, given, members)? {
            Request::SignalWorkflowExecution(input) => Command::Signal {
                signal_name: input.signal_name,
                input: input.input,
            },
            Request::TerminateWorkflowExecution(input) => Command::Terminate {
                reason: input.reason,
                details: input.details,
                child_policy: input.child_policy,
            },
            Request::RequestCancelWorkflowExecution(_) => Command::RequestCancel,
            other => unreachable!("{other:?}"),
        };
        self.perform(&command)
    }

    fn poll_decision_task(&mut self, members: &[&str]) -> Result<(), Fault> {
        let given = json!({ "domain": "d", "taskList": { "name": "any" } });
        let request = read_request(Operation::PollForDecisionTask, given, members)?;
        let Request::PollForDecisionTask(input) = request else {
            unreachable!("that was the operation");
        };
        let scheduled_event_id =
            self.newest(|event| matches!(event, EventAttributes::DecisionTaskScheduled(_)));
        let command = Command::StartDecisionTask {
            scheduled_event_id,
            identity: input.identity,
        };
        let previous = self.execution.state.previous_started_event_id;
        self.poll(&command, format!("previous-started={previous}"));
        Ok(())
    }

    fn poll_activity_task(&mut self, id: &str, members: &[&str]) -> Result<(), Fault> {
        let given = json!({ "domain": "d", "taskList": { "name": "any" } });
        let request = read_request(Operation::PollForActivityTask, given, members)?;
        let Request::PollForActivityTask(input) = request else {
            unreachable!("that was the operation");
        };
        let scheduled_event_id = self.scheduled(id);
        let task = self.execution.state.activity(scheduled_event_id);
        let handed_over = task.and_then(|task| task.input.as_ref());
        let shown =
            handed_over.map_or(String::new(), |input| format!("input={:?}", input.as_str()));
        let command = Command::StartActivityTask {
            scheduled_event_id,
            identity: input.identity,
        };
        self.poll(&command, shown);
        Ok(())
    }

    /// A poll is never refused: it passes over a task that cannot be handed out.
    fn poll(&mut self, command: &Command, shown: String) {
        let context = self.world.context(self.now);
        let answer = match self.execution.perform(command, &context) {
            Decided::Changes(_) => {
                let started = self.execution.state.last_event_id;
                format!("started={started} {shown}").trim_end().into()
            }
            Decided::Refused(_) => "no task".into(),
            Decided::EventLimitExceeded(_) => "no task (event limit exceeded)".into(),
        };
        self.answers.push(answer);
    }

    fn decide(&mut self, members: &[&str]) -> Result<(), Fault> {
        let is_decision = |word: &&str| !word.contains('=');
        let head = members.iter().take_while(|word| !is_decision(word)).count();
        let (response, decisions) = members.split_at(head);
        let decisions: Vec<Value> = decisions
            .chunk_by(|_, next| !is_decision(next))
            .map(|words| {
                let decision_type = decision_type(words[0]);
                self.decisions.push(decision_type);
                read_decision(decision_type, &words[1..])
            })
            .collect();
        let given = json!({ "taskToken": "token", "decisions": decisions });
        let (token, response) = take_token(response);
        let request = read_request(Operation::RespondDecisionTaskCompleted, given, response)?;
        let Request::RespondDecisionTaskCompleted(input) = request else {
            unreachable!("that was the operation");
        };
        self.perform(&Command::CompleteDecisionTask {
            task: token.unwrap_or_else(|| self.decision_token()),
            response: Box::new(DecisionTaskResponse {
                decisions: input.decisions.unwrap_or_default(),
                execution_context: input.execution_context,
                task_list: input.task_list,
                task_list_schedule_to_start_timeout: input.task_list_schedule_to_start_timeout,
            }),
        })
    }

    fn respond(&mut self, id: &str, verb: &str, members: &[&str]) -> Result<(), Fault> {
        let (token, members) = take_token(members);
        let task = token.unwrap_or_else(|| self.activity_token(id));
        let operation = match verb {
            "heartbeat" => Operation::RecordActivityTaskHeartbeat,
            "complete" => Operation::RespondActivityTaskCompleted,
            "fail" => Operation::RespondActivityTaskFailed,
            "cancel" => Operation::RespondActivityTaskCanceled,
            _ => panic!("a worker does not {verb}"),
        };
        let given = json!({ "taskToken": "token" });
        let command = match read_request(operation, given, members)? {
            Request::RespondActivityTaskCompleted(input) => Command::CompleteActivityTask {
                task,
                result: input.result,
            },
            Request::RespondActivityTaskFailed(input) => Command::FailActivityTask {
                task,
                reason: input.reason,
                details: input.details,
            },
            Request::RespondActivityTaskCanceled(input) => Command::CancelActivityTask {
                task,
                details: input.details,
            },
            Request::RecordActivityTaskHeartbeat(input) => {
                let details = input.details;
                self.perform(&Command::RecordHeartbeat { task, details })?;
                let state = &self.execution.state;
                let task = state.activity(task.scheduled_event_id).expect("it is open");
                let requested = task.latest_cancel_requested_event_id.is_some();
                self.answers.push(format!("cancel-requested={requested}"));
                return Ok(());
            }
            other => unreachable!("{other:?}"),
        };
        self.perform(&command)
    }

    fn perform(&mut self, command: &Command) -> Result<(), Fault> {
        let context = self.world.context(self.now);
        match self.execution.perform(command, &context) {
            Decided::Changes(_) => Ok(()),
            Decided::Refused(fault) => Err(fault),
            Decided::EventLimitExceeded(_) => {
                self.answers.push("event limit exceeded".into());
                Err(closed(&self.execution.state))
            }
        }
    }

    fn describe(&mut self) {
        let detail = describe::detail(&self.execution.state);
        let detail: Value = serde_json::from_str(&to_json(&detail)).expect("it is JSON");
        let structure = WorkflowExecutionDetail::SHAPE
            .structure()
            .expect("it is one");
        for member in structure.members {
            let Some(value) = detail.get(member.name) else {
                continue;
            };
            self.answers.push(match member.shape.structure() {
                Some(part) => format!(
                    "{}: {}",
                    words::short_name(member.name),
                    words::show(value, part)
                ),
                None => {
                    let only = Map::from_iter([(member.name.to_owned(), value.clone())]);
                    words::show(&Value::Object(only), structure)
                }
            });
        }
    }

    /// Id of the newest event of that kind; 0 when there is none.
    fn newest(&self, is_it: impl Fn(&EventAttributes) -> bool) -> EventId {
        let mut newest_first = self.execution.events.iter().rev();
        let event = newest_first.find(|event| is_it(&event.attributes));
        event.map_or(EventId::NONE, |event| event.event_id)
    }

    /// The newest ActivityTaskScheduled with that activity id.
    fn scheduled(&self, id: &str) -> EventId {
        self.newest(|event| match event {
            EventAttributes::ActivityTaskScheduled(attributes) => {
                attributes.activity_id.as_str() == id
            }
            _ => false,
        })
    }

    fn activity_token(&self, id: &str) -> StartedTask {
        let scheduled_event_id = self.scheduled(id);
        let started_event_id = self.newest(|event| match event {
            EventAttributes::ActivityTaskStarted(attributes) => {
                attributes.scheduled_event_id == scheduled_event_id
            }
            _ => false,
        });
        StartedTask {
            scheduled_event_id,
            started_event_id,
        }
    }

    /// The decision task that was started last.
    fn decision_token(&self) -> StartedTask {
        let mut newest_first = self.execution.events.iter().rev();
        let token = newest_first.find_map(|event| match &event.attributes {
            EventAttributes::DecisionTaskStarted(attributes) => Some(StartedTask {
                scheduled_event_id: attributes.scheduled_event_id,
                started_event_id: event.event_id,
            }),
            _ => None,
        });
        token.expect("a decision task was started")
    }
}

fn read_request(operation: Operation, given: Value, members: &[&str]) -> Result<Request, Fault> {
    let Value::Object(mut body) = given else {
        unreachable!("requests are objects");
    };
    body.extend(words::read(
        members,
        operation.descriptor().input_structure(),
    ));
    request::read(operation, Value::Object(body).to_string().as_bytes())
}

fn read_decision(decision_type: DecisionType, words: &[&str]) -> Value {
    let descriptor = decision_type.descriptor();
    let structure = descriptor.shape.structure().expect("attributes are one");
    json!({
        "decisionType": decision_type.as_str(),
        descriptor.attributes: words::read(words, structure),
    })
}

fn registration<T: Described>(words: &[&str]) -> (RegistrationStatus, T) {
    let (status, words) = match words {
        ["deprecated", rest @ ..] => (RegistrationStatus::Deprecated, rest),
        _ => (RegistrationStatus::Registered, words),
    };
    let structure = T::SHAPE.structure().expect("defaults are one");
    let defaults = T::from_json(Value::Object(words::read(words, structure)));
    (status, defaults.expect("they fit the shape"))
}

fn read_shape<T: Described>(text: &str) -> T {
    T::from_json(words::read_value(text, T::SHAPE)).expect("it fits the shape")
}

fn decision_type(name: &str) -> DecisionType {
    let known = || {
        DECISIONS
            .iter()
            .map(|row| row.decision_type.as_str())
            .collect::<Vec<_>>()
    };
    DecisionType::from_name(name).unwrap_or_else(|| panic!("{name} is none of {:?}", known()))
}

fn take_token<'a, 'b>(words: &'b [&'a str]) -> (Option<StartedTask>, &'b [&'a str]) {
    let token = words.first().and_then(|word| word.strip_prefix("token="));
    let Some((scheduled, started)) = token.and_then(|token| token.split_once('/')) else {
        return (None, words);
    };
    let task = StartedTask {
        scheduled_event_id: EventId(scheduled.parse().expect("an event id")),
        started_event_id: EventId(started.parse().expect("an event id")),
    };
    (Some(task), &words[1..])
}
