//! Which choices fit what is typed: those that have its characters in its order, the closest ones first.

use crate::knowledge::{Choice, Choices};

/// The choices whose labels have the typed characters in their order, in whatever case: those with the shortest stretch
/// around the characters first, then those in which it begins earlier. What is required comes before all else.
pub fn best_matches(choices: Choices) -> Vec<Choice> {
    let Choices { typed, list } = choices;
    let mut matches: Vec<Choice> = if typed.is_empty() {
        list
    } else {
        let typed = lower(&typed);
        let mut ranked: Vec<((usize, usize), Choice)> = list
            .into_iter()
            .filter_map(|choice| Some((stretch(&typed, &lower(&choice.label))?, choice)))
            .collect();
        ranked.sort_by(|(left, left_choice), (right, right_choice)| {
            left.cmp(right)
                .then_with(|| left_choice.label.cmp(&right_choice.label))
        });
        ranked.into_iter().map(|(_, choice)| choice).collect()
    };
    matches.sort_by_key(|choice| !choice.required);
    matches
}

fn lower(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Length and start of the stretch of the label that has the typed characters in their order: the one that starts first.
fn stretch(typed: &[char], label: &[char]) -> Option<(usize, usize)> {
    let first = typed.first()?;
    // If the characters are not there behind the first place of the first one, they are not behind a later one.
    let start = label.iter().position(|c| c == first)?;
    let mut end = start;
    for wanted in typed {
        end += label.get(end..)?.iter().position(|c| c == wanted)? + 1;
    }
    Some((end - start, start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(typed: &str, labels: &[&str]) -> Vec<String> {
        let choices = Choices {
            typed: typed.into(),
            list: labels.iter().map(|label| Choice::plain(*label)).collect(),
        };
        let labels = best_matches(choices).into_iter().map(|choice| choice.label);
        labels.collect()
    }

    #[test]
    fn the_closest_come_first() {
        let operations = [
            "delete-activity-type",
            "deprecate-activity-type",
            "list-activity-types",
            "list-domains",
            "respond-activity-task-completed",
        ];
        assert_eq!(
            matches("acttype", &operations),
            [
                "list-activity-types",
                "delete-activity-type",
                "deprecate-activity-type",
                "respond-activity-task-completed",
            ]
        );
        assert_eq!(matches("LID", &operations), ["list-domains"]);
        assert!(matches("xyz", &operations).is_empty());
        assert_eq!(matches("", &["b", "a"]), ["b", "a"]);
        assert!(matches("aa", &["a"]).is_empty());
    }

    #[test]
    fn what_is_required_comes_before_better_matches() {
        let mut list = vec![
            Choice::plain("--a"),
            Choice::plain("--aXb"),
            Choice::plain("--ab"),
        ];
        list[1].required = true;
        let choices = Choices {
            typed: "ab".into(),
            list,
        };
        let labels: Vec<String> = best_matches(choices)
            .into_iter()
            .map(|choice| choice.label)
            .collect();
        assert_eq!(labels, ["--aXb", "--ab"]);
    }
}
