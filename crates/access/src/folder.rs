//! The folder on disk: reads all its files before any is judged, and replaces files as a whole.
//!
//! Files are written beside their place and then renamed, so that a reader sees the old or the new one, never half of
//! it. Symbolic links are followed, and stay. What the texts mean is left to others.

use std::fs::{self, DirBuilder, File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::StatVfsMountFlags;

use crate::names::{SHARED_NAME_RULE, is_shared_name};
use crate::problem::LoadError;
use crate::shell;

pub(crate) const ACCESS: &str = "access.toml";
pub(crate) const SECRETS: &str = "secrets.toml";
pub(crate) const POLICIES: &str = "policies";
/// What a policy's file ends with.
pub(crate) const POLICY_ENDING: &str = ".json";

/// The largest file that is read, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;
/// Readable and writable for the owner, and for nobody else.
pub(crate) const FOR_OWNER: u32 = 0o600;
/// Readable for all.
pub(crate) const FOR_ALL: u32 = 0o644;
/// The same of a folder.
const FOLDER_MODE: u32 = 0o755;

/// A policy's file.
#[derive(Debug, Clone)]
pub(crate) struct PolicyFile {
    pub(crate) name: String,
    pub(crate) file: PathBuf,
    pub(crate) text: String,
}

/// All texts of a folder, as they were on disk.
#[derive(Debug, Clone)]
pub(crate) struct Contents {
    pub(crate) access: String,
    /// None if there is no such file: the environment may have the secrets.
    pub(crate) secrets: Option<String>,
    /// In the order of their names.
    pub(crate) policies: Vec<PolicyFile>,
    /// Files beside the policies that look like some and are not read.
    pub(crate) unread: Vec<PathBuf>,
}

impl Contents {
    /// The text of an `access.toml` without anybody.
    pub(crate) const NOBODY: &str = "version = 1\n";

    /// Reads the whole folder.
    ///
    /// # Errors
    /// A file cannot be read or is too large, everybody may change it or its folder, or the secrets are open to others.
    pub(crate) fn read(folder: &Path) -> Result<Self, LoadError> {
        refuse_open_folders(folder)?;
        let access_file = folder.join(ACCESS);
        let Some((access, metadata)) = read_file(&access_file)? else {
            return Err(missing(folder));
        };
        refuse_if_open(&access_file, &metadata)?;
        let policies_folder = folder.join(POLICIES);
        let files = policy_files(&policies_folder);
        let files =
            files.map_err(|error| LoadError::of_file(&policies_folder, error.to_string()))?;
        let (files, unread) = files
            .into_iter()
            .partition(|file| policy_name(file).is_some());
        Ok(Self {
            access,
            secrets: read_secrets(&folder.join(SECRETS))?,
            policies: read_policies(files)?,
            unread,
        })
    }

    /// What of the folder itself is probably not what its author meant.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let warning = |file: &PathBuf| {
            let reason =
                format!("this file is not read: its name does not end with {POLICY_ENDING}");
            LoadError::of_file(file, reason).to_string()
        };
        self.unread.iter().map(warning).collect()
    }
}

/// Who may change a folder can replace its files, whatever their own modes are.
///
/// # Errors
/// Everybody may change this folder, or that of the policies.
pub(crate) fn refuse_open_folders(folder: &Path) -> Result<(), LoadError> {
    for folder in [folder.to_owned(), folder.join(POLICIES)] {
        // What cannot be looked at is told when it is read.
        if let Ok(metadata) = fs::metadata(&folder) {
            refuse_if_open(&folder, &metadata)?;
        }
    }
    Ok(())
}

/// The folder is none.
pub(crate) fn missing(folder: &Path) -> LoadError {
    let reason = "there is no such file; `everbeat access init` makes a folder with one";
    LoadError::of_file(&folder.join(ACCESS), reason)
}

fn read_secrets(file: &Path) -> Result<Option<String>, LoadError> {
    let Some((text, metadata)) = read_file(file)? else {
        return Ok(None);
    };
    let us = rustix::process::geteuid().as_raw();
    match secrets_problem(file, us, metadata.uid(), metadata.mode()) {
        Some(reason) => Err(LoadError::of_file(file, reason)),
        None => Ok(Some(text)),
    }
}

/// Why a file must hold no secrets: others than its owner may use it, or the owner is neither we nor root.
fn secrets_problem(file: &Path, us: u32, owner: u32, mode: u32) -> Option<String> {
    let shown = shell::word(file);
    let mode = mode & 0o777;
    if mode & 0o077 != 0 {
        return Some(format!(
            "others may use this file (its mode is {mode:04o}); `chmod 600 {shown}` mends that"
        ));
    }
    if owner != us && owner != 0 {
        return Some(format!(
            "this file belongs to the user {owner}, and neither to us (the user {us}) nor to root: \
             let that user do this, or `chown {us} {shown}` mends that"
        ));
    }
    None
}

fn read_policies(files: Vec<PathBuf>) -> Result<Vec<PolicyFile>, LoadError> {
    let mut policies = Vec::new();
    for file in files {
        let name = policy_name(&file).unwrap_or_default().to_owned();
        if !is_shared_name(&name) {
            let reason = format!("the name of a policy is of {SHARED_NAME_RULE}");
            return Err(LoadError::of_file(&file, reason));
        }
        let Some((text, metadata)) = read_file(&file)? else {
            return Err(LoadError::of_file(
                &file,
                "this file has vanished, or is a link to nothing",
            ));
        };
        refuse_if_open(&file, &metadata)?;
        policies.push(PolicyFile { name, file, text });
    }
    Ok(policies)
}

/// The files that are policies or, but for the case of their ending, look like some, sorted; hidden ones are none. No
/// folder has none.
fn policy_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.as_encoded_bytes().to_ascii_lowercase();
        if name.ends_with(POLICY_ENDING.as_bytes()) && !name.starts_with(b".") {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// The name of a file that ends as policies do. One that is not Unicode gets an empty name, which no policy can have.
fn policy_name(file: &Path) -> Option<&str> {
    let name = file.file_name()?;
    match name.to_str() {
        Some(name) => name.strip_suffix(POLICY_ENDING),
        None => name
            .as_encoded_bytes()
            .ends_with(POLICY_ENDING.as_bytes())
            .then_some(""),
    }
}

/// Who may change what others may do may do everything. On a file system that is only read, nobody may, whatever the
/// modes say: volumes of secrets are often mounted so.
fn refuse_if_open(path: &Path, metadata: &Metadata) -> Result<(), LoadError> {
    if metadata.mode() & 0o002 == 0 || is_only_read(path) {
        return Ok(());
    }
    let shown = shell::word(path);
    let what = if metadata.is_dir() {
        "this folder, and so replace its files"
    } else {
        "this file"
    };
    let reason = format!("everybody may change {what}; `chmod o-w {shown}` mends that");
    Err(LoadError::of_file(path, reason))
}

fn is_only_read(path: &Path) -> bool {
    let found = rustix::fs::statvfs(path);
    found.is_ok_and(|found| found.f_flag.contains(StatVfsMountFlags::RDONLY))
}

fn read_file(file: &Path) -> Result<Option<(String, Metadata)>, LoadError> {
    let refused = |reason: String| LoadError::of_file(file, reason);
    // Opening a pipe would wait for its writer, so its kind is looked at first.
    match fs::metadata(file) {
        Ok(metadata) if !metadata.is_file() => return Err(refused("this is not a file".into())),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refused(error.to_string())),
    }
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|handle| {
        let metadata = handle.metadata()?;
        handle.take(LARGEST + 1).read_to_end(&mut bytes)?;
        Ok(metadata)
    });
    let metadata = read.map_err(|error| refused(error.to_string()))?;
    if bytes.len() as u64 > LARGEST {
        let most = LARGEST / (1024 * 1024);
        return Err(refused(format!("this file has more than {most} MiB")));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some((text, metadata))),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let before = error.as_bytes().iter().take(good);
            let line = before.filter(|byte| **byte == b'\n').count() + 1;
            Err(LoadError::at(file, line, "this is no UTF-8"))
        }
    }
}

/// When and how large a file was: changes with every change of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    bytes: u64,
    /// Seconds and nanoseconds: of the contents, and of owner and mode.
    modified: (i64, i64),
    changed: (i64, i64),
}

/// What a folder looked like, to see whether it has changed. Taken before [`Directory::load`](crate::Directory::load),
/// it differs later if anything changed during or after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(Vec<(PathBuf, Option<Stamp>)>);

/// Looks at all files of a folder without opening them.
pub fn fingerprint(folder: &Path) -> Fingerprint {
    let policies = policy_files(&folder.join(POLICIES)).unwrap_or_default();
    // The folder itself, for its mode.
    let files = ["", ACCESS, SECRETS, POLICIES].map(|name| folder.join(name));
    let stamps = files.into_iter().chain(policies).map(|file| {
        let stamp = fs::metadata(&file).ok().map(|metadata| Stamp {
            device: metadata.dev(),
            inode: metadata.ino(),
            bytes: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        });
        (file, stamp)
    });
    Fingerprint(stamps.collect())
}

/// Makes a folder with those above it; nobody but the owner may change them, whatever the process usually gives.
///
/// # Errors
/// Of the file system.
pub(crate) fn make_folders(folder: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(FOLDER_MODE)
        .create(folder)
}

/// Waits until nobody else edits the folder; the lock ends with what is returned.
///
/// # Errors
/// There is no such folder, or it cannot be locked.
pub(crate) fn lock(folder: &Path) -> io::Result<File> {
    let handle = File::open(folder)?;
    handle.lock()?;
    Ok(handle)
}

/// Puts a text in the place of a file, whose owner and mode stay; a new file gets this mode.
///
/// # Errors
/// Of the file system. The old file is there then.
pub(crate) fn replace(file: &Path, text: &str, mode_if_new: u32) -> io::Result<()> {
    let target = match fs::canonicalize(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => file.to_owned(),
        target => target?,
    };
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
    let mut mode = mode_if_new;
    if let Ok(old) = fs::metadata(&target) {
        mode = old.mode() & 0o777;
        let made = fresh.as_file().metadata()?;
        if (made.uid(), made.gid()) != (old.uid(), old.gid()) {
            fchown(fresh.as_file(), Some(old.uid()), Some(old.gid()))?;
        }
    }
    fresh.write_all(text.as_bytes())?;
    let permissions = fs::Permissions::from_mode(mode);
    fresh.as_file().set_permissions(permissions)?;
    fresh.as_file().sync_all()?;
    fresh.persist(&target).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_for_us_or_root_alone() {
        let problem = |us, owner, mode| secrets_problem(Path::new("s"), us, owner, mode);
        for (us, owner, mode) in [
            (1000, 1000, 0o100_600),
            (1000, 0, 0o100_400),
            (0, 0, 0o100_600),
        ] {
            assert_eq!(problem(us, owner, mode), None, "{us} {owner} {mode:o}");
        }
        for (us, owner, mode, told) in [
            (1000, 1000, 0o100_640, "its mode is 0640); `chmod 600 s`"),
            (1000, 1000, 0o100_601, "its mode is 0601); `chmod 600 s`"),
            (
                1000,
                1001,
                0o100_600,
                "the user 1001, and neither to us (the user 1000)",
            ),
            (
                0,
                1001,
                0o100_600,
                "the user 1001, and neither to us (the user 0)",
            ),
        ] {
            let problem = problem(us, owner, mode).expect(told);
            assert!(problem.contains(told), "{problem}");
        }
    }
}
