//! The example policies of `init`, and what a simulation knows by itself.

use crate::folder::{ACCOUNT, DOMAIN, Folder, KEY, allow};

const DECISIONS: [&str; 12] = [
    "CancelTimer",
    "CancelWorkflowExecution",
    "CompleteWorkflowExecution",
    "ContinueAsNewWorkflowExecution",
    "FailWorkflowExecution",
    "RecordMarker",
    "RequestCancelActivityTask",
    "RequestCancelExternalWorkflowExecution",
    "ScheduleActivityTask",
    "SignalExternalWorkflowExecution",
    "StartChildWorkflowExecution",
    "StartTimer",
];

fn is_allowed(folder: &Folder, words: &str) -> bool {
    let text = folder.run(&format!("simulate {words}"));
    match text.split_once(' ') {
        Some(("allowed", _)) => true,
        Some(("denied", _)) => false,
        _ => panic!("{words}: {text}"),
    }
}

#[test]
fn the_examples_allow_what_their_names_say() {
    let folder = Folder::made();
    assert_eq!(folder.loaded().warnings, Vec::<String>::new());
    folder.run("create-user worker --policy worker");
    folder.run("create-user decider --policy decider");
    let allowed = |user: &str, action: &str| {
        is_allowed(
            &folder,
            &format!("--user {user} --action swf:{action} --resource {DOMAIN}"),
        )
    };
    for action in [
        "PollForActivityTask",
        "RecordActivityTaskHeartbeat",
        "RespondActivityTaskCompleted",
        "RespondActivityTaskFailed",
        "RespondActivityTaskCanceled",
    ] {
        assert!(
            allowed("worker", action) && !allowed("decider", action) && allowed("admin", action),
            "{action}"
        );
    }
    for action in [
        "PollForDecisionTask",
        "RespondDecisionTaskCompleted",
        "GetWorkflowExecutionHistory",
    ]
    .into_iter()
    .chain(DECISIONS)
    {
        assert!(
            !allowed("worker", action) && allowed("decider", action) && allowed("admin", action),
            "{action}"
        );
    }
    for action in [
        "RegisterDomain",
        "TerminateWorkflowExecution",
        "StartWorkflowExecution",
    ] {
        assert!(
            !allowed("worker", action) && !allowed("decider", action) && allowed("admin", action),
            "{action}"
        );
    }
    let role = "arn:aws:iam::123456789012:role/lambda";
    for words in [
        "--action everbeat:MoveClock --resource *".to_owned(),
        format!("--action iam:PassRole --resource {role}"),
    ] {
        for (user, expected) in [("admin", true), ("worker", false), ("decider", false)] {
            let allowed = is_allowed(&folder, &format!("--user {user} {words}"));
            assert_eq!(allowed, expected, "{user} {words}");
        }
    }
}

#[test]
fn what_is_known_of_the_caller_and_the_time_is_filled_in() {
    let folder = Folder::with(&format!(
        "[account.{ACCOUNT}.user.alice]\nid = '{KEY}'\npolicies = ['tested']\ntags = {{ Team = 'blue' }}\n[account.{ACCOUNT}.role.ci]\npolicies = ['tested']\n"
    ));
    for (condition, user, role) in [
        (
            r#"{"StringEquals": {"aws:username": "alice"}}"#,
            true,
            false,
        ),
        (
            r#"{"StringEquals": {"aws:userid": "AKIAIOSFODNN7EXAMPLE"}}"#,
            true,
            false,
        ),
        (
            r#"{"StringEquals": {"aws:PrincipalTag/team": "blue"}}"#,
            true,
            false,
        ),
        (
            r#"{"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/ci"}}"#,
            false,
            true,
        ),
        (
            r#"{"StringEquals": {"aws:PrincipalType": "AssumedRole"}}"#,
            false,
            true,
        ),
        (
            r#"{"StringEquals": {"aws:PrincipalAccount": "123456789012"}}"#,
            true,
            true,
        ),
        (
            r#"{"DateEquals": {"aws:CurrentTime": "2026-11-23T10:00:00Z"}}"#,
            true,
            true,
        ),
        (
            r#"{"NumericEquals": {"aws:EpochTime": "1795428000"}}"#,
            true,
            true,
        ),
        (
            r#"{"StringEquals": {"aws:RequestedRegion": "us-east-1"}}"#,
            true,
            true,
        ),
        (r#"{"Null": {"aws:SourceIp": "true"}}"#, true, true),
    ] {
        let document = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "swf:*", "Resource": "*", "Condition": {condition}}}]}}"#
        );
        folder.write("policies/tested.json", document);
        for (who, expected) in [("--user alice", user), ("--role ci", role)] {
            let words = format!("{who} --action swf:DescribeDomain --resource {DOMAIN}");
            assert_eq!(is_allowed(&folder, &words), expected, "{who} {condition}");
        }
    }
}

#[test]
fn context_gives_the_keys_of_the_request() {
    let folder = Folder::with(&format!(
        "[account.{ACCOUNT}.user.alice]\npolicies = ['tested']\n"
    ));
    let asked = |action: &str, condition: &str, context: &str| {
        let document = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": ["swf:*", "iam:PassRole"], "Resource": "*", "Condition": {condition}}}]}}"#
        );
        folder.write("policies/tested.json", document);
        is_allowed(
            &folder,
            &format!("--user alice --action {action} --resource {DOMAIN}{context}"),
        )
    };
    let tested =
        |condition: &str, context: &str| asked("swf:StartWorkflowExecution", condition, context);
    let list = r#"{"StringEquals": {"swf:taskList.name": "main"}}"#;
    assert!(tested(list, " --context SWF:TASKLIST.NAME=main"));
    assert!(!tested(list, " --context swf:taskList.name=other"));
    assert!(!tested(list, ""));
    let keys = r#"{"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}"#;
    let tags = |condition: &str, context: &str| asked("swf:TagResource", condition, context);
    assert!(tags(
        keys,
        " --context aws:TagKeys=a --context aws:tagkeys=b"
    ));
    assert!(!tags(
        keys,
        " --context aws:TagKeys=a --context aws:tagkeys=c"
    ));
    let name = r#"{"StringEquals": {"aws:username": "bob"}}"#;
    assert!(
        tested(name, " --context aws:username=bob"),
        "what is given counts"
    );
    let address = r#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#;
    assert!(tested(address, " --context aws:SourceIp=10.1.2.3"));
    let passed = r#"{"StringEquals": {"iam:PassedToService": "swf.amazonaws.com"}}"#;
    assert!(!tested(passed, ""));
    assert!(is_allowed(
        &folder,
        "--user alice --action iam:passrole --resource arn:aws:iam::123456789012:role/lambda"
    ));
}

#[test]
fn keys_that_an_action_cannot_have_are_left_out() {
    let folder = Folder::with(&format!(
        "[account.{ACCOUNT}.user.alice]\npolicies = ['tested']\n"
    ));
    for (action, given, counts) in [
        ("swf:StartTimer", "aws:SourceIp=10.1.2.3", false),
        ("SWF:startTimer", "AWS:useragent=x", false),
        ("swf:StartTimer", "aws:SecureTransport=true", false),
        ("swf:StartTimer", "swf:taskList.name=main", false),
        ("swf:StartTimer", "aws:ResourceTag/team=blue", true),
        ("swf:StartTimer", "aws:RequestTag/team=blue", false),
        ("swf:StartTimer", "aws:username=bob", true),
        (
            "swf:DescribeDomain",
            "aws:MultiFactorAuthPresent=true",
            false,
        ),
        ("swf:DescribeDomain", "aws:SourceIp=10.1.2.3", true),
        ("swf:DescribeDomain", "aws:UserAgent=x", true),
        ("swf:DescribeDomain", "swf:taskList.name=main", false),
        ("swf:ScheduleActivityTask", "swf:taskList.name=main", true),
        ("swf:ListDomains", "aws:ResourceTag/team=blue", false),
        ("swf:TagResource", "aws:RequestTag/team=blue", true),
        ("swf:UntagResource", "aws:RequestTag/team=blue", false),
        ("iam:PassRole", "swf:taskList.name=main", false),
        (
            "iam:PassRole",
            "iam:PassedToService=swf.amazonaws.com",
            true,
        ),
    ] {
        let (key, value) = given.split_once('=').expect("a key and its value");
        let condition = format!(r#""Condition": {{"StringEquals": {{"{key}": "{value}"}}}}, "#);
        let document = allow("*", "*").replace("\"Action\"", &format!("{condition}\"Action\""));
        folder.write("policies/tested.json", document);
        let words = format!(
            "simulate --user alice --action {action} --resource {DOMAIN} --context {given}"
        );
        let told = folder.run(&words);
        let note = format!(
            "note: --context: the key '{key}' is never present for this action; left out\n"
        );
        assert_eq!(told.starts_with("allowed"), counts, "{words}: {told}");
        assert_eq!(told.contains(&note), !counts, "{words}: {told}");
    }
}

#[test]
fn words_that_policies_do_not_know_are_refused() {
    let folder = Folder::with(&format!(
        "[account.{ACCOUNT}.user.alice]\npolicies = ['all']\n"
    ));
    for (words, parts) in [
        (
            format!("--action swf:StartTimr --resource {DOMAIN}"),
            ["--action", "swf:StartTimer"],
        ),
        (
            format!("--action swf:Start* --resource {DOMAIN}"),
            ["--action", "one action"],
        ),
        (
            format!("--action swf:StartTimer --resource {DOMAIN} --context swf:taskLst.name=x"),
            ["--context", "swf:taskList.name"],
        ),
        (
            format!("--action swf:StartTimer --resource {DOMAIN} --context swf:name"),
            ["--context", "KEY=VALUE"],
        ),
        (
            format!(
                "--action swf:DescribeDomain --resource {DOMAIN} --context aws:SourceIp=::1 --context aws:sourceip=::2"
            ),
            ["--context", "one value"],
        ),
        (
            "--action swf:StartTimer --resource orders".to_owned(),
            ["--resource", "six parts"],
        ),
    ] {
        let failure = folder.failure(&format!("simulate --user alice {words}"));
        assert!(
            parts.iter().all(|part| failure.contains(part)),
            "{words}: {failure}"
        );
    }
}

#[test]
fn what_has_no_meaning_here_is_noted() {
    let folder = Folder::with(&format!(
        "[account.{ACCOUNT}.user.alice]\npolicies = ['all']\n"
    ));
    for (words, noted) in [
        (
            "--action swf:DescribeDomain --resource arn:aws:swf::123456789012:domain/orders"
                .to_owned(),
            "note: --resource: never matches",
        ),
        (
            format!("--action s3:GetObject --resource {DOMAIN}"),
            "note: --action: ",
        ),
        (
            format!("--action swf:DescribeDomain --resource {DOMAIN} --context swf:name=x"),
            "note: --context: ",
        ),
    ] {
        let text = folder.run(&format!("simulate --user alice {words}"));
        let lines: Vec<_> = text.lines().collect();
        assert!(
            matches!(lines.as_slice(), [_, note] if note.starts_with(noted)),
            "{words}: {text}"
        );
    }
}
