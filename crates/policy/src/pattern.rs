//! Wildcard patterns: `*` for any run of characters, `?` for one (protocol 7.1).
//!
//! A pattern without wildcards is compared as a text. The others are walked with two pointers that go back to the
//! last `*` at most, so the time is bounded by the product of the two lengths.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// One element of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// This character.
    Literal(char),
    /// `?`
    One,
    /// `*`
    Run,
}

/// Something that is compiled from tokens and compared with texts.
pub(crate) trait Matcher: From<Vec<Token>> {
    /// Whether a text fits.
    fn matches(&self, text: &str) -> bool;
}

/// A pattern of which case counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Glob {
    /// Fits everything.
    Anything,
    /// Fits this text alone.
    Exact(Box<str>),
    /// Has wildcards.
    Wild(Wild),
}

/// A pattern with wildcards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wild {
    /// The characters before the first wildcard: most texts that do not fit differ there.
    start: Box<str>,
    /// The rest, beginning with a wildcard.
    rest: Box<[Token]>,
}

/// A pattern for action names and for the operators that ignore case.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Folded(Glob);

impl Token {
    /// The element that a character of a policy stands for, where wildcards count.
    pub(crate) fn wild(c: char) -> Token {
        match c {
            '*' => Token::Run,
            '?' => Token::One,
            literal => Token::Literal(literal),
        }
    }
}

impl From<Vec<Token>> for Glob {
    fn from(tokens: Vec<Token>) -> Self {
        if !tokens.is_empty() && tokens.iter().all(|token| *token == Token::Run) {
            return Glob::Anything;
        }
        let mut rest = tokens.iter();
        let mut start = String::new();
        while let [Token::Literal(c), ..] = rest.as_slice() {
            start.push(*c);
            rest.next();
        }
        let start = start.into();
        match rest.as_slice() {
            [] => Glob::Exact(start),
            rest => Glob::Wild(Wild {
                start,
                rest: rest.into(),
            }),
        }
    }
}

impl Matcher for Glob {
    fn matches(&self, text: &str) -> bool {
        match self {
            Glob::Anything => true,
            Glob::Exact(exact) => **exact == *text,
            Glob::Wild(wild) => match text.strip_prefix(&*wild.start) {
                Some(text) => walk(&wild.rest, text, |a, b| a == b),
                None => false,
            },
        }
    }
}

impl Glob {
    /// Whether some text that begins with these characters fits.
    pub(crate) fn can_begin_with(&self, start: &str) -> bool {
        let wild = match self {
            Glob::Anything => return true,
            Glob::Exact(exact) => return exact.starts_with(start),
            Glob::Wild(wild) => wild,
        };
        if wild.start.starts_with(start) {
            return true;
        }
        let Some(behind) = start.strip_prefix(&*wild.start) else {
            return false;
        };
        let mut tokens = wild.rest.iter();
        for c in behind.chars() {
            match tokens.next() {
                Some(Token::Run) => return true,
                Some(Token::One) => {}
                Some(Token::Literal(literal)) if *literal == c => {}
                Some(Token::Literal(_)) | None => return false,
            }
        }
        true
    }
}

impl From<Vec<Token>> for Folded {
    fn from(tokens: Vec<Token>) -> Self {
        Folded(tokens.into())
    }
}

impl Matcher for Folded {
    fn matches(&self, text: &str) -> bool {
        match &self.0 {
            Glob::Anything => true,
            Glob::Exact(exact) => same_text(exact, text),
            Glob::Wild(wild) => match text.split_at_checked(wild.start.len()) {
                Some((start, rest)) if start.eq_ignore_ascii_case(&wild.start) => {
                    walk(&wild.rest, rest, |a, b| a.eq_ignore_ascii_case(&b))
                }
                Some(_) | None => false,
            },
        }
    }
}

/// Whether two texts differ in case at most.
fn same_text(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    let lower = |text| str::chars(text).flat_map(char::to_lowercase);
    lower(one).eq(lower(other))
}

fn walk(tokens: &[Token], text: &str, same: impl Fn(char, char) -> bool) -> bool {
    if *tokens == [Token::Run] {
        return true;
    }
    let mut at = 0;
    let mut rest = text;
    // Where to go on when the last `*` has to take one character more: the token behind it, and the text there.
    let mut last_run: Option<(usize, &str)> = None;
    loop {
        let mut behind = rest.chars();
        let fits = match (tokens.get(at), behind.next()) {
            (None, None) => return true,
            (Some(Token::Run), _) => {
                at += 1;
                last_run = Some((at, rest));
                continue;
            }
            (Some(_), None) => return false,
            (None, Some(_)) => false,
            (Some(Token::One), Some(_)) => true,
            (Some(Token::Literal(literal)), Some(c)) => same(*literal, c),
        };
        if fits {
            at += 1;
            rest = behind.as_str();
            continue;
        }
        let Some((behind_run, run_from)) = last_run else {
            return false;
        };
        let mut longer = run_from.chars();
        longer.next();
        at = behind_run;
        rest = longer.as_str();
        last_run = Some((at, rest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(pattern: &str) -> Vec<Token> {
        pattern.chars().map(Token::wild).collect()
    }

    fn naive(tokens: &[Token], text: &[char]) -> bool {
        match (tokens.split_first(), text.split_first()) {
            (None, rest) => rest.is_none(),
            (Some((Token::Run, behind)), rest) => {
                naive(behind, text) || rest.is_some_and(|(_, rest)| naive(tokens, rest))
            }
            (Some((Token::One, behind)), Some((_, rest))) => naive(behind, rest),
            (Some((Token::Literal(a), behind)), Some((b, rest))) => a == b && naive(behind, rest),
            (Some(_), None) => false,
        }
    }

    #[test]
    fn wildcards() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("**", "anything", true),
            ("?", "", false),
            ("?", "ä", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a*c", "ac", true),
            ("a*c", "abcbc", true),
            ("a*c", "abcb", false),
            ("*a*b", "xaxaxb", true),
            ("a*", "A", false),
        ] {
            let glob = Glob::from(tokens(pattern));
            assert_eq!(glob.matches(text), expected, "{pattern:?} {text:?}");
        }
    }

    #[test]
    fn folded_patterns_ignore_case() {
        for (pattern, text, expected) in [
            ("swf:start*", "SWF:StartTimer", true),
            ("swf:StartTimer", "swf:starttimer", true),
            ("STRASSE", "stra\u{df}e", false),
            ("\u{c4}rger", "\u{e4}RGER", true),
            ("a", "b", false),
        ] {
            let folded = Folded::from(tokens(pattern));
            assert_eq!(folded.matches(text), expected, "{pattern:?} {text:?}");
        }
    }

    #[test]
    fn a_pattern_that_goes_back_often_ends_soon() {
        let pattern = "*a".repeat(1_000) + "b";
        let glob = Glob::from(tokens(&pattern));
        assert!(!glob.matches(&"a".repeat(5_000)));
    }

    #[test]
    fn beginnings() {
        for (pattern, expected) in [
            ("/domain/x", true),
            ("/dom*", true),
            ("*x", true),
            ("?domain/x", true),
            ("/domain", false),
            ("domain/*", false),
            ("", false),
        ] {
            let glob = Glob::from(tokens(pattern));
            assert_eq!(glob.can_begin_with("/domain/"), expected, "{pattern:?}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_naive_matcher(pattern in "[ab?*]{0,8}", text in "[ab]{0,10}") {
            let tokens = tokens(&pattern);
            let text_chars: Vec<char> = text.chars().collect();
            let expected = naive(&tokens, &text_chars);
            prop_assert_eq!(Glob::from(tokens.clone()).matches(&text), expected);
            prop_assert_eq!(Folded::from(tokens).matches(&text), expected);
        }
    }
}
