//! What can be wrong with a query or with applying it, in the words of the reference (cli.md section 14.1).

use std::fmt;

/// An expression that cannot be compiled. Shown as what follows `Bad value for --query Q: `.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryError {
    /// Nothing at all.
    Empty,
    /// A character or literal that begins no token. The position counts characters from 0.
    Lexer {
        /// What is wrong.
        message: String,
        /// The expression.
        expression: String,
        /// Where the token begins.
        position: usize,
    },
    /// The expression ends too early.
    Incomplete {
        /// The expression.
        expression: String,
    },
    /// A token in a wrong place. The position counts characters from 0.
    Parse {
        /// What is wrong.
        message: String,
        /// The expression.
        expression: String,
        /// Where the token begins.
        position: usize,
        /// The token's value, as Python's `str` shows it.
        token: String,
        /// The kind of token in capitals.
        kind: String,
    },
    /// An integer of more than 4300 digits, which the reference refuses to read.
    LongInteger {
        /// How many digits.
        digits: usize,
    },
    /// Nested deeper than the reference can follow.
    TooDeep,
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Invalid JMESPath expression: cannot be empty."),
            Self::Lexer {
                message,
                expression,
                position,
            } => write!(
                f,
                "Bad jmespath expression: {message}:\n{expression}\n{}^",
                " ".repeat(*position)
            ),
            Self::Incomplete { expression } => write!(
                f,
                "Invalid jmespath expression: Incomplete expression:\n\"{expression}\"\n{}^",
                " ".repeat(expression.chars().count() + 1)
            ),
            Self::Parse {
                message,
                expression,
                position,
                token,
                kind,
            } => write!(
                f,
                "{message}: Parse error at column {position}, token \"{token}\" ({kind}), for expression:\n\
                 \"{expression}\"\n{}^",
                " ".repeat(position + 1)
            ),
            Self::LongInteger { digits } => write!(
                f,
                "Exceeds the limit (4300 digits) for integer string conversion: value has {digits} digits; \
                 use sys.set_int_max_str_digits() to increase the limit"
            ),
            Self::TooDeep => f.write_str(TOO_DEEP),
        }
    }
}

impl std::error::Error for QueryError {}

/// A query that cannot be applied to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchError {
    /// There is no such function.
    UnknownFunction(String),
    /// A function got too many or too few arguments.
    Arity {
        /// The function.
        function: &'static str,
        /// How many it takes.
        expected: usize,
        /// It takes more as well.
        variadic: bool,
        /// How many it got.
        received: usize,
    },
    /// An argument, or an element of one, is of a type that the function does not take.
    Type {
        /// The function.
        function: &'static str,
        /// The value, as Python's `str` shows it.
        value: String,
        /// The types it takes.
        expected: Vec<&'static str>,
        /// The type of the value: JMESPath's name, or for an element Python's.
        received: &'static str,
    },
    /// Values of two classes cannot be ordered.
    NotComparable {
        /// `<` and its like.
        symbol: &'static str,
        /// The class on the left.
        left: &'static str,
        /// The class on the right.
        right: &'static str,
    },
    /// `contains` looked for something else than a text in a text.
    NotInString(&'static str),
    /// `to_number` got an expression reference or a value that JSON has no word for.
    NotNumeric(&'static str),
    /// `merge` got a value of a class that has no members.
    NotIterable(&'static str),
    /// `merge` got an array, of what has no members or, unlike the reference, of pairs.
    NotPairs,
    /// `merge` got a text, or an array of what is no pair but so long.
    PairLength(usize),
    /// A slice with step 0.
    SliceStep,
    /// An integer beyond the floats.
    IntegerTooLarge,
    /// `ceil` or `floor` of an infinity or of no number.
    NotFinite(&'static str),
    /// Nested deeper than the reference can follow.
    TooDeep,
    /// A result beyond any bound.
    TooLarge,
}

impl fmt::Display for SearchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownFunction(name) => write!(f, "Unknown function: {name}()"),
            Self::Arity {
                function,
                expected,
                variadic,
                received,
            } => write!(
                f,
                "Expected {}{expected} argument{} for function {function}(), received {received}",
                if *variadic { "at least " } else { "" },
                if *expected == 1 { "" } else { "s" },
            ),
            Self::Type {
                function,
                value,
                expected,
                received,
            } => write!(
                f,
                "In function {function}(), invalid type for value: {value}, expected one of: ['{}'], \
                 received: \"{received}\"",
                expected.join("', '")
            ),
            Self::NotComparable {
                symbol,
                left,
                right,
            } => write!(
                f,
                "'{symbol}' not supported between instances of '{left}' and '{right}'"
            ),
            Self::NotInString(class) => {
                write!(
                    f,
                    "'in <string>' requires string as left operand, not {class}"
                )
            }
            Self::NotNumeric(class) => write!(
                f,
                "int() argument must be a string, a bytes-like object or a real number, not '{class}'"
            ),
            Self::NotIterable(class) => write!(f, "'{class}' object is not iterable"),
            Self::NotPairs => {
                f.write_str("cannot convert dictionary update sequence element #0 to a sequence")
            }
            Self::PairLength(length) => write!(
                f,
                "dictionary update sequence element #0 has length {length}; 2 is required"
            ),
            Self::SliceStep => f.write_str("slice step cannot be zero"),
            Self::IntegerTooLarge => f.write_str("int too large to convert to float"),
            Self::NotFinite(what) => write!(f, "cannot convert float {what} to integer"),
            Self::TooDeep => f.write_str(TOO_DEEP),
            Self::TooLarge => f.write_str("the result of the query is too large"),
        }
    }
}

impl std::error::Error for SearchError {}

const TOO_DEEP: &str = "maximum recursion depth exceeded";
