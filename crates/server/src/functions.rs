//! Lambda tasks: calls the functions whose start is durable, and tells the partition what came of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use everbeat_engine::FunctionOutcome;
use everbeat_lambda::Invoker;
use everbeat_partition::{Input, Invocation};

use crate::partition_host::PartitionHandle;

/// What a function may take unless the decision says otherwise (ScheduleLambdaFunction).
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(900);
/// Pause before an outcome is offered again to a partition that is too busy to take it.
const PAUSE: Duration = Duration::from_millis(50);

/// Calls functions on the server's runtime.
#[derive(Debug)]
pub(crate) struct Functions {
    invoker: Invoker,
    runtime: tokio::runtime::Handle,
    /// Calls whose outcome the partition has not got yet.
    calls: Arc<AtomicUsize>,
}

impl Functions {
    /// Functions behind an invoker, called on the runtime that this is called on.
    pub(crate) fn new(invoker: Invoker) -> Self {
        Self {
            invoker,
            runtime: tokio::runtime::Handle::current(),
            calls: Arc::default(),
        }
    }

    /// Number of calls whose outcome may still come.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// The partition has got the outcome of a call.
    pub(crate) fn ended(&self) {
        self.calls.fetch_sub(1, Ordering::SeqCst);
    }

    /// Calls a function; returns at once. A function that takes too long brings no outcome: its task times out by itself.
    pub(crate) fn call(&self, invocation: Invocation, partition: PartitionHandle) {
        let invoker = self.invoker.clone();
        let calls = Arc::clone(&self.calls);
        calls.fetch_add(1, Ordering::SeqCst);
        self.runtime.spawn(async move {
            let Invocation { run, task, .. } = invocation;
            let Some(outcome) = outcome_of(&invoker, invocation).await else {
                calls.fetch_sub(1, Ordering::SeqCst);
                return;
            };
            let input = Input::FunctionOutcome { run, task, outcome };
            while !partition.tell(input.clone()) {
                tokio::time::sleep(PAUSE).await;
            }
        });
    }
}

async fn outcome_of(invoker: &Invoker, invocation: Invocation) -> Option<FunctionOutcome> {
    let timeout = invocation.timeout_seconds.map(Duration::from_secs);
    let outcome = invoker
        .invoke(everbeat_lambda::Invocation {
            function: invocation.function.as_str().into(),
            input: invocation.input.map(|input| input.as_str().into()),
            role: invocation.role.as_str().into(),
            timeout: timeout.unwrap_or(DEFAULT_TIMEOUT),
            region: invocation.realm.region.to_string(),
            account: invocation.realm.account.to_string(),
        })
        .await;
    match outcome {
        everbeat_lambda::Outcome::Completed { result } => Some(FunctionOutcome::Completed {
            result: Some(result.into()),
        }),
        everbeat_lambda::Outcome::Failed { reason, details } => Some(FunctionOutcome::Failed {
            reason: Some(reason.into()),
            details: Some(details.into()),
        }),
        everbeat_lambda::Outcome::TimedOut => None,
    }
}
