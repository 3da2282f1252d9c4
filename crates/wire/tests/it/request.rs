//! A request that can be signed, altered and checked.

use everbeat_model::Fault;
use everbeat_wire::sigv4::{
    self, Claim, Credentials, Head, KeyFacts, RequestParts, SERVICE, Scope, SessionFacts,
    signing_key,
};
use http::{HeaderMap, HeaderName, HeaderValue};

/// 2026-11-23T10:00:00Z.
pub(crate) const NOW: i64 = 1_795_428_000;
pub(crate) const KEY_ID: &str = "AKIDEXAMPLE";
pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
pub(crate) const REGION: &str = "us-east-1";
pub(crate) const TOKEN: &str = "FwoGZXIvYXdzE//a+session/token==";

/// What the server received.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) authority: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// What the server knows, and its clock.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) now: i64,
    pub(crate) region: Option<&'static str>,
    pub(crate) key_id: &'static str,
    pub(crate) secret: &'static str,
    /// Token and end of the session that the key is for.
    pub(crate) session: Option<(&'static str, i64)>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            now: NOW,
            region: Some(REGION),
            key_id: KEY_ID,
            secret: SECRET,
            session: None,
        }
    }
}

impl Server {
    /// The server of a session that lasts an hour longer.
    pub(crate) fn with_session() -> Self {
        Self {
            session: Some((TOKEN, NOW + 3600)),
            ..Self::default()
        }
    }

    /// What the server answers: nothing if the request is accepted.
    pub(crate) fn answer(&self, received: &Received) -> Result<(), Fault> {
        let claim = sigv4::read_claim(&received.head(), self.now, self.region)?;
        let key = self.key(&claim);
        let recognised = sigv4::recognise(&claim, key.as_ref(), self.now);
        let checked = sigv4::check(&claim, &received.body, key.as_ref(), self.now);
        if recognised.is_err() {
            assert_eq!(recognised, checked, "before the body and after it");
        }
        checked
    }

    fn key(&self, claim: &Claim<'_>) -> Option<KeyFacts<'static>> {
        (claim.access_key_id == self.key_id).then(|| KeyFacts {
            signing_key: signing_key(self.secret, claim.scope()),
            session: self
                .session
                .map(|(token, expires)| SessionFacts { token, expires }),
        })
    }
}

impl Received {
    pub(crate) fn head(&self) -> Head<'_> {
        Head {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            authority: self.authority.as_deref(),
            headers: &self.headers,
        }
    }

    pub(crate) fn set(&mut self, name: &str, value: impl AsRef<[u8]>) {
        let value = HeaderValue::from_bytes(value.as_ref()).expect("a header value");
        self.headers.insert(name_of(name), value);
    }

    pub(crate) fn add(&mut self, name: &str, value: impl AsRef<[u8]>) {
        let value = HeaderValue::from_bytes(value.as_ref()).expect("a header value");
        self.headers.append(name_of(name), value);
    }

    pub(crate) fn get(&self, name: &str) -> String {
        let value = self.headers.get(name).expect("the header is there");
        value.to_str().expect("text").into()
    }

    /// Replaces a part of the Authorization header.
    pub(crate) fn reword(&mut self, from: &str, to: &str) {
        let header = self.get("authorization");
        assert!(header.contains(from), "{from} is in {header}");
        self.set("authorization", header.replace(from, to));
    }
}

pub(crate) fn name_of(name: &str) -> HeaderName {
    HeaderName::from_bytes(name.as_bytes()).expect("a header name")
}

/// A heartbeat, not signed.
pub(crate) fn unsigned() -> Received {
    let mut received = Received {
        method: "POST".into(),
        path: "/".into(),
        query: String::new(),
        authority: None,
        headers: HeaderMap::new(),
        body: br#"{"taskToken":"AAAA","details":"bytes copied: 1"}"#.to_vec(),
    };
    received.set("host", "127.0.0.1:7930");
    received.set("content-type", "application/x-amz-json-1.0");
    received.set(
        "x-amz-target",
        "SimpleWorkflowService.RecordActivityTaskHeartbeat",
    );
    received.set("user-agent", "a client/1.0");
    received
}

/// Signs a request as a client would, with all its headers but the user agent.
pub(crate) fn sign(mut received: Received, token: Option<&str>, now: i64) -> Received {
    let credentials = Credentials {
        access_key_id: KEY_ID.into(),
        secret_access_key: SECRET.into(),
        session_token: token.map(Into::into),
    };
    let mut texts: Vec<(String, String)> = Vec::new();
    for name in received.headers.keys().filter(|name| *name != "user-agent") {
        let values = received.headers.get_all(name).iter();
        let values: Vec<&str> = values.map(|value| value.to_str().expect("text")).collect();
        texts.push((name.to_string(), values.join(",")));
    }
    if received.authority.is_some() && !received.headers.contains_key("host") {
        texts.push(("host".into(), received.authority.clone().expect("some")));
    }
    texts.sort();
    let headers: Vec<(&str, &str)> = texts
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let parts = RequestParts {
        method: &received.method,
        path: &received.path,
        query: &received.query,
        headers: &headers,
        payload_hash: &sigv4::payload_hash(&received.body),
    };
    for (name, value) in sigv4::authorize(&parts, &credentials, REGION, SERVICE, now) {
        received.set(name, value);
    }
    received
}

/// Signs a request with headers named and valued by the client in a form of its own, the right signature for it.
pub(crate) fn sign_as(mut received: Received, headers: &[(&str, &str)]) -> Received {
    let date = sigv4::amz_date(NOW);
    received.set("x-amz-date", &date);
    let parts = RequestParts {
        method: &received.method,
        path: &received.path,
        query: &received.query,
        headers,
        payload_hash: &sigv4::payload_hash(&received.body),
    };
    let scope = Scope {
        day: &date[..8],
        region: REGION,
        service: SERVICE,
    };
    let text = sigv4::string_to_sign(&date, scope, &sigv4::canonical_request(&parts));
    let signature = sigv4::signature(&signing_key(SECRET, scope), &text);
    let names = sigv4::signed_headers(headers);
    received.set(
        "authorization",
        format!(
            "AWS4-HMAC-SHA256 Credential={KEY_ID}/{scope}, SignedHeaders={names}, Signature={signature}"
        ),
    );
    received
}

/// A heartbeat that is accepted.
pub(crate) fn signed() -> Received {
    sign(unsigned(), None, NOW)
}

/// A heartbeat under temporary credentials that is accepted.
pub(crate) fn signed_with_token() -> Received {
    sign(unsigned(), Some(TOKEN), NOW)
}
