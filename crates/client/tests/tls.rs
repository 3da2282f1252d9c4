//! TLS against a server on loopback: who is trusted, and what is said of the others. The certificates in `data` are
//! fixed, so that the tests need no crate that makes some; `data/make.sh` made them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use everbeat_client::{CallError, Client, Endpoint, Timeouts, Trust};
use everbeat_model::Operation;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

fn data(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "data", name]
        .iter()
        .collect()
}

fn bundle(name: &str) -> Trust {
    Trust::Bundle(data(name))
}

/// A server with a certificate, which answers each request with an empty body; gives its port.
async fn serve(name: &str) -> u16 {
    let certificate = CertificateDer::from_pem_file(data(&format!("{name}.pem")));
    let key = PrivateKeyDer::from_pem_file(data(&format!("{name}.key")));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.expect("a certificate")],
            key.expect("a key"),
        )
        .expect("they belong together");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut request = vec![0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                .await;
        }
    });
    port
}

async fn outcome(host: &str, port: u16, trust: Trust) -> Result<(), CallError> {
    let endpoint = Endpoint::parse(&format!("https://{host}:{port}")).expect("a URL");
    let client = Client::local(endpoint).with_trust(trust);
    client
        .send(Operation::ListDomains, "{}".into())
        .await
        .map(drop)
}

#[tokio::test]
async fn servers_of_an_authority_in_the_bundle_are_trusted() {
    let port = serve("server").await;
    for host in ["localhost", "127.0.0.1"] {
        assert_eq!(outcome(host, port, bundle("authority.pem")).await, Ok(()));
    }
}

#[tokio::test]
async fn a_certificate_that_may_sign_others_is_trusted_when_it_is_in_the_bundle_itself() {
    let port = serve("alone").await;
    for host in ["localhost", "127.0.0.1"] {
        assert_eq!(outcome(host, port, bundle("alone.pem")).await, Ok(()));
    }
}

#[tokio::test]
async fn anybody_is_trusted_when_nobody_is_asked() {
    for name in ["alone", "server", "elsewhere", "expired"] {
        let port = serve(name).await;
        let found = outcome("localhost", port, Trust::Anything).await;
        assert_eq!(found, Ok(()), "{name}");
    }
}

#[tokio::test]
async fn strangers_are_refused() {
    for (name, trust) in [
        ("alone", Trust::BuiltIn),
        ("alone", bundle("authority.pem")),
        // The certificate itself stands for others only if it is its own issuer.
        ("server", bundle("server.pem")),
        // Name and dates must fit.
        ("elsewhere", bundle("elsewhere.pem")),
        ("expired", bundle("expired.pem")),
    ] {
        let port = serve(name).await;
        let found = outcome("localhost", port, trust.clone()).await;
        assert!(
            matches!(found, Err(CallError::Tls(_))),
            "{name} by {trust:?}: {found:?}"
        );
    }
}

#[tokio::test]
async fn bundles_that_cannot_be_read_are_told() {
    let port = serve("server").await;
    for (trust, reason) in [
        (bundle("none"), "[Errno 2] No such file or directory"),
        (bundle("."), "[Errno 21] Is a directory"),
        (
            bundle("make.sh"),
            "[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found",
        ),
    ] {
        let found = outcome("localhost", port, trust).await;
        assert_eq!(found, Err(CallError::Tls(reason.into())));
    }
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let found = outcome("127.0.0.1", port, bundle("none")).await;
    assert!(matches!(found, Err(CallError::Connection(_))), "{found:?}");
}

#[tokio::test]
async fn a_server_that_does_not_go_on_with_tls_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("https://{}", silent.local_addr().expect("an address"));
    let client = Client::local(Endpoint::parse(&url).expect("a URL")).with_timeouts(Timeouts {
        connect: Some(Duration::from_millis(50)),
        read: None,
    });
    let found = client.send(Operation::ListDomains, "{}".into()).await;
    assert_eq!(found.err(), Some(CallError::ReadTimeout));
}

#[tokio::test]
async fn a_server_without_tls_is_told_as_one() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        let _ = stream.read(&mut [0; 64]).await;
    });
    let found = outcome("127.0.0.1", port, Trust::Anything).await;
    assert!(matches!(found, Err(CallError::Tls(_))), "{found:?}");
}
