//! Near matches of a misspelt word: Python's `difflib.get_close_matches` (cli.md section 3).

/// At most so many are told.
const MOST: usize = 3;
/// Less similar words are not told.
const CUTOFF: f64 = 0.8;

/// The choices most like `word`, best first; of equals the greater first.
pub(crate) fn close_matches<'a>(word: &str, choices: &[&'a str]) -> Vec<&'a str> {
    let word: Vec<char> = word.chars().collect();
    let mut scored: Vec<(f64, &str)> = choices
        .iter()
        .map(|choice| {
            let characters: Vec<char> = choice.chars().collect();
            (ratio(&characters, &word), *choice)
        })
        .filter(|(score, _)| *score >= CUTOFF)
        .collect();
    scored.sort_by(|left, right| right.0.total_cmp(&left.0).then(right.1.cmp(left.1)));
    scored
        .into_iter()
        .take(MOST)
        .map(|(_, choice)| choice)
        .collect()
}

/// Ratcliff and Obershelp: twice the matching characters over the sum of the lengths.
fn ratio(left: &[char], right: &[char]) -> f64 {
    let total = left.len() + right.len();
    if total == 0 {
        return 1.0;
    }
    2.0 * matching(left, right) as f64 / total as f64
}

/// Characters in the longest common run, and likewise on both sides of it.
fn matching(left: &[char], right: &[char]) -> usize {
    let (left_start, right_start, length) = longest_run(left, right);
    if length == 0 {
        return 0;
    }
    length
        + matching(&left[..left_start], &right[..right_start])
        + matching(&left[left_start + length..], &right[right_start + length..])
}

/// The first longest common run: where it starts in both, and its length.
fn longest_run(left: &[char], right: &[char]) -> (usize, usize, usize) {
    let mut best = (0, 0, 0);
    let mut above = vec![0; right.len() + 1];
    for (left_at, left_character) in left.iter().enumerate() {
        let mut lengths = vec![0; right.len() + 1];
        for (right_at, right_character) in right.iter().enumerate() {
            if left_character != right_character {
                continue;
            }
            let length = above[right_at] + 1;
            lengths[right_at + 1] = length;
            if length > best.2 {
                best = (left_at + 1 - length, right_at + 1 - length, length);
            }
        }
        above = lengths;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_captured_example_comes_out() {
        let choices = [
            "poll-for-activity-task",
            "respond-activity-task-canceled",
            "respond-activity-task-completed",
            "respond-activity-task-failed",
            "respond-decision-task-completed",
        ];
        assert_eq!(
            close_matches("respond-activity-task-cancelled", &choices),
            [
                "respond-activity-task-canceled",
                "respond-activity-task-failed",
                "respond-activity-task-completed",
            ]
        );
        assert!(close_matches("xyz", &choices).is_empty());
    }
}
