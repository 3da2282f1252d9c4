//! The one HTTP client of the project: typed calls by the tables of `everbeat-model`, used by the command line, the
//! load generator, the demo and tests.
//!
//! A [`Client`] keeps its connections and may be cloned and shared freely; it needs a tokio runtime around its calls.
//! It sends each call once: retries, and the search for region, endpoint and credentials, belong to the command line.
//! Nothing of TLS is set up before a connection needs it.

#![warn(missing_docs)]

mod attempt;
mod client;
mod connect;
mod endpoint;
mod environment;
mod error;
mod exchange;
mod proxy;
pub mod shared_files;
mod stream;
mod tls;

pub use attempt::Attempt;
pub use client::{Client, Prepared};
pub use endpoint::{Endpoint, EndpointError};
pub use environment::{endpoint_lines, environment_lines};
pub use error::{CallError, ServiceFault, python_error};
pub use everbeat_wire::sigv4::Credentials;
pub use exchange::{Answer, Http, Timeouts};
pub use http::HeaderMap;
pub use proxy::Proxy;
pub use tls::Trust;

/// Where `everbeat serve` listens unless told otherwise.
pub const DEFAULT_ENDPOINT: &str = "http://127.0.0.1:7930";
/// The region of a server that was not given another.
pub const DEFAULT_REGION: &str = "us-east-1";
/// Access key id and secret for a server that checks no signatures.
pub const DEFAULT_KEY: &str = "everbeat";

impl Client {
    /// A client of a server on this machine as `everbeat serve` starts it: [`DEFAULT_KEY`], [`DEFAULT_REGION`].
    pub fn local(endpoint: Endpoint) -> Self {
        let credentials = Credentials {
            access_key_id: DEFAULT_KEY.into(),
            secret_access_key: DEFAULT_KEY.into(),
            session_token: None,
        };
        Self::new(endpoint, Some(credentials), DEFAULT_REGION.into())
    }
}
