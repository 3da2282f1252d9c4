//! Requests recorded from clients (`data/recorded_requests.json`): each is accepted, and none with another body, path
//! or secret.

use everbeat_wire::sigv4::{self, KeyFacts, SessionFacts, signing_key};
use http::HeaderMap;
use serde_json::Value;

use crate::request::Received;

fn text<'a>(value: &'a Value, member: &str) -> Option<&'a str> {
    value[member].as_str()
}

fn received(request: &Value) -> Received {
    let target = text(request, "target").expect("a target");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut received = Received {
        method: text(request, "method").expect("a method").into(),
        path: path.into(),
        query: query.into(),
        authority: None,
        headers: HeaderMap::new(),
        body: text(request, "body").expect("a body").into(),
    };
    for pair in request["headers"].as_array().expect("a list") {
        let [name, value] = [&pair[0], &pair[1]].map(|text| text.as_str().expect("text"));
        received.add(name, value);
    }
    received
}

/// Whether the server accepts it, at the instant at which it was signed, under that secret.
fn is_accepted(received: &Received, secret: &str, token: Option<&str>) -> bool {
    let now = signed_at(received);
    let claim = match sigv4::read_claim(&received.head(), now, None) {
        Ok(claim) => claim,
        Err(refusal) => panic!("{refusal}"),
    };
    let key = KeyFacts {
        signing_key: signing_key(secret, claim.scope()),
        session: token.map(|token| SessionFacts {
            token,
            expires: now + 1,
        }),
    };
    sigv4::check(&claim, &received.body, Some(&key), now).is_ok()
}

/// When it was signed. All recordings are of one month, so the day and the time are enough.
fn signed_at(received: &Received) -> i64 {
    const NOVEMBER_2026: i64 = 1_793_491_200;
    let (date, places) = if received.headers.contains_key("x-amz-date") {
        (received.get("x-amz-date"), [6, 9, 11, 13])
    } else {
        (received.get("date"), [5, 17, 20, 23])
    };
    let month = date.contains("202611") || date.contains("Nov 2026");
    assert!(month, "{date}");
    let [day, hour, minute, second] =
        places.map(|from| -> i64 { date[from..from + 2].parse().expect("two digits") });
    NOVEMBER_2026 + ((day - 1) * 24 + hour) * 3600 + minute * 60 + second
}

#[test]
fn requests_of_clients_are_accepted_and_only_as_they_are() {
    let recorded: Value = serde_json::from_str(include_str!("data/recorded_requests.json"))
        .expect("the facts are JSON");
    let secret = text(&recorded, "secretAccessKey").expect("a secret");
    let requests = recorded["requests"].as_array().expect("a list");
    assert!(requests.len() >= 30);
    for request in requests {
        let name = text(request, "name").expect("a name");
        let token = text(request, "sessionToken");
        let received = received(request);
        assert!(is_accepted(&received, secret, token), "{name}");
        assert!(!is_accepted(&received, "another", token), "{name}");
        let mut other_body = received.clone();
        other_body.body.push(b' ');
        assert!(!is_accepted(&other_body, secret, token), "{name}");
        let mut other_path = received.clone();
        other_path.path.push('x');
        assert!(!is_accepted(&other_path, secret, token), "{name}");
    }
}
