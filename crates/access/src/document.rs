//! Reads TOML with the line of everything, so that every refusal can name its place.
//!
//! A [`Section`] is a table under a title ("the user 'alice'"). It gives its members by type and refuses those that it
//! does not know. What the members mean is left to [`crate::identities`] and [`crate::secrets`]. No value of a file gets
//! into a message by itself: secrets are read through here too.

use std::ops::Range;
use std::path::{Path, PathBuf};

use everbeat_policy::nearest::suggestion;
use everbeat_policy::quoted;
use toml_edit::{Document, Item, TableLike, TomlError};

use crate::problem::LoadError;

/// Something with the line on which it stands, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot<T> {
    pub(crate) value: T,
    pub(crate) line: usize,
}

/// A file's path and where its lines begin.
#[derive(Debug)]
pub(crate) struct Lines {
    file: PathBuf,
    starts: Vec<usize>,
}

impl Lines {
    pub(crate) fn new(file: &Path, text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self {
            file: file.to_owned(),
            starts: std::iter::once(0)
                .chain(breaks.map(|(offset, _)| offset + 1))
                .collect(),
        }
    }

    fn line(&self, span: Option<Range<usize>>) -> usize {
        let offset = span.map_or(0, |span| span.start);
        self.starts.partition_point(|start| *start <= offset).max(1)
    }

    fn problem(&self, line: usize, reason: impl Into<String>) -> LoadError {
        LoadError::at(&self.file, line, reason)
    }

    /// Parses the text of this file.
    ///
    /// # Errors
    /// It is no TOML.
    pub(crate) fn parse<'t>(&self, text: &'t str) -> Result<Document<&'t str>, LoadError> {
        Document::parse(text).map_err(|error: TomlError| {
            let words: Vec<_> = error.message().split_whitespace().collect();
            let reason = words.join(" ");
            match error.span() {
                Some(span) => self.problem(self.line(Some(span)), reason),
                None => LoadError::of_file(&self.file, reason),
            }
        })
    }
}

/// A table of the file.
#[derive(Clone)]
pub(crate) struct Section<'d> {
    lines: &'d Lines,
    table: &'d dyn TableLike,
    title: String,
    /// Where its name stands.
    pub(crate) line: usize,
}

impl<'d> Section<'d> {
    /// The whole document.
    pub(crate) fn root(lines: &'d Lines, document: &'d Document<&str>) -> Self {
        Self {
            lines,
            table: document.as_table(),
            title: "the file".into(),
            line: 1,
        }
    }

    /// What is wrong with this section as a whole.
    pub(crate) fn problem(&self, reason: &str) -> LoadError {
        self.problem_at(self.line, reason)
    }

    /// What is wrong on a line of this section.
    pub(crate) fn problem_at(&self, line: usize, reason: &str) -> LoadError {
        self.lines.problem(line, format!("{} {reason}", self.title))
    }

    /// Refuses members with other names.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), LoadError> {
        for (name, item) in self.table.iter() {
            if !known.contains(&name) {
                let nearest = suggestion(name, known.iter().copied());
                let reason = format!("has the unknown key {}{nearest}", quoted(name));
                return Err(self.problem_at(self.line_of(name, item), &reason));
            }
        }
        Ok(())
    }

    /// The member as a text.
    pub(crate) fn text(&self, name: &str) -> Result<Option<Spot<String>>, LoadError> {
        let Some(item) = self.table.get(name) else {
            return Ok(None);
        };
        let line = self.line_of(name, item);
        let text = item.as_str();
        let text = text.ok_or_else(|| self.wrong_type(name, line, "a string"))?;
        Ok(Some(Spot {
            value: text.to_owned(),
            line,
        }))
    }

    /// The member as a text that must be there.
    pub(crate) fn required_text(&self, name: &str) -> Result<Spot<String>, LoadError> {
        self.text(name)?
            .ok_or_else(|| self.problem(&format!("has no '{name}'")))
    }

    /// The member as the text of a time, which may also be a date of TOML.
    pub(crate) fn required_time(&self, name: &str) -> Result<Spot<String>, LoadError> {
        let date = self.table.get(name).and_then(Item::as_datetime);
        match (date, self.table.get(name)) {
            (Some(date), Some(item)) => Ok(Spot {
                value: date.to_string(),
                line: self.line_of(name, item),
            }),
            (None, _) | (_, None) => self.required_text(name),
        }
    }

    /// The member as a number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<Spot<i64>>, LoadError> {
        let Some(item) = self.table.get(name) else {
            return Ok(None);
        };
        let line = self.line_of(name, item);
        let value = item.as_integer();
        let value = value.ok_or_else(|| self.wrong_type(name, line, "a number"))?;
        Ok(Some(Spot { value, line }))
    }

    /// The member as a list of texts, none of them twice; empty if it is not there.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<Spot<String>>, LoadError> {
        let Some(item) = self.table.get(name) else {
            return Ok(Vec::new());
        };
        let line = self.line_of(name, item);
        let array = item.as_array();
        let array = array.ok_or_else(|| self.wrong_type(name, line, "a list of strings"))?;
        let mut texts: Vec<Spot<String>> = Vec::new();
        for value in array {
            let line = self.lines.line(value.span());
            let text = value.as_str();
            let text = text.ok_or_else(|| self.wrong_type(name, line, "a list of strings"))?;
            texts.push(Spot {
                value: text.to_owned(),
                line,
            });
        }
        let mut sorted: Vec<_> = texts.iter().collect();
        sorted.sort_by(|one, other| one.value.cmp(&other.value));
        let twice = sorted.windows(2).find_map(|pair| match pair {
            [one, other] if one.value == other.value => Some(*other),
            _ => None,
        });
        match twice {
            Some(spot) => {
                let reason = format!("has {} twice in '{name}'", quoted(&spot.value));
                Err(self.problem_at(spot.line, &reason))
            }
            None => Ok(texts),
        }
    }

    /// The member as a table of texts; empty if it is not there.
    pub(crate) fn map(&self, name: &str) -> Result<Vec<(String, Spot<String>)>, LoadError> {
        let Some(section) = self.section(name, &format!("'{name}' of {}", self.title))? else {
            return Ok(Vec::new());
        };
        let names = section.table.iter().map(|(key, _)| key.to_owned());
        names
            .map(|key| {
                let value = section.required_text(&key)?;
                Ok((key, value))
            })
            .collect()
    }

    /// The member as a table of tables, each with its name and under a title made of it; empty if it is not there.
    pub(crate) fn sections(
        &self,
        name: &str,
        title: impl Fn(&str) -> String,
    ) -> Result<Vec<(String, Section<'d>)>, LoadError> {
        let Some(all) = self.section(name, &format!("'{name}'"))? else {
            return Ok(Vec::new());
        };
        let mut sections = Vec::new();
        for (name, _) in all.table.iter() {
            if let Some(section) = all.section(name, &title(name))? {
                sections.push((name.to_owned(), section));
            }
        }
        Ok(sections)
    }

    fn section(&self, name: &str, title: &str) -> Result<Option<Section<'d>>, LoadError> {
        let Some(item) = self.table.get(name) else {
            return Ok(None);
        };
        let line = self.line_of(name, item);
        let table = item.as_table_like();
        let table = table.ok_or_else(|| self.wrong_type(name, line, "a table"))?;
        Ok(Some(Section {
            lines: self.lines,
            table,
            title: title.to_owned(),
            line,
        }))
    }

    fn wrong_type(&self, name: &str, line: usize, wanted: &str) -> LoadError {
        let article = match name.starts_with(['a', 'e', 'i', 'o', 'u']) {
            true => "an",
            false => "a",
        };
        self.problem_at(
            line,
            &format!("has {article} '{name}' that is not {wanted}"),
        )
    }

    /// A table's name may stand in several headers: its own header counts, then the first place of the name.
    fn line_of(&self, name: &str, item: &Item) -> usize {
        let header = item
            .as_table()
            .filter(|table| !table.is_implicit() && !table.is_dotted())
            .and_then(toml_edit::Table::span);
        let key = || self.table.key(name).and_then(toml_edit::Key::span);
        self.lines.line(header.or_else(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str, read: impl Fn(&Section<'_>) -> Result<(), LoadError>) -> String {
        let lines = Lines::new(Path::new("f.toml"), text);
        let result = lines
            .parse(text)
            .and_then(|document| read(&Section::root(&lines, &document)));
        result.expect_err(text).to_string()
    }

    #[test]
    fn every_refusal_has_its_line() {
        let only_name = |section: &Section<'_>| section.only(&["name"]);
        let name = |section: &Section<'_>| section.text("name").map(drop);
        let number = |section: &Section<'_>| section.number("name").map(drop);
        let names = |section: &Section<'_>| section.texts("name").map(drop);
        let tables = |section: &Section<'_>| section.sections("t", str::to_owned).map(drop);
        let of_table = |section: &Section<'_>| {
            let tables = section.sections("t", |name| format!("the t {name}"))?;
            tables.iter().try_for_each(|(_, table)| table.only(&[]))
        };
        for (text, told) in [
            (
                error("# \n\nnaem = 1", only_name),
                "f.toml, line 3: the file has the unknown key 'naem'; did you mean 'name'?",
            ),
            (
                error("\nname = 1", name),
                "f.toml, line 2: the file has a 'name' that is not a string",
            ),
            (
                error("\nexpires = 1", |section| section.text("expires").map(drop)),
                "f.toml, line 2: the file has an 'expires' that is not a string",
            ),
            (
                error("name = 'x'", number),
                "f.toml, line 1: the file has a 'name' that is not a number",
            ),
            (
                error("name = [\n'x',\n1]", names),
                "f.toml, line 3: the file has a 'name' that is not a list of strings",
            ),
            (
                error("name = [\n'x',\n'y',\n'x']", names),
                "f.toml, line 4: the file has 'x' twice in 'name'",
            ),
            (
                error("[[t]]", tables),
                "f.toml, line 1: the file has a 't' that is not a table",
            ),
            (
                error("[t.a]\n[t.b]\nc = 1", of_table),
                "f.toml, line 3: the t b has the unknown key 'c'",
            ),
            (
                error("[t.a]\n[t.b.c.d]\n", of_table),
                "f.toml, line 2: the t b has the unknown key 'c'",
            ),
            (
                error("\nt.a.b = 1", of_table),
                "f.toml, line 2: the t a has the unknown key 'b'",
            ),
        ] {
            assert_eq!(text, told);
        }
        let text = error("a = 1\nb = [1", |_| Ok(()));
        assert!(text.starts_with("f.toml, line 2: "), "{text}");
        let text = error("a = 1\n\na = 2", |_| Ok(()));
        assert!(text.starts_with("f.toml, line 3: "), "{text}");
    }
}
