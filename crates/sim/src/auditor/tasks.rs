//! The life of decision tasks and activity tasks in a history.

use std::collections::VecDeque;

use everbeat_engine::{Command, TaskKind};
use everbeat_model::{
    ActivityId, ActivityTaskTimedOutEventAttributes, DecisionTaskTimedOutEventAttributes,
    DecisionTaskTimeoutType, EventId, Timestamp,
};
use everbeat_partition::TaskReference;

use super::calls::Sent;
use super::run::{Rules, Run, Verdict, ensure};
use super::task::{Answered, StartedDecision, due};

impl Run {
    pub(super) fn start_decision(
        &mut self,
        sent: &Sent,
        id: EventId,
        at: Timestamp,
        scheduled_event_id: EventId,
    ) -> Verdict {
        ensure(self.started.is_none() && !self.owes_decision, || {
            "too early".into()
        })?;
        let scheduled = self.scheduled.take().ok_or("none is scheduled")?;
        ensure(scheduled.event == scheduled_event_id, || {
            "another one is scheduled".into()
        })?;
        self.check_poll(sent, TaskKind::Decision, &scheduled.task_list)?;
        self.started = Some(StartedDecision {
            scheduled: scheduled_event_id,
            started: id,
            due: due(at, scheduled.start_to_close.as_ref()),
        });
        self.previous_started.insert(id, self.last_completed);
        Ok(())
    }

    pub(super) fn complete_decision(
        &mut self,
        sent: &Sent,
        id: EventId,
        at: Timestamp,
        scheduled_event_id: EventId,
        started_event_id: EventId,
    ) -> Verdict {
        let started = self.started.take().ok_or("none is started")?;
        let is_it = started.scheduled == scheduled_event_id && started.started == started_event_id;
        ensure(is_it, || "another one is started".into())?;
        self.check_in_time(started.due, at)?;
        self.check_token(sent, scheduled_event_id, started_event_id)?;
        let Some((_, Command::CompleteDecisionTask { response, .. })) = sent.task_command() else {
            return Err("the call was another one".into());
        };
        self.last_completed = started_event_id;
        self.make_ready(at);
        let decisions: VecDeque<_> = response.decisions.iter().cloned().collect();
        self.answered = Some(Answered {
            completed: id,
            decisions,
        });
        Ok(())
    }

    fn make_ready(&mut self, at: Timestamp) {
        if let Some(scheduled) = &mut self.scheduled {
            scheduled.ready_at.get_or_insert(at);
        }
    }

    pub(super) fn time_out_decision(
        &mut self,
        attributes: &DecisionTaskTimedOutEventAttributes,
        at: Timestamp,
    ) -> Verdict {
        let (scheduled, started) = (attributes.scheduled_event_id, attributes.started_event_id);
        match attributes.timeout_type {
            DecisionTaskTimeoutType::StartToClose => {
                let task = self.started.take().ok_or("none is started")?;
                let is_it = task.scheduled == scheduled && task.started == started;
                ensure(is_it, || "another one is started".into())?;
                self.check_due(task.due, at)?;
                self.make_ready(at);
            }
            DecisionTaskTimeoutType::ScheduleToStart => {
                let task = self.scheduled.take().ok_or("none is scheduled")?;
                let is_it = task.event == scheduled && started == EventId::NONE;
                ensure(is_it, || "another one is scheduled".into())?;
                self.check_due(task.due(), at)?;
            }
        }
        self.owe_decision();
        Ok(())
    }

    pub(super) fn start_activity(
        &mut self,
        sent: &Sent,
        id: EventId,
        at: Timestamp,
        scheduled_event_id: EventId,
    ) -> Verdict {
        let open = self.activities.get(&scheduled_event_id);
        let activity = open.filter(|activity| activity.is_open && activity.started.is_none());
        let task_list = &activity.ok_or("it does not wait")?.task_list;
        self.check_poll(sent, TaskKind::Activity, task_list)?;
        if let Some(activity) = self.activities.get_mut(&scheduled_event_id) {
            activity.started = Some((id, at));
        }
        Ok(())
    }

    /// The token of a call must name that task of this run.
    fn check_token(&self, sent: &Sent, scheduled: EventId, started: EventId) -> Verdict {
        let is_it = sent
            .task_command()
            .is_some_and(|(TaskReference { run, task, .. }, _)| {
                *run == self.key
                    && task.scheduled_event_id == scheduled
                    && task.started_event_id == started
            });
        ensure(is_it, || "the token names another task".into())
    }

    pub(super) fn close_by(
        &mut self,
        sent: &Sent,
        (scheduled, started): (EventId, EventId),
        at: Timestamp,
        rules: &Rules,
        is_it: impl Fn(&Command) -> bool,
    ) -> Verdict {
        self.check_token(sent, scheduled, started)?;
        let is_meant = sent
            .task_command()
            .is_some_and(|(_, command)| is_it(command));
        ensure(is_meant, || "the call was another one".into())?;
        let activity = self.activities.get(&scheduled);
        let due = activity.and_then(|activity| activity.latest_due(rules.recovered_at));
        self.check_in_time(due, at)?;
        self.close_activity(scheduled, Some(started))
    }

    pub(super) fn close_activity(
        &mut self,
        scheduled: EventId,
        started: Option<EventId>,
    ) -> Verdict {
        let activity = self.activities.get_mut(&scheduled).ok_or("it is unknown")?;
        let is_it = activity.is_open && activity.started.map(|(id, _)| id) == started;
        ensure(is_it, || "it is not open".into())?;
        activity.is_open = false;
        self.owe_decision();
        Ok(())
    }

    pub(super) fn time_out_activity(
        &mut self,
        attributes: &ActivityTaskTimedOutEventAttributes,
        at: Timestamp,
        rules: &Rules,
    ) -> Verdict {
        let activity = self.activities.get(&attributes.scheduled_event_id);
        let activity = activity.ok_or("it is unknown")?;
        let due = activity.due(attributes.timeout_type, rules.recovered_at);
        self.check_due(due, at)?;
        let details = attributes.details.as_ref();
        ensure(activity.may_have(details), || {
            format!("{details:?} was not the last heartbeat")
        })?;
        let started = Some(attributes.started_event_id).filter(|id| *id != EventId::NONE);
        self.close_activity(attributes.scheduled_event_id, started)
    }

    pub(super) fn request_cancel(&mut self, id: EventId, activity_id: &ActivityId) -> Verdict {
        let open = self.activities.iter_mut();
        let (scheduled, activity) = open
            .into_iter()
            .find(|(_, activity)| activity.is_open && activity.id == *activity_id)
            .ok_or("it is not open")?;
        activity.cancel_requested = Some(id);
        self.to_be_canceled = activity.started.is_none().then_some(*scheduled);
        Ok(())
    }
}
