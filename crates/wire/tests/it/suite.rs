//! The test suite that AWS publishes for Signature Version 4. The facts, their origin and what is left out for which
//! reason are in `data/sigv4_suite.json`.

use everbeat_wire::sigv4::{
    self, Credentials, RequestParts, Scope, canonical_request, payload_hash, signature,
    signing_key, string_to_sign,
};
use serde_json::Value;

/// 2015-08-30T12:36:00Z, the instant of the suite.
const INSTANT: i64 = 1_440_938_160;

fn suite() -> Value {
    serde_json::from_str(include_str!("data/sigv4_suite.json")).expect("the facts are JSON")
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

/// The headers to sign, in order; several of one name are joined.
fn headers(vector: &Value) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    let given = vector["headers"].as_array().expect("a list");
    let given = given.iter().map(|pair| {
        let pair = [&pair[0], &pair[1]].map(|text| text.as_str().expect("text"));
        (pair[0].to_lowercase(), pair[1].to_string())
    });
    let payload_hash = payload_hash(text(vector, "body").as_bytes());
    let added = [
        ("x-amz-date", Some(text(vector, "date"))),
        ("x-amz-security-token", vector["sessionToken"].as_str()),
        (
            "x-amz-content-sha256",
            vector["signsPayloadHash"]
                .as_bool()
                .map(|_| payload_hash.as_str()),
        ),
    ];
    let added = added
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_string(), value?.to_string())));
    for (name, value) in given.chain(added) {
        match headers.iter_mut().find(|(found, _)| *found == name) {
            Some((_, values)) => *values += &format!(",{}", value.trim()),
            None => headers.push((name, value)),
        }
    }
    headers.sort();
    headers
}

#[test]
fn every_vector_gives_its_canonical_form_and_signature() {
    let suite = suite();
    let scope = Scope {
        day: "20150830",
        region: text(&suite, "region"),
        service: text(&suite, "service"),
    };
    let key = signing_key(text(&suite["credentials"], "secretAccessKey"), scope);
    let vectors = suite["vectors"].as_array().expect("a list");
    assert_eq!(vectors.len(), 31);
    let mut with_signature = 0;
    for vector in vectors {
        let name = text(vector, "name");
        let headers = headers(vector);
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let parts = RequestParts {
            method: text(vector, "method"),
            path: text(vector, "path"),
            query: text(vector, "query"),
            headers: &headers,
            payload_hash: &payload_hash(text(vector, "body").as_bytes()),
        };
        let canonical = canonical_request(&parts);
        assert_eq!(canonical, text(vector, "canonicalRequest"), "{name}");
        let Some(expected) = vector["stringToSign"].as_str() else {
            continue;
        };
        let to_sign = string_to_sign(text(vector, "date"), scope, &canonical);
        assert_eq!(to_sign, expected, "{name}");
        assert_eq!(
            signature(&key, &to_sign),
            text(vector, "signature"),
            "{name}"
        );
        with_signature += 1;
    }
    assert_eq!(with_signature, 29);
}

/// `get-vanilla` once more, as [`sigv4::authorize`] writes the header.
#[test]
fn a_vector_is_signed_as_a_whole() {
    let suite = suite();
    let credentials = Credentials {
        access_key_id: text(&suite["credentials"], "accessKeyId").into(),
        secret_access_key: text(&suite["credentials"], "secretAccessKey").into(),
        session_token: None,
    };
    let parts = RequestParts {
        method: "GET",
        path: "/",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        payload_hash: &payload_hash(b""),
    };
    let added = sigv4::authorize(&parts, &credentials, "us-east-1", "service", INSTANT);
    let authorization = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
         SignedHeaders=host;x-amz-date, \
         Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    assert_eq!(
        added,
        [
            ("x-amz-date", "20150830T123600Z".to_string()),
            ("authorization", authorization.to_string())
        ]
    );
}
