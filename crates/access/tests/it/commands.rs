//! Each command by its effect on the files and on a load afterwards.

use std::fs;
use std::os::unix::fs::symlink;

use everbeat_access::PrincipalKind;
use everbeat_access::command::Failure;

use crate::folder::{Folder, exported};

fn policies_of(folder: &Folder, name: &str) -> Vec<String> {
    let directory = folder.loaded();
    let principal = directory
        .principals()
        .iter()
        .find(|principal| principal.arn.ends_with(&format!("/{name}")));
    let principal = principal.unwrap_or_else(|| panic!("{name} is there"));
    principal
        .policies
        .identity
        .iter()
        .map(|policy| policy.name().to_owned())
        .collect()
}

fn key_of(text: &str) -> (String, String) {
    (
        exported(text, "AWS_ACCESS_KEY_ID"),
        exported(text, "AWS_SECRET_ACCESS_KEY"),
    )
}

#[test]
fn init_makes_a_folder_that_works_at_once() {
    let folder = Folder::empty();
    let text = folder.run("init --account 210987654321 --user chief");
    let (id, secret) = key_of(&text);
    assert!(text.contains("everbeat serve --access FOLDER"), "{text}");
    assert!(
        text.lines().all(|line| line.starts_with("# ")
            || line.starts_with("export ")
            || line.starts_with("unset ")),
        "{text}"
    );
    let directory = folder.loaded();
    assert_eq!(directory.warnings, Vec::<String>::new());
    let key = directory.key(&id).expect("it can sign");
    assert_eq!(key.secret(), secret);
    assert_eq!(key.principal().arn, "arn:aws:iam::210987654321:user/chief");
    assert_eq!(folder.mode("secrets.toml"), 0o600);
    assert_eq!(folder.mode("access.toml"), 0o644);
    assert!(
        folder
            .read(".gitignore")
            .lines()
            .any(|line| line == "secrets.toml")
    );
    assert!(!folder.read("access.toml").contains(&secret));
    let before = folder.read("access.toml");
    assert_eq!(
        folder.failure("init"),
        "access.toml is there already; other commands change it"
    );
    assert_eq!(folder.read("access.toml"), before);
}

#[test]
fn init_touches_nothing_that_is_there() {
    let folder = Folder::empty();
    folder.write("policies/mine.json", "text");
    assert_eq!(
        folder.failure("init"),
        "policies is there already; other commands change it"
    );
    assert!(!folder.file("access.toml").exists());
    let folder = Folder::empty();
    folder.write(".gitignore", "mine\n");
    folder.run("init");
    assert_eq!(folder.read(".gitignore"), "mine\n");
    for (words, told) in [
        ("init --account 1", "--account"),
        ("init --user a/b", "--user"),
    ] {
        let failure = Folder::empty().execute(words).expect_err(words);
        assert!(
            matches!(&failure, Failure::Usage(text) if text.contains(told)),
            "{failure}"
        );
    }
}

#[test]
fn users_groups_and_roles_come_and_go() {
    let folder = Folder::made();
    folder.run("create-group workers --policy worker");
    folder.run("create-user alice --group workers --policy decider --boundary worker --tag team=blue --tag note=a=b");
    folder.run("create-role ci --policy decider --tag stage=test");
    assert_eq!(policies_of(&folder, "alice"), ["decider", "worker"]);
    assert_eq!(policies_of(&folder, "ci"), ["decider"]);
    let directory = folder.loaded();
    let alice = directory
        .principals()
        .iter()
        .find(|one| one.username() == Some("alice"))
        .expect("she is there");
    assert_eq!(alice.tags.get("note").map(String::as_str), Some("a=b"));
    assert!(alice.policies.boundary.is_some());
    folder.run("delete-group workers");
    assert_eq!(policies_of(&folder, "alice"), ["decider"]);
    assert!(folder.read("access.toml").contains("groups = []"));
    folder.run("delete-role ci");
    folder.run("delete-user alice");
    assert_eq!(folder.loaded().principals().len(), 2, "root and admin");
}

#[test]
fn keys_are_made_rotated_and_deleted() {
    let folder = Folder::made();
    folder.run("create-user alice");
    let (first, secret) = key_of(&folder.run("create-key alice"));
    assert_eq!(
        folder
            .loaded()
            .key(&first)
            .map(|key| key.secret().to_owned()),
        Some(secret)
    );
    let text = folder.run(&format!("rotate-key {first}"));
    assert!(text.contains(&format!("delete-key {first}")), "{text}");
    let (second, _) = key_of(&text);
    let directory = folder.loaded();
    for id in [&first, &second] {
        assert_eq!(
            directory
                .key(id)
                .and_then(|key| key.principal().username().map(str::to_owned))
                .as_deref(),
            Some("alice")
        );
    }
    folder.run(&format!("delete-key {first}"));
    let directory = folder.loaded();
    assert!(directory.key(&first).is_none() && directory.key(&second).is_some());
    assert!(!folder.read("secrets.toml").contains(&first));
    folder.run("delete-user alice");
    assert!(!folder.read("secrets.toml").contains(&second));
    assert_eq!(folder.loaded().warnings, Vec::<String>::new());
    assert_eq!(folder.mode("secrets.toml"), 0o600);
}

#[test]
fn root_has_keys_too() {
    let folder = Folder::made();
    let (id, _) = key_of(&folder.run("create-key --root"));
    assert!(
        folder
            .loaded()
            .key(&id)
            .is_some_and(|key| key.principal().is_root())
    );
    let (other, _) = key_of(&folder.run(&format!("rotate-key {id}")));
    assert!(
        folder
            .loaded()
            .key(&other)
            .is_some_and(|key| key.principal().is_root())
    );
    folder.run(&format!("delete-key {id}"));
    assert!(folder.loaded().key(&id).is_none());
}

#[test]
fn sessions_are_made_swept_and_deleted() {
    let mut folder = Folder::made();
    folder.run("create-role ci --policy worker");
    let text = folder.run("create-session --role ci --name build-7 --seconds 900 --policy decider");
    let (id, secret) = key_of(&text);
    let token = exported(&text, "AWS_SESSION_TOKEN");
    assert!(token.len() >= 64);
    let directory = folder.loaded();
    let key = directory.key(&id).expect("it can sign");
    let session = key.session().expect("it is a session's");
    assert_eq!(
        (key.secret(), session.token()),
        (secret.as_str(), token.as_str())
    );
    assert_eq!(session.expires - session.issued, 900);
    assert_eq!(session.issued, 1_795_428_000);
    assert_eq!(
        key.principal().arn,
        "arn:aws:sts::123456789012:assumed-role/ci/build-7"
    );
    assert_eq!(key.principal().policies.session.len(), 1);
    let (of_user, _) = key_of(&folder.run("create-session --user admin"));
    assert_eq!(
        folder
            .loaded()
            .key(&of_user)
            .map(|key| key.principal().kind.clone()),
        Some(PrincipalKind::User {
            name: "admin".into()
        })
    );
    // A change of access.toml alone leaves the secrets as they are.
    folder = folder.at("2026-11-23T10:15:00Z");
    folder.run("create-user bob");
    assert!(folder.read("secrets.toml").contains(&id));
    folder.run("create-key bob");
    assert!(!folder.read("secrets.toml").contains(&id), "it has expired");
    assert!(folder.loaded().key(&of_user).is_some());
    folder.run(&format!("delete-key {of_user}"));
    assert!(folder.loaded().key(&of_user).is_none());
    let (id, _) = key_of(&folder.run("create-session --role ci"));
    folder.run("delete-role ci");
    assert!(!folder.read("secrets.toml").contains(&id));
}

#[test]
fn new_keys_can_be_had_as_json_that_sdks_take() {
    let folder = Folder::made();
    folder.run("create-role ci");
    let value = folder.json("create-session --role ci");
    assert_eq!(value["Version"], 1);
    assert_eq!(value["Expiration"], "2026-11-23T11:00:00Z");
    let id = value["AccessKeyId"].as_str().expect("a text");
    let directory = folder.loaded();
    let key = directory.key(id).expect("it can sign");
    assert_eq!(value["SecretAccessKey"], key.secret());
    assert_eq!(
        value["SessionToken"],
        key.session().expect("a session").token()
    );
    let value = folder.json("create-key admin");
    assert_eq!(value.get("SessionToken"), None);
}

#[test]
fn policies_are_attached_and_users_put_into_groups() {
    let folder = Folder::made();
    folder.run("create-user alice");
    folder.run("create-group workers");
    folder.run("create-role ci");
    folder.run("attach-policy worker --group workers");
    folder.run("attach-policy decider --role ci");
    folder.run("attach-policy decider --user alice");
    folder.run("add-to-group alice workers");
    assert_eq!(policies_of(&folder, "alice"), ["decider", "worker"]);
    assert_eq!(policies_of(&folder, "ci"), ["decider"]);
    assert_eq!(
        folder.failure("attach-policy decider --user alice"),
        "the user 'alice' has the policy 'decider' already"
    );
    assert_eq!(
        folder.failure("add-to-group alice workers"),
        "the user 'alice' is in it already"
    );
    folder.run("detach-policy decider --user alice");
    folder.run("remove-from-group alice workers");
    assert_eq!(policies_of(&folder, "alice"), Vec::<String>::new());
    assert_eq!(
        folder.failure("detach-policy worker --user alice"),
        "the user 'alice' does not have the policy 'worker' itself"
    );
    assert_eq!(
        folder.failure("remove-from-group alice workers"),
        "the user 'alice' is not in it"
    );
}

#[test]
fn what_is_named_must_be_there_and_the_nearest_is_suggested() {
    let folder = Folder::made();
    folder.run("create-user alice");
    folder.run("create-group workers");
    let before = [folder.read("access.toml"), folder.read("secrets.toml")];
    for (words, told) in [
        ("create-user ALICE", "the user 'alice' is there already"),
        (
            "create-user bob --group worker",
            "there is no group 'worker'; did you mean 'workers'?",
        ),
        (
            "create-user bob --policy workr",
            "there is no policy 'workr': there is no file policies/workr.json; did you mean 'worker'?",
        ),
        (
            "create-role bob --boundary nothing",
            "there is no policy 'nothing': there is no file policies/nothing.json",
        ),
        (
            "delete-user alise",
            "there is no user 'alise'; did you mean 'alice'?",
        ),
        (
            "delete-user alice --account 210987654321",
            "access.toml has no account '210987654321'",
        ),
        ("create-key bob", "there is no user 'bob'"),
        (
            "rotate-key AKIANOTHERE",
            "there is no access key 'AKIANOTHERE'",
        ),
        (
            "delete-key AKIANOTHERE",
            "there is no access key 'AKIANOTHERE'",
        ),
        ("create-session --role alice", "there is no role 'alice'"),
        (
            "create-session --user alice --policy x",
            "there is no policy 'x': there is no file policies/x.json",
        ),
        (
            "attach-policy decide --user alice",
            "there is no policy 'decide': there is no file policies/decide.json; did you mean 'decider'?",
        ),
        (
            "attach-policy worker --group worker",
            "there is no group 'worker'; did you mean 'workers'?",
        ),
        (
            "add-to-group alice worker",
            "there is no group 'worker'; did you mean 'workers'?",
        ),
        ("explain --user bob", "there is no user 'bob'"),
    ] {
        assert_eq!(folder.failure(words), told, "{words}");
        let failure = folder.execute(words).expect_err(words);
        assert!(
            matches!(failure, Failure::Refused(_)),
            "{words}: {failure:?}"
        );
    }
    assert_eq!(
        [folder.read("access.toml"), folder.read("secrets.toml")],
        before
    );
}

#[test]
fn words_that_cannot_be_understood_are_named() {
    let folder = Folder::made();
    for (words, named) in [
        ("", "subcommand"),
        ("creat-user bob", "create-user"),
        ("create-user", "NAME"),
        ("create-user a/b", "letters"),
        ("create-user bob --account 12", "--account"),
        ("create-user bob --tag team", "--tag"),
        ("create-user bob --tag =x", "--tag"),
        ("create-group g --tag a=b", "--tag"),
        ("create-key", "USER"),
        ("create-key admin --root", "--root"),
        ("create-session --user admin --seconds 899", "--seconds"),
        ("create-session --user admin --seconds 129601", "--seconds"),
        ("create-session --user admin --name x", "--name"),
        ("create-session --user admin --role ci", "--role"),
        ("attach-policy worker", "--user"),
        ("list --jsn", "--json"),
    ] {
        let failure = folder.execute(words).expect_err(words);
        assert!(
            matches!(&failure, Failure::Usage(text) if text.contains(named)),
            "{words}: {failure}"
        );
        let text = failure.to_string();
        let is_sentence = !["\n", "Usage", "--help"]
            .iter()
            .any(|part| text.contains(part));
        assert!(is_sentence, "{words}: {text}");
    }
    for (words, told) in [
        (
            "create-session --user admin --seconds 0",
            "invalid value '0' for '--seconds <NUMBER>': a session is valid for 900 to 129600 seconds",
        ),
        (
            "attach-policy worker",
            "the following required arguments were not provided: <--user <NAME>|--group <NAME>|--role <NAME>>",
        ),
        (
            "list --jsn",
            "unexpected argument '--jsn' found; a similar argument exists: '--json'",
        ),
    ] {
        assert_eq!(folder.failure(words), told, "{words}");
    }
}

#[test]
fn a_name_in_several_accounts_needs_the_account() {
    let folder = Folder::made();
    folder.run("create-user alice --account 210987654321 --policy worker");
    assert_eq!(
        folder.failure("create-user bob"),
        "access.toml has several accounts: say which with --account"
    );
    folder.run("attach-policy decider --user alice");
    folder.run("create-user alice --account 123456789012");
    let several = "the user 'alice' is in the accounts 123456789012 and 210987654321: say which with --account";
    for words in [
        "create-key alice",
        "delete-user alice",
        "attach-policy worker --user alice",
        "explain --user alice",
    ] {
        assert_eq!(folder.failure(words), several, "{words}");
    }
    let (id, _) = key_of(&folder.run("create-key alice --account 123456789012"));
    let arn = folder
        .loaded()
        .key(&id)
        .map(|key| key.principal().arn.clone());
    assert_eq!(arn.as_deref(), Some("arn:aws:iam::123456789012:user/alice"));
    folder.run("delete-user alice --account 210987654321");
    folder.run("delete-user alice");
    assert!(folder.loaded().key(&id).is_none());
}

#[test]
fn the_folder_is_an_option_a_variable_or_a_default() {
    let folder = Folder::made();
    let world = |variable: Option<String>| {
        let environment = move |name: &str| variable.clone().filter(|_| name == "EVERBEAT_ACCESS");
        let world = everbeat_access::command::World {
            environment: &environment,
            now: "2026-11-23T10:00:00Z".parse().expect("a time"),
        };
        everbeat_access::command::execute(&["check".into()], &world)
    };
    assert!(world(Some(folder.path().display().to_string())).is_ok());
    let failure = world(None)
        .expect_err("there is no such folder here")
        .to_string();
    assert!(failure.starts_with("access/access.toml: "), "{failure}");
    for (value, told) in [
        ("", "EVERBEAT_ACCESS is empty"),
        (
            "none",
            "EVERBEAT_ACCESS is 'none', with which a server checks nothing: name a folder with --folder",
        ),
    ] {
        let failure = world(Some(value.into())).expect_err("it names no folder");
        assert!(matches!(failure, Failure::Usage(_)), "{failure:?}");
        assert_eq!(failure.to_string(), told);
    }
}

#[test]
fn a_folder_that_is_none_is_told_apart() {
    let told = "access.toml: there is no such file; `everbeat access init` makes a folder with one";
    for words in ["list", "check", "create-user alice", "create-key alice"] {
        let folder = Folder::empty();
        assert_eq!(folder.failure(words), told, "{words}");
        fs::remove_dir(folder.path()).expect("it is empty");
        assert_eq!(folder.failure(words), told, "{words}");
    }
}

#[test]
fn secrets_behind_a_link_stay_there() {
    let folder = Folder::made();
    fs::create_dir(folder.file("real")).expect("a folder");
    fs::rename(folder.file("secrets.toml"), folder.file("real/secrets")).expect("it is there");
    symlink("real/secrets", folder.file("secrets.toml")).expect("a link");
    let (id, _) = key_of(&folder.run("create-key admin"));
    let metadata = fs::symlink_metadata(folder.file("secrets.toml")).expect("it is there");
    assert!(metadata.is_symlink());
    assert!(folder.read("real/secrets").contains(&id));
    assert_eq!(folder.mode("real/secrets"), 0o600);
}
