//! Pages of an answer into one result, cut and resumed where the options say (cli.md section 13).
//!
//! Pure: [`Pages`] says which request comes next and takes its answer; sending belongs to [`crate::call`].

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use everbeat_model::Operation;
use everbeat_model::operations::OperationDescriptor;

use crate::exit::Failure;
use crate::options::PAGING_MEMBERS;
use everbeat_json::{Json, compact, insert, python};

const TOKEN: &str = PAGING_MEMBERS[0];
const LIMIT: &str = PAGING_MEMBERS[1];
const SKIP: &str = "boto_truncate_amount";
/// The member of a merged result that says where to resume.
const NEXT_TOKEN: &str = "NextToken";

/// What a decision poll keeps of its first page.
const KEPT_OF_DECISION_TASK: [&str; 5] = [
    "taskToken",
    "startedEventId",
    "workflowExecution",
    "workflowType",
    "previousStartedEventId",
];

/// What the paging options say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Paging {
    pub(crate) starting_token: Option<String>,
    pub(crate) page_size: Option<String>,
    pub(crate) max_items: Option<i64>,
}

impl Paging {
    /// The greatest number of items is one that the reference warns of.
    pub(crate) fn warns(&self) -> bool {
        self.max_items.is_some_and(|most| most <= 0)
    }
}

/// The pages seen so far.
#[derive(Debug)]
pub(crate) struct Pages {
    result_key: &'static str,
    kept_keys: &'static [&'static str],
    paging: Paging,
    /// Token of the page that is asked for.
    token: Option<String>,
    /// What the next request gets beside what the line asks for.
    asked: Vec<(String, Json)>,
    /// Items to leave out at the start of the first page; a negative number keeps as many at its end.
    skip: i64,
    items: Option<Vec<Json>>,
    kept: Option<Vec<(String, Json)>>,
    next_token: Option<String>,
    /// The token that the answer before gave.
    previous_token: Option<String>,
    step: Step,
}

/// What follows a page.
#[derive(Debug)]
enum Step {
    Next(String),
    End,
}

impl Pages {
    /// For an operation that pages.
    ///
    /// # Errors
    /// A starting token of too many parts.
    pub(crate) fn new(
        operation: &OperationDescriptor,
        result_key: &'static str,
        paging: Paging,
    ) -> Result<Self, Failure> {
        let start = match &paging.starting_token {
            Some(text) => Start::read(text)?,
            None => Start::default(),
        };
        let keeps = operation.operation == Operation::PollForDecisionTask;
        let kept_keys: &[&str] = if keeps { &KEPT_OF_DECISION_TASK } else { &[] };
        Ok(Self {
            result_key,
            kept_keys,
            paging,
            token: start.token(),
            skip: start.skip,
            asked: start.members,
            items: None,
            kept: None,
            next_token: None,
            previous_token: None,
            step: Step::End,
        })
    }

    /// The next request, made of the one that the line asks for.
    pub(crate) fn request(&self, request: &Json) -> Json {
        let Json::Map(members) = request else {
            return request.clone();
        };
        let mut members = members.clone();
        if let Some(size) = &self.paging.page_size {
            insert(&mut members, LIMIT.into(), Json::Number(size.clone()));
        }
        for (name, value) in &self.asked {
            insert(&mut members, name.clone(), value.clone());
        }
        Json::Map(members)
    }

    /// Takes an answer, and gives it back without the items that were skipped or cut off.
    pub(crate) fn take(&mut self, mut answer: Json) -> Json {
        if self.kept.is_none() {
            let kept = self.kept_keys.iter().map(|key| {
                let value = answer.get(key).cloned().unwrap_or(Json::Null);
                ((*key).into(), value)
            });
            self.kept = Some(kept.collect());
        }
        let next = answer
            .get(TOKEN)
            .and_then(Json::as_str)
            .filter(|token| !token.is_empty())
            .map(String::from);
        let skipped = std::mem::take(&mut self.skip);
        let found = match &mut answer {
            Json::Map(members) => members.iter_mut().find(|(name, _)| name == self.result_key),
            _ => None,
        };
        let mut nothing = Vec::new();
        let page = match found {
            Some((_, Json::List(page))) => {
                self.items.get_or_insert_default();
                page
            }
            _ => &mut nothing,
        };
        page.drain(..left_out(page.len(), skipped));
        let taken = self.items.as_ref().map_or(0, Vec::len);
        let room = self
            .paging
            .max_items
            .map(|most| most.saturating_sub(taken as i64));
        let length = page.len() as i64;
        page.truncate(room.map_or(page.len(), |room| cut(page.len(), room)));
        if let Some(items) = &mut self.items {
            items.extend_from_slice(page);
        }
        self.step = match room {
            Some(room) if room < length => {
                let place = inside_token(self.token.as_deref(), room.saturating_add(skipped));
                self.next_token = Some(place);
                Step::End
            }
            Some(room) if room == length => {
                self.next_token = next.as_deref().map(page_token);
                Step::End
            }
            _ => next.map_or(Step::End, Step::Next),
        };
        answer
    }

    /// True if another page is to be asked for.
    ///
    /// # Errors
    /// The same token twice.
    pub(crate) fn goes_on(&mut self) -> Result<bool, Failure> {
        let Step::Next(next) = std::mem::replace(&mut self.step, Step::End) else {
            return Ok(false);
        };
        if self.previous_token.as_ref() == Some(&next) {
            let token = python::quoted(&next);
            return Err(Failure::general(format!(
                "Error during pagination: The same next token was received twice: {{'{TOKEN}': {token}}}"
            )));
        }
        self.previous_token = Some(next.clone());
        // The reference takes this word for its own value of no token.
        self.token = Some(next).filter(|token| token != "None");
        let token = self.token.iter();
        self.asked = token
            .map(|token| (TOKEN.into(), token.as_str().into()))
            .collect();
        Ok(true)
    }

    /// A page as text shows it: its items, and on the first page what is kept of it.
    pub(crate) fn reduced(&self, page: &Json, is_first: bool) -> Json {
        let mut members = match &self.kept {
            Some(kept) if is_first => kept.clone(),
            _ => Vec::new(),
        };
        let items = page.get(self.result_key).cloned().unwrap_or(Json::Null);
        insert(&mut members, self.result_key.into(), items);
        Json::Map(members)
    }

    /// Where to resume, as text shows it.
    pub(crate) fn resumption(&self) -> Option<Json> {
        let token = self.next_token.clone()?;
        let inner = Json::Map(vec![(NEXT_TOKEN.into(), Json::String(token))]);
        Some(Json::Map(vec![(NEXT_TOKEN.into(), inner)]))
    }

    /// All items, what was kept of the first page, and where to resume.
    pub(crate) fn into_result(self) -> Json {
        let mut members = Vec::new();
        if let Some(items) = self.items {
            members.push((self.result_key.into(), Json::List(items)));
        }
        members.extend(self.kept.unwrap_or_default());
        if let Some(token) = self.next_token {
            members.push((NEXT_TOKEN.into(), Json::String(token)));
        }
        Json::Map(members)
    }
}

/// How many of `length` items a bound leaves; a negative one takes them from the end.
fn cut(length: usize, bound: i64) -> usize {
    match usize::try_from(bound) {
        Ok(bound) => bound.min(length),
        Err(_) => {
            length.saturating_sub(usize::try_from(bound.unsigned_abs()).unwrap_or(usize::MAX))
        }
    }
}

/// How many of `length` items stand before the place that Python's slice `[skip:]` begins at.
fn left_out(length: usize, skip: i64) -> usize {
    match usize::try_from(skip) {
        Ok(skip) => skip.min(length),
        Err(_) => cut(length, skip),
    }
}

fn inside_token(page: Option<&str>, amount: i64) -> String {
    let page = page.map_or(Json::Null, Json::from);
    let members = vec![
        (TOKEN.into(), page),
        (SKIP.into(), Json::Number(amount.to_string())),
    ];
    STANDARD.encode(compact(&Json::Map(members)))
}

fn page_token(next: &str) -> String {
    STANDARD.encode(compact(&Json::Map(vec![(TOKEN.into(), next.into())])))
}

/// Where a list begins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Start {
    /// What the first request gets: the service's token, and whatever else the starting token holds.
    members: Vec<(String, Json)>,
    /// Items to leave out at the start of the first page; a negative number keeps as many at its end.
    skip: i64,
}

impl Start {
    /// At a plain token of the service. The reference takes `None` for its own value of no token.
    fn at(token: &str, skip: i64) -> Self {
        let members = match token {
            "None" => Vec::new(),
            token => vec![(TOKEN.into(), token.into())],
        };
        Self { members, skip }
    }

    fn token(&self) -> Option<String> {
        let (_, token) = self.members.iter().find(|(name, _)| name == TOKEN)?;
        token.as_str().map(Into::into)
    }

    /// A starting token in any of its forms.
    fn read(text: &str) -> Result<Self, Failure> {
        let decoded = STANDARD
            .decode(text)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| Json::parse(&text).ok());
        let Some(Json::Map(mut members)) = decoded else {
            return Self::read_older(text);
        };
        let skip = members.iter().position(|(name, _)| name == SKIP);
        let skip = match skip.map(|position| members.remove(position).1) {
            None => 0,
            Some(Json::Number(digits)) if digits.parse::<i64>().is_ok() => {
                digits.parse().unwrap_or(0)
            }
            Some(other) => {
                let shown = python::repr(&other);
                let text = format!("Bad starting token: {SKIP} is {shown}, not a number of items");
                return Err(Failure::general(text));
            }
        };
        members.retain(|(_, value)| *value != Json::Null);
        Ok(Self { members, skip })
    }

    /// `token___3`, or a plain token of the service.
    fn read_older(text: &str) -> Result<Self, Failure> {
        let parts: Vec<&str> = text.split("___").collect();
        match parts.as_slice() {
            [token, amount] if amount.parse::<i64>().is_ok() => {
                Ok(Self::at(token, amount.parse().unwrap_or(0)))
            }
            parts if parts.len() > 2 => {
                Err(Failure::general(format!("Bad starting token: {text}")))
            }
            _ => Ok(Self::at(text, 0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: Operation = Operation::ListDomains;

    /// Three pages: d1 d2 d3 with tok1, d4 d5 with tok2, d6.
    fn answer(token: Option<&str>) -> Json {
        let text = match token {
            None => r#"{"domainInfos":["d1","d2","d3"],"nextPageToken":"tok1"}"#,
            Some("tok1") => r#"{"domainInfos":["d4","d5"],"nextPageToken":"tok2"}"#,
            Some(_) => r#"{"domainInfos":["d6"]}"#,
        };
        Json::parse(text).expect("good JSON")
    }

    fn listed(paging: Paging) -> (String, usize) {
        let mut pages = Pages::new(LIST.descriptor(), "domainInfos", paging).expect("a good token");
        let line = Json::parse(r#"{"registrationStatus":"REGISTERED"}"#).expect("good JSON");
        let mut calls = 0;
        loop {
            calls += 1;
            let request = pages.request(&line);
            let token = request.get(TOKEN).and_then(Json::as_str);
            pages.take(answer(token));
            if !pages.goes_on().expect("no token twice") {
                return (compact(&pages.into_result()), calls);
            }
        }
    }

    fn at_most(items: i64) -> Paging {
        Paging {
            max_items: Some(items),
            ..Paging::default()
        }
    }

    #[test]
    fn all_pages_become_one_result() {
        let all = r#"{"domainInfos": ["d1", "d2", "d3", "d4", "d5", "d6"]}"#;
        assert_eq!(listed(Paging::default()), (all.into(), 3));
        assert_eq!(listed(at_most(6)), (all.into(), 3));
        assert_eq!(listed(at_most(7)), (all.into(), 3));
    }

    #[test]
    fn a_cut_inside_a_page_and_at_its_end() {
        let (inside, calls) = listed(at_most(2));
        let token = "eyJuZXh0UGFnZVRva2VuIjogbnVsbCwgImJvdG9fdHJ1bmNhdGVfYW1vdW50IjogMn0=";
        assert_eq!(
            inside,
            format!(r#"{{"domainInfos": ["d1", "d2"], "NextToken": "{token}"}}"#)
        );
        assert_eq!(calls, 1);
        let (at_end, _) = listed(at_most(3));
        let token = STANDARD.encode(r#"{"nextPageToken": "tok1"}"#);
        assert_eq!(
            at_end,
            format!(r#"{{"domainInfos": ["d1", "d2", "d3"], "NextToken": "{token}"}}"#)
        );
        let (nothing, _) = listed(at_most(0));
        let token = "eyJuZXh0UGFnZVRva2VuIjogbnVsbCwgImJvdG9fdHJ1bmNhdGVfYW1vdW50IjogMH0=";
        assert_eq!(
            nothing,
            format!(r#"{{"domainInfos": [], "NextToken": "{token}"}}"#)
        );
    }

    #[test]
    fn cut_lists_resumed_give_the_whole_list() {
        for size in 1..=6 {
            let mut found = Vec::new();
            let mut starting_token = None;
            loop {
                let paging = Paging {
                    starting_token,
                    ..at_most(size)
                };
                let (text, _) = listed(paging);
                let result = Json::parse(&text).expect("good JSON");
                let Some(Json::List(items)) = result.get("domainInfos") else {
                    panic!("no items in {text}");
                };
                found.extend(items.iter().filter_map(Json::as_str).map(String::from));
                starting_token = result
                    .get("NextToken")
                    .and_then(Json::as_str)
                    .map(Into::into);
                if starting_token.is_none() {
                    break;
                }
            }
            assert_eq!(
                found,
                ["d1", "d2", "d3", "d4", "d5", "d6"],
                "{size} at a time"
            );
        }
    }

    #[test]
    fn starting_tokens_of_all_forms() {
        for (text, token, skip) in [
            ("tok1___1", Some("tok1"), 1),
            ("None___2", None, 2),
            ("plain", Some("plain"), 0),
            ("None", None, 0),
            ("a___b", Some("a___b"), 0),
            (
                "eyJuZXh0UGFnZVRva2VuIjogbnVsbCwgImJvdG9fdHJ1bmNhdGVfYW1vdW50IjogMn0=",
                None,
                2,
            ),
        ] {
            let start = Start::read(text).expect(text);
            assert_eq!(
                (start.token().as_deref(), start.skip),
                (token, skip),
                "{text}"
            );
        }
        assert!(Start::read("a___b___1").is_err_and(|failure| failure.code() == 255));
    }

    #[test]
    fn an_empty_decision_poll_keeps_its_nulls() {
        let operation = Operation::PollForDecisionTask.descriptor();
        let mut pages = Pages::new(operation, "events", Paging::default()).expect("no token");
        let answer =
            Json::parse(r#"{"taskToken":"","startedEventId":0,"previousStartedEventId":0}"#);
        pages.take(answer.expect("good JSON"));
        assert_eq!(pages.goes_on(), Ok(false));
        assert_eq!(
            compact(&pages.into_result()),
            r#"{"taskToken": "", "startedEventId": 0, "workflowExecution": null, "workflowType": null, "previousStartedEventId": 0}"#
        );
    }

    #[test]
    fn the_same_token_twice_is_an_error() {
        let mut pages =
            Pages::new(LIST.descriptor(), "domainInfos", Paging::default()).expect("no token");
        let answer = Json::parse(r#"{"nextPageToken":"same"}"#).expect("good JSON");
        pages.take(answer.clone());
        assert_eq!(pages.goes_on(), Ok(true));
        pages.take(answer);
        let failure = pages.goes_on().expect_err("twice");
        let text = "Error during pagination: The same next token was received twice: {'nextPageToken': 'same'}";
        assert_eq!(failure.text, text);
    }
}
