//! `everbeat env`: what a shell must set so that every SWF client finds the server.

use everbeat_client::{DEFAULT_KEY, endpoint_lines, environment_lines};

use crate::exit::Failure;
use crate::line::HELP;
use crate::{Line, Streams, print};

const USAGE: &str = "\
usage: everbeat env [--endpoint-url URL] [--region NAME]

Prints the lines that point every SWF client at the server: eval \"$(everbeat env)\"
A key for a server that checks no signatures is among them, unless AWS_ACCESS_KEY_ID is set already.
";

const ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";

pub(crate) fn run(line: &Line<'_>, streams: &mut Streams<'_>) -> Result<(), Failure> {
    match line.words.get(1..).unwrap_or_default() {
        [] => {}
        [help] if help == HELP => return print(streams, USAGE),
        _ => {
            let text = "everbeat env takes only --endpoint-url and --region";
            return Err(Failure::parameter(text));
        }
    }
    line.configuration.check_profile()?;
    let configuration = line.configuration.local();
    let target = configuration.target(&line.globals)?;
    let url = target.endpoint.to_string();
    let url = url.trim_end_matches('/');
    let key = line.configuration.variables().get(ACCESS_KEY_ID);
    let has_key = key.is_some_and(|key| !["", DEFAULT_KEY].contains(&key.as_str()));
    let lines = if has_key {
        endpoint_lines(url, &target.region)
    } else {
        environment_lines(url, &target.region)
    };
    print(streams, &(lines.join("\n") + "\n"))
}
