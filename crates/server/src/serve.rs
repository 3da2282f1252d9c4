//! A server's life: open the data, start the partition, listen, say so, and stop in order.

use std::fmt;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use everbeat_lambda::{Invoker, process_variables};
use everbeat_model::Timestamp;
use everbeat_partition::{Realm, Settings};
use everbeat_store::{KeyStore, OpenError, Options, SqliteStore, StoredClock};
use everbeat_wire::{RequestIds, Sealer, SealingSecret};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::clock::{Clock, WallClock};
use crate::config::{Config, DataPlace};
use crate::functions::Functions;
use crate::http::listen::{Front, listen};
use crate::http::realm::DefaultRealm;
use crate::logging;
use crate::partition_host;
use crate::service::Service;
use crate::throttle::Throttle;

/// The server cannot run. Each is one sentence that says what to do.
#[derive(Debug)]
pub enum ServeError {
    /// The data cannot be opened.
    Data(OpenError),
    /// The data is open, but not readable.
    Store(everbeat_partition::StoreError),
    /// The address cannot be listened on.
    Listen(SocketAddr, std::io::Error),
    /// Lambda functions cannot be called as they are set up.
    Functions(everbeat_lambda::TlsError),
    /// The data lives under the other clock.
    OtherClock {
        /// The clock that was asked for is the manual one.
        is_manual: bool,
    },
    /// The machine refuses something that every server needs.
    Machine(std::io::Error),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
            Self::Listen(address, error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                write!(
                    f,
                    "{address} is already in use by another program; stop it, or choose another port with --listen \
                 (port 0 takes a free one)"
                )
            }
            Self::Listen(address, error) => write!(f, "cannot listen on {address}: {error}"),
            Self::Functions(error) => error.fmt(f),
            Self::OtherClock { is_manual: true } => f.write_str(
                "this data was made under the system's clock and cannot live under a manual one; start without --clock \
                 manual, or choose another --data-dir",
            ),
            Self::OtherClock { is_manual: false } => f.write_str(
                "this data was made under a manual clock (a test's); start with --clock manual, or choose another \
                 --data-dir",
            ),
            Self::Machine(error) => write!(f, "the server cannot start: {error}"),
        }
    }
}

impl std::error::Error for ServeError {}

/// Runs a server until it is told to stop (ctrl-c or SIGTERM). `greeting` makes the lines that follow the ready line
/// from the endpoint and the region.
///
/// # Errors
/// When it cannot start.
pub fn serve(
    config: Config,
    greeting: &dyn Fn(&str, &str) -> Vec<String>,
) -> Result<(), ServeError> {
    logging::start(&config);
    allow_many_connections();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(ServeError::Machine)?;
    match &config.data {
        DataPlace::Folder(folder) => runtime.block_on(run(&config, folder, greeting)),
        DataPlace::Ephemeral => {
            let folder = tempfile::Builder::new()
                .prefix("everbeat-")
                .tempdir()
                .map_err(ServeError::Machine)?;
            runtime.block_on(run(&config, folder.path(), greeting))
        }
    }
}

/// Every connection takes two file handles (see `connection`); many systems allow a process only 1,024 unless it asks.
fn allow_many_connections() {
    if let Err(error) = rlimit::increase_nofile_limit(rlimit::INFINITY) {
        tracing::warn!(%error, "the number of file handles cannot be raised: few connections are possible");
    }
}

async fn run(
    config: &Config,
    folder: &Path,
    greeting: &dyn Fn(&str, &str) -> Vec<String>,
) -> Result<(), ServeError> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(ServeError::Machine)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::Machine)?;
    // The address comes first: a second server on the same address has no business with the data.
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| ServeError::Listen(config.listen, error))?;
    let address = listener.local_addr().map_err(ServeError::Machine)?;

    let (mut store, reader) =
        SqliteStore::open(folder, &Options::default()).map_err(ServeError::Data)?;
    let clock = Arc::new(clock(&store, config.manual_clock)?);
    let sealer = load_sealer(&mut store, config.rotate_token_key)?;
    let functions = Invoker::new(config.functions.clone(), process_variables())
        .map_err(ServeError::Functions)?
        .map(Functions::new);
    let settings = Settings {
        limits: config.limits.clone(),
        rates: config.rates.clone(),
        keep_closed: config.keep_closed,
        calls_functions: functions.is_some(),
        watches_work: clock.is_manual(),
        cache_bytes: config.cache_bytes,
        recovered_at: clock.now(),
        seed: random_number()?,
    };
    let (partition, thread) = partition_host::start(store, settings, Arc::clone(&clock), functions)
        .map_err(ServeError::Store)?;

    let (stop, stopping) = watch::channel(false);
    let service = Service::new(
        partition.clone(),
        Arc::new(reader),
        sealer,
        clock,
        config.poll_hold,
        config.limits.clone(),
        Throttle::new(config.rates.clone()),
    );
    let realm = Realm {
        account: config.account.as_str().into(),
        region: config.region.as_str().into(),
    };
    let front = Arc::new(Front::new(
        service,
        RequestIds::new(random_number()?),
        DefaultRealm(realm),
        stopping,
    ));
    let serving = tokio::spawn(listen(listener, front));

    say_ready(address, &config.region, greeting);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping");
    let _ = stop.send(true);
    partition.stop();
    let _ = tokio::task::spawn_blocking(move || thread.join()).await;
    let _ = serving.await;
    Ok(())
}

/// The clock of the executions: the one that the data lives under.
fn clock(store: &SqliteStore, is_manual: bool) -> Result<Clock, ServeError> {
    let latest = store.latest_event_time().map_err(ServeError::Store)?;
    let wall = WallClock::start_after(latest.unwrap_or(Timestamp(i64::MIN)));
    let stored = store.stored_clock().map_err(ServeError::Store)?;
    let now = match (stored, is_manual) {
        (StoredClock::Undecided | StoredClock::System, false) => return Ok(Clock::System(wall)),
        (StoredClock::Undecided, true) => wall.now(),
        (StoredClock::Manual(now), true) => now,
        (StoredClock::System, true) | (StoredClock::Manual(_), false) => {
            return Err(ServeError::OtherClock { is_manual });
        }
    };
    tracing::warn!(
        "the clock is manual: the time of executions stands still until `everbeat clock` moves it"
    );
    Ok(Clock::Manual(now.0.into()))
}

/// The keys of tokens: made once, kept with the data, and added to when they are rotated.
fn load_sealer(store: &mut SqliteStore, rotate: bool) -> Result<Sealer, ServeError> {
    let now = WallClock::start().now();
    let secret = random_bytes()?;
    let mut keys = store
        .load_or_create_keys(now, &mut || secret)
        .map_err(ServeError::Store)?;
    if rotate {
        let key = store
            .add_key(now, random_bytes()?)
            .map_err(ServeError::Store)?;
        keys.push(key);
    }
    let secrets: Vec<SealingSecret> = keys
        .into_iter()
        .map(|key| SealingSecret {
            id: key.id,
            secret: key.secret,
        })
        .collect();
    Ok(Sealer::new(&secrets))
}

fn random_bytes<const N: usize>() -> Result<[u8; N], ServeError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| ServeError::Machine(error.into()))?;
    Ok(bytes)
}

fn random_number() -> Result<u64, ServeError> {
    random_bytes().map(u64::from_ne_bytes)
}

/// The ready line, and what follows it. A closed standard output is no reason to stop.
fn say_ready(address: SocketAddr, region: &str, greeting: &dyn Fn(&str, &str) -> Vec<String>) {
    let endpoint = format!("http://{address}");
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "Everbeat is ready on {endpoint}");
    for line in greeting(&endpoint, region) {
        let _ = writeln!(output, "{line}");
    }
    let _ = output.flush();
}
