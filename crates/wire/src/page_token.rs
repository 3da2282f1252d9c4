//! Page tokens: where a paged answer goes on (protocol.md section 5.4).
//!
//! A token is bound to its call: operation, realm and all arguments that may not change between pages. It tells when it
//! was made; how long it lives is a setting of who opens it.

use sha2::{Digest, Sha256};

use crate::seal::{Purpose, Sealer};

const BINDING_BYTES: usize = 16;

/// A place in a paged answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageToken {
    /// Where the next page begins; its form is the operation's business.
    pub position: String,
}

/// Why a page token is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageTokenError {
    /// It cannot be read, is forged, or belongs to another call.
    Invalid,
    /// It is too old.
    Expired,
}

impl PageToken {
    /// The token as clients get it. `call` is everything that it is bound to.
    pub fn seal(&self, sealer: &Sealer, call: &str, now_ms: i64) -> String {
        let mut payload = Vec::with_capacity(8 + BINDING_BYTES + self.position.len());
        payload.extend_from_slice(&now_ms.to_be_bytes());
        payload.extend_from_slice(&binding(call));
        payload.extend_from_slice(self.position.as_bytes());
        sealer.seal(Purpose::Page, &payload)
    }

    /// What a token says that is at most `lifetime_seconds` old.
    ///
    /// # Errors
    /// When it is none of ours for this call, or too old.
    pub fn open(
        sealer: &Sealer,
        token: &str,
        call: &str,
        now_ms: i64,
        lifetime_seconds: u64,
    ) -> Result<Self, PageTokenError> {
        let payload = sealer
            .open(Purpose::Page, token)
            .ok_or(PageTokenError::Invalid)?;
        let (issued, rest) = payload
            .split_first_chunk::<8>()
            .ok_or(PageTokenError::Invalid)?;
        let (bound_to, position) = rest
            .split_first_chunk::<BINDING_BYTES>()
            .ok_or(PageTokenError::Invalid)?;
        if *bound_to != binding(call) {
            return Err(PageTokenError::Invalid);
        }
        let age_ms = now_ms.saturating_sub(i64::from_be_bytes(*issued));
        if u64::try_from(age_ms).unwrap_or(0) > lifetime_seconds.saturating_mul(1000) {
            return Err(PageTokenError::Expired);
        }
        let position = String::from_utf8(position.to_vec()).map_err(|_| PageTokenError::Invalid)?;
        Ok(Self { position })
    }
}

fn binding(call: &str) -> [u8; BINDING_BYTES] {
    let digest = Sha256::digest(call.as_bytes());
    let mut binding = [0; BINDING_BYTES];
    binding.copy_from_slice(&digest[..BINDING_BYTES]);
    binding
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::SealingSecret;

    #[test]
    fn a_page_token_is_good_for_its_call_and_for_its_time() {
        let sealer = Sealer::new(&[SealingSecret {
            id: 1,
            secret: [7; 32],
        }]);
        let page = PageToken {
            position: "41".into(),
        };
        let token = page.seal(&sealer, "ListDomains REGISTERED", 1000);
        let open = |call, now| PageToken::open(&sealer, &token, call, now, 60);
        assert_eq!(open("ListDomains REGISTERED", 61_000), Ok(page.clone()));
        assert_eq!(
            open("ListDomains REGISTERED", 61_001),
            Err(PageTokenError::Expired)
        );
        assert_eq!(
            PageToken::open(
                &sealer,
                &token,
                "ListDomains REGISTERED",
                i64::MAX,
                u64::MAX
            ),
            Ok(page.clone()),
            "a life without end"
        );
        assert_eq!(
            open("ListDomains DEPRECATED", 1000),
            Err(PageTokenError::Invalid)
        );
        assert_eq!(
            PageToken::open(&sealer, "x", "", 0, 60),
            Err(PageTokenError::Invalid)
        );
    }
}
