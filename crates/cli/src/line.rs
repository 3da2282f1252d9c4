//! A line of words through the reference's passes (cli.md section 3): profile and debug, then the global options, then
//! the word that names the operation, then the operation's own options.

use everbeat_model::OPERATIONS;
use everbeat_model::operations::OperationDescriptor;

use crate::SERVICE_WORD;
use crate::exit::{FIRST_USAGE, Failure, Kind, USAGE};
use crate::options::{
    INPUT_JSON, INPUT_YAML, SKELETON, SKELETON_OUTPUT, global_specs, kebab_case, member_options,
    operation_named, operation_specs,
};
use crate::parse::{OptionSpec, Parsed, Takes, invalid_choice, parse};

/// The word that asks for a page of help, as an operation and behind one.
pub(crate) const HELP: &str = "help";

/// The pass that runs before everything else and knows profile and debug only.
pub(crate) fn first_pass(words: &[String]) -> Result<Parsed, Failure> {
    let specs = [
        OptionSpec::new("--profile", Takes::One),
        OptionSpec::new("--debug", Takes::Nothing),
    ];
    parse(words, &specs).map_err(|text| {
        let kind = Kind::EarlyParamValidation;
        Failure {
            kind,
            ..Failure::usage(&text, FIRST_USAGE)
        }
    })
}

/// The pass over the global options. What it leaves over is the rest of the line.
pub(crate) fn global_pass(words: &[String]) -> Result<Parsed, Failure> {
    parse(words, &global_specs()).map_err(|text| Failure::usage(&text, USAGE))
}

/// The words behind the service's word, and whether there was one. Under the reference's name the word is needed.
///
/// # Errors
/// The word is missing, or names another service.
pub(crate) fn command_pass(
    globals: &Parsed,
    named_aws: bool,
) -> Result<(Vec<String>, bool), Failure> {
    let mut words = globals.rest_words();
    let position = globals.rest.iter().position(|rest| rest.bare);
    let word = position.and_then(|position| words.get(position));
    let is_service = word.is_some_and(|word| word == SERVICE_WORD);
    match (position, word) {
        (Some(position), _) if is_service => {
            words.remove(position);
            Ok((words, true))
        }
        (_, Some(word)) if named_aws && word != HELP => {
            let text = invalid_choice("command", word, &[SERVICE_WORD, HELP]);
            Err(Failure::usage(&text, USAGE))
        }
        (_, None) if named_aws => {
            let text = "the following arguments are required: command";
            Err(Failure::usage(text, USAGE))
        }
        _ => Ok((words, named_aws)),
    }
}

/// What the word for the operation asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked {
    /// The overview.
    Help,
    Operation(&'static OperationDescriptor),
}

/// The pass for the operation's word; the rest of the words are the operation's.
///
/// # Errors
/// No word, or no such operation.
pub(crate) fn operation_pass(words: &[String]) -> Result<(Asked, Vec<String>), Failure> {
    let parsed = parse(words, &[]).map_err(|text| Failure::usage(&text, USAGE))?;
    let Some(position) = parsed.rest.iter().position(|rest| rest.bare) else {
        let text = "the following arguments are required: operation";
        return Err(Failure::usage(text, USAGE));
    };
    let mut rest = parsed.rest_words();
    let word = rest.remove(position);
    if word == HELP {
        return Ok((Asked::Help, rest));
    }
    let Some(operation) = operation_named(&word) else {
        let mut names: Vec<String> = OPERATIONS
            .iter()
            .map(|operation| kebab_case(operation.name))
            .collect();
        names.push(HELP.into());
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        return Err(Failure::usage(
            &invalid_choice("operation", &word, &names),
            USAGE,
        ));
    };
    Ok((Asked::Operation(operation), rest))
}

/// The page of the operation is asked for: by the only word, or by the first bare one of a line that is complete.
///
/// # Errors
/// A malformed option, or a required one that is missing.
pub(crate) fn asks_for_help(
    operation: &OperationDescriptor,
    words: &[String],
) -> Result<bool, Failure> {
    if words == [HELP] {
        return Ok(true);
    }
    let parsed = parse_own(operation, words)?;
    let first = parsed.rest.iter().find(|rest| rest.bare);
    Ok(first.is_some_and(|rest| rest.word == HELP))
}

fn parse_own(operation: &OperationDescriptor, words: &[String]) -> Result<Parsed, Failure> {
    let parsed =
        parse(words, &operation_specs(operation)).map_err(|text| Failure::usage(&text, USAGE))?;
    if !takes_whole_input(words) {
        check_required(operation, &parsed)?;
    }
    Ok(parsed)
}

/// The line has an option that stands for all others. For the skeleton of an answer the others are needed.
fn takes_whole_input(words: &[String]) -> bool {
    let has = |option: &str| words.iter().any(|word| word == option);
    let skeleton = words.iter().position(|word| word == SKELETON);
    has(INPUT_JSON)
        || has(INPUT_YAML)
        || skeleton.is_some_and(|at| {
            words
                .get(at + 1)
                .is_none_or(|value| value != SKELETON_OUTPUT)
        })
}

/// The pass over an operation's own words.
///
/// # Errors
/// A malformed option, a required one that is missing, words that are left over.
pub(crate) fn own_pass(
    operation: &OperationDescriptor,
    words: &[String],
) -> Result<Parsed, Failure> {
    let parsed = parse_own(operation, words)?;
    let mut unknown = parsed.rest_words();
    // The reference's parser takes the first bare word for `help` and names it last; an empty one counts as none.
    if let Some(first_bare) = parsed.rest.iter().position(|rest| rest.bare) {
        let word = unknown.remove(first_bare);
        unknown.extend(Some(word).filter(|word| !word.is_empty()));
    }
    if unknown.is_empty() {
        return Ok(parsed);
    }
    let unknown = unknown.join(", ");
    Err(Failure::new(
        Kind::UnknownOptions,
        format!("Unknown options: {unknown}"),
    ))
}

fn check_required(operation: &OperationDescriptor, parsed: &Parsed) -> Result<(), Failure> {
    let missing: Vec<String> = member_options(operation)
        .into_iter()
        .filter(|option| option.member.required && !parsed.has(&option.name))
        .map(|option| option.name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let missing = missing.join(", ");
    Err(Failure::usage(
        &format!("the following arguments are required: {missing}"),
        USAGE,
    ))
}

#[cfg(test)]
mod tests {
    use everbeat_model::Operation;

    use super::*;
    use crate::exit::ErrorFormat;
    use crate::format::Look;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(Into::into).collect()
    }

    fn own(operation: Operation, line: &str) -> Result<Parsed, String> {
        own_pass(operation.descriptor(), &words(line))
            .map_err(|failure| failure.message(ErrorFormat::Enhanced, Look::PLAIN))
    }

    #[test]
    fn the_operation_is_the_first_bare_word() {
        let (target, rest) =
            operation_pass(&words("--domain=d poll-for-activity-task help")).expect("good words");
        assert!(
            matches!(target, Asked::Operation(found) if found.operation == Operation::PollForActivityTask)
        );
        assert_eq!(rest, ["--domain=d", "help"]);
        let failure = operation_pass(&words("--domain d poll-for-activity-task"))
            .expect_err("d is no operation");
        assert!(
            failure
                .text
                .starts_with("argument operation: Found invalid choice 'd'\n\n")
        );
        let failure = operation_pass(&[]).expect_err("no word");
        assert!(
            failure
                .text
                .starts_with("the following arguments are required: operation\n\nusage: aws")
        );
    }

    #[test]
    fn required_options_are_named_in_table_order() {
        let message = own(Operation::RegisterActivityType, "").expect_err("nothing given");
        assert!(
            message.contains("are required: --domain, --name, --activity-version\n"),
            "{message}"
        );
        for line in ["--cli-input-json x", "--generate-cli-skeleton"] {
            assert!(own(Operation::RegisterActivityType, line).is_ok());
        }
        for line in ["--cli-input-json={}", "--generate-cli-skel"] {
            assert!(own(Operation::RegisterActivityType, line).is_err());
        }
    }

    #[test]
    fn words_left_over_are_named_with_the_first_bare_one_last() {
        let message = own(
            Operation::RecordActivityTaskHeartbeat,
            "--task-token T --nope x y",
        );
        assert!(
            message
                .expect_err("left over")
                .ends_with("aws: [ERROR]: Unknown options: --nope, y, x\n")
        );
    }

    #[test]
    fn ambiguous_global_options_are_listed_in_table_order() {
        let failure = global_pass(&words("--cli- x")).expect_err("ambiguous");
        let names = "--cli-read-timeout, --cli-connect-timeout, --cli-binary-format, --cli-auto-prompt, \
                     --cli-error-format";
        assert!(
            failure
                .text
                .starts_with(&format!("ambiguous option: --cli- could match {names}\n\n"))
        );
    }

    #[test]
    fn the_first_pass_has_a_usage_of_its_own() {
        let failure = first_pass(&words("--debug=1")).expect_err("a flag with a value");
        assert_eq!(
            failure.text,
            "argument --debug: ignored explicit argument '1'\n\nusage: aws [--profile PROFILE] [--debug]\n"
        );
        let parsed = first_pass(&words("x --prof p")).expect("a profile");
        assert_eq!(parsed.value("--profile"), Some("p"));
    }

    #[test]
    fn the_services_word_is_dropped_and_needed_under_the_references_name() {
        let pass = |line: &str, named_aws| {
            let globals = global_pass(&words(line)).expect("good words");
            command_pass(&globals, named_aws).map_err(|failure| failure.text)
        };
        let rest = words("list-domains swf");
        assert_eq!(
            pass("--region x swf list-domains swf", false),
            Ok((rest.clone(), true))
        );
        assert_eq!(pass("swf list-domains swf", true), Ok((rest, true)));
        assert_eq!(
            pass("list-domains", false),
            Ok((words("list-domains"), false))
        );
        for (line, text) in [
            ("ec2 x", "argument command: Found invalid choice 'ec2'\n\n"),
            ("", "the following arguments are required: command\n\n"),
        ] {
            assert!(pass(line, true).is_err_and(|found| found.starts_with(text)));
        }
    }
}
