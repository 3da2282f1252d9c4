//! Rates of operations (protocol.md section 9): for an account in a region before a request is read, and for one
//! execution once it is known which.
//!
//! Time here is real and monotonic, whatever the clock of the executions shows. Where no rate is set, nothing is counted
//! and nothing is locked.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use everbeat_model::{
    DomainName, Fault, Operation, Rate, RateSettings, Throttled, Timestamp, WorkflowId,
};
use everbeat_partition::executions::run_key;
use everbeat_partition::rates::Buckets;
use everbeat_partition::{Call, Realm, RunKey};

use crate::calls::Route;

/// Callers of different accounts, and different operations, seldom wait for each other.
const SHARDS: usize = 16;

/// Counts requests against their rates.
pub(crate) struct Throttle {
    rates: RateSettings,
    started: Instant,
    /// None when no operation has a rate.
    operations: Option<Shards<(Realm, Operation)>>,
    /// None when no operation has a rate for one execution.
    runs: Option<Shards<(Realm, Operation, RunName)>>,
}

/// An execution as requests name it. At most one run of a workflow id is open, and it is meant by a request that names
/// no run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum RunName {
    Key(RunKey),
    WorkflowId(DomainName, WorkflowId),
}

impl Throttle {
    /// Counts with these rates.
    pub(crate) fn new(rates: RateSettings) -> Self {
        let has = |wanted: fn(&Throttled) -> bool| rates.throttled().any(|one| wanted(&one));
        Self {
            operations: has(|one| matches!(one, Throttled::Operation(_))).then(Shards::new),
            runs: has(|one| matches!(one, Throttled::PerRun(_))).then(Shards::new),
            started: Instant::now(),
            rates,
        }
    }

    /// A caller asks for an operation.
    ///
    /// # Errors
    /// ThrottlingException when the callers of its account and region have asked too often.
    pub(crate) fn admit(&self, realm: &Realm, operation: Operation) -> Result<(), Fault> {
        let Some(shards) = &self.operations else {
            return Ok(());
        };
        match self.rates.get(Throttled::Operation(operation)) {
            Some(rate) => shards.take((realm.clone(), operation), rate, self.now()),
            None => Ok(()),
        }
    }

    /// The request has been read: it is for one execution.
    ///
    /// # Errors
    /// ThrottlingException when that execution was asked too often.
    pub(crate) fn admit_to_run(
        &self,
        realm: &Realm,
        operation: Operation,
        route: &Route,
    ) -> Result<(), Fault> {
        let Some(shards) = &self.runs else {
            return Ok(());
        };
        let rate = self.rates.get(Throttled::PerRun(operation));
        match (rate, run_name(route)) {
            (Some(rate), Some(run)) => {
                shards.take((realm.clone(), operation, run), rate, self.now())
            }
            (None, _) | (_, None) => Ok(()),
        }
    }

    fn now(&self) -> Timestamp {
        let passed = self.started.elapsed().as_millis();
        Timestamp(i64::try_from(passed).unwrap_or(i64::MAX))
    }
}

/// The execution that a request is for, if it is for one. A run id that is not one of ours names none.
fn run_name(route: &Route) -> Option<RunName> {
    if let Route::Call(Call::ToRun { target, .. }) = route {
        match target.run_id.as_deref().filter(|run_id| !run_id.is_empty()) {
            Some(run_id) => run_key(run_id).map(RunName::Key),
            None => Some(RunName::WorkflowId(
                target.domain.clone(),
                target.workflow_id.clone(),
            )),
        }
    } else if let Route::Call(Call::ToTask { token, .. }) = route {
        Some(RunName::Key(token.run))
    } else if let Route::GetHistory(input) = route {
        run_key(&input.execution.run_id).map(RunName::Key)
    } else {
        None
    }
}

/// Buckets behind several locks.
struct Shards<K> {
    shards: Vec<Mutex<Buckets<K>>>,
    hasher: RandomState,
}

impl<K: Ord + Hash> Shards<K> {
    fn new() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
        }
    }

    fn take(&self, key: K, rate: Rate, now: Timestamp) -> Result<(), Fault> {
        let place = self.hasher.hash_one(&key) % SHARDS as u64;
        let Some(shard) = self.shards.get(place as usize) else {
            return Ok(());
        };
        let mut buckets = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.try_take(key, rate, now) {
            Ok(())
        } else {
            Err(Fault::rate_exceeded())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use everbeat_engine::Command;
    use everbeat_partition::Target;
    use everbeat_partition::executions::run_id;

    fn realm(account: &str, region: &str) -> Realm {
        Realm {
            account: account.into(),
            region: region.into(),
        }
    }

    fn throttle(throttled: Throttled) -> Throttle {
        let mut rates = RateSettings::default();
        // Slow enough that nothing comes back while a test runs.
        let rate = Rate::read("2/1").expect("a rate");
        rates.set(throttled, Some(rate));
        Throttle::new(rates)
    }

    fn cancel(domain: &str, workflow_id: &str, run_id: Option<&str>) -> Route {
        Route::Call(Call::ToRun {
            target: Target {
                domain: domain.into(),
                workflow_id: workflow_id.into(),
                run_id: run_id.map(Into::into),
            },
            command: Command::RequestCancel,
        })
    }

    #[test]
    fn each_account_region_and_operation_has_its_own_bucket() {
        let operation = Operation::ListDomains;
        let throttle = throttle(Throttled::Operation(operation));
        let here = realm("1", "a");
        for _ in 0..2 {
            throttle.admit(&here, operation).expect("there is room");
        }
        let refusal = throttle.admit(&here, operation);
        assert_eq!(refusal, Err(Fault::rate_exceeded()));
        for other in [realm("2", "a"), realm("1", "b")] {
            throttle.admit(&other, operation).expect("its own bucket");
        }
        for _ in 0..100 {
            let free = Operation::DescribeDomain;
            throttle.admit(&here, free).expect("it has no rate");
        }
    }

    #[test]
    fn each_execution_has_its_own_bucket() {
        let operation = Operation::RequestCancelWorkflowExecution;
        let throttle = throttle(Throttled::PerRun(operation));
        let here = realm("1", "a");
        let ask = |realm, route| throttle.admit_to_run(realm, operation, &route);
        ask(&here, cancel("d", "w", None)).expect("there is room");
        ask(&here, cancel("d", "w", Some(""))).expect("there is room");
        let refusal = ask(&here, cancel("d", "w", None));
        assert_eq!(refusal, Err(Fault::rate_exceeded()));
        let old = run_id(RunKey(7), 1);
        for _ in 0..2 {
            ask(&here, cancel("d", "w", Some(&old))).expect("a run of its own");
        }
        let refusal = ask(&here, cancel("d", "w", Some(&old)));
        assert_eq!(refusal, Err(Fault::rate_exceeded()));
        let newer = run_id(RunKey(8), 1);
        ask(&here, cancel("d", "w", Some(&newer))).expect("another run");
        ask(&here, cancel("d", "x", None)).expect("another execution");
        ask(&here, cancel("e", "w", None)).expect("another domain");
        ask(&realm("2", "a"), cancel("d", "w", None)).expect("another account");
        throttle.admit(&here, operation).expect("no rate for all");
    }

    #[test]
    fn nothing_is_counted_where_nothing_is_set() {
        let throttle = Throttle::new(RateSettings::default());
        assert!(throttle.operations.is_none() && throttle.runs.is_none());
        let throttle = Throttle::new(RateSettings::aws());
        assert!(throttle.operations.is_some() && throttle.runs.is_some());
    }
}
