//! The form of a line, and what counts as one.

use super::*;

fn two_lines() -> Vec<u8> {
    let mut lines = Vec::new();
    let head = Head::START.append(&mut lines, |line| line.extend_from_slice(br#","a":"b""#));
    let head = head.append(&mut lines, |_| {});
    assert_eq!(head.number, 2);
    lines
}

#[test]
fn lines_are_as_documented() {
    // The hashes are those that `printf … | sha256sum` prints.
    let expected = concat!(
        r#"{"number":1,"a":"b","previous":"0000000000000000000000000000000000000000000000000000000000000000","#,
        r#""hash":"HASH1"}"#,
        "\n",
        r#"{"number":2,"previous":"HASH1","hash":"HASH2"}"#,
        "\n"
    );
    let expected = expected.replace("HASH1", FIRST).replace("HASH2", SECOND);
    assert_eq!(String::from_utf8(two_lines()), Ok(expected));
}

const FIRST: &str = "1c9c574e6584dacc3843ce16bed50f084de15d3cfd589c26d449f36632b5f28a";
const SECOND: &str = "6c1f0f2fb9ce87b3b19ff2f42e0f7f40272de6e4513cc91d76e13b7a56150c0a";

#[test]
fn what_was_written_can_be_read() {
    let lines = two_lines();
    let links: Vec<Link> = lines
        .split(|byte| *byte == b'\n')
        .filter_map(Link::read)
        .collect();
    let [first, second] = links[..] else {
        panic!("two lines: {links:?}");
    };
    assert!(first.is_whole() && second.is_whole());
    assert_eq!(first.previous, Hash::NONE);
    assert_eq!(second.previous, first.hash);
    assert_eq!((first.number, second.number), (1, 2));
}

#[test]
fn every_changed_byte_shows() {
    let lines = two_lines();
    let line = lines.split(|byte| *byte == b'\n').next().expect("a line");
    for place in 0..line.len() {
        let mut changed = line.to_vec();
        changed[place] ^= 1;
        let link = Link::read(&changed);
        assert!(link.is_none_or(|link| !link.is_whole()), "{place}");
    }
}

#[test]
fn what_is_no_line_is_refused() {
    for text in [
        "",
        "{}",
        r#"{"number":"}"#,
        r#"{"number":1}"#,
        r#"{"number":1,"previous":"","hash":""}"#,
        &format!(r#"{{"number":,"previous":"{FIRST}","hash":"{FIRST}"}}"#),
        &format!(r#"{{"number":99999999999999999999,"previous":"{FIRST}","hash":"{FIRST}"}}"#),
        &format!(
            r#"{{"number":1,"previous":"{FIRST}","hash":"{}"}}"#,
            FIRST.to_uppercase()
        ),
        &format!(r#"{{"number":1,"hash":"{FIRST}"}}"#),
    ] {
        assert_eq!(Link::read(text.as_bytes()), None, "{text}");
    }
}
