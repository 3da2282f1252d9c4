//! Logs: structured, on standard error.

use crate::config::Config;

/// Starts logging as the settings say. Without effect if it has been started already.
pub(crate) fn start(config: &Config) {
    let builder = tracing_subscriber::fmt()
        .with_max_level(config.log_level)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    let _ = if config.log_json {
        builder.json().try_init()
    } else {
        builder.try_init()
    };
}
