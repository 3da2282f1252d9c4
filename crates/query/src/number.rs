//! Numbers with Python's rules: integers without bound, floats, and exact comparison between the two.

use std::cmp::Ordering;

use everbeat_json::python_float;

use crate::error::SearchError;

/// The longest text that the reference reads as an integer.
pub(crate) const LONGEST_INTEGER: usize = 4300;

#[derive(Debug, Clone)]
pub(crate) enum Number {
    Integer(Integer),
    Float(f64),
}

/// In decimal digits without leading zeros; zero is not negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Integer {
    negative: bool,
    digits: String,
}

impl Number {
    /// Of the text of a JSON number.
    pub(crate) fn from_json(text: &str) -> Self {
        match text {
            "NaN" => Self::Float(f64::NAN),
            "Infinity" => Self::Float(f64::INFINITY),
            "-Infinity" => Self::Float(f64::NEG_INFINITY),
            _ if text.contains(['.', 'e', 'E']) => Self::Float(text.parse().unwrap_or(f64::NAN)),
            _ => Self::Integer(Integer::from_text(text)),
        }
    }

    pub(crate) fn to_json(&self) -> String {
        match self {
            Self::Integer(integer) => integer.to_text(),
            Self::Float(float) => python_float(*float),
        }
    }

    pub(crate) fn to_float(&self) -> Result<f64, Box<SearchError>> {
        match self {
            Self::Integer(integer) => integer.to_float(),
            Self::Float(float) => Ok(*float),
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.compare(&Self::Integer(0.into())) == Some(Ordering::Equal)
    }

    pub(crate) fn is_one(&self) -> bool {
        self.compare(&Self::Integer(1.into())) == Some(Ordering::Equal)
    }

    /// None with a NaN.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => Some(left.cmp(right)),
            (Self::Float(left), Self::Float(right)) => left.partial_cmp(right),
            (Self::Integer(left), Self::Float(right)) => left.compare_float(*right),
            (Self::Float(left), Self::Integer(right)) => {
                right.compare_float(*left).map(Ordering::reverse)
            }
        }
    }

    pub(crate) fn abs(&self) -> Self {
        match self {
            Self::Integer(integer) => Self::Integer(Integer {
                negative: false,
                digits: integer.digits.clone(),
            }),
            Self::Float(float) => Self::Float(float.abs()),
        }
    }

    /// `ceil` and `floor`: an integer.
    pub(crate) fn rounded(&self, round: fn(f64) -> f64) -> Result<Self, Box<SearchError>> {
        match self {
            Self::Integer(_) => Ok(self.clone()),
            Self::Float(float) if float.is_nan() => Err(SearchError::NotFinite("NaN").into()),
            Self::Float(float) if float.is_infinite() => {
                Err(SearchError::NotFinite("infinity").into())
            }
            Self::Float(float) => Ok(Self::Integer(Integer::from_whole(round(*float)))),
        }
    }

    /// Python's `sum`: integers exactly; floats with Neumaier's compensation, which ends where an integer outside 64 bits
    /// is met.
    pub(crate) fn sum(numbers: &[Self]) -> Result<Self, Box<SearchError>> {
        let mut whole = Integer::from(0);
        let mut numbers = numbers.iter();
        let mut compensated = true;
        let mut total = loop {
            match numbers.next() {
                None => return Ok(Self::Integer(whole)),
                Some(Self::Integer(integer)) => {
                    whole = whole.plus(integer);
                    compensated &= integer.fits_64_bits() && whole.fits_64_bits();
                }
                Some(Self::Float(float)) => break whole.to_float()? + float,
            }
        };
        let mut compensation = 0.0;
        for number in numbers {
            let term = number.to_float()?;
            match number {
                Self::Float(_) if compensated => {
                    let sum = total + term;
                    compensation += if f64::abs(total) >= term.abs() {
                        (total - sum) + term
                    } else {
                        (term - sum) + total
                    };
                    total = sum;
                }
                Self::Integer(integer) if compensated && !integer.fits_64_bits() => {
                    total = compensate(total, compensation) + term;
                    compensation = 0.0;
                    compensated = false;
                }
                Self::Integer(_) | Self::Float(_) => total += term,
            }
        }
        Ok(Self::Float(compensate(total, compensation)))
    }

    /// Python's `int(text)`, else its `float(text)`, else nothing.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let trimmed = text.trim();
        if let Ok(integer) = everbeat_json::python::int(trimmed)
            && trimmed.bytes().filter(u8::is_ascii_digit).count() <= LONGEST_INTEGER
        {
            return Some(Self::Integer(Integer::from_text(&integer)));
        }
        let bytes = trimmed.as_bytes();
        let is_digit = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at))
                .is_some_and(u8::is_ascii_digit)
        };
        let underscores_are_between_digits = bytes
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'_')
            .all(|(at, _)| is_digit(at.checked_sub(1)) && is_digit(at.checked_add(1)));
        if !underscores_are_between_digits {
            return None;
        }
        trimmed.replace('_', "").parse().ok().map(Self::Float)
    }
}

fn compensate(total: f64, compensation: f64) -> f64 {
    if compensation.is_finite() && compensation != 0.0 {
        total + compensation
    } else {
        total
    }
}

impl Integer {
    /// Of digits with an optional minus.
    pub(crate) fn from_text(text: &str) -> Self {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        match digits.trim_start_matches('0') {
            "" => Self {
                negative: false,
                digits: "0".into(),
            },
            digits => Self {
                negative,
                digits: digits.into(),
            },
        }
    }

    /// Of a float without a fraction.
    fn from_whole(float: f64) -> Self {
        Self::from_text(&format!("{float:.0}"))
    }

    pub(crate) fn to_text(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{}", self.digits)
    }

    /// At the edge of the range if outside.
    pub(crate) fn clamped(&self) -> i64 {
        let edge = if self.negative { i64::MIN } else { i64::MAX };
        self.to_text().parse().unwrap_or(edge)
    }

    fn fits_64_bits(&self) -> bool {
        self.to_text().parse::<i64>().is_ok()
    }

    fn to_float(&self) -> Result<f64, Box<SearchError>> {
        let float: f64 = self.to_text().parse().unwrap_or(f64::INFINITY);
        if float.is_infinite() {
            return Err(SearchError::IntegerTooLarge.into());
        }
        Ok(float)
    }

    fn compare_float(&self, float: f64) -> Option<Ordering> {
        if float.is_nan() {
            return None;
        }
        if float.is_infinite() {
            return 0.0.partial_cmp(&float);
        }
        let below = float.floor();
        let with_fraction = if float > below {
            Ordering::Less
        } else {
            Ordering::Equal
        };
        Some(self.cmp(&Self::from_whole(below)).then(with_fraction))
    }

    fn plus(&self, other: &Self) -> Self {
        if let (Ok(left), Ok(right)) = (
            self.to_text().parse::<i64>(),
            other.to_text().parse::<i64>(),
        ) {
            return Self::from_text(&(i128::from(left) + i128::from(right)).to_string());
        }
        let (larger, smaller) = if compare_digits(&self.digits, &other.digits).is_lt() {
            (other, self)
        } else {
            (self, other)
        };
        let sign = if larger.negative { "-" } else { "" };
        let digits = add_digits(
            &larger.digits,
            &smaller.digits,
            larger.negative == smaller.negative,
        );
        Self::from_text(&format!("{sign}{digits}"))
    }
}

impl From<i64> for Integer {
    fn from(number: i64) -> Self {
        Self::from_text(&number.to_string())
    }
}

impl Ord for Integer {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => compare_digits(&self.digits, &other.digits),
            (true, true) => compare_digits(&other.digits, &self.digits),
        }
    }
}

impl PartialOrd for Integer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn compare_digits(left: &str, right: &str) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// `larger + smaller` or `larger - smaller`, digit by digit from the right; the result may have leading zeros.
fn add_digits(larger: &str, smaller: &str, add: bool) -> String {
    let mut digits = Vec::with_capacity(larger.len() + 1);
    let mut carry = 0;
    let mut right = smaller.bytes().rev();
    for left in larger.bytes().rev() {
        let right = i16::from(right.next().unwrap_or(b'0') - b'0');
        let sum = i16::from(left - b'0') + carry + if add { right } else { -right };
        digits.push(char::from_digit(sum.rem_euclid(10).unsigned_abs().into(), 10).unwrap_or('0'));
        carry = sum.div_euclid(10);
    }
    digits.push(if carry > 0 { '1' } else { '0' });
    digits.iter().rev().collect()
}
