//! What the changes of an execution add up to.
//!
//! The state holds what later decisions depend on and what DescribeWorkflowExecution shows; everything else stays in the
//! history. Being made of described structures, it is written and read as JSON: that is the snapshot that spares a long
//! replay.

use everbeat_model::shape::{from_json_text, to_json};
use everbeat_model::{
    ActivityId, ActivityType, Arn, Canceled, ChildPolicy, CloseStatus, Count, Data,
    DurationInSecondsOptional, EventId, FunctionId, LimitedData, Mismatch, Name, TagList,
    TaskPriority, TimerId, Timestamp, WorkflowExecution, WorkflowId, WorkflowRunId, WorkflowType,
    list_shapes, structure,
};

structure! {
    /// A workflow execution.
    State {
        workflow_id: WorkflowId,
        run_id: WorkflowRunId,
        workflow_type: WorkflowType,
        tag_list: Option<TagList>,
        parent: Option<WorkflowExecution>,
        parent_initiated_event_id: EventId,
        started_at: Timestamp,
        last_event_id: EventId,
        last_event_at: Timestamp,
        execution_start_to_close_timeout: DurationInSecondsOptional,
        task_start_to_close_timeout: DurationInSecondsOptional,
        task_list: Name,
        temporary_task_list: Option<TemporaryTaskList>,
        task_priority: Option<TaskPriority>,
        child_policy: ChildPolicy,
        lambda_role: Option<Arn>,
        scheduled_decision: Option<ScheduledDecision>,
        started_decision: Option<StartedDecision>,
        /// Started event of the last completed decision task; 0 before the first.
        previous_started_event_id: EventId,
        latest_execution_context: Option<Data>,
        latest_activity_task_timestamp: Option<Timestamp>,
        cancel_requested: Canceled,
        activities: ActivityList,
        timers: TimerList,
        children: ChildList,
        lambda_tasks: LambdaTaskList,
        /// Signals and cancel requests to other executions that have no outcome yet.
        outbound: OutboundList,
        /// Decision tasks that timed out since one was last completed.
        decision_task_timeouts: Count,
        close_status: Option<CloseStatus>,
        closed_at: Option<Timestamp>,
    }

    /// An override of the decision task list that ends with the first task that times out.
    TemporaryTaskList {
        name: Name,
        schedule_to_start_timeout: DurationInSecondsOptional,
    }

    /// A decision task that waits for a decider.
    ScheduledDecision {
        event_id: EventId,
        task_list: Name,
        schedule_to_start_timeout: DurationInSecondsOptional,
        /// When it could first be handed out; absent while another one is started.
        dispatchable_at: Option<Timestamp>,
    }

    /// A decision task that a decider works on.
    StartedDecision {
        scheduled_event_id: EventId,
        started_event_id: EventId,
        started_at: Timestamp,
        /// It was scheduled under a temporary override.
        temporary: Canceled,
    }

    /// An open activity task, in ascending order of the scheduled event.
    Activity {
        scheduled_event_id: EventId,
        activity_id: ActivityId,
        activity_type: ActivityType,
        task_list: Name,
        task_priority: Option<TaskPriority>,
        /// Kept until the task is handed out.
        input: Option<Data>,
        scheduled_at: Timestamp,
        schedule_to_start_timeout: DurationInSecondsOptional,
        schedule_to_close_timeout: DurationInSecondsOptional,
        start_to_close_timeout: DurationInSecondsOptional,
        heartbeat_timeout: DurationInSecondsOptional,
        started_event_id: Option<EventId>,
        started_at: Option<Timestamp>,
        /// Start of the heartbeat clock: the start of the task, its last heartbeat, or the server's recovery.
        heartbeat_at: Option<Timestamp>,
        heartbeat_details: Option<LimitedData>,
        latest_cancel_requested_event_id: Option<EventId>,
    }

    /// An open timer, in ascending order of the started event.
    Timer {
        started_event_id: EventId,
        timer_id: TimerId,
        fires_at: Timestamp,
    }

    /// A child that was initiated and has not closed.
    Child {
        initiated_event_id: EventId,
        workflow_id: WorkflowId,
        started_event_id: Option<EventId>,
        run_id: Option<WorkflowRunId>,
    }

    /// A Lambda task that has not closed.
    LambdaTask {
        scheduled_event_id: EventId,
        id: FunctionId,
        start_to_close_timeout: Option<DurationInSecondsOptional>,
        started_event_id: Option<EventId>,
        started_at: Option<Timestamp>,
    }

    /// A signal or cancel request that is on its way to another execution.
    Outbound {
        initiated_event_id: EventId,
        workflow_id: WorkflowId,
    }
}

list_shapes! {
    /// Open activity tasks.
    ActivityList[Activity];
    /// Open timers.
    TimerList[Timer];
    /// Open children.
    ChildList[Child];
    /// Open Lambda tasks.
    LambdaTaskList[LambdaTask];
    /// Signals and cancel requests on their way.
    OutboundList[Outbound];
}

impl State {
    /// An execution without a history.
    pub fn new(workflow_id: WorkflowId, run_id: WorkflowRunId) -> Self {
        Self {
            workflow_id,
            run_id,
            ..Self::default()
        }
    }

    /// Neither closed nor without a history.
    pub fn is_open(&self) -> bool {
        self.last_event_id > EventId::NONE && self.close_status.is_none()
    }

    /// Workflow id and run id.
    pub fn execution(&self) -> WorkflowExecution {
        WorkflowExecution {
            workflow_id: self.workflow_id.clone(),
            run_id: self.run_id.clone(),
        }
    }

    /// The open activity task of that scheduled event.
    pub fn activity(&self, scheduled_event_id: EventId) -> Option<&Activity> {
        self.activity_index(scheduled_event_id)
            .and_then(|index| self.activities.get(index))
    }

    /// The open activity task of that id.
    pub fn activity_of_id(&self, activity_id: &ActivityId) -> Option<&Activity> {
        self.activities
            .iter()
            .find(|activity| activity.activity_id == *activity_id)
    }

    /// The open timer of that id.
    pub fn timer_of_id(&self, timer_id: &TimerId) -> Option<&Timer> {
        self.timers.iter().find(|timer| timer.timer_id == *timer_id)
    }

    /// The open child of that initiated event.
    pub fn child(&self, initiated_event_id: EventId) -> Option<&Child> {
        self.children
            .iter()
            .find(|child| child.initiated_event_id == initiated_event_id)
    }

    /// The open Lambda task of that scheduled event.
    pub fn lambda_task(&self, scheduled_event_id: EventId) -> Option<&LambdaTask> {
        self.lambda_tasks
            .iter()
            .find(|task| task.scheduled_event_id == scheduled_event_id)
    }

    /// Whether the signal or cancel request of that initiated event has no outcome yet.
    pub fn is_under_way(&self, initiated_event_id: EventId) -> bool {
        self.outbound
            .iter()
            .any(|outbound| outbound.initiated_event_id == initiated_event_id)
    }

    /// Whether a decider or a worker has a task of the execution.
    pub fn has_started_tasks(&self) -> bool {
        self.is_open()
            && (self.started_decision.is_some() || self.activities.iter().any(Activity::is_started))
    }

    /// About how many bytes of memory the open things take, with the texts that they hold.
    pub fn weight(&self) -> usize {
        fn text<T: core::ops::Deref<Target = str>>(text: &Option<T>) -> usize {
            text.as_deref().map_or(0, str::len)
        }
        let tasks = self
            .activities
            .iter()
            .map(|task| size_of::<Activity>() + text(&task.input) + text(&task.heartbeat_details));
        tasks.sum::<usize>()
            + self.timers.len() * size_of::<Timer>()
            + self.children.len() * size_of::<Child>()
            + self.lambda_tasks.len() * size_of::<LambdaTask>()
            + self.outbound.len() * size_of::<Outbound>()
            + text(&self.latest_execution_context)
    }

    /// Restarts the heartbeat clocks of all started activity tasks: time during which the server was down does not
    /// count for them (execution.md section 6.3).
    pub fn restart_heartbeat_clocks(&mut self, recovered_at: Timestamp) {
        for activity in &mut self.activities.0 {
            activity.heartbeat_at = activity.heartbeat_at.map(|at| at.max(recovered_at));
        }
    }

    /// The state as text that [`State::from_snapshot`] reads.
    pub fn to_snapshot(&self) -> alloc::string::String {
        to_json(self)
    }

    /// The state that [`State::to_snapshot`] wrote.
    ///
    /// # Errors
    /// When the text is not a snapshot of this version; the history then has to be replayed.
    pub fn from_snapshot(text: &str) -> Result<Self, Mismatch> {
        from_json_text(text)
    }

    pub(crate) fn activity_index(&self, scheduled_event_id: EventId) -> Option<usize> {
        self.activities
            .binary_search_by_key(&scheduled_event_id, |activity| activity.scheduled_event_id)
            .ok()
    }

    pub(crate) fn activity_mut(&mut self, scheduled_event_id: EventId) -> Option<&mut Activity> {
        self.activity_index(scheduled_event_id)
            .and_then(|index| self.activities.0.get_mut(index))
    }
}

impl Activity {
    /// A worker has it.
    pub fn is_started(&self) -> bool {
        self.started_event_id.is_some()
    }
}

/// A number of open things, as DescribeWorkflowExecution counts them.
pub(crate) fn count(number: usize) -> Count {
    Count(i32::try_from(number).unwrap_or(i32::MAX))
}
