//! Whatever arrives, the answer is a request or one of the two faults for bad requests, never a panic.

use everbeat_model::shape::{MemberDescriptor, Shape, StructureShape};
use everbeat_model::{FaultKind, OPERATIONS, OperationDescriptor, request};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};

/// Any JSON, shallow, with numbers of all sizes.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((any::<String>(), inner), 0..4).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// Texts that some rule treats in a special way.
fn text() -> impl Strategy<Value = String> {
    let special = vec![
        "",
        "arn",
        "NONE",
        "0",
        "60",
        "-1",
        "901",
        "123456789",
        " a ",
        "a:b",
        "w",
        "true",
    ];
    prop_oneof![
        4 => select(special).prop_map(String::from),
        1 => any::<String>(),
        1 => (0_usize..3000).prop_map(|length| "\u{1f600}".repeat(length)),
    ]
}

/// Mostly values of the shape, sometimes anything.
fn near(shape: &'static Shape) -> BoxedStrategy<Value> {
    let fitting = match shape {
        Shape::String(_) => text().prop_map(Value::from).boxed(),
        Shape::Enum(shape) => select(shape.values).prop_map(Value::from).boxed(),
        Shape::Integer(_) => (-2_i64..1003).prop_map(Value::from).boxed(),
        Shape::Boolean { .. } => any::<bool>().prop_map(Value::from).boxed(),
        Shape::Timestamp { .. } => any::<f64>().prop_map(Value::from).boxed(),
        Shape::List(list) => vec(near(list.element), 0..7).prop_map(Value::from).boxed(),
        Shape::Structure(structure) => near_structure(structure).boxed(),
    };
    prop_oneof![20 => fitting, 1 => any_json(), 1 => Just(Value::Null)].boxed()
}

fn near_structure(structure: &'static StructureShape) -> impl Strategy<Value = Value> {
    let members: Vec<BoxedStrategy<Option<(String, Value)>>> =
        structure.members.iter().map(near_member).collect();
    members.prop_map(|members| Value::Object(members.into_iter().flatten().collect::<Map<_, _>>()))
}

fn near_member(member: &'static MemberDescriptor) -> BoxedStrategy<Option<(String, Value)>> {
    let presence = if member.required { 0.95 } else { 0.3 };
    proptest::option::weighted(presence, near(member.shape))
        .prop_map(|value| value.map(|value| (member.name.to_owned(), value)))
        .boxed()
}

fn any_operation() -> impl Strategy<Value = &'static OperationDescriptor> {
    (0..OPERATIONS.len()).prop_map(|index| &OPERATIONS[index])
}

/// Reads the body and says whether it was accepted; panics on an answer that no body may get.
fn is_accepted(row: &OperationDescriptor, body: &[u8]) -> bool {
    match request::read(row.operation, body) {
        Ok(request) => {
            assert_eq!(request.operation(), row.operation);
            true
        }
        Err(fault) => {
            let is_object =
                serde_json::from_slice::<Value>(body).is_ok_and(|value| value.is_object());
            let has_text = fault.message.as_ref().is_some_and(|text| !text.is_empty());
            match fault.kind {
                FaultKind::SerializationException => assert_eq!(has_text, is_object, "{fault}"),
                FaultKind::ValidationException => assert!(has_text && is_object, "{fault}"),
                other => panic!("{}: {other:?}", row.name),
            }
            false
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn any_json_is_answered(row in any_operation(), value in any_json()) {
        is_accepted(row, value.to_string().as_bytes());
    }

    #[test]
    fn any_bytes_are_answered(row in any_operation(), body in vec(any::<u8>(), 0..64)) {
        is_accepted(row, &body);
    }

    #[test]
    fn requests_that_are_nearly_right_are_answered(
        (row, value) in any_operation().prop_flat_map(|row| (Just(row), near(row.input)))
    ) {
        is_accepted(row, value.to_string().as_bytes());
    }
}

/// The generator above is of use only if it makes good requests and bad ones for every operation.
#[test]
fn nearly_right_requests_are_of_both_kinds() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    for row in OPERATIONS {
        let strategy = near(row.input);
        let (mut accepted, mut refused) = (0, 0);
        for _ in 0..400 {
            let value = strategy.new_tree(&mut runner).expect("a value").current();
            if is_accepted(row, value.to_string().as_bytes()) {
                accepted += 1;
            } else {
                refused += 1;
            }
        }
        assert!(
            accepted > 0 && refused > 0,
            "{}: {accepted} accepted, {refused} refused",
            row.name
        );
    }
}
