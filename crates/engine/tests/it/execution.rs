//! An execution driven through the engine's public functions, as the partition drives it, with everything checked after
//! every step.
//!
//! Checked: deciding is pure; the invariants hold; the fold of all changes is the state; event ids are dense; all events
//! of a commit carry one timestamp, and timestamps never decrease; snapshots and events survive being written as JSON
//! and read again; events keep to their descriptors; the tasks that wait, which commands are refused, and when the
//! decider is asked, are what the events alone say ([`Model`]); children, requests to others and Lambda tasks are open
//! when the events say so, and each has at most one outcome ([`Relations`]).

use std::collections::BTreeSet;

use everbeat_engine::{
    Change, Command, Context, Decided, State, apply, decide, invariants, next_deadline,
    pending_tasks, start,
};
use everbeat_model::shape::{from_json_text, to_json};
use everbeat_model::validate::validate;
use everbeat_model::{
    Described, EventAttributes, EventId, Fault, HistoryEvent, Limits, StartWorkflowExecutionInput,
    Timestamp,
};

use crate::model::Model;
use crate::relations::Relations;

pub(crate) struct Execution {
    pub(crate) state: State,
    pub(crate) events: Vec<HistoryEvent>,
    /// First event of each commit.
    pub(crate) commits: BTreeSet<EventId>,
    log: Vec<Step>,
    model: Model,
    relations: Relations,
}

/// What the state came from.
enum Step {
    Change(Box<Change>),
    Recovery(Timestamp),
}

impl Execution {
    pub(crate) fn new(workflow_id: &str, run_id: &str) -> Self {
        Self {
            state: State::new(workflow_id.into(), run_id.into()),
            events: Vec::new(),
            commits: BTreeSet::new(),
            log: Vec::new(),
            model: Model::default(),
            relations: Relations::default(),
        }
    }

    /// Begins the execution as a child or as the next run.
    pub(crate) fn begin(
        &mut self,
        first: impl Fn(&State, &Context<'_>) -> Vec<Change>,
        context: &Context<'_>,
    ) {
        let changes = first(&self.state, context);
        assert_eq!(changes, first(&self.state, context), "not pure");
        self.commit(changes, context);
    }

    /// Starts the execution.
    pub(crate) fn start(
        &mut self,
        input: &StartWorkflowExecutionInput,
        context: &Context<'_>,
    ) -> Result<(), Fault> {
        let decided = start(&self.state, input, context);
        assert_eq!(decided, start(&self.state, input, context), "not pure");
        match decided {
            Decided::Changes(changes) => {
                self.commit(changes, context);
                Ok(())
            }
            Decided::Refused(fault) => Err(fault),
            Decided::EventLimitExceeded(_) => panic!("a start does not exceed the event limit"),
        }
    }

    /// Decides about a command and applies what comes of it.
    pub(crate) fn perform(&mut self, command: &Command, context: &Context<'_>) -> Decided {
        let decided = decide(&self.state, command, context);
        assert_eq!(decided, decide(&self.state, command, context), "not pure");
        match &decided {
            Decided::Changes(changes) | Decided::EventLimitExceeded(changes) => {
                assert!(self.model.accepts(command), "{command:?} was accepted");
                self.commit(changes.clone(), context);
            }
            Decided::Refused(fault) => assert!(
                !self.model.accepts(command),
                "{command:?} was refused: {fault}"
            ),
        }
        decided
    }

    /// Applies all deadlines that have passed, one commit each. False when there is none.
    pub(crate) fn fire_due(&mut self, context: &Context<'_>) -> bool {
        let is_due = |state: &State| {
            next_deadline(state, context.limits).is_some_and(|deadline| deadline.at <= context.now)
        };
        let any = is_due(&self.state);
        while is_due(&self.state) {
            let before = self.events.len();
            self.perform(&Command::FireDeadline, context);
            assert!(self.events.len() > before, "a due deadline brought nothing");
        }
        if self.state.is_open() {
            let none = self.perform(&Command::FireDeadline, context);
            assert_eq!(none, Decided::Changes(Vec::new()), "nothing was due");
        }
        any
    }

    /// The server starts again after it was down.
    pub(crate) fn recover(&mut self, at: Timestamp) {
        self.state.restart_heartbeat_clocks(at);
        self.log.push(Step::Recovery(at));
        self.check();
    }

    /// Id of the newest event of that kind; 0 when there is none.
    pub(crate) fn newest(&self, is_it: impl Fn(&EventAttributes) -> bool) -> EventId {
        let mut newest_first = self.events.iter().rev();
        let event = newest_first.find(|event| is_it(&event.attributes));
        event.map_or(EventId::NONE, |event| event.event_id)
    }

    fn commit(&mut self, changes: Vec<Change>, context: &Context<'_>) {
        let at = context.now.max(self.state.last_event_at);
        let before = self.events.len();
        self.commits.insert(self.state.last_event_id.next());
        for change in changes {
            if let Change::Event(event) = &change {
                let last = self
                    .events
                    .last()
                    .map_or(EventId::NONE, |last| last.event_id);
                assert_eq!(event.event_id, last.next(), "ids are not dense");
                assert_eq!(event.event_timestamp, at, "another time than its commit");
                check_event(event);
                self.model.observe(event);
                self.relations.observe(event);
                self.events.push(event.clone());
            }
            apply(&mut self.state, &change);
            self.log.push(Step::Change(Box::new(change)));
        }
        self.model.check_commit(&self.events[before..]);
        self.check();
    }

    fn check(&self) {
        assert_eq!(invariants::check(&self.state), Ok(()));
        let mut started = self
            .state
            .activities
            .iter()
            .filter(|task| task.is_started());
        assert!(
            started.all(|task| task.input.is_none()),
            "an input is kept too long"
        );
        assert_eq!(self.replay(), self.state, "the fold is another state");
        let snapshot = self.state.to_snapshot();
        assert_eq!(State::from_snapshot(&snapshot).as_ref(), Ok(&self.state));
        assert_eq!(pending_tasks(&self.state), self.model.pending_tasks());
        self.relations.compare(&self.state);
    }

    fn replay(&self) -> State {
        let mut state = State::new(self.state.workflow_id.clone(), self.state.run_id.clone());
        for step in &self.log {
            match step {
                Step::Change(change) => apply(&mut state, change),
                Step::Recovery(at) => state.restart_heartbeat_clocks(*at),
            }
        }
        state
    }
}

fn check_event(event: &HistoryEvent) {
    let text = to_json(event);
    assert_eq!(from_json_text::<HistoryEvent>(&text).as_ref(), Ok(event));
    let value = serde_json::from_str(&text).expect("events are JSON");
    let shape = HistoryEvent::SHAPE.structure().expect("a structure");
    assert_eq!(
        validate(&value, shape, &Limits::default()),
        Ok(()),
        "{text}"
    );
}
