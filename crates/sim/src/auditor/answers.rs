//! Whether what a client was told is true.

use everbeat_engine::{Command, TaskKind};
use everbeat_model::{DomainName, Fault, FaultKind, WorkflowExecutionDetail, WorkflowId};
use everbeat_partition::{
    ActivityHandOut, Answer, Call, CallId, DecisionHandOut, Input, Target, TaskReference,
};

use super::Auditor;
use super::calls::Fate;
use super::run::{Run, Verdict, ensure};
use crate::host::Reply;

impl Auditor {
    /// A reply has left: what it says must stand in the store by now.
    pub(super) fn check_reply(&self, id: CallId, reply: &Reply) -> Verdict {
        match reply {
            Ok(answer) => self.check_answer(id, answer),
            Err(fault) => self
                .check_fault(id, fault)
                .map_err(|what| format!("{fault}: {what}")),
        }
    }

    fn check_answer(&self, id: CallId, answer: &Answer) -> Verdict {
        let sent = self.calls.get(id).ok_or("an answer to nobody")?;
        match (&sent.input, answer) {
            (Input::Poll { .. }, Answer::NoTask) => Ok(()),
            (Input::Poll { .. }, _) if self.gone.contains(&id) => {
                Err("its caller had hung up, and it got a task".into())
            }
            (Input::Poll { .. }, Answer::DecisionTask(task)) => {
                self.check_decision_task(self.shown(id)?, task)
            }
            (Input::Poll { .. }, Answer::ActivityTask(task)) => {
                self.check_activity_task(self.shown(id)?, task)
            }
            (Input::Call { call, .. }, answer) => self.check_call(id, call, answer),
            (input, answer) => Err(format!("{answer:?} is no answer to {input:?}")),
        }
    }

    fn check_call(&self, id: CallId, call: &Call, answer: &Answer) -> Verdict {
        match (call, answer) {
            (Call::Start(_), Answer::Run(run_id)) => {
                let run = self.shown(id)?;
                let is_it = run.execution.run_id == *run_id;
                ensure(is_it, || format!("the run is {}", run.execution.run_id))
            }
            // It carries no mark; see `check_cancel_requests`.
            (
                Call::ToRun {
                    command: Command::RequestCancel,
                    ..
                },
                Answer::Nothing,
            ) => Ok(()),
            (Call::ToRun { .. }, Answer::Nothing) => self.shown(id).map(|_| ()),
            (
                Call::ToTask {
                    token,
                    command: Command::RecordHeartbeat { .. },
                },
                Answer::Heartbeat { cancel_requested },
            ) => self.check_flag(token, *cancel_requested),
            (Call::ToTask { .. }, Answer::Nothing) => self.shown(id).map(|_| ()),
            (Call::Describe(question), Answer::Execution(detail)) => {
                let is_it = |run: &&Run| run.execution == question.execution;
                let run = self
                    .runs
                    .values()
                    .find(is_it)
                    .ok_or("there is no such run")?;
                check_description(run, detail)
            }
            (call, answer) => Err(format!("{answer:?} is no answer to {call:?}")),
        }
    }

    /// The run whose history shows the call.
    fn shown(&self, id: CallId) -> Result<&Run, String> {
        let seen = self.calls.get(id).and_then(|sent| sent.seen);
        seen.and_then(|(run, _)| self.runs.get(&run))
            .ok_or_else(|| "it was acknowledged, and no history shows it".into())
    }

    fn check_decision_task(&self, run: &Run, task: &DecisionHandOut) -> Verdict {
        let started = task.task.started_event_id;
        let length = usize::try_from(started.0).unwrap_or(usize::MAX);
        let is_it = task.run == run.key
            && task.execution == run.execution
            && run.previous_started.get(&started) == Some(&task.previous_started_event_id);
        ensure(is_it, || format!("{task:?} is not what was started"))?;
        let shown = task.events.as_deref();
        ensure(shown.is_none() || shown == run.lines.get(..length), || {
            "it shows another history".into()
        })
    }

    fn check_activity_task(&self, run: &Run, task: &ActivityHandOut) -> Verdict {
        let activity = run.activities.get(&task.task.scheduled_event_id);
        let is_it = activity.is_some_and(|activity| {
            activity.started.map(|(id, _)| id) == Some(task.task.started_event_id)
                && activity.id == task.activity_id
                && activity.activity_type == task.activity_type
                && activity.input == task.input
        });
        ensure(
            is_it && task.run == run.key && task.execution == run.execution,
            || format!("{task:?} is not what was started"),
        )
    }

    /// The answer to a heartbeat must be the flag at some moment of the batch.
    fn check_flag(&self, token: &TaskReference, flag: bool) -> Verdict {
        let run = self.runs.get(&token.run).ok_or("there is no such run")?;
        let activity = run.activities.get(&token.task.scheduled_event_id);
        let requested = activity.ok_or("there is no such task")?.cancel_requested;
        let known = i64::try_from(run.known_before).unwrap_or(i64::MAX);
        let was_requested = requested.is_some_and(|event| event.0 <= known);
        ensure(
            if flag {
                requested.is_some()
            } else {
                !was_requested
            },
            || format!("cancellation was requested by {requested:?}, and the answer is {flag}"),
        )
    }

    fn check_fault(&self, id: CallId, fault: &Fault) -> Verdict {
        let sent = self.calls.get(id).ok_or("a fault to nobody")?;
        let is_unknown = fault.kind == FaultKind::UnknownResourceFault;
        match &sent.input {
            Input::Poll { .. } => {
                let is_limit = fault.kind == FaultKind::LimitExceededFault;
                ensure(is_limit, || "polls are answered".into())
            }
            Input::Call {
                call: Call::Start(start),
                ..
            } => {
                let workflow = (start.domain.clone(), start.workflow_id.clone());
                self.check_start_refused(fault.kind, workflow)
            }
            Input::Call {
                call: Call::ToRun { target, .. },
                ..
            } if is_unknown => self.check_no_target(target),
            Input::Call {
                call: Call::ToTask { token, .. },
                ..
            } if is_unknown => self.check_no_task(token),
            Input::Call { .. }
            | Input::EndPoll(_)
            | Input::Wake
            | Input::FunctionOutcome { .. } => Err("there is no reason for it".into()),
        }
    }

    fn check_start_refused(&self, kind: FaultKind, workflow: (DomainName, WorkflowId)) -> Verdict {
        let of_domain = |(domain, _): &&(DomainName, WorkflowId)| *domain == workflow.0;
        let open = self.open_lately.iter().filter(of_domain).count() as u64;
        let is_full = open >= self.rules.limits.open_executions_per_domain;
        let is_reason = if kind == FaultKind::WorkflowExecutionAlreadyStartedFault {
            self.open_lately.contains(&workflow)
        } else {
            kind == FaultKind::LimitExceededFault && is_full
        };
        ensure(is_reason, || "there was room for the run".into())
    }

    fn check_no_target(&self, target: &Target) -> Verdict {
        let workflow = (target.domain.clone(), target.workflow_id.clone());
        let open = self.open.get(&workflow).and_then(|key| self.runs.get(key));
        let is_there = match &target.run_id {
            Some(run_id) => open.is_some_and(|run| *run.execution.run_id == **run_id),
            None => open.is_some() && !self.moved.contains(&workflow),
        };
        ensure(!is_there, || "the run is open".into())
    }

    fn check_no_task(&self, token: &TaskReference) -> Verdict {
        let run = self.runs.get(&token.run).filter(|run| run.is_open);
        let is_there = run.is_some_and(|run| match token.kind {
            TaskKind::Decision => {
                let started = run.started.as_ref();
                started.is_some_and(|task| task.started == token.task.started_event_id)
            }
            TaskKind::Activity => {
                let activity = run.activities.get(&token.task.scheduled_event_id);
                activity.is_some_and(|task| task.is_open)
            }
        });
        ensure(!is_there, || "the task is open".into())
    }

    /// Requests to cancel a run carry no mark: they are counted.
    pub(super) fn check_cancel_requests(&self, key: everbeat_partition::RunKey) -> Verdict {
        let Some(run) = self.runs.get(&key) else {
            return Ok(());
        };
        let (mut certain, mut possible) = (0, 0);
        for fate in self.calls.cancel_requests(&run.execution.run_id) {
            match fate {
                Fate::Answered(Ok(_)) => certain += 1,
                Fate::Unknown => possible += 1,
                Fate::Answered(Err(_)) | Fate::Void | Fate::Outstanding => {}
            }
        }
        let expected = certain..=certain + possible;
        ensure(expected.contains(&run.cancel_requests), || {
            let shown = run.cancel_requests;
            format!(
                "run {} shows {shown} requests to cancel it of {expected:?}",
                run.key.0
            )
        })
    }
}

/// A description must be true for some moment of the batch.
fn check_description(run: &Run, detail: &WorkflowExecutionDetail) -> Verdict {
    let status = detail.execution_info.close_status;
    let is_open = status.is_none();
    let has_changed = run.known_before != run.lines.len();
    let was_open = run.was_open_before || run.known_before == 0;
    let may_be = if is_open { was_open } else { !run.is_open };
    ensure(may_be, || format!("it is described as {status:?}"))?;
    if has_changed {
        return Ok(());
    }
    let counts = &detail.open_counts;
    let activities = run.activities.values().filter(|task| task.is_open).count();
    let open = [
        (counts.open_activity_tasks.0, activities),
        (counts.open_timers.0, run.timers.len()),
        (
            counts.open_decision_tasks.0,
            usize::from(run.scheduled.is_some()),
        ),
        (
            counts.open_child_workflow_executions.0,
            run.started_children().count(),
        ),
        (
            counts.open_lambda_functions.map_or(0, |count| count.0),
            run.open_functions().count(),
        ),
    ];
    let is_right = |(count, open): &(i32, usize)| usize::try_from(*count) == Ok(*open);
    ensure(open.iter().all(is_right), || {
        format!("what is counted and what is open: {open:?}")
    })
}
