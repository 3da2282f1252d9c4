//! The cases that an evaluator written for the tests alone has answered (`tests/access_cases` at the root).

use std::path::Path;
use std::sync::Arc;

use everbeat_policy::{Policies, Policy};
use serde_json::Value;

use crate::support::{ask, facts};

/// So many cases there must be.
const LEAST: usize = 300;

fn read(document: &Value) -> Result<Arc<Policy>, String> {
    let text = serde_json::to_string_pretty(document).expect("JSON");
    read_text(&text)
}

fn read_text(text: &str) -> Result<Arc<Policy>, String> {
    match Policy::read("case", text) {
        Ok((policy, _)) => Ok(Arc::new(policy)),
        Err(problem) => Err(problem.to_string()),
    }
}

fn documents(case: &Value, name: &str) -> Vec<Value> {
    match &case[name] {
        Value::Null => Vec::new(),
        Value::Array(documents) => documents.clone(),
        one => vec![one.clone()],
    }
}

fn read_all(case: &Value, name: &str) -> Result<Vec<Arc<Policy>>, String> {
    documents(case, name).iter().map(read).collect()
}

fn policies(case: &Value) -> Result<Policies, String> {
    if let Some(text) = case["text"].as_str() {
        return Ok(Policies {
            identity: vec![read_text(text)?],
            ..Policies::default()
        });
    }
    Ok(Policies {
        identity: read_all(case, "policies")?,
        boundary: read_all(case, "boundary")?.pop(),
        session: read_all(case, "session")?,
    })
}

/// What is wrong with our answer.
fn disagreement(case: &Value) -> Option<String> {
    let policies = match (policies(case), case["refused"] == true) {
        (Err(_), true) => return None,
        (Ok(_), true) => return Some("was read, and should be refused".to_owned()),
        (Err(reason), false) => return Some(format!("was refused: {reason}")),
        (Ok(policies), false) => policies,
    };
    let text = |name: &str| case[name].as_str().expect("a text");
    let context = facts(&case["context"]);
    let verdict = ask(&policies, text("action"), text("resource"), &context);
    (verdict.is_allowed() != (case["allowed"] == true)).then(|| format!("was {verdict}"))
}

fn check(file: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/access_cases");
    let text = std::fs::read_to_string(root.join(file)).expect("the file of cases");
    let cases: Value = serde_json::from_str(&text).expect("cases in JSON");
    let cases = cases["cases"].as_array().expect("a list of cases");
    assert!(cases.len() >= LEAST, "{} cases", cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| disagreement(case).map(|what| format!("{}: {what}", case["name"])))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} cases:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

#[test]
fn written_cases() {
    check("cases.json");
}

#[test]
fn random_cases() {
    check("cases-random.json");
}
