//! The answer to "may this be done?" (protocol 7.3).
//!
//! Any Deny that applies decides, wherever it stands. Else an identity policy must allow, and the permissions boundary
//! and the session policies must too. A statement is asked about its action first, which settles most of them; an
//! answer without conditions and variables allocates nothing.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::facts::Facts;
use crate::policy::{Effect, Policy};

/// The policies of one principal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policies {
    /// Those of the user and its groups, or of the role.
    pub identity: Vec<Arc<Policy>>,
    /// The permissions boundary: if there is one, it must allow too.
    pub boundary: Option<Arc<Policy>>,
    /// Session policies: if there are any, one of them must allow too.
    pub session: Vec<Arc<Policy>>,
}

/// What is asked.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The action with its service, such as `swf:StartTimer`; case does not matter.
    pub action: &'a str,
    /// ARN of the resource.
    pub resource: &'a str,
    /// The condition keys of the request.
    pub facts: &'a dyn Facts,
}

/// The answer and what decided it.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// It may be done.
    Allowed(Reason),
    /// It may not be done.
    Denied(Reason),
}

/// What a policy is to the principal: only its own policies can allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A policy of the identity.
    Identity,
    /// Its permissions boundary.
    Boundary,
    /// A policy of its session.
    Session,
}

/// What decided. For the log and for explanations, never for the caller (protocol 7.7).
#[derive(Debug, Clone)]
pub enum Reason {
    /// A statement says so.
    Statement {
        /// What the document is to the principal.
        part: Part,
        /// The document.
        policy: Arc<Policy>,
        /// The statement's place in it, from 1.
        number: usize,
    },
    /// No policy of the identity allows it.
    NotAllowed,
    /// The permissions boundary does not allow it.
    NotInBoundary(Arc<Policy>),
    /// No session policy allows it.
    NotInSession,
}

impl Policies {
    /// Answers a question. What it says of a resource or key that the policies cannot read is "does not fit"; there
    /// is no failure.
    pub fn evaluate(&self, question: &Question<'_>) -> Verdict {
        let denied = Part::ALL
            .into_iter()
            .find_map(|part| self.find(part, Effect::Deny, question));
        if let Some(reason) = denied {
            return Verdict::Denied(reason);
        }
        let Some(allowed) = self.find(Part::Identity, Effect::Allow, question) else {
            return Verdict::Denied(Reason::NotAllowed);
        };
        let is_within = |part| self.find(part, Effect::Allow, question).is_some();
        if let Some(policy) = &self.boundary
            && !is_within(Part::Boundary)
        {
            return Verdict::Denied(Reason::NotInBoundary(Arc::clone(policy)));
        }
        if !self.session.is_empty() && !is_within(Part::Session) {
            return Verdict::Denied(Reason::NotInSession);
        }
        Verdict::Allowed(allowed)
    }

    /// The policies of one part.
    pub(crate) fn part(&self, part: Part) -> &[Arc<Policy>] {
        match part {
            Part::Identity => &self.identity,
            Part::Boundary => self.boundary.as_slice(),
            Part::Session => &self.session,
        }
    }

    /// The first statement of this effect that applies.
    fn find(&self, part: Part, effect: Effect, question: &Question<'_>) -> Option<Reason> {
        self.part(part).iter().find_map(|policy| {
            let mut statements = policy.statements();
            let decisive = statements.find(|s| s.effect() == effect && s.applies(question))?;
            Some(Reason::Statement {
                part,
                policy: Arc::clone(policy),
                number: decisive.number(),
            })
        })
    }
}

impl Part {
    /// All parts, in the order in which they are asked.
    pub(crate) const ALL: [Self; 3] = [Self::Identity, Self::Boundary, Self::Session];

    /// How reasons call a policy of it.
    fn title(self) -> &'static str {
        match self {
            Part::Identity => "policy",
            Part::Boundary => "the permissions boundary",
            Part::Session => "the session policy",
        }
    }
}

impl Verdict {
    /// Whether it may be done.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Verdict::Allowed(_))
    }

    /// Whether a Deny statement decided, rather than the lack of an Allow.
    pub fn is_explicit_deny(&self) -> bool {
        matches!(self, Verdict::Denied(Reason::Statement { .. }))
    }

    /// What decided.
    pub fn reason(&self) -> &Reason {
        match self {
            Verdict::Allowed(reason) | Verdict::Denied(reason) => reason,
        }
    }
}

/// `allowed by statement 2 ("Heartbeats") of policy heartbeats`
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Allowed(reason) => write!(f, "allowed {reason}"),
            Verdict::Denied(reason) => write!(f, "denied {reason}"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Statement {
                part,
                policy,
                number,
            } => {
                f.write_str("by ")?;
                match policy.statements().find(|s| s.number() == *number) {
                    Some(statement) => statement.write_title(f)?,
                    None => write!(f, "statement {number}")?,
                }
                write!(f, " of {} {}", part.title(), policy.name())
            }
            Reason::NotAllowed => f.write_str("because no identity-based policy allows it"),
            Reason::NotInBoundary(policy) => {
                let name = policy.name();
                write!(
                    f,
                    "because the permissions boundary {name} does not allow it"
                )
            }
            Reason::NotInSession => f.write_str("because no session policy allows it"),
        }
    }
}
