//! The list of files that the demo writes for its workers, so that all attempts do the same work.
//!
//! A list is a JSON file; the input of a task names it. It is never so small that there would be no half-way: generated
//! files top it up.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// Fewer files and fewer bytes than these are topped up.
const FEWEST_FILES: usize = 24;
const FEWEST_BYTES: u64 = 1_000_000;
const GENERATED_BYTES: u64 = 50_000;

/// A file to checksum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Path below the folder; goes into the digest.
    pub(crate) name: String,
    /// Where the file is; UTF-8.
    pub(crate) path: PathBuf,
    /// Size in bytes; exactly these are read.
    pub(crate) size: u64,
}

/// The files of all acts, in the order of the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileList {
    pub(crate) entries: Vec<Entry>,
    /// How many of them, the last ones, were generated.
    pub(crate) generated: usize,
}

impl FileList {
    /// `entries` and as many generated files, written below `folder`, as are missing.
    pub(crate) fn topped_up(mut entries: Vec<Entry>, folder: &Path) -> io::Result<Self> {
        let folder = folder.join("generated");
        std::fs::create_dir_all(&folder)?;
        let bytes: u64 = entries.iter().map(|entry| entry.size).sum();
        let missing_bytes = FEWEST_BYTES.saturating_sub(bytes);
        let for_bytes = usize::try_from(missing_bytes.div_ceil(GENERATED_BYTES));
        let generated = FEWEST_FILES
            .saturating_sub(entries.len())
            .max(for_bytes.unwrap_or(usize::MAX));
        for number in 1..=generated {
            let name = format!("part-{number:02}");
            let path = folder.join(&name);
            generate(&path, number)?;
            entries.push(Entry {
                name: format!("generated/{name}"),
                path,
                size: GENERATED_BYTES,
            });
        }
        Ok(Self { entries, generated })
    }

    /// Bytes of all files.
    pub(crate) fn bytes(&self) -> u64 {
        self.entries.iter().map(|entry| entry.size).sum()
    }

    pub(crate) fn save(&self, path: &Path) -> io::Result<()> {
        let row = |entry: &Entry| json!([entry.name, entry.path.to_str(), entry.size]);
        let rows: Vec<Value> = self.entries.iter().map(row).collect();
        let list = json!({"files": rows, "generated": self.generated});
        std::fs::write(path, list.to_string())
    }

    pub(crate) fn load(path: &Path) -> io::Result<Self> {
        let list: Value = serde_json::from_slice(&std::fs::read(path)?)?;
        Self::read(&list).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
    }

    fn read(list: &Value) -> Option<Self> {
        let entry = |row: &Value| {
            Some(Entry {
                name: row.get(0)?.as_str()?.into(),
                path: row.get(1)?.as_str()?.into(),
                size: row.get(2)?.as_u64()?,
            })
        };
        let rows = list.get("files")?.as_array()?;
        Some(Self {
            entries: rows.iter().map(entry).collect::<Option<_>>()?,
            generated: usize::try_from(list.get("generated")?.as_u64()?).ok()?,
        })
    }
}

/// Writes a file whose content depends on its number alone (xorshift).
fn generate(path: &Path, number: usize) -> io::Result<()> {
    let mut file = io::BufWriter::new(std::fs::File::create(path)?);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(number as u64);
    for _ in 0..GENERATED_BYTES / 8 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        file.write_all(&state.to_le_bytes())?;
    }
    file.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(size: u64) -> Entry {
        let (name, path) = ("a \"b\"\n".into(), "/x/a \"b\"\n".into());
        Entry { name, path, size }
    }

    #[test]
    fn a_small_list_is_topped_up_with_files_that_exist() {
        let folder = tempfile::tempdir().expect("a folder");
        let list = FileList::topped_up(vec![entry(7)], folder.path()).expect("a list");
        assert_eq!(list.entries.len(), FEWEST_FILES);
        assert_eq!(list.generated, FEWEST_FILES - 1);
        assert!(list.bytes() >= FEWEST_BYTES);
        let contents: Vec<Vec<u8>> = list.entries[1..]
            .iter()
            .map(|entry| std::fs::read(&entry.path).expect("a file"))
            .collect();
        assert!(
            contents
                .iter()
                .all(|content| content.len() as u64 == GENERATED_BYTES)
        );
        assert!(contents.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn many_small_files_are_topped_up_by_bytes() {
        let folder = tempfile::tempdir().expect("a folder");
        let list = FileList::topped_up(vec![entry(1); 100], folder.path()).expect("a list");
        assert_eq!(list.generated, 20);
        assert_eq!(list.bytes(), 1_000_100);
    }

    #[test]
    fn a_large_list_stays_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let entries = vec![entry(FEWEST_BYTES); FEWEST_FILES];
        let list = FileList::topped_up(entries.clone(), folder.path()).expect("a list");
        assert_eq!((list.entries, list.generated), (entries, 0));
    }

    #[test]
    fn a_list_is_read_back_as_it_was_saved() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("list.json");
        let (entries, generated) = (vec![entry(0), entry(u64::MAX)], 1);
        let list = FileList { entries, generated };
        list.save(&path).expect("saved");
        assert_eq!(FileList::load(&path).expect("loaded"), list);
        std::fs::write(&path, r#"{"files":[["a"]],"generated":0}"#).expect("written");
        assert!(FileList::load(&path).is_err());
    }
}
