//! Timestamps: the texts and numbers that requests may give (cli.md section 5.5), and the form of results (section 12).
//!
//! Dates are civil ones, since Python's go to the last second of the year 9999 and the instants of `jiff` do not. Texts
//! without an offset have none: requests take them for UTC, results show them as they are.

use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use everbeat_json::{DATE_TIME, Json, python, python_float};

mod words;

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// Days in which the calendar repeats, and years.
const ERA_DAYS: i64 = 146_097;
const ERA_YEARS: i64 = 400;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Why a value is no timestamp, with Python's sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TimestampError {
    /// It is none: validation reports its type.
    Unknown(String),
    /// The reference breaks off while it looks at the value.
    Broken(String),
}

impl TimestampError {
    pub(crate) fn into_sentence(self) -> String {
        match self {
            Self::Unknown(text) | Self::Broken(text) => text,
        }
    }

    fn uncalculable(value: &Json) -> Self {
        let shown = python::str(value);
        Self::Broken(format!(
            "Unable to calculate correct timezone offset for \"{shown}\""
        ))
    }
}

/// A date with its time to the microsecond, as Python's `datetime` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment {
    civil: DateTime,
    /// Seconds east of UTC, less than a day.
    offset: Option<i64>,
}

/// The seconds since 1970 of a request's value, as the reference writes them: with a fraction if there is one. Dates
/// without an offset are in UTC.
///
/// # Errors
/// See [`TimestampError`].
pub(crate) fn seconds(value: &Json) -> Result<Json, TimestampError> {
    let moment = moment(value, &TimeZone::UTC)?;
    let offset = SignedDuration::from_secs(moment.offset.unwrap_or(0));
    let in_utc = moment
        .civil
        .checked_sub(offset)
        .ok()
        .filter(|civil| (1..=9999).contains(&civil.year()))
        .ok_or_else(|| TimestampError::Broken("date value out of range".into()))?;
    let microseconds = in_utc.duration_since(EPOCH).as_micros();
    let (whole, fraction) = (microseconds / 1_000_000, microseconds % 1_000_000);
    if fraction == 0 {
        return Ok(Json::Number(whole.to_string()));
    }
    let sign = if microseconds < 0 { "-" } else { "" };
    let digits = format!("{sign}{}.{:06}", whole.abs(), fraction.abs());
    // Reading the digits rounds once, as Python's division of the microseconds does.
    Ok(Json::Number(python_float(digits.parse().unwrap_or(0.0))))
}

/// A result's value in ISO 8601: numbers in the time zone given, texts with their own offset or none.
///
/// # Errors
/// The reference's sentence.
pub(crate) fn iso8601(value: &Json, zone: &TimeZone) -> Result<Json, String> {
    if *value == Json::Null {
        return Ok(Json::Null);
    }
    let moment = moment(value, zone).map_err(TimestampError::into_sentence)?;
    Ok(Json::String(moment.iso_format()))
}

/// What a value means; numbers are shown in `zone`.
fn moment(value: &Json, zone: &TimeZone) -> Result<Moment, TimestampError> {
    match value {
        Json::Bool(number) => from_seconds(f64::from(u8::from(*number)), zone, value),
        Json::Number(digits) => from_seconds(digits.parse().unwrap_or(f64::NAN), zone, value),
        Json::String(text) => from_text(text, zone),
        Json::Foreign(foreign) if foreign.class == DATE_TIME => {
            date(&foreign.str).ok_or_else(|| unknown(value, "Unknown string format"))
        }
        Json::Null | Json::List(_) | Json::Map(_) | Json::Foreign(_) => {
            let class = python::class(value);
            let reason = format!("Parser must be a string or character stream, not {class}");
            Err(unknown(value, &reason))
        }
    }
}

fn unknown(value: &Json, reason: &str) -> TimestampError {
    let shown = python::str(value);
    TimestampError::Unknown(format!("Invalid timestamp \"{shown}\": {reason}"))
}

/// A number that no date can hold may still be the digits of one.
fn from_text(text: &str, zone: &TimeZone) -> Result<Moment, TimestampError> {
    let value = Json::from(text);
    let trimmed = text.trim();
    let number = python::float(trimmed);
    if let Some(seconds) = number {
        match from_seconds(seconds, zone, &value) {
            Err(TimestampError::Unknown(_)) => {}
            decided => return decided,
        }
    }
    if let Some(moment) = date(trimmed) {
        return Ok(moment);
    }
    let digits = trimmed.trim_start_matches(['+', '-']);
    let is_plain = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    // So many digits are those of a date with its time, and it does not exist.
    if number.is_some() && is_plain && !matches!(digits.len(), 12 | 14) {
        return Err(TimestampError::uncalculable(&value));
    }
    Err(match trimmed {
        "" => unknown(&value, &format!("String does not contain a date: {text}")),
        _ => unknown(&value, &format!("Unknown string format: {text}")),
    })
}

/// Rounded to microseconds, halves to the even one, as Python does. `value` is what errors name.
fn from_seconds(seconds: f64, zone: &TimeZone, value: &Json) -> Result<Moment, TimestampError> {
    if seconds.is_nan() {
        let text = "cannot convert float NaN to integer";
        return Err(TimestampError::Unknown(text.into()));
    }
    let whole = seconds.trunc() as i64;
    let year = year_of(whole);
    if i32::try_from(year).is_err() {
        return Err(TimestampError::uncalculable(value));
    }
    let microseconds = (seconds.fract() * 1e6).round_ties_even() as i64;
    let in_utc = later(EPOCH, SignedDuration::from_secs(whole))
        .and_then(|civil| later(civil, SignedDuration::from_micros(microseconds)))
        .ok_or_else(|| TimestampError::Unknown(format!("year {year} is out of range")))?;
    let offset = offset_at(zone, whole);
    let civil = later(in_utc, SignedDuration::from_secs(offset))
        .ok_or_else(|| TimestampError::uncalculable(value))?;
    Ok(Moment {
        civil,
        offset: Some(offset),
    })
}

/// The date after that time, if Python has it.
fn later(civil: DateTime, time: SignedDuration) -> Option<DateTime> {
    let sum = civil.checked_add(time).ok()?;
    (1..=9999).contains(&sum.year()).then_some(sum)
}

/// Seconds east of UTC; at the ends of time those of the last instant known.
fn offset_at(zone: &TimeZone, seconds: i64) -> i64 {
    let nearest = if seconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    let instant = Timestamp::from_second(seconds).unwrap_or(nearest);
    i64::from(zone.to_offset(instant).seconds())
}

/// The year of any number of seconds, far beyond those that dates can hold.
fn year_of(seconds: i64) -> i64 {
    let days = seconds.div_euclid(DAY_SECONDS);
    let within = SignedDuration::from_secs(days.rem_euclid(ERA_DAYS) * DAY_SECONDS);
    let year = EPOCH.checked_add(within).unwrap_or(EPOCH).year();
    i64::from(year) + days.div_euclid(ERA_DAYS) * ERA_YEARS
}

/// A date in ISO 8601, in digits alone, or with an English month. What else the reference's library takes for a date is
/// refused (deviation D6 of cli.md).
fn date(text: &str) -> Option<Moment> {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_at_checked(8) {
        Some((date, time)) if is_digits && matches!(time.len(), 4 | 6) => {
            iso(&format!("{date}T{time}"))
        }
        _ => iso(text)
            .or_else(|| words::year_and_month(text))
            .or_else(|| words::date(text)),
    }
}

fn iso(text: &str) -> Option<Moment> {
    // Years with a sign, names of time zones and the sixtieth second are not Python's.
    if !text.starts_with(|first: char| first.is_ascii_digit()) || text.contains(['[', ']']) {
        return None;
    }
    if text.contains(":60") {
        return None;
    }
    let pieces = Pieces::parse(text).ok()?;
    let offset = pieces.to_numeric_offset();
    Moment::new(
        DateTime::from_parts(pieces.date(), pieces.time().unwrap_or_default()),
        offset.map(|offset| i64::from(offset.seconds())),
    )
}

impl Moment {
    /// Digits beyond microseconds are cut off. None for the year 0 and offsets of a day and more.
    fn new(civil: DateTime, offset: Option<i64>) -> Option<Self> {
        let micros = civil.subsec_nanosecond() / 1000 * 1000;
        let civil = civil.with().subsec_nanosecond(micros).build().ok()?;
        let fits = civil.year() > 0 && offset.is_none_or(|offset| offset.abs() < DAY_SECONDS);
        fits.then_some(Self { civil, offset })
    }

    /// `datetime.isoformat()`: no fraction for whole seconds, else six digits.
    fn iso_format(&self) -> String {
        let mut text = self.civil.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let micros = self.civil.subsec_nanosecond() / 1000;
        if micros > 0 {
            text.push_str(&format!(".{micros:06}"));
        }
        if let Some(offset) = self.offset {
            let sign = if offset < 0 { '-' } else { '+' };
            let (minutes, seconds) = (offset.abs() / 60, offset.abs() % 60);
            text.push_str(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
            if seconds > 0 {
                text.push_str(&format!(":{seconds:02}"));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests;
