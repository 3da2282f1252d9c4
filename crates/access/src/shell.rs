//! Paths as words of a shell, for the commands that messages propose.

use std::path::Path;

/// The path, in quotes if a shell needs them.
pub(crate) fn word(path: &Path) -> String {
    let text = path.display().to_string();
    match shlex::try_quote(&text) {
        Ok(quoted) => quoted.into_owned(),
        // No path has a zero byte.
        Err(_) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_needs_quotes_gets_them() {
        for (path, expected) in [
            ("./access/policies", "./access/policies"),
            ("my access", "'my access'"),
            ("$HOME", "'$HOME'"),
        ] {
            assert_eq!(word(Path::new(path)), expected);
        }
    }
}
