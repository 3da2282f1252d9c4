//! New access keys and tokens, of the system's random numbers.

use crate::failure::Failure;
use crate::secrets::Hidden;

/// The letters of access key ids: 32, so that each byte's lowest five bits choose one evenly.
const ID_LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// The letters of secrets: 64, chosen by six bits.
const SECRET_LETTERS: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const ID_LENGTH: usize = 16;
const SECRET_LENGTH: usize = 40;
const TOKEN_LENGTH: usize = 128;

/// How Amazon begins the ids of long-term keys.
pub(crate) const LONG_TERM: &str = "AKIA";
/// How Amazon begins the ids of keys of sessions.
pub(crate) const TEMPORARY: &str = "ASIA";

/// A new access key id.
pub(crate) fn key_id(prefix: &str) -> Result<String, Failure> {
    Ok(format!("{prefix}{}", letters(ID_LETTERS, ID_LENGTH)?))
}

/// A new secret: 40 letters, 240 bits.
pub(crate) fn secret() -> Result<Hidden, Failure> {
    letters(SECRET_LETTERS, SECRET_LENGTH).map(Hidden)
}

/// A new session token.
pub(crate) fn token() -> Result<Hidden, Failure> {
    letters(SECRET_LETTERS, TOKEN_LENGTH).map(Hidden)
}

/// The number of letters must be a power of two, so that all are equally likely.
fn letters(alphabet: &[u8], count: usize) -> Result<String, Failure> {
    let mut bytes = vec![0; count];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::Disk(format!("the system has no random numbers: {error}")))?;
    let letter = |byte: &u8| alphabet.get(usize::from(*byte) % alphabet.len()).copied();
    Ok(bytes.iter().filter_map(letter).map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::{is_key_id, is_secret};

    #[test]
    fn what_is_made_has_its_form_and_differs() {
        let id = key_id(LONG_TERM).expect("random numbers");
        assert!(
            is_key_id(&id) && id.starts_with("AKIA") && id.len() == 20,
            "{id}"
        );
        let secrets = [(); 2].map(|()| secret().expect("random numbers").0);
        assert!(
            secrets
                .iter()
                .all(|secret| is_secret(secret) && secret.len() == 40)
        );
        assert_ne!(secrets[0], secrets[1]);
        assert!(token().expect("random numbers").0.len() >= 64);
        assert!(
            [ID_LETTERS.len(), SECRET_LETTERS.len()]
                .iter()
                .all(|count| count.is_power_of_two())
        );
    }
}
