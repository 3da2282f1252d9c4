//! The format of the shared AWS files (cli.md section 10.1): Python's configparser, and botocore's maps nested below a
//! key. Own, because no reader of INI files keeps the nesting that `services` sections need.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Its keys hold for every other section that does not have them.
const FOR_ALL: &str = "DEFAULT";

/// A section with its keys in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What stands between the brackets.
    pub name: String,
    entries: Vec<(String, String)>,
}

impl Section {
    /// The value of a key. A map below the key is given as its lines, with a line break in front.
    pub fn get(&self, key: &str) -> Option<&str> {
        let (_, value) = self.entries.iter().find(|(name, _)| name == key)?;
        Some(value)
    }

    /// Whether the section has no keys.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All keys with their values.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// A value inside the map below `key`: its lines are indented and read `name = value`.
    pub fn nested(&self, key: &str, name: &str) -> Option<&str> {
        let lines = self.get(key)?.strip_prefix('\n')?;
        lines
            .lines()
            .filter_map(|line| line.split_once('='))
            .rfind(|(found, _)| found.trim() == name)
            .map(|(_, value)| value.trim())
    }
}

/// The text breaks the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable;

/// Reads a file's text.
pub(super) fn parse(text: &str) -> Result<Vec<Section>, Unreadable> {
    let mut sections: Vec<Section> = Vec::new();
    let mut begun = HashMap::new();
    // The section, and the indentation of its last key.
    let mut current: Option<(usize, Option<usize>)> = None;
    for line in text.lines() {
        let content = line.trim();
        if content.starts_with(['#', ';']) {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        if let Some((section, Some(key_indent))) = current
            && (content.is_empty() || indent > key_indent)
        {
            let (_, value) = last_entry(&mut sections, section)?;
            value.push('\n');
            value.push_str(content);
        } else if content.is_empty() {
            continue;
        } else if let Some(name) = section_name(content) {
            current = Some((begin(&mut sections, &mut begun, name)?, None));
        } else {
            let (section, _) = current.ok_or(Unreadable)?;
            add(sections.get_mut(section).ok_or(Unreadable)?, content)?;
            current = Some((section, Some(indent)));
        }
    }
    finish(sections)
}

/// A line that begins a section ends its name at the last bracket.
fn section_name(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix('[')?.rsplit_once(']')?;
    (!name.is_empty()).then_some(name)
}

fn last_entry(sections: &mut [Section], index: usize) -> Result<&mut (String, String), Unreadable> {
    sections
        .get_mut(index)
        .and_then(|section| section.entries.last_mut())
        .ok_or(Unreadable)
}

/// Begins a section; only the one that holds for all may begin twice.
fn begin<'a>(
    sections: &mut Vec<Section>,
    begun: &mut HashMap<&'a str, usize>,
    name: &'a str,
) -> Result<usize, Unreadable> {
    match begun.entry(name) {
        Entry::Occupied(place) if name == FOR_ALL => return Ok(*place.get()),
        Entry::Occupied(_) => return Err(Unreadable),
        Entry::Vacant(place) => place.insert(sections.len()),
    };
    sections.push(Section {
        name: name.into(),
        entries: Vec::new(),
    });
    Ok(sections.len() - 1)
}

fn add(section: &mut Section, line: &str) -> Result<(), Unreadable> {
    let (key, value) = line.split_once(['=', ':']).ok_or(Unreadable)?;
    let key = key.trim().to_lowercase();
    if key.is_empty() || section.get(&key).is_some() {
        return Err(Unreadable);
    }
    section.entries.push((key, value.trim().into()));
    Ok(())
}

/// Cuts the empty lines behind values, checks the maps, and spreads the keys that hold for all.
fn finish(mut sections: Vec<Section>) -> Result<Vec<Section>, Unreadable> {
    for section in &mut sections {
        for (_, value) in &mut section.entries {
            value.truncate(value.trim_end().len());
            let is_map = value.starts_with('\n');
            if is_map
                && value
                    .lines()
                    .any(|line| !line.is_empty() && !line.contains('='))
            {
                return Err(Unreadable);
            }
        }
    }
    let for_all = sections.iter().position(|section| section.name == FOR_ALL);
    if let Some(position) = for_all {
        let defaults = sections.remove(position);
        for section in &mut sections {
            for (key, value) in &defaults.entries {
                if section.get(key).is_none() {
                    section.entries.push((key.clone(), value.clone()));
                }
            }
        }
    }
    Ok(sections)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_keys_and_nested_maps() {
        let text = "# comment\n[default]\nRegion = eu-west-1\n\n[services s]\nsqs =\n  endpoint_url = http://q\n\
                    swf =\n  ; comment\n  endpoint_url = http://s\n  other=1\nlast: x=y\n";
        let sections = parse(text).expect("good text");
        assert_eq!(sections[0].get("region"), Some("eu-west-1"));
        assert_eq!(sections[1].name, "services s");
        assert_eq!(sections[1].nested("swf", "endpoint_url"), Some("http://s"));
        assert_eq!(sections[1].nested("sqs", "endpoint_url"), Some("http://q"));
        assert_eq!(sections[1].nested("last", "x"), None);
        assert_eq!(sections[1].get("last"), Some("x=y"));
    }

    #[test]
    fn values_go_on_in_indented_lines() {
        let value = |text: &str| {
            let sections = parse(text).expect("good text");
            sections[0].get("k").map(str::to_owned)
        };
        for (text, expected) in [
            ("[s]\nk = a # b\n", "a # b"),
            ("[s] # tail\nk = a\n  more\n", "a\nmore"),
            ("[s]\nk = a\n\n  more = 1\n\n", "a\n\nmore = 1"),
            ("  [s]\n  k = a\n  l = b\n", "a"),
            ("[s]\r\nk = a\r\n", "a"),
            ("[s]\nk =\n", ""),
        ] {
            assert_eq!(value(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn defaults_hold_for_every_section_that_says_nothing_else() {
        let sections =
            parse("[DEFAULT]\na=1\nb=1\n[s]\nb=2\n[t]\n[DEFAULT]\nc=3\n").expect("good text");
        assert_eq!(sections.len(), 2);
        assert_eq!(
            (sections[0].get("a"), sections[0].get("b")),
            (Some("1"), Some("2"))
        );
        assert_eq!(sections[1].get("c"), Some("3"));
    }

    #[test]
    fn what_pythons_reader_refuses_is_refused() {
        for text in [
            "a = b",
            "[s]\nnonsense",
            "[s]\na=1\na=2",
            "[s]\n[s]",
            "[s]\n= 1",
            "[]\na=1",
            "[s]\nk =\n  nonsense\n",
            "\u{feff}[s]\n",
        ] {
            assert_eq!(parse(text), Err(Unreadable), "{text}");
        }
    }
}
