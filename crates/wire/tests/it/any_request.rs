//! What holds for any request: what a client signs is accepted, nothing else is, and no input makes the checker panic.

use everbeat_wire::sigv4::{self, KeyFacts, SessionFacts};
use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;

use crate::request::{NOW, Received, Server, TOKEN, name_of, sign, unsigned};

fn path() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("/".to_string()),
        Just("*".to_string()),
        "/[a-z%2./ é~+:@-]{0,20}",
        "\\PC{0,20}",
    ]
}

fn query() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-c%2=& é+~]{0,20}"]
}

/// Headers that mean nothing to a checker; some more than once.
fn headers() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec(("x-[a-c]{1,2}", "[ -~\t]{0,12}"), 0..6)
}

prop_compose! {
    fn request()(
        method in "POST|GET|PUT",
        path in path(),
        query in query(),
        headers in headers(),
        authority in prop::option::of(Just("a.example:1".to_string())),
        body in prop::collection::vec(any::<u8>(), 0..64),
    ) -> Received {
        let mut request = Received { method, path, query, body, ..unsigned() };
        for (name, value) in headers {
            request.add(&name, value.trim());
        }
        if authority.is_some() {
            request.headers.remove("host");
        }
        request.authority = authority;
        request
    }
}

/// The parts of a request that must not change on the way, each as bytes.
fn flipped(request: &Received, place: usize, bit: u8) -> Option<Received> {
    let mut flipped = request.clone();
    let mut place = place;
    if let Some(byte) = flipped.body.get_mut(place) {
        *byte ^= 1 << bit;
        return Some(flipped);
    }
    place -= flipped.body.len();
    for (name, value) in &mut flipped.headers {
        if name == "user-agent" {
            continue;
        }
        let mut bytes = value.as_bytes().to_vec();
        let Some(byte) = bytes.get_mut(place) else {
            place -= bytes.len();
            continue;
        };
        *byte ^= 1 << bit;
        *value = HeaderValue::from_bytes(&bytes).ok()?;
        return Some(flipped);
    }
    None
}

/// How many bytes [`flipped`] can flip.
fn size(request: &Received) -> usize {
    let headers = request.headers.iter();
    let headers = headers.filter(|(name, _)| *name != "user-agent");
    request.body.len() + headers.map(|(_, value)| value.len()).sum::<usize>()
}

/// Any head, with headers that are close to those that matter.
fn wild() -> impl Strategy<Value = Received> {
    let names = prop::sample::select(vec![
        "authorization",
        "x-amz-date",
        "date",
        "host",
        "x-amz-target",
        "x-amz-security-token",
        "x-amz-content-sha256",
        "x",
    ]);
    let value = prop_oneof![
        prop::collection::vec(prop_oneof![32..=126u8, 128..=255u8], 0..40),
        "AWS4-HMAC-SHA256 ([A-Za-z]{1,4}=[a-z/;]{0,9}[, ]{0,2}){0,4}".prop_map(String::into_bytes),
        "AWS4-HMAC-SHA256 Credential=a/20261123/us-east-1/swf/aws4_request, SignedHeaders=host;x(;x-amz-date)?;x-amz-target, Signature=[0-9a-f]{64}"
            .prop_map(String::into_bytes),
        "20261123T[01][0-9]0[0-9]00Z".prop_map(String::into_bytes),
        "(Mon|Tue), [0-3][0-9] Nov 2026 [0-2][0-9]:00:00 GMT".prop_map(String::into_bytes),
    ];
    (request(), prop::collection::vec((names, value), 0..8)).prop_map(|(mut request, headers)| {
        request.headers = HeaderMap::new();
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                request.headers.append(name_of(name), value);
            }
        }
        request
    })
}

proptest! {
    #[test]
    fn what_is_signed_is_accepted(request in request(), has_token: bool, skew in -300..=300i64) {
        let (token, server) = if has_token {
            (Some(TOKEN), Server::with_session())
        } else {
            (None, Server::default())
        };
        let request = sign(request, token, NOW);
        let server = Server { now: NOW + skew, ..server };
        prop_assert_eq!(server.answer(&request), Ok(()));
    }

    #[test]
    fn a_flipped_bit_is_refused(
        request in request(),
        place in any::<prop::sample::Index>(),
        bit in 0..8u8,
    ) {
        let request = sign(request, Some(TOKEN), NOW);
        let place = place.index(size(&request));
        if let Some(flipped) = flipped(&request, place, bit)
            && !is_same(&request, &flipped)
        {
            prop_assert!(Server::with_session().answer(&flipped).is_err());
        }
    }

    #[test]
    fn no_request_makes_the_checker_panic(
        request in wild(),
        now in prop_oneof![Just(NOW), any::<i64>()],
        key in any::<[u8; 32]>(),
        is_known: bool,
    ) {
        if let Ok(claim) = sigv4::read_claim(&request.head(), now, None) {
            let session = claim.session_token.map(|_| SessionFacts { token: TOKEN, expires: now });
            let key = KeyFacts { signing_key: key, session };
            let key = is_known.then_some(&key);
            prop_assert!(sigv4::recognise(&claim, key, now).is_err() || is_known);
            prop_assert!(sigv4::check(&claim, &request.body, key, now).is_err());
        }
    }
}

/// Blanks that are folded, and separators in the Authorization header, are what may change unseen.
fn is_same(one: &Received, other: &Received) -> bool {
    let words = |request: &Received| -> Vec<Vec<Vec<u8>>> {
        let values = request.headers.values();
        values.map(|value| words_of(value.as_bytes())).collect()
    };
    one.body == other.body && words(one) == words(other)
}

fn words_of(value: &[u8]) -> Vec<Vec<u8>> {
    let is_authorization = value.starts_with(b"AWS4");
    value
        .split(|byte| b" \t".contains(byte) || is_authorization && *byte == b',')
        .filter(|word| !word.is_empty())
        .map(<[u8]>::to_vec)
        .collect()
}

/// Every bit of an ordinary request, one after another.
#[test]
fn every_bit_of_a_request_counts() {
    let request = sign(unsigned(), Some(TOKEN), NOW);
    let mut refused = 0;
    for place in 0..size(&request) {
        for bit in 0..8 {
            let Some(flipped) = flipped(&request, place, bit) else {
                continue;
            };
            if !is_same(&request, &flipped) {
                assert!(Server::with_session().answer(&flipped).is_err());
                refused += 1;
            }
        }
    }
    assert!(refused > 3000, "{refused}");
}
