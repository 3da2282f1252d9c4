//! Dates of several words with an English month, RFC 822's among them, and those without a day.

use jiff::Zoned;
use jiff::civil::{Date, DateTime, Time};

use super::{Moment, iso};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// `2020-01`: in that month, the day that today is.
pub(super) fn year_and_month(text: &str) -> Option<Moment> {
    let (year, month) = text.split_once('-')?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if year.len() != 4 || month.len() != 2 || !is_number(year) || !is_number(month) {
        return None;
    }
    let date = like_today(year.parse().ok()?, month.parse().ok()?, Zoned::now().day())?;
    Moment::new(DateTime::from_parts(date, Time::midnight()), None)
}

/// In a month that is shorter than that, its last day.
fn like_today(year: i16, month: i8, today: i8) -> Option<Date> {
    let first = Date::new(year, month, 1).ok()?;
    Date::new(year, month, today.min(first.days_in_month())).ok()
}

/// A day, a month by name and a year in any order; perhaps a weekday, which counts for nothing, a time, and an offset.
pub(super) fn date(text: &str) -> Option<Moment> {
    let (mut day, mut month, mut year) = (None, None, None);
    let (mut time, mut offset) = (None, None);
    for word in text.split([' ', '\t', ',']).filter(|word| !word.is_empty()) {
        match Word::of(word)? {
            Word::Weekday => {}
            Word::Day(number) => once(&mut day, number)?,
            Word::Month(number) => once(&mut month, number)?,
            Word::Year(number) => once(&mut year, number)?,
            Word::Time(moment) => {
                once(&mut time, moment.civil.time())?;
                offset = moment.offset;
            }
            Word::Offset(seconds) => once(&mut offset, seconds)?,
        }
    }
    let date = Date::new(year?, month?, day?).ok()?;
    Moment::new(DateTime::from_parts(date, time.unwrap_or_default()), offset)
}

/// Sets a part; None if it is set already.
fn once<T>(part: &mut Option<T>, value: T) -> Option<()> {
    part.replace(value).is_none().then_some(())
}

enum Word {
    Weekday,
    Day(i8),
    Month(i8),
    Year(i16),
    /// Of any day, perhaps with an offset.
    Time(Moment),
    /// Seconds east of UTC.
    Offset(i64),
}

impl Word {
    fn of(word: &str) -> Option<Self> {
        if matches!(word, "GMT" | "UTC" | "Z") {
            return Some(Self::Offset(0));
        }
        if word.starts_with(['+', '-']) {
            let moment = iso(&format!("1970-01-01T00:00{word}"))?;
            return moment.offset.map(Self::Offset);
        }
        if word.contains(':') {
            return iso(&format!("1970-01-01T{word}")).map(Self::Time);
        }
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            return match word.len() {
                1 | 2 => word.parse().ok().map(Self::Day),
                4 => word.parse().ok().map(Self::Year),
                _ => None,
            };
        }
        if position(&WEEKDAYS, word).is_some() {
            return Some(Self::Weekday);
        }
        let is_september = word.eq_ignore_ascii_case("sept");
        let position = position(&MONTHS, if is_september { "sep" } else { word })?;
        i8::try_from(position + 1).ok().map(Self::Month)
    }
}

/// Where a name stands that is given in full or by its first three letters.
fn position(names: &[&str], word: &str) -> Option<usize> {
    let word = word.to_ascii_lowercase();
    names
        .iter()
        .position(|name| *name == word || name.get(..3) == Some(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_day_is_that_of_today_or_the_last_one() {
        let day = |today| like_today(2020, 2, today).map(Date::day);
        assert_eq!(day(7), Some(7));
        assert_eq!(day(31), Some(29));
        assert!(year_and_month("2020-02").is_some());
        for text in ["2020-13", "2020-1", "20-0101", "2020-+1"] {
            assert_eq!(year_and_month(text), None, "{text}");
        }
    }

    #[test]
    fn parts_come_once() {
        for text in [
            "Jan 2020",
            "1 Jan Feb 2020",
            "1 2 Jan 2020",
            "1 Jan 2020 GMT +0100",
            "1 Foo 2020",
            "31 Feb 2020",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
