//! What is checked before anything is sent (cli.md section 7): required members, types, smallest lengths and values.
//! Everything else is the service's to refuse. And the last step after it: timestamps into the form of the wire.

use everbeat_model::Shape;
use everbeat_model::shape::StructureShape;

use crate::exit::Failure;
use crate::timestamp::{self, TimestampError};
use everbeat_json::Json;
use everbeat_json::python::{self, Maps};

/// Checks a request. `from_json` names the members that options gave as JSON: messages show their maps in another way.
///
/// # Errors
/// All that is wrong, a line each; a timestamp at which the reference breaks off.
pub(crate) fn validate(
    request: &Json,
    structure: &StructureShape,
    from_json: &[String],
) -> Result<(), Failure> {
    let mut report = Report {
        from_json,
        ..Report::default()
    };
    report.members(request, structure, "");
    if let Some(sentence) = report.broken {
        return Err(Failure::general(sentence));
    }
    if report.lines.is_empty() {
        return Ok(());
    }
    let lines = report.lines.join("\n");
    Err(Failure::parameter(format!(
        "Parameter validation failed:\n{lines}"
    )))
}

/// What was found so far.
#[derive(Default)]
struct Report<'a> {
    from_json: &'a [String],
    lines: Vec<String>,
    /// The first thing that the reference breaks off at.
    broken: Option<String>,
}

impl Report<'_> {
    fn members(&mut self, value: &Json, structure: &StructureShape, path: &str) {
        let Json::Map(given) = value else {
            self.wrong_type(value, path, "<class 'dict'>");
            return;
        };
        let place = if path.is_empty() { "input" } else { path };
        for member in structure.members {
            if member.required && value.get(member.name).is_none() {
                self.lines.push(format!(
                    "Missing required parameter in {place}: \"{}\"",
                    member.name
                ));
            }
        }
        for (name, _) in given {
            if structure.member(name).is_none() {
                let known: Vec<&str> = structure.members.iter().map(|member| member.name).collect();
                let known = known.join(", ");
                self.lines.push(format!(
                    "Unknown parameter in {place}: \"{name}\", must be one of: {known}"
                ));
            }
        }
        for (name, value) in given {
            if let Some(member) = structure.member(name) {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                self.check(value, member.shape, &path);
            }
        }
    }

    fn check(&mut self, value: &Json, shape: &Shape, path: &str) {
        match (shape, value) {
            (Shape::Structure(structure), value) => self.members(value, structure, path),
            (Shape::List(list), Json::List(elements)) => {
                for (position, element) in elements.iter().enumerate() {
                    self.check(element, list.element, &format!("{path}[{position}]"));
                }
            }
            (Shape::String(shape), Json::String(text)) => {
                let length = text.chars().count();
                if length < shape.min {
                    let least = shape.min;
                    self.lines.push(format!(
                    "Invalid length for parameter {path}, value: {length}, valid min length: {least}"
                ));
                }
            }
            (Shape::Integer(shape), Json::Number(text)) if value.is_integer() => {
                if is_less(text, shape.min) {
                    let least = shape.min;
                    self.lines.push(format!(
                    "Invalid value for parameter {path}, value: {text}, valid min value: {least}"
                ));
                }
            }
            (Shape::Enum(_), Json::String(_))
            | (Shape::Integer(_) | Shape::Boolean { .. }, Json::Bool(_)) => {}
            (Shape::String(_) | Shape::Enum(_), _) => self.wrong_type(value, path, "<class 'str'>"),
            (Shape::Integer(_), _) => self.wrong_type(value, path, "<class 'int'>"),
            (Shape::Boolean { .. }, _) => self.wrong_type(value, path, "<class 'bool'>"),
            (Shape::List(_), _) => self.wrong_type(value, path, "<class 'list'>, <class 'tuple'>"),
            (Shape::Timestamp { .. }, _) => match timestamp::seconds(value) {
                Ok(_) => {}
                Err(TimestampError::Unknown(_)) => {
                    let valid = "<class 'datetime.datetime'>, timestamp-string";
                    self.wrong_type(value, path, valid);
                }
                Err(TimestampError::Broken(sentence)) => {
                    self.broken.get_or_insert(sentence);
                }
            },
        }
    }

    fn wrong_type(&mut self, value: &Json, path: &str, valid: &str) {
        let member = path.split(['.', '[']).next().unwrap_or_default();
        let is_ordered = self.from_json.iter().any(|name| name == member);
        let maps = if is_ordered {
            Maps::Ordered
        } else {
            Maps::Plain
        };
        self.lines.push(format!(
            "Invalid type for parameter {path}, value: {}, type: <class '{}'>, valid types: {valid}",
            python::str_with(value, maps),
            python::class_with(value, maps),
        ));
    }
}

/// An integer of any size, as digits, against a bound.
fn is_less(digits: &str, bound: i64) -> bool {
    match digits.parse::<i64>() {
        Ok(number) => number < bound,
        Err(_) => digits.starts_with('-'),
    }
}

/// The request as it goes over the wire: timestamps as seconds.
///
/// # Errors
/// What only a request that was not validated has: members that the operation has not, texts that are no dates.
pub(crate) fn for_the_wire(value: &Json, shape: &Shape) -> Result<Json, Failure> {
    match (shape, value) {
        (Shape::Structure(structure), Json::Map(given)) => {
            let members: Result<Vec<(String, Json)>, Failure> = given
                .iter()
                .map(|(name, value)| {
                    let member = structure.member(name).ok_or_else(|| {
                        Failure::general(format!("The operation has no parameter \"{name}\""))
                    })?;
                    Ok((name.clone(), for_the_wire(value, member.shape)?))
                })
                .collect();
            members.map(Json::Map)
        }
        (Shape::List(list), Json::List(elements)) => {
            let elements: Result<Vec<Json>, Failure> = elements
                .iter()
                .map(|element| for_the_wire(element, list.element))
                .collect();
            elements.map(Json::List)
        }
        (Shape::Timestamp { .. }, value) => {
            timestamp::seconds(value).map_err(|error| Failure::general(error.into_sentence()))
        }
        (_, value) => Ok(value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use everbeat_model::Operation;

    use super::*;
    use everbeat_json::compact;

    fn report(operation: Operation, request: &str) -> String {
        let request = Json::parse(request).expect("good JSON");
        match validate(&request, operation.descriptor().input_structure(), &[]) {
            Ok(()) => String::new(),
            Err(failure) => failure.text,
        }
    }

    #[test]
    fn reports_are_those_of_the_reference() {
        let heartbeat = Operation::RecordActivityTaskHeartbeat;
        assert_eq!(
            report(heartbeat, r#"{"TaskToken":"x"}"#),
            "Parameter validation failed:\nMissing required parameter in input: \"taskToken\"\n\
             Unknown parameter in input: \"TaskToken\", must be one of: taskToken, details"
        );
        assert_eq!(
            report(heartbeat, r#"{"taskToken":["x"],"details":{"a":1}}"#),
            "Parameter validation failed:\n\
             Invalid type for parameter taskToken, value: ['x'], type: <class 'list'>, valid types: <class 'str'>\n\
             Invalid type for parameter details, value: {'a': 1}, type: <class 'dict'>, valid types: <class 'str'>"
        );
        assert_eq!(
            report(heartbeat, r#"{"taskToken":""}"#),
            "Parameter validation failed:\n\
             Invalid length for parameter taskToken, value: 0, valid min length: 1"
        );
    }

    #[test]
    fn nested_places_are_named() {
        let text = report(
            Operation::RespondDecisionTaskCompleted,
            r#"{"taskToken":"t","decisions":[{"bogus":1}]}"#,
        );
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[1],
            "Missing required parameter in decisions[0]: \"decisionType\""
        );
        assert!(lines[2].starts_with(
            "Unknown parameter in decisions[0]: \"bogus\", must be one of: decisionType, "
        ));
    }

    #[test]
    fn numbers_lists_and_timestamps() {
        let list = Operation::ListOpenWorkflowExecutions;
        let text = report(
            list,
            r#"{"domain":"d","maximumPageSize":-1,"reverseOrder":"x","startTimeFilter":{"oldestDate":"today","latestDate":5}}"#,
        );
        assert_eq!(
            text,
            "Parameter validation failed:\n\
             Invalid value for parameter maximumPageSize, value: -1, valid min value: 0\n\
             Invalid type for parameter reverseOrder, value: x, type: <class 'str'>, valid types: <class 'bool'>\n\
             Invalid type for parameter startTimeFilter.oldestDate, value: today, type: <class 'str'>, valid types: \
             <class 'datetime.datetime'>, timestamp-string"
        );
    }

    #[test]
    fn timestamps_go_out_as_seconds() {
        let shape = Operation::ListOpenWorkflowExecutions.descriptor().input;
        let request = Json::parse(
            r#"{"startTimeFilter":{"oldestDate":"2020-01-01","latestDate":1.9},"domain":"d"}"#,
        );
        let wire = for_the_wire(&request.expect("good JSON"), shape).expect("good dates");
        let text =
            r#"{"startTimeFilter": {"oldestDate": 1577836800, "latestDate": 1.9}, "domain": "d"}"#;
        assert_eq!(compact(&wire), text);
    }
}
