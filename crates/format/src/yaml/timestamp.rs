//! Dates and date-times of YAML, and how Python shows them.

use everbeat_json::{DATE_TIME, Foreign, Json};
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};

/// The parts of a well-formed date or date-time; their ranges are not looked at.
pub(super) struct Timestamp<'a> {
    year: i16,
    month: i8,
    day: i8,
    time: Option<Time<'a>>,
}

struct Time<'a> {
    hour: i8,
    minute: i8,
    second: i8,
    /// Digits behind the point.
    fraction: &'a str,
    zone: Option<Zone<'a>>,
}

struct Zone<'a> {
    /// As written: `Z`, `+5`, `-03:30`.
    name: &'a str,
    seconds: i32,
}

impl<'a> Timestamp<'a> {
    /// Whether a plain scalar is read as a timestamp: a date alone needs all its digits.
    pub(super) fn is_plain(text: &'a str) -> bool {
        Self::parse(text).is_some_and(|timestamp| timestamp.time.is_some() || text.len() == 10)
    }

    /// `dddd-d?d-d?d`, then perhaps `T` or blanks, `d?d:dd:dd`, a fraction, and a zone.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut rest = Rest(text);
        let year = rest.number(4, 4)?;
        rest.take('-')?;
        let month = i8::try_from(rest.number(1, 2)?).ok()?;
        rest.take('-')?;
        let day = i8::try_from(rest.number(1, 2)?).ok()?;
        let time = match rest.0 {
            "" => None,
            _ => Some(Time::parse(&mut rest)?),
        };
        Some(Self {
            year,
            month,
            day,
            time,
        })
    }

    /// The date or date-time.
    ///
    /// # Errors
    /// Python's sentence for a part that is out of range.
    pub(super) fn value(&self) -> Result<Json, String> {
        if self.year == 0 {
            return Err("year 0 is out of range".into());
        }
        let month = Date::new(self.year, self.month, 1).map_err(|_| "month must be in 1..12")?;
        if self.day < 1 || self.day > month.days_in_month() {
            return Err("day is out of range for month".into());
        }
        let date = Date::new(self.year, self.month, self.day).map_err(|error| error.to_string())?;
        match &self.time {
            Some(time) => time.value(date),
            None => Ok(Json::Foreign(Foreign {
                class: "datetime.date",
                str: date.to_string(),
                repr: format!(
                    "datetime.date({}, {}, {})",
                    date.year(),
                    date.month(),
                    date.day()
                ),
            })),
        }
    }
}

impl<'a> Time<'a> {
    fn parse(rest: &mut Rest<'a>) -> Option<Self> {
        if rest.take('T').or_else(|| rest.take('t')).is_none() && !rest.skip_blanks() {
            return None;
        }
        let hour = i8::try_from(rest.number(1, 2)?).ok()?;
        rest.take(':')?;
        let minute = i8::try_from(rest.number(2, 2)?).ok()?;
        rest.take(':')?;
        let second = i8::try_from(rest.number(2, 2)?).ok()?;
        let fraction = match rest.take('.') {
            Some(()) => rest.digits(usize::MAX),
            None => "",
        };
        let zone = match rest.0 {
            "" => None,
            _ => Some(Zone::parse(rest)?),
        };
        rest.0.is_empty().then_some(Self {
            hour,
            minute,
            second,
            fraction,
            zone,
        })
    }

    fn value(&self, date: Date) -> Result<Json, String> {
        for (name, part, last) in [
            ("hour", self.hour, 23),
            ("minute", self.minute, 59),
            ("second", self.second, 59),
        ] {
            if part > last {
                return Err(format!("{name} must be in 0..{last}"));
            }
        }
        let zone = match &self.zone {
            Some(zone) => zone.shown()?,
            None => (String::new(), String::new()),
        };
        let time = date
            .at(self.hour, self.minute, self.second, 0)
            .checked_add(SignedDuration::from_micros(self.microseconds()))
            .map_err(|_| "date value out of range")?;
        Ok(shown(time, &zone))
    }

    /// Six digits, the seventh rounds.
    fn microseconds(&self) -> i64 {
        let digit = |at: usize| {
            let byte = self.fraction.as_bytes().get(at).copied();
            i64::from(byte.unwrap_or(b'0').saturating_sub(b'0'))
        };
        let micros = (0..6).fold(0, |micros, at| micros * 10 + digit(at));
        micros + i64::from(digit(6) > 4)
    }
}

impl<'a> Zone<'a> {
    fn parse(rest: &mut Rest<'a>) -> Option<Self> {
        rest.skip_blanks();
        let name = rest.0;
        if rest.take('Z').is_some() {
            return Some(Self { name, seconds: 0 });
        }
        let sign = match rest.take('-') {
            Some(()) => -1,
            None => rest.take('+').map(|()| 1)?,
        };
        let hours = i32::from(rest.number(1, 2)?);
        let minutes = match rest.take(':') {
            Some(()) => i32::from(rest.number(2, 2)?),
            None => 0,
        };
        let seconds = sign * (hours * 60 + minutes) * 60;
        Some(Self { name, seconds })
    }

    /// As `str` of a date-time shows it, and as its `repr` does.
    fn shown(&self) -> Result<(String, String), String> {
        const DAY: i32 = 24 * 60 * 60;
        let delta = |seconds: i32| {
            let days = seconds.div_euclid(DAY);
            let parts: Vec<String> = [("days", days), ("seconds", seconds.rem_euclid(DAY))]
                .into_iter()
                .filter(|(_, number)| *number != 0)
                .map(|(name, number)| format!("{name}={number}"))
                .collect();
            match parts.as_slice() {
                [] => "datetime.timedelta(0)".to_owned(),
                _ => format!("datetime.timedelta({})", parts.join(", ")),
            }
        };
        if self.seconds.abs() >= DAY {
            return Err(format!(
                "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {}.",
                delta(self.seconds)
            ));
        }
        let minutes = self.seconds.abs() / 60;
        let sign = if self.seconds < 0 { '-' } else { '+' };
        Ok((
            format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60),
            format!(
                ", tzinfo=datetime.timezone({}, '{}')",
                delta(self.seconds),
                self.name
            ),
        ))
    }
}

fn shown(time: DateTime, (zone_str, zone_repr): &(String, String)) -> Json {
    let micros = time.subsec_nanosecond() / 1000;
    let fraction = match micros {
        0 => String::new(),
        _ => format!(".{micros:06}"),
    };
    let mut numbers = vec![
        i32::from(time.year()),
        i32::from(time.month()),
        i32::from(time.day()),
        i32::from(time.hour()),
        i32::from(time.minute()),
        i32::from(time.second()),
        micros,
    ];
    // Python leaves zero microseconds out, and then zero seconds.
    for kept in [6, 5] {
        if numbers.len() == kept + 1 && numbers.last() == Some(&0) {
            numbers.truncate(kept);
        }
    }
    let numbers: Vec<String> = numbers.iter().map(i32::to_string).collect();
    Json::Foreign(Foreign {
        class: DATE_TIME,
        str: format!("{}{fraction}{zone_str}", time.strftime("%Y-%m-%d %H:%M:%S")),
        repr: format!("datetime.datetime({}{zone_repr})", numbers.join(", ")),
    })
}

/// What is still to be read.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn take(&mut self, character: char) -> Option<()> {
        self.0 = self.0.strip_prefix(character)?;
        Some(())
    }

    /// Whether there were any.
    fn skip_blanks(&mut self) -> bool {
        let rest = self.0.trim_start_matches([' ', '\t']);
        let any = rest.len() < self.0.len();
        self.0 = rest;
        any
    }

    /// As many digits as there are, at most that many.
    fn digits(&mut self, most: usize) -> &'a str {
        let count = self
            .0
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        digits
    }

    /// A number of so many digits.
    fn number(&mut self, fewest: usize, most: usize) -> Option<i16> {
        let digits = self.digits(most);
        if digits.len() < fewest {
            return None;
        }
        digits.parse().ok()
    }
}
