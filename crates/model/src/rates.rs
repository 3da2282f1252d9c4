//! Rates as settings (execution.md section 10, protocol.md section 9): token buckets of operations and decisions for an
//! account in a region, and of some operations for one execution. All are off unless set.
//!
//! Amazon's values stand in the rows of [`OPERATIONS`] and [`DECISIONS`]; a decision has a rate if one of its causes of
//! failure says that a rate was exceeded. Here are only the values for one execution, and what is set. How a bucket
//! empties and fills is not told here.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
};
use core::fmt;

use crate::decisions::{DECISIONS, DecisionDescriptor, DecisionType};
use crate::operations::{OPERATIONS, Operation};
use crate::shape::Shape;

/// Behind the name of an operation: its rate for one execution.
const PER_RUN: &str = "-per-run";
/// How the causes of failures end that speak of a rate.
const RATE_EXCEEDED: &str = "_RATE_EXCEEDED";

/// Amazon's rates for one execution.
const RATES_PER_RUN: &[(Operation, Rate)] = &[
    (Operation::GetWorkflowExecutionHistory, Rate::new(400, 200)),
    (
        Operation::RecordActivityTaskHeartbeat,
        Rate::new(1000, 1000),
    ),
    (
        Operation::RequestCancelWorkflowExecution,
        Rate::new(200, 200),
    ),
    (Operation::SignalWorkflowExecution, Rate::new(1000, 1000)),
];

/// A token bucket: it holds so many, and gets so many back in a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// What may be done at once.
    pub bucket: u32,
    /// What may be done in a second in the long run.
    pub refill: u32,
}

impl Rate {
    const fn new(bucket: u32, refill: u32) -> Self {
        Self { bucket, refill }
    }

    /// Reads `BUCKET/REFILL`; both must be above 0.
    pub fn read(text: &str) -> Option<Self> {
        let (bucket, refill) = text.split_once('/')?;
        let rate = Self::new(bucket.parse().ok()?, refill.parse().ok()?);
        (rate.bucket > 0 && rate.refill > 0).then_some(rate)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.bucket, self.refill)
    }
}

/// What has a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Throttled {
    /// An operation, for an account in a region.
    Operation(Operation),
    /// An operation, for one execution.
    PerRun(Operation),
    /// A decision, for an account in a region.
    Decision(DecisionType),
}

impl fmt::Display for Throttled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation(operation) => f.write_str(operation.as_str()),
            Self::PerRun(operation) => write!(f, "{operation}{PER_RUN}"),
            Self::Decision(decision) => f.write_str(decision.as_str()),
        }
    }
}

/// One rate that can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateDescriptor {
    /// What it bounds.
    pub throttled: Throttled,
    /// Amazon's value, where it has told one.
    pub aws: Option<Rate>,
}

impl RateDescriptor {
    /// The row of that name: an operation, an operation with `-per-run`, or a decision.
    pub fn from_name(name: &str) -> Option<Self> {
        rates().find(|row| row.throttled.to_string() == name)
    }

    /// Amazon's value as settings have it.
    pub fn aws_text(&self) -> String {
        self.aws
            .map_or_else(|| "off".into(), |rate| rate.to_string())
    }
}

/// All rates: of operations, of operations for one execution, of decisions.
pub fn rates() -> impl Iterator<Item = RateDescriptor> {
    let operations = OPERATIONS.iter().map(|row| RateDescriptor {
        throttled: Throttled::Operation(row.operation),
        aws: Some(Rate::new(row.rate.0, row.rate.1)),
    });
    let per_run = RATES_PER_RUN
        .iter()
        .map(|(operation, rate)| RateDescriptor {
            throttled: Throttled::PerRun(*operation),
            aws: Some(*rate),
        });
    let decisions = DECISIONS
        .iter()
        .filter(|row| fails_by_rate(row))
        .map(|row| RateDescriptor {
            throttled: Throttled::Decision(row.decision_type),
            aws: row.rate.map(|(bucket, refill)| Rate::new(bucket, refill)),
        });
    operations.chain(per_run).chain(decisions)
}

fn fails_by_rate(row: &DecisionDescriptor) -> bool {
    match row.failed_causes {
        Shape::Enum(causes) => causes
            .values
            .iter()
            .any(|cause| cause.ends_with(RATE_EXCEEDED)),
        Shape::String(_)
        | Shape::Integer(_)
        | Shape::Boolean { .. }
        | Shape::Timestamp { .. }
        | Shape::List(_)
        | Shape::Structure(_) => false,
    }
}

/// The rates in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RateSettings(BTreeMap<Throttled, Rate>);

impl RateSettings {
    /// Amazon's own table.
    pub fn aws() -> Self {
        Self(
            rates()
                .filter_map(|row| Some((row.throttled, row.aws?)))
                .collect(),
        )
    }

    /// The rate in force; none when it is off.
    pub fn get(&self, throttled: Throttled) -> Option<Rate> {
        self.0.get(&throttled).copied()
    }

    /// Sets a rate, or switches it off.
    pub fn set(&mut self, throttled: Throttled, rate: Option<Rate>) {
        match rate {
            Some(rate) => self.0.insert(throttled, rate),
            None => self.0.remove(&throttled),
        };
    }

    /// What has a rate.
    pub fn throttled(&self) -> impl Iterator<Item = Throttled> {
        self.0.keys().copied()
    }

    /// Sets the rate of that name to what `text` says: `BUCKET/REFILL`, `aws` or `off`.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn set_from_text(&mut self, name: &str, text: &str) -> Result<(), String> {
        let Some(row) = RateDescriptor::from_name(name) else {
            return Err(format!(
                "there is no rate '{name}'; a rate has the name of an operation or of a decision that can fail by one, \
                 or of an operation with {PER_RUN} behind it"
            ));
        };
        let rate = match text {
            "off" => None,
            "aws" => row.aws,
            text => Some(Rate::read(text).ok_or_else(|| {
                format!("'{text}' is not BUCKET/REFILL (two numbers above 0), aws or off")
            })?),
        };
        self.set(row.throttled, rate);
        Ok(())
    }
}
