//! The words of an option into the value of its member: files, JSON, shorthand, numbers (cli.md section 5).

use std::collections::BTreeMap;
use std::path::PathBuf;

use everbeat_model::Shape;
use everbeat_model::shape::StructureShape;

use crate::exit::Failure;
use crate::shorthand;
use everbeat_json::Json;

/// Reads `file://` values: what the shell's variables and the home directory are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Files<'a> {
    pub(crate) variables: &'a BTreeMap<String, String>,
}

/// The value of `option` (with its dashes) for a member of `shape`.
pub(crate) fn member_value(
    option: &str,
    words: &[String],
    shape: &Shape,
    files: Files<'_>,
) -> Result<Json, Failure> {
    let failed =
        |text: String| Failure::parameter(format!("Error parsing parameter '{option}': {text}"));
    match shape {
        Shape::List(list) => {
            let words = match words {
                [word] => &[files.resolved(word).map_err(failed)?][..],
                words => words,
            };
            list_value(words, list.element, files).map_err(failed)
        }
        Shape::Structure(structure) => {
            let word = files.resolved(only(words)).map_err(failed)?;
            structure_value(&word, structure, files).map_err(failed)
        }
        Shape::Integer(_) => {
            let word = files.resolved(only(words)).map_err(failed)?;
            everbeat_json::python::int(&word)
                .map(Json::Number)
                .map_err(Failure::general)
        }
        Shape::String(_) | Shape::Enum(_) | Shape::Timestamp { .. } | Shape::Boolean { .. } => {
            files
                .resolved(only(words))
                .map(Json::String)
                .map_err(failed)
        }
    }
}

fn only(words: &[String]) -> &str {
    words.first().map_or("", String::as_str)
}

fn list_value(words: &[String], element: &Shape, files: Files<'_>) -> Result<Json, String> {
    if let [word] = words
        && word.trim_start().starts_with('[')
    {
        return json(word);
    }
    let Shape::Structure(structure) = element else {
        return Ok(Json::List(
            words
                .iter()
                .map(|word| Json::String(word.clone()))
                .collect(),
        ));
    };
    let is_json = words.first().is_some_and(|word| looks_like_json(word));
    let elements: Result<Vec<Json>, String> = words
        .iter()
        .map(|word| {
            if is_json {
                structure_json(word)
            } else {
                from_shorthand(word, structure, files)
            }
        })
        .collect();
    elements.map(Json::List)
}

fn structure_value(
    word: &str,
    structure: &StructureShape,
    files: Files<'_>,
) -> Result<Json, String> {
    if looks_like_json(word) {
        structure_json(word)
    } else {
        from_shorthand(word, structure, files)
    }
}

fn looks_like_json(word: &str) -> bool {
    word.trim_start().starts_with(['[', '{'])
}

fn structure_json(word: &str) -> Result<Json, String> {
    if word.trim_start().starts_with('{') {
        json(word)
    } else {
        Err(format!("Invalid JSON:\n{word}"))
    }
}

fn json(word: &str) -> Result<Json, String> {
    Json::parse(word).map_err(|error| format!("Invalid JSON: {error}\nJSON received: {word}"))
}

fn from_shorthand(
    word: &str,
    structure: &StructureShape,
    files: Files<'_>,
) -> Result<Json, String> {
    let load = |word: &str| files.resolved(word);
    let value = shorthand::parse(word, &load).map_err(|error| error.0)?;
    Ok(fitted_members(value, structure))
}

/// A lone value where the model has a list becomes a list of one.
fn fitted(value: Json, shape: &Shape) -> Json {
    match (value, shape) {
        (value, Shape::Structure(structure)) => fitted_members(value, structure),
        (Json::List(elements), Shape::List(list)) => Json::List(
            elements
                .into_iter()
                .map(|element| fitted(element, list.element))
                .collect(),
        ),
        (value, Shape::List(list)) => Json::List(vec![fitted(value, list.element)]),
        (value, _) => value,
    }
}

fn fitted_members(value: Json, structure: &StructureShape) -> Json {
    let Json::Map(members) = value else {
        return value;
    };
    let fitted = members
        .into_iter()
        .map(|(name, value)| match structure.member(&name) {
            Some(member) => (name, fitted(value, member.shape)),
            None => (name, value),
        });
    Json::Map(fitted.collect())
}

impl Files<'_> {
    /// The word, or the content of the file that it names with `file://`.
    pub(crate) fn resolved(&self, word: &str) -> Result<String, String> {
        let (path, is_text) = match (word.strip_prefix("file://"), word.strip_prefix("fileb://")) {
            (Some(path), _) => (path, true),
            (None, Some(path)) => (path, false),
            (None, None) => return Ok(word.into()),
        };
        let path = self.expanded(path);
        let bytes = std::fs::read(&path).map_err(|error| {
            let reason = python_error(&error);
            format!(
                "Unable to load paramfile {word}: {reason}: '{}'",
                path.display()
            )
        })?;
        if !is_text {
            return Err("no member of the API takes the bytes of a fileb:// value".into());
        }
        String::from_utf8(bytes).map_err(|_| {
            format!(
                "Unable to load paramfile ({}), text contents could not be decoded.  If this is a binary file, please \
                 use the fileb:// prefix instead of the file:// prefix.",
                path.display()
            )
        })
    }

    /// `~` at the start, `$NAME` and `${NAME}`; unknown variables stay as written.
    fn expanded(&self, path: &str) -> PathBuf {
        let mut out = String::new();
        let mut rest = path;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let (name, length) = variable_name(after);
            match self.variables.get(name) {
                Some(value) if !name.is_empty() => out.push_str(value),
                _ => out.push_str(&rest[at..at + 1 + length]),
            }
            rest = &after[length..];
        }
        out.push_str(rest);
        match (out.strip_prefix('~'), self.variables.get("HOME")) {
            (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
                format!("{home}{rest}").into()
            }
            _ => out.into(),
        }
    }
}

/// The name at the start of the text behind a `$`, and how long it is with its braces.
fn variable_name(after: &str) -> (&str, usize) {
    if let Some(inner) = after.strip_prefix('{') {
        return match inner.find('}') {
            Some(end) => (&inner[..end], end + 2),
            None => ("", 0),
        };
    }
    let end = after
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(after.len());
    (&after[..end], end)
}

/// An error of the operating system as Python prints it: `[Errno 2] No such file or directory`.
pub(crate) fn python_error(error: &std::io::Error) -> String {
    let text = error.to_string();
    match (error.raw_os_error(), text.split(" (os error").next()) {
        (Some(number), Some(reason)) => format!("[Errno {number}] {reason}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use everbeat_model::Operation;

    use super::*;

    fn value(operation: Operation, member: &str, words: &[&str]) -> Result<String, String> {
        let member = operation
            .descriptor()
            .input_structure()
            .member(member)
            .expect("a member");
        let words: Vec<String> = words.iter().map(|word| (*word).into()).collect();
        let variables = BTreeMap::from([("DIR".into(), env!("CARGO_MANIFEST_DIR").into())]);
        let files = Files {
            variables: &variables,
        };
        member_value("--option", &words, member.shape, files)
            .map(|value| everbeat_json::compact(&value))
            .map_err(|failure| failure.text)
    }

    const START: Operation = Operation::StartWorkflowExecution;
    const RESPOND: Operation = Operation::RespondDecisionTaskCompleted;
    const DECISION: &str = r#"{"decisionType": "X"}"#;

    #[test]
    fn structures_are_json_or_shorthand() {
        assert_eq!(
            value(START, "taskList", &["name=a"]),
            Ok(r#"{"name": "a"}"#.into())
        );
        assert_eq!(
            value(START, "taskList", &[" {\"name\":\"a\"}"]),
            Ok(r#"{"name": "a"}"#.into())
        );
        assert_eq!(
            value(START, "taskList", &["[1]"]),
            Err("Error parsing parameter '--option': Invalid JSON:\n[1]".into())
        );
        assert_eq!(
            value(START, "taskList", &["{\"name\""]),
            Err("Error parsing parameter '--option': Invalid JSON: Expecting ':' delimiter: line 1 column 8 (char 7)\n\
                 JSON received: {\"name\""
                .into())
        );
    }

    #[test]
    fn lists_take_words_or_json() {
        assert_eq!(
            value(START, "tagList", &["a,b", "c"]),
            Ok(r#"["a,b", "c"]"#.into())
        );
        assert_eq!(value(START, "tagList", &["[\"a\"]"]), Ok(r#"["a"]"#.into()));
        assert_eq!(value(START, "tagList", &[]), Ok("[]".into()));
        let both = format!("[{DECISION}, {DECISION}]");
        assert_eq!(
            value(RESPOND, "decisions", &[DECISION, DECISION]),
            Ok(both.clone())
        );
        assert_eq!(value(RESPOND, "decisions", &[&both]), Ok(both.clone()));
        assert_eq!(
            value(RESPOND, "decisions", &["decisionType=X", "decisionType=X"]),
            Ok(both)
        );
    }

    #[test]
    fn a_lone_value_becomes_a_list_where_one_is_due() {
        let word = "startChildWorkflowExecutionDecisionAttributes={tagList=a}";
        let json = r#"[{"startChildWorkflowExecutionDecisionAttributes": {"tagList": ["a"]}}]"#;
        assert_eq!(value(RESPOND, "decisions", &[word]), Ok(json.into()));
    }

    #[test]
    fn files_are_read_and_errors_are_pythons() {
        let file = value(START, "input", &["file://${DIR}/tests/data/operations.txt"]);
        assert!(
            file.expect("the file is there")
                .starts_with("\"count-closed-")
        );
        let missing = value(START, "input", &["file:///no/such/file"]);
        assert_eq!(
            missing,
            Err("Error parsing parameter '--option': Unable to load paramfile file:///no/such/file: \
                 [Errno 2] No such file or directory: '/no/such/file'"
                .into())
        );
        let list = Operation::ListDomains;
        assert_eq!(value(list, "maximumPageSize", &[" 1_0"]), Ok("10".into()));
        assert!(value(list, "maximumPageSize", &["x"]).is_err());
        assert_eq!(value(START, "input", &["$HOME"]), Ok("\"$HOME\"".into()));
    }
}
