//! AWS JSON 1.0: how a request names its operation, and what the body of a fault looks like (protocol.md sections 1
//! and 4).

use everbeat_model::{Fault, Operation, OwnOperation};
use serde_json::{Map, Value};

/// The content type of requests and replies.
pub const CONTENT_TYPE: &str = "application/x-amz-json-1.0";
/// The older content type, answered in kind.
pub const CONTENT_TYPE_PLAIN: &str = "application/json";
/// The header that names the operation.
pub const TARGET_HEADER: &str = "x-amz-target";
/// What stands before the operation's name in the target.
pub const TARGET_PREFIX: &str = "SimpleWorkflowService";
/// The same in the form that older clients send.
const LONG_TARGET_PREFIX: &str = "com.amazonaws.swf.service.model.SimpleWorkflowService";

/// What stands before the name of one of Everbeat's own calls in the target.
pub const OWN_TARGET_PREFIX: &str = "Everbeat";

/// What a target names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// An operation of SWF.
    Operation(Operation),
    /// A call of Everbeat's own.
    Own(OwnOperation),
}

impl Target {
    /// Reads a target, an operation's in either form; none when it names nothing that is known.
    pub fn read(target: &str) -> Option<Self> {
        let (prefix, name) = target.rsplit_once('.')?;
        match prefix {
            TARGET_PREFIX | LONG_TARGET_PREFIX => Operation::from_name(name).map(Self::Operation),
            OWN_TARGET_PREFIX => OwnOperation::from_name(name).map(Self::Own),
            _ => None,
        }
    }
}

/// The target that names an operation.
pub fn target_of(operation: Operation) -> String {
    format!("{TARGET_PREFIX}.{operation}")
}

/// The target that names one of Everbeat's own calls.
pub fn own_target_of(operation: OwnOperation) -> String {
    format!("{OWN_TARGET_PREFIX}.{operation}")
}

/// The body of a fault.
pub fn fault_body(fault: &Fault) -> String {
    let mut body = Map::new();
    body.insert(
        "__type".into(),
        Value::String(format!("{}#{}", fault.kind.namespace(), fault.kind.name())),
    );
    if let Some(message) = &fault.message {
        body.insert(
            fault.kind.message_key().into(),
            Value::String(message.clone()),
        );
    }
    Value::Object(body).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use everbeat_model::FaultKind;

    #[test]
    fn both_target_forms_name_the_operation() {
        let operation = Operation::PollForDecisionTask;
        let target = Some(Target::Operation(operation));
        assert_eq!(Target::read(&target_of(operation)), target);
        assert_eq!(
            Target::read("SimpleWorkflowService.PollForDecisionTask"),
            target
        );
        let long = "com.amazonaws.swf.service.model.SimpleWorkflowService.PollForDecisionTask";
        assert_eq!(Target::read(long), target);
        for unknown in [
            "SimpleWorkflowService.pollForDecisionTask",
            "DynamoDB_20120810.PollForDecisionTask",
            "PollForDecisionTask",
        ] {
            assert_eq!(Target::read(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn own_calls_and_operations_keep_to_their_prefixes() {
        let own = OwnOperation::DescribeHeartbeats;
        assert_eq!(own_target_of(own), "Everbeat.DescribeHeartbeats");
        assert_eq!(Target::read(&own_target_of(own)), Some(Target::Own(own)));
        for unknown in [
            "SimpleWorkflowService.DescribeHeartbeats",
            "Everbeat.DescribeWorkflowExecution",
            "DescribeHeartbeats",
        ] {
            assert_eq!(Target::read(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_fault_names_its_type_in_full() {
        assert_eq!(
            fault_body(&Fault::unknown_domain("x")),
            r#"{"__type":"com.amazonaws.swf.base.model#UnknownResourceFault","message":"Unknown domain: x"}"#
        );
        assert_eq!(
            fault_body(&FaultKind::SerializationException.bare()),
            r#"{"__type":"com.amazon.coral.service#SerializationException"}"#
        );
    }
}
