//! Settings: one table, from which come flags, environment variables, the keys of the settings file, and the help.
//!
//! A flag wins over an environment variable, that over the settings file, that over the default. Limits and rates are
//! tables of the model; what is set of them is read in `quotas`.

mod functions;
mod quotas;
mod security;
mod settings;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command};
use everbeat_command::Words;
use everbeat_lambda::Configuration as Functions;
use everbeat_model::{Limits, RateSettings, is_account, is_region};
use everbeat_policy::nearest::{nearest, suggestion};

pub use security::{AuditPlace, Security, TlsFiles};
use settings::*;

/// What the environment variables of settings begin with.
const VARIABLES: &str = "EVERBEAT_";

/// How a server is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the data is.
    pub data: DataPlace,
    /// Account of callers that name none.
    pub account: String,
    /// Region of callers that name none.
    pub region: String,
    /// How long a poll waits.
    pub poll_hold: Duration,
    /// What the executions in memory may weigh, in bytes.
    pub cache_bytes: usize,
    /// Seal new tokens with a new key.
    pub rotate_token_key: bool,
    /// What is logged.
    pub log_level: tracing::Level,
    /// One JSON object a line instead of text.
    pub log_json: bool,
    /// Quotas.
    pub limits: Limits,
    /// Rates.
    pub rates: RateSettings,
    /// Closed executions are kept for ever.
    pub keep_closed: bool,
    /// The time of executions stands still until it is moved.
    pub manual_clock: bool,
    /// Where Lambda functions lie.
    pub functions: Functions,
    /// Who may do what, and how connections are kept from others.
    pub security: Security,
}

/// Where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataPlace {
    /// In this folder.
    Folder(PathBuf),
    /// In a folder of its own, which goes with the process.
    Ephemeral,
}

/// What the command line asks for.
#[derive(Debug)]
pub enum Parsed {
    /// A server.
    Serve(Box<Config>),
    /// This text, on standard output (help).
    Show(String),
}

/// The settings cannot be used; one sentence that names the setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(pub String);

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

/// Reads the words behind `serve`, the environment and the settings file.
///
/// # Errors
/// When a setting is unknown or has a value that it cannot have.
pub fn parse(
    words: &[OsString],
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Parsed, ConfigError> {
    let matches = match everbeat_command::read(command(), words.iter().cloned()) {
        Words::Matched(matches) => matches,
        Words::Help(text) => return Ok(Parsed::Show(text)),
        Words::Wrong(sentence) => return Err(ConfigError(sentence)),
    };
    let file = match value_of(&matches, CONFIG, environment, &BTreeMap::new()) {
        Some(path) => read_file(&path)?,
        None => BTreeMap::new(),
    };
    let source = Source {
        matches: &matches,
        environment,
        file: &file,
    };
    config(&source).map(|config| Parsed::Serve(Box::new(config)))
}

/// Says that an environment variable has nearly the name of a setting's; nothing of other variables.
pub fn remark_on(name: &str) -> Option<String> {
    let given = name.strip_prefix(VARIABLES)?;
    let command = command();
    let known = command.get_arguments();
    let known: Vec<String> = known.map(|one| variable(one.get_id().as_str())).collect();
    if known.iter().any(|known| known == name) {
        return None;
    }
    let names = known
        .iter()
        .filter_map(|known| known.strip_prefix(VARIABLES));
    let meant = nearest(given, names)?;
    Some(format!(
        "{name} is no setting; did you mean {VARIABLES}{meant}?"
    ))
}

fn command() -> Command {
    let mut command = Command::new("everbeat serve")
        .bin_name("everbeat serve")
        .about("Runs the server. Stop it with ctrl-c or SIGTERM: waiting polls are answered, nothing is lost.")
        .after_help(
            "Every setting can also be given as an environment variable (EVERBEAT_LISTEN for --listen) or in the \
             settings file, in TOML (listen = \"127.0.0.1:7930\"; quotas in a table [limit], rates in a table [rate], functions \
             in a table [lambda-function]). In EVERBEAT_LIMIT, EVERBEAT_RATE and EVERBEAT_LAMBDA_FUNCTION, commas stand \
             between them.",
        )
        .arg(
            Arg::new(CONFIG)
                .long(CONFIG)
                .value_name("FILE")
                .help("Settings file in TOML, with the names of these flags as keys."),
        )
        .arg(
            Arg::new(ROTATE_KEY)
                .long(ROTATE_KEY)
                .action(ArgAction::SetTrue)
                .help("Make a new key for task and page tokens. Tokens that are out stay good."),
        );
    for switch in SWITCHES {
        let arg = Arg::new(switch.name)
            .long(switch.name)
            .action(ArgAction::SetTrue)
            .help(switch.help);
        command = command.arg(arg);
    }
    command = command.mut_arg(EPHEMERAL, |arg| arg.conflicts_with(DATA_DIR));
    for setting in SETTINGS {
        let help = format!("{} [default: {}]", setting.help, setting.default);
        command = command.arg(
            Arg::new(setting.name)
                .long(setting.name)
                .value_name(setting.value)
                .help(help),
        );
    }
    let repeated = |name, value, help| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .action(ArgAction::Append)
            .help(help)
    };
    command
        .arg(repeated(LIMIT, "NAME=NUMBER", quotas::limits_help()))
        .arg(repeated(RATE, "NAME=BUCKET/REFILL", quotas::rates_help()))
        .arg(repeated(
            LAMBDA_FUNCTION,
            "NAME=TARGET",
            functions::HELP.into(),
        ))
        .arg(repeated(
            TRUSTED_PROXY,
            "ADDRESS",
            security::PROXY_HELP.into(),
        ))
}

/// Where values come from.
struct Source<'a> {
    matches: &'a ArgMatches,
    environment: &'a dyn Fn(&str) -> Option<String>,
    file: &'a BTreeMap<String, String>,
}

impl Source<'_> {
    fn value(&self, name: &str) -> String {
        let default = SETTINGS
            .iter()
            .find(|setting| setting.name == name)
            .map_or("", |setting| setting.default);
        value_of(self.matches, name, self.environment, self.file)
            .unwrap_or_else(|| default.to_owned())
    }

    fn parsed<T: std::str::FromStr>(&self, name: &str, wanted: &str) -> Result<T, ConfigError> {
        let value = self.value(name);
        value
            .parse()
            .map_err(|_| ConfigError(format!("--{name}: '{value}' is not {wanted}")))
    }

    /// What was set, one after the other, with a setting that has many values: the last of a name counts.
    fn pairs(&self, name: &str) -> Vec<String> {
        let from_file = self
            .table(name)
            .map(|(key, value)| format!("{key}={value}"));
        from_file.chain(self.repeated(name)).collect()
    }

    /// The part of it that stands in the file: names and values.
    fn table(&self, name: &str) -> impl Iterator<Item = (&str, &str)> {
        self.file.iter().filter_map(move |(key, value)| {
            let (table, key) = key.split_once('.')?;
            (table == name).then_some((key, value.as_str()))
        })
    }

    /// The part of it that comes from the environment and from flags.
    fn repeated(&self, name: &str) -> Vec<String> {
        let variable = (self.environment)(&variable(name)).unwrap_or_default();
        let from_environment = variable.split(',').map(|pair| pair.trim().to_owned());
        let flags = self.matches.get_many::<String>(name).unwrap_or_default();
        from_environment
            .filter(|pair| !pair.is_empty())
            .chain(flags.cloned())
            .collect()
    }

    /// Whether a switch is on.
    fn is_on(&self, switch: &str) -> Result<bool, ConfigError> {
        if self.matches.get_flag(switch) {
            return Ok(true);
        }
        let variable = (self.environment)(&variable(switch));
        match variable
            .or_else(|| self.file.get(switch).cloned())
            .as_deref()
        {
            Some("true" | "1") => Ok(true),
            None | Some("false" | "0") => Ok(false),
            Some(other) => Err(ConfigError(format!(
                "--{switch}: '{other}' is not true, 1, false or 0"
            ))),
        }
    }

    fn region(&self) -> Result<String, ConfigError> {
        let region = self.value(REGION);
        if is_region(&region) {
            Ok(region)
        } else {
            Err(ConfigError(format!(
                "--{REGION}: '{region}' is not a name of 1 to 64 letters, digits and hyphens"
            )))
        }
    }
}

fn value_of(
    matches: &ArgMatches,
    name: &str,
    environment: &dyn Fn(&str) -> Option<String>,
    file: &BTreeMap<String, String>,
) -> Option<String> {
    let flag = matches.get_one::<String>(name).cloned();
    flag.or_else(|| environment(&variable(name)))
        .or_else(|| file.get(name).cloned())
}

/// The environment variable of a setting.
fn variable(name: &str) -> String {
    format!("{VARIABLES}{}", name.to_uppercase().replace('-', "_"))
}

fn config(source: &Source<'_>) -> Result<Config, ConfigError> {
    let listen: SocketAddr = source.parsed(LISTEN, "an address and port such as 127.0.0.1:7930")?;
    let security = security::security(source)?;
    security.check_address(listen)?;
    let seconds: u64 = source.parsed(POLL_HOLD, "a number of seconds from 1 to 60")?;
    if !(1..=60).contains(&seconds) {
        return Err(ConfigError(format!(
            "--{POLL_HOLD}: {seconds} is not a number of seconds from 1 to 60"
        )));
    }
    let account = source.value(ACCOUNT);
    if !is_account(&account) {
        return Err(ConfigError(format!(
            "--{ACCOUNT}: '{account}' is not an account number of twelve digits"
        )));
    }
    let megabytes: usize = source.parsed(CACHE, "a number of megabytes")?;
    Ok(Config {
        listen,
        data: if source.is_on(EPHEMERAL)? {
            DataPlace::Ephemeral
        } else {
            DataPlace::Folder(source.value(DATA_DIR).into())
        },
        account,
        region: source.region()?,
        poll_hold: Duration::from_secs(seconds),
        cache_bytes: megabytes.saturating_mul(1024 * 1024),
        log_level: source.parsed(LOG, "one of error, warn, info, debug, trace")?,
        log_json: match source.value(LOG_FORMAT).as_str() {
            "text" => false,
            "json" => true,
            other => {
                return Err(ConfigError(format!(
                    "--{LOG_FORMAT}: '{other}' is not text or json"
                )));
            }
        },
        rotate_token_key: source.matches.get_flag(ROTATE_KEY),
        limits: quotas::limits(source)?,
        rates: quotas::rate_settings(source)?,
        keep_closed: quotas::keeps_closed(source)?,
        manual_clock: match source.value(CLOCK).as_str() {
            "system" => false,
            "manual" => true,
            other => {
                return Err(ConfigError(format!(
                    "--clock: '{other}' is neither system nor manual"
                )));
            }
        },
        functions: functions::functions(source)?,
        security,
    })
}

/// The settings file as names and values; a table `[limit]` becomes `limit.NAME`, the other tables likewise.
fn read_file(path: &str) -> Result<BTreeMap<String, String>, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError(format!("--{CONFIG}: {path} cannot be read: {error}")))?;
    let table: toml::Table = text
        .parse()
        .map_err(|error| ConfigError(format!("--{CONFIG}: {path} is not TOML: {error}")))?;
    let mut values = BTreeMap::new();
    for (key, value) in table {
        match value {
            toml::Value::Array(values_of_one) if key == TRUSTED_PROXY => {
                let all: Vec<String> = values_of_one.iter().map(plain).collect();
                values.insert(key, all.join(","));
            }
            toml::Value::Table(inner) if [LIMIT, RATE, LAMBDA_FUNCTION].contains(&key.as_str()) => {
                values.extend(
                    inner
                        .into_iter()
                        .map(|(name, value)| (format!("{key}.{name}"), plain(&value))),
                );
            }
            value => {
                let is_known = key == TRUSTED_PROXY
                    || SETTINGS.iter().any(|setting| setting.name == key)
                    || SWITCHES.iter().any(|switch| switch.name == key);
                if !is_known {
                    let settings = SETTINGS.iter().map(|setting| setting.name);
                    let switches = SWITCHES.iter().map(|switch| switch.name);
                    let meant = suggestion(&key, settings.chain(switches));
                    return Err(ConfigError(format!(
                        "--{CONFIG}: {path} has an unknown setting '{key}'{meant}"
                    )));
                }
                values.insert(key, plain(&value));
            }
        }
    }
    Ok(values)
}

fn plain(value: &toml::Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
