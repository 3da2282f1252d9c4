//! From tokens to a tree, by binding powers as the reference has them, with its liberties: commas between the arguments
//! of a function and between the pairs of a multi-select hash may be missing, and a slice after an index is no projection.

use std::sync::Arc;

use everbeat_json::python;

use crate::ast::{Comparator, DEEPEST, Kind, Node, Slice};
use crate::error::QueryError;
use crate::lexer::{self, Content, Kind as Is, Token};
use crate::value::Value;

type Result<T = Node> = std::result::Result<T, Box<QueryError>>;

/// Tokens that bind less end a projection.
const PROJECTION_STOP: u8 = 10;

pub(crate) fn parse(expression: &str) -> Result {
    let mut parser = Parser {
        expression,
        tokens: lexer::tokens(expression)?,
        at: 0,
        depth: 0,
    };
    let tree = parser.expression(0)?;
    let token = parser.token();
    if token.kind != Is::End {
        let message = format!("Unexpected token: {}", shown(token));
        return Err(parser.error(token, message));
    }
    Ok(tree)
}

struct Parser<'a> {
    expression: &'a str,
    /// The last one is the end; nothing goes beyond it.
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

fn binding_power(kind: Is) -> u8 {
    match kind {
        Is::End
        | Is::Identifier
        | Is::QuotedIdentifier
        | Is::Literal
        | Is::RightBracket
        | Is::RightParenthesis
        | Is::Comma
        | Is::RightBrace
        | Is::Number
        | Is::Current
        | Is::Reference
        | Is::Colon => 0,
        Is::Pipe => 1,
        Is::Or => 2,
        Is::And => 3,
        Is::Equal
        | Is::Greater
        | Is::Less
        | Is::GreaterOrEqual
        | Is::LessOrEqual
        | Is::NotEqual => 5,
        Is::Flatten => 9,
        Is::Star => 20,
        Is::Filter => 21,
        Is::Dot => 40,
        Is::Not => 45,
        Is::LeftBrace => 50,
        Is::LeftBracket => 55,
        Is::LeftParenthesis => 60,
    }
}

/// The token's value in messages.
fn shown(token: &Token) -> String {
    match &token.content {
        Content::Text(text) => text.clone(),
        Content::Number(integer) => integer.to_text(),
        Content::Literal(value) => python::str(value),
    }
}

impl Parser<'_> {
    fn ahead(&self, count: usize) -> &Token {
        &self.tokens[(self.at + count).min(self.tokens.len() - 1)]
    }

    fn token(&self) -> &Token {
        self.ahead(0)
    }

    fn kind(&self) -> Is {
        self.token().kind
    }

    fn advance(&mut self) -> Token {
        let token = self.token().clone();
        self.at += 1;
        token
    }

    fn error(&self, token: &Token, message: String) -> Box<QueryError> {
        QueryError::Parse {
            message,
            expression: self.expression.into(),
            position: token.start,
            token: shown(token),
            kind: token.kind.name().to_uppercase(),
        }
        .into()
    }

    fn incomplete(&self) -> Box<QueryError> {
        QueryError::Incomplete {
            expression: self.expression.into(),
        }
        .into()
    }

    /// Takes a token of that kind.
    fn take(&mut self, kind: Is) -> Result<()> {
        if self.kind() != kind {
            return Err(self.unexpected(kind.name()));
        }
        self.at += 1;
        Ok(())
    }

    fn unexpected(&self, expected: &str) -> Box<QueryError> {
        let token = self.token();
        if token.kind == Is::End {
            return self.incomplete();
        }
        let message = format!("Expecting: {expected}, got: {}", token.kind.name());
        self.error(token, message)
    }

    fn expression(&mut self, power: u8) -> Result {
        if self.depth == DEEPEST {
            return Err(QueryError::TooDeep.into());
        }
        self.depth += 1;
        let token = self.advance();
        let mut left = self.begin(token)?;
        while power < binding_power(self.kind()) {
            left = self.go_on(left)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    /// An expression that begins with the token.
    fn begin(&mut self, token: Token) -> Result {
        match (token.kind, token.content) {
            (Is::Literal, Content::Literal(value)) => {
                let value = Value::from_json(&value).map_err(|_| QueryError::TooDeep)?;
                Node::new(Kind::Literal(value))
            }
            (Is::Identifier, Content::Text(name)) => Node::new(Kind::Field(name)),
            (Is::QuotedIdentifier, Content::Text(name)) => self.quoted_field(name),
            (Is::Star, _) => self.value_projection_alone(),
            (Is::Filter, _) => {
                let base = Node::new(Kind::Current)?;
                self.filter(base)
            }
            (Is::LeftBrace, _) => self.multi_select_hash(),
            (Is::LeftParenthesis, _) => {
                let inner = self.expression(0)?;
                self.take(Is::RightParenthesis)?;
                Ok(inner)
            }
            (Is::Flatten, _) => {
                let base = Node::new(Kind::Current)?;
                self.flatten(base)
            }
            (Is::Not, _) => {
                let inner = self.expression(binding_power(Is::Not))?;
                Node::new(Kind::Not(inner))
            }
            (Is::LeftBracket, _) => self.bracket_alone(),
            (Is::Current, _) => Node::new(Kind::Current),
            (Is::Reference, _) => {
                let inner = self.expression(binding_power(Is::Reference))?;
                Node::new(Kind::Expression(Arc::new(inner)))
            }
            (Is::End, _) => Err(self.incomplete()),
            (kind, content) => {
                let start = token.start;
                let token = Token {
                    kind,
                    content,
                    start,
                };
                Err(self.error(&token, "invalid token".into()))
            }
        }
    }

    /// What follows an expression and binds to it.
    fn go_on(&mut self, left: Node) -> Result {
        let kind = self.kind();
        match kind {
            Is::Equal => self.compared(left, kind, Comparator::Equal),
            Is::NotEqual => self.compared(left, kind, Comparator::NotEqual),
            Is::Less => self.compared(left, kind, Comparator::Less),
            Is::LessOrEqual => self.compared(left, kind, Comparator::LessOrEqual),
            Is::Greater => self.compared(left, kind, Comparator::Greater),
            Is::GreaterOrEqual => self.compared(left, kind, Comparator::GreaterOrEqual),
            Is::Pipe => self.connected(left, kind, Kind::Pipe),
            Is::Or => self.connected(left, kind, Kind::Or),
            Is::And => self.connected(left, kind, Kind::And),
            Is::Dot => self.dot(left),
            Is::Flatten => {
                self.at += 1;
                self.flatten(left)
            }
            Is::Filter => {
                self.at += 1;
                self.filter(left)
            }
            Is::LeftBracket => self.bracket(left),
            Is::LeftParenthesis => self.function(left),
            Is::Star
            | Is::Not
            | Is::LeftBrace
            | Is::End
            | Is::Identifier
            | Is::QuotedIdentifier
            | Is::Literal
            | Is::RightBracket
            | Is::RightParenthesis
            | Is::Comma
            | Is::RightBrace
            | Is::Number
            | Is::Current
            | Is::Reference
            | Is::Colon => Err(self.error(self.token(), "invalid token".into())),
        }
    }

    fn connected(&mut self, left: Node, kind: Is, connect: fn(Node, Node) -> Kind) -> Result {
        self.at += 1;
        let right = self.expression(binding_power(kind))?;
        Node::new(connect(left, right))
    }

    fn compared(&mut self, left: Node, kind: Is, comparator: Comparator) -> Result {
        self.at += 1;
        let right = self.expression(binding_power(kind))?;
        Node::new(Kind::Comparison(comparator, left, right))
    }

    fn quoted_field(&mut self, name: String) -> Result {
        if self.kind() != Is::LeftParenthesis {
            return Node::new(Kind::Field(name));
        }
        let mut token = self.token().clone();
        token.start = 0;
        let message = "Quoted identifier not allowed for function names.";
        Err(self.error(&token, message.into()))
    }

    fn value_projection_alone(&mut self) -> Result {
        let left = Node::new(Kind::Current)?;
        let right = if self.kind() == Is::RightBracket {
            Node::new(Kind::Current)?
        } else {
            self.projected(binding_power(Is::Star))?
        };
        Node::new(Kind::ValueProjection(left, right))
    }

    fn flatten(&mut self, base: Node) -> Result {
        let flattened = Node::new(Kind::Flatten(base))?;
        let right = self.projected(binding_power(Is::Flatten))?;
        Node::new(Kind::Projection(flattened, right))
    }

    fn filter(&mut self, base: Node) -> Result {
        let condition = self.expression(0)?;
        self.take(Is::RightBracket)?;
        let right = if self.kind() == Is::Flatten {
            Node::new(Kind::Current)?
        } else {
            self.projected(binding_power(Is::Filter))?
        };
        Node::new(Kind::Filter {
            base,
            condition,
            right,
        })
    }

    fn dot(&mut self, mut left: Node) -> Result {
        self.at += 1;
        if self.kind() == Is::Star {
            self.at += 1;
            let right = self.projected(binding_power(Is::Dot))?;
            return Node::new(Kind::ValueProjection(left, right));
        }
        let right = self.after_dot(binding_power(Is::Dot))?;
        if matches!(*left.kind, Kind::Subexpression(_)) {
            left.push(right)?;
            return Ok(left);
        }
        Node::new(Kind::Subexpression(vec![left, right]))
    }

    fn after_dot(&mut self, power: u8) -> Result {
        match self.kind() {
            Is::QuotedIdentifier | Is::Identifier | Is::Star => self.expression(power),
            Is::LeftBracket => {
                self.at += 1;
                self.multi_select_list()
            }
            Is::LeftBrace => {
                self.at += 1;
                self.multi_select_hash()
            }
            other => {
                let message = format!(
                    "Expecting: ['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace'], got: {}",
                    other.name()
                );
                Err(self.error(self.token(), message))
            }
        }
    }

    /// The right side of a projection.
    fn projected(&mut self, power: u8) -> Result {
        match self.kind() {
            kind if binding_power(kind) < PROJECTION_STOP => Node::new(Kind::Current),
            Is::LeftBracket | Is::Filter => self.expression(power),
            Is::Dot => {
                self.at += 1;
                self.after_dot(power)
            }
            _ => Err(self.error(self.token(), "syntax error".into())),
        }
    }

    /// After a `[` that begins an expression.
    fn bracket_alone(&mut self) -> Result {
        let current = Node::new(Kind::Current)?;
        match self.kind() {
            Is::Number | Is::Colon => self.indexed(current),
            Is::Star if self.ahead(1).kind == Is::RightBracket => {
                self.at += 2;
                let right = self.projected(binding_power(Is::Star))?;
                Node::new(Kind::Projection(current, right))
            }
            _ => self.multi_select_list(),
        }
    }

    fn bracket(&mut self, mut left: Node) -> Result {
        self.at += 1;
        if !matches!(self.kind(), Is::Number | Is::Colon) {
            self.take(Is::Star)?;
            self.take(Is::RightBracket)?;
            let right = self.projected(binding_power(Is::Star))?;
            return Node::new(Kind::Projection(left, right));
        }
        if matches!(*left.kind, Kind::IndexExpression(_)) {
            left.push(self.index_or_slice()?)?;
            return Ok(left);
        }
        self.indexed(left)
    }

    fn indexed(&mut self, left: Node) -> Result {
        let right = self.index_or_slice()?;
        let is_slice = matches!(*right.kind, Kind::Slice(_));
        let indexed = Node::new(Kind::IndexExpression(vec![left, right]))?;
        if !is_slice {
            return Ok(indexed);
        }
        let right = self.projected(binding_power(Is::Star))?;
        Node::new(Kind::Projection(indexed, right))
    }

    fn index_or_slice(&mut self) -> Result {
        if self.kind() == Is::Colon || self.ahead(1).kind == Is::Colon {
            return self.slice();
        }
        let index = self.number().unwrap_or_default();
        self.take(Is::RightBracket)?;
        Node::new(Kind::Index(index))
    }

    /// Takes a number if one comes next.
    fn number(&mut self) -> Option<i64> {
        let Content::Number(integer) = &self.token().content else {
            return None;
        };
        let number = integer.clamped();
        self.at += 1;
        Some(number)
    }

    fn slice(&mut self) -> Result {
        let mut parts = [None; 3];
        let mut part = 0;
        while self.kind() != Is::RightBracket {
            if self.kind() == Is::Colon && part < 2 {
                part += 1;
                self.at += 1;
            } else if self.kind() == Is::Number {
                parts[part] = self.number();
            } else {
                return Err(self.error(self.token(), "syntax error".into()));
            }
        }
        self.take(Is::RightBracket)?;
        let [start, stop, step] = parts;
        Node::new(Kind::Slice(Slice { start, stop, step }))
    }

    fn function(&mut self, left: Node) -> Result {
        let Kind::Field(name) = *left.kind else {
            let token = &self.tokens[self.at.saturating_sub(1)];
            let message = format!("Invalid function name '{}'", shown(token));
            return Err(self.error(token, message));
        };
        self.at += 1;
        let mut arguments = Vec::new();
        while self.kind() != Is::RightParenthesis {
            arguments.push(self.expression(0)?);
            if self.kind() == Is::Comma {
                self.at += 1;
            }
        }
        self.take(Is::RightParenthesis)?;
        Node::new(Kind::Function(name, arguments))
    }

    fn multi_select_list(&mut self) -> Result {
        let mut nodes = Vec::new();
        loop {
            nodes.push(self.expression(0)?);
            if self.kind() == Is::RightBracket {
                break;
            }
            self.take(Is::Comma)?;
        }
        self.take(Is::RightBracket)?;
        Node::new(Kind::MultiSelectList(nodes))
    }

    fn multi_select_hash(&mut self) -> Result {
        let mut pairs = Vec::new();
        loop {
            let (Is::QuotedIdentifier | Is::Identifier, Content::Text(name)) =
                (self.kind(), self.token().content.clone())
            else {
                return Err(self.unexpected("['quoted_identifier', 'unquoted_identifier']"));
            };
            self.at += 1;
            self.take(Is::Colon)?;
            pairs.push((name, self.expression(0)?));
            match self.kind() {
                Is::Comma => self.at += 1,
                Is::RightBrace => break,
                _ => {}
            }
        }
        self.take(Is::RightBrace)?;
        Node::new(Kind::MultiSelectHash(pairs))
    }
}
