//! The tests of the partition, in one binary: stories through a small host, and random inputs.

mod authority;
mod children;
mod continued;
mod deadlines;
mod executions;
mod functions;
mod hand_out;
mod heartbeats;
mod host;
mod limits;
mod messages;
mod properties;
mod registry;
mod rows;
mod script;
mod snapshots;
mod tags;
mod waits;
mod words;
