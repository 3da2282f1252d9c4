//! Words into options and the rest, by the rules of Python's argparse that scripts rely on (cli.md section 3): prefixes,
//! `--name=value`, negative numbers as values, left-over words in order. One pass knows one table of options; the passes
//! that follow each other over a line are in [`crate::line`].

use crate::suggest::close_matches;

/// How many words an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    Nothing,
    One,
    /// None or one.
    Maybe,
    /// Any number.
    Many,
}

/// One option of a pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OptionSpec {
    /// With the two dashes.
    pub(crate) name: String,
    pub(crate) takes: Takes,
    /// The values allowed; empty for any.
    pub(crate) choices: &'static [&'static str],
    /// The value must be an integer.
    pub(crate) integer: bool,
    /// Meeting it ends the pass.
    pub(crate) ends: bool,
}

impl OptionSpec {
    pub(crate) fn new(name: impl Into<String>, takes: Takes) -> Self {
        Self {
            name: name.into(),
            takes,
            choices: &[],
            integer: false,
            ends: false,
        }
    }
}

/// What a pass found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Parsed {
    given: Vec<(String, Vec<String>)>,
    /// The words that the pass does not know, in order.
    pub(crate) rest: Vec<Rest>,
}

/// A word that is left over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rest {
    pub(crate) word: String,
    /// Not an option.
    pub(crate) bare: bool,
}

impl Parsed {
    /// The words of an option's last occurrence.
    pub(crate) fn values(&self, name: &str) -> Option<&[String]> {
        let (_, values) = self.given.iter().rev().find(|(given, _)| given == name)?;
        Some(values)
    }

    /// The one word of an option.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.values(name)?.first().map(String::as_str)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.values(name).is_some()
    }

    /// Which of two options stands last.
    pub(crate) fn last_of(&self, names: [&str; 2]) -> Option<usize> {
        let (given, _) = self
            .given
            .iter()
            .rev()
            .find(|(given, _)| names.contains(&given.as_str()))?;
        names.iter().position(|name| name == given)
    }

    /// The words left over.
    pub(crate) fn rest_words(&self) -> Vec<String> {
        self.rest.iter().map(|rest| rest.word.clone()).collect()
    }
}

/// How a pass sees a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word<'a> {
    Bare,
    Unknown,
    Option {
        spec: &'a OptionSpec,
        explicit: Option<&'a str>,
    },
}

/// One pass over `words`. The error is argparse's sentence.
pub(crate) fn parse(words: &[String], specs: &[OptionSpec]) -> Result<Parsed, String> {
    let separator = words
        .iter()
        .position(|word| word == "--")
        .unwrap_or(words.len());
    let mut seen = Vec::with_capacity(words.len());
    for (position, word) in words.iter().enumerate() {
        let bare = position > separator;
        seen.push(if bare {
            Word::Bare
        } else {
            classify(word, specs)?
        });
    }
    let mut parsed = Parsed::default();
    let mut at = 0;
    while let (Some(word), Some(kind)) = (words.get(at), seen.get(at)) {
        at += 1;
        let Word::Option { spec, explicit } = kind else {
            let bare = *kind == Word::Bare;
            if at - 1 != separator {
                parsed.rest.push(Rest {
                    word: word.clone(),
                    bare,
                });
            }
            continue;
        };
        let following = seen[at..]
            .iter()
            .zip(&words[at..])
            .take_while(|(kind, word)| **kind == Word::Bare && *word != "--")
            .count();
        let taken = taken(spec, *explicit, following)?;
        let values: Vec<String> = match explicit {
            Some(value) => vec![(*value).into()],
            None => words[at..at + taken].to_vec(),
        };
        at += taken;
        for value in &values {
            check(spec, value)?;
        }
        parsed.given.push((spec.name.clone(), values));
        if spec.ends {
            return Ok(parsed);
        }
    }
    Ok(parsed)
}

/// How many of the bare words that follow belong to the option.
fn taken(spec: &OptionSpec, explicit: Option<&str>, following: usize) -> Result<usize, String> {
    let name = &spec.name;
    match (spec.takes, explicit) {
        (Takes::Nothing, Some(value)) => Err(format!(
            "argument {name}: ignored explicit argument {}",
            everbeat_json::python::quoted(value)
        )),
        (_, Some(_)) | (Takes::Nothing, None) => Ok(0),
        (Takes::One, None) if following == 0 => {
            Err(format!("argument {name}: expected one argument"))
        }
        (Takes::One, None) => Ok(1),
        (Takes::Maybe, None) => Ok(following.min(1)),
        (Takes::Many, None) => Ok(following),
    }
}

fn check(spec: &OptionSpec, value: &str) -> Result<(), String> {
    let name = &spec.name;
    if !spec.choices.is_empty() && !spec.choices.contains(&value) {
        return Err(invalid_choice(name, value, spec.choices));
    }
    if spec.integer && everbeat_json::python::int(value).is_err() {
        let shown = everbeat_json::python::quoted(value);
        return Err(format!("argument {name}: invalid int value: {shown}"));
    }
    Ok(())
}

/// The sentence for a value outside of a set, with near matches.
pub(crate) fn invalid_choice(argument: &str, value: &str, choices: &[&str]) -> String {
    let mut text = format!(
        "argument {argument}: Found invalid choice {}\n",
        everbeat_json::python::quoted(value)
    );
    let matches = close_matches(value, choices);
    if !matches.is_empty() {
        text.push_str("\nMaybe you meant:\n");
        for choice in matches {
            text.push_str(&format!("\n  * {choice}"));
        }
    }
    text
}

fn classify<'a>(word: &'a str, specs: &'a [OptionSpec]) -> Result<Word<'a>, String> {
    if !word.starts_with('-') || word.len() == 1 || word == "--" {
        return Ok(Word::Bare);
    }
    if let Some(spec) = specs.iter().find(|spec| spec.name == word) {
        let explicit = None;
        return Ok(Word::Option { spec, explicit });
    }
    let (name, explicit) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (word, None),
    };
    if let Some(spec) = specs.iter().find(|spec| spec.name == name) {
        return Ok(Word::Option { spec, explicit });
    }
    let fitting: Vec<&OptionSpec> = specs
        .iter()
        .filter(|spec| name.len() > 2 && spec.name.starts_with(name))
        .collect();
    match fitting.as_slice() {
        [] if is_negative_number(word) || word.contains(' ') => Ok(Word::Bare),
        [] => Ok(Word::Unknown),
        [spec] => Ok(Word::Option { spec, explicit }),
        _ => {
            let names: Vec<&str> = fitting.iter().map(|spec| spec.name.as_str()).collect();
            let names = names.join(", ");
            Err(format!("ambiguous option: {word} could match {names}"))
        }
    }
}

/// `-5`, `-5.3`, `-.5`.
fn is_negative_number(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let (whole, fraction) = digits.split_once('.').unwrap_or(("", digits));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !fraction.is_empty() && all_digits(whole) && all_digits(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specs() -> Vec<OptionSpec> {
        let mut output = OptionSpec::new("--output", Takes::One);
        output.choices = &["json", "text"];
        let mut items = OptionSpec::new("--max-items", Takes::One);
        items.integer = true;
        vec![
            OptionSpec::new("--domain", Takes::One),
            OptionSpec::new("--details", Takes::One),
            OptionSpec::new("--tag-list", Takes::Many),
            OptionSpec::new("--reverse-order", Takes::Nothing),
            OptionSpec::new("--generate-cli-skeleton", Takes::Maybe),
            output,
            items,
        ]
    }

    fn words(line: &[&str]) -> Vec<String> {
        line.iter().map(|word| (*word).into()).collect()
    }

    fn value(line: &[&str], name: &str) -> Option<Vec<String>> {
        let parsed = parse(&words(line), &specs()).expect("a good line");
        parsed.values(name).map(<[String]>::to_vec)
    }

    #[test]
    fn values_prefixes_and_last_occurrences() {
        let line = [
            "--dom",
            "d",
            "--det=a=b",
            "--tag-list",
            "x",
            "--tag-list",
            "y",
            "z",
        ];
        assert_eq!(value(&line, "--domain"), Some(words(&["d"])));
        assert_eq!(value(&line, "--details"), Some(words(&["a=b"])));
        assert_eq!(value(&line, "--tag-list"), Some(words(&["y", "z"])));
        assert_eq!(value(&["--tag-list"], "--tag-list"), Some(vec![]));
        assert_eq!(
            value(&["--g", "output"], "--generate-cli-skeleton"),
            Some(words(&["output"]))
        );
        assert_eq!(value(&["--g"], "--generate-cli-skeleton"), Some(vec![]));
    }

    #[test]
    fn what_looks_like_an_option_is_no_value() {
        for word in ["-", "-1", "-5.3", "-5 apples", ""] {
            assert_eq!(value(&["--domain", word], "--domain"), Some(words(&[word])));
        }
        for word in ["-T", "--T", "-1x"] {
            let error = parse(&words(&["--domain", word]), &specs());
            assert_eq!(
                error,
                Err("argument --domain: expected one argument".into())
            );
        }
        assert_eq!(value(&["--domain=-T"], "--domain"), Some(words(&["-T"])));
    }

    #[test]
    fn the_rest_keeps_its_order() {
        let parsed = parse(
            &words(&["x", "--nope", "y", "--reverse-order", "z"]),
            &specs(),
        );
        let parsed = parsed.expect("a good line");
        assert_eq!(parsed.rest_words(), ["x", "--nope", "y", "z"]);
        let bare: Vec<bool> = parsed.rest.iter().map(|rest| rest.bare).collect();
        assert_eq!(bare, [true, false, true, true]);
    }

    #[test]
    fn after_two_dashes_everything_is_bare() {
        let parsed = parse(&words(&["--", "--domain", "d"]), &specs()).expect("a good line");
        assert_eq!(parsed.rest_words(), ["--domain", "d"]);
        assert!(!parsed.has("--domain"));
    }

    #[test]
    fn errors_are_argparses() {
        for (line, error) in [
            (
                &["--d", "x"][..],
                "ambiguous option: --d could match --domain, --details",
            ),
            (
                &["--reverse-order=true"],
                "argument --reverse-order: ignored explicit argument 'true'",
            ),
            (
                &["--output", "xml"],
                "argument --output: Found invalid choice 'xml'\n",
            ),
            (
                &["--output", "jso"],
                "argument --output: Found invalid choice 'jso'\n\nMaybe you meant:\n\n  * json",
            ),
            (
                &["--max-items", "abc"],
                "argument --max-items: invalid int value: 'abc'",
            ),
        ] {
            assert_eq!(parse(&words(line), &specs()), Err(error.into()));
        }
    }
}
