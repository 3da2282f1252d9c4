//! Settings of Lambda functions: where each lies. What a target may be is known to `everbeat-lambda`.

use std::num::NonZeroUsize;

use everbeat_lambda::{Configuration, ConfigurationError};

use super::{ConfigError, LAMBDA_CONCURRENCY, LAMBDA_ENDPOINT, LAMBDA_FUNCTION, Source};

/// What stands for no endpoint.
const NONE: &str = "none";

pub(super) const HELP: &str = "Says where a Lambda function lies: 'lambda' (at the endpoint), 'command:PROGRAM ARGUMENT ...' \
     or '[\"PROGRAM\", \"ARGUMENT\", ...]' (a program gets the input and prints the result), or an http:// or https:// \
     address to post the input to. The name * stands for every other function. May be given more than once. The \
     environment variable is cut at every comma, so targets with commas, such as arrays, belong in flags or the settings \
     file. [default: \
     the endpoint if there is one, else no function can be called]";

/// The functions that are set.
pub(super) fn functions(source: &Source<'_>) -> Result<Configuration, ConfigError> {
    let concurrency: NonZeroUsize = source.parsed(LAMBDA_CONCURRENCY, "a number from 1")?;
    let mut functions = Configuration::new(concurrency);
    let endpoint = source.value(LAMBDA_ENDPOINT);
    if endpoint != NONE {
        functions
            .set_endpoint(&endpoint)
            .map_err(|error| wrong(LAMBDA_ENDPOINT, &error))?;
    }
    // A name of the file may hold any sign, even the one that ends it elsewhere.
    for (name, target) in source.table(LAMBDA_FUNCTION) {
        functions
            .read_function(name, target)
            .map_err(|error| wrong(LAMBDA_FUNCTION, &error))?;
    }
    for given in source.repeated(LAMBDA_FUNCTION) {
        functions
            .add_function(&given)
            .map_err(|error| wrong(LAMBDA_FUNCTION, &error))?;
    }
    functions
        .check()
        .map_err(|error| wrong(LAMBDA_FUNCTION, &error))?;
    Ok(functions)
}

fn wrong(setting: &str, error: &ConfigurationError) -> ConfigError {
    ConfigError(format!("--{setting}: {error}"))
}

#[cfg(test)]
mod tests {
    use crate::config::tests::parsed;

    #[test]
    fn functions_come_from_file_and_flags() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("everbeat.toml");
        let text = "lambda-endpoint = 'http://127.0.0.1:9001'\n[lambda-function]\nresize = ['/bin/resize', 'a, b']\n\
                    print = 'http://127.0.0.1:9000/print'\n'a=b' = 'lambda'\n";
        std::fs::write(&file, text).expect("a settings file");
        let file = file.to_str().expect("a path of text");
        let print = "print=command:/bin/print -x";
        let config = parsed(&["--config", file, "--lambda-function", print], &[]);
        let functions = format!("{:?}", config.expect("good settings").functions);
        for part in [
            "http://127.0.0.1:9001",
            r#""resize": Command(["/bin/resize", "a, b"])"#,
            r#""print": Command(["/bin/print", "-x"])"#,
            r#""a=b": Lambda"#,
            "concurrency: 64",
        ] {
            assert!(functions.contains(part), "{part}: {functions}");
        }
        let nothing = parsed(&[], &[]).expect("defaults are usable");
        assert!(nothing.functions.is_empty());
    }

    #[test]
    fn wrong_functions_are_refused_by_name() {
        for (flag, value) in [
            ("--lambda-endpoint", "localhost"),
            ("--lambda-concurrency", "0"),
            ("--lambda-function", "resize"),
            ("--lambda-function", "resize=lambda"),
            ("--lambda-function", "resize=/bin/resize"),
        ] {
            let error = parsed(&[flag, value], &[]).expect_err("cannot be used");
            assert!(error.starts_with(&format!("{flag}: ")), "{error}");
        }
    }
}
