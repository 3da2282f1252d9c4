//! The Everbeat servers of a run: started for it on a fresh data directory, or running already.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use crate::access_folder;
use crate::arguments::Arguments;
use crate::caller::Caller;
use crate::disk::fsync_median;
use crate::failure::Failure;
use crate::process::ServerProcess;

/// A server that is measured. The process comes first, so that it ends before its folders go.
pub(crate) struct Subject {
    /// None if it was running already.
    process: Option<ServerProcess>,
    caller: Caller,
    _folders: Vec<TempDir>,
    fsync: Option<Duration>,
}

impl Subject {
    /// The server that the arguments name, or one without access control.
    ///
    /// # Errors
    /// When it cannot be started, or its disk not be measured.
    pub(crate) async fn open(arguments: &Arguments) -> Result<Self, Failure> {
        let Some(endpoint) = arguments.endpoint.clone() else {
            let data = folder(arguments, "data")?;
            let fsync = fsync_median(data.path())?;
            let process = serve(&data, &[]).await?;
            return Ok(Self {
                caller: Caller::anybody(process.endpoint().clone()),
                process: Some(process),
                _folders: vec![data],
                fsync: Some(fsync),
            });
        };
        let fsync = arguments
            .data_dir
            .as_deref()
            .map(fsync_median)
            .transpose()?;
        Ok(Self {
            process: None,
            caller: Caller::anybody(endpoint),
            _folders: Vec::new(),
            fsync,
        })
    }

    /// A server with access control, and with its audit log or without; its other settings are as they are by default.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(crate) async fn with_access_control(
        arguments: &Arguments,
        audit_log: bool,
    ) -> Result<Self, Failure> {
        let data = folder(arguments, "data")?;
        let access = folder(arguments, "access")?;
        let credentials = access_folder::write(access.path()).map_err(Failure::Machine)?;
        let fsync = fsync_median(data.path())?;
        let audit_log = if audit_log { "data" } else { "none" };
        let words = [
            OsStr::new("--access"),
            access.path().as_os_str(),
            OsStr::new("--audit-log"),
            OsStr::new(audit_log),
        ];
        let process = serve(&data, &words).await?;
        Ok(Self {
            caller: Caller::new(process.endpoint().clone(), credentials),
            process: Some(process),
            _folders: vec![data, access],
            fsync: Some(fsync),
        })
    }

    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// None if it is not ours.
    pub(crate) fn process(&self) -> Option<&ServerProcess> {
        self.process.as_ref()
    }

    /// Median time of an fsync of its disk; None if that was not measured.
    pub(crate) fn fsync(&self) -> Option<Duration> {
        self.fsync
    }
}

/// A fresh folder that only we may read.
fn folder(arguments: &Arguments, purpose: &str) -> Result<TempDir, Failure> {
    let parent: PathBuf = arguments
        .data_dir
        .clone()
        .unwrap_or_else(std::env::temp_dir);
    tempfile::Builder::new()
        .prefix(&format!("everbeat-bench-{purpose}-"))
        .tempdir_in(parent)
        .map_err(Failure::Machine)
}

async fn serve(data: &TempDir, more: &[&OsStr]) -> Result<ServerProcess, Failure> {
    let words = ["serve", "--listen", "127.0.0.1:0", "--log", "warn"];
    let mut words: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
    words.extend([OsStr::new("--data-dir"), data.path().as_os_str()]);
    words.extend(more);
    ServerProcess::start("everbeat", &words).await
}
