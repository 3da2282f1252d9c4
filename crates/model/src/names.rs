//! Names on the wire, derived at compile time from the Rust names, so that no name is written twice.

/// Length of the camelCase form of a snake_case name, in bytes.
pub const fn camel_case_length(snake: &str) -> usize {
    let bytes = snake.as_bytes();
    let (mut length, mut at) = (0, 0);
    while at < bytes.len() {
        if bytes[at] != b'_' {
            length += 1;
        }
        at += 1;
    }
    length
}

/// The camelCase form of a snake_case name: `task_list` becomes `taskList`.
pub const fn camel_case<const N: usize>(snake: &str) -> [u8; N] {
    let bytes = snake.as_bytes();
    let mut camel = [0; N];
    let (mut length, mut at) = (0, 0);
    while at < bytes.len() {
        if bytes[at] != b'_' {
            let starts_word = at > 0 && bytes[at - 1] == b'_';
            camel[length] = if starts_word {
                bytes[at].to_ascii_uppercase()
            } else {
                bytes[at]
            };
            length += 1;
        }
        at += 1;
    }
    camel
}

/// Length of the SCREAMING_SNAKE form of a PascalCase name, in bytes.
pub const fn screaming_case_length(pascal: &str) -> usize {
    let bytes = pascal.as_bytes();
    let (mut length, mut at) = (0, 0);
    while at < bytes.len() {
        length += if at > 0 && bytes[at].is_ascii_uppercase() {
            2
        } else {
            1
        };
        at += 1;
    }
    length
}

/// The SCREAMING_SNAKE form of a PascalCase name: `StartToClose` becomes `START_TO_CLOSE`.
pub const fn screaming_case<const N: usize>(pascal: &str) -> [u8; N] {
    let bytes = pascal.as_bytes();
    let mut screaming = [0; N];
    let (mut length, mut at) = (0, 0);
    while at < bytes.len() {
        if at > 0 && bytes[at].is_ascii_uppercase() {
            screaming[length] = b'_';
            length += 1;
        }
        screaming[length] = bytes[at].to_ascii_uppercase();
        length += 1;
        at += 1;
    }
    screaming
}

/// A name with its first letter in lower case: `StartTimerDecisionAttributes` becomes `startTimerDecisionAttributes`.
pub const fn lower_first<const N: usize>(pascal: &str) -> [u8; N] {
    let bytes = pascal.as_bytes();
    let mut lower = [0; N];
    let mut at = 0;
    while at < bytes.len() {
        lower[at] = if at == 0 {
            bytes[at].to_ascii_lowercase()
        } else {
            bytes[at]
        };
        at += 1;
    }
    lower
}

/// The positions of `names` in ascending order of the names: the order in which Amazon's service writes members.
pub const fn wire_order<const N: usize>(names: &[&str; N]) -> [usize; N] {
    let mut order = [0; N];
    let mut filled = 0;
    while filled < N {
        let mut place = filled;
        while place > 0 && is_before(names[filled], names[order[place - 1]]) {
            order[place] = order[place - 1];
            place -= 1;
        }
        order[place] = filled;
        filled += 1;
    }
    order
}

const fn is_before(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut at = 0;
    while at < left.len() && at < right.len() {
        if left[at] != right[at] {
            return left[at] < right[at];
        }
        at += 1;
    }
    left.len() < right.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_converted_as_the_wire_has_them() {
        assert_eq!(
            &camel_case::<{ camel_case_length("task_list") }>("task_list"),
            b"taskList"
        );
        assert_eq!(
            &screaming_case::<{ screaming_case_length("ContinuedAsNew") }>("ContinuedAsNew"),
            b"CONTINUED_AS_NEW"
        );
        assert_eq!(wire_order(&["b", "aa", "a"]), [2, 1, 0]);
    }
}
