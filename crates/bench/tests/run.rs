//! Short runs of the real program, when the variable EVERBEAT names it.

use std::process::{Command, Output};

use serde_json::Value;

fn bench(words: &[&str]) -> Option<Output> {
    let Some(program) = std::env::var_os("EVERBEAT") else {
        eprintln!("EVERBEAT is not set: nothing to run");
        return None;
    };
    let output = Command::new(program).arg("bench").args(words).output();
    Some(output.expect("EVERBEAT names a program"))
}

#[test]
fn each_load_gives_figures_of_both_servers() {
    for operation in ["heartbeat", "workflow"] {
        let words = [operation, "--seconds", "1", "--connections", "8", "--json"];
        let Some(output) = bench(&words) else { return };
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{operation}: {errors}");
        let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
        assert_eq!(report["operation"], operation);
        assert_eq!(report["errors"], 0);
        for name in [
            "rate_per_second",
            "baseline_per_second",
            "ratio",
            "p50_ms",
            "p99_ms",
            "fsync_median_ms",
        ] {
            let figure = report[name].as_f64().expect(name);
            assert!(figure > 0.0, "{operation}: {name} is {figure}");
        }
    }
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let words = [
        "heartbeat",
        "--seconds",
        "1",
        "--endpoint-url",
        "http://127.0.0.1:1",
    ];
    let Some(output) = bench(&words) else { return };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(output.stdout.is_empty());
    assert!(
        errors.contains("RegisterDomain: cannot connect"),
        "{errors}"
    );
}
