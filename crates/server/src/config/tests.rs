use super::*;

fn parsed(words: &[&str], environment: &[(&str, &str)]) -> Result<Config, String> {
    let words: Vec<OsString> = words.iter().map(OsString::from).collect();
    let lookup = |name: &str| {
        environment
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    };
    match parse(&words, &lookup) {
        Ok(Parsed::Serve(config)) => Ok(*config),
        Ok(Parsed::Show(text)) => Err(text),
        Err(error) => Err(error.0),
    }
}

#[test]
fn the_defaults_are_those_of_the_help() {
    let config = parsed(&[], &[]).expect("defaults are usable");
    assert_eq!(config.listen.to_string(), "127.0.0.1:7930");
    assert_eq!(config.data, DataPlace::Folder("./everbeat-data".into()));
    assert_eq!(config.poll_hold, Duration::from_secs(55));
    assert_eq!(config.limits, Limits::default());
    let help = parsed(&["--help"], &[]).expect_err("help is shown");
    for setting in SETTINGS {
        assert!(
            help.contains(&format!("--{}", setting.name)),
            "{}",
            setting.name
        );
    }
    assert!(help.contains("events_per_history [default: 25000"));
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("everbeat.toml");
    let text = "region = 'eu-west-1'\nlisten = '127.0.0.1:1'\npoll-hold-seconds = 5\n[limit]\nopen_timers = 7\n";
    std::fs::write(&file, text).expect("a settings file");
    let file = file.to_str().expect("a path of text");
    let config = parsed(
        &["--config", file, "--listen", "127.0.0.1:3"],
        &[
            ("EVERBEAT_LISTEN", "127.0.0.1:2"),
            ("EVERBEAT_POLL_HOLD_SECONDS", "6"),
        ],
    )
    .expect("good settings");
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.poll_hold, Duration::from_secs(6));
    assert_eq!(config.region, "eu-west-1");
    assert_eq!(config.limits.open_timers, 7);
}

#[test]
fn what_cannot_be_is_said_with_the_name_of_the_setting() {
    for (words, part) in [
        (
            &["--listen", "0.0.0.0:80"][..],
            "--listen: 0.0.0.0:80 can be reached from other machines",
        ),
        (&["--listen", "here"], "--listen: 'here' is not an address"),
        (&["--poll-hold-seconds", "61"], "--poll-hold-seconds: 61"),
        (&["--account", "12"], "--account: '12'"),
        (&["--log", "loud"], "--log: 'loud'"),
        (&["--limit", "bananas=3"], "there is no quota 'bananas'"),
        (&["--limit", "domains"], "NAME=NUMBER"),
        (&["--limits", "none"], "--limits: 'none'"),
        (&["--config", "no/such/file"], "no/such/file cannot be read"),
        (&["--nonsense"], "--nonsense"),
    ] {
        let error = parsed(words, &[]).expect_err("refused");
        assert!(error.contains(part), "{words:?}: {error}");
    }
    assert_eq!(
        parsed(&["--limits", "aws"], &[])
            .expect("good")
            .limits
            .domains,
        100
    );
}
