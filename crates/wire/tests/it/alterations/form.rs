//! What can be seen without looking closer: how a request is signed at all, with which parts, and when.

use everbeat_model::FaultKind::{
    IncompleteSignatureException as Incomplete, InvalidSignatureException as Invalid,
    MissingAuthenticationTokenException as Missing,
};

use super::{MISMATCH, Row, SCOPE, refuse};
use crate::request::{NOW, Received, Server, signed, unsigned};

#[test]
fn not_signed_in_the_header() {
    const BOTH: &str =
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.";
    const QUERY: &str = "Query-string authentication is not supported for this operation";
    const ABSENT: &str = "Missing Authentication Token";
    let rows: [Row; 12] = [
        (
            "both",
            |r| r.query = "X-Amz-Algorithm=AWS4-HMAC-SHA256".into(),
            Invalid,
            BOTH,
        ),
        (
            "both, without a value",
            |r| r.query = "a=1&X-Amz-Algorithm".into(),
            Invalid,
            BOTH,
        ),
        (
            "both, encoded",
            |r| r.query = "X%2DAmz-Algorithm=".into(),
            Invalid,
            BOTH,
        ),
        (
            "both, with another scheme",
            |r| {
                r.query = "X-Amz-Algorithm=".into();
                r.set("authorization", "Basic AAAA");
            },
            Invalid,
            BOTH,
        ),
        (
            "in the query alone",
            |r| {
                r.query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0".into();
                r.headers.remove("authorization");
            },
            Invalid,
            QUERY,
        ),
        (
            "no header",
            |r| drop(r.headers.remove("authorization")),
            Missing,
            ABSENT,
        ),
        (
            "an empty header",
            |r| r.set("authorization", ""),
            Missing,
            ABSENT,
        ),
        (
            "another scheme",
            |r| r.set("authorization", "Bearer x"),
            Missing,
            ABSENT,
        ),
        (
            "the scheme of before",
            |r| r.reword("AWS4-", "AWS3-"),
            Missing,
            ABSENT,
        ),
        (
            "the scheme in lower case",
            |r| r.reword("AWS4-", "aws4-"),
            Missing,
            ABSENT,
        ),
        (
            "half the scheme",
            |r| r.set("authorization", "AWS4"),
            Missing,
            ABSENT,
        ),
        (
            "not text, and no scheme",
            |r| r.set("authorization", b"\xffAWS4-"),
            Missing,
            ABSENT,
        ),
    ];
    refuse(&Server::default(), &signed(), &rows);
}

#[test]
fn without_its_parts() {
    const CREDENTIAL: &str = "Authorization header requires 'Credential' parameter. ";
    const SIGNATURE: &str = "Authorization header requires 'Signature' parameter. ";
    const HEADERS: &str = "Authorization header requires 'SignedHeaders' parameter. ";
    const DATE: &str =
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
    let no_date = |request: &mut Received| drop(request.headers.remove("x-amz-date"));
    for (header, parts) in [
        (
            "AWS4-HMAC-SHA256",
            [CREDENTIAL, SIGNATURE, HEADERS].concat(),
        ),
        ("AWS4-", [CREDENTIAL, SIGNATURE, HEADERS].concat()),
        (
            "AWS4-HMAC-SHA256 Credential=a",
            [SIGNATURE, HEADERS].concat(),
        ),
        (
            "AWS4-HMAC-SHA256 Signature=a,",
            [CREDENTIAL, HEADERS].concat(),
        ),
        (
            "AWS4-HMAC-SHA256 SignedHeaders=a",
            [CREDENTIAL, SIGNATURE].concat(),
        ),
        ("AWS4-HMAC-SHA256 Credential=a, Signature=b", HEADERS.into()),
        (
            "AWS4-HMAC-SHA256 Credential=a,SignedHeaders=b",
            SIGNATURE.into(),
        ),
        (
            "AWS4-HMAC-SHA256 SignedHeaders=a Signature=b",
            CREDENTIAL.into(),
        ),
        (
            "AWS4-X Credential=, SignedHeaders=a, Signature=b",
            CREDENTIAL.into(),
        ),
        (
            "AWS4-X credential=a, SignedHeaders=b, Signature=c",
            CREDENTIAL.into(),
        ),
    ] {
        let mut request = signed();
        request.set("authorization", header);
        let text = format!("{parts}Authorization={header}");
        assert_eq!(
            Server::default().answer(&request),
            Err(Incomplete.with(text))
        );
        no_date(&mut request);
        let text = format!("{parts}{DATE}Authorization={header}");
        assert_eq!(
            Server::default().answer(&request),
            Err(Incomplete.with(text))
        );
    }
    let mut request = signed();
    no_date(&mut request);
    let text = format!("{DATE}Authorization={}", request.get("authorization"));
    assert_eq!(
        Server::default().answer(&request),
        Err(Incomplete.with(text))
    );
}

#[test]
fn with_an_element_that_is_no_pair() {
    for (header, element) in [
        ("AWS4-HMAC-SHA256 Credential", "Credential"),
        ("AWS4-HMAC-SHA256 Credential=a, x, y", "x"),
        ("AWS4-HMAC-SHA256 Credential: a", "Credential:"),
        ("AWS4-HMAC-SHA256 Signature=a b", "b"),
        (
            "AWS4-HMAC-SHA256,AWS4-HMAC-SHA256 Credential=a",
            "AWS4-HMAC-SHA256",
        ),
    ] {
        let mut request = signed();
        request.set("authorization", header);
        let text = format!(
            "'{element}' not a valid key=value pair (missing equal-sign) in Authorization header: '{header}'."
        );
        assert_eq!(
            Server::default().answer(&request),
            Err(Incomplete.with(text))
        );
    }
    // The header sent twice is read as one, joined by a comma.
    let mut request = signed();
    let header = request.get("authorization");
    request.add("authorization", &header);
    let text = format!(
        "'AWS4-HMAC-SHA256' not a valid key=value pair (missing equal-sign) in Authorization header: \
         '{header},{header}'."
    );
    assert_eq!(
        Server::default().answer(&request),
        Err(Incomplete.with(text))
    );
}

#[test]
fn with_a_date_that_cannot_be_read() {
    let unreadable = |request: &Received, date: &str| {
        let text = format!(
            "Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601"
        );
        assert_eq!(
            Server::default().answer(request),
            Err(Incomplete.with(text))
        );
    };
    for date in [
        "",
        "today",
        "2026-11-23T10:00:00Z",
        "20261123T100000",
        "20261123T10000Z",
        "20261131T100000Z",
        "20261123T250000Z",
        "Mon, 23 Nov 2026 10:00:00 GMT",
    ] {
        let mut request = signed();
        request.set("x-amz-date", date);
        unreadable(&request, date);
    }
    for date in [
        "20261123T100000Z",
        "Tue, 23 Nov 2026 10:00:00 GMT",
        "Mon, 31 Nov 2026 10:00:00 GMT",
    ] {
        let mut request = signed();
        request.headers.remove("x-amz-date");
        request.set("date", date);
        unreadable(&request, date);
    }
    let mut twice = signed();
    twice.add("x-amz-date", "20261123T100000Z");
    unreadable(&twice, "20261123T100000Z,20261123T100000Z");
    let mut no_text = signed();
    no_text.set("x-amz-date", b"2026\xff");
    unreadable(&no_text, "2026\u{fffd}");
    // A good Date does not make up for a bad X-Amz-Date.
    let mut both = signed();
    both.set("x-amz-date", "now");
    both.set("date", "Mon, 23 Nov 2026 10:00:00 GMT");
    unreadable(&both, "now");
}

#[test]
fn at_another_time() {
    let at = |now: i64| Server {
        now,
        ..Server::default()
    };
    for now in [NOW - 300, NOW, NOW + 300] {
        assert_eq!(at(now).answer(&signed()), Ok(()));
    }
    for (now, text) in [
        (
            NOW + 301,
            "Signature expired: 20261123T100000Z is now earlier than 20261123T100001Z (20261123T100501Z - 5 min.)",
        ),
        (
            NOW + 86_400,
            "Signature expired: 20261123T100000Z is now earlier than 20261124T095500Z (20261124T100000Z - 5 min.)",
        ),
        (
            NOW - 301,
            "Signature not yet current: 20261123T100000Z is still later than 20261123T095959Z (20261123T095459Z + 5 min.)",
        ),
    ] {
        assert_eq!(at(now).answer(&signed()), Err(Invalid.with(text)));
    }
}

/// A client that sends the Date header of HTTP and no X-Amz-Date.
#[test]
fn a_request_may_be_dated_by_its_date_header() {
    use everbeat_wire::sigv4::{
        RequestParts, SERVICE, Scope, canonical_request, payload_hash, signature, signing_key,
        string_to_sign,
    };
    let mut request = unsigned();
    request.set("date", "Mon, 23 Nov 2026 10:01:00 GMT");
    let headers = ["date", "host", "x-amz-target"].map(|name| (name, request.get(name)));
    let headers = headers
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let parts = RequestParts {
        method: "POST",
        path: "/",
        query: "",
        headers: &headers,
        payload_hash: &payload_hash(&request.body),
    };
    let scope = Scope {
        day: "20261123",
        region: "us-east-1",
        service: SERVICE,
    };
    let text = string_to_sign("20261123T100100Z", scope, &canonical_request(&parts));
    let signature = signature(&signing_key(crate::request::SECRET, scope), &text);
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=date;host;x-amz-target, Signature={signature}"
    );
    request.set("authorization", authorization);
    assert_eq!(Server::default().answer(&request), Ok(()));
    request.set("date", "Mon, 23 Nov 2026 10:01:01 GMT");
    assert_eq!(
        Server::default().answer(&request),
        Err(Invalid.with(MISMATCH))
    );
}
