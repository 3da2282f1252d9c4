//! The answer of Everbeat's own call DescribeHeartbeats: the last heartbeat of each activity task that a worker has.
//!
//! The state's heartbeat clock does not tell: it also starts with the task and with the server. When a worker really
//! sent its last heartbeat is kept with the run, as the heartbeat rows say.

use everbeat_model::{Heartbeat, HeartbeatList, Heartbeats};

use crate::executions::Execution;

/// The heartbeats of the started activity tasks; none of a closed run.
pub(crate) fn heartbeats(execution: &Execution) -> Heartbeats {
    let state = execution.state.as_ref().filter(|state| state.is_open());
    let activities = state.map_or(&[][..], |state| state.activities.as_slice());
    let entries = activities.iter().filter_map(|activity| {
        let scheduled_event_id = activity.scheduled_event_id;
        Some(Heartbeat {
            activity_id: activity.activity_id.clone(),
            scheduled_event_id,
            started_event_id: activity.started_event_id?,
            latest_heartbeat_timestamp: execution.heartbeats.get(&scheduled_event_id).copied(),
            details: activity.heartbeat_details.clone(),
        })
    });
    Heartbeats {
        heartbeats: HeartbeatList(entries.collect()),
    }
}
