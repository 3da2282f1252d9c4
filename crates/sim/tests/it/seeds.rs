//! The fixed list of seeds.

use std::collections::BTreeSet;

use everbeat_model::EventType;
use everbeat_sim::run;

/// The seeds of the list, as the command line reads them.
fn listed() -> Vec<u64> {
    include_str!("../../seeds.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.parse().expect("a seed is a number"))
        .collect()
}

#[test]
fn the_first_seeds_of_the_list_hold_for_a_while() {
    let mut seen = BTreeSet::new();
    for seed in listed().into_iter().take(12) {
        let report = run(seed, 500).unwrap_or_else(|failure| panic!("{failure}"));
        assert!(report.runs > 20, "seed {seed} does next to nothing");
        seen.extend(report.event_types);
    }
    let types = EventType::ALL.iter().map(|event_type| event_type.as_str());
    let missing: Vec<_> = types.filter(|name| !seen.contains(name)).collect();
    assert_eq!(
        missing,
        ["RecordMarkerFailed"],
        "nobody denies anything here"
    );
}

#[test]
fn a_seed_always_gives_the_same_run() {
    let first = run(7, 500);
    assert_eq!(first, run(7, 500));
    let hash = |seed| run(seed, 500).map(|report| report.hash);
    assert_ne!(hash(7), hash(8), "another seed is another run");
}

#[test]
fn no_seed_is_listed_twice() {
    let mut seeds = listed();
    seeds.sort_unstable();
    let all = seeds.len();
    seeds.dedup();
    assert_eq!(seeds.len(), all);
}
