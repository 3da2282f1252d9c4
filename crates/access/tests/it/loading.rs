//! What a folder says when it is loaded, and why it is refused.

use std::fs;
use std::os::unix::fs::symlink;

use everbeat_access::{PrincipalKind, fingerprint};

use crate::folder::{ACCOUNT, Folder, KEY, SECRET, allow};

const SESSION: &str = "ASIAIOSFODNN7EXAMPLE";

fn alice() -> Folder {
    Folder::with(&format!(
        "[account.{ACCOUNT}.user.alice]\npolicies = ['all']\nkeys = ['{KEY}']\n"
    ))
}

fn secret_of(id: &str) -> String {
    format!("[key.{id}]\nsecret = '{SECRET}'\n")
}

fn session_of(owner: &str, more: &str) -> String {
    format!(
        "[session.{SESSION}]\nsecret = '{SECRET}'\ntoken = 'token'\nprincipal = 'arn:aws:iam::{ACCOUNT}:{owner}'\n\
         issued = '2026-11-23T10:00:00Z'\nexpires = '2026-11-23T11:00:00Z'\n{more}"
    )
}

#[test]
fn a_user_with_all_that_it_can_have() {
    let folder = Folder::with(&format!(
        "[account.{ACCOUNT}.user.alice]\nid = 'AIDAIOSFODNN7EXAMPLE'\ngroups = ['workers', 'others']\npolicies = ['own', 'all']\n\
         boundary = 'limits'\ntags = {{ team = 'blue' }}\nkeys = ['{KEY}']\n\
         [account.{ACCOUNT}.group.workers]\npolicies = ['all', 'worker']\n[account.{ACCOUNT}.group.others]\n"
    ));
    for name in ["own", "limits", "worker", "unused"] {
        folder.write(&format!("policies/{name}.json"), allow("swf:*", "*"));
    }
    folder.write("secrets.toml", secret_of(KEY));
    let directory = folder.loaded();
    assert_eq!(directory.warnings, Vec::<String>::new());
    assert!(!directory.is_empty());
    let key = directory.key(KEY).expect("it is there");
    assert_eq!(key.secret(), SECRET);
    assert!(key.session().is_none());
    let principal = key.principal();
    assert_eq!(principal.account, ACCOUNT);
    assert_eq!(
        principal.kind,
        PrincipalKind::User {
            name: "alice".into()
        }
    );
    assert_eq!(principal.arn, "arn:aws:iam::123456789012:user/alice");
    assert_eq!(principal.principal_arn, principal.arn);
    assert_eq!(principal.user_id, "AIDAIOSFODNN7EXAMPLE");
    assert_eq!(principal.username(), Some("alice"));
    assert_eq!(principal.tags.get("team").map(String::as_str), Some("blue"));
    assert!(!principal.is_root());
    let names: Vec<_> = principal
        .policies
        .identity
        .iter()
        .map(|policy| policy.name())
        .collect();
    assert_eq!(names, ["own", "all", "worker"]);
    let boundary = principal
        .policies
        .boundary
        .as_ref()
        .map(|policy| policy.name());
    assert_eq!(boundary, Some("limits"));
    assert!(principal.policies.session.is_empty());
    assert_eq!(
        directory.policy_file("own"),
        Some(folder.file("policies/own.json").as_path())
    );
    assert!(directory.key("AKIAIOSFODNN7EXAMPLF").is_none());
}

#[test]
fn root_may_do_all() {
    let folder = Folder::with(&format!("[account.{ACCOUNT}]\nroot-keys = ['{KEY}']\n"));
    folder.write("secrets.toml", secret_of(KEY));
    let directory = folder.loaded();
    let root = directory.key(KEY).expect("it is there").principal().clone();
    assert!(root.is_root());
    assert_eq!(root.arn, "arn:aws:iam::123456789012:root");
    assert_eq!(root.user_id, ACCOUNT);
    assert_eq!(root.username(), None);
}

#[test]
fn sessions_of_roles_and_users() {
    let folder = Folder::with(&format!(
        "[account.{ACCOUNT}.role.ci]\nid = 'AROAIOSFODNN7EXAMPLE'\npolicies = ['all']\n[account.{ACCOUNT}.user.alice]\npolicies = ['all']\n"
    ));
    folder.write("policies/narrow.json", allow("swf:List*", "*"));
    folder.write(
        "secrets.toml",
        session_of("role/ci", "name = 'build-7'\npolicies = ['narrow']\n"),
    );
    let directory = folder.loaded();
    let key = directory.key(SESSION).expect("it is there");
    let session = key.session().expect("it is a session's");
    assert_eq!(
        (session.token(), session.issued, session.expires),
        ("token", 1_795_428_000, 1_795_431_600)
    );
    let principal = key.principal();
    let kind = PrincipalKind::Role {
        name: "ci".into(),
        session: Some("build-7".into()),
    };
    assert_eq!(principal.kind, kind);
    assert_eq!(
        principal.arn,
        "arn:aws:sts::123456789012:assumed-role/ci/build-7"
    );
    assert_eq!(principal.principal_arn, "arn:aws:iam::123456789012:role/ci");
    assert_eq!(principal.user_id, "AROAIOSFODNN7EXAMPLE:build-7");
    let narrowed: Vec<_> = principal
        .policies
        .session
        .iter()
        .map(|policy| policy.name())
        .collect();
    assert_eq!(narrowed, ["narrow"]);

    folder.write("secrets.toml", session_of("user/alice", ""));
    let directory = folder.loaded();
    let principal = directory.key(SESSION).expect("it is there").principal();
    assert_eq!(principal.arn, "arn:aws:iam::123456789012:user/alice");
    assert!(principal.policies.session.is_empty());
}

#[test]
fn principals_are_those_who_can_call() {
    let folder = Folder::with(&format!(
        "[account.{ACCOUNT}.role.ci]\n[account.{ACCOUNT}.user.alice]\n[account.{ACCOUNT}.group.g]\n"
    ));
    let directory = folder.loaded();
    let arns: Vec<_> = directory
        .principals()
        .iter()
        .map(|principal| principal.arn.as_str())
        .collect();
    let expected =
        ["root", "user/alice", "role/ci"].map(|end| format!("arn:aws:iam::{ACCOUNT}:{end}"));
    assert_eq!(arns, expected);
    assert!(directory.is_empty());
}

#[test]
fn secrets_can_be_in_the_environment_alone() {
    let mut folder = alice();
    assert!(folder.loaded().is_empty());
    let variable = format!("EVERBEAT_SECRET_{KEY}");
    folder.environment.insert(variable.clone(), SECRET.into());
    let directory = folder.loaded();
    assert_eq!(
        directory
            .key(KEY)
            .map(|key| key.secret().to_owned())
            .as_deref(),
        Some(SECRET)
    );
    assert_eq!(directory.warnings, Vec::<String>::new());
    folder.environment.insert(variable, "two words".into());
    assert_eq!(
        folder.refusal(),
        "access.toml, line 4: EVERBEAT_SECRET_AKIAIOSFODNN7EXAMPLE in the environment is not of 1 to 4096 visible ASCII characters without spaces"
    );
}

#[test]
fn what_everybody_may_change_is_refused() {
    for file in ["access.toml", "policies/all.json"] {
        let folder = alice();
        folder.permit(file, 0o666);
        let expected =
            format!("{file}: everybody may change this file; `chmod o-w {file}` mends that");
        assert_eq!(folder.refusal(), expected);
        folder.permit(file, 0o664);
        folder.loaded();
    }
}

#[test]
fn folders_that_everybody_may_change_are_refused() {
    for (name, path) in [("", "FOLDER"), ("policies", "policies")] {
        let folder = alice();
        for mode in [0o777, 0o1777, 0o703] {
            folder.permit(name, mode);
            let told = format!(
                "{path}: everybody may change this folder, and so replace its files; `chmod o-w {path}` mends that"
            );
            assert_eq!(folder.refusal().trim_end_matches('/'), told, "{mode:o}");
            for words in ["check", "list", "create-user bob", "create-key alice"] {
                assert_eq!(folder.failure(words), told, "{words}");
            }
        }
        folder.permit(name, 0o775);
        folder.loaded();
    }
}

#[test]
fn a_file_that_looks_like_a_policy_is_a_warning() {
    let folder = alice();
    folder.write("policies/odd.JSON", allow("swf:*", "*"));
    folder.write("policies/odd.txt", "");
    let of_file: Vec<_> = folder
        .warnings()
        .into_iter()
        .filter(|warning| warning.contains("odd"))
        .collect();
    let expected = "policies/odd.JSON: this file is not read: its name does not end with .json";
    assert_eq!(of_file, [expected]);
}

#[test]
fn what_is_useless_is_a_warning() {
    let folder = alice();
    folder.write(
        "secrets.toml",
        format!(
            "{}{}",
            secret_of("AKIAOFNOBODYEXAMPLE0"),
            session_of("user/bob", "")
        ),
    );
    let warnings = folder.warnings();
    let expected = [
        "access.toml, line 4: the user 'alice' has the access key AKIAIOSFODNN7EXAMPLE without a secret, which is neither in secrets.toml nor in EVERBEAT_SECRET_AKIAIOSFODNN7EXAMPLE",
        "secrets.toml, line 1: the key 'AKIAOFNOBODYEXAMPLE0' belongs to nobody",
        "secrets.toml, line 3: the session 'ASIAIOSFODNN7EXAMPLE' is of arn:aws:iam::123456789012:user/bob, who is not in access.toml",
    ];
    assert_eq!(warnings, expected);
    assert!(folder.loaded().is_empty());
}

#[test]
fn names_that_nothing_has_are_refused_with_the_nearest() {
    let user = |members: &str| {
        format!("[account.{ACCOUNT}.user.alice]\n{members}\n[account.{ACCOUNT}.group.workers]\n")
    };
    for (access, told) in [
        (
            user("policies = ['al']"),
            "line 3: the user 'alice' has the unknown policy 'al'; did you mean 'all'?",
        ),
        (
            user("policies = [\n'all',\n'nothing']"),
            "line 5: the user 'alice' has the unknown policy 'nothing'",
        ),
        (
            user("boundary = 'alll'"),
            "line 3: the user 'alice' has the unknown policy 'alll'; did you mean 'all'?",
        ),
        (
            user("groups = ['worker']"),
            "line 3: the user 'alice' has the unknown group 'worker'; did you mean 'workers'?",
        ),
        (
            format!("[account.{ACCOUNT}.group.g]\npolicies = ['x']"),
            "line 3: the group 'g' has the unknown policy 'x'",
        ),
        (
            format!("[account.{ACCOUNT}.role.r]\npolicies = ['x']"),
            "line 3: the role 'r' has the unknown policy 'x'",
        ),
        (
            format!("[account.210987654321.group.g]\n[account.{ACCOUNT}.user.u]\ngroups = ['g']"),
            "line 4: the user 'u' has the unknown group 'g'",
        ),
    ] {
        assert_eq!(
            Folder::with(&access).refusal(),
            format!("access.toml, {told}"),
            "{access}"
        );
    }
    let folder = alice();
    folder.write(
        "secrets.toml",
        session_of("user/alice", "policies = ['al']"),
    );
    assert_eq!(
        folder.refusal(),
        "secrets.toml, line 7: the session 'ASIAIOSFODNN7EXAMPLE' has the unknown policy 'al'; did you mean 'all'?"
    );
    folder.write(
        "secrets.toml",
        session_of("user/alice", "").replace(SESSION, KEY),
    );
    assert_eq!(
        folder.refusal(),
        "access.toml, line 4: the user 'alice' has the access key 'AKIAIOSFODNN7EXAMPLE', which is a session's"
    );
}

#[test]
fn policies_are_refused_with_file_line_and_place() {
    let folder = alice();
    folder.write(
        "policies/other.json",
        "{\n\"Version\": \"2012-10-17\",\n\"Statment\": []\n}",
    );
    let refusal = folder.refusal();
    assert!(
        refusal.starts_with("policies/other.json, line 3: "),
        "{refusal}"
    );
    assert!(refusal.contains("Statment"), "{refusal}");
    fs::remove_file(folder.file("policies/other.json")).expect("it is there");
    folder.write("policies/a b.json", allow("swf:*", "*"));
    assert_eq!(
        folder.refusal(),
        "policies/a b.json: the name of a policy is of 1 to 128 letters, digits and _+=,.@-"
    );
    fs::remove_file(folder.file("policies/a b.json")).expect("it is there");
    for name in [
        "policies/.hidden.json",
        "policies/README.md",
        "policies/old.json~",
    ] {
        folder.write(name, "no policy");
    }
    assert_eq!(folder.load().map(drop), Ok(()));
}

#[test]
fn warnings_of_policies_have_their_file() {
    let folder = alice();
    folder.write(
        "policies/odd.json",
        allow("swf:StartTimer", "arn:aws:swf::123456789012:/domain/orders"),
    );
    let warnings = folder.warnings();
    let of_policy: Vec<_> = warnings
        .iter()
        .filter(|warning| warning.starts_with("policies/odd.json, line 1"))
        .collect();
    assert_eq!(of_policy.len(), 1, "{warnings:?}");
}

#[test]
fn secrets_that_others_may_read_are_refused() {
    let folder = alice();
    folder.write("secrets.toml", secret_of(KEY));
    for mode in [0o640, 0o604, 0o620, 0o601] {
        folder.permit("secrets.toml", mode);
        let told = format!(
            "secrets.toml: others may use this file (its mode is {mode:04o}); `chmod 600 secrets.toml` mends that"
        );
        assert_eq!(folder.refusal(), told);
    }
    for mode in [0o600, 0o400] {
        folder.permit("secrets.toml", mode);
        assert!(!folder.loaded().is_empty(), "{mode:o}");
    }
}

#[test]
fn files_that_are_none_are_refused() {
    let folder = Folder::empty();
    assert_eq!(
        folder.refusal(),
        "access.toml: there is no such file; `everbeat access init` makes a folder with one"
    );
    fs::create_dir(folder.file("access.toml")).expect("a folder");
    assert_eq!(folder.refusal(), "access.toml: this is not a file");
    fs::remove_dir(folder.file("access.toml")).expect("it is there");
    folder.write("access.toml", b"version = 1\n# \xff\n");
    assert_eq!(folder.refusal(), "access.toml, line 2: this is no UTF-8");
    let large = fs::File::create(folder.file("access.toml")).expect("a file");
    large.set_len(16 * 1024 * 1024 + 1).expect("a large file");
    assert_eq!(
        folder.refusal(),
        "access.toml: this file has more than 16 MiB"
    );
    folder.write("access.toml", "version = 1\n");
    fs::create_dir(folder.file("policies")).expect("a folder");
    symlink("nowhere", folder.file("policies/a.json")).expect("a link");
    assert_eq!(
        folder.refusal(),
        "policies/a.json: this file has vanished, or is a link to nothing"
    );
}

#[test]
fn links_are_followed_and_what_they_lead_to_is_judged() {
    let folder = alice();
    folder.write("real/secrets", secret_of(KEY));
    folder.permit("real/secrets", 0o600);
    symlink("real/secrets", folder.file("secrets.toml")).expect("a link");
    assert!(!folder.loaded().is_empty());
    folder.permit("real/secrets", 0o644);
    assert!(folder.refusal().contains("chmod 600"));
}

#[test]
fn every_change_shows_in_the_fingerprint() {
    let folder = alice();
    let mut seen = vec![fingerprint(folder.path())];
    let mut differs = |what: &str| {
        let now = fingerprint(folder.path());
        assert_eq!(now, fingerprint(folder.path()), "{what}");
        assert!(!seen.contains(&now), "{what}");
        seen.push(now);
    };
    folder.write("secrets.toml", secret_of(KEY));
    differs("a new file");
    folder.permit("secrets.toml", 0o644);
    differs("another mode");
    folder.write("policies/new.json", allow("swf:*", "*"));
    differs("a new policy");
    folder.write("policies/new.json", allow("swf:List*", "*"));
    differs("a changed policy");
    fs::write(folder.file("beside"), folder.read("access.toml")).expect("a file");
    fs::rename(folder.file("beside"), folder.file("access.toml")).expect("it is there");
    differs("a file of the same size in the place of another");
    fs::remove_file(folder.file("policies/new.json")).expect("it is there");
    differs("a policy gone");
}
