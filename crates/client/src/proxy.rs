//! Which proxy a request goes through (cli.md section 9): the variables `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` by
//! the rules of Python's urllib, which differ from those of every library in corners that scripts may lean on. Only the
//! choice is made here; the connector speaks to the proxy.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Uri};

use crate::endpoint::Endpoint;
use crate::shared_files::Variables;

/// What user and password are shown as.
const MASK: &str = "***:***";

/// A proxy that a request goes through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    pub(crate) uri: Uri,
    /// `Proxy-Authorization`, when the URL holds user and password.
    pub(crate) authorization: Option<HeaderValue>,
    shown: String,
}

impl Proxy {
    /// The proxy that the variables name for an endpoint. A URL that cannot be used is taken as a proxy that cannot be
    /// reached.
    pub fn for_endpoint(endpoint: &Endpoint, variables: &Variables) -> Option<Self> {
        if is_excepted(endpoint.host(), setting(variables, "no").as_deref()) {
            return None;
        }
        let scheme = endpoint.uri().scheme_str()?;
        let url = setting(variables, scheme)?;
        // What the web server calls so comes from the request of a stranger.
        let is_from_stranger = scheme == "http"
            && variables.contains_key("REQUEST_METHOD")
            && !has_lower_case(variables, scheme);
        (!is_from_stranger).then(|| Self::named(&url))
    }

    fn named(url: &str) -> Self {
        let url = if url.starts_with("http:") || url.starts_with("https:") {
            url.to_owned()
        } else if url.starts_with("//") {
            format!("http:{url}")
        } else {
            format!("http://{url}")
        };
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", ""));
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let authority = &rest[..end];
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        Self {
            uri: format!("{scheme}://{host}/").parse().unwrap_or_default(),
            authorization: user.and_then(basic),
            shown: masked(&url),
        }
    }

    /// The URL for people, without user and password.
    pub fn shown(&self) -> &str {
        &self.shown
    }
}

/// A URL without user and password. A password may hold what ends the authority, unescaped: nothing before the last `@`
/// is shown, wherever it stands.
fn masked(url: &str) -> String {
    let scheme = url.split(':').next().unwrap_or_default();
    match url.rsplit_once('@') {
        Some((_, rest)) => format!("{scheme}://{MASK}@{rest}"),
        None => url.into(),
    }
}

/// Only a user with a password counts.
fn basic(user: &str) -> Option<HeaderValue> {
    let (name, password) = user.split_once(':')?;
    let (name, password) = (unquoted(name), unquoted(password));
    if name.is_empty() || password.is_empty() {
        return None;
    }
    let text = STANDARD.encode([name, vec![b':'], password].concat());
    let mut value = HeaderValue::try_from(format!("Basic {text}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Puts in what stands behind percent signs.
fn unquoted(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let code = behind
            .get(..2)
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(code) if first == b'%' => {
                bytes.push(code);
                rest = &behind[2..];
            }
            _ => {
                bytes.push(first);
                rest = behind;
            }
        }
    }
    bytes
}

fn has_lower_case(variables: &Variables, scheme: &str) -> bool {
    variables
        .iter()
        .any(|(name, value)| name_of(name) == Some(scheme) && !value.is_empty())
}

/// The part before `_proxy`, which is in lower case here.
fn name_of(variable: &str) -> Option<&str> {
    variable.strip_suffix("_proxy")
}

/// The value of `NAME_proxy`: lower case wins over any other, and takes it away when it is empty.
fn setting(variables: &Variables, name: &str) -> Option<String> {
    let spelled = |variable: &str| {
        let lower = variable.to_ascii_lowercase();
        name_of(&lower) == Some(name)
    };
    let lower = variables
        .iter()
        .filter(|(variable, _)| variable.ends_with("_proxy") && spelled(variable))
        .map(|(_, value)| value)
        .next_back();
    let value = lower.or_else(|| {
        variables
            .iter()
            .filter(|(variable, value)| spelled(variable) && !value.is_empty())
            .map(|(_, value)| value)
            .next_back()
    })?;
    (!value.is_empty()).then(|| value.clone())
}

fn is_excepted(host: &str, exceptions: Option<&str>) -> bool {
    let Some(exceptions) = exceptions else {
        return false;
    };
    if exceptions == "*" {
        return true;
    }
    let bare = match host.rsplit_once(':') {
        Some((bare, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => bare,
        _ => host,
    };
    exceptions
        .split(',')
        .map(|name| name.trim().trim_start_matches('.').to_ascii_lowercase())
        .filter(|name| !name.is_empty())
        .any(|name| {
            [bare, host].iter().any(|host| {
                host.strip_suffix(name.as_str())
                    .is_some_and(|before| before.is_empty() || before.ends_with('.'))
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(url: &str, set: &[(&str, &str)]) -> Option<String> {
        let variables = set
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        let endpoint = Endpoint::parse(url).expect("a URL");
        Proxy::for_endpoint(&endpoint, &variables).map(|proxy| proxy.shown().to_owned())
    }

    #[test]
    fn the_variable_of_the_scheme_decides_and_lower_case_wins() {
        let plain = "http://127.0.0.1:80";
        for (set, expected) in [
            (&[("HTTP_PROXY", "http://a:1")][..], Some("http://a:1")),
            (&[("Http_Proxy", "http://a:1")], Some("http://a:1")),
            (&[("ALL_PROXY", "http://a:1")], None),
            (&[("HTTPS_PROXY", "http://a:1")], None),
            (
                &[("HTTP_PROXY", "b"), ("http_proxy", "a")],
                Some("http://a"),
            ),
            (&[("HTTP_PROXY", "b"), ("http_proxy", "")], None),
            (&[("HTTP_PROXY", "b"), ("REQUEST_METHOD", "x")], None),
            (
                &[("http_proxy", "//a"), ("REQUEST_METHOD", "x")],
                Some("http://a"),
            ),
            (&[("http_proxy", "ftp://a")], Some("http://ftp://a")),
            (
                &[("http_proxy", "http://us:pw@a:1")],
                Some("http://***:***@a:1"),
            ),
        ] {
            assert_eq!(chosen(plain, set).as_deref(), expected, "{set:?}");
        }
        let set = [("HTTPS_PROXY", "a:1")];
        assert_eq!(chosen("https://x", &set).as_deref(), Some("http://a:1"));
    }

    #[test]
    fn exceptions_are_ends_of_names() {
        for (url, exceptions, is_excepted) in [
            ("http://127.0.0.1:81", "*", true),
            ("http://127.0.0.1:81", "*,x", false),
            ("http://127.0.0.1:81", "0.0.1", true),
            ("http://127.0.0.1:81", ".0.0.1", true),
            ("http://127.0.0.1:81", "1", true),
            ("http://127.0.0.1:81", " 127.0.0.1 , x", true),
            ("http://127.0.0.1:81", "127.0.0.1:81", true),
            ("http://127.0.0.1:81", "127.0.0.1:82", false),
            ("http://127.0.0.1:81", "localhost", false),
            ("http://a.example.com", "Example.com", true),
            ("http://anexample.com", "example.com", false),
        ] {
            let set = [("http_proxy", "p"), ("NO_PROXY", exceptions)];
            assert_eq!(
                chosen(url, &set).is_none(),
                is_excepted,
                "{url} {exceptions}"
            );
        }
    }

    #[test]
    fn no_password_is_shown() {
        for url in [
            "http://user:p#s3cret@a:1",
            "http://user:p/s3cret@a:1",
            "http://user:p?s3cret@a:1",
            "http://user:p@s3cret@a:1",
            "http://user:p://s3cret@a:1",
            "user:s3cret@a:1",
            "http:user:s3cret@a:1",
            "http:user:s3cret://x@a:1",
        ] {
            assert_eq!(Proxy::named(url).shown(), "http://***:***@a:1", "{url}");
        }
    }

    #[test]
    fn user_and_password_become_a_header() {
        let proxy = Proxy::named("http://u:p%40@a:1");
        let value = proxy.authorization.expect("a header");
        assert_eq!(value, "Basic dTpwQA==");
        assert_eq!(proxy.uri, "http://a:1/");
        assert!(Proxy::named("http://u@a:1").authorization.is_none());
    }
}
