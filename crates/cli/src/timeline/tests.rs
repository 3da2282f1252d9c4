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

/// The line of the running activity, which events 10 and 11 of the history are about.
fn running_line(heartbeat: Heartbeat) -> String {
    let view = View {
        now: NOW,
        colour: false,
    };
    let page = timeline_with_heartbeats(&events(), &[heartbeat], view);
    let line = page.lines().find(|line| line.contains("  10-11  "));
    let others = |page: &str| -> Vec<String> {
        let others = page.lines().filter(|line| !line.contains("  10-11  "));
        others.map(Into::into).collect()
    };
    assert_eq!(others(&page), others(&timeline(&events(), view)));
    line.expect("the line of the activity").into()
}

#[test]
fn a_running_activity_shows_its_last_heartbeat() {
    let none = Heartbeat {
        activity_id: "ship-1".into(),
        scheduled_event_id: EventId(10),
        started_event_id: EventId(11),
        ..Heartbeat::default()
    };
    let bare = Heartbeat {
        latest_heartbeat_timestamp: Some(Timestamp(NOW.0 - 3_000)),
        ..none.clone()
    };
    let with = |details: &str| Heartbeat {
        details: Some(details.into()),
        ..bare.clone()
    };
    let long = "x".repeat(61);
    let cut = format!(": \"{}…\"", "x".repeat(60));
    for (heartbeat, told) in [
        (none, "no heartbeat yet"),
        (bare.clone(), "last heartbeat 3.0s ago"),
        (with(""), "last heartbeat 3.0s ago"),
        (with("50%"), "last heartbeat 3.0s ago: \"50%\""),
        (with("a\x1b\nb"), r#"last heartbeat 3.0s ago: "a\u{1b}\nb""#),
        (with(&long), &format!("last heartbeat 3.0s ago{cut}")),
    ] {
        let line = running_line(heartbeat);
        let end = format!("; running for 1m35s, {told}");
        assert!(line.ends_with(&end), "{line}");
    }
}

/// A task that has ended since the heartbeats were read keeps its line, and so does one they do not tell of.
#[test]
fn heartbeats_of_others_change_no_line() {
    let view = View {
        now: NOW,
        colour: false,
    };
    for scheduled in [5, 8, 14, 99] {
        let heartbeat = Heartbeat {
            scheduled_event_id: EventId(scheduled),
            latest_heartbeat_timestamp: Some(NOW),
            ..Heartbeat::default()
        };
        assert_eq!(
            timeline_with_heartbeats(&events(), &[heartbeat], view),
            timeline(&events(), view),
            "{scheduled}"
        );
    }
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
