//! Bodies of requests, names of operations, task and page tokens.

#![no_main]

use std::str;

use everbeat_model::{
    DescribeHeartbeatsInput, DescribeWaitsInput, Limits, MoveClockInput, OPERATIONS, request,
};
use everbeat_wire::json10::{self, Target};
use everbeat_wire::{PageToken, Sealer, SealingSecret, TaskKind, TaskToken};
use libfuzzer_sys::fuzz_target;

const NOW_MS: i64 = 1_795_402_800_000;
const LIFETIME_SECONDS: u64 = 86_400;

fuzz_target!(|input: &[u8]| {
    let end = input.iter().position(|byte| *byte == b'\n');
    let (name, body) = input.split_at(end.unwrap_or(input.len()));
    let body = body.get(1..).unwrap_or_default();
    read_request(name, body);
    if let (Ok(name), Ok(body)) = (str::from_utf8(name), str::from_utf8(body)) {
        open_tokens(name, body);
    }
});

/// Every input is for some operation, whether its first line names one or not.
fn read_request(name: &[u8], body: &[u8]) {
    let target = str::from_utf8(name)
        .ok()
        .and_then(|name| Target::read(&format!("{}.{name}", json10::TARGET_PREFIX)));
    let operation = match target {
        Some(Target::Operation(operation)) => operation,
        Some(Target::Own(_)) | None => OPERATIONS[name.len() % OPERATIONS.len()].operation,
    };
    let limits = Limits::default();
    let read = request::read_within(operation, body, &limits);
    assert_eq!(read, request::read_within(operation, body, &limits));
    if let Err(fault) = read {
        json10::fault_body(&fault);
    }
    let _ = request::read_own::<DescribeHeartbeatsInput>(body);
    let _ = request::read_own::<DescribeWaitsInput>(body);
    let _ = request::read_own::<MoveClockInput>(body);
}

fn open_tokens(name: &str, body: &str) {
    let _ = Target::read(name);
    let sealer = sealer(1);
    let open_page = |sealer: &Sealer, token: &str, now_ms| {
        PageToken::open(sealer, token, name, now_ms, LIFETIME_SECONDS)
    };
    assert!(TaskToken::open(&sealer, body).is_none());
    assert!(open_page(&sealer, body, NOW_MS).is_err());

    let page = PageToken {
        position: body.into(),
    };
    let sealed = page.seal(&sealer, name, NOW_MS);
    assert_eq!(open_page(&sealer, &sealed, NOW_MS), Ok(page));
    assert!(open_page(&self::sealer(2), &sealed, NOW_MS).is_err());
    assert!(TaskToken::open(&sealer, &sealed).is_none());

    let run_id: String = name.chars().take(64).collect();
    let task = TaskToken {
        kind: TaskKind::Activity,
        run: body.len() as u64,
        scheduled_event_id: name.len() as i64,
        started_event_id: i64::MAX,
        run_id: run_id.chars().filter(char::is_ascii).collect(),
        workflow_id: body.chars().take(100).collect(),
    };
    let sealed = task.seal(&sealer);
    assert!(sealed.len() <= 1024);
    assert_eq!(TaskToken::open(&sealer, &sealed), Some(task));
    assert!(open_page(&sealer, &sealed, NOW_MS).is_err());
}

fn sealer(id: u32) -> Sealer {
    Sealer::new(&[SealingSecret {
        id,
        secret: [7; 32],
    }])
}
