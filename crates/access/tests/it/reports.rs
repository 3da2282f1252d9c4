//! What list, check, explain and simulate tell.

use everbeat_access::command::Failure;

use crate::folder::{ACCOUNT, DOMAIN, Folder, KEY, SECRET, allow, exported};

const HEARTBEAT: &str = "--action swf:RecordActivityTaskHeartbeat";

#[test]
fn a_list_shows_everything_but_secrets() {
    let folder = Folder::with(&format!(
        "[account.{ACCOUNT}]\nroot-keys = ['AKIAOFROOTEXAMPLE00']\n[account.{ACCOUNT}.user.alice]\ngroups = ['workers']\nboundary = 'all'\n\
         tags = {{ team = 'blue' }}\nkeys = ['{KEY}']\n[account.{ACCOUNT}.group.workers]\npolicies = ['all']\n[account.{ACCOUNT}.role.ci]\n"
    ));
    folder.write("policies/spare.json", allow("swf:*", "*"));
    folder.write(
        "secrets.toml",
        format!("[key.{KEY}]\nsecret = '{SECRET}'\n"),
    );
    let session = exported(&folder.run("create-session --role ci"), "AWS_ACCESS_KEY_ID");
    let text = folder.run("list");
    assert_eq!(
        text,
        format!(
            "account 123456789012\n  root: keys AKIAOFROOTEXAMPLE00 (no secret)\n\
             \x20 user alice: groups workers; boundary all; tags team=blue; keys {KEY}\n\
             \x20 group workers: policies all; users alice\n\
             \x20 role ci: session {session} until 2026-11-23T11:00:00Z\n\
             policies\n  all: user alice (boundary), group workers\n  spare: nobody's\n"
        )
    );
    let value = folder.json("list");
    assert_eq!(value["accounts"][0]["users"][0]["keys"][0]["usable"], true);
    assert_eq!(value["accounts"][0]["rootKeys"][0]["usable"], false);
    assert_eq!(value["accounts"][0]["groups"][0]["users"][0], "alice");
    assert_eq!(
        value["accounts"][0]["roles"][0]["sessions"][0]["name"],
        "everbeat"
    );
    assert_eq!(value["policies"][0]["users"][1], "group workers");
    let secrets = folder.read("secrets.toml");
    let token = secrets
        .lines()
        .find_map(|line| line.strip_prefix("token = "))
        .expect("a token");
    for shown in [text, value.to_string()] {
        assert!(
            !shown.contains(SECRET) && !shown.contains(token.trim_matches('"')),
            "{shown}"
        );
    }
}

#[test]
fn a_check_tells_what_is_there_and_what_is_wrong() {
    let mut folder = Folder::made();
    assert_eq!(
        folder.run("check"),
        "FOLDER can be loaded. accounts: 1, users: 1, groups: 0, roles: 0, policies: 3, keys: 1\n"
    );
    folder.write("secrets.toml", "");
    let text = folder.run("check");
    assert!(
        text.starts_with("warning: access.toml, line ") && text.ends_with("keys: 0\n"),
        "{text}"
    );
    let value = folder.json("check");
    assert_eq!(
        (
            value["keys"].as_u64(),
            value["warnings"].as_array().map(Vec::len)
        ),
        (Some(0), Some(1))
    );
    let id = folder.json("list")["accounts"][0]["users"][0]["keys"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    folder
        .environment
        .insert(format!("EVERBEAT_SECRET_{id}"), SECRET.into());
    assert!(folder.run("check").ends_with("keys: 1\n"));
    folder.write("access.toml", "version = 1\nacount = 1\n");
    let failure = folder.execute("check").expect_err("it is broken");
    assert!(matches!(failure, Failure::Broken(_)), "{failure:?}");
    assert!(failure.to_string().ends_with(
        "access.toml, line 2: the file has the unknown key 'acount'; did you mean 'account'?"
    ));
}

#[test]
fn a_check_tells_of_every_file() {
    let folder = Folder::made();
    folder.write("access.toml", "version = 1\nacount = 1\n");
    folder.write("secrets.toml", "kee = 1\n");
    folder.write("policies/worker.json", "{}");
    folder.write("policies/decider.json", "\n[");
    let told = folder.failure("check");
    let files: Vec<_> = told
        .lines()
        .filter_map(|line| line.split_once(": ").map(|(place, _)| place))
        .collect();
    assert_eq!(
        files,
        [
            "access.toml, line 2",
            "policies/decider.json, line 2",
            "policies/worker.json, line 1",
            "secrets.toml, line 1",
        ],
        "{told}"
    );
}

#[test]
fn an_explanation_shows_each_statement_and_where_it_comes_from() {
    let folder = Folder::with(&format!(
        "[account.{ACCOUNT}.user.alice]\ngroups = ['workers']\npolicies = ['own']\nboundary = 'all'\n\
         [account.{ACCOUNT}.group.workers]\npolicies = ['group']\n[account.{ACCOUNT}.role.ci]\npolicies = ['own']\n"
    ));
    let own = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["swf:StartTimer", "swf:CancelTimer"], "Resource": "*"},
        {"Effect": "Deny", "NotAction": "swf:List*", "NotResource": "arn:aws:swf:*:*:/domain/a", "Condition":
            {"StringEquals": {"aws:username": ["a", "b"]}, "Bool": {"aws:SecureTransport": false}}}]}"#;
    folder.write("policies/own.json", own);
    folder.write(
        "policies/group.json",
        allow("swf:RecordActivityTaskHeartbeat", DOMAIN),
    );
    let own = "policies/own.json\n  1: Allow swf:StartTimer, swf:CancelTimer\n      on *\n  2: Deny all but swf:List*\n      \
               on all but arn:aws:swf:*:*:/domain/a\n      if Bool aws:SecureTransport: false\n      if StringEquals aws:username: a, b\n";
    let rule =
        "What no statement allows is denied; what one denies is denied, whatever others allow.\n";
    assert_eq!(
        folder.run("explain --user alice"),
        format!(
            "the user 'alice' of the account 123456789012\nuser alice: {own}group workers: policies/group.json\n  1 (Only): \
             Allow swf:RecordActivityTaskHeartbeat\n      on {DOMAIN}\nboundary: policies/all.json\n  1 (Only): Allow swf:*\n      \
             on *\n{rule}The boundary allows nothing by itself: what it does not allow is denied.\n"
        )
    );
    assert_eq!(
        folder.run("explain --role ci"),
        format!("the role 'ci' of the account 123456789012\nrole ci: {own}{rule}")
    );
    let value = folder.json("explain --user alice");
    assert_eq!(value.as_array().map(Vec::len), Some(4));
    assert_eq!(value[2]["from"], "group workers");
    assert_eq!(value[2]["statement"], 1);
    assert_eq!(value[2]["document"]["Effect"], "Allow");
}

#[test]
fn a_simulation_names_the_statement_and_its_file() {
    let folder = Folder::with(&format!(
        "[account.{ACCOUNT}.user.alice]\npolicies = ['heartbeats']\ntags = {{ team = 'blue' }}\n\
         [account.{ACCOUNT}.user.bob]\npolicies = ['all', 'never']\nboundary = 'heartbeats'\n[account.{ACCOUNT}.role.ci]\npolicies = ['all']\n"
    ));
    folder.write(
        "policies/heartbeats.json",
        allow("swf:RecordActivityTaskHeartbeat", DOMAIN),
    );
    let never = allow("swf:RecordActivityTaskHeartbeat", "*").replace("Allow", "Deny");
    folder.write("policies/never.json", never);
    let other = DOMAIN.replace("orders", "other");
    for (words, told) in [
        (
            format!("--user alice {HEARTBEAT} --resource {DOMAIN}"),
            r#"allowed by statement 1 ("Only") of policy heartbeats (policies/heartbeats.json)"#,
        ),
        (
            format!("--user alice {HEARTBEAT} --resource {other}"),
            "denied because no identity-based policy allows it",
        ),
        (
            format!("--user bob {HEARTBEAT} --resource {DOMAIN}"),
            r#"denied by statement 1 ("Only") of policy never (policies/never.json)"#,
        ),
        (
            format!("--user bob --action swf:StartTimer --resource {DOMAIN}"),
            "denied because the permissions boundary heartbeats does not allow it (policies/heartbeats.json)",
        ),
        (
            format!("--role ci --action SWF:describeDOMAIN --resource {DOMAIN}"),
            r#"allowed by statement 1 ("Only") of policy all (policies/all.json)"#,
        ),
        (
            format!("--root --action swf:StartTimer --resource {DOMAIN}"),
            "allowed because arn:aws:iam::123456789012:root may do all",
        ),
    ] {
        assert_eq!(
            folder.run(&format!("simulate {words}")),
            format!("{told}\n"),
            "{words}"
        );
    }
    let value = folder.json(&format!(
        "simulate --user alice {HEARTBEAT} --resource {DOMAIN}"
    ));
    assert_eq!(
        (value["allowed"].as_bool(), value["statement"].as_u64()),
        (Some(true), Some(1))
    );
    assert_eq!(value["policy"], "heartbeats");
    assert_eq!(value["file"], "policies/heartbeats.json");
    assert_eq!(
        value["reason"], r#"allowed by statement 1 ("Only") of policy heartbeats"#,
        "as in the audit log"
    );
    let value = folder.json(&format!(
        "simulate --user alice {HEARTBEAT} --resource {other}"
    ));
    assert_eq!(
        (value["allowed"].as_bool(), value["policy"].is_null()),
        (Some(false), true)
    );
}

#[test]
fn a_key_is_rehearsed_with_its_session() {
    let folder = Folder::with(&format!(
        "[account.{ACCOUNT}]\nroot-keys = ['AKIAOFROOTEXAMPLE00']\n[account.{ACCOUNT}.user.alice]\nkeys = ['{KEY}']\n\
         [account.{ACCOUNT}.role.ci]\nid = 'AROAIOSFODNN7EXAMPLE'\npolicies = ['tested']\n"
    ));
    folder.write(
        "secrets.toml",
        format!(
            "[key.{KEY}]\nsecret = '{SECRET}'\n[key.AKIAOFROOTEXAMPLE00]\nsecret = '{SECRET}'\n"
        ),
    );
    folder.write("policies/narrow.json", allow("swf:StartTimer", "*"));
    let condition = r#""Condition": {"StringEquals": {"aws:userid": "AROAIOSFODNN7EXAMPLE:build-7"}, "DateEquals": {"aws:TokenIssueTime": "2026-11-23T10:00:00Z"}}, "#;
    let tested = allow("swf:*", "*").replace("\"Action\"", &format!("{condition}\"Action\""));
    folder.write("policies/tested.json", tested);
    let id = |text: String| exported(&text, "AWS_ACCESS_KEY_ID");
    let session = id(folder.run("create-session --role ci --name build-7"));
    let narrow = id(folder.run("create-session --role ci --name build-7 --policy narrow"));
    let other = id(folder.run("create-session --role ci --name build-8"));
    let told = |who: &str| {
        let words = format!("simulate {who} --action swf:DescribeDomain --resource {DOMAIN}");
        folder.run(&words)
    };
    let allowed = "allowed by statement 1 (\"Only\") of policy tested (policies/tested.json)\n";
    let nothing = "denied because no identity-based policy allows it\n";
    assert_eq!(told(&format!("--key {session}")), allowed);
    assert_eq!(
        told(&format!("--key {narrow}")),
        "denied because no session policy allows it\n"
    );
    assert_eq!(told(&format!("--key {other}")), nothing);
    let tests = "note: statements test aws:TokenIssueTime and aws:userid, which were not given\n";
    assert_eq!(told("--role ci"), format!("{nothing}{tests}"));
    assert_eq!(told(&format!("--key {KEY}")), nothing);
    assert_eq!(
        told("--key AKIAOFROOTEXAMPLE00"),
        "allowed because arn:aws:iam::123456789012:root may do all\n"
    );
    let words = format!("--action swf:DescribeDomain --resource {DOMAIN}");
    assert_eq!(
        folder.failure(&format!("simulate --key AKIANOTHERE {words}")),
        "there is no access key 'AKIANOTHERE' with a secret"
    );
    let folder = folder.at("2026-11-23T11:00:00Z");
    let text = folder.run(&format!("simulate --key {session} {words}"));
    assert!(text.contains("note: --key: the session is over"), "{text}");
}
