//! A line of words through the reference's passes (cli.md section 3): profile and debug, then the global options, then
//! the word that names the operation, then the operation's own options.

use everbeat_model::OPERATIONS;
use everbeat_model::operations::OperationDescriptor;

use crate::exit::{FIRST_USAGE, Failure, Kind, USAGE};
use crate::options::{
    GLOBALS, INPUT_JSON, INPUT_YAML, SKELETON, global_specs, kebab_case, member_options,
    operation_named, operation_specs,
};
use crate::parse::{OptionSpec, Parsed, Takes, invalid_choice, parse};

/// The word that asks for a page of help, as an operation and behind one.
pub(crate) const HELP: &str = "help";

/// The pass that runs before everything else; gives the profile.
pub(crate) fn first_pass(words: &[String]) -> Result<Option<String>, Failure> {
    let specs = [
        OptionSpec::new("--profile", Takes::One),
        OptionSpec::new("--debug", Takes::Nothing),
    ];
    let parsed = parse(words, &specs).map_err(|text| Failure::usage(&text, FIRST_USAGE))?;
    Ok(parsed.value("--profile").map(Into::into))
}

/// The pass over the global options. What it leaves over is the rest of the line.
pub(crate) fn global_pass(words: &[String]) -> Result<Parsed, Failure> {
    parse(words, &global_specs()).map_err(|text| Failure::usage(&text, USAGE))
}

/// # Errors
/// An option or value that a later version will know.
pub(crate) fn check_served(globals: &Parsed) -> Result<(), Failure> {
    match GLOBALS
        .iter()
        .find(|option| !option.served && globals.has(option.name))
    {
        Some(option) => Err(Failure::later(&format!("The option {}", option.name))),
        None => Ok(()),
    }
}

/// What the word for the operation asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// The overview.
    Help,
    Operation(&'static OperationDescriptor),
}

/// The pass for the operation's word; the rest of the words are the operation's.
///
/// # Errors
/// No word, or no such operation.
pub(crate) fn operation_pass(words: &[String]) -> Result<(Target, Vec<String>), Failure> {
    let parsed = parse(words, &[]).map_err(|text| Failure::usage(&text, USAGE))?;
    let Some(position) = parsed.rest.iter().position(|rest| rest.bare) else {
        let text = "the following arguments are required: operation";
        return Err(Failure::usage(text, USAGE));
    };
    let mut rest = parsed.rest_words();
    let word = rest.remove(position);
    if word == HELP {
        return Ok((Target::Help, rest));
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
    Ok((Target::Operation(operation), rest))
}

/// The pass over an operation's own words.
///
/// # Errors
/// A malformed option, a required one that is missing, words that are left over.
pub(crate) fn own_pass(
    operation: &OperationDescriptor,
    words: &[String],
) -> Result<Parsed, Failure> {
    let parsed =
        parse(words, &operation_specs(operation)).map_err(|text| Failure::usage(&text, USAGE))?;
    let whole_input = [INPUT_JSON, INPUT_YAML, SKELETON];
    if !words
        .iter()
        .any(|word| whole_input.contains(&word.as_str()))
    {
        check_required(operation, &parsed)?;
    }
    let mut unknown = parsed.rest_words();
    if unknown.is_empty() {
        return Ok(parsed);
    }
    // The reference's parser takes the first bare word for `help` and names it last.
    if let Some(first_bare) = parsed.rest.iter().position(|rest| rest.bare) {
        let word = unknown.remove(first_bare);
        unknown.push(word);
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

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(Into::into).collect()
    }

    fn own(operation: Operation, line: &str) -> Result<Parsed, String> {
        own_pass(operation.descriptor(), &words(line)).map_err(|failure| failure.message())
    }

    #[test]
    fn the_operation_is_the_first_bare_word() {
        let (target, rest) =
            operation_pass(&words("--domain=d poll-for-activity-task help")).expect("good words");
        assert!(
            matches!(target, Target::Operation(found) if found.operation == Operation::PollForActivityTask)
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
            "argument --debug: ignored explicit argument '1'\n\nusage: aws [--profile PROFILE] [--debug]"
        );
        assert_eq!(first_pass(&words("x --prof p")), Ok(Some("p".into())));
    }

    #[test]
    fn options_of_later_versions_are_named() {
        let globals = global_pass(&words("--query x")).expect("known");
        let failure = check_served(&globals).expect_err("later");
        assert_eq!(
            failure.text,
            "The option --query comes with a later version of Everbeat."
        );
        assert_eq!(failure.code(), 252);
    }
}
