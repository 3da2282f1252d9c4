//! Handshakes with certificates that are made on the fly, and files that cannot be used.

use std::os::unix::fs::PermissionsExt;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, HandshakeKind, ProtocolVersion, SupportedProtocolVersion};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio_rustls::{TlsConnector, client};

use super::*;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    let key = KeyPair::generate().expect("a key");
    CertifiedIssuer::self_signed(params, key).expect("an authority")
}

/// A certificate and its key in PEM, good in these years.
fn pair(authority: &Authority, name: &str, years: [i32; 2]) -> (String, String) {
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    [params.not_before, params.not_after] = years.map(|year| date_time_ymd(year, 1, 1));
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, authority).expect("a certificate");
    (certificate.pem(), key.serialize_pem())
}

const GOOD_YEARS: [i32; 2] = [2020, 2090];

/// A folder with the files of a server called `localhost`, and the authority that signed for it.
struct Files {
    folder: TempDir,
    authority: Authority,
}

impl Files {
    fn new() -> Self {
        let files = Self {
            folder: tempfile::tempdir().expect("a folder"),
            authority: authority("of servers"),
        };
        files.renew(GOOD_YEARS);
        files
    }

    fn renew(&self, years: [i32; 2]) {
        let (certificate, key) = pair(&self.authority, "localhost", years);
        self.write("certificate.pem", &certificate);
        self.write("key.pem", &key);
    }

    /// Puts a file in the place of another, as tools that renew certificates do.
    fn write(&self, name: &str, text: &str) {
        let new = self.folder.path().join("new");
        fs::write(&new, text).expect("written");
        fs::set_permissions(&new, fs::Permissions::from_mode(0o600)).expect("ours");
        fs::rename(new, self.folder.path().join(name)).expect("renamed");
    }

    fn paths(&self) -> TlsFiles {
        TlsFiles {
            certificate: self.folder.path().join("certificate.pem"),
            key: self.folder.path().join("key.pem"),
            client_ca: None,
        }
    }

    fn paths_with_client_ca(&self) -> TlsFiles {
        TlsFiles {
            client_ca: Some(self.folder.path().join("clients.pem")),
            ..self.paths()
        }
    }

    fn client(&self) -> ClientConfig {
        self.client_of(&[&TLS13, &TLS12], None)
    }

    fn client_of(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        pair: Option<(String, String)>,
    ) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots
            .add(self.authority.der().clone())
            .expect("an authority");
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .expect("versions")
            .with_root_certificates(roots);
        let Some((certificate, key)) = pair else {
            return builder.with_no_client_auth();
        };
        let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).expect("PEM");
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("PEM");
        builder
            .with_client_auth_cert(vec![certificate], key)
            .expect("a pair")
    }
}

type Both = (
    Result<TlsStream<DuplexStream>, HandshakeError>,
    io::Result<client::TlsStream<DuplexStream>>,
);

/// Both sides of a handshake.
async fn shake_hands(tls: &Tls, config: &Arc<ClientConfig>) -> Both {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let name = ServerName::try_from("localhost").expect("a name");
    let connector = TlsConnector::from(Arc::clone(config));
    tokio::join!(tls.accept(ours), connector.connect(name, theirs))
}

/// Shakes hands and sends a byte each way, so that tickets arrive too.
async fn connect(tls: &Tls, config: &Arc<ClientConfig>) -> client::TlsStream<DuplexStream> {
    let (server, client) = shake_hands(tls, config).await;
    let (mut server, mut client) = (server.expect("server"), client.expect("client"));
    greet(&mut server, &mut client).await;
    client
}

async fn greet(server: &mut TlsStream<DuplexStream>, client: &mut client::TlsStream<DuplexStream>) {
    let mut byte = [0];
    client.write_all(b"?").await.expect("sent");
    server.read_exact(&mut byte).await.expect("received");
    server.write_all(b"!").await.expect("sent");
    client.read_exact(&mut byte).await.expect("received");
    assert_eq!(&byte, b"!");
}

#[tokio::test]
async fn the_best_protocol_of_both_is_spoken() {
    let files = Files::new();
    let tls = Tls::open(files.paths()).expect("usable");
    for (offered, spoken) in [
        (&[&b"h2"[..], b"http/1.1"][..], Some(&b"h2"[..])),
        (&[b"http/1.1", b"h2"], Some(b"h2")),
        (&[b"http/1.1"], Some(b"http/1.1")),
        (&[], None),
    ] {
        let mut config = files.client();
        config.alpn_protocols = offered.iter().map(|name| name.to_vec()).collect();
        let client = connect(&tls, &Arc::new(config)).await;
        assert_eq!(client.get_ref().1.alpn_protocol(), spoken);
    }
}

#[tokio::test]
async fn both_newer_versions_are_spoken() {
    let files = Files::new();
    let tls = Tls::open(files.paths()).expect("usable");
    for (version, named) in [
        (&TLS13, ProtocolVersion::TLSv1_3),
        (&TLS12, ProtocolVersion::TLSv1_2),
    ] {
        let config = Arc::new(files.client_of(&[version], None));
        let client = connect(&tls, &config).await;
        assert_eq!(client.get_ref().1.protocol_version(), Some(named));
    }
}

#[tokio::test]
async fn older_versions_are_refused() {
    let files = Files::new();
    let tls = Tls::open(files.paths()).expect("usable");
    for version in [1, 2] {
        let (ours, mut theirs) = tokio::io::duplex(1 << 16);
        theirs
            .write_all(&client_hello(version))
            .await
            .expect("room");
        let error = tls.accept(ours).await.expect_err("too old");
        assert!(matches!(error, HandshakeError::Failed(_)), "{error}");
        let mut alert = Vec::new();
        theirs.read_to_end(&mut alert).await.expect("an alert");
        // Alert, fatal, protocol_version.
        assert_eq!((alert[0], &alert[5..]), (21, &[2, 70][..]));
    }
}

/// The greeting of a client that speaks TLS 1.0 (1) or 1.1 (2) at best.
fn client_hello(version: u8) -> Vec<u8> {
    let mut body = vec![3, version];
    body.extend([7; 32]);
    // No session, two cipher suites, no compression.
    body.extend([0, 0, 4, 0xc0, 0x13, 0xc0, 0x09, 1, 0]);
    // Signature algorithms: ECDSA and RSA with SHA-256. Groups: P-256. Point formats: uncompressed.
    let extensions = [
        0, 13, 0, 6, 0, 4, 4, 3, 4, 1, 0, 10, 0, 4, 0, 2, 0, 23, 0, 11, 0, 2, 1, 0,
    ];
    body.extend([0, extensions.len() as u8]);
    body.extend(extensions);
    let length = body.len() as u8;
    let mut hello = vec![22, 3, 1, 0, length + 4, 1, 0, 0, length];
    hello.extend(body);
    hello
}

#[tokio::test(start_paused = true)]
async fn a_handshake_has_ten_seconds() {
    let files = Files::new();
    let tls = Tls::open(files.paths()).expect("usable");
    let (ours, _theirs) = tokio::io::duplex(1 << 16);
    let begin = tokio::time::Instant::now();
    let error = tls.accept(ours).await.expect_err("nobody says anything");
    assert!(matches!(error, HandshakeError::Late), "{error}");
    assert_eq!(begin.elapsed(), Duration::from_secs(10));
}

#[tokio::test]
async fn clients_must_show_a_certificate_of_their_authority() {
    let files = Files::new();
    let clients = authority("of clients");
    files.write("clients.pem", &clients.pem());
    let tls = Tls::open(files.paths_with_client_ca()).expect("usable");
    let good = pair(&clients, "worker", GOOD_YEARS);
    let others = [
        None,
        Some(pair(&files.authority, "worker", GOOD_YEARS)),
        Some(pair(&authority("of clients"), "worker", GOOD_YEARS)),
        Some(pair(&clients, "worker", [2020, 2021])),
    ];
    for versions in [&[&TLS13][..], &[&TLS12]] {
        let config = files.client_of(versions, Some(good.clone()));
        connect(&tls, &Arc::new(config)).await;
        for (place, other) in others.iter().enumerate() {
            let config = Arc::new(files.client_of(versions, other.clone()));
            let (server, _) = shake_hands(&tls, &config).await;
            let error = server.expect_err("a stranger");
            assert!(
                matches!(error, HandshakeError::Failed(_)),
                "{place}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn sessions_are_resumed_until_the_files_change() {
    let files = Files::new();
    let tls = Tls::open(files.paths()).expect("usable");
    for versions in [&[&TLS13][..], &[&TLS12]] {
        let config = Arc::new(files.client_of(versions, None));
        for kind in [HandshakeKind::Full, HandshakeKind::Resumed] {
            let client = connect(&tls, &config).await;
            assert_eq!(client.get_ref().1.handshake_kind(), Some(kind));
        }
        files.renew(GOOD_YEARS);
        tls.reload_if_changed();
        let client = connect(&tls, &config).await;
        assert_eq!(
            client.get_ref().1.handshake_kind(),
            Some(HandshakeKind::Full)
        );
    }
}

/// The certificate that a new connection is shown, in DER.
async fn shown(tls: &Tls, files: &Files) -> Vec<u8> {
    let client = connect(tls, &Arc::new(files.client())).await;
    let certificates = client.get_ref().1.peer_certificates();
    certificates.expect("a certificate")[0].to_vec()
}

#[tokio::test]
async fn changed_files_are_in_force_at_once() {
    let files = Files::new();
    let tls = Tls::open(files.paths()).expect("usable");
    let config = Arc::new(files.client());
    let (server, client) = shake_hands(&tls, &config).await;
    let (mut server, mut client) = (server.expect("server"), client.expect("client"));
    let before = shown(&tls, &files).await;
    tls.reload_if_changed();
    assert_eq!(shown(&tls, &files).await, before);
    files.renew(GOOD_YEARS);
    assert_eq!(shown(&tls, &files).await, before);
    tls.reload_if_changed();
    assert_ne!(shown(&tls, &files).await, before);
    // Who is connected stays so.
    greet(&mut server, &mut client).await;
}

#[tokio::test]
async fn changed_files_that_cannot_be_used_change_nothing() {
    let files = Files::new();
    let tls = Tls::open(files.paths()).expect("usable");
    let before = shown(&tls, &files).await;
    let (certificate, key) = pair(&files.authority, "localhost", GOOD_YEARS);
    // The new certificate is there, its key is not yet.
    files.write("certificate.pem", &certificate);
    tls.reload_if_changed();
    assert_eq!(shown(&tls, &files).await, before);
    files.write("key.pem", "");
    tls.reload_if_changed();
    fs::remove_file(files.paths().key).expect("removed");
    tls.reload_if_changed();
    assert_eq!(shown(&tls, &files).await, before);
    files.write("key.pem", &key);
    tls.reload_if_changed();
    assert_ne!(shown(&tls, &files).await, before);
}

#[test]
fn files_that_cannot_be_used_are_named_with_the_reason() {
    let pem = |label: &str, content: &str| {
        format!("-----BEGIN {label}-----\n{content}\n-----END {label}-----\n")
    };
    let (_, other_key) = pair(&authority("another"), "localhost", GOOD_YEARS);
    let no_certificate = pem("CERTIFICATE", "AAAA");
    for (name, text, reason) in [
        ("certificate.pem", String::new(), "there is no certificate"),
        ("certificate.pem", "hello".into(), "there is no certificate"),
        (
            "certificate.pem",
            other_key.clone(),
            "there is no certificate",
        ),
        (
            "certificate.pem",
            pem("CERTIFICATE", "?"),
            "no usable certificate",
        ),
        (
            "certificate.pem",
            no_certificate.clone(),
            "no usable certificate",
        ),
        (
            "certificate.pem",
            "-----BEGIN CERTIFICATE-----\nAAAA\n".into(),
            "no usable certificate",
        ),
        ("key.pem", String::new(), "there is no private key"),
        ("key.pem", no_certificate.clone(), "there is no private key"),
        (
            "key.pem",
            pem("PRIVATE KEY", "AAAA"),
            "no usable private key",
        ),
        ("key.pem", pem("PRIVATE KEY", "?"), "no usable private key"),
        (
            "key.pem",
            pem("ENCRYPTED PRIVATE KEY", "AAAA"),
            "the key is encrypted",
        ),
        (
            "key.pem",
            pem(
                "RSA PRIVATE KEY",
                "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA",
            ),
            "the key is encrypted",
        ),
        (
            "key.pem",
            other_key,
            "the key does not belong to the certificate in",
        ),
        ("clients.pem", String::new(), "there is no certificate"),
        (
            "clients.pem",
            no_certificate,
            "no usable certificate of an authority",
        ),
    ] {
        let files = Files::new();
        files.write("clients.pem", &files.authority.pem());
        load(&files.paths_with_client_ca()).expect("usable");
        files.write(name, &text);
        let error = load(&files.paths_with_client_ca()).expect_err(reason);
        let told = error.to_string();
        let path = files.folder.path().join(name);
        assert!(
            told.starts_with(&format!("{}: {reason}", path.display())),
            "{told}"
        );
        assert!(!told.contains('\n'), "{told}");
    }
}

#[test]
fn missing_files_are_named() {
    for name in ["certificate.pem", "key.pem", "clients.pem"] {
        let files = Files::new();
        files.write("clients.pem", &files.authority.pem());
        let path = files.folder.path().join(name);
        fs::remove_file(&path).expect("removed");
        let told = load(&files.paths_with_client_ca())
            .expect_err(name)
            .to_string();
        let expected = format!("{}: cannot be read: No such file", path.display());
        assert!(told.starts_with(&expected), "{told}");
    }
}

#[test]
fn dates_that_do_not_fit_are_told() {
    let files = Files::new();
    for (years, expected) in [
        (GOOD_YEARS, None),
        ([1990, 2001], Some("has expired (at 20010101T000000Z)")),
        (
            [2080, 2090],
            Some("is not valid yet (from 20800101T000000Z on)"),
        ),
    ] {
        files.renew(years);
        let warnings = load(&files.paths()).expect("usable").warnings;
        assert_eq!(
            warnings.len(),
            usize::from(expected.is_some()),
            "{warnings:?}"
        );
        for (warning, expected) in warnings.iter().zip(expected) {
            assert!(warning.ends_with(expected), "{warning}");
            assert!(warning.contains("certificate.pem"), "{warning}");
        }
    }
}

#[test]
fn dates_are_read_in_both_forms() {
    let authority = authority("of dates");
    for (years, expected) in [
        ([1950, 2049], ["19500101T000000Z", "20490101T000000Z"]),
        ([1999, 2000], ["19990101T000000Z", "20000101T000000Z"]),
        ([2050, 9999], ["20500101T000000Z", "99990101T000000Z"]),
    ] {
        let (certificate, _) = pair(&authority, "x", years);
        let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).expect("PEM");
        assert_eq!(
            validity::read(&certificate),
            Some(expected.map(str::to_owned).into())
        );
        // Whatever is cut off: no dates, and no panic.
        for length in 0..certificate.len() {
            assert_eq!(validity::read(&certificate[..length]), None);
        }
    }
}

#[test]
fn a_key_that_everybody_may_read_is_told() {
    let files = Files::new();
    let key = files.paths().key;
    for (mode, is_told) in [(0o600, false), (0o640, false), (0o644, true), (0o602, true)] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).expect("ours");
        let warnings = load(&files.paths()).expect("usable").warnings;
        assert_eq!(!warnings.is_empty(), is_told, "{mode:o}: {warnings:?}");
    }
}
