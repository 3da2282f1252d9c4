//! What each type of event means to a reader of a timeline.

use everbeat_model::EventAttributes;
use everbeat_model::scalars::EventId;
use everbeat_model::shapes::{ActivityType, WorkflowExecution, WorkflowType};

/// Longer texts are cut, in characters.
const LONGEST_TEXT: usize = 60;

/// How a line ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Well,
    Badly,
    Neutral,
}

/// What an event does to the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// A line of its own.
    Alone(Ending, String),
    /// Begins a line that later events continue; the word says what it does until then.
    Begins(&'static str, String),
    /// Continues the line of an earlier event, which is now running; the text says who runs it.
    Runs(EventId, String),
    /// Ends the line of an earlier event: how, and with what.
    Ends(EventId, Ending, &'static str, String),
}

impl Told {
    /// The earlier event whose line this one continues.
    pub(super) const fn origin(&self) -> Option<EventId> {
        match self {
            Self::Alone(..) | Self::Begins(..) => None,
            Self::Runs(origin, _) | Self::Ends(origin, ..) => Some(*origin),
        }
    }
}

/// The one match over all types of events.
pub(super) fn told(attributes: &EventAttributes) -> Told {
    use Ending::{Badly, Neutral, Well};
    use EventAttributes as E;
    match attributes {
        E::WorkflowExecutionStarted(a) => {
            let what = format!(
                "started {} on {}",
                workflow_type(&a.workflow_type),
                a.task_list.name
            );
            Told::Alone(Neutral, what + &text(a.input.as_deref()))
        }
        E::WorkflowExecutionCancelRequested(a) => {
            let by = a
                .external_workflow_execution
                .as_ref()
                .map(|source| format!(" by {}", execution(source)));
            let cause = a.cause.map(|cause| format!(" ({cause})"));
            Told::Alone(
                Neutral,
                format!("cancel requested{}{}", or_empty(by), or_empty(cause)),
            )
        }
        E::WorkflowExecutionSignaled(a) => {
            let by = a
                .external_workflow_execution
                .as_ref()
                .map(|source| format!(" by {}", execution(source)));
            let what = format!("signal {}{}", a.signal_name, or_empty(by));
            Told::Alone(Neutral, what + &text(a.input.as_deref()))
        }
        E::WorkflowExecutionCompleted(a) => {
            Told::Alone(Well, format!("completed{}", text(a.result.as_deref())))
        }
        E::WorkflowExecutionFailed(a) => Told::Alone(
            Badly,
            format!(
                "failed{}{}",
                text(a.reason.as_deref()),
                text(a.details.as_deref())
            ),
        ),
        E::WorkflowExecutionTimedOut(a) => {
            Told::Alone(Badly, format!("timed out ({})", a.timeout_type))
        }
        E::WorkflowExecutionCanceled(a) => {
            Told::Alone(Neutral, format!("canceled{}", text(a.details.as_deref())))
        }
        E::WorkflowExecutionContinuedAsNew(a) => {
            let what = format!("continued as new run {}", a.new_execution_run_id);
            Told::Alone(Well, what + &text(a.input.as_deref()))
        }
        E::WorkflowExecutionTerminated(a) => {
            let cause = a.cause.map(|cause| format!(" ({cause})"));
            let reason = text(a.reason.as_deref());
            Told::Alone(
                Badly,
                format!(
                    "terminated{}{reason}{}",
                    or_empty(cause),
                    text(a.details.as_deref())
                ),
            )
        }

        E::DecisionTaskScheduled(a) => Told::Begins(
            "waiting for a decider",
            format!("decision task on {}", a.task_list.name),
        ),
        E::DecisionTaskStarted(a) => Told::Runs(a.scheduled_event_id, by(a.identity.as_deref())),
        E::DecisionTaskCompleted(a) => {
            let context = text(a.execution_context.as_deref());
            Told::Ends(a.scheduled_event_id, Well, "decided", context)
        }
        E::DecisionTaskTimedOut(a) => timed_out(a.scheduled_event_id, &a.timeout_type, ""),

        E::ActivityTaskScheduled(a) => {
            let what = format!(
                "activity {}: {} on {}",
                a.activity_id,
                activity_type(&a.activity_type),
                a.task_list.name
            );
            Told::Begins("waiting for a worker", what + &text(a.input.as_deref()))
        }
        E::ActivityTaskStarted(a) => Told::Runs(a.scheduled_event_id, by(a.identity.as_deref())),
        E::ActivityTaskCompleted(a) => Told::Ends(
            a.scheduled_event_id,
            Well,
            "completed",
            text(a.result.as_deref()),
        ),
        E::ActivityTaskFailed(a) => failed(
            a.scheduled_event_id,
            a.reason.as_deref(),
            a.details.as_deref(),
        ),
        E::ActivityTaskTimedOut(a) => timed_out(
            a.scheduled_event_id,
            &a.timeout_type,
            &text(a.details.as_deref()),
        ),
        E::ActivityTaskCanceled(a) => Told::Ends(
            a.scheduled_event_id,
            Neutral,
            "canceled",
            text(a.details.as_deref()),
        ),
        E::ActivityTaskCancelRequested(a) => Told::Alone(
            Neutral,
            format!("cancel requested of activity {}", a.activity_id),
        ),

        E::TimerStarted(a) => Told::Begins(
            "running",
            format!("timer {} of {}s", a.timer_id, a.start_to_fire_timeout),
        ),
        E::TimerFired(a) => Told::Ends(a.started_event_id, Well, "fired", String::new()),
        E::TimerCanceled(a) => Told::Ends(a.started_event_id, Neutral, "canceled", String::new()),
        E::MarkerRecorded(a) => Told::Alone(
            Neutral,
            format!("marker {}{}", a.marker_name, text(a.details.as_deref())),
        ),

        E::StartChildWorkflowExecutionInitiated(a) => {
            let what = format!(
                "child {}: {} on {}",
                a.workflow_id,
                workflow_type(&a.workflow_type),
                a.task_list.name
            );
            Told::Begins("starting", what + &text(a.input.as_deref()))
        }
        E::ChildWorkflowExecutionStarted(a) => Told::Runs(
            a.initiated_event_id,
            format!(" as run {}", a.workflow_execution.run_id),
        ),
        E::ChildWorkflowExecutionCompleted(a) => Told::Ends(
            a.initiated_event_id,
            Well,
            "completed",
            text(a.result.as_deref()),
        ),
        E::ChildWorkflowExecutionFailed(a) => failed(
            a.initiated_event_id,
            a.reason.as_deref(),
            a.details.as_deref(),
        ),
        E::ChildWorkflowExecutionTimedOut(a) => {
            timed_out(a.initiated_event_id, &a.timeout_type, "")
        }
        E::ChildWorkflowExecutionCanceled(a) => Told::Ends(
            a.initiated_event_id,
            Neutral,
            "canceled",
            text(a.details.as_deref()),
        ),
        E::ChildWorkflowExecutionTerminated(a) => {
            Told::Ends(a.initiated_event_id, Badly, "terminated", String::new())
        }

        E::SignalExternalWorkflowExecutionInitiated(a) => {
            let what = format!("signal {} to {}", a.signal_name, a.workflow_id);
            Told::Begins("on its way", what + &text(a.input.as_deref()))
        }
        E::ExternalWorkflowExecutionSignaled(a) => {
            Told::Ends(a.initiated_event_id, Well, "delivered", String::new())
        }
        E::RequestCancelExternalWorkflowExecutionInitiated(a) => {
            Told::Begins("on its way", format!("cancel request to {}", a.workflow_id))
        }
        E::ExternalWorkflowExecutionCancelRequested(a) => {
            Told::Ends(a.initiated_event_id, Well, "delivered", String::new())
        }

        E::LambdaFunctionScheduled(a) => Told::Begins(
            "waiting",
            format!("Lambda {}: {}{}", a.id, a.name, text(a.input.as_deref())),
        ),
        E::LambdaFunctionStarted(a) => Told::Runs(a.scheduled_event_id, String::new()),
        E::LambdaFunctionCompleted(a) => Told::Ends(
            a.scheduled_event_id,
            Well,
            "completed",
            text(a.result.as_deref()),
        ),
        E::LambdaFunctionFailed(a) => failed(
            a.scheduled_event_id,
            a.reason.as_deref(),
            a.details.as_deref(),
        ),
        E::LambdaFunctionTimedOut(a) => {
            Told::Ends(a.scheduled_event_id, Badly, "timed out", String::new())
        }
        E::StartLambdaFunctionFailed(a) => Told::Ends(
            a.scheduled_event_id.unwrap_or(EventId::NONE),
            Badly,
            "not started",
            text(a.message.as_deref()),
        ),

        // A request that was initiated and then failed ends its line; others failed at once, and have event 0.
        E::SignalExternalWorkflowExecutionFailed(a) => refused(a.initiated_event_id, &a.cause),
        E::RequestCancelExternalWorkflowExecutionFailed(a) => {
            refused(a.initiated_event_id, &a.cause)
        }
        E::StartChildWorkflowExecutionFailed(a) if a.initiated_event_id != EventId::NONE => {
            refused(a.initiated_event_id, &a.cause)
        }
        E::StartChildWorkflowExecutionFailed(a) => {
            not(&format!("child {}", a.workflow_id), "started", &a.cause)
        }
        E::ScheduleActivityTaskFailed(a) => not(
            &format!("activity {}", a.activity_id),
            "scheduled",
            &a.cause,
        ),
        E::RequestCancelActivityTaskFailed(a) => not(
            &format!("activity {}", a.activity_id),
            "asked to cancel",
            &a.cause,
        ),
        E::StartTimerFailed(a) => not(&format!("timer {}", a.timer_id), "started", &a.cause),
        E::CancelTimerFailed(a) => not(&format!("timer {}", a.timer_id), "canceled", &a.cause),
        E::RecordMarkerFailed(a) => not(&format!("marker {}", a.marker_name), "recorded", &a.cause),
        E::ScheduleLambdaFunctionFailed(a) => {
            not(&format!("Lambda {}", a.id), "scheduled", &a.cause)
        }
        E::CompleteWorkflowExecutionFailed(a) => not("execution", "completed", &a.cause),
        E::FailWorkflowExecutionFailed(a) => not("execution", "failed", &a.cause),
        E::CancelWorkflowExecutionFailed(a) => not("execution", "canceled", &a.cause),
        E::ContinueAsNewWorkflowExecutionFailed(a) => {
            not("execution", "continued as new", &a.cause)
        }
    }
}

fn failed(origin: EventId, reason: Option<&str>, details: Option<&str>) -> Told {
    Told::Ends(
        origin,
        Ending::Badly,
        "failed",
        text(reason) + &text(details),
    )
}

fn timed_out(origin: EventId, timeout_type: &dyn std::fmt::Display, details: &str) -> Told {
    Told::Ends(
        origin,
        Ending::Badly,
        "timed out",
        format!(" ({timeout_type}){details}"),
    )
}

fn refused(origin: EventId, cause: &dyn std::fmt::Display) -> Told {
    Told::Ends(origin, Ending::Badly, "refused", format!(" ({cause})"))
}

fn not(what: &str, done: &str, cause: &dyn std::fmt::Display) -> Told {
    Told::Alone(Ending::Badly, format!("{what} not {done} ({cause})"))
}

fn or_empty(text: Option<String>) -> String {
    text.unwrap_or_default()
}

fn by(identity: Option<&str>) -> String {
    match identity {
        Some(identity) if !identity.is_empty() => format!(" for {identity}"),
        _ => String::new(),
    }
}

fn workflow_type(workflow_type: &WorkflowType) -> String {
    format!("{}/{}", workflow_type.name, workflow_type.version)
}

fn activity_type(activity_type: &ActivityType) -> String {
    format!("{}/{}", activity_type.name, activity_type.version)
}

fn execution(execution: &WorkflowExecution) -> String {
    format!("{} (run {})", execution.workflow_id, execution.run_id)
}

/// A text behind a blank, cut.
fn text(text: Option<&str>) -> String {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return String::new();
    };
    format!(" {}", cut(text))
}

/// A text of at most [`LONGEST_TEXT`] characters, and a sign if more was there.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}
