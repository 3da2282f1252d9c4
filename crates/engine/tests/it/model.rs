//! A second, simpler opinion: which tasks an execution has open, which commands it must take, and when its decider must
//! be asked, said from its events alone. It shares no code with the engine.

use everbeat_engine::{Command, PendingTask, StartedTask, TaskKind};
use everbeat_model::{EventAttributes, EventId, HistoryEvent, TaskPriority};

/// What the events so far say.
#[derive(Debug, Default)]
pub(crate) struct Model {
    open: bool,
    scheduled_decision: Option<PendingTask>,
    started_decision: Option<StartedTask>,
    scheduled_activities: Vec<PendingTask>,
    started_activities: Vec<StartedTask>,
}

impl Model {
    /// The next event of the history.
    ///
    /// # Panics
    /// When the event cannot follow the earlier ones.
    pub(crate) fn observe(&mut self, event: &HistoryEvent) {
        use EventAttributes as E;
        let id = event.event_id;
        assert_eq!(
            self.open,
            id > EventId(1),
            "event {id} stands outside of the open life"
        );
        // The other events open and close no task.
        match &event.attributes {
            E::WorkflowExecutionStarted(_) => self.open = true,
            closed if is_closed_by_decider(closed) => {
                assert!(
                    self.scheduled_decision.is_none(),
                    "closed over a waiting task"
                );
                *self = Self::default();
            }
            E::WorkflowExecutionTerminated(_) | E::WorkflowExecutionTimedOut(_) => {
                *self = Self::default();
            }
            E::DecisionTaskScheduled(a) => {
                assert!(self.scheduled_decision.is_none(), "two tasks scheduled");
                let list = &a.task_list.name;
                self.scheduled_decision = Some(pending(
                    id,
                    TaskKind::Decision,
                    list,
                    a.task_priority.as_ref(),
                ));
            }
            E::DecisionTaskStarted(a) => {
                assert!(self.started_decision.is_none(), "two tasks started");
                let scheduled = self.scheduled_decision.take().expect("it was scheduled");
                assert_eq!(scheduled.scheduled_event_id, a.scheduled_event_id);
                self.started_decision = Some(started(a.scheduled_event_id, id));
            }
            E::DecisionTaskCompleted(a) => {
                let task = started(a.scheduled_event_id, a.started_event_id);
                assert_eq!(self.started_decision.take(), Some(task));
            }
            E::DecisionTaskTimedOut(a) => self.close_decision(a.scheduled_event_id),
            E::ActivityTaskScheduled(a) => {
                let list = &a.task_list.name;
                let task = pending(id, TaskKind::Activity, list, a.task_priority.as_ref());
                self.scheduled_activities.push(task);
            }
            E::ActivityTaskStarted(a) => {
                self.take_scheduled(a.scheduled_event_id);
                self.started_activities
                    .push(started(a.scheduled_event_id, id));
            }
            E::ActivityTaskCompleted(a) => self.close(a.scheduled_event_id, a.started_event_id),
            E::ActivityTaskFailed(a) => self.close(a.scheduled_event_id, a.started_event_id),
            E::ActivityTaskTimedOut(a) => self.close(a.scheduled_event_id, a.started_event_id),
            E::ActivityTaskCanceled(a) => self.close(a.scheduled_event_id, a.started_event_id),
            _ => {}
        }
    }

    /// The events of a whole commit, which have been observed: those that call for the decider bring a decision task
    /// unless one waits already, nothing else does, and nothing closes over them (execution.md sections 4.3 and 5.1).
    pub(crate) fn check_commit(&self, events: &[HistoryEvent]) {
        use EventAttributes as E;
        let has = |is_it: fn(&E) -> bool| events.iter().any(|event| is_it(&event.attributes));
        let calls = has(calls_for_decider);
        if calls && self.open {
            assert!(self.scheduled_decision.is_some(), "nobody asks the decider");
        }
        if has(|event| matches!(event, E::DecisionTaskScheduled(_))) {
            assert!(calls, "the decider is asked for nothing");
        }
        if has(is_closed_by_decider) {
            assert!(!calls, "closed over something unhandled");
        }
    }

    /// The tasks that wait.
    pub(crate) fn pending_tasks(&self) -> Vec<PendingTask> {
        let decision = self
            .scheduled_decision
            .iter()
            .cloned()
            .map(|task| PendingTask {
                is_ready: self.started_decision.is_none(),
                ..task
            });
        let activities = self.scheduled_activities.iter().cloned();
        let mut tasks: Vec<PendingTask> = decision.chain(activities).collect();
        tasks.sort_by_key(|task| task.scheduled_event_id);
        tasks
    }

    /// Whether the command must not be refused, as far as the state of the execution goes.
    pub(crate) fn accepts(&self, command: &Command) -> bool {
        let waits = |kind, id| {
            self.pending_tasks()
                .iter()
                .any(|task| task.kind == kind && task.scheduled_event_id == id && task.is_ready)
        };
        match command {
            Command::StartDecisionTask {
                scheduled_event_id, ..
            } => waits(TaskKind::Decision, *scheduled_event_id),
            Command::StartActivityTask {
                scheduled_event_id, ..
            } => waits(TaskKind::Activity, *scheduled_event_id),
            Command::CompleteDecisionTask { task, .. } => self.started_decision == Some(*task),
            Command::RecordHeartbeat { task, .. }
            | Command::CompleteActivityTask { task, .. }
            | Command::FailActivityTask { task, .. }
            | Command::CancelActivityTask { task, .. } => self.started_activities.contains(task),
            Command::Signal { .. }
            | Command::RequestCancel
            | Command::Terminate { .. }
            | Command::Receive(_)
            | Command::Conclude { .. }
            | Command::StartLambdaFunction { .. }
            | Command::ConcludeLambdaFunction { .. }
            | Command::FireDeadline => self.open,
        }
    }

    fn close_decision(&mut self, scheduled_event_id: EventId) {
        let is_it = |task: &StartedTask| task.scheduled_event_id == scheduled_event_id;
        if self.started_decision.take_if(|task| is_it(task)).is_none() {
            let waiting = self.scheduled_decision.take().expect("one task timed out");
            assert_eq!(waiting.scheduled_event_id, scheduled_event_id);
        }
    }

    fn close(&mut self, scheduled_event_id: EventId, started_event_id: EventId) {
        if started_event_id == EventId::NONE {
            self.take_scheduled(scheduled_event_id);
            return;
        }
        let task = started(scheduled_event_id, started_event_id);
        let before = self.started_activities.len();
        self.started_activities.retain(|open| *open != task);
        assert_eq!(
            before,
            self.started_activities.len() + 1,
            "{task:?} is not open"
        );
    }

    fn take_scheduled(&mut self, id: EventId) {
        let before = self.scheduled_activities.len();
        self.scheduled_activities
            .retain(|task| task.scheduled_event_id != id);
        assert_eq!(
            before,
            self.scheduled_activities.len() + 1,
            "task {id} does not wait"
        );
    }
}

/// The events that are marked as calling for a decision task (execution.md section 2.2).
fn calls_for_decider(event: &EventAttributes) -> bool {
    use EventAttributes as E;
    matches!(
        event,
        E::WorkflowExecutionStarted(_)
            | E::WorkflowExecutionCancelRequested(_)
            | E::WorkflowExecutionSignaled(_)
            | E::CompleteWorkflowExecutionFailed(_)
            | E::FailWorkflowExecutionFailed(_)
            | E::CancelWorkflowExecutionFailed(_)
            | E::DecisionTaskTimedOut(_)
            | E::ScheduleActivityTaskFailed(_)
            | E::ActivityTaskCompleted(_)
            | E::ActivityTaskFailed(_)
            | E::ActivityTaskTimedOut(_)
            | E::ActivityTaskCanceled(_)
            | E::RequestCancelActivityTaskFailed(_)
            | E::RecordMarkerFailed(_)
            | E::StartTimerFailed(_)
            | E::TimerFired(_)
            | E::CancelTimerFailed(_)
            | E::ContinueAsNewWorkflowExecutionFailed(_)
            | E::StartChildWorkflowExecutionFailed(_)
            | E::ChildWorkflowExecutionStarted(_)
            | E::ChildWorkflowExecutionCompleted(_)
            | E::ChildWorkflowExecutionFailed(_)
            | E::ChildWorkflowExecutionTimedOut(_)
            | E::ChildWorkflowExecutionCanceled(_)
            | E::ChildWorkflowExecutionTerminated(_)
            | E::SignalExternalWorkflowExecutionFailed(_)
            | E::ExternalWorkflowExecutionSignaled(_)
            | E::RequestCancelExternalWorkflowExecutionFailed(_)
            | E::ExternalWorkflowExecutionCancelRequested(_)
            | E::ScheduleLambdaFunctionFailed(_)
            | E::StartLambdaFunctionFailed(_)
            | E::LambdaFunctionCompleted(_)
            | E::LambdaFunctionFailed(_)
            | E::LambdaFunctionTimedOut(_)
    )
}

fn is_closed_by_decider(event: &EventAttributes) -> bool {
    use EventAttributes as E;
    matches!(
        event,
        E::WorkflowExecutionCompleted(_)
            | E::WorkflowExecutionFailed(_)
            | E::WorkflowExecutionCanceled(_)
            | E::WorkflowExecutionContinuedAsNew(_)
    )
}

fn started(scheduled_event_id: EventId, started_event_id: EventId) -> StartedTask {
    StartedTask {
        scheduled_event_id,
        started_event_id,
    }
}

fn pending(
    scheduled_event_id: EventId,
    kind: TaskKind,
    list: &str,
    priority: Option<&TaskPriority>,
) -> PendingTask {
    PendingTask {
        scheduled_event_id,
        kind,
        task_list: list.into(),
        priority: priority.map_or(0, |text| text.parse().expect("a number")),
        is_ready: true,
    }
}
