//! Which way is taken, and what is said of ways that lead nowhere: files and variables in, a plan or a sentence out.

use super::*;

const ARN: &str = "arn:aws:iam::123456789012:role/a";

/// Files in a folder of their own.
struct World {
    _folder: tempfile::TempDir,
    files: SharedFiles,
    variables: Variables,
}

impl World {
    fn new(config: &str, credentials: &str, set: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut variables = Variables::new();
        for (variable, name, text) in [
            ("AWS_CONFIG_FILE", "config", config),
            ("AWS_SHARED_CREDENTIALS_FILE", "credentials", credentials),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, text.replace("ARN", ARN)).expect("a file");
            variables.insert(variable.into(), path.display().to_string());
        }
        variables.insert("AWS_EC2_METADATA_DISABLED".into(), "true".into());
        for (name, value) in set {
            variables.insert((*name).into(), (*value).into());
        }
        Self {
            _folder: folder,
            files: SharedFiles::load(&variables).expect("good files"),
            variables,
        }
    }

    fn plan(&self, option: Option<&'static str>) -> Result<Plan<'_>, String> {
        self.read(option, Reading::Reference)
    }

    fn read(&self, option: Option<&'static str>, reading: Reading) -> Result<Plan<'_>, String> {
        Profile {
            files: &self.files,
            variables: &self.variables,
            name: option.unwrap_or("default"),
            is_option: option.is_some(),
            reading,
        }
        .plan()
        .map_err(|error| error.to_string())
    }

    fn key(&self, option: Option<&'static str>) -> Result<String, String> {
        self.plan(option).map(|plan| match plan {
            Plan::Keys(keys) => keys.access_key_id,
            other => panic!("no keys: {other:?}"),
        })
    }
}

const KEYS: &str = "[default]\naws_access_key_id=FILE\naws_secret_access_key=s\n";
const BY_PROGRAM: &str =
    "[default]\naws_access_key_id=CONFIG\naws_secret_access_key=s\ncredential_process='a b' c\n";

#[test]
fn the_first_way_of_the_chain_is_taken() {
    let environment = [("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", "s")];
    let world = World::new(BY_PROGRAM, KEYS, &environment);
    assert_eq!(world.key(None), Ok("ENV".into()));
    assert_eq!(world.key(Some("default")), Ok("FILE".into()));
    let world = World::new(BY_PROGRAM, "", &[]);
    let words = Plan::Process(vec!["a b".into(), "c".into()]);
    assert_eq!(world.plan(None), Ok(words));
    let world = World::new("", "", &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "x")]);
    assert_eq!(world.plan(None), Ok(Plan::Container));
    let world = World::new("", "", &[("AWS_EC2_METADATA_DISABLED", "x")]);
    assert_eq!(world.plan(None), Ok(Plan::Instance));
    assert_eq!(World::new("", "", &[]).plan(None), Ok(Plan::Nothing));
    let token = [("AWS_WEB_IDENTITY_TOKEN_FILE", "/t"), ("AWS_ROLE_ARN", "r")];
    let world = World::new(BY_PROGRAM, "", &token);
    assert!(
        matches!(world.plan(None), Ok(Plan::WebIdentity(identity)) if identity.token_file == "/t")
    );
    assert!(matches!(world.plan(Some("default")), Ok(Plan::Process(_))));
}

#[test]
fn what_is_empty_counts_in_files_and_not_in_the_environment() {
    let set = [("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "s")];
    assert_eq!(World::new("", "", &set).plan(None), Ok(Plan::Nothing));
    let credentials = "[default]\naws_access_key_id=\naws_secret_access_key=s\n";
    assert_eq!(
        World::new("", credentials, &set).key(None),
        Ok(String::new())
    );
    let credentials = "[default]\naws_secret_access_key=s\n";
    assert_eq!(
        World::new("", credentials, &[]).plan(None),
        Ok(Plan::Nothing)
    );
}

#[test]
fn for_a_server_what_is_empty_is_not_set() {
    let credentials = "[default]\naws_access_key_id=\naws_secret_access_key=\naws_session_token=\n";
    let config = "[default]\nrole_arn=\naws_access_key_id=CONFIG\naws_secret_access_key=s\n";
    let world = World::new(config, credentials, &[]);
    let Ok(Plan::Keys(keys)) = world.read(None, Reading::Server) else {
        panic!("keys");
    };
    assert_eq!(keys.access_key_id, "CONFIG");
    assert_eq!(keys.session_token, None);
    assert!(world.plan(None).is_err(), "the reference sees a role");
}

#[test]
fn a_length_that_is_no_number_is_an_error_for_a_server() {
    let config = "[default]\nrole_arn=ARN\nsource_profile=default\naws_access_key_id=C\naws_secret_access_key=s\n\
                  duration_seconds=1h\n";
    let world = World::new(config, "", &[]);
    let text = "The profile \"default\" has a duration_seconds that is no number.";
    assert_eq!(world.read(None, Reading::Server), Err(text.into()));
    let Ok(Plan::Role(role)) = world.plan(None) else {
        panic!("a role");
    };
    assert_eq!(role.seconds, None);
}

#[test]
fn the_older_name_of_a_token_wins() {
    let set = [
        ("AWS_ACCESS_KEY_ID", "x"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
        ("AWS_SESSION_TOKEN", "new"),
        ("AWS_SECURITY_TOKEN", "old"),
    ];
    let world = World::new("", "", &set);
    let Ok(Plan::Keys(keys)) = world.plan(None) else {
        panic!("keys");
    };
    assert_eq!(keys.session_token.as_deref(), Some("old"));
}

#[test]
fn roles_lead_to_roles() {
    let config = "[default]\nrole_arn=ARN\nsource_profile=b\nregion=r-1\nduration_seconds=900\n[profile b]\n\
                  role_arn=B\nsource_profile=c\n[profile c]\naws_access_key_id=C\naws_secret_access_key=s\n";
    let world = World::new(config, "", &[]);
    let Ok(Plan::Role(role)) = world.plan(None) else {
        panic!("a role");
    };
    assert_eq!(
        (role.arn, role.region, role.seconds),
        (ARN, "r-1", Some(900))
    );
    let Source::Profile(Plan::Role(second)) = role.source else {
        panic!("a role behind the role");
    };
    assert_eq!(second.arn, "B");
    assert!(
        matches!(second.source, Source::Profile(Plan::Keys(keys)) if keys.access_key_id == "C")
    );
    let config = "[default]\nrole_arn=ARN\nsource_profile=default\naws_access_key_id=C\naws_secret_access_key=s\n";
    let world = World::new(config, "", &[]);
    assert!(matches!(world.plan(None), Ok(Plan::Role(_))));
}

#[test]
fn a_login_needs_all_of_its_keys() {
    let login = "[default]\nsso_account_id=1\nsso_role_name=r\nsso_session=s\n";
    let config = format!("{login}[sso-session s]\nsso_region=r-1\nsso_start_url=https://x\n");
    let world = World::new(&config, "", &[]);
    let expected = SignOn {
        account_id: "1",
        role_name: "r",
        region: "r-1",
        token_name: "s",
    };
    assert_eq!(world.plan(None), Ok(Plan::SignOn(expected)));
}

/// Config file and what the reference says of it.
const WRONG: [(&str, &str); 21] = [
    (
        "role_arn=ARN",
        "Partial credentials found in assume-role, missing: source_profile or credential_source",
    ),
    (
        "role_arn=ARN\nsource_profile=x\ncredential_source=Environment",
        "The profile \"default\" contains both source_profile and credential_source.",
    ),
    (
        "role_arn=ARN\nsource_profile=zz",
        "The source_profile \"zz\" referenced in the profile \"default\" does not exist.",
    ),
    (
        "role_arn=ARN\nsource_profile=default",
        "Infinite loop in credential configuration detected. Attempting to load from profile default which has already been visited. Visited profiles: ['default']",
    ),
    (
        "role_arn=ARN\nsource_profile=b\n[profile b]\nrole_arn=ARN\nsource_profile=default",
        "Infinite loop in credential configuration detected. Attempting to load from profile default which has already been visited. Visited profiles: ['default', 'b']",
    ),
    (
        "role_arn=ARN\nsource_profile=b\n[profile b]\nrole_arn=ARN\nsource_profile=c\n[profile c]\nrole_arn=ARN\nsource_profile=b",
        "Infinite loop in credential configuration detected. Attempting to load from profile b which has already been visited. Visited profiles: ['default', 'b', 'c']",
    ),
    (
        "role_arn=ARN\nsource_profile=b\n[profile b]\nregion=x",
        "The source profile \"b\" must have credentials.",
    ),
    (
        "role_arn=ARN\nsource_profile=b\n[profile b]\naws_access_key_id=x",
        "Partial credentials found in config-file, missing: aws_secret_access_key",
    ),
    (
        "role_arn=ARN\ncredential_source=Nope",
        "The credential source \"Nope\" referenced in profile \"default\" is not valid.",
    ),
    (
        "role_arn=ARN\ncredential_source=Environment",
        "Error when retrieving credentials from Environment: No credentials found in credential_source referenced in profile default",
    ),
    (
        "role_arn=ARN\ncredential_source=Ec2InstanceMetadata",
        "Error when retrieving credentials from Ec2InstanceMetadata: No credentials found in credential_source referenced in profile default",
    ),
    (
        "web_identity_token_file=/x",
        "The provided profile or the current environment is configured to assume role with web identity but has no role ARN configured. Ensure that the profile has the role_arnconfiguration set or the AWS_ROLE_ARN env var is set.",
    ),
    (
        "sso_account_id=1",
        "The profile \"default\" is configured to use SSO but is missing required configuration: sso_role_name, sso_start_url, sso_region",
    ),
    (
        "sso_role_name=1",
        "The profile \"default\" is configured to use SSO but is missing required configuration: sso_account_id, sso_start_url, sso_region",
    ),
    (
        "sso_account_id=1\nsso_role_name=r\nsso_session=s",
        "The specified sso-session does not exist: \"s\"",
    ),
    (
        "sso_account_id=1\nsso_role_name=r\nsso_region=q\nsso_session=s\n[sso-session s]\nsso_region=us-east-1\nsso_start_url=https://x",
        "The value for sso_region is inconsistent between profile (q) and sso-session (us-east-1).",
    ),
    (
        "sso_session=s",
        "The profile \"default\" is configured to use the SSO token provider but the \"s\" sso_session configuration does not exist.",
    ),
    (
        "login_session=arn:x",
        "Error loading login session token: Unable to load a existing login session for session arn:x, Please reauthenticate with 'aws login'.",
    ),
    ("credential_process=echo 'x", "No closing quotation"),
    (
        "aws_access_key_id=x",
        "Partial credentials found in config-file, missing: aws_secret_access_key",
    ),
    (
        "role_arn=ARN\nsource_profile=b\nmfa_serial=m\n[profile b]\naws_access_key_id=x\naws_secret_access_key=s",
        "The profile \"default\" asks for the code of a device (mfa_serial), which cannot be entered here",
    ),
];

#[test]
fn what_leads_nowhere_is_told_in_the_references_words() {
    for (config, text) in WRONG {
        let world = World::new(&format!("[default]\n{config}\n"), "", &[]);
        assert_eq!(world.plan(None), Err(text.into()), "{config}");
    }
    let text = "Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY";
    for set in [
        &[("AWS_ACCESS_KEY_ID", "x")][..],
        &[("AWS_ACCESS_KEY_ID", "x"), ("AWS_SECRET_ACCESS_KEY", "")],
    ] {
        let world = World::new("", KEYS, set);
        assert_eq!(world.plan(None), Err(text.into()));
    }
    let text =
        "Partial credentials found in shared-credentials-file, missing: aws_secret_access_key";
    let config = "[default]\naws_secret_access_key=s\n";
    let world = World::new(config, "[default]\naws_access_key_id=x\n", &[]);
    assert_eq!(world.plan(None), Err(text.into()));
}
