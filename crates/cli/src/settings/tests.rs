//! Precedence of the settings, with files of their own and variables that are passed in.

use std::fs;

use super::*;
use crate::options::global_specs;
use crate::parse::parse;

const CONFIG: &str = "[default]
region = eu-west-1
[profile a]
region = eu-west-2
services = s
endpoint_url = http://profile:1
aws_access_key_id = CONFIG
aws_secret_access_key = cs
[profile both]
services = none
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

fn key(configuration: &Configuration<'_>) -> Result<String, (u8, String)> {
    configuration
        .credentials()
        .map(|found| found.access_key_id)
        .map_err(|failure| (failure.code(), failure.text))
}

#[test]
fn without_anything_it_is_the_server_on_this_machine() {
    let variables = Variables::new();
    let nothing = Configuration::load(&variables, None).expect("no files");
    assert_eq!(nothing.region(None), Ok("us-east-1".into()));
    assert_eq!(
        nothing.endpoint(None).expect("a URL").to_string(),
        "http://127.0.0.1:7930/"
    );
    assert_eq!(key(&nothing), Ok("everbeat".into()));
    assert_eq!(nothing.max_attempts(), Ok(3));
    assert_eq!(nothing.output(None), "json");
    assert_eq!(nothing.check_profile(), Ok(()));
}

#[test]
fn the_region_comes_from_the_option_then_the_environment_then_the_profile() {
    let world = World::new(&[("AWS_REGION", "r1"), ("AWS_DEFAULT_REGION", "r2")]);
    assert_eq!(world.load(None).region(Some("r0")), Ok("r0".into()));
    assert_eq!(world.load(None).region(Some("")), Ok("r1".into()));
    let world = World::new(&[("AWS_DEFAULT_REGION", "r2")]);
    assert_eq!(world.load(None).region(None), Ok("r2".into()));
    let world = World::new(&[]);
    assert_eq!(world.load(None).region(None), Ok("eu-west-1".into()));
    assert_eq!(world.load(Some("a")).region(None), Ok("eu-west-2".into()));
    let failure = world
        .load(None)
        .region(Some("bad_region"))
        .expect_err("ill-formed");
    assert_eq!(
        failure.text,
        "Provided region_name 'bad_region' doesn't match a supported format."
    );
}

#[test]
fn the_endpoint_comes_from_the_most_specific_place() {
    let endpoint = |set: &[(&str, &str)], profile: &str, option: Option<&str>| {
        let world = World::new(set);
        let found = world.load(Some(profile)).endpoint(option);
        found
            .map(|endpoint| endpoint.host().to_string())
            .map_err(|failure| failure.code())
    };
    let both = [
        ("AWS_ENDPOINT_URL_SWF", "http://swf:1"),
        ("AWS_ENDPOINT_URL", "http://all:1"),
    ];
    assert_eq!(
        endpoint(&both, "a", Some("http://option:1")),
        Ok("option:1".into())
    );
    assert_eq!(endpoint(&both, "a", None), Ok("swf:1".into()));
    assert_eq!(endpoint(&both[1..], "a", None), Ok("all:1".into()));
    assert_eq!(endpoint(&[], "a", None), Ok("services:1".into()));
    assert_eq!(endpoint(&[], "both", None), Ok("profile:1".into()));
    let ignored = [both[0], ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE")];
    assert_eq!(endpoint(&ignored, "a", None), Ok("127.0.0.1:7930".into()));
    assert_eq!(endpoint(&[], "a", Some("https://x")), Err(253));
    assert_eq!(
        endpoint(&[("AWS_ENDPOINT_URL", "foo")], "a", None),
        Err(255)
    );
}

#[test]
fn credentials_come_from_the_environment_unless_a_profile_is_asked_for() {
    let set = [
        ("AWS_ACCESS_KEY_ID", "ENV"),
        ("AWS_SECRET_ACCESS_KEY", "es"),
        ("AWS_PROFILE", "both"),
    ];
    let world = World::new(&set);
    assert_eq!(key(&world.load(None)), Ok("ENV".into()));
    assert_eq!(key(&world.load(Some("both"))), Ok("FILE".into()));
    assert_eq!(key(&world.load(Some("a"))), Ok("CONFIG".into()));
    let token = world
        .load(Some("both"))
        .credentials()
        .map(|found| found.session_token);
    assert_eq!(token, Ok(Some("ft".into())));
}

#[test]
fn half_pairs_and_unserved_ways_are_named() {
    let world = World::new(&[("AWS_ACCESS_KEY_ID", "ENV")]);
    let text = "Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY";
    assert_eq!(key(&world.load(None)), Err((255, text.into())));
    let text =
        "Partial credentials found in shared-credentials-file, missing: aws_secret_access_key";
    assert_eq!(key(&world.load(Some("half"))), Err((255, text.into())));
    let (code, text) = key(&world.load(Some("role"))).expect_err("not served");
    assert_eq!(code, 253);
    assert!(text.contains("assuming a role"), "{text}");
    let world = World::new(&[("AWS_SECRET_ACCESS_KEY", "es")]);
    assert_eq!(key(&world.load(None)), Ok("everbeat".into()));
}

#[test]
fn unknown_profiles_and_unreadable_files_are_errors() {
    let world = World::new(&[]);
    let failure = world
        .load(Some("nope"))
        .check_profile()
        .expect_err("unknown");
    assert_eq!(
        (failure.code(), failure.text.as_str()),
        (255, "The config profile (nope) could not be found")
    );
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
fn numbers_are_checked() {
    let attempts = |value: &str| {
        let world = World::new(&[("AWS_MAX_ATTEMPTS", value)]);
        world
            .load(None)
            .max_attempts()
            .map_err(|failure| failure.text)
    };
    assert_eq!(attempts("1"), Ok(1));
    assert!(attempts("0").is_err_and(|text| text.contains("\"max_attempts\": 0 must")));
    assert!(attempts("x").is_err_and(|text| text.contains("invalid literal")));
    let seconds = |words: &[&str], polls: bool| {
        let words: Vec<String> = words.iter().map(|word| (*word).into()).collect();
        let globals = parse(&words, &global_specs()).expect("good options");
        timeouts(&globals, polls).map(|timeouts| timeouts.read.map(|read| read.as_secs()))
    };
    assert_eq!(seconds(&[], false), Ok(Some(60)));
    assert_eq!(seconds(&[], true), Ok(Some(70)));
    assert_eq!(seconds(&["--cli-read-timeout", "0"], true), Ok(None));
    assert!(
        seconds(&["--cli-read-timeout", "-1"], true).is_err_and(|failure| failure.code() == 255)
    );
}
