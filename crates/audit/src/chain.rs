//! The form of a line, and the chain.
//!
//! ```text
//! {"number":7, … ,"previous":"<64 hex digits>","hash":"<64 hex digits>"}\n
//! ```
//!
//! `number` counts from 1, over all files, without a gap. `previous` is the hash of the line before; of the very first
//! line it is 64 zeros. `hash` is the SHA-256 of the bytes of the line from its first brace up to, and without, the
//! comma before `"hash"`; so it covers the hash before it too. These three stand at fixed places, and the chain is
//! checked without reading the JSON between them.

use std::fmt;

use sha2::{Digest, Sha256};

/// Digits of a hash.
const DIGITS: usize = 64;
const START: &[u8] = br#"{"number":"#;
const PREVIOUS: &[u8] = br#","previous":""#;
const HASH: &[u8] = br#","hash":""#;
const END: &[u8] = b"\"}";

/// Longest line that is read. Twice what the longest entry could make.
pub(crate) const MAX_LINE_BYTES: usize = 8 << 20;

/// The hash of a line.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Hash([u8; 32]);

impl Hash {
    /// Stands where there is no line before.
    pub(crate) const NONE: Self = Self([0; 32]);

    fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Reads 64 lower-case hex digits.
    pub(crate) fn read(digits: &[u8]) -> Option<Self> {
        let mut hash = [0; 32];
        let is_upper = digits.iter().any(u8::is_ascii_uppercase);
        let read = hex::decode_to_slice(digits, &mut hash);
        (read.is_ok() && !is_upper).then_some(Self(hash))
    }

    fn digits(self) -> [u8; DIGITS] {
        let mut digits = [0; DIGITS];
        hex::encode_to_slice(self.0, &mut digits).expect("two digits a byte");
        digits
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.digits()))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The end of a chain: its last line's number and hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) number: u64,
    pub(crate) hash: Hash,
}

impl Head {
    /// Before the first line.
    pub(crate) const START: Self = Self {
        number: 0,
        hash: Hash::NONE,
    };

    /// Appends the line that follows, whose members between number and hash `write` appends.
    pub(crate) fn append(self, lines: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) -> Self {
        let start = lines.len();
        let number = self.number + 1;
        lines.extend_from_slice(START);
        lines.extend_from_slice(number.to_string().as_bytes());
        write(lines);
        lines.extend_from_slice(PREVIOUS);
        lines.extend_from_slice(&self.hash.digits());
        lines.push(b'"');
        let hash = Hash::of(&lines[start..]);
        lines.extend_from_slice(HASH);
        lines.extend_from_slice(&hash.digits());
        lines.extend_from_slice(END);
        lines.push(b'\n');
        Self { number, hash }
    }
}

/// What the chain needs to know of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) number: u64,
    pub(crate) previous: Hash,
    /// As the line says.
    pub(crate) hash: Hash,
    /// As the line's bytes have it.
    pub(crate) true_hash: Hash,
}

impl Link {
    /// Reads a line, given without its newline. None: it has not the form of a line.
    pub(crate) fn read(line: &[u8]) -> Option<Self> {
        let number = read_number(line.strip_prefix(START)?)?;
        let rest = line.strip_suffix(END)?;
        let (rest, hash) = rest.split_at_checked(rest.len().checked_sub(DIGITS)?)?;
        let hashed = rest.strip_suffix(HASH)?;
        let rest = hashed.strip_suffix(b"\"")?;
        let (rest, previous) = rest.split_at_checked(rest.len().checked_sub(DIGITS)?)?;
        if !rest.ends_with(PREVIOUS) {
            return None;
        }
        Some(Self {
            number,
            previous: Hash::read(previous)?,
            hash: Hash::read(hash)?,
            true_hash: Hash::of(hashed),
        })
    }

    /// Its bytes are those that were hashed when it was written.
    pub(crate) fn is_whole(&self) -> bool {
        self.hash == self.true_hash
    }

    pub(crate) fn head(&self) -> Head {
        Head {
            number: self.number,
            hash: self.hash,
        }
    }
}

/// Reads the digits up to the comma.
fn read_number(text: &[u8]) -> Option<u64> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit())?;
    std::str::from_utf8(&text[..end]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests;
