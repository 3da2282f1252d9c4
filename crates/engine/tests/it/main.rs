//! The tests of the engine, in one binary.
//!
//! Most of them are stories ([`script`]): a script and what comes of it, in one text file each under `tests/golden`.
//! Beside them stand a count of what the stories cover, and random command sequences.

mod coverage;
mod execution;
mod golden;
mod model;
mod outcome;
mod properties;
mod script;
mod words;
mod world;
