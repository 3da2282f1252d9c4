//! Markers: the RecordMarker decision and its two history events. A marker is a note of the decider to itself; its name
//! need not be unique, it leaves nothing in the state, and it schedules nothing.

use everbeat_model::{
    EventAttributes, EventId, MarkerRecordedEventAttributes, RecordMarkerDecisionAttributes,
    RecordMarkerFailedCause, RecordMarkerFailedEventAttributes,
};

use crate::draft::Draft;

/// RecordMarker (execution.md section 4.4).
pub(crate) fn record(
    draft: &mut Draft<'_>,
    attributes: &RecordMarkerDecisionAttributes,
    permitted: bool,
    completed: EventId,
) {
    if permitted {
        draft.append(EventAttributes::MarkerRecorded(
            MarkerRecordedEventAttributes {
                marker_name: attributes.marker_name.clone(),
                details: attributes.details.clone(),
                decision_task_completed_event_id: completed,
            },
        ));
    } else {
        draft.append(EventAttributes::RecordMarkerFailed(
            RecordMarkerFailedEventAttributes {
                marker_name: attributes.marker_name.clone(),
                cause: RecordMarkerFailedCause::OperationNotPermitted,
                decision_task_completed_event_id: completed,
            },
        ));
        draft.want_decision();
    }
}
