//! Settings that keep others out: identities, TLS, the audit log. What can be reached from other machines must have the
//! first two, or somebody must say that he knows (rule 13 of the design: safe by default).

use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::path::PathBuf;

use super::{
    ACCESS, AUDIT_BESIDE_DATA, AUDIT_FILE, AUDIT_FILES, AUDIT_LOG, ConfigError, EXPLAIN_SIGNATURES,
    INSECURE, LISTEN, NONE, ONLY_REGION, Source, TLS_CERTIFICATE, TLS_CLIENT_CA, TLS_KEY,
    TRUSTED_PROXY,
};
use everbeat_policy::Network;

pub(super) const PROXY_HELP: &str = "Address or network (10.0.0.0/8) of proxies whose header X-Forwarded-For is believed. May be \
     given more than once; in the environment, commas stand between them. [default: none]";

/// Who may do what, and how connections are kept from others.
#[derive(Debug, Clone)]
pub struct Security {
    /// The folder of identities and policies; without it nothing is checked.
    pub access: Option<PathBuf>,
    /// The files for https.
    pub tls: Option<TlsFiles>,
    /// Where the audit log is kept.
    pub audit: AuditPlace,
    /// How it is cut into files.
    pub audit_files: everbeat_audit::Options,
    /// Requests must be signed for the server's own region.
    pub only_region: bool,
    /// Callers whose signature does not match are told what they should have signed.
    pub explains_signatures: bool,
    /// Others may reach the server although something is missing.
    pub is_insecure: bool,
    /// Whose word about the address of a client counts.
    pub trusted_proxies: Vec<Network>,
}

/// The files of TLS, all in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and those that lead from it to an authority.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// The authorities of the certificates that clients must show.
    pub client_ca: Option<PathBuf>,
}

/// Where the audit log is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditPlace {
    /// Beside the data, if there are identities.
    BesideData,
    /// In this folder.
    Folder(PathBuf),
    /// Nowhere.
    Nowhere,
}

pub(super) fn security(source: &Source<'_>) -> Result<Security, ConfigError> {
    let path = |name: &str| match source.value(name).as_str() {
        // What was meant to be a path and is empty must not switch anything off.
        "" => Err(ConfigError(format!(
            "--{name}: the path is empty; to do without, say {NONE}"
        ))),
        NONE => Ok(None),
        path => Ok(Some(PathBuf::from(path))),
    };
    let megabytes: NonZeroU64 = source.parsed(AUDIT_FILE, "a number of megabytes from 1")?;
    Ok(Security {
        access: path(ACCESS)?,
        tls: tls(path(TLS_CERTIFICATE)?, path(TLS_KEY)?, path(TLS_CLIENT_CA)?)?,
        audit: match path(AUDIT_LOG)? {
            None => AuditPlace::Nowhere,
            Some(folder) if folder.as_os_str() == AUDIT_BESIDE_DATA => AuditPlace::BesideData,
            Some(folder) => AuditPlace::Folder(folder),
        },
        audit_files: everbeat_audit::Options {
            file_bytes: megabytes.get().saturating_mul(1 << 20),
            files_kept: source.parsed(AUDIT_FILES, "a number of files")?,
        },
        only_region: source.is_on(ONLY_REGION)?,
        explains_signatures: source.is_on(EXPLAIN_SIGNATURES)?,
        is_insecure: source.is_on(INSECURE)?,
        trusted_proxies: trusted_proxies(source)?,
    })
}

fn tls(
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    client_ca: Option<PathBuf>,
) -> Result<Option<TlsFiles>, ConfigError> {
    let missing = |given: &str, missing: &str| {
        Err(ConfigError(format!(
            "--{given} is given without --{missing}"
        )))
    };
    match (certificate, key) {
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles {
            certificate,
            key,
            client_ca,
        })),
        (Some(_), None) => missing(TLS_CERTIFICATE, TLS_KEY),
        (None, Some(_)) => missing(TLS_KEY, TLS_CERTIFICATE),
        (None, None) if client_ca.is_some() => missing(TLS_CLIENT_CA, TLS_CERTIFICATE),
        (None, None) => Ok(None),
    }
}

fn trusted_proxies(source: &Source<'_>) -> Result<Vec<Network>, ConfigError> {
    let mut given = source.repeated(TRUSTED_PROXY);
    if given.is_empty() {
        let in_file = source.file.get(TRUSTED_PROXY).cloned().unwrap_or_default();
        given = in_file
            .split(',')
            .map(|one| one.trim().to_owned())
            .collect();
        given.retain(|one| !one.is_empty());
    }
    let read = |text: &String| {
        Network::read(text).ok_or_else(|| {
            ConfigError(format!(
                "--{TRUSTED_PROXY}: '{text}' is neither an address nor a network such as 10.0.0.0/8"
            ))
        })
    };
    given.iter().map(read).collect()
}

impl Security {
    /// Whether the server may listen there.
    pub(super) fn check_address(&self, listen: SocketAddr) -> Result<(), ConfigError> {
        if listen.ip().is_loopback() || self.is_insecure {
            return Ok(());
        }
        let missing = match (&self.access, &self.tls) {
            (Some(_), Some(_)) => return Ok(()),
            (None, Some(_)) => format!("--{ACCESS} (who may do what)"),
            (Some(_), None) => format!("--{TLS_CERTIFICATE} and --{TLS_KEY}"),
            (None, None) => {
                format!("--{ACCESS} (who may do what), --{TLS_CERTIFICATE} and --{TLS_KEY}")
            }
        };
        Err(ConfigError(format!(
            "--{LISTEN}: {listen} can be reached from other machines: give {missing}, or --{INSECURE} to do without, \
             or listen on a loopback address such as 127.0.0.1"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::parsed;

    const OPEN: [&str; 2] = ["--listen", "0.0.0.0:7930"];
    const ACCESS: [&str; 2] = ["--access", "who"];
    const TLS: [&str; 4] = ["--tls-certificate", "c.pem", "--tls-key", "k.pem"];

    #[test]
    fn what_others_can_reach_needs_identities_and_tls() {
        let refused = |words: &[&[&str]]| parsed(&words.concat(), &[]).expect_err("unsafe");
        assert_eq!(
            refused(&[&OPEN]),
            "--listen: 0.0.0.0:7930 can be reached from other machines: give --access (who may do what), \
             --tls-certificate and --tls-key, or --insecure to do without, or listen on a loopback address such as \
             127.0.0.1"
        );
        assert!(refused(&[&OPEN, &ACCESS]).contains("give --tls-certificate and --tls-key, or"));
        assert!(refused(&[&OPEN, &TLS]).contains("give --access (who may do what), or"));
        for words in [
            [&OPEN[..], &ACCESS, &TLS].concat(),
            [&OPEN[..], &["--insecure"]].concat(),
            ACCESS.to_vec(),
            TLS.to_vec(),
            vec!["--listen", "[::1]:0"],
        ] {
            parsed(&words, &[]).expect("safe enough");
        }
        let by_variable = parsed(&OPEN, &[("EVERBEAT_INSECURE", "1")]).expect("it is known");
        assert!(by_variable.security.is_insecure);
    }

    #[test]
    fn files_of_tls_come_together() {
        for (words, text) in [
            (&TLS[..2], "--tls-certificate is given without --tls-key"),
            (&TLS[2..], "--tls-key is given without --tls-certificate"),
            (
                &["--tls-client-ca", "a.pem"][..],
                "--tls-client-ca is given without --tls-certificate",
            ),
        ] {
            assert_eq!(parsed(words, &[]).expect_err("half"), text);
        }
        let config = parsed(&TLS, &[]).expect("whole");
        let files = config.security.tls.expect("there are files");
        assert_eq!(files.key, PathBuf::from("k.pem"));
    }

    #[test]
    fn proxies_come_from_flags_environment_and_file() {
        let config = parsed(&["--trusted-proxy", "10.0.0.0/8"], &[]).expect("a network");
        assert_eq!(config.security.trusted_proxies.len(), 1);
        let variable = [("EVERBEAT_TRUSTED_PROXY", "10.0.0.1, ::1")];
        let config = parsed(&[], &variable).expect("addresses");
        assert_eq!(config.security.trusted_proxies.len(), 2);
        let error = parsed(&["--trusted-proxy", "proxy"], &[]).expect_err("a name");
        assert!(error.contains("'proxy' is neither"), "{error}");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("everbeat.toml");
        std::fs::write(
            &file,
            "trusted-proxy = ['10.0.0.1', '10.0.0.2']\ninsecure = true\n",
        )
        .expect("a settings file");
        let config = parsed(&["--config", file.to_str().expect("text")], &[]).expect("a file");
        assert_eq!(config.security.trusted_proxies.len(), 2);
        assert!(config.security.is_insecure);
        std::fs::write(&file, "trusted-proxy = '10.0.0.1'\n").expect("a settings file");
        let config = parsed(&["--config", file.to_str().expect("text")], &[]).expect("a file");
        assert_eq!(config.security.trusted_proxies.len(), 1);
    }

    #[test]
    fn the_audit_log_lies_beside_the_data_unless_told() {
        for empty in ["--access", "--tls-key", "--audit-log"] {
            let error = parsed(&[empty, ""], &[]).expect_err("it is empty");
            let expected = format!("{empty}: the path is empty");
            assert!(error.starts_with(&expected), "{error}");
        }
        parsed(&[], &[("EVERBEAT_ACCESS", "")]).expect_err("it is empty");
        parsed(&["--audit-file-megabytes", "0"], &[]).expect_err("no line would fit");
        for (words, place) in [
            (&[][..], AuditPlace::BesideData),
            (&["--audit-log", "none"], AuditPlace::Nowhere),
            (&["--audit-log", "x"], AuditPlace::Folder("x".into())),
        ] {
            assert_eq!(parsed(words, &[]).expect("a place").security.audit, place);
        }
    }
}
