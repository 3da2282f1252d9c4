//! Writing: order, rotation, restarts, and disks that fail.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Instant;

use super::*;
use crate::chain::Link;
use crate::folder::{list, path_of};
use crate::testing::{ENTRY, files, lines, open, verified};

fn numbers(folder: &Path) -> Vec<u64> {
    lines(folder)
        .iter()
        .map(|line| line["number"].as_u64().expect("a number"))
        .collect()
}

fn kinds(folder: &Path) -> Vec<String> {
    lines(folder)
        .iter()
        .map(|line| line["kind"].as_str().expect("a kind").to_owned())
        .collect()
}

#[test]
fn a_line_is_there_when_record_returns() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = open(folder.path(), 1 << 20, 0);
    assert_eq!(kinds(folder.path()), ["file"]);
    log.record(&ENTRY).expect("written");
    assert_eq!(kinds(folder.path()), ["file", "call"]);
    assert!(!log.is_failing());
    assert_eq!(verified(folder.path()).expect("sound").last.number, 2);
}

#[test]
fn nobody_else_may_read() {
    let parent = tempfile::tempdir().expect("a folder");
    let folder = parent.path().join("data/audit");
    let _log = open(&folder, 1 << 20, 0);
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&path_of(&folder, 1)), 0o600);
}

#[test]
fn a_folder_that_everybody_may_write_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for (mode, taken) in [
        (0o777, false),
        (0o1777, false),
        (0o775, true),
        (0o755, true),
    ] {
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).expect("its owner");
        let opened = AuditLog::open(folder.path(), Options::default());
        assert_eq!(opened.is_ok(), taken, "{mode:o}");
        if let Err(error) = opened {
            assert!(error.to_string().contains("chmod o-w /"), "{error}");
        }
    }
}

#[test]
fn a_second_writer_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = open(folder.path(), 1 << 20, 0);
    let second = AuditLog::open(folder.path(), Options::default());
    assert!(matches!(second, Err(OpenError::InUse(at)) if at == folder.path()));
    drop(log);
    AuditLog::open(folder.path(), Options::default()).expect("free again");
}

#[test]
fn files_follow_each_other_in_one_chain() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = open(folder.path(), 1_500, 0);
    for _ in 0..30 {
        log.record(&ENTRY).expect("written");
    }
    drop(log);
    let sound = verified(folder.path()).expect("sound");
    let files = files(folder.path());
    assert!(files.len() > 5);
    assert_eq!(sound.files, files.len() as u64);
    let numbers = numbers(folder.path());
    assert_eq!(numbers, (1..=sound.last.number).collect::<Vec<_>>());
    assert_eq!(sound.last.number, 30 + files.len() as u64);
    for path in files {
        let length = fs::metadata(path).expect("a file").len();
        assert!(length < 2_500, "{length}");
    }
}

#[test]
fn old_files_go_and_the_chain_stays_sound() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = open(folder.path(), 1_000, 3);
    for _ in 0..30 {
        log.record(&ENTRY).expect("written");
        verified(folder.path()).expect("sound at any time");
    }
    drop(log);
    let files = list(folder.path()).expect("files");
    let last = *files.last().expect("a file");
    assert!(last > 5);
    assert_eq!(files, [last - 2, last - 1, last]);
    let sound = verified(folder.path()).expect("sound");
    assert_eq!((sound.first_file, sound.files), (last - 2, 3));
    assert!(sound.before.number > 0);
    // What was given up stays so, whatever is asked for later.
    let log = open(folder.path(), 1, 0);
    log.record(&ENTRY).expect("written");
    drop(log);
    let lines = lines(folder.path());
    let opened = lines
        .iter()
        .rfind(|line| line["kind"] == "file")
        .expect("a file");
    assert!(opened["file"].as_u64() > Some(last));
    assert_eq!(opened["oldest"], last - 2);
}

#[test]
fn a_restart_goes_on_with_the_chain() {
    let folder = tempfile::tempdir().expect("a folder");
    for calls in 1..5 {
        let log = open(folder.path(), 2_000, 0);
        for _ in 0..calls {
            log.record(&ENTRY).expect("written");
        }
    }
    verified(folder.path()).expect("sound");
    let calls = kinds(folder.path())
        .iter()
        .filter(|kind| *kind == "call")
        .count();
    assert_eq!(calls, 10);
}

#[test]
fn a_torn_line_is_cut_off_and_told() {
    let folder = tempfile::tempdir().expect("a folder");
    open(folder.path(), 1 << 20, 0)
        .record(&ENTRY)
        .expect("written");
    let path = path_of(folder.path(), 1);
    let mut file = OpenOptions::new().append(true).open(&path).expect("a file");
    file.write_all(b"{\"number\":3,\"ti").expect("written");
    let log = open(folder.path(), 1 << 20, 0);
    log.record(&ENTRY).expect("written");
    assert_eq!(kinds(folder.path()), ["file", "call", "torn", "call"]);
    assert_eq!(lines(folder.path())[2]["bytes"], 15);
    verified(folder.path()).expect("sound");
}

#[test]
fn a_file_that_was_only_begun_is_gone_on_with() {
    let folder = tempfile::tempdir().expect("a folder");
    open(folder.path(), 1 << 20, 0)
        .record(&ENTRY)
        .expect("written");
    fs::write(path_of(folder.path(), 2), "{").expect("written");
    let log = open(folder.path(), 1 << 20, 0);
    log.record(&ENTRY).expect("written");
    assert_eq!(
        kinds(folder.path()),
        ["file", "call", "file", "torn", "call"]
    );
    assert_eq!(verified(folder.path()).expect("sound").files, 2);
}

#[test]
fn a_log_that_was_changed_is_not_gone_on_with() {
    let folder = tempfile::tempdir().expect("a folder");
    open(folder.path(), 1 << 20, 0)
        .record(&ENTRY)
        .expect("written");
    let path = path_of(folder.path(), 1);
    let text = fs::read_to_string(&path).expect("a file");
    fs::write(&path, text.replace("alice", "bruce")).expect("written");
    let error = AuditLog::open(folder.path(), Options::default()).expect_err("damaged");
    assert!(
        error.to_string().starts_with(&*path.to_string_lossy()),
        "{error}"
    );
    assert!(error.to_string().contains("was changed"), "{error}");
}

#[test]
fn many_threads_make_one_chain() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = open(folder.path(), 20_000, 0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..250).for_each(|_| log.record(&ENTRY).expect("written")));
        }
        for _ in 0..5 {
            verified(folder.path()).expect("sound while it is written");
        }
    });
    drop(log);
    let sound = verified(folder.path()).expect("sound");
    assert_eq!(sound.last.number, 1000 + sound.files);
}

/// A disk in memory that fills up: of what is too much it takes a part. `stuck`: nothing can be cut off either.
#[derive(Debug, Default)]
struct SmallDisk {
    files: Vec<Vec<u8>>,
    room: usize,
    stuck: bool,
    writes: u64,
}

impl Disk for SmallDisk {
    fn begin(&mut self, file: u64) -> io::Result<()> {
        if self.room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        assert_eq!(file, self.files.len() as u64 + 1);
        self.files.push(Vec::new());
        Ok(())
    }

    fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        self.writes += 1;
        let taken = lines.len().min(self.room);
        self.room -= taken;
        let file = self.files.last_mut().expect("a file was begun");
        file.extend_from_slice(&lines[..taken]);
        if taken < lines.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        if self.stuck {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let file = self.files.last_mut().expect("a file was begun");
        file.truncate(length as usize);
        Ok(())
    }

    fn release(&mut self, _oldest: u64) {}

    fn path(&self) -> PathBuf {
        PathBuf::new()
    }
}

fn writer(room: usize) -> Writer<SmallDisk> {
    let folder = tempfile::tempdir().expect("a folder");
    let nothing = recovery::recover(folder.path()).expect("an empty folder");
    let disk = SmallDisk {
        room,
        ..SmallDisk::default()
    };
    let options = Options {
        file_bytes: 2_000,
        files_kept: 0,
    };
    Writer::new(disk, options, nothing)
}

/// Writes a line at once.
fn record(writer: &mut Writer<SmallDisk>) -> io::Result<()> {
    writer.append(&ENTRY)?;
    writer.flush()
}

/// The kinds of the lines on the disk, which must be a chain from the first to the last byte.
fn sound_kinds(disk: &SmallDisk) -> Vec<String> {
    let bytes = disk.files.concat();
    let mut head = Head::START;
    let mut kinds = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").expect("a whole line");
        let link = Link::read(line).expect("a line");
        assert!(link.is_whole());
        assert_eq!((link.number, link.previous), (head.number + 1, head.hash));
        head = link.head();
        let value: serde_json::Value = serde_json::from_slice(line).expect("JSON");
        let calls = value["calls"]
            .as_u64()
            .map_or(String::new(), |calls| format!(" {calls}"));
        kinds.push(format!(
            "{}{calls}",
            value["kind"].as_str().expect("a kind")
        ));
    }
    kinds
}

#[test]
fn wherever_the_disk_is_full_the_chain_stays_sound() {
    for room in 0..3_000 {
        let mut writer = writer(room);
        while record(&mut writer).is_ok() {}
        sound_kinds(&writer.disk);
        record(&mut writer).expect_err("still full");
        writer.disk.room = 10_000;
        record(&mut writer).expect("there is room again");
        let kinds = sound_kinds(&writer.disk);
        let end = &kinds[kinds.len() - 2..];
        assert_eq!(end, ["lost 2", "call"], "{room}: {kinds:?}");
    }
}

#[test]
fn lost_calls_are_counted() {
    let mut writer = writer(1_000);
    record(&mut writer).expect("there is room");
    writer.disk.room = 100;
    record(&mut writer).expect_err("full");
    writer.disk.room = 100;
    record(&mut writer).expect_err("full");
    writer.disk.room = 10_000;
    record(&mut writer).expect("room again");
    record(&mut writer).expect("room still");
    assert_eq!(
        sound_kinds(&writer.disk),
        ["file", "call", "lost 2", "call", "call"]
    );
}

#[test]
fn nothing_is_written_behind_a_part_of_a_line() {
    let mut writer = writer(1_000);
    record(&mut writer).expect("there is room");
    writer.disk.room = 100;
    writer.disk.stuck = true;
    record(&mut writer).expect_err("full");
    writer.disk.room = 10_000;
    record(&mut writer).expect_err("the part is still there");
    writer.disk.stuck = false;
    record(&mut writer).expect("all is well again");
    assert_eq!(
        sound_kinds(&writer.disk),
        ["file", "call", "lost 2", "call"]
    );
}

#[test]
fn a_batch_is_one_write() {
    let mut writer = writer(100_000);
    let first = writer.waiting.batch;
    writer.append(&ENTRY).expect("room");
    writer.append(&ENTRY).expect("room");
    assert_eq!((writer.disk.writes, writer.waiting.batch), (0, first));
    writer.flush().expect("room");
    assert_ne!(writer.waiting.batch, first, "another begins");
    writer.append(&ENTRY).expect("room");
    writer.flush().expect("room");
    writer.flush().expect("nothing waits");
    assert_eq!(writer.disk.writes, 2);
    assert_eq!(sound_kinds(&writer.disk), ["file", "call", "call", "call"]);
}

#[test]
fn a_large_batch_does_not_wait() {
    let mut writer = writer(10 * BATCH_BYTES);
    while writer.disk.writes < 3 {
        writer.append(&ENTRY).expect("room");
        assert!(writer.waiting.lines.len() < BATCH_BYTES + 1_000);
    }
    sound_kinds(&writer.disk);
}

#[test]
fn the_lines_of_a_lost_batch_are_all_counted() {
    let mut writer = writer(1_000);
    record(&mut writer).expect("there is room");
    writer.disk.room = 1_000;
    for _ in 0..5 {
        writer.append(&ENTRY).expect("it waits");
    }
    writer.flush().expect_err("not for five");
    writer.disk.room = 100_000;
    record(&mut writer).expect("room again");
    assert_eq!(
        sound_kinds(&writer.disk),
        ["file", "call", "lost 5", "call"]
    );
}

#[test]
fn a_line_that_cannot_wait_any_more_is_lost_with_its_batch() {
    let mut writer = writer(1_000);
    let mut waiting = 0;
    while writer.append(&ENTRY).is_ok() {
        waiting += 1;
    }
    writer.disk.room = 100_000;
    record(&mut writer).expect("room again");
    let lost = format!("lost {}", waiting + 1);
    assert_eq!(sound_kinds(&writer.disk), ["file", &lost, "call"]);
}

#[test]
fn what_waits_is_written_at_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = open(folder.path(), 20_000, 0);
    let batch = log.append(&ENTRY).expect("it waits");
    assert_eq!(kinds(folder.path()), ["file"]);
    log.flush(batch).expect("written");
    log.flush(batch).expect("it was written");
    assert_eq!(kinds(folder.path()), ["file", "call"]);
    let _unwritten = log.append(&ENTRY).expect("it waits");
    drop(log);
    assert_eq!(kinds(folder.path()), ["file", "call", "call"]);
}

#[test]
fn a_log_that_fails_says_so_until_it_works_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = open(folder.path(), 1, 0);
    // What stands where the next file is to begin is in its way.
    let obstacle = path_of(folder.path(), 2);
    fs::create_dir(&obstacle).expect("a folder");
    let error = log.record(&ENTRY).expect_err("no second file");
    assert!(error.to_string().contains("cannot be written"), "{error}");
    assert!(log.is_failing());
    fs::remove_dir(&obstacle).expect("removed");
    log.record(&ENTRY).expect("it works again");
    assert!(!log.is_failing());
    assert_eq!(kinds(folder.path()), ["file", "file", "lost", "call"]);
}

/// `cargo test --release -p everbeat-audit -- --ignored --nocapture`
#[test]
#[ignore = "measures; run it in a release build"]
fn a_line_takes_a_few_microseconds() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = open(folder.path(), DEFAULT_FILE_BYTES, 0);
    let calls = 1_000_000;
    let begin = Instant::now();
    for _ in 0..calls {
        log.record(&ENTRY).expect("written");
    }
    let each = begin.elapsed() / calls;
    let bytes: u64 = files(folder.path())
        .iter()
        .map(|path| fs::metadata(path).expect("a file").len())
        .sum();
    drop(log);
    let begin = Instant::now();
    verified(folder.path()).expect("sound");
    println!(
        "{each:?} a line, {bytes} bytes a million, verified in {:?}",
        begin.elapsed()
    );
    assert!(each.as_nanos() < 10_000, "{each:?}");
}
