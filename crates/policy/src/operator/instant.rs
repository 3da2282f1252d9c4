//! Instants as policies write them: `2026-01-01`, `2026-01-01T12:30:00.5+02:00`, or seconds since 1970.

/// Nanoseconds in a second, also the number of digits that count in a fraction.
const NANOSECONDS: u32 = 1_000_000_000;
const FRACTION_DIGITS: usize = 9;
const DAY_SECONDS: i64 = 86_400;

/// A point in time; finer fractions than a nanosecond are cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant {
    seconds: i64,
    nanoseconds: u32,
}

impl Instant {
    /// Reads ISO 8601 (a date, or date and time with `Z` or an offset) or seconds since 1970; nothing when it is
    /// neither. A date is its first moment in UTC.
    pub(crate) fn read(text: &str) -> Option<Instant> {
        read_epoch(text).or_else(|| read_iso(text))
    }
}

fn read_epoch(text: &str) -> Option<Instant> {
    let (is_negative, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => (true, unsigned),
        None => (false, text),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let seconds = digits(whole)?;
    let nanoseconds = read_fraction(fraction)?;
    Some(match (is_negative, nanoseconds) {
        (false, nanoseconds) => Instant {
            seconds,
            nanoseconds,
        },
        (true, 0) => Instant {
            seconds: -seconds,
            nanoseconds: 0,
        },
        (true, nanoseconds) => Instant {
            seconds: -seconds - 1,
            nanoseconds: NANOSECONDS - nanoseconds,
        },
    })
}

fn read_iso(text: &str) -> Option<Instant> {
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let midnight = read_date(date)? * DAY_SECONDS;
    let (of_day, nanoseconds) = match time {
        Some(time) => read_time(time)?,
        None => (0, 0),
    };
    Some(Instant {
        seconds: midnight + of_day,
        nanoseconds,
    })
}

/// Days since 1970-01-01 of `YYYY-MM-DD`.
fn read_date(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let mut part = |length| parts.next().filter(|p| p.len() == length).and_then(digits);
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let month_days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if parts.next().is_some() || !(1..=month_days).contains(&day) {
        return None;
    }
    // Years are counted from March, so that the leap day is the last of its year.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    const BEFORE_1970: i64 = 719_468;
    Some(365 * year + leap_days + day_of_year - BEFORE_1970)
}

/// Seconds and nanoseconds since midnight UTC of `hh:mm[:ss[.fff]]` with `Z` or an offset.
fn read_time(text: &str) -> Option<(i64, u32)> {
    let (clock, offset) = match text.find(['Z', 'z', '+', '-']) {
        Some(zone) => (&text[..zone], read_offset(&text[zone..])?),
        None => return None,
    };
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, fraction)) if clock.len() == 8 => (clock, read_fraction(fraction)?),
        Some(_) => return None,
        None => (clock, 0),
    };
    let mut parts = clock.split(':');
    let mut part = || parts.next().filter(|p| p.len() == 2).and_then(digits);
    let (hours, minutes) = (part()?, part()?);
    let seconds = if clock.len() > 5 { part()? } else { 0 };
    // A leap second is counted as the first moment after it.
    if parts.next().is_some() || hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    Some((hours * 3600 + minutes * 60 + seconds - offset, fraction))
}

/// Seconds that the clock is ahead of UTC: `Z`, `+02:00`, `-0530` or `+02`.
fn read_offset(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None if rest.len() == 4 => rest.split_at_checked(2)?,
        None => (rest, "00"),
    };
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (digits(hours)?, digits(minutes)?);
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

/// A number of at most 15 digits, so that no arithmetic here overflows.
fn digits(text: &str) -> Option<i64> {
    let is_number = (1..=15).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

fn read_fraction(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let counted = text
        .bytes()
        .chain(core::iter::repeat(b'0'))
        .take(FRACTION_DIGITS);
    Some(counted.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_instants() {
        for (text, seconds, nanoseconds) in [
            ("1970-01-01", 0, 0),
            ("2000-02-29", 951_782_400, 0),
            ("2026-01-01T00:00:00Z", 1_767_225_600, 0),
            ("2026-01-01T02:00:00+02:00", 1_767_225_600, 0),
            ("2025-12-31T18:30:00.25-0530", 1_767_225_600, 250_000_000),
            ("2026-01-01T00:00Z", 1_767_225_600, 0),
            ("2026-01-01T01:00+01", 1_767_225_600, 0),
            ("1969-12-31T23:59:59.999Z", -1, 999_000_000),
            ("0001-01-01", -62_135_596_800, 0),
            ("1767225600", 1_767_225_600, 0),
            ("1767225600.1234567899", 1_767_225_600, 123_456_789),
            ("-1.5", -2, 500_000_000),
        ] {
            let expected = Instant {
                seconds,
                nanoseconds,
            };
            assert_eq!(Instant::read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_is_not_read() {
        for text in [
            "",
            "yesterday",
            "2026-13-01",
            "2026-02-29",
            "2026-00-10",
            "2026-1-1",
            "2026-01-01T",
            "2026-01-01T00:00:00",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:00+25:00",
            "2026-01-01T00:00.5Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00Zx",
            "2026-01-01-01",
            "1767225600.",
            "+5",
            "1e9",
            "9999999999999999",
            "2026-01-01T00:00:00+0ä0",
        ] {
            assert_eq!(Instant::read(text), None, "{text:?}");
        }
    }
}
