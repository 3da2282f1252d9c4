//! AWS Signature Version 4 (protocol.md section 6): the pure functions that signing and checking share, and the header
//! form that a client sends.
//!
//! There is no clock and no secret store here: time and credentials are arguments. Comparing signatures in constant
//! time, skew, scopes and error texts belong to the server's checker.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The only algorithm.
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// What a scope ends with.
pub const TERMINATOR: &str = "aws4_request";

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

/// For what a signing key is good: a day (`YYYYMMDD`), a region, a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope<'a> {
    /// Day of the request in UTC, as `YYYYMMDD`.
    pub day: &'a str,
    /// Region.
    pub region: &'a str,
    /// Signing name of the service.
    pub service: &'a str,
}

impl fmt::Display for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            day,
            region,
            service,
        } = self;
        write!(f, "{day}/{region}/{service}/{TERMINATOR}")
    }
}

/// The parts of a request that are signed.
#[derive(Debug, Clone, Copy)]
pub struct RequestParts<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Path as it stands in the request line, without query.
    pub path: &'a str,
    /// Query as it stands in the request line, without `?`.
    pub query: &'a str,
    /// Headers to sign: names in lower case, sorted, each once.
    pub headers: &'a [(&'a str, &'a str)],
    /// [`payload_hash`] of the body.
    pub payload_hash: &'a str,
}

/// SHA-256 of a body as 64 hex digits.
pub fn payload_hash(body: &[u8]) -> String {
    hex(&Sha256::digest(body))
}

/// The canonical form of a request. The headers are taken in the order given, which is the order in which the
/// client names them as signed.
pub fn canonical_request(parts: &RequestParts<'_>) -> String {
    let mut text = String::with_capacity(512);
    text.push_str(parts.method);
    text.push('\n');
    text.push_str(&canonical_path(parts.path));
    text.push('\n');
    text.push_str(&canonical_query(parts.query));
    text.push('\n');
    for (name, value) in parts.headers {
        text.push_str(name);
        text.push(':');
        push_folded(&mut text, value);
        text.push('\n');
    }
    text.push('\n');
    text.push_str(&signed_headers(parts.headers));
    text.push('\n');
    text.push_str(parts.payload_hash);
    text
}

/// The names of the signed headers, joined by semicolons.
pub fn signed_headers(headers: &[(&str, &str)]) -> String {
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    names.join(";")
}

/// The text whose HMAC is the signature. `amz_date` is `YYYYMMDDTHHMMSSZ`.
pub fn string_to_sign(amz_date: &str, scope: Scope<'_>, canonical_request: &str) -> String {
    let hash = payload_hash(canonical_request.as_bytes());
    format!("{ALGORITHM}\n{amz_date}\n{scope}\n{hash}")
}

/// The key that a secret gives for a scope. Good for a day, so worth keeping.
pub fn signing_key(secret_access_key: &str, scope: Scope<'_>) -> [u8; 32] {
    let secret = format!("AWS4{secret_access_key}");
    [scope.day, scope.region, scope.service, TERMINATOR]
        .into_iter()
        .fold(None, |key: Option<[u8; 32]>, part| {
            let key = key.as_ref().map_or(secret.as_bytes(), |key| &key[..]);
            Some(hmac_sha256(key, part.as_bytes()))
        })
        .unwrap_or_default()
}

/// The signature as 64 hex digits.
pub fn signature(signing_key: &[u8; 32], string_to_sign: &str) -> String {
    hex(&hmac_sha256(signing_key, string_to_sign.as_bytes()))
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
    let date = amz_date(now);
    let scope = Scope {
        day: &date[..8],
        region,
        service,
    };
    let mut added = vec![("x-amz-date", date.clone())];
    if let Some(token) = &credentials.session_token {
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
    let signature = signature(&signing_key(&credentials.secret_access_key, scope), &text);
    let authorization = format!(
        "{ALGORITHM} Credential={}/{scope}, SignedHeaders={}, Signature={signature}",
        credentials.access_key_id,
        signed_headers(&headers),
    );
    added.push(("authorization", authorization));
    added
}

/// An instant, in seconds since 1970 from year 0 to 9999, as `YYYYMMDDTHHMMSSZ`.
pub fn amz_date(seconds: i64) -> String {
    let (days, second_of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil_date(days);
    let (hour, minute, second) = (
        second_of_day / 3600,
        second_of_day / 60 % 60,
        second_of_day % 60,
    );
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// Year, month and day of a number of days since 1970-01-01, counted in years that begin in March so that the leap day
/// comes last.
fn civil_date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

/// The canonical path: dot segments and empty segments removed, then every byte except unreserved ones and `/`
/// percent-encoded, also `%` (protocol.md section 6.3, rule 5).
pub fn canonical_path(path: &str) -> String {
    if path == "/" || path.is_empty() {
        return "/".into();
    }
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    let mut text = String::new();
    for segment in &segments {
        text.push('/');
        push_encoded(&mut text, segment.as_bytes());
    }
    if segments.is_empty() || path.ends_with('/') {
        text.push('/');
    }
    text
}

/// The canonical query: names and values percent-encoded afresh, sorted.
pub fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (encoded_afresh(name), encoded_afresh(value)))
        .collect();
    pairs.sort_unstable();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

fn encoded_afresh(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    push_encoded(&mut encoded, &percent_decoded(text));
    encoded
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if let (b'%', [high, low, after @ ..]) = (first, after)
            && let (Some(high), Some(low)) = (hex_value(*high), hex_value(*low))
        {
            bytes.push(high * 16 + low);
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    bytes
}

fn hex_value(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

fn push_encoded(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// Trims a header's value and folds inner runs of blanks.
fn push_folded(text: &mut String, value: &str) {
    let mut words = value.split([' ', '\t']).filter(|word| !word.is_empty());
    if let Some(first) = words.next() {
        text.push_str(first);
    }
    for word in words {
        text.push(' ');
        text.push_str(word);
    }
}

fn hmac_sha256(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2015-08-30T12:36:00Z, the instant of AWS's examples.
    const EXAMPLE_TIME: i64 = 1_440_938_160;

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

    /// `get-vanilla` of the AWS Signature Version 4 test suite.
    #[test]
    fn the_published_get_vanilla_vector() {
        let empty = payload_hash(b"");
        let headers = [
            ("host", "example.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
        ];
        let parts = RequestParts {
            method: "GET",
            path: "/",
            query: "",
            headers: &headers,
            payload_hash: &empty,
        };
        let canonical = canonical_request(&parts);
        assert_eq!(
            canonical,
            "GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        let scope = Scope {
            day: "20150830",
            region: "us-east-1",
            service: "service",
        };
        let text = string_to_sign("20150830T123600Z", scope, &canonical);
        assert!(text.ends_with("bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63"));

        let unsigned = RequestParts {
            headers: &headers[..1],
            ..parts
        };
        let added = authorize(
            &unsigned,
            &example_credentials(),
            "us-east-1",
            "service",
            EXAMPLE_TIME,
        );
        assert_eq!(
            header(&added, "authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
             SignedHeaders=host;x-amz-date, \
             Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        );
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
            hex(&key),
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
    fn paths_and_queries_are_brought_into_canonical_form() {
        for (path, canonical) in [
            ("", "/"),
            ("/", "/"),
            ("/base/y", "/base/y"),
            ("/base/p%20x/y", "/base/p%2520x/y"),
            ("/base/../y", "/y"),
            ("//a/./b/", "/a/b/"),
        ] {
            assert_eq!(canonical_path(path), canonical);
        }
        assert_eq!(canonical_query("b=2&a=%7e1&a=x y&c"), "a=x%20y&a=~1&b=2&c=");
    }

    #[test]
    fn header_values_are_trimmed_and_folded() {
        let mut text = String::new();
        push_folded(&mut text, "  a   b \t c ");
        assert_eq!(text, "a b c");
    }

    #[test]
    fn dates_are_right_on_leap_days_and_before_1970() {
        assert_eq!(amz_date(0), "19700101T000000Z");
        assert_eq!(amz_date(-1), "19691231T235959Z");
        assert_eq!(amz_date(951_782_400), "20000229T000000Z");
        assert_eq!(amz_date(4_102_444_799), "20991231T235959Z");
    }

    #[test]
    fn the_secret_is_not_shown() {
        assert!(!format!("{:?}", example_credentials()).contains("wJal"));
    }
}
