//! The one door of this crate: finds the target of an invocation, bounds time and concurrency, and calls.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use everbeat_client::shared_files::Variables;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::configuration::{Configuration, Target};
use crate::credentials::CredentialSource;
use crate::outcome::Outcome;
use crate::transport::{Http, TlsError, tls};
use crate::{address, api, command};

/// What a function gets that is given no input.
const NO_INPUT: &str = "{}";

/// One function to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// The function as the decider named it: a name, a partial ARN or an ARN.
    pub function: String,
    /// Its input; `{}` if there is none.
    pub input: Option<String>,
    /// The run's role. It is told to the function's command or address; calls over Lambda's API are signed with the
    /// server's own credentials.
    pub role: String,
    /// How long the call may take, waiting for others included.
    pub timeout: Duration,
    /// Region of the run's domain.
    pub region: String,
    /// Account of the run's domain.
    pub account: String,
}

impl Invocation {
    /// What is sent to the function.
    pub(crate) fn payload(&self) -> &str {
        self.input.as_deref().unwrap_or(NO_INPUT)
    }
}

/// Calls functions. Cheap to clone; needs a tokio runtime around its calls.
#[derive(Clone)]
pub struct Invoker {
    shared: Arc<Shared>,
}

struct Shared {
    configuration: Configuration,
    http: Http,
    credentials: CredentialSource,
    /// One permit for each call that may go on.
    places: Semaphore,
}

impl fmt::Debug for Invoker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invoker")
            .field("configuration", &self.shared.configuration)
            .finish_non_exhaustive()
    }
}

impl Invoker {
    /// An invoker of the functions that are configured, or none if nothing is. `variables` are those of the process:
    /// the search for credentials starts there.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(
        configuration: Configuration,
        variables: Variables,
    ) -> Result<Option<Self>, TlsError> {
        if configuration.is_empty() {
            return Ok(None);
        }
        let tls = tls()?;
        let shared = Shared {
            http: Http::new(tls.clone(), None),
            credentials: CredentialSource::new(tls, variables),
            places: Semaphore::new(configuration.concurrency.get().min(Semaphore::MAX_PERMITS)),
            configuration,
        };
        Ok(Some(Self {
            shared: Arc::new(shared),
        }))
    }

    /// Calls a function once. Dropping the future gives the call up: a command is killed, a connection closed.
    pub async fn invoke(&self, invocation: Invocation) -> Outcome {
        let outcome = timeout(invocation.timeout, self.shared.call(&invocation)).await;
        let outcome = outcome.unwrap_or(Outcome::TimedOut);
        if let Outcome::Failed { reason, details } = &outcome {
            tracing::debug!(
                function = invocation.function,
                reason,
                details,
                "a function failed"
            );
        }
        outcome
    }
}

impl Shared {
    async fn call(&self, invocation: &Invocation) -> Outcome {
        let function = &invocation.function;
        let Some(target) = self.configuration.target(function) else {
            return Outcome::failed(
                "ResourceNotFoundException",
                format!("Function not found: {function}. The server has no target for it."),
            );
        };
        let _place = self.places.acquire().await;
        match target {
            Target::Lambda => self.call_lambda(invocation).await,
            Target::Command(words) => command::invoke(words, invocation).await,
            Target::Address(address) => address::invoke(address, &self.http, invocation).await,
        }
    }

    async fn call_lambda(&self, invocation: &Invocation) -> Outcome {
        match &self.configuration.endpoint {
            Some(endpoint) => {
                api::invoke(endpoint, &self.http, &self.credentials, invocation).await
            }
            None => Outcome::failed(
                "ResourceNotFoundException",
                "The server has no endpoint of Lambda.",
            ),
        }
    }
}
