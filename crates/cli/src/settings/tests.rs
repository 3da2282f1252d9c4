//! Precedence of the settings, with files of their own and variables that are passed in.

use std::fs;

use super::*;
use crate::options::global_specs;
use crate::parse::parse;

mod endpoint;

const CONFIG: &str = "[default]
region = eu-west-1
[profile a]
region = eu-west-2
services = s
endpoint_url = http://profile:1
aws_access_key_id = CONFIG
aws_secret_access_key = cs
[profile both]
endpoint_url = http://profile:1
max_attempts = 5
output = text
[profile role]
role_arn = arn
source_profile = a
[services s]
sqs =
  endpoint_url = http://wrong:1
swf =
  endpoint_url = http://services:1
";
const CREDENTIALS: &str = "[both]
aws_access_key_id = FILE
aws_secret_access_key = fs
aws_session_token = ft
[half]
aws_access_key_id = FILE
";

struct World {
    _folder: tempfile::TempDir,
    variables: Variables,
}

impl World {
    fn new(set: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut variables = Variables::new();
        for (variable, name, text) in [
            ("AWS_CONFIG_FILE", "config", CONFIG),
            ("AWS_SHARED_CREDENTIALS_FILE", "credentials", CREDENTIALS),
        ] {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("a file");
            variables.insert(variable.into(), path.display().to_string());
        }
        variables.extend(
            set.iter()
                .map(|(name, value)| ((*name).into(), (*value).into())),
        );
        Self {
            _folder: folder,
            variables,
        }
    }

    fn load(&self, profile: Option<&str>) -> Configuration<'_> {
        Configuration::load(&self.variables, profile).expect("readable files")
    }
}

fn key(configuration: &Configuration<'_>, words: &[&str]) -> Result<String, (u8, String)> {
    let target = configuration.target(&globals(words));
    let client = target.and_then(|target| target.client(Timeouts::default(), None));
    let client = client.map_err(|failure| (failure.code(), failure.text))?;
    let attempt = everbeat_client::Attempt::first([0; 16]);
    let prepared = client
        .prepare(
            everbeat_model::Operation::ListDomains,
            String::new(),
            &attempt,
        )
        .expect("a request");
    let value = prepared.headers().get("authorization");
    let text = value.map_or("", |value| value.to_str().expect("text"));
    let (_, key) = text.split_once("Credential=").unwrap_or_default();
    Ok(key.split('/').next().unwrap_or_default().into())
}

fn globals(words: &[&str]) -> Parsed {
    let words: Vec<String> = words.iter().map(|word| (*word).into()).collect();
    parse(&words, &global_specs()).expect("good options")
}

/// What is said of variables, a config file and options before parameters are looked at; the URL if nothing is.
fn said(set: &[(&str, &str)], config: &str, words: &[&str]) -> Result<String, (u8, String)> {
    let mut world = World::new(&[]);
    let path = world.variables.get("AWS_CONFIG_FILE").expect("set");
    fs::write(path, config).expect("a file");
    for (name, value) in [
        ("AWS_ACCESS_KEY_ID", "a"),
        ("AWS_SECRET_ACCESS_KEY", "b"),
        ("AWS_REGION", "us-east-1"),
    ]
    .iter()
    .chain(set)
    {
        world.variables.insert((*name).into(), (*value).into());
    }
    world.variables.retain(|_, value| value != UNSET);
    let configuration = world.load(None);
    let target = configuration.target(&globals(words));
    target
        .map(|target| target.endpoint.to_string())
        .map_err(|failure| (failure.code(), failure.text))
}

/// Takes a variable away.
const UNSET: &str = "(unset)";

#[test]
fn without_anything_an_operation_ends_and_an_own_command_finds_the_server_on_this_machine() {
    let variables = Variables::from([("AWS_EC2_METADATA_DISABLED".into(), "true".into())]);
    let nothing = Configuration::load(&variables, None).expect("no files");
    let text = "You must specify a region. You can also configure your region by running \"aws configure\".";
    assert_eq!(key(&nothing, &[]), Err((253, text.into())));
    let text =
        "Unable to locate credentials. You can configure credentials by running \"aws login\".";
    assert_eq!(key(&nothing, &["--region", "r"]), Err((253, text.into())));
    let unsigned = ["--region", "r", "--no-sign-request"];
    assert_eq!(key(&nothing, &unsigned), Ok(String::new()));
    let own = nothing.local();
    let target = own.target(&globals(&[])).expect("a target");
    assert_eq!(target.region, "us-east-1");
    assert_eq!(target.endpoint.to_string(), "http://127.0.0.1:7930/");
    assert_eq!(key(&own, &[]), Ok("everbeat".into()));
    let retries = nothing.retries().expect("good settings");
    assert_eq!(
        (retries.max_attempts, retries.mode),
        (3, RetryMode::Standard)
    );
    assert_eq!(nothing.output(None), "json");
    assert_eq!(nothing.pager(), "less");
    assert_eq!(nothing.auto_prompt(), AutoPrompt::Off);
    assert_eq!(nothing.check_profile(), Ok(()));
}

#[test]
fn the_region_comes_from_the_option_then_the_environment_then_the_profile() {
    let region = |set: &[(&str, &str)], profile: Option<&str>, option: Option<&str>| {
        let world = World::new(set);
        let found = world.load(profile).named_region(option);
        found.expect("well formed").unwrap_or_default()
    };
    let both = [("AWS_REGION", "r1"), ("AWS_DEFAULT_REGION", "r2")];
    assert_eq!(region(&both, None, Some("r0")), "r0");
    assert_eq!(region(&both, None, Some("")), "");
    assert_eq!(region(&both, None, None), "r1");
    assert_eq!(region(&both[1..], None, None), "r2");
    assert_eq!(region(&[("AWS_REGION", ""), both[1]], None, None), "");
    assert_eq!(region(&[], None, None), "eu-west-1");
    assert_eq!(region(&[], Some("a"), None), "eu-west-2");
    for region in ["bad_region", "123", "a-", "-a", "r-1 # c", &"a".repeat(64)] {
        let found = said(&[("AWS_REGION", region)], "", &[]);
        let text = format!("Provided region_name '{region}' doesn't match a supported format.");
        assert_eq!(found, Err((255, text)));
    }
}

#[test]
fn what_is_wrong_is_found_in_the_references_order() {
    let no_region = ("AWS_REGION", UNSET);
    let half = ("AWS_SECRET_ACCESS_KEY", UNSET);
    let bad_endpoint = ("AWS_ENDPOINT_URL", "foo");
    let no_attempts = ("AWS_MAX_ATTEMPTS", "0");
    let no_section = "[default]\nservices = x\n";
    let order = [
        "Provided region_name 'a_b' doesn't match a supported format.",
        "Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY",
        "The profile is configured to use the services section but the \"x\" services configuration does not exist.",
        "You must specify a region. You can also configure your region by running \"aws configure\".",
        "Value provided to \"max_attempts\": 0 must be an integer greater than or equal to one.",
        "Invalid endpoint: foo",
        "Invalid CA bundle: the configured value (ca_bundle, AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE, or verify) resolved to \
         an empty or whitespace-only string. Provide a valid path to a CA bundle file.",
    ];
    let found = [
        said(&[("AWS_REGION", "a_b"), half], "", &[]),
        said(&[half, no_region, no_attempts], no_section, &[]),
        said(&[no_region, no_attempts], no_section, &[]),
        said(&[no_region, no_attempts, bad_endpoint], "", &[]),
        said(&[no_attempts, bad_endpoint], "", &[]),
        said(&[bad_endpoint, ("AWS_CA_BUNDLE", "")], "", &[]),
        said(&[("AWS_CA_BUNDLE", " ")], "", &[]),
    ];
    for (found, text) in found.into_iter().zip(order) {
        let found = found.expect_err("something is wrong");
        assert_eq!(found.1, text);
    }
    let everything = said(&[], "", &["--no-verify-ssl", "--ca-bundle", ""]);
    assert!(everything.is_ok(), "{everything:?}");
}

#[test]
fn credentials_come_from_the_environment_unless_a_profile_is_asked_for() {
    let set = [
        ("AWS_ACCESS_KEY_ID", "ENV"),
        ("AWS_SECRET_ACCESS_KEY", "es"),
        ("AWS_PROFILE", "both"),
    ];
    let world = World::new(&set);
    let region = ["--region", "r"];
    assert_eq!(key(&world.load(None), &region), Ok("ENV".into()));
    assert_eq!(key(&world.load(Some("")), &region), Ok("ENV".into()));
    assert_eq!(key(&world.load(Some("a")), &[]), Ok("CONFIG".into()));
    assert_eq!(key(&world.load(Some("both")), &region), Ok("FILE".into()));
    let text =
        "Partial credentials found in shared-credentials-file, missing: aws_secret_access_key";
    assert_eq!(
        key(&world.load(Some("half")), &region),
        Err((255, text.into()))
    );
}

#[test]
fn credentials_are_fetched_when_files_do_not_hold_them() {
    let world = World::new(&[]);
    let path = world.variables.get("AWS_CONFIG_FILE").expect("set");
    let run = |line: &str| {
        let config = format!("[default]\nregion = r\ncredential_process = {line}\n");
        fs::write(path, config).expect("a file");
        key(&world.load(None), &[])
    };
    let good = r#"printf '{"Version":1,"AccessKeyId":"PRINTED","SecretAccessKey":"s"}'"#;
    assert_eq!(run(good), Ok("PRINTED".into()));
    let text = "Error when retrieving credentials from custom-process: oops\n";
    assert_eq!(
        run("sh -c 'echo oops >&2; exit 3'"),
        Err((255, text.into()))
    );
    let text = "[Errno 2] No such file or directory: '/no/such'";
    assert_eq!(run("/no/such"), Err((255, text.into())));
}

#[test]
fn unknown_profiles_and_unreadable_files_are_errors() {
    for (set, option, name) in [
        (&[][..], Some("nope"), "nope"),
        (&[("AWS_PROFILE", "nope")], Some(""), "nope"),
        (
            &[("AWS_PROFILE", ""), ("AWS_DEFAULT_PROFILE", "a")],
            None,
            "",
        ),
    ] {
        let world = World::new(set);
        let configuration = world.load(option);
        let failure = configuration.check_profile().expect_err("unknown");
        let text = format!("The config profile ({name}) could not be found");
        assert_eq!((failure.code(), failure.text), (255, text));
        assert_eq!(configuration.error_format(), ErrorFormat::Legacy);
    }
    let mut world = World::new(&[]);
    let credentials = world
        .variables
        .get("AWS_SHARED_CREDENTIALS_FILE")
        .expect("set")
        .clone();
    fs::write(&credentials, "nonsense").expect("a file");
    let failure = Configuration::load(&world.variables, None).expect_err("unreadable");
    assert_eq!(
        failure.text,
        format!("Unable to parse config file: {credentials}")
    );
    world
        .variables
        .insert("AWS_SHARED_CREDENTIALS_FILE".into(), "/no/such/file".into());
    assert!(Configuration::load(&world.variables, None).is_ok());
}

#[test]
fn retries_are_checked() {
    let told = |set: &[(&str, &str)]| {
        let world = World::new(set);
        let found = world.load(None).retries();
        found
            .map(|retries| (retries.max_attempts, retries.mode.name()))
            .map_err(|failure| failure.text)
    };
    let attempts = |value: &'static str| told(&[("AWS_MAX_ATTEMPTS", value)]);
    assert_eq!(attempts(" 2 "), Ok((2, "standard")));
    assert_eq!(attempts("1_0"), Ok((10, "standard")));
    for value in ["0", "-1"] {
        let text = format!(
            "Value provided to \"max_attempts\": {value} must be an integer greater than or equal to one."
        );
        assert_eq!(attempts(value), Err(text));
    }
    for value in ["x", "", "1.5"] {
        let text = format!("invalid literal for int() with base 10: '{value}'");
        assert_eq!(attempts(value), Err(text));
    }
    assert_eq!(told(&[("AWS_RETRY_MODE", "adaptive")]), Ok((3, "adaptive")));
    for mode in ["legacy", "", "STANDARD"] {
        let text = format!(
            "Invalid value provided to \"mode\": \"{mode}\" must be one of: \"standard\" or \"adaptive\""
        );
        assert_eq!(told(&[("AWS_RETRY_MODE", mode)]), Err(text));
    }
    let world = World::new(&[("AWS_NEW_RETRIES_2026", "true")]);
    assert!(
        world
            .load(None)
            .retries()
            .is_ok_and(|retries| retries.by_new_rules)
    );
}

#[test]
fn time_outs_are_checked() {
    let seconds = |words: &[&str], polls: bool| {
        timeouts(&globals(words), polls).map(|timeouts| timeouts.read.map(|read| read.as_secs()))
    };
    assert_eq!(seconds(&[], false), Ok(Some(60)));
    assert_eq!(seconds(&[], true), Ok(Some(70)));
    assert_eq!(seconds(&["--cli-read-timeout", "0"], true), Ok(None));
    assert!(
        seconds(&["--cli-read-timeout", "-1"], true).is_err_and(|failure| failure.code() == 255)
    );
}

#[test]
fn results_are_written_in_utf_8() {
    let told = |name: &'static str| {
        let world = World::new(&[("AWS_CLI_OUTPUT_ENCODING", name)]);
        world
            .load(None)
            .check_output_encoding()
            .map_err(|failure| failure.text)
    };
    for name in ["utf-8", "UTF_8", "u8", "utf", "UTF 8", "utf--8", "cp65001"] {
        assert_eq!(told(name), Ok(()), "{name}");
    }
    for name in ["foo", "", "utf8-sig", "latin-1"] {
        let text = format!("Unknown codec `{name}` specified for AWS_CLI_OUTPUT_ENCODING.");
        assert_eq!(told(name), Err(text));
    }
}

#[test]
fn the_environment_wins_over_the_profile_in_everything_else() {
    let world = World::new(&[]);
    let path = world.variables.get("AWS_CONFIG_FILE").expect("set");
    let config = "[default]\noutput = text\ncli_pager = more\ncli_auto_prompt = ON-PARTIAL\ncli_error_format = Legacy\n\
                  sdk_ua_app_id = app\n";
    fs::write(path, config).expect("a file");
    let file = world.load(None);
    assert_eq!((file.output(None), file.pager()), ("text", "more"));
    assert_eq!(file.output(Some("yaml")), "yaml");
    assert_eq!(file.auto_prompt(), AutoPrompt::OnPartial);
    assert_eq!(file.error_format(), ErrorFormat::Legacy);
    assert_eq!(file.application_id(), Some("app"));
    let mut variables = world.variables.clone();
    for (name, value) in [
        ("AWS_DEFAULT_OUTPUT", ""),
        ("AWS_PAGER", ""),
        ("AWS_CLI_AUTO_PROMPT", "on"),
        ("AWS_CLI_ERROR_FORMAT", "nonsense"),
        ("AWS_SDK_UA_APP_ID", "other"),
    ] {
        variables.insert(name.into(), value.into());
    }
    let set = Configuration::load(&variables, None).expect("good files");
    assert_eq!((set.output(None), set.pager()), ("", ""));
    assert_eq!(set.auto_prompt(), AutoPrompt::On);
    assert_eq!(set.error_format(), ErrorFormat::Enhanced);
    assert_eq!(set.application_id(), Some("other"));
}
