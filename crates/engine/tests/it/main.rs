//! The tests of the engine, in one binary.
//!
//! Most of them are stories ([`script`]): a script and what comes of it, in one text file each under `tests/golden`.
//! Beside them stand a count of what the stories cover, and random command sequences.

mod commands;
mod coverage;
mod domain;
mod domain_properties;
mod execution;
mod golden;
mod model;
mod outcome;
mod properties;
mod random;
mod relations;
mod script;
mod words;
mod world;
