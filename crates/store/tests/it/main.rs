//! All tests of the store: the checks that every backend passes, and what is particular to one of them.

mod faulty;
mod formats;
mod sqlite;

use std::path::Path;

use everbeat_store::conformance::CHECKS;
use everbeat_store::{MemoryStore, Options, SqliteReader, SqliteStore};

/// A store in a folder, with the usual options.
fn open(folder: &Path) -> (SqliteStore, SqliteReader) {
    SqliteStore::open(folder, &Options::default()).expect("the folder can be used")
}

#[test]
fn memory_conforms() {
    for (name, check) in CHECKS {
        println!("{name}");
        let mut store = MemoryStore::new();
        let reader = store.clone();
        check(&mut store, &reader);
    }
}

#[test]
fn sqlite_conforms() {
    for (name, check) in CHECKS {
        println!("{name}");
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (mut store, reader) = open(folder.path());
        check(&mut store, &reader);
    }
}
