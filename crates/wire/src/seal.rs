//! Sealing: tokens that only this server can have made. A token is readable, not secret; a MAC keeps it from being
//! changed or made up.
//!
//! Sealed form: version (1 byte), id of the key (4 bytes), purpose (1 byte), payload, MAC (16 bytes: the first half of
//! an HMAC-SHA256 over all before it), in URL-safe base64. Keys can be rotated: old ones still open what they sealed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const VERSION: u8 = 1;
const HEAD_BYTES: usize = 6;
const MAC_BYTES: usize = 16;

/// Bytes that sealing adds to a payload.
pub(crate) const OVERHEAD_BYTES: usize = HEAD_BYTES + MAC_BYTES;

/// A key with its number.
#[derive(Clone)]
pub struct SealingSecret {
    /// Its number; the newest key has the greatest.
    pub id: u32,
    /// The secret.
    pub secret: [u8; 32],
}

/// What a token is for; a token for one purpose does not open as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Purpose {
    Task = 1,
    Page = 2,
}

/// Seals and opens tokens.
pub struct Sealer {
    keys: Vec<(u32, Hmac<Sha256>)>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer")
            .field("keys", &self.keys.len())
            .finish()
    }
}

impl Sealer {
    /// A sealer with these keys. The one with the greatest id seals; none at all opens and seals nothing.
    pub fn new(secrets: &[SealingSecret]) -> Self {
        let mut keys: Vec<(u32, Hmac<Sha256>)> = secrets
            .iter()
            .filter_map(|key| {
                Hmac::new_from_slice(&key.secret)
                    .ok()
                    .map(|mac| (key.id, mac))
            })
            .collect();
        keys.sort_by_key(|(id, _)| *id);
        Self { keys }
    }

    pub(crate) fn seal(&self, purpose: Purpose, payload: &[u8]) -> String {
        let Some((id, mac)) = self.keys.last() else {
            return String::new();
        };
        let mut sealed = Vec::with_capacity(payload.len() + OVERHEAD_BYTES);
        sealed.push(VERSION);
        sealed.extend_from_slice(&id.to_be_bytes());
        sealed.push(purpose as u8);
        sealed.extend_from_slice(payload);
        let code = mac.clone().chain_update(&sealed).finalize().into_bytes();
        sealed.extend_from_slice(&code[..MAC_BYTES]);
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// The payload, if one of our keys sealed it for that purpose.
    pub(crate) fn open(&self, purpose: Purpose, token: &str) -> Option<Vec<u8>> {
        let mut sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
        let body_end = sealed.len().checked_sub(MAC_BYTES)?;
        let (body, code) = sealed.split_at(body_end);
        let (head, _) = body.split_at_checked(HEAD_BYTES)?;
        let (version, id, sealed_for) = match head {
            [version, a, b, c, d, purpose] => {
                (*version, u32::from_be_bytes([*a, *b, *c, *d]), *purpose)
            }
            _ => return None,
        };
        if version != VERSION || sealed_for != purpose as u8 {
            return None;
        }
        let (_, mac) = self.keys.iter().find(|(key, _)| *key == id)?;
        mac.clone()
            .chain_update(body)
            .verify_truncated_left(code)
            .ok()?;
        sealed.truncate(body_end);
        sealed.drain(..HEAD_BYTES);
        Some(sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(id: u32) -> SealingSecret {
        SealingSecret {
            id,
            secret: [id as u8; 32],
        }
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let sealer = Sealer::new(&[secret(1)]);
        let token = sealer.seal(Purpose::Task, b"payload");
        assert_eq!(
            sealer.open(Purpose::Task, &token).as_deref(),
            Some(&b"payload"[..])
        );
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("base64 is ASCII");
            assert_eq!(sealer.open(Purpose::Task, &changed), None, "character {at}");
        }
        assert_eq!(sealer.open(Purpose::Page, &token), None);
        assert_eq!(sealer.open(Purpose::Task, ""), None);
        assert_eq!(sealer.open(Purpose::Task, "not base64!"), None);
    }

    #[test]
    fn a_rotated_key_still_opens_what_it_sealed() {
        let token = Sealer::new(&[secret(1)]).seal(Purpose::Task, b"old");
        let rotated = Sealer::new(&[secret(2), secret(1)]);
        assert_eq!(
            rotated.open(Purpose::Task, &token).as_deref(),
            Some(&b"old"[..])
        );
        let newer = rotated.seal(Purpose::Task, b"new");
        assert_eq!(Sealer::new(&[secret(1)]).open(Purpose::Task, &newer), None);
    }
}
