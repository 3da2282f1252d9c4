//! A history as a readable timeline: one line for each thing that happened, with the events of one task, timer or child
//! joined on the line of the first of them.
//!
//! What each event means to a reader is in [`told`]. The age and details of a running activity's last heartbeat stand on
//! its line too, where the server tells them ([`everbeat_model::own`]).

mod told;

use everbeat_model::scalars::{EventId, Timestamp};
use everbeat_model::{Heartbeat, HistoryEvent};

use told::{Ending, Told, cut, told};

const DIM: &str = "\x1b[2m";
const GREEN: &str = "\x1b[32m";
pub(crate) const RED: &str = "\x1b[31m";
pub(crate) const YELLOW: &str = "\x1b[33m";
pub(crate) const PLAIN: &str = "\x1b[0m";

/// How a timeline is to be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// The time up to which open tasks have been waiting or running.
    pub now: Timestamp,
    /// Whether to colour it for a terminal.
    pub colour: bool,
}

/// One line in the making.
struct Row {
    events: Vec<EventId>,
    begun: Timestamp,
    what: String,
    /// What it does while nothing has continued it; none for a line that is complete.
    waits: Option<&'static str>,
    /// Since when it runs, and who runs it.
    running: Option<(Timestamp, String)>,
    end: Option<End>,
}

/// How a line ended.
struct End {
    at: Timestamp,
    ending: Ending,
    how: &'static str,
    detail: String,
}

/// Draws the events of one run, oldest first, a line each with a newline at the end.
pub fn timeline(events: &[HistoryEvent], view: View) -> String {
    timeline_with_heartbeats(events, &[], view)
}

/// As [`timeline`], with what is known of the heartbeats of running activities.
pub(crate) fn timeline_with_heartbeats(
    events: &[HistoryEvent],
    heartbeats: &[Heartbeat],
    view: View,
) -> String {
    let Some(first) = events.first() else {
        return String::new();
    };
    let rows = rows(events);
    let numbers: Vec<String> = rows.iter().map(Row::numbers).collect();
    let width = numbers.iter().map(String::len).max().unwrap_or(0);
    let mut page = String::new();
    for (row, numbers) in rows.iter().zip(numbers) {
        let offset = format!("+{}", duration(first.event_timestamp, row.begun));
        let what = printable(&row.what);
        let ending = printable(&row.ending(heartbeats, view.now));
        let line = if view.colour {
            let colour = match row.end.as_ref().map(|end| end.ending) {
                Some(Ending::Well) => GREEN,
                Some(Ending::Badly) => RED,
                Some(Ending::Neutral) => "",
                None => YELLOW,
            };
            format!("{DIM}{offset:>10}  {numbers:width$}{PLAIN}  {colour}{what}{ending}{PLAIN}")
        } else {
            format!("{offset:>10}  {numbers:width$}  {what}{ending}")
        };
        page.push_str(line.trim_end());
        page.push('\n');
    }
    page
}

fn rows(events: &[HistoryEvent]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for event in events {
        let told = told(&event.attributes);
        let earlier = told
            .origin()
            .and_then(|origin| rows.iter_mut().find(|row| row.events.contains(&origin)));
        match earlier {
            Some(row) => row.goes_on(event, told),
            None => rows.push(Row::new(event, told)),
        }
    }
    rows
}

impl Row {
    /// A line that begins with `event`. An event whose origin is not among the events stands alone.
    fn new(event: &HistoryEvent, told: Told) -> Self {
        let alone = |ending| End {
            at: event.event_timestamp,
            ending,
            how: "",
            detail: String::new(),
        };
        let name = event.attributes.event_type().as_str();
        let (what, waits, end) = match told {
            Told::Alone(ending, what) => (what, None, Some(alone(ending))),
            Told::Begins(waits, what) => (what, Some(waits), None),
            Told::Runs(_, by) => (format!("{name}{by}"), None, Some(alone(Ending::Neutral))),
            Told::Ends(_, ending, _, detail) => {
                (format!("{name}{detail}"), None, Some(alone(ending)))
            }
        };
        Self {
            events: vec![event.event_id],
            begun: event.event_timestamp,
            what,
            waits,
            running: None,
            end,
        }
    }

    fn goes_on(&mut self, event: &HistoryEvent, told: Told) {
        self.events.push(event.event_id);
        let at = event.event_timestamp;
        match told {
            Told::Runs(_, by) => self.running = Some((at, by)),
            Told::Ends(_, ending, how, detail) => {
                self.end = Some(End {
                    at,
                    ending,
                    how,
                    detail,
                });
            }
            Told::Alone(..) | Told::Begins(..) => {}
        }
    }

    fn numbers(&self) -> String {
        let numbers: Vec<String> = self.events.iter().map(ToString::to_string).collect();
        numbers.join("-")
    }

    /// What became of it: how long it waited, how long it ran, how it ended.
    fn ending(&self, heartbeats: &[Heartbeat], now: Timestamp) -> String {
        let Some(waits) = self.waits else {
            return String::new();
        };
        let mut text = String::new();
        let mut since = self.begun;
        if let Some((at, by)) = &self.running {
            text = format!("; waited {}{by}", duration(since, *at));
            since = *at;
        }
        match (&self.end, &self.running) {
            (Some(end), _) => {
                let took = duration(since, end.at);
                text + &format!("; {} after {took}{}", end.how, end.detail)
            }
            (None, Some(_)) => {
                let ran = duration(since, now);
                let heartbeat = self.heartbeat(heartbeats, now);
                text + &format!("; running for {ran}{heartbeat}")
            }
            (None, None) => text + &format!("; {waits} for {}", duration(since, now)),
        }
    }

    /// What is known of the heartbeat of the activity that the line is about.
    fn heartbeat(&self, heartbeats: &[Heartbeat], now: Timestamp) -> String {
        let scheduled = self.events.first();
        let known = heartbeats
            .iter()
            .find(|heartbeat| Some(&heartbeat.scheduled_event_id) == scheduled);
        let Some(heartbeat) = known else {
            return String::new();
        };
        let Some(at) = heartbeat.latest_heartbeat_timestamp else {
            return ", no heartbeat yet".into();
        };
        let age = duration(at, now);
        let details = heartbeat.details.as_deref().unwrap_or_default();
        if details.is_empty() {
            format!(", last heartbeat {age} ago")
        } else {
            format!(", last heartbeat {age} ago: \"{}\"", cut(details))
        }
    }
}

/// Control characters are shown as escapes, so that a history stays in its lines and cannot steer a terminal.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// A length of time in the largest unit that shows it well.
pub(crate) fn duration(from: Timestamp, to: Timestamp) -> String {
    let milliseconds = to.0.saturating_sub(from.0).max(0);
    let seconds = milliseconds / 1000;
    match seconds {
        0 => format!("{milliseconds}ms"),
        1..60 => format!("{}.{}s", seconds, milliseconds % 1000 / 100),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{}h{:02}m", seconds / 3600, seconds / 60 % 60),
        _ => format!("{}d{:02}h", seconds / 86_400, seconds / 3600 % 24),
    }
}

#[cfg(test)]
mod tests;
