//! Where the credentials of a container are asked for. A variable may name any URL, and the token that goes there is a
//! secret: only the machine itself and a few hosts next to it are asked.

use std::net::IpAddr;

use http::Uri;

use crate::error::CredentialError;

const RELATIVE: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
/// What the relative one is relative to.
const BASE: &str = "http://169.254.170.2";
/// The hosts besides the machine itself that a container's credentials may be asked of.
const HOSTS: [&str; 4] = [
    "169.254.170.2",
    "169.254.170.23",
    "fd00:ec2::23",
    "localhost",
];

/// The URL that the variables name. The relative one wins, as in the reference.
pub(crate) fn url(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let relative = variable(RELATIVE).map(|path| format!("{BASE}{path}"));
    relative.or_else(|| variable(FULL))
}

/// # Errors
/// The URL is of a host that is not asked.
pub(crate) fn check_host(url: &str) -> Result<(), CredentialError> {
    let uri: Option<Uri> = url.parse().ok();
    let host = uri
        .as_ref()
        .filter(|uri| uri.scheme().is_some())
        .and_then(Uri::host)
        .map_or("None".into(), str::to_ascii_lowercase);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = host
        .parse()
        .is_ok_and(|address: IpAddr| address.is_loopback());
    let is_https = uri.as_ref().and_then(Uri::scheme_str) == Some("https");
    if is_https || is_loopback || HOSTS.contains(&host) {
        return Ok(());
    }
    let hosts = HOSTS.join(", ");
    Err(CredentialError::Configured(format!(
        "Unsupported host '{host}'.  Can only retrieve metadata from a loopback address or one of these hosts: {hosts}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url_of(set: &[(&str, &str)]) -> Option<String> {
        url(|name| {
            let found = set.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).into())
        })
    }

    #[test]
    fn the_relative_one_wins() {
        let full = (FULL, "http://localhost/full");
        assert_eq!(url_of(&[full]).as_deref(), Some("http://localhost/full"));
        let both = url_of(&[full, (RELATIVE, "/me")]);
        assert_eq!(both.as_deref(), Some("http://169.254.170.2/me"));
        assert_eq!(url_of(&[]), None);
    }

    #[test]
    fn only_the_machine_is_asked() {
        for url in [
            "http://169.254.170.2/me",
            "http://169.254.170.23/me",
            "http://[fd00:ec2::23]/me",
            "http://LOCALHOST:8/me",
            "http://127.0.0.2/me",
            "http://[::1]:8/me",
            "https://127.0.0.1/me",
            "https://example.invalid/x",
        ] {
            assert!(check_host(url).is_ok(), "{url}");
        }
        for (url, host) in [
            ("http://example.invalid/x", "example.invalid"),
            ("http://127.0.0.1@example.invalid/x", "example.invalid"),
            // What a relative path can make of the base.
            ("http://169.254.170.2@example.invalid/x", "example.invalid"),
            (
                "http://169.254.170.2.example.invalid/x",
                "169.254.170.2.example.invalid",
            ),
            ("x", "None"),
            ("", "None"),
        ] {
            let text = format!(
                "Unsupported host '{host}'.  Can only retrieve metadata from a loopback address or one of these \
                 hosts: 169.254.170.2, 169.254.170.23, fd00:ec2::23, localhost"
            );
            let error = check_host(url).expect_err("a stranger");
            assert_eq!(error.to_string(), text, "{url}");
        }
    }
}
