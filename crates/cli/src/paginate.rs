//! Pages of an answer into one result, cut and resumed where the options say (cli.md section 13).
//!
//! Pure: [`Pages`] says which request comes next and takes its answer; sending belongs to [`crate::operation`].

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use everbeat_model::Operation;
use everbeat_model::operations::OperationDescriptor;

use crate::exit::Failure;
use crate::options::PAGING_MEMBERS;
use everbeat_json::compact;
use everbeat_json::python;
use everbeat_json::{Json, insert};

const TOKEN: &str = PAGING_MEMBERS[0];
const LIMIT: &str = PAGING_MEMBERS[1];
const SKIP: &str = "boto_truncate_amount";

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

/// The pages seen so far.
#[derive(Debug)]
pub(crate) struct Pages {
    result_key: &'static str,
    kept_keys: &'static [&'static str],
    paging: Paging,
    /// Token of the next request.
    token: Option<String>,
    /// Items to leave out at the start of the first page.
    skip: usize,
    items: Option<Vec<Json>>,
    kept: Option<Vec<(String, Json)>>,
    next_token: Option<String>,
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
        let (token, skip) = match &paging.starting_token {
            Some(text) => starting_point(text)?,
            None => (None, 0),
        };
        let keeps = operation.operation == Operation::PollForDecisionTask;
        let kept_keys: &[&str] = if keeps { &KEPT_OF_DECISION_TASK } else { &[] };
        Ok(Self {
            result_key,
            kept_keys,
            paging,
            token,
            skip,
            items: None,
            kept: None,
            next_token: None,
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
        if let Some(token) = &self.token {
            insert(&mut members, TOKEN.into(), Json::String(token.clone()));
        }
        Json::Map(members)
    }

    /// Takes an answer; true if another page is to be asked for.
    ///
    /// # Errors
    /// The same token twice.
    pub(crate) fn take(&mut self, answer: &Json) -> Result<bool, Failure> {
        let kept = self.kept_keys.iter().map(|key| {
            (
                (*key).into(),
                answer.get(key).cloned().unwrap_or(Json::Null),
            )
        });
        self.kept.get_or_insert_with(|| kept.collect());
        let next = answer
            .get(TOKEN)
            .and_then(Json::as_str)
            .filter(|token| !token.is_empty());
        let skipped = std::mem::take(&mut self.skip);
        let page: &[Json] = match answer.get(self.result_key) {
            Some(Json::List(page)) => {
                self.items.get_or_insert_default();
                page.get(skipped..).unwrap_or_default()
            }
            _ => &[],
        };
        let taken = self.items.as_ref().map_or(0, Vec::len);
        let room = self.paging.max_items.map(|most| most - taken as i64);
        let length = page.len() as i64;
        let used = room.map_or(page.len(), |room| cut(page.len(), room));
        if let Some(items) = &mut self.items {
            items.extend_from_slice(&page[..used]);
        }
        match room {
            Some(room) if room < length => {
                self.next_token = Some(inside_token(self.token.as_deref(), room + skipped as i64));
                Ok(false)
            }
            Some(room) if room == length => {
                self.next_token = next.map(page_token);
                Ok(false)
            }
            _ => self.go_on(next),
        }
    }

    fn go_on(&mut self, next: Option<&str>) -> Result<bool, Failure> {
        if next.is_some() && next == self.token.as_deref() {
            let token = python::quoted(next.unwrap_or_default());
            return Err(Failure::general(format!(
                "Error during pagination: The same next token was received twice: {{'{TOKEN}': {token}}}"
            )));
        }
        self.token = next.map(Into::into);
        Ok(next.is_some())
    }

    /// All items, what was kept of the first page, and where to resume.
    pub(crate) fn into_result(self) -> Json {
        let mut members = Vec::new();
        if let Some(items) = self.items {
            members.push((self.result_key.into(), Json::List(items)));
        }
        members.extend(self.kept.unwrap_or_default());
        if let Some(token) = self.next_token {
            members.push(("NextToken".into(), Json::String(token)));
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

/// The page to begin with and the number of its items to leave out.
fn starting_point(text: &str) -> Result<(Option<String>, usize), Failure> {
    let decoded = STANDARD
        .decode(text)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| Json::parse(&text).ok())
        .filter(|value| matches!(value, Json::Map(_)));
    if let Some(value) = decoded {
        let skip = match value.get(SKIP) {
            Some(Json::Number(digits)) => digits.parse().unwrap_or(0),
            _ => 0,
        };
        let token = value.get(TOKEN).and_then(Json::as_str).map(Into::into);
        return Ok((token, skip));
    }
    older_starting_point(text)
}

/// `token___3`, or a plain token of the service.
fn older_starting_point(text: &str) -> Result<(Option<String>, usize), Failure> {
    let parts: Vec<&str> = text.split("___").collect();
    match parts.as_slice() {
        [token, amount] if amount.parse::<usize>().is_ok() => {
            let token = (*token != "None").then(|| (*token).into());
            Ok((token, amount.parse().unwrap_or(0)))
        }
        [_] | [_, _] => Ok((Some(text.into()), 0)),
        _ => Err(Failure::general(format!("Bad starting token: {text}"))),
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
            if !pages.take(&answer(token)).expect("no token twice") {
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
        for (text, expected) in [
            ("tok1___1", (Some("tok1".into()), 1)),
            ("None___2", (None, 2)),
            ("plain", (Some("plain".into()), 0)),
            ("a___b", (Some("a___b".into()), 0)),
        ] {
            assert_eq!(starting_point(text), Ok(expected));
        }
        assert!(starting_point("a___b___1").is_err_and(|failure| failure.code() == 255));
    }

    #[test]
    fn an_empty_decision_poll_keeps_its_nulls() {
        let operation = Operation::PollForDecisionTask.descriptor();
        let mut pages = Pages::new(operation, "events", Paging::default()).expect("no token");
        let answer =
            Json::parse(r#"{"taskToken":"","startedEventId":0,"previousStartedEventId":0}"#);
        assert_eq!(pages.take(&answer.expect("good JSON")), Ok(false));
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
        assert_eq!(pages.take(&answer), Ok(true));
        let failure = pages.take(&answer).expect_err("twice");
        let text = "Error during pagination: The same next token was received twice: {'nextPageToken': 'same'}";
        assert_eq!(failure.text, text);
    }
}
