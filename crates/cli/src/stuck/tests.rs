use everbeat_model::scalars::{Count, EventId};
use everbeat_model::{Wait, WaitKind, WaitList};

use super::*;

const NOW: Timestamp = Timestamp(1_795_383_040_000);

/// An instant so many seconds after now.
fn at(seconds: i64) -> Timestamp {
    Timestamp(NOW.0 + seconds * 1000)
}

fn wait(kind: WaitKind) -> Wait {
    Wait {
        kind,
        ..Wait::default()
    }
}

fn on_list(kind: WaitKind, latest_poll: Option<i64>) -> Wait {
    Wait {
        task_list: Some("main".into()),
        pollers: Some(Count(0)),
        latest_poll_timestamp: latest_poll.map(at),
        since: Some(at(-185)),
        ..wait(kind)
    }
}

/// A run of three hours with these waits and its time-out in an hour.
fn run_with(waits: Vec<Wait>) -> Waits {
    let end = Wait {
        until: Some(at(3600)),
        ..wait(WaitKind::ExecutionTimeout)
    };
    Waits {
        execution: WorkflowExecution {
            workflow_id: "order-1".into(),
            run_id: "R".into(),
        },
        start_timestamp: at(-10_800),
        latest_event_timestamp: at(-185),
        events: EventId(2),
        now: NOW,
        polls_watched_since: at(-7200),
        waits: WaitList(waits.into_iter().chain([end]).collect()),
        ..Waits::default()
    }
}

fn lines(waits: &Waits) -> Vec<String> {
    let page = page(waits, 100, false);
    page.lines().map(Into::into).collect()
}

/// The one line about a wait, which stands before the end of the run.
fn line_of(wait: Wait) -> String {
    let lines = lines(&run_with(vec![wait]));
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!(
        lines[2],
        "  the execution itself times out at 2026-11-22 22:30:40 UTC (in 1h00m)"
    );
    lines[1].trim_start().into()
}

#[test]
fn the_heading_tells_age_and_length() {
    assert_eq!(
        lines(&run_with(Vec::new()))[0],
        "order-1 run R: open for 3h00m, 2 events, the last one 3m05s ago"
    );
}

#[test]
fn tasks_on_lists_tell_of_polls() {
    let since = "waits on list main since 2026-11-22 21:27:35 UTC (3m05s ago)";
    let decision = WaitKind::DecisionTaskWaits;
    assert_eq!(
        line_of(on_list(decision, None)),
        format!(
            "the decision task {since}; nobody has polled that list since the server started at \
             2026-11-22 19:30:40 UTC (2h00m ago)"
        )
    );
    assert_eq!(
        line_of(on_list(decision, Some(-70))),
        format!(
            "the decision task {since}; nobody polls that list now, the last poll was at \
             2026-11-22 21:29:30 UTC (1m10s ago)"
        )
    );
    let polled = Wait {
        pollers: Some(Count(2)),
        ..on_list(decision, Some(0))
    };
    assert_eq!(
        line_of(polled),
        format!("the decision task {since}; polls that wait on that list: 2")
    );
    let activity = Wait {
        id: Some("ship".into()),
        until: Some(at(115)),
        ..on_list(WaitKind::ActivityTaskWaits, Some(-70))
    };
    let line = line_of(activity);
    assert!(line.starts_with(&format!("activity ship {since}; nobody polls")));
    assert!(line.ends_with("; it times out at 2026-11-22 21:32:35 UTC (in 1m55s)"));
}

#[test]
fn started_tasks_tell_their_time_out() {
    let started = |kind| Wait {
        id: Some("ship".into()),
        since: Some(at(-5)),
        until: Some(at(5)),
        ..wait(kind)
    };
    let (since, until) = (
        "since 2026-11-22 21:30:35 UTC (5.0s ago)",
        "it times out at 2026-11-22 21:30:45 UTC (in 5.0s)",
    );
    for (kind, text) in [
        (
            WaitKind::DecisionTaskStarted,
            format!("the decision task is with a decider {since}; {until}"),
        ),
        (
            WaitKind::ActivityTaskStarted,
            format!("activity ship is with a worker {since}; unless it is heard of, {until}"),
        ),
        (
            WaitKind::LambdaFunction,
            format!("Lambda task ship runs {since}; {until}"),
        ),
    ] {
        assert_eq!(line_of(started(kind)), text);
    }
    let endless = Wait {
        until: None,
        ..started(WaitKind::DecisionTaskStarted)
    };
    assert!(line_of(endless).ends_with("; it has no time-out of its own"));
}

#[test]
fn times_and_other_executions() {
    let id = |kind| Wait {
        id: Some("y".into()),
        ..wait(kind)
    };
    let timer = Wait {
        until: Some(at(600)),
        ..id(WaitKind::Timer)
    };
    assert_eq!(
        line_of(timer),
        "waits for timer y, which fires at 2026-11-22 21:40:40 UTC (in 10m00s)"
    );
    let child = Wait {
        run_id: Some("C".into()),
        ..id(WaitKind::Child)
    };
    assert_eq!(line_of(child), "waits for child y (started as run C)");
    assert_eq!(
        line_of(id(WaitKind::Child)),
        "waits for child y, which has not started yet"
    );
    assert_eq!(
        line_of(id(WaitKind::Outbound)),
        "a signal or cancel request is on its way to y"
    );
}

#[test]
fn the_likeliest_trouble_is_first() {
    let timer = |id: &str, seconds| Wait {
        id: Some(id.into()),
        until: Some(at(seconds)),
        ..wait(WaitKind::Timer)
    };
    let follows_a_started_one = Wait {
        since: None,
        ..on_list(WaitKind::DecisionTaskWaits, None)
    };
    let waits = Waits {
        decision_task_timeouts: Count(7),
        events: EventId(12_345),
        ..run_with(vec![
            timer("late", 900),
            timer("soon", 60),
            on_list(WaitKind::DecisionTaskWaits, Some(-30)),
            follows_a_started_one,
            on_list(WaitKind::ActivityTaskWaits, Some(-60)),
        ])
    };
    let lines = lines(&waits);
    let beginnings = [
        "activity  waits on list main",
        "the decision task timed out 7 times in a row",
        "the decision task waits on list main",
        "waits for timer soon",
        "waits for timer late",
        "the execution itself times out",
        "its history is long, with 12345 events",
    ];
    assert_eq!(lines.len(), 1 + beginnings.len(), "{lines:?}");
    for (line, beginning) in lines.iter().skip(1).zip(beginnings) {
        assert!(line.trim_start().starts_with(beginning), "{line}");
    }
}

#[test]
fn an_idle_run_needs_somebody() {
    let lines = lines(&run_with(Vec::new()));
    assert_eq!(
        lines[1..],
        [
            "  nothing is scheduled: only a signal, a cancel request or its time-out at 2026-11-22 22:30:40 UTC \
          (in 1h00m) can move it"
        ]
    );
}

#[test]
fn long_pages_are_cut() {
    let timers = (0..5).map(|number| Wait {
        id: Some(number.to_string().as_str().into()),
        ..wait(WaitKind::Timer)
    });
    let page = page(&run_with(timers.collect()), 2, false);
    assert_eq!(page.lines().count(), 4);
    assert!(page.ends_with("  and 4 more (see --max)\n"));
}

#[test]
fn colours_only_where_they_are_wanted_and_ids_cannot_make_any() {
    let mut waits = run_with(vec![on_list(WaitKind::DecisionTaskWaits, None)]);
    waits.execution.workflow_id = "\x1b[31m".into();
    assert!(!page(&waits, 100, false).contains('\x1b'));
    let coloured = page(&waits, 100, true);
    assert!(coloured.contains(&format!("  {RED}the decision task")));
    assert!(coloured.starts_with("\\u{1b}[31m run R"));
    let still = Still {
        runs: vec![waits],
        is_cut: false,
    };
    let selection = Selection {
        still_seconds: 60,
        max: 1,
    };
    assert!(!list(&still, "d", selection, false).contains('\x1b'));
}

#[test]
fn a_domain_is_a_line_for_each_run() {
    let selection = Selection {
        still_seconds: 300,
        max: 1,
    };
    let still = Still {
        runs: vec![run_with(vec![on_list(WaitKind::DecisionTaskWaits, None)])],
        is_cut: true,
    };
    let told = list(&still, "d", selection, false);
    let lines: Vec<&str> = told.lines().collect();
    assert!(
        lines[0].starts_with("   3m05s  order-1 run R: the decision task waits on list main since")
    );
    assert_eq!(
        lines[1..],
        ["More are still; those that started first are shown, 1 at most (see --max)."]
    );
    assert_eq!(
        list(&Still::default(), "d", selection, false),
        "No open execution of d has been still for 5m00s or longer.\n"
    );
}
