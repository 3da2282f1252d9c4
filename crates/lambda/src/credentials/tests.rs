//! The chain, with files of its own and a network that is played.

use std::sync::Mutex as Shared;

use bytes::Bytes;
use http::{Request, Response};
use reqsign_core::time::Timestamp;
use reqsign_core::{Error, FileRead, HttpSend, Result};

use super::*;

const CONFIG: &str = "[default]
region = eu-west-1
[profile keys]
aws_access_key_id = CONFIG
aws_secret_access_key = s
aws_session_token = t
[profile role]
role_arn = arn:aws:iam::123456789012:role/a
source_profile = keys
external_id = out
region = eu-central-1
[profile second]
role_arn = arn:aws:iam::123456789012:role/b
source_profile = role
[profile round]
role_arn = arn:aws:iam::123456789012:role/c
source_profile = about
[profile about]
role_arn = arn:aws:iam::123456789012:role/d
source_profile = round
[profile device]
role_arn = arn:aws:iam::123456789012:role/e
source_profile = keys
mfa_serial = x
[profile contained]
role_arn = arn:aws:iam::123456789012:role/f
credential_source = EcsContainer
[profile program]
credential_process = printf '%s' '{\"Version\":1,\"AccessKeyId\":\"PROGRAM\",\"SecretAccessKey\":\"a  b\"}'
[profile signed]
sso_session = s
sso_account_id = 123456789012
sso_role_name = Reader
[sso-session s]
sso_region = eu-west-2
sso_start_url = https://start.test
[profile half]
aws_access_key_id = x
[profile empty]
role_arn =
aws_access_key_id = EMPTY
aws_secret_access_key = s
aws_session_token =
[profile length]
role_arn = arn:aws:iam::123456789012:role/g
source_profile = keys
duration_seconds = 1h
[profile machine]
role_arn = arn:aws:iam::123456789012:role/h
credential_source = Ec2InstanceMetadata
";
const CREDENTIALS: &str = "[default]
aws_access_key_id = FILE
aws_secret_access_key = s
";
const EXPIRATION: &str = "2999-01-01T00:00:00Z";

/// A network with the services that give credentials. It keeps what was asked.
#[derive(Debug, Clone, Default)]
struct Network(std::sync::Arc<Shared<Vec<(String, String)>>>);

impl HttpSend for Network {
    async fn http_send(&self, request: Request<Bytes>) -> Result<Response<Bytes>> {
        let (parts, body) = request.into_parts();
        let uri = parts.uri.to_string();
        let asked = format!("{uri} {}", String::from_utf8_lossy(&body));
        let signed_by = ["authorization", "x-amz-sso_bearer_token"]
            .iter()
            .find_map(|name| parts.headers.get(*name))
            .map_or("", |value| value.to_str().unwrap_or_default());
        self.0
            .lock()
            .expect("nobody panicked")
            .push((asked.clone(), signed_by.into()));
        let answer = if asked.contains("Action=AssumeRoleWithWebIdentity") {
            sts("AssumeRoleWithWebIdentity", "WEB")
        } else if asked.contains("Action=AssumeRole") {
            let (_, role) = asked.split_once("role%2F").expect("a role");
            sts("AssumeRole", &format!("ASIA00000000ROLE_{}", &role[..1]))
        } else if uri.starts_with("https://portal.sso.eu-west-2.amazonaws.com/") {
            r#"{"roleCredentials":{"accessKeyId":"SSO","secretAccessKey":"s","sessionToken":"t",
                "expiration":32472144000000}}"#
                .into()
        } else if uri.starts_with("http://169.254.170.2/me") {
            format!(
                r#"{{"AccessKeyId":"CONTAINER","SecretAccessKey":"s","Token":"t","Expiration":"{EXPIRATION}"}}"#
            )
        } else {
            return Err(Error::unexpected("no route to host"));
        };
        Ok(Response::new(answer.into()))
    }
}

fn sts(action: &str, id: &str) -> String {
    format!(
        "<{action}Response><{action}Result><Credentials><AccessKeyId>{id}</AccessKeyId>\
         <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
         <Expiration>{EXPIRATION}</Expiration></Credentials></{action}Result></{action}Response>"
    )
}

/// Tokens of logins and of web identities.
#[derive(Debug)]
struct Tokens;

impl FileRead for Tokens {
    async fn file_read(&self, path: &str) -> Result<Vec<u8>> {
        // The name is the SHA-1 of the session's name, "s".
        if path == "/home/u/.aws/sso/cache/a0f1490a20d0211c997b44bc357e1972deab8ae3.json" {
            let token = format!(r#"{{"accessToken":"LOGIN","expiresAt":"{EXPIRATION}"}}"#);
            return Ok(token.into());
        }
        if path == "/token" {
            return Ok("identity".into());
        }
        Err(Error::config_invalid("no such file"))
    }
}

struct World {
    _folder: tempfile::TempDir,
    network: Network,
    source: CredentialSource,
}

impl World {
    fn new(set: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut variables = Variables::from([("HOME".into(), "/home/u".into())]);
        for (variable, name, text) in [
            ("AWS_CONFIG_FILE", "config", CONFIG),
            ("AWS_SHARED_CREDENTIALS_FILE", "credentials", CREDENTIALS),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("a file");
            variables.insert(variable.into(), path.display().to_string());
        }
        for (name, value) in set {
            variables.insert((*name).into(), (*value).into());
        }
        let network = Network::default();
        let context = Context::new()
            .with_file_read(Tokens)
            .with_http_send(network.clone())
            .with_command_execute(context::Programs)
            .with_env(everbeat_credentials::environment(&variables));
        Self {
            _folder: folder,
            network,
            source: CredentialSource::with_context(context, variables),
        }
    }

    async fn key(&self) -> std::result::Result<String, String> {
        let found = self.source.credentials().await;
        found
            .map(|credentials| credentials.access_key_id)
            .map_err(|error| error.to_string())
    }

    fn asked(&self) -> Vec<(String, String)> {
        self.network.0.lock().expect("nobody panicked").clone()
    }
}

async fn key_of(set: &[(&str, &str)]) -> std::result::Result<String, String> {
    World::new(set).key().await
}

const NO_FILES: [(&str, &str); 2] = [
    ("AWS_CONFIG_FILE", "/no/such"),
    ("AWS_SHARED_CREDENTIALS_FILE", "/no/such"),
];

#[tokio::test]
async fn the_environment_wins_then_the_profile() {
    let keys = [
        ("AWS_ACCESS_KEY_ID", "ENVIRONMENT"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
        ("AWS_PROFILE", "keys"),
    ];
    assert_eq!(key_of(&keys).await, Ok("ENVIRONMENT".into()));
    assert_eq!(key_of(&[]).await, Ok("FILE".into()));
    let empty = [("AWS_PROFILE", "empty")];
    assert_eq!(key_of(&empty).await, Ok("EMPTY".into()));
    let keys = World::new(&[("AWS_PROFILE", "keys")]);
    let found = keys.source.credentials().await.expect("credentials");
    assert_eq!(found.access_key_id, "CONFIG");
    assert_eq!(found.session_token.as_deref(), Some("t"));
}

#[tokio::test]
async fn roles_are_assumed_one_after_the_other() {
    let world = World::new(&[("AWS_PROFILE", "second")]);
    assert_eq!(world.key().await, Ok("ASIA00000000ROLE_b".into()));
    let asked = world.asked();
    assert_eq!(asked.len(), 2);
    assert!(
        asked[0]
            .0
            .starts_with("https://sts.eu-central-1.amazonaws.com")
    );
    assert!(asked[0].0.contains("ExternalId=out"));
    assert!(asked[0].1.contains("Credential=CONFIG/"));
    assert!(asked[1].1.contains("Credential=ASIA00000000ROLE_a/"));
    assert_eq!(world.key().await, Ok("ASIA00000000ROLE_b".into()));
    assert_eq!(world.asked().len(), 2, "credentials are kept");
}

#[test]
fn credentials_are_kept_for_a_while_and_never_beyond_their_end() {
    let since = Instant::now();
    let mut kept = Kept {
        found: Ok(Credential {
            access_key_id: "x".into(),
            secret_access_key: "s".into(),
            ..Credential::default()
        }),
        since,
    };
    assert!(kept.is_good(since + LONGEST_KEPT / 2));
    assert!(!kept.is_good(since + LONGEST_KEPT));
    if let Ok(credential) = &mut kept.found {
        credential.expires_in = Some(Timestamp::now());
    }
    assert!(!kept.is_good(since));
    kept.found = Err(CredentialError::Missing.into());
    assert!(kept.is_good(since + FAILURE_KEPT / 2));
    assert!(!kept.is_good(since + FAILURE_KEPT));
}

#[tokio::test]
async fn a_failure_is_looked_up_once_for_all_and_tells_no_secrets() {
    let folder = tempfile::tempdir().expect("a folder");
    let calls = folder.path().join("calls");
    let config = folder.path().join("config");
    let line = format!("echo x >> {}; echo hunter2 >&2; exit 1", calls.display());
    std::fs::write(
        &config,
        format!("[default]\ncredential_process = sh -c '{line}'\n"),
    )
    .expect("a file");
    let [_, credentials] = NO_FILES;
    let config = config.display().to_string();
    let world = World::new(&[("AWS_CONFIG_FILE", &config), credentials]);
    let text = "no credentials by credential_process; the server's log says why";
    let failure = || Err(text.to_owned());
    let both = tokio::join!(world.key(), world.key());
    assert_eq!(both, (failure(), failure()));
    assert_eq!(world.key().await, failure());
    let calls = std::fs::read_to_string(&calls).expect("the program ran");
    assert_eq!(calls, "x\n", "one call for all");
}

#[tokio::test]
async fn every_other_way_is_taken() {
    assert_eq!(
        key_of(&[("AWS_PROFILE", "program")]).await,
        Ok("PROGRAM".into())
    );
    let login = World::new(&[("AWS_PROFILE", "signed")]);
    assert_eq!(login.key().await, Ok("SSO".into()));
    assert_eq!(login.asked()[0].1, "LOGIN");
    let container = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/me");
    let contained = [("AWS_PROFILE", "contained"), container];
    assert_eq!(key_of(&contained).await, Ok("ASIA00000000ROLE_f".into()));
    let [config, credentials] = NO_FILES;
    assert_eq!(
        key_of(&[config, credentials, container]).await,
        Ok("CONTAINER".into())
    );
    let both = (
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "http://localhost:1/other",
    );
    assert_eq!(
        key_of(&[config, credentials, container, both]).await,
        Ok("CONTAINER".into()),
        "the relative one wins"
    );
    let stranger = (
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "http://example.invalid/x",
    );
    let world = World::new(&[config, credentials, stranger]);
    let error = world.key().await.expect_err("a stranger");
    assert!(error.starts_with("Unsupported host 'example.invalid'."));
    assert_eq!(world.asked(), [], "nobody was asked");
    let identity = [
        config,
        credentials,
        container,
        ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/w"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"),
    ];
    assert_eq!(key_of(&identity).await, Ok("WEB".into()));
}

#[tokio::test]
async fn a_way_that_is_configured_and_fails_is_an_error() {
    for (profile, text) in [
        ("absent", "could not be found"),
        ("half", "missing: aws_secret_access_key"),
        ("round", "Infinite loop"),
        ("device", "mfa_serial"),
        ("contained", "No credentials found in credential_source"),
        ("machine", "No credentials found in credential_source"),
        ("length", "duration_seconds that is no number"),
    ] {
        let error = key_of(&[("AWS_PROFILE", profile)]).await;
        let error = error.expect_err("no credentials");
        assert!(error.contains(text), "{profile}: {error}");
    }
    let error = key_of(&[("AWS_ACCESS_KEY_ID", "x")]).await;
    assert!(
        error
            .expect_err("half")
            .contains("missing: AWS_SECRET_ACCESS_KEY")
    );
    let error = key_of(&NO_FILES).await;
    assert!(error.expect_err("nothing").contains("no AWS credentials"));
}

#[test]
fn why_the_machine_gives_nothing_is_for_the_log_only() {
    let error = CredentialError::Way(WayError::NoSource {
        sentence: "No role.".into(),
        reason: "no route to host".into(),
    });
    assert_eq!(error.to_string(), "No role.");
    assert_eq!(error.cause(), "No role. (no route to host)");
}
