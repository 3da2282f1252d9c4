//! The format of the shared AWS files (cli.md section 10.1): Python's configparser, and botocore's maps nested below a
//! key. Own, because no reader of INI files keeps the nesting that `services` sections need.

/// A section with its keys in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What stands between the brackets.
    pub name: String,
    entries: Vec<(String, String)>,
}

impl Section {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        let (_, value) = self.entries.iter().find(|(name, _)| name == key)?;
        Some(value)
    }

    /// A value inside the map below `key`: its lines are indented and read `name = value`.
    pub fn nested(&self, key: &str, name: &str) -> Option<&str> {
        let lines = self.get(key)?.strip_prefix('\n')?;
        lines
            .lines()
            .filter_map(|line| line.split_once('='))
            .find(|(found, _)| found.trim() == name)
            .map(|(_, value)| value.trim())
    }
}

/// The text breaks the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable;

/// Reads a file's text.
pub(super) fn parse(text: &str) -> Result<Vec<Section>, Unreadable> {
    let mut sections: Vec<Section> = Vec::new();
    let mut key_indent = None;
    for line in text.lines() {
        let content = line.trim();
        if content.is_empty() || content.starts_with(['#', ';']) {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        if key_indent.is_some_and(|key| indent > key) {
            let value = sections
                .last_mut()
                .and_then(|section| section.entries.last_mut());
            let (_, value) = value.ok_or(Unreadable)?;
            value.push('\n');
            value.push_str(content);
        } else if let Some(name) = content
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'))
        {
            key_indent = None;
            begin(&mut sections, name.0)?;
        } else {
            key_indent = Some(indent);
            add(sections.last_mut().ok_or(Unreadable)?, content)?;
        }
    }
    Ok(sections)
}

fn begin(sections: &mut Vec<Section>, name: &str) -> Result<(), Unreadable> {
    if sections.iter().any(|section| section.name == name) {
        return Err(Unreadable);
    }
    sections.push(Section {
        name: name.into(),
        entries: Vec::new(),
    });
    Ok(())
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
    fn what_pythons_reader_refuses_is_refused() {
        for text in [
            "a = b",
            "[s]\nnonsense",
            "[s]\na=1\na=2",
            "[s]\n[s]",
            "[s]\n= 1",
        ] {
            assert_eq!(parse(text), Err(Unreadable), "{text}");
        }
    }
}
