//! What the head of a request claims: who signed it, when, for which region (protocol.md sections 6.2, 6.3 and 6.5).
//!
//! All that can be refused without knowing a secret is refused here, before anything of the body is read. The
//! canonical form is written up to the payload hash, which is its end.
//!
//! Some defects have no text of their own, for example a signed header that is not there: with them no signature can
//! match, and that is answered in its turn, behind an unknown key.

use std::borrow::Cow;
use std::fmt;
use std::str;

use everbeat_model::{Fault, is_region};
use http::header::{AUTHORIZATION, DATE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::authorization::{Authorization, SCHEME};
use super::canonical;
use super::dates::{amz_date, read_amz_date, read_http_date};
use super::digest::read_hex;
use super::{ALGORITHM, SERVICE, Scope, TERMINATOR, refusals};

/// A signature is good for so many seconds before and after its date.
const SKEW_SECONDS: i64 = 300;
/// Room for the canonical form of an ordinary request, in bytes.
const USUAL_FORM: usize = 768;
static AMZ_DATE: HeaderName = HeaderName::from_static("x-amz-date");
static SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");
static CONTENT_HASH: HeaderName = HeaderName::from_static("x-amz-content-sha256");
/// The query parameter that a signature in the query begins with.
const QUERY_ALGORITHM: &str = "X-Amz-Algorithm";

/// The head of a request.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Path as it stands in the request line, without query.
    pub path: &'a str,
    /// Query as it stands in the request line, without `?`; empty when there is none.
    pub query: &'a str,
    /// What HTTP/2 sends instead of a Host header. A Host header goes before it.
    pub authority: Option<&'a str>,
    /// The headers as received, repeated ones in their order.
    pub headers: &'a HeaderMap,
}

/// What a request says about who signed it. Nothing of it is proven before [`check`](super::check).
pub struct Claim<'a> {
    /// Whose key.
    pub access_key_id: &'a str,
    /// Day of the scope, `YYYYMMDD`; it is the day of the date.
    pub day: &'a str,
    /// Region of the scope: the configured one, or any that can stand in an ARN.
    pub region: &'a str,
    /// The session token as it was sent. It need not be text.
    pub session_token: Option<&'a [u8]>,
    /// The date that is signed, `YYYYMMDDTHHMMSSZ`.
    pub(super) date: Cow<'a, str>,
    /// None when no signature can match.
    pub(super) proof: Option<Proof<'a>>,
}

/// What a signature is compared with.
pub(super) struct Proof<'a> {
    /// The canonical form up to the payload hash.
    pub(super) form: String,
    /// The payload hash that a header declares: 64 hex digits in either case.
    pub(super) declared_hash: Option<&'a str>,
    pub(super) signature: [u8; 32],
}

impl Claim<'_> {
    /// The scope that the signing key must be for.
    pub fn scope(&self) -> Scope<'_> {
        Scope {
            day: self.day,
            region: self.region,
            service: SERVICE,
        }
    }
}

impl fmt::Debug for Claim<'_> {
    /// Without the session token and the signature.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("access_key_id", &self.access_key_id)
            .field("date", &self.date)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// Reads what a request claims. `now` is in seconds since 1970. With `expected_region` no other region is accepted.
///
/// # Errors
/// MissingAuthenticationTokenException, IncompleteSignatureException or InvalidSignatureException: the first row of
/// protocol.md section 6.5 that applies, down to the scope.
pub fn read_claim<'a>(
    head: &Head<'a>,
    now: i64,
    expected_region: Option<&str>,
) -> Result<Claim<'a>, Fault> {
    let date = SignedDate::of(head.headers);
    let authorization = read_authorization(head, date.is_some())?;
    // That there is a date was told together with what the header lacks.
    let date = date.ok_or_else(refusals::mismatch)?;
    let signed_at = date.read()?;
    require_fresh(signed_at, now)?;
    require_signed(head.headers, date.header(), authorization.signed_headers)?;
    if authorization.algorithm != ALGORITHM {
        return Err(refusals::unknown_algorithm(authorization.algorithm));
    }
    let date = date.into_amz_date(signed_at);
    let (access_key_id, scope) = read_credential(authorization.credential, &date, expected_region)?;
    let session_token = head.headers.get(&SECURITY_TOKEN);
    Ok(Claim {
        access_key_id,
        day: scope.day,
        region: scope.region,
        session_token: session_token.map(|token| token.as_bytes()),
        date,
        proof: Proof::of(head, &authorization),
    })
}

/// The first rows of the table: how the request is signed at all.
fn read_authorization<'a>(head: &Head<'a>, has_date: bool) -> Result<Authorization<'a>, Fault> {
    let header = text_of(head.headers, &AUTHORIZATION);
    if canonical::has_parameter(head.query, QUERY_ALGORITHM) {
        return Err(match header {
            Some(_) => refusals::signed_twice(),
            None => refusals::signed_in_query(),
        });
    }
    let header = header
        .filter(|header| header.as_bytes().starts_with(SCHEME))
        .ok_or_else(refusals::not_signed)?;
    match header {
        Cow::Borrowed(header) => Authorization::read(header, has_date),
        // Sent twice, or not as text.
        Cow::Owned(header) => match Authorization::read(&header, has_date) {
            Ok(_) => Err(refusals::mismatch()),
            Err(refusal) => Err(refusal),
        },
    }
}

/// The text of a header, borrowed if it was sent once and is text; otherwise joined by commas and made text as well as
/// it can be, for the eyes of people.
fn text_of<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Cow<'a, str>> {
    let mut values = headers.get_all(name).iter();
    let mut text = as_text(values.next()?);
    for value in values {
        let text = text.to_mut();
        text.push(',');
        text.push_str(&as_text(value));
    }
    Some(text)
}

fn as_text(value: &HeaderValue) -> Cow<'_, str> {
    match str::from_utf8(value.as_bytes()) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(String::from_utf8_lossy(value.as_bytes()).into_owned()),
    }
}

/// The date of a request, X-Amz-Date before Date.
enum SignedDate<'a> {
    Amz(Cow<'a, str>),
    Http(Cow<'a, str>),
}

impl<'a> SignedDate<'a> {
    fn of(headers: &'a HeaderMap) -> Option<Self> {
        let amz = text_of(headers, &AMZ_DATE).map(Self::Amz);
        amz.or_else(|| text_of(headers, &DATE).map(Self::Http))
    }

    /// Name of the header as people write it.
    fn header(&self) -> &'static str {
        match self {
            Self::Amz(_) => "X-Amz-Date",
            Self::Http(_) => "Date",
        }
    }

    fn read(&self) -> Result<i64, Fault> {
        let (seconds, text) = match self {
            Self::Amz(text) => (read_amz_date(text), text),
            Self::Http(text) => (read_http_date(text), text),
        };
        seconds.ok_or_else(|| refusals::unreadable_date(text))
    }

    /// As it is signed.
    fn into_amz_date(self, signed_at: i64) -> Cow<'a, str> {
        match self {
            Self::Amz(text) => text,
            Self::Http(_) => Cow::Owned(amz_date(signed_at)),
        }
    }
}

fn require_fresh(signed_at: i64, now: i64) -> Result<(), Fault> {
    let (earliest, latest) = (
        now.saturating_sub(SKEW_SECONDS),
        now.saturating_add(SKEW_SECONDS),
    );
    if signed_at < earliest {
        return Err(refusals::too_old(signed_at, earliest, now));
    }
    if signed_at > latest {
        return Err(refusals::too_new(signed_at, latest, now));
    }
    Ok(())
}

/// Requires that the headers on which the meaning of a request depends are among the signed ones. The names are
/// compared without regard to case: that they must be in lower case is another rule.
fn require_signed(
    headers: &HeaderMap,
    date_header: &'static str,
    signed_headers: &str,
) -> Result<(), Fault> {
    let token = headers
        .contains_key(&SECURITY_TOKEN)
        .then_some("X-Amz-Security-Token");
    let mut missing = [Some("Host"), Some("X-Amz-Target"), Some(date_header), token];
    for signed in signed_headers.split(';') {
        for name in &mut missing {
            *name = name.filter(|name| !name.eq_ignore_ascii_case(signed));
        }
    }
    match missing.into_iter().flatten().next() {
        None => Ok(()),
        Some(name) => Err(refusals::must_be_signed(name)),
    }
}

/// Access key id and scope of a credential.
fn read_credential<'a>(
    credential: &'a str,
    date: &str,
    expected_region: Option<&str>,
) -> Result<(&'a str, Scope<'a>), Fault> {
    let mut elements = credential.split('/');
    let mut next = || elements.next();
    let (Some(access_key_id), Some(day), Some(region), Some(service), Some(terminator), None) =
        (next(), next(), next(), next(), next(), next())
    else {
        return Err(refusals::malformed_credential(credential));
    };
    let mut wrong = String::new();
    if !expected_region.map_or_else(|| is_region(region), |expected| region == expected) {
        wrong += &refusals::scope::region(region);
    }
    if service != SERVICE {
        wrong += &refusals::scope::service();
    }
    if terminator != TERMINATOR {
        wrong += &refusals::scope::terminator(terminator);
    }
    let day_of_date = date.get(..8).unwrap_or_default();
    if day != day_of_date {
        wrong += &refusals::scope::day(day, day_of_date, date);
    }
    if wrong.is_empty() {
        let scope = Scope {
            day,
            region,
            service,
        };
        Ok((access_key_id, scope))
    } else {
        Err(refusals::wrong_scope(wrong))
    }
}

impl<'a> Proof<'a> {
    fn of(head: &Head<'a>, authorization: &Authorization<'_>) -> Option<Self> {
        let signature = read_hex(authorization.signature)?;
        let declared_hash = match text_of(head.headers, &CONTENT_HASH) {
            None => None,
            Some(Cow::Borrowed(text)) if is_hash(text) => Some(text),
            // Not of this body: an unsigned or streamed payload, or more than one hash.
            Some(_) => return None,
        };
        Some(Self {
            form: write_form(head, authorization.signed_headers)?,
            declared_hash,
            signature,
        })
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The canonical form up to the payload hash. None if the signed headers are not in order, or one of them is
/// not there, as every name in another case than lower case, or not text.
fn write_form(head: &Head<'_>, signed_headers: &str) -> Option<String> {
    let mut form = String::with_capacity(USUAL_FORM);
    canonical::write_line(&mut form, head.method, head.path, head.query);
    let mut last = "";
    for name in signed_headers.split(';') {
        if name <= last {
            return None;
        }
        last = name;
        write_header(&mut form, head, name)?;
    }
    canonical::write_names(&mut form, signed_headers);
    Some(form)
}

/// The values of a header in their order. That there are few headers makes looking at all of them quicker than finding
/// one by its name.
fn write_header(form: &mut String, head: &Head<'_>, name: &str) -> Option<()> {
    form.push_str(name);
    let mut separator = ':';
    for (found, value) in head.headers {
        if found.as_str() == name {
            let value = str::from_utf8(value.as_bytes()).ok()?;
            canonical::write_value(form, separator, value);
            separator = ',';
        }
    }
    if separator == ':' {
        let authority = head.authority.filter(|_| name == HOST.as_str())?;
        canonical::write_value(form, separator, authority);
    }
    form.push('\n');
    Some(())
}
