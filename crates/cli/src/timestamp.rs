//! Timestamps: the texts and numbers that requests may give (cli.md section 5.5), and the form of results (section 12).

use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822;
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use everbeat_json::Json;

/// The first and last second that Python's dates can hold.
const PYTHON_SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// Forms of a date with an English month.
const MONTH_FORMS: [&str; 8] = [
    "%b %d %Y",
    "%B %d %Y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%Y %b %d",
    "%Y %B %d",
];

/// Why a value is no timestamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TimestampError {
    /// Neither a number nor a known form of a date.
    Unknown,
    /// Not between the years 1 and 9999.
    OutOfRange,
}

/// The whole seconds since 1970 of a request's value; a fraction is cut off toward the past. Dates without an offset
/// are in UTC.
pub(crate) fn seconds(value: &Json) -> Result<i64, TimestampError> {
    match value {
        Json::Bool(value) => Ok(i64::from(*value)),
        Json::Number(text) => number(text).ok_or(TimestampError::Unknown)?,
        Json::String(text) => number(text.trim())
            .or_else(|| date(text.trim()).map(|instant| Ok(floor_seconds(instant))))
            .unwrap_or(Err(TimestampError::Unknown)),
        Json::Foreign(foreign) if foreign.class == everbeat_json::DATE_TIME => date(&foreign.str)
            .map(floor_seconds)
            .ok_or(TimestampError::Unknown),
        Json::Null | Json::List(_) | Json::Map(_) | Json::Foreign(_) => {
            Err(TimestampError::Unknown)
        }
    }
}

fn number(text: &str) -> Option<Result<i64, TimestampError>> {
    if !text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) {
        return None;
    }
    let seconds = text.parse::<f64>().ok()?.floor() as i64;
    Some(if PYTHON_SECONDS.contains(&seconds) {
        Ok(seconds)
    } else {
        Err(TimestampError::OutOfRange)
    })
}

fn floor_seconds(instant: Timestamp) -> i64 {
    instant.as_millisecond().div_euclid(1000)
}

fn date(text: &str) -> Option<Timestamp> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    let civil = text.parse::<DateTime>().ok().or_else(|| {
        MONTH_FORMS
            .iter()
            .find_map(|form| Date::strptime(form, text).ok().map(DateTime::from))
    });
    match civil {
        Some(civil) => civil
            .to_zoned(TimeZone::UTC)
            .ok()
            .map(|zoned| zoned.timestamp()),
        None => rfc2822::DateTimeParser::new().parse_timestamp(text).ok(),
    }
}

/// A result's value in ISO 8601: numbers in the time zone given, texts with their own offset.
///
/// # Errors
/// The reference's sentence.
pub(crate) fn iso8601(value: &Json, zone: &TimeZone) -> Result<Json, String> {
    let number = match value {
        Json::Number(text) => text.parse::<f64>().ok(),
        Json::String(text) => text.trim().parse::<f64>().ok(),
        other => return Ok(other.clone()),
    };
    let zoned = match number {
        Some(seconds) => from_seconds(seconds, zone)?,
        None => {
            let text = value.as_str().unwrap_or_default();
            with_own_offset(text, zone).ok_or_else(|| {
                format!("Invalid timestamp \"{text}\": Unknown string format: {text}")
            })?
        }
    };
    Ok(Json::String(python_iso_format(&zoned)))
}

/// Rounded to microseconds, halves to the even one, as Python does.
fn from_seconds(seconds: f64, zone: &TimeZone) -> Result<Zoned, String> {
    let microseconds = (seconds.fract() * 1e6).round_ties_even();
    let instant = Timestamp::from_second(seconds.trunc() as i64)
        .ok()
        .and_then(|whole| {
            whole
                .checked_add(jiff::SignedDuration::from_micros(microseconds as i64))
                .ok()
        })
        .ok_or_else(|| format!("timestamp {seconds} is out of range"))?;
    Ok(instant.to_zoned(zone.clone()))
}

/// A text keeps its offset; without one it is in the time zone given.
fn with_own_offset(text: &str, zone: &TimeZone) -> Option<Zoned> {
    let pieces = Pieces::parse(text).ok()?;
    let civil = DateTime::from_parts(pieces.date(), pieces.time().unwrap_or_default());
    let zone = match pieces.to_numeric_offset() {
        Some(offset) => offset.to_time_zone(),
        None => zone.clone(),
    };
    civil.to_zoned(zone).ok()
}

/// `datetime.isoformat()`: no fraction for whole seconds, else six digits.
fn python_iso_format(zoned: &Zoned) -> String {
    let whole = zoned.strftime("%Y-%m-%dT%H:%M:%S");
    let offset = zoned.strftime("%:z");
    match zoned.subsec_nanosecond() / 1000 {
        0 => format!("{whole}{offset}"),
        microseconds => format!("{whole}.{microseconds:06}{offset}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Json {
        Json::String(text.into())
    }

    #[test]
    fn requests_take_numbers_and_dates() {
        for (given, expected) in [
            ("1577836800.5", 1_577_836_800),
            ("1.5e9", 1_500_000_000),
            ("-0.5", -1),
            ("20200101", 20_200_101),
            ("2020-01-01", 1_577_836_800),
            ("2020-01-01T00:00:00Z", 1_577_836_800),
            ("2020-01-01 00:00:00", 1_577_836_800),
            ("2020-01-01T01:00:00.9+01:00", 1_577_836_800),
            ("2020-01-01T01:00+0100", 1_577_836_800),
            ("20200101T000000Z", 1_577_836_800),
            ("Wed, 01 Jan 2020 00:00:00 GMT", 1_577_836_800),
            ("Jan 1 2020", 1_577_836_800),
            ("1 January 2020", 1_577_836_800),
        ] {
            assert_eq!(seconds(&text(given)), Ok(expected), "{given}");
        }
        assert_eq!(seconds(&Json::Bool(true)), Ok(1));
        for given in ["today", "", "inf", "nan", "2020-13-01"] {
            assert_eq!(
                seconds(&text(given)),
                Err(TimestampError::Unknown),
                "{given}"
            );
        }
        assert_eq!(
            seconds(&Json::Number("1577836800000".into())),
            Err(TimestampError::OutOfRange)
        );
    }

    #[test]
    fn results_are_in_the_zone_of_the_machine() {
        let kolkata = TimeZone::fixed(
            jiff::tz::offset(5).saturating_add(jiff::SignedDuration::from_mins(30)),
        );
        for (number, expected) in [
            ("1326592619.474", "2012-01-15T07:26:59.474000+05:30"),
            ("1326592619.0", "2012-01-15T07:26:59+05:30"),
            ("1326592619", "2012-01-15T07:26:59+05:30"),
        ] {
            let value = Json::Number(number.into());
            assert_eq!(iso8601(&value, &kolkata), Ok(text(expected)));
            assert_eq!(iso8601(&text(number), &kolkata), Ok(text(expected)));
        }
        assert_eq!(
            iso8601(&text("2012-01-15T01:56:59.5-03:00"), &kolkata),
            Ok(text("2012-01-15T01:56:59.500000-03:00"))
        );
        assert_eq!(
            iso8601(&text("garbage"), &kolkata),
            Err("Invalid timestamp \"garbage\": Unknown string format: garbage".into())
        );
        assert_eq!(iso8601(&Json::Null, &kolkata), Ok(Json::Null));
    }
}
