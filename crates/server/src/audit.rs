//! What is worth a line of the audit log: every call that changes something, whatever came of it, and every call that was
//! refused because of who made it. A poll that went without a task changed nothing.

use std::net::IpAddr;
use std::sync::Arc;

use everbeat_audit::{AuditLog, Batch, Entry, RefusedDecision, WriteError};
use everbeat_model::{Fault, FaultKind, OwnOperation};
use everbeat_policy::Verdict;
use everbeat_wire::json10::Target;

use crate::access::asked::Subject;
use crate::access::check::{Check, Notes, Requester};
use crate::clock::real_time;

/// Stands for a caller that has not proven who it is.
const UNKNOWN_CALLER: &str = "unknown";
/// Stands for a target that names no operation.
const UNKNOWN_OPERATION: &str = "unknown";
const DONE: &str = "ok";
/// What decided about those who need no policy.
const MAY_DO_ALL: &str = "the account itself may do all";
/// In bytes; what strangers send may be longer.
const LONGEST_KEY_ID: usize = 128;

/// The log, if one is kept.
#[derive(Debug)]
pub(crate) struct Audit(pub(crate) Option<AuditLog>);

/// What is known of a request when it is answered.
#[derive(Debug)]
pub(crate) struct Trail {
    pub(crate) request_id: String,
    /// Where it came from, as far as it is known.
    pub(crate) source: IpAddr,
    pub(crate) target: Option<Target>,
    /// The key that the request claims to be signed with.
    pub(crate) access_key_id: Option<String>,
    /// From the moment when it was known who asks.
    pub(crate) requester: Option<Arc<Requester>>,
    /// From the moment when it was known who asks for what.
    pub(crate) check: Option<Arc<Check>>,
    /// Refusals before it that came too fast to be written.
    pub(crate) unwritten: u64,
}

/// What came of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome<'a> {
    /// It was carried out.
    Done,
    /// It was a poll that went without a task.
    NoTask,
    Refused(&'a Fault),
}

impl Audit {
    /// Whether anything is written at all.
    pub(crate) const fn is_kept(&self) -> bool {
        self.0.is_some()
    }

    /// What would change something must leave a trace: while none can be written, it is refused.
    ///
    /// # Errors
    /// ServiceUnavailableException.
    pub(crate) fn require_writable(&self, target: Target) -> Result<(), Fault> {
        match &self.0 {
            Some(log) if changes(target) && log.is_failing() => Err(Fault::unavailable()),
            Some(_) | None => Ok(()),
        }
    }

    /// Writes the line of a request, if it is worth one, together with those of the requests that end beside it.
    pub(crate) async fn note(&self, trail: &Trail, outcome: Outcome<'_>) {
        let Some(log) = &self.0 else { return };
        if let Some(batch) = add(log, trail, outcome) {
            // Replies come in batches from the partition: those that are there now add their lines before one writes.
            tokio::task::yield_now().await;
            flush(log, batch);
        }
    }

    /// Writes the line of a request, if it is worth one, before anything else is done.
    pub(crate) fn note_at_once(&self, trail: &Trail, outcome: Outcome<'_>) {
        let Some(log) = &self.0 else { return };
        if let Some(batch) = add(log, trail, outcome) {
            flush(log, batch);
        }
    }
}

/// Adds the line of a request to a batch, if it is worth one.
fn add(log: &AuditLog, trail: &Trail, outcome: Outcome<'_>) -> Option<Batch> {
    if !is_worth_a_line(trail, outcome) {
        return None;
    }
    let check = trail.check.as_ref();
    let notes = check.map(|check| check.take_notes()).unwrap_or_default();
    let requester = trail.requester.as_ref();
    let identity = requester.map_or(UNKNOWN_CALLER.into(), |requester| requester.arn());
    let reason = reason(trail, &notes, outcome);
    let subject = notes.subject.as_ref().map(Subject::to_string);
    let refused: Vec<String> = notes
        .refused
        .iter()
        .map(|one| one.verdict.to_string())
        .collect();
    let refused_decisions: Vec<RefusedDecision<'_>> = notes
        .refused
        .iter()
        .zip(&refused)
        .map(|(one, reason)| RefusedDecision {
            index: one.index,
            decision_type: one.decision_type.as_str(),
            reason,
        })
        .collect();
    let entry = Entry {
        time: real_time(),
        identity: &identity,
        access_key: trail.access_key_id.as_deref().map(beginning),
        source: trail.source,
        operation: trail.target.map_or(UNKNOWN_OPERATION, name),
        domain: notes.domain.as_deref(),
        subject: subject.as_deref(),
        action: notes.action,
        resource: notes.resource.as_deref(),
        outcome: match outcome {
            Outcome::Done | Outcome::NoTask => DONE,
            Outcome::Refused(fault) => fault.kind.name(),
        },
        reason: reason.as_deref(),
        request_id: &trail.request_id,
        refused_decisions: &refused_decisions,
    };
    log.append(&entry).map_err(tell).ok()
}

fn flush(log: &AuditLog, batch: Batch) {
    if let Err(error) = log.flush(batch) {
        tell(error);
    }
}

fn tell(error: WriteError) {
    tracing::error!(%error, "the audit log cannot be written; calls that change something are refused");
}

/// What decided, for the log only.
fn reason(trail: &Trail, notes: &Notes, outcome: Outcome<'_>) -> Option<String> {
    if trail.unwritten > 0 {
        let count = trail.unwritten;
        return Some(format!(
            "{count} refusals before this one came too fast to be written"
        ));
    }
    if let Outcome::Refused(fault) = outcome
        && fault.kind == FaultKind::InvalidSignatureException
    {
        // Date, scope or signature: the first line says which. What stands behind it quotes the request.
        let text = fault.message.as_deref().unwrap_or_default();
        return text.lines().next().map(str::to_owned);
    }
    let verdict = notes.verdict.as_ref().map(Verdict::to_string);
    // What was asked about without a verdict was asked by the account itself.
    let was_asked = notes.resource.is_some();
    verdict.or_else(|| was_asked.then(|| MAY_DO_ALL.into()))
}

fn is_worth_a_line(trail: &Trail, outcome: Outcome<'_>) -> bool {
    match outcome {
        Outcome::NoTask => false,
        Outcome::Done => trail.target.is_some_and(changes),
        Outcome::Refused(fault) => {
            let would_change = trail.requester.is_some() && trail.target.is_some_and(changes);
            would_change || is_of_access(fault.kind)
        }
    }
}

fn name(target: Target) -> &'static str {
    match target {
        Target::Operation(operation) => operation.as_str(),
        Target::Own(operation) => operation.as_str(),
    }
}

/// An access key id as far as there are any so long.
fn beginning(access_key_id: &str) -> &str {
    let end = access_key_id.floor_char_boundary(LONGEST_KEY_ID);
    access_key_id.get(..end).unwrap_or_default()
}

/// Whether something may be different afterwards.
fn changes(target: Target) -> bool {
    match target {
        Target::Operation(operation) => operation.permission().access.changes(),
        Target::Own(OwnOperation::MoveClock) => true,
        Target::Own(OwnOperation::DescribeHeartbeats | OwnOperation::DescribeWaits) => false,
    }
}

/// Refusals because of who called.
fn is_of_access(kind: FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::AccessDeniedException
            | FaultKind::OperationNotPermittedFault
            | FaultKind::UnrecognizedClientException
            | FaultKind::InvalidSignatureException
            | FaultKind::IncompleteSignatureException
            | FaultKind::MissingAuthenticationTokenException
            | FaultKind::ExpiredTokenException
    )
}
