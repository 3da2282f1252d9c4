//! `!!binary`: base64 as Python decodes it.

use everbeat_json::{Foreign, Json};

/// The bytes of a base64 text: other characters are skipped, and so is everything behind a full padding. None if the
/// last group is not complete.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut group = 0_u32;
    let mut filled = 0;
    let mut padding = 0;
    for character in text.bytes() {
        if character == b'=' {
            padding += 1;
            if filled >= 2 && filled + padding >= 4 {
                return Some(bytes);
            }
            continue;
        }
        let Some(bits) = six_bits(character) else {
            continue;
        };
        padding = 0;
        group = (group << 6) | bits;
        filled = (filled + 1) % 4;
        let leftover = [0, 0, 4, 2][filled];
        if filled != 1 {
            bytes.push((group >> leftover) as u8);
        }
    }
    (filled == 0).then_some(bytes)
}

fn six_bits(character: u8) -> Option<u32> {
    let bits = match character {
        b'A'..=b'Z' => character - b'A',
        b'a'..=b'z' => character - b'a' + 26,
        b'0'..=b'9' => character - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(bits))
}

/// The value of a `!!binary` scalar; None if it is not base64.
pub(super) fn value(text: &str) -> Option<Json> {
    if !text.is_ascii() {
        return None;
    }
    decoded(text).map(|bytes| Json::Foreign(Foreign::bytes(&bytes)))
}
