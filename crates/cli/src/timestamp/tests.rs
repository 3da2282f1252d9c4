//! Values and what the reference makes of them.

use super::*;

fn text(text: &str) -> Json {
    Json::String(text.into())
}

#[test]
fn requests_take_numbers_and_dates() {
    for (given, expected) in [
        ("1577836800.5", "1577836800.5"),
        ("1.5e9", "1500000000"),
        ("-0.5", "-0.5"),
        ("1_000", "1000"),
        ("20200101", "20200101"),
        ("20200101102030", "1577874030"),
        ("2020-01-01", "1577836800"),
        ("2020-01-01T00:00:00Z", "1577836800"),
        ("2020-01-01 00:00:00", "1577836800"),
        ("2020-01-01T01:00:00.9+01:00", "1577836800.9"),
        ("2020-01-01T10:20:30.999999Z", "1577874030.999999"),
        ("2020-01-01T01:00+0100", "1577836800"),
        ("20200101T000000Z", "1577836800"),
        ("9999-12-31T23:59:59Z", "253402300799"),
        ("Wed, 01 Jan 2020 00:00:00 GMT", "1577836800"),
        ("Wed, 01 Jan 2020 10:20:30 +0200", "1577866830"),
        ("Jan 1 2020", "1577836800"),
        ("january 1, 2020", "1577836800"),
        ("1 January 2020 10:20", "1577874000"),
        ("2020 Jan 1", "1577836800"),
        ("1 Sept 2020", "1598918400"),
    ] {
        let expected = Json::Number(expected.into());
        assert_eq!(seconds(&text(given)), Ok(expected), "{given}");
    }
    assert_eq!(seconds(&Json::Bool(true)), Ok(Json::Number("1".into())));
}

#[test]
fn what_is_no_timestamp_is_unknown_or_breaks_off() {
    for given in [
        "today",
        "",
        "nan",
        "2020-13-01",
        "253402300800",
        "2020-01-01T24:00:00Z",
        "2020-01-01T10:20:60Z",
        "2020-01-01T10:20:30+99:00",
    ] {
        let found = seconds(&text(given));
        assert!(
            matches!(found, Err(TimestampError::Unknown(_))),
            "{given}: {found:?}"
        );
    }
    for given in ["inf", "1577836800000", "-62135596801"] {
        let sentence = format!("Unable to calculate correct timezone offset for \"{given}\"");
        let expected = Err(TimestampError::Broken(sentence));
        assert_eq!(seconds(&text(given)), expected);
    }
    let number = |digits: &str| seconds(&Json::Number(digits.into()));
    let out_of_range = "year 51969 is out of range";
    assert_eq!(
        number("1577836800000"),
        Err(TimestampError::Unknown(out_of_range.into()))
    );
    assert!(matches!(
        number("100000000000000000000"),
        Err(TimestampError::Broken(_))
    ));
}

#[test]
fn numbers_are_shown_in_the_zone_of_the_machine() {
    let kolkata =
        TimeZone::fixed(jiff::tz::offset(5).saturating_add(SignedDuration::from_mins(30)));
    for (number, expected) in [
        ("1326592619.474", "2012-01-15T07:26:59.474000+05:30"),
        ("1326592619.0", "2012-01-15T07:26:59+05:30"),
        ("1326592619", "2012-01-15T07:26:59+05:30"),
    ] {
        let value = Json::Number(number.into());
        assert_eq!(iso8601(&value, &kolkata), Ok(text(expected)));
        assert_eq!(iso8601(&text(number), &kolkata), Ok(text(expected)));
    }
    assert_eq!(iso8601(&Json::Null, &kolkata), Ok(Json::Null));
    assert_eq!(
        iso8601(&Json::Number("253402300799".into()), &TimeZone::UTC),
        Ok(text("9999-12-31T23:59:59+00:00"))
    );
}

#[test]
fn texts_keep_their_offset_or_have_none() {
    for (given, expected) in [
        (
            "2012-01-15T01:56:59.5-03:00",
            "2012-01-15T01:56:59.500000-03:00",
        ),
        ("2012-01-15T01:56:59", "2012-01-15T01:56:59"),
        ("2012-01-15", "2012-01-15T00:00:00"),
        ("Sun, 15 Jan 2012 01:56:59 GMT", "2012-01-15T01:56:59+00:00"),
    ] {
        assert_eq!(iso8601(&text(given), &TimeZone::UTC), Ok(text(expected)));
    }
}

#[test]
fn bad_results_have_pythons_sentence() {
    for (value, sentence) in [
        (
            text("garbage"),
            "Invalid timestamp \"garbage\": Unknown string format: garbage",
        ),
        (Json::Number("1e15".into()), "year 31690708 is out of range"),
        (
            Json::List(Vec::new()),
            "Invalid timestamp \"[]\": Parser must be a string or character stream, not list",
        ),
    ] {
        assert_eq!(iso8601(&value, &TimeZone::UTC), Err(sentence.into()));
    }
}
