//! What to checksum: the regular files below a folder, sorted by path.
//!
//! Left out: hidden files and folders, folders that builds and package managers fill, and whatever is beyond the limits.
//! Links are not followed. What cannot be read is told, and left out too.

use std::ffi::OsStr;
use std::fs::{DirEntry, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::list::Entry;
use crate::problem::Problem;

/// What the command line's help says about the folder.
pub(crate) const HELP: &str = "Folder with the files to checksum, at most 256 MB. Hidden files and folders and build \
                               folders (target, node_modules, __pycache__, dist, build) are left out, links are not \
                               followed.";

const BUILD_FOLDERS: [&str; 5] = ["target", "node_modules", "__pycache__", "dist", "build"];
/// Files that do not fit into this many bytes are left out.
const MOST_BYTES: u64 = 256_000_000;
/// The search ends after this many files and folders.
const MOST_ENTRIES: usize = 20_000;

/// What was found below a folder.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// The files to checksum, sorted by path.
    pub(crate) files: Vec<Entry>,
    /// Files and folders that cannot be read: the path below the folder, and why.
    pub(crate) unreadable: Vec<(String, String)>,
    /// Whether there are more files than the limits allow.
    pub(crate) is_cut: bool,
    /// Bytes of all files.
    pub(crate) bytes: u64,
}

/// Whether a file can be opened.
pub(crate) fn open(path: &Path) -> io::Result<()> {
    File::open(path).map(drop)
}

/// Searches `directory`; `open` tells whether a file can be read.
///
/// # Errors
/// When the folder itself cannot be read or its path is not UTF-8.
pub(crate) fn scan(
    directory: &Path,
    open: &dyn Fn(&Path) -> io::Result<()>,
) -> Result<Scan, Problem> {
    let unusable = |error| Problem::Directory(directory.to_owned(), error);
    let root = directory.canonicalize().map_err(unusable)?;
    if root.to_str().is_none() {
        return Err(Problem::NotText(root));
    }
    // What is still to be looked at, the next one last: folders give way to their entries, so that the order is that
    // of the paths.
    let mut waiting = entries(&root).map_err(unusable)?;
    let mut scan = Scan::default();
    let mut seen = 0;
    while let Some(path) = waiting.pop() {
        if seen == MOST_ENTRIES {
            scan.is_cut = true;
            break;
        }
        seen += 1;
        match look_at(&path, open) {
            Ok(Found::File(size)) => scan.add(&root, path, size),
            Ok(Found::Folder(entries)) => waiting.extend(entries),
            Ok(Found::Other) => {}
            Err(error) => scan.refuse(&root, &path, &error.to_string()),
        }
    }
    Ok(scan)
}

enum Found {
    /// A regular file with its size.
    File(u64),
    /// A folder with what is in it, last first.
    Folder(Vec<PathBuf>),
    /// A link, a device, a socket.
    Other,
}

fn look_at(path: &Path, open: &dyn Fn(&Path) -> io::Result<()>) -> io::Result<Found> {
    let metadata = path.symlink_metadata()?;
    if metadata.is_dir() {
        return entries(path).map(Found::Folder);
    }
    if !metadata.is_file() {
        return Ok(Found::Other);
    }
    open(path)?;
    Ok(Found::File(metadata.len()))
}

/// The wanted entries of a folder, last first.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in folder.read_dir()? {
        let entry = entry?;
        if is_wanted(&entry) {
            paths.push(entry.path());
        }
    }
    paths.sort_unstable_by(|one, other| other.cmp(one));
    Ok(paths)
}

fn is_wanted(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let is_hidden = name.as_encoded_bytes().starts_with(b".");
    let is_built = BUILD_FOLDERS
        .iter()
        .any(|folder| name == OsStr::new(folder))
        && entry.file_type().is_ok_and(|kind| kind.is_dir());
    !is_hidden && !is_built
}

impl Scan {
    fn add(&mut self, root: &Path, path: PathBuf, size: u64) {
        let name = below(root, &path);
        if path.to_str().is_none() {
            return self.refuse(root, &path, "the name is not UTF-8");
        }
        if size > MOST_BYTES - self.bytes {
            self.is_cut = true;
            return;
        }
        self.bytes += size;
        self.files.push(Entry { name, path, size });
    }

    fn refuse(&mut self, root: &Path, path: &Path, reason: &str) {
        self.unreadable.push((below(root, path), reason.into()));
    }
}

/// The path below `root`, for people.
fn below(root: &Path, path: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, file).expect("a file");
        }
        folder
    }

    fn names(scan: &Scan) -> Vec<&str> {
        scan.files.iter().map(|file| file.name.as_str()).collect()
    }

    #[test]
    fn files_are_sorted_by_path_with_their_sizes() {
        let folder = folder(&["b", "a/z", "a.txt", "a/b/c"]);
        let scan = scan(folder.path(), &open).expect("a scan");
        assert_eq!(names(&scan), ["a/b/c", "a/z", "a.txt", "b"]);
        assert!(scan.files.is_sorted_by(|one, next| one.path < next.path));
        let sizes: Vec<u64> = scan.files.iter().map(|file| file.size).collect();
        assert_eq!(sizes, [5, 3, 5, 1]);
        assert!(!scan.is_cut);
    }

    #[test]
    fn hidden_and_built_things_are_left_out() {
        let folder = folder(&[
            ".git/config",
            ".env",
            "target/debug/x",
            "src/node_modules/y",
            "src/build",
            "src/distant",
        ]);
        let scan = scan(folder.path(), &open).expect("a scan");
        assert_eq!(names(&scan), ["src/build", "src/distant"]);
    }

    #[test]
    fn the_folder_itself_may_be_hidden() {
        let folder = folder(&[".git/config"]);
        let scan = scan(&folder.path().join(".git"), &open).expect("a scan");
        assert_eq!(names(&scan), ["config"]);
    }

    #[test]
    fn links_are_not_followed() {
        let folder = folder(&["a/b"]);
        let path = folder.path();
        symlink(path.join("a/b"), path.join("to-file")).expect("a link");
        symlink(path, path.join("a/to-parent")).expect("a link");
        symlink("nowhere", path.join("broken")).expect("a link");
        let scan = scan(path, &open).expect("a scan");
        assert_eq!(names(&scan), ["a/b"]);
        assert_eq!(scan.unreadable, []);
    }

    #[test]
    fn unreadable_files_are_told_and_left_out() {
        let folder = folder(&["good", "secret"]);
        let odd = OsStr::from_bytes(b"odd\xff");
        std::fs::write(folder.path().join(odd), "x").expect("a file");
        let open = |path: &Path| match path.ends_with("secret") {
            true => Err(io::Error::other("locked")),
            false => Ok(()),
        };
        let scan = scan(folder.path(), &open).expect("a scan");
        assert_eq!(names(&scan), ["good"]);
        let reasons = [
            ("odd\u{fffd}".into(), "the name is not UTF-8".into()),
            ("secret".into(), "locked".into()),
        ];
        assert_eq!(scan.unreadable, reasons);
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let folder = folder(&["a", "c"]);
        let large = File::create(folder.path().join("b")).expect("a file");
        large.set_len(MOST_BYTES).expect("a sparse file");
        let scan = scan(folder.path(), &open).expect("a scan");
        assert_eq!(names(&scan), ["a", "c"]);
        assert!(scan.is_cut);
    }

    #[test]
    fn a_missing_folder_is_named() {
        let problem = scan(Path::new("no/such/folder"), &open).expect_err("there is none");
        let text = "the folder no/such/folder does not exist";
        assert_eq!(problem.to_string(), text);
    }
}
