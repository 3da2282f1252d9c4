//! Lines, and what can come next on them.

use everbeat_client::shared_files::Variables;
use everbeat_model::OPERATIONS;
use everbeat_prompt::{Choice, best_matches, words};

use super::live::{Found, Server, TypeKind, Wanted};
use super::{Completion, shell};

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

/// A server with one of everything, which remembers what it is asked.
#[derive(Default)]
struct Fake {
    asked: std::sync::Mutex<Vec<Wanted>>,
}

impl Server for Fake {
    fn find(&self, wanted: &Wanted) -> Vec<Found> {
        self.asked
            .lock()
            .expect("not poisoned")
            .push(wanted.clone());
        let names = match wanted {
            Wanted::Domains { .. } => [("Orders", "arn:1"), ("My Domain", "arn:2")],
            Wanted::Types { .. } => [("order", "1.0"), ("order", "2,0")],
            Wanted::TaskLists { .. } => [("main", ""), ("evil\nname", "")],
            Wanted::Executions { .. } => [("o-1", "run1"), ("o-2", "run2")],
        };
        let found = names.map(|(first, second)| Found {
            first: first.into(),
            second: second.into(),
            note: "a note".into(),
        });
        found.into()
    }
}

/// What a line is completed to from the server, and what that was asked.
fn live(line: &str) -> (Vec<String>, Vec<Wanted>) {
    let variables = variables();
    let completion = Completion {
        variables: &variables,
        in_prompt: true,
    };
    let at = words::at_cursor(line);
    let server = Fake::default();
    let texts = completion
        .live(&at.words, &at.partial)
        .map(|live| live.choices(&server))
        .unwrap_or_default()
        .into_iter()
        .map(|choice| choice.text)
        .collect();
    (texts, server.asked.into_inner().expect("not poisoned"))
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

#[test]
fn the_server_is_asked_for_what_it_has() {
    let types = |deprecated| Wanted::Types {
        domain: "d".into(),
        kind: TypeKind::Workflow,
        deprecated,
    };
    let executions = |closed| Wanted::Executions {
        domain: "d".into(),
        closed,
    };
    let lists = |kind| Wanted::TaskLists {
        domain: "d".into(),
        kind,
    };
    let domains = |deprecated| Wanted::Domains { deprecated };
    let table: Vec<(&str, Wanted, &[&str])> = vec![
        (
            "describe-domain --name ",
            domains(false),
            &["Orders", "My Domain"],
        ),
        (
            "undeprecate-domain --name ",
            domains(true),
            &["Orders", "My Domain"],
        ),
        (
            "list-workflow-types --domain ",
            domains(false),
            &["Orders", "My Domain"],
        ),
        (
            "list-workflow-types --domain=",
            domains(false),
            &["--domain=Orders", "--domain=My Domain"],
        ),
        (
            "list-tags-for-resource --resource-arn a",
            domains(false),
            &["arn:1", "arn:2"],
        ),
        (
            "describe-workflow-type --domain d --workflow-type ",
            types(false),
            &["name=order,version=1.0", "name=order,version=\"2,0\""],
        ),
        (
            "delete-workflow-type --domain d --workflow-type name=",
            types(true),
            &["name=order"],
        ),
        (
            "start-workflow-execution --domain d --workflow-type name=order,version=",
            types(false),
            &["name=order,version=1.0", "name=order,version=2,0"],
        ),
        (
            "start-workflow-execution --domain d --workflow-type name=other,version=",
            types(false),
            &[],
        ),
        (
            "count-open-workflow-executions --domain d --type-filter ",
            types(false),
            &["name=order"],
        ),
        (
            "start-workflow-execution --domain d --task-list ",
            lists(TypeKind::Workflow),
            &["name=main"],
        ),
        (
            "poll-for-activity-task --domain d --task-list name=",
            lists(TypeKind::Activity),
            &["name=main"],
        ),
        (
            "signal-workflow-execution --domain d --workflow-id ",
            executions(false),
            &["o-1", "o-2"],
        ),
        (
            "signal-workflow-execution --domain d --workflow-id o-2 --run-id ",
            executions(false),
            &["run2"],
        ),
        (
            "describe-workflow-execution --domain d --execution ",
            executions(true),
            &["workflowId=o-1,runId=run1", "workflowId=o-2,runId=run2"],
        ),
        (
            "describe-workflow-execution --domain d --execution workflowId=o-1,runId=",
            executions(true),
            &["workflowId=o-1,runId=run1"],
        ),
        (
            "list-workflow-types --domain d --name o",
            types(false),
            &["order"],
        ),
    ];
    for (line, wanted, expected) in table {
        let (texts, asked) = live(&format!("swf {line}"));
        assert_eq!(texts, expected, "{line}");
        assert_eq!(asked, [wanted], "{line}");
    }
}

#[test]
fn the_server_is_not_asked_for_what_is_new_or_nothing_of_it() {
    for line in [
        "register-domain --name ",
        "start-workflow-execution --domain d --workflow-id ",
        "describe-workflow-type --workflow-type ",
        "list-domains --registration-status ",
        "list-domains --region ",
        "list-domains ",
        "describe-domain --name x ",
        "",
    ] {
        let (texts, asked) = live(&format!("swf {line}"));
        assert!(texts.is_empty() && asked.is_empty(), "{line}");
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
            let _ = (texts(&line[..end]), live(&line[..end]));
        }
    }
}

fn shell_lines(words: &[&str]) -> Vec<String> {
    let words: Vec<String> = words.iter().map(|word| (*word).into()).collect();
    shell::lines(&words, &variables(), Some(&Fake::default()))
}

#[test]
fn zsh_and_fish_get_words_with_notes() {
    let lines = shell_lines(&["fish", "describe-domain", "--name", "O"]);
    assert_eq!(lines, ["Orders\ta note"]);
    let lines = shell_lines(&["zsh", "list-dom"]);
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("list-domains\tLists "), "{lines:?}");
    // What is whole is offered, so that the shell puts a blank behind it.
    assert_eq!(
        shell_lines(&["fish", "list-domains", "--debug"])[0]
            .split('\t')
            .next(),
        Some("--debug")
    );
}

#[test]
fn bash_gets_what_it_puts_in() {
    let table: &[(&str, &[&str])] = &[
        ("everbeat list-dom", &["list-domains"]),
        ("FOO=1 everbeat list-dom", &["list-domains"]),
        (
            "everbeat swf describe-domain --name ",
            &["Orders", "My\\ Domain"],
        ),
        ("everbeat swf describe-domain --name 'My", &["My Domain"]),
        ("everbeat swf describe-domain --name=My", &["My\\ Domain"]),
        // Bash replaces what stands behind the last of its word breaks.
        (
            "everbeat describe-workflow-type --workflow-type name=a,v",
            &["a,version="],
        ),
        ("everbeat nothing ", &[]),
    ];
    for (line, expected) in table {
        let mut variables = variables();
        variables.insert("COMP_LINE".into(), (*line).into());
        variables.insert("COMP_POINT".into(), line.len().to_string());
        let server = Fake::default();
        for own in [&["bash".to_owned()][..], &[]] {
            assert_eq!(
                shell::lines(own, &variables, Some(&server)),
                *expected,
                "{line}"
            );
        }
        // The cursor is where the variable says.
        variables.insert("COMP_LINE".into(), format!("{line}x y"));
        assert_eq!(
            shell::lines(&[], &variables, Some(&server)),
            *expected,
            "{line}"
        );
    }
    assert!(shell::lines(&["bash".into()], &variables(), None).is_empty());
}

#[cfg(feature = "auto-prompt")]
mod in_the_prompt {
    use everbeat_prompt::Knowledge;

    use super::*;
    use crate::completion::prompting::LineKnowledge;

    fn output(line: &str) -> String {
        let variables = variables();
        let knowledge = LineKnowledge {
            variables: &variables,
        };
        knowledge.output(&words::split(line).expect("words"))
    }

    #[test]
    fn the_output_panel_shows_the_form_of_the_answer() {
        let whole = "{\n    \"domainInfos\": [\n        {\n            \"name\": \"name\",";
        assert!(output("swf list-domains").starts_with(whole));
        let table = [
            ("swf list-domains --query domainInfos[2].name", "\"name\"\n"),
            (
                "swf list-domains --query domainInfos[2].name --output text",
                "name\n",
            ),
            (
                "swf list-domains --output text --query domainInfos[2]. ",
                "arn\tdescription\tname\tstatus\n",
            ),
            (
                "swf list-domains --output yaml --query nextPageToken",
                "\"nextPageToken\"\n",
            ),
            ("swf register-domain", "No output"),
            ("swf", "No output"),
            (
                "swf list-domains --output nope",
                "Bad value for --output: nope",
            ),
        ];
        for (line, expected) in table {
            assert_eq!(output(line), expected, "{line}");
        }
        assert!(output("swf list-domains --query '!'").starts_with("Bad value for --query: !\n\n"));
    }

    #[test]
    fn the_documentation_is_that_of_the_operation() {
        let variables = variables();
        let knowledge = LineKnowledge {
            variables: &variables,
        };
        let words = |line: &str| words::split(line).expect("words");
        let page = knowledge
            .documentation(&words("swf list-domains --x"))
            .expect("a page");
        assert!(page.trim_start().starts_with("Lists the domains"), "{page}");
        assert_eq!(knowledge.documentation(&words("swf list-dom")), None);
        assert!(knowledge.documentation(&words("swf")).is_some());
    }
}
