//! Which certificates are trusted, and TLS set up accordingly, at the first connection that needs it.
//!
//! The library refuses a server whose certificate may sign others, as every certificate made with `openssl req -x509`
//! may. Where exactly that certificate stands in the bundle that the user named, it is accepted here, as OpenSSL does
//! (cli.md section 9); its name and its dates must fit.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::error::python_error;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

/// What the library says of a server's certificate that may sign others. Dates have been checked by then.
const MAY_SIGN_OTHERS: &str = "CaUsedAsEndEntity";

/// Whose certificates are good.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Trust {
    /// Those of the authorities that Mozilla trusts, which are built in.
    #[default]
    BuiltIn,
    /// Those in a file of certificates in PEM form, and of the authorities there.
    Bundle(PathBuf),
    /// Anybody's.
    Anything,
}

/// TLS that is set up when it is first used.
#[derive(Clone)]
pub(crate) struct Tls {
    trust: Trust,
    config: Arc<OnceLock<Result<Arc<ClientConfig>, String>>>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("trust", &self.trust)
            .finish_non_exhaustive()
    }
}

impl Tls {
    pub(crate) fn new(trust: Trust) -> Self {
        Self {
            trust,
            config: Arc::default(),
        }
    }

    /// # Errors
    /// The bundle cannot be used; the reason, as it stands behind the endpoint.
    pub(crate) fn config(&self) -> Result<Arc<ClientConfig>, String> {
        self.config
            .get_or_init(|| config(&self.trust).map(Arc::new))
            .clone()
    }
}

fn config(trust: &Trust) -> Result<ClientConfig, String> {
    let provider = Arc::new(ring::default_provider());
    let text = |error: Error| error.to_string();
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(text)?;
    let builder = match trust {
        Trust::BuiltIn => {
            let roots = webpki_roots::TLS_SERVER_ROOTS.to_vec();
            builder.with_root_certificates(RootCertStore { roots })
        }
        Trust::Bundle(path) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Verifier {
                bundle: Some(Bundle::read(path, Arc::clone(&provider))?),
                provider,
            })),
        Trust::Anything => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Verifier {
                bundle: None,
                provider,
            })),
    };
    Ok(builder.with_no_client_auth())
}

/// Trusts whoever holds the key of the certificate that he shows, if that certificate is good.
#[derive(Debug)]
struct Verifier {
    /// What makes a certificate good; without it, every one is.
    bundle: Option<Bundle>,
    provider: Arc<CryptoProvider>,
}

/// The certificates that the user named.
#[derive(Debug)]
struct Bundle {
    certificates: Vec<CertificateDer<'static>>,
    by_chain: Arc<WebPkiServerVerifier>,
}

impl Bundle {
    fn read(path: &Path, provider: Arc<CryptoProvider>) -> Result<Self, String> {
        let text = std::fs::read(path).map_err(|error| python_error(&error))?;
        let certificates = CertificateDer::pem_slice_iter(&text)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| format!("[X509] PEM lib: {error}"))?;
        let mut roots = RootCertStore::empty();
        let (usable, unusable) = roots.add_parsable_certificates(certificates.iter().cloned());
        if usable == 0 && unusable > 0 {
            return Err("[X509] PEM lib".into());
        }
        if usable == 0 {
            return Err("[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found".into());
        }
        let by_chain = WebPkiServerVerifier::builder_with_provider(roots.into(), provider)
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self {
            certificates,
            by_chain,
        })
    }
}

/// What is said of a failed handshake.
pub(crate) fn told(error: &std::io::Error) -> String {
    let text = error.to_string();
    if text.contains(MAY_SIGN_OTHERS) {
        return "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate"
            .into();
    }
    text
}

impl Bundle {
    fn verify(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.by_chain.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        let Err(Error::InvalidCertificate(CertificateError::Other(reason))) = &verified else {
            return verified;
        };
        if reason.to_string() != MAY_SIGN_OTHERS || !self.certificates.contains(end_entity) {
            return verified;
        }
        let certificate = ParsedCertificate::try_from(end_entity)?;
        rustls::client::verify_server_name(&certificate, server_name)?;
        Ok(ServerCertVerified::assertion())
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match &self.bundle {
            Some(bundle) => {
                bundle.verify(end_entity, intermediates, server_name, ocsp_response, now)
            }
            None => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
