//! Domains and types (execution.md sections 3.1 and 3.2).

use everbeat_model::{FaultKind, RegistrationStatus, ResourceTag, ResourceTagList};
use everbeat_partition::input::{ListDomains, ListTypes, NamedType};
use everbeat_partition::rows::TypeKind;
use everbeat_partition::{Answer, Call, RegistryCall};

use crate::host::{Host, Reply};
use crate::words::{
    ACTIVITY, DECISION, DOMAIN, MAIN, WORK, decide, domain, order, refused, registrations,
    schedule_activity, signal, start,
};

fn ask(host: &mut Host, call: RegistryCall) -> Reply {
    host.call(Call::Registry(call))
}

fn workflow_type() -> NamedType {
    NamedType {
        domain: DOMAIN.into(),
        kind: TypeKind::Workflow,
        name: "order".into(),
        version: "1.0".into(),
    }
}

fn activity_type() -> NamedType {
    NamedType {
        kind: TypeKind::Activity,
        name: "ship".into(),
        ..workflow_type()
    }
}

fn kind(reply: Reply) -> FaultKind {
    refused(reply).0
}

#[test]
fn a_domain_goes_back_and_forth_between_its_states() {
    let mut host = Host::new();
    let again = ask(&mut host, domain(DOMAIN, "1"));
    assert_eq!(
        refused(again),
        (FaultKind::DomainAlreadyExistsFault, DOMAIN.into())
    );
    let deprecate = || RegistryCall::DeprecateDomain(DOMAIN.into());
    let undeprecate = || RegistryCall::UndeprecateDomain(DOMAIN.into());
    assert_eq!(
        kind(ask(&mut host, undeprecate())),
        FaultKind::DomainAlreadyExistsFault
    );
    ask(&mut host, deprecate()).expect("it is registered");
    host.restart_after(1);
    assert_eq!(host.domain_status(DOMAIN), RegistrationStatus::Deprecated);
    assert_eq!(
        kind(ask(&mut host, deprecate())),
        FaultKind::DomainDeprecatedFault
    );
    let again = ask(&mut host, domain(DOMAIN, "1"));
    assert_eq!(kind(again), FaultKind::DomainAlreadyExistsFault);
    ask(&mut host, undeprecate()).expect("it is deprecated");
    assert_eq!(host.domain_status(DOMAIN), RegistrationStatus::Registered);
    let unknown = ask(&mut host, RegistryCall::DescribeDomain("nowhere".into()));
    assert_eq!(refused(unknown).1, "Unknown domain: nowhere");
}

#[test]
fn a_domain_may_have_fifty_tags() {
    let mut host = Host::new();
    for (number, is_fine) in [(50, true), (51, false)] {
        let RegistryCall::RegisterDomain(mut input) = domain(&format!("d{number}"), "1") else {
            panic!("it registers a domain");
        };
        let tags = (0..number).map(|tag| ResourceTag {
            key: tag.to_string().into(),
            value: None,
        });
        input.tags = Some(ResourceTagList(tags.collect()));
        let answer = ask(&mut host, RegistryCall::RegisterDomain(input));
        assert_eq!(answer.is_ok(), is_fine);
        if !is_fine {
            assert_eq!(kind(answer), FaultKind::TooManyTagsFault);
        }
    }
}

/// A deprecated domain takes no new types and runs; what runs goes on.
#[test]
fn a_deprecated_domain_lets_its_runs_go_on() {
    let mut host = Host::new();
    host.call(start("o-1")).expect("it starts");
    ask(&mut host, RegistryCall::DeprecateDomain(DOMAIN.into())).expect("it is registered");
    let text = format!("Unknown domain: {DOMAIN}");
    assert_eq!(refused(host.call(start("o-2"))).1, text);
    let [_, workflow_type, _] = registrations(DOMAIN);
    assert_eq!(refused(ask(&mut host, workflow_type)).1, text);
    host.call(signal("o-1")).expect("it is open");
    let task = host.take_decision(MAIN);
    host.call(decide(&task, vec![schedule_activity("a")]))
        .expect("it is started");
    assert_eq!(
        host.history("o-1").last(),
        Some(&"DecisionTaskScheduled"),
        "the activity type is deprecated with its domain"
    );
    let poll = host.poll(ACTIVITY, WORK);
    assert_eq!(host.reply(poll), None, "polls work");
    let poll = host.poll(DECISION, MAIN);
    host.decision(poll);
}

#[test]
fn types_are_deprecated_with_their_domain_and_come_back_alone() {
    let mut host = Host::new();
    ask(&mut host, RegistryCall::DeprecateDomain(DOMAIN.into())).expect("it is registered");
    ask(&mut host, RegistryCall::UndeprecateDomain(DOMAIN.into())).expect("it is deprecated");
    assert_eq!(
        kind(host.call(start("o-1"))),
        FaultKind::TypeDeprecatedFault
    );
    host.restart_after(1);
    assert_eq!(
        kind(host.call(start("o-1"))),
        FaultKind::TypeDeprecatedFault
    );
    ask(&mut host, RegistryCall::UndeprecateType(workflow_type())).expect("it is deprecated");
    host.call(start("o-1")).expect("the type is back");
}

#[test]
fn a_type_goes_through_its_states_to_deletion() {
    let mut host = Host::new();
    for named in [workflow_type(), activity_type()] {
        let what = match named.kind {
            TypeKind::Workflow => "WorkflowType=[name=order, version=1.0]",
            TypeKind::Activity => "ActivityType=[name=ship, version=1.0]",
        };
        let deprecate = || RegistryCall::DeprecateType(named.clone());
        let undeprecate = || RegistryCall::UndeprecateType(named.clone());
        let delete = || RegistryCall::DeleteType(named.clone());
        let exists = (FaultKind::TypeAlreadyExistsFault, what.to_owned());
        assert_eq!(refused(ask(&mut host, undeprecate())), exists);
        assert_eq!(
            kind(ask(&mut host, delete())),
            FaultKind::TypeNotDeprecatedFault
        );
        ask(&mut host, deprecate()).expect("it is registered");
        assert_eq!(
            kind(ask(&mut host, deprecate())),
            FaultKind::TypeDeprecatedFault
        );
        let register = registrations(DOMAIN).into_iter().nth(match named.kind {
            TypeKind::Workflow => 1,
            TypeKind::Activity => 2,
        });
        let register = register.expect("both are registered");
        assert_eq!(refused(ask(&mut host, register.clone())), exists);
        ask(&mut host, undeprecate()).expect("it is deprecated");
        ask(&mut host, deprecate()).expect("it is registered");
        ask(&mut host, delete()).expect("it is deprecated");
        host.restart_after(1);
        let unknown = (
            FaultKind::UnknownResourceFault,
            format!("Unknown type: {what}"),
        );
        assert_eq!(refused(ask(&mut host, delete())), unknown);
        ask(&mut host, register).expect("the name is free again");
    }
}

#[test]
fn a_type_is_described_with_the_defaults_that_were_set() {
    let mut host = Host::new();
    let answer = ask(
        &mut host,
        RegistryCall::DescribeWorkflowType(DOMAIN.into(), order()),
    );
    let Ok(Answer::WorkflowType(detail)) = answer else {
        panic!("no type, but {answer:?}");
    };
    assert_eq!(detail.type_info.creation_date, crate::host::ORIGIN);
    assert_eq!(
        detail.configuration.default_task_list,
        crate::words::list(MAIN)
    );
    assert_eq!(detail.configuration.default_lambda_role, None);
}

/// All pages of a list of domains, of two each.
fn domains(host: &mut Host, status: RegistrationStatus, reverse: bool) -> Vec<String> {
    let mut names = Vec::new();
    let mut after = None;
    loop {
        let list = ListDomains {
            status,
            reverse,
            max: 2,
            after,
        };
        let Ok(Answer::Domains(page, next)) = ask(host, RegistryCall::ListDomains(list)) else {
            panic!("no domains");
        };
        assert!(page.len() == 2 || next.is_none());
        names.extend(page.iter().map(|info| info.name.to_string()));
        match next {
            Some(next) => after = Some(next),
            None => return names,
        }
    }
}

#[test]
fn domains_are_listed_in_pages() {
    let mut host = Host::new();
    for name in ["e", "b", "d", "a", "c"] {
        ask(&mut host, domain(name, "1")).expect("it is new");
    }
    ask(&mut host, RegistryCall::DeprecateDomain("c".into())).expect("it is registered");
    let stranger = everbeat_partition::Realm {
        region: "eu-west-1".into(),
        ..crate::words::realm()
    };
    host.call_from(stranger, Call::Registry(domain("x", "1")))
        .expect("it is new");
    use RegistrationStatus::{Deprecated, Registered};
    let registered = ["a", "b", "d", "e", "shop"];
    assert_eq!(domains(&mut host, Registered, false), registered);
    assert_eq!(
        domains(&mut host, Registered, true),
        ["shop", "e", "d", "b", "a"]
    );
    assert_eq!(domains(&mut host, Deprecated, false), ["c"]);
    host.restart_after(1);
    assert_eq!(domains(&mut host, Registered, false), registered);
}

/// Name and version of all workflow types, in pages of one.
fn workflow_types(host: &mut Host, name: Option<&str>, reverse: bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let list = ListTypes {
            domain: DOMAIN.into(),
            kind: TypeKind::Workflow,
            name: name.map(Into::into),
            status: RegistrationStatus::Registered,
            reverse,
            max: 1,
            after,
        };
        let Ok(Answer::WorkflowTypes(page, next)) = ask(host, RegistryCall::ListTypes(list)) else {
            panic!("no types");
        };
        found.extend(
            page.iter()
                .map(|info| format!("{}/{}", info.workflow_type.name, info.workflow_type.version)),
        );
        match next {
            Some(next) => after = Some(next),
            None => return found,
        }
    }
}

#[test]
fn types_are_listed_in_pages() {
    let mut host = Host::new();
    for (name, version) in [("bill", "2"), ("bill", "1"), ("zip", "1")] {
        let [_, call, _] = registrations(DOMAIN);
        let RegistryCall::RegisterWorkflowType(mut input) = call else {
            panic!("it registers a workflow type");
        };
        (input.name, input.version) = (name.into(), version.into());
        ask(&mut host, RegistryCall::RegisterWorkflowType(input)).expect("it is new");
    }
    let all = ["bill/1", "bill/2", "order/1.0", "zip/1"];
    assert_eq!(workflow_types(&mut host, None, false), all);
    let mut backwards = all;
    backwards.reverse();
    assert_eq!(workflow_types(&mut host, None, true), backwards);
    assert_eq!(
        workflow_types(&mut host, Some("bill"), false),
        ["bill/1", "bill/2"]
    );
    assert_eq!(workflow_types(&mut host, Some("none"), false), [""; 0]);
}
