//! No text makes loading or editing panic, and what an edit writes can be loaded.

use proptest::prelude::*;

use crate::folder::Folder;

/// Pieces of both files, so that texts are often nearly right.
const PIECES: &[&str] = &[
    "version = 1",
    "\n",
    "\n\n",
    "[account.123456789012",
    ".user",
    ".alice",
    ".group",
    ".role",
    "]",
    "[[",
    "]]",
    "[",
    "{",
    "}",
    " = ",
    "'",
    "\"",
    "\"\"\"",
    ",",
    "keys = ",
    "policies = ",
    "['all']",
    "groups = ",
    "tags",
    "tags = { a = 'b' }",
    "boundary = 'all'",
    "root-keys",
    "['AKIAIOSFODNN7EXAMPLE']",
    "key.",
    "session.",
    "AKIAIOSFODNN7EXAMPLE",
    "secret",
    "token",
    "principal",
    "'arn:aws:iam::123456789012:user/alice'",
    "issued",
    "expires",
    "'2026-11-23T10:00:00Z'",
    "'+9999999-12-31T00:00:00Z'",
    "1",
    "true",
    "2026-11-23",
    "#",
    "\u{feff}",
    "\r",
    "é",
    "\u{0}",
    ".",
    "\\",
];

fn text() -> impl Strategy<Value = String> {
    let pieces = proptest::collection::vec(proptest::sample::select(PIECES), 0..40);
    prop_oneof![pieces.prop_map(|pieces| pieces.concat()), any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_loading_panic(access in text(), secrets in text(), policy in text()) {
        let folder = Folder::with("");
        folder.write("access.toml", &access);
        let _ = folder.load();
        folder.write("access.toml", format!("version = 1\n{access}"));
        folder.write("secrets.toml", &secrets);
        let _ = folder.load();
        folder.write("access.toml", "version = 1\n");
        folder.write("policies/all.json", &policy);
        let _ = folder.load();
    }

    #[test]
    fn an_edit_leaves_a_good_folder(access in text()) {
        let folder = Folder::with(&access);
        let was_good = folder.load().is_ok();
        let before = folder.read("access.toml");
        match folder.execute("create-user bob --account 123456789012 --policy all") {
            Ok(_) => {
                prop_assert!(folder.load().is_ok());
                prop_assert!(folder.run("list").contains("user bob"));
            }
            Err(failure) => {
                prop_assert!(!was_good || before.contains("bob"), "{failure}");
                prop_assert_eq!(before, folder.read("access.toml"));
            }
        }
    }
}

#[test]
fn no_depth_makes_loading_panic() {
    let count = 50_000;
    for text in [
        format!("a = {}", "[".repeat(count)),
        format!("a = {}", "{a=".repeat(count)),
        format!("a = {}{}", "[".repeat(count), "]".repeat(count)),
        format!("a{} = 1", ".a".repeat(count)),
        format!("[a{}]", ".a".repeat(count)),
        format!("[account{}]", ".a".repeat(70)),
        format!(
            "account{} = {}1{}",
            ".a".repeat(70),
            "[".repeat(70),
            "]".repeat(70)
        ),
    ] {
        let folder = Folder::with(&text);
        let error = folder.refusal();
        assert!(error.starts_with("access.toml"), "{error}");
    }
}
