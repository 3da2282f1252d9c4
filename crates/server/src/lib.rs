//! The server: everything that waits. Sockets, HTTP, long polls, signals, settings, and the thread that commits.
//!
//! No rule of SWF is decided here. A request is read and checked ([`http`]), routed ([`calls`]), handed to the
//! partition's thread ([`partition_host`]), waited for ([`polls`]), and written ([`service`]). Async lives here and only
//! here.

#![warn(missing_docs)]

mod access;
mod audit;
mod calls;
mod clock;
pub mod config;
mod connection;
mod functions;
mod guard;
mod http;
mod json;
mod logging;
mod pages;
mod partition_host;
mod polls;
mod reads;
mod serve;
mod service;
mod throttle;
mod to_the_end;
mod visibility;

pub use config::{Config, ConfigError, DataPlace, Parsed};
pub use serve::{ServeError, serve};
