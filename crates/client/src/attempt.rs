//! What a request tells the service of the attempts before it (cli.md section 9).

use std::fmt::Write;
use std::time::Duration;

use everbeat_wire::sigv4::amz_date;

const INVOCATION: &str = "amz-sdk-invocation-id";
const ATTEMPT: &str = "amz-sdk-request";

/// One of the attempts to make a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    invocation_id: String,
    number: u32,
    max: Option<u32>,
    /// Until when the client waits for an answer, by the service's clock.
    ttl: Option<String>,
}

impl Attempt {
    /// The first attempt of a new call, which `random` names.
    pub fn first(random: [u8; 16]) -> Self {
        Self {
            invocation_id: uuid(random),
            number: 1,
            max: None,
            ttl: None,
        }
    }

    /// The number of the attempt, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The attempt behind this one. `server_time` is the `Date` of the answer that made it necessary, in seconds since
    /// 1970, and `read_timeout` the time that the client will wait; without one of them the last time told stays.
    #[must_use]
    pub fn next(
        self,
        max_attempts: u32,
        server_time: Option<i64>,
        read_timeout: Option<Duration>,
    ) -> Self {
        let told = server_time.zip(read_timeout).map(|(now, timeout)| {
            let seconds = i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX);
            amz_date(now.saturating_add(seconds))
        });
        Self {
            number: self.number + 1,
            max: Some(max_attempts),
            ttl: told.or(self.ttl),
            ..self
        }
    }

    /// The headers that tell of it.
    pub(crate) fn headers(&self) -> [(&'static str, String); 2] {
        let mut text = String::new();
        if let Some(ttl) = &self.ttl {
            let _ = write!(text, "ttl={ttl}; ");
        }
        let _ = write!(text, "attempt={}", self.number);
        if let Some(max) = self.max {
            let _ = write!(text, "; max={max}");
        }
        [(INVOCATION, self.invocation_id.clone()), (ATTEMPT, text)]
    }
}

/// A random UUID (RFC 9562, version 4).
fn uuid(mut random: [u8; 16]) -> String {
    random[6] = random[6] & 0x0f | 0x40;
    random[8] = random[8] & 0x3f | 0x80;
    let mut text = String::new();
    for (position, byte) in random.iter().enumerate() {
        if [4, 6, 8, 10].contains(&position) {
            text.push('-');
        }
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_tell_of_each_other() {
        let second = Duration::from_secs(60);
        let first = Attempt::first([0xff; 16]);
        let [(_, id), (_, told)] = first.headers();
        assert_eq!(id, "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(told, "attempt=1");
        let next = first.clone().next(3, None, Some(second));
        assert_eq!(next.headers()[1].1, "attempt=2; max=3");
        let next = first.next(3, Some(1_000_000_000), Some(second));
        assert_eq!(next.headers()[0].1, id);
        let expected = "ttl=20010909T014740Z; attempt=2; max=3";
        assert_eq!(next.headers()[1].1, expected);
        let next = next.next(3, None, None);
        assert_eq!(
            next.headers()[1].1,
            "ttl=20010909T014740Z; attempt=3; max=3"
        );
    }
}
