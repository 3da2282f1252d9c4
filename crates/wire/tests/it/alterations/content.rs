//! What the signature is of: method, path, headers and body.

use everbeat_model::FaultKind::InvalidSignatureException as Invalid;

use super::{Alter, MISMATCH, Row, SIGNED_WITH_TOKEN, refuse, refuse_signed};
use crate::request::{NOW, Server, sign, sign_as, signed, signed_with_token, unsigned};

#[test]
fn with_another_content() {
    let rows: [Row; 25] = [
        ("body", |r| r.body.push(b' '), Invalid, MISMATCH),
        ("no body", |r| r.body.clear(), Invalid, MISMATCH),
        ("method", |r| r.method = "PUT".into(), Invalid, MISMATCH),
        (
            "method's case",
            |r| r.method = "post".into(),
            Invalid,
            MISMATCH,
        ),
        ("path", |r| r.path = "/x".into(), Invalid, MISMATCH),
        ("asterisk", |r| r.path = "*".into(), Invalid, MISMATCH),
        (
            "bad escapes",
            |r| r.path = "/%zz%".into(),
            Invalid,
            MISMATCH,
        ),
        ("query", |r| r.query = "a=b".into(), Invalid, MISMATCH),
        (
            "host",
            |r| r.set("host", "127.0.0.1:7931"),
            Invalid,
            MISMATCH,
        ),
        (
            "host twice",
            |r| r.add("host", "127.0.0.1:7930"),
            Invalid,
            MISMATCH,
        ),
        (
            "host's case",
            |r| r.set("host", "LOCALHOST"),
            Invalid,
            MISMATCH,
        ),
        (
            "no host",
            |r| drop(r.headers.remove("host")),
            Invalid,
            MISMATCH,
        ),
        (
            "target",
            |r| r.set("x-amz-target", "SimpleWorkflowService.ListDomains"),
            Invalid,
            MISMATCH,
        ),
        (
            "target twice",
            |r| r.add("x-amz-target", "x"),
            Invalid,
            MISMATCH,
        ),
        (
            "no target",
            |r| drop(r.headers.remove("x-amz-target")),
            Invalid,
            MISMATCH,
        ),
        (
            "date",
            |r| r.set("x-amz-date", "20261123T100001Z"),
            Invalid,
            MISMATCH,
        ),
        (
            "type",
            |r| r.set("content-type", "application/json"),
            Invalid,
            MISMATCH,
        ),
        (
            "type that is no text",
            |r| r.set("content-type", b"\xff"),
            Invalid,
            MISMATCH,
        ),
        (
            "signature",
            |r| r.reword("Signature=", "Signature=0"),
            Invalid,
            MISMATCH,
        ),
        (
            "signature in upper case",
            |r| {
                let header = r.get("authorization");
                let (before, signature) = header.split_once("Signature=").expect("a signature");
                r.set(
                    "authorization",
                    format!("{before}Signature={}", signature.to_uppercase()),
                );
            },
            Invalid,
            MISMATCH,
        ),
        (
            "signature given twice",
            |r| r.reword("Signature=", "Signature=00, Signature="),
            Invalid,
            MISMATCH,
        ),
        (
            "a signed header that is not there",
            |r| r.reword("target,", "target;x-none,"),
            Invalid,
            MISMATCH,
        ),
        (
            "no order",
            |r| r.reword("content-type;host", "host;content-type"),
            Invalid,
            MISMATCH,
        ),
        (
            "a name twice",
            |r| r.reword("host;", "host;host;"),
            Invalid,
            MISMATCH,
        ),
        (
            "a name in upper case",
            |r| r.reword("host", "Host"),
            Invalid,
            MISMATCH,
        ),
    ];
    refuse(&Server::default(), &signed(), &rows);
    let rows: [Row; 4] = [
        (
            "empty names",
            |r| r.reword("host;", "host;;"),
            Invalid,
            MISMATCH,
        ),
        (
            "an empty last name",
            |r| r.reword("target,", "target;,"),
            Invalid,
            MISMATCH,
        ),
        (
            "a signed header more",
            |r| r.reword("target,", "target;x-other,"),
            Invalid,
            MISMATCH,
        ),
        (
            "not text",
            |r| {
                let mut header = r.get("authorization").into_bytes();
                header.extend(b",x=\xff");
                r.set("authorization", header);
            },
            Invalid,
            MISMATCH,
        ),
    ];
    refuse(&Server::default(), &signed(), &rows);
    let other_secret = Server {
        secret: "another",
        ..Server::default()
    };
    assert_eq!(other_secret.answer(&signed()), Err(Invalid.with(MISMATCH)));
}

/// The signature of these is right, and yet they are refused.
#[test]
fn with_a_payload_hash_of_something_else() {
    let rows: [Row; 6] = [
        (
            "unsigned",
            |r| r.set("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
            Invalid,
            MISMATCH,
        ),
        (
            "streamed",
            |r| r.set("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
            Invalid,
            MISMATCH,
        ),
        (
            "empty",
            |r| r.set("x-amz-content-sha256", ""),
            Invalid,
            MISMATCH,
        ),
        (
            "short",
            |r| r.set("x-amz-content-sha256", "00"),
            Invalid,
            MISMATCH,
        ),
        (
            "of another body",
            |r| r.set("x-amz-content-sha256", "0".repeat(64)),
            Invalid,
            MISMATCH,
        ),
        (
            "of this body, twice",
            |r| {
                let hash = everbeat_wire::sigv4::payload_hash(&r.body);
                r.add("x-amz-content-sha256", &hash);
                r.add("x-amz-content-sha256", &hash);
            },
            Invalid,
            MISMATCH,
        ),
    ];
    refuse_signed(&Server::default(), None, &rows);
}

/// Headers that are signed rightly, but not in the one form that there is.
#[test]
fn with_signed_headers_in_another_form() {
    const HOST: (&str, &str) = ("host", "127.0.0.1:7930");
    const DATE: (&str, &str) = ("x-amz-date", "20261123T100000Z");
    const TARGET: (&str, &str) = (
        "x-amz-target",
        "SimpleWorkflowService.RecordActivityTaskHeartbeat",
    );
    let answer = |headers: &[(&str, &str)], authority: Option<&str>| {
        let mut request = sign_as(unsigned(), headers);
        if authority.is_some() {
            request.headers.remove("host");
        }
        request.authority = authority.map(Into::into);
        Server::default().answer(&request)
    };
    assert_eq!(answer(&[HOST, DATE, TARGET], None), Ok(()));
    assert_eq!(answer(&[HOST, DATE, TARGET], Some(HOST.1)), Ok(()));
    let refused: [&[(&str, &str)]; 5] = [
        &[DATE, HOST, TARGET],
        &[HOST, HOST, DATE, TARGET],
        &[("Host", HOST.1), DATE, TARGET],
        &[HOST, ("x-amz-aim", ""), DATE, TARGET],
        &[HOST, ("x-amz-aim", HOST.1), DATE, TARGET],
    ];
    for headers in refused {
        for authority in [None, Some(HOST.1)] {
            let mismatch = Err(Invalid.with(MISMATCH));
            assert_eq!(answer(headers, authority), mismatch, "{headers:?}");
        }
    }
}

/// The value of the header is what is signed, so the signature must have been made with it.
#[test]
fn a_declared_payload_hash_is_the_one_that_is_signed() {
    let mut request = unsigned();
    let hash = everbeat_wire::sigv4::payload_hash(&request.body);
    request.set("x-amz-content-sha256", &hash);
    let request = sign(request, None, NOW);
    assert_eq!(Server::default().answer(&request), Ok(()));
    let mut upper = request.clone();
    upper.set("x-amz-content-sha256", hash.to_uppercase());
    let mismatch = Err(Invalid.with(MISMATCH));
    assert_eq!(Server::default().answer(&upper), mismatch);
    let mut other_body = request.clone();
    other_body.body.push(b' ');
    assert_eq!(Server::default().answer(&other_body), mismatch);
}

#[test]
fn what_changes_nothing_is_accepted() {
    let rows: [(&str, Alter); 14] = [
        ("as it is", |_| ()),
        ("commas alone", |r| r.reword(", ", ",")),
        ("blanks alone", |r| r.reword(", ", " ")),
        ("many separators", |r| r.reword(", ", " ,, ")),
        ("another parameter", |r| {
            r.reword("Credential=", "Note=x, Credential=")
        }),
        ("an unsigned header", |r| r.set("x-other", "y")),
        ("an unsigned header that is no text", |r| {
            r.set("x-other", b"\xff")
        }),
        ("another user agent", |r| r.set("user-agent", "b")),
        ("blanks around a value", |r| {
            r.set("host", " 127.0.0.1:7930\t")
        }),
        ("no path", |r| r.path = String::new()),
        ("dot segments", |r| r.path = "/a/../.".into()),
        ("empty segments", |r| r.path = "//".into()),
        ("an unsigned date", |r| r.set("date", "not a date")),
        ("the host in the request line", |r| {
            r.headers.remove("host");
            r.authority = Some("127.0.0.1:7930".into());
        }),
    ];
    for (name, alter) in rows {
        let mut request = signed();
        alter(&mut request);
        assert_eq!(Server::default().answer(&request), Ok(()), "{name}");
    }
    let mut header_first = signed();
    header_first.authority = Some("another".into());
    assert_eq!(Server::default().answer(&header_first), Ok(()));
    let mut token = signed_with_token();
    token.reword(SIGNED_WITH_TOKEN, SIGNED_WITH_TOKEN);
    assert_eq!(Server::with_session().answer(&token), Ok(()));
}
