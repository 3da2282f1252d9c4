//! Everything that can be asked of an execution that exists. Starting one is [`crate::start`].

use alloc::boxed::Box;

use everbeat_model::{
    ChildPolicy, Data, DecisionList, DurationInSecondsOptional, EventId, FailureReason, Identity,
    LimitedData, SignalName, TaskList, TerminateReason, WorkflowExecution,
};

use crate::message::Message;

/// A request to one execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Hand the decision task to a decider (execution.md section 5.5).
    StartDecisionTask {
        /// The DecisionTaskScheduled event.
        scheduled_event_id: EventId,
        /// Who polled.
        identity: Option<Identity>,
    },
    /// A decider answers (section 4).
    CompleteDecisionTask {
        /// The task that its token names.
        task: StartedTask,
        /// Decisions and what goes with them.
        response: Box<DecisionTaskResponse>,
    },
    /// Hand an activity task to a worker (section 6.2).
    StartActivityTask {
        /// The ActivityTaskScheduled event.
        scheduled_event_id: EventId,
        /// Who polled.
        identity: Option<Identity>,
    },
    /// A worker says that it is alive (section 6.5).
    RecordHeartbeat {
        /// The task that its token names.
        task: StartedTask,
        /// Progress; none clears what was stored.
        details: Option<LimitedData>,
    },
    /// A worker is done (section 3.9).
    CompleteActivityTask {
        /// The task that its token names.
        task: StartedTask,
        /// What came out.
        result: Option<Data>,
    },
    /// A worker failed.
    FailActivityTask {
        /// The task that its token names.
        task: StartedTask,
        /// Why.
        reason: Option<FailureReason>,
        /// More on why.
        details: Option<Data>,
    },
    /// A worker stopped because it was asked to, or of its own accord.
    CancelActivityTask {
        /// The task that its token names.
        task: StartedTask,
        /// What it left behind.
        details: Option<Data>,
    },
    /// A signal from a caller (section 3.4).
    Signal {
        /// Name of the signal.
        signal_name: SignalName,
        /// What comes with it.
        input: Option<Data>,
    },
    /// A caller asks the decider to cancel the execution.
    RequestCancel,
    /// A caller ends the execution by force.
    Terminate {
        /// Why.
        reason: Option<TerminateReason>,
        /// More on why.
        details: Option<Data>,
        /// Instead of the execution's own policy.
        child_policy: Option<ChildPolicy>,
    },
    /// Another execution, or its closing, reaches this one (sections 7.3 to 7.6).
    Receive(Box<Message>),
    /// What came of a message that this execution sent.
    Conclude {
        /// The message.
        message: Box<Message>,
        /// The execution that got it, or was started; none when it reached nobody.
        reached: Option<WorkflowExecution>,
    },
    /// The function of a scheduled Lambda task is about to be called (section 7.8).
    StartLambdaFunction {
        /// The LambdaFunctionScheduled event.
        scheduled_event_id: EventId,
    },
    /// The call of a Lambda function has ended.
    ConcludeLambdaFunction {
        /// The task.
        task: StartedTask,
        /// What came of it.
        outcome: FunctionOutcome,
    },
    /// The earliest deadline that has passed takes effect; nothing happens when none has.
    FireDeadline,
}

/// What came of the call of a Lambda function in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FunctionOutcome {
    /// It returned.
    Completed {
        /// Its payload.
        result: Option<Data>,
    },
    /// It failed, or could not be called.
    Failed {
        /// Kind of the function's error, or code of the service's.
        reason: Option<FailureReason>,
        /// Payload, or message.
        details: Option<Data>,
    },
}

/// A started task, as its token names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StartedTask {
    /// The scheduled event.
    pub scheduled_event_id: EventId,
    /// The started event.
    pub started_event_id: EventId,
}

/// What a decider answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DecisionTaskResponse {
    /// In the order in which they are carried out.
    pub decisions: DecisionList,
    /// Kept for DescribeWorkflowExecution; none leaves the old one.
    pub execution_context: Option<Data>,
    /// Override of the decision task list (section 5.4).
    pub task_list: Option<TaskList>,
    /// With it the override is temporary.
    pub task_list_schedule_to_start_timeout: Option<DurationInSecondsOptional>,
}
