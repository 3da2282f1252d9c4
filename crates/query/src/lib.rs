//! JMESPath as the reference of the command line has it, jmespath.py 1.0.1 (cli.md section 14.1): the same results, order
//! of members, kinds of numbers and sentences for what is wrong, with the rules of Python where the reference leaves
//! things to them.
//!
//! A [`Query`] is read by the lexer and the parser into a tree, which the evaluator applies to a value. Neither a query
//! nor a value can exhaust the stack: trees, calls and results have a greatest depth, and results a greatest weight.

#![warn(missing_docs)]

mod ast;
mod error;
mod evaluate;
mod functions;
mod lexer;
mod number;
mod parser;
mod signature;
mod value;

use everbeat_json::Json;

pub use error::{QueryError, SearchError};

/// A query that is well formed; functions are looked up only when it is applied, as the reference does.
#[derive(Debug, Clone)]
pub struct Query {
    tree: ast::Node,
}

impl Query {
    /// Reads an expression.
    ///
    /// # Errors
    /// What follows `Bad value for --query Q: `.
    pub fn compile(expression: &str) -> Result<Self, QueryError> {
        let tree = parser::parse(expression).map_err(|error| *error)?;
        Ok(Self { tree })
    }

    /// Applies the query. An expression reference as a result, which JSON has no word for, becomes a foreign value.
    ///
    /// # Errors
    /// The sentence of the run-time error.
    pub fn search(&self, value: &Json) -> Result<Json, SearchError> {
        let result = value::Value::from_json(value)
            .and_then(|value| evaluate::Evaluator::default().visit(&self.tree, &value));
        result
            .map(|result| result.to_json())
            .map_err(|error| *error)
    }
}
