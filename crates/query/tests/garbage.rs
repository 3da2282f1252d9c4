//! No expression and no value makes a query panic, and a query always does the same.

use everbeat_json::Json;
use everbeat_query::Query;
use proptest::prelude::*;

/// Parts of expressions, so that more than the lexer is reached.
const PARTS: [&str; 56] = [
    ".",
    "*",
    "[",
    "]",
    "[]",
    "[?",
    "[*]",
    "{",
    "}",
    "(",
    ")",
    ",",
    ":",
    "@",
    "&",
    "&&",
    "|",
    "||",
    "!",
    "!=",
    "==",
    "<",
    "<=",
    ">",
    ">=",
    "'x'",
    "`1`",
    "`1.5`",
    "`null`",
    "`[1, \"a\", [2]]`",
    "`{\"a\": 0}`",
    "`x`",
    "\"a\"",
    "a",
    "b",
    "é",
    "0",
    "-1",
    "99999999999999999999",
    " ",
    "#",
    "-",
    "=",
    "map(&",
    "sort_by(@, &",
    "max_by(@, &",
    "length(",
    "to_number(",
    "to_string(",
    "sum(",
    "join('', ",
    "merge(",
    "contains(@, ",
    "not_null(",
    "reverse(",
    "avg(",
];

fn expressions() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        prop::collection::vec(prop::sample::select(PARTS.to_vec()), 0..16)
            .prop_map(|parts| parts.concat()),
        well_formed(),
    ]
}

fn well_formed() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "a", "b", "@", "*", "'x'", "`1`", "`[1, 2]`", "`\"a\"`",
    ])
    .prop_map(String::from);
    leaf.prop_recursive(5, 40, 3, |inner| {
        let forms = vec![
            "A.b",
            "A[0]",
            "A[-1]",
            "A[::-1]",
            "A[1:0:0]",
            "A[]",
            "A[*]",
            "A.*",
            "A[?B]",
            "A || B",
            "A && B",
            "A == B",
            "A < B",
            "!A",
            "(A)",
            "A | B",
            "[A, B]",
            "{a: A, b: B}",
            "A.[b]",
            "map(& A, B)",
            "sort_by(A, & B)",
            "min_by(A, & B)",
            "to_array(A)",
            "to_string(A)",
            "keys(A)",
            "merge(A, B)",
            "sum(A)",
            "sort(A)",
            "& A",
        ];
        (inner.clone(), inner, prop::sample::select(forms))
            .prop_map(|(a, b, form)| form.replace('B', &b).replace('A', &a))
    })
}

fn values() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        prop::sample::select(vec![
            "0",
            "1",
            "-3",
            "1.5",
            "1e+22",
            "NaN",
            "123456789012345678901234567890"
        ])
        .prop_map(|text| Json::Number(text.into())),
        any::<String>().prop_map(Json::String),
    ];
    leaf.prop_recursive(4, 30, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::List),
            (inner.clone(), inner)
                .prop_map(|(a, b)| Json::Map(vec![("b".into(), b), ("a".into(), a)])),
        ]
    })
}

proptest! {
    #[test]
    fn any_expression_is_read_or_refused(expression in expressions(), value in values()) {
        let run = || Query::compile(&expression).map(|query| query.search(&value));
        let found = run();
        prop_assert_eq!(&found, &run());
        match found {
            Err(error) => prop_assert!(!error.to_string().is_empty()),
            Ok(Err(error)) => prop_assert!(!error.to_string().is_empty()),
            Ok(Ok(_)) => {}
        }
    }

    #[test]
    fn well_formed_expressions_compile(expression in well_formed()) {
        let compiled = Query::compile(&expression);
        prop_assert!(compiled.is_ok(), "{:?}", compiled.err());
    }
}
