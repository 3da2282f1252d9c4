//! What an operator reads.

use std::fs;

use super::*;
use crate::testing::{ENTRY, files, open, verified};

fn verification(folder: &Path, from: Option<u64>) -> Verification {
    Verification {
        folder: folder.to_owned(),
        from,
        expect: None,
    }
}

fn exit_code(words: &[&str]) -> String {
    let words: Vec<OsString> = words.iter().map(Into::into).collect();
    format!("{:?}", run(&words))
}

#[test]
fn beginning_and_end_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = open(folder.path(), 1 << 20, 0);
    log.record(&ENTRY).expect("written");
    let verification = verification(folder.path(), None);
    let sound = verified(folder.path()).expect("sound");
    let expected = format!(
        "sound: numbers 1 to 2 in 1 file\n\
         begins with number 1: the very first line\n\
         ends with 2:{}\n\
         keep the end elsewhere; with --expect the next run shows whether it is still there\n",
        sound.last.hash
    );
    assert_eq!(told(&verification, &sound), expected);
    let expecting = Verification {
        expect: Some(sound.last),
        ..verification
    };
    assert!(told(&expecting, &sound).ends_with("\nholds number 2 as expected\n"));
}

#[test]
fn why_it_begins_later_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = open(folder.path(), 1, 2);
    for _ in 0..5 {
        log.record(&ENTRY).expect("written");
    }
    drop(log);
    let path = files(folder.path()).remove(0);
    let sound = verified(folder.path()).expect("sound");
    let first = sound.before.number + 1;
    let text = told(&verification(folder.path(), None), &sound);
    let rotated = format!("rotation has removed the files before {}", path.display());
    assert!(
        text.contains(&format!("begins with number {first}: {rotated}\n")),
        "{text}"
    );
    let text = told(&verification(folder.path(), Some(sound.first_file)), &sound);
    let chosen = format!("what stands before {} was not looked at", path.display());
    assert!(
        text.contains(&format!("begins with number {first}: {chosen}\n")),
        "{text}"
    );
}

#[test]
fn a_break_is_one_sentence_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = open(folder.path(), 1 << 20, 0);
    log.record(&ENTRY).expect("written");
    let path = files(folder.path()).remove(0);
    let text = fs::read_to_string(&path).expect("a file");
    fs::write(&path, text.replace("alice", "bruce")).expect("written");
    let broken = verified(folder.path()).expect_err("changed");
    let expected = format!(
        "{}, line 2: the line with number 2 was changed: its hash does not fit its bytes",
        path.display()
    );
    assert_eq!(place(&broken), expected);
}

#[test]
fn exit_codes_tell_sound_from_broken_and_from_mistaken() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("text").to_owned();
    open(folder.path(), 1 << 20, 0)
        .record(&ENTRY)
        .expect("written");
    let code = |code: u8| format!("{:?}", ExitCode::from(code));
    assert_eq!(exit_code(&["verify", "--folder", &path]), code(0));
    assert_eq!(
        exit_code(&["verify", "--folder", &path, "--expect", "7"]),
        code(252)
    );
    let point = format!("7:{}", "0".repeat(64));
    assert_eq!(
        exit_code(&["verify", "--folder", &path, "--expect", &point]),
        code(1)
    );
}
