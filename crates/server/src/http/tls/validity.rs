//! The dates of a certificate, for a warning. The library checks the dates of others and keeps ours to itself.
//!
//! ```text
//! Certificate ::= SEQUENCE { tbsCertificate SEQUENCE {
//!     [0] version (optional), serialNumber, signature, issuer, validity SEQUENCE { notBefore, notAfter }, ...
//! ```
//!
//! (RFC 5280, section 4.1.) What has another form has no dates that are known.

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Digits of a time from the year's last two on: `YYMMDDhhmmss`.
const UTC_DIGITS: usize = 12;

/// From when to when a certificate in DER is good, as `20260131T235959Z`, which sorts as time does.
pub(super) fn read(certificate: &[u8]) -> Option<(String, String)> {
    let (certificate, _) = element(certificate, SEQUENCE)?;
    let (mut fields, _) = element(certificate, SEQUENCE)?;
    if let Some((_, rest)) = element(fields, VERSION) {
        fields = rest;
    }
    for _ in ["serialNumber", "signature", "issuer"] {
        let tag = *fields.first()?;
        fields = element(fields, tag)?.1;
    }
    let (validity, _) = element(fields, SEQUENCE)?;
    let (from, rest) = time(validity)?;
    let (until, _) = time(rest)?;
    Some((from, until))
}

/// The content of the element that the bytes begin with, and what is behind it. None: it has another tag, or is longer
/// than there are bytes.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    if *found != tag {
        return None;
    }
    // Below 128 it is the length; otherwise it says how many bytes of length follow.
    let (length, rest) = match usize::from(*first) {
        length @ ..128 => (length, rest),
        long => {
            let (digits, rest) = rest.split_at_checked(long - 128)?;
            let length = digits.iter().try_fold(0_usize, |length, digit| {
                Some(length.checked_mul(256)? | usize::from(*digit))
            })?;
            (length, rest)
        }
    };
    rest.split_at_checked(length)
}

fn time(bytes: &[u8]) -> Option<(String, &[u8])> {
    let tag = *bytes.first()?;
    let (text, rest) = element(bytes, tag)?;
    let digits = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let full = match tag {
        // Two digits from 50 on are of the last century.
        UTC_TIME if digits.len() == UTC_DIGITS && digits < "50" => format!("20{digits}"),
        UTC_TIME if digits.len() == UTC_DIGITS => format!("19{digits}"),
        GENERALIZED_TIME if digits.len() == UTC_DIGITS + 2 => digits.to_owned(),
        _ => return None,
    };
    let (day, hour) = full.split_at_checked(8)?;
    Some((format!("{day}T{hour}Z"), rest))
}
