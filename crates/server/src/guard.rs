//! Limits that keep callers from each other: connections in all, from one address and of one identity, polls and calls of
//! one identity, and how fast requests without a good signature are answered.
//!
//! A place is taken for as long as its holder lives. What is off (limits.rs of the model) is not counted.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use everbeat_model::limits::OFF;
use everbeat_model::{Fault, FaultKind, Limits, Rate, Timestamp};
use everbeat_partition::rates::{Buckets, per_second};

/// File handles for the data, the logs, and connections that are refused.
const RESERVED_HANDLES: u64 = 256;
/// A refusal beyond the rate is answered so much later.
const REFUSAL_PAUSE: Duration = Duration::from_secs(1);
/// Refusals are counted for so many addresses; beyond it the counts begin anew.
const ADDRESSES_REMEMBERED: usize = 10_000;
/// Counts behind several locks, so that callers seldom wait for each other.
const SHARDS: usize = 16;

/// All counts.
#[derive(Debug)]
pub(crate) struct Guard {
    connections: Arc<Counts<()>>,
    of_address: Arc<Counts<IpAddr>>,
    of_identity: Arc<Counts<u64>>,
    polls: Arc<Counts<u64>>,
    calls: Arc<Counts<u64>>,
    strangers: Option<(Rate, Mutex<Strangers>)>,
    started: Instant,
    hasher: RandomState,
}

impl Guard {
    /// Counts against these limits. Of the file handles that the process may have, connections take no more than leave
    /// enough for the rest, and those from one address no more than three quarters of that.
    pub(crate) fn new(limits: &Limits, file_handles: u64) -> Self {
        let most = file_handles.saturating_sub(RESERVED_HANDLES).max(1);
        let rate = per_second(limits.refusals_per_second_and_address);
        Self {
            connections: Counts::new(limits.connections.min(most)),
            of_address: Counts::new(limits.connections_per_address.min(most - most / 4)),
            of_identity: Counts::new(limits.connections_per_identity),
            polls: Counts::new(limits.polls_per_identity),
            calls: Counts::new(limits.calls_per_identity),
            strangers: rate.map(|rate| (rate, Mutex::default())),
            started: Instant::now(),
            hasher: RandomState::new(),
        }
    }

    /// A connection from that address; none when there are too many.
    pub(crate) fn connect(&self, address: IpAddr) -> Option<ConnectionPlaces> {
        Some(ConnectionPlaces {
            _all: self.connections.enter(())?,
            _address: self.of_address.enter(address)?,
            identity: Mutex::default(),
        })
    }

    /// Says that an identity calls on a connection. A connection is of the identity that called last.
    ///
    /// # Errors
    /// ThrottlingException when the identity has too many.
    pub(crate) fn identify(&self, connection: &ConnectionPlaces, arn: &str) -> Result<(), Fault> {
        let identity = self.hasher.hash_one(arn);
        let mut held = connection
            .identity
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_some_and(|held| held.key == identity) {
            return Ok(());
        }
        *held = None;
        let place = self.of_identity.enter(identity);
        *held = Some(place.ok_or_else(Fault::rate_exceeded)?);
        Ok(())
    }

    /// A call of an identity that is under way.
    ///
    /// # Errors
    /// LimitExceededFault for a poll, ThrottlingException for another call, when there are too many.
    pub(crate) fn begin_call(&self, arn: &str, polls: bool) -> Result<Place<u64>, Fault> {
        let identity = self.hasher.hash_one(arn);
        if polls {
            let text = "Limit on maximum concurrent poll requests per identity reached";
            let fault = || FaultKind::LimitExceededFault.with(text);
            self.polls.enter(identity).ok_or_else(fault)
        } else {
            self.calls.enter(identity).ok_or_else(Fault::rate_exceeded)
        }
    }

    /// A request without a good signature came from that address.
    pub(crate) fn meet_stranger(&self, address: IpAddr) -> Stranger {
        let Some((rate, strangers)) = &self.strangers else {
            return Stranger {
                is_rare: true,
                unwritten: 0,
            };
        };
        let now = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let mut strangers = strangers.lock().unwrap_or_else(PoisonError::into_inner);
        strangers.meet(address, *rate, Timestamp(now))
    }

    /// Who sends one request after the other without a good signature waits for the answers.
    pub(crate) async fn slow_down(&self) {
        tokio::time::sleep(REFUSAL_PAUSE).await;
    }
}

/// Where requests without a good signature come from.
#[derive(Debug, Default)]
struct Strangers {
    buckets: Buckets<IpAddr>,
    /// Refusals that were too many to be written down, since the last that was.
    unwritten: HashMap<IpAddr, u64>,
}

/// A request without a good signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stranger {
    /// There were few of them lately from that address.
    pub(crate) is_rare: bool,
    /// How many came before it that were not rare.
    pub(crate) unwritten: u64,
}

impl Strangers {
    fn meet(&mut self, address: IpAddr, rate: Rate, now: Timestamp) -> Stranger {
        let is_rare = self.buckets.try_take(address, rate, now);
        if is_rare {
            let unwritten = self.unwritten.remove(&address).unwrap_or(0);
            return Stranger { is_rare, unwritten };
        }
        if self.unwritten.len() >= ADDRESSES_REMEMBERED {
            self.unwritten.clear();
        }
        let unwritten = self.unwritten.entry(address).or_insert(0);
        if *unwritten == 0 {
            tracing::warn!(%address, "requests without a good signature come too fast to be written down one by one");
        }
        *unwritten += 1;
        Stranger {
            is_rare,
            unwritten: 0,
        }
    }
}

/// The places of a connection.
#[derive(Debug)]
pub(crate) struct ConnectionPlaces {
    _all: Place<()>,
    _address: Place<IpAddr>,
    identity: Mutex<Option<Place<u64>>>,
}

/// How many of each there are.
#[derive(Debug)]
struct Counts<K> {
    most: u64,
    shards: Vec<Mutex<HashMap<K, u64>>>,
    hasher: RandomState,
}

impl<K: Hash + Eq + Copy> Counts<K> {
    fn new(most: u64) -> Arc<Self> {
        Arc::new(Self {
            most,
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
        })
    }

    fn with_shard<T>(&self, key: K, work: impl FnOnce(&mut HashMap<K, u64>) -> T) -> Option<T> {
        let place = self.hasher.hash_one(key) % SHARDS as u64;
        let shard = self.shards.get(usize::try_from(place).ok()?)?;
        Some(work(
            &mut shard.lock().unwrap_or_else(PoisonError::into_inner),
        ))
    }

    fn enter(self: &Arc<Self>, key: K) -> Option<Place<K>> {
        if self.most != OFF {
            let most = self.most;
            self.with_shard(key, |counts| {
                let count = counts.entry(key).or_insert(0);
                let has_room = *count < most;
                *count += u64::from(has_room);
                has_room
            })
            .filter(|has_room| *has_room)?;
        }
        Some(Place {
            key,
            counts: Arc::clone(self),
        })
    }

    fn leave(&self, key: K) {
        if self.most == OFF {
            return;
        }
        self.with_shard(key, |counts| {
            if let Some(count) = counts.get_mut(&key) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(&key);
                }
            }
        });
    }
}

/// A place that is taken.
#[derive(Debug)]
pub(crate) struct Place<K: Hash + Eq + Copy> {
    key: K,
    counts: Arc<Counts<K>>,
}

impl<K: Hash + Eq + Copy> Drop for Place<K> {
    fn drop(&mut self) {
        self.counts.leave(self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const HANDLES: u64 = 1 << 20;
    const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));

    fn guard() -> Guard {
        let limits = Limits {
            connections: 3,
            connections_per_address: 2,
            connections_per_identity: 1,
            polls_per_identity: 1,
            calls_per_identity: 1,
            refusals_per_second_and_address: 2,
            ..Limits::default()
        };
        Guard::new(&limits, HANDLES)
    }

    #[test]
    fn connections_leave_file_handles_for_the_rest() {
        let guard = Guard::new(&Limits::default(), RESERVED_HANDLES + 4);
        let _three = [1, 2, 3].map(|_| guard.connect(HERE).expect("three quarters"));
        assert!(guard.connect(HERE).is_none());
        let _one = guard.connect(ELSEWHERE).expect("the rest");
        assert!(guard.connect(ELSEWHERE).is_none());
    }

    #[test]
    fn connections_are_counted_by_address_and_in_all() {
        let guard = guard();
        let first = guard.connect(HERE).expect("room");
        let _second = guard.connect(HERE).expect("room");
        assert!(guard.connect(HERE).is_none(), "the third from an address");
        let _third = guard.connect(ELSEWHERE).expect("room");
        assert!(guard.connect(ELSEWHERE).is_none(), "the fourth in all");
        drop(first);
        guard.connect(HERE).expect("a place is free again");
    }

    #[test]
    fn a_refused_connection_takes_no_place() {
        let guard = guard();
        let _held = [guard.connect(HERE), guard.connect(HERE)];
        for _ in 0..5 {
            assert!(guard.connect(HERE).is_none());
        }
        guard.connect(ELSEWHERE).expect("the third in all");
    }

    #[test]
    fn a_connection_is_of_the_identity_that_called_last() {
        let guard = guard();
        let one = guard.connect(HERE).expect("room");
        let other = guard.connect(HERE).expect("room");
        guard.identify(&one, "alice").expect("her only one");
        guard.identify(&one, "alice").expect("it is hers already");
        assert_eq!(guard.identify(&other, "alice"), Err(Fault::rate_exceeded()));
        guard.identify(&one, "bob").expect("it is his now");
        guard.identify(&other, "alice").expect("she has none else");
    }

    #[test]
    fn polls_and_calls_have_counts_of_their_own() {
        let guard = guard();
        let poll = guard.begin_call("alice", true).expect("room");
        let _call = guard.begin_call("alice", false).expect("room");
        let refused = guard.begin_call("alice", true).expect_err("too many polls");
        assert_eq!(refused.kind, FaultKind::LimitExceededFault);
        let refused = guard.begin_call("alice", false).expect_err("too many");
        assert_eq!(refused.kind, FaultKind::ThrottlingException);
        let _other = guard.begin_call("bob", true).expect("his own");
        drop(poll);
        guard.begin_call("alice", true).expect("a place is free");
    }

    #[test]
    fn only_who_is_refused_often_waits() {
        let guard = guard();
        let rare = |unwritten| Stranger {
            is_rare: true,
            unwritten,
        };
        let frequent = Stranger {
            is_rare: false,
            unwritten: 0,
        };
        let mut strangers = Strangers::default();
        let (rate, _) = guard.strangers.as_ref().expect("there is a rate");
        let mut meet = |address, at| strangers.meet(address, *rate, Timestamp(at));
        assert_eq!([meet(HERE, 0), meet(HERE, 0)], [rare(0), rare(0)]);
        assert_eq!(meet(ELSEWHERE, 0), rare(0));
        assert_eq!([meet(HERE, 0), meet(HERE, 1)], [frequent, frequent]);
        assert_eq!(meet(HERE, 1000), rare(2), "two were not written");
        assert_eq!(meet(HERE, 2000), rare(0));
    }

    #[test]
    fn what_is_off_is_not_counted() {
        let limits = Limits {
            polls_per_identity: OFF,
            ..Limits::default()
        };
        let guard = Guard::new(&limits, HANDLES);
        let _places: Vec<_> = (0..100)
            .map(|_| guard.begin_call("alice", true).expect("room"))
            .collect();
        assert!(guard.polls.shards.iter().all(|shard| {
            let counts = shard.lock().expect("no panic before");
            counts.is_empty()
        }));
    }
}
