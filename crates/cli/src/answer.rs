//! An answer read through the model (cli.md section 12): members in model order, unknown ones and nulls dropped,
//! timestamps in the form asked for.

use everbeat_model::Shape;
use jiff::tz::TimeZone;

use crate::exit::Failure;
use crate::timestamp;
use everbeat_json::Json;

/// How timestamps are shown.
#[derive(Debug, Clone)]
pub(crate) enum Timestamps {
    /// As the service sent them.
    Wire,
    /// In ISO 8601 in a time zone.
    Iso8601(TimeZone),
}

/// Reads the body of an answer.
///
/// # Errors
/// A body that is a list or `null`, a timestamp that cannot be read.
pub(crate) fn read(
    body: &[u8],
    shape: Option<&Shape>,
    timestamps: &Timestamps,
) -> Result<Json, Failure> {
    let empty = || Json::Map(Vec::new());
    let Some(shape) = shape else {
        return Ok(empty());
    };
    let Ok(text) = std::str::from_utf8(body) else {
        return Err(Failure::general("The answer of the service is not UTF-8"));
    };
    let value = match Json::parse(text) {
        Ok(value) => value,
        Err(error) if error.is_too_deep() => {
            return Err(Failure::general(
                "The answer of the service is nested too deeply",
            ));
        }
        // As the reference has it: what is no JSON says nothing.
        Err(_) => empty(),
    };
    match value {
        Json::Map(_) => through(value, shape, timestamps).map_err(Failure::general),
        Json::Null
        | Json::Bool(_)
        | Json::Number(_)
        | Json::String(_)
        | Json::List(_)
        | Json::Foreign(_) => Err(Failure::general(
            "The answer of the service is not a JSON object",
        )),
    }
}

fn through(value: Json, shape: &Shape, timestamps: &Timestamps) -> Result<Json, String> {
    match (shape, value) {
        (Shape::Structure(structure), Json::Map(mut given)) => {
            let mut members = Vec::with_capacity(given.len());
            for member in structure.members {
                let Some(position) = given.iter().position(|(name, _)| name == member.name) else {
                    continue;
                };
                let (name, value) = given.swap_remove(position);
                if value != Json::Null {
                    members.push((name, through(value, member.shape, timestamps)?));
                }
            }
            Ok(Json::Map(members))
        }
        (Shape::List(list), Json::List(elements)) => {
            let elements: Result<Vec<Json>, String> = elements
                .into_iter()
                .map(|element| through(element, list.element, timestamps))
                .collect();
            elements.map(Json::List)
        }
        (Shape::Timestamp { .. }, value) => match timestamps {
            Timestamps::Wire => Ok(value),
            Timestamps::Iso8601(zone) => timestamp::iso8601(&value, zone),
        },
        (_, value) => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use everbeat_model::Operation;

    use super::*;
    use everbeat_json::compact;

    const BODY: &str = r#"{"typeInfo": {"creationDate": 1326592619.474, "bogus": 1, "description": null,
        "workflowType": {"version": "1", "name": "w"}, "status": 7}, "configuration": {}}"#;

    fn shown(body: &str, timestamps: &Timestamps) -> Result<String, String> {
        let shape = Operation::DescribeWorkflowType.descriptor().output;
        read(body.as_bytes(), shape, timestamps)
            .map(|value| compact(&value))
            .map_err(|failure| failure.text)
    }

    #[test]
    fn members_come_in_model_order() {
        let iso = Timestamps::Iso8601(TimeZone::UTC);
        let expected = r#"{"typeInfo": {"workflowType": {"name": "w", "version": "1"}, "status": 7, "creationDate": "2012-01-15T01:56:59.474000+00:00"}, "configuration": {}}"#;
        assert_eq!(shown(BODY, &iso), Ok(expected.into()));
        let wire = expected.replace("\"2012-01-15T01:56:59.474000+00:00\"", "1326592619.474");
        assert_eq!(shown(BODY, &Timestamps::Wire), Ok(wire));
    }

    #[test]
    fn odd_bodies() {
        let iso = Timestamps::Iso8601(TimeZone::UTC);
        assert_eq!(shown("", &iso), Ok("{}".into()));
        assert_eq!(shown("no JSON", &iso), Ok("{}".into()));
        assert!(shown("[]", &iso).is_err());
    }
}
