//! The figures of a run, as a table for people or as one JSON object.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::arguments::{Operation, Reference};
use crate::failure::Errors;

/// The figures of one server.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figures {
    /// Operations a second; for the bare server, requests.
    pub(crate) rate_per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    /// CPU time of the server's process for each request; None if it cannot be known.
    pub(crate) cpu_per_request: Option<Duration>,
}

/// What a run found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Report {
    pub(crate) operation: Operation,
    pub(crate) reference: Reference,
    /// How many requests make an operation.
    pub(crate) calls: u32,
    pub(crate) server: Figures,
    pub(crate) baseline: Figures,
    /// None if the disk was not measured.
    pub(crate) fsync_median: Option<Duration>,
    pub(crate) connections: usize,
    /// Measured for each server.
    pub(crate) time: Duration,
    pub(crate) errors: Errors,
}

impl Report {
    /// Requests a second as a share of what the server answers that it is compared with.
    fn ratio(&self) -> f64 {
        if self.baseline.rate_per_second > 0.0 {
            f64::from(self.calls_of_rate()) * self.server.rate_per_second
                / self.baseline.rate_per_second
        } else {
            0.0
        }
    }

    /// How many operations of the baseline make one of the server.
    fn calls_of_rate(&self) -> u32 {
        match self.reference {
            Reference::BareServer => self.calls,
            Reference::OpenServer { .. } => 1,
        }
    }

    /// One JSON object on a line. Members that cannot be known are left out.
    pub(crate) fn json(&self) -> String {
        let numbers = [
            ("rate_per_second", Some(self.server.rate_per_second)),
            ("baseline_per_second", Some(self.baseline.rate_per_second)),
            ("ratio", Some(self.ratio())),
            ("p50_ms", Some(milliseconds(self.server.p50))),
            ("p99_ms", Some(milliseconds(self.server.p99))),
            ("baseline_p50_ms", Some(milliseconds(self.baseline.p50))),
            ("baseline_p99_ms", Some(milliseconds(self.baseline.p99))),
            ("fsync_median_ms", self.fsync_median.map(milliseconds)),
            (
                "server_cpu_us_per_request",
                self.server.cpu_per_request.map(microseconds),
            ),
            (
                "baseline_cpu_us_per_request",
                self.baseline.cpu_per_request.map(microseconds),
            ),
        ];
        let mut object = Map::new();
        let [server, baseline] = self.reference.names();
        object.insert("operation".into(), self.operation.name().into());
        object.insert("server".into(), server.into());
        object.insert("baseline".into(), baseline.into());
        for (name, number) in numbers {
            if let Some(number) = number {
                object.insert(name.into(), rounded(number).into());
            }
        }
        object.insert("connections".into(), self.connections.into());
        object.insert("seconds".into(), self.time.as_secs().into());
        object.insert("errors".into(), self.errors.count.into());
        format!("{}\n", Value::Object(object))
    }

    /// A short table.
    pub(crate) fn table(&self) -> String {
        let mut text = format!(
            "{}, {} connections, {} s for each server, the median of the slices\n\n{:<20}{:>14}{:>10}{:>10}{:>18}\n",
            self.operation.name(),
            self.connections,
            self.time.as_secs(),
            "",
            "a second",
            "p50 ms",
            "p99 ms",
            "CPU µs/request",
        );
        let rows = [&self.server, &self.baseline];
        for (name, figures) in self.reference.names().into_iter().zip(rows) {
            text.push_str(&row(name, figures));
        }
        text.push_str(&format!("\n{:<20}{:>14.3}", "ratio", self.ratio()));
        if self.calls_of_rate() > 1 {
            text.push_str(&format!("  ({} requests a workflow)", self.calls));
        }
        if let Some(time) = self.fsync_median {
            text.push_str(&format!(
                "\n{:<20}{:>14.3}",
                "fsync, median ms",
                milliseconds(time)
            ));
        }
        text.push('\n');
        text
    }
}

fn row(name: &str, figures: &Figures) -> String {
    let cpu = figures
        .cpu_per_request
        .map_or_else(String::new, |time| format!("{:.1}", microseconds(time)));
    format!(
        "{name:<20}{:>14.0}{:>10.2}{:>10.2}{cpu:>18}\n",
        figures.rate_per_second,
        milliseconds(figures.p50),
        milliseconds(figures.p99),
    )
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// To a thousandth.
fn rounded(number: f64) -> f64 {
    (number * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        Report {
            operation: Operation::Workflow,
            reference: Reference::BareServer,
            calls: 7,
            server: Figures {
                rate_per_second: 2000.0,
                p50: Duration::from_micros(1500),
                p99: Duration::from_micros(9000),
                cpu_per_request: Some(Duration::from_nanos(40_200)),
            },
            baseline: Figures {
                rate_per_second: 28_000.0,
                p50: Duration::from_millis(2),
                p99: Duration::from_millis(4),
                cpu_per_request: None,
            },
            fsync_median: Some(Duration::from_micros(412)),
            connections: 64,
            time: Duration::from_secs(9),
            errors: Errors::default(),
        }
    }

    #[test]
    fn json_has_a_member_for_each_figure() {
        let object: Value = serde_json::from_str(&report().json()).expect("JSON");
        let expected = serde_json::json!({
            "operation": "workflow",
            "server": "everbeat",
            "baseline": "bare hyper server",
            "rate_per_second": 2000.0,
            "baseline_per_second": 28000.0,
            "ratio": 0.5,
            "p50_ms": 1.5,
            "p99_ms": 9.0,
            "baseline_p50_ms": 2.0,
            "baseline_p99_ms": 4.0,
            "fsync_median_ms": 0.412,
            "server_cpu_us_per_request": 40.2,
            "connections": 64,
            "seconds": 9,
            "errors": 0,
        });
        assert_eq!(object, expected);
    }

    #[test]
    fn the_table_is_aligned() {
        let expected = "\
workflow, 64 connections, 9 s for each server, the median of the slices

                          a second    p50 ms    p99 ms    CPU µs/request
everbeat                      2000      1.50      9.00              40.2
bare hyper server            28000      2.00      4.00                  \n
ratio                        0.500  (7 requests a workflow)
fsync, median ms             0.412
";
        assert_eq!(report().table(), expected);
    }

    #[test]
    fn workflows_are_compared_with_workflows_of_an_open_server() {
        let mut report = report();
        report.reference = Reference::OpenServer { audit_log: false };
        report.baseline.rate_per_second = 2500.0;
        assert_eq!(report.ratio(), 0.8);
        let table = report.table();
        assert!(
            table.contains("access control                2000"),
            "{table}"
        );
        assert!(
            table.contains("without                       2500"),
            "{table}"
        );
        assert!(!table.contains("requests a workflow"), "{table}");
    }

    #[test]
    fn a_bare_server_that_answered_nothing_gives_no_infinite_ratio() {
        let mut report = report();
        report.baseline.rate_per_second = 0.0;
        assert_eq!(report.ratio(), 0.0);
    }
}
