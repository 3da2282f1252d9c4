//! What a run has under way with others, as its own history tells of it: children, signals and requests to cancel, and
//! Lambda tasks (execution.md sections 7.2 to 7.8).
//!
//! Whether the histories of two runs agree is seen in `between`.

use std::collections::BTreeMap;

use everbeat_engine::FunctionOutcome;
use everbeat_model::{
    EventAttributes, EventId, HistoryEvent, LambdaFunctionScheduledEventAttributes,
    StartLambdaFunctionFailedCause, Timestamp, WorkflowExecution,
    WorkflowExecutionStartedEventAttributes, WorkflowRunIdOptional,
};
use everbeat_partition::Input;

use super::calls::{Calls, Sent};
use super::run::{Run, Verdict, ensure};
use super::task::due;

/// Something that was initiated and has no outcome yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tie {
    /// A signal.
    Signal,
    /// A request to cancel.
    CancelRequest,
    /// A child that is to be started.
    NewChild,
    /// A child that was started by that event and has not closed.
    Child(EventId),
}

/// A Lambda task. It stays known when it is closed.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) scheduled: LambdaFunctionScheduledEventAttributes,
    pub(super) started: Option<(EventId, Timestamp)>,
    pub(super) is_open: bool,
    /// Its function was called.
    pub(super) is_called: bool,
}

impl Function {
    /// When it times out.
    pub(super) fn due(&self) -> Option<Timestamp> {
        let (_, started_at) = self.started?;
        let longest = "900".into();
        let timeout = self.scheduled.start_to_close_timeout.as_ref();
        due(started_at, timeout.or(Some(&longest)))
    }
}

/// Everything that ties a run to others.
#[derive(Debug, Default)]
pub(super) struct Ties {
    pub(super) open: BTreeMap<EventId, Tie>,
    pub(super) functions: BTreeMap<EventId, Function>,
    /// The parent, and the event by which it asked for the run.
    pub(super) parent: Option<(WorkflowExecution, EventId)>,
    /// The run that goes on as this one.
    pub(super) continues: Option<WorkflowRunIdOptional>,
    pub(super) start: Option<(Timestamp, WorkflowExecutionStartedEventAttributes)>,
    pub(super) closing: Option<EventAttributes>,
    /// The events that were read lately.
    pub(super) news: Vec<HistoryEvent>,
}

impl Ties {
    /// The run begins; true if by a call.
    pub(super) fn begin(
        &mut self,
        at: Timestamp,
        start: &WorkflowExecutionStartedEventAttributes,
    ) -> bool {
        let initiated = start.parent_initiated_event_id.unwrap_or(EventId::NONE);
        let parent = start.parent_workflow_execution.clone();
        self.parent = parent.map(|parent| (parent, initiated));
        self.continues = start.continued_execution_run_id.clone();
        self.start = Some((at, start.clone()));
        self.parent.is_none() && self.continues.is_none()
    }

    /// The earliest event that asks something of others which has not been delivered.
    pub(super) fn first_on_its_way(&self) -> Option<EventId> {
        let open = self.open.iter();
        let mut initiated = open.filter(|(_, tie)| !matches!(tie, Tie::Child(_)));
        let functions = self.functions.iter();
        let mut waiting = functions.filter(|(_, task)| task.is_open && task.started.is_none());
        let first = [
            initiated.next().map(|(id, _)| *id),
            waiting.next().map(|(id, _)| *id),
        ];
        first.into_iter().flatten().min()
    }

    /// Number of children that were asked for and have not closed.
    pub(super) fn children(&self) -> usize {
        let open = self.open.values();
        open.filter(|tie| matches!(tie, Tie::NewChild | Tie::Child(_)))
            .count()
    }
}

impl Run {
    /// The initiated events of the children that were started and have not closed.
    pub(super) fn started_children(&self) -> impl Iterator<Item = EventId> {
        let open = self.ties.open.iter();
        open.filter(|(_, tie)| matches!(tie, Tie::Child(_)))
            .map(|(id, _)| *id)
    }

    pub(super) fn open_functions(&self) -> impl Iterator<Item = &Function> {
        self.ties.functions.values().filter(|task| task.is_open)
    }

    /// An event about others.
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "the events about others against all that the run knows how to follow"
    )]
    pub(super) fn follow_ties(&mut self, event: &HistoryEvent, calls: &mut Calls) -> Verdict {
        use EventAttributes as E;
        let (id, at) = (event.event_id, event.event_timestamp);
        match &event.attributes {
            E::SignalExternalWorkflowExecutionInitiated(_) => self.initiate(id, Tie::Signal),
            E::RequestCancelExternalWorkflowExecutionInitiated(_) => {
                self.initiate(id, Tie::CancelRequest);
            }
            E::StartChildWorkflowExecutionInitiated(_) => self.initiate(id, Tie::NewChild),
            E::ExternalWorkflowExecutionSignaled(a) => {
                self.conclude(a.initiated_event_id, Tie::Signal)?;
            }
            E::SignalExternalWorkflowExecutionFailed(a) => {
                self.conclude(a.initiated_event_id, Tie::Signal)?;
            }
            E::ExternalWorkflowExecutionCancelRequested(a) => {
                self.conclude(a.initiated_event_id, Tie::CancelRequest)?;
            }
            E::RequestCancelExternalWorkflowExecutionFailed(a) => {
                self.conclude(a.initiated_event_id, Tie::CancelRequest)?;
            }
            E::StartChildWorkflowExecutionFailed(a) if a.initiated_event_id == EventId::NONE => {
                self.owe_decision();
            }
            E::StartChildWorkflowExecutionFailed(a) => {
                self.conclude(a.initiated_event_id, Tie::NewChild)?;
            }
            E::ChildWorkflowExecutionStarted(a) => {
                self.conclude(a.initiated_event_id, Tie::NewChild)?;
                self.initiate(a.initiated_event_id, Tie::Child(id));
            }
            E::ChildWorkflowExecutionCompleted(a) => {
                self.conclude(a.initiated_event_id, Tie::Child(a.started_event_id))?;
            }
            E::ChildWorkflowExecutionFailed(a) => {
                self.conclude(a.initiated_event_id, Tie::Child(a.started_event_id))?;
            }
            E::ChildWorkflowExecutionTimedOut(a) => {
                self.conclude(a.initiated_event_id, Tie::Child(a.started_event_id))?;
            }
            E::ChildWorkflowExecutionCanceled(a) => {
                self.conclude(a.initiated_event_id, Tie::Child(a.started_event_id))?;
            }
            E::ChildWorkflowExecutionTerminated(a) => {
                self.conclude(a.initiated_event_id, Tie::Child(a.started_event_id))?;
            }
            E::LambdaFunctionScheduled(a) => {
                let function = Function {
                    scheduled: a.clone(),
                    started: None,
                    is_open: true,
                    is_called: false,
                };
                self.ties.functions.insert(id, function);
            }
            E::LambdaFunctionStarted(a) => {
                ensure(self.has_role(), || "the run has no role".into())?;
                let task = self.waiting_function(Some(a.scheduled_event_id))?;
                task.started = Some((id, at));
            }
            E::StartLambdaFunctionFailed(a) => {
                let is_it = a.cause == Some(StartLambdaFunctionFailedCause::AssumeRoleFailed);
                ensure(is_it && !self.has_role(), || "it could start".into())?;
                self.waiting_function(a.scheduled_event_id)?.is_open = false;
                self.owe_decision();
            }
            E::LambdaFunctionCompleted(a) => {
                let sent = calls.see(a.result.as_deref(), self.key, id)?;
                check_outcome(sent, |it| matches!(it, FunctionOutcome::Completed { .. }))?;
                self.check_function_of(sent, a.scheduled_event_id, a.started_event_id)?;
                self.end_function(a.scheduled_event_id, a.started_event_id, at, false)?;
            }
            E::LambdaFunctionFailed(a) => {
                let sent = calls.see(a.details.as_deref(), self.key, id)?;
                check_outcome(sent, |it| matches!(it, FunctionOutcome::Failed { .. }))?;
                self.check_function_of(sent, a.scheduled_event_id, a.started_event_id)?;
                self.end_function(a.scheduled_event_id, a.started_event_id, at, false)?;
            }
            E::LambdaFunctionTimedOut(a) => {
                self.end_function(a.scheduled_event_id, a.started_event_id, at, true)?;
            }
            _ => return Err("it is not about others".into()),
        }
        Ok(())
    }

    fn initiate(&mut self, id: EventId, tie: Tie) {
        self.ties.open.insert(id, tie);
        if matches!(tie, Tie::Child(_)) {
            self.owe_decision();
        }
    }

    /// An outcome: there must be something that it is the outcome of, and it has no other.
    fn conclude(&mut self, initiated: EventId, expected: Tie) -> Verdict {
        let open = self.ties.open.remove(&initiated);
        ensure(open == Some(expected), || {
            format!("event {initiated} has {open:?} open, not {expected:?}")
        })?;
        self.owe_decision();
        Ok(())
    }

    fn has_role(&self) -> bool {
        let start = self.ties.start.as_ref();
        start.is_some_and(|(_, start)| start.lambda_role.is_some())
    }

    fn waiting_function(&mut self, scheduled: Option<EventId>) -> Result<&mut Function, String> {
        let task = scheduled.and_then(|id| self.ties.functions.get_mut(&id));
        task.filter(|task| task.is_open && task.started.is_none())
            .ok_or_else(|| "it does not wait".into())
    }

    fn check_function_of(&self, sent: &Sent, scheduled: EventId, started: EventId) -> Verdict {
        let is_it = sent.function_task().is_some_and(|(run, task)| {
            run == self.key
                && task.scheduled_event_id == scheduled
                && task.started_event_id == started
        });
        ensure(is_it, || "it is the outcome of another task".into())
    }

    fn end_function(
        &mut self,
        scheduled: EventId,
        started: EventId,
        at: Timestamp,
        times_out: bool,
    ) -> Verdict {
        let task = self.ties.functions.get(&scheduled).ok_or("it is unknown")?;
        let is_it = task.is_open && task.started.map(|(id, _)| id) == Some(started);
        ensure(is_it, || "it does not run".into())?;
        if times_out {
            self.check_due(task.due(), at)?;
        } else {
            self.check_in_time(task.due(), at)?;
        }
        if let Some(task) = self.ties.functions.get_mut(&scheduled) {
            task.is_open = false;
        }
        self.owe_decision();
        Ok(())
    }
}

fn check_outcome(sent: &Sent, is_it: impl Fn(&FunctionOutcome) -> bool) -> Verdict {
    let is_meant = matches!(&sent.input, Input::FunctionOutcome { outcome, .. } if is_it(outcome));
    ensure(is_meant, || "the function ended otherwise".into())
}
