//! How many of each there are, and the places that are taken.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use everbeat_model::limits::OFF;

/// Counts behind several locks, so that callers seldom wait for each other.
const SHARDS: usize = 16;

/// How many of each there are.
#[derive(Debug)]
pub(super) struct Counts<K> {
    most: u64,
    shards: Vec<Mutex<HashMap<K, u64>>>,
    hasher: RandomState,
}

impl<K: Hash + Eq + Copy> Counts<K> {
    pub(super) fn new(most: u64) -> Arc<Self> {
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
    pub(super) fn enter(self: &Arc<Self>, key: K) -> Option<Place<K>> {
        let mut place = self.place(key);
        place.grow(1).then_some(place)
    }

    /// Takes nothing yet.
    pub(super) fn place(self: &Arc<Self>, key: K) -> Place<K> {
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
    /// Whether it was taken for that key.
    pub(super) fn is_of(&self, key: K) -> bool {
        self.key == key
    }

    /// Takes so much more, unless that would be too much.
    pub(super) fn grow(&mut self, amount: u64) -> bool {
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

    #[test]
    fn what_is_off_is_not_counted() {
        let counts = Counts::new(OFF);
        let _places = [(); 100].map(|()| counts.enter("alice").expect("room"));
        for shard in &counts.shards {
            assert!(shard.lock().expect("no panic before").is_empty());
        }
    }
}
