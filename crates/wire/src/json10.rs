//! AWS JSON 1.0: how a request names its operation, and what the body of a fault looks like (protocol.md sections 1
//! and 4).

use everbeat_model::{Fault, Operation};
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

/// The operation that a target names, in either form.
pub fn operation_of_target(target: &str) -> Option<Operation> {
    let (prefix, name) = target.rsplit_once('.')?;
    let is_ours = prefix == TARGET_PREFIX || prefix == LONG_TARGET_PREFIX;
    if is_ours {
        Operation::from_name(name)
    } else {
        None
    }
}

/// The target that names an operation.
pub fn target_of(operation: Operation) -> String {
    format!("{TARGET_PREFIX}.{operation}")
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
        let operation = Some(Operation::PollForDecisionTask);
        assert_eq!(
            operation_of_target("SimpleWorkflowService.PollForDecisionTask"),
            operation
        );
        let long = "com.amazonaws.swf.service.model.SimpleWorkflowService.PollForDecisionTask";
        assert_eq!(operation_of_target(long), operation);
        assert_eq!(
            operation_of_target("SimpleWorkflowService.pollForDecisionTask"),
            None
        );
        assert_eq!(
            operation_of_target("DynamoDB_20120810.PollForDecisionTask"),
            None
        );
        assert_eq!(operation_of_target("PollForDecisionTask"), None);
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
