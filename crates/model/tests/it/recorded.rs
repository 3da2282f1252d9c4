//! Answers of the real service, kept beside the repository, go through our types unchanged. They are not part of the
//! repository; where they are missing the check is skipped and says so.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use everbeat_model::shape::{Shape, to_json};
use everbeat_model::*;
use serde_json::Value;

const RECORDED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/fixtures/recorded"
);

#[test]
fn answers_of_the_service_are_read_and_written_back() {
    let Some(files) = files() else {
        // Straight to the stream, because the output of a test that passes is not shown.
        writeln!(
            io::stderr(),
            "\nSKIPPED: no recorded answers at {RECORDED}, nothing was compared"
        )
        .expect("stderr");
        return;
    };
    let mut calls = 0;
    for file in files {
        let text = fs::read_to_string(&file).expect("a recorded file");
        let scenario: Value = serde_json::from_str(&text).expect("a recorded file is JSON");
        for call in scenario.as_array().expect("a list of calls") {
            check(&file, call);
            calls += 1;
        }
    }
    assert!(calls > 0, "the folder has calls");
    eprintln!("compared {calls} recorded calls");
}

fn files() -> Option<Vec<PathBuf>> {
    let entries = fs::read_dir(RECORDED).ok()?;
    let files = entries
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        });
    Some(files.collect())
}

fn check(file: &Path, call: &Value) {
    let name = call["operation"].as_str().expect("an operation");
    let place = format!("{}: {name}", file.display());
    let operation = Operation::from_name(name).expect(name);
    if call["status"] != 200 {
        return;
    }
    let request = request::read(operation, call["request"].to_string().as_bytes());
    assert!(request.is_ok(), "{place}: {request:?}");
    let Some(shape) = operation.descriptor().output else {
        assert!(call["response"].is_null(), "{place}: no answer expected");
        return;
    };
    let mut expected = call["response"].clone();
    keep_modelled(&mut expected, shape);
    let written = through_our_types(operation, call["response"].clone());
    assert_same(&place, &written, &expected);
}

/// Reads an answer into its type and writes it. Only operations that were recorded are listed.
fn through_our_types(operation: Operation, response: Value) -> Value {
    fn pass<T: Described + serde::Serialize>(value: Value) -> Value {
        let value = T::from_json(value).expect("a recorded answer fits its shape");
        serde_json::from_str(&to_json(&value)).expect("what we write is JSON")
    }
    let name = operation
        .descriptor()
        .output
        .map_or("no answer", Shape::name);
    match name {
        "DomainDetail" => pass::<DomainDetail>(response),
        "DomainInfos" => pass::<DomainInfos>(response),
        "History" => pass::<History>(response),
        "PendingTaskCount" => pass::<PendingTaskCount>(response),
        "Run" => pass::<Run>(response),
        "WorkflowExecutionCount" => pass::<WorkflowExecutionCount>(response),
        "WorkflowExecutionDetail" => pass::<WorkflowExecutionDetail>(response),
        "WorkflowExecutionInfos" => pass::<WorkflowExecutionInfos>(response),
        "WorkflowTypeDetail" => pass::<WorkflowTypeDetail>(response),
        "WorkflowTypeInfos" => pass::<WorkflowTypeInfos>(response),
        other => panic!("add {other} to the list"),
    }
}

/// Removes what the service sends beyond its own model.
fn keep_modelled(value: &mut Value, shape: &Shape) {
    match (shape, value) {
        (Shape::Structure(structure), Value::Object(object)) => {
            object.retain(|name, _| structure.member(name).is_some());
            for member in structure.members {
                if let Some(value) = object.get_mut(member.name) {
                    keep_modelled(value, member.shape);
                }
            }
        }
        (Shape::List(list), Value::Array(elements)) => {
            for element in elements {
                keep_modelled(element, list.element);
            }
        }
        _ => {}
    }
}

/// Equal values; numbers may be written differently.
fn assert_same(place: &str, ours: &Value, theirs: &Value) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let names = |object: &serde_json::Map<String, Value>| {
                let mut names: Vec<String> = object.keys().cloned().collect();
                names.sort();
                names
            };
            assert_eq!(names(ours), names(theirs), "{place}");
            for (name, value) in ours {
                assert_same(&format!("{place}.{name}"), value, &theirs[name]);
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            assert_eq!(ours.len(), theirs.len(), "{place}");
            for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                assert_same(&format!("{place}[{index}]"), ours, theirs);
            }
        }
        (Value::Number(ours), Value::Number(theirs)) => {
            assert_eq!(ours.as_f64(), theirs.as_f64(), "{place}");
        }
        _ => assert_eq!(ours, theirs, "{place}"),
    }
}
