//! Which names, numbers and ids the files may hold: those that IAM takes.

/// The longest name of a user, role or session.
const LONGEST_NAME: usize = 64;
/// The longest name of a group or policy.
const LONGEST_SHARED_NAME: usize = 128;
const KEY_ID_LENGTHS: std::ops::RangeInclusive<usize> = 16..=128;
const SECRET_LENGTHS: std::ops::RangeInclusive<usize> = 1..=4096;
const LONGEST_TAG_KEY: usize = 128;
const LONGEST_TAG_VALUE: usize = 256;

/// What [`everbeat_model::is_account`] wants.
pub(crate) const ACCOUNT_RULE: &str = "12 digits";
/// What [`is_name`] wants.
pub(crate) const NAME_RULE: &str = "1 to 64 letters, digits and _+=,.@-";
/// What [`is_shared_name`] wants.
pub(crate) const SHARED_NAME_RULE: &str = "1 to 128 letters, digits and _+=,.@-";
/// What [`is_key_id`] wants.
pub(crate) const KEY_ID_RULE: &str = "16 to 128 letters, digits and _";
/// What [`is_secret`] wants.
pub(crate) const SECRET_RULE: &str = "1 to 4096 visible ASCII characters without spaces";

/// A user, a role or the session of a role.
pub(crate) fn is_name(text: &str) -> bool {
    is_shared_name(text) && text.len() <= LONGEST_NAME
}

/// A group or a policy.
pub(crate) fn is_shared_name(text: &str) -> bool {
    (1..=LONGEST_SHARED_NAME).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte))
}

/// An access key id, or the unique id of a user or role.
pub(crate) fn is_key_id(text: &str) -> bool {
    KEY_ID_LENGTHS.contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A secret or a session token.
pub(crate) fn is_secret(text: &str) -> bool {
    SECRET_LENGTHS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Why a tag is none; `None` for a good one.
pub(crate) fn tag_problem(key: &str, value: &str) -> Option<String> {
    let longer = |text: &str, most: usize| text.chars().nth(most).is_some();
    if key.is_empty() || longer(key, LONGEST_TAG_KEY) {
        return Some(format!(
            "with a key that is not of 1 to {LONGEST_TAG_KEY} characters"
        ));
    }
    longer(value, LONGEST_TAG_VALUE)
        .then(|| format!("with a value of more than {LONGEST_TAG_VALUE} characters"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_are_those_of_iam() {
        for (check, good, bad) in [
            (is_name as fn(&str) -> bool, ["a", "A_9+=,.@-"], ["", "a b"]),
            (is_shared_name, ["a", "A_9+=,.@-"], ["a/b", "é"]),
            (
                is_key_id,
                ["AKIAIOSFODNN7EXAMPLE", "0123456789_abcde"],
                ["AKIAIOSFODNN7EX", "AKIAIOSFODNN7EX-MPLE"],
            ),
            (
                is_secret,
                ["wJalrXUtnFEMI/K7MDENG", "x"],
                ["two words", "line\n"],
            ),
        ] {
            assert_eq!(good.map(check), [true, true], "{good:?}");
            assert_eq!(bad.map(check), [false, false], "{bad:?}");
        }
        assert!(is_name(&"x".repeat(64)) && !is_name(&"x".repeat(65)));
        assert!(is_shared_name(&"x".repeat(128)) && !is_shared_name(&"x".repeat(129)));
        assert!(is_key_id(&"x".repeat(128)) && !is_key_id(&"x".repeat(129)));
        assert!(is_secret(&"x".repeat(4096)) && !is_secret(&"x".repeat(4097)));
    }

    #[test]
    fn tags_have_limits() {
        assert_eq!(tag_problem("team", ""), None);
        assert_eq!(tag_problem(&"é".repeat(128), &"é".repeat(256)), None);
        assert!(tag_problem("", "x").is_some());
        assert!(tag_problem(&"k".repeat(129), "x").is_some());
        assert!(tag_problem("k", &"v".repeat(257)).is_some());
    }
}
