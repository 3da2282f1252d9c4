//! The tests of the partition, in one binary: stories through a small host, and random inputs.

mod deadlines;
mod executions;
mod hand_out;
mod heartbeats;
mod host;
mod limits;
mod properties;
mod registry;
mod rows;
mod script;
mod snapshots;
mod words;
