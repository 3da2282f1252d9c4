//! The canonical form of a request, which is what is signed (protocol.md section 6.3, rules 4 and 5).
//!
//! Client and server write it with the same functions.

/// The parts of a request that are signed.
#[derive(Debug, Clone, Copy)]
pub struct RequestParts<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Path as it stands in the request line, without query.
    pub path: &'a str,
    /// Query as it stands in the request line, without `?`.
    pub query: &'a str,
    /// Headers to sign: names in lower case, sorted, each once.
    pub headers: &'a [(&'a str, &'a str)],
    /// [`payload_hash`](super::payload_hash) of the body.
    pub payload_hash: &'a str,
}

/// The canonical form of a request. The headers are taken in the order given, which is the order in which the
/// client names them as signed.
pub fn canonical_request(parts: &RequestParts<'_>) -> String {
    let mut text = String::with_capacity(512);
    write_line(&mut text, parts.method, parts.path, parts.query);
    for (name, value) in parts.headers {
        text.push_str(name);
        write_value(&mut text, ':', value);
        text.push('\n');
    }
    write_names(&mut text, &signed_headers(parts.headers));
    text.push_str(parts.payload_hash);
    text
}

/// The names of the signed headers, joined by semicolons.
pub fn signed_headers(headers: &[(&str, &str)]) -> String {
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    names.join(";")
}

/// Method, path and query.
pub(super) fn write_line(text: &mut String, method: &str, path: &str, query: &str) {
    text.push_str(method);
    text.push('\n');
    if is_root(path) {
        text.push('/');
    } else {
        text.push_str(&canonical_path(path));
    }
    text.push('\n');
    if !query.is_empty() {
        text.push_str(&canonical_query(query));
    }
    text.push('\n');
}

/// A value of a header, trimmed and inner runs of blanks folded, behind `:` or, if it is not the first, `,`.
pub(super) fn write_value(text: &mut String, separator: char, value: &str) {
    text.push(separator);
    if !value.contains(' ') && !value.contains('\t') {
        text.push_str(value);
        return;
    }
    let mut words = value.split([' ', '\t']).filter(|word| !word.is_empty());
    if let Some(first) = words.next() {
        text.push_str(first);
    }
    for word in words {
        text.push(' ');
        text.push_str(word);
    }
}

/// What stands between the headers and the payload hash.
pub(super) fn write_names(text: &mut String, signed_headers: &str) {
    text.push('\n');
    text.push_str(signed_headers);
    text.push('\n');
}

fn is_root(path: &str) -> bool {
    path == "/" || path.is_empty()
}

/// The canonical path: dot segments and empty segments removed, then every byte except unreserved ones and `/`
/// percent-encoded, also `%` (protocol.md section 6.3, rule 5).
pub fn canonical_path(path: &str) -> String {
    if is_root(path) {
        return "/".into();
    }
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    let mut text = String::new();
    for segment in &segments {
        text.push('/');
        push_encoded(&mut text, segment.as_bytes());
    }
    if segments.is_empty() || path.ends_with('/') {
        text.push('/');
    }
    text
}

/// The canonical query: names and values percent-encoded afresh, sorted.
pub fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (encoded_afresh(name), encoded_afresh(value)))
        .collect();
    pairs.sort_unstable();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

/// Whether a query has a parameter of that name, however its letters are percent-encoded.
pub(super) fn has_parameter(query: &str, name: &str) -> bool {
    query
        .split('&')
        .filter_map(|pair| pair.split('=').next())
        .any(|found| percent_decoded(found) == name.as_bytes())
}

fn encoded_afresh(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    push_encoded(&mut encoded, &percent_decoded(text));
    encoded
}

/// A `%` that two hex digits do not follow stands for itself.
fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if let (b'%', [high, low, after @ ..]) = (first, after)
            && let (Some(high), Some(low)) = (hex_value(*high), hex_value(*low))
        {
            bytes.push(high * 16 + low);
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    bytes
}

fn hex_value(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

fn push_encoded(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_queries_are_brought_into_canonical_form() {
        for (path, canonical) in [
            ("", "/"),
            ("/", "/"),
            ("/base/y", "/base/y"),
            ("/base/p%20x/y", "/base/p%2520x/y"),
            ("/base/../y", "/y"),
            ("/../..", "/"),
            ("//a/./b/", "/a/b/"),
            ("/%zz%2", "/%25zz%252"),
            ("*", "/%2A"),
        ] {
            assert_eq!(canonical_path(path), canonical);
        }
        assert_eq!(canonical_query("b=2&a=%7e1&a=x y&c"), "a=x%20y&a=~1&b=2&c=");
        assert_eq!(canonical_query("&&=&%=%2&a=b=c"), "=&%25=%252&a=b%3Dc");
    }

    #[test]
    fn header_values_are_trimmed_and_folded() {
        let mut text = String::new();
        for (separator, value) in [(':', "  a   b \t c "), (',', "d"), (',', ""), (',', "  ")] {
            write_value(&mut text, separator, value);
        }
        assert_eq!(text, ":a b c,d,,");
    }

    #[test]
    fn parameters_are_found_in_any_encoding() {
        assert!(has_parameter("a&X-Amz-Algorithm=x", "X-Amz-Algorithm"));
        assert!(has_parameter("X-Amz-%41lgorithm", "X-Amz-Algorithm"));
        assert!(!has_parameter("a=X-Amz-Algorithm", "X-Amz-Algorithm"));
        assert!(!has_parameter("", "X-Amz-Algorithm"));
    }
}
