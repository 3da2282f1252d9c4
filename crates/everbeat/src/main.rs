//! The one binary: `everbeat serve`, and what else the first word says.

use std::ffi::OsString;
use std::process::ExitCode;

use everbeat_server::{Parsed, config};

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    match words.next().as_deref().and_then(|word| word.to_str()) {
        Some("serve") => serve(&words.collect::<Vec<_>>()),
        _ => ExitCode::from(252),
    }
}

fn serve(words: &[OsString]) -> ExitCode {
    let config = match config::parse(words, &|name| std::env::var(name).ok()) {
        Ok(Parsed::Serve(config)) => *config,
        Ok(Parsed::Show(text)) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("everbeat: {error}");
            return ExitCode::from(252);
        }
    };
    match everbeat_server::serve(config, &everbeat_client::environment_lines) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("everbeat: {error}");
            ExitCode::FAILURE
        }
    }
}
