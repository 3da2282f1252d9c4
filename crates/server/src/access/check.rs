//! One request under the eyes of its policies: what the partition asks about it on its way, and what is noted for the
//! audit log. What decided is for that log only; the caller learns no more than Amazon tells (protocol.md section 7.7).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use everbeat_model::permissions::PASS_ROLE;
use everbeat_model::{
    Arn, DecisionType, Fault, FaultKind, Operation, Request, ResourceTagList, domain_arn,
};
use everbeat_partition::Authority;
use everbeat_partition::authority::{AskedDecision, Place};
use everbeat_policy::{Question, Verdict, fold_key};

use super::asked::{Asked, Resource, Subject, Values, passed_roles};
use super::facts::QuestionFacts;
pub(crate) use super::facts::Requester;
use crate::calls::OwnRoute;

/// A request and who sent it.
#[derive(Debug)]
pub(crate) struct Check {
    requester: Arc<Requester>,
    /// What of the domain it is about.
    subject: Option<Subject>,
    asked: Asked,
    /// Roles that the request gives away.
    passed_roles: Vec<Arn>,
    /// The request registers a domain with tags.
    tags_new_domain: bool,
    /// The request answers for an activity task, of which policies may test more than the token.
    tests_task: bool,
    notes: Mutex<Notes>,
}

/// What became known on the way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes {
    /// The domain that the call is about.
    pub(crate) domain: Option<Arc<str>>,
    /// What of it: a workflow id, a type, a task list.
    pub(crate) subject: Option<Subject>,
    /// What was refused, if it is more than the request itself.
    pub(crate) action: Option<&'static str>,
    /// What policies were asked about.
    pub(crate) resource: Option<String>,
    /// What decided; none about those who need no policy.
    pub(crate) verdict: Option<Verdict>,
    /// Decisions that were looked at.
    decisions: usize,
    pub(crate) refused: Vec<Refused>,
}

/// A decision that the caller may not make.
#[derive(Debug, Clone)]
pub(crate) struct Refused {
    /// Its place in the list, from 0.
    pub(crate) index: usize,
    pub(crate) decision_type: DecisionType,
    pub(crate) verdict: Verdict,
}

impl Check {
    /// A request for an operation.
    pub(crate) fn of_request(requester: Arc<Requester>, request: &Request) -> Self {
        let operation = request.operation();
        let asked = Asked::of_request(request);
        Self {
            passed_roles: passed_roles(request),
            tags_new_domain: operation == Operation::RegisterDomain && !asked.tags.0.is_empty(),
            tests_task: operation == Operation::RespondActivityTaskCompleted,
            subject: Subject::of_request(request),
            requester,
            asked,
            notes: Mutex::default(),
        }
    }

    /// A request for one of Everbeat's own calls.
    pub(crate) fn of_own(requester: Arc<Requester>, route: &OwnRoute) -> Self {
        Self {
            asked: Asked::of_own(route),
            passed_roles: Vec::new(),
            tags_new_domain: false,
            tests_task: false,
            subject: None,
            requester,
            notes: Mutex::default(),
        }
    }

    /// What has become known; to be taken when the request is answered.
    pub(crate) fn take_notes(&self) -> Notes {
        self.with_notes(std::mem::take)
    }

    fn with_notes<T>(&self, work: impl FnOnce(&mut Notes) -> T) -> T {
        work(&mut self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The answer of the caller's policies; none for those who may do everything.
    fn verdict(
        &self,
        asked: &Asked,
        resource: &str,
        tags: Option<&ResourceTagList>,
    ) -> Option<Verdict> {
        let principal = &self.requester.identity.as_ref()?.principal;
        if principal.is_root() {
            return None;
        }
        let facts = QuestionFacts {
            requester: &self.requester,
            asked,
            domain_tags: tags,
        };
        Some(principal.policies.evaluate(&Question {
            action: asked.action,
            resource,
            facts: &facts,
        }))
    }

    /// Asks for one action, and notes what decided.
    fn ask(
        &self,
        asked: &Asked,
        resource: &str,
        tags: Option<&ResourceTagList>,
    ) -> Result<(), Fault> {
        let Some(verdict) = self.verdict(asked, resource, tags) else {
            return Ok(());
        };
        let answer = if verdict.is_allowed() {
            Ok(())
        } else {
            Err(self.refusal(asked.action, resource, &verdict))
        };
        self.with_notes(|notes| {
            // Of several answers the one that refuses counts, else that to the action itself.
            if answer.is_err() {
                notes.action = (asked.action != self.asked.action).then_some(asked.action);
                notes.resource = Some(resource.to_owned());
                notes.verdict = Some(verdict);
            } else if notes.verdict.is_none() {
                notes.verdict = Some(verdict);
            }
        });
        answer
    }

    fn refusal(&self, action: &str, resource: &str, verdict: &Verdict) -> Fault {
        let arn = self.requester.arn();
        let because = if verdict.is_explicit_deny() {
            "with an explicit deny in an identity-based policy".to_owned()
        } else {
            format!("because no identity-based policy allows the {action} action")
        };
        FaultKind::AccessDeniedException.with(format!(
            "User: {arn} is not authorized to perform: {action} on resource: {resource} {because}"
        ))
    }

    fn resource(&self, place: &Place<'_>) -> String {
        let Requester {
            account, region, ..
        } = &*self.requester;
        match &self.asked.resource {
            Resource::AllDomains => domain_arn(region, account, "*"),
            Resource::Domain(name) => domain_arn(region, account, name),
            Resource::Arn(arn) => arn.to_string(),
            Resource::DomainOfTask => {
                let name = place.domain.map_or("", |domain| domain.name.as_str());
                domain_arn(region, account, name)
            }
            Resource::Nothing => "*".into(),
        }
    }

    /// The name of the domain for the log: also of one that is not there.
    fn domain_name(&self, place: &Place<'_>) -> Option<Arc<str>> {
        match (&self.asked.resource, place.domain) {
            (_, Some(domain)) => Some(domain.name.clone().into()),
            (Resource::Domain(name), None) => Some(Arc::clone(name)),
            (
                Resource::AllDomains
                | Resource::Arn(_)
                | Resource::DomainOfTask
                | Resource::Nothing,
                None,
            ) => None,
        }
    }

    /// What is asked, with what only the partition knows.
    fn completed(&self, place: &Place<'_>) -> Option<Asked> {
        let mut asked = None;
        if place.default_task_list.is_some() {
            let asked = asked.get_or_insert_with(|| self.asked.clone());
            asked.values.default_task_list(place.default_task_list);
        }
        if let (true, Some(task)) = (self.tests_task, &place.activity_task) {
            let asked = asked.get_or_insert_with(|| self.asked.clone());
            asked.values = Values::of_activity_task(task);
        }
        asked
    }
}

impl Authority for Check {
    fn permits_call(&self, place: &Place<'_>) -> Result<(), Fault> {
        let resource = self.resource(place);
        let tags = place.domain.map(|domain| &domain.tags);
        self.with_notes(|notes| {
            notes.domain = self.domain_name(place);
            let of_task = place.workflow_id.cloned();
            let of_task = of_task.map(|workflow_id| Subject::Name(workflow_id.into()));
            notes.subject = of_task.or_else(|| self.subject.clone());
            notes.verdict = None;
            notes.action = None;
            notes.resource = None;
            notes.decisions = 0;
            notes.refused.clear();
        });
        let completed = self.completed(place);
        let asked = completed.as_ref().unwrap_or(&self.asked);
        let answer = self.ask_all(asked, &resource, tags);
        let answer = answer.and_then(|()| self.require_clear_tags(tags));
        self.with_notes(|notes| {
            notes.resource.get_or_insert(resource);
        });
        answer
    }

    fn permits_decision(&self, asked: &AskedDecision<'_>) -> bool {
        let index = self.with_notes(|notes| {
            notes.decisions += 1;
            notes.decisions - 1
        });
        let Some(question) = Asked::of_decision(asked) else {
            return true;
        };
        let Requester {
            account, region, ..
        } = &*self.requester;
        let resource = domain_arn(region, account, &asked.domain.name);
        let verdict = self.verdict(&question, &resource, Some(&asked.domain.tags));
        let Some(verdict) = verdict.filter(|verdict| !verdict.is_allowed()) else {
            return true;
        };
        self.with_notes(|notes| {
            notes.refused.push(Refused {
                index,
                decision_type: asked.decision.decision_type(),
                verdict,
            });
        });
        false
    }
}

impl Check {
    /// Policies do not tell tag keys apart that differ in case only: who could give a domain both would choose which of
    /// them is tested.
    fn require_clear_tags(&self, of_domain: Option<&ResourceTagList>) -> Result<(), Fault> {
        if self.requester.identity.is_none() {
            return Ok(());
        }
        let mut known: BTreeMap<String, &str> = BTreeMap::new();
        let of_domain = of_domain.into_iter().flat_map(|tags| tags.iter());
        let of_domain = of_domain.map(|tag| tag.key.as_str());
        let given = self.asked.tags.0.iter();
        let given = given.filter(|(_, value)| value.is_some());
        let mut given = given.map(|(key, _)| &**key).peekable();
        if given.peek().is_none() {
            return Ok(());
        }
        for key in of_domain.chain(given) {
            if let Some(other) = known.insert(fold_key(key), key)
                && other != key
            {
                return Err(Fault::validation(format!(
                    "Cannot have tag keys that differ in case only: {other}, {key}"
                )));
            }
        }
        Ok(())
    }

    /// The action itself, and what must be allowed besides (protocol.md section 7.4).
    fn ask_all(
        &self,
        asked: &Asked,
        resource: &str,
        tags: Option<&ResourceTagList>,
    ) -> Result<(), Fault> {
        self.ask(asked, resource, tags)?;
        if self.tags_new_domain {
            let tagging = Asked {
                action: Operation::TagResource.descriptor().action,
                ..asked.clone()
            };
            self.ask(&tagging, resource, None)?;
        }
        for role in &self.passed_roles {
            let passing = Asked {
                action: PASS_ROLE,
                ..asked.clone()
            };
            self.ask(&passing, role, None)?;
        }
        Ok(())
    }
}

/// The caller's rights for the partition.
pub(crate) fn asker(check: &Arc<Check>) -> everbeat_partition::Asker {
    let authority: Arc<dyn Authority> = check.clone();
    everbeat_partition::Asker(authority)
}
