//! The one door of this crate: finds the target of an invocation, bounds time and concurrency, and calls.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use everbeat_client::shared_files::Variables;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::api::Prepared;
use crate::configuration::{Configuration, Target};
use crate::credentials::CredentialSource;
use crate::outcome::Outcome;
use crate::transport::{Http, TlsError, tls};
use crate::{address, command};

/// What a function gets that is given no input.
const NO_INPUT: &str = "{}";
/// So long a call waits for a place at most, however much time it has.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

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
        let outcome = match timeout(invocation.timeout, self.shared.call(&invocation)).await {
            Ok(Ok(outcome) | Err(outcome)) => outcome,
            Err(_) => Outcome::TimedOut,
        };
        // The details may be what the function said, which is nobody's business here.
        if let Outcome::Failed { reason, .. } = &outcome {
            tracing::debug!(function = invocation.function, reason, "a function failed");
        }
        outcome
    }
}

impl Shared {
    /// What came of the call, or of not calling. Credentials are found before a place is taken: who waits for them keeps
    /// nobody else from being called.
    async fn call(&self, invocation: &Invocation) -> Result<Outcome, Outcome> {
        let begin = Instant::now();
        let function = &invocation.function;
        let target = self.configuration.target(function).ok_or_else(|| {
            not_found(format!(
                "Function not found: {function}. The server has no target for it."
            ))
        })?;
        let place = || self.place(invocation.timeout.saturating_sub(begin.elapsed()));
        Ok(match target {
            Target::Lambda => {
                let prepared = self.prepared(invocation).await?;
                let _place = place().await?;
                prepared.invoke(&self.http, invocation).await
            }
            Target::Command(words) => {
                let _place = place().await?;
                command::invoke(words, invocation).await
            }
            Target::Address(address) => {
                let _place = place().await?;
                address::invoke(address, &self.http, invocation).await
            }
        })
    }

    async fn prepared(&self, invocation: &Invocation) -> Result<Prepared, Outcome> {
        match &self.configuration.endpoint {
            Some(endpoint) => Prepared::find(endpoint, &self.credentials, invocation).await,
            None => Err(not_found("The server has no endpoint of Lambda.")),
        }
    }

    /// A place among the calls that may go on, for a call that has so much time left. The wait ends while there is time
    /// for the call itself: a time-out must not hide that the function was never called.
    async fn place(&self, left: Duration) -> Result<SemaphorePermit<'_>, Outcome> {
        let place = timeout(longest_wait(left), self.places.acquire()).await;
        place.ok().and_then(Result::ok).ok_or_else(|| {
            let concurrency = self.configuration.concurrency;
            Outcome::failed(
                "TooManyRequestsException",
                format!(
                    "The function was not called: the server calls at most {concurrency} functions at the same time \
                     (--lambda-concurrency), and none of them ended in time."
                ),
            )
        })
    }
}

/// How long a call that has so much time left may wait for a place.
fn longest_wait(left: Duration) -> Duration {
    LONGEST_WAIT.min(left / 2)
}

fn not_found(details: impl AsRef<str>) -> Outcome {
    Outcome::failed("ResourceNotFoundException", details)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_for_a_place_leaves_time_for_the_call() {
        for (left, wait) in [(0, 0), (10, 5), (120, 60), (900, 60)] {
            let left = Duration::from_secs(left);
            assert_eq!(longest_wait(left), Duration::from_secs(wait));
        }
    }
}
