//! What comes of a call, cut to what the events can hold.

use everbeat_model::shape::{Described, Shape};
use everbeat_model::{Data, FailureReason};

use crate::transport::Body;

/// What came of calling a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The function answered: LambdaFunctionCompleted.
    Completed {
        /// Its answer, up to 32,768 characters.
        result: String,
    },
    /// The function failed, or could not be called: LambdaFunctionFailed.
    Failed {
        /// The kind of a function's error, or the code of what went wrong with the call; up to 256 characters.
        reason: String,
        /// The function's payload, or a text about it; up to 32,768 characters, longer ones are cut.
        details: String,
    },
    /// The time-out passed: LambdaFunctionTimedOut.
    TimedOut,
}

impl Outcome {
    /// The answer of a function that ended well. An answer that no event can hold is a failure: what a decider gets
    /// must be what the function said, whole.
    pub(crate) fn answered(body: &Body) -> Self {
        let longest = longest::<Data>();
        let length = body.text().chars().count();
        if !body.is_whole() || length > longest {
            return Self::failed(
                "ResultTooLong",
                format!("The function's answer is longer than {longest} characters."),
            );
        }
        match body.strict_text() {
            Some(text) => Self::Completed {
                result: text.into(),
            },
            None => Self::failed("ResultNotText", "The function's answer is not UTF-8 text."),
        }
    }

    /// A failure, cut to length.
    pub(crate) fn failed(reason: impl AsRef<str>, details: impl AsRef<str>) -> Self {
        Self::Failed {
            reason: cut(reason.as_ref(), longest::<FailureReason>()),
            details: cut(details.as_ref(), longest::<Data>()),
        }
    }
}

/// So many bytes hold every text of an event's member.
pub(crate) fn most_bytes() -> usize {
    longest::<Data>() * char::MAX.len_utf8()
}

/// The greatest length of a text, in characters.
fn longest<T: Described>() -> usize {
    let Shape::String(text) = T::SHAPE else {
        return 0;
    };
    text.max
}

fn cut(text: &str, length: usize) -> String {
    text.chars().take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_fit_or_fail() {
        let longest = "ü".repeat(32_768);
        let whole = |bytes: &[u8]| Outcome::answered(&Body::whole(bytes.to_vec()));
        assert_eq!(
            whole(longest.as_bytes()),
            Outcome::Completed {
                result: longest.clone()
            }
        );
        let Outcome::Failed { reason, .. } = whole(format!("{longest}x").as_bytes()) else {
            panic!("too long");
        };
        assert_eq!(reason, "ResultTooLong");
        let Outcome::Failed { reason, .. } = whole(b"\xff") else {
            panic!("no text");
        };
        assert_eq!(reason, "ResultNotText");
    }

    #[test]
    fn failures_are_cut() {
        let Outcome::Failed { reason, details } =
            Outcome::failed("ä".repeat(300), "ö".repeat(40_000))
        else {
            panic!("a failure");
        };
        assert_eq!(reason.chars().count(), 256);
        assert_eq!(details.chars().count(), 32_768);
    }
}
