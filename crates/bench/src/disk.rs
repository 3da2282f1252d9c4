//! What an fsync costs: the least time that anything durable takes on a disk.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// Written before each fsync, in bytes: a page of a database.
const PAGE_BYTES: usize = 4096;
const MAX_ROUNDS: usize = 200;
const MAX_TIME: Duration = Duration::from_secs(1);

/// The median time of an fsync of a freshly appended page in `folder`; at most 200 rounds or a second.
///
/// # Errors
/// When nothing can be written there.
pub(crate) fn fsync_median(folder: &Path) -> Result<Duration, Failure> {
    let mut file = tempfile::tempfile_in(folder).map_err(Failure::Machine)?;
    let begin = Instant::now();
    let mut times = Vec::with_capacity(MAX_ROUNDS);
    while times.is_empty() || (times.len() < MAX_ROUNDS && begin.elapsed() < MAX_TIME) {
        file.write_all(&[7; PAGE_BYTES]).map_err(Failure::Machine)?;
        let before = Instant::now();
        file.sync_all().map_err(Failure::Machine)?;
        times.push(before.elapsed());
    }
    times.sort_unstable();
    Ok(times.get(times.len() / 2).copied().unwrap_or_default())
}
