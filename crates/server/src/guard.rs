//! Limits that keep callers from each other: connections in all, from one address and of one identity, polls and calls of
//! one identity, and how fast requests without a good signature are answered.
//!
//! A place is taken for as long as its holder lives. What is off (limits.rs of the model) is not counted.

mod bodies;
mod connections;
mod counts;
mod strangers;

use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use everbeat_model::{Fault, FaultKind, Limits, Rate, Timestamp};
use everbeat_partition::rates::per_second;

use bodies::Bodies;
pub(crate) use bodies::BodyPlaces;
use connections::{Connections, Held, Sufferance, Taken};
use counts::Counts;
pub(crate) use counts::Place;
use strangers::{Stranger, Strangers};

/// File handles for the data, the logs, and connections that are refused.
const RESERVED_HANDLES: u64 = 256;
/// A refusal beyond the rate is answered so much later.
const REFUSAL_PAUSE: Duration = Duration::from_secs(1);
/// The first 64 bits of an address of IPv6.
const NETWORK: u128 = u128::MAX << 64;

/// All counts.
#[derive(Debug)]
pub(crate) struct Guard {
    connections: Connections,
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
    /// enough for the rest, and those from one address no more than three quarters of that. Where callers prove who they
    /// are, those who have not done so yet give way to others.
    pub(crate) fn new(limits: &Limits, file_handles: u64, callers_prove_themselves: bool) -> Self {
        let most = file_handles.saturating_sub(RESERVED_HANDLES).max(1);
        Self {
            connections: Connections::new(
                limits.connections.min(most),
                limits.connections_per_address.min(most - most / 4),
                callers_prove_themselves,
            ),
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
        let Taken { held, sufferance } = self.connections.enter(counted(address))?;
        let standing = Standing {
            sufferance,
            identity: None,
        };
        Some(ConnectionPlaces {
            held,
            standing: Mutex::new(standing),
        })
    }

    /// Says that an identity calls on a connection, and has proven that it does. A connection is of the identity that
    /// called last.
    ///
    /// # Errors
    /// ThrottlingException when the identity has too many, or when the connection has given way already.
    pub(crate) fn identify(&self, connection: &ConnectionPlaces, arn: &str) -> Result<(), Fault> {
        let identity = self.hasher.hash_one(arn);
        let mut standing = connection.standing();
        if let Some(held) = &standing.identity
            && held.is_of(identity)
        {
            return Ok(());
        }
        // Who is one too many stays what he was, and so may have to give way.
        let place = self.of_identity.enter(identity);
        let place = place.ok_or_else(Fault::rate_exceeded)?;
        if let Some(sufferance) = standing.sufferance.take()
            && !sufferance.end()
        {
            // The connection is about to end: what is not begun can be asked again on another.
            return Err(Fault::rate_exceeded());
        }
        standing.identity = Some(place);
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
        let bodies = match connection.standing().identity {
            Some(_) => &self.bodies,
            None => &self.bodies_of_strangers,
        };
        bodies.begin(counted(address))
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

/// What counts as one address: who has an address of IPv6 mostly has a network of 64 bits.
fn counted(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & NETWORK).into(),
    }
}

/// The places of a connection.
#[derive(Debug)]
pub(crate) struct ConnectionPlaces {
    held: Arc<Held>,
    standing: Mutex<Standing>,
}

/// What is known of who calls on a connection.
#[derive(Debug)]
struct Standing {
    /// While nobody has proven who he is.
    sufferance: Option<Sufferance>,
    identity: Option<Place<u64>>,
}

impl ConnectionPlaces {
    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To learn when the connection is to end in favour of another.
    pub(crate) fn held(&self) -> Arc<Held> {
        Arc::clone(&self.held)
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const HANDLES: u64 = 1 << 20;
    const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));

    fn guard(callers_prove_themselves: bool) -> Guard {
        let limits = Limits {
            connections: 3,
            connections_per_address: 2,
            connections_per_identity: 1,
            polls_per_identity: 1,
            calls_per_identity: 1,
            ..Limits::default()
        };
        Guard::new(&limits, HANDLES, callers_prove_themselves)
    }

    #[test]
    fn connections_leave_file_handles_for_the_rest() {
        let guard = Guard::new(&Limits::default(), RESERVED_HANDLES + 4, false);
        let _three = [1, 2, 3].map(|_| guard.connect(HERE).expect("three quarters"));
        assert!(guard.connect(HERE).is_none());
        let _one = guard.connect(ELSEWHERE).expect("the rest");
        assert!(guard.connect(ELSEWHERE).is_none());
    }

    #[test]
    fn connections_are_counted_by_address_and_in_all() {
        let guard = guard(false);
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
        let guard = guard(false);
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
        let guard = Guard::new(&limits, HANDLES, true);
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
        let guard = guard(false);
        let _held = [guard.connect(HERE), guard.connect(HERE)];
        for _ in 0..5 {
            assert!(guard.connect(HERE).is_none());
        }
        guard.connect(ELSEWHERE).expect("the third in all");
    }

    /// Whether it has been told to end.
    fn gave_way(connection: &ConnectionPlaces) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        pin!(connection.held.gave_way())
            .poll(&mut context)
            .is_ready()
    }

    #[test]
    fn who_has_proven_nothing_gives_way_the_oldest_first() {
        let guard = guard(true);
        let [one, two] = [(); 2].map(|()| guard.connect(ELSEWHERE).expect("room"));
        let _three = guard.connect(HERE).expect("room");
        let four = guard.connect(HERE).expect("the oldest gives way");
        assert!(gave_way(&one) && !gave_way(&two));
        guard.identify(&two, "alice").expect("room");
        let five = guard.connect(HERE).expect("the oldest from here gives way");
        assert!(!gave_way(&two) && !gave_way(&four));
        guard.identify(&four, "bob").expect("room");
        guard.identify(&five, "carol").expect("room");
        assert!(guard.connect(ELSEWHERE).is_none(), "nobody gives way");
        assert!([&two, &four, &five].into_iter().all(|one| !gave_way(one)));
        drop(one);
        assert!(guard.connect(ELSEWHERE).is_none(), "its place was taken");
        drop(five);
        guard.connect(ELSEWHERE).expect("a place is free again");
    }

    #[test]
    fn who_gives_way_to_its_own_address_takes_nobody_elses_place() {
        let guard = guard(true);
        let elsewhere = guard.connect(ELSEWHERE).expect("room");
        let [one, two] = [(); 2].map(|()| guard.connect(HERE).expect("room"));
        let [_three, _four] = [(); 2].map(|()| guard.connect(HERE).expect("the others give way"));
        assert!(!gave_way(&elsewhere) && gave_way(&one) && gave_way(&two));
    }

    #[test]
    fn a_connection_is_of_the_identity_that_called_last() {
        let guard = guard(true);
        let one = guard.connect(HERE).expect("room");
        let other = guard.connect(HERE).expect("room");
        guard.identify(&one, "alice").expect("her only one");
        guard.identify(&one, "alice").expect("it is hers already");
        assert_eq!(guard.identify(&other, "alice"), Err(Fault::rate_exceeded()));
        guard.identify(&one, "bob").expect("it is his now");
        guard.identify(&other, "alice").expect("she has none else");
    }

    #[test]
    fn who_is_one_too_many_of_its_identity_gives_way() {
        let guard = guard(true);
        let [one, other] = [(); 2].map(|()| guard.connect(ELSEWHERE).expect("room"));
        guard.identify(&one, "alice").expect("her only one");
        guard.identify(&other, "alice").expect_err("one too many");
        let _here = guard.connect(HERE).expect("room");
        let _newcomer = guard.connect(ELSEWHERE).expect("the refused one gives way");
        assert!(gave_way(&other) && !gave_way(&one));
    }

    #[test]
    fn who_has_given_way_begins_nothing() {
        let guard = guard(true);
        let [one, _other] = [(); 2].map(|()| guard.connect(HERE).expect("room"));
        let _newcomer = guard.connect(HERE).expect("the oldest gives way");
        assert_eq!(guard.identify(&one, "alice"), Err(Fault::rate_exceeded()));
        let later = guard.connect(ELSEWHERE).expect("room");
        guard.identify(&later, "alice").expect("her only one");
    }

    #[test]
    fn polls_and_calls_have_counts_of_their_own() {
        let guard = guard(true);
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
}
