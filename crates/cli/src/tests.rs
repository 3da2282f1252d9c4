//! Whole lines through the library, without a server.

mod properties;
mod served;

use super::*;

/// What a line comes to: exit code, standard output, standard error.
fn run_line(line: &[&str], set: &[(&str, &str)]) -> (u8, String, String) {
    let mut variables = Variables::from([
        ("AWS_CONFIG_FILE".into(), "/no/such/file".into()),
        ("AWS_SHARED_CREDENTIALS_FILE".into(), "/no/such/file".into()),
        ("AWS_MAX_ATTEMPTS".into(), "1".into()),
        ("AWS_REGION".into(), "us-east-1".into()),
        ("AWS_ACCESS_KEY_ID".into(), "AKID".into()),
        ("AWS_SECRET_ACCESS_KEY".into(), "secret".into()),
        ("AWS_EC2_METADATA_DISABLED".into(), "true".into()),
    ]);
    variables.extend(
        set.iter()
            .map(|(name, value)| ((*name).into(), (*value).into())),
    );
    let words: Vec<String> = line.iter().map(|word| (*word).into()).collect();
    let (mut output, mut error) = (Vec::new(), Vec::new());
    let mut streams = Streams {
        output: &mut output,
        error: &mut error,
        terminal_width: None,
    };
    let code = carry_out(&words, false, &variables, &mut streams);
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (code, text(output), text(error))
}

fn refused(line: &[&str]) -> (u8, String) {
    let (code, output, error) = run_line(line, &[]);
    assert_eq!(output, "");
    (code, error)
}

const HEARTBEAT: &str = "record-activity-task-heartbeat";

#[test]
fn versions_overview_and_pages_go_to_standard_output() {
    let (code, output, error) = run_line(&["--version"], &[]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(output.starts_with(concat!(
        "everbeat/",
        env!("CARGO_PKG_VERSION"),
        " aws-cli/2."
    )));
    for line in [&["help"][..], &["--help"], &["-h"], &["swf", "help"]] {
        assert_eq!(
            run_line(line, &[]),
            (0, help::overview(Style::Plain), String::new()),
            "{line:?}"
        );
    }
    for line in [
        &["list-domains", "help"][..],
        &["list-domains", "--help"],
        &["--region", "x", "list-domains", "-h"],
    ] {
        let (code, output, _) = run_line(line, &[]);
        assert_eq!(code, 0);
        assert!(output.starts_with("NAME\n    list-domains\n"), "{line:?}");
    }
}

#[test]
fn the_word_swf_is_dropped() {
    let skeleton = run_line(&["list-domains", "--generate-cli-skeleton"], &[]);
    assert_eq!(skeleton.0, 0);
    assert_eq!(
        run_line(&["swf", "list-domains", "--generate-cli-skeleton"], &[]),
        skeleton
    );
    let (code, error) = refused(&["swf"]);
    assert_eq!(code, 252);
    assert!(error.contains("the following arguments are required: operation"));
    assert!(
        refused(&["swf", HEARTBEAT, "--help", "--task-token", "T"])
            .1
            .ends_with("Unknown options: --help\n")
    );
}

/// Each line fails at the first of its faults (cli.md section 8).
#[test]
fn the_order_of_checks() {
    for (line, code, text) in [
        (
            &["--profile"][..],
            252,
            "argument --profile: expected one argument",
        ),
        (
            &["--output", "xml", "nope"],
            252,
            "argument --output: Found invalid choice 'xml'",
        ),
        (
            &["--query", "x", "nope"],
            252,
            "argument operation: Found invalid choice 'nope'",
        ),
        (
            &["--endpoint-url", "foo", "nope"],
            252,
            "Bad value for --endpoint-url \"foo\": scheme is missing.",
        ),
        (
            &["nope", "--domain"],
            252,
            "argument operation: Found invalid choice 'nope'",
        ),
        (
            &[HEARTBEAT, "--task-token"],
            252,
            "argument --task-token: expected one argument",
        ),
        (
            &[HEARTBEAT, "--cli-read-timeout", "x"],
            255,
            "invalid literal for int() with base 10: 'x'",
        ),
        (
            &[HEARTBEAT, "--nope"],
            252,
            "the following arguments are required: --task-token",
        ),
        (
            &[HEARTBEAT, "--task-token", "T", "--nope"],
            252,
            "Unknown options: --nope",
        ),
        (
            &[
                "list-domains",
                "--registration-status",
                "X",
                "--max-items",
                "1",
                "--no-paginate",
            ],
            252,
            "Cannot specify --no-paginate along with pagination arguments: --max-items",
        ),
        (
            &[
                "describe-workflow-execution",
                "--domain",
                "d",
                "--execution",
                "{",
                "--profile",
                "nope",
            ],
            252,
            "Error parsing parameter '--execution': Invalid JSON: Expecting property name",
        ),
        (
            &[HEARTBEAT, "--cli-input-json", "{bad", "--profile", "nope"],
            252,
            "Error parsing parameter 'cli-input-json': Invalid JSON received.",
        ),
        (
            &[HEARTBEAT, "--cli-input-json", "[]"],
            252,
            "Error parsing parameter '--cli-input-json': Invalid type: expecting map, received <class 'list'>",
        ),
        (
            &[HEARTBEAT, "--task-token", "", "--profile", "nope"],
            255,
            "The config profile (nope) could not be found",
        ),
        (
            &[HEARTBEAT, "--task-token", "", "--region", "a_b"],
            255,
            "Provided region_name 'a_b' doesn't match",
        ),
        (
            &[HEARTBEAT, "--task-token", ""],
            252,
            "Parameter validation failed:\nInvalid length for parameter taskToken",
        ),
        (
            &[
                HEARTBEAT,
                "--task-token",
                "T",
                "--endpoint-url",
                "http://127.0.0.1:1",
            ],
            255,
            "Could not connect to the endpoint URL: \"http://127.0.0.1:1/\"",
        ),
    ] {
        let (found, error) = refused(line);
        assert!(error.contains(text), "{line:?}: {error}");
        assert_eq!(found, code, "{line:?}");
    }
}

#[test]
fn skeletons_need_nothing_but_the_word() {
    let (code, output, _) = run_line(
        &[HEARTBEAT, "--generate-cli-skeleton"],
        &[("AWS_ENDPOINT_URL", "foo")],
    );
    assert_eq!(
        (code, output.as_str()),
        (0, "{\n    \"taskToken\": \"\",\n    \"details\": \"\"\n}\n")
    );
    let line = [
        HEARTBEAT,
        "--task-token",
        "T",
        "--generate-cli-skeleton",
        "output",
    ];
    let (code, output, _) = run_line(&line, &[]);
    assert_eq!(
        (code, output.as_str()),
        (0, "{\n    \"cancelRequested\": true\n}\n")
    );
    let line = [
        "deprecate-domain",
        "--name",
        "d",
        "--generate-cli-skeleton",
        "output",
    ];
    assert_eq!(run_line(&line, &[]), (0, String::new(), String::new()));
}

#[test]
fn the_environment_is_printed_for_a_shell() {
    let no_key = [("AWS_ACCESS_KEY_ID", "")];
    let (code, output, _) = run_line(&["env"], &no_key);
    let expected =
        everbeat_client::environment_lines("http://127.0.0.1:7930", "us-east-1").join("\n") + "\n";
    assert_eq!((code, output), (0, expected));
    let (_, output, _) = run_line(
        &["env", "--endpoint-url", "http://h:1/p", "--region", "r"],
        &[],
    );
    assert!(output.starts_with("export AWS_ENDPOINT_URL_SWF=http://h:1/p\nexport AWS_REGION=r\nexport AWS_DEFAULT_REGION=r\n"));
    let (_, output, _) = run_line(&["env"], &[]);
    assert!(!output.contains("AWS_ACCESS_KEY_ID"), "{output}");
    let (code, help, _) = run_line(&["env", "--help"], &[]);
    assert_eq!((code, help.starts_with("usage: everbeat env")), (0, true));
    assert_eq!(refused(&["env", "x"]).0, 252);
    assert_eq!(refused(&["history", "d"]).0, 252);
}
