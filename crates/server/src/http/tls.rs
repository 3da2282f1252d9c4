//! TLS in front of HTTP, from files that are read again when they change.
//!
//! TLS 1.2 and 1.3, with HTTP/2 and HTTP/1.1 on offer; clients show certificates if an authority for them is named.
//! Each set of files makes a configuration of its own, tickets of sessions included: what an authority was taken out of
//! is not resumed either. Connections that exist keep what they began with.
//!
//! Holds: there is always a configuration whose key fits its certificate. Files that cannot be used are told in the log
//! once, and the ones before them stay in force.
//!
//! Leaves to others: asking now and then whether the files have changed.

mod validity;

use std::fmt;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use everbeat_wire::sigv4::amz_date;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::config::TlsFiles;

/// A client has so long for its part of the handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// What is spoken over it, the best first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];
/// What a file holds that needs a password, in either of the two forms of such files.
const ENCRYPTED: &str = "ENCRYPTED";
/// Permissions of those who are neither the owner nor of the group.
const OTHERS: u32 = 0o007;

/// Why files cannot be used. Each is one sentence that names the file.
#[derive(Debug)]
pub(crate) enum TlsError {
    /// The file cannot be read.
    Unreadable(PathBuf, io::Error),
    /// There is none in the file. Says what was looked for.
    Nothing(PathBuf, &'static str),
    /// What is in the file is broken. Says what it is to be, and the reason.
    Broken(PathBuf, &'static str, String),
    /// The key can be used with a password only.
    Encrypted(PathBuf),
    /// The key belongs to another certificate.
    Mismatch {
        /// The file of the key.
        key: PathBuf,
        /// The file of the certificate.
        certificate: PathBuf,
    },
    /// The library refuses something else.
    Refused(rustls::Error),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(path, error) => {
                write!(f, "{}: cannot be read: {error}", path.display())
            }
            Self::Nothing(path, what) => {
                write!(f, "{}: there is no {what} in this file", path.display())
            }
            Self::Broken(path, what, reason) => {
                write!(f, "{}: no usable {what}: {reason}", path.display())
            }
            Self::Encrypted(path) => write!(
                f,
                "{}: the key is encrypted; it must be stored without a password",
                path.display()
            ),
            Self::Mismatch { key, certificate } => write!(
                f,
                "{}: the key does not belong to the certificate in {}",
                key.display(),
                certificate.display()
            ),
            Self::Refused(error) => write!(f, "TLS cannot be set up: {error}"),
        }
    }
}

impl std::error::Error for TlsError {}

/// Why a client got no further than the handshake.
#[derive(Debug)]
pub(crate) enum HandshakeError {
    /// It took too long.
    Late,
    /// It broke off, or there is no version, cipher or certificate that suits both.
    Failed(io::Error),
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late => f.write_str("the TLS handshake took too long"),
            Self::Failed(error) => write!(f, "the TLS handshake failed: {error}"),
        }
    }
}

impl std::error::Error for HandshakeError {}

/// TLS as the newest usable files have it.
#[derive(Debug)]
pub(crate) struct Tls {
    files: TlsFiles,
    config: RwLock<Arc<ServerConfig>>,
    looked: Mutex<Looked>,
}

/// What was found when the files were last looked at.
#[derive(Debug)]
struct Looked {
    /// The files that are in force.
    in_force: Looks,
    /// What was wrong with newer ones, so that it is told once.
    told: Option<String>,
}

impl Tls {
    /// Reads the files. What is odd about them without being wrong goes to the log.
    ///
    /// # Errors
    /// They cannot be used.
    pub(crate) fn open(files: TlsFiles) -> Result<Self, TlsError> {
        // Before they are read: a change meanwhile is then found later.
        let seen = Looks::of(&files);
        let config = load(&files)?.told();
        Ok(Self {
            files,
            config: RwLock::new(config),
            looked: Mutex::new(Looked {
                in_force: seen,
                told: None,
            }),
        })
    }

    /// What a new connection begins with.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let config = self.config.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&config))
    }

    /// Does the server's part of the handshake.
    ///
    /// # Errors
    /// The client is too slow, or cannot be agreed with.
    pub(crate) async fn accept<S>(&self, stream: S) -> Result<TlsStream<S>, HandshakeError>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let accepted = self.acceptor().accept(stream);
        match tokio::time::timeout(HANDSHAKE_TIMEOUT, accepted).await {
            Ok(accepted) => accepted.map_err(HandshakeError::Failed),
            Err(_) => Err(HandshakeError::Late),
        }
    }

    /// Reads the files again if they look otherwise than the last time, and puts them in force if they can be used.
    /// Reads from the disk: a few microseconds if nothing has changed.
    pub(crate) fn reload_if_changed(&self) {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let looks = Looks::of(&self.files);
        if looked.in_force == looks {
            looked.told = None;
            return;
        }
        match load(&self.files) {
            Ok(loaded) => {
                let config = loaded.told();
                *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
                *looked = Looked {
                    in_force: looks,
                    told: None,
                };
                let certificate = self.files.certificate.display();
                tracing::info!(%certificate, "the TLS files have changed and are in force");
            }
            // They are tried again: one of two may still be to come, and it may be the disk that failed.
            Err(error) => {
                let told = error.to_string();
                if looked.told.as_ref() != Some(&told) {
                    tracing::warn!(%error, "changed TLS files cannot be used; those before stay in force");
                    looked.told = Some(told);
                }
            }
        }
    }
}

/// By what a change of files is known.
#[derive(Debug, PartialEq, Eq)]
struct Looks([Option<FileLooks>; 3]);

/// Device, inode, size, and seconds and nanoseconds of the last change.
type FileLooks = (u64, u64, u64, i64, i64);

impl Looks {
    fn of(files: &TlsFiles) -> Self {
        let looks = |path: &Path| fs::metadata(path).ok().map(|file| file_looks(&file));
        Self([
            looks(&files.certificate),
            looks(&files.key),
            files.client_ca.as_deref().and_then(looks),
        ])
    }
}

fn file_looks(file: &Metadata) -> FileLooks {
    (
        file.dev(),
        file.ino(),
        file.size(),
        file.mtime(),
        file.mtime_nsec(),
    )
}

/// A configuration, and what its owner should know about it.
#[derive(Debug)]
struct Loaded {
    config: Arc<ServerConfig>,
    warnings: Vec<String>,
}

impl Loaded {
    fn told(self) -> Arc<ServerConfig> {
        for warning in self.warnings {
            tracing::warn!("{warning}");
        }
        self.config
    }
}

fn load(files: &TlsFiles) -> Result<Loaded, TlsError> {
    let chain = certificates(&files.certificate)?;
    let key = private_key(&files.key)?;
    let mut warnings = Vec::new();
    warnings.extend(date_warning(&files.certificate, chain.first()));
    warnings.extend(permission_warning(&files.key));

    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(TlsError::Refused)?;
    let builder = match &files.client_ca {
        Some(path) => builder.with_client_cert_verifier(clients_of(path, provider)?),
        None => builder.with_no_client_auth(),
    };
    let mut config = builder
        .with_single_cert(chain, key)
        .map_err(|error| unusable(files, error))?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).into();
    config.ticketer = ring::Ticketer::new().map_err(TlsError::Refused)?;
    Ok(Loaded {
        config: Arc::new(config),
        warnings,
    })
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let what = "certificate";
    let text = read(path)?;
    let certificates = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| broken(path, what, &error))?;
    if certificates.is_empty() {
        return Err(TlsError::Nothing(path.to_owned(), what));
    }
    Ok(certificates)
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let what = "private key";
    let text = read(path)?;
    if String::from_utf8_lossy(&text).contains(ENCRYPTED) {
        return Err(TlsError::Encrypted(path.to_owned()));
    }
    PrivateKeyDer::from_pem_slice(&text).map_err(|error| match error {
        pem::Error::NoItemsFound => TlsError::Nothing(path.to_owned(), what),
        error => broken(path, what, &error),
    })
}

/// Who shows a certificate of these authorities is let in.
fn clients_of(
    path: &Path,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path)? {
        roots
            .add(certificate)
            .map_err(|error| broken(path, "certificate of an authority", &error))?;
    }
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| broken(path, "certificate of an authority", &error))
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|error| TlsError::Unreadable(path.to_owned(), error))
}

fn broken(path: &Path, what: &'static str, reason: &dyn fmt::Display) -> TlsError {
    TlsError::Broken(path.to_owned(), what, reason.to_string())
}

/// Which of the two files the library's refusal is about.
fn unusable(files: &TlsFiles, error: rustls::Error) -> TlsError {
    match error {
        rustls::Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch) => {
            TlsError::Mismatch {
                key: files.key.clone(),
                certificate: files.certificate.clone(),
            }
        }
        rustls::Error::InvalidCertificate(_) => broken(&files.certificate, "certificate", &error),
        rustls::Error::General(reason) => broken(&files.key, "private key", &reason),
        error => TlsError::Refused(error),
    }
}

/// Clients will refuse a certificate outside its dates; but a server that does not start helps nobody.
fn date_warning(path: &Path, certificate: Option<&CertificateDer<'_>>) -> Option<String> {
    let (from, until) = validity::read(certificate?)?;
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    let now = amz_date(i64::try_from(since.as_secs()).ok()?);
    let path = path.display();
    if now > until {
        return Some(format!("{path}: the certificate has expired (at {until})"));
    }
    (now < from).then(|| format!("{path}: the certificate is not valid yet (from {from} on)"))
}

fn permission_warning(key: &Path) -> Option<String> {
    let mode = fs::metadata(key).ok()?.permissions().mode();
    (mode & OTHERS != 0).then(|| {
        format!(
            "{}: everybody on this machine has access to this key (mode {:03o})",
            key.display(),
            mode & 0o777
        )
    })
}

#[cfg(test)]
mod tests;
