//! When the prompt opens, and what comes of it (cli.md section 17.4). The prompt itself is `everbeat-prompt`.

use everbeat_client::shared_files::Variables;

use crate::Streams;
use crate::exit::{Failure, Kind};
use crate::line::HELP;
use crate::options::{AUTO_PROMPT as ON, NO_AUTO_PROMPT as OFF};
use crate::own_commands::own_command;
use crate::settings::{AutoPrompt, Configuration};

/// Words with which nobody wants to be asked anything.
const NEVER: [&str; 2] = [HELP, "--version"];

/// What the line and the settings say.
///
/// # Errors
/// The line says both.
pub(crate) fn mode(
    words: &[String],
    configuration: &Configuration<'_>,
) -> Result<AutoPrompt, Failure> {
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    if has(ON) && has(OFF) {
        let text = format!("Both {ON} and {OFF} cannot be specified at the same time.");
        return Err(Failure::new(Kind::EarlyParamValidation, text));
    }
    let is_own = |word: &String| own_command(word).is_some();
    Ok(if NEVER.into_iter().any(has) || has(OFF) {
        AutoPrompt::Off
    } else if has(ON) {
        AutoPrompt::On
    } else if words.first().is_some_and(is_own) {
        AutoPrompt::Off
    } else {
        configuration.auto_prompt()
    })
}

/// Asks for the rest of a line; gives the words to run, and shows them on standard output.
///
/// # Errors
/// The prompt was left, or there is no terminal to ask on.
#[cfg(feature = "auto-prompt")]
pub(crate) fn ask(
    words: &[String],
    variables: &Variables,
    streams: &mut Streams<'_>,
) -> Result<Vec<String>, Failure> {
    use everbeat_prompt::{Outcome, PromptError, prompt};

    let mut given: Vec<String> = words.to_vec();
    if let Some(position) = given.iter().position(|word| word == ON) {
        given.remove(position);
    }
    if !given.iter().any(|word| word == crate::SERVICE_WORD) {
        given.insert(0, crate::SERVICE_WORD.into());
    }
    let knowledge = crate::completion::prompting::LineKnowledge { variables };
    match prompt(&given, &knowledge) {
        Ok(Outcome::Run { line, words }) => {
            let _ = writeln!(streams.output, "> aws {line}");
            Ok(words)
        }
        Ok(Outcome::Cancelled { line }) => {
            Err(Failure::new(Kind::PromptLeft, format!("> aws {line}")))
        }
        Err(PromptError::NotATerminal) => {
            let _ = writeln!(streams.error, "Warning: Input is not a terminal (fd=0).");
            Err(Failure::general(""))
        }
        Err(error @ PromptError::Terminal(_)) => Err(Failure::general(error.to_string())),
    }
}

/// A program that was built without the prompt says so.
///
/// # Errors
/// Always.
#[cfg(not(feature = "auto-prompt"))]
pub(crate) fn ask(
    _: &[String],
    _: &Variables,
    _: &mut Streams<'_>,
) -> Result<Vec<String>, Failure> {
    let text = format!("This everbeat was built without the prompt; say {OFF}");
    Err(Failure::general(text))
}
