//! Completion of shells: the scripts that `everbeat completion SHELL` prints, and `everbeat complete`, which they call.
//!
//! `complete` never fails and never tells of an error: it would tear the line that is being typed. Its forms:
//!
//! - `complete zsh WORD... PARTIAL` and `complete fish WORD... PARTIAL`: the words between the program's name and the
//!   cursor, without quotes, and the one at the cursor. A suggestion is a line: the word, a tab, a few words on it.
//! - `complete bash`, and `complete` as bash's `complete -C` calls it (the protocol of the reference's `aws_completer`):
//!   the line is in `COMP_LINE` and `COMP_POINT`. A suggestion is what bash puts in the place of the part of the word
//!   behind its last character of `COMP_WORDBREAKS`, quoted.

use std::time::Duration;

use everbeat_client::shared_files::Variables;
use everbeat_prompt::{Choice, words};

use super::Completion;
use super::live::{Asked, Server};
use crate::exit::Failure;
use crate::line;
use crate::{Line, Streams, print};

/// The command that the scripts call; not for people.
pub(crate) const COMPLETE: &str = "complete";

/// How long the server may take.
const LIMIT: Duration = Duration::from_millis(300);
/// Bash's own value, for those who do not pass theirs.
const WORD_BREAKS: &str = " \t\n\"'><=;|&(:";

const SCRIPTS: [(&str, &str); 3] = [
    ("bash", include_str!("scripts/everbeat.bash")),
    ("zsh", include_str!("scripts/everbeat.zsh")),
    ("fish", include_str!("scripts/everbeat.fish")),
];

const HELP: &str = "\
usage: everbeat completion bash|zsh|fish

Prints a script that completes the words of everbeat: operations, options, values, and what the server has.

  bash   eval \"$(everbeat completion bash)\"          in ~/.bashrc
  zsh    source <(everbeat completion zsh)           in ~/.zshrc, behind compinit
  fish   everbeat completion fish | source           in ~/.config/fish/config.fish
";

/// `everbeat completion SHELL`.
///
/// # Errors
/// A shell that there is no script for.
pub(crate) fn run(line: &Line<'_>, streams: &mut Streams<'_>) -> Result<(), Failure> {
    let own = line.words.get(1..).unwrap_or_default();
    let asks_for_help = |word: &str| [line::HELP, "--help", "-h"].contains(&word);
    let text = match own {
        [word] if asks_for_help(word) => Some(HELP),
        [word] => script(word),
        _ => None,
    };
    match text {
        Some(text) => print(streams, text),
        None => Err(Failure::parameter(HELP.trim_end())),
    }
}

/// The script for a shell.
pub(super) fn script(shell: &str) -> Option<&'static str> {
    let mut scripts = SCRIPTS.into_iter();
    scripts.find_map(|(name, script)| (name == shell).then_some(script))
}

/// `everbeat complete ...`, with the words behind the command.
pub(crate) fn complete(own: &[String], variables: &Variables, streams: &mut Streams<'_>) {
    for line in lines(own, variables, None) {
        let _ = writeln!(streams.output, "{line}");
    }
}

/// The lines to print. A server in `server` is asked instead of the one of the settings.
pub(super) fn lines(
    own: &[String],
    variables: &Variables,
    server: Option<&dyn Server>,
) -> Vec<String> {
    match own {
        [shell, words @ .., partial] if shell == "zsh" || shell == "fish" => {
            let choices = fitting(words, partial, variables, server);
            choices.into_iter().map(described).collect()
        }
        _ => of_line(variables, server).unwrap_or_default(),
    }
}

fn described(choice: Choice) -> String {
    format!("{}\t{}", choice.text, choice.note)
}

/// The suggestions for bash's variables.
fn of_line(variables: &Variables, server: Option<&dyn Server>) -> Option<Vec<String>> {
    let line = variables.get("COMP_LINE")?;
    let point: usize = variables.get("COMP_POINT")?.parse().ok()?;
    let before: String = line.chars().take(point).collect();
    let at = words::at_cursor(&before);
    // Assignments can stand before the program's name.
    let is_assignment = |word: &&String| word.contains('=');
    let own: Vec<String> = at
        .words
        .iter()
        .skip_while(is_assignment)
        .skip(1)
        .cloned()
        .collect();
    let breaks = variables
        .get("COMP_WORDBREAKS")
        .map_or(WORD_BREAKS, String::as_str);
    let word = before.get(at.start..)?;
    let (replaced, quote) = replaced_by_bash(word, breaks);
    let kept = words::at_cursor(word.get(..replaced)?).partial.len();
    let choices = fitting(&own, &at.partial, variables, server);
    let texts = choices.iter().filter_map(|choice| choice.text.get(kept..));
    Some(
        texts
            .map(|text| match quote {
                Some(quote) => escaped_in(quote, text),
                None => escaped(text),
            })
            .collect(),
    )
}

/// The byte of a word from which on bash replaces it, and the quote that is open at its end: what stands behind that
/// quote is replaced, or else what stands behind the last break that is neither quoted nor escaped.
fn replaced_by_bash(word: &str, breaks: &str) -> (usize, Option<char>) {
    let (mut from, mut open) = (0, None);
    let mut characters = word.char_indices();
    while let Some((at, c)) = characters.next() {
        match (open, c) {
            (None | Some((_, '"')), '\\') => {
                characters.next();
            }
            (Some((_, quote)), c) if c == quote => open = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => open = Some((at + 1, c)),
            (None, c) if breaks.contains(c) => from = at + c.len_utf8(),
            (None, _) => {}
        }
    }
    open.map_or((from, None), |(from, quote)| (from, Some(quote)))
}

/// A text behind an open quote, so that bash reads it as it is.
fn escaped_in(quote: char, text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match (quote, c) {
            ('\'', '\'') => escaped.push_str(r"'\''"),
            // In double quotes a backslash would keep the history from this one, but be part of the word.
            ('"', '!') => escaped.push_str(r#""\!""#),
            ('"', '$' | '`' | '"' | '\\') => escaped.extend(['\\', c]),
            _ => escaped.push(c),
        }
    }
    // Bash takes away the quote that was typed when what it puts in begins with one.
    if escaped.starts_with(quote) {
        escaped.insert(0, quote);
    }
    escaped
}

/// A backslash before what means something to bash.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if " \t'\"\\$`&|;<>()*?!#~{}[]".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// The choices that begin with what is typed, also those of the server if it answers in time.
fn fitting(
    words: &[String],
    partial: &str,
    variables: &Variables,
    server: Option<&dyn Server>,
) -> Vec<Choice> {
    let completion = Completion {
        variables,
        in_prompt: false,
    };
    let mut choices = completion.choices(words, partial).list;
    if let Some(live) = completion.live(words, partial) {
        let asked = Asked {
            variables: variables.clone(),
            settings: live.settings.clone(),
            limit: LIMIT,
        };
        choices.extend(live.choices(server.unwrap_or(&asked)));
    }
    choices.retain(|choice| choice.text.starts_with(partial));
    choices.sort_by_key(|choice| !choice.required);
    choices
}
