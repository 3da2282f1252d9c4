//! The log of `--debug` on standard error, in the form of the reference's (cli.md section 17.1). Secrets and signatures
//! never reach it: who calls it leaves them out.

use std::fmt::Display;
use std::io::Write;

use jiff::Zoned;

/// Writes lines if it is on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Log {
    is_on: bool,
}

impl Log {
    pub(crate) const fn new(is_on: bool) -> Self {
        Self { is_on }
    }

    /// One line, or more if the message has some.
    pub(crate) fn tell(self, logger: &str, message: impl Display) {
        if self.is_on {
            let now = Zoned::now();
            let line = format!(
                "{},{:03} - MainThread - {logger} - DEBUG - {message}\n",
                now.strftime("%Y-%m-%d %H:%M:%S"),
                now.millisecond()
            );
            // A program that cannot write to standard error has nobody to tell.
            let _ = std::io::stderr().write_all(line.as_bytes());
        }
    }
}

/// A word of the line without the user and the password of a URL in it.
pub(crate) fn masked(word: &str) -> String {
    match word.split_once("://") {
        Some((scheme, rest)) if rest.contains('@') => {
            let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
            format!("{scheme}://***@{host}")
        }
        _ => word.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn users_and_passwords_of_urls_are_masked() {
        assert_eq!(masked("http://u:s#@c@h:1/p"), "http://***@h:1/p");
        for word in ["http://h:1/p", "a@b", "x"] {
            assert_eq!(masked(word), word);
        }
    }
}
