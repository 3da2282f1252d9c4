//! Policy variables: `${key}`, `${key, 'default'}`, and the literals `${*}`, `${?}` and `${$}` (protocol 7.2).
//!
//! What is put in for a variable is literal: wildcards in it do not count. Without a value and a default the pattern
//! fits nothing; that an Allow statement then does not apply at all is the statement's business.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::facts::{Facts, Value};
use crate::pattern::{Glob, Matcher, Token};

/// A pattern that is compiled as far as it can be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pattern<T> {
    /// Without variables.
    Fixed(T),
    /// With variables, compiled anew for each request.
    Template(Template),
}

/// A text with variables.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Template(Box<[Piece]>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Token(Token),
    Variable(Variable),
}

/// One variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    /// The key, folded.
    pub(crate) key: Box<str>,
    /// What stands in for a missing value.
    pub(crate) default: Option<Box<str>>,
}

/// How the text of a policy is to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Syntax {
    /// `${…}` is a variable (only since Version 2012-10-17).
    pub(crate) variables: bool,
    /// `*` and `?` are wildcards.
    pub(crate) wildcards: bool,
}

impl<T: Matcher> Pattern<T> {
    /// Whether a text fits.
    pub(crate) fn matches(&self, text: &str, facts: &dyn Facts) -> bool {
        match self {
            Pattern::Fixed(fixed) => fixed.matches(text),
            Pattern::Template(template) => match template.resolve(facts) {
                Some(tokens) => T::from(tokens).matches(text),
                None => false,
            },
        }
    }
}

impl<T> Pattern<T> {
    /// The keys of its variables, folded.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let template = match self {
            Pattern::Fixed(_) => None,
            Pattern::Template(template) => Some(template),
        };
        let variables = template.into_iter().flat_map(Template::variables);
        variables.map(|variable| &*variable.key)
    }
}

impl Pattern<Glob> {
    /// The pattern when nothing is known of its variables.
    pub(crate) fn outline(&self) -> Glob {
        match self {
            Pattern::Fixed(glob) => glob.clone(),
            Pattern::Template(template) => template.outline().into(),
        }
    }
}

impl<T: From<Vec<Token>>> From<Template> for Pattern<T> {
    fn from(template: Template) -> Self {
        let fixed = |piece: &Piece| match piece {
            Piece::Token(token) => Some(*token),
            Piece::Variable(_) => None,
        };
        match template.0.iter().map(fixed).collect::<Option<Vec<Token>>>() {
            Some(tokens) => Pattern::Fixed(tokens.into()),
            None => Pattern::Template(template),
        }
    }
}

impl Template {
    /// Reads the text of a policy.
    ///
    /// # Errors
    /// What is wrong with a variable.
    pub(crate) fn read(text: &str, syntax: Syntax) -> Result<Self, &'static str> {
        let mut pieces = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if syntax.variables && rest.starts_with("${") {
                let (piece, behind) = read_variable(rest)?;
                pieces.push(piece);
                rest = behind;
                continue;
            }
            pieces.push(Piece::Token(match syntax.wildcards {
                true => Token::wild(c),
                false => Token::Literal(c),
            }));
            rest = &rest[c.len_utf8()..];
        }
        Ok(Template(pieces.into()))
    }

    /// Its variables.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Token(_) => None,
            Piece::Variable(variable) => Some(variable),
        })
    }

    /// Whether it is one variable and nothing else.
    pub(crate) fn is_variable(&self) -> bool {
        matches!(*self.0, [Piece::Variable(_)])
    }

    /// Whether it is this token and nothing else.
    pub(crate) fn is_token(&self, token: Token) -> bool {
        *self.0 == [Piece::Token(token)]
    }

    /// At most so many parts, split at a token; the last keeps the rest.
    pub(crate) fn split(&self, at: Token, most: usize) -> impl Iterator<Item = Template> {
        let is_border = move |piece: &Piece| *piece == Piece::Token(at);
        let parts = self.0.splitn(most, is_border);
        parts.map(|part| Template(part.into()))
    }

    /// The tokens when nothing is known of the variables.
    fn outline(&self) -> Vec<Token> {
        let token = |piece: &Piece| match piece {
            Piece::Token(token) => *token,
            Piece::Variable(_) => Token::Run,
        };
        self.0.iter().map(token).collect()
    }

    fn resolve(&self, facts: &dyn Facts) -> Option<Vec<Token>> {
        let mut tokens = Vec::with_capacity(self.0.len());
        for piece in &self.0 {
            match piece {
                Piece::Token(token) => tokens.push(*token),
                Piece::Variable(variable) => {
                    let value = variable.value(facts)?;
                    tokens.extend(value.chars().map(Token::Literal));
                }
            }
        }
        Some(tokens)
    }
}

impl Variable {
    fn value(&self, facts: &dyn Facts) -> Option<String> {
        match facts.value(&self.key) {
            Some(Value::One(text)) => Some(text.into_owned()),
            Some(Value::Many(_)) | None => self.default.as_deref().map(String::from),
        }
    }

    /// Whether there is something to put in.
    pub(crate) fn is_known(&self, facts: &dyn Facts) -> bool {
        self.default.is_some() || matches!(facts.value(&self.key), Some(Value::One(_)))
    }
}

/// Reads what begins with `${`, up to and with its `}`, and tells what is behind.
fn read_variable(text: &str) -> Result<(Piece, &str), &'static str> {
    const UNCLOSED: &str = "a '${' without its '}'";
    let inner = text.strip_prefix("${").ok_or(UNCLOSED)?;
    let end = inner.find(['}', ',']).ok_or(UNCLOSED)?;
    let (name, rest) = inner.split_at(end);
    if let Some(behind) = rest.strip_prefix('}') {
        let literal = |c| Piece::Token(Token::Literal(c));
        let piece = match name {
            "*" => literal('*'),
            "?" => literal('?'),
            "$" => literal('$'),
            key => variable(key, None)?,
        };
        return Ok((piece, behind));
    }
    const NO_DEFAULT: &str = "a default must be in single quotes, as in ${aws:username, 'nobody'}";
    let default = rest[1..]
        .trim_start()
        .strip_prefix('\'')
        .ok_or(NO_DEFAULT)?;
    let (default, rest) = default.split_once('\'').ok_or(NO_DEFAULT)?;
    let behind = rest.trim_start().strip_prefix('}').ok_or(UNCLOSED)?;
    Ok((variable(name, Some(default))?, behind))
}

fn variable(key: &str, default: Option<&str>) -> Result<Piece, &'static str> {
    match key.trim() {
        "" => Err("a variable without a name"),
        key if key.contains("${") => Err("a variable inside a variable"),
        key => Ok(Piece::Variable(Variable {
            key: crate::fold_key(key).into(),
            default: default.map(Box::from),
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::Cow;
    use alloc::collections::BTreeMap;

    const ALL: Syntax = Syntax {
        variables: true,
        wildcards: true,
    };

    fn matches(pattern: &str, text: &str) -> bool {
        let one = |text| Value::One(Cow::Borrowed(text));
        let facts = BTreeMap::from([
            (String::from("aws:username"), one("a*b")),
            (
                String::from("aws:tagkeys"),
                Value::Many([Cow::Borrowed("k")].into()),
            ),
        ]);
        let template = Template::read(pattern, ALL).expect(pattern);
        Pattern::<Glob>::from(template).matches(text, &facts)
    }

    #[test]
    fn variables_are_put_in_literally() {
        for (pattern, text, expected) in [
            ("x${aws:username}y", "xa*by", true),
            ("x${aws:username}y", "xaxby", false),
            ("x${ aws:UserName }*", "xa*b!", true),
            ("${aws:username, 'd'}", "a*b", true),
            ("${aws:userid, 'd*'}", "d*", true),
            ("${aws:userid,'d*'}", "dx", false),
            ("${aws:userid,''}", "", true),
            ("${aws:userid , 'a}b' }", "a}b", true),
            ("${aws:userid}", "", false),
            ("${aws:tagkeys}", "k", false),
            ("${*}", "*", true),
            ("${*}", "x", false),
            ("${?}${$}{x}", "?${x}", true),
            ("$*", "$x", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn broken_variables_are_told() {
        for (text, expected) in [
            ("${", "a '${' without its '}'"),
            ("x${aws:username", "a '${' without its '}'"),
            ("${}", "a variable without a name"),
            ("${${aws:username}}", "a variable inside a variable"),
            ("${a, 'b'", "a '${' without its '}'"),
            (
                "${a, 'b}",
                "a default must be in single quotes, as in ${aws:username, 'nobody'}",
            ),
            (
                "${a, b}",
                "a default must be in single quotes, as in ${aws:username, 'nobody'}",
            ),
        ] {
            assert_eq!(Template::read(text, ALL).expect_err(text), expected);
        }
    }

    #[test]
    fn an_older_version_has_no_variables() {
        let syntax = Syntax {
            variables: false,
            wildcards: true,
        };
        let template = Template::read("${aws:username", syntax).expect("plain text");
        assert_eq!(template.variables().count(), 0);
        assert!(Glob::from(template.outline()).matches("${aws:username"));
    }
}
