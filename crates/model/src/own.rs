//! Everbeat's own calls: what it tells beyond SWF's API, kept apart from the 39 operations.
//!
//! An own call travels like an operation (AWS JSON 1.0, the same faults), but under Everbeat's own target prefix, so that
//! no answer of an operation has to hold anything that is not in SWF's model. None of this is in
//! [`crate::operations::OPERATIONS`], and so neither in the command line's list of operations.

use crate::scalars::{ActivityId, DomainName, EventId, LimitedData, Timestamp};
use crate::shape::Described;
use crate::shapes::WorkflowExecution;

enum_shapes! {
    as is
    /// A call that SWF does not have.
    OwnOperation {
        /// Shows the last heartbeat of every running activity task of an execution.
        DescribeHeartbeats,
    } listed as Self::VALUES
}

/// An own call's input type: ties it to the call and to the output type.
pub trait OwnCall: Described + serde::Serialize {
    /// The answer.
    type Output: Described;
    /// The call.
    const OPERATION: OwnOperation;
}

impl OwnCall for DescribeHeartbeatsInput {
    type Output = Heartbeats;
    const OPERATION: OwnOperation = OwnOperation::DescribeHeartbeats;
}

structure! {
    /// Whose heartbeats to show.
    DescribeHeartbeatsInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Workflow id and run id of the execution, both needed.
        execution: WorkflowExecution,
    }

    /// The heartbeats of one execution.
    Heartbeats {
        /// An entry for each activity task that a worker has; empty for a closed execution.
        heartbeats: HeartbeatList,
    }

    /// The last heartbeat of a running activity task.
    Heartbeat {
        /// Id that the decider gave the task.
        activity_id: ActivityId,
        /// Event with which the task was scheduled.
        scheduled_event_id: EventId,
        /// Event with which the task was started.
        started_event_id: EventId,
        /// When the worker last sent a heartbeat; absent if it has sent none.
        latest_heartbeat_timestamp: Option<Timestamp>,
        /// The details of that heartbeat; absent if it had none.
        details: Option<LimitedData>,
    }
}

list_shapes! {
    /// Heartbeats in the order in which their tasks were scheduled.
    HeartbeatList[Heartbeat];
}
