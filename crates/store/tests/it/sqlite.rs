//! What is particular to SQLite: opening, closing, crashes, damage, and what an operator is told.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use everbeat_model::{CloseStatus, EventId, Timestamp, WorkflowExecutionInfo};
use everbeat_partition::rows::{Batch, DomainId, ExecutionRow, RunKey};
use everbeat_partition::store::{HistoryQuery, Reader, Store, StoreError};
use everbeat_store::{KeyStore, OpenError, Options, SqliteStore};
use rusqlite::Connection;
use tempfile::{TempDir, tempdir};

use crate::open;

pub(crate) const FILE: &str = "everbeat.sqlite";

pub(crate) fn folder() -> TempDir {
    tempdir().expect("a folder can be made")
}

fn refusal(folder: &Path) -> OpenError {
    match SqliteStore::open(folder, &Options::default()) {
        Ok(_) => panic!("the folder must be refused"),
        Err(error) => error,
    }
}

/// A batch that adds one event to a run.
fn event(run: u64, id: i64, line: &str) -> Batch {
    let mut batch = Batch::default();
    batch.append_event(RunKey(run), EventId(id), line);
    batch
}

fn whole_history(run: u64) -> HistoryQuery {
    HistoryQuery {
        run: RunKey(run),
        from: EventId(1),
        to: EventId(i64::MAX),
        reverse: false,
        max_events: 1_000_000,
        max_bytes: usize::MAX,
    }
}

pub(crate) fn history(reader: &dyn Reader, run: u64) -> Vec<String> {
    reader
        .history(&whole_history(run))
        .expect("a history can be read")
        .events
}

#[test]
fn rows_outlast_closing_and_the_log_is_gone() {
    let folder = folder();
    let (mut store, reader) = open(folder.path());
    store.commit(&event(1, 1, "one")).unwrap();
    assert!(store.wal_bytes() > 0 && reader.wal_bytes() == store.wal_bytes());
    drop((store, reader));
    let log = folder.path().join("everbeat.sqlite-wal");
    assert!(fs::metadata(log).map_or(0, |log| log.len()) == 0);
    let (_store, reader) = open(folder.path());
    assert_eq!(history(&reader, 1), ["one"]);
}

/// What a commit has acknowledged is in the files as they are at that moment.
#[test]
fn rows_outlast_a_kill() {
    let (running, killed) = (folder(), folder());
    let (mut store, _reader) = open(running.path());
    for id in 1..=20 {
        store.commit(&event(1, id, "line")).unwrap();
    }
    for name in [FILE, "everbeat.sqlite-wal"] {
        fs::copy(running.path().join(name), killed.path().join(name)).unwrap();
    }
    let (_store, reader) = open(killed.path());
    assert_eq!(history(&reader, 1).len(), 20);
}

/// A log that was cut in the middle of its last commit loses that commit and no other.
#[test]
fn a_torn_commit_is_not_there() {
    let (running, killed) = (folder(), folder());
    let (mut store, _reader) = open(running.path());
    store.commit(&event(1, 1, "whole")).unwrap();
    let before = fs::metadata(running.path().join("everbeat.sqlite-wal"))
        .unwrap()
        .len();
    store.commit(&event(1, 2, &"torn".repeat(5000))).unwrap();
    for name in [FILE, "everbeat.sqlite-wal"] {
        fs::copy(running.path().join(name), killed.path().join(name)).unwrap();
    }
    let log = killed.path().join("everbeat.sqlite-wal");
    let log = fs::OpenOptions::new().write(true).open(log).unwrap();
    assert!(log.metadata().unwrap().len() > before + 8192);
    log.set_len(before + 8192).unwrap();
    let (_store, reader) = open(killed.path());
    assert_eq!(history(&reader, 1), ["whole"]);
}

#[test]
fn a_second_server_is_refused_until_the_first_is_gone() {
    let folder = folder();
    let first = open(folder.path());
    let error = refusal(folder.path());
    let text = error.to_string();
    assert!(matches!(error, OpenError::Locked { .. }), "{text}");
    assert!(
        text.contains(&folder.path().display().to_string()),
        "{text}"
    );
    drop(first);
    open(folder.path());
}

#[test]
fn a_file_of_another_program_is_refused_and_left_untouched() {
    let folder = folder();
    let file = folder.path().join(FILE);
    Connection::open(&file)
        .unwrap()
        .execute_batch("CREATE TABLE theirs (x)")
        .unwrap();
    let before = fs::read(&file).unwrap();
    let error = refusal(folder.path());
    assert!(matches!(error, OpenError::Foreign { .. }), "{error}");
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn a_newer_file_is_refused() {
    let folder = folder();
    drop(open(folder.path()));
    let file = folder.path().join(FILE);
    Connection::open(&file)
        .unwrap()
        .execute_batch("PRAGMA user_version = 99")
        .unwrap();
    let error = refusal(folder.path());
    assert!(
        matches!(error, OpenError::Newer { found: 99, .. }),
        "{error}"
    );
    assert!(
        error.to_string().contains("newer version of this program"),
        "{error}"
    );
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let folder = folder();
    fs::write(folder.path().join(FILE), "just a text ".repeat(1000)).unwrap();
    let error = refusal(folder.path());
    assert!(matches!(error, OpenError::Corrupt { .. }), "{error}");
    assert!(
        error.to_string().contains("restore it from a backup"),
        "{error}"
    );
}

/// Rubbish over most of the file, but its first pages: reads and writes say so, and nothing panics.
#[test]
fn damage_in_the_middle_is_reported() {
    let folder = folder();
    let (mut store, reader) = open(folder.path());
    let lines = "x".repeat(450);
    for run in 1..=400 {
        store.commit(&event(run, 1, &lines)).unwrap();
    }
    drop((store, reader));
    let path = folder.path().join(FILE);
    let mut file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    let length = file.metadata().unwrap().len();
    // Behind the roots of the tables, which lie at the front.
    let from = 48 * 4096;
    assert!(length > from + 10 * 4096, "{length}");
    file.seek(SeekFrom::Start(from)).unwrap();
    file.write_all(&vec![0xA5; usize::try_from(length - from).unwrap()])
        .unwrap();
    drop(file);

    let (mut store, reader) = open(folder.path());
    let read = reader.history(&whole_history(150));
    assert!(matches!(read, Err(StoreError::Corrupt(_))), "{read:?}");
    let written = store.commit(&event(401, 1, &lines));
    assert!(
        matches!(written, Err(StoreError::Corrupt(_))),
        "{written:?}"
    );
}

/// A column that holds something else than this program writes.
#[test]
fn a_row_that_is_not_what_it_should_be_is_reported() {
    let folder = folder();
    let (mut store, reader) = open(folder.path());
    store.commit(&event(1, 1, "one")).unwrap();
    let shell = Connection::open(folder.path().join(FILE)).unwrap();
    shell.execute_batch("UPDATE events SET count = 3").unwrap();
    let read = reader.history(&whole_history(1));
    assert!(matches!(read, Err(StoreError::Corrupt(_))), "{read:?}");
    shell
        .execute_batch("INSERT INTO domains VALUES (1, 'a', 'b', 'c', 'GONE', NULL, '1', '[]')")
        .unwrap();
    let read = store.load_start(Timestamp(0));
    assert!(matches!(read, Err(StoreError::Corrupt(_))), "{read:?}");
}

/// Full: writes are refused, reads go on, and so do writes once there is room.
#[test]
fn a_full_disk_refuses_writes_and_recovers() {
    let folder = folder();
    let options = Options {
        max_bytes: Some(90 * 4096),
        ..Options::default()
    };
    let (mut store, reader) = SqliteStore::open(folder.path(), &options).unwrap();
    let lines = "x".repeat(20_000);
    let mut kept = 0;
    let refused = loop {
        match store.commit(&event(1, kept + 1, &lines)) {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 90);
    };
    assert_eq!(refused, StoreError::Full);
    assert!(kept > 0);
    assert_eq!(history(&reader, 1).len() as i64, kept);
    assert_eq!(
        store.commit(&event(1, kept + 1, &lines)),
        Err(StoreError::Full)
    );
    assert_eq!(store.load_start(Timestamp(0)).map(|_| ()), Ok(()));
    let shell = Connection::open(folder.path().join(FILE)).unwrap();
    shell.execute_batch("DELETE FROM events").unwrap();
    assert_eq!(store.commit(&event(1, kept + 1, &lines)), Ok(()));
}

/// A folder below a file cannot be made by anybody, root included.
#[test]
fn a_folder_that_cannot_be_made_is_refused() {
    let folder = folder();
    let blocker = folder.path().join("file");
    fs::write(&blocker, "").unwrap();
    let error = refusal(&blocker.join("data"));
    assert!(matches!(error, OpenError::Unwritable { .. }), "{error}");
    assert!(!error.to_string().contains("os error"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(data.join("probe"), "").is_ok() {
        eprintln!("SKIPPED: this user may write to a read-only folder, so nothing was checked");
        return;
    }
    let error = refusal(&data);
    assert!(matches!(error, OpenError::Unwritable { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn the_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let parent = folder();
    let data = parent.path().join("new").join("data");
    let (mut store, _reader) = open(&data);
    store.commit(&event(1, 1, "one")).unwrap();
    for name in [FILE, "everbeat.sqlite-wal"] {
        let mode = fs::metadata(data.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name} {mode:o}");
    }
}

#[test]
fn keys_are_made_once_and_rotate() {
    let folder = folder();
    let (mut store, reader) = open(folder.path());
    let first = store
        .load_or_create_keys(Timestamp(5), &mut || [1; 32])
        .unwrap();
    assert_eq!(
        (first[0].id, first[0].secret, first[0].created),
        (1, [1; 32], Timestamp(5))
    );
    let second = store.add_key(Timestamp(6), [2; 32]).unwrap();
    drop((store, reader));
    let (mut store, _reader) = open(folder.path());
    let keys = store.load_or_create_keys(Timestamp(7), &mut || panic!("there are two"));
    assert_eq!(keys, Ok(vec![first[0].clone(), second]));
    assert!(!format!("{first:?}").contains("secret"));
}

/// The log is copied while commits go on, and starts afresh.
#[test]
fn the_log_stays_short() {
    let folder = folder();
    let options = Options {
        soft_wal_bytes: 64 << 10,
        hard_wal_bytes: 1 << 20,
        ..Options::default()
    };
    let (mut store, reader) = SqliteStore::open(folder.path(), &options).unwrap();
    let lines = "x".repeat(20_000);
    let mut written = 0;
    let mut longest = 0;
    for id in 1..=400 {
        store.commit(&event(1, id, &lines)).unwrap();
        store.checkpoint_step().unwrap();
        written += lines.len() as u64;
        longest = longest.max(store.wal_bytes());
    }
    assert!(written > 4 * options.hard_wal_bytes);
    assert!(longest < options.hard_wal_bytes + (256 << 10), "{longest}");
    assert_eq!(history(&reader, 1).len(), 400);
}

/// Readers see each commit whole, from several threads at once, and wait for a free connection.
#[test]
fn readers_see_whole_commits() {
    let folder = folder();
    let options = Options {
        readers: 2,
        ..Options::default()
    };
    let (mut store, reader) = SqliteStore::open(folder.path(), &options).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..200 {
                    let (second, first) = (history(&reader, 2), history(&reader, 1));
                    assert!(first.len() >= second.len());
                    assert_eq!(second.len() % 2, 0);
                }
            });
        }
        for id in 0..50 {
            let mut batch = event(1, id * 2 + 1, "a");
            batch.append_event(RunKey(1), EventId(id * 2 + 2), "b");
            batch.append_event(RunKey(2), EventId(id * 2 + 1), "a");
            batch.append_event(RunKey(2), EventId(id * 2 + 2), "b");
            store.commit(&batch).unwrap();
        }
    });
    assert_eq!(history(&reader, 2).len(), 100);
}

/// What is removed makes room: the file is shorter afterwards.
#[test]
fn the_file_shrinks_when_runs_are_removed() {
    let folder = folder();
    let (mut store, _reader) = open(folder.path());
    let lines = "x".repeat(20_000);
    let mut batch = Batch::default();
    for run in 1..=301 {
        batch.append_event(RunKey(run), EventId(1), &lines);
        let mut row = ExecutionRow {
            run: RunKey(run),
            domain: DomainId(1),
            info: WorkflowExecutionInfo::default(),
            detail: None,
            expires_at: Some(Timestamp(20)),
        };
        row.info.close_timestamp = Some(Timestamp(10));
        row.info.close_status = Some(CloseStatus::Completed);
        batch.executions.insert(row.run, row);
    }
    store.commit(&batch).unwrap();
    let pages = |name| {
        let shell = Connection::open(folder.path().join(FILE)).unwrap();
        shell
            .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
            .unwrap()
    };
    let before = pages("page_count");
    let end = Instant::now() + Duration::from_secs(30);
    let mut is_first = true;
    while store.maintain(Timestamp(20)).unwrap() || is_first {
        assert!(Instant::now() < end, "the store comes to no end");
        is_first = false;
        std::thread::yield_now();
    }
    let (after, free) = (pages("page_count"), pages("freelist_count"));
    assert!(
        before > 1500 && after < 400 && free < 300,
        "{before} {after} {free}"
    );
}
