//! Limits and rates as settings: the tables, what settings may say, requests within other limits, and the page of the
//! documentation that shows them.

use std::collections::BTreeMap;

use everbeat_model::limits::{LIMITS, OFF, show};
use everbeat_model::rates::{RateDescriptor, rates};
use everbeat_model::shape::Shape;
use everbeat_model::{
    DECISIONS, Described, FaultKind, Limits, OPERATIONS, Operation, PageSize, Rate, RateSettings,
    TagList, request,
};

const PAGE: &str = include_str!("../../../../docs/limits.md");

#[test]
fn defaults_and_amazons_values_are_settable() {
    for row in LIMITS {
        let within = row.least..=row.most;
        assert!(within.contains(&row.default), "{}", row.name);
        assert!(within.contains(&row.aws), "{}", row.name);
        assert_eq!(row.read("aws"), Some(row.aws));
        assert_eq!(row.read(&show(row.default)), Some(row.default));
        assert_eq!(row.read("off").is_some(), row.most == OFF, "{}", row.name);
        for bad in ["", "none", "-1", "1.5", "18446744073709551615"] {
            assert_eq!(row.read(bad), None, "{} {bad}", row.name);
        }
    }
    let (mut defaults, mut aws) = (Limits::aws(), Limits::default());
    for row in LIMITS {
        assert!(defaults.set(row.name, row.default));
        assert!(aws.set(row.name, row.aws));
    }
    assert_eq!(defaults, Limits::default());
    assert_eq!(aws, Limits::aws());
    assert!(!aws.set("bananas", 1));
}

/// With less no run could begin and end.
#[test]
fn what_every_run_needs_cannot_be_taken_away() {
    for (name, least) in [("events_per_history", 10), ("execution_seconds", 1)] {
        let row = LIMITS.iter().find(|row| row.name == name).expect(name);
        assert_eq!(row.read(&show(least)), Some(least));
        assert_eq!(row.read(&show(least - 1)), None);
        assert_eq!(row.read("off"), Some(OFF));
        assert_eq!(row.wanted(), format!("aws, off or a number from {least}"));
    }
}

/// What is Amazon's by default and what is not (execution.md section 10).
#[test]
fn only_two_defaults_are_not_amazons() {
    let own: Vec<&str> = LIMITS
        .iter()
        .filter(|row| row.default != row.aws)
        .map(|row| row.name)
        .collect();
    assert_eq!(own, ["domains", "activities_per_second_and_list"]);
}

/// A quota that stands for a shape's own bound begins with that bound.
#[test]
fn quotas_of_shapes_begin_with_the_bounds_of_the_shapes() {
    let limits = Limits::default();
    let Shape::List(tags) = TagList::SHAPE else {
        panic!("it is a list");
    };
    assert_eq!(tags.max as u64, limits.tags_per_run);
    let Shape::Integer(page) = PageSize::SHAPE else {
        panic!("it is a number");
    };
    assert_eq!(page.max as u64, limits.page_entries);
}

#[test]
fn requests_are_checked_within_the_limits_in_force() {
    let limits = Limits {
        tags_per_run: 1,
        page_entries: 2,
        retention_days: 400,
        ..Limits::default()
    };
    let start = |tags: &str| {
        format!(
            r#"{{"domain":"d","workflowId":"w","workflowType":{{"name":"n","version":"1"}},"tagList":[{tags}]}}"#
        )
    };
    let list =
        |size: u32| format!(r#"{{"registrationStatus":"REGISTERED","maximumPageSize":{size}}}"#);
    let register =
        |days: &str| format!(r#"{{"name":"d","workflowExecutionRetentionPeriodInDays":"{days}"}}"#);
    let of_length = "Member must have length less than or equal to";
    for (operation, body, expected) in [
        (Operation::StartWorkflowExecution, start(r#""a""#), None),
        (
            Operation::StartWorkflowExecution,
            start(r#""a","b""#),
            Some(format!("Value '[a, b]' at 'tagList' failed to satisfy constraint: {of_length} 1")),
        ),
        (Operation::ListDomains, list(2), None),
        (
            Operation::ListDomains,
            list(3),
            Some(
                "Value '3' at 'maximumPageSize' failed to satisfy constraint: \
                 Member must have value less than or equal to 2"
                    .into(),
            ),
        ),
        (Operation::RegisterDomain, register("400"), None),
        (Operation::RegisterDomain, register("NONE"), None),
        (
            Operation::RegisterDomain,
            register("401"),
            Some(
                "Value '401' at 'workflowExecutionRetentionPeriodInDays' failed to satisfy constraint: Member must \
                 satisfy regular expression pattern: NONE|[0-9]{1,8} with a value from 0 to 400"
                    .into(),
            ),
        ),
    ] {
        let read = request::read_within(operation, body.as_bytes(), &limits);
        let expected = expected.map(|text| {
            FaultKind::ValidationException.with(format!("1 validation error detected: {text}"))
        });
        assert_eq!(read.err(), expected, "{body}");
    }
    let tags: Vec<String> = (0..1000).map(|tag| format!("\"{tag}\"")).collect();
    let free = Limits {
        tags_per_run: OFF,
        retention_days: OFF,
        ..Limits::default()
    };
    let many = start(&tags.join(","));
    request::read_within(Operation::StartWorkflowExecution, many.as_bytes(), &free)
        .expect("no limit is set");
    let long = register("99999999");
    request::read_within(Operation::RegisterDomain, long.as_bytes(), &free)
        .expect("no limit is set");
}

#[test]
fn tags_of_domains_have_keys_of_their_own() {
    let body = |keys: &[&str]| {
        let tags: Vec<String> = keys
            .iter()
            .map(|key| format!(r#"{{"key":"{key}","value":"v"}}"#))
            .collect();
        format!(
            r#"{{"resourceArn":"arn","name":"d","workflowExecutionRetentionPeriodInDays":"1","tags":[{}]}}"#,
            tags.join(",")
        )
    };
    let reserved = |key: &str, place: u32| {
        Some(FaultKind::ValidationException.with(format!(
            "1 validation error detected: Value '{key}' at 'tags.{place}.member.key' failed to satisfy constraint: \
             Member must not begin with 'aws:'"
        )))
    };
    let twice =
        FaultKind::ValidationException.with("Cannot specify the same tag key more than once: a");
    for operation in [Operation::TagResource, Operation::RegisterDomain] {
        for (keys, expected) in [
            (&["a", "A", "awsome", "aws", "ä:aws:"][..], None),
            (&["a", "aws:x"], reserved("aws:x", 2)),
            (&["AwS:"], reserved("AwS:", 1)),
            (&["a", "b", "a"], Some(twice.clone())),
        ] {
            let read = request::read(operation, body(keys).as_bytes());
            assert_eq!(read.err(), expected, "{operation} {keys:?}");
        }
    }
}

/// Operations, four of them for one execution, and the decisions that have a cause of failure for it.
#[test]
fn everything_that_can_be_throttled_has_a_rate() {
    let names: Vec<String> = rates().map(|row| row.throttled.to_string()).collect();
    assert_eq!(names.len(), OPERATIONS.len() + 4 + 7);
    let decisions = &names[OPERATIONS.len() + 4..];
    assert_eq!(
        decisions,
        [
            "ScheduleActivityTask",
            "ContinueAsNewWorkflowExecution",
            "StartTimer",
            "SignalExternalWorkflowExecution",
            "RequestCancelExternalWorkflowExecution",
            "StartChildWorkflowExecution",
            "ScheduleLambdaFunction",
        ]
    );
    for row in rates() {
        assert_eq!(
            RateDescriptor::from_name(&row.throttled.to_string()),
            Some(row)
        );
    }
    let without = rates().filter(|row| row.aws.is_none());
    let without: Vec<String> = without.map(|row| row.throttled.to_string()).collect();
    assert_eq!(
        without,
        ["ContinueAsNewWorkflowExecution", "ScheduleLambdaFunction"]
    );
    let with_rate = DECISIONS.iter().filter(|row| row.rate.is_some()).count();
    assert_eq!(with_rate, 5, "none of Amazon's values is left out");
}

#[test]
fn rates_are_set_by_name() {
    let mut settings = RateSettings::default();
    for (name, text, expected) in [
        ("StartTimer", "7/3", Ok(())),
        ("SignalWorkflowExecution", "aws", Ok(())),
        ("SignalWorkflowExecution-per-run", "1/1", Ok(())),
        ("StartTimer", "aws", Ok(())),
        ("ListDomains", "1/2", Ok(())),
        ("ListDomains", "off", Ok(())),
        ("ScheduleLambdaFunction", "aws", Ok(())),
        (
            "ListDomains-per-run",
            "1/2",
            Err("there is no rate 'ListDomains-per-run'"),
        ),
        (
            "RecordMarker",
            "1/2",
            Err("there is no rate 'RecordMarker'"),
        ),
        ("ListDomains", "1", Err("'1' is not BUCKET/REFILL")),
        ("ListDomains", "0/1", Err("'0/1' is not BUCKET/REFILL")),
        ("ListDomains", "1/0", Err("'1/0' is not BUCKET/REFILL")),
        ("ListDomains", "1/2/3", Err("'1/2/3' is not BUCKET/REFILL")),
        (
            "ListDomains",
            "4294967296/1",
            Err("'4294967296/1' is not BUCKET/REFILL"),
        ),
    ] {
        match (settings.set_from_text(name, text), expected) {
            (Ok(()), Ok(())) => {}
            (Err(error), Err(part)) => assert!(error.contains(part), "{error}"),
            (answer, expected) => panic!("{name}={text}: {answer:?}, not {expected:?}"),
        }
    }
    let set: BTreeMap<String, Rate> = settings
        .throttled()
        .filter_map(|one| Some((one.to_string(), settings.get(one)?)))
        .collect();
    let rate = |bucket, refill| Rate { bucket, refill };
    assert_eq!(
        set,
        BTreeMap::from([
            ("SignalWorkflowExecution".into(), rate(2000, 30)),
            ("SignalWorkflowExecution-per-run".into(), rate(1, 1)),
            ("StartTimer".into(), rate(2000, 200)),
        ])
    );
}

/// The rows of a table of the page, without its head.
fn rows_below(heading: &str) -> Vec<&'static str> {
    let (_, section) = PAGE.split_once(heading).expect(heading);
    section
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .collect()
}

#[test]
fn the_page_of_the_documentation_shows_the_tables() {
    let limits: Vec<String> = LIMITS
        .iter()
        .map(|row| {
            let (default, aws) = (show(row.default), show(row.aws));
            format!(
                "| `{}` | {default} | {aws} | {} |",
                row.name,
                row.documentation.trim()
            )
        })
        .collect();
    assert_eq!(rows_below("## Limits"), limits);
    let rates: Vec<String> = rates()
        .map(|row| format!("| `{}` | {} |", row.throttled, row.aws_text()))
        .collect();
    assert_eq!(rows_below("## Rates"), rates);
}
