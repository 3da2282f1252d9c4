//! What clients asked, what they were told, and where it shows in a history.

use std::collections::{BTreeMap, BTreeSet};

use everbeat_engine::{Command, StartedTask};
use everbeat_model::EventId;
use everbeat_partition::{Answer, Call, CallId, Input, Poll, RunKey, Target, TaskReference};

use crate::host::Reply;
use crate::requests;

/// What the client knows about its call.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fate {
    /// Nothing yet.
    Outstanding,
    /// It was answered.
    Answered(Reply),
    /// It will never be answered; whether it took effect is open.
    Unknown,
    /// It will never be answered, and took no effect: the batch it belonged to was not stored.
    Void,
}

/// A call that was sent.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) input: Input,
    pub(super) fate: Fate,
    /// The event that shows it.
    pub(super) seen: Option<(RunKey, EventId)>,
}

/// All calls that were ever sent.
#[derive(Debug, Default)]
pub(super) struct Calls {
    all: BTreeMap<CallId, Sent>,
    outstanding: BTreeSet<CallId>,
    /// Those of them that are outcomes of Lambda functions, which get no reply.
    outcomes: BTreeSet<CallId>,
    /// Requests to cancel a run, by its run id.
    cancel_requests: BTreeMap<String, Vec<CallId>>,
}

impl Calls {
    pub(super) fn send(&mut self, input: &Input) {
        let id = match input {
            Input::Call { id, .. } | Input::Poll { id, .. } => *id,
            Input::FunctionOutcome { outcome, .. } => {
                let Some(id) = requests::mark_of(outcome) else {
                    return;
                };
                self.outcomes.insert(id);
                id
            }
            Input::EndPoll(_) | Input::Wake => return,
        };
        let sent = Sent {
            input: input.clone(),
            fate: Fate::Outstanding,
            seen: None,
        };
        if let Some((target, Command::RequestCancel)) = sent.run_command() {
            let run_id = target.run_id.as_deref().unwrap_or_default().to_owned();
            self.cancel_requests.entry(run_id).or_default().push(id);
        }
        self.outstanding.insert(id);
        self.all.insert(id, sent);
    }

    pub(super) fn get(&self, id: CallId) -> Option<&Sent> {
        self.all.get(&id)
    }

    /// A reply arrived.
    pub(super) fn answer(&mut self, id: CallId, reply: &Reply) -> Result<(), String> {
        let sent = self.all.get_mut(&id).ok_or("a reply to nobody")?;
        if !self.outstanding.remove(&id) {
            return Err(format!("call {} was answered twice", id.0));
        }
        sent.fate = Fate::Answered(reply.clone());
        Ok(())
    }

    /// The batch is stored: the outcomes of Lambda functions in it have been taken in.
    pub(super) fn take_outcomes(&mut self) -> Result<BTreeSet<CallId>, String> {
        let taken = std::mem::take(&mut self.outcomes);
        for id in &taken {
            self.answer(*id, &Ok(Answer::Nothing))?;
        }
        Ok(taken)
    }

    /// The connections broke: every outstanding call has an end without an answer.
    pub(super) fn lose(&mut self, fate: &Fate) -> BTreeSet<CallId> {
        let lost = std::mem::take(&mut self.outstanding);
        self.outcomes.clear();
        for id in &lost {
            if let Some(sent) = self.all.get_mut(id) {
                sent.fate = fate.clone();
            }
        }
        lost
    }

    /// The polls that wait.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (CallId, &Poll)> {
        self.outstanding
            .iter()
            .filter_map(|id| match &self.all.get(id)?.input {
                Input::Poll { poll, .. } => Some((*id, poll)),
                Input::Call { .. }
                | Input::EndPoll(_)
                | Input::Wake
                | Input::FunctionOutcome { .. } => None,
            })
    }

    /// The fates of all requests to cancel a run, which name it by its run id.
    pub(super) fn cancel_requests(&self, run_id: &str) -> impl Iterator<Item = &Fate> {
        let ids = self.cancel_requests.get(run_id).into_iter().flatten();
        ids.filter_map(|id| self.all.get(id)).map(|sent| &sent.fate)
    }

    /// An event shows the mark of a call: the call must be one that may have taken effect, and this is the first event
    /// that shows it.
    pub(super) fn see(
        &mut self,
        mark: Option<&str>,
        run: RunKey,
        event: EventId,
    ) -> Result<&Sent, String> {
        let here = format!("event {event} of run {}", run.0);
        let id = mark
            .and_then(|mark| mark.parse().ok())
            .ok_or_else(|| format!("{here} shows no call"))?;
        let sent = self
            .all
            .get_mut(&CallId(id))
            .ok_or_else(|| format!("{here} shows call {id}, which nobody made"))?;
        if let Some((run, event)) = sent.seen.replace((run, event)) {
            return Err(format!(
                "{here} shows call {id}, as does event {event} of run {}",
                run.0
            ));
        }
        let may_have_effect = match &sent.fate {
            Fate::Answered(Ok(answer)) => *answer != Answer::NoTask,
            Fate::Answered(Err(_)) | Fate::Void | Fate::Outstanding => false,
            Fate::Unknown => true,
        };
        if may_have_effect {
            Ok(sent)
        } else {
            Err(format!(
                "{here} shows call {id}, whose fate is {:?}",
                sent.fate
            ))
        }
    }
}

impl Sent {
    /// The command of the call and the task that its token names.
    pub(super) fn task_command(&self) -> Option<(&TaskReference, &Command)> {
        match &self.input {
            Input::Call {
                call: Call::ToTask { token, command },
                ..
            } => Some((token, command)),
            Input::Call { .. }
            | Input::Poll { .. }
            | Input::EndPoll(_)
            | Input::Wake
            | Input::FunctionOutcome { .. } => None,
        }
    }

    /// The command of the call and the run that it names.
    pub(super) fn run_command(&self) -> Option<(&Target, &Command)> {
        match &self.input {
            Input::Call {
                call: Call::ToRun { target, command },
                ..
            } => Some((target, command)),
            Input::Call { .. }
            | Input::Poll { .. }
            | Input::EndPoll(_)
            | Input::Wake
            | Input::FunctionOutcome { .. } => None,
        }
    }

    /// The Lambda task whose call has ended.
    pub(super) fn function_task(&self) -> Option<(RunKey, StartedTask)> {
        match &self.input {
            Input::FunctionOutcome { run, task, .. } => Some((*run, *task)),
            Input::Call { .. } | Input::Poll { .. } | Input::EndPoll(_) | Input::Wake => None,
        }
    }
}
