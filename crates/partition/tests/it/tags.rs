//! Tags of domains (execution.md section 3.1, protocol.md section 8).

use everbeat_model::{
    DomainArn, FaultKind, Limits, ResourceTag, ResourceTagKeyList, ResourceTagList, domain_arn,
};
use everbeat_partition::{Answer, Call, RegistryCall};

use crate::host::{Host, Reply};
use crate::words::{DOMAIN, domain, realm, refused};

fn ask(host: &mut Host, call: RegistryCall) -> Reply {
    host.call(Call::Registry(call))
}

fn arn(name: &str) -> DomainArn {
    let realm = realm();
    DomainArn::read(&domain_arn(&realm.region, &realm.account, name)).expect("it is well formed")
}

fn tags(tags: &[(&str, &str)]) -> ResourceTagList {
    let tags = tags.iter().map(|(key, value)| ResourceTag {
        key: (*key).into(),
        value: Some((*value).into()),
    });
    ResourceTagList(tags.collect())
}

fn numbered(count: u32) -> ResourceTagList {
    let tags = (0..count).map(|number| ResourceTag {
        key: number.to_string().into(),
        value: None,
    });
    ResourceTagList(tags.collect())
}

fn tag(host: &mut Host, given: ResourceTagList) -> Reply {
    ask(host, RegistryCall::Tag(arn(DOMAIN), given))
}

fn untag(host: &mut Host, keys: &[&str]) -> Reply {
    let keys = keys.iter().map(|key| (*key).into()).collect();
    ask(
        host,
        RegistryCall::Untag(arn(DOMAIN), ResourceTagKeyList(keys)),
    )
}

fn list(host: &mut Host) -> ResourceTagList {
    match ask(host, RegistryCall::ListTags(arn(DOMAIN))) {
        Ok(Answer::Tags(tags)) => tags,
        other => panic!("not tags: {other:?}"),
    }
}

#[test]
fn tags_are_added_changed_and_removed() {
    let mut host = Host::new();
    assert_eq!(list(&mut host), tags(&[]));
    let given = [("b", "2"), ("C", ""), ("a", "1")];
    for _ in 0..2 {
        tag(&mut host, tags(&given)).expect("they are few");
        assert_eq!(list(&mut host), tags(&[("C", ""), ("a", "1"), ("b", "2")]));
    }
    tag(&mut host, tags(&[("a", "new"), ("d", "4")])).expect("they are few");
    for _ in 0..2 {
        untag(&mut host, &["b", "none"]).expect("absent keys are ignored");
        let left = tags(&[("C", ""), ("a", "new"), ("d", "4")]);
        assert_eq!(list(&mut host), left);
    }
    host.restart_after(1);
    assert_eq!(list(&mut host).len(), 3, "tags outlive a restart");
    let deprecate = RegistryCall::DeprecateDomain(DOMAIN.into());
    ask(&mut host, deprecate).expect("it is registered");
    untag(&mut host, &["a", "C", "d"]).expect("a deprecated domain has tags, too");
    assert_eq!(list(&mut host), tags(&[]));
}

#[test]
fn too_many_tags_change_nothing() {
    let mut host = Host::with_limits(Limits {
        tags_per_domain: 3,
        ..Limits::default()
    });
    tag(&mut host, numbered(3)).expect("there is room");
    let refusal = (
        FaultKind::TooManyTagsFault,
        format!("Too many tags for domain {DOMAIN}, at most 3 are allowed"),
    );
    let too_many = tag(&mut host, tags(&[("0", "changed"), ("new", "")]));
    assert_eq!(refused(too_many), refusal);
    tag(&mut host, tags(&[("0", "changed"), ("2", "")])).expect("no new key");
    untag(&mut host, &["1"]).expect("it is there");
    tag(&mut host, tags(&[("new", "")])).expect("there is room again");
    let all = tags(&[("0", "changed"), ("2", ""), ("new", "")]);
    assert_eq!(list(&mut host), all);

    let RegistryCall::RegisterDomain(mut input) = domain("other", "1") else {
        panic!("it registers a domain");
    };
    input.tags = Some(numbered(4));
    let text = "Too many tags for domain other, at most 3 are allowed";
    let refusal = refused(ask(&mut host, RegistryCall::RegisterDomain(input)));
    assert_eq!(refusal, (FaultKind::TooManyTagsFault, text.into()));
    let described = ask(&mut host, RegistryCall::DescribeDomain("other".into()));
    assert_eq!(refused(described).1, "Unknown domain: other");
}

#[test]
fn an_arn_of_another_world_is_of_no_domain() {
    let mut host = Host::new();
    let here = arn(DOMAIN);
    for arn in [
        arn("none"),
        DomainArn {
            account: "999999999999".into(),
            ..here.clone()
        },
        DomainArn {
            region: "mars-1".into(),
            ..here.clone()
        },
        DomainArn {
            partition: "aws-cn".into(),
            ..here
        },
    ] {
        let text = format!("Unknown domain: {}", arn.name);
        for call in [
            RegistryCall::Tag(arn.clone(), tags(&[("a", "1")])),
            RegistryCall::Untag(arn.clone(), ResourceTagKeyList::default()),
            RegistryCall::ListTags(arn.clone()),
        ] {
            let refusal = refused(ask(&mut host, call));
            assert_eq!(refusal, (FaultKind::UnknownResourceFault, text.clone()));
        }
    }
    assert_eq!(list(&mut host), tags(&[]));
}
