//! Calls: requests that do not wait, each answered with the batch that it belongs to. What one needs is named first; then
//! the run that a caller names is found, and what is asked of it is carried out.

use alloc::boxed::Box;

use everbeat_engine::{Command, Decided, State, describe, start};
use everbeat_model::{
    DescribeHeartbeatsInput, DescribeWorkflowExecutionInput, DomainName, Fault, FaultKind,
    StartWorkflowExecutionInput, WorkflowExecution,
};

use super::{Partition, Work};
use crate::authority::{ActivityTaskFacts, Asker, Place};
use crate::executions::{Execution, run_key};
use crate::heartbeats::heartbeats;
use crate::input::{Call, RegistryCall, Target, TaskReference};
use crate::output::Answer;
use crate::rows::{Realm, RunKey};
use crate::store::Needs;
use crate::task_list::ListKey;
use crate::waits::{View, waits};

impl Partition {
    pub(super) fn call_needs(&self, realm: &Realm, call: &Call, needs: &mut Needs) {
        match call {
            Call::Registry(_) | Call::FindDomain(_) | Call::CountPending { .. } => {}
            Call::Start(input) => {
                if let Ok(domain) = self.registry.find(realm, &input.domain) {
                    self.executions
                        .need_open_run(domain.row.id, &input.workflow_id, needs);
                }
            }
            Call::ToRun { target, .. } | Call::DescribeWaits(target) => match &target.run_id {
                Some(run_id) => {
                    if let Some(run) = run_key(run_id) {
                        self.executions.need_run(run, needs);
                    }
                }
                None => {
                    if let Ok(domain) = self.registry.find(realm, &target.domain) {
                        self.executions
                            .need_open_run(domain.row.id, &target.workflow_id, needs);
                    }
                }
            },
            Call::ToTask { token, .. } => self.executions.need_run(token.run, needs),
            Call::Describe(DescribeWorkflowExecutionInput { execution, .. })
            | Call::DescribeHeartbeats(DescribeHeartbeatsInput { execution, .. }) => {
                if let Some(run) = run_key(&execution.run_id) {
                    self.executions.need_run(run, needs);
                }
            }
        }
    }

    /// Carries out a call that the caller may make. A token is asked for where its task is known.
    pub(super) fn permitted_call(
        &mut self,
        realm: &Realm,
        call: Call,
        work: &mut Work<'_>,
    ) -> Result<Answer, Fault> {
        if let (Some(Asker(authority)), false) = (work.asker, matches!(call, Call::ToTask { .. })) {
            authority.permits_call(&self.place(realm, &call))?;
        }
        self.call(realm, call, work)
    }

    /// Where a call without a token would take effect.
    fn place(&self, realm: &Realm, call: &Call) -> Place<'_> {
        let domain = if let Call::Registry(
            RegistryCall::Tag(arn, _) | RegistryCall::Untag(arn, _) | RegistryCall::ListTags(arn),
        ) = call
        {
            self.registry.of_arn(realm, arn).ok()
        } else {
            let named = call.domain();
            named.and_then(|name| self.registry.find(realm, name).ok())
        };
        let default_task_list = if let Call::Start(input) = call {
            domain.and_then(|domain| domain.default_task_list_of_workflow(&input.workflow_type))
        } else {
            None
        };
        Place {
            domain: domain.map(|domain| &domain.row),
            default_task_list,
            workflow_id: None,
            activity_task: None,
        }
    }

    fn call(&mut self, realm: &Realm, call: Call, work: &mut Work<'_>) -> Result<Answer, Fault> {
        match call {
            Call::Registry(call) => self.registry.handle(
                realm,
                &call,
                &self.settings.limits,
                work.now,
                &mut work.output.batch,
            ),
            Call::FindDomain(name) => self
                .registry
                .find(realm, &name)
                .map(|domain| Answer::DomainId(domain.row.id)),
            Call::Start(input) => self.start(realm, &input, work),
            Call::ToRun { target, command } => {
                let run = self.resolve(realm, &target)?;
                self.command(run, &command, work)?;
                Ok(Answer::Nothing)
            }
            Call::ToTask { token, command } => self.task_command(realm, &token, &command, work),
            Call::Describe(input) => self.describe(realm, &input, work),
            Call::CountPending {
                kind,
                domain,
                task_list,
            } => {
                let key = ListKey {
                    domain: self.registry.find(realm, &domain)?.row.id,
                    kind,
                    name: task_list,
                };
                Ok(Answer::Count(self.task_lists.waiting_tasks(&key)))
            }
            Call::DescribeHeartbeats(input) => {
                let execution = self.named(realm, &input.domain, &input.execution, work)?;
                Ok(Answer::Heartbeats(heartbeats(execution)))
            }
            Call::DescribeWaits(target) => self.describe_waits(realm, &target, work),
        }
    }

    fn start(
        &mut self,
        realm: &Realm,
        input: &StartWorkflowExecutionInput,
        work: &mut Work<'_>,
    ) -> Result<Answer, Fault> {
        let domain = self.registry.find(realm, &input.domain)?;
        domain.check_registered()?;
        let domain = domain.row.id;
        let unknown = || Fault::unknown_domain(&input.domain);
        let (run, run_id) = self
            .next_run(domain, &input.workflow_id)
            .ok_or_else(unknown)?;
        let state = State::new(input.workflow_id.clone(), run_id.clone());
        let decided = self.in_world(domain, run.slot(), work, |context| {
            start(&state, input, context)
        });
        let changes = match decided.ok_or_else(unknown)? {
            Decided::Changes(changes) => changes,
            Decided::Refused(fault) => return Err(fault),
            Decided::EventLimitExceeded(_) => {
                return Err(Fault::unknown_run(&input.workflow_id, &run_id));
            }
        };
        if let Some(open) = self.executions.open_run(domain, &input.workflow_id) {
            self.fire_due(open, work);
        }
        if self
            .executions
            .open_run(domain, &input.workflow_id)
            .is_some()
        {
            return Err(FaultKind::WorkflowExecutionAlreadyStartedFault.with("Already Started"));
        }
        let open_runs = self.registry.domain(domain).map_or(0, |row| row.open_runs);
        if open_runs >= self.settings.limits.open_executions_per_domain {
            let text = "Limit on the number of open workflow executions in the domain reached";
            return Err(FaultKind::LimitExceededFault.with(text));
        }
        self.begin_run(domain, run, state, &changes, work);
        self.settle(run, work);
        Ok(Answer::Run(run_id))
    }

    /// The open run that a caller names.
    fn resolve(&self, realm: &Realm, target: &Target) -> Result<RunKey, Fault> {
        let domain = self.registry.find(realm, &target.domain)?.row.id;
        match &target.run_id {
            Some(run_id) => {
                let unknown = || Fault::unknown_run(&target.workflow_id, run_id);
                let run = run_key(run_id).ok_or_else(unknown)?;
                let execution = self.executions.get(run).ok_or_else(unknown)?;
                let execution_named = &execution.row.info.execution;
                let is_named = execution.row.domain == domain
                    && execution_named.workflow_id == target.workflow_id
                    && execution_named.run_id.as_str() == run_id.as_str();
                if is_named { Ok(run) } else { Err(unknown()) }
            }
            None => self
                .executions
                .open_run(domain, &target.workflow_id)
                .ok_or_else(|| Fault::unknown_workflow(&target.workflow_id)),
        }
    }

    /// Two accounts, or two regions, share nothing: a token is good only where its task lives (protocol.md section 7.7).
    fn check_realm(&self, realm: &Realm, token: &TaskReference) -> Result<(), Fault> {
        let execution = self.executions.get(token.run);
        let domain = execution.and_then(|execution| self.registry.domain(execution.row.domain));
        if domain.is_none_or(|domain| domain.row.realm == *realm) {
            return Ok(());
        }
        let text = "Operation not permitted: the task token is of another account or region";
        Err(FaultKind::OperationNotPermittedFault.with(text))
    }

    /// Whether the holder of a token may do what it asks.
    fn check_task(&self, token: &TaskReference, work: &Work<'_>) -> Result<(), Fault> {
        let Some(Asker(authority)) = work.asker else {
            return Ok(());
        };
        let execution = self.executions.get(token.run);
        let domain = execution.and_then(|execution| self.registry.domain(execution.row.domain));
        let state = execution.and_then(Execution::open_state);
        authority.permits_call(&Place {
            domain: domain.map(|domain| &domain.row),
            default_task_list: None,
            workflow_id: Some(&token.workflow_id),
            activity_task: state
                .and_then(|state| ActivityTaskFacts::new(state, token.task.scheduled_event_id)),
        })
    }

    fn task_command(
        &mut self,
        realm: &Realm,
        token: &TaskReference,
        command: &Command,
        work: &mut Work<'_>,
    ) -> Result<Answer, Fault> {
        let unknown = || Fault::unknown_run(&token.workflow_id, &token.run_id);
        let known = self
            .executions
            .get(token.run)
            .is_some_and(|run| *run.row.run_id() == token.run_id);
        if !known {
            return Err(unknown());
        }
        self.check_realm(realm, token)?;
        self.check_task(token, work)?;
        self.command(token.run, command, work)?;
        match command {
            Command::RecordHeartbeat { task, .. } => {
                let state = self
                    .executions
                    .get(token.run)
                    .and_then(|run| run.state.as_ref());
                let activity = state.and_then(|state| state.activity(task.scheduled_event_id));
                let flag = activity.and_then(|activity| activity.latest_cancel_requested_event_id);
                Ok(Answer::Heartbeat {
                    cancel_requested: flag.is_some(),
                })
            }
            Command::StartDecisionTask { .. }
            | Command::CompleteDecisionTask { .. }
            | Command::StartActivityTask { .. }
            | Command::CompleteActivityTask { .. }
            | Command::FailActivityTask { .. }
            | Command::CancelActivityTask { .. }
            | Command::Signal { .. }
            | Command::RequestCancel
            | Command::Terminate { .. }
            | Command::Receive(_)
            | Command::Conclude { .. }
            | Command::StartLambdaFunction { .. }
            | Command::ConcludeLambdaFunction { .. }
            | Command::FireDeadline => Ok(Answer::Nothing),
        }
    }

    fn describe(
        &self,
        realm: &Realm,
        input: &DescribeWorkflowExecutionInput,
        work: &Work<'_>,
    ) -> Result<Answer, Fault> {
        let execution = self.named(realm, &input.domain, &input.execution, work)?;
        let detail = match (&execution.row.detail, &execution.state) {
            (Some(detail), _) => detail.clone(),
            (None, Some(state)) => describe::detail(state),
            (None, None) => {
                let WorkflowExecution {
                    workflow_id,
                    run_id,
                } = &input.execution;
                return Err(Fault::unknown_run(workflow_id, run_id));
            }
        };
        Ok(Answer::Execution(Box::new(detail)))
    }

    fn describe_waits(
        &self,
        realm: &Realm,
        target: &Target,
        work: &Work<'_>,
    ) -> Result<Answer, Fault> {
        let run = self.resolve(realm, target)?;
        let execution = self.executions.get(run);
        let state = execution.and_then(Execution::open_state);
        let (Some(execution), Some(state)) = (execution, state) else {
            return Err(self.closed(run));
        };
        let view = View {
            domain: execution.row.domain,
            task_lists: &self.task_lists,
            limits: &self.settings.limits,
            now: work.now,
            polls_watched_since: self.settings.recovered_at,
        };
        Ok(Answer::Waits(Box::new(waits(state, &view))))
    }

    /// The run that a caller names by both ids, be it open or closed, unless it has expired.
    fn named(
        &self,
        realm: &Realm,
        domain: &DomainName,
        execution: &WorkflowExecution,
        work: &Work<'_>,
    ) -> Result<&Execution, Fault> {
        let WorkflowExecution {
            workflow_id,
            run_id,
        } = execution;
        let target = Target {
            domain: domain.clone(),
            workflow_id: workflow_id.clone(),
            run_id: Some(run_id.clone().into()),
        };
        let run = self.resolve(realm, &target)?;
        let execution = self
            .executions
            .get(run)
            .ok_or_else(|| Fault::unknown_run(workflow_id, run_id))?;
        if execution
            .row
            .expires_at
            .is_some_and(|expires_at| expires_at <= work.now)
        {
            return Err(Fault::unknown_run(workflow_id, run_id));
        }
        Ok(execution)
    }
}
