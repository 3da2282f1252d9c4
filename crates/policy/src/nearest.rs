//! The known name that somebody probably meant.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Longer names get no suggestion: nothing known is that long, and comparing would take its time.
const LONGEST: usize = 64;
/// Shorter beginnings say too little.
const SHORTEST_START: usize = 6;

/// `; did you mean 'StringLike'?`, or nothing when no known name is near. Case does not count.
pub fn suggestion<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(name, known) {
        Some(nearest) => format!("; did you mean '{nearest}'?"),
        None => String::new(),
    }
}

/// The nearest known name, if no more than every third character is wrong. One that goes on where the name ends is
/// near, however long it is.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    if length > LONGEST {
        return None;
    }
    known
        .into_iter()
        .map(|candidate| match starts_with(candidate, name) {
            true => (1, candidate),
            false => (distance(name, candidate), candidate),
        })
        .filter(|(distance, _)| *distance <= (length / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn starts_with(longer: &str, start: &str) -> bool {
    let head = longer.get(..start.len());
    let is_longer = longer.len() > start.len() && start.len() >= SHORTEST_START;
    is_longer && head.is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// How many characters must be put in, left out, replaced or swapped with their neighbour to make one name of the
/// other, regardless of case (the optimal string alignment distance).
pub(crate) fn distance(one: &str, other: &str) -> usize {
    let one: Vec<char> = one.chars().flat_map(char::to_lowercase).collect();
    let other: Vec<char> = other.chars().flat_map(char::to_lowercase).collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = Vec::with_capacity(last.len());
        row.push(i + 1);
        for (j, b) in other.iter().enumerate() {
            let replaced = last[j] + usize::from(a != b);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                best = best.min(before_last[j - 1] + 1);
            }
            row.push(best);
        }
        before_last = core::mem::replace(&mut last, row);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (one, other, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("swf", "SWF", 0),
            ("sfw", "swf", 1),
            ("wsf", "swf", 1),
            ("sw", "swf", 1),
            ("swff", "swf", 1),
            ("s3", "swf", 2),
            ("ssm", "swf", 2),
            ("StringLik", "StringLike", 1),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
            assert_eq!(distance(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn only_a_near_name_is_suggested() {
        let known = ["StringEquals", "StringLike", "Null"];
        assert_eq!(
            suggestion("stringlik", known),
            "; did you mean 'StringLike'?"
        );
        assert_eq!(suggestion("Whatever", known), "");
        assert_eq!(
            suggestion("StringE", known),
            "; did you mean 'StringEquals'?"
        );
        assert_eq!(suggestion(&"S".repeat(10_000), known), "");
    }
}
