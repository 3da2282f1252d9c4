//! Where a server is: scheme, authority and path of a URL, checked once.

use std::fmt;

use http::Uri;

/// The longest name of a host, in bytes.
const LONGEST_HOST: usize = 255;
/// The longest part of a name between dots, in bytes.
const LONGEST_LABEL: usize = 63;

/// A server's base URL. Path and query are kept as given; a bare authority gets the path `/`. A user in front of the
/// host is left out, as the reference does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    uri: Uri,
    host: String,
}

/// Why a text is no endpoint that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndpointError {
    /// No `http://` or `https://` in front.
    NoScheme(String),
    /// Not a URL with a host.
    Malformed(String),
    /// A scheme that is neither `http` nor `https`. Holds it.
    UnknownScheme(String),
    /// The port is no number. Holds it.
    PortNoNumber(String),
    /// The port is above 65535.
    PortOutOfRange,
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoScheme(text) => write!(
                f,
                "Bad value for --endpoint-url \"{text}\": scheme is missing.  Must be of the form \
                 http://<hostname>/ or https://<hostname>/"
            ),
            Self::Malformed(text) => write!(f, "Invalid endpoint: {text}"),
            Self::UnknownScheme(scheme) => write!(
                f,
                "An HTTP Client raised an unhandled exception: Not supported URL scheme {scheme}"
            ),
            Self::PortNoNumber(port) => {
                write!(f, "Port could not be cast to integer value as '{port}'")
            }
            Self::PortOutOfRange => f.write_str("Port out of range 0-65535"),
        }
    }
}

impl std::error::Error for EndpointError {}

impl Endpoint {
    /// Reads a URL.
    ///
    /// # Errors
    /// When scheme, host or port are missing or ill-formed.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let malformed = || EndpointError::Malformed(text.into());
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(EndpointError::NoScheme(text.into()));
        };
        let scheme = scheme.to_ascii_lowercase();
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let authority = authority
            .rsplit_once('@')
            .map_or(authority, |(_, rest)| rest);
        let (host, port) = split_port(authority);
        let host = host.to_ascii_lowercase();
        if !is_host(&host) {
            return Err(malformed());
        }
        let port = port.map(port_number).transpose()?.flatten();
        let own_port = match scheme.as_str() {
            "http" => 80,
            "https" => 443,
            _ => return Err(EndpointError::UnknownScheme(scheme)),
        };
        let host = match port.filter(|port| *port != own_port) {
            Some(port) => format!("{host}:{port}"),
            None => host,
        };
        let uri = format!("{scheme}://{host}{}", escaped(path));
        let uri: Uri = uri.parse().map_err(|_| malformed())?;
        Ok(Self { uri, host })
    }

    /// Whether the server is spoken to over TLS.
    pub fn is_secure(&self) -> bool {
        self.uri.scheme() == Some(&http::uri::Scheme::HTTPS)
    }

    /// The whole URL, with a path.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Value of the `Host` header: the port is left out when it is the scheme's own.
    pub fn host(&self) -> &str {
        &self.host
    }
}

/// A path with everything escaped that cannot stand in a request line.
fn escaped(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'!'..=b'~' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)
    }
}

/// The host, with the brackets of an IPv6 address, and what stands behind the colon.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    let behind_address = authority.rfind(']').map_or(0, |position| position + 1);
    match authority[behind_address..].rfind(':') {
        Some(colon) => {
            let (host, port) = authority.split_at(behind_address + colon);
            (host, port.get(1..))
        }
        None => (authority, None),
    }
}

/// An empty port counts as none.
fn port_number(text: &str) -> Result<Option<u16>, EndpointError> {
    if text.is_empty() {
        return Ok(None);
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(EndpointError::PortNoNumber(text.into()));
    }
    text.parse()
        .map(Some)
        .map_err(|_| EndpointError::PortOutOfRange)
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let is_label = |label: &str| {
        (1..=LONGEST_LABEL).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.len() <= LONGEST_HOST && name.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_as_given() {
        for (text, url, host) in [
            (
                "http://127.0.0.1:7930",
                "http://127.0.0.1:7930/",
                "127.0.0.1:7930",
            ),
            (
                "http://swf.test:80/base/x?y=z",
                "http://swf.test/base/x?y=z",
                "swf.test",
            ),
            ("http://swf.test/base/", "http://swf.test/base/", "swf.test"),
            ("HTTPS://SWF.test:443", "https://swf.test/", "swf.test"),
            ("https://swf.test:80", "https://swf.test:80/", "swf.test:80"),
            ("http://u:p@a:/", "http://a/", "a"),
            ("http://[::1]:1", "http://[::1]:1/", "[::1]:1"),
            ("http://a/b#c", "http://a/b", "a"),
        ] {
            let endpoint = Endpoint::parse(text).expect("a URL");
            assert_eq!(
                (endpoint.to_string().as_str(), endpoint.host()),
                (url, host)
            );
        }
        assert!(Endpoint::parse("https://a").is_ok_and(|endpoint| endpoint.is_secure()));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let malformed = |text: &str| (text.to_owned(), EndpointError::Malformed(text.into()));
        let mut cases: Vec<(String, EndpointError)> = [
            "http://",
            "http://a_b/",
            "http://a b/",
            "http://-a",
            "http://a..b",
            "http://[x]",
        ]
        .map(malformed)
        .into();
        cases.extend([
            ("foo".into(), EndpointError::NoScheme("foo".into())),
            (
                "ftp://a/".into(),
                EndpointError::UnknownScheme("ftp".into()),
            ),
            (
                "http://a:b/".into(),
                EndpointError::PortNoNumber("b".into()),
            ),
            ("http://a:99999/".into(), EndpointError::PortOutOfRange),
        ]);
        for (text, error) in cases {
            assert_eq!(Endpoint::parse(&text), Err(error), "{text}");
        }
    }
}
