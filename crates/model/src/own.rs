//! Everbeat's own calls: what it tells beyond SWF's API, kept apart from the 39 operations.
//!
//! An own call travels like an operation (AWS JSON 1.0, the same faults), but under Everbeat's own target prefix, so that
//! no answer of an operation has to hold anything that is not in SWF's model. None of this is in
//! [`crate::operations::OPERATIONS`], and so neither in the command line's list of operations.

use crate::scalars::{
    ActivityId, Canceled, Count, DomainName, DurationInSeconds, EventId, LimitedData, Name,
    Timestamp, WorkflowId, WorkflowRunIdOptional,
};
use crate::shape::Described;
use crate::shapes::WorkflowExecution;

enum_shapes! {
    as is
    /// A call that SWF does not have.
    OwnOperation {
        /// Shows the last heartbeat of every running activity task of an execution.
        DescribeHeartbeats,
        /// Shows what an open execution waits for.
        DescribeWaits,
        /// Moves a manual clock, and shows the time that executions live in.
        MoveClock,
    } listed as Self::VALUES
}

/// An own call's input type: ties it to the call and to the output type.
pub trait OwnCall: Described + serde::Serialize {
    /// The answer.
    type Output: Described;
    /// The call.
    const OPERATION: OwnOperation;
}

/// Ties input and output types to their calls.
macro_rules! own_calls {
    ($($operation:ident($input:ident) -> $output:ident;)+) => { $(
        impl OwnCall for $input {
            type Output = $output;
            const OPERATION: OwnOperation = OwnOperation::$operation;
        }
    )+ };
}

own_calls! {
    DescribeHeartbeats(DescribeHeartbeatsInput) -> Heartbeats;
    DescribeWaits(DescribeWaitsInput) -> Waits;
    MoveClock(MoveClockInput) -> ClockState;
}

enum_shapes! {
    /// What moves the clock of executions.
    ClockMode { System, Manual }

    /// What an execution waits for.
    WaitKind {
        DecisionTaskWaits,
        DecisionTaskStarted,
        ActivityTaskWaits,
        ActivityTaskStarted,
        LambdaFunction,
        Timer,
        Child,
        Outbound,
        ExecutionTimeout,
    }
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

structure! {
    /// Whose waits to show.
    DescribeWaitsInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Workflow id of the execution.
        workflow_id: WorkflowId,
        /// Its run id; without it the open run of the workflow id.
        run_id: Option<WorkflowRunIdOptional>,
    }

    /// What one open execution waits for.
    Waits {
        /// The execution.
        execution: WorkflowExecution,
        /// When it started.
        start_timestamp: Timestamp,
        /// When it last got an event.
        latest_event_timestamp: Timestamp,
        /// Number of events in its history.
        events: EventId,
        /// Decision tasks that timed out since one was last completed.
        decision_task_timeouts: Count,
        /// The present, by the clock of executions.
        now: Timestamp,
        /// Since when polls have been watched: the start of the server.
        polls_watched_since: Timestamp,
        /// All that it waits for; the last one is always its time-out.
        waits: WaitList,
    }

    /// One thing that an execution waits for.
    Wait {
        /// What it is.
        kind: WaitKind,
        /// Activity id, timer id, id of the Lambda task, or workflow id of another execution.
        id: Option<WorkflowId>,
        /// Run id that a child was started with, once it has; it may have continued as new since.
        run_id: Option<WorkflowRunIdOptional>,
        /// The list that a task waits on.
        task_list: Option<Name>,
        /// Number of polls that wait on that list now.
        pollers: Option<Count>,
        /// When that list was last polled; absent if not since polls have been watched.
        latest_poll_timestamp: Option<Timestamp>,
        /// Since when.
        since: Option<Timestamp>,
        /// Until when at the latest: when the timer fires, or the task times out.
        until: Option<Timestamp>,
    }

    /// How to move a manual clock. With nothing given it stays, and only its time is told.
    MoveClockInput {
        /// So many seconds ahead, up to eight digits; all deadlines on the way take effect at their times.
        seconds: Option<DurationInSeconds> = [Seconds],
        /// To the next deadline, but only while no task is started and none waits on a list.
        skip: Option<Canceled>,
    }

    /// The clock of executions.
    ClockState {
        /// What moves it.
        mode: ClockMode,
        /// The time it shows.
        now: Timestamp,
        /// Whether a skip moved it; absent if none was asked for.
        skipped: Option<Canceled>,
        /// The next deadline of any execution; absent if there is none, and unless the clock is manual.
        next_deadline: Option<Timestamp>,
        /// Executions that somebody works on: while there are any, nothing is skipped. Absent unless the clock is manual.
        executions_worked_on: Option<Count>,
        /// Tasks that wait on a list: while there are any, nothing is skipped. Absent unless the clock is manual.
        waiting_tasks: Option<Count>,
    }
}

list_shapes! {
    /// What an execution waits for, in the order in which it came about.
    WaitList[Wait];
    /// Heartbeats in the order in which their tasks were scheduled.
    HeartbeatList[Heartbeat];
}
