//! A second opinion on what an execution has under way with others: children, signals and cancel requests to other
//! executions, and Lambda tasks, said from its events alone. Each has at most one outcome, which names its events
//! rightly.

use everbeat_engine::State;
use everbeat_model::{
    EventAttributes, EventId, HistoryEvent, StartChildWorkflowExecutionFailedCause, WorkflowId,
};

/// What the events so far say.
#[derive(Debug, Default)]
pub(crate) struct Relations {
    children: Vec<Task>,
    signals: Vec<(EventId, WorkflowId)>,
    cancel_requests: Vec<(EventId, WorkflowId)>,
    functions: Vec<Task>,
}

/// A child or a Lambda task.
#[derive(Debug, PartialEq, Eq)]
struct Task {
    asked_for: EventId,
    started: Option<EventId>,
}

impl Relations {
    /// The next event of the history.
    ///
    /// # Panics
    /// When the event is the outcome of nothing that is open.
    pub(crate) fn observe(&mut self, event: &HistoryEvent) {
        self.observe_requests(event);
        self.observe_children(event);
        self.observe_functions(event);
    }

    /// The state has open what the events say.
    ///
    /// # Panics
    /// When it has not.
    pub(crate) fn compare(&self, state: &State) {
        let children: Vec<Task> = state
            .children
            .iter()
            .map(|child| task(child.initiated_event_id, child.started_event_id))
            .collect();
        assert_eq!(self.children, children, "open children");
        let functions: Vec<Task> = state
            .lambda_tasks
            .iter()
            .map(|task_| task(task_.scheduled_event_id, task_.started_event_id))
            .collect();
        assert_eq!(self.functions, functions, "open Lambda tasks");
        let mut requests = [self.signals.clone(), self.cancel_requests.clone()].concat();
        requests.sort();
        let outbound: Vec<(EventId, WorkflowId)> = state
            .outbound
            .iter()
            .map(|request| (request.initiated_event_id, request.workflow_id.clone()))
            .collect();
        assert_eq!(requests, outbound, "requests under way");
    }

    fn observe_requests(&mut self, event: &HistoryEvent) {
        use EventAttributes as E;
        let id = event.event_id;
        match &event.attributes {
            E::SignalExternalWorkflowExecutionInitiated(a) => {
                self.signals.push((id, a.workflow_id.clone()));
            }
            E::ExternalWorkflowExecutionSignaled(a) => {
                let to = &a.workflow_execution.workflow_id;
                conclude(&mut self.signals, a.initiated_event_id, to);
            }
            E::SignalExternalWorkflowExecutionFailed(a) if a.initiated_event_id > EventId::NONE => {
                conclude(&mut self.signals, a.initiated_event_id, &a.workflow_id);
            }
            E::RequestCancelExternalWorkflowExecutionInitiated(a) => {
                self.cancel_requests.push((id, a.workflow_id.clone()));
            }
            E::ExternalWorkflowExecutionCancelRequested(a) => {
                let to = &a.workflow_execution.workflow_id;
                conclude(&mut self.cancel_requests, a.initiated_event_id, to);
            }
            E::RequestCancelExternalWorkflowExecutionFailed(a)
                if a.initiated_event_id > EventId::NONE =>
            {
                conclude(
                    &mut self.cancel_requests,
                    a.initiated_event_id,
                    &a.workflow_id,
                );
            }
            _ => {}
        }
    }

    fn observe_children(&mut self, event: &HistoryEvent) {
        use EventAttributes as E;
        let id = event.event_id;
        match &event.attributes {
            E::StartChildWorkflowExecutionInitiated(_) => self.children.push(task(id, None)),
            E::StartChildWorkflowExecutionFailed(a) => {
                let was_initiated = a.initiated_event_id > EventId::NONE;
                let is_late =
                    a.cause == StartChildWorkflowExecutionFailedCause::WorkflowAlreadyRunning;
                assert_eq!(was_initiated, is_late, "event {id}");
                if was_initiated {
                    close(&mut self.children, a.initiated_event_id, None);
                }
            }
            E::ChildWorkflowExecutionStarted(a) => {
                start(&mut self.children, a.initiated_event_id, id);
            }
            E::ChildWorkflowExecutionCompleted(a) => {
                close(
                    &mut self.children,
                    a.initiated_event_id,
                    Some(a.started_event_id),
                );
            }
            E::ChildWorkflowExecutionFailed(a) => {
                close(
                    &mut self.children,
                    a.initiated_event_id,
                    Some(a.started_event_id),
                );
            }
            E::ChildWorkflowExecutionTimedOut(a) => {
                close(
                    &mut self.children,
                    a.initiated_event_id,
                    Some(a.started_event_id),
                );
            }
            E::ChildWorkflowExecutionCanceled(a) => {
                close(
                    &mut self.children,
                    a.initiated_event_id,
                    Some(a.started_event_id),
                );
            }
            E::ChildWorkflowExecutionTerminated(a) => {
                close(
                    &mut self.children,
                    a.initiated_event_id,
                    Some(a.started_event_id),
                );
            }
            _ => {}
        }
    }

    fn observe_functions(&mut self, event: &HistoryEvent) {
        use EventAttributes as E;
        let id = event.event_id;
        match &event.attributes {
            E::LambdaFunctionScheduled(_) => self.functions.push(task(id, None)),
            E::LambdaFunctionStarted(a) => start(&mut self.functions, a.scheduled_event_id, id),
            E::StartLambdaFunctionFailed(a) => {
                let scheduled = a.scheduled_event_id.expect("it is always told");
                close(&mut self.functions, scheduled, None);
            }
            E::LambdaFunctionCompleted(a) => {
                close(
                    &mut self.functions,
                    a.scheduled_event_id,
                    Some(a.started_event_id),
                );
            }
            E::LambdaFunctionFailed(a) => {
                close(
                    &mut self.functions,
                    a.scheduled_event_id,
                    Some(a.started_event_id),
                );
            }
            E::LambdaFunctionTimedOut(a) => {
                close(
                    &mut self.functions,
                    a.scheduled_event_id,
                    Some(a.started_event_id),
                );
            }
            _ => {}
        }
    }
}

fn task(asked_for: EventId, started: Option<EventId>) -> Task {
    Task { asked_for, started }
}

fn start(tasks: &mut [Task], asked_for: EventId, started: EventId) {
    let waiting = task(asked_for, None);
    let task = tasks.iter_mut().find(|task| **task == waiting);
    task.expect("it waited for its start").started = Some(started);
}

fn close(tasks: &mut Vec<Task>, asked_for: EventId, started: Option<EventId>) {
    let expected = task(asked_for, started);
    let position = tasks.iter().position(|task| *task == expected);
    tasks.remove(position.expect("it was open, and had its start told"));
}

fn conclude(requests: &mut Vec<(EventId, WorkflowId)>, initiated: EventId, to: &WorkflowId) {
    let position = requests
        .iter()
        .position(|(id, asked)| *id == initiated && asked == to);
    requests.remove(position.expect("it was under way"));
}
