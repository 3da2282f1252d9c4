//! What every backend owes, as checks that panic with what is wrong.
//!
//! Each check gets an empty store and a reader of the same store. A test of a backend runs all of [`CHECKS`].

mod history;
mod lists;
mod retention;
mod rows;
mod samples;

use everbeat_partition::store::{Reader, Store};

/// One check of a store that is empty.
pub type Check = fn(&mut dyn Store, &dyn Reader);

/// All checks with their names.
pub const CHECKS: &[(&str, Check)] = &[
    ("an empty store starts empty", rows::empty),
    ("every kind of row comes back", rows::round_trip),
    (
        "rows are overwritten and removed",
        rows::overwrite_and_remove,
    ),
    ("an event is never written twice", rows::event_twice),
    ("a workflow id has one open run", rows::one_open_run),
    (
        "a run and its successor change in one batch",
        rows::successor,
    ),
    ("a closed run is loaded without its state", rows::closed_run),
    (
        "a snapshot spares the events in it",
        rows::snapshot_spares_events,
    ),
    (
        "a snapshot of another version is passed over",
        rows::snapshot_of_another_version,
    ),
    ("a run that is not there is none", rows::missing),
    (
        "deadlines come by windows, the earliest first",
        rows::deadlines,
    ),
    ("pages of a history", history::pages),
    ("a history of a run that is not there", history::missing),
    ("pages of lists", lists::pages),
    (
        "runs that come and go between pages",
        lists::changes_between_pages,
    ),
    ("expired runs are not listed", lists::expired),
    (
        "expired runs are removed with all their rows",
        retention::removes_what_has_expired,
    ),
    (
        "the run with the greatest key is never removed",
        retention::keeps_the_greatest_key,
    ),
    (
        "many runs and a long history are removed in steps",
        retention::many_and_long,
    ),
];
