//! The names that policies may use: actions and condition keys (protocol 7.4 and 7.5).
//!
//! SWF's own come from the tables of `everbeat-model`. Names of Amazon's other services are no mistake in the policy
//! of a real team, and have no effect here; a name that only looks like one of ours is.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use everbeat_model::DECISIONS;
use everbeat_model::permissions::{
    Action, ConditionKey, GlobalKey, MOVE_CLOCK, PASSED_TO_SERVICE, RequestKey, TagPrefix,
};

use crate::json::quoted;
use crate::nearest::{distance, suggestion};
use crate::pattern::{Folded, Matcher, Token};

/// What stands before the names of SWF's actions and keys.
pub(crate) const SERVICE: &str = "swf";
/// What stands before the names of global keys.
const GLOBAL: &str = "aws";
/// How many letters of a pattern stand for one mistake in it.
const NAME_PER_MISTAKE: usize = 5;
/// Documented keys that any request at Amazon may have, and none has here.
const ABSENT_KEYS: [&str; 45] = [
    "aws:AssumedRoot",
    "aws:CalledVia",
    "aws:CalledViaAWSMCP",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:ChatbotSourceArn",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:Ec2InstanceSourceVpc",
    "aws:FederatedProvider",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:referer",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:SignInSessionArn",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIdentity",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:ViaAWSMCPService",
    "aws:ViaAWSService",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:VpcSourceIp",
    "codebuild:BuildArn",
    "codebuild:ProjectArn",
    "ec2:RoleDelivery",
    "ec2:SourceInstanceArn",
    "glue:CredentialIssuingService",
    "glue:RoleAssumedBy",
    "iam:AssociatedResourceArn",
    "identitystore:UserId",
    "lambda:SourceFunctionArn",
    "ssm:SourceInstanceArn",
];

/// What an `Action` pattern of a policy is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Actions of this server, perhaps besides others.
    Ours,
    /// Nothing that this server ever asks.
    Elsewhere,
}

/// What a condition key is to this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key<'n> {
    /// One that requests can have.
    Ours(RequestKey<'n>),
    /// A documented one that requests never have here.
    Absent,
    /// A key of another service.
    Elsewhere,
}

impl Key<'_> {
    /// Whether it has any number of values by its nature.
    pub(crate) fn has_many_values(self) -> bool {
        match self {
            Key::Ours(key) => key.has_many_values(),
            Key::Absent | Key::Elsewhere => false,
        }
    }
}

/// Looks an `Action` pattern up among the known actions.
///
/// # Errors
/// Why it can be none, with the nearest that is.
pub(crate) fn scope_of_action(pattern: &str, known: &[Action]) -> Result<Scope, String> {
    if pattern == "*" || pattern == "*:*" {
        return Ok(Scope::Ours);
    }
    let Some((service, _)) = pattern.split_once(':') else {
        let reason = "an action is a service and a name, as in swf:StartTimer, or '*'";
        return Err(format!("{reason}; this is {}", quoted(pattern)));
    };
    if let Some(reason) = wrong_service(service) {
        return Err(format!("unknown action {}{reason}", quoted(pattern)));
    }
    let compiled = Folded::from(pattern.chars().map(Token::wild).collect::<Vec<_>>());
    if known.iter().any(|action| compiled.matches(action.name)) {
        return Ok(Scope::Ours);
    }
    if !is_ours(service) {
        return Ok(Scope::Elsewhere);
    }
    let nearest = match action_less_decision(pattern) {
        true => String::from(": that decision is allowed with swf:RespondDecisionTaskCompleted"),
        false if pattern.contains('*') => nearest_pattern(pattern, known),
        false => suggestion(pattern, known.iter().map(|action| action.name)),
    };
    Err(format!("unknown action {}{nearest}", quoted(pattern)))
}

/// The pattern that was meant by one with a single `*` that no action fits: what is around the star is compared with the
/// ends of the known names.
fn nearest_pattern(pattern: &str, known: &[Action]) -> String {
    let Some((start, end)) = pattern.split_once('*') else {
        return String::new();
    };
    let near = known.iter().flat_map(|action| {
        // A letter too many or too few moves the border.
        let lengths = start.len().saturating_sub(1)..=start.len() + 1;
        lengths.filter_map(|length| {
            let (head, rest) = action.name.split_at_checked(length)?;
            let tail = rest.get(rest.len().checked_sub(end.len())?..)?;
            let wrong = distance(start, head) + distance(end, tail);
            Some((wrong, format!("{head}*{tail}")))
        })
    });
    let limit = (start.len() + end.len()) / NAME_PER_MISTAKE;
    let nearest = near.filter(|(wrong, _)| *wrong <= limit).min();
    match nearest {
        Some((_, nearest)) => format!("; did you mean '{nearest}'?"),
        None => String::new(),
    }
}

/// Whether all actions of a service are known here.
fn is_ours(service: &str) -> bool {
    let own = MOVE_CLOCK.split(':').next();
    service.eq_ignore_ascii_case(SERVICE)
        || own.is_some_and(|own| service.eq_ignore_ascii_case(own))
}

/// What is wrong with the part of an action before its colon.
fn wrong_service(service: &str) -> Option<String> {
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if service.is_empty() || !service.bytes().all(is_name) {
        let reason = ": a service is letters, digits and hyphens, without wildcards";
        return Some(String::from(reason));
    }
    mistaken_service(service)
}

/// The service of ours that was meant. Names near `swf` are taken for mistakes, since no service of Amazon's has one.
fn mistaken_service(service: &str) -> Option<String> {
    let own = MOVE_CLOCK.split(':').next().unwrap_or_default();
    let is_near = |known: &&str| {
        let limit = known.len() / 3;
        let differs = !service.eq_ignore_ascii_case(known);
        differs && service.len() <= known.len() + limit && distance(service, known) <= limit
    };
    let near = [SERVICE, own].into_iter().find(is_near)?;
    Some(format!("; did you mean the service '{near}'?"))
}

/// Whether a name is that of a decision without an action of its own.
fn action_less_decision(pattern: &str) -> bool {
    let mut rows = DECISIONS.iter();
    rows.any(|row| {
        row.decision_type.permission().is_none() && row.action.eq_ignore_ascii_case(pattern)
    })
}

/// Looks a condition key up, in any case.
///
/// # Errors
/// Why it can be none, with the nearest that is.
pub(crate) fn key(name: &str) -> Result<Key<'_>, String> {
    if let Some(key) = RequestKey::read(name) {
        return Ok(Key::Ours(key));
    }
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    if TagPrefix::ALL.iter().any(|prefix| is(prefix.name())) {
        let reason = "needs a tag key behind its slash";
        return Err(format!("the condition key {} {reason}", quoted(name)));
    }
    if ABSENT_KEYS.into_iter().any(is) {
        return Ok(Key::Absent);
    }
    let service = name.split_once(':').map(|(service, _)| service);
    match service {
        Some(service) if !service.eq_ignore_ascii_case(GLOBAL) && !is_ours(service) => {
            match mistaken_service(service) {
                None => Ok(Key::Elsewhere),
                Some(reason) => Err(format!("unknown condition key {}{reason}", quoted(name))),
            }
        }
        Some(_) | None => Err(format!(
            "unknown condition key {}{}",
            quoted(name),
            nearest_key(name)
        )),
    }
}

/// The nearest key; of keys with a tag key behind the slash only what is before it is compared.
pub(crate) fn nearest_key(name: &str) -> String {
    let head = match name.find('/') {
        Some(slash) => &name[..=slash],
        None => name,
    };
    suggestion(head, known_keys())
}

/// Every key that is known, those with a tag key up to their slash.
fn known_keys() -> impl Iterator<Item = &'static str> {
    let own = ConditionKey::ALL.iter().map(|key| key.name());
    let global = GlobalKey::ALL.iter().map(|key| key.name());
    let tags = TagPrefix::ALL.iter().map(|prefix| prefix.name());
    let all = own.chain(global).chain(tags).chain(ABSENT_KEYS);
    all.chain([PASSED_TO_SERVICE.0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn every_action_is_known() {
        let actions: Vec<Action> = Action::all().collect();
        for action in &actions {
            assert_eq!(scope_of_action(action.name, &actions), Ok(Scope::Ours));
            let shouted = action.name.to_uppercase();
            assert_eq!(scope_of_action(&shouted, &actions), Ok(Scope::Ours));
        }
    }

    #[test]
    fn action_patterns() {
        let actions: Vec<Action> = Action::all().collect();
        for (pattern, expected) in [
            ("*", Ok(Scope::Ours)),
            ("*:*", Ok(Scope::Ours)),
            ("swf:*", Ok(Scope::Ours)),
            ("swf:Start?imer", Ok(Scope::Ours)),
            ("iam:*", Ok(Scope::Ours)),
            ("iam:GetUser", Ok(Scope::Elsewhere)),
            ("s3:GetObject", Ok(Scope::Elsewhere)),
            ("ssm:*", Ok(Scope::Elsewhere)),
            (
                "swf:StartTimr",
                Err("unknown action 'swf:StartTimr'; did you mean 'swf:StartTimer'?"),
            ),
            ("swf:Nothing*", Err("unknown action 'swf:Nothing*'")),
            (
                "swf:Strat*",
                Err("unknown action 'swf:Strat*'; did you mean 'swf:Start*'?"),
            ),
            (
                "swf:Regster*",
                Err("unknown action 'swf:Regster*'; did you mean 'swf:Register*'?"),
            ),
            (
                "swf:List*Executoins",
                Err("unknown action 'swf:List*Executoins'; did you mean 'swf:List*Executions'?"),
            ),
            (
                "sfw:StartTimer",
                Err("unknown action 'sfw:StartTimer'; did you mean the service 'swf'?"),
            ),
            (
                "everbeet:MoveClock",
                Err("unknown action 'everbeet:MoveClock'; did you mean the service 'everbeat'?"),
            ),
            (
                "everbeat:MoveClok",
                Err("unknown action 'everbeat:MoveClok'; did you mean 'everbeat:MoveClock'?"),
            ),
            (
                "s*f:StartTimer",
                Err(
                    "unknown action 's*f:StartTimer': a service is letters, digits and hyphens, without wildcards",
                ),
            ),
            (
                "StartTimer",
                Err(
                    "an action is a service and a name, as in swf:StartTimer, or '*'; this is 'StartTimer'",
                ),
            ),
            (
                "swf:ScheduleLambdaFunction",
                Err(
                    "unknown action 'swf:ScheduleLambdaFunction': that decision is allowed with swf:RespondDecisionTaskCompleted",
                ),
            ),
        ] {
            let expected = expected.map_err(str::to_string);
            assert_eq!(scope_of_action(pattern, &actions), expected, "{pattern}");
        }
    }

    #[test]
    fn condition_keys() {
        let ours = |key| Ok(Key::Ours(RequestKey::Global(key)));
        for (name, expected) in [
            ("AWS:SourceIP", ours(GlobalKey::SourceIp)),
            (
                "aws:RequestTag/Team",
                Ok(Key::Ours(RequestKey::Tag(TagPrefix::Request, "Team"))),
            ),
            ("aws:tagkeys", ours(GlobalKey::TagKeys)),
            (
                "SWF:TASKLIST.NAME",
                Ok(Key::Ours(RequestKey::Swf(ConditionKey::TaskListName))),
            ),
            (
                "iam:PassedToService",
                Ok(Key::Ours(RequestKey::PassedToService)),
            ),
            ("aws:MultiFactorAuthPresent", Ok(Key::Absent)),
            ("s3:prefix", Ok(Key::Elsewhere)),
            ("cognito-identity.amazonaws.com:sub", Ok(Key::Elsewhere)),
            (
                "aws:SourceIpp",
                Err("unknown condition key 'aws:SourceIpp'; did you mean 'aws:SourceIp'?"),
            ),
            (
                "aws:RequestTags/x",
                Err("unknown condition key 'aws:RequestTags/x'; did you mean 'aws:RequestTag/'?"),
            ),
            (
                "aws:RequestTag/",
                Err("the condition key 'aws:RequestTag/' needs a tag key behind its slash"),
            ),
            (
                "swf:taskList",
                Err("unknown condition key 'swf:taskList'; did you mean 'swf:taskList.name'?"),
            ),
            (
                "wsf:name",
                Err("unknown condition key 'wsf:name'; did you mean the service 'swf'?"),
            ),
            ("nothing", Err("unknown condition key 'nothing'")),
        ] {
            assert_eq!(key(name), expected.map_err(str::to_string), "{name}");
        }
    }

    #[test]
    fn lists_have_no_key_twice() {
        let mut names: Vec<String> = known_keys().map(crate::fold_key).collect();
        let length = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), length);
    }
}
