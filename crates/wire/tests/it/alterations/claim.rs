//! Who signed what for which scope: signed headers, algorithm, credential, key and session.

use everbeat_model::FaultKind::{
    ExpiredTokenException as Expired, IncompleteSignatureException as Incomplete,
    InvalidSignatureException as Invalid, UnrecognizedClientException as Unrecognized,
};

use super::{EXPIRED, MISMATCH, Row, SCOPE, SIGNED, UNRECOGNIZED, refuse};
use crate::request::{NOW, Received, Server, TOKEN, signed, signed_with_token};

#[test]
fn with_too_few_signed_headers() {
    const HOST: &str = "'Host' must be a 'SignedHeader' in the AWS Authorization.";
    const TARGET: &str = "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.";
    const AMZ_DATE: &str = "'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.";
    const DATE: &str = "'Date' must be a 'SignedHeader' in the AWS Authorization.";
    const SECURITY_TOKEN: &str =
        "'X-Amz-Security-Token' must be a 'SignedHeader' in the AWS Authorization.";
    let rows: [Row; 7] = [
        (
            "host",
            |r| r.reword("content-type;host;", "content-type;"),
            Invalid,
            HOST,
        ),
        (
            "host alone",
            |r| r.reword(SIGNED, "x-amz-date"),
            Invalid,
            HOST,
        ),
        (
            "a header named nearly so",
            |r| r.reword(";host;", ";hosts;"),
            Invalid,
            HOST,
        ),
        ("target", |r| r.reword(";x-amz-target", ""), Invalid, TARGET),
        ("date", |r| r.reword(";x-amz-date", ""), Invalid, AMZ_DATE),
        (
            "x-amz-date beside a signed date",
            |r| {
                r.set("date", "Mon, 23 Nov 2026 10:00:00 GMT");
                r.reword(";host;x-amz-date", ";date;host");
            },
            Invalid,
            AMZ_DATE,
        ),
        (
            "the other date",
            |r| {
                r.headers.remove("x-amz-date");
                r.set("date", "Mon, 23 Nov 2026 10:00:00 GMT");
            },
            Invalid,
            DATE,
        ),
    ];
    refuse(&Server::default(), &signed(), &rows);
    let rows: [Row; 1] = [(
        "token",
        |r| r.reword(";x-amz-security-token", ""),
        Invalid,
        SECURITY_TOKEN,
    )];
    refuse(&Server::with_session(), &signed_with_token(), &rows);
    let rows: [Row; 1] = [(
        "a token that a proxy added",
        |r| r.set("x-amz-security-token", TOKEN),
        Invalid,
        SECURITY_TOKEN,
    )];
    refuse(&Server::default(), &signed(), &rows);
}

#[test]
fn with_another_algorithm_or_credential() {
    const FIVE: &str = "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '";
    let rows: [Row; 3] = [
        (
            "a hash of another length",
            |r| r.reword("SHA256", "SHA512"),
            Incomplete,
            "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512' (only AWS4-HMAC-SHA256 for now). ",
        ),
        (
            "asymmetric",
            |r| r.reword("HMAC-SHA256", "ECDSA-P256-SHA256"),
            Incomplete,
            "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256' (only AWS4-HMAC-SHA256 for now). ",
        ),
        (
            "none",
            |r| r.reword("HMAC-SHA256", ""),
            Incomplete,
            "Unsupported AWS 'algorithm': 'AWS4-' (only AWS4-HMAC-SHA256 for now). ",
        ),
    ];
    refuse(&Server::default(), &signed(), &rows);
    for credential in [
        "AKIDEXAMPLE",
        "AKIDEXAMPLE/20261123/us-east-1/swf",
        "AKIDEXAMPLE/20261123/us-east-1/swf/aws4_request/",
        "AKID/EXAMPLE/20261123/us-east-1/swf/aws4_request",
    ] {
        let mut request = signed();
        request.reword(SCOPE, credential);
        let text = format!("{FIVE}{credential}'");
        assert_eq!(
            Server::default().answer(&request),
            Err(Incomplete.with(text))
        );
    }
}

#[test]
fn with_another_scope() {
    let rows: [Row; 9] = [
        (
            "region",
            |r| r.reword("us-east-1", "eu-west-1"),
            Invalid,
            "Credential should be scoped to a valid region, not 'eu-west-1'. ",
        ),
        (
            "no region",
            |r| r.reword("us-east-1", ""),
            Invalid,
            "Credential should be scoped to a valid region, not ''. ",
        ),
        (
            "region in another case",
            |r| r.reword("us-east-1", "US-EAST-1"),
            Invalid,
            "Credential should be scoped to a valid region, not 'US-EAST-1'. ",
        ),
        (
            "service",
            |r| r.reword("/swf/", "/dynamodb/"),
            Invalid,
            "Credential should be scoped to correct service: 'swf'. ",
        ),
        (
            "terminator",
            |r| r.reword("aws4_request", "aws5_request"),
            Invalid,
            "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. ",
        ),
        (
            "no terminator",
            |r| r.reword("aws4_request", ""),
            Invalid,
            "Credential should be scoped with a valid terminator: 'aws4_request', not ''. ",
        ),
        (
            "day",
            |r| r.reword("20261123", "20261122"),
            Invalid,
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
             '20261122' != '20261123', from '20261123T100000Z'.",
        ),
        (
            "day beside a Date header",
            |r| {
                r.headers.remove("x-amz-date");
                r.set("date", "Mon, 23 Nov 2026 10:00:30 GMT");
                r.reword("host;x-amz-date", "date;host");
                r.reword("20261123", "23-11-26");
            },
            Invalid,
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
             '23-11-26' != '20261123', from '20261123T100030Z'.",
        ),
        (
            "everything",
            |r| r.reword("20261123/us-east-1/swf/aws4_request", "1/2/3/4"),
            Invalid,
            "Credential should be scoped to a valid region, not '2'. Credential should be scoped to correct service: \
             'swf'. Credential should be scoped with a valid terminator: 'aws4_request', not '4'. Date in Credential \
             scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '1' != '20261123', from \
             '20261123T100000Z'.",
        ),
    ];
    refuse(&Server::default(), &signed(), &rows);
    let any_region = Server {
        region: None,
        ..Server::default()
    };
    let rows: [Row; 3] = [
        (
            "no region where any will do",
            |r| r.reword("us-east-1", ""),
            Invalid,
            "Credential should be scoped to a valid region, not ''. ",
        ),
        (
            "what cannot be a region",
            |r| r.reword("us-east-1", "us:east*1"),
            Invalid,
            "Credential should be scoped to a valid region, not 'us:east*1'. ",
        ),
        (
            "a region for which it is not signed",
            |r| r.reword("us-east-1", "eu-west-1"),
            Invalid,
            MISMATCH,
        ),
    ];
    refuse(&any_region, &signed(), &rows);
}

#[test]
fn with_another_key_or_session() {
    let rows: [Row; 3] = [
        (
            "key",
            |r| r.reword("AKIDEXAMPLE", "AKIDEXAMPLF"),
            Unrecognized,
            UNRECOGNIZED,
        ),
        (
            "no key",
            |r| r.reword("AKIDEXAMPLE", ""),
            Unrecognized,
            UNRECOGNIZED,
        ),
        (
            "key before signature",
            |r| {
                r.reword("AKIDEXAMPLE", "akidexample");
                r.reword("Signature=", "Signature=x");
            },
            Unrecognized,
            UNRECOGNIZED,
        ),
    ];
    refuse(&Server::default(), &signed(), &rows);
    let rows: [Row; 4] = [
        (
            "token",
            |r| r.set("x-amz-security-token", "a+session"),
            Unrecognized,
            UNRECOGNIZED,
        ),
        (
            "empty token",
            |r| r.set("x-amz-security-token", ""),
            Unrecognized,
            UNRECOGNIZED,
        ),
        (
            "no text",
            |r| r.set("x-amz-security-token", b"\xff"),
            Unrecognized,
            UNRECOGNIZED,
        ),
        (
            "sent twice",
            |r| r.add("x-amz-security-token", TOKEN),
            Invalid,
            MISMATCH,
        ),
    ];
    refuse(&Server::with_session(), &signed_with_token(), &rows);
    let answer = |server: &Server, request: &Received| server.answer(request);
    let unrecognised = Err(Unrecognized.with(UNRECOGNIZED));
    assert_eq!(answer(&Server::with_session(), &signed()), unrecognised);
    assert_eq!(
        answer(&Server::default(), &signed_with_token()),
        unrecognised
    );
    let over = |expires: i64| Server {
        session: Some((TOKEN, expires)),
        ..Server::default()
    };
    let expired = Err(Expired.with(EXPIRED));
    assert_eq!(answer(&over(NOW + 1), &signed_with_token()), Ok(()));
    assert_eq!(answer(&over(NOW), &signed_with_token()), expired);
    assert_eq!(answer(&over(NOW - 100), &signed_with_token()), expired);
    // A wrong token comes before an expired session, and that before a wrong signature.
    let mut request = signed_with_token();
    request.set("x-amz-security-token", "another");
    assert_eq!(answer(&over(NOW), &request), unrecognised);
    let mut request = signed_with_token();
    request.body.push(b' ');
    assert_eq!(answer(&over(NOW), &request), expired);
}
