//! Skeletons: a request to fill in, and an answer to look at (cli.md section 6.2).

use everbeat_model::Shape;

use everbeat_json::Json;

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

/// An answer in which every text is the name of its member.
pub(crate) fn output(shape: &Shape) -> Json {
    named_output(shape, shape.name())
}

fn named_output(shape: &Shape, name: &str) -> Json {
    match shape {
        Shape::String(_) | Shape::Enum(_) => name.into(),
        Shape::Integer(_) | Shape::Boolean { .. } | Shape::Timestamp { .. } => input(shape),
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
