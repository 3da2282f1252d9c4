//! Token buckets (protocol.md section 9): what may still be done at a rate, for the partition's decisions and for whoever
//! else counts calls.
//!
//! Whole numbers only, and time is passed in: the same calls at the same times give the same answers. Buckets are
//! memory, not data: after a restart all are full. A full bucket is as good as none and is forgotten, so that there are
//! never more than were used lately. Which rate applies is in [`everbeat_model::rates`].

use alloc::collections::BTreeMap;

use everbeat_model::{DecisionType, Limits, Name, Rate, RateSettings, Throttled, Timestamp};

use crate::rows::{DomainId, Realm};

/// A token is counted in so many parts: a refill of n tokens a second is n parts a millisecond.
const PARTS: u64 = 1000;
/// Full buckets are looked for when there are so many, and from then on whenever their number has doubled.
const FIRST_SWEEP: usize = 1024;

/// One token bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenBucket {
    rate: Rate,
    /// Parts that were missing at `at`.
    missing: u64,
    /// The latest time that it was told.
    at: Timestamp,
}

impl TokenBucket {
    /// A full bucket.
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            missing: 0,
            at: Timestamp(i64::MIN),
        }
    }

    /// Parts that are missing now. A time before the latest one counts as the latest one.
    fn missing(&self, now: Timestamp) -> u64 {
        let passed = u64::try_from(now.0.saturating_sub(self.at.0)).unwrap_or(0);
        self.missing
            .saturating_sub(passed.saturating_mul(u64::from(self.rate.refill)))
    }

    /// Whole tokens that are there.
    pub fn room(&self, now: Timestamp) -> u64 {
        let whole = u64::from(self.rate.bucket) * PARTS;
        whole.saturating_sub(self.missing(now)) / PARTS
    }

    /// Takes so many tokens, at most all that are there.
    pub fn take(&mut self, count: u64, now: Timestamp) {
        let whole = u64::from(self.rate.bucket) * PARTS;
        let taken = count.min(self.room(now)) * PARTS;
        self.missing = self.missing(now).saturating_add(taken).min(whole);
        self.at = self.at.max(now);
    }

    fn is_full(&self, now: Timestamp) -> bool {
        self.missing(now) == 0
    }
}

/// The buckets of many that have a rate each, by their names.
#[derive(Debug, Clone)]
pub struct Buckets<K> {
    buckets: BTreeMap<K, TokenBucket>,
    sweep_at: usize,
}

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Self {
            buckets: BTreeMap::new(),
            sweep_at: FIRST_SWEEP,
        }
    }
}

impl<K: Ord> Buckets<K> {
    /// How many times `key` may act now.
    pub fn room(&self, key: &K, rate: Rate, now: Timestamp) -> u64 {
        self.buckets
            .get(key)
            .map_or(u64::from(rate.bucket), |bucket| bucket.room(now))
    }

    /// `key` acts so many times; what there is no room for is not counted.
    pub fn take(&mut self, key: K, rate: Rate, count: u64, now: Timestamp) {
        if count == 0 {
            return;
        }
        self.buckets
            .entry(key)
            .or_insert_with(|| TokenBucket::new(rate))
            .take(count, now);
        if self.buckets.len() >= self.sweep_at {
            self.buckets.retain(|_, bucket| !bucket.is_full(now));
            self.sweep_at = FIRST_SWEEP.max(self.buckets.len() * 2);
        }
    }

    /// `key` acts once, if there is room for it.
    pub fn try_take(&mut self, key: K, rate: Rate, now: Timestamp) -> bool {
        let has_room = self.room(&key, rate, now) > 0;
        if has_room {
            self.take(key, rate, 1, now);
        }
        has_room
    }

    /// Number of buckets that are remembered.
    pub fn len(&self) -> usize {
        self.buckets.len()
    }

    /// No bucket is remembered: all are full.
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }
}

/// The rates of decisions, each for an account in a region, and of activity tasks for each task list.
#[derive(Debug, Default)]
pub struct Rates {
    settings: RateSettings,
    /// Tasks that may be scheduled on one list.
    on_list: Option<Rate>,
    decisions: Buckets<(Realm, DecisionType)>,
    lists: Buckets<(DomainId, Name)>,
}

impl Rates {
    /// All buckets full.
    pub fn new(settings: &RateSettings, limits: &Limits) -> Self {
        Self {
            settings: settings.clone(),
            on_list: per_second(limits.activities_per_second_and_list),
            ..Self::default()
        }
    }

    /// How many decisions of that type callers of the realm may make now; `u64::MAX` when the rate is off.
    pub fn room(&self, realm: &Realm, decision: DecisionType, now: Timestamp) -> u64 {
        match self.settings.get(Throttled::Decision(decision)) {
            Some(rate) => self.decisions.room(&(realm.clone(), decision), rate, now),
            None => u64::MAX,
        }
    }

    /// So many decisions of that type were made. Those that failed for another reason do not count.
    pub fn take(&mut self, realm: &Realm, decision: DecisionType, count: u64, now: Timestamp) {
        if let Some(rate) = self.settings.get(Throttled::Decision(decision)) {
            self.decisions
                .take((realm.clone(), decision), rate, count, now);
        }
    }

    /// How many activity tasks may be scheduled on that list now; `u64::MAX` when the rate is off.
    pub fn room_on_list(&self, domain: DomainId, list: &Name, now: Timestamp) -> u64 {
        match self.on_list {
            Some(rate) => self.lists.room(&(domain, list.clone()), rate, now),
            None => u64::MAX,
        }
    }

    /// So many activity tasks were scheduled on that list.
    pub fn take_on_list(&mut self, domain: DomainId, list: &Name, count: u64, now: Timestamp) {
        if let Some(rate) = self.on_list {
            self.lists.take((domain, list.clone()), rate, count, now);
        }
    }
}

/// A bucket that holds what comes back in a second; none for a number that is too great to be reached.
pub fn per_second(limit: u64) -> Option<Rate> {
    let number = u32::try_from(limit).ok()?;
    Some(Rate {
        bucket: number,
        refill: number,
    })
}

#[cfg(test)]
mod tests;
