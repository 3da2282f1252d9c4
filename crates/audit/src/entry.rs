//! What a line of the log says of a call, and how that is written as JSON.
//!
//! Holds: the text of a line is bounded, whatever a caller sends ([`MAX_TEXT_BYTES`], [`MAX_DECISIONS`]).

use std::io::Write;
use std::net::IpAddr;

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;

/// Longest text of a member, in bytes. What a caller sent without being allowed to may be of any length.
const MAX_TEXT_BYTES: usize = 2048;
/// Behind a text that was cut.
const CUT: &str = "…";
/// Most refused decisions that one line names; the history of the execution names them all.
const MAX_DECISIONS: usize = 100;

/// Prints milliseconds always, so that all times have one length.
const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));

/// A call that changed something, or was refused.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// When it was answered: real time, in milliseconds since 1970.
    pub time: i64,
    /// Who asked: the ARN, or what else the server knows him by.
    pub identity: &'a str,
    /// The id of the access key that signed, which is no secret; none if nobody signed.
    pub access_key: Option<&'a str>,
    /// Where the call came from.
    pub source: IpAddr,
    /// The name of the operation, or what stood in its place.
    pub operation: &'a str,
    /// The name of the domain, if the call names one.
    pub domain: Option<&'a str>,
    /// What of the domain the call names: a workflow id, name and version of a type, a task list.
    pub subject: Option<&'a str>,
    /// The permission that was refused, where it is another than the operation's own.
    pub action: Option<&'a str>,
    /// What policies were asked about: an ARN.
    pub resource: Option<&'a str>,
    /// `ok`, or the name of the fault.
    pub outcome: &'a str,
    /// Why it was allowed or refused: the statement and file that decided, which the caller is not told.
    pub reason: Option<&'a str>,
    /// As the reply names it (`x-amzn-RequestId`).
    pub request_id: &'a str,
    /// Decisions of the call that policies deny, while the rest of the call stands.
    pub refused_decisions: &'a [RefusedDecision<'a>],
}

/// A decision that its sender was not permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedDecision<'a> {
    /// Its place in the list of decisions, from 0.
    pub index: usize,
    /// Its decision type, such as `StartTimer`.
    pub decision_type: &'a str,
    /// As in [`Entry::reason`].
    pub reason: &'a str,
}

impl Entry<'_> {
    /// Appends the members that say what happened, each with a comma before it.
    pub(crate) fn write(&self, line: &mut Vec<u8>) {
        write_time(line, self.time);
        line.extend_from_slice(br#","kind":"call""#);
        write_text(line, "identity", self.identity);
        write_optional(line, "access_key", self.access_key);
        append(line, format_args!(r#","source":"{}""#, self.source));
        write_text(line, "operation", self.operation);
        write_optional(line, "domain", self.domain);
        write_optional(line, "subject", self.subject);
        write_optional(line, "action", self.action);
        write_optional(line, "resource", self.resource);
        write_text(line, "outcome", self.outcome);
        write_optional(line, "reason", self.reason);
        write_text(line, "request_id", self.request_id);
        write_decisions(line, self.refused_decisions);
    }
}

/// Appends the time of a line: ISO 8601, UTC, with milliseconds.
pub(crate) fn write_time(line: &mut Vec<u8>, milliseconds: i64) {
    let time = Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH);
    line.extend_from_slice(br#","time":""#);
    // Writing to memory does not fail.
    let _ = PRINTER.print_timestamp(&time, jiff::fmt::StdIoWrite(&mut *line));
    line.push(b'"');
}

/// Appends a member that counts something.
pub(crate) fn write_number(line: &mut Vec<u8>, name: &str, number: u64) {
    append(line, format_args!(r#","{name}":{number}"#));
}

fn write_decisions(line: &mut Vec<u8>, decisions: &[RefusedDecision<'_>]) {
    if decisions.is_empty() {
        return;
    }
    let (named, left_out) = decisions.split_at(decisions.len().min(MAX_DECISIONS));
    line.extend_from_slice(br#","refused_decisions":["#);
    for (place, decision) in named.iter().enumerate() {
        if place > 0 {
            line.push(b',');
        }
        append(line, format_args!(r#"{{"index":{}"#, decision.index));
        write_text(line, "type", decision.decision_type);
        write_text(line, "reason", decision.reason);
        line.push(b'}');
    }
    line.push(b']');
    if !left_out.is_empty() {
        write_number(line, "more_refused_decisions", left_out.len() as u64);
    }
}

fn write_optional(line: &mut Vec<u8>, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        write_text(line, name, text);
    }
}

/// Appends a member with a text. The names of members need no escapes.
fn write_text(line: &mut Vec<u8>, name: &str, text: &str) {
    line.extend_from_slice(b",\"");
    line.extend_from_slice(name.as_bytes());
    line.extend_from_slice(b"\":");
    if text.len() <= MAX_TEXT_BYTES {
        write_string(line, text);
        return;
    }
    let kept = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
    write_string(line, kept);
    line.pop();
    line.extend_from_slice(CUT.as_bytes());
    line.push(b'"');
}

fn write_string(line: &mut Vec<u8>, text: &str) {
    // Writing a string to memory does not fail.
    let _ = serde_json::to_writer(line, text);
}

fn append(line: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // Writing to memory does not fail.
    let _ = line.write_fmt(text);
}

#[cfg(test)]
mod tests;
