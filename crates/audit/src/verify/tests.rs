//! Every kind of tampering, and what is not tampering.

use std::fs::{self, OpenOptions};
use std::io::Write;

use tempfile::TempDir;

use super::*;
use crate::entry::Entry;
use crate::testing::{ENTRY, files, open, verified, write};

const CALLS: usize = 12;

/// A log of several files, with several lines each.
fn log() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), CALLS, 1_500);
    assert!(files(folder.path()).len() >= 4);
    folder
}

fn expecting(folder: &Path, expect: Head) -> Result<Sound, Break> {
    let verification = Verification {
        folder: folder.to_owned(),
        from: None,
        expect: Some(expect),
    };
    verify(&verification, &mut |_, _| {})
}

fn from(folder: &Path, from: u64) -> Result<Sound, Break> {
    let verification = Verification {
        folder: folder.to_owned(),
        from: Some(from),
        expect: None,
    };
    verify(&verification, &mut |_, _| {})
}

fn read_lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).expect("a file");
    text.split_inclusive('\n').map(str::to_owned).collect()
}

/// Verifies the log with the lines of one file replaced, and puts them back.
fn with_lines(folder: &Path, path: &Path, lines: &[String]) -> Result<Sound, Break> {
    let before = fs::read(path).expect("a file");
    fs::write(path, lines.concat()).expect("written");
    let verified = verified(folder);
    fs::write(path, before).expect("written");
    verified
}

fn broken(result: Result<Sound, Break>, path: &Path, line: Option<u64>) -> Flaw {
    let found = result.expect_err("a break");
    assert_eq!(
        (found.path.as_path(), found.line),
        (path, line),
        "{}",
        found.flaw
    );
    found.flaw
}

#[test]
fn a_log_that_was_emptied_is_not_sound() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), 3, 1 << 20);
    fs::write(&files(folder.path())[0], "").expect("emptied");
    let flaw = verified(folder.path()).expect_err("no line is left");
    assert!(matches!(flaw.flaw, Flaw::Empty), "{flaw:?}");
}

#[test]
fn a_whole_log_is_sound() {
    let folder = log();
    let sound = verified(folder.path()).expect("sound");
    assert_eq!(sound.before, Head::START);
    assert_eq!(sound.files, files(folder.path()).len() as u64);
    assert_eq!(sound.last.number, CALLS as u64 + sound.files);
    expecting(folder.path(), sound.last).expect("the end is there");
}

#[test]
fn every_removed_line_shows() {
    let folder = log();
    let files = files(folder.path());
    for (place, path) in files.iter().enumerate() {
        let lines = read_lines(path);
        for removed in 0..lines.len() {
            let mut rest = lines.clone();
            rest.remove(removed);
            let result = with_lines(folder.path(), path, &rest);
            let is_last_line = removed + 1 == lines.len();
            if is_last_line && place + 1 == files.len() {
                result.expect("a chain alone does not show that its end was cut off");
            } else if removed == 0 {
                let flaw = broken(result, path, Some(1));
                assert!(matches!(flaw, Flaw::OtherFile), "{flaw}");
            } else if is_last_line {
                let flaw = broken(result, &files[place + 1], Some(1));
                assert!(matches!(flaw, Flaw::Removed { .. }), "{flaw}");
            } else {
                let flaw = broken(result, path, Some(removed as u64 + 1));
                assert!(
                    matches!(flaw, Flaw::Removed { due, found } if found == due + 1),
                    "{flaw}"
                );
            }
        }
    }
}

#[test]
fn every_swap_and_repetition_shows() {
    let folder = log();
    for path in files(folder.path()) {
        let lines = read_lines(&path);
        for place in 0..lines.len() {
            let mut repeated = lines.clone();
            repeated.insert(place, lines[place].clone());
            let flaw = broken(
                with_lines(folder.path(), &path, &repeated),
                &path,
                Some(place as u64 + 2),
            );
            assert!(matches!(flaw, Flaw::Repeated { .. }), "{flaw}");
            if place + 1 < lines.len() {
                let mut swapped = lines.clone();
                swapped.swap(place, place + 1);
                let result = with_lines(folder.path(), &path, &swapped);
                let flaw = broken(result, &path, Some(place as u64 + 1));
                assert!(
                    matches!(flaw, Flaw::Removed { .. } | Flaw::OtherFile),
                    "{flaw}"
                );
            }
        }
    }
}

#[test]
fn every_changed_byte_shows() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), 3, 700);
    for path in files(folder.path()) {
        let bytes = fs::read(&path).expect("a file");
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            fs::write(&path, changed).expect("written");
            // The newline at the very end makes a torn line, which is waited for: once is enough.
            if bytes[place] != b'\n' {
                let result = verified(folder.path());
                let line = 1 + bytes[..place].iter().filter(|byte| **byte == b'\n').count();
                broken(result, &path, Some(line as u64));
            }
        }
        fs::write(&path, bytes).expect("written");
    }
    verified(folder.path()).expect("all is as it was");
}

#[test]
fn every_removed_file_shows() {
    let folder = log();
    let sound = verified(folder.path()).expect("sound");
    for path in files(folder.path()) {
        let away = folder.path().join("away");
        fs::rename(&path, &away).expect("moved");
        let number = crate::folder::number_of(&path).expect("a file");
        if number == sound.files {
            verified(folder.path()).expect("a chain alone does not show that its end was cut off");
            let flaw = broken(expecting(folder.path(), sound.last), folder.path(), None);
            assert!(matches!(flaw, Flaw::TailMissing { .. }), "{flaw}");
        } else {
            let flaw = broken(verified(folder.path()), &path, None);
            assert!(
                matches!(flaw, Flaw::MissingFiles { first, last } if first == number && last == number),
                "{flaw}"
            );
        }
        fs::rename(&away, &path).expect("moved back");
    }
}

#[test]
fn files_that_change_places_show() {
    let folder = log();
    let files = files(folder.path());
    let (second, third) = (&files[1], &files[2]);
    let (a, b) = (
        fs::read(second).expect("a file"),
        fs::read(third).expect("a file"),
    );
    fs::write(second, b).expect("written");
    fs::write(third, a).expect("written");
    let flaw = broken(verified(folder.path()), second, Some(1));
    assert!(matches!(flaw, Flaw::OtherFile), "{flaw}");
}

#[test]
fn an_emptied_file_shows() {
    let folder = log();
    let files = files(folder.path());
    fs::write(&files[1], "").expect("written");
    let flaw = broken(verified(folder.path()), &files[1], None);
    assert!(matches!(flaw, Flaw::OtherFile), "{flaw}");
}

#[test]
fn a_line_with_a_hash_of_its_own_shows() {
    let folder = log();
    let path = &files(folder.path())[1];
    let mut lines = read_lines(path);
    let link = Link::read(lines[0].trim_end().as_bytes()).expect("a line");
    let mut forged = Vec::new();
    link.head().append(&mut forged, |line| {
        line.extend_from_slice(br#","kind":"call""#)
    });
    lines[1] = String::from_utf8(forged).expect("text");
    let flaw = broken(with_lines(folder.path(), path, &lines), path, Some(3));
    assert!(matches!(flaw, Flaw::Rewritten { .. }), "{flaw}");
}

#[test]
fn a_cut_tail_shows_with_the_point_that_was_kept() {
    let folder = log();
    let end = verified(folder.path()).expect("sound").last;
    let path = files(folder.path()).pop().expect("a file");
    let mut lines = read_lines(&path);
    lines.pop();
    fs::write(&path, lines.concat()).expect("written");
    verified(folder.path()).expect("it is a chain all the same");
    let flaw = broken(expecting(folder.path(), end), folder.path(), None);
    assert!(
        matches!(flaw, Flaw::TailMissing { last, expected } if last + 1 == expected && expected == end.number),
        "{flaw}"
    );
    // The server goes on as if nothing had happened.
    open(folder.path(), 1 << 20, 0)
        .record(&Entry { time: 0, ..ENTRY })
        .expect("written");
    let flaw = broken(
        expecting(folder.path(), end),
        &path,
        Some(lines.len() as u64 + 1),
    );
    assert!(matches!(flaw, Flaw::OtherHash { .. }), "{flaw}");
}

#[test]
fn a_log_that_was_written_anew_shows_with_the_point_that_was_kept() {
    let (folder, other) = (tempfile::tempdir().expect("a folder"), log());
    let point = verified(other.path()).expect("sound").last;
    let log = open(folder.path(), 1_500, 0);
    for _ in 0..CALLS {
        log.record(&Entry {
            identity: "arn:aws:iam::123456789012:user/bruce",
            ..ENTRY
        })
        .expect("written");
    }
    drop(log);
    let found = expecting(folder.path(), point).expect_err("another log");
    assert!(
        matches!(found.flaw, Flaw::OtherHash { .. }),
        "{}",
        found.flaw
    );
}

#[test]
fn a_torn_end_shows() {
    let folder = log();
    let path = files(folder.path()).pop().expect("a file");
    let mut bytes = fs::read(&path).expect("a file");
    let lines = read_lines(&path).len() as u64;
    bytes.extend_from_slice(b"{\"number\":");
    fs::write(&path, bytes).expect("written");
    let flaw = broken(verified(folder.path()), &path, Some(lines + 1));
    assert!(matches!(flaw, Flaw::Torn { bytes: 10 }), "{flaw}");
}

#[test]
fn a_line_that_is_being_written_is_waited_for() {
    let folder = log();
    let path = files(folder.path()).pop().expect("a file");
    let bytes = fs::read(&path).expect("a file");
    let (begun, rest) = bytes.split_at(bytes.len() - 10);
    fs::write(&path, begun).expect("written");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| verified(folder.path()));
        std::thread::sleep(PAUSE * 3);
        // As the log does: what is there already never goes away.
        let mut file = OpenOptions::new().append(true).open(&path).expect("a file");
        file.write_all(rest).expect("written");
        let sound = waiting.join().expect("no panic").expect("sound");
        assert_eq!(sound.last, verified(folder.path()).expect("sound").last);
    });
}

#[test]
fn a_part_can_be_verified() {
    let folder = log();
    let whole = verified(folder.path()).expect("sound");
    let sound = from(folder.path(), 3).expect("sound");
    assert_eq!((sound.first_file, sound.files), (3, whole.files - 2));
    assert_eq!(sound.last, whole.last);
    assert!(sound.before.number > 0);
    // Older files may have been moved to another place.
    fs::remove_file(path_of(folder.path(), 1)).expect("removed");
    assert_eq!(from(folder.path(), 3).expect("sound"), sound);
    let verification = Verification {
        folder: folder.path().to_owned(),
        from: Some(3),
        expect: Some(sound.before),
    };
    verify(&verification, &mut |_, _| {}).expect("the line right before is known by its hash");
    let verification = Verification {
        expect: Some(Head {
            number: sound.before.number - 1,
            ..sound.before
        }),
        ..verification
    };
    let found = verify(&verification, &mut |_, _| {}).expect_err("out of reach");
    assert!(matches!(found.flaw, Flaw::NotKept { .. }), "{}", found.flaw);
}

#[test]
fn removed_by_rotation_is_not_removed_by_hand() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = open(folder.path(), 1_000, 4);
    for _ in 0..CALLS {
        log.record(&ENTRY).expect("written");
    }
    drop(log);
    let files = files(folder.path());
    assert_eq!(files.len(), 4);
    let sound = verified(folder.path()).expect("sound");
    assert_eq!(Some(sound.first_file), crate::folder::number_of(&files[0]));
    fs::remove_file(&files[0]).expect("removed");
    let flaw = broken(verified(folder.path()), &files[0], None);
    assert!(matches!(flaw, Flaw::MissingFiles { .. }), "{flaw}");
}

#[test]
fn nothing_is_no_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let flaw = broken(verified(folder.path()), folder.path(), None);
    assert!(matches!(flaw, Flaw::Nothing), "{flaw}");
    let missing = folder.path().join("missing");
    let flaw = broken(verified(&missing), &missing, None);
    assert!(matches!(flaw, Flaw::Unreadable(_)), "{flaw}");
    fs::write(path_of(folder.path(), 1), "hello\n").expect("written");
    let flaw = broken(verified(folder.path()), &path_of(folder.path(), 1), Some(1));
    assert!(matches!(flaw, Flaw::NoLine), "{flaw}");
}

#[test]
fn a_line_without_an_end_takes_no_memory_without_an_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = path_of(folder.path(), 1);
    fs::File::create(&path)
        .expect("a file")
        .set_len(64 << 20)
        .expect("a long file");
    let flaw = broken(verified(folder.path()), &path, Some(1));
    assert!(matches!(flaw, Flaw::NoLine), "{flaw}");
}
