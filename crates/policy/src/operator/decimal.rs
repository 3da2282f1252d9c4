//! Decimal numbers, compared exactly: no digit is lost to a binary fraction.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// A decimal number, normalised: `0.d₁d₂d₃… × 10^point`, without zeros at either end of the digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decimal {
    is_negative: bool,
    point: i64,
    digits: Vec<u8>,
}

impl Decimal {
    /// Reads `-12.50` or `1.5e3`; nothing when it is no number.
    pub(crate) fn read(text: &str) -> Option<Decimal> {
        let (is_negative, unsigned) = match text.strip_prefix('-') {
            Some(unsigned) => (true, unsigned),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, i64::from(exponent.parse::<i32>().ok()?)),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        let is_digits =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        let Some(leading_zeros) = digits.iter().position(|digit| *digit != b'0') else {
            return Some(Decimal::ZERO);
        };
        digits.drain(..leading_zeros);
        let point = i64::try_from(whole.len()).ok()? - i64::try_from(leading_zeros).ok()?;
        Some(Decimal {
            is_negative,
            point: point + exponent,
            digits,
        })
    }

    const ZERO: Decimal = Decimal {
        is_negative: false,
        point: 0,
        digits: Vec::new(),
    };

    fn size(&self) -> (i64, &[u8]) {
        (self.point, &self.digits)
    }

    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.is_negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_sign = self.sign().cmp(&other.sign());
        by_sign.then_with(|| match self.sign() {
            0 => Ordering::Equal,
            1 => self.size().cmp(&other.size()),
            _ => other.size().cmp(&self.size()),
        })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use proptest::prelude::*;

    fn number(text: &str) -> Decimal {
        Decimal::read(text).expect(text)
    }

    #[test]
    fn different_spellings_are_the_same_number() {
        for (one, other) in [
            ("0", "-0.00"),
            ("007", "7"),
            ("7.10", "7.1"),
            ("1e3", "1000"),
            ("+0.5", "5e-1"),
            ("0e9", "0"),
        ] {
            assert_eq!(number(one), number(other), "{one} {other}");
        }
    }

    #[test]
    fn numbers_are_ordered_exactly() {
        let ascending = [
            "-1e20",
            "-10",
            "-9.99",
            "-0.001",
            "0",
            "0.001",
            "0.1",
            "0.12",
            "9007199254740992",
            "9007199254740993",
            "1e400",
        ];
        for pair in ascending.windows(2) {
            assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_not_read() {
        for text in [
            "",
            "-",
            "abc",
            "1.",
            ".5",
            "1..2",
            "1e",
            "0x10",
            " 1",
            "1 ",
            "١",
            "1e99999999999",
            "NaN",
            "--1",
        ] {
            assert_eq!(Decimal::read(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_integers(a in -10_000_i64..10_000, b in -10_000_i64..10_000) {
            prop_assert_eq!(number(&format!("{a}")).cmp(&number(&format!("{b}"))), a.cmp(&b));
            let scaled = |n: i64| number(&format!("{n}e-2"));
            prop_assert_eq!(scaled(a).cmp(&scaled(b)), a.cmp(&b));
        }
    }
}
