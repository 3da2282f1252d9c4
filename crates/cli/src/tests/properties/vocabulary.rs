//! What lines, files and replies are made of: words that mean something here, parts of them, and any others.
//!
//! The only addresses are ports of loopback. No word opens a prompt, names a helper program, or has a role assumed.

use proptest::sample::{Index, select};

use super::*;
use crate::options::{GLOBALS, kebab_case, operation_specs};

/// A port where nobody listens.
pub(super) const NOBODY: &str = "http://127.0.0.1:1";

const VALUES: &[&str] = &[
    "",
    " ",
    "-",
    "--",
    "---",
    "=",
    "-1",
    "0",
    "1",
    "9223372036854775808",
    "1e999",
    "1_0",
    "d",
    "help",
    "true",
    "None",
    "json",
    "text",
    "table",
    "yaml",
    "yaml-stream",
    "off",
    "xml",
    "input",
    "yaml-input",
    "output",
    "legacy",
    "on",
    NOBODY,
    "https://127.0.0.1:1",
    "http://",
    "http://[",
    "://",
    "foo:bar",
    "us-east-1",
    "us east",
    "a___1",
    "a___b___c",
    "eyJuZXh0UGFnZVRva2VuIjogbnVsbH0=",
    "eyJib3RvX3RydW5jYXRlX2Ftb3VudCI6IDFlOX0=",
    "name=a",
    "name=a,version=1",
    "name",
    "name=",
    "name@=file:///no/such/file",
    "a={b=[c,{d=",
    "a=[",
    "a='x",
    "a=\\,",
    "a=1,a=2",
    "oldestDate=now,latestDate=0",
    "oldestDate=99999999999999999999",
    "oldestDate=2020-13-45",
    "workflowId=w,runId=r",
    "decisionType=X,startTimerDecisionAttributes={timerId=1}",
    "REGISTERED",
    "{",
    "[",
    "{}",
    "[]",
    "[{}]",
    "{\"name\":\"a\"}",
    "{\"a\":",
    "[1,",
    "\"\\ud800\"",
    "{\"domain\":{\"a\":[null]}}",
    "a: b",
    "- &a [*a]",
    "!!binary x",
    "{a: 2020-01-01}",
    "domainInfos[].name",
    "domainInfos[",
    "@",
    "length(@)",
    "`1`",
    "file://",
    "fileb://",
    "file:///no/such/file",
    "file:///",
    "fileb:///dev/null",
    "file://$HOME/good.json",
    "file://~/bad",
    "fileb://~/bad",
    "file://${HOME",
    "file://\0",
    "~",
    "$HOME",
    "é",
    "日本",
    "😀",
    "\u{202e}x",
    "\u{feff}",
    "a\nb",
    "\u{0}",
    "\u{1b}[31m",
    "swf",
    "history",
    "stuck",
    "clock",
    "env",
    "completion",
    "bash",
    "advance",
    "skip",
    "1h30m",
    "99999999w",
];

pub(super) fn rows() -> Vec<&'static OperationDescriptor> {
    OPERATIONS.iter().collect()
}

/// All options and operations, each as it is.
pub(super) fn names() -> (Vec<String>, Vec<String>) {
    let operations = OPERATIONS.iter().map(|row| kebab_case(row.name));
    let globals = GLOBALS.iter().map(|option| option.name.to_owned());
    let own = OPERATIONS
        .iter()
        .flat_map(operation_specs)
        .map(|spec| spec.name);
    // A prompt would wait for somebody; and what debugging tells goes to the terminal of the tests.
    let prompts = |name: &String| !(cfg!(feature = "auto-prompt") && name == "--cli-auto-prompt");
    let options = globals.chain(own).chain(["--wait".into(), "-h".into()]);
    let mut options: Vec<String> = options
        .filter(|name| prompts(name) && name != "--debug")
        .collect();
    options.sort_unstable();
    options.dedup();
    (operations.collect(), options)
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![5 => select(VALUES).prop_map(String::from), 1 => text()]
}

/// Any word of a line.
pub(super) fn word() -> impl Strategy<Value = String> {
    let (operations, options) = names();
    let cut = (select(options.clone()), any::<Index>())
        .prop_map(|(name, cut)| name[..=cut.index(name.len())].to_owned())
        .prop_filter("debugging tells a terminal", |name| {
            !"--debug".starts_with(name.as_str())
        });
    let joined =
        (select(options.clone()), value()).prop_map(|(name, value)| format!("{name}={value}"));
    prop_oneof![
        2 => select(operations),
        5 => select(options),
        1 => cut,
        2 => joined,
        6 => value(),
    ]
}

/// A line that comes past its options: an operation, and options that it has, each with a value.
pub(super) fn plausible() -> impl Strategy<Value = Vec<String>> {
    select(rows()).prop_flat_map(|row| {
        let globals = GLOBALS.iter().map(|option| option.name.to_owned());
        let own = operation_specs(row).into_iter().map(|spec| spec.name);
        let (_, known) = names();
        let options: Vec<String> = own
            .chain(globals)
            .filter(|name| known.contains(name))
            .collect();
        proptest::collection::vec(
            (select(options), proptest::option::weighted(0.9, value())),
            0..5,
        )
        .prop_map(move |pairs| {
            let mut words = vec![kebab_case(row.name)];
            for (name, value) in pairs {
                words.push(name);
                words.extend(value);
            }
            words
        })
    })
}

/// Bytes of a file or a reply: a good text, cut or spoilt somewhere, or anything.
pub(super) fn content(pieces: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![6 => select(pieces).prop_map(String::from), 1 => text()];
    let bytes =
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat().into_bytes());
    let cut = (bytes.clone(), any::<Index>(), any::<u8>()).prop_map(|(mut bytes, at, byte)| {
        let at = at.index(bytes.len() + 1);
        bytes.truncate(at);
        bytes.push(byte);
        bytes
    });
    prop_oneof![4 => bytes, 2 => cut, 1 => proptest::collection::vec(any::<u8>(), 0..60)]
}

pub(super) const DATA: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"domain\"",
    ":",
    ",",
    "\"d\"",
    "\"taskList\"",
    "{\"name\": \"a\"}",
    "null",
    "true",
    "1",
    "-0",
    "1e999",
    "NaN",
    "\"\\ud800\"",
    "\"\\u00",
    "\n",
    " ",
    "- ",
    "domain: d\n",
    "taskList: {name: a}\n",
    "&a ",
    "*a",
    "!!timestamp ",
    "2020-01-01",
    "!!binary x",
    "|\n",
    "? ",
    "%YAML 9.9\n",
    "---\n",
    "...\n",
    "\t",
    "<<: ",
    "name=a",
    "\"PaginationConfig\": {\"MaxItems\": ",
];

pub(super) const SETTINGS: &[&str] = &[
    "[default]",
    "[profile p]",
    "[profile",
    "[p]",
    "[services s]",
    "[]",
    "\n",
    "\n",
    "\n",
    " ",
    "=",
    "region",
    "region = x\n",
    "output = text\n",
    "output = xml\n",
    "max_attempts = x\n",
    "retry_mode = adaptive\n",
    "retry_mode = no\n",
    "services = s\n",
    "swf =\n  endpoint_url = http://127.0.0.1:1\n",
    "endpoint_url = http://[\n",
    "cli_timestamp_format = none\n",
    "cli_pager = \n",
    "parameter_validation = x\n",
    "ca_bundle = /no/such/file\n",
    "aws_access_key_id = a\n",
    "aws_secret_access_key = b\n",
    "aws_session_token = é\n",
    "cli_error_format = json\n",
    "cli_history = enabled\n",
    "# c",
    "; c",
    "\u{feff}",
    "\r\n",
    "%(x)s",
    "region = \u{0}\n",
    "region = é\n",
    "use_fips_endpoint = true\n",
    "cli_help_output = x\n",
];

pub(super) const REPLY: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"domainInfos\": [{\"name\": \"d\", \"status\": \"REGISTERED\"}]",
    "{\"domainInfos\": []}",
    "null",
    "{\"__type\": \"com.amazonaws.swf.base.model#UnknownResourceFault\", \"message\": \"m\"}",
    "{\"__type\": 5}",
    "\"message\": null",
    "{\"Message\": [1]}",
    "\"nextPageToken\": \"t\"",
    "\"nextPageToken\": {}",
    "{\"typeInfo\": {\"creationDate\": 1e308}}",
    "{\"typeInfo\": {\"creationDate\": -1e99, \"deprecationDate\": \"x\"}}",
    "\"creationDate\": NaN",
    "{\"count\": 1, \"truncated\": 2}",
    "{\"taskToken\": \"t\", \"events\": [{\"eventId\": 1, \"eventTimestamp\": \"2020-01-01\"}]}",
    "\"a\"",
    "1",
    "\u{1b}[31m",
    " ",
    "\n",
    "{\"code\": \"x;y\"}",
    "{\"error\": {}}",
    "\\",
    "\"\\ud800\"",
];

/// Lines that read the file `f` at home.
pub(super) const FILE_LINES: &[&[&str]] = &[
    &["start-workflow-execution", "--task-list", "file://~/f"],
    &["start-workflow-execution", "--tag-list", "file://~/f"],
    &["start-workflow-execution", "--input", "fileb://~/f"],
    &[
        "start-workflow-execution",
        "--workflow-type",
        "name@=file://~/f,version=1",
    ],
    &[
        "respond-decision-task-completed",
        "--task-token",
        "t",
        "--decisions",
        "file://~/f",
    ],
    &[
        "list-domains",
        "--registration-status",
        "REGISTERED",
        "--max-items",
        "file://~/f",
    ],
    &[
        "list-domains",
        "--starting-token",
        "file://~/f",
        "--cli-input-json",
        "file://~/f",
    ],
    &[
        "list-domains",
        "--registration-status",
        "REGISTERED",
        "--ca-bundle",
        "~/f",
    ],
    &["poll-for-activity-task", "--cli-input-json", "file://~/f"],
    &["poll-for-activity-task", "--cli-input-yaml", "file://~/f"],
    &[
        "list-open-workflow-executions",
        "--cli-input-yaml",
        "file://~/f",
    ],
    &[
        "list-open-workflow-executions",
        "--start-time-filter",
        "file://~/f",
        "--cli-input-json",
        "file://~/f",
    ],
];

/// Lines that come to a request.
pub(super) const REPLY_LINES: &[&[&str]] = &[
    &[
        "list-domains",
        "--registration-status",
        "REGISTERED",
        "--max-items",
        "1",
    ],
    &[
        "count-pending-activity-tasks",
        "--domain",
        "d",
        "--task-list",
        "name=a",
    ],
    &[
        "describe-activity-type",
        "--domain",
        "d",
        "--activity-type",
        "name=a,version=1",
    ],
    &[
        "poll-for-decision-task",
        "--domain",
        "d",
        "--task-list",
        "name=a",
        "--no-paginate",
    ],
    &[
        "register-domain",
        "--name",
        "d",
        "--workflow-execution-retention-period-in-days",
        "1",
    ],
];
