//! The words of an option into the value of its member: files, JSON, shorthand, numbers (cli.md section 5).

use everbeat_json::{Foreign, Json, python};
use everbeat_model::Shape;
use everbeat_model::shape::StructureShape;

use crate::exit::Failure;
use crate::files::{Files, Given};
use crate::shorthand::{self, ShorthandError};

/// What the reference says of an empty text where it looks at the first character.
const NO_CHARACTER: &str = "string index out of range";

const BYTES: &str = "The bytes of a fileb:// value are no text to read a value from; use file://";

/// Why words are no value.
enum Refusal {
    /// The option cannot be parsed.
    Parameter(String),
    /// The reference breaks off.
    General(String),
}

impl From<String> for Refusal {
    fn from(text: String) -> Self {
        Self::Parameter(text)
    }
}

/// The value that an option gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) json: Json,
    /// It was written in JSON.
    pub(crate) from_json: bool,
}

/// The value of `option` (with its dashes) for a member of `shape`.
///
/// # Errors
/// Words that are no value for the shape; files that cannot be read.
pub(crate) fn member_value(
    option: &str,
    words: &[String],
    shape: &Shape,
    files: Files<'_>,
) -> Result<Value, Failure> {
    value(words, shape, files).map_err(|refusal| match refusal {
        Refusal::Parameter(text) => {
            Failure::parameter(format!("Error parsing parameter '{option}': {text}"))
        }
        Refusal::General(text) => Failure::general(text),
    })
}

fn value(words: &[String], shape: &Shape, files: Files<'_>) -> Result<Value, Refusal> {
    let has_json = matches!(shape, Shape::List(_) | Shape::Structure(_));
    let given = match words {
        [word] => files.resolved(word)?,
        _ if matches!(shape, Shape::List(_)) => {
            return Ok(Value {
                json: list_of_words(words, shape, files)?,
                from_json: words.first().is_some_and(|word| looks_like_json(word)),
            });
        }
        _ => Given::Word(String::new()),
    };
    let from_json = match &given {
        Given::Word(text) | Given::Content(text) => has_json && looks_like_json(text),
        Given::Bytes(_) => false,
    };
    let json = given_value(given, shape, files)?;
    Ok(Value { json, from_json })
}

fn given_value(given: Given, shape: &Shape, files: Files<'_>) -> Result<Json, Refusal> {
    match (shape, given) {
        (Shape::List(_), Given::Word(word)) => list_of_words(&[word], shape, files),
        (Shape::List(list), Given::Content(text)) => list_of_content(&text, list.element, files),
        (Shape::Structure(structure), Given::Word(text) | Given::Content(text)) => {
            structure_value(&text, structure, files)
        }
        (Shape::Integer(_), Given::Word(text) | Given::Content(text)) => python::int(&text)
            .map(Json::Number)
            .map_err(Refusal::General),
        (Shape::List(_), Given::Bytes(_)) => Err(Refusal::Parameter(BYTES.into())),
        (Shape::Structure(_) | Shape::Integer(_), Given::Bytes(_)) => {
            Err(Refusal::General(BYTES.into()))
        }
        (
            Shape::String(_) | Shape::Enum(_) | Shape::Timestamp { .. } | Shape::Boolean { .. },
            given,
        ) => Ok(scalar(given)),
    }
}

fn scalar(given: Given) -> Json {
    match given {
        Given::Word(text) | Given::Content(text) => Json::String(text),
        Given::Bytes(bytes) => Json::Foreign(Foreign::bytes(&bytes)),
    }
}

/// One word may be the whole list in JSON; else each word is an element.
fn list_of_words(words: &[String], shape: &Shape, files: Files<'_>) -> Result<Json, Refusal> {
    let Shape::List(list) = shape else {
        return Ok(Json::List(Vec::new()));
    };
    if let [word] = words
        && word.trim_start().starts_with('[')
    {
        return Ok(json(word)?);
    }
    let Shape::Structure(structure) = list.element else {
        let elements = words.iter().map(|word| Json::from(word.as_str()));
        return Ok(Json::List(elements.collect()));
    };
    let is_json = words.first().is_some_and(|word| looks_like_json(word));
    let elements: Result<Vec<Json>, Refusal> = words
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

/// The content of a file is a list in JSON. What else it may be the reference takes apart, and so do we: shorthand is
/// read although no list comes of it, other texts fall into characters.
fn list_of_content(text: &str, element: &Shape, files: Files<'_>) -> Result<Json, Refusal> {
    if text.trim_start().starts_with('[') {
        return Ok(json(text)?);
    }
    if let Shape::Structure(structure) = element {
        return if looks_like_json(text) {
            structure_json("{")
        } else {
            from_shorthand(text, structure, files)
        };
    }
    if text.trim_start().is_empty() {
        return Err(Refusal::General(NO_CHARACTER.into()));
    }
    let characters = text.chars().map(|character| Json::String(character.into()));
    Ok(Json::List(characters.collect()))
}

fn structure_value(
    word: &str,
    structure: &StructureShape,
    files: Files<'_>,
) -> Result<Json, Refusal> {
    if looks_like_json(word) {
        structure_json(word)
    } else {
        from_shorthand(word, structure, files)
    }
}

fn looks_like_json(word: &str) -> bool {
    word.trim_start().starts_with(['[', '{'])
}

fn structure_json(word: &str) -> Result<Json, Refusal> {
    match word.trim_start().chars().next() {
        Some('{') => Ok(json(word)?),
        Some(_) => Err(Refusal::Parameter(format!("Invalid JSON:\n{word}"))),
        None => Err(Refusal::General(NO_CHARACTER.into())),
    }
}

fn json(word: &str) -> Result<Json, String> {
    Json::parse(word).map_err(|error| format!("Invalid JSON: {error}\nJSON received: {word}"))
}

fn from_shorthand(
    word: &str,
    structure: &StructureShape,
    files: Files<'_>,
) -> Result<Json, Refusal> {
    let load = |word: &str| files.resolved(word).map(scalar);
    let value = shorthand::parse(word, &load).map_err(|error| match error {
        ShorthandError::Syntax(text) => Refusal::Parameter(text),
        ShorthandError::File(text) => Refusal::General(text),
    })?;
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
        let variables =
            std::collections::BTreeMap::from([("DIR".into(), env!("CARGO_MANIFEST_DIR").into())]);
        let files = Files {
            variables: &variables,
        };
        member_value("--option", &words, member.shape, files)
            .map(|value| everbeat_json::compact(&value.json))
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
