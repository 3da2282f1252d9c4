//! Every row has a text that can stand in the help of the command line.

use everbeat_model::limits::LIMITS;
use everbeat_model::shape::Shape;
use everbeat_model::{DECISIONS, OPERATIONS};

use crate::walk::reachable;

#[test]
fn every_row_has_a_text_of_whole_sentences() {
    let mut bad = Vec::new();
    let mut check = |place: String, text: &str| {
        if !is_whole(text.trim()) {
            bad.push(format!("{place}: {text:?}"));
        }
    };
    for operation in OPERATIONS {
        check(operation.name.into(), operation.documentation);
    }
    for decision in DECISIONS {
        check(decision.attributes.into(), decision.documentation);
    }
    for limit in LIMITS {
        check(limit.name.into(), limit.documentation);
    }
    for shape in reachable().into_values() {
        if let Shape::Structure(structure) = shape {
            check(structure.name.into(), structure.documentation);
            for member in structure.members {
                check(
                    format!("{}.{}", structure.name, member.name),
                    member.documentation,
                );
            }
        }
    }
    assert!(
        bad.is_empty(),
        "not a text of whole sentences:\n{}",
        bad.join("\n")
    );
}

/// Begins like a sentence, ends like one, and its lines were joined with single spaces.
fn is_whole(text: &str) -> bool {
    let begins = text.starts_with(|first: char| {
        first.is_ascii_uppercase() || first.is_ascii_digit() || first == '`'
    });
    let backticks = text.matches('`').count();
    begins
        && text.ends_with('.')
        && !text.contains("  ")
        && !text.contains('\n')
        && !text.contains("TODO")
        && backticks.is_multiple_of(2)
}

#[test]
fn the_check_of_texts_finds_mistakes() {
    assert!(is_whole("Seconds, or `NONE`."));
    for bad in [
        "",
        "no capital.",
        "No end",
        "Two  spaces.",
        "`Open.",
        "TODO-DOC.",
    ] {
        assert!(!is_whole(bad), "{bad:?}");
    }
}
