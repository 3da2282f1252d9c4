//! Whether a claim is true (protocol.md section 6.3, rules 6 and 8): the key, the session, the signature.
//!
//! Secrets are compared in constant time. That nobody has an access key shows, as it does at Amazon's service: by the
//! type of the answer, and as the body is not waited for.

use std::hint::black_box;

use everbeat_model::Fault;
use hmac::Mac;

use super::claim::{Claim, Proof};
use super::digest::{Hex, hmac_sha256, payload_hash};
use super::signing::string_to_sign;
use super::{ALGORITHM, TERMINATOR, refusals};

/// What is known of an access key.
#[derive(Clone, Copy)]
pub struct KeyFacts<'k> {
    /// [`signing_key`] of its secret for the scope of the claim.
    pub signing_key: [u8; 32],
    /// For the key of a session; a long-term key has none.
    pub session: Option<SessionFacts<'k>>,
}

/// What is known of a session.
#[derive(Clone, Copy)]
pub struct SessionFacts<'k> {
    /// Must be sent with every request.
    pub token: &'k str,
    /// From this instant, in seconds since 1970, the session is over.
    pub expires: i64,
}

/// Says, before the body is read, whether the claim can be true: whether the key is known, its session token right,
/// its session not over at `now` (seconds since 1970), and the signature one that can match at all.
///
/// # Errors
/// UnrecognizedClientException, ExpiredTokenException or InvalidSignatureException.
pub fn recognise(claim: &Claim<'_>, key: Option<&KeyFacts<'_>>, now: i64) -> Result<(), Fault> {
    recognise_key(claim, key, now)?;
    match claim.proof {
        Some(_) => Ok(()),
        None => Err(refusals::mismatch()),
    }
}

fn recognise_key(claim: &Claim<'_>, key: Option<&KeyFacts<'_>>, now: i64) -> Result<(), Fault> {
    let key = key.ok_or_else(refusals::unrecognised)?;
    match (key.session, claim.session_token) {
        (None, None) => Ok(()),
        (Some(session), Some(token)) if are_same(session.token.as_bytes(), token) => {
            if now < session.expires {
                Ok(())
            } else {
                Err(refusals::expired())
            }
        }
        (None, Some(_)) | (Some(_), None | Some(_)) => Err(refusals::unrecognised()),
    }
}

/// Says whether the claim is true: all that [`recognise`] asks, and that the key signed this head with this body.
/// `key` is none when nobody has the access key.
///
/// # Errors
/// As [`recognise`], and InvalidSignatureException when the signature is of something else.
pub fn check(
    claim: &Claim<'_>,
    body: &[u8],
    key: Option<&KeyFacts<'_>>,
    now: i64,
) -> Result<(), Fault> {
    let recognised = recognise_key(claim, key, now);
    let signing_key = key.map_or([0; 32], |key| key.signing_key);
    let proof = claim.proof.as_ref();
    let is_signed = proof.is_some_and(|proof| is_signed(claim, proof, body, &signing_key));
    recognised?;
    if is_signed {
        Ok(())
    } else {
        Err(refusals::mismatch())
    }
}

fn is_signed(claim: &Claim<'_>, proof: &Proof<'_>, body: &[u8], signing_key: &[u8; 32]) -> bool {
    let payload_hash = Hex::hash_of(body);
    let declared_hash = proof.declared_hash.unwrap_or(payload_hash.as_str());
    let is_of_body = declared_hash.eq_ignore_ascii_case(payload_hash.as_str());
    let hash = Hex::hash_of_parts([&proof.form, declared_hash]);
    let mut mac = hmac_sha256(signing_key);
    let scope = claim.scope();
    for part in [
        ALGORITHM,
        "\n",
        &claim.date,
        "\n",
        scope.day,
        "/",
        scope.region,
        "/",
        scope.service,
        "/",
        TERMINATOR,
        "\n",
        hash.as_str(),
    ] {
        mac.update(part.as_bytes());
    }
    mac.verify_slice(&proof.signature).is_ok() && is_of_body
}

/// Adds to the fault of a signature that does not match what should have been signed, as Amazon's services do. The text
/// quotes the head of the request, a session token included. Other faults stay as they are.
pub fn explain(fault: Fault, claim: &Claim<'_>, body: &[u8]) -> Fault {
    match &claim.proof {
        Some(proof) if fault == refusals::mismatch() => {
            let canonical = format!("{}{}", proof.form, payload_hash(body));
            let to_sign = string_to_sign(&claim.date, claim.scope(), &canonical);
            refusals::explained_mismatch(&canonical, &to_sign)
        }
        Some(_) | None => fault,
    }
}

/// Compares without stopping at the first difference. That lengths differ may show.
fn are_same(secret: &[u8], sent: &[u8]) -> bool {
    let differences = secret.iter().zip(sent).map(|(a, b)| a ^ b);
    let difference = differences.fold(0, |all, one| black_box(all | one));
    secret.len() == sent.len() && difference == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_equal_texts_are_the_same() {
        assert!(are_same(b"", b""));
        assert!(are_same(b"token", b"token"));
        for other in ["", "toke", "tokens", "tokem", "Token"] {
            assert!(!are_same(b"token", other.as_bytes()), "{other}");
        }
    }
}
