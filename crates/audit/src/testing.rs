//! What the tests of several modules use: entries, and folders with logs.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::entry::Entry;
use crate::flaw::Break;
use crate::folder::{list, path_of};
use crate::log::{AuditLog, Options};
use crate::verify::{Sound, Verification, verify};

/// An ordinary call.
pub(crate) const ENTRY: Entry<'static> = Entry {
    time: 1_796_000_000_123,
    identity: "arn:aws:iam::123456789012:user/alice",
    access_key: Some("AKIAIOSFODNN7EXAMPLE"),
    source: IpAddr::V4(Ipv4Addr::LOCALHOST),
    operation: "StartWorkflowExecution",
    domain: Some("orders"),
    subject: None,
    action: None,
    resource: Some("arn:aws:swf:us-east-1:123456789012:/domain/orders"),
    outcome: "ok",
    reason: Some("policies/worker.json, statement 1"),
    request_id: "01234567-89ab-cdef-0123-456789abcdef",
    refused_decisions: &[],
};

/// Opens a log with small files.
pub(crate) fn open(folder: &Path, file_bytes: u64, files_kept: u64) -> AuditLog {
    let options = Options {
        file_bytes,
        files_kept,
    };
    AuditLog::open(folder, options).expect("a log")
}

/// A log of so many calls in files of a few lines each.
pub(crate) fn write(folder: &Path, calls: usize, file_bytes: u64) {
    let log = open(folder, file_bytes, 0);
    for _ in 0..calls {
        log.record(&ENTRY).expect("written");
    }
}

/// The paths of the files, in order.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let files = list(folder).expect("a folder");
    files.iter().map(|file| path_of(folder, *file)).collect()
}

/// The lines of all files, as JSON.
pub(crate) fn lines(folder: &Path) -> Vec<Value> {
    let text: String = files(folder)
        .iter()
        .map(|path| fs::read_to_string(path).expect("a file"))
        .collect();
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// Verifies everything that is in a folder.
pub(crate) fn verified(folder: &Path) -> Result<Sound, Break> {
    let verification = Verification {
        folder: folder.to_owned(),
        from: None,
        expect: None,
    };
    verify(&verification, &mut |_, _| {})
}
