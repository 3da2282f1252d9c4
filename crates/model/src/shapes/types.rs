//! Workflow and activity types: registration, description, lists, deprecation and deletion.

use super::task::TaskList;
use crate::scalars::{
    Arn, ChildPolicy, Description, DomainName, DurationInSecondsOptional, Name, PageSize,
    PageToken, RegistrationStatus, ReverseOrder, TaskPriority, Timestamp, Version,
};

structure! {
    /// Names an activity type.
    ActivityType {
        /// Name of the type, 1 to 256 characters.
        name: Name,
        /// Version of the type, 1 to 64 characters.
        version: Version,
    }

    /// Defaults of an activity type; only those that were set.
    ActivityTypeConfiguration {
        /// Seconds that a worker may take, or `NONE` for no limit.
        default_task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Seconds that may pass between two heartbeats, or `NONE` for no limit.
        default_task_heartbeat_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Task list that tasks wait on.
        default_task_list: Option<TaskList>,
        /// Priority of tasks, a decimal integer of 32 bits; higher goes first.
        default_task_priority: Option<TaskPriority> = [Int32],
        /// Seconds that a task may wait for a worker, or `NONE` for no limit.
        default_task_schedule_to_start_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Seconds from scheduling to the worker's answer, or `NONE` for no limit.
        default_task_schedule_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
    }

    /// An activity type with its defaults.
    ActivityTypeDetail {
        /// Name, version, status and dates.
        type_info: ActivityTypeInfo,
        /// The defaults that were set.
        configuration: ActivityTypeConfiguration,
    }

    /// An activity type in a list or a description.
    ActivityTypeInfo {
        /// Name and version.
        activity_type: ActivityType,
        /// Whether it is registered or deprecated.
        status: RegistrationStatus,
        /// What the type is for; only if given.
        description: Option<Description>,
        /// When it was registered.
        creation_date: Timestamp,
        /// When it was deprecated; absent while it is registered.
        deprecation_date: Option<Timestamp>,
    }

    /// A page of activity types.
    ActivityTypeInfos {
        /// The types of this page.
        type_infos: ActivityTypeInfoList,
        /// Given if there are more types: the token of the next page.
        next_page_token: Option<PageToken>,
    }

    /// Which activity type to delete.
    DeleteActivityTypeInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Name and version of a deprecated type.
        activity_type: ActivityType,
    }

    /// Which workflow type to delete.
    DeleteWorkflowTypeInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Name and version of a deprecated type.
        workflow_type: WorkflowType,
    }

    /// Which activity type to deprecate.
    DeprecateActivityTypeInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Name and version of a registered type.
        activity_type: ActivityType,
    }

    /// Which workflow type to deprecate.
    DeprecateWorkflowTypeInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Name and version of a registered type.
        workflow_type: WorkflowType,
    }

    /// Which activity type to show.
    DescribeActivityTypeInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Name and version of the type.
        activity_type: ActivityType,
    }

    /// Which workflow type to show.
    DescribeWorkflowTypeInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Name and version of the type.
        workflow_type: WorkflowType,
    }

    /// Which activity types to list.
    ListActivityTypesInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Only types of this name, 1 to 256 characters.
        name: Option<Name>,
        /// Status of the types to list.
        registration_status: RegistrationStatus,
        /// Token from the answer before, to get the page after it; valid for 24 hours. Leave it out for the first
        /// page, and repeat all other arguments with it.
        next_page_token: Option<PageToken>,
        /// Greatest number of entries of a page, 1 to 1000; 1000 if left out or 0.
        maximum_page_size: Option<PageSize>,
        /// True to list from the last name to the first.
        reverse_order: Option<ReverseOrder>,
    }

    /// Which workflow types to list.
    ListWorkflowTypesInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Only types of this name, 1 to 256 characters.
        name: Option<Name>,
        /// Status of the types to list.
        registration_status: RegistrationStatus,
        /// Token from the answer before, to get the page after it; valid for 24 hours. Leave it out for the first
        /// page, and repeat all other arguments with it.
        next_page_token: Option<PageToken>,
        /// Greatest number of entries of a page, 1 to 1000; 1000 if left out or 0.
        maximum_page_size: Option<PageSize>,
        /// True to list from the last name to the first.
        reverse_order: Option<ReverseOrder>,
    }

    /// The activity type to register, with defaults for its tasks. A default that is not set must be given by each
    /// decision that schedules a task, priority excepted.
    RegisterActivityTypeInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Name for the type, 1 to 256 characters. Without colon, slash, bar or control characters, and not `arn`.
        name: Name = [Name],
        /// Version of the type, 1 to 64 characters; name and version together are unique in the domain. The same
        /// characters are allowed as in the name.
        version: Version = [Name],
        /// What the type is for, at most 1024 characters.
        description: Option<Description>,
        /// Seconds that a worker may take, at most 8 digits, or `NONE` for no limit.
        default_task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Seconds that may pass between two heartbeats of a worker, at most 8 digits, or `NONE` for no limit.
        default_task_heartbeat_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Task list that tasks wait on.
        default_task_list: Option<TaskList> = [Name, NoEdgeSpace],
        /// Priority of tasks as a decimal integer, -2147483648 to 2147483647; higher goes first, 0 if left out.
        default_task_priority: Option<TaskPriority> = [Int32],
        /// Seconds that a task may wait for a worker, at most 8 digits, or `NONE` for no limit.
        default_task_schedule_to_start_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Seconds from scheduling to the worker's answer, at most 8 digits, or `NONE` for no limit.
        default_task_schedule_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
    }

    /// The workflow type to register, with defaults for its executions. A default that is not set must be given when an
    /// execution is started, priority and Lambda role excepted.
    RegisterWorkflowTypeInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Name for the type, 1 to 256 characters. Without colon, slash, bar or control characters, and not `arn`.
        name: Name = [Name],
        /// Version of the type, 1 to 64 characters; name and version together are unique in the domain. The same
        /// characters are allowed as in the name.
        version: Version = [Name],
        /// What the type is for, at most 1024 characters.
        description: Option<Description>,
        /// Seconds that a decision task may take, at most 8 digits, or `NONE` for no limit.
        default_task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Seconds that an execution may run, at most 8 digits; one year is the longest.
        default_execution_start_to_close_timeout: Option<DurationInSecondsOptional> = [Seconds],
        /// Task list of the executions' decision tasks.
        default_task_list: Option<TaskList> = [Name, NoEdgeSpace],
        /// Priority of decision tasks as a decimal integer, -2147483648 to 2147483647; higher goes first, 0 if left
        /// out.
        default_task_priority: Option<TaskPriority> = [Int32],
        /// What is done to open children when their parent is terminated or times out. They are terminated, asked to
        /// cancel themselves, or left alone.
        default_child_policy: Option<ChildPolicy>,
        /// ARN of the role with which Lambda functions are called, at most 1600 characters.
        default_lambda_role: Option<Arn>,
    }

    /// Which activity type to make usable again.
    UndeprecateActivityTypeInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Name and version of a deprecated type.
        activity_type: ActivityType,
    }

    /// Which workflow type to make usable again.
    UndeprecateWorkflowTypeInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Name and version of a deprecated type.
        workflow_type: WorkflowType,
    }

    /// Names a workflow type.
    WorkflowType {
        /// Name of the type, 1 to 256 characters.
        name: Name,
        /// Version of the type, 1 to 64 characters.
        version: Version,
    }

    /// Defaults of a workflow type; only those that were set.
    WorkflowTypeConfiguration {
        /// Seconds that a decision task may take, or `NONE` for no limit.
        default_task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Seconds that an execution may run.
        default_execution_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Task list of decision tasks.
        default_task_list: Option<TaskList>,
        /// Priority of decision tasks, a decimal integer of 32 bits; higher goes first.
        default_task_priority: Option<TaskPriority> = [Int32],
        /// What is done to open children when their parent is terminated or times out.
        default_child_policy: Option<ChildPolicy>,
        /// ARN of the role with which Lambda functions are called.
        default_lambda_role: Option<Arn>,
    }

    /// A workflow type with its defaults.
    WorkflowTypeDetail {
        /// Name, version, status and dates.
        type_info: WorkflowTypeInfo,
        /// The defaults that were set.
        configuration: WorkflowTypeConfiguration,
    }

    /// A workflow type in a list or a description.
    WorkflowTypeInfo {
        /// Name and version.
        workflow_type: WorkflowType,
        /// Whether it is registered or deprecated.
        status: RegistrationStatus,
        /// What the type is for; only if given.
        description: Option<Description>,
        /// When it was registered.
        creation_date: Timestamp,
        /// When it was deprecated; absent while it is registered.
        deprecation_date: Option<Timestamp>,
    }

    /// A page of workflow types.
    WorkflowTypeInfos {
        /// The types of this page.
        type_infos: WorkflowTypeInfoList,
        /// Given if there are more types: the token of the next page.
        next_page_token: Option<PageToken>,
    }
}

list_shapes! {
    /// Activity types.
    ActivityTypeInfoList[ActivityTypeInfo];
    /// Workflow types.
    WorkflowTypeInfoList[WorkflowTypeInfo];
}
