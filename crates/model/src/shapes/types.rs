//! Workflow and activity types: registration, description, lists, deprecation and deletion.

use super::task::TaskList;
use crate::scalars::{
    Arn, ChildPolicy, Description, DomainName, DurationInSecondsOptional, Name, PageSize,
    PageToken, RegistrationStatus, ReverseOrder, TaskPriority, Timestamp, Version,
};

structure! {
    /// TODO-DOC
    ActivityType {
        name: Name,
        version: Version,
    }

    /// TODO-DOC
    ActivityTypeConfiguration {
        default_task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        default_task_heartbeat_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        default_task_list: Option<TaskList>,
        default_task_priority: Option<TaskPriority> = [Int32],
        default_task_schedule_to_start_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        default_task_schedule_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
    }

    /// TODO-DOC
    ActivityTypeDetail {
        type_info: ActivityTypeInfo,
        configuration: ActivityTypeConfiguration,
    }

    /// TODO-DOC
    ActivityTypeInfo {
        activity_type: ActivityType,
        status: RegistrationStatus,
        description: Option<Description>,
        creation_date: Timestamp,
        deprecation_date: Option<Timestamp>,
    }

    /// TODO-DOC
    ActivityTypeInfos {
        type_infos: ActivityTypeInfoList,
        next_page_token: Option<PageToken>,
    }

    /// TODO-DOC
    DeleteActivityTypeInput {
        domain: DomainName,
        activity_type: ActivityType,
    }

    /// TODO-DOC
    DeleteWorkflowTypeInput {
        domain: DomainName,
        workflow_type: WorkflowType,
    }

    /// TODO-DOC
    DeprecateActivityTypeInput {
        domain: DomainName,
        activity_type: ActivityType,
    }

    /// TODO-DOC
    DeprecateWorkflowTypeInput {
        domain: DomainName,
        workflow_type: WorkflowType,
    }

    /// TODO-DOC
    DescribeActivityTypeInput {
        domain: DomainName,
        activity_type: ActivityType,
    }

    /// TODO-DOC
    DescribeWorkflowTypeInput {
        domain: DomainName,
        workflow_type: WorkflowType,
    }

    /// TODO-DOC
    ListActivityTypesInput {
        domain: DomainName,
        name: Option<Name>,
        registration_status: RegistrationStatus,
        next_page_token: Option<PageToken>,
        maximum_page_size: Option<PageSize>,
        reverse_order: Option<ReverseOrder>,
    }

    /// TODO-DOC
    ListWorkflowTypesInput {
        domain: DomainName,
        name: Option<Name>,
        registration_status: RegistrationStatus,
        next_page_token: Option<PageToken>,
        maximum_page_size: Option<PageSize>,
        reverse_order: Option<ReverseOrder>,
    }

    /// TODO-DOC
    RegisterActivityTypeInput {
        domain: DomainName,
        name: Name = [Name],
        version: Version = [Name],
        description: Option<Description>,
        default_task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        default_task_heartbeat_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        default_task_list: Option<TaskList> = [Name, NoEdgeSpace],
        default_task_priority: Option<TaskPriority> = [Int32],
        default_task_schedule_to_start_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        default_task_schedule_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
    }

    /// TODO-DOC
    RegisterWorkflowTypeInput {
        domain: DomainName,
        name: Name = [Name],
        version: Version = [Name],
        description: Option<Description>,
        default_task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        default_execution_start_to_close_timeout: Option<DurationInSecondsOptional> = [Seconds],
        default_task_list: Option<TaskList> = [Name, NoEdgeSpace],
        default_task_priority: Option<TaskPriority> = [Int32],
        default_child_policy: Option<ChildPolicy>,
        default_lambda_role: Option<Arn>,
    }

    /// TODO-DOC
    UndeprecateActivityTypeInput {
        domain: DomainName,
        activity_type: ActivityType,
    }

    /// TODO-DOC
    UndeprecateWorkflowTypeInput {
        domain: DomainName,
        workflow_type: WorkflowType,
    }

    /// TODO-DOC
    WorkflowType {
        name: Name,
        version: Version,
    }

    /// TODO-DOC
    WorkflowTypeConfiguration {
        default_task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        default_execution_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        default_task_list: Option<TaskList>,
        default_task_priority: Option<TaskPriority> = [Int32],
        default_child_policy: Option<ChildPolicy>,
        default_lambda_role: Option<Arn>,
    }

    /// TODO-DOC
    WorkflowTypeDetail {
        type_info: WorkflowTypeInfo,
        configuration: WorkflowTypeConfiguration,
    }

    /// TODO-DOC
    WorkflowTypeInfo {
        workflow_type: WorkflowType,
        status: RegistrationStatus,
        description: Option<Description>,
        creation_date: Timestamp,
        deprecation_date: Option<Timestamp>,
    }

    /// TODO-DOC
    WorkflowTypeInfos {
        type_infos: WorkflowTypeInfoList,
        next_page_token: Option<PageToken>,
    }
}

list_shapes! {
    /// TODO-DOC
    ActivityTypeInfoList[ActivityTypeInfo];
    /// TODO-DOC
    WorkflowTypeInfoList[WorkflowTypeInfo];
}
