//! Where a server is: scheme, authority and path of a URL, checked once.

use std::fmt;

use http::Uri;

/// A server's base URL. Path and query are kept as given; a bare authority gets the path `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    uri: Uri,
    host: String,
}

/// Why a text is no endpoint that this version can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndpointError {
    /// No `http://` or `https://` in front.
    NoScheme(String),
    /// Not a URL with a host.
    Malformed(String),
    /// An `https://` endpoint.
    TlsNotServed(String),
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
            Self::TlsNotServed(text) => write!(
                f,
                "The endpoint {text} needs TLS, which comes with a later version of Everbeat; this one speaks plain \
                 http:// only."
            ),
        }
    }
}

impl std::error::Error for EndpointError {}

impl Endpoint {
    /// Reads a URL.
    ///
    /// # Errors
    /// When the scheme is missing or is not `http`, or there is no host.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let Some((scheme, _)) = text.split_once("://") else {
            return Err(EndpointError::NoScheme(text.into()));
        };
        if scheme.eq_ignore_ascii_case("https") {
            return Err(EndpointError::TlsNotServed(text.into()));
        }
        let malformed = || EndpointError::Malformed(text.into());
        let uri: Uri = text.parse().map_err(|_| malformed())?;
        let authority = uri.authority().ok_or_else(malformed)?;
        let has_user = authority.as_str().contains('@');
        if uri.scheme_str() != Some("http") || authority.host().is_empty() || has_user {
            return Err(malformed());
        }
        let host = match authority.port_u16() {
            Some(80) => authority.host().into(),
            _ => authority.to_string(),
        };
        Ok(Self { uri, host })
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

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_as_given() {
        let endpoint = Endpoint::parse("http://127.0.0.1:7930").expect("a URL");
        assert_eq!(endpoint.to_string(), "http://127.0.0.1:7930/");
        assert_eq!(endpoint.host(), "127.0.0.1:7930");
        let endpoint = Endpoint::parse("http://swf.test:80/base/x?y=z").expect("a URL");
        assert_eq!(endpoint.uri().path(), "/base/x");
        assert_eq!(endpoint.host(), "swf.test");
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (text, error) in [
            ("foo", EndpointError::NoScheme("foo".into())),
            ("http://", EndpointError::Malformed("http://".into())),
            ("ftp://a/", EndpointError::Malformed("ftp://a/".into())),
            (
                "http://a b/",
                EndpointError::Malformed("http://a b/".into()),
            ),
            (
                "https://a/",
                EndpointError::TlsNotServed("https://a/".into()),
            ),
        ] {
            assert_eq!(Endpoint::parse(text), Err(error));
        }
    }
}
