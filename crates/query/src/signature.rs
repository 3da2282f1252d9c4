//! The functions of JMESPath by name, with the number and types of their arguments.
//!
//! Elements of arrays are checked where a function says so; messages then name the element's class in Python, elsewhere
//! the type in JMESPath.

use crate::error::SearchError;
use crate::evaluate::Evaluator;
use crate::functions;
use crate::value::Value;

type Result = std::result::Result<Value, Box<SearchError>>;

/// What an argument may be, in the order that messages show; nothing means anything.
type Types = &'static [&'static str];

#[derive(Clone, Copy)]
enum Function {
    One(Types, fn(&Value) -> Result),
    Two([Types; 2], fn(&Value, &Value) -> Result),
    /// One of its two arguments is an expression reference.
    Applying([Types; 2], fn(&mut Evaluator, &Value, &Value) -> Result),
    /// One argument or more, of which the first only is checked.
    Variadic(Types, fn(&[Value]) -> Result),
}

const ANY: Types = &[];
const NUMBER: Types = &["number"];
const STRING: Types = &["string"];
const ARRAY: Types = &["array"];
const OBJECT: Types = &["object"];
const REFERENCE: Types = &["expref"];
const NUMBERS: Types = &["array-number"];
const STRINGS: Types = &["array-string"];
const NUMBERS_OR_STRINGS: Types = &["array-number", "array-string"];

const FUNCTIONS: [(&str, Function); 26] = [
    ("abs", Function::One(NUMBER, functions::abs)),
    ("avg", Function::One(NUMBERS, functions::avg)),
    ("ceil", Function::One(NUMBER, functions::ceil)),
    (
        "contains",
        Function::Two([&["array", "string"], ANY], functions::contains),
    ),
    (
        "ends_with",
        Function::Two([STRING, STRING], functions::ends_with),
    ),
    ("floor", Function::One(NUMBER, functions::floor)),
    ("join", Function::Two([STRING, STRINGS], functions::join)),
    ("keys", Function::One(OBJECT, functions::keys)),
    (
        "length",
        Function::One(&["string", "array", "object"], functions::length),
    ),
    (
        "map",
        Function::Applying([REFERENCE, ARRAY], functions::map),
    ),
    ("max", Function::One(NUMBERS_OR_STRINGS, functions::max)),
    (
        "max_by",
        Function::Applying([ARRAY, REFERENCE], functions::max_by),
    ),
    ("merge", Function::Variadic(OBJECT, functions::merge)),
    ("min", Function::One(NUMBERS_OR_STRINGS, functions::min)),
    (
        "min_by",
        Function::Applying([ARRAY, REFERENCE], functions::min_by),
    ),
    ("not_null", Function::Variadic(ANY, functions::not_null)),
    (
        "reverse",
        Function::One(&["array", "string"], functions::reverse),
    ),
    (
        "sort",
        Function::One(&["array-string", "array-number"], functions::sort),
    ),
    (
        "sort_by",
        Function::Applying([ARRAY, REFERENCE], functions::sort_by),
    ),
    (
        "starts_with",
        Function::Two([STRING, STRING], functions::starts_with),
    ),
    ("sum", Function::One(NUMBERS, functions::sum)),
    ("to_array", Function::One(ANY, functions::to_array)),
    ("to_number", Function::One(ANY, functions::to_number)),
    ("to_string", Function::One(ANY, functions::to_string)),
    ("type", Function::One(ANY, functions::kind)),
    ("values", Function::One(OBJECT, functions::values)),
];

/// Calls a function with arguments that are evaluated already.
pub(crate) fn call(evaluator: &mut Evaluator, name: &str, arguments: &[Value]) -> Result {
    let (name, function) = FUNCTIONS
        .iter()
        .find(|(known, _)| *known == name)
        .ok_or_else(|| SearchError::UnknownFunction(name.into()))?;
    match (*function, arguments) {
        (Function::One(types, run), [argument]) => {
            check(name, argument, types)?;
            run(argument)
        }
        (Function::Two(types, run), [first, second]) => {
            check(name, first, types[0])?;
            check(name, second, types[1])?;
            run(first, second)
        }
        (Function::Applying(types, run), [first, second]) => {
            check(name, first, types[0])?;
            check(name, second, types[1])?;
            run(evaluator, first, second)
        }
        (Function::Variadic(types, run), [first, ..]) => {
            check(name, first, types)?;
            run(arguments)
        }
        (function, _) => Err(SearchError::Arity {
            function: name,
            expected: match function {
                Function::One(..) | Function::Variadic(..) => 1,
                Function::Two(..) | Function::Applying(..) => 2,
            },
            variadic: matches!(function, Function::Variadic(..)),
            received: arguments.len(),
        }
        .into()),
    }
}

fn check(
    function: &'static str,
    value: &Value,
    types: Types,
) -> std::result::Result<(), Box<SearchError>> {
    let error = |value: &Value, received| -> Box<SearchError> {
        SearchError::Type {
            function,
            value: value.shown(),
            expected: types.to_vec(),
            received,
        }
        .into()
    };
    let own_type = |of: &&'static str| of.split('-').next() == Some(value.kind());
    if !types.is_empty() && !types.iter().any(own_type) {
        return Err(error(value, value.kind()));
    }
    let mut element_types: Vec<&str> = types
        .iter()
        .filter_map(|of| of.split_once('-'))
        .map(|(_, element)| element)
        .collect();
    let Value::List(list) = value else {
        return Ok(());
    };
    if element_types.is_empty() {
        return Ok(());
    }
    for element in &list.items {
        if !element_types.contains(&element.kind()) {
            return Err(error(element, element.class()));
        }
        element_types = vec![element.kind()];
    }
    Ok(())
}
