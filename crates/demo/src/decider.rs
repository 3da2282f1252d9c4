//! The decider: what a workflow that checksums a folder does next, told by its history alone.
//!
//! One activity task at a time. A task that timed out is scheduled again, with the details of its last heartbeat in its
//! input: the service keeps details for the decider and hands none to a new task. A cancel request to the execution
//! does not reach its activity; the decider passes it on, and closes the execution when the worker has stopped.

use std::convert::Infallible;

use everbeat_client::Client;
use everbeat_model::{
    CancelWorkflowExecutionDecisionAttributes, CompleteWorkflowExecutionDecisionAttributes, Data,
    Decision, DecisionList, EventAttributes, FailWorkflowExecutionDecisionAttributes,
    FailureReason, HistoryEvent, PollForDecisionTaskInput,
    RequestCancelActivityTaskDecisionAttributes, RespondDecisionTaskCompletedInput,
    ScheduleActivityTaskDecisionAttributes,
};

use crate::api::{self, DECISION_LIST, DOMAIN};
use crate::checksum::{Position, Work};
use crate::problem::Problem;

/// A task that times out as often as this is given up.
const MOST_ATTEMPTS: u32 = 5;

/// Polls and decides until a call fails.
pub(crate) async fn decide_forever(client: &Client) -> Result<Infallible, Problem> {
    let poll = PollForDecisionTaskInput {
        domain: DOMAIN.into(),
        task_list: api::task_list(DECISION_LIST),
        identity: Some("decider".into()),
        ..Default::default()
    };
    loop {
        // The histories of the demo fit into one page.
        let Some(task) = api::poll(client, &poll).await? else {
            continue;
        };
        let decisions = decide(&task.events.0).into_iter().collect();
        let respond = RespondDecisionTaskCompletedInput {
            task_token: task.task_token,
            decisions: Some(DecisionList(decisions)),
            ..Default::default()
        };
        api::call(client, &respond).await?;
    }
}

/// What the events of a run say about its activity.
#[derive(Default)]
struct Story {
    input: Option<Data>,
    is_cancel_requested: bool,
    attempts: u32,
    activity: Activity,
}

/// Where the latest attempt stands.
#[derive(Default)]
enum Activity {
    #[default]
    NotScheduled,
    Open {
        is_cancel_requested: bool,
    },
    TimedOut(Option<Data>),
    Completed(Option<Data>),
    Canceled(Option<Data>),
    Failed(Option<FailureReason>, Option<Data>),
}

impl Story {
    fn of(events: &[HistoryEvent]) -> Self {
        let mut story = Self::default();
        for event in events {
            story.goes_on(&event.attributes);
        }
        story
    }

    fn goes_on(&mut self, event: &EventAttributes) {
        use EventAttributes as E;
        if let E::WorkflowExecutionStarted(event) = event {
            self.input.clone_from(&event.input);
        } else if let E::WorkflowExecutionCancelRequested(_) = event {
            self.is_cancel_requested = true;
        } else if let E::ActivityTaskScheduled(_) = event {
            self.attempts += 1;
            self.activity = Activity::Open {
                is_cancel_requested: false,
            };
        } else if let E::ActivityTaskCancelRequested(_) = event {
            self.activity = Activity::Open {
                is_cancel_requested: true,
            };
        } else if let E::ActivityTaskTimedOut(event) = event {
            self.activity = Activity::TimedOut(event.details.clone().map(Data::from));
        } else if let E::ActivityTaskCompleted(event) = event {
            self.activity = Activity::Completed(event.result.clone());
        } else if let E::ActivityTaskCanceled(event) = event {
            self.activity = Activity::Canceled(event.details.clone());
        } else if let E::ActivityTaskFailed(event) = event {
            self.activity = Activity::Failed(event.reason.clone(), event.details.clone());
        } else if let E::ScheduleActivityTaskFailed(event) = event {
            self.activity = Activity::Failed(Some(event.cause.as_str().into()), None);
        }
    }
}

/// The next decision, if there is anything to decide.
fn decide(events: &[HistoryEvent]) -> Option<Decision> {
    let story = Story::of(events);
    match story.activity {
        Activity::NotScheduled | Activity::TimedOut(None) if story.is_cancel_requested => {
            Some(cancel(None))
        }
        Activity::TimedOut(details) if story.is_cancel_requested => Some(cancel(details)),
        Activity::TimedOut(details) if story.attempts == MOST_ATTEMPTS => {
            Some(fail(Some("the workers are too slow".into()), details))
        }
        Activity::NotScheduled => Some(schedule(1, story.input)),
        Activity::TimedOut(details) => Some(schedule(
            story.attempts + 1,
            resumed(story.input, details.as_deref()),
        )),
        Activity::Open {
            is_cancel_requested,
        } => {
            let must_ask = story.is_cancel_requested && !is_cancel_requested;
            must_ask.then(|| ask_to_cancel(story.attempts))
        }
        Activity::Completed(result) => Some(complete(result)),
        Activity::Canceled(details) => Some(cancel(details)),
        Activity::Failed(reason, details) => Some(fail(reason, details)),
    }
}

/// The input of the next attempt: that of the workflow, from the details of the last heartbeat on.
fn resumed(input: Option<Data>, details: Option<&str>) -> Option<Data> {
    let work = input.as_deref().and_then(Work::parse);
    match (work, details.and_then(Position::parse)) {
        (Some(work), Some(from)) => {
            let from = Some(from);
            Some(Work { from, ..work }.to_string().into())
        }
        _ => input,
    }
}

fn activity_id(attempt: u32) -> String {
    format!("attempt-{attempt}")
}

fn schedule(attempt: u32, input: Option<Data>) -> Decision {
    Decision::ScheduleActivityTask(ScheduleActivityTaskDecisionAttributes {
        activity_type: api::activity_type(),
        activity_id: activity_id(attempt).into(),
        input,
        ..Default::default()
    })
}

fn ask_to_cancel(attempt: u32) -> Decision {
    Decision::RequestCancelActivityTask(RequestCancelActivityTaskDecisionAttributes {
        activity_id: activity_id(attempt).into(),
    })
}

fn complete(result: Option<Data>) -> Decision {
    Decision::CompleteWorkflowExecution(CompleteWorkflowExecutionDecisionAttributes { result })
}

fn cancel(details: Option<Data>) -> Decision {
    Decision::CancelWorkflowExecution(CancelWorkflowExecutionDecisionAttributes { details })
}

fn fail(reason: Option<FailureReason>, details: Option<Data>) -> Decision {
    Decision::FailWorkflowExecution(FailWorkflowExecutionDecisionAttributes { reason, details })
}

#[cfg(test)]
mod tests {
    use everbeat_model::{
        ActivityTaskCancelRequestedEventAttributes, ActivityTaskCanceledEventAttributes,
        ActivityTaskCompletedEventAttributes, ActivityTaskFailedEventAttributes,
        ActivityTaskScheduledEventAttributes, ActivityTaskTimedOutEventAttributes,
        ActivityTaskTimeoutType, EventId, Timestamp,
        WorkflowExecutionCancelRequestedEventAttributes, WorkflowExecutionStartedEventAttributes,
        shape::{Described, to_json},
    };
    use serde_json::json;

    use super::*;

    const INPUT: &str = r#"{"list":"/l"}"#;

    fn started() -> EventAttributes {
        let started = json!({
            "childPolicy": "TERMINATE",
            "taskList": {"name": "l"},
            "workflowType": {"name": "t", "version": "1"},
            "input": INPUT,
        });
        let started = WorkflowExecutionStartedEventAttributes::from_json(started);
        EventAttributes::WorkflowExecutionStarted(started.expect("attributes"))
    }

    fn scheduled() -> EventAttributes {
        EventAttributes::ActivityTaskScheduled(ActivityTaskScheduledEventAttributes::default())
    }

    fn timed_out(details: Option<&str>) -> EventAttributes {
        EventAttributes::ActivityTaskTimedOut(ActivityTaskTimedOutEventAttributes {
            timeout_type: ActivityTaskTimeoutType::Heartbeat,
            scheduled_event_id: EventId(5),
            started_event_id: EventId(6),
            details: details.map(Into::into),
        })
    }

    fn cancel_requested() -> EventAttributes {
        let request = WorkflowExecutionCancelRequestedEventAttributes::default();
        EventAttributes::WorkflowExecutionCancelRequested(request)
    }

    /// The decision after these events, as JSON.
    fn decided(events: Vec<EventAttributes>) -> String {
        let events: Vec<HistoryEvent> = (1..)
            .zip(events)
            .map(|(id, attributes)| HistoryEvent {
                event_id: EventId(id),
                event_timestamp: Timestamp(id),
                attributes,
            })
            .collect();
        decide(&events)
            .map(|decision| to_json(&decision))
            .unwrap_or_default()
    }

    #[test]
    fn the_first_attempt_has_the_input_of_the_workflow() {
        assert_eq!(
            decided(vec![started()]),
            to_json(&schedule(1, Some(INPUT.into())))
        );
        assert_eq!(decided(vec![started(), scheduled()]), "");
    }

    #[test]
    fn the_next_attempt_goes_on_from_the_details() {
        let details = Position::default().to_string();
        let events = vec![started(), scheduled(), timed_out(Some(&details))];
        let input = format!(r#"{{"from":{details},"list":"/l"}}"#);
        assert_eq!(decided(events), to_json(&schedule(2, Some(input.into()))));
        let events = vec![started(), scheduled(), timed_out(None)];
        assert_eq!(decided(events), to_json(&schedule(2, Some(INPUT.into()))));
    }

    #[test]
    fn attempts_have_an_end() {
        let mut events = vec![started()];
        for _ in 0..MOST_ATTEMPTS {
            events.extend([scheduled(), timed_out(None)]);
        }
        assert!(decided(events).contains("FailWorkflowExecution"));
    }

    #[test]
    fn a_cancel_request_is_passed_on_once() {
        let mut events = vec![started(), scheduled(), cancel_requested()];
        assert_eq!(decided(events.clone()), to_json(&ask_to_cancel(1)));
        events.push(EventAttributes::ActivityTaskCancelRequested(
            ActivityTaskCancelRequestedEventAttributes::default(),
        ));
        assert_eq!(decided(events.clone()), "");
        events.push(EventAttributes::ActivityTaskCanceled(
            ActivityTaskCanceledEventAttributes {
                details: Some("half".into()),
                ..Default::default()
            },
        ));
        assert_eq!(decided(events), to_json(&cancel(Some("half".into()))));
    }

    #[test]
    fn a_canceled_workflow_schedules_nothing() {
        assert_eq!(
            decided(vec![started(), cancel_requested()]),
            to_json(&cancel(None))
        );
        let events = vec![
            started(),
            scheduled(),
            cancel_requested(),
            timed_out(Some("x")),
        ];
        assert_eq!(decided(events), to_json(&cancel(Some("x".into()))));
    }

    #[test]
    fn the_end_of_the_activity_is_the_end_of_the_workflow() {
        let result = Some(Data::from("r"));
        let completed = ActivityTaskCompletedEventAttributes {
            result: result.clone(),
            ..Default::default()
        };
        let events = vec![
            started(),
            scheduled(),
            cancel_requested(),
            EventAttributes::ActivityTaskCompleted(completed),
        ];
        assert_eq!(decided(events), to_json(&complete(result.clone())));
        let failed = ActivityTaskFailedEventAttributes {
            reason: Some("why".into()),
            details: result.clone(),
            ..Default::default()
        };
        let events = vec![
            started(),
            scheduled(),
            EventAttributes::ActivityTaskFailed(failed),
        ];
        assert_eq!(decided(events), to_json(&fail(Some("why".into()), result)));
    }
}
