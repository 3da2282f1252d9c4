//! What is checked before anything is sent (cli.md section 7): required members, types, smallest lengths and values.
//! Everything else is the service's to refuse. And the last step after it: timestamps into the form of the wire.

use everbeat_model::Shape;
use everbeat_model::shape::StructureShape;

use crate::exit::Failure;
use crate::timestamp::{self, TimestampError};
use everbeat_json::Json;
use everbeat_json::python;

/// Checks a request.
///
/// # Errors
/// All that is wrong, a line each.
pub(crate) fn validate(request: &Json, structure: &StructureShape) -> Result<(), Failure> {
    let mut report = Vec::new();
    members(request, structure, "", &mut report);
    if report.is_empty() {
        return Ok(());
    }
    let lines = report.join("\n");
    Err(Failure::parameter(format!(
        "Parameter validation failed:\n{lines}"
    )))
}

fn members(value: &Json, structure: &StructureShape, path: &str, report: &mut Vec<String>) {
    let Json::Map(given) = value else {
        wrong_type(value, path, "<class 'dict'>", report);
        return;
    };
    let place = if path.is_empty() { "input" } else { path };
    for member in structure.members {
        if member.required && value.get(member.name).is_none() {
            report.push(format!(
                "Missing required parameter in {place}: \"{}\"",
                member.name
            ));
        }
    }
    for (name, _) in given {
        if structure.member(name).is_none() {
            let known: Vec<&str> = structure.members.iter().map(|member| member.name).collect();
            let known = known.join(", ");
            report.push(format!(
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
            check(value, member.shape, &path, report);
        }
    }
}

fn check(value: &Json, shape: &Shape, path: &str, report: &mut Vec<String>) {
    match (shape, value) {
        (Shape::Structure(structure), value) => members(value, structure, path, report),
        (Shape::List(list), Json::List(elements)) => {
            for (position, element) in elements.iter().enumerate() {
                check(
                    element,
                    list.element,
                    &format!("{path}[{position}]"),
                    report,
                );
            }
        }
        (Shape::String(shape), Json::String(text)) => {
            let length = text.chars().count();
            if length < shape.min {
                let least = shape.min;
                report.push(format!(
                    "Invalid length for parameter {path}, value: {length}, valid min length: {least}"
                ));
            }
        }
        (Shape::Integer(shape), Json::Number(text)) if value.is_integer() => {
            if is_less(text, shape.min) {
                let least = shape.min;
                report.push(format!(
                    "Invalid value for parameter {path}, value: {text}, valid min value: {least}"
                ));
            }
        }
        (Shape::Timestamp { .. }, _)
            if timestamp::seconds(value) != Err(TimestampError::Unknown) => {}
        (Shape::Enum(_), Json::String(_))
        | (Shape::Integer(_) | Shape::Boolean { .. }, Json::Bool(_)) => {}
        (Shape::String(_) | Shape::Enum(_), _) => wrong_type(value, path, "<class 'str'>", report),
        (Shape::Integer(_), _) => wrong_type(value, path, "<class 'int'>", report),
        (Shape::Boolean { .. }, _) => wrong_type(value, path, "<class 'bool'>", report),
        (Shape::List(_), _) => wrong_type(value, path, "<class 'list'>, <class 'tuple'>", report),
        (Shape::Timestamp { .. }, _) => {
            wrong_type(
                value,
                path,
                "<class 'datetime.datetime'>, timestamp-string",
                report,
            );
        }
    }
}

/// An integer of any size, as digits, against a bound.
fn is_less(digits: &str, bound: i64) -> bool {
    match digits.parse::<i64>() {
        Ok(number) => number < bound,
        Err(_) => digits.starts_with('-'),
    }
}

fn wrong_type(value: &Json, path: &str, valid: &str, report: &mut Vec<String>) {
    report.push(format!(
        "Invalid type for parameter {path}, value: {}, type: <class '{}'>, valid types: {valid}",
        python::str(value),
        python::class(value),
    ));
}

/// The request as it goes over the wire: timestamps as whole seconds.
///
/// # Errors
/// A number that no date can hold.
pub(crate) fn for_the_wire(value: &Json, shape: &Shape) -> Result<Json, Failure> {
    match (shape, value) {
        (Shape::Structure(structure), Json::Map(given)) => {
            let members: Result<Vec<(String, Json)>, Failure> = given
                .iter()
                .filter_map(|(name, value)| Some((name, value, structure.member(name)?)))
                .map(|(name, value, member)| Ok((name.clone(), for_the_wire(value, member.shape)?)))
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
        (Shape::Timestamp { .. }, value) => match timestamp::seconds(value) {
            Ok(seconds) => Ok(Json::Number(seconds.to_string())),
            Err(TimestampError::OutOfRange | TimestampError::Unknown) => {
                Err(Failure::general(format!(
                    "Unable to calculate correct timezone offset for \"{}\"",
                    python::str(value)
                )))
            }
        },
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
        match validate(&request, operation.descriptor().input_structure()) {
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
    fn timestamps_go_out_as_whole_seconds() {
        let shape = Operation::ListOpenWorkflowExecutions.descriptor().input;
        let request = Json::parse(
            r#"{"startTimeFilter":{"oldestDate":"2020-01-01","latestDate":1.9},"domain":"d"}"#,
        );
        let wire = for_the_wire(&request.expect("good JSON"), shape).expect("good dates");
        let text =
            r#"{"startTimeFilter": {"oldestDate": 1577836800, "latestDate": 1}, "domain": "d"}"#;
        assert_eq!(compact(&wire), text);
    }
}
