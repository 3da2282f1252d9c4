//! What a shell must set so that every SWF client finds a server.

use crate::DEFAULT_KEY;

/// Lines for a shell to evaluate: endpoint, region, and a key for a server that checks no signatures.
pub fn environment_lines(endpoint: &str, region: &str) -> Vec<String> {
    let mut lines = endpoint_lines(endpoint, region);
    lines.push(export("AWS_ACCESS_KEY_ID", DEFAULT_KEY));
    lines.push(export("AWS_SECRET_ACCESS_KEY", DEFAULT_KEY));
    lines
}

/// Lines for a shell to evaluate: endpoint and region. A server that checks signatures takes no key but its callers' own.
pub fn endpoint_lines(endpoint: &str, region: &str) -> Vec<String> {
    vec![
        export("AWS_ENDPOINT_URL_SWF", endpoint),
        export("AWS_REGION", region),
        // Python's SDK and version 1 of the AWS command line know only this name.
        export("AWS_DEFAULT_REGION", region),
    ]
}

fn export(name: &str, value: &str) -> String {
    format!("export {name}={}", quoted(value))
}

/// A word as a shell reads it back: in single quotes unless every character is harmless.
fn quoted(word: &str) -> String {
    let harmless =
        |character: char| character.is_ascii_alphanumeric() || "_@%+=:,./-".contains(character);
    if !word.is_empty() && word.chars().all(harmless) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_lines_back() {
        assert_eq!(
            environment_lines("http://127.0.0.1:7930", "us-east-1"),
            [
                "export AWS_ENDPOINT_URL_SWF=http://127.0.0.1:7930",
                "export AWS_REGION=us-east-1",
                "export AWS_DEFAULT_REGION=us-east-1",
                "export AWS_ACCESS_KEY_ID=everbeat",
                "export AWS_SECRET_ACCESS_KEY=everbeat",
            ]
        );
        assert_eq!(quoted("a;b'c"), r"'a;b'\''c'");
        assert_eq!(quoted("http://[::1]:7930"), "'http://[::1]:7930'");
        assert_eq!(quoted(""), "''");
    }
}
