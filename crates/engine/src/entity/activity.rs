//! Activity tasks: the ScheduleActivityTask and RequestCancelActivityTask decisions, heartbeats, responses, and their
//! nine history events.
//!
//! ```text
//!   ActivityTaskScheduled   none -> scheduled         ActivityTaskCompleted   started -> none
//!   ActivityTaskStarted     scheduled -> started      ActivityTaskFailed      started -> none
//!   (heartbeat)             started, no event         ActivityTaskCanceled    scheduled or started -> none
//!   ActivityTaskCancelRequested   no change of state  ActivityTaskTimedOut    scheduled or started -> none
//! ```
//!
//! Holds: at most one open task of a run has an activity id; the details of the last heartbeat belong to the task and
//! come back in its time-out, of whatever type. Leaves to others: queues and polls (the partition).
//! Source: execution.md sections 3.9, 4.4 and 6.

use alloc::vec;
use alloc::vec::Vec;

use everbeat_model::{
    ActivityTaskCancelRequestedEventAttributes, ActivityTaskCanceledEventAttributes,
    ActivityTaskCompletedEventAttributes, ActivityTaskFailedEventAttributes,
    ActivityTaskScheduledEventAttributes, ActivityTaskStartedEventAttributes,
    ActivityTaskTimedOutEventAttributes, ActivityTaskTimeoutType, ActivityTypeConfiguration, Data,
    DecisionType, DurationInSecondsOptional, EventAttributes, EventId, FailureReason, Fault,
    Identity, LimitedData, RegistrationStatus, RequestCancelActivityTaskDecisionAttributes,
    RequestCancelActivityTaskFailedCause, RequestCancelActivityTaskFailedEventAttributes,
    ScheduleActivityTaskDecisionAttributes, ScheduleActivityTaskFailedCause,
    ScheduleActivityTaskFailedEventAttributes, Timestamp,
};

use crate::change::Change;
use crate::command::StartedTask;
use crate::context::Context;
use crate::draft::Draft;
use crate::state::{Activity, State};

/// ScheduleActivityTask.
pub(crate) fn schedule(
    draft: &mut Draft<'_>,
    attributes: &ScheduleActivityTaskDecisionAttributes,
    permitted: bool,
    completed: EventId,
) {
    match resolve(draft, attributes, permitted, completed) {
        Ok(scheduled) => {
            draft.append(EventAttributes::ActivityTaskScheduled(scheduled));
        }
        Err(cause) => {
            draft.append(EventAttributes::ScheduleActivityTaskFailed(
                ScheduleActivityTaskFailedEventAttributes {
                    activity_type: attributes.activity_type.clone(),
                    activity_id: attributes.activity_id.clone(),
                    cause,
                    decision_task_completed_event_id: completed,
                },
            ));
            draft.want_decision();
        }
    }
}

/// The scheduled event with all values resolved, or the first cause that applies.
fn resolve(
    draft: &Draft<'_>,
    attributes: &ScheduleActivityTaskDecisionAttributes,
    permitted: bool,
    completed: EventId,
) -> Result<ActivityTaskScheduledEventAttributes, ScheduleActivityTaskFailedCause> {
    use ScheduleActivityTaskFailedCause as Cause;
    let defaults = match draft
        .context
        .outside
        .activity_type(&attributes.activity_type)
    {
        None => return Err(Cause::ActivityTypeDoesNotExist),
        Some((RegistrationStatus::Deprecated, _)) => return Err(Cause::ActivityTypeDeprecated),
        Some((RegistrationStatus::Registered, defaults)) => defaults,
    };
    if draft
        .state
        .activity_of_id(&attributes.activity_id)
        .is_some()
    {
        return Err(Cause::ActivityIdAlreadyInUse);
    }
    if draft.state.activities.len() as u64 >= draft.context.limits.open_activities {
        return Err(Cause::OpenActivitiesLimitExceeded);
    }
    let task_list = attributes.task_list.as_ref();
    let task_list = task_list.or(defaults.default_task_list.as_ref());
    if !draft.has_room_for(DecisionType::ScheduleActivityTask)
        || task_list.is_some_and(|list| !draft.has_room_on_list(&list.name))
    {
        return Err(Cause::ActivityCreationRateExceeded);
    }
    let scheduled = with_defaults(attributes, defaults, completed)?;
    if permitted {
        Ok(scheduled)
    } else {
        Err(Cause::OperationNotPermitted)
    }
}

/// All five values must come from the decision or from the type; nothing is inherited from the run.
fn with_defaults(
    attributes: &ScheduleActivityTaskDecisionAttributes,
    defaults: &ActivityTypeConfiguration,
    completed: EventId,
) -> Result<ActivityTaskScheduledEventAttributes, ScheduleActivityTaskFailedCause> {
    use ScheduleActivityTaskFailedCause as Cause;
    let timeout =
        |given: &Option<DurationInSecondsOptional>,
         default: &Option<DurationInSecondsOptional>,
         cause| { given.as_ref().or(default.as_ref()).cloned().ok_or(cause) };
    Ok(ActivityTaskScheduledEventAttributes {
        task_list: attributes
            .task_list
            .as_ref()
            .or(defaults.default_task_list.as_ref())
            .cloned()
            .ok_or(Cause::DefaultTaskListUndefined)?,
        schedule_to_start_timeout: Some(timeout(
            &attributes.schedule_to_start_timeout,
            &defaults.default_task_schedule_to_start_timeout,
            Cause::DefaultScheduleToStartTimeoutUndefined,
        )?),
        schedule_to_close_timeout: Some(timeout(
            &attributes.schedule_to_close_timeout,
            &defaults.default_task_schedule_to_close_timeout,
            Cause::DefaultScheduleToCloseTimeoutUndefined,
        )?),
        start_to_close_timeout: Some(timeout(
            &attributes.start_to_close_timeout,
            &defaults.default_task_start_to_close_timeout,
            Cause::DefaultStartToCloseTimeoutUndefined,
        )?),
        heartbeat_timeout: Some(timeout(
            &attributes.heartbeat_timeout,
            &defaults.default_task_heartbeat_timeout,
            Cause::DefaultHeartbeatTimeoutUndefined,
        )?),
        task_priority: attributes
            .task_priority
            .clone()
            .or_else(|| defaults.default_task_priority.clone()),
        activity_type: attributes.activity_type.clone(),
        activity_id: attributes.activity_id.clone(),
        input: attributes.input.clone(),
        control: attributes.control.clone(),
        decision_task_completed_event_id: completed,
    })
}

/// RequestCancelActivityTask: a task that no worker has is canceled at once, a started one is flagged.
pub(crate) fn request_cancel(
    draft: &mut Draft<'_>,
    attributes: &RequestCancelActivityTaskDecisionAttributes,
    permitted: bool,
    completed: EventId,
) {
    let open = draft.state.activity_of_id(&attributes.activity_id);
    let open = open.map(|activity| (activity.scheduled_event_id, activity.is_started()));
    let cause = match open {
        None => RequestCancelActivityTaskFailedCause::ActivityIdUnknown,
        Some(_) if !permitted => RequestCancelActivityTaskFailedCause::OperationNotPermitted,
        Some((scheduled_event_id, is_started)) => {
            let requested = draft.append(EventAttributes::ActivityTaskCancelRequested(
                ActivityTaskCancelRequestedEventAttributes {
                    activity_id: attributes.activity_id.clone(),
                    decision_task_completed_event_id: completed,
                },
            ));
            if !is_started {
                cancel_unstarted(draft, scheduled_event_id, requested);
            }
            return;
        }
    };
    draft.append(EventAttributes::RequestCancelActivityTaskFailed(
        RequestCancelActivityTaskFailedEventAttributes {
            activity_id: attributes.activity_id.clone(),
            cause,
            decision_task_completed_event_id: completed,
        },
    ));
    draft.want_decision();
}

fn cancel_unstarted(draft: &mut Draft<'_>, scheduled_event_id: EventId, requested: EventId) {
    draft.append(EventAttributes::ActivityTaskCanceled(
        ActivityTaskCanceledEventAttributes {
            details: None,
            scheduled_event_id,
            started_event_id: EventId::NONE,
            latest_cancel_requested_event_id: Some(requested),
        },
    ));
    draft.want_decision();
}

/// Hands a scheduled task to a worker.
pub(crate) fn start(
    mut draft: Draft<'_>,
    scheduled_event_id: EventId,
    identity: Option<Identity>,
) -> Result<Vec<Change>, Fault> {
    if draft
        .state
        .activity(scheduled_event_id)
        .is_none_or(Activity::is_started)
    {
        return Err(Fault::unknown_activity(scheduled_event_id));
    }
    draft.append(EventAttributes::ActivityTaskStarted(
        ActivityTaskStartedEventAttributes {
            identity,
            scheduled_event_id,
        },
    ));
    Ok(draft.finish())
}

/// RecordActivityTaskHeartbeat. Details that are not given clear the stored ones.
pub(crate) fn heartbeat(
    state: &State,
    task: StartedTask,
    details: Option<LimitedData>,
    context: &Context<'_>,
) -> Result<Vec<Change>, Fault> {
    started(state, task)?;
    Ok(vec![Change::Heartbeat {
        scheduled_event_id: task.scheduled_event_id,
        at: context.now,
        details,
    }])
}

/// RespondActivityTaskCompleted.
pub(crate) fn complete(
    mut draft: Draft<'_>,
    task: StartedTask,
    result: Option<Data>,
) -> Result<Vec<Change>, Fault> {
    started(&draft.state, task)?;
    draft.append(EventAttributes::ActivityTaskCompleted(
        ActivityTaskCompletedEventAttributes {
            result,
            scheduled_event_id: task.scheduled_event_id,
            started_event_id: task.started_event_id,
        },
    ));
    draft.want_decision();
    Ok(draft.finish())
}

/// RespondActivityTaskFailed.
pub(crate) fn fail(
    mut draft: Draft<'_>,
    task: StartedTask,
    reason: Option<FailureReason>,
    details: Option<Data>,
) -> Result<Vec<Change>, Fault> {
    started(&draft.state, task)?;
    draft.append(EventAttributes::ActivityTaskFailed(
        ActivityTaskFailedEventAttributes {
            reason,
            details,
            scheduled_event_id: task.scheduled_event_id,
            started_event_id: task.started_event_id,
        },
    ));
    draft.want_decision();
    Ok(draft.finish())
}

/// RespondActivityTaskCanceled; allowed also when nobody asked for it.
pub(crate) fn cancel(
    mut draft: Draft<'_>,
    task: StartedTask,
    details: Option<Data>,
) -> Result<Vec<Change>, Fault> {
    let latest_cancel_requested_event_id =
        started(&draft.state, task)?.latest_cancel_requested_event_id;
    draft.append(EventAttributes::ActivityTaskCanceled(
        ActivityTaskCanceledEventAttributes {
            details,
            scheduled_event_id: task.scheduled_event_id,
            started_event_id: task.started_event_id,
            latest_cancel_requested_event_id,
        },
    ));
    draft.want_decision();
    Ok(draft.finish())
}

/// The started task that a token names (section 1.5).
fn started(state: &State, task: StartedTask) -> Result<&Activity, Fault> {
    state
        .activity(task.scheduled_event_id)
        .filter(|activity| activity.started_event_id == Some(task.started_event_id))
        .ok_or_else(|| Fault::unknown_activity(task.scheduled_event_id))
}

/// When an open task times out, and how (section 6.3).
pub(crate) fn deadlines(
    activity: &Activity,
) -> impl Iterator<Item = (Timestamp, ActivityTaskTimeoutType)> {
    use ActivityTaskTimeoutType as Type;
    let after = |from: Option<Timestamp>, timeout: &DurationInSecondsOptional, timeout_type| {
        Some((from?.plus_seconds(timeout.seconds()?), timeout_type))
    };
    let unstarted = (!activity.is_started()).then_some(activity.scheduled_at);
    [
        after(
            unstarted,
            &activity.schedule_to_start_timeout,
            Type::ScheduleToStart,
        ),
        after(
            Some(activity.scheduled_at),
            &activity.schedule_to_close_timeout,
            Type::ScheduleToClose,
        ),
        after(
            activity.started_at,
            &activity.start_to_close_timeout,
            Type::StartToClose,
        ),
        after(
            activity.heartbeat_at,
            &activity.heartbeat_timeout,
            Type::Heartbeat,
        ),
    ]
    .into_iter()
    .flatten()
}

/// A task has timed out; the details of its last heartbeat are kept, whatever the type.
pub(crate) fn time_out(
    draft: &mut Draft<'_>,
    scheduled_event_id: EventId,
    timeout_type: ActivityTaskTimeoutType,
) {
    let Some(activity) = draft.state.activity(scheduled_event_id) else {
        return;
    };
    let attributes = ActivityTaskTimedOutEventAttributes {
        timeout_type,
        scheduled_event_id,
        started_event_id: activity.started_event_id.unwrap_or(EventId::NONE),
        details: activity.heartbeat_details.clone(),
    };
    draft.append(EventAttributes::ActivityTaskTimedOut(attributes));
    draft.want_decision();
}

pub(crate) fn apply_scheduled(
    state: &mut State,
    id: EventId,
    at: Timestamp,
    attributes: &ActivityTaskScheduledEventAttributes,
) {
    let timeout = |timeout: &Option<DurationInSecondsOptional>| {
        timeout
            .clone()
            .unwrap_or_else(DurationInSecondsOptional::none)
    };
    state.latest_activity_task_timestamp = Some(at);
    state.activities.0.push(Activity {
        scheduled_event_id: id,
        activity_id: attributes.activity_id.clone(),
        activity_type: attributes.activity_type.clone(),
        task_list: attributes.task_list.name.clone(),
        task_priority: attributes.task_priority.clone(),
        input: attributes.input.clone(),
        scheduled_at: at,
        schedule_to_start_timeout: timeout(&attributes.schedule_to_start_timeout),
        schedule_to_close_timeout: timeout(&attributes.schedule_to_close_timeout),
        start_to_close_timeout: timeout(&attributes.start_to_close_timeout),
        heartbeat_timeout: timeout(&attributes.heartbeat_timeout),
        ..Activity::default()
    });
}

pub(crate) fn apply_started(
    state: &mut State,
    id: EventId,
    at: Timestamp,
    attributes: &ActivityTaskStartedEventAttributes,
) {
    state.latest_activity_task_timestamp = Some(at);
    if let Some(activity) = state.activity_mut(attributes.scheduled_event_id) {
        activity.started_event_id = Some(id);
        activity.started_at = Some(at);
        activity.heartbeat_at = Some(at);
        activity.input = None;
    }
}

pub(crate) fn apply_heartbeat(
    state: &mut State,
    scheduled_event_id: EventId,
    at: Timestamp,
    details: Option<LimitedData>,
) {
    if let Some(activity) = state.activity_mut(scheduled_event_id) {
        activity.heartbeat_at = activity.heartbeat_at.max(Some(at));
        activity.heartbeat_details = details;
    }
}

pub(crate) fn apply_cancel_requested(
    state: &mut State,
    id: EventId,
    at: Timestamp,
    attributes: &ActivityTaskCancelRequestedEventAttributes,
) {
    state.latest_activity_task_timestamp = Some(at);
    let scheduled_event_id = state
        .activity_of_id(&attributes.activity_id)
        .map(|open| open.scheduled_event_id);
    if let Some(activity) = scheduled_event_id.and_then(|scheduled| state.activity_mut(scheduled)) {
        activity.latest_cancel_requested_event_id = Some(id);
    }
}

pub(crate) fn apply_closed(state: &mut State, at: Timestamp, scheduled_event_id: EventId) {
    state.latest_activity_task_timestamp = Some(at);
    if let Some(index) = state.activity_index(scheduled_event_id) {
        state.activities.0.remove(index);
    }
}
