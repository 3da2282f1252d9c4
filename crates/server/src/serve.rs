//! A server's life: open the data, start the partition, listen, say so, and stop in order.

use std::fmt;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use everbeat_audit::AuditLog;
use everbeat_lambda::{Invoker, process_variables};
use everbeat_model::Timestamp;
use everbeat_partition::{Realm, Settings};
use everbeat_store::{KeyStore, OpenError, Options, SqliteStore, StoredClock};
use everbeat_wire::{RequestIds, Sealer, SealingSecret};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::access::Access;
use crate::audit::Audit;
use crate::clock::{Clock, WallClock};
use crate::config::{AuditPlace, Config, DataPlace};
use crate::functions::Functions;
use crate::guard::Guard;
use crate::http::listen::{Front, listen};
use crate::http::realm::DefaultRealm;
use crate::http::tls::Tls;
use crate::logging;
use crate::partition_host::{self, PartitionHandle};
use crate::service::Service;
use crate::throttle::Throttle;

/// What systems allow a process that does not ask for more.
const FEW_HANDLES: u64 = 1024;
/// The folder of the audit log beside the data.
const AUDIT: &str = "audit";
/// So often it is looked whether files have changed; a change is in force within about a second.
const WATCH_INTERVAL: Duration = Duration::from_millis(500);

/// The server cannot run. Each is one sentence that says what to do.
#[derive(Debug)]
pub enum ServeError {
    /// The data cannot be opened.
    Data(OpenError),
    /// The data is open, but not readable.
    Store(everbeat_partition::StoreError),
    /// The address cannot be listened on.
    Listen(SocketAddr, std::io::Error),
    /// The identities cannot be used.
    Access(everbeat_access::LoadError),
    /// There is nobody who could call, where others can reach the server.
    Nobody(PathBuf, SocketAddr),
    /// The files of TLS cannot be used.
    Tls(Box<dyn std::error::Error + Send + Sync>),
    /// The audit log cannot be written.
    Audit(everbeat_audit::OpenError),
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
            Self::Access(error) => error.fmt(f),
            Self::Nobody(folder, address) => write!(
                f,
                "nobody in {} has an access key, and {address} can be reached from other machines: make a key with \
                 `everbeat access create-key`",
                folder.display()
            ),
            Self::Tls(error) => error.fmt(f),
            Self::Audit(error) => error.fmt(f),
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
    let file_handles = allow_many_connections();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(ServeError::Machine)?;
    match &config.data {
        DataPlace::Folder(folder) => runtime.block_on(run(&config, folder, file_handles, greeting)),
        DataPlace::Ephemeral => {
            let folder = tempfile::Builder::new()
                .prefix("everbeat-")
                .tempdir()
                .map_err(ServeError::Machine)?;
            runtime.block_on(run(&config, folder.path(), file_handles, greeting))
        }
    }
}

/// Every connection takes a file handle; many systems allow a process only 1,024 unless it asks. How many there are now.
fn allow_many_connections() -> u64 {
    rlimit::increase_nofile_limit(rlimit::INFINITY).unwrap_or_else(|error| {
        tracing::warn!(%error, "the number of file handles cannot be raised: few connections are possible");
        FEW_HANDLES
    })
}

async fn run(
    config: &Config,
    folder: &Path,
    file_handles: u64,
    greeting: &dyn Fn(&str, &str) -> Vec<String>,
) -> Result<(), ServeError> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(ServeError::Machine)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::Machine)?;
    // The address comes first: a second server on the same address has no business with the data.
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| ServeError::Listen(config.listen, error))?;
    let address = listener.local_addr().map_err(ServeError::Machine)?;

    let running = start(config, folder, file_handles, address)?;
    let front = &running.front;
    let watching = tokio::spawn(watch_files(Arc::clone(front)));
    let serving = tokio::spawn(listen(listener, Arc::clone(front)));

    say_ready(address, front.tls.is_some(), &config.region, greeting);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping");
    watching.abort();
    let _ = running.stop.send(true);
    running.partition.stop();
    let _ = tokio::task::spawn_blocking(move || running.thread.join()).await;
    let _ = serving.await;
    Ok(())
}

/// A server that has everything but its listener.
struct Running {
    front: Arc<Front>,
    partition: PartitionHandle,
    thread: JoinHandle<()>,
    /// Tells the front.
    stop: watch::Sender<bool>,
}

/// Opens everything. What cannot be used is told before the partition runs, and with it time.
fn start(
    config: &Config,
    folder: &Path,
    file_handles: u64,
    address: SocketAddr,
) -> Result<Running, ServeError> {
    let access = load_access(config, address)?;
    let tls = open_tls(config)?;
    let (mut store, reader) =
        SqliteStore::open(folder, &Options::default()).map_err(ServeError::Data)?;
    // Behind the data, whose lock tells best that another server is at work.
    let audit = open_audit(config, folder)?;
    let clock = Arc::new(clock(&store, config.manual_clock)?);
    let sealer = load_sealer(&mut store, config.rotate_token_key)?;
    let (partition, thread) = start_partition(config, store, &clock)?;

    let (stop, stopping) = watch::channel(false);
    let service = Service::new(
        partition.clone(),
        Arc::new(reader),
        sealer,
        clock,
        config.poll_hold,
        config.limits.clone(),
        Throttle::new(config.rates.clone()),
        access.clone(),
    );
    let realm = Realm {
        account: config.account.as_str().into(),
        region: config.region.as_str().into(),
    };
    let front = Arc::new(Front {
        service,
        request_ids: RequestIds::new(random_number()?),
        default_realm: DefaultRealm(realm),
        guard: Guard::new(&config.limits, file_handles, access.is_some()),
        access,
        audit,
        trusted_proxies: config.security.trusted_proxies.clone(),
        tls,
        stopping,
    });
    Ok(Running {
        front,
        partition,
        thread,
        stop,
    })
}

fn start_partition(
    config: &Config,
    store: SqliteStore,
    clock: &Arc<Clock>,
) -> Result<(PartitionHandle, JoinHandle<()>), ServeError> {
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
    partition_host::start(store, settings, Arc::clone(clock), functions).map_err(ServeError::Store)
}

/// The identities, if there are to be any.
fn load_access(config: &Config, address: SocketAddr) -> Result<Option<Arc<Access>>, ServeError> {
    let security = &config.security;
    let Some(folder) = &security.access else {
        if !address.ip().is_loopback() {
            tracing::warn!(%address, "anybody who reaches this server may do everything: there is no --access");
        }
        return Ok(None);
    };
    let only_region = security.only_region.then(|| config.region.clone());
    let access = Access::load(folder, only_region, security.explains_signatures)
        .map_err(ServeError::Access)?;
    if access.is_empty() {
        if !address.ip().is_loopback() && !security.is_insecure {
            return Err(ServeError::Nobody(folder.clone(), address));
        }
        tracing::warn!(folder = %folder.display(), "nobody has an access key yet: every request will be refused");
    }
    if !address.ip().is_loopback() && security.tls.is_none() {
        tracing::warn!(%address, "there is no TLS: what is sent can be read on its way");
    }
    Ok(Some(Arc::new(access)))
}

fn open_tls(config: &Config) -> Result<Option<Arc<Tls>>, ServeError> {
    let tls = config.security.tls.clone().map(Tls::open).transpose();
    let tls = tls.map_err(|error| ServeError::Tls(error.into()))?;
    Ok(tls.map(Arc::new))
}

fn open_audit(config: &Config, data: &Path) -> Result<Audit, ServeError> {
    let folder = match &config.security.audit {
        AuditPlace::Nowhere => None,
        AuditPlace::BesideData => config.security.access.as_ref().map(|_| data.join(AUDIT)),
        AuditPlace::Folder(folder) => Some(folder.clone()),
    };
    let log = folder.map(|folder| AuditLog::open(&folder, config.security.audit_files));
    Ok(Audit(log.transpose().map_err(ServeError::Audit)?))
}

/// Takes up files anew that have changed: identities, policies, certificates.
async fn watch_files(front: Arc<Front>) {
    loop {
        tokio::time::sleep(WATCH_INTERVAL).await;
        let front = Arc::clone(&front);
        // Files may be on a disk that is slow.
        let looked = tokio::task::spawn_blocking(move || {
            if let Some(access) = &front.access {
                access.reload();
            }
            if let Some(tls) = &front.tls {
                tls.reload_if_changed();
            }
        });
        if looked.await.is_err() {
            tracing::error!(
                "looking at the files of identities and TLS failed; they are tried again"
            );
        }
    }
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
fn say_ready(
    address: SocketAddr,
    is_secure: bool,
    region: &str,
    greeting: &dyn Fn(&str, &str) -> Vec<String>,
) {
    let scheme = if is_secure { "https" } else { "http" };
    let endpoint = format!("{scheme}://{address}");
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "Everbeat is ready on {endpoint}");
    let endpoint = if address.ip().is_unspecified() {
        let _ = writeln!(
            output,
            "# from other machines: the name of this one instead of localhost"
        );
        format!("{scheme}://localhost:{}", address.port())
    } else {
        endpoint
    };
    for line in greeting(&endpoint, region) {
        let _ = writeln!(output, "{line}");
    }
    let _ = output.flush();
}
