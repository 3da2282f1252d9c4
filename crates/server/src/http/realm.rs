//! Which account and region a request says that it belongs to (execution.md section 1.1, protocol.md section 6.1).
//!
//! That is for servers without identities, which accept any credentials. The account comes from an access key id of twelve
//! digits, the region from the signature's scope; both have defaults, also for what could not be part of an ARN. With
//! identities both are proven (`admission`).

use std::sync::Arc;

use everbeat_model::{is_account, is_region};
use everbeat_partition::Realm;
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;

/// The realm of requests that name none.
#[derive(Debug, Clone)]
pub(crate) struct DefaultRealm(pub(crate) Realm);

impl DefaultRealm {
    /// The realm of a request.
    pub(crate) fn of(&self, headers: &HeaderMap) -> Realm {
        let scope = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(credential);
        let Some((key, region)) = scope else {
            return self.0.clone();
        };
        Realm {
            account: if is_account(key) {
                key.into()
            } else {
                Arc::clone(&self.0.account)
            },
            region: if is_region(region) && *region != *self.0.region {
                region.into()
            } else {
                Arc::clone(&self.0.region)
            },
        }
    }
}

/// Access key id and region of an Authorization header of Signature Version 4.
fn credential(authorization: &str) -> Option<(&str, &str)> {
    let (_, after) = authorization.split_once("Credential=")?;
    let credential = after.split([',', ' ']).next()?;
    let mut parts = credential.split('/');
    let (key, _date, region) = (parts.next()?, parts.next()?, parts.next()?);
    Some((key, region))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    fn realm(authorization: &str) -> (String, String) {
        let default = DefaultRealm(Realm {
            account: "123456789012".into(),
            region: "us-east-1".into(),
        });
        let mut headers = HeaderMap::new();
        headers.insert(
            AUTHORIZATION,
            HeaderValue::from_str(authorization).expect("a header value"),
        );
        let Realm { account, region } = default.of(&headers);
        (account.to_string(), region.to_string())
    }

    #[test]
    fn account_and_region_come_from_the_credential() {
        let v4 = |credential: &str| {
            format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0")
        };
        assert_eq!(
            realm(&v4("AKID/20261122/eu-west-1/swf/aws4_request")),
            ("123456789012".into(), "eu-west-1".into())
        );
        assert_eq!(
            realm(&v4("000000000042/20261122/us-east-1/swf/aws4_request")),
            ("000000000042".into(), "us-east-1".into())
        );
        for unusable in ["", "eu:west", "eu_west", &"r".repeat(65)] {
            assert_eq!(
                realm(&v4(&format!(
                    "000000000042/20261122/{unusable}/swf/aws4_request"
                ))),
                ("000000000042".into(), "us-east-1".into()),
                "{unusable}"
            );
        }
        assert_eq!(
            realm("AWS3 whatever"),
            ("123456789012".into(), "us-east-1".into())
        );
        assert_eq!(
            realm(&v4("AKID")),
            ("123456789012".into(), "us-east-1".into())
        );
    }
}
