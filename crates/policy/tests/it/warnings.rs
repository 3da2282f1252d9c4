//! Documents that are read, with a word about what will not do what it seems to say.

use everbeat_policy::Policy;

use crate::support::statement;

fn warned(text: &str) -> Vec<String> {
    let (_, warnings) = Policy::read("p", text).expect(text);
    warnings.iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_warned_of() {
    for (inner, expected) in [
        (
            r#""Action": ["swf:*", "s3:GetObject"], "Resource": "*""#,
            "line 1, Statement.Action[2]: 's3:GetObject' has no effect here",
        ),
        (
            r#""Action": "iam:GetUser", "Resource": "*""#,
            "line 1, Statement.Action: 'iam:GetUser' has no effect here",
        ),
        (
            r#""Action": "swf:*", "Resource": "arn:aws:swf::123456789012:/domain/a""#,
            "line 1, Statement.Resource: never matches: the region is missing; a domain is arn:aws:swf:REGION:ACCOUNT:/domain/NAME",
        ),
        (
            r#""Action": "*", "Resource": "arn:aws:swf:*:*:domain/*""#,
            "line 1, Statement.Resource: never matches: the slash before 'domain' is missing; a domain is arn:aws:swf:REGION:ACCOUNT:/domain/NAME",
        ),
        (
            r#""Action": "swf:StartTimer", "NotResource": "arn:aws:s3:::bucket""#,
            "line 1, Statement.NotResource: never matches: it is not of SWF; a domain is arn:aws:swf:REGION:ACCOUNT:/domain/NAME",
        ),
        (
            r#""Action": "swf:*", "Resource": "ARN:aws:swf:*:*:/domain/a""#,
            "line 1, Statement.Resource: never matches: an ARN begins with 'arn' in lower case",
        ),
        (
            r#""Action": "swf:*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": true}}"#,
            "line 1, Statement.Condition.Bool: the key 'aws:MultiFactorAuthPresent' is never present here",
        ),
        (
            r#""Action": "swf:TagResource", "Resource": "*", "Condition": {"StringEquals": {"aws:TagKeys": "a"}}"#,
            "line 1, Statement.Condition.StringEquals: 'aws:TagKeys' has several values: say ForAllValues: or ForAnyValue:",
        ),
        (
            r#""Action": "swf:*", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:username": "a"}}"#,
            "line 1, Statement.Condition.ForAllValues:StringEquals: 'aws:username' has one value, and ForAllValues: also holds without it",
        ),
        (
            r#""Action": "swf:RecordActivityTaskHeartbeat", "Resource": "*", "Condition": {"StringEquals": {"swf:taskList.name": "a"}}"#,
            "line 1, Statement.Condition.StringEquals: none of the statement's actions has the key 'swf:taskList.name'",
        ),
        (
            r#""Action": "swf:StartTimer", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#,
            "line 1, Statement.Condition.IpAddress: none of the statement's actions has the key 'aws:SourceIp'",
        ),
        (
            r#""Action": "swf:DescribeDomain", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/a": "b"}}"#,
            "line 1, Statement.Condition.StringEquals: none of the statement's actions has the key 'aws:RequestTag/a'",
        ),
        (
            r#""Action": "swf:*", "Resource": "*", "Condition": {"StringEquals": {"aws:username": []}}"#,
            "line 1, Statement.Condition.StringEquals.aws:username: has no value, so nothing fits",
        ),
        (
            r#""Sid": "with blanks", "Action": "*", "Resource": "*""#,
            "line 1, Statement.Sid: Amazon's service takes letters and digits only",
        ),
    ] {
        let text = statement(&format!(r#""Effect": "Allow", {inner}"#));
        assert_eq!(warned(&text), [expected], "{text}");
    }
}

#[test]
fn a_sid_should_be_there_once() {
    let statement = r#"{"Sid": "A", "Effect": "Deny", "Action": "*", "Resource": "*"}"#;
    let text = format!("{{\"Statement\": [{statement},\n{statement}]}}");
    let expected = "line 2, Statement[2].Sid: two statements have this Sid, and Amazon's service takes it once";
    assert_eq!(warned(&text), [expected]);
}

#[test]
fn variables_are_plain_text_in_the_older_version() {
    let text = r#"{"Statement": {"Effect": "Allow", "Action": "*",
        "Resource": "arn:aws:swf:*:*:/domain/${aws:username}"}}"#;
    let expected = "line 2, Statement.Resource: '${' is plain text without Version 2012-10-17";
    assert_eq!(warned(text), [expected]);
}

#[test]
fn ordinary_documents_have_none() {
    for inner in [
        r#""Sid": "A1", "Action": ["swf:*", "iam:PassRole"], "Resource": "*""#,
        r#""Action": "*", "Resource": "arn:aws:s3:::bucket""#,
        r#""Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/r""#,
        r#""Action": "everbeat:MoveClock", "Resource": "*""#,
        r#""NotAction": "swf:Start*", "Resource": "*", "Condition": {"StringLike": {"swf:name": "a*"}}"#,
        r#""Action": "swf:*", "Resource": "arn:aws:swf:*:*:/domain/${aws:username}", "Condition": {}"#,
        r#""Action": "swf:*", "Resource": "*", "Condition": {"Null": {"aws:TagKeys": false}}"#,
    ] {
        let text = statement(&format!(r#""Effect": "Allow", {inner}"#));
        assert_eq!(warned(&text), <[String; 0]>::default(), "{text}");
    }
}

#[test]
fn keys_of_another_service_pass_beside_its_actions() {
    let text = statement(
        r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b",
           "Condition": {"StringLike": {"s3:prefix": "${aws:username}/*"}}"#,
    );
    assert_eq!(
        warned(&text),
        ["line 1, Statement.Action: 's3:ListBucket' has no effect here"]
    );
}
