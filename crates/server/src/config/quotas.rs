//! Settings of limits, rates and retention: a preset, then what is set one by one.
//!
//! Names and values come from the tables of the model; a preset says with which of its columns to begin.

use everbeat_model::limits::{LIMITS, OFF, show};
use everbeat_model::rates::rates;
use everbeat_model::{Limits, RateSettings};
use everbeat_policy::nearest::suggestion;

use super::{ConfigError, LIMIT, LIMITS_PRESET, RATE, RETENTION, Source};

/// The limits in force.
pub(super) fn limits(source: &Source<'_>) -> Result<Limits, ConfigError> {
    let mut limits = if is_aws(source)? {
        Limits::aws()
    } else {
        Limits::default()
    };
    for given in source.pairs(LIMIT) {
        let (name, text) = pair(LIMIT, &given)?;
        let Some(row) = LIMITS.iter().find(|row| row.name == name) else {
            let known: Vec<&str> = LIMITS.iter().map(|limit| limit.name).collect();
            let meant = match suggestion(name, known.iter().copied()) {
                nothing if nothing.is_empty() => format!("; the quotas are {}", known.join(", ")),
                meant => meant,
            };
            return Err(ConfigError(format!(
                "--{LIMIT}: there is no quota '{name}'{meant}"
            )));
        };
        let Some(value) = row.read(text) else {
            let wanted = row.wanted();
            return Err(ConfigError(format!(
                "--{LIMIT}: '{text}' cannot be the value of {name}: it is {wanted}"
            )));
        };
        limits.set(row.name, value);
    }
    Ok(limits)
}

/// The rates in force.
pub(super) fn rate_settings(source: &Source<'_>) -> Result<RateSettings, ConfigError> {
    let mut settings = if is_aws(source)? {
        RateSettings::aws()
    } else {
        RateSettings::default()
    };
    for given in source.pairs(RATE) {
        let (name, text) = pair(RATE, &given)?;
        settings
            .set_from_text(name, text)
            .map_err(|error| ConfigError(format!("--{RATE}: {error}")))?;
    }
    Ok(settings)
}

/// Whether closed executions are kept for ever.
pub(super) fn keeps_closed(source: &Source<'_>) -> Result<bool, ConfigError> {
    match source.value(RETENTION).as_str() {
        "as-registered" => Ok(false),
        "unlimited" => Ok(true),
        other => Err(ConfigError(format!(
            "--{RETENTION}: '{other}' is not as-registered or unlimited"
        ))),
    }
}

fn is_aws(source: &Source<'_>) -> Result<bool, ConfigError> {
    match source.value(LIMITS_PRESET).as_str() {
        "everbeat" => Ok(false),
        "aws" => Ok(true),
        other => Err(ConfigError(format!(
            "--{LIMITS_PRESET}: '{other}' is not everbeat or aws"
        ))),
    }
}

fn pair<'a>(setting: &str, given: &'a str) -> Result<(&'a str, &'a str), ConfigError> {
    given.split_once('=').ok_or_else(|| {
        ConfigError(format!(
            "--{setting}: '{given}' is not of the form NAME=VALUE"
        ))
    })
}

/// Every limit with its default.
pub(super) fn limits_help() -> String {
    let mut help = String::from(
        "Sets one quota to a number, to aws (Amazon's value) or to off; may be given more than once:",
    );
    for row in LIMITS {
        let (default, aws) = (show(row.default), show(row.aws));
        let text = row.documentation.trim();
        let bounds = match (row.least, row.most) {
            (0, OFF) => String::new(),
            (least, OFF) => format!(", from {least}"),
            (least, most) => format!(", from {least} to {most}"),
        };
        help.push_str(&format!(
            "\n  {} [default: {default}, aws: {aws}{bounds}]: {text}",
            row.name
        ));
    }
    help
}

/// Every rate, by Amazon's values; the default of all is off.
pub(super) fn rates_help() -> String {
    let mut help = String::from(
        "Sets one rate, of an operation or decision for each account and region, or of an operation for each execution: \
         what may be done at once, and how much of that comes back in a second; or aws, or off. May be given more than \
         once. [default of all: off] With --limits aws:",
    );
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for row in rates() {
        let (aws, name) = (row.aws_text(), row.throttled.to_string());
        match groups.iter_mut().find(|(value, _)| *value == aws) {
            Some((_, names)) => names.push(name),
            None => groups.push((aws, vec![name])),
        }
    }
    for (value, names) in groups {
        help.push_str(&format!("\n  {value}: {}", names.join(", ")));
    }
    help
}
