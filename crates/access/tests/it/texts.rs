//! What the commands print besides their result: proposals for other commands, hints, help.

use std::ffi::OsString;

use everbeat_access::command::{World, execute};

use crate::folder::{ACCOUNT, Folder, exported};

#[test]
fn a_long_term_key_takes_the_token_of_a_session_away() {
    let folder = Folder::empty();
    let unset = "\nunset AWS_SESSION_TOKEN\n";
    let made = folder.run("init");
    let id = exported(&made, "AWS_ACCESS_KEY_ID");
    let created = folder.run("create-key admin");
    let rotated = folder.run(&format!("rotate-key {id}"));
    for text in [made, created, rotated] {
        assert!(text.ends_with(unset), "{text}");
    }
    let session = folder.run("create-session --user admin");
    assert!(!session.contains("unset"), "{session}");
}

#[test]
fn proposals_name_the_folder_as_a_shell_takes_it() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let path = place.path().join("my access");
    let shown = format!("'{}'", path.display());
    let run = |words: &str| {
        let folder = [OsString::from("--folder"), path.clone().into()];
        let words = words.split(' ').map(OsString::from);
        let words: Vec<_> = folder.into_iter().chain(words).collect();
        let world = World {
            environment: &|_| None,
            now: "2026-11-23T10:00:00Z".parse().expect("a time"),
        };
        execute(&words, &world).map_err(|failure| failure.to_string())
    };
    let made = run("init").expect("a folder");
    assert!(
        made.contains(&format!("everbeat serve --access {shown}\n")),
        "{made}"
    );
    let id = exported(&made, "AWS_ACCESS_KEY_ID");
    let rotated = run(&format!("rotate-key {id}")).expect("a key");
    let proposal = format!("`everbeat access --folder {shown} delete-key {id}`");
    assert!(rotated.contains(&proposal), "{rotated}");
    run("create-role ci").expect("a role");
    let told = format!(
        "there is no user 'ci'; the role of that name has no keys but sessions: \
         `everbeat access --folder {shown} create-session --role ci` makes one"
    );
    assert_eq!(run("create-key ci"), Err(told));
}

#[test]
fn the_last_of_an_account_is_told() {
    let folder = Folder::made();
    let id = exported(&folder.run("create-key admin"), "AWS_ACCESS_KEY_ID");
    let keys = folder.json("list")["accounts"][0]["users"][0]["keys"].clone();
    let first = keys[0]["id"].as_str().expect("an id").to_owned();
    let owner = format!("of the user 'admin' in the account {ACCOUNT}");
    assert_eq!(
        folder.run(&format!("delete-key {id}")),
        format!("deleted the key {id} {owner}\n")
    );
    let none = format!("; the account {ACCOUNT} has no access key any more\n");
    assert_eq!(
        folder.run(&format!("delete-key {first}")),
        format!("deleted the key {first} {owner}{none}")
    );
    folder.run("create-user bob");
    folder.run("create-key bob");
    assert_eq!(
        folder.run("delete-user admin"),
        format!("deleted the user 'admin' of the account {ACCOUNT}\n")
    );
    assert_eq!(
        folder.run("delete-user bob"),
        format!("deleted the user 'bob' of the account {ACCOUNT}, its last user{none}")
    );
}

#[test]
fn help_is_a_word_too() {
    let folder = Folder::made();
    assert_eq!(folder.run("help"), folder.run("--help"));
    assert_eq!(folder.run("help list"), folder.run("list --help"));
    assert!(folder.run("--json help").contains("Commands:"));
    let help = folder.run("init --help");
    assert!(
        help.contains("--account") && !help.contains("server"),
        "{help}"
    );
}

#[test]
fn init_makes_no_folder_that_others_could_change() {
    let folder = Folder::empty();
    folder.permit("", 0o777);
    let told = folder.failure("init");
    assert!(told.contains("chmod o-w"), "{told}");
    assert!(!folder.file("access.toml").exists());
    assert!(!folder.file("secrets.toml").exists());
}
