//! One run as its history tells of it: whether each event may follow the earlier ones, and what is open after it.
//!
//! It shares no code with the engine: it is a second opinion on the same rules (execution.md sections 2 to 7).

use std::collections::BTreeMap;

use everbeat_engine::{Command, TaskKind};
use everbeat_model::{
    DomainName, DurationInSecondsOptional, EventAttributes, EventId, HistoryEvent, Limits, Name,
    Timestamp, WorkflowExecution, WorkflowExecutionTerminatedCause,
};
use everbeat_partition::{Call, Input, RunKey};

use super::calls::{Calls, Sent};
use super::task::{Activity, Answered, ScheduledDecision, StartedDecision, Timer, due};
use super::ties::{Function, Ties};

/// What the rules depend on beside the history.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) limits: Limits,
    pub(super) calls_functions: bool,
    pub(super) recovered_at: Timestamp,
    pub(super) now: Timestamp,
}

/// One run.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) key: RunKey,
    pub(super) domain: DomainName,
    pub(super) execution: WorkflowExecution,
    /// The stored text of each event.
    pub(super) lines: Vec<String>,
    /// Number of events before the present batch.
    pub(super) known_before: usize,
    pub(super) is_open: bool,
    pub(super) was_open_before: bool,
    pub(super) scheduled: Option<ScheduledDecision>,
    pub(super) started: Option<StartedDecision>,
    /// For each started decision task, the one completed before.
    pub(super) previous_started: BTreeMap<EventId, EventId>,
    pub(super) activities: BTreeMap<EventId, Activity>,
    pub(super) timers: BTreeMap<EventId, Timer>,
    /// WorkflowExecutionCancelRequested events.
    pub(super) cancel_requests: usize,
    pub(super) answered: Option<Answered>,
    /// An unstarted activity task was canceled, its closing event is the next.
    pub(super) to_be_canceled: Option<EventId>,
    /// Something calls for the decider, and no decision task is scheduled for it yet.
    pub(super) owes_decision: bool,
    pub(super) last_completed: EventId,
    pub(super) ties: Ties,
    pub(super) last_at: Timestamp,
    due: Option<Timestamp>,
}

pub(super) type Verdict = Result<(), String>;

/// Objects unless the condition holds.
pub(super) fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// Whether an id names an event.
pub(super) fn is_given(id: Option<EventId>) -> bool {
    id.is_some_and(|id| id > EventId::NONE)
}

impl Run {
    pub(super) fn new(key: RunKey, domain: DomainName, execution: WorkflowExecution) -> Self {
        Self {
            key,
            domain,
            execution,
            lines: Vec::new(),
            known_before: 0,
            is_open: true,
            was_open_before: false,
            scheduled: None,
            started: None,
            previous_started: BTreeMap::new(),
            activities: BTreeMap::new(),
            timers: BTreeMap::new(),
            cancel_requests: 0,
            answered: None,
            to_be_canceled: None,
            owes_decision: false,
            last_completed: EventId::NONE,
            ties: Ties::default(),
            last_at: Timestamp(0),
            due: None,
        }
    }

    /// The next event of the history.
    pub(super) fn observe(
        &mut self,
        line: String,
        event: &HistoryEvent,
        calls: &mut Calls,
        rules: &Rules,
    ) -> Verdict {
        let result = self.follow(event, calls, rules);
        self.ties.news.push(event.clone());
        self.lines.push(line);
        self.last_at = event.event_timestamp;
        result.map_err(|what| {
            let event_type = event.attributes.event_type().as_str();
            format!(
                "run {}, event {} {event_type}: {what}",
                self.key.0, event.event_id
            )
        })
    }

    fn follow(&mut self, event: &HistoryEvent, calls: &mut Calls, rules: &Rules) -> Verdict {
        let (id, at) = (event.event_id, event.event_timestamp);
        let next = i64::try_from(self.lines.len()).unwrap_or(i64::MAX) + 1;
        ensure(id.0 == next, || format!("event {next} is missing"))?;
        ensure(self.last_at <= at && at <= rules.now, || {
            format!("its time is {at:?}")
        })?;
        ensure(self.is_open, || "the run is closed".into())?;
        let is_first = matches!(
            event.attributes,
            EventAttributes::WorkflowExecutionStarted(_)
        );
        ensure(is_first == (next == 1), || {
            "a history begins with its start".into()
        })?;
        self.take_outcome(&event.attributes, rules)?;
        self.fold(event, calls, rules)
    }

    /// A batch has been read: nothing may be left half done.
    pub(super) fn check_settled(&self) -> Verdict {
        let answered = self.answered.as_ref();
        let is_complete = answered.is_none_or(|answered| answered.decisions.is_empty());
        ensure(is_complete && self.to_be_canceled.is_none(), || {
            format!("run {}: decisions without an outcome", self.key.0)
        })?;
        ensure(!self.is_open || !self.owes_decision, || {
            format!("run {}: the decider is not asked", self.key.0)
        })
    }

    fn fold(&mut self, event: &HistoryEvent, calls: &mut Calls, rules: &Rules) -> Verdict {
        use EventAttributes as E;
        let (id, at) = (event.event_id, event.event_timestamp);
        match &event.attributes {
            E::WorkflowExecutionStarted(a) => {
                if self.ties.begin(at, a) {
                    self.check_start(calls.see(a.input.as_deref(), self.key, id)?)?;
                }
                let maximum = rules.limits.execution_seconds.to_string().as_str().into();
                let timeout = a.execution_start_to_close_timeout.as_ref();
                let ends = [due(at, timeout), due(at, Some(&maximum))];
                self.due = ends.into_iter().flatten().min();
                self.owes_decision = true;
            }
            E::WorkflowExecutionSignaled(a) if is_given(a.external_initiated_event_id) => {
                self.owe_decision();
            }
            E::WorkflowExecutionSignaled(a) => {
                let sent = calls.see(a.input.as_deref(), self.key, id)?;
                self.check_target(sent, |command| matches!(command, Command::Signal { .. }))?;
                self.owe_decision();
            }
            E::WorkflowExecutionCancelRequested(a) => {
                let is_call = a.cause.is_none() && !is_given(a.external_initiated_event_id);
                self.cancel_requests += usize::from(is_call);
                self.owe_decision();
            }
            E::WorkflowExecutionTerminated(a) => {
                if a.cause == Some(WorkflowExecutionTerminatedCause::OperatorInitiated) {
                    let sent = calls.see(a.details.as_deref(), self.key, id)?;
                    let is_it = |command: &Command| matches!(command, Command::Terminate { .. });
                    self.check_target(sent, is_it)?;
                } else {
                    let limit = rules.limits.events_per_history;
                    ensure(id.0.unsigned_abs() <= limit, || "too many events".into())?;
                }
                self.close(&event.attributes);
            }
            E::WorkflowExecutionTimedOut(_) => {
                self.check_due(self.due, at)?;
                self.close(&event.attributes);
            }
            E::WorkflowExecutionCompleted(_)
            | E::WorkflowExecutionFailed(_)
            | E::WorkflowExecutionCanceled(_)
            | E::WorkflowExecutionContinuedAsNew(_) => self.close(&event.attributes),
            E::DecisionTaskScheduled(a) => {
                ensure(self.owes_decision, || "nothing calls for it".into())?;
                ensure(self.scheduled.is_none(), || {
                    "one is scheduled already".into()
                })?;
                self.owes_decision = false;
                self.scheduled = Some(ScheduledDecision {
                    event: id,
                    task_list: a.task_list.name.clone(),
                    ready_at: self.started.is_none().then_some(at),
                    schedule_to_start: a.schedule_to_start_timeout.clone(),
                    start_to_close: a.start_to_close_timeout.clone(),
                });
            }
            E::DecisionTaskStarted(a) => {
                let sent = calls.see(a.identity.as_deref(), self.key, id)?;
                self.start_decision(sent, id, at, a.scheduled_event_id)?;
            }
            E::DecisionTaskCompleted(a) => {
                let sent = calls.see(a.execution_context.as_deref(), self.key, id)?;
                self.complete_decision(sent, id, at, a.scheduled_event_id, a.started_event_id)?;
            }
            E::DecisionTaskTimedOut(a) => self.time_out_decision(a, at)?,
            E::ActivityTaskScheduled(a) => {
                self.activities.insert(id, Activity::new(at, a));
            }
            E::ActivityTaskStarted(a) => {
                let sent = calls.see(a.identity.as_deref(), self.key, id)?;
                self.start_activity(sent, id, at, a.scheduled_event_id)?;
            }
            E::ActivityTaskCompleted(a) => {
                let sent = calls.see(a.result.as_deref(), self.key, id)?;
                let task = (a.scheduled_event_id, a.started_event_id);
                self.close_by(sent, task, at, rules, |command| {
                    matches!(command, Command::CompleteActivityTask { .. })
                })?;
            }
            E::ActivityTaskFailed(a) => {
                let sent = calls.see(a.details.as_deref(), self.key, id)?;
                let task = (a.scheduled_event_id, a.started_event_id);
                self.close_by(sent, task, at, rules, |command| {
                    matches!(command, Command::FailActivityTask { .. })
                })?;
            }
            E::ActivityTaskCanceled(a) if a.started_event_id == EventId::NONE => {
                let expected = self.to_be_canceled.take();
                ensure(expected == Some(a.scheduled_event_id), || {
                    "nobody canceled it".into()
                })?;
                self.close_activity(a.scheduled_event_id, None)?;
            }
            E::ActivityTaskCanceled(a) => {
                let sent = calls.see(a.details.as_deref(), self.key, id)?;
                let task = (a.scheduled_event_id, a.started_event_id);
                self.close_by(sent, task, at, rules, |command| {
                    matches!(command, Command::CancelActivityTask { .. })
                })?;
            }
            E::ActivityTaskTimedOut(a) => self.time_out_activity(a, at, rules)?,
            E::ActivityTaskCancelRequested(a) => self.request_cancel(id, &a.activity_id)?,
            E::TimerStarted(a) => {
                let timeout: DurationInSecondsOptional = a.start_to_fire_timeout.clone().into();
                let timer = Timer {
                    id: a.timer_id.clone(),
                    due: due(at, Some(&timeout)),
                };
                self.timers.insert(id, timer);
            }
            E::TimerFired(a) => {
                let timer = self
                    .timers
                    .remove(&a.started_event_id)
                    .ok_or("it is not open")?;
                self.check_due(timer.due, at)?;
                self.owe_decision();
            }
            E::TimerCanceled(a) => {
                self.timers
                    .remove(&a.started_event_id)
                    .ok_or("it is not open")?;
            }
            E::MarkerRecorded(_) => {}
            E::CompleteWorkflowExecutionFailed(_)
            | E::FailWorkflowExecutionFailed(_)
            | E::CancelWorkflowExecutionFailed(_)
            | E::ScheduleActivityTaskFailed(_)
            | E::RequestCancelActivityTaskFailed(_)
            | E::StartTimerFailed(_)
            | E::CancelTimerFailed(_)
            | E::ContinueAsNewWorkflowExecutionFailed(_)
            | E::ScheduleLambdaFunctionFailed(_) => self.owe_decision(),
            E::RecordMarkerFailed(_) => return Err("nobody forbids that".into()),
            E::StartChildWorkflowExecutionInitiated(_)
            | E::StartChildWorkflowExecutionFailed(_)
            | E::ChildWorkflowExecutionStarted(_)
            | E::ChildWorkflowExecutionCompleted(_)
            | E::ChildWorkflowExecutionFailed(_)
            | E::ChildWorkflowExecutionTimedOut(_)
            | E::ChildWorkflowExecutionCanceled(_)
            | E::ChildWorkflowExecutionTerminated(_)
            | E::SignalExternalWorkflowExecutionInitiated(_)
            | E::SignalExternalWorkflowExecutionFailed(_)
            | E::ExternalWorkflowExecutionSignaled(_)
            | E::RequestCancelExternalWorkflowExecutionInitiated(_)
            | E::RequestCancelExternalWorkflowExecutionFailed(_)
            | E::ExternalWorkflowExecutionCancelRequested(_)
            | E::LambdaFunctionScheduled(_)
            | E::LambdaFunctionStarted(_)
            | E::LambdaFunctionCompleted(_)
            | E::LambdaFunctionFailed(_)
            | E::LambdaFunctionTimedOut(_)
            | E::StartLambdaFunctionFailed(_) => self.follow_ties(event, calls)?,
        }
        Ok(())
    }

    fn close(&mut self, closing: &EventAttributes) {
        self.is_open = false;
        self.ties.closing = Some(closing.clone());
    }

    pub(super) fn owe_decision(&mut self) {
        self.owes_decision |= self.scheduled.is_none();
    }

    pub(super) fn check_due(&self, due: Option<Timestamp>, at: Timestamp) -> Verdict {
        ensure(due.is_some_and(|due| due <= at), || {
            format!("at {at:?}, but due at {due:?}")
        })
    }

    /// What is due takes effect before a request does, unless it has to wait itself.
    pub(super) fn check_in_time(&self, due: Option<Timestamp>, at: Timestamp) -> Verdict {
        ensure(due.is_none_or(|due| at < due) || self.is_held(at), || {
            format!("at {at:?}, but due at {due:?}")
        })
    }

    /// A timer is due and waits until a message of an earlier decision is delivered; all later deadlines wait with it.
    pub(super) fn is_held(&self, at: Timestamp) -> bool {
        self.ties.first_on_its_way().is_some_and(|first| {
            let mut later = self.timers.range(first..);
            later.any(|(_, timer)| timer.due.is_some_and(|due| due <= at))
        })
    }

    fn check_start(&self, sent: &Sent) -> Verdict {
        let is_it = matches!(&sent.input, Input::Call { call: Call::Start(start), .. }
            if start.domain == self.domain && start.workflow_id == self.execution.workflow_id);
        ensure(is_it, || "another run was to be started".into())
    }

    fn check_target(&self, sent: &Sent, is_it: impl Fn(&Command) -> bool) -> Verdict {
        let is_meant = sent.run_command().is_some_and(|(target, command)| {
            let run_id = target.run_id.as_ref();
            target.domain == self.domain
                && target.workflow_id == self.execution.workflow_id
                && run_id.is_none_or(|run_id| run_id.as_str() == self.execution.run_id.as_str())
                && is_it(command)
        });
        ensure(is_meant, || "another run was meant".into())
    }

    pub(super) fn check_poll(&self, sent: &Sent, kind: TaskKind, task_list: &Name) -> Verdict {
        let is_it = matches!(&sent.input, Input::Poll { poll, .. }
            if poll.kind == kind && poll.domain == self.domain && poll.task_list == *task_list);
        ensure(is_it, || "the poll was for another list".into())
    }

    /// The run is due at this instant at the latest.
    pub(super) fn latest_due(&self, recovered_at: Timestamp) -> Option<Timestamp> {
        let activities = self.activities.values().filter(|activity| activity.is_open);
        let decisions = [
            self.started.as_ref().and_then(|task| task.due),
            self.scheduled.as_ref().and_then(ScheduledDecision::due),
        ];
        activities
            .filter_map(|activity| activity.latest_due(recovered_at))
            .chain(self.timers.values().filter_map(|timer| timer.due))
            .chain(self.open_functions().filter_map(Function::due))
            .chain(decisions.into_iter().flatten())
            .chain(self.due)
            .min()
    }
}
