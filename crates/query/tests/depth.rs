//! No expression and no value exhausts the stack, here of two mebibytes, or the memory.

use everbeat_json::Json;
use everbeat_query::{Query, QueryError, SearchError};

fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(run)
        .expect("a thread")
        .join()
        .expect("no panic");
}

/// Both as deep as is allowed and far beyond.
fn both_depths(pattern: fn(usize) -> String) {
    let deep = pattern(450);
    let query = Query::compile(&deep).unwrap_or_else(|error| panic!("{error}: {}", &deep[..20]));
    query
        .search(&Json::Null)
        .unwrap_or_else(|error| panic!("{error}: {}", &deep[..20]));
    let too_deep = Query::compile(&pattern(20_000)).map(|_| ());
    assert_eq!(too_deep, Err(QueryError::TooDeep), "{}", &deep[..20]);
}

#[test]
fn nesting_is_bounded() {
    on_a_small_stack(|| {
        both_depths(|n| format!("{}a{}", "(".repeat(n), ")".repeat(n)));
        both_depths(|n| format!("{}a", "!".repeat(n)));
        both_depths(|n| format!("{}a", "& ".repeat(n)));
        both_depths(|n| format!("{}a{}", "[".repeat(n), "]".repeat(n)));
        both_depths(|n| format!("{}a{}", "{a:".repeat(n), "}".repeat(n)));
        both_depths(|n| format!("@{}", " | [@]".repeat(n)));
        both_depths(|n| format!("a{}", " || a".repeat(n)));
        both_depths(|n| format!("a{}", " && a".repeat(n)));
        both_depths(|n| format!("a{}", " == a".repeat(n)));
        both_depths(|n| format!("a{}", "[]".repeat(n / 2)));
        both_depths(|n| format!("a{}", ".*".repeat(n)));
        both_depths(|n| format!("a{}", "[*]".repeat(n)));
        both_depths(|n| format!("{}a{}", "[?".repeat(n), "]".repeat(n)));
    });
}

#[test]
fn nested_calls_are_bounded() {
    on_a_small_stack(|| {
        let calls = |n: usize| format!("{}a{}", "type(".repeat(n), ")".repeat(n));
        assert!(
            Query::compile(&calls(200))
                .expect("fine")
                .search(&Json::Null)
                .is_ok()
        );
        assert!(Query::compile(&calls(20_000)).is_err());
        let itself = Query::compile("[&map(@[0], [@])] | map(@[0], [@])").expect("fine");
        assert_eq!(itself.search(&Json::Bool(true)), Err(SearchError::TooDeep));
        let sorting = Query::compile("[&sort_by([@], @[0])] | sort_by([@], @[0])").expect("fine");
        assert_eq!(sorting.search(&Json::Bool(true)), Err(SearchError::TooDeep));
    });
}

#[test]
fn long_chains_are_no_nesting() {
    on_a_small_stack(|| {
        for link in [".a", "[0]", ".\"b\""] {
            let query = Query::compile(&format!("a{}", link.repeat(20_000))).expect("flat");
            assert_eq!(query.search(&Json::Null), Ok(Json::Null));
        }
    });
}

#[test]
fn deep_values_pass_and_deeper_results_do_not() {
    on_a_small_stack(|| {
        let literal = format!("`{}{}`", "[".repeat(600), "]".repeat(600));
        assert_eq!(Query::compile(&literal).err(), Some(QueryError::TooDeep));
        let value = Json::parse(&format!("{}{}", "[".repeat(500), "]".repeat(500))).expect("good");
        let query = |text: &str| Query::compile(text).expect("fine").search(&value);
        assert_eq!(query("@"), Ok(value.clone()));
        assert_eq!(query("@ == @"), Ok(Json::Bool(true)));
        assert!(query("to_string(@)").is_ok());
        assert!(query("abs(@)").is_err());
        assert_eq!(
            query(&format!("@{}", ".[@]".repeat(5_000))),
            Err(SearchError::TooDeep)
        );
    });
}

#[test]
fn results_that_double_end() {
    for step in [" | [@, @]", " | {a: @, b: @}", " | [[@], @]"] {
        let query = Query::compile(&format!("@{}", step.repeat(100))).expect("fine");
        let found = query.search(&Json::Bool(true));
        assert_eq!(found, Err(SearchError::TooLarge), "{step}");
    }
}
