//! Documents that are refused: each with its line, its place, and the nearest known name.

use everbeat_policy::Policy;

use crate::support::statement;

fn refusal(text: &str) -> String {
    match Policy::read("p", text) {
        Ok(_) => panic!("was read: {text}"),
        Err(problem) => problem.to_string(),
    }
}

#[test]
fn the_place_of_a_problem() {
    let text = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"},
    {"Effect": "Allow", "Action": "swf:*", "Resource": "*",
     "Condition": {
       "StringLik": {"swf:taskList.name": "a"}}}
  ]
}"#;
    let expected =
        "line 7, Statement[2].Condition: unknown operator 'StringLik'; did you mean 'StringLike'?";
    assert_eq!(refusal(text), expected);
    let problem = Policy::read("p", text).expect_err("refused");
    assert_eq!(problem.line, 7);
    assert_eq!(problem.place, "Statement[2].Condition");
}

#[test]
fn documents() {
    for (text, expected) in [
        ("", "line 1: not JSON: EOF while parsing a value"),
        ("[]", "line 1: must be an object, not a list"),
        ("\n{}", "line 2: Statement is missing"),
        (
            r#"{"Statement": []}"#,
            "line 1, Statement: has no statement",
        ),
        (
            r#"{"Statement": [[]]}"#,
            "line 1, Statement[1]: must be an object, not a list",
        ),
        (
            r#"{"Statement": null}"#,
            "line 1, Statement: must be an object, not null",
        ),
        (
            r#"{"statement": []}"#,
            "line 1: unknown element 'statement'; did you mean 'Statement'?",
        ),
        (
            r#"{"Id": 1, "Statement": {}}"#,
            "line 1, Id: must be a string, not a number",
        ),
        (
            r#"{"Version": "2012-10-18", "Statement": {}}"#,
            "line 1, Version: must be 2012-10-17 or 2008-10-17, not '2012-10-18'",
        ),
        (
            r#"{"Version": "2012-10-17", "Version": 1}"#,
            "line 1: 'Version' is there twice",
        ),
    ] {
        assert_eq!(refusal(text), expected, "{text}");
    }
    let large = format!("{{{}}}", " ".repeat(64 * 1024));
    let expected = "line 1: 65538 bytes; a document has at most 65536";
    assert_eq!(refusal(&large), expected);
}

#[test]
fn deep_nesting_is_refused_like_any_other_value() {
    for (open, close) in [("[", "]"), ("{\"Statement\":", "}")] {
        let depth = 60_000 / (open.len() + 1);
        let text = open.repeat(depth) + "1" + &close.repeat(depth);
        assert!(refusal(&text).starts_with("line 1"), "{open}");
        let text = format!("{{\"Statement\": {}", open.repeat(depth));
        assert!(refusal(&text).contains("not JSON: EOF"), "{open}");
    }
}

#[test]
fn elements_of_a_statement() {
    for (text, expected) in [
        (
            r#""Action": "*", "Resource": "*""#,
            "line 1, Statement: Effect is missing",
        ),
        (
            r#""Effect": "allow", "Action": "*", "Resource": "*""#,
            "line 1, Statement.Effect: unknown effect 'allow'; did you mean 'Allow'?",
        ),
        (
            r#""Effect": "Allow", "Resource": "*""#,
            "line 1, Statement: Action or NotAction is missing",
        ),
        (
            r#""Effect": "Allow", "Action": "*", "NotAction": "*", "Resource": "*""#,
            "line 1, Statement: Action and NotAction exclude each other",
        ),
        (
            r#""Effect": "Allow", "Action": "*""#,
            "line 1, Statement: Resource or NotResource is missing",
        ),
        (
            r#""Effect": "Allow", "Action": "*", "Resource": "*", "NotResource": "*""#,
            "line 1, Statement: Resource and NotResource exclude each other",
        ),
        (
            r#""Effect": "Allow", "Action": [], "Resource": "*""#,
            "line 1, Statement.Action: has no action",
        ),
        (
            r#""Effect": "Allow", "Action": "*", "Resource": []"#,
            "line 1, Statement.Resource: has no resource",
        ),
        (
            r#""Effect": "Allow", "Action": ["*", 5], "Resource": "*""#,
            "line 1, Statement.Action[2]: must be a string, not a number",
        ),
        (
            r#""Effect": "Allow", "Action": "*", "Resource": "payments""#,
            "line 1, Statement.Resource: must be an ARN or '*', not 'payments'",
        ),
        (
            r#""Effect": "Allow", "Actoin": "*", "Resource": "*""#,
            "line 1, Statement: unknown element 'Actoin'; did you mean 'Action'?",
        ),
        (
            r#""Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*""#,
            "line 1, Statement: unknown element 'Principal': it is for policies of resources, which SWF has not",
        ),
        (
            r#""Effect": "Allow", "Action": "swf:StartTimr", "Resource": "*""#,
            "line 1, Statement.Action: unknown action 'swf:StartTimr'; did you mean 'swf:StartTimer'?",
        ),
        (
            r#""Effect": "Deny", "NotAction": "swf:Nothing*", "Resource": "*""#,
            "line 1, Statement.NotAction: unknown action 'swf:Nothing*'",
        ),
    ] {
        let text = format!("{{\"Statement\": {{{text}}}}}");
        assert_eq!(refusal(&text), expected, "{text}");
    }
}

#[test]
fn names_and_values_of_conditions() {
    for (block, expected) in [
        (r#"[]"#, ": must be an object, not a list"),
        (
            r#"{"StringEquals": "x"}"#,
            ".StringEquals: must be an object, not a string",
        ),
        (
            r#"{"NullIfExists": {"aws:username": "true"}}"#,
            ": unknown operator 'NullIfExists': Null takes neither IfExists nor a quantifier: whether the key is there is what it asks",
        ),
        (
            r#"{"Bool": {"aws:SecureTransports": true}}"#,
            ".Bool: unknown condition key 'aws:SecureTransports'; did you mean 'aws:SecureTransport'?",
        ),
        (
            r#"{"StringEquals": {"s3:prefix": "x"}}"#,
            ".StringEquals: the key 's3:prefix' belongs to another service than the actions",
        ),
        (
            r#"{"StringEquals": {"iam:PassedToServic": "x"}}"#,
            ".StringEquals: the key 'iam:PassedToServic' belongs to another service than the actions; did you mean 'iam:PassedToService'?",
        ),
        (
            r#"{"StringEquals": {"aws:username": null}}"#,
            ".StringEquals.aws:username: must be a string, a number, true or false, not null",
        ),
        (
            r#"{"StringEquals": {"aws:username": ["a", ["b"]]}}"#,
            ".StringEquals.aws:username[2]: must be a string, a number, true or false, not a list",
        ),
        (
            r#"{"NumericEquals": {"aws:EpochTime": "abc"}}"#,
            ".NumericEquals.aws:EpochTime: must be a decimal number, not 'abc'",
        ),
        (
            r#"{"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "1.2.3.300"]}}"#,
            ".IpAddress.aws:SourceIp[2]: must be an address or a range such as 203.0.113.0/24, not '1.2.3.300'",
        ),
        (
            r#"{"DateLessThan": {"aws:CurrentTime": "yesterday"}}"#,
            ".DateLessThan.aws:CurrentTime: must be a date such as 2026-01-31 or 2026-01-31T12:00:00Z, or seconds since 1970, not 'yesterday'",
        ),
        (
            r#"{"Bool": {"aws:SecureTransport": "maybe"}}"#,
            ".Bool.aws:SecureTransport: must be true or false, not 'maybe'",
        ),
        (
            r#"{"Null": {"aws:username": "maybe"}}"#,
            ".Null.aws:username: must be true or false, not 'maybe'",
        ),
        (
            r#"{"BinaryEquals": {"aws:username": "a!"}}"#,
            ".BinaryEquals.aws:username: must be base64, not 'a!'",
        ),
        (
            r#"{"ArnLike": {"aws:PrincipalArn": "alice"}}"#,
            ".ArnLike.aws:PrincipalArn: must be an ARN or '*', not 'alice'",
        ),
        (
            r#"{"StringLike": {"aws:username": "${aws:userid"}}"#,
            ".StringLike.aws:username: a '${' without its '}'",
        ),
        (
            r#"{"StringLike": {"aws:username": "${aws:usrname}"}}"#,
            ".StringLike.aws:username: unknown condition key 'aws:usrname'; did you mean 'aws:username'?",
        ),
        (
            r#"{"StringLike": {"aws:username": "${aws:TagKeys}"}}"#,
            ".StringLike.aws:username: 'aws:tagkeys' may have several values and cannot be a variable",
        ),
        (
            r#"{"NumericEquals": {"aws:EpochTime": "${aws:EpochTime}"}}"#,
            ".NumericEquals.aws:EpochTime: must be a decimal number, not '${aws:EpochTime}'",
        ),
    ] {
        let text = statement(&format!(
            r#""Effect": "Allow", "Action": "swf:*", "Resource": "*", "Condition": {block}"#
        ));
        let expected = format!("line 1, Statement.Condition{expected}");
        assert_eq!(refusal(&text), expected, "{text}");
    }
}
