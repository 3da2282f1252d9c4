//! All pages: complete, narrow enough, and with examples that work.

use everbeat_json::{Json, NonAscii, pretty};
use everbeat_model::operations::OperationDescriptor;
use everbeat_model::{FaultKind, OPERATIONS, Operation, Shape};

use super::examples::{Example, examples};
use super::page::{WIDTH, first_sentence, wrapped};
use super::*;
use crate::files::Files;
use crate::line::{self, Asked};
use crate::options::{GLOBALS, INPUT_JSON, INPUT_YAML, PAGING_OPTIONS, SKELETON, member_options};
use crate::validate::validate;
use crate::values::member_value;

fn plain_page(operation: &OperationDescriptor) -> String {
    operation_page(operation, Style::Plain)
}

fn all_pages() -> Vec<String> {
    let pages = OPERATIONS.iter().map(plain_page);
    pages.chain([overview(Style::Plain)]).collect()
}

/// A section without its heading.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let start = format!("\n{heading}\n");
    let (_, after) = page.split_once(&start).expect("the page has the section");
    let end = after
        .match_indices('\n')
        .map(|(position, _)| position + 1)
        .find(|position| after[*position..].starts_with(|c: char| c.is_ascii_uppercase()));
    &after[..end.unwrap_or(after.len())]
}

#[test]
fn no_line_is_too_long_or_ends_in_a_blank() {
    for page in all_pages() {
        for line in page.lines() {
            assert!(line.chars().count() <= WIDTH, "{line}");
            assert_eq!(line, line.trim_end());
        }
        assert!(!page.contains("\n\n\n") && !page.contains('\x1b'));
        assert!(page.starts_with("NAME\n") && page.ends_with('\n'));
    }
}

#[test]
fn headings_are_bold_for_a_terminal_and_nothing_else_differs() {
    for operation in OPERATIONS {
        let bold = operation_page(operation, Style::Bold);
        assert!(bold.starts_with("\x1b[1mNAME\x1b[0m\n"));
        assert!(bold.contains("\n\n\x1b[1mGLOBAL OPTIONS\x1b[0m\n"));
        let stripped = bold.replace("\x1b[1m", "").replace("\x1b[0m", "");
        assert_eq!(stripped, plain_page(operation));
    }
}

#[test]
fn sections_are_those_of_the_reference_and_our_own() {
    let page = plain_page(Operation::RecordActivityTaskHeartbeat.descriptor());
    let headings: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))
        .collect();
    let expected = "NAME|DESCRIPTION|SYNOPSIS|OPTIONS|GLOBAL OPTIONS|EXAMPLES|FAULTS|OUTPUT";
    assert_eq!(headings.join("|"), expected);
}

/// The synopsis of the founding page.
#[test]
fn a_synopsis_has_the_options_of_the_reference_in_their_order() {
    let page = plain_page(Operation::RecordActivityTaskHeartbeat.descriptor());
    let lines: Vec<&str> = section(&page, "SYNOPSIS").lines().map(str::trim).collect();
    let expected = "record-activity-task-heartbeat|--task-token <value>|[--details <value>]|\
        [--cli-input-json | --cli-input-yaml]|[--generate-cli-skeleton <value>]|[--debug]|\
        [--endpoint-url <value>]|[--no-verify-ssl]|[--no-paginate]|[--output <value>]|[--query <value>]|\
        [--profile <value>]|[--region <value>]|[--version]|[--color <value>]|[--no-sign-request]|\
        [--ca-bundle <value>]|[--cli-read-timeout <value>]|[--cli-connect-timeout <value>]|\
        [--cli-binary-format <value>]|[--no-cli-pager]|[--cli-auto-prompt]|[--no-cli-auto-prompt]|\
        [--cli-error-format <value>]|";
    assert_eq!(lines.join("|"), expected);
    let page = plain_page(Operation::ListDomains.descriptor());
    let synopsis = section(&page, "SYNOPSIS");
    assert!(synopsis.contains(
        "[--reverse-order | --no-reverse-order]\n      [--cli-input-json | --cli-input-yaml]\n      \
         [--starting-token <value>]\n      [--page-size <value>]\n      [--max-items <value>]\n      \
         [--generate-cli-skeleton <value>]\n"
    ));
    assert!(!page.contains("--maximum-page-size") && !page.contains("--next-page-token"));
}

#[test]
fn every_option_is_described() {
    for operation in OPERATIONS {
        let page = plain_page(operation);
        let options = section(&page, "OPTIONS");
        for option in member_options(operation) {
            let described = options.contains(&format!("\n    {} ", option.name))
                || options.starts_with(&format!("    {} ", option.name));
            assert_eq!(described, !option.is_hidden(operation), "{}", option.name);
        }
        for name in [INPUT_JSON, INPUT_YAML, SKELETON] {
            assert!(options.contains(name), "{name}");
        }
        for name in PAGING_OPTIONS {
            let described = options.contains(&format!("\n    {name} ("));
            assert_eq!(described, operation.pages.is_some(), "{name}");
        }
        let globals = section(&page, "GLOBAL OPTIONS");
        for option in GLOBALS {
            assert!(globals.contains(&format!("    {} (", option.name)));
            assert!(globals.contains(&first_sentence(option.documentation)[..12]));
        }
    }
}

#[test]
fn options_have_types_constraints_values_and_syntax() {
    let page = plain_page(Operation::CountOpenWorkflowExecutions.descriptor());
    assert!(page.contains("    --domain (string) [required]\n"));
    assert!(page.contains("        Constraints: min: 1, max: 256\n"));
    assert!(page.contains("    --start-time-filter (structure) [required]\n"));
    assert!(page.contains("\n        oldestDate -> (timestamp) [required]\n"));
    assert!(page.contains(
        "        Shorthand Syntax:\n\n            oldestDate=timestamp,latestDate=timestamp\n\n        \
         JSON Syntax:\n\n            {\n              \"oldestDate\": timestamp,\n              \
         \"latestDate\": timestamp\n            }\n"
    ));
    let page = plain_page(Operation::UntagResource.descriptor());
    assert!(page.contains("        Syntax:\n\n            \"string\" \"string\" ...\n"));
    let page = plain_page(Operation::TagResource.descriptor());
    assert!(page.contains("            key=string,value=string ...\n"));
    assert!(
        page.contains("              \"value\": \"string\"\n              }\n              ...\n")
    );
    let page = plain_page(Operation::ListDomains.descriptor());
    assert!(page.contains("        Possible values: REGISTERED, DEPRECATED\n"));
    let page = plain_page(Operation::RegisterActivityType.descriptor());
    assert!(page.contains("    --activity-version (string) [required]\n"));
}

#[test]
fn outputs_are_described_to_the_last_member() {
    let page = plain_page(Operation::GetWorkflowExecutionHistory.descriptor());
    let output = section(&page, "OUTPUT");
    assert!(output.contains("    events -> (list)\n"));
    assert!(output.contains("            eventTimestamp -> (timestamp)\n"));
    let long_name = "requestCancelExternalWorkflowExecutionInitiatedEventAttributes";
    let broken = format!("\n            {long_name}\n                -> (structure)\n");
    assert!(output.contains(&broken));
    assert!(output.contains("                timerId -> (string)\n"));
    let page = plain_page(Operation::RegisterDomain.descriptor());
    assert_eq!(
        section(&page, "OUTPUT"),
        "    None: success prints nothing.\n"
    );
}

#[test]
fn every_fault_has_its_sentence() {
    for kind in FaultKind::ALL {
        assert!(is_a_sentence(kind.documentation()), "{}", kind.name());
    }
    for operation in OPERATIONS {
        let page = plain_page(operation);
        let faults = section(&page, "FAULTS");
        for fault in operation.faults {
            assert!(faults.contains(&format!("    {}\n        ", fault.name())));
        }
    }
}

fn is_a_sentence(text: &str) -> bool {
    let text = text.trim();
    text.ends_with('.') && text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
}

/// Every text of a shape, of requests and of answers.
fn check_documentation(shape: &Shape) {
    match shape {
        Shape::Structure(structure) => {
            for member in structure.members {
                let place = format!("{}.{}", structure.name, member.name);
                assert!(is_a_sentence(member.documentation), "{place}");
                let sentence = first_sentence(member.documentation);
                assert!(is_a_sentence(&sentence), "{place}: {sentence}");
                assert!(sentence.chars().count() <= 120, "{place}: {sentence}");
                check_documentation(member.shape);
            }
        }
        Shape::List(list) => check_documentation(list.element),
        Shape::String(_)
        | Shape::Enum(_)
        | Shape::Integer(_)
        | Shape::Boolean { .. }
        | Shape::Timestamp { .. } => {}
    }
}

#[test]
fn every_operation_and_member_is_documented() {
    for operation in OPERATIONS {
        assert!(is_a_sentence(operation.documentation), "{}", operation.name);
        check_documentation(operation.input);
        operation.output.into_iter().for_each(check_documentation);
    }
}

/// The request that the line makes, through the passes and checks of the command line itself.
fn request(operation: &OperationDescriptor, example: &Example) -> Json {
    let line = example.line.replace("\\\n", "");
    let mut words = shlex::split(&line).expect("a line of a shell");
    assert_eq!(words.remove(0), "everbeat");
    let globals = line::global_pass(&words).expect("good global options");
    let (target, words) = line::operation_pass(&globals.rest_words()).expect("an operation");
    assert!(matches!(target, Asked::Operation(named) if named.operation == operation.operation));
    let own = line::own_pass(operation, &words).expect("good options");
    let variables = Default::default();
    let files = Files {
        variables: &variables,
    };
    let mut members = Vec::new();
    for option in member_options(operation) {
        if let (false, Some(words)) = (option.is_boolean(), own.values(&option.name)) {
            let value = member_value(&option.name, words, option.member.shape, files);
            let value = value.unwrap_or_else(|_| panic!("{}", example.line));
            members.push((option.member.name.to_owned(), value.json));
        }
    }
    if let Some(text) = own.value(INPUT_JSON) {
        let Ok(Json::Map(more)) = Json::parse(text) else {
            panic!("{text}");
        };
        members.extend(more);
    }
    Json::Map(members)
}

#[test]
fn every_example_parses_and_validates() {
    for operation in OPERATIONS {
        assert!(!examples(operation.operation).is_empty());
        for example in examples(operation.operation) {
            let purpose = example.purpose;
            assert!(purpose.ends_with(':'), "{purpose}");
            let request = request(operation, example);
            let checked = validate(&request, operation.input_structure(), &[]);
            assert!(checked.is_ok(), "{}", example.line);
        }
    }
}

#[test]
fn what_examples_print_is_the_answer_of_their_operation() {
    for operation in OPERATIONS {
        for example in examples(operation.operation) {
            if !example.prints.starts_with('{') {
                continue;
            }
            let answer = Json::parse(example.prints).expect("JSON");
            assert_eq!(pretty(&answer, NonAscii::Raw), example.prints);
            let output = operation.output.expect("it has an answer");
            let shape = match example.line.split_once("--query ") {
                Some((_, member)) => {
                    output
                        .structure()
                        .and_then(|output| output.member(member.trim()))
                        .expect("the query names a member")
                        .shape
                }
                None => output,
            };
            let structure = shape.structure().expect("a structure");
            assert!(
                validate(&answer, structure, &[]).is_ok(),
                "{}",
                example.prints
            );
        }
    }
}

#[test]
fn the_overview_names_everything_there_is() {
    let page = overview(Style::Plain);
    let operations = section(&page, "AVAILABLE OPERATIONS");
    for operation in OPERATIONS {
        let entry = format!("    {} ", kebab_case(operation.name));
        assert!(operations.contains(&entry), "{}", operation.name);
    }
    let commands = section(&page, "EVERBEAT'S OWN COMMANDS");
    for command in crate::own_commands::OWN_COMMANDS {
        let name = command.name;
        assert!(commands.contains(&format!("    {name} ")), "{name}");
    }
    assert!(section(&page, "EXIT STATUS").contains("    254  The service answered"));
}

#[test]
fn the_manual_names_every_option_and_every_exit_status() {
    let manual = include_str!("../../../../docs/command-line.md");
    let names = GLOBALS.iter().map(|option| option.name);
    for name in names
        .chain(PAGING_OPTIONS)
        .chain([INPUT_JSON, INPUT_YAML, SKELETON])
    {
        assert!(manual.contains(&format!("`{name}`")), "{name}");
    }
    for (status, _) in overview::STATUSES {
        assert!(manual.contains(&format!("| {status} | ")), "{status}");
    }
}

#[test]
fn text_is_wrapped() {
    assert_eq!(wrapped("aa bb  cc\ndddddd", 5), ["aa bb", "cc", "dddddd"]);
    assert_eq!(wrapped("x a=1,b=2,c=3", 9), ["x a=1,", "b=2,c=3"]);
    assert_eq!(wrapped("Or `NONE`.", 20), ["Or NONE."]);
}

#[test]
fn a_sentence_ends_at_its_full_stop() {
    let text = " ARN, `arn:aws:swf`, of version 1.0. More.";
    assert_eq!(first_sentence(text), "ARN, arn:aws:swf, of version 1.0.");
    assert_eq!(first_sentence("One."), "One.");
}
