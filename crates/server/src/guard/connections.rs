//! The places of connections, and who gives way when they are taken.
//!
//! Where callers prove who they are, a connection on which nobody has done so yet has its place on sufferance: when there
//! is none left, the oldest such connection ends, and a new one gets its place. Otherwise two addresses that say nothing
//! could shut everybody out. A caller proves itself with its first request, and keeps its place from then on.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::counts::{Counts, Place};

/// All places.
#[derive(Debug)]
pub(super) struct Connections {
    all: Arc<Counts<()>>,
    of_address: Arc<Counts<IpAddr>>,
    /// None where nobody proves anything: then all are served alike.
    unproven: Option<Arc<Unproven>>,
}

impl Connections {
    /// So many in all, and so many of one address.
    pub(super) fn new(most: u64, most_of_address: u64, callers_prove_themselves: bool) -> Self {
        Self {
            all: Counts::new(most),
            of_address: Counts::new(most_of_address),
            unproven: callers_prove_themselves.then(Arc::default),
        }
    }

    /// Places for a connection from an address; none when there are too many, and nobody who could give way.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Taken> {
        let of_address = self.of_address.enter(address).or_else(|| {
            self.make_room(Some(address));
            self.of_address.enter(address)
        })?;
        let all = self.all.enter(()).or_else(|| {
            self.make_room(None);
            self.all.enter(())
        })?;
        let held = Arc::new(Held {
            places: Mutex::new(Some((all, of_address))),
            gave_way: Notify::new(),
        });
        let sufferance = self.unproven.as_ref().map(|unproven| Sufferance {
            number: unproven.enter(address, &held),
            unproven: Arc::clone(unproven),
        });
        Some(Taken { held, sufferance })
    }

    fn make_room(&self, of: Option<IpAddr>) {
        let oldest = self
            .unproven
            .as_ref()
            .and_then(|unproven| unproven.take_oldest(of));
        if let Some(oldest) = oldest {
            oldest.give_way();
        }
    }
}

/// The places of a connection that has just come.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) held: Arc<Held>,
    /// None if the connection is to stay whatever comes.
    pub(super) sufferance: Option<Sufferance>,
}

/// Places, until the connection ends or gives way.
#[derive(Debug)]
pub(crate) struct Held {
    places: Mutex<Option<(Place<()>, Place<IpAddr>)>>,
    gave_way: Notify,
}

impl Held {
    /// The places are free at once, although the connection takes a moment to end.
    fn give_way(&self) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        *places = None;
        self.gave_way.notify_one();
    }

    /// Ends when the connection is to end in favour of another.
    pub(crate) async fn gave_way(&self) {
        self.gave_way.notified().await;
    }
}

/// While it lives, the connection is one of those that give way.
#[derive(Debug)]
pub(super) struct Sufferance {
    number: u64,
    unproven: Arc<Unproven>,
}

impl Sufferance {
    /// Makes the connection one that stays. Whether it had not given way before.
    pub(super) fn end(self) -> bool {
        self.unproven.leave(self.number)
    }
}

impl Drop for Sufferance {
    fn drop(&mut self) {
        self.unproven.leave(self.number);
    }
}

/// Connections on which nobody has proven who he is.
#[derive(Debug, Default)]
struct Unproven(Mutex<Queue>);

/// Numbers are given in the order of arrival.
#[derive(Debug, Default)]
struct Queue {
    next: u64,
    by_age: BTreeMap<u64, (IpAddr, Arc<Held>)>,
    by_address: BTreeSet<(IpAddr, u64)>,
}

impl Unproven {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, address: IpAddr, held: &Arc<Held>) -> u64 {
        let mut queue = self.queue();
        let number = queue.next;
        queue.next += 1;
        queue.by_age.insert(number, (address, Arc::clone(held)));
        queue.by_address.insert((address, number));
        number
    }

    /// Whether it was there.
    fn leave(&self, number: u64) -> bool {
        self.queue().take(number).is_some()
    }

    fn take_oldest(&self, of: Option<IpAddr>) -> Option<Arc<Held>> {
        let mut queue = self.queue();
        let oldest = match of {
            None => *queue.by_age.first_key_value()?.0,
            Some(address) => {
                let mut those = queue
                    .by_address
                    .range((address, u64::MIN)..=(address, u64::MAX));
                those.next()?.1
            }
        };
        queue.take(oldest)
    }
}

impl Queue {
    fn take(&mut self, number: u64) -> Option<Arc<Held>> {
        let (address, held) = self.by_age.remove(&number)?;
        self.by_address.remove(&(address, number));
        Some(held)
    }
}
