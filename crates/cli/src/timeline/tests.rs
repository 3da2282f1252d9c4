//! A history with one of everything that joins, drawn.

use everbeat_model::Described;

use super::*;

/// Events as the service sends them, with seconds since 1970 as the time.
const HISTORY: &str = include_str!("../../tests/data/history.json");
const NOW: Timestamp = Timestamp(1_000_100_000);

fn events() -> Vec<HistoryEvent> {
    let value: everbeat_model::serde_json::Value =
        everbeat_model::serde_json::from_str(HISTORY).expect("good JSON");
    let events = value.as_array().expect("a list").iter().cloned();
    events
        .map(|event| HistoryEvent::from_json(event).expect("an event"))
        .collect()
}

#[test]
fn events_of_one_thing_are_joined_on_a_line() {
    let view = View {
        now: NOW,
        colour: false,
    };
    assert_eq!(
        timeline(&events(), view),
        include_str!("../../tests/data/history.txt")
    );
}

#[test]
fn colours_surround_the_same_text() {
    let plain = View {
        now: NOW,
        colour: false,
    };
    let coloured = timeline(
        &events(),
        View {
            colour: true,
            ..plain
        },
    );
    let mut stripped = coloured.clone();
    for code in [DIM, GREEN, RED, YELLOW, PLAIN] {
        assert!(stripped.contains(code));
        stripped = stripped.replace(code, "");
    }
    assert_eq!(stripped, timeline(&events(), plain));
}

#[test]
fn a_tail_of_a_history_can_be_drawn() {
    let view = View {
        now: NOW,
        colour: false,
    };
    let events = events();
    let page = timeline(&events[6..7], view);
    assert_eq!(page, "      +0ms  7  ActivityTaskCompleted done\n");
    assert_eq!(timeline(&[], view), "");
}

#[test]
fn durations_are_in_the_unit_that_shows_them_well() {
    for (milliseconds, text) in [
        (-5, "0ms"),
        (999, "999ms"),
        (1_299, "1.2s"),
        (61_000, "1m01s"),
        (3_660_000, "1h01m"),
        (90_000_000, "1d01h"),
    ] {
        assert_eq!(duration(Timestamp(0), Timestamp(milliseconds)), text);
    }
}
