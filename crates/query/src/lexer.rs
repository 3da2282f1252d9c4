//! From an expression to tokens. Positions count characters. The whole expression is split before it is parsed, so that
//! a bad token beats a bad order.

use everbeat_json::Json;

use crate::error::QueryError;
use crate::number::{Integer, LONGEST_INTEGER};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Dot,
    Star,
    RightBracket,
    Comma,
    Colon,
    Current,
    LeftParenthesis,
    RightParenthesis,
    LeftBrace,
    RightBrace,
    LeftBracket,
    Flatten,
    Filter,
    Or,
    Pipe,
    And,
    Reference,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    Not,
    Identifier,
    QuotedIdentifier,
    Literal,
    Number,
    End,
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) content: Content,
    pub(crate) start: usize,
}

#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// The characters; of a quoted identifier what they stand for.
    Text(String),
    Number(Integer),
    Literal(Json),
}

impl Kind {
    /// The name in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dot => "dot",
            Self::Star => "star",
            Self::RightBracket => "rbracket",
            Self::Comma => "comma",
            Self::Colon => "colon",
            Self::Current => "current",
            Self::LeftParenthesis => "lparen",
            Self::RightParenthesis => "rparen",
            Self::LeftBrace => "lbrace",
            Self::RightBrace => "rbrace",
            Self::LeftBracket => "lbracket",
            Self::Flatten => "flatten",
            Self::Filter => "filter",
            Self::Or => "or",
            Self::Pipe => "pipe",
            Self::And => "and",
            Self::Reference => "expref",
            Self::Less => "lt",
            Self::LessOrEqual => "lte",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "gte",
            Self::Equal => "eq",
            Self::NotEqual => "ne",
            Self::Not => "not",
            Self::Identifier => "unquoted_identifier",
            Self::QuotedIdentifier => "quoted_identifier",
            Self::Literal => "literal",
            Self::Number => "number",
            Self::End => "eof",
        }
    }
}

/// The tokens of an expression; the last and only the last is the end.
pub(crate) fn tokens(expression: &str) -> Result<Vec<Token>, Box<QueryError>> {
    if expression.is_empty() {
        return Err(QueryError::Empty.into());
    }
    let mut lexer = Lexer {
        expression,
        characters: expression.chars().collect(),
        at: 0,
    };
    let mut tokens = Vec::new();
    while let Some(character) = lexer.peek() {
        if matches!(character, ' ' | '\t' | '\n' | '\r') {
            lexer.at += 1;
            continue;
        }
        let start = lexer.at;
        let (kind, content) = lexer.token(character)?;
        tokens.push(Token {
            kind,
            content,
            start,
        });
    }
    tokens.push(Token {
        kind: Kind::End,
        content: Content::Text(String::new()),
        start: lexer.at,
    });
    Ok(tokens)
}

struct Lexer<'a> {
    expression: &'a str,
    characters: Vec<char>,
    at: usize,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn error(&self, position: usize, message: String) -> Box<QueryError> {
        QueryError::Lexer {
            message,
            expression: self.expression.into(),
            position,
        }
        .into()
    }

    fn token(&mut self, character: char) -> Result<(Kind, Content), Box<QueryError>> {
        let start = self.at;
        match character {
            'a'..='z' | 'A'..='Z' | '_' => {
                let is_in_identifier =
                    |character: char| character.is_ascii_alphanumeric() || character == '_';
                let name = self.take_while(is_in_identifier);
                Ok((Kind::Identifier, Content::Text(name)))
            }
            '0'..='9' | '-' => self.number(),
            '\'' => {
                let text = self.delimited('\'')?.replace("\\'", "'");
                Ok((Kind::Literal, Content::Literal(Json::String(text))))
            }
            '`' => self.literal(),
            '"' => self.quoted_identifier(),
            _ => {
                let Some((kind, length)) = symbol(character, self.characters.get(start + 1)) else {
                    let shown = if character == '=' {
                        "'='"
                    } else {
                        &character.to_string()
                    };
                    return Err(self.error(start, format!("Unknown token {shown}")));
                };
                self.at += length;
                let text = self.characters[start..self.at].iter().collect();
                Ok((kind, Content::Text(text)))
            }
        }
    }

    fn take_while(&mut self, is_part: impl Fn(char) -> bool) -> String {
        let taken: String = self.characters[self.at..]
            .iter()
            .take_while(|character| is_part(**character))
            .collect();
        self.at += taken.chars().count();
        taken
    }

    fn number(&mut self) -> Result<(Kind, Content), Box<QueryError>> {
        let start = self.at;
        let sign = if self.peek() == Some('-') { "-" } else { "" };
        self.at += sign.len();
        let digits = self.take_while(|character| character.is_ascii_digit());
        if digits.is_empty() {
            return Err(self.error(start, "Unknown token '-'".into()));
        }
        if digits.len() > LONGEST_INTEGER {
            return Err(QueryError::LongInteger {
                digits: digits.len(),
            }
            .into());
        }
        let integer = Integer::from_text(&format!("{sign}{digits}"));
        Ok((Kind::Number, Content::Number(integer)))
    }

    /// What is between two delimiters, with all backslashes.
    fn delimited(&mut self, delimiter: char) -> Result<String, Box<QueryError>> {
        let start = self.at;
        let mut text = String::new();
        self.at += 1;
        loop {
            let mut character = self.peek();
            if character == Some(delimiter) {
                self.at += 1;
                return Ok(text);
            }
            if character == Some('\\') {
                text.push('\\');
                self.at += 1;
                character = self.peek();
            }
            let character = character
                .ok_or_else(|| self.error(start, format!("Unclosed {delimiter} delimiter")))?;
            text.push(character);
            self.at += 1;
        }
    }

    /// JSON in backquotes; what is no JSON is a text.
    fn literal(&mut self) -> Result<(Kind, Content), Box<QueryError>> {
        let start = self.at;
        let lexeme = self.delimited('`')?.replace("\\`", "`");
        let value = match Json::parse(&lexeme) {
            Ok(value) if !has_long_integer(&value) => value,
            Err(error) if error.to_string().starts_with("Nesting too deep") => {
                return Err(QueryError::TooDeep.into());
            }
            Ok(_) | Err(_) => {
                let text = lexeme.trim_start_matches(is_python_blank);
                Json::parse(&format!("\"{text}\""))
                    .map_err(|_| self.error(start, format!("Bad token {lexeme}")))?
            }
        };
        Ok((Kind::Literal, Content::Literal(value)))
    }

    fn quoted_identifier(&mut self) -> Result<(Kind, Content), Box<QueryError>> {
        let start = self.at;
        let lexeme = self.delimited('"')?;
        let value = Json::parse(&format!("\"{lexeme}\"")).map_err(|error| {
            let sentence = error.to_string();
            let reason = sentence.split(':').next().unwrap_or_default();
            self.error(start, reason.into())
        })?;
        let name = value.as_str().unwrap_or_default();
        Ok((Kind::QuotedIdentifier, Content::Text(name.into())))
    }
}

fn symbol(character: char, next: Option<&char>) -> Option<(Kind, usize)> {
    Some(match (character, next) {
        ('.', _) => (Kind::Dot, 1),
        ('*', _) => (Kind::Star, 1),
        (']', _) => (Kind::RightBracket, 1),
        (',', _) => (Kind::Comma, 1),
        (':', _) => (Kind::Colon, 1),
        ('@', _) => (Kind::Current, 1),
        ('(', _) => (Kind::LeftParenthesis, 1),
        (')', _) => (Kind::RightParenthesis, 1),
        ('{', _) => (Kind::LeftBrace, 1),
        ('}', _) => (Kind::RightBrace, 1),
        ('[', Some(']')) => (Kind::Flatten, 2),
        ('[', Some('?')) => (Kind::Filter, 2),
        ('[', _) => (Kind::LeftBracket, 1),
        ('|', Some('|')) => (Kind::Or, 2),
        ('|', _) => (Kind::Pipe, 1),
        ('&', Some('&')) => (Kind::And, 2),
        ('&', _) => (Kind::Reference, 1),
        ('<', Some('=')) => (Kind::LessOrEqual, 2),
        ('<', _) => (Kind::Less, 1),
        ('>', Some('=')) => (Kind::GreaterOrEqual, 2),
        ('>', _) => (Kind::Greater, 1),
        ('=', Some('=')) => (Kind::Equal, 2),
        ('!', Some('=')) => (Kind::NotEqual, 2),
        ('!', _) => (Kind::Not, 1),
        _ => return None,
    })
}

/// An integer that the reference refuses to read.
fn has_long_integer(value: &Json) -> bool {
    match value {
        Json::Number(digits) => digits.trim_start_matches('-').len() > LONGEST_INTEGER,
        Json::List(elements) => elements.iter().any(has_long_integer),
        Json::Map(members) => members.iter().any(|(_, value)| has_long_integer(value)),
        Json::Null | Json::Bool(_) | Json::String(_) | Json::Foreign(_) => false,
    }
}

/// White space to Python's `str`: the four separators of ASCII as well.
fn is_python_blank(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}
