//! What holds for all values, all cuts of pages, and all lines, files and replies.

mod robust;
mod vocabulary;

use everbeat_json::compact;
use everbeat_model::operations::OperationDescriptor;
use everbeat_model::shape::StructureShape;
use everbeat_model::{OPERATIONS, Shape};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::*;
use crate::files::Files;
use crate::options::member_options;
use crate::paginate::{Pages, Paging};
use crate::values::member_value;

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}

/// Texts of characters that mean something in shorthand or JSON, and all others.
fn text() -> impl Strategy<Value = String> {
    let marks: Vec<char> = "ab z09 ,,='\"\\\\[]{}@:/-_.#$~\t\n\r\u{a0}\u{2028}é日😀\u{0}"
        .chars()
        .collect();
    let character = prop_oneof![
        6 => proptest::sample::select(marks),
        1 => any::<char>(),
    ];
    proptest::collection::vec(character, 0..8)
        .prop_map(|characters| characters.into_iter().collect())
}

/// Values that fit a shape. Shorthand knows texts only, so instants are texts here; no structure of a request holds
/// numbers or booleans.
fn fitting(shape: &'static Shape) -> BoxedStrategy<Json> {
    match shape {
        Shape::String(_) => text().prop_map(Json::String).boxed(),
        Shape::Enum(shape) => proptest::sample::select(shape.values)
            .prop_map(Json::from)
            .boxed(),
        Shape::Timestamp { .. } => {
            proptest::sample::select(&["2026-01-02T03:04:05Z", "1767323045"][..])
                .prop_map(Json::from)
                .boxed()
        }
        Shape::List(list) => proptest::collection::vec(fitting(list.element), 0..4)
            .prop_map(Json::List)
            .boxed(),
        Shape::Structure(structure) => members(structure).boxed(),
        Shape::Integer(_) | Shape::Boolean { .. } => {
            panic!(
                "shorthand cannot express the {} in a structure",
                shape.name()
            )
        }
    }
}

/// Structures with members in any order, the required ones always there.
fn members(structure: &'static StructureShape) -> impl Strategy<Value = Json> {
    let each: Vec<BoxedStrategy<Option<(String, Json)>>> = structure
        .members
        .iter()
        .map(|member| {
            let value = fitting(member.shape).prop_map(|value| (member.name.to_owned(), value));
            if member.required {
                value.prop_map(Some).boxed()
            } else {
                proptest::option::weighted(0.4, value).boxed()
            }
        })
        .collect();
    each.prop_map(|members| members.into_iter().flatten().collect::<Vec<_>>())
        .prop_shuffle()
        .prop_map(Json::Map)
}

/// Writes values in shorthand, in each of the ways that there are for them.
struct Shorthand {
    text: String,
    /// Decides between the ways, a bit at a time.
    ways: u64,
}

impl Shorthand {
    /// The word for a structure; there is none for one without members.
    fn word(value: &Json, ways: u64) -> Option<String> {
        let Json::Map(members) = value else {
            panic!("not a structure: {value:?}");
        };
        let mut writer = Self {
            text: String::new(),
            ways,
        };
        for (position, (name, value)) in members.iter().enumerate() {
            if position > 0 {
                writer.mark(',');
            }
            writer.text.push_str(name);
            writer.mark('=');
            writer.member(value);
        }
        // Behind the last bracket no blank may stand.
        let word = writer.text.trim_end_matches(' ');
        (!members.is_empty()).then(|| word.into())
    }

    fn either(&mut self) -> bool {
        self.ways = self.ways.rotate_left(1);
        self.ways & 1 == 1
    }

    /// A mark, with blanks around it or not.
    fn mark(&mut self, mark: char) {
        for part in [' ', mark, ' '] {
            if part == mark || self.either() {
                self.text.push(part);
            }
        }
    }

    /// A value outside of brackets: there a list of texts may go without them.
    fn member(&mut self, value: &Json) {
        match value {
            Json::List(elements)
                if elements.len() > 1
                    && elements.iter().all(|element| element.as_str().is_some())
                    && self.either() =>
            {
                self.row(elements);
            }
            value => self.value(value),
        }
    }

    fn row(&mut self, elements: &[Json]) {
        for (position, element) in elements.iter().enumerate() {
            if position > 0 {
                self.mark(',');
            }
            self.value(element);
        }
    }

    fn value(&mut self, value: &Json) {
        match value {
            Json::String(text) => self.string(text),
            // A list of one may go without brackets, unless it is one of a list.
            Json::List(elements) => match elements.as_slice() {
                [one] if !matches!(one, Json::List(_)) && self.either() => self.value(one),
                elements => {
                    self.mark('[');
                    self.row(elements);
                    self.mark(']');
                }
            },
            Json::Map(members) => {
                self.mark('{');
                for (position, (name, value)) in members.iter().enumerate() {
                    if position > 0 {
                        self.mark(',');
                    }
                    self.text.push_str(name);
                    self.mark('=');
                    self.value(value);
                }
                self.mark('}');
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Foreign(_) => {
                panic!("no shorthand for {value:?}")
            }
        }
    }

    /// Bare where that is possible, else in quotes.
    fn string(&mut self, text: &str) {
        let is_plain = |c: char| {
            ('!'..='\u{ffff}').contains(&c) && !c.is_whitespace() && !"\"',=[]{}\\".contains(c)
        };
        if !text.is_empty() && text.chars().all(is_plain) && self.either() {
            self.text.push_str(text);
            return;
        }
        let quote = if self.either() { '\'' } else { '"' };
        self.text.push(quote);
        for character in text.chars() {
            if character == quote || character == '\\' {
                self.text.push('\\');
            }
            self.text.push(character);
        }
        self.text.push(quote);
    }
}

/// The value that words give, and whether they count as JSON.
fn read(option: &str, words: &[String], shape: &Shape) -> (Json, bool) {
    let variables = Variables::new();
    let files = Files {
        variables: &variables,
    };
    let value = member_value(option, words, shape, files);
    let value = value.unwrap_or_else(|failure| panic!("{words:?}: {}", failure.text));
    (value.json, value.from_json)
}

/// Not for structures without any member: the empty word is no shorthand.
#[test]
fn shorthand_and_json_give_the_same_value() {
    let mut seen = 0;
    for operation in OPERATIONS {
        for option in member_options(operation) {
            let shape = option.member.shape;
            let is_list = match shape {
                Shape::Structure(_) => false,
                Shape::List(list) if list.element.structure().is_some() => true,
                _ => continue,
            };
            seen += 1;
            let mut runner = TestRunner::new(cases(100));
            let inputs = (fitting(shape), any::<u64>(), any::<bool>());
            let result = runner.run(&inputs, |(value, ways, in_one_word)| {
                let parts = match &value {
                    Json::List(elements) if is_list => elements.as_slice(),
                    value => std::slice::from_ref(value),
                };
                let shorthand: Option<Vec<String>> = parts
                    .iter()
                    .map(|part| Shorthand::word(part, ways))
                    .collect();
                prop_assume!(shorthand.is_some());
                let shorthand = shorthand.unwrap_or_default();
                let json = if in_one_word || !is_list {
                    vec![compact(&value)]
                } else {
                    parts.iter().map(compact).collect()
                };
                let expected = (value.clone(), !json.is_empty());
                prop_assert_eq!(read(&option.name, &json, shape), expected);
                let found = read(&option.name, &shorthand, shape);
                prop_assert_eq!(found, (value, false), "{:?}", shorthand);
                Ok(())
            });
            if let Err(error) = result {
                panic!("{} {}: {error}", operation.name, option.name);
            }
        }
    }
    assert!(seen > 25, "only {seen} members take shorthand");
}

/// A service whose list is cut into pages at fixed places.
#[derive(Debug, Clone)]
struct Service {
    /// The token that leads to each page (the first needs none), and what is on it.
    pages: Vec<(String, Vec<u32>)>,
    /// Pages without items have no list at all.
    leaves_out: bool,
}

impl Service {
    fn answer(&self, request: &Json, result_key: &str) -> Json {
        let token = request.get("nextPageToken");
        let position = match token.map(|token| token.as_str().expect("a text")) {
            None => Some(0),
            Some(token) => self.pages.iter().position(|(own, _)| own == token),
        };
        let position = position.expect("a token of this service");
        let items = &self.pages[position].1;
        let mut answer = Vec::new();
        if !(items.is_empty() && self.leaves_out) {
            let items = items.iter().map(|item| Json::Number(item.to_string()));
            answer.push((result_key.into(), Json::List(items.collect())));
        }
        if let Some((token, _)) = self.pages.get(position + 1) {
            answer.push(("nextPageToken".into(), token.as_str().into()));
        }
        Json::Map(answer)
    }
}

/// Items are numbered from 0 on. Each token occurs once; the word that the reference takes for no token does not.
fn service() -> impl Strategy<Value = Service> {
    let lengths = proptest::collection::vec(0_usize..5, 1..9);
    (lengths, text(), any::<bool>()).prop_map(|(lengths, odd, leaves_out)| {
        let mut items = 0_u32..;
        let pages = lengths.into_iter().enumerate().map(|(number, length)| {
            let token = format!("{odd}___{number}");
            (token, items.by_ref().take(length).collect())
        });
        Service {
            pages: pages.collect(),
            leaves_out,
        }
    })
}

/// One listing to its end; gives the merged result.
fn listed(service: &Service, operation: &'static OperationDescriptor, paging: Paging) -> Json {
    let result_key = operation.pages.expect("an operation that pages");
    let line = Json::Map(vec![("domain".into(), "d".into())]);
    let mut pages = Pages::new(operation, result_key, paging).expect("a good token");
    loop {
        let request = pages.request(&line);
        assert_eq!(request.get("domain"), line.get("domain"));
        pages.take(service.answer(&request, result_key));
        if !pages.goes_on().expect("no token comes twice") {
            return pages.into_result();
        }
    }
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn cut_and_resumed_pages_give_the_whole_list(
        service in service(),
        bounds in proptest::collection::vec(1_i64..9, 1..6),
        operation in proptest::sample::select(OPERATIONS.iter().filter(|row| row.pages.is_some()).collect::<Vec<_>>()),
    ) {
        let all: Vec<String> = service.pages.iter().flat_map(|(_, items)| items).map(u32::to_string).collect();
        let mut found = Vec::new();
        let mut starting_token = None;
        for bound in bounds.into_iter().cycle() {
            let is_resumed = starting_token.is_some();
            let paging = Paging { starting_token, max_items: Some(bound), page_size: None };
            let result = listed(&service, operation, paging);
            let items = match result.get(operation.pages.unwrap_or_default()) {
                Some(Json::List(items)) => items.as_slice(),
                _ => &[],
            };
            found.extend(items.iter().map(compact));
            let next = result.get("NextToken").and_then(Json::as_str);
            prop_assert!(items.len() as i64 <= bound);
            prop_assert!(next.is_none() || items.len() as i64 == bound, "{:?}", result);
            prop_assert!(found.len() <= all.len(), "{:?} resumed: {}", found, is_resumed);
            starting_token = next.map(String::from);
            if starting_token.is_none() {
                break;
            }
        }
        prop_assert_eq!(found, all);
    }
}
