//! What an `Authorization` header holds: an algorithm, and behind it the parameters Credential, SignedHeaders and
//! Signature, separated by commas, blanks, or both (protocol.md section 6.2). Other parameters mean nothing.

use everbeat_model::Fault;

use super::refusals;

/// What every version of the scheme begins with.
pub(super) const SCHEME: &[u8] = b"AWS4-";

/// The parameters, none of them empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Authorization<'a> {
    pub(super) algorithm: &'a str,
    pub(super) credential: &'a str,
    pub(super) signed_headers: &'a str,
    pub(super) signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Takes a header apart. `has_date` says whether the request has a date of either kind; that it has none is told
    /// together with missing parameters.
    ///
    /// # Errors
    /// IncompleteSignatureException for an element that is no pair, and for missing parts. A parameter that is given
    /// twice leaves open what was meant, so such a signature does not match.
    pub(super) fn read(header: &'a str, has_date: bool) -> Result<Self, Fault> {
        let (algorithm, parameters) = header.split_once([' ', ',']).unwrap_or((header, ""));
        let mut read = Self {
            algorithm,
            ..Self::default()
        };
        let mut is_ambiguous = false;
        let elements = parameters.split(',').flat_map(|part| part.split(' '));
        for element in elements.filter(|text| !text.is_empty()) {
            let Some((name, value)) = element.split_once('=') else {
                return Err(refusals::not_a_pair(element, header));
            };
            if let Some(place) = read.parameter(name) {
                is_ambiguous |= !place.is_empty();
                *place = value;
            }
        }
        let parameters = [
            ("Credential", !read.credential.is_empty()),
            ("Signature", !read.signature.is_empty()),
            ("SignedHeaders", !read.signed_headers.is_empty()),
        ];
        match refusals::missing_parts(&parameters, has_date, header) {
            Some(refusal) => Err(refusal),
            None if is_ambiguous => Err(refusals::mismatch()),
            None => Ok(read),
        }
    }

    fn parameter(&mut self, name: &str) -> Option<&mut &'a str> {
        match name {
            "Credential" => Some(&mut self.credential),
            "SignedHeaders" => Some(&mut self.signed_headers),
            "Signature" => Some(&mut self.signature),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_separators_mean_the_same() {
        let expected = Authorization {
            algorithm: "AWS4-X",
            credential: "a/b",
            signed_headers: "host;x",
            signature: "=0",
        };
        for header in [
            "AWS4-X Credential=a/b, SignedHeaders=host;x, Signature==0",
            "AWS4-X Credential=a/b,SignedHeaders=host;x,Signature==0",
            "AWS4-X Credential=a/b SignedHeaders=host;x Signature==0",
            "AWS4-X,Signature==0,,  ,SignedHeaders=host;x , Credential=a/b,",
            "AWS4-X Other=1, Credential=a/b, SignedHeaders=host;x, Signature==0, credential=c",
        ] {
            assert_eq!(Authorization::read(header, true), Ok(expected), "{header}");
        }
    }
}
