use super::*;
use alloc::{format, vec::Vec};

const SECOND: i64 = 1000;

fn rate(bucket: u32, refill: u32) -> Rate {
    Rate { bucket, refill }
}

fn at(milliseconds: i64) -> Timestamp {
    Timestamp(1_700_000_000_000 + milliseconds)
}

fn realm(account: &str, region: &str) -> Realm {
    Realm {
        account: account.into(),
        region: region.into(),
    }
}

#[test]
fn a_bucket_empties_at_once_and_fills_in_time() {
    let mut bucket = TokenBucket::new(rate(3, 2));
    assert_eq!(bucket.room(at(0)), 3);
    bucket.take(3, at(0));
    // Two tokens a second: one every half.
    for (time, room) in [
        (0, 0),
        (499, 0),
        (500, 1),
        (999, 1),
        (1000, 2),
        (1500, 3),
        (9000, 3),
    ] {
        assert_eq!(bucket.room(at(time)), room, "at {time} ms");
    }
}

#[test]
fn parts_of_tokens_are_kept() {
    let mut bucket = TokenBucket::new(rate(1, 3));
    // Asked every millisecond, it gives what three a second are, and the one that it held.
    let given = (0..10 * SECOND).filter(|time| {
        let has_room = bucket.room(at(*time)) > 0;
        bucket.take(1, at(*time));
        has_room
    });
    assert_eq!(given.count(), 1 + 29);
}

#[test]
fn more_than_there_is_cannot_be_taken() {
    let mut bucket = TokenBucket::new(rate(2, 1));
    bucket.take(1_000_000, at(0));
    assert_eq!(bucket.room(at(1000)), 1, "no debt was made");
}

#[test]
fn time_that_goes_back_gives_nothing() {
    let mut bucket = TokenBucket::new(rate(2, 1));
    bucket.take(2, at(10 * SECOND));
    assert_eq!(bucket.room(at(0)), 0);
    bucket.take(0, at(0));
    assert_eq!(bucket.room(at(10 * SECOND)), 0);
    assert_eq!(bucket.room(at(11 * SECOND)), 1);
    // Times at the ends of their range do no harm.
    assert_eq!(bucket.room(Timestamp(i64::MAX)), 2);
    assert_eq!(bucket.room(Timestamp(i64::MIN)), 0);
}

#[test]
fn full_buckets_are_forgotten() {
    let mut buckets = Buckets::default();
    let (one, quick) = (rate(5, 1), rate(1, 1000));
    buckets.take("kept", one, 5, at(0));
    let mut most = 0;
    for second in 1..=4i64 {
        for number in 0..2000 {
            let name: &str = format!("{second} {number}").leak();
            buckets.take(name, quick, 1, at(second * SECOND));
        }
        most = most.max(buckets.len());
    }
    assert!(most < 5000, "{most} buckets were remembered");
    assert_eq!(
        buckets.room(&"kept", one, at(4 * SECOND)),
        4,
        "4 of 5 came back"
    );
    assert_eq!(buckets.room(&"never seen", one, at(4 * SECOND)), 5);
}

#[test]
fn accounts_regions_decisions_and_lists_have_buckets_of_their_own() {
    let mut settings = RateSettings::default();
    settings.set(
        Throttled::Decision(DecisionType::StartTimer),
        Some(rate(2, 1)),
    );
    let limits = Limits {
        activities_per_second_and_list: 3,
        ..Limits::default()
    };
    let mut rates = Rates::new(&settings, &limits);
    let here = realm("1", "a");
    rates.take(&here, DecisionType::StartTimer, 2, at(0));
    let rooms: Vec<u64> = [&here, &realm("2", "a"), &realm("1", "b")]
        .into_iter()
        .map(|realm| rates.room(realm, DecisionType::StartTimer, at(0)))
        .collect();
    assert_eq!(rooms, [0, 2, 2]);
    assert_eq!(
        rates.room(&here, DecisionType::ScheduleActivityTask, at(0)),
        u64::MAX
    );
    rates.take_on_list(DomainId(1), &"a".into(), 3, at(0));
    let room = |domain, list: &str| rates.room_on_list(DomainId(domain), &list.into(), at(0));
    assert_eq!([room(1, "a"), room(1, "b"), room(2, "a")], [0, 3, 3]);
    assert_eq!(rates.room_on_list(DomainId(1), &"a".into(), at(334)), 1);
}

#[test]
fn rates_are_off_unless_set() {
    let mut rates = Rates::new(&RateSettings::default(), &Limits::default());
    let here = realm("1", "a");
    for decision in DecisionType::ALL {
        rates.take(&here, *decision, 1_000_000, at(0));
        assert_eq!(rates.room(&here, *decision, at(0)), u64::MAX);
    }
    rates.take_on_list(DomainId(1), &"a".into(), 1_000_000, at(0));
    assert_eq!(
        rates.room_on_list(DomainId(1), &"a".into(), at(0)),
        u64::MAX
    );
    assert!(rates.decisions.is_empty() && rates.lists.is_empty());
    // Amazon's own: no rate is known for two of the decisions.
    let rates = Rates::new(&RateSettings::aws(), &Limits::aws());
    assert_eq!(rates.room(&here, DecisionType::StartTimer, at(0)), 2000);
    assert_eq!(
        rates.room(&here, DecisionType::ScheduleLambdaFunction, at(0)),
        u64::MAX
    );
    assert_eq!(rates.room_on_list(DomainId(1), &"a".into(), at(0)), 2000);
}
