//! `everbeat clock`: shows the time that executions live in, and moves it where the server has a manual clock.
//!
//! Waiting for a skip (`--wait`) is on real time; everything told is of the executions' clock.

use std::time::{Duration, Instant};

use everbeat_client::Client;
use everbeat_model::{Canceled, ClockMode, ClockState, MoveClockInput};

use crate::exit::{Failure, Kind};
use crate::own::{self, Form};
use crate::parse::Parsed;
use crate::run_to_end::run_to_end;
use crate::times::{instant, seconds, to_come};
use crate::{Line, Streams, print};

const HELP: &str = "\
usage: everbeat clock
       everbeat clock advance DURATION
       everbeat clock skip [--wait DURATION]

Shows or moves the clock that executions live by. It can be moved on a server
that was started with `everbeat serve --clock manual`, for tests.

  advance DURATION   Moves it ahead. All deadlines on the way take effect, in
                     order and at their times. DURATION is in seconds, or like
                     90s, 15m, 1h30m, 2d, 1w, 1y (365 days).
  skip               Moves it to the next deadline, if nothing else can happen:
                     no task waits on a list, none is worked on. Otherwise it
                     stays, the exit status is 1, and standard error says why.
  --wait DURATION    Tries to skip for so long, in real time.
  --output json      Prints the server's answer.
";
const USAGE: &str = "usage: everbeat clock [advance DURATION | skip [--wait DURATION]]";
const WAIT: &str = "--wait";
/// The most that MoveClock takes: eight digits.
const MOST_SECONDS: u64 = 99_999_999;
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(160);

/// What the words ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Show,
    Advance(u64),
    /// Tries for so long.
    Skip(Duration),
}

/// Heads a table of results.
const TITLE: &str = "Clock";

/// Runs the command.
pub(crate) fn run(line: &Line<'_>, streams: &mut Streams<'_>) -> Result<(), Failure> {
    let Some(parsed) = own::words(line, &[WAIT], USAGE)? else {
        return print(streams, HELP);
    };
    let order = order(&parsed)?;
    let form = own::form(line)?;
    let client = own::client(line)?;
    let state = run_to_end(carry_out(&client, order))?;
    match form {
        Form::Result(format) => {
            own::show(line, streams, TITLE, format, &own::json(line, &state)?)?;
        }
        Form::Sentences if !is_refused(&state) => print(streams, &(sentence(&state) + "\n"))?,
        Form::Sentences => {}
    }
    if is_refused(&state) {
        return Err(Failure::new(Kind::NotDone, obstacle(&state)));
    }
    Ok(())
}

fn order(parsed: &Parsed) -> Result<Order, Failure> {
    let words = parsed.rest_words();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let wait = own::seconds(parsed, WAIT)?;
    match (words.as_slice(), wait) {
        ([], None) => Ok(Order::Show),
        (["advance", duration], None) => {
            let seconds = seconds(duration).map_err(Failure::parameter)?;
            if seconds > MOST_SECONDS {
                let text = format!("{duration} is too far: at most {MOST_SECONDS} seconds at once");
                return Err(Failure::parameter(text));
            }
            Ok(Order::Advance(seconds))
        }
        (["skip"], wait) => Ok(Order::Skip(Duration::from_secs(wait.unwrap_or(0)))),
        _ => Err(Failure::parameter(USAGE)),
    }
}

async fn carry_out(client: &Client, order: Order) -> Result<ClockState, Failure> {
    let input = match order {
        Order::Show => MoveClockInput::default(),
        Order::Advance(seconds) => MoveClockInput {
            seconds: Some(seconds.to_string().into()),
            skip: None,
        },
        Order::Skip(patience) => return skip(client, patience).await,
    };
    own::call(client, &input).await
}

/// Tries until the clock moves, until there is nothing to skip to, or until patience is over.
async fn skip(client: &Client, patience: Duration) -> Result<ClockState, Failure> {
    let input = MoveClockInput {
        seconds: None,
        skip: Some(Canceled(true)),
    };
    let begun = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        let state = own::call(client, &input).await?;
        let left = patience.saturating_sub(begun.elapsed());
        if !is_refused(&state) || left.is_zero() || is_over(&state) {
            return Ok(state);
        }
        tokio::time::sleep(pause.min(left)).await;
        pause = LONGEST_PAUSE.min(pause * 2);
    }
}

/// A skip was asked for and did not move the clock.
fn is_refused(state: &ClockState) -> bool {
    state.skipped.is_some_and(|skipped| !skipped.0)
}

/// Nothing can happen and nothing is to come.
fn is_over(state: &ClockState) -> bool {
    state.next_deadline.is_none() && in_the_way(state).is_empty()
}

/// What keeps the clock from being skipped, as far as it can be counted.
fn in_the_way(state: &ClockState) -> Vec<String> {
    let waiting = state.waiting_tasks.map_or(0, |count| count.0);
    let worked_on = state.executions_worked_on.map_or(0, |count| count.0);
    let waits = if waiting == 1 {
        "task waits on a list"
    } else {
        "tasks wait on lists"
    };
    let has = if worked_on == 1 {
        "execution has"
    } else {
        "executions have"
    };
    [
        (waiting, format!("{waiting} {waits}")),
        (
            worked_on,
            format!("{worked_on} {has} a task that is worked on"),
        ),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(_, text)| text)
    .collect()
}

/// Why the clock was not skipped.
fn obstacle(state: &ClockState) -> String {
    let obstacles = in_the_way(state);
    if is_over(state) {
        "The clock stays: no deadline is ahead, as no execution is open".into()
    } else if obstacles.is_empty() {
        "The clock stays: messages between executions were on their way; try again".into()
    } else {
        format!("The clock stays: {}", obstacles.join(" and "))
    }
}

/// The clock in one line.
fn sentence(state: &ClockState) -> String {
    let now = instant(state.now);
    match state.mode {
        ClockMode::System => format!("{now}, by the system's clock"),
        ClockMode::Manual => {
            let next = match state.next_deadline {
                Some(next) => format!("the next deadline is {}", to_come(next, state.now)),
                None => "no deadline is ahead".into(),
            };
            let obstacles = in_the_way(state);
            let still = if obstacles.is_empty() {
                "nothing else can happen".into()
            } else {
                obstacles.join(", ")
            };
            format!("{now}, by a manual clock; {next}; {still}")
        }
    }
}

#[cfg(test)]
mod tests {
    use everbeat_model::Count;
    use everbeat_model::scalars::Timestamp;

    use super::*;
    use crate::parse::{OptionSpec, Takes, parse};

    const NOW: Timestamp = Timestamp(1_795_383_040_000);

    fn manual(next: Option<i64>, worked_on: i32, waiting: i32) -> ClockState {
        ClockState {
            mode: ClockMode::Manual,
            now: NOW,
            skipped: None,
            next_deadline: next.map(|seconds| Timestamp(NOW.0 + seconds * 1000)),
            executions_worked_on: Some(Count(worked_on)),
            waiting_tasks: Some(Count(waiting)),
        }
    }

    fn ordered(text: &str) -> Result<Order, String> {
        let words: Vec<String> = text.split_whitespace().map(Into::into).collect();
        let parsed = parse(&words, &[OptionSpec::new(WAIT, Takes::One)]).expect("an option's form");
        order(&parsed).map_err(|failure| failure.text)
    }

    #[test]
    fn words_are_orders() {
        assert_eq!(ordered(""), Ok(Order::Show));
        assert_eq!(ordered("advance 1h30m"), Ok(Order::Advance(5400)));
        assert_eq!(ordered("advance 3y"), Ok(Order::Advance(94_608_000)));
        assert_eq!(ordered("skip"), Ok(Order::Skip(Duration::ZERO)));
        assert_eq!(
            ordered("skip --wait 2m"),
            Ok(Order::Skip(Duration::from_secs(120)))
        );
        for text in [
            "advance",
            "advance 1h 2h",
            "advance 1h --wait 2",
            "--wait 2",
            "back",
            "skip 1h",
        ] {
            assert_eq!(ordered(text), Err(USAGE.into()), "{text}");
        }
        let sentence = ordered("advance 4y").expect_err("nine digits");
        assert_eq!(sentence, "4y is too far: at most 99999999 seconds at once");
        let sentence = ordered("skip --wait soon").expect_err("no length");
        assert!(sentence.starts_with("argument --wait: 'soon' is no length of time"));
    }

    #[test]
    fn the_clock_is_told_in_a_line() {
        let system = ClockState {
            mode: ClockMode::System,
            ..manual(None, 0, 0)
        };
        assert_eq!(
            sentence(&system),
            "2026-11-22 21:30:40 UTC, by the system's clock"
        );
        let told = |state| {
            sentence(&state).split_off("2026-11-22 21:30:40 UTC, by a manual clock; ".len())
        };
        assert_eq!(
            told(manual(Some(90), 1, 2)),
            "the next deadline is 2026-11-22 21:32:10 UTC (in 1m30s); \
             2 tasks wait on lists, 1 execution has a task that is worked on"
        );
        assert_eq!(
            told(manual(None, 0, 0)),
            "no deadline is ahead; nothing else can happen"
        );
    }

    #[test]
    fn what_stands_in_the_way_is_named() {
        for (state, expected) in [
            (
                manual(Some(1), 2, 1),
                "1 task waits on a list and 2 executions have a task that is worked on",
            ),
            (manual(None, 0, 3), "3 tasks wait on lists"),
            (
                manual(None, 0, 0),
                "no deadline is ahead, as no execution is open",
            ),
            (
                manual(Some(1), 0, 0),
                "messages between executions were on their way; try again",
            ),
        ] {
            assert_eq!(obstacle(&state), format!("The clock stays: {expected}"));
        }
    }
}
