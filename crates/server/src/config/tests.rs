use super::*;

pub(super) fn parsed(words: &[&str], environment: &[(&str, &str)]) -> Result<Config, String> {
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
    let text = "region = 'eu-west-1'\nlisten = '127.0.0.1:1'\npoll-hold-seconds = 5\n\
                [limit]\nopen_timers = 7\nopen_children = 'off'\ndomains = 1\ntags_per_run = 1\n\
                [rate]\nListDomains = '5/4'\nStartTimer = 'aws'\nStartWorkflowExecution = '1/1'\n";
    std::fs::write(&file, text).expect("a settings file");
    let file = file.to_str().expect("a path of text");
    let config = parsed(
        &[
            "--config",
            file,
            "--listen",
            "127.0.0.1:3",
            "--limit",
            "domains=3",
            "--rate",
            "StartWorkflowExecution=off",
        ],
        &[
            ("EVERBEAT_LISTEN", "127.0.0.1:2"),
            ("EVERBEAT_POLL_HOLD_SECONDS", "6"),
            ("EVERBEAT_LIMIT", "domains=2, tags_per_run=2"),
            (
                "EVERBEAT_RATE",
                "ListDomains=6/4,StartWorkflowExecution=2/2",
            ),
        ],
    )
    .expect("good settings");
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.poll_hold, Duration::from_secs(6));
    assert_eq!(config.region, "eu-west-1");
    let limits = Limits {
        open_timers: 7,
        open_children: u64::MAX,
        domains: 3,
        tags_per_run: 2,
        ..Limits::default()
    };
    assert_eq!(config.limits, limits);
    let rates: Vec<String> = config
        .rates
        .throttled()
        .map(|one| format!("{one}={}", config.rates.get(one).expect("it is set")))
        .collect();
    assert_eq!(rates, ["ListDomains=6/4", "StartTimer=2000/200"]);
}

#[test]
fn what_cannot_be_is_said_with_the_name_of_the_setting() {
    for (words, part) in [
        (
            &["--listen", "0.0.0.0:80"][..],
            "--listen: 0.0.0.0:80 can be reached from other machines",
        ),
        (&["--listen", "here"], "--listen: 'here' is not an address"),
        (
            &["--acess", "x"],
            "unexpected argument '--acess' found; a similar argument exists: '--access'",
        ),
        (&["--poll-hold-seconds", "61"], "--poll-hold-seconds: 61"),
        (&["--account", "12"], "--account: '12'"),
        (&["--region", "eu:west"], "--region: 'eu:west'"),
        (&["--region", ""], "--region: ''"),
        (&["--log", "loud"], "--log: 'loud'"),
        (
            &["--limit", "bananas=3"],
            "there is no quota 'bananas'; the quotas are domains, ",
        ),
        (
            &["--limit", "open_timer=3"],
            "there is no quota 'open_timer'; did you mean 'open_timers'?",
        ),
        (&["--limit", "domains"], "NAME=VALUE"),
        (&["--limit", "domains=many"], "a number, aws or off"),
        (&["--limit", "domains=-1"], "a number, aws or off"),
        (
            &["--limit", "domains=18446744073709551615"],
            "a number, aws or off",
        ),
        (&["--limit", "page_entries=off"], "from 1 to 10000"),
        (&["--limit", "page_entries=0"], "from 1 to 10000"),
        (&["--limit", "events_per_history=9"], "a number from 10"),
        (&["--rate", "bananas=1/1"], "there is no rate 'bananas'"),
        (&["--rate", "StartTimer"], "NAME=VALUE"),
        (&["--rate", "StartTimer=5"], "'5' is not BUCKET/REFILL"),
        (&["--rate", "StartTimer=0/1"], "'0/1' is not BUCKET/REFILL"),
        (&["--rate", "RecordMarker=1/1"], "there is no rate"),
        (&["--retention", "never"], "--retention: 'never'"),
        (&["--limits", "none"], "--limits: 'none'"),
        (&["--config", "no/such/file"], "no/such/file cannot be read"),
        (&["--nonsense"], "--nonsense"),
    ] {
        let error = parsed(words, &[]).expect_err("refused");
        assert!(error.contains(part), "{words:?}: {error}");
    }
}

#[test]
fn whether_the_data_is_ephemeral_is_said_plainly() {
    let place = |words: &[&str], value| {
        parsed(words, &[("EVERBEAT_EPHEMERAL", value)]).map(|config| config.data)
    };
    let folder = DataPlace::Folder("./everbeat-data".into());
    for (value, expected) in [
        ("true", &DataPlace::Ephemeral),
        ("1", &DataPlace::Ephemeral),
        ("false", &folder),
        ("0", &folder),
    ] {
        assert_eq!(place(&[], value).as_ref(), Ok(expected), "{value}");
    }
    for other in ["yes", "True", "on", ""] {
        let error = place(&[], other).expect_err("refused");
        let expected = format!("--ephemeral: '{other}' is not true, 1, false or 0");
        assert_eq!(error, expected);
    }
    assert_eq!(place(&["--ephemeral"], "0"), Ok(DataPlace::Ephemeral));
}

#[test]
fn a_preset_comes_before_what_is_set_one_by_one() {
    let aws = parsed(&["--limits", "aws"], &[]).expect("good settings");
    assert_eq!(aws.limits, Limits::aws());
    assert_eq!(aws.limits.domains, 100);
    assert_eq!(aws.rates, RateSettings::aws());
    let words = [
        "--rate",
        "ListDomains=off",
        "--limit",
        "domains=off",
        "--limits",
        "aws",
        "--limit",
        "domains=5",
    ];
    let mixed = parsed(&words, &[]).expect("good settings");
    assert_eq!(mixed.limits.domains, 5, "the last one counts");
    let mut rates = RateSettings::aws();
    rates.set_from_text("ListDomains", "off").expect("a rate");
    assert_eq!(mixed.rates, rates);
    let none = parsed(&["--limit", "activities_per_second_and_list=aws"], &[]);
    let none = none.expect("good settings");
    assert_eq!(none.limits.activities_per_second_and_list, 2000);
    assert_eq!(none.rates, RateSettings::default());
    assert!(!none.keep_closed);
    let kept = parsed(&["--retention", "unlimited"], &[]).expect("good settings");
    assert!(kept.keep_closed);
}

#[test]
fn the_help_names_every_limit_and_every_rate() {
    let help = parsed(&["--help"], &[]).expect_err("help is shown");
    let help: Vec<&str> = help.split_whitespace().collect();
    let help = help.join(" ");
    for row in everbeat_model::limits::LIMITS {
        assert!(
            help.contains(&format!("{} [default: ", row.name)),
            "{}",
            row.name
        );
    }
    for row in everbeat_model::rates::rates() {
        assert!(
            help.contains(&row.throttled.to_string()),
            "{}",
            row.throttled
        );
    }
    assert!(help.contains("activities_per_second_and_list [default: off, aws: 2000]"));
    assert!(help.contains("events_per_history [default: 25000, aws: 25000, from 10]"));
}

#[test]
fn variables_that_are_nearly_settings_are_told() {
    for (name, meant) in [
        ("EVERBEAT_ACESS", Some("EVERBEAT_ACCESS")),
        ("EVERBEAT_LSTEN", Some("EVERBEAT_LISTEN")),
        ("EVERBEAT_TLS_CERTIFICAT", Some("EVERBEAT_TLS_CERTIFICATE")),
        ("EVERBEAT_INSECURE", None),
        ("EVERBEAT_LIMIT", None),
        ("EVERBEAT_TRUSTED_PROXY", None),
        ("EVERBEAT_SECRET_AKIAIOSFODNN7EXAMPLE", None),
        ("EVERBEAT_FUNCTION_NAME", None),
        ("EVERBEAT_RECORDINGS", None),
        ("EVERBEAT", None),
        ("ACESS", None),
    ] {
        let remark = meant.map(|meant| format!("{name} is no setting; did you mean {meant}?"));
        assert_eq!(remark_on(name), remark);
    }
}
