//! What a simulation says under its verdict, and which values it refuses.

use everbeat_access::command::Failure;

use crate::folder::{ACCOUNT, DOMAIN, Folder, allow, exported};

const ALL_DOMAINS: &str = "arn:aws:swf:us-east-1:123456789012:/domain/*";

/// Alice and `ci` have the policy that the tests write, and bob may do all.
fn folder() -> Folder {
    let folder = Folder::with(&format!(
        "[account.{ACCOUNT}.user.alice]\npolicies = ['tested']\ntags = {{ team = 'blue' }}\n\
         [account.{ACCOUNT}.user.bob]\npolicies = ['all']\n[account.{ACCOUNT}.role.ci]\npolicies = ['tested']\n"
    ));
    tested(&folder, "Allow", "{}");
    folder
}

/// A document of one statement with a condition.
fn tested(folder: &Folder, effect: &str, condition: &str) {
    let document = allow("*", "*").replace("Allow", effect).replace(
        "\"Action\"",
        &format!("\"Condition\": {condition}, \"Action\""),
    );
    folder.write("policies/tested.json", document);
}

/// The verdict's first word, and the notes.
fn told(folder: &Folder, words: &str) -> (String, Vec<String>) {
    let text = folder.run(&format!("simulate {words}"));
    let mut lines = text.lines();
    let verdict = lines.next().unwrap_or_default();
    let verdict = verdict.split(' ').next().unwrap_or_default().to_owned();
    let note = |line: &str| line.strip_prefix("note: ").expect("a note").to_owned();
    let notes: Vec<_> = lines.map(note).collect();
    let value = folder.json(&format!("simulate {words}"));
    assert_eq!(value["notes"], serde_json::json!(notes), "{words}");
    assert_eq!(value["allowed"], verdict == "allowed", "{words}");
    (verdict, notes)
}

fn notes(folder: &Folder, words: &str) -> Vec<String> {
    told(folder, words).1
}

#[test]
fn the_resource_that_the_server_asks_about_is_told() {
    let mut folder = folder();
    folder.write("policies/tested.json", allow("swf:ListDomains", DOMAIN));
    let list = "--user alice --action swf:ListDomains";
    let asks = format!("--resource: the server asks about {ALL_DOMAINS}");
    let noted = vec![asks.clone()];
    for (words, notes) in [
        (list.to_owned(), &noted),
        (format!("{list} --resource *"), &noted),
        (format!("{list} --resource {ALL_DOMAINS}"), &vec![]),
    ] {
        let expected = ("denied".to_owned(), notes.clone());
        assert_eq!(told(&folder, &words), expected, "{words}");
    }
    let instead = vec![format!(
        "{asks}, which is denied because no identity-based policy allows it"
    )];
    assert_eq!(
        told(&folder, &format!("{list} --resource {DOMAIN}")),
        ("allowed".to_owned(), instead)
    );
    folder.write(
        "policies/tested.json",
        allow("swf:ListDomains", ALL_DOMAINS),
    );
    assert_eq!(told(&folder, list), ("allowed".to_owned(), noted));
    let elsewhere = ALL_DOMAINS.replace("us-east-1", "eu-west-1");
    let asks = format!("--resource: the server asks about {elsewhere}");
    folder
        .environment
        .insert("AWS_REGION".into(), "eu-west-1".into());
    assert_eq!(told(&folder, list), ("denied".to_owned(), vec![asks]));
    let clock = "--user bob --action everbeat:MoveClock";
    let asks = "--resource: the server asks about *";
    assert_eq!(notes(&folder, clock), [asks]);
    assert_eq!(
        notes(&folder, &format!("{clock} --resource {DOMAIN}")),
        [format!(
            "{asks}, which is denied because no identity-based policy allows it"
        )]
    );
    let asks = format!("--resource: the server asks about the ARN of a domain, such as {DOMAIN}");
    let any = "--user alice --action swf:DescribeDomain --resource *";
    assert_eq!(notes(&folder, any), [asks]);
    for (action, wanted) in [
        ("swf:DescribeDomain", "the ARN of a domain"),
        ("iam:PassRole", "the ARN of the role"),
    ] {
        let failure = folder.execute(&format!("simulate --user bob --action {action}"));
        let failure = failure.expect_err("the resource is missing");
        let is_told =
            |text: &str| text.starts_with("--resource is missing: ") && text.contains(wanted);
        assert!(
            matches!(&failure, Failure::Usage(text) if is_told(text)),
            "{failure}"
        );
    }
    let failure = folder.failure("simulate --user bob --action swf:DescribeDomian");
    assert!(failure.contains("'swf:DescribeDomain'"), "{failure}");
}

#[test]
fn keys_that_could_change_the_verdict_are_told() {
    let folder = folder();
    let describe = format!("--user alice --action swf:DescribeDomain --resource {DOMAIN}");
    let one = "a statement tests aws:SourceIp, which was not given";
    tested(
        &folder,
        "Allow",
        r#"{"IpAddress": {"aws:sourceIP": "10.0.0.0/8"}}"#,
    );
    assert_eq!(notes(&folder, &describe), [one]);
    let given = format!("{describe} --context aws:SourceIp=10.1.2.3");
    assert_eq!(told(&folder, &given), ("allowed".to_owned(), vec![]));
    tested(
        &folder,
        "Allow",
        r#"{"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#,
    );
    assert_eq!(
        told(&folder, &describe),
        ("allowed".to_owned(), vec![one.to_owned()])
    );
    tested(
        &folder,
        "Allow",
        r#"{"StringEquals": {"aws:ResourceTag/Team": "a", "aws:UserAgent": "b", "swf:taskList.name": "c"}}"#,
    );
    // Describing a domain never has a task list, so that the statement never applies.
    assert_eq!(notes(&folder, &describe), Vec::<String>::new());
    let poll = describe.replace("DescribeDomain", "PollForActivityTask");
    assert_eq!(
        notes(&folder, &poll),
        [
            "statements test aws:ResourceTag/team, aws:UserAgent and swf:taskList.name, which were not given"
        ]
    );
    tested(
        &folder,
        "Allow",
        r#"{"StringEquals": {"aws:PrincipalTag/none": "a", "aws:UserAgent": "b"}}"#,
    );
    assert_eq!(notes(&folder, &poll), Vec::<String>::new());
}

#[test]
fn a_role_without_its_session_is_open() {
    let folder = folder();
    tested(
        &folder,
        "Allow",
        r#"{"StringLike": {"aws:userid": "*:build"}, "DateLessThan": {"aws:TokenIssueTime": "2027-01-01"}}"#,
    );
    let rest = format!("--action swf:DescribeDomain --resource {DOMAIN}");
    assert_eq!(
        notes(&folder, &format!("--role ci {rest}")),
        ["statements test aws:TokenIssueTime and aws:userid, which were not given"]
    );
    let id = exported(
        &folder.run("create-session --role ci --name build"),
        "AWS_ACCESS_KEY_ID",
    );
    let of_key = told(&folder, &format!("--key {id} {rest}"));
    assert_eq!(of_key, ("allowed".to_owned(), vec![]));
}

#[test]
fn what_must_be_allowed_besides_is_told() {
    let folder = folder();
    folder.write(
        "policies/tested.json",
        allow("swf:*\", \"swf:StartTimer", "*")
            .replace("\"swf:*\", ", "\"swf:RegisterDomain\", ")
            .replace("\"Action\": ", "\"Action\": [")
            .replace(", \"Resource\"", "], \"Resource\""),
    );
    let timer = |user: &str| format!("--user {user} --action swf:StartTimer --resource {DOMAIN}");
    let needs = "the call that makes the decision needs swf:RespondDecisionTaskCompleted, which is";
    let nothing = "denied because no identity-based policy allows it";
    let all = r#"allowed by statement 1 ("Only") of policy all"#;
    assert_eq!(
        notes(&folder, &timer("alice")),
        [format!("{needs} {nothing}")]
    );
    assert_eq!(notes(&folder, &timer("bob")), [format!("{needs} {all}")]);
    let register = format!("--user alice --action swf:RegisterDomain --resource {DOMAIN}");
    assert_eq!(notes(&folder, &register), Vec::<String>::new());
    let tags = "with tags the server also asks for swf:TagResource, which is";
    for context in ["aws:RequestTag/a=b", "aws:TagKeys=a"] {
        let words = format!("{register} --context {context}");
        assert_eq!(notes(&folder, &words), [format!("{tags} {nothing}")]);
    }
    let role = "with a lambda role the server also asks for iam:PassRole on that role".to_owned();
    let bob = |action: &str| {
        notes(
            &folder,
            &format!("--user bob --action {action} --resource {DOMAIN}"),
        )
    };
    for action in ["swf:StartWorkflowExecution", "swf:RegisterWorkflowType"] {
        assert_eq!(bob(action), [&*role], "{action}");
    }
    for action in [
        "swf:StartChildWorkflowExecution",
        "swf:ContinueAsNewWorkflowExecution",
    ] {
        assert_eq!(
            bob(action),
            [format!("{needs} {all}"), role.clone()],
            "{action}"
        );
    }
    let denied = format!("--user alice --action swf:RecordMarker --resource {DOMAIN}");
    assert_eq!(told(&folder, &denied), ("denied".to_owned(), vec![]));
}

#[test]
fn own_calls_are_asked_as_what_the_server_asks() {
    let folder = folder();
    folder.write(
        "policies/tested.json",
        allow("swf:DescribeWorkflowExecution", DOMAIN),
    );
    for action in ["swf:DescribeHeartbeats", "everbeat:describewaits"] {
        let words = format!("--user alice --action {action} --resource {DOMAIN}");
        let note =
            format!("--action: the server asks about '{action}' as swf:DescribeWorkflowExecution");
        assert_eq!(told(&folder, &words), ("allowed".to_owned(), vec![note]));
    }
}

#[test]
fn a_value_with_two_names_is_given_by_either() {
    let folder = folder();
    let child = "swf:StartChildWorkflowExecution";
    let next = "swf:ContinueAsNewWorkflowExecution";
    for (action, tested_key, given, allowed) in [
        (child, "swf:tagList.0", "swf:tagList.member.0", true),
        (child, "swf:tagList.member.4", "SWF:taglist.4", true),
        (child, "swf:tagList.1", "swf:tagList.member.0", false),
        (
            next,
            "swf:workflowTypeVersion",
            "swf:workflowType.version",
            true,
        ),
        (
            next,
            "swf:workflowType.version",
            "swf:workflowTypeVersion",
            true,
        ),
        (
            child,
            "swf:workflowTypeVersion",
            "swf:workflowType.version",
            false,
        ),
        (next, "swf:tagList.0", "swf:tagList.member.0", false),
        ("swf:TagResource", "aws:TagKeys", "aws:RequestTag/a", true),
    ] {
        let value = if tested_key == "aws:TagKeys" {
            "a"
        } else {
            "x"
        };
        let operator = if value == "a" {
            "ForAnyValue:StringEquals"
        } else {
            "StringEquals"
        };
        tested(
            &folder,
            "Allow",
            &format!(r#"{{"{operator}": {{"{tested_key}": "{value}"}}}}"#),
        );
        let words =
            format!("--user alice --action {action} --resource {DOMAIN} --context {given}=x");
        let (verdict, _) = told(&folder, &words);
        assert_eq!(verdict == "allowed", allowed, "{words} {tested_key}");
    }
    let words = format!(
        "simulate --user bob --action {child} --resource {DOMAIN} --context swf:tagList.0=a --context swf:tagList.member.0=b"
    );
    assert_eq!(
        folder.failure(&words),
        "--context: swf:tagList.0 and swf:tagList.member.0 are two names of one value"
    );
}

#[test]
fn another_account_is_never_reached() {
    let folder = folder();
    let other = DOMAIN.replace(ACCOUNT, "210987654321");
    let words = format!("--user bob --action swf:DescribeDomain --resource {other}");
    let note = format!(
        "--resource: never reachable: the server asks about the caller's own account, {ACCOUNT}"
    );
    assert_eq!(notes(&folder, &words), [note]);
    let role = "--user bob --action iam:PassRole --resource arn:aws:iam::210987654321:role/x";
    assert_eq!(notes(&folder, role), Vec::<String>::new());
}

#[test]
fn values_of_the_wrong_form_are_refused() {
    let folder = folder();
    for (key, bad, good) in [
        ("aws:SourceIp", "hello", "2001:db8::1"),
        ("aws:SourceIp", "10.0.0.0/8", "10.0.0.1"),
        ("aws:CurrentTime", "yesterday", "2026-01-31T12:00:00Z"),
        ("aws:TokenIssueTime", "now", "2026-01-31"),
        ("aws:EpochTime", "soon", "1795428000"),
        ("aws:SecureTransport", "yes", "true"),
        ("aws:PrincipalAccount", "me", ACCOUNT),
        (
            "aws:PrincipalArn",
            "alice",
            "arn:aws:iam::123456789012:user/alice",
        ),
    ] {
        let words = |value: &str| {
            format!(
                "simulate --user bob --action swf:DescribeDomain --resource {DOMAIN} --context {key}={value}"
            )
        };
        let failure = folder.execute(&words(bad)).expect_err(bad);
        let start = format!("--context: '{key}' must be ");
        let is_told =
            |text: &str| text.starts_with(&start) && text.ends_with(&format!("not '{bad}'"));
        assert!(
            matches!(&failure, Failure::Usage(text) if is_told(text)),
            "{failure}"
        );
        folder.run(&words(good));
    }
}

#[test]
fn what_contradicts_the_caller_is_told() {
    let folder = folder();
    for (who, context, note) in [
        (
            "--user alice",
            "aws:username=bob",
            Some("for the server 'aws:username' is 'alice'"),
        ),
        ("--user alice", "aws:username=alice", None),
        (
            "--user alice",
            "aws:principaltag/TEAM=red",
            Some("for the server 'aws:principaltag/TEAM' is 'blue'"),
        ),
        (
            "--user alice",
            "aws:PrincipalTag/x=y",
            Some("this caller has no 'aws:PrincipalTag/x'"),
        ),
        (
            "--user alice",
            "aws:TokenIssueTime=2026-01-01",
            Some("this caller has no 'aws:TokenIssueTime'"),
        ),
        (
            "--user alice",
            "aws:RequestedRegion=x",
            Some("for the server 'aws:RequestedRegion' is 'us-east-1'"),
        ),
        ("--user alice", "aws:CurrentTime=2030-01-01", None),
        (
            "--role ci",
            "aws:username=ci",
            Some("this caller has no 'aws:username'"),
        ),
        ("--role ci", "aws:userid=AROA:build", None),
    ] {
        let words =
            format!("{who} --action swf:DescribeDomain --resource {DOMAIN} --context {context}");
        let expected: Vec<_> = note
            .map(|note| format!("--context: {note}"))
            .into_iter()
            .collect();
        assert_eq!(notes(&folder, &words), expected, "{words}");
    }
}

#[test]
fn boundary_and_session_policies_are_named_as_such() {
    let folder = Folder::with(&format!(
        "[account.{ACCOUNT}.user.alice]\npolicies = ['all']\nboundary = 'shut'\n\
         [account.{ACCOUNT}.user.bob]\npolicies = ['all']\n"
    ));
    let shut = allow("swf:*", "*").replace("Allow", "Deny");
    folder.write("policies/shut.json", shut);
    let rest = format!("--action swf:DescribeDomain --resource {DOMAIN}");
    assert_eq!(
        folder.run(&format!("simulate --user alice {rest}")),
        "denied by statement 1 (\"Only\") of the permissions boundary shut (policies/shut.json)\n"
    );
    let session = folder.run("create-session --user bob --policy shut");
    let id = exported(&session, "AWS_ACCESS_KEY_ID");
    assert_eq!(
        folder.run(&format!("simulate --key {id} {rest}")),
        "denied by statement 1 (\"Only\") of the session policy shut (policies/shut.json)\n"
    );
}
