//! When nothing is on its way between runs: nothing that was asked for may be missing.

use everbeat_model::{ChildPolicy, EventAttributes, EventId, WorkflowExecutionTerminatedCause};
use everbeat_partition::RunKey;

use super::agree::applied_policy;
use super::{Ask, Between, Scene};
use crate::auditor::run::{Run, Verdict, ensure};
use crate::auditor::ties::Tie;

impl Between {
    /// Nothing is on its way: nothing may be missing.
    pub(in crate::auditor) fn check_complete(&mut self, scene: &Scene<'_>) -> Verdict {
        for (source, initiated) in std::mem::take(&mut self.pending) {
            if let Some(ask) = self.asks.get(&(source, initiated)) {
                check_carried_out(ask, scene.run(source)?, initiated, scene)
                    .map_err(|what| format!("request {initiated} of run {}: {what}", source.0))?;
            }
        }
        for run in scene.runs.values().filter(|run| run.is_open) {
            for initiated in run.started_children() {
                let ask = self.asks.get(&(run.key, initiated));
                let child = ask.and_then(|ask| ask.child);
                ensure(child.is_some_and(|child| scene.is_open(child)), || {
                    format!("run {} is not told of the end of {child:?}", run.key.0)
                })?;
            }
        }
        for parent in std::mem::take(&mut self.policies) {
            self.check_policy(scene.run(parent)?, scene)?;
        }
        Ok(())
    }

    /// The policy of a closed run has reached its children.
    fn check_policy(&self, parent: &Run, scene: &Scene<'_>) -> Verdict {
        let policy = applied_policy(parent);
        for initiated in parent.ties.open.keys() {
            let ask = self.asks.get(&(parent.key, *initiated));
            let Some(child) = ask.and_then(|ask| ask.child) else {
                continue;
            };
            let open = scene.is_open(child);
            let is_applied = match policy {
                Some(ChildPolicy::Terminate) => !open,
                Some(ChildPolicy::RequestCancel) => !open || self.has_met_policy(child, scene),
                Some(ChildPolicy::Abandon) | None => true,
            };
            ensure(is_applied, || {
                format!("{policy:?} of run {} spared run {}", parent.key.0, child.0)
            })?;
        }
        Ok(())
    }

    /// The run, or one that it continues, met the policy of its parent.
    fn has_met_policy(&self, run: RunKey, scene: &Scene<'_>) -> bool {
        let mut chain = std::iter::successors(Some(run), |run| {
            let continues = scene.runs.get(run)?.ties.continues.as_ref()?;
            self.run_ids.get(continues.as_str()).copied()
        });
        chain.any(|run| self.met_policy.contains(&run))
    }
}

/// Nothing is on its way, so this was carried out, or could not be.
fn check_carried_out(ask: &Ask, source: &Run, initiated: EventId, scene: &Scene<'_>) -> Verdict {
    ensure(ask.is_concluded || !source.is_open, || {
        "it has no outcome".into()
    })?;
    if ask.effect.is_some() || ask.is_concluded {
        return check_not_withdrawn(ask, source, initiated);
    }
    let target = ask.target.filter(|target| scene.is_open(*target));
    ensure(target.is_none(), || {
        format!("{target:?} was open all the time, and did not get it")
    })?;
    let is_child = matches!(
        ask.wanted,
        EventAttributes::StartChildWorkflowExecutionInitiated(_)
    );
    let is_withdrawn = applied_policy(source).is_some_and(|policy| policy != ChildPolicy::Abandon);
    ensure(!is_child || is_withdrawn || ask.is_taken, || {
        "the child was not started".into()
    })
}

/// A child that its parent saw no start of is not started when a policy applies; except when the very start was the one
/// event too many that the parent was ended for.
fn check_not_withdrawn(ask: &Ask, source: &Run, initiated: EventId) -> Verdict {
    let is_unstarted = source.ties.open.get(&initiated) == Some(&Tie::NewChild);
    let applies = applied_policy(source).is_some_and(|policy| policy != ChildPolicy::Abandon);
    let is_for_limit = matches!(&source.ties.closing,
        Some(EventAttributes::WorkflowExecutionTerminated(closing))
            if closing.cause == Some(WorkflowExecutionTerminatedCause::EventLimitExceeded));
    ensure(!is_unstarted || !applies || is_for_limit, || {
        format!("{:?} was started although its parent had closed", ask.child)
    })
}
