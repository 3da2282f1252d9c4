//! Every story under `tests/golden` tells what happens.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use crate::script::{Told, tell};

/// When set to 1, the stories are rewritten to what happens.
const BLESS: &str = "EVERBEAT_BLESS";

#[test]
fn every_story_tells_what_happens() {
    let bless = std::env::var(BLESS).is_ok_and(|value| value == "1");
    let mut wrong = String::new();
    for (path, story) in stories() {
        println!("{}", path.display());
        let told = tell(&story);
        if told.text == story {
            continue;
        }
        if bless {
            fs::write(&path, told.text).expect("stories can be written");
        } else {
            wrong += &format!("\n{}\n{}", path.display(), difference(&story, &told.text));
        }
    }
    assert!(
        wrong.is_empty(),
        "{BLESS}=1 rewrites these stories; - is the story, + is what happens\n{wrong}"
    );
}

#[test]
fn a_wrong_history_shows_in_the_difference() {
    let right = tell("at 0s    start\n").text;
    let wrong = right.replace("task-list=main", "task-list=other");
    assert_eq!(tell(&wrong).text, right);
    let shown = difference(&wrong, &right);
    assert!(shown.contains("\n-  1  0s"), "{shown}");
    assert!(shown.contains("\n+  1  0s"), "{shown}");
    assert!(shown.contains("\n deadline"), "{shown}");
}

/// All stories with their files, in the order of their names.
pub(crate) fn stories() -> Vec<(PathBuf, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let entries = fs::read_dir(folder).expect("the stories are there");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    let mut stories: Vec<_> = paths
        .map(|path| {
            let story = fs::read_to_string(&path).expect("stories can be read");
            (path, story)
        })
        .collect();
    stories.sort();
    stories
}

/// What has come of all stories; they are played once.
pub(crate) fn all_told() -> &'static [Told] {
    static ALL: LazyLock<Vec<Told>> =
        LazyLock::new(|| stories().iter().map(|(_, story)| tell(story)).collect());
    &ALL
}

/// The lines that differ between the first and the last difference, with two lines around them.
fn difference(expected: &str, actual: &str) -> String {
    const AROUND: usize = 2;
    let expected: Vec<&str> = expected.lines().collect();
    let actual: Vec<&str> = actual.lines().collect();
    let pairs = || expected.iter().zip(&actual);
    let head = pairs().take_while(|(a, b)| a == b).count();
    let backwards = expected[head..]
        .iter()
        .rev()
        .zip(actual[head..].iter().rev());
    let tail = backwards.take_while(|(a, b)| a == b).count();
    let (expected_end, actual_end) = (expected.len() - tail, actual.len() - tail);
    let around = |mark: char, lines: &[&str]| -> String {
        lines.iter().map(|line| format!("{mark}{line}\n")).collect()
    };
    around(' ', &expected[head.saturating_sub(AROUND)..head])
        + &around('-', &expected[head..expected_end])
        + &around('+', &actual[head..actual_end])
        + &around(
            ' ',
            &expected[expected_end..(expected_end + AROUND).min(expected.len())],
        )
}
