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
    /// TODO-DOC
    ActivityTask {
        task_token: TaskToken,
        activity_id: ActivityId,
        started_event_id: EventId,
        workflow_execution: WorkflowExecution,
        activity_type: ActivityType,
        input: Option<Data>,
    }

    /// TODO-DOC
    ActivityTaskStatus {
        cancel_requested: Canceled,
    }

    /// TODO-DOC
    DecisionTask {
        task_token: TaskToken,
        started_event_id: EventId,
        workflow_execution: WorkflowExecution,
        workflow_type: WorkflowType,
        events: HistoryEventList,
        next_page_token: Option<PageToken>,
        previous_started_event_id: Option<EventId>,
    }

    /// TODO-DOC
    PollForActivityTaskInput {
        domain: DomainName,
        task_list: TaskList = [Name, NoEdgeSpace],
        identity: Option<Identity>,
    }

    /// TODO-DOC
    PollForDecisionTaskInput {
        domain: DomainName,
        task_list: TaskList = [Name, NoEdgeSpace],
        identity: Option<Identity>,
        next_page_token: Option<PageToken>,
        maximum_page_size: Option<PageSize>,
        reverse_order: Option<ReverseOrder>,
        start_at_previous_started_event: Option<StartAtPreviousStartedEvent>,
    }

    /// TODO-DOC
    RecordActivityTaskHeartbeatInput {
        task_token: TaskToken,
        details: Option<LimitedData>,
    }

    /// TODO-DOC
    RespondActivityTaskCanceledInput {
        task_token: TaskToken,
        details: Option<Data>,
    }

    /// TODO-DOC
    RespondActivityTaskCompletedInput {
        task_token: TaskToken,
        result: Option<Data>,
    }

    /// TODO-DOC
    RespondActivityTaskFailedInput {
        task_token: TaskToken,
        reason: Option<FailureReason>,
        details: Option<Data>,
    }

    /// TODO-DOC
    RespondDecisionTaskCompletedInput {
        task_token: TaskToken,
        decisions: Option<DecisionList>,
        execution_context: Option<Data>,
        task_list: Option<TaskList> = [Name, NoEdgeSpace],
        task_list_schedule_to_start_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
    }

    /// TODO-DOC
    TaskList {
        name: Name,
    }
}

list_shapes! {
    /// TODO-DOC
    DecisionList[Decision];
}
