//! Facts about Amazon SWF (API 2012-01-25): every operation, decision, event, shape, constraint and fault, written once.
//!
//! The tables of this crate are the only place where an operation's form is described. From them come the typed
//! structures, reading and writing of JSON, validation with SWF's own texts, dispatch in the server, and the options,
//! skeletons and help of the command line. There is no behaviour here and no I/O.
//!
//! Suggested reading: [`shape`] (what a description is), [`scalars`] and [`shapes`] (the descriptions),
//! [`operations`] and [`decisions`] (the rows that tie them together), [`request`] (from JSON to a checked request).
//! What Everbeat tells beyond SWF's API is in [`own`].

#![no_std]
#![warn(missing_docs)]

extern crate alloc;

mod arn;
mod names;
#[macro_use]
pub mod shape;
pub mod coerce;
pub mod decisions;
pub mod events;
pub mod faults;
pub mod limits;
pub mod operations;
pub mod own;
pub mod permissions;
pub mod rates;
pub mod request;
pub mod scalars;
pub mod shapes;
pub mod validate;

#[doc(hidden)]
pub use names::{
    camel_case, camel_case_length, lower_first, screaming_case, screaming_case_length, wire_order,
};
#[doc(hidden)]
pub use serde;
#[doc(hidden)]
pub use serde_json;

pub use arn::{DomainArn, domain_arn, is_account, is_region};
pub use decisions::{DECISIONS, Decision, DecisionDescriptor, DecisionType, NewWork};
pub use events::{EventAttributes, EventType, HistoryEvent};
pub use faults::{Fault, FaultKind};
pub use limits::Limits;
pub use operations::{Call, OPERATIONS, Operation, OperationDescriptor, Request};
pub use own::{
    ClockMode, ClockState, DescribeHeartbeatsInput, DescribeWaitsInput, Heartbeat, HeartbeatList,
    Heartbeats, MoveClockInput, OwnCall, OwnOperation, Wait, WaitKind, WaitList, Waits,
};
pub use rates::{Rate, RateSettings, Throttled};
pub use scalars::*;
pub use shape::{Described, Member, Mismatch, Shape};
pub use shapes::*;
