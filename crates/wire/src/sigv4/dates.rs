//! Instants in whole seconds since 1970, as `YYYYMMDDTHHMMSSZ` and as in the `Date` header.

const SECONDS_OF_DAY: i64 = 86_400;
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
/// 1970-01-01 was the first of them.
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// An instant, in seconds since 1970 from year 0 to 9999, as `YYYYMMDDTHHMMSSZ`.
pub fn amz_date(seconds: i64) -> String {
    let (days, second_of_day) = (
        seconds.div_euclid(SECONDS_OF_DAY),
        seconds.rem_euclid(SECONDS_OF_DAY),
    );
    let (year, month, day) = civil_date(days);
    let (hour, minute, second) = (
        second_of_day / 3600,
        second_of_day / 60 % 60,
        second_of_day % 60,
    );
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// Reads `YYYYMMDDTHHMMSSZ`. There is no leap second.
pub(super) fn read_amz_date(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    if date.len() != 8 || time.len() != 6 {
        return None;
    }
    let days = days_since_1970(
        number(date.get(..4)?)?,
        number(date.get(4..6)?)?,
        number(date.get(6..)?)?,
    )?;
    let second = second_of_day(time.get(..2)?, time.get(2..4)?, time.get(4..)?)?;
    Some(days * SECONDS_OF_DAY + second)
}

/// Reads `Sun, 30 Aug 2015 12:36:00 GMT` (RFC 1123, the form that HTTP prefers). The day of the week must be right.
/// botocore writes the zone as `-0000`.
pub(super) fn read_http_date(text: &str) -> Option<i64> {
    let (date, zone) = text.rsplit_once(' ')?;
    if !["GMT", "-0000", "+0000"].contains(&zone) {
        return None;
    }
    let (weekday, rest) = date.split_once(", ")?;
    let mut words = rest.split(' ');
    let (day, month) = (words.next()?, words.next()?);
    let (year, time) = (words.next()?, words.next()?);
    let has_form = words.next().is_none() && day.len() == 2 && year.len() == 4 && time.len() == 8;
    let month = MONTHS.iter().position(|name| *name == month)?;
    let month = i64::try_from(month).ok()? + 1;
    let days = days_since_1970(number(year)?, month, number(day)?)?;
    let mut parts = time.split(':');
    let second = second_of_day(parts.next()?, parts.next()?, parts.next()?)?;
    let day_of_week = usize::try_from(days.rem_euclid(7)).ok()?;
    let is_right = has_form && WEEKDAYS.get(day_of_week) == Some(&weekday);
    is_right.then_some(days * SECONDS_OF_DAY + second)
}

/// Reads digits only, at most four of them.
fn number(digits: &str) -> Option<i64> {
    let is_number = digits.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

fn second_of_day(hour: &str, minute: &str, second: &str) -> Option<i64> {
    let has_form = [hour, minute, second].iter().all(|part| part.len() == 2);
    let (hour, minute, second) = (number(hour)?, number(minute)?, number(second)?);
    let is_time = has_form && hour < 24 && minute < 60 && second < 60;
    is_time.then_some(hour * 3600 + minute * 60 + second)
}

/// The days from 1970-01-01 to a date of the calendar, if there is such a date. Months count from 1.
fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    let march_year = year - i64::from(month <= 2);
    let era = march_year.div_euclid(400);
    let year_of_era = march_year.rem_euclid(400);
    let march_month = (month + 9) % 12;
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    (civil_date(days) == (year, month, day)).then_some(days)
}

/// Year, month and day of a number of days since 1970-01-01, counted in years that begin in March so that the leap day
/// comes last.
fn civil_date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right_on_leap_days_and_before_1970() {
        for (seconds, text) in [
            (0, "19700101T000000Z"),
            (-1, "19691231T235959Z"),
            (951_782_400, "20000229T000000Z"),
            (4_102_444_799, "20991231T235959Z"),
            (-62_167_219_200, "00000101T000000Z"),
        ] {
            assert_eq!(amz_date(seconds), text);
            assert_eq!(read_amz_date(text), Some(seconds));
        }
    }

    #[test]
    fn what_is_no_instant_is_not_read() {
        for text in [
            "",
            "20150830T123600",
            "20150830 123600Z",
            "20150830T1236Z",
            "2015-08-30T12:36:00Z",
            "20150229T000000Z",
            "19000229T000000Z",
            "20150431T000000Z",
            "20151301T000000Z",
            "20150001T000000Z",
            "20150800T000000Z",
            "20150830T240000Z",
            "20150830T126000Z",
            "20150830T123660Z",
            "+2150830T123600Z",
            "2015083éT12360Z",
            "20150830T123600ZZ",
        ] {
            assert_eq!(read_amz_date(text), None, "{text}");
        }
    }

    #[test]
    fn the_date_header_is_read() {
        for (text, seconds) in [
            ("Sun, 30 Aug 2015 12:36:00 GMT", 1_440_938_160),
            ("Sun, 30 Aug 2015 12:36:00 -0000", 1_440_938_160),
            ("Sun, 30 Aug 2015 12:36:00 +0000", 1_440_938_160),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Wed, 31 Dec 1969 23:59:59 GMT", -1),
            ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400),
        ] {
            assert_eq!(read_http_date(text), Some(seconds), "{text}");
        }
        for text in [
            "Mon, 30 Aug 2015 12:36:00 GMT",
            "Sun, 30 Aug 2015 12:36:00 UTC",
            "Sun, 30 Aug 2015 12:36:00 +0100",
            "Sun, 30 aug 2015 12:36:00 GMT",
            "Sun, 9 Aug 2015 12:36:00 GMT",
            "Sun,  30 Aug 2015 12:36:00 GMT",
            "Sunday, 30-Aug-15 12:36:00 GMT",
            "Sun Aug 30 12:36:00 2015",
            "Sun, 30 Aug 2015 12:36:60 GMT",
            "Sun, 30 Aug 2015 12:36 GMT",
            "Sun, 29 Feb 2015 12:36:00 GMT",
            "20150830T123600Z",
            "",
        ] {
            assert_eq!(read_http_date(text), None, "{text}");
        }
    }
}
