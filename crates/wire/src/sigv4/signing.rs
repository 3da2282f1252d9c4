//! Signing: the key that a secret gives, the text that is signed, and the headers that a client adds.

use std::fmt;

use super::canonical::{RequestParts, canonical_request, signed_headers};
use super::dates::amz_date;
use super::digest::{Hex, hmac_of, payload_hash};
use super::{ALGORITHM, Scope, TERMINATOR};

/// What a client signs with.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Names the secret; sent in the clear.
    pub access_key_id: String,
    /// Never sent.
    pub secret_access_key: String,
    /// Sent and signed with temporary credentials.
    pub session_token: Option<String>,
}

impl fmt::Debug for Credentials {
    /// Shows the key's name only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// The text whose HMAC is the signature. `amz_date` is `YYYYMMDDTHHMMSSZ`.
pub fn string_to_sign(amz_date: &str, scope: Scope<'_>, canonical_request: &str) -> String {
    let hash = payload_hash(canonical_request.as_bytes());
    format!("{ALGORITHM}\n{amz_date}\n{scope}\n{hash}")
}

/// The key that a secret gives for a scope. Good for a day, so worth keeping.
pub fn signing_key(secret_access_key: &str, scope: Scope<'_>) -> [u8; 32] {
    let secret = format!("AWS4{secret_access_key}");
    let day_key = hmac_of(secret.as_bytes(), scope.day.as_bytes());
    [scope.region, scope.service, TERMINATOR]
        .into_iter()
        .fold(day_key, |key, part| hmac_of(&key, part.as_bytes()))
}

/// The signature as 64 hex digits.
pub fn signature(signing_key: &[u8; 32], string_to_sign: &str) -> String {
    Hex::of(&hmac_of(signing_key, string_to_sign.as_bytes()))
        .as_str()
        .into()
}

/// The headers that make a signed request of `parts`: `x-amz-date`, `x-amz-security-token` with temporary credentials,
/// and `authorization`. They are to be sent beside the headers of `parts`, which must not hold them.
/// `now` is in seconds since 1970.
pub fn authorize(
    parts: &RequestParts<'_>,
    credentials: &Credentials,
    region: &str,
    service: &str,
    now: i64,
) -> Vec<(&'static str, String)> {
    Signer::new(credentials.clone(), region, service, now).authorize(parts, now)
}

/// Signs many requests of one day with a key that is derived once.
#[derive(Clone)]
pub struct Signer {
    credentials: Credentials,
    region: String,
    service: String,
    day: String,
    key: [u8; 32],
}

impl Signer {
    /// A signer for the day of `now`, in seconds since 1970.
    pub fn new(credentials: Credentials, region: &str, service: &str, now: i64) -> Self {
        let day = amz_date(now)[..8].to_string();
        let scope = Scope {
            day: &day,
            region,
            service,
        };
        Self {
            key: signing_key(&credentials.secret_access_key, scope),
            credentials,
            region: region.into(),
            service: service.into(),
            day,
        }
    }

    /// As [`authorize`]. On another day it is as slow.
    pub fn authorize(&self, parts: &RequestParts<'_>, now: i64) -> Vec<(&'static str, String)> {
        let date = amz_date(now);
        let scope = Scope {
            day: &date[..8],
            region: &self.region,
            service: &self.service,
        };
        let mut added = vec![("x-amz-date", date.clone())];
        if let Some(token) = &self.credentials.session_token {
            added.push(("x-amz-security-token", token.clone()));
        }
        let mut headers = parts.headers.to_vec();
        headers.extend(added.iter().map(|(name, value)| (*name, value.as_str())));
        headers.sort_unstable();
        let signed = RequestParts {
            headers: &headers,
            ..*parts
        };
        let text = string_to_sign(&date, scope, &canonical_request(&signed));
        let authorization = format!(
            "{ALGORITHM} Credential={}/{scope}, SignedHeaders={}, Signature={}",
            self.credentials.access_key_id,
            signed_headers(&headers),
            signature(&self.key_for(scope), &text),
        );
        added.push(("authorization", authorization));
        added
    }

    fn key_for(&self, scope: Scope<'_>) -> [u8; 32] {
        if scope.day == self.day {
            self.key
        } else {
            signing_key(&self.credentials.secret_access_key, scope)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example_credentials() -> Credentials {
        Credentials {
            access_key_id: "AKIDEXAMPLE".into(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
            session_token: None,
        }
    }

    fn header<'a>(headers: &'a [(&'static str, String)], name: &str) -> &'a str {
        let found = headers.iter().find(|(header, _)| *header == name);
        &found.expect("the header is there").1
    }

    /// The signing key that AWS's documentation derives step by step.
    #[test]
    fn the_documented_signing_key() {
        let scope = Scope {
            day: "20150830",
            region: "us-east-1",
            service: "iam",
        };
        let key = signing_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", scope);
        assert_eq!(
            Hex::of(&key).as_str(),
            "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"
        );
    }

    /// A heartbeat as botocore 1.43.11 signed it, with a path that needs a second encoding and a session token.
    #[test]
    fn a_request_recorded_from_botocore() {
        let body = payload_hash(br#"{"taskToken": "T", "details": "50%"}"#);
        let headers = [
            ("content-type", "application/x-amz-json-1.0"),
            ("host", "127.0.0.1:7930"),
            (
                "x-amz-target",
                "SimpleWorkflowService.RecordActivityTaskHeartbeat",
            ),
        ];
        let parts = RequestParts {
            method: "POST",
            path: "/base/p%20x",
            query: "",
            headers: &headers,
            payload_hash: &body,
        };
        let credentials = Credentials {
            session_token: Some("session-token".into()),
            ..example_credentials()
        };
        let added = authorize(&parts, &credentials, "us-east-1", "swf", 1_769_873_574);
        assert_eq!(header(&added, "x-amz-date"), "20260131T153254Z");
        assert_eq!(header(&added, "x-amz-security-token"), "session-token");
        assert_eq!(
            header(&added, "authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260131/us-east-1/swf/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, \
             Signature=eb07cdbfc16e971bbf46a4abc78569235f3e898c4bc19b2fde3806503c5d50ab"
        );
    }

    #[test]
    fn a_signer_signs_on_other_days_too() {
        const DAY: i64 = 86_400;
        let parts = RequestParts {
            method: "POST",
            path: "/",
            query: "",
            headers: &[("host", "h")],
            payload_hash: "",
        };
        let signer = Signer::new(example_credentials(), "r", "s", 0);
        for now in [0, DAY - 1, DAY, 30 * DAY] {
            let expected = authorize(&parts, &example_credentials(), "r", "s", now);
            assert_eq!(signer.authorize(&parts, now), expected);
        }
    }

    #[test]
    fn the_secret_is_not_shown() {
        assert!(!format!("{:?}", example_credentials()).contains("wJal"));
    }
}
