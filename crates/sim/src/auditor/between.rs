//! Whether the histories of different runs agree (execution.md sections 7.2 to 7.7).
//!
//! After each batch the new events of all runs are compared. What was asked for shows in its target once at most and in
//! the order in which it was asked for; the one who asked learns of it in the same commit. A child belongs to the
//! event that asked for it, its parent learns of its end once, and a policy reaches whom it is for. A run that goes on
//! as a new one leaves no gap. When nothing is on its way any more, nothing of all this may be missing.

mod agree;
mod complete;

use std::collections::{BTreeMap, BTreeSet};

use everbeat_model::{
    ChildPolicy, DomainName, EventAttributes, EventId, HistoryEvent,
    StartChildWorkflowExecutionFailedCause, Timestamp, WorkflowExecution,
    WorkflowExecutionCancelRequestedCause, WorkflowExecutionContinuedAsNewEventAttributes,
    WorkflowExecutionStartedEventAttributes, WorkflowExecutionTerminatedCause, WorkflowId,
    WorkflowRunIdOptional,
};
use everbeat_partition::RunKey;

use super::run::{Run, Verdict, ensure, is_given};
use agree::{agree, applied_policy, given, is_as_wanted, named};

/// An event, by its run.
type Place = (RunKey, EventId);

/// A workflow id of a domain.
type Workflow = (DomainName, WorkflowId);

/// Something that a run has asked for of another one.
#[derive(Debug)]
struct Ask {
    wanted: EventAttributes,
    domain: DomainName,
    /// Where it showed: in the target, or as the first event of the child.
    effect: Option<Place>,
    /// The child's present run.
    child: Option<RunKey>,
    /// The open run that it named when it was asked for.
    target: Option<RunKey>,
    /// The workflow id of the child had an open run at times.
    is_taken: bool,
    is_concluded: bool,
}

/// All that runs have asked of each other.
#[derive(Debug, Default)]
pub(super) struct Between {
    asks: BTreeMap<Place, Ask>,
    /// Those that may still be on their way.
    pending: BTreeSet<Place>,
    run_ids: BTreeMap<String, RunKey>,
    /// For a sender and a target, the latest request that arrived.
    arrived: BTreeMap<(RunKey, RunKey), EventId>,
    /// Runs that met the policy of a parent that closed.
    met_policy: BTreeSet<RunKey>,
    /// Closed parents whose policy may still be on its way.
    policies: BTreeSet<RunKey>,
    /// The newest run of each workflow id.
    newest: BTreeMap<Workflow, RunKey>,
}

/// The runs as they are known after a batch.
pub(super) struct Scene<'a> {
    pub(super) runs: &'a BTreeMap<RunKey, Run>,
    /// The open runs before the batch.
    pub(super) open_before: &'a BTreeMap<Workflow, RunKey>,
    /// Workflow ids that had an open run during the batch.
    pub(super) open_lately: &'a BTreeSet<Workflow>,
}

impl Scene<'_> {
    fn run(&self, key: RunKey) -> Result<&Run, String> {
        let run = self.runs.get(&key);
        run.ok_or_else(|| format!("there is no run {}", key.0))
    }

    fn is_open(&self, key: RunKey) -> bool {
        self.runs.get(&key).is_some_and(|run| run.is_open)
    }
}

impl Between {
    /// Compares what some runs have new.
    pub(super) fn compare(&mut self, touched: &BTreeSet<RunKey>, scene: &Scene<'_>) -> Verdict {
        let runs = || touched.iter().filter_map(|key| scene.runs.get(key));
        for run in runs() {
            let id = run.execution.run_id.to_string();
            self.run_ids.insert(id, run.key);
        }
        for step in [
            Self::note_asks as fn(&mut Self, &Run, &HistoryEvent, &Scene<'_>) -> Verdict,
            Self::note_effects,
            Self::note_outcomes,
        ] {
            for run in runs() {
                for event in &run.ties.news {
                    step(self, run, event, scene).map_err(|what| {
                        let event_type = event.attributes.event_type().as_str();
                        format!(
                            "run {}, event {} {event_type}: {what}",
                            run.key.0, event.event_id
                        )
                    })?;
                }
            }
        }
        self.check_told(scene)
    }

    fn run_of(&self, execution: &WorkflowExecution) -> Result<RunKey, String> {
        let key = self.run_ids.get(execution.run_id.as_str()).copied();
        key.ok_or_else(|| format!("there is no run {}", execution.run_id))
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "the events that ask for something against all others"
    )]
    fn note_asks(&mut self, run: &Run, event: &HistoryEvent, scene: &Scene<'_>) -> Verdict {
        use EventAttributes as E;
        let target = match &event.attributes {
            E::SignalExternalWorkflowExecutionInitiated(a) => {
                self.target(run, &a.workflow_id, a.run_id.as_ref(), scene)
            }
            E::RequestCancelExternalWorkflowExecutionInitiated(a) => {
                self.target(run, &a.workflow_id, a.run_id.as_ref(), scene)
            }
            E::StartChildWorkflowExecutionInitiated(_) => None,
            E::WorkflowExecutionTerminated(_) | E::WorkflowExecutionTimedOut(_) => {
                self.policies.insert(run.key);
                return Ok(());
            }
            _ => return Ok(()),
        };
        let ask = Ask {
            wanted: event.attributes.clone(),
            domain: run.domain.clone(),
            effect: None,
            child: None,
            target,
            is_taken: false,
            is_concluded: false,
        };
        self.asks.insert((run.key, event.event_id), ask);
        self.pending.insert((run.key, event.event_id));
        Ok(())
    }

    /// The run that was open before the batch and that a request names.
    fn target(
        &self,
        run: &Run,
        workflow_id: &WorkflowId,
        run_id: Option<&WorkflowRunIdOptional>,
        scene: &Scene<'_>,
    ) -> Option<RunKey> {
        let workflow = (run.domain.clone(), workflow_id.clone());
        let open = scene.open_before.get(&workflow).copied()?;
        let named = given(run_id).map(|id| self.run_ids.get(id.as_str()).copied());
        named
            .is_none_or(|named| named == Some(open))
            .then_some(open)
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "the events that come from other runs against all others"
    )]
    fn note_effects(&mut self, run: &Run, event: &HistoryEvent, scene: &Scene<'_>) -> Verdict {
        use EventAttributes as E;
        let id = event.event_id;
        match &event.attributes {
            E::WorkflowExecutionStarted(start) => self.check_start(run, start, scene),
            E::WorkflowExecutionSignaled(a) if is_given(a.external_initiated_event_id) => {
                let sender = a.external_workflow_execution.as_ref();
                let place = self.arrive(run, id, sender, a.external_initiated_event_id)?;
                let is_it = matches!(self.asks.get(&place).map(|ask| &ask.wanted),
                    Some(E::SignalExternalWorkflowExecutionInitiated(asked))
                        if asked.signal_name == a.signal_name && asked.input == a.input);
                ensure(is_it, || "another signal was sent".into())
            }
            E::WorkflowExecutionCancelRequested(a) if is_given(a.external_initiated_event_id) => {
                let sender = a.external_workflow_execution.as_ref();
                let place = self.arrive(run, id, sender, a.external_initiated_event_id)?;
                let is_it = matches!(
                    self.asks.get(&place).map(|ask| &ask.wanted),
                    Some(E::RequestCancelExternalWorkflowExecutionInitiated(_))
                );
                ensure(is_it && a.cause.is_none(), || "nobody requested it".into())
            }
            E::WorkflowExecutionCancelRequested(a) => match a.cause {
                Some(WorkflowExecutionCancelRequestedCause::ChildPolicyApplied) => {
                    let parent = a.external_workflow_execution.as_ref();
                    let is_it = run.ties.parent.as_ref().map(|(parent, _)| parent) == parent;
                    ensure(is_it, || "another run is the parent".into())?;
                    self.meet_policy(run, ChildPolicy::RequestCancel, scene)
                }
                None => Ok(()),
            },
            E::WorkflowExecutionTerminated(a)
                if a.cause == Some(WorkflowExecutionTerminatedCause::ChildPolicyApplied) =>
            {
                let own = run.ties.start.as_ref().map(|(_, start)| start.child_policy);
                ensure(own == Some(a.child_policy), || {
                    "its own child policy is another one".into()
                })?;
                self.meet_policy(run, ChildPolicy::Terminate, scene)
            }
            _ => Ok(()),
        }
    }

    /// A signal or a request to cancel has come from another run.
    fn arrive(
        &mut self,
        run: &Run,
        event: EventId,
        sender: Option<&WorkflowExecution>,
        initiated: Option<EventId>,
    ) -> Result<Place, String> {
        let sender = self.run_of(sender.ok_or("it has no sender")?)?;
        let initiated = initiated.ok_or("it names no event")?;
        let place = (sender, initiated);
        let ask = self.asks.get_mut(&place).ok_or("nobody asked for it")?;
        let (workflow_id, run_id) = named(&ask.wanted).ok_or("something else was asked for")?;
        let is_it = ask.domain == run.domain
            && *workflow_id == run.execution.workflow_id
            && run_id.is_none_or(|id| id.as_str() == run.execution.run_id.as_str());
        ensure(is_it, || "another run was meant".into())?;
        if let Some((run, event)) = ask.effect.replace((run.key, event)) {
            return Err(format!("it has arrived, as event {event} of run {}", run.0));
        }
        self.check_order(sender, run.key, initiated)?;
        Ok(place)
    }

    /// Requests of one run reach another one in the order in which they were decided.
    fn check_order(&mut self, sender: RunKey, run: RunKey, initiated: EventId) -> Verdict {
        let earlier = self.arrived.insert((sender, run), initiated);
        ensure(earlier.is_none_or(|earlier| earlier < initiated), || {
            format!(
                "request {initiated} of run {} came behind {earlier:?}",
                sender.0
            )
        })
    }

    /// The child policy of the parent was applied to a run.
    fn meet_policy(&mut self, run: &Run, policy: ChildPolicy, scene: &Scene<'_>) -> Verdict {
        let (parent, initiated) = run.ties.parent.as_ref().ok_or("it has no parent")?;
        let parent = scene.run(self.run_of(parent)?)?;
        let applied = applied_policy(parent);
        ensure(applied == Some(policy), || {
            format!("the parent applied {applied:?}")
        })?;
        ensure(parent.ties.open.contains_key(initiated), || {
            "the parent had no such child open".into()
        })?;
        ensure(self.met_policy.insert(run.key), || {
            "for the second time".into()
        })?;
        self.check_order(parent.key, run.key, EventId(i64::MAX))
    }

    fn check_start(
        &mut self,
        run: &Run,
        start: &WorkflowExecutionStartedEventAttributes,
        scene: &Scene<'_>,
    ) -> Verdict {
        let workflow = (run.domain.clone(), run.execution.workflow_id.clone());
        let before = self.newest.insert(workflow, run.key);
        let before = before.map(|key| scene.run(key)).transpose()?;
        self.check_place(run, start, before)?;
        let Some((parent, initiated)) = &run.ties.parent else {
            return Ok(());
        };
        let parent = self.run_of(parent)?;
        let ask = self.asks.get_mut(&(parent, *initiated));
        let ask = ask.ok_or("its parent did not ask for it")?;
        if let Some(before) = before.filter(|_| run.ties.continues.is_some()) {
            let is_it = ask.child.replace(run.key) == Some(before.key);
            return ensure(is_it, || "it takes the place of another child".into());
        }
        let EventAttributes::StartChildWorkflowExecutionInitiated(wanted) = &ask.wanted else {
            return Err("its parent did not ask for a child".into());
        };
        let is_it = ask.domain == run.domain
            && wanted.workflow_id == run.execution.workflow_id
            && is_as_wanted(start, wanted);
        ensure(is_it, || format!("its parent wanted {wanted:?}"))?;
        ensure(ask.child.is_none(), || {
            format!("it is the second child of {:?}", ask.child)
        })?;
        ask.child = Some(run.key);
        ask.effect = Some((run.key, EventId(1)));
        self.check_order(parent, run.key, *initiated)
    }

    /// One run of a workflow id follows the other; one that continues another follows it at once.
    fn check_place(
        &self,
        run: &Run,
        start: &WorkflowExecutionStartedEventAttributes,
        before: Option<&Run>,
    ) -> Verdict {
        let closed = before.map(|before| (&before.ties.closing, before.last_at));
        let began = run.ties.start.as_ref().map(|(at, _)| *at);
        let is_later = |closed: (&Option<EventAttributes>, Timestamp)| {
            closed.0.is_some() && Some(closed.1) <= began
        };
        ensure(closed.is_none_or(is_later), || {
            "the run before it was open".into()
        })?;
        let continued = match before.map(|before| &before.ties.closing) {
            Some(Some(EventAttributes::WorkflowExecutionContinuedAsNew(continued))) => {
                Some(continued)
            }
            Some(_) | None => None,
        };
        let follows = |continued: &WorkflowExecutionContinuedAsNewEventAttributes| {
            continued.new_execution_run_id == run.execution.run_id
        };
        let Some(continued) = continued.filter(|continued| follows(continued)) else {
            return ensure(run.ties.continues.is_none(), || {
                "nothing continues as this run".into()
            });
        };
        let before = before.ok_or("there was no run before it")?;
        let is_it = run.ties.continues.as_deref() == Some(before.execution.run_id.as_str())
            && run.ties.parent == before.ties.parent
            && Some(before.last_at) == began
            && continued.input == start.input
            && continued.child_policy == start.child_policy
            && continued.task_list == start.task_list
            && continued.lambda_role == start.lambda_role
            && continued.workflow_type == start.workflow_type;
        ensure(is_it, || format!("it was to go on as {continued:?}"))
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "the outcomes of requests against all other events"
    )]
    fn note_outcomes(&mut self, run: &Run, event: &HistoryEvent, scene: &Scene<'_>) -> Verdict {
        use EventAttributes as E;
        use StartChildWorkflowExecutionFailedCause as Cause;
        match &event.attributes {
            E::ExternalWorkflowExecutionSignaled(a) => {
                self.succeed(run, a.initiated_event_id, &a.workflow_execution)
            }
            E::ExternalWorkflowExecutionCancelRequested(a) => {
                self.succeed(run, a.initiated_event_id, &a.workflow_execution)
            }
            E::ChildWorkflowExecutionStarted(a) => {
                self.succeed(run, a.initiated_event_id, &a.workflow_execution)
            }
            E::SignalExternalWorkflowExecutionFailed(a) => {
                self.fail(run, a.initiated_event_id, scene)
            }
            E::RequestCancelExternalWorkflowExecutionFailed(a) => {
                self.fail(run, a.initiated_event_id, scene)
            }
            E::StartChildWorkflowExecutionFailed(a) if a.cause == Cause::WorkflowAlreadyRunning => {
                let workflow = (run.domain.clone(), a.workflow_id.clone());
                ensure(scene.open_lately.contains(&workflow), || {
                    "no run of the workflow id was open".into()
                })?;
                self.fail(run, a.initiated_event_id, scene)
            }
            E::ChildWorkflowExecutionCompleted(a) => self.check_end(
                run,
                a.initiated_event_id,
                &a.workflow_execution,
                event,
                scene,
            ),
            E::ChildWorkflowExecutionFailed(a) => self.check_end(
                run,
                a.initiated_event_id,
                &a.workflow_execution,
                event,
                scene,
            ),
            E::ChildWorkflowExecutionCanceled(a) => self.check_end(
                run,
                a.initiated_event_id,
                &a.workflow_execution,
                event,
                scene,
            ),
            E::ChildWorkflowExecutionTerminated(a) => self.check_end(
                run,
                a.initiated_event_id,
                &a.workflow_execution,
                event,
                scene,
            ),
            E::ChildWorkflowExecutionTimedOut(a) => self.check_end(
                run,
                a.initiated_event_id,
                &a.workflow_execution,
                event,
                scene,
            ),
            _ => Ok(()),
        }
    }

    fn ask_mut(&mut self, run: &Run, initiated: EventId) -> Result<&mut Ask, String> {
        let ask = self.asks.get_mut(&(run.key, initiated));
        ask.ok_or_else(|| "it was not asked for".into())
    }

    fn succeed(&mut self, run: &Run, initiated: EventId, told: &WorkflowExecution) -> Verdict {
        let told = self.run_of(told)?;
        let ask = self.ask_mut(run, initiated)?;
        ask.is_concluded = true;
        ensure(ask.effect.map(|(run, _)| run) == Some(told), || {
            format!("it reached {:?}, not run {}", ask.effect, told.0)
        })
    }

    fn fail(&mut self, run: &Run, initiated: EventId, scene: &Scene<'_>) -> Verdict {
        let ask = self.ask_mut(run, initiated)?;
        ask.is_concluded = true;
        ensure(ask.effect.is_none(), || {
            format!("it reached {:?}", ask.effect)
        })?;
        let target = ask.target.filter(|target| scene.is_open(*target));
        ensure(target.is_none(), || {
            format!("{target:?} was open all the time")
        })
    }

    /// What a parent is told of the end of a child.
    fn check_end(
        &mut self,
        run: &Run,
        initiated: EventId,
        told: &WorkflowExecution,
        event: &HistoryEvent,
        scene: &Scene<'_>,
    ) -> Verdict {
        let child = self.ask_mut(run, initiated)?.child;
        let child = scene.run(child.ok_or("there was no child")?)?;
        ensure(child.execution == *told, || {
            format!("run {} was the child", child.key.0)
        })?;
        let closing = child.ties.closing.as_ref();
        let closing = closing.ok_or("the child is open")?;
        ensure(agree(&event.attributes, closing), || {
            format!("the child closed with {closing:?}")
        })
    }

    /// Who asked is told in the same commit.
    fn check_told(&mut self, scene: &Scene<'_>) -> Verdict {
        for place in &self.pending {
            let Some(ask) = self.asks.get_mut(place) else {
                continue;
            };
            if let EventAttributes::StartChildWorkflowExecutionInitiated(wanted) = &ask.wanted {
                let workflow = (ask.domain.clone(), wanted.workflow_id.clone());
                ask.is_taken |= scene.open_lately.contains(&workflow);
            }
            let (source, initiated) = *place;
            let is_told = ask.effect.is_none() || ask.is_concluded || !scene.is_open(source);
            ensure(is_told, || {
                format!(
                    "request {initiated} of run {} took effect in silence",
                    source.0
                )
            })?;
        }
        Ok(())
    }
}
