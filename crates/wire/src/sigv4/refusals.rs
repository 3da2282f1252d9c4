//! The answer for every way in which a signature can fail: type and text (protocol.md section 6.5, in its order).

use everbeat_model::{Fault, FaultKind};

use super::dates::amz_date;
use super::{ALGORITHM, SERVICE, TERMINATOR};

/// Signed in the query and in a header.
pub(super) fn signed_twice() -> Fault {
    FaultKind::InvalidSignatureException.with(
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    )
}

/// Signed in the query.
pub(super) fn signed_in_query() -> Fault {
    FaultKind::InvalidSignatureException
        .with("Query-string authentication is not supported for this operation")
}

/// Not signed.
pub(super) fn not_signed() -> Fault {
    FaultKind::MissingAuthenticationTokenException.with("Missing Authentication Token")
}

/// An element of the Authorization header that is no pair.
pub(super) fn not_a_pair(element: &str, authorization: &str) -> Fault {
    FaultKind::IncompleteSignatureException.with(format!(
        "'{element}' not a valid key=value pair (missing equal-sign) in Authorization header: '{authorization}'."
    ))
}

/// Parts that are missing: parameters of the Authorization header, or a date. None if nothing is.
pub(super) fn missing_parts(
    parameters: &[(&str, bool)],
    has_date: bool,
    authorization: &str,
) -> Option<Fault> {
    let mut text: String = parameters
        .iter()
        .filter(|(_, is_there)| !is_there)
        .map(|(name, _)| format!("Authorization header requires '{name}' parameter. "))
        .collect();
    if !has_date {
        text +=
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
    }
    if text.is_empty() {
        return None;
    }
    text += &format!("Authorization={authorization}");
    Some(FaultKind::IncompleteSignatureException.with(text))
}

/// A date that cannot be read.
pub(super) fn unreadable_date(date: &str) -> Fault {
    FaultKind::IncompleteSignatureException.with(format!(
        "Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601"
    ))
}

/// Signed before `limit`, which is five minutes ago.
pub(super) fn too_old(signed_at: i64, limit: i64, now: i64) -> Fault {
    FaultKind::InvalidSignatureException.with(format!(
        "Signature expired: {} is now earlier than {} ({} - 5 min.)",
        amz_date(signed_at),
        amz_date(limit),
        amz_date(now)
    ))
}

/// Signed after `limit`, which is in five minutes.
pub(super) fn too_new(signed_at: i64, limit: i64, now: i64) -> Fault {
    FaultKind::InvalidSignatureException.with(format!(
        "Signature not yet current: {} is still later than {} ({} + 5 min.)",
        amz_date(signed_at),
        amz_date(limit),
        amz_date(now)
    ))
}

/// A header that must be signed is not. `name` as people write it: `Host`.
pub(super) fn must_be_signed(name: &str) -> Fault {
    FaultKind::InvalidSignatureException.with(format!(
        "'{name}' must be a 'SignedHeader' in the AWS Authorization."
    ))
}

/// Another algorithm. The text ends in a blank, as the original does.
pub(super) fn unknown_algorithm(algorithm: &str) -> Fault {
    FaultKind::IncompleteSignatureException.with(format!(
        "Unsupported AWS 'algorithm': '{algorithm}' (only {ALGORITHM} for now). "
    ))
}

/// A credential of another form.
pub(super) fn malformed_credential(credential: &str) -> Fault {
    FaultKind::IncompleteSignatureException.with(format!(
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{credential}'"
    ))
}

/// The sentences about a scope, each for one part that is wrong. They are concatenated.
pub(super) mod scope {
    use super::{SERVICE, TERMINATOR};

    pub(in super::super) fn region(region: &str) -> String {
        format!("Credential should be scoped to a valid region, not '{region}'. ")
    }

    pub(in super::super) fn service() -> String {
        format!("Credential should be scoped to correct service: '{SERVICE}'. ")
    }

    pub(in super::super) fn terminator(terminator: &str) -> String {
        format!(
            "Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{terminator}'. "
        )
    }

    pub(in super::super) fn day(day: &str, day_of_date: &str, date: &str) -> String {
        format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
             '{day}' != '{day_of_date}', from '{date}'."
        )
    }
}

/// A scope with one or more wrong parts.
pub(super) fn wrong_scope(sentences: String) -> Fault {
    FaultKind::InvalidSignatureException.with(sentences)
}

/// No such access key, or not its session token.
pub(super) fn unrecognised() -> Fault {
    FaultKind::UnrecognizedClientException
        .with("The security token included in the request is invalid.")
}

/// The session is over.
pub(super) fn expired() -> Fault {
    FaultKind::ExpiredTokenException.with("The security token included in the request is expired")
}

/// The text of [`mismatch`].
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                        Access Key and signing method. Consult the service documentation for details.";

/// The signature is not the one of this request under this key.
pub(super) fn mismatch() -> Fault {
    FaultKind::InvalidSignatureException.with(MISMATCH)
}

/// [`mismatch`], and what should have been signed.
pub(super) fn explained_mismatch(canonical: &str, string_to_sign: &str) -> Fault {
    FaultKind::InvalidSignatureException.with(format!(
        "{MISMATCH}\n\nThe Canonical String for this request should have been\n'{canonical}'\n\n\
         The String-to-Sign should have been\n'{string_to_sign}'\n"
    ))
}
