//! Handing out tasks: a poll takes the first ready task or waits; a task that becomes ready goes to the poll that has
//! waited longest.
//!
//! Right before a task is started the caller is looked at: one that has hung up gets nothing.

use alloc::boxed::Box;

use everbeat_engine::{Command, Decided, StartedTask, TaskKind};
use everbeat_model::{Fault, FaultKind};

use super::{Partition, Work};
use crate::authority::{Asker, Place};
use crate::input::{CallId, Input, Poll};
use crate::output::{ActivityHandOut, Answer, DecisionHandOut};
use crate::rows::{DomainId, Realm, TaskId};
use crate::task_list::{ListKey, Poller};

impl Partition {
    /// Offers a task that has just become ready to the polls that wait.
    pub(super) fn offer(&mut self, key: &ListKey, task: TaskId, work: &mut Work<'_>) {
        while let Some(poller) = self.task_lists.take_poller(key) {
            if !work.callers.is_connected(poller.id) {
                work.output.replies.push((poller.id, Ok(Answer::NoTask)));
                continue;
            }
            if !self.hand_out(key.kind, task, &poller, work) {
                self.task_lists.return_poller(key.clone(), poller);
            }
            return;
        }
    }

    /// Starts a task for a poll and replies; false when the execution refuses.
    pub(super) fn hand_out(
        &mut self,
        kind: TaskKind,
        task: TaskId,
        poller: &Poller,
        work: &mut Work<'_>,
    ) -> bool {
        let TaskId {
            run,
            scheduled_event_id,
        } = task;
        let identity = poller.identity.clone();
        let command = match kind {
            TaskKind::Decision => Command::StartDecisionTask {
                scheduled_event_id,
                identity,
            },
            TaskKind::Activity => Command::StartActivityTask {
                scheduled_event_id,
                identity,
            },
        };
        match self.decide(run, &command, work) {
            Decided::Changes(changes) => {
                let activity = self.activity_hand_out(task);
                self.absorb(run, &changes, work);
                self.task_lists.remove(task, &mut work.output.batch);
                let answer = match kind {
                    TaskKind::Decision => self.decision_hand_out(task),
                    TaskKind::Activity => {
                        activity.map(|hand_out| Answer::ActivityTask(Box::new(hand_out)))
                    }
                };
                work.output
                    .replies
                    .push((poller.id, answer.ok_or_else(|| self.closed(run))));
                true
            }
            Decided::Refused(_) => {
                self.task_lists.remove(task, &mut work.output.batch);
                false
            }
            Decided::EventLimitExceeded(changes) => {
                self.absorb(run, &changes, work);
                self.settle(run, work);
                false
            }
        }
    }

    /// What a worker gets; made before the task is started, as its input is dropped then.
    pub(super) fn activity_hand_out(&self, task: TaskId) -> Option<ActivityHandOut> {
        let state = self.executions.get(task.run)?.state.as_ref()?;
        let activity = state.activity(task.scheduled_event_id)?;
        Some(ActivityHandOut {
            run: task.run,
            execution: state.execution(),
            task: StartedTask {
                scheduled_event_id: task.scheduled_event_id,
                started_event_id: state.last_event_id.next(),
            },
            activity_id: activity.activity_id.clone(),
            activity_type: activity.activity_type.clone(),
            input: activity.input.clone(),
        })
    }

    /// What a decider gets; made after the task is started.
    pub(super) fn decision_hand_out(&self, task: TaskId) -> Option<Answer> {
        let execution = self.executions.get(task.run)?;
        let state = execution.state.as_ref()?;
        let started = state.started_decision.as_ref()?;
        Some(Answer::DecisionTask(Box::new(DecisionHandOut {
            run: task.run,
            execution: state.execution(),
            workflow_type: state.workflow_type.clone(),
            task: StartedTask {
                scheduled_event_id: started.scheduled_event_id,
                started_event_id: started.started_event_id,
            },
            previous_started_event_id: state.previous_started_event_id,
            events: execution.events_up_to(started.started_event_id),
        })))
    }

    /// Whether the caller may poll that list.
    pub(super) fn permit_poll(
        &self,
        realm: &Realm,
        poll: &Poll,
        asker: Option<&Asker>,
    ) -> Result<(), Fault> {
        let Some(Asker(authority)) = asker else {
            return Ok(());
        };
        let domain = self.registry.find(realm, &poll.domain).ok();
        authority.permits_call(&Place {
            domain: domain.map(|domain| &domain.row),
            ..Place::default()
        })
    }

    /// Hands out the first ready task, or lets the poll wait.
    pub(super) fn poll(
        &mut self,
        id: CallId,
        realm: Realm,
        poll: Poll,
        work: &mut Work<'_>,
    ) -> Option<Input> {
        let key = match self.registry.find(&realm, &poll.domain) {
            Ok(domain) => list_key(domain.row.id, &poll),
            Err(fault) => {
                self.look_elsewhere(&realm, &poll.domain, &fault, work.output);
                work.output.replies.push((id, Err(fault)));
                return None;
            }
        };
        self.task_lists.note_poll(&key, work.now);
        let poller = Poller {
            id,
            identity: poll.identity.clone(),
        };
        while let Some(task) = self.task_lists.first_ready(&key) {
            if self.executions.is_absent(task.run) {
                // A row without its run: the task can never be started.
                self.task_lists.remove(task, &mut work.output.batch);
                continue;
            }
            if self.executions.get(task.run).is_none() {
                let asker = work.asker.cloned();
                return Some(Input::Poll {
                    id,
                    realm,
                    poll,
                    asker,
                });
            }
            if !work.callers.is_connected(id) {
                work.output.replies.push((id, Ok(Answer::NoTask)));
                return None;
            }
            self.fire_due(task.run, work);
            if self.task_lists.first_ready(&key) == Some(task)
                && self.hand_out(poll.kind, task, &poller, work)
            {
                self.settle(task.run, work);
                return None;
            }
        }
        if self.task_lists.waiting_polls(&key) as u64 >= self.settings.limits.pollers_per_task_list
        {
            let text = "Limit on maximum concurrent poll requests per task list reached";
            work.output
                .replies
                .push((id, Err(FaultKind::LimitExceededFault.with(text))));
            return None;
        }
        self.task_lists.add_poller(key, poller);
        None
    }
}

pub(super) fn list_key(domain: DomainId, poll: &Poll) -> ListKey {
    ListKey {
        domain,
        kind: poll.kind,
        name: poll.task_list.clone(),
    }
}
