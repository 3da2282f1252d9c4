//! Lines, and what can come next on them.

mod live;
#[cfg(feature = "auto-prompt")]
mod panels;
mod shells;

use everbeat_client::shared_files::Variables;
use everbeat_model::OPERATIONS;
use everbeat_prompt::{Choice, best_matches, words};

use super::Completion;

fn variables() -> Variables {
    let absent = |name: &str| (name.to_owned(), "/nonexistent".to_owned());
    ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "HOME"]
        .map(absent)
        .into()
}

fn choices(line: &str, in_prompt: bool) -> Vec<Choice> {
    let variables = variables();
    let completion = Completion {
        variables: &variables,
        in_prompt,
    };
    let at = words::at_cursor(line);
    best_matches(completion.choices(&at.words, &at.partial))
}

/// What the word at the cursor can become in the prompt.
fn texts(line: &str) -> Vec<String> {
    choices(line, true)
        .into_iter()
        .map(|choice| choice.text)
        .collect()
}

#[test]
fn operations_come_first() {
    assert_eq!(texts(""), ["swf"]);
    assert_eq!(texts("swf ").len(), OPERATIONS.len());
    assert_eq!(texts("swf undepdom"), ["undeprecate-domain"]);
    assert_eq!(
        texts("swf --region us-east-1 undepdom"),
        ["undeprecate-domain"]
    );
    // A whole word needs nothing more, and a word that nobody knows has no options.
    assert!(texts("swf list-domains").is_empty());
    assert!(texts("swf nothing ").is_empty());
    let in_shell = choices("", false);
    for own in ["history", "stuck", "serve", "help", "list-domains"] {
        assert!(in_shell.iter().any(|choice| choice.text == own), "{own}");
    }
    let notes = choices("swf ", true);
    assert!(notes.iter().all(|choice| choice.note.len() > 10));
}

#[test]
fn options_are_those_of_the_reference_with_the_required_ones_first() {
    let line = "swf delete-activity-type ";
    let offered = choices(line, true);
    let seen: Vec<&str> = offered.iter().map(|choice| choice.text.as_str()).collect();
    // As the reference's prompt shows them.
    let expected = [
        "--domain",
        "--activity-type",
        "--cli-input-json",
        "--cli-input-yaml",
        "--generate-cli-skeleton",
        "--debug",
        "--endpoint-url",
        "--no-verify-ssl",
        "--no-paginate",
        "--output",
        "--query",
        "--profile",
        "--region",
        "--version",
        "--color",
        "--no-sign-request",
        "--ca-bundle",
        "--cli-read-timeout",
        "--cli-connect-timeout",
        "--cli-binary-format",
        "--no-cli-pager",
        "--cli-error-format",
    ];
    assert_eq!(seen, expected);
    assert_eq!(offered[0].required, offered[1].required);
    assert!(!offered[2].required);
    assert!(
        offered[1].note.starts_with("[structure] "),
        "{:?}",
        offered[1]
    );
    // The required one stands after the others in the table.
    let listed = texts("swf list-domains ");
    let start = [
        "--registration-status",
        "--next-page-token",
        "--maximum-page-size",
    ];
    assert_eq!(listed[..3], start);
    let paging = ["--starting-token", "--page-size", "--max-items"];
    assert!(listed.windows(3).any(|window| window == paging));
}

#[test]
fn options_that_are_given_are_left_out() {
    for (line, option) in [
        (
            "swf list-domains --registration-status REGISTERED ",
            "--registration-status",
        ),
        (
            "swf list-domains --registration-status=REGISTERED ",
            "--registration-status",
        ),
        ("swf list-domains --reverse-order ", "--no-reverse-order"),
        ("swf list-domains --output json ", "--output"),
        ("swf --output json list-domains ", "--output"),
        ("swf list-domains ", "--cli-auto-prompt"),
    ] {
        assert!(!texts(line).contains(&option.to_owned()), "{line}");
    }
    let in_shell = choices("list-domains --cli-auto", false);
    assert_eq!(in_shell[0].text, "--cli-auto-prompt");
}

#[test]
fn values_that_are_known_are_offered() {
    let table: &[(&str, &[&str])] = &[
        (
            "swf list-domains --registration-status ",
            &["REGISTERED", "DEPRECATED"],
        ),
        (
            "swf list-domains --registration-status=dep",
            &["--registration-status=DEPRECATED"],
        ),
        ("swf list-domains --output ya", &["yaml", "yaml-stream"]),
        ("swf list-domains --color ", &["on", "off", "auto"]),
        (
            "swf list-domains --generate-cli-skeleton in",
            &["input", "yaml-input"],
        ),
        ("swf list-domains --region eu-central", &["eu-central-1"]),
        ("swf list-domains --max-items ", &[]),
        ("swf list-domains --reverse-order=", &[]),
        (
            "swf terminate-workflow-execution --child-policy aba",
            &["ABANDON"],
        ),
        // Behind a value of an option that takes many.
        (
            "swf list-domains --unknown x --no",
            &[
                "--no-paginate",
                "--no-cli-pager",
                "--no-verify-ssl",
                "--no-sign-request",
                "--no-reverse-order",
            ],
        ),
    ];
    for (line, expected) in table {
        let mut seen = texts(line);
        let mut expected: Vec<String> = expected.iter().map(|text| (*text).into()).collect();
        if line.ends_with("--no") {
            seen.sort();
            expected.sort();
            seen.retain(|text| text.starts_with("--no"));
        }
        assert_eq!(seen, expected, "{line}");
    }
    // Without a value the next word may be an option as well.
    let maybe = texts("swf list-domains --generate-cli-skeleton ");
    assert!(maybe.contains(&"output".into()) && maybe.contains(&"--region".into()));
    let many = texts("swf start-workflow-execution --tag-list a ");
    assert!(many.contains(&"--domain".into()) && !many.contains(&"--tag-list".into()));
}

#[test]
fn shorthand_is_completed_key_by_key() {
    let table: &[(&str, &[&str])] = &[
        (
            "describe-workflow-type --workflow-type ",
            &["name=", "version="],
        ),
        ("describe-workflow-type --workflow-type ver", &["version="]),
        (
            "describe-workflow-type --workflow-type name=a,",
            &["name=a,version="],
        ),
        (
            "describe-workflow-type --workflow-type 'name=\"a,b\",'",
            &["name=\"a,b\",version="],
        ),
        (
            "describe-workflow-type --workflow-type=name=a,",
            &["--workflow-type=name=a,version="],
        ),
        ("describe-workflow-type --workflow-type name=", &[]),
        ("describe-workflow-type --workflow-type {", &[]),
        ("describe-workflow-type --workflow-type x=", &[]),
        (
            "list-closed-workflow-executions --close-status-filter status=tim",
            &["status=TIMED_OUT"],
        ),
        (
            "respond-decision-task-completed --decisions decisionType=starttim",
            &["decisionType=StartTimer"],
        ),
        (
            "respond-decision-task-completed --decisions decisionType=StartTimer,starttimer",
            &["decisionType=StartTimer,startTimerDecisionAttributes={"],
        ),
        (
            "respond-decision-task-completed --decisions startTimerDecisionAttributes={timerId=1,sta",
            &["startTimerDecisionAttributes={timerId=1,startToFireTimeout="],
        ),
        (
            "respond-decision-task-completed --decisions startTimerDecisionAttributes={timerId=1",
            &["startTimerDecisionAttributes={timerId=1}"],
        ),
        (
            "respond-decision-task-completed --decisions startTimerDecisionAttributes={timerId=1},decisiontyp",
            &["startTimerDecisionAttributes={timerId=1},decisionType="],
        ),
        (
            "respond-decision-task-completed --decisions a=1 decisionty",
            &["decisionType="],
        ),
    ];
    for (line, expected) in table {
        assert_eq!(texts(&format!("swf {line}")), *expected, "{line}");
    }
}

#[test]
fn a_query_follows_the_shape_of_the_answer() {
    let table: &[(&str, &[&str])] = &[
        ("list-domains --query ", &["domainInfos", "nextPageToken"]),
        (
            "list-domains --query domainInfos[].ar",
            &["domainInfos[].arn"],
        ),
        (
            "list-domains --query domainInfos[3].na",
            &["domainInfos[3].name"],
        ),
        ("list-domains --query domainInfos.na", &[]),
        ("list-domains --query nothing.", &[]),
        (
            "describe-workflow-execution --query executionInfo.workflowType.ver",
            &["executionInfo.workflowType.version"],
        ),
        ("respond-activity-task-canceled --query ", &[]),
    ];
    for (line, expected) in table {
        assert_eq!(texts(&format!("swf {line}")), *expected, "{line}");
    }
}

#[test]
fn profiles_and_files_are_those_of_the_machine() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    std::fs::write(path("config"), "[default]\n[profile dev]\n[services x]\n").expect("written");
    std::fs::write(path("credentials"), "[prod]\naws_access_key_id = a\n").expect("written");
    std::fs::write(path(".hidden"), "").expect("written");
    std::fs::create_dir(path("inner")).expect("made");
    let variables = Variables::from([
        ("AWS_CONFIG_FILE".into(), path("config")),
        ("AWS_SHARED_CREDENTIALS_FILE".into(), path("credentials")),
        ("HOME".into(), path("")),
    ]);
    let completion = Completion {
        variables: &variables,
        in_prompt: true,
    };
    let texts = |words: &[&str], partial: &str| -> Vec<String> {
        let words: Vec<String> = words.iter().map(|word| (*word).into()).collect();
        let choices = best_matches(completion.choices(&words, partial));
        choices.into_iter().map(|choice| choice.text).collect()
    };
    assert_eq!(
        texts(&["list-domains", "--profile"], ""),
        ["default", "dev", "prod"]
    );
    let line = ["list-domains", "--cli-input-json"];
    let shown = texts(&line, "file://~/");
    assert_eq!(
        shown,
        ["file://~/config", "file://~/credentials", "file://~/inner/"]
    );
    assert_eq!(texts(&line, "fileb://~/inn"), ["fileb://~/inner/"]);
    assert_eq!(texts(&line, "file://~/.hid"), ["file://~/.hidden"]);
    assert!(texts(&line, "file:///nonexistent/").is_empty());
}

/// What the server's values are compared with in the menu.
#[test]
fn what_is_typed_of_a_value_is_told_apart() {
    for (line, typed) in [
        ("swf describe-domain --name Ord", "Ord"),
        ("swf describe-domain --name=Ord", "Ord"),
        ("swf describe-workflow-type --workflow-type name=ord", "ord"),
        (
            "swf describe-workflow-type --workflow-type name=ord,version=1",
            "1",
        ),
        ("swf describe-workflow-type --workflow-type {\"na", "{\"na"),
    ] {
        let variables = variables();
        let completion = Completion {
            variables: &variables,
            in_prompt: true,
        };
        let at = words::split(&line.replace('"', "\\\"")).expect("words");
        let (partial, words) = at.split_last().expect("a word");
        assert_eq!(completion.choices(words, partial).typed, typed, "{line}");
    }
}

#[test]
fn every_line_of_every_length_is_survived() {
    let lines = [
        "swf respond-decision-task-completed --decisions 'decisionType=\"a b\",x={y=[1,2' --query a[0].b[*] --out=ya",
        "swf list-domains --registration-status --registration-status = == -- - --=x é日本 {[}] '",
    ];
    for line in lines {
        for (end, _) in line.char_indices() {
            let _ = (texts(&line[..end]), live::live(&line[..end]));
        }
    }
}
