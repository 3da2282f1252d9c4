//! The executions of a domain, and the messages between them: what the partition is to the engine, without a store.
//!
//! A message waits until it is delivered; all are delivered in the order of their events. First the one that it is for
//! changes, then the sender learns what came of it, in the same step (execution.md sections 7.2 to 7.8). Checked besides
//! what [`Execution`] checks: a message survives being written as text; an outcome that is told twice changes nothing; a
//! workflow id has at most one open run.

use std::collections::VecDeque;

use everbeat_engine::{
    Command, Decided, Message, Recipient, applied_policy, messages, start_child, start_next_run,
};
use everbeat_model::{
    ChildPolicy, EventAttributes, EventId, Fault,
    StartChildWorkflowExecutionInitiatedEventAttributes, StartWorkflowExecutionInput, Timestamp,
    WorkflowExecution, WorkflowExecutionContinuedAsNewEventAttributes,
};

use crate::execution::Execution;
use crate::world::World;

/// The execution that stories tell of when they name none; its runs are R1, R2 and so on.
pub(crate) const WORKFLOW_ID: &str = "o-1";

pub(crate) struct Domain {
    pub(crate) world: World,
    /// In the order in which they began.
    pub(crate) runs: Vec<Execution>,
    /// On their way, in the order of their events.
    pub(crate) mail: VecDeque<Message>,
}

/// What came of a message.
pub(crate) struct Delivery {
    pub(crate) source: WorkflowExecution,
    pub(crate) event_id: EventId,
    pub(crate) effect: Effect,
}

/// Whom a message reached.
pub(crate) enum Effect {
    /// The execution that took it, or was started by it.
    Reached(WorkflowExecution),
    Nobody,
    /// The function of this Lambda task is called now.
    Calls {
        name: String,
        input: String,
    },
    /// The Lambda task could not be started.
    CallsNothing,
}

impl Domain {
    pub(crate) fn new(world: World) -> Self {
        Self {
            world,
            runs: Vec::new(),
            mail: VecDeque::new(),
        }
    }

    /// The open run of a workflow id, else the newest one.
    pub(crate) fn find(&self, workflow_id: &str) -> Option<usize> {
        let newest = |run: &Execution| run.state.workflow_id.as_str() == workflow_id;
        self.open_run(workflow_id)
            .or_else(|| self.runs.iter().rposition(newest))
    }

    /// That very run.
    pub(crate) fn find_run(&self, execution: &WorkflowExecution) -> Option<usize> {
        let is_it = |run: &Execution| run.state.execution() == *execution;
        self.runs.iter().position(is_it)
    }

    pub(crate) fn open_run(&self, workflow_id: &str) -> Option<usize> {
        self.runs
            .iter()
            .position(|run| run.state.is_open() && run.state.workflow_id.as_str() == workflow_id)
    }

    /// Starts a run of a workflow id that has no open one.
    pub(crate) fn start(
        &mut self,
        workflow_id: &str,
        input: &StartWorkflowExecutionInput,
        now: Timestamp,
    ) -> Result<(), Fault> {
        assert_eq!(self.open_run(workflow_id), None, "{workflow_id} is open");
        let not_begun = |index: &usize| self.runs[*index].events.is_empty();
        let index = match self.find(workflow_id).filter(not_begun) {
            Some(index) => index,
            None => self.add_run(workflow_id),
        };
        let context = self.world.context(now);
        self.runs[index].start(input, &context)
    }

    /// Decides about a command to a run, and sends the messages of what comes of it.
    pub(crate) fn perform(&mut self, run: usize, command: &Command, now: Timestamp) -> Decided {
        self.look_around(run);
        let before = self.runs[run].events.len();
        let decided = self.runs[run].perform(command, &self.world.context(now));
        self.follow_up(run, before, now);
        decided
    }

    /// All deadlines of all runs that have passed take effect. False when there is none.
    pub(crate) fn fire_due(&mut self, now: Timestamp) -> bool {
        let mut any = false;
        for run in 0..self.runs.len() {
            self.look_around(run);
            let before = self.runs[run].events.len();
            any |= self.runs[run].fire_due(&self.world.context(now));
            self.follow_up(run, before, now);
        }
        any
    }

    /// Delivers the first message; none when there is none.
    pub(crate) fn deliver(&mut self, now: Timestamp) -> Option<Delivery> {
        let message = self.mail.pop_front()?;
        let text = message.to_text();
        assert_eq!(Message::from_text(&text).as_ref(), Ok(&message));
        let effect = match message.recipient() {
            Recipient::Execution {
                workflow_id,
                run_id,
            } => {
                let target = match run_id {
                    Some(run_id) => self.find_run(&WorkflowExecution {
                        workflow_id: workflow_id.clone(),
                        run_id: run_id.as_str().into(),
                    }),
                    None => self.open_run(workflow_id),
                };
                let reached = target.and_then(|run| self.reach(run, &message, now));
                self.conclude(&message, reached, now)
            }
            Recipient::NewChild(initiated) => {
                let started = self.begin_child(&message, initiated, now);
                self.conclude(&message, started, now)
            }
            Recipient::Function(_) => self.start_function(&message, now),
            Recipient::Parent(parent) => {
                let parent = self.find_run(parent);
                Effect::of(parent.and_then(|run| self.reach(run, &message, now)))
            }
            Recipient::Child(child) => {
                let is_meant = |run: &usize| {
                    let state = &self.runs[*run].state;
                    state.parent.as_ref() == Some(&message.source)
                        && state.parent_initiated_event_id == child.initiated_event_id
                };
                let run = self.open_run(&child.workflow_id).filter(is_meant);
                Effect::of(run.and_then(|run| self.reach(run, &message, now)))
            }
            Recipient::Nobody => panic!("nobody is meant by {text}"),
        };
        Some(Delivery {
            source: message.source,
            event_id: message.event.event_id,
            effect,
        })
    }

    /// Gives the message to a run, which may not take it.
    fn reach(
        &mut self,
        run: usize,
        message: &Message,
        now: Timestamp,
    ) -> Option<WorkflowExecution> {
        let command = Command::Receive(message.clone().into());
        match self.perform(run, &command, now) {
            Decided::Changes(_) => Some(self.runs[run].state.execution()),
            Decided::Refused(_) | Decided::EventLimitExceeded(_) => None,
        }
    }

    /// Tells the sender what came of its message.
    fn conclude(
        &mut self,
        message: &Message,
        reached: Option<WorkflowExecution>,
        now: Timestamp,
    ) -> Effect {
        let source = self.find_run(&message.source).expect("somebody sent it");
        let command = Command::Conclude {
            message: message.clone().into(),
            reached: reached.clone(),
        };
        self.perform(source, &command, now);
        if self.runs[source].state.is_open() {
            let again = self.perform(source, &command, now);
            assert_eq!(again, Decided::Changes(Vec::new()), "told twice");
        }
        Effect::of(reached)
    }

    fn begin_child(
        &mut self,
        message: &Message,
        initiated: &StartChildWorkflowExecutionInitiatedEventAttributes,
        now: Timestamp,
    ) -> Option<WorkflowExecution> {
        if self.open_run(&initiated.workflow_id).is_some() {
            return None;
        }
        let run = self.add_run(&initiated.workflow_id);
        let (parent, id) = (&message.source, message.event.event_id);
        self.runs[run].begin(
            |state, context| start_child(state, parent, id, initiated, context),
            &self.world.context(now),
        );
        Some(self.runs[run].state.execution())
    }

    fn start_function(&mut self, message: &Message, now: Timestamp) -> Effect {
        let source = self.find_run(&message.source).expect("somebody sent it");
        let scheduled_event_id = message.event.event_id;
        let command = Command::StartLambdaFunction { scheduled_event_id };
        self.perform(source, &command, now);
        let state = &self.runs[source].state;
        let task = state.lambda_task(scheduled_event_id);
        let is_called = state.is_open() && task.is_some_and(|task| task.started_event_id.is_some());
        match &message.event.attributes {
            EventAttributes::LambdaFunctionScheduled(scheduled) if is_called => {
                let input = scheduled.input.as_ref();
                Effect::Calls {
                    name: scheduled.name.as_str().into(),
                    input: input.map_or("{}".into(), |input| input.as_str().into()),
                }
            }
            _ => Effect::CallsNothing,
        }
    }

    /// What the newest events of a run bring beyond it.
    fn follow_up(&mut self, run: usize, before: usize, now: Timestamp) {
        for index in before..self.runs[run].events.len() {
            let event = self.runs[run].events[index].clone();
            let state = &self.runs[run].state;
            self.mail.extend(messages(state, &event));
            if applied_policy(&event).is_some_and(|policy| policy != ChildPolicy::Abandon) {
                let source = state.execution();
                self.mail.retain(|message| {
                    message.source != source
                        || !matches!(message.recipient(), Recipient::NewChild(_))
                });
            }
            if let EventAttributes::WorkflowExecutionContinuedAsNew(continued) = &event.attributes {
                self.begin_next_run(run, continued, now);
            }
        }
    }

    fn begin_next_run(
        &mut self,
        closed: usize,
        continued: &WorkflowExecutionContinuedAsNewEventAttributes,
        now: Timestamp,
    ) {
        let closed = self.runs[closed].state.clone();
        let next = self.add_run(&closed.workflow_id);
        assert_eq!(self.runs[next].state.run_id, continued.new_execution_run_id);
        self.runs[next].begin(
            |state, context| start_next_run(state, &closed, continued, context),
            &self.world.context(now),
        );
    }

    /// The world as a run of the domain sees it.
    fn look_around(&mut self, run: usize) {
        let open = self.runs.iter().filter(|run| run.state.is_open());
        self.world.open_executions = open.count() as u64;
        let workflow_id = self.runs[run].state.workflow_id.clone();
        self.world.next_run_id = self.next_run_id(&workflow_id).as_str().into();
    }

    fn add_run(&mut self, workflow_id: &str) -> usize {
        assert_eq!(self.open_run(workflow_id), None, "two open runs");
        let run_id = self.next_run_id(workflow_id);
        self.runs.push(Execution::new(workflow_id, &run_id));
        self.runs.len() - 1
    }

    fn next_run_id(&self, workflow_id: &str) -> String {
        let runs = self.runs.iter();
        let earlier = runs.filter(|run| run.state.workflow_id.as_str() == workflow_id);
        let number = earlier.count() + 1;
        match workflow_id {
            WORKFLOW_ID => format!("R{number}"),
            other => format!("{}{number}", other.to_uppercase()),
        }
    }
}

impl Effect {
    fn of(reached: Option<WorkflowExecution>) -> Self {
        reached.map_or(Self::Nobody, Self::Reached)
    }
}
