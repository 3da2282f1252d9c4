//! What comes out of a partition: rows to commit, and replies that may leave once they are durable.

use alloc::{boxed::Box, string::String, vec::Vec};

use everbeat_engine::{StartedTask, TaskKind};
use everbeat_model::{
    ActivityId, ActivityType, ActivityTypeDetail, ActivityTypeInfo, Arn, Data, DomainDetail,
    DomainInfo, DomainName, EventId, Fault, FunctionInput, FunctionName, Heartbeats,
    ResourceTagList, Waits, WorkflowExecution, WorkflowExecutionDetail, WorkflowRunId,
    WorkflowType, WorkflowTypeDetail, WorkflowTypeInfo,
};

use crate::input::{CallId, TaskReference};
use crate::rows::{Batch, DomainId, Realm, RunKey};

/// What a batch of inputs brought.
#[derive(Debug, Default)]
pub struct Output {
    /// The rows to commit.
    pub batch: Batch,
    /// The replies in order. None may leave before the batch is durable.
    pub replies: Vec<(CallId, Result<Answer, Fault>)>,
    /// Lambda functions to call. None may be called before the batch is durable.
    pub invocations: Vec<Invocation>,
    /// What the operator should know.
    pub notices: Vec<Notice>,
}

/// A Lambda function to call, once. The outcome comes back as [`crate::Input::FunctionOutcome`]; if it is lost, the task
/// times out (execution.md section 7.8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// The run's key.
    pub run: RunKey,
    /// Account and region that it runs in.
    pub realm: Realm,
    /// The Lambda task.
    pub task: StartedTask,
    /// Name of the function.
    pub function: FunctionName,
    /// Its input.
    pub input: Option<FunctionInput>,
    /// The role that the execution has for it.
    pub role: Arn,
    /// What the function may take, in seconds, unless it is the default of 900.
    pub timeout_seconds: Option<u64>,
}

/// Something for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A caller asked for a domain that exists, but elsewhere.
    DomainElsewhere {
        /// The domain's name.
        domain: DomainName,
        /// Where it was looked for.
        asked: Realm,
        /// Where it is.
        found: Vec<Realm>,
    },
    /// A history has reached [`crate::partition::LONG_HISTORY`] events.
    LongHistory {
        /// Whose.
        execution: WorkflowExecution,
    },
}

/// The answer to a call or poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// An operation without output has been carried out.
    Nothing,
    /// An execution was started.
    Run(WorkflowRunId),
    /// A heartbeat was recorded.
    Heartbeat {
        /// Cancellation of the task was requested.
        cancel_requested: bool,
    },
    /// The number of a domain.
    DomainId(DomainId),
    /// A domain.
    Domain(DomainDetail),
    /// Domains, and the name behind which the next page begins.
    Domains(Vec<DomainInfo>, Option<String>),
    /// A workflow type.
    WorkflowType(Box<WorkflowTypeDetail>),
    /// An activity type.
    ActivityType(Box<ActivityTypeDetail>),
    /// Workflow types, and the name and version behind which the next page begins.
    WorkflowTypes(Vec<WorkflowTypeInfo>, Option<(String, String)>),
    /// Activity types, and the name and version behind which the next page begins.
    ActivityTypes(Vec<ActivityTypeInfo>, Option<(String, String)>),
    /// The tags of a domain.
    Tags(ResourceTagList),
    /// An execution.
    Execution(Box<WorkflowExecutionDetail>),
    /// The last heartbeats of the running activity tasks of an execution.
    Heartbeats(Heartbeats),
    /// A number of tasks.
    Count(u64),
    /// What an execution waits for.
    Waits(Box<Waits>),
    /// A decision task was handed out.
    DecisionTask(Box<DecisionHandOut>),
    /// An activity task was handed out.
    ActivityTask(Box<ActivityHandOut>),
    /// No task came.
    NoTask,
}

/// A decision task for a decider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionHandOut {
    /// The run's key.
    pub run: RunKey,
    /// The run.
    pub execution: WorkflowExecution,
    /// Its type.
    pub workflow_type: WorkflowType,
    /// The task.
    pub task: StartedTask,
    /// Started event of the last completed decision task; 0 before the first.
    pub previous_started_event_id: EventId,
    /// The JSON of all events up to the started one, while the history is small enough to be in memory.
    pub events: Option<Vec<String>>,
}

impl DecisionHandOut {
    /// What its token holds.
    pub fn reference(&self) -> TaskReference {
        TaskReference {
            kind: TaskKind::Decision,
            run: self.run,
            workflow_id: self.execution.workflow_id.clone(),
            run_id: self.execution.run_id.clone(),
            task: self.task,
        }
    }
}

/// An activity task for a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityHandOut {
    /// The run's key.
    pub run: RunKey,
    /// The run.
    pub execution: WorkflowExecution,
    /// The task.
    pub task: StartedTask,
    /// Its id.
    pub activity_id: ActivityId,
    /// Its type.
    pub activity_type: ActivityType,
    /// Its input.
    pub input: Option<Data>,
}

impl ActivityHandOut {
    /// What its token holds.
    pub fn reference(&self) -> TaskReference {
        TaskReference {
            kind: TaskKind::Activity,
            run: self.run,
            workflow_id: self.execution.workflow_id.clone(),
            run_id: self.execution.run_id.clone(),
            task: self.task,
        }
    }
}
