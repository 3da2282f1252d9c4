//! Limits that keep callers from each other: connections in all, from one address and of one identity, polls and calls of
//! one identity, and how fast requests without a good signature are answered.
//!
//! A place is taken for as long as its holder lives. What is off (limits.rs of the model) is not counted.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use everbeat_model::limits::OFF;
use everbeat_model::{Fault, FaultKind, Limits, Rate, Timestamp};
use everbeat_partition::rates::{Buckets, per_second};

/// File handles for the data, the logs, and connections that are refused.
const RESERVED_HANDLES: u64 = 256;
/// A refusal beyond the rate is answered so much later.
const REFUSAL_PAUSE: Duration = Duration::from_secs(1);
/// The first 64 bits of an address of IPv6.
const NETWORK: u128 = u128::MAX << 64;
/// Refusals of strangers that the audit log takes, from wherever they come: some 350 megabytes a day.
const STRANGERS_LINES: Rate = Rate {
    bucket: 1_000,
    refill: 10,
};
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
    bodies: Bodies,
    bodies_of_strangers: Bodies,
    /// How fast requests without a good signature from one address are answered at once.
    refusals: Option<Rate>,
    strangers: Mutex<Strangers>,
    started: Instant,
    hasher: RandomState,
}

impl Guard {
    /// Counts against these limits. Of the file handles that the process may have, connections take no more than leave
    /// enough for the rest, and those from one address no more than three quarters of that.
    pub(crate) fn new(limits: &Limits, file_handles: u64) -> Self {
        let most = file_handles.saturating_sub(RESERVED_HANDLES).max(1);
        Self {
            connections: Counts::new(limits.connections.min(most)),
            of_address: Counts::new(limits.connections_per_address.min(most - most / 4)),
            of_identity: Counts::new(limits.connections_per_identity),
            polls: Counts::new(limits.polls_per_identity),
            calls: Counts::new(limits.calls_per_identity),
            bodies: Bodies::new(limits),
            bodies_of_strangers: Bodies::new(limits),
            refusals: per_second(limits.refusals_per_second_and_address),
            strangers: Mutex::default(),
            started: Instant::now(),
            hasher: RandomState::new(),
        }
    }

    /// A connection from that address; none when there are too many.
    pub(crate) fn connect(&self, address: IpAddr) -> Option<ConnectionPlaces> {
        Some(ConnectionPlaces {
            _all: self.connections.enter(())?,
            _address: self.of_address.enter(counted(address))?,
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

    /// Room for a body that comes on that connection from that address. Connections on which nobody has proven who he is
    /// have room of their own, so that they take none from the others.
    pub(crate) fn begin_body(&self, connection: &ConnectionPlaces, address: IpAddr) -> BodyPlaces {
        let identity = connection
            .identity
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let bodies = match *identity {
            Some(_) => &self.bodies,
            None => &self.bodies_of_strangers,
        };
        BodyPlaces {
            address: bodies.of_address.place(counted(address)),
            all: bodies.all.place(()),
        }
    }

    /// A request without a good signature came from that address.
    pub(crate) fn meet_stranger(&self, address: IpAddr) -> Stranger {
        let now = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let mut strangers = self
            .strangers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        strangers.meet(counted(address), self.refusals, Timestamp(now))
    }

    /// Who sends one request after the other without a good signature waits for the answers.
    pub(crate) async fn slow_down(&self) {
        tokio::time::sleep(REFUSAL_PAUSE).await;
    }
}

/// Bytes of the bodies of requests that are under way.
#[derive(Debug)]
struct Bodies {
    all: Arc<Counts<()>>,
    of_address: Arc<Counts<IpAddr>>,
}

impl Bodies {
    fn new(limits: &Limits) -> Self {
        Self {
            all: Counts::new(limits.body_bytes),
            of_address: Counts::new(limits.body_bytes_per_address),
        }
    }
}

/// The room that a body takes, so far as it has come.
#[derive(Debug)]
pub(crate) struct BodyPlaces {
    address: Place<IpAddr>,
    all: Place<()>,
}

impl BodyPlaces {
    /// So many more bytes have come.
    ///
    /// # Errors
    /// ThrottlingException when there is no room for them beside those that are under way.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), Fault> {
        let bytes = bytes as u64;
        if self.address.grow(bytes) && self.all.grow(bytes) {
            Ok(())
        } else {
            Err(Fault::rate_exceeded())
        }
    }
}

/// What counts as one address: who has an address of IPv6 mostly has a network of 64 bits.
fn counted(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & NETWORK).into(),
    }
}

/// Where requests without a good signature come from.
#[derive(Debug, Default)]
struct Strangers {
    buckets: Buckets<IpAddr>,
    lines: Buckets<()>,
    /// Refusals that were too many to be written down, since the last that was.
    unwritten: u64,
}

/// A request without a good signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stranger {
    /// There were few of them lately from that address.
    pub(crate) is_rare: bool,
    /// None if its refusal is not to be written down, else how many before it were not, from wherever they came.
    pub(crate) unwritten: Option<u64>,
}

impl Strangers {
    /// `rate` is that of answers at once for one address; none if all are.
    fn meet(&mut self, address: IpAddr, rate: Option<Rate>, now: Timestamp) -> Stranger {
        let is_rare = rate.is_none_or(|rate| self.buckets.try_take(address, rate, now));
        let is_written = is_rare && self.lines.try_take((), STRANGERS_LINES, now);
        if is_written {
            let unwritten = Some(std::mem::take(&mut self.unwritten));
            return Stranger { is_rare, unwritten };
        }
        if self.unwritten == 0 {
            tracing::warn!(%address, "requests without a good signature come too fast to be written down one by one");
        }
        self.unwritten += 1;
        Stranger {
            is_rare,
            unwritten: None,
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

    /// Takes one for a key, unless that would be too much.
    fn enter(self: &Arc<Self>, key: K) -> Option<Place<K>> {
        let mut place = self.place(key);
        place.grow(1).then_some(place)
    }

    /// Takes nothing yet.
    fn place(self: &Arc<Self>, key: K) -> Place<K> {
        Place {
            key,
            amount: 0,
            counts: Arc::clone(self),
        }
    }

    /// Takes so much more for a key, unless that would be too much.
    fn add(&self, key: K, amount: u64) -> bool {
        if self.most == OFF {
            return true;
        }
        let has_room = self.with_shard(key, |counts| {
            let count = counts.get(&key).copied().unwrap_or(0);
            let has_room = amount <= self.most.saturating_sub(count);
            if has_room && amount > 0 {
                counts.insert(key, count + amount);
            }
            has_room
        });
        has_room.unwrap_or(true)
    }

    fn leave(&self, key: K, amount: u64) {
        if self.most == OFF {
            return;
        }
        self.with_shard(key, |counts| {
            if let Some(count) = counts.get_mut(&key) {
                *count = count.saturating_sub(amount);
                if *count == 0 {
                    counts.remove(&key);
                }
            }
        });
    }
}

/// What is taken.
#[derive(Debug)]
pub(crate) struct Place<K: Hash + Eq + Copy> {
    key: K,
    amount: u64,
    counts: Arc<Counts<K>>,
}

impl<K: Hash + Eq + Copy> Place<K> {
    fn grow(&mut self, amount: u64) -> bool {
        let has_room = self.counts.add(self.key, amount);
        if has_room {
            self.amount += amount;
        }
        has_room
    }
}

impl<K: Hash + Eq + Copy> Drop for Place<K> {
    fn drop(&mut self) {
        self.counts.leave(self.key, self.amount);
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
    fn addresses_of_one_network_count_as_one() {
        let guard = guard();
        let [one, other, elsewhere] = ["2001:db8::1", "2001:db8::ffff", "2001:db8:0:1::1"]
            .map(|address| address.parse::<IpAddr>().expect(address));
        let _held = [guard.connect(one), guard.connect(other)];
        assert!(guard.connect(one).is_none());
        guard.connect(elsewhere).expect("another network");
    }

    #[test]
    fn bodies_have_room_by_address_and_in_all() {
        let limits = Limits {
            body_bytes: 10,
            body_bytes_per_address: 6,
            ..Limits::default()
        };
        let guard = Guard::new(&limits, HANDLES);
        let connection = guard.connect(HERE).expect("room");
        let mut first = guard.begin_body(&connection, HERE);
        first.take(4).expect("room");
        first.take(2).expect("room");
        assert_eq!(first.take(1), Err(Fault::rate_exceeded()));
        let mut second = guard.begin_body(&connection, ELSEWHERE);
        second.take(5).expect_err("too much in all");
        let mut third = guard.begin_body(&connection, ELSEWHERE);
        guard
            .identify(&connection, "alice")
            .expect("she is known now");
        let mut proven = guard.begin_body(&connection, HERE);
        proven.take(6).expect("those who are known have their own");
        drop(second);
        third.take(4).expect("the rest");
        drop(first);
        let mut fourth = guard.begin_body(&connection, HERE);
        drop(proven);
        fourth.take(6).expect("there is room again");
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
            unwritten: Some(unwritten),
        };
        let frequent = Stranger {
            is_rare: false,
            unwritten: None,
        };
        let mut strangers = Strangers::default();
        let mut meet = |address, at| strangers.meet(address, guard.refusals, Timestamp(at));
        assert_eq!([meet(HERE, 0), meet(HERE, 0)], [rare(0), rare(0)]);
        assert_eq!(meet(ELSEWHERE, 0), rare(0));
        assert_eq!([meet(HERE, 0), meet(HERE, 1)], [frequent, frequent]);
        assert_eq!(meet(HERE, 1000), rare(2), "two were not written");
        assert_eq!(meet(HERE, 2000), rare(0));
    }

    #[test]
    fn strangers_write_few_lines_wherever_they_come_from() {
        let mut strangers = Strangers::default();
        let mut written = 0;
        for number in 0..5_000 {
            let address = IpAddr::V4(std::net::Ipv4Addr::from_bits(number));
            let stranger = strangers.meet(address, per_second(50), Timestamp(0));
            assert!(stranger.is_rare);
            written += u32::from(stranger.unwritten.is_some());
        }
        assert_eq!(written, STRANGERS_LINES.bucket);
        let next = strangers.meet(HERE, per_second(50), Timestamp(1000));
        assert_eq!(next.unwritten, Some(4_000));
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
