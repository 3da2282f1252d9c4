//! SHA-256 and HMAC-SHA-256.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// SHA-256 of a body as 64 hex digits.
pub fn payload_hash(body: &[u8]) -> String {
    Hex::of(&Sha256::digest(body).into()).as_str().into()
}

/// 32 bytes as 64 lower-case hex digits.
pub(super) struct Hex([u8; 64]);

impl Hex {
    pub(super) fn of(bytes: &[u8; 32]) -> Self {
        let mut digits = [0; 64];
        hex::encode_to_slice(bytes, &mut digits).expect("two digits a byte");
        Self(digits)
    }

    /// SHA-256 of a text in two parts.
    pub(super) fn hash_of_parts(parts: [&str; 2]) -> Self {
        let [first, second] = parts;
        Self::of(
            &Sha256::new()
                .chain_update(first)
                .chain_update(second)
                .finalize()
                .into(),
        )
    }

    /// SHA-256 of a body.
    pub(super) fn hash_of(body: &[u8]) -> Self {
        Self::of(&Sha256::digest(body).into())
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Reads exactly 64 lower-case hex digits.
pub(super) fn read_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let is_upper = text.bytes().any(|digit| digit.is_ascii_uppercase());
    let read = hex::decode_to_slice(text, &mut bytes);
    (read.is_ok() && !is_upper).then_some(bytes)
}

/// A MAC under way; it takes keys of any length.
pub(super) fn hmac_sha256(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

/// The MAC of one text.
pub(super) fn hmac_of(key: &[u8], text: &[u8]) -> [u8; 32] {
    hmac_sha256(key)
        .chain_update(text)
        .finalize()
        .into_bytes()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_as_it_is_written_and_only_so() {
        let bytes: [u8; 32] = std::array::from_fn(|index| index as u8 * 8 + 7);
        let text = Hex::of(&bytes);
        assert_eq!(read_hex(text.as_str()), Some(bytes));
        assert_eq!(read_hex(&text.as_str().to_uppercase()), None);
        assert_eq!(read_hex(&text.as_str()[1..]), None);
        assert_eq!(read_hex(&format!("{}0", text.as_str())), None);
        assert_eq!(read_hex(&text.as_str().replace('7', "g")), None);
    }
}
