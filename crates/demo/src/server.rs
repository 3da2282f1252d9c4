//! The server of the demo: on a free port of the loopback address, with its data in the demo's temporary folder.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use everbeat_client::{DEFAULT_REGION, Endpoint, environment_lines};
use tokio::time::timeout;

use crate::problem::Problem;
use crate::process::Process;

const LONGEST_START: Duration = Duration::from_secs(20);
/// What stands before the URL in the line that says that the server is ready.
const READY: &str = "Everbeat is ready on ";

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Server {
    process: Process,
    pub(crate) endpoint: Endpoint,
    url: String,
}

impl Server {
    /// Starts a server and waits until it is ready.
    ///
    /// # Errors
    /// When it ends before that, or is not ready in time.
    pub(crate) async fn start(folder: &Path) -> Result<Self, Problem> {
        let data = folder.join("data");
        let words = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--log",
            "warn",
            "--data-dir",
        ];
        let words = words.iter().map(OsStr::new).chain([data.as_os_str()]);
        let mut process = Process::start(words, folder, "server").map_err(Problem::Machine)?;
        let line = match timeout(LONGEST_START, process.next_line()).await {
            Ok(line) => line.map_err(Problem::Machine)?,
            Err(_) => return Err(Problem::ServerNotReady("it took too long".into())),
        };
        let Some(line) = line else {
            return Err(Problem::ServerNotReady(process.last_words()));
        };
        let url = line.strip_prefix(READY).unwrap_or_default().to_owned();
        let endpoint = Endpoint::parse(&url)
            .map_err(|_| Problem::ServerNotReady(format!("it said: {line}")))?;
        Ok(Self {
            process,
            endpoint,
            url,
        })
    }

    /// Its URL, as it said it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Id of its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// The lines that lead a shell's SWF clients to it.
    pub(crate) fn environment(&self) -> Vec<String> {
        environment_lines(&self.url, DEFAULT_REGION)
    }
}
