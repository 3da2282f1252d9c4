//! Signature Version 4: an HTTP request as text is checked as it is, then signed and checked again.

#![no_main]

use std::str;

use everbeat_wire::sigv4::{
    self, Credentials, Head, KeyFacts, RequestParts, SERVICE, SessionFacts, signing_key,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;

/// When the seeds were signed: 2026-11-23T03:17:34Z.
const NOW: i64 = 1_795_403_854;
/// The key that signed the seeds.
const KEY_ID: &str = "AKIDEXAMPLE0000000001";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "a+b/c==";
/// What [`sigv4::authorize`] adds.
const ADDED: [&str; 3] = ["authorization", "x-amz-date", "x-amz-security-token"];

fuzz_target!(|input: &[u8]| {
    if let Some(request) = Request::read(input) {
        request.check_as_it_is();
        request.check_when_signed();
    }
});

/// What the server receives.
struct Request<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    headers: HeaderMap,
    body: &'a [u8],
}

impl<'a> Request<'a> {
    /// Takes an input apart as HTTP would; what HTTP would not let through is left out.
    fn read(input: &'a [u8]) -> Option<Self> {
        let end = input.windows(2).position(|pair| pair == b"\n\n");
        let (head, body) = input.split_at(end.unwrap_or(input.len()));
        let mut lines = head.split(|byte| *byte == b'\n');
        let line = str::from_utf8(lines.next()?).ok()?;
        let (method, target) = line.split_once(' ')?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = HeaderMap::new();
        for line in lines {
            let mut parts = line.splitn(2, |byte| *byte == b':');
            let (name, value) = (parts.next()?, parts.next().unwrap_or_default());
            if let Ok(name) = HeaderName::from_bytes(name)
                && let Ok(value) = HeaderValue::from_bytes(value.trim_ascii())
            {
                headers.append(name, value);
            }
        }
        let body = body.get(2..).unwrap_or_default();
        Some(Self {
            method,
            path,
            query,
            headers,
            body,
        })
    }

    fn head<'b>(&'b self, headers: &'b HeaderMap) -> Head<'b> {
        Head {
            method: self.method,
            path: self.path,
            query: self.query,
            authority: Some("authority"),
            headers,
        }
    }

    /// Whether the server accepts it under a secret; also asked in the order in which the server asks.
    fn is_accepted(&self, headers: &HeaderMap, body: &[u8], secret: &str) -> bool {
        let head = self.head(headers);
        let Ok(claim) = sigv4::read_claim(&head, NOW, None) else {
            return false;
        };
        let session = claim.session_token.map(|_| SessionFacts {
            token: TOKEN,
            expires: NOW + 1,
        });
        let key = KeyFacts {
            signing_key: signing_key(secret, claim.scope()),
            session,
        };
        assert!(sigv4::check(&claim, body, None, NOW).is_err());
        let recognised = sigv4::recognise(&claim, Some(&key), NOW);
        let checked = sigv4::check(&claim, body, Some(&key), NOW);
        assert!(recognised.is_ok() || checked == recognised);
        checked.is_ok()
    }

    fn check_as_it_is(&self) {
        let is_accepted = self.is_accepted(&self.headers, self.body, SECRET);
        assert!(!self.is_accepted(&self.headers, self.body, "another secret"));
        if is_accepted {
            let body = [self.body, b" "].concat();
            assert!(!self.is_accepted(&self.headers, &body, SECRET));
        }
    }

    /// Signs all headers that a client can sign.
    fn check_when_signed(&self) {
        let mut headers = self.headers.clone();
        for name in ADDED.into_iter().chain(["x-amz-content-sha256"]) {
            headers.remove(name);
        }
        for name in ["host", "x-amz-target"] {
            headers.entry(name).or_insert(HeaderValue::from_static("x"));
        }
        if self.query.contains("lgorithm") || self.query.contains('%') {
            // May be a signature in the query, which is refused.
            return;
        }
        let Some(texts) = texts(&headers) else {
            return;
        };
        let signed: Vec<(&str, &str)> = texts
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let parts = RequestParts {
            method: self.method,
            path: self.path,
            query: self.query,
            headers: &signed,
            payload_hash: &sigv4::payload_hash(self.body),
        };
        let credentials = Credentials {
            access_key_id: KEY_ID.into(),
            secret_access_key: SECRET.into(),
            session_token: (self.body.len() % 2 == 0).then(|| TOKEN.into()),
        };
        for (name, value) in sigv4::authorize(&parts, &credentials, "us-east-1", SERVICE, NOW) {
            let value = HeaderValue::from_str(&value).expect("made of words that were headers");
            headers.insert(name, value);
        }
        assert!(self.is_accepted(&headers, self.body, SECRET));
        let body = [self.body, b" "].concat();
        assert!(!self.is_accepted(&headers, &body, SECRET));
    }
}

/// Names and values, sorted by name, several values joined. None if one is not text.
fn texts(headers: &HeaderMap) -> Option<Vec<(String, String)>> {
    let mut texts = Vec::new();
    for name in headers.keys() {
        let values = headers.get_all(name).iter();
        let values: Vec<&str> = values
            .map(|value| str::from_utf8(value.as_bytes()).ok())
            .collect::<Option<_>>()?;
        texts.push((name.to_string(), values.join(",")));
    }
    texts.sort();
    Some(texts)
}
