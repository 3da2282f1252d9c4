//! Ends of every kind.

use std::fs;

use super::*;
use crate::testing::{files, verified, write};

#[test]
fn an_empty_folder_is_a_new_chain() {
    let folder = tempfile::tempdir().expect("a folder");
    let recovered = recover(folder.path()).expect("nothing wrong");
    assert_eq!((recovered.head, recovered.file), (Head::START, 0));
}

#[test]
fn the_end_is_that_of_the_last_file() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), 20, 3_000);
    let last = verified(folder.path()).expect("sound").last;
    let recovered = recover(folder.path()).expect("an end");
    let files = files(folder.path());
    assert!(files.len() > 1);
    assert_eq!(recovered.head, last);
    assert_eq!(recovered.file, files.len() as u64);
    let length = fs::metadata(&files[files.len() - 1]).expect("a file").len();
    assert_eq!((recovered.length, recovered.torn), (length, 0));
}

#[test]
fn every_cut_of_the_end_is_recovered() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), 2, 1 << 20);
    let path = &files(folder.path())[0];
    let whole = fs::read(path).expect("a file");
    let mut lengths = Vec::new();
    for end in (0..whole.len()).rev() {
        fs::write(path, &whole[..end]).expect("cut");
        let recovered = recover(folder.path()).expect("an end");
        assert_eq!(recovered.length + recovered.torn, end as u64);
        assert_eq!(recovered.head.number as usize, lines_in(&whole[..end]));
        lengths.push(recovered.length);
    }
    lengths.dedup();
    assert_eq!(lengths.len(), 3, "two whole lines, one, none");
}

fn lines_in(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

#[test]
fn a_long_torn_end_is_found_in_blocks() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), 2, 1 << 20);
    let path = &files(folder.path())[0];
    let mut bytes = fs::read(path).expect("a file");
    let length = bytes.len() as u64;
    let torn = 3 * BLOCK + 7;
    bytes.resize((length + torn) as usize, 0);
    fs::write(path, bytes).expect("written");
    let recovered = recover(folder.path()).expect("an end");
    assert_eq!((recovered.length, recovered.torn), (length, torn));
}

#[test]
fn a_changed_last_line_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), 2, 1 << 20);
    let path = &files(folder.path())[0];
    let text = fs::read_to_string(path).expect("a file");
    let place = text.rfind("alice").expect("the last line names her");
    let changed = format!("{}bruce{}", &text[..place], &text[place + 5..]);
    fs::write(path, changed).expect("written");
    assert!(matches!(recover(folder.path()), Err(OpenError::Damaged(at)) if at == *path));
}

#[test]
fn an_empty_last_file_needs_the_one_before() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), 2, 1 << 20);
    let last = verified(folder.path()).expect("sound").last;
    fs::write(path_of(folder.path(), 2), "{\"numb").expect("written");
    let recovered = recover(folder.path()).expect("an end");
    assert_eq!((recovered.head, recovered.file), (last, 2));
    assert_eq!((recovered.length, recovered.torn), (0, 6));
    fs::remove_file(path_of(folder.path(), 1)).expect("removed");
    assert!(
        matches!(recover(folder.path()), Err(OpenError::Missing(at)) if at == path_of(folder.path(), 1))
    );
}
