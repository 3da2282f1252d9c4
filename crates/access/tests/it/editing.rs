//! What people wrote by hand survives the commands.

use std::thread;

use crate::folder::{Folder, KEY, SECRET, allow};

const BY_HAND: &str = "# Ours. Ask Alice.

[account.123456789012]
# Only for emergencies.
root-keys = []

# The first user.
[account.123456789012.user.alice]
groups = ['workers']   # temporarily
policies = [
    'all', # everything
    # and this
    'other',
]

[account.123456789012.user.bob] # on leave
keys = [ 'AKIAIOSFODNN7EXAMPLE' ]

# Everybody who works.
[account.123456789012.group.workers]
policies = ['all']
# The end.
";

fn by_hand() -> Folder {
    let folder = Folder::with(BY_HAND);
    for name in ["other", "third"] {
        folder.write(&format!("policies/{name}.json"), allow("swf:*", "*"));
    }
    folder.write(
        "secrets.toml",
        format!("# Keep off.\n\n[key.{KEY}] # of bob\nsecret = '{SECRET}'\n"),
    );
    folder
}

/// Lines that a command has taken away, and those that it has added.
fn difference(before: &str, after: &str) -> (Vec<String>, Vec<String>) {
    let only = |one: &str, other: &str| {
        let mut others: Vec<&str> = other.lines().collect();
        let mut only = Vec::new();
        for line in one.lines() {
            match others.iter().position(|other| *other == line) {
                Some(index) => drop(others.remove(index)),
                None => only.push(line.to_owned()),
            }
        }
        only
    };
    (sorted(only(before, after)), sorted(only(after, before)))
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

#[test]
fn comments_and_order_survive_every_change() {
    for (words, removed, added) in [
        (
            "attach-policy third --user alice",
            vec![],
            vec!["    \"third\","],
        ),
        (
            "detach-policy other --user alice",
            vec!["    # and this", "    'other',"],
            vec![],
        ),
        (
            "detach-policy all --user alice",
            vec!["    'all', # everything"],
            vec![],
        ),
        (
            "attach-policy third --group workers",
            vec!["policies = ['all']"],
            vec!["policies = ['all', \"third\"]"],
        ),
        (
            "attach-policy third --user bob",
            vec![],
            vec!["policies = [\"third\"]"],
        ),
        (
            "remove-from-group alice workers",
            vec!["groups = ['workers']   # temporarily"],
            vec!["groups = []   # temporarily"],
        ),
        (
            "create-user carol --policy all",
            vec![],
            vec![
                "",
                "[account.123456789012.user.carol]",
                "policies = [\"all\"]",
            ],
        ),
        (
            "create-role ci --tag a=b",
            vec![],
            vec!["", "[account.123456789012.role.ci]", "tags = { a = \"b\" }"],
        ),
        (
            "delete-user bob",
            vec![
                "",
                "[account.123456789012.user.bob] # on leave",
                "keys = [ 'AKIAIOSFODNN7EXAMPLE' ]",
            ],
            vec![],
        ),
        (
            "delete-group workers",
            vec![
                "groups = ['workers']   # temporarily",
                "",
                "# Everybody who works.",
                "[account.123456789012.group.workers]",
                "policies = ['all']",
            ],
            vec!["groups = []   # temporarily"],
        ),
    ] {
        let folder = by_hand();
        let before = folder.read("access.toml");
        folder.run(words);
        let found = difference(&before, &folder.read("access.toml"));
        let texts = |lines: Vec<&str>| sorted(lines.into_iter().map(str::to_owned).collect());
        assert_eq!(found, (texts(removed), texts(added)), "{words}");
        assert_eq!(folder.loaded().warnings, Vec::<String>::new(), "{words}");
    }
}

#[test]
fn comments_survive_among_the_secrets() {
    let folder = by_hand();
    let before = folder.read("secrets.toml");
    folder.run("create-key alice");
    let (removed, added) = difference(&before, &folder.read("secrets.toml"));
    assert_eq!((removed.len(), added.len()), (0, 3), "{added:?}");
    folder.run(&format!("delete-key {KEY}"));
    assert!(
        folder.read("secrets.toml").starts_with("# Keep off.\n"),
        "{}",
        folder.read("secrets.toml")
    );
}

#[test]
fn a_file_that_is_not_concerned_is_not_written() {
    let folder = by_hand();
    let inode = |name: &str| {
        let metadata = std::fs::metadata(folder.file(name)).expect("it is there");
        std::os::unix::fs::MetadataExt::ino(&metadata)
    };
    let before = (inode("access.toml"), inode("secrets.toml"));
    folder.run("create-session --user alice");
    assert_eq!(inode("access.toml"), before.0);
    assert_ne!(inode("secrets.toml"), before.1);
    let before = inode("secrets.toml");
    folder.run("create-user carol");
    assert_eq!(inode("secrets.toml"), before);
}

#[test]
fn no_secrets_are_made_where_there_are_none() {
    let folder = Folder::with("");
    folder.run("create-user alice --account 123456789012");
    assert!(!folder.file("secrets.toml").exists());
    folder.run("create-key alice");
    assert_eq!(folder.mode("secrets.toml"), 0o600);
}

#[test]
fn a_file_keeps_its_mode() {
    let folder = by_hand();
    folder.permit("access.toml", 0o640);
    folder.run("create-user carol");
    assert_eq!(folder.mode("access.toml"), 0o640);
}

#[test]
fn a_change_that_would_not_load_is_not_made() {
    let folder = by_hand();
    folder.write("policies/broken.json", "{");
    let before = folder.read("access.toml");
    let failure = folder.failure("create-user carol");
    assert!(
        failure.starts_with(
            "nothing was changed, since it would not load: policies/broken.json, line 1: "
        ),
        "{failure}"
    );
    assert_eq!(folder.read("access.toml"), before);
}

#[test]
fn changes_at_the_same_time_are_all_made() {
    const EACH: usize = 5;
    let folder = Folder::made();
    thread::scope(|scope| {
        for name in ["a", "b", "c", "d"] {
            let folder = &folder;
            scope.spawn(move || {
                for number in 0..EACH {
                    folder.run(&format!("create-user {name}{number}"));
                    folder.run(&format!("create-key {name}{number}"));
                    assert!(folder.load().is_ok(), "a reader sees whole files");
                }
            });
        }
    });
    let text = folder.run("check");
    assert!(
        text.ends_with("users: 21, groups: 0, roles: 0, policies: 3, keys: 21\n"),
        "{text}"
    );
}
