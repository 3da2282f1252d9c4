//! The commands of a story, each made into a request, checked as on the wire, and performed. The language is told in the
//! header of [`crate::script`].

use everbeat_engine::decide::closed;
use everbeat_engine::{
    Command, Decided, DecisionTaskResponse, FunctionOutcome, StartedTask, describe,
};
use everbeat_model::shape::to_json;
use everbeat_model::{
    DecisionType, Described, EventAttributes, EventId, Fault, Operation, Request,
    WorkflowExecutionDetail, request,
};
use serde_json::{Map, Value, json};

use crate::outcome;
use crate::script::Teller;
use crate::words::{self, decision_type};

impl Teller {
    pub(crate) fn command(&mut self, command: &[&str]) -> Result<(), Fault> {
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
            ["lambda", id, verb, members @ ..] => self.end_function(id, verb, members),
            ["deliver"] => {
                self.deliver(usize::MAX);
                Ok(())
            }
            ["deliver", number] => {
                self.deliver(number.parse().expect("a number of messages"));
                Ok(())
            }
            ["due"] => {
                if !self.domain.fire_due(self.now) {
                    self.answers.push("nothing was due".into());
                }
                Ok(())
            }
            ["recover"] => {
                let run = self.index();
                self.domain.runs[run].recover(self.now);
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
            "workflowId": self.subject.0,
            "workflowType": { "name": "order", "version": "1.0" },
        });
        let request = read_request(Operation::StartWorkflowExecution, given, members)?;
        let Request::StartWorkflowExecution(input) = request else {
            unreachable!("that was the operation");
        };
        self.domain.start(&self.subject.0, &input, self.now)
    }

    /// A request that names the execution.
    fn call(&mut self, operation: Operation, members: &[&str]) -> Result<(), Fault> {
        let given = json!({ "domain": "d", "workflowId": self.subject.0 });
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
        let scheduled_event_id = self
            .execution()
            .newest(|event| matches!(event, EventAttributes::DecisionTaskScheduled(_)));
        let command = Command::StartDecisionTask {
            scheduled_event_id,
            identity: input.identity,
        };
        let previous = self.execution().state.previous_started_event_id;
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
        let task = self.execution().state.activity(scheduled_event_id);
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
        let answer = match self.decided(command) {
            Decided::Changes(_) => {
                let started = self.execution().state.last_event_id;
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
                let state = &self.execution().state;
                let task = state.activity(task.scheduled_event_id).expect("it is open");
                let requested = task.latest_cancel_requested_event_id.is_some();
                self.answers.push(format!("cancel-requested={requested}"));
                return Ok(());
            }
            other => unreachable!("{other:?}"),
        };
        self.perform(&command)
    }

    /// The call of a Lambda function has ended.
    fn end_function(&mut self, id: &str, verb: &str, members: &[&str]) -> Result<(), Fault> {
        let (token, members) = take_token(members);
        let task = token.unwrap_or_else(|| self.function_token(id));
        let operation = match verb {
            "complete" => Operation::RespondActivityTaskCompleted,
            "fail" => Operation::RespondActivityTaskFailed,
            _ => panic!("a function does not {verb}"),
        };
        let outcome = match read_request(operation, json!({ "taskToken": "token" }), members)? {
            Request::RespondActivityTaskCompleted(input) => FunctionOutcome::Completed {
                result: input.result,
            },
            Request::RespondActivityTaskFailed(input) => FunctionOutcome::Failed {
                reason: input.reason,
                details: input.details,
            },
            other => unreachable!("{other:?}"),
        };
        let before = self.execution().events.len();
        self.perform(&Command::ConcludeLambdaFunction { task, outcome })?;
        if self.execution().events.len() == before {
            self.answers.push("nothing came of it".into());
        }
        Ok(())
    }

    fn deliver(&mut self, most: usize) {
        for delivered in 0..most {
            let Some(delivery) = self.domain.deliver(self.now) else {
                if delivered == 0 {
                    self.answers.push("nothing was on its way".into());
                }
                return;
            };
            self.answers.push(outcome::delivery(&delivery));
        }
    }

    fn perform(&mut self, command: &Command) -> Result<(), Fault> {
        match self.decided(command) {
            Decided::Changes(_) => Ok(()),
            Decided::Refused(fault) => Err(fault),
            Decided::EventLimitExceeded(_) => {
                self.answers.push("event limit exceeded".into());
                Err(closed(&self.execution().state))
            }
        }
    }

    fn decided(&mut self, command: &Command) -> Decided {
        let run = self.index();
        self.domain.perform(run, command, self.now)
    }

    fn describe(&mut self) {
        let detail = describe::detail(&self.execution().state);
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

    /// The newest ActivityTaskScheduled with that activity id.
    fn scheduled(&self, id: &str) -> EventId {
        self.execution().newest(|event| match event {
            EventAttributes::ActivityTaskScheduled(attributes) => {
                attributes.activity_id.as_str() == id
            }
            _ => false,
        })
    }

    fn activity_token(&self, id: &str) -> StartedTask {
        let scheduled_event_id = self.scheduled(id);
        let started_event_id = self.execution().newest(|event| match event {
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

    /// The newest Lambda task with that id.
    fn function_token(&self, id: &str) -> StartedTask {
        let scheduled_event_id = self.execution().newest(|event| match event {
            EventAttributes::LambdaFunctionScheduled(attributes) => attributes.id.as_str() == id,
            _ => false,
        });
        let started_event_id = self.execution().newest(|event| match event {
            EventAttributes::LambdaFunctionStarted(attributes) => {
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
        let mut newest_first = self.execution().events.iter().rev();
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
