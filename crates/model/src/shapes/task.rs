//! Tasks: polls, heartbeats and responses.

use super::execution::{HistoryEventList, WorkflowExecution};
use super::types::{ActivityType, WorkflowType};
use crate::decisions::Decision;
use crate::scalars::{
    ActivityId, Canceled, Data, DomainName, DurationInSecondsOptional, EventId, FailureReason,
    Identity, LimitedData, Name, PageSize, PageToken, ReverseOrder, StartAtPreviousStartedEvent,
    TaskToken,
};

structure! {
    /// An activity task for a worker; when none came in time, startedEventId is 0 and all else is absent.
    ActivityTask {
        /// Token to name the task by when reporting on it.
        task_token: TaskToken,
        /// Id that the decider gave the task.
        activity_id: ActivityId,
        /// Id of the ActivityTaskStarted event; 0 if there is no task.
        started_event_id: EventId,
        /// Execution that the task belongs to.
        workflow_execution: WorkflowExecution,
        /// Name and version of the activity type.
        activity_type: ActivityType,
        /// Data from the decider; only if it gave any.
        input: Option<Data>,
    }

    /// What a worker learns from a heartbeat.
    ActivityTaskStatus {
        /// True if the decider asked for the cancellation of the task.
        cancel_requested: Canceled,
    }

    /// A decision task for a decider; when none came in time, both event ids are 0 and all else is absent.
    DecisionTask {
        /// Token to name the task by when answering it.
        task_token: TaskToken,
        /// Id of the DecisionTaskStarted event, the last of the history that the task shows; 0 if there is no task.
        started_event_id: EventId,
        /// Execution to decide about.
        workflow_execution: WorkflowExecution,
        /// Name and version of its type.
        workflow_type: WorkflowType,
        /// The events of this page of the history.
        events: HistoryEventList,
        /// Given if there are more events: give it in a further poll to get them.
        next_page_token: Option<PageToken>,
        /// Id of the DecisionTaskStarted event of the decision task that was last completed; 0 if there was none. The
        /// events after it are new.
        previous_started_event_id: Option<EventId>,
    }

    /// Where to look for an activity task.
    PollForActivityTaskInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Task list to take the task from.
        task_list: TaskList = [Name, NoEdgeSpace],
        /// Who polls, at most 256 characters; kept in the history for people who look for errors.
        identity: Option<Identity>,
    }

    /// Where to look for a decision task, and how to show its history.
    PollForDecisionTaskInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Task list to take the task from.
        task_list: TaskList = [Name, NoEdgeSpace],
        /// Who polls, at most 256 characters; kept in the history for people who look for errors.
        identity: Option<Identity>,
        /// Token from the answer before, to get more of the history of the same task; valid for 24 hours. Repeat all
        /// other arguments with it.
        next_page_token: Option<PageToken>,
        /// Greatest number of events of a page, 1 to 1000; 1000 if left out or 0.
        maximum_page_size: Option<PageSize>,
        /// True to get the newest events first.
        reverse_order: Option<ReverseOrder>,
        /// True to get only the events from previousStartedEventId on, for deciders that remember the rest.
        start_at_previous_started_event: Option<StartAtPreviousStartedEvent>,
    }

    /// A worker's sign of life.
    RecordActivityTaskHeartbeatInput {
        /// Token of the task from the poll that handed it out, 1 to 1024 characters.
        task_token: TaskToken,
        /// How far the work is, at most 2048 characters; shown in the event if the task times out. Each heartbeat
        /// replaces the details of the one before.
        details: Option<LimitedData>,
    }

    /// The activity task that was canceled.
    RespondActivityTaskCanceledInput {
        /// Token of the task from the poll that handed it out, 1 to 1024 characters.
        task_token: TaskToken,
        /// Details of the cancellation, at most 32768 characters.
        details: Option<Data>,
    }

    /// The activity task that was done.
    RespondActivityTaskCompletedInput {
        /// Token of the task from the poll that handed it out, 1 to 1024 characters.
        task_token: TaskToken,
        /// Result for the decider, at most 32768 characters.
        result: Option<Data>,
    }

    /// The activity task that failed.
    RespondActivityTaskFailedInput {
        /// Token of the task from the poll that handed it out, 1 to 1024 characters.
        task_token: TaskToken,
        /// Why it failed, in short, at most 256 characters.
        reason: Option<FailureReason>,
        /// Details of the failure, at most 32768 characters.
        details: Option<Data>,
    }

    /// A decider's answer.
    RespondDecisionTaskCompletedInput {
        /// Token of the task from the poll that handed it out, 1 to 1024 characters.
        task_token: TaskToken,
        /// What is to be done, in this order; none if left out. A decision that closes the execution must be the last.
        decisions: Option<DecisionList>,
        /// The decider's own data about the execution, at most 32768 characters; shown by DescribeWorkflowExecution.
        /// The old data stay if left out.
        execution_context: Option<Data>,
        /// Task list for the decision tasks that follow; unchanged if left out.
        task_list: Option<TaskList> = [Name, NoEdgeSpace],
        /// Seconds that a decision task may wait on the new task list, at most 8 digits, before the old list is used
        /// again. The change is for good if left out or `NONE`.
        task_list_schedule_to_start_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
    }

    /// A list on which tasks wait. Decision tasks and activity tasks have separate lists, even of the same name.
    TaskList {
        /// Name of the list, 1 to 256 characters; a list exists as soon as it is named. Without colon, slash, bar or
        /// control characters, without white space at either end, and not `arn`.
        name: Name,
    }
}

list_shapes! {
    /// Decisions in the order in which they are carried out.
    DecisionList[Decision];
}
