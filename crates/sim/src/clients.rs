//! Random clients: starters, deciders, workers, signalers, terminators, and pollers that hang up. Some answer twice, some
//! too late, some to runs that are long closed. What deciders decide is in [`decisions`].

mod decisions;

use std::collections::BTreeMap;

use everbeat_engine::{DecisionTaskResponse, TaskKind};
use everbeat_model::{
    Arn, ChildPolicy, CompleteWorkflowExecutionDecisionAttributes, Decision, DomainName,
    DurationInSecondsOptional, Name, StartWorkflowExecutionInput, WorkflowExecution,
};
use everbeat_partition::{Answer, Call, CallId, Input, Invocation, Target, TaskReference};

use crate::host::Reply;
use crate::random::Random;
use crate::requests;

/// So many tokens and runs are remembered for calls that come too late.
const REMEMBERED: usize = 64;

/// Names that the clients use.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    pub(crate) domains: Vec<DomainName>,
    pub(crate) lists: Vec<Name>,
    /// Number of workflow ids of each domain.
    pub(crate) workflow_ids: u64,
}

/// What the clients know.
#[derive(Debug)]
pub(crate) struct Clients {
    random: Random,
    names: Names,
    last_call: u64,
    /// Tasks that were handed out and not answered.
    tasks: Vec<TaskReference>,
    /// Tasks that were answered, perhaps in vain.
    answered: Vec<TaskReference>,
    runs: Vec<(DomainName, WorkflowExecution)>,
    /// Runs that deciders have seen, of all domains.
    seen: Vec<WorkflowExecution>,
    /// Lambda functions that were called, until their outcome is told for the last time.
    invocations: Vec<Invocation>,
    starts: Vec<(CallId, DomainName, WorkflowExecution)>,
    polls: Vec<CallId>,
    /// Polls that wait until they are answered, and their lists.
    patient: BTreeMap<CallId, (DomainName, TaskKind, Name)>,
}

impl Clients {
    pub(crate) fn new(random: Random, names: Names) -> Self {
        Self {
            random,
            names,
            last_call: 0,
            tasks: Vec::new(),
            answered: Vec::new(),
            runs: Vec::new(),
            seen: Vec::new(),
            invocations: Vec::new(),
            starts: Vec::new(),
            polls: Vec::new(),
            patient: BTreeMap::new(),
        }
    }

    /// The number of the next call.
    pub(crate) fn next_id(&mut self) -> CallId {
        self.last_call += 1;
        CallId(self.last_call)
    }

    /// A poll that waits, as far as its client knows.
    pub(crate) fn some_poll(&mut self) -> Option<CallId> {
        self.random.pick(&self.polls).copied()
    }

    /// Every poll that waits.
    pub(crate) fn take_polls(&mut self) -> Vec<CallId> {
        std::mem::take(&mut self.polls)
    }

    /// All connections broke.
    pub(crate) fn disconnected(&mut self) {
        self.polls.clear();
        self.starts.clear();
    }

    /// Takes in a reply.
    pub(crate) fn replied(&mut self, id: CallId, reply: &Reply) {
        self.polls.retain(|poll| *poll != id);
        self.patient.remove(&id);
        let start = self.starts.iter().position(|(start, ..)| *start == id);
        let start = start.map(|at| self.starts.swap_remove(at));
        let Ok(answer) = reply else { return };
        if let Answer::DecisionTask(task) = answer {
            self.tasks.push(task.reference());
            remember(&mut self.seen, task.execution.clone());
        }
        if let Answer::ActivityTask(task) = answer {
            self.tasks.push(task.reference());
        }
        if let (Answer::Run(run_id), Some((_, domain, execution))) = (answer, start) {
            let execution = WorkflowExecution {
                run_id: run_id.clone(),
                ..execution
            };
            remember(&mut self.runs, (domain, execution));
        }
    }

    /// Lambda functions are called.
    pub(crate) fn invoked(&mut self, invocations: &[Invocation]) {
        for invocation in invocations {
            remember(&mut self.invocations, invocation.clone());
        }
    }

    /// A function ends, or its outcome is told again, or gets lost.
    fn end_function(&mut self, id: CallId) -> Input {
        let at = self.random.index(self.invocations.len());
        let Some(invocation) = self.invocations.get(at).cloned() else {
            return self.poll(id);
        };
        if self.random.in_thousand(800) {
            self.invocations.remove(at);
        }
        if self.random.in_thousand(100) {
            return self.poll(id);
        }
        requests::end_function(id, &invocation, self.random.in_thousand(700))
    }

    /// Something that some client does.
    pub(crate) fn act(&mut self) -> Input {
        let id = self.next_id();
        let choice = self.random.below(100);
        match choice {
            0..16 => self.start(id),
            16..24 => self.call_run(id, requests::signal, false),
            24..26 => self.call_run(id, requests::request_cancel, true),
            26..28 => self.call_run(id, requests::terminate, false),
            28..30 => self.describe(id),
            30..62 => self.poll(id),
            62..64 => self.end_function(id),
            64..66 => self
                .some_poll()
                .map_or_else(|| self.start(id), Input::EndPoll),
            _ => match self.task() {
                Some(token) => self.answer(id, token),
                None => self.poll(id),
            },
        }
    }

    fn domain(&mut self) -> DomainName {
        let domain = self.random.pick(&self.names.domains);
        domain.cloned().unwrap_or_default()
    }

    fn list(&mut self) -> Name {
        self.random
            .pick(&self.names.lists)
            .cloned()
            .unwrap_or_default()
    }

    fn workflow_id(&mut self) -> String {
        format!("w{}", self.random.below(self.names.workflow_ids))
    }

    fn start(&mut self, id: CallId) -> Input {
        let (domain, workflow_id) = (self.domain(), self.workflow_id());
        let task_timeout = self.random.pick(&["NONE", "5", "30", "60", "0"]).copied();
        // A run whose decision tasks time out at once can only end by its own time-out.
        let longest = if task_timeout == Some("0") { 100 } else { 7200 };
        let details = StartWorkflowExecutionInput {
            task_list: Some(requests::list(&self.list())),
            task_priority: Some(self.random.below(3).to_string().as_str().into()),
            execution_start_to_close_timeout: Some(self.seconds(longest)),
            task_start_to_close_timeout: task_timeout.map(Into::into),
            child_policy: self.child_policy(),
            lambda_role: self.role(),
            ..StartWorkflowExecutionInput::default()
        };
        let execution = WorkflowExecution {
            workflow_id: workflow_id.as_str().into(),
            ..WorkflowExecution::default()
        };
        self.starts.push((id, domain.clone(), execution));
        requests::start(id, domain, &workflow_id, details)
    }

    fn child_policy(&mut self) -> Option<ChildPolicy> {
        let policies = [
            None,
            Some(ChildPolicy::Terminate),
            Some(ChildPolicy::RequestCancel),
            Some(ChildPolicy::Abandon),
        ];
        self.random.pick(&policies).copied().flatten()
    }

    /// The role with which functions are called; some runs have none.
    fn role(&mut self) -> Option<Arn> {
        let role = "arn:aws:iam::123456789012:role/functions";
        self.random.in_thousand(700).then(|| role.into())
    }

    /// 0 to `most` - 1, small numbers more often.
    fn seconds(&mut self, most: u64) -> DurationInSecondsOptional {
        let end = match self.random.below(4) {
            0 => 3,
            1 => 60,
            _ => most,
        };
        self.random.below(end.min(most)).to_string().as_str().into()
    }

    /// A call to a run, by its workflow id or by its run id.
    fn call_run(
        &mut self,
        id: CallId,
        request: fn(CallId, Target) -> Input,
        by_run_id: bool,
    ) -> Input {
        let known = self.random.pick(&self.runs).cloned();
        match known.filter(|_| by_run_id || self.random.in_thousand(500)) {
            Some((domain, execution)) => {
                let target = Target {
                    domain,
                    workflow_id: execution.workflow_id,
                    run_id: Some(execution.run_id.into()),
                };
                request(id, target)
            }
            None if by_run_id => self.poll(id),
            None => {
                let target = Target {
                    domain: self.domain(),
                    workflow_id: self.workflow_id().as_str().into(),
                    run_id: None,
                };
                request(id, target)
            }
        }
    }

    fn describe(&mut self, id: CallId) -> Input {
        match self.random.pick(&self.runs).cloned() {
            Some((domain, execution)) => requests::describe(id, domain, execution),
            None => self.start(id),
        }
    }

    fn poll(&mut self, id: CallId) -> Input {
        let kinds = [TaskKind::Decision, TaskKind::Decision, TaskKind::Activity];
        let kind = self
            .random
            .pick(&kinds)
            .copied()
            .unwrap_or(TaskKind::Decision);
        self.polls.push(id);
        requests::poll(id, self.domain(), kind, self.list())
    }

    /// A task that is to be answered, mostly for the first time.
    fn task(&mut self) -> Option<TaskReference> {
        if self.random.in_thousand(120) {
            return self.random.pick(&self.answered).cloned();
        }
        let at = self.random.index(self.tasks.len());
        self.tasks.get(at).cloned()
    }

    fn is_answered(&mut self, token: &TaskReference) {
        self.tasks.retain(|task| task != token);
        remember(&mut self.answered, token.clone());
    }

    fn answer(&mut self, id: CallId, token: TaskReference) -> Input {
        if token.kind == TaskKind::Decision {
            self.is_answered(&token);
            return self.decide(id, token);
        }
        let choice = self.random.below(10);
        if choice < 5 {
            let has_details = choice < 4;
            return requests::heartbeat(id, token, has_details);
        }
        self.is_answered(&token);
        match choice {
            5..8 => requests::complete_activity(id, token),
            8 => requests::fail_activity(id, token),
            _ => requests::cancel_activity(id, token),
        }
    }

    /// Answers every task that is held: runs are completed, activities too.
    pub(crate) fn finish_tasks(&mut self) -> Vec<Input> {
        let tasks = std::mem::take(&mut self.tasks);
        tasks
            .into_iter()
            .map(|token| {
                let id = self.next_id();
                let completed = CompleteWorkflowExecutionDecisionAttributes::default();
                let close = Decision::CompleteWorkflowExecution(completed);
                match token.kind {
                    TaskKind::Decision => {
                        requests::decide(id, token, vec![close], DecisionTaskResponse::default())
                    }
                    TaskKind::Activity => requests::complete_activity(id, token),
                }
            })
            .collect()
    }

    /// Polls of all lists on which nobody waits.
    pub(crate) fn missing_polls(&mut self) -> Vec<Input> {
        let Names { domains, lists, .. } = self.names.clone();
        let mut polls = Vec::new();
        for domain in domains {
            for list in &lists {
                for kind in [TaskKind::Decision, TaskKind::Activity] {
                    let place = (domain.clone(), kind, list.clone());
                    let mut waiting = self.patient.values();
                    if waiting.all(|waiting| *waiting != place) {
                        let id = self.next_id();
                        self.patient.insert(id, place);
                        polls.push(requests::poll(id, domain.clone(), kind, list.clone()));
                    }
                }
            }
        }
        polls
    }

    pub(crate) fn domains(&self) -> Vec<DomainName> {
        self.names.domains.clone()
    }

    /// What has to be registered before anything else.
    pub(crate) fn registrations(&mut self) -> Vec<Input> {
        let names = self.names.clone();
        let list = names.lists.first().cloned().unwrap_or_default();
        let calls = names
            .domains
            .iter()
            .flat_map(|domain| requests::registrations(domain, &list))
            .chain(names.domains.iter().cloned().map(Call::FindDomain));
        calls
            .map(|call| requests::call(self.next_id(), call))
            .collect()
    }
}

/// Keeps the latest few.
fn remember<T>(list: &mut Vec<T>, item: T) {
    if list.len() >= REMEMBERED {
        list.remove(0);
    }
    list.push(item);
}
