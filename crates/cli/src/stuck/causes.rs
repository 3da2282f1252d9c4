//! What an execution waits for, in sentences, the most likely trouble first.

use everbeat_model::scalars::Timestamp;
use everbeat_model::{Wait, WaitKind, Waits};

use crate::times::{duration, past, to_come};

/// A list on which no poll was seen for so long has probably nobody who polls it.
const DESERTED_SECONDS: u64 = 60;
/// From here on a history is worth a hint; the server warns at the same length.
const LONG_HISTORY: i64 = 10_000;

/// How likely it is that a wait is the trouble, the likeliest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Nobody seems to poll the list that a task waits on.
    Deserted,
    /// Decision tasks time out.
    TimesOut,
    /// No event is to come from within.
    Idle,
    /// A task waits on a list that is polled.
    Queued,
    /// Somebody works on it.
    WorkedOn,
    /// It waits for a time or another execution.
    Waits,
    /// How it ends if nothing happens.
    End,
    /// Something beside.
    Hint,
}

/// One sentence about an execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cause {
    rank: Rank,
    until: Option<Timestamp>,
    pub(super) text: String,
}

impl Cause {
    /// It will hardly pass by itself.
    pub(super) fn is_trouble(&self) -> bool {
        self.rank <= Rank::Idle
    }
}

/// The execution, its age and its last event.
pub(super) fn heading(waits: &Waits) -> String {
    let name = &waits.execution.workflow_id;
    let run_id = &waits.execution.run_id;
    let open = duration(waits.start_timestamp, waits.now);
    let last = duration(waits.latest_event_timestamp, waits.now);
    let events = waits.events;
    format!("{name} run {run_id}: open for {open}, {events} events, the last one {last} ago")
}

/// All that is to be said; at least one sentence.
pub(super) fn causes(waits: &Waits) -> Vec<Cause> {
    let is_idle = waits.waits.len() <= 1;
    let mut causes: Vec<Cause> = Vec::new();
    causes.extend(timeouts(waits));
    causes.extend(
        waits
            .waits
            .iter()
            .filter_map(|wait| cause(wait, waits, is_idle)),
    );
    if waits.events.0 > LONG_HISTORY {
        let events = waits.events;
        let text = format!(
            "its history is long, with {events} events: that slows deciders down, and at the quota (25000, unless set \
             otherwise) the server ends the run"
        );
        causes.push(Cause {
            rank: Rank::Hint,
            until: None,
            text,
        });
    }
    causes.sort_by_key(|cause| (cause.rank, cause.until.map_or(i64::MAX, |until| until.0)));
    causes
}

fn timeouts(waits: &Waits) -> Option<Cause> {
    let text = match waits.decision_task_timeouts.0 {
        ..=0 => return None,
        1 => "the last decision task timed out".into(),
        count => format!("the decision task timed out {count} times in a row"),
    };
    Some(Cause {
        rank: Rank::TimesOut,
        until: None,
        text,
    })
}

fn cause(wait: &Wait, waits: &Waits, is_idle: bool) -> Option<Cause> {
    let now = waits.now;
    let id = wait.id.as_deref().unwrap_or_default();
    let since = wait
        .since
        .map(|since| format!(" since {}", past(since, now)));
    let since = since.unwrap_or_default();
    let until = |what: &str| match wait.until {
        Some(until) => format!("; {what} {}", to_come(until, now)),
        None => "; it has no time-out of its own".into(),
    };
    let (rank, text) = match wait.kind {
        // The one that follows a started task waits for that.
        WaitKind::DecisionTaskWaits if wait.since.is_none() => return None,
        WaitKind::DecisionTaskWaits => on_list("the decision task", &since, wait, waits),
        WaitKind::ActivityTaskWaits => {
            let (rank, text) = on_list(&format!("activity {id}"), &since, wait, waits);
            (rank, text + &until("it times out at"))
        }
        WaitKind::DecisionTaskStarted => {
            let text = format!("the decision task is with a decider{since}");
            (Rank::WorkedOn, text + &until("it times out at"))
        }
        WaitKind::ActivityTaskStarted => {
            let text = format!("activity {id} is with a worker{since}");
            (
                Rank::WorkedOn,
                text + &until("unless it is heard of, it times out at"),
            )
        }
        WaitKind::LambdaFunction => {
            let started = if since.is_empty() {
                " (not called yet)"
            } else {
                ""
            };
            let text = format!("Lambda task {id} runs{since}{started}");
            (Rank::WorkedOn, text + &until("it times out at"))
        }
        WaitKind::Timer => {
            let fires = wait
                .until
                .map(|until| format!(", which fires at {}", to_come(until, now)));
            (
                Rank::Waits,
                format!("waits for timer {id}{}", fires.unwrap_or_default()),
            )
        }
        WaitKind::Child => {
            let run = wait.run_id.as_deref();
            let run = run.map_or(", which has not started yet".into(), |run| {
                format!(" (started as run {run})")
            });
            (Rank::Waits, format!("waits for child {id}{run}"))
        }
        WaitKind::Outbound => {
            let text = format!("a signal or cancel request is on its way to {id}");
            (Rank::Waits, text)
        }
        WaitKind::ExecutionTimeout => return Some(end(wait, now, is_idle)),
    };
    Some(Cause {
        rank,
        until: wait.until,
        text,
    })
}

/// A task on a list, and what is known of those who poll that list.
fn on_list(what: &str, since: &str, wait: &Wait, waits: &Waits) -> (Rank, String) {
    let now = waits.now;
    let list = wait.task_list.as_deref().unwrap_or_default();
    let waiting = format!("{what} waits on list {list}{since}");
    let pollers = wait.pollers.map_or(0, |pollers| pollers.0);
    if pollers > 0 {
        return (
            Rank::Queued,
            format!("{waiting}; polls that wait on that list: {pollers}"),
        );
    }
    let heard = wait
        .latest_poll_timestamp
        .unwrap_or(waits.polls_watched_since);
    let rank = if heard.plus_seconds(DESERTED_SECONDS) <= now {
        Rank::Deserted
    } else {
        Rank::Queued
    };
    let text = match wait.latest_poll_timestamp {
        Some(latest) => format!(
            "nobody polls that list now, the last poll was at {}",
            past(latest, now)
        ),
        None => format!(
            "nobody has polled that list since the server started at {}",
            past(waits.polls_watched_since, now)
        ),
    };
    (rank, format!("{waiting}; {text}"))
}

fn end(wait: &Wait, now: Timestamp, is_idle: bool) -> Cause {
    let at = wait
        .until
        .map(|until| format!(" at {}", to_come(until, now)));
    let at = at.unwrap_or_default();
    let (rank, text) = if is_idle {
        let text = format!(
            "nothing is scheduled: only a signal, a cancel request or its time-out{at} can move it"
        );
        (Rank::Idle, text)
    } else {
        (Rank::End, format!("the execution itself times out{at}"))
    };
    Cause {
        rank,
        until: wait.until,
        text,
    }
}
