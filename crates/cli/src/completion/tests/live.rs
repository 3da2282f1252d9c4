//! What is asked of the server, and what becomes of its answers.

use super::*;
use std::time::Duration;

use crate::completion::live::{Asked, Found, Server, Settings, TypeKind, Wanted};

/// Names that a shell would run or change: a server takes them as the names of domains.
pub(super) const HOSTILE: [&str; 2] = ["x$(touch pwned)`id`\\!\"'", "!'\";id"];

/// A server with one of everything, which remembers what it is asked.
#[derive(Default)]
pub(super) struct Fake {
    asked: std::sync::Mutex<Vec<Wanted>>,
}

impl Server for Fake {
    fn find(&self, wanted: &Wanted) -> Vec<Found> {
        self.asked
            .lock()
            .expect("not poisoned")
            .push(wanted.clone());
        let names = match wanted {
            Wanted::Domains { deprecated: false } => [("Orders", "arn:1"), ("My Domain", "arn:2")],
            Wanted::Domains { deprecated: true } => HOSTILE.map(|name| (name, "")),
            Wanted::Types { .. } => [("order", "1.0"), ("order", "2,0")],
            Wanted::TaskLists { .. } => [("main", ""), ("evil\nname", "")],
            Wanted::Executions { .. } => [("o-1", "run1"), ("o-2", "run2")],
        };
        let found = names.map(|(first, second)| Found {
            first: first.into(),
            second: second.into(),
            note: "a note".into(),
        });
        found.into()
    }
}

/// What a line is completed to from the server, and what that was asked.
pub(super) fn live(line: &str) -> (Vec<String>, Vec<Wanted>) {
    let variables = variables();
    let completion = Completion {
        variables: &variables,
        in_prompt: true,
    };
    let at = words::at_cursor(line);
    let server = Fake::default();
    let texts = completion
        .live(&at.words, &at.partial)
        .map(|live| live.choices(&server))
        .unwrap_or_default()
        .into_iter()
        .map(|choice| choice.text)
        .collect();
    (texts, server.asked.into_inner().expect("not poisoned"))
}

#[test]
fn the_server_is_asked_for_what_it_has() {
    let types = |deprecated| Wanted::Types {
        domain: "d".into(),
        kind: TypeKind::Workflow,
        deprecated,
    };
    let executions = |closed| Wanted::Executions {
        domain: "d".into(),
        closed,
    };
    let lists = |kind| Wanted::TaskLists {
        domain: "d".into(),
        kind,
    };
    let domains = |deprecated| Wanted::Domains { deprecated };
    let table: Vec<(&str, Wanted, &[&str])> = vec![
        (
            "describe-domain --name ",
            domains(false),
            &["Orders", "My Domain"],
        ),
        ("undeprecate-domain --name ", domains(true), &HOSTILE),
        (
            "list-workflow-types --domain ",
            domains(false),
            &["Orders", "My Domain"],
        ),
        (
            "list-workflow-types --domain=",
            domains(false),
            &["--domain=Orders", "--domain=My Domain"],
        ),
        (
            "list-tags-for-resource --resource-arn a",
            domains(false),
            &["arn:1", "arn:2"],
        ),
        (
            "describe-workflow-type --domain d --workflow-type ",
            types(false),
            &["name=order,version=1.0", "name=order,version=\"2,0\""],
        ),
        (
            "delete-workflow-type --domain d --workflow-type name=",
            types(true),
            &["name=order"],
        ),
        (
            "start-workflow-execution --domain d --workflow-type name=order,version=",
            types(false),
            &["name=order,version=1.0", "name=order,version=2,0"],
        ),
        (
            "start-workflow-execution --domain d --workflow-type name=other,version=",
            types(false),
            &[],
        ),
        (
            "count-open-workflow-executions --domain d --type-filter ",
            types(false),
            &["name=order"],
        ),
        (
            "start-workflow-execution --domain d --task-list ",
            lists(TypeKind::Workflow),
            &["name=main"],
        ),
        (
            "poll-for-activity-task --domain d --task-list name=",
            lists(TypeKind::Activity),
            &["name=main"],
        ),
        (
            "signal-workflow-execution --domain d --workflow-id ",
            executions(false),
            &["o-1", "o-2"],
        ),
        (
            "signal-workflow-execution --domain d --workflow-id o-2 --run-id ",
            executions(false),
            &["run2"],
        ),
        (
            "describe-workflow-execution --domain d --execution ",
            executions(true),
            &["workflowId=o-1,runId=run1", "workflowId=o-2,runId=run2"],
        ),
        (
            "describe-workflow-execution --domain d --execution workflowId=o-1,runId=",
            executions(true),
            &["workflowId=o-1,runId=run1"],
        ),
        (
            "list-workflow-types --domain d --name o",
            types(false),
            &["order"],
        ),
    ];
    for (line, wanted, expected) in table {
        let (texts, asked) = live(&format!("swf {line}"));
        assert_eq!(texts, expected, "{line}");
        assert_eq!(asked, [wanted], "{line}");
    }
}

#[test]
fn the_server_is_not_asked_for_what_is_new_or_nothing_of_it() {
    for line in [
        "register-domain --name ",
        "start-workflow-execution --domain d --workflow-id ",
        "describe-workflow-type --workflow-type ",
        "list-domains --registration-status ",
        "list-domains --region ",
        "list-domains ",
        "describe-domain --name x ",
        "",
    ] {
        let (texts, asked) = live(&format!("swf {line}"));
        assert!(texts.is_empty() && asked.is_empty(), "{line}");
    }
}

#[test]
fn only_a_server_that_somebody_named_is_asked() {
    let is_asked = |set: &[(&str, &str)]| {
        let keys = [
            ("AWS_ACCESS_KEY_ID", "a"),
            ("AWS_SECRET_ACCESS_KEY", "b"),
            ("AWS_REGION", "us-east-1"),
        ];
        let mut variables = variables();
        for (name, value) in keys.iter().chain(set) {
            variables.insert((*name).into(), (*value).into());
        }
        let asked = Asked {
            variables,
            settings: Settings::default(),
            limit: Duration::from_secs(1),
        };
        asked.client().is_some()
    };
    let named = ("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    assert!(is_asked(&[named]));
    assert!(!is_asked(&[]));
    assert!(!is_asked(&[
        named,
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    ]));
}
