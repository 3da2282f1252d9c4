//! Latencies on a logarithmic scale: 64 buckets for each power of two, so that a percentile is off by less than 1 %.

use std::time::Duration;

/// Buckets for each power of two, as a power of two.
const STEP_BITS: u32 = 6;
const STEPS: usize = 1 << STEP_BITS;
/// Enough for every `u64`: values below 64 have a bucket each, the 58 powers of two above have 64 each.
const BUCKETS: usize = (u64::BITS - STEP_BITS + 1) as usize * STEPS;

/// How often each latency was seen.
#[derive(Debug, Clone)]
pub(crate) struct Histogram {
    buckets: Vec<u64>,
    count: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            buckets: vec![0; BUCKETS],
            count: 0,
        }
    }
}

impl Histogram {
    pub(crate) fn record(&mut self, latency: Duration) {
        let nanoseconds = u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX);
        if let Some(bucket) = self.buckets.get_mut(bucket_of(nanoseconds)) {
            *bucket += 1;
            self.count += 1;
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (own, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *own += theirs;
        }
        self.count += other.count;
    }

    /// How many latencies there are.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// The least latency that `percent` (0 to 100) of all do not exceed; zero if there are none.
    pub(crate) fn percentile(&self, percent: f64) -> Duration {
        let wanted = (self.count as f64 * percent / 100.0).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (index, count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return Duration::from_nanos(middle_of(index));
            }
        }
        Duration::ZERO
    }
}

fn bucket_of(value: u64) -> usize {
    let power = (u64::BITS - value.leading_zeros()).saturating_sub(STEP_BITS + 1);
    power as usize * STEPS + (value >> power) as usize
}

fn middle_of(bucket: usize) -> u64 {
    let power = (bucket / STEPS).saturating_sub(1);
    let step = (bucket - power * STEPS) as u64;
    (step << power) + ((1 << power) >> 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_within_one_percent() {
        let mut histogram = Histogram::default();
        for microseconds in 1..=10_000 {
            histogram.record(Duration::from_micros(microseconds));
        }
        assert_eq!(histogram.count(), 10_000);
        for (percent, exact_us) in [
            (0.01, 1.0),
            (50.0, 5_000.0),
            (99.0, 9_900.0),
            (100.0, 10_000.0),
        ] {
            let us = histogram.percentile(percent).as_secs_f64() * 1e6;
            assert!((us / exact_us - 1.0).abs() < 0.01, "{percent} %: {us} µs");
        }
    }

    #[test]
    fn every_value_has_a_bucket_that_holds_it() {
        let mut previous = 0;
        for value in (0..200)
            .chain((8..64).map(|bits| (1 << bits) - 1))
            .chain([u64::MAX])
        {
            let bucket = bucket_of(value);
            assert!(bucket < BUCKETS && bucket >= previous, "{value}");
            assert_eq!(bucket_of(middle_of(bucket)), bucket, "{value}");
            previous = bucket;
        }
        assert_eq!(bucket_of(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn merging_adds_and_nothing_is_zero() {
        let mut sum = Histogram::default();
        assert_eq!(sum.percentile(99.0), Duration::ZERO);
        let mut one = Histogram::default();
        one.record(Duration::from_nanos(7));
        sum.merge(&one);
        sum.merge(&one);
        assert_eq!(
            (sum.count(), sum.percentile(50.0)),
            (2, Duration::from_nanos(7))
        );
    }
}
