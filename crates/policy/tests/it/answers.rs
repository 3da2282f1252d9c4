//! What policies answer, and what they say decided (protocol 7.1 and 7.3).

use everbeat_policy::{Effect, Policies, Policy, Reason, Verdict};

use crate::support::{DOMAIN, Table, ask, identity, policy, statement};

const HEARTBEAT: &str = "swf:RecordActivityTaskHeartbeat";

fn answer(policies: &Policies) -> String {
    ask(policies, HEARTBEAT, DOMAIN, &Table::new()).to_string()
}

fn allow(inner: &str) -> String {
    statement(&format!(r#""Effect": "Allow", {inner}"#))
}

fn allows(inner: &str, action: &str, resource: &str) -> bool {
    let policies = identity(&[&allow(inner)]);
    ask(&policies, action, resource, &Table::new()).is_allowed()
}

#[test]
fn the_default_is_no() {
    let nobody = ask(&Policies::default(), HEARTBEAT, DOMAIN, &Table::new());
    assert!(!nobody.is_allowed() && !nobody.is_explicit_deny());
    assert!(matches!(nobody, Verdict::Denied(Reason::NotAllowed)));
    let expected = "denied because no identity-based policy allows it";
    assert_eq!(nobody.to_string(), expected);
}

#[test]
fn a_deny_decides_wherever_it_stands() {
    let open = allow(r#""Action": "swf:*", "Resource": "*""#);
    let closed = statement(r#""Sid": "No", "Effect": "Deny", "Action": "*", "Resource": "*""#);
    for documents in [[&*open, &*closed], [&*closed, &*open]] {
        let expected = r#"denied by statement 1 ("No") of policy p"#;
        assert_eq!(answer(&identity(&documents)), expected);
    }
    let elsewhere = [
        (
            Policies {
                boundary: Some(policy(&closed)),
                ..identity(&[&open])
            },
            r#"denied by statement 1 ("No") of the permissions boundary p"#,
        ),
        (
            Policies {
                session: vec![policy(&open), policy(&closed)],
                ..identity(&[&open])
            },
            r#"denied by statement 1 ("No") of the session policy p"#,
        ),
    ];
    for (policies, expected) in elsewhere {
        assert_eq!(answer(&policies), expected);
        assert!(ask(&policies, HEARTBEAT, DOMAIN, &Table::new()).is_explicit_deny());
    }
}

#[test]
fn boundary_and_session_must_allow_too() {
    let open = allow(r#""Action": "swf:*", "Resource": "*""#);
    let other = allow(r#""Action": "swf:StartTimer", "Resource": "*""#);
    let bounded = |boundary: &str| Policies {
        boundary: Some(policy(boundary)),
        ..identity(&[&open])
    };
    let session = |documents: &[&str]| Policies {
        session: identity(documents).identity,
        ..identity(&[&open])
    };
    let allowed = "allowed by statement 1 of policy p";
    assert_eq!(answer(&bounded(&open)), allowed);
    assert_eq!(
        answer(&bounded(&other)),
        "denied because the permissions boundary p does not allow it"
    );
    assert_eq!(answer(&session(&[&other, &open])), allowed);
    let verdict = ask(&session(&[&other]), HEARTBEAT, DOMAIN, &Table::new());
    assert_eq!(
        verdict.to_string(),
        "denied because no session policy allows it"
    );
    assert!(!verdict.is_explicit_deny());
    let only_bounded = Policies {
        identity: Vec::new(),
        ..bounded(&open)
    };
    assert!(answer(&only_bounded).contains("no identity-based policy"));
}

#[test]
fn the_deciding_statement_is_named() {
    let text = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "swf:StartTimer", "Resource": "*"},
        {"Sid": "Heartbeats", "Effect": "Allow", "Resource": "*",
         "Action": ["swf:RecordActivityTaskHeartbeat", "swf:StartTimer", "swf:Count*"],
         "Condition": {"Null": {"swf:name": true}}},
        {"Effect": "Deny", "NotAction": "swf:*", "NotResource": "arn:aws:swf:*:*:/domain/a"}
    ]}"#;
    let policies = identity(&[text]);
    let expected = r#"allowed by statement 2 ("Heartbeats") of policy p"#;
    assert_eq!(answer(&policies), expected);
    let (policy, _) = Policy::read("heartbeats", text).expect("a policy");
    let lines: Vec<String> = policy.statements().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "statement 1: Allow swf:StartTimer on *",
            "statement 2 (\"Heartbeats\"): Allow swf:RecordActivityTaskHeartbeat, swf:StartTimer and 1 more on * if Null swf:name",
            "statement 3: Deny everything but swf:* on everything but arn:aws:swf:*:*:/domain/a",
        ]
    );
    let second = policy.statements().nth(1).expect("the second");
    assert_eq!(second.sid(), Some("Heartbeats"));
    assert_eq!((second.number(), second.effect()), (2, Effect::Allow));
}

#[test]
fn actions() {
    for (pattern, action, expected) in [
        (r#""Action": "swf:StartTimer""#, "swf:StartTimer", true),
        (r#""Action": "SWF:starttimer""#, "swf:StartTimer", true),
        (r#""Action": "swf:StartTimer""#, "swf:StartTimers", false),
        (r#""Action": "swf:Start*""#, "swf:StartTimer", true),
        (r#""Action": "swf:Start?imer""#, "swf:StartTimer", true),
        (
            r#""Action": ["swf:Count*", "swf:*Timer"]"#,
            "swf:CancelTimer",
            true,
        ),
        (r#""Action": "swf:*""#, "iam:PassRole", false),
        (r#""Action": "*""#, "iam:PassRole", true),
        (r#""NotAction": "swf:Start*""#, "swf:StartTimer", false),
        (r#""NotAction": "swf:Start*""#, "everbeat:MoveClock", true),
        (
            r#""NotAction": ["swf:Start*", "swf:Count*"]"#,
            "swf:RecordMarker",
            true,
        ),
    ] {
        let inner = format!(r#"{pattern}, "Resource": "*""#);
        assert_eq!(
            allows(&inner, action, DOMAIN),
            expected,
            "{pattern} {action}"
        );
    }
}

#[test]
fn resources() {
    for (pattern, resource, expected) in [
        (r#""Resource": "*""#, DOMAIN, true),
        (r#""Resource": "*""#, "*", true),
        (r#""Resource": "arn:*""#, "*", false),
        (
            r#""Resource": "arn:aws:swf:*:*:/domain/pay*""#,
            DOMAIN,
            true,
        ),
        (
            r#""Resource": "arn:aws:swf:*:*:/domain/Pay*""#,
            DOMAIN,
            false,
        ),
        (
            r#""Resource": "arn:aws:swf::123456789012:/domain/*""#,
            DOMAIN,
            false,
        ),
        (
            r#""NotResource": "arn:aws:swf:*:*:/domain/pay*""#,
            DOMAIN,
            false,
        ),
        (
            r#""NotResource": "arn:aws:swf:*:*:/domain/x""#,
            DOMAIN,
            true,
        ),
    ] {
        let inner = format!(r#""Action": "*", {pattern}"#);
        assert_eq!(allows(&inner, HEARTBEAT, resource), expected, "{pattern}");
    }
}

#[test]
fn without_a_version_variables_are_text() {
    let text = |version: &str| {
        format!(
            r#"{{{version} "Statement": {{"Effect": "Allow", "Action": "*",
            "Resource": "arn:aws:swf:us-east-1:123456789012:/domain/${{aws:username, 'payments'}}"}}}}"#
        )
    };
    for (version, domain, expected) in [
        (r#""Version": "2012-10-17","#, "payments", true),
        (r#""Version": "2008-10-17","#, "payments", false),
        ("", "payments", false),
        ("", "${aws:username, 'payments'}", true),
    ] {
        let policies = identity(&[&text(version)]);
        let resource = DOMAIN.replace("payments", domain);
        let verdict = ask(&policies, HEARTBEAT, &resource, &Table::new());
        assert_eq!(verdict.is_allowed(), expected, "{version} {domain}");
    }
}

/// Prints how long an answer takes: `cargo test --release -p everbeat-policy speed -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a check"]
fn speed() {
    let statement = |action: &str, domain: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": {action},
                "Resource": "arn:aws:swf:*:123456789012:/domain/{domain}"}}"#
        )
    };
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
        [
            statement(r#""swf:StartWorkflowExecution""#, "*"),
            statement(r#"["swf:PollForActivityTask", "swf:Respond*"]"#, "*"),
            statement(r#"["swf:Count*", "swf:List*", "swf:Describe*"]"#, "*"),
            statement(r#""swf:RecordActivityTaskHeartbeat""#, "orders"),
            statement(r#""swf:RecordActivityTaskHeartbeat""#, "payments"),
        ]
        .join(",")
    );
    let policies = identity(&[&text]);
    let facts = Table::new();
    const ROUNDS: u32 = 1_000_000;
    let start = std::time::Instant::now();
    for _ in 0..ROUNDS {
        let verdict = ask(&policies, std::hint::black_box(HEARTBEAT), DOMAIN, &facts);
        assert!(verdict.is_allowed());
    }
    println!("{:?} an answer", start.elapsed() / ROUNDS);
}
