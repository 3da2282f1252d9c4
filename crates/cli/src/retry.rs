//! When a call is tried again, and after how long: the reference's `standard` mode (cli.md section 11).

use std::time::Duration;

use everbeat_client::{CallError, HeaderMap};
use jiff::fmt::rfc2822;

/// The longest pause in seconds.
const LONGEST_PAUSE: f64 = 20.0;

const TRANSIENT_STATUS: [u16; 4] = [500, 502, 503, 504];
const TRANSIENT_CODES: [&str; 3] = [
    "RequestTimeout",
    "RequestTimeoutException",
    "PriorRequestNotComplete",
];
const THROTTLING_CODES: [&str; 13] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestThrottled",
    "SlowDown",
    "EC2ThrottledException",
];

/// Another attempt may succeed.
pub(crate) fn is_worth_it(error: &CallError) -> bool {
    match error {
        CallError::Connection(_)
        | CallError::Closed(_)
        | CallError::ConnectTimeout
        | CallError::ReadTimeout
        | CallError::Tls(_)
        | CallError::Proxy { .. } => true,
        CallError::Service(fault) => {
            TRANSIENT_STATUS.contains(&fault.status)
                || TRANSIENT_CODES.contains(&fault.code.as_str())
                || is_throttling(error)
        }
        CallError::Protocol(_) => false,
    }
}

/// The service is asked too much.
pub(crate) fn is_throttling(error: &CallError) -> bool {
    let is_one = |code: &str| THROTTLING_CODES.contains(&code);
    error.fault().is_some_and(|fault| is_one(&fault.code))
}

/// When an answer was made, by the service's clock: seconds since 1970.
pub(crate) fn date(headers: &HeaderMap) -> Option<i64> {
    let text = headers.get("date")?.to_str().ok()?;
    let date = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(date.as_second())
}

/// How long the service asks to wait, which counts by the new rules.
pub(crate) fn wish(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("x-amz-retry-after")?.to_str().ok()?;
    text.parse().ok().map(Duration::from_millis)
}

/// The pause behind attempt number `attempt` by the rules of 2026: shorter unless the service is asked too much, and
/// longer by up to 5 s where it wishes so.
pub(crate) fn new_pause(
    attempt: u32,
    random: u32,
    is_throttling: bool,
    wish: Option<Duration>,
) -> Duration {
    let unit = if is_throttling { 1.0 } else { 0.05 };
    let pause = scaled(attempt, random, unit);
    let longest = pause + Duration::from_secs(5);
    wish.map_or(pause, |wish| wish.clamp(pause, longest))
}

/// The pause behind attempt number `attempt`, from 1: a `random` share of a time that doubles.
pub(crate) fn pause(attempt: u32, random: u32) -> Duration {
    scaled(attempt, random, 1.0)
}

fn scaled(attempt: u32, random: u32, unit: f64) -> Duration {
    let share = f64::from(random) / (f64::from(u32::MAX) + 1.0);
    let exponent = i32::try_from(attempt - 1).unwrap_or(i32::MAX);
    Duration::from_secs_f64(share * (unit * 2f64.powi(exponent)).min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use everbeat_client::ServiceFault;

    use super::*;

    fn fault(status: u16, code: &str) -> CallError {
        CallError::Service(ServiceFault {
            code: code.into(),
            message: Some(String::new()),
            message_member: None,
            status,
            request_id: None,
        })
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        assert!(is_worth_it(&fault(500, "InternalFailure")));
        assert!(is_worth_it(&fault(400, "ThrottlingException")));
        assert!(is_worth_it(&CallError::ReadTimeout));
        assert!(!is_worth_it(&fault(400, "LimitExceededFault")));
        assert!(!is_worth_it(&fault(429, "Other")));
        assert!(!is_worth_it(&CallError::Protocol(String::new())));
    }

    #[test]
    fn by_the_new_rules_the_services_wish_counts() {
        let half = 1 << 31;
        let milliseconds = |pause: Duration| pause.as_millis();
        assert_eq!(milliseconds(new_pause(1, half, false, None)), 25);
        assert_eq!(milliseconds(new_pause(2, half, true, None)), 1000);
        let wish = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(milliseconds(new_pause(1, half, false, wish(2))), 2000);
        assert_eq!(milliseconds(new_pause(1, half, false, wish(60))), 5025);
        assert!(is_throttling(&fault(400, "ThrottlingException")));
        assert!(!is_throttling(&fault(500, "InternalFailure")));
    }

    #[test]
    fn pauses_double_up_to_a_bound() {
        let half = 1 << 31;
        let pauses: Vec<f64> = [1, 2, 3, 6, 60]
            .map(|attempt| pause(attempt, half).as_secs_f64())
            .into();
        assert_eq!(pauses, [0.5, 1.0, 2.0, 10.0, 10.0]);
        assert_eq!(pause(1, 0), Duration::ZERO);
    }
}
