//! When a call is tried again, and after how long: the reference's `standard` mode (cli.md section 11).

use std::time::Duration;

use everbeat_client::CallError;

/// The longest pause in seconds.
const LONGEST_PAUSE: f64 = 20.0;

const TRANSIENT_STATUS: [u16; 4] = [500, 502, 503, 504];
const TRANSIENT_CODES: [&str; 16] = [
    "RequestTimeout",
    "RequestTimeoutException",
    "PriorRequestNotComplete",
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
        | CallError::ReadTimeout => true,
        CallError::Service(fault) => {
            TRANSIENT_STATUS.contains(&fault.status)
                || TRANSIENT_CODES.contains(&fault.code.as_str())
        }
        CallError::Protocol(_) => false,
    }
}

/// The pause behind attempt number `attempt`, from 1: a `random` share of a time that doubles.
pub(crate) fn pause(attempt: u32, random: u32) -> Duration {
    let share = f64::from(random) / (f64::from(u32::MAX) + 1.0);
    let exponent = i32::try_from(attempt - 1).unwrap_or(i32::MAX);
    Duration::from_secs_f64(share * 2f64.powi(exponent).min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use everbeat_client::ServiceFault;

    use super::*;

    fn fault(status: u16, code: &str) -> CallError {
        CallError::Service(ServiceFault {
            code: code.into(),
            message: String::new(),
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
    fn pauses_double_up_to_a_bound() {
        let half = 1 << 31;
        let pauses: Vec<f64> = [1, 2, 3, 6, 60]
            .map(|attempt| pause(attempt, half).as_secs_f64())
            .into();
        assert_eq!(pauses, [0.5, 1.0, 2.0, 10.0, 10.0]);
        assert_eq!(pause(1, 0), Duration::ZERO);
    }
}
