//! Skeletons: a request to fill in, and an answer to look at (cli.md section 6.2).

use everbeat_json::{Foreign, Json};
use everbeat_model::Shape;
use everbeat_model::shape::{MemberDescriptor, StructureShape};

use crate::help::first_sentence;

const EPOCH: &str = "1970-01-01T00:00:00";

/// A request with every member.
pub(crate) fn input(shape: &Shape) -> Json {
    match shape {
        Shape::String(_) => "".into(),
        Shape::Enum(shape) => shape.values.first().copied().unwrap_or_default().into(),
        Shape::Integer(_) => Json::Number("0".into()),
        Shape::Boolean { .. } => Json::Bool(true),
        Shape::Timestamp { .. } => EPOCH.into(),
        Shape::List(list) => Json::List(vec![input(list.element)]),
        Shape::Structure(structure) => Json::Map(
            structure
                .members
                .iter()
                .map(|member| (member.name.into(), input(member.shape)))
                .collect(),
        ),
    }
}

/// The same request in YAML, with a comment behind every member. Comments of a structure's first member stand two
/// blanks behind what they explain, those of the others one: the reference's writer does that.
pub(crate) fn yaml_input(shape: &Shape) -> String {
    let mut yaml = String::new();
    if let Some(structure) = shape.structure() {
        yaml_members(&mut yaml, structure, 0, false);
    }
    yaml
}

/// The members at column `indent`. `in_item` says that the first one follows the dash of a list item.
fn yaml_members(yaml: &mut String, structure: &StructureShape, indent: usize, in_item: bool) {
    for (position, member) in structure.members.iter().enumerate() {
        let first = position == 0;
        let margin = if first && in_item { 0 } else { indent };
        let value = yaml_scalar(member.shape).map_or_else(String::new, |value| format!(" {value}"));
        let gap = if first { "  " } else { " " };
        let comment = yaml_comment(member);
        yaml.push_str(&format!(
            "{:margin$}{}:{value}{gap}# {comment}\n",
            "", member.name
        ));
        yaml_nested(yaml, member.shape, indent);
    }
}

/// What stands on the lines below a member's key, which is at column `indent`.
fn yaml_nested(yaml: &mut String, shape: &Shape, indent: usize) {
    match shape {
        Shape::Structure(structure) => yaml_members(yaml, structure, indent + 2, false),
        Shape::List(list) => {
            yaml.push_str(&format!("{:indent$}- ", ""));
            match list.element.structure() {
                Some(structure) => yaml_members(yaml, structure, indent + 2, true),
                None => {
                    let value = yaml_scalar(list.element).unwrap_or_default();
                    yaml.push_str(&format!("{value}\n"));
                }
            }
        }
        Shape::String(_)
        | Shape::Enum(_)
        | Shape::Integer(_)
        | Shape::Boolean { .. }
        | Shape::Timestamp { .. } => {}
    }
}

/// The value of a shape that has one line.
fn yaml_scalar(shape: &Shape) -> Option<&'static str> {
    match shape {
        Shape::String(_) => Some("''"),
        Shape::Enum(shape) => Some(shape.values.first().copied().unwrap_or_default()),
        Shape::Integer(_) => Some("0"),
        Shape::Boolean { .. } => Some("true"),
        Shape::Timestamp { .. } => Some("1970-01-01 00:00:00"),
        Shape::List(_) | Shape::Structure(_) => None,
    }
}

fn yaml_comment(member: &MemberDescriptor) -> String {
    let required = if member.required { "[REQUIRED] " } else { "" };
    let mut comment = format!("{required}{}", first_sentence(member.documentation));
    if let Shape::Enum(shape) = member.shape {
        comment.push_str(&format!(" Valid values are: {}.", shape.values.join(", ")));
    }
    comment
}

/// An answer in which every text is the name of its member.
pub(crate) fn output(shape: &Shape) -> Json {
    named_output(shape, shape.name())
}

fn named_output(shape: &Shape, name: &str) -> Json {
    match shape {
        Shape::String(_) | Shape::Enum(_) => name.into(),
        Shape::Integer(_) | Shape::Boolean { .. } => input(shape),
        Shape::Timestamp { .. } => Json::Foreign(Foreign::epoch()),
        Shape::List(list) => Json::List(vec![named_output(list.element, list.element.name())]),
        Shape::Structure(structure) => Json::Map(
            structure
                .members
                .iter()
                .map(|member| (member.name.into(), named_output(member.shape, member.name)))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use everbeat_model::{OPERATIONS, Operation};

    use super::*;
    use crate::options::kebab_case;
    use everbeat_json::{NonAscii, pretty};

    /// Made by botocore 1.43.11 with the first value of every enumeration, as version 2 of the AWS CLI takes it (version 1
    /// takes any); one operation after the other, each behind a line `== name`.
    const RECORDED: &str = include_str!("../tests/data/skeletons.txt");

    #[test]
    fn inputs_are_those_of_the_reference() {
        let mut ours = String::new();
        for operation in OPERATIONS {
            let skeleton = pretty(&input(operation.input), NonAscii::Escaped);
            ours.push_str(&format!("== {}\n{skeleton}\n", kebab_case(operation.name)));
        }
        for (our, recorded) in ours.lines().zip(RECORDED.lines()) {
            assert_eq!(our, recorded);
        }
        assert_eq!(ours.len(), RECORDED.len());
    }

    /// Made by AWS CLI 2.38.1, with three dots for the documentation's text; one operation after the other, each behind a
    /// line `== name`.
    const RECORDED_YAML: &str = include_str!("../tests/data/yaml-skeletons.txt");

    /// A line with three dots for the documentation's text.
    fn without_documentation(line: &str) -> String {
        let Some((before, comment)) = line.split_once("# ") else {
            return line.into();
        };
        let required = if comment.starts_with("[REQUIRED] ") {
            "[REQUIRED] "
        } else {
            ""
        };
        let values = comment
            .find(" Valid values are: ")
            .map_or("", |position| &comment[position..]);
        format!("{before}# {required}...{values}")
    }

    #[test]
    fn yaml_inputs_are_those_of_the_reference_but_for_the_documentation() {
        let mut ours = Vec::new();
        for operation in OPERATIONS {
            ours.push(format!("== {}", kebab_case(operation.name)));
            let skeleton = yaml_input(operation.input);
            ours.extend(skeleton.lines().map(without_documentation));
        }
        let recorded: Vec<&str> = RECORDED_YAML.lines().collect();
        assert_eq!(ours, recorded);
    }

    #[test]
    fn comments_are_first_sentences() {
        let expected = "\
taskToken: ''  # [REQUIRED] Token of the task from the poll that handed it out, 1 to 1024 characters.
details: '' # How far the work is, at most 2048 characters; shown in the event if the task times out.
";
        let operation = Operation::RecordActivityTaskHeartbeat.descriptor();
        assert_eq!(yaml_input(operation.input), expected);
    }

    #[test]
    fn outputs_name_their_members() {
        let shape = Operation::ListDomains
            .descriptor()
            .output
            .expect("it has an answer");
        let expected = r#"{"domainInfos": [{"name": "name", "status": "status", "description": "description",
            "arn": "arn"}], "nextPageToken": "nextPageToken"}"#;
        assert_eq!(Ok(output(shape)), Json::parse(expected));
    }
}
