//! Lengths of time as people type them (`1h30m`), and instants and distances as they read them.
//!
//! Distances are told as in a timeline; instants in UTC, to the second.

use everbeat_model::scalars::Timestamp;

pub(crate) use crate::timeline::duration;

/// Seconds of each unit. A year has 365 days.
const UNITS: [(char, u64); 6] = [
    ('s', 1),
    ('m', 60),
    ('h', 3600),
    ('d', 86_400),
    ('w', 7 * 86_400),
    ('y', 365 * 86_400),
];
const FORMS: &str =
    "give seconds, or numbers with the units s, m, h, d, w, y, such as 90s or 1h30m";

/// Reads seconds (`90`), or a sum of numbers with units (`1h30m`).
///
/// # Errors
/// A sentence for text of another form, or with more seconds than can be counted.
pub(crate) fn seconds(text: &str) -> Result<u64, String> {
    let malformed = || format!("'{text}' is no length of time: {FORMS}");
    let too_long = || format!("'{text}' is too long a time");
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return Err(malformed());
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map_err(|_| too_long());
    }
    let mut sum: u64 = 0;
    for term in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let unit = term.chars().next_back().ok_or_else(malformed)?;
        let digits = term.trim_end_matches(unit);
        let known = UNITS.iter().find(|(name, _)| *name == unit);
        let (_, length) = known.filter(|_| !digits.is_empty()).ok_or_else(malformed)?;
        let number: u64 = digits.parse().map_err(|_| too_long())?;
        let part = number.checked_mul(*length).ok_or_else(too_long)?;
        sum = sum.checked_add(part).ok_or_else(too_long)?;
    }
    Ok(sum)
}

/// `2026-11-22 21:30:40 UTC`.
pub(crate) fn instant(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(
        |_| format!("{} ms after 1970", at.0),
        |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}

/// A past instant: `2026-11-22 21:30:40 UTC (3m05s ago)`.
pub(crate) fn past(at: Timestamp, now: Timestamp) -> String {
    format!("{} ({} ago)", instant(at), duration(at, now))
}

/// An instant to come: `2026-11-25 21:30:40 UTC (in 3d00h)`.
pub(crate) fn to_come(at: Timestamp, now: Timestamp) -> String {
    format!("{} (in {})", instant(at), duration(now, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_seconds_or_sums_with_units() {
        for (text, expected) in [
            ("0", 0),
            ("90", 90),
            ("90s", 90),
            ("15m", 900),
            ("1h", 3600),
            ("2d", 172_800),
            ("1w", 604_800),
            ("1y", 31_536_000),
            ("1h30m", 5400),
            ("1y2w3d4h5m6s", 33_019_506),
        ] {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused_in_a_sentence() {
        for text in [
            "", "h", "-1h", "1.5h", "1 h", "1h30", "1hh", "1x", "1hé", "+1", "NONE",
        ] {
            let sentence = seconds(text).expect_err(text);
            assert!(sentence.contains("is no length of time"), "{sentence}");
        }
        for text in [
            "99999999999999999999",
            "999999999999999y",
            "18446744073709551615s1s",
        ] {
            assert_eq!(seconds(text), Err(format!("'{text}' is too long a time")));
        }
    }

    #[test]
    fn instants_have_a_distance() {
        let (then, now) = (Timestamp(1_795_383_040_999), Timestamp(1_795_383_226_000));
        assert_eq!(past(then, now), "2026-11-22 21:30:40 UTC (3m05s ago)");
        let later = Timestamp(now.0 + 3 * 86_400_000);
        assert_eq!(to_come(later, now), "2026-11-25 21:33:46 UTC (in 3d00h)");
    }
}
