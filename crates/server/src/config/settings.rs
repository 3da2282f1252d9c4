//! The table of settings that have one value: flags, environment variables, keys of the settings file and the help come
//! from its rows. Switches, which are on or off, have a table of their own.

/// What stands for no file, folder or address.
pub(super) const NONE: &str = "none";
/// The audit log lies beside the data.
pub(super) const AUDIT_BESIDE_DATA: &str = "data";

/// One setting.
pub(super) struct Setting {
    /// Name of the flag and of the key in the settings file.
    pub(super) name: &'static str,
    /// What stands for the value in the help.
    pub(super) value: &'static str,
    pub(super) default: &'static str,
    pub(super) help: &'static str,
}

pub(super) const LISTEN: &str = "listen";
pub(super) const DATA_DIR: &str = "data-dir";
pub(super) const EPHEMERAL: &str = "ephemeral";
pub(super) const INSECURE: &str = "insecure";
pub(super) const ONLY_REGION: &str = "only-region";
pub(super) const EXPLAIN_SIGNATURES: &str = "explain-signatures";
pub(super) const ROTATE_KEY: &str = "rotate-token-key";
pub(super) const CONFIG: &str = "config";
pub(super) const ACCOUNT: &str = "account";
pub(super) const REGION: &str = "region";
pub(super) const POLL_HOLD: &str = "poll-hold-seconds";
pub(super) const CACHE: &str = "cache-megabytes";
pub(super) const LOG: &str = "log";
pub(super) const LOG_FORMAT: &str = "log-format";
pub(super) const LIMITS_PRESET: &str = "limits";
pub(super) const LIMIT: &str = "limit";
pub(super) const RATE: &str = "rate";
pub(super) const RETENTION: &str = "retention";
pub(super) const CLOCK: &str = "clock";
pub(super) const ACCESS: &str = "access";
pub(super) const TLS_CERTIFICATE: &str = "tls-certificate";
pub(super) const TLS_KEY: &str = "tls-key";
pub(super) const TLS_CLIENT_CA: &str = "tls-client-ca";
pub(super) const AUDIT_LOG: &str = "audit-log";
pub(super) const AUDIT_FILE: &str = "audit-file-megabytes";
pub(super) const AUDIT_FILES: &str = "audit-files";
pub(super) const TRUSTED_PROXY: &str = "trusted-proxy";
pub(super) const LAMBDA_ENDPOINT: &str = "lambda-endpoint";
pub(super) const LAMBDA_CONCURRENCY: &str = "lambda-concurrency";
pub(super) const LAMBDA_FUNCTION: &str = "lambda-function";

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        name: LISTEN,
        value: "ADDRESS:PORT",
        default: "127.0.0.1:7930",
        help: "Where to listen. Port 0 takes a free port. Where other machines can reach it, --access and TLS are needed.",
    },
    Setting {
        name: ACCESS,
        value: "FOLDER",
        default: NONE,
        help: "Who may do what: the folder of identities and policies, made by `everbeat access init`. Then every request \
               must be signed by one of its keys, and be allowed by the policies of that key's owner. Changes are taken up \
               while the server runs.",
    },
    Setting {
        name: TLS_CERTIFICATE,
        value: "FILE",
        default: NONE,
        help: "Certificate chain for https, in PEM. It and the key are read again when they change.",
    },
    Setting {
        name: TLS_KEY,
        value: "FILE",
        default: NONE,
        help: "Private key of the certificate, in PEM.",
    },
    Setting {
        name: TLS_CLIENT_CA,
        value: "FILE",
        default: NONE,
        help: "Authorities in PEM, one of which must have signed the certificate that a client then has to show.",
    },
    Setting {
        name: AUDIT_LOG,
        value: "FOLDER",
        default: AUDIT_BESIDE_DATA,
        help: "Where the audit log is kept: a line for every call that changes something or is refused. With 'data' it \
               is the folder audit of the data folder if there is --access; 'none' keeps none.",
    },
    Setting {
        name: AUDIT_FILE,
        value: "MEGABYTES",
        default: "64",
        help: "A file of the audit log that has reached this size is followed by another.",
    },
    Setting {
        name: AUDIT_FILES,
        value: "NUMBER",
        default: "100",
        help: "So many files of the audit log are kept, the newest; 0 keeps all.",
    },
    Setting {
        name: DATA_DIR,
        value: "FOLDER",
        default: "./everbeat-data",
        help: "Where the data is kept. Made if it does not exist.",
    },
    Setting {
        name: ACCOUNT,
        value: "NUMBER",
        default: "123456789012",
        help: "Account of callers whose access key id is not itself an account number of twelve digits. With --access, the \
               account is that of the key.",
    },
    Setting {
        name: REGION,
        value: "NAME",
        default: "us-east-1",
        help: "Region of requests that are not signed; with --only-region, of all.",
    },
    Setting {
        name: POLL_HOLD,
        value: "SECONDS",
        default: "55",
        help: "How long a poll waits for a task, 1 to 60. Clients give up after 60 or 70 seconds.",
    },
    Setting {
        name: CACHE,
        value: "MEGABYTES",
        default: "256",
        help: "What the executions in memory may weigh. The others are read when they are needed.",
    },
    Setting {
        name: LOG,
        value: "LEVEL",
        default: "info",
        help: "What is logged: error, warn, info, debug or trace.",
    },
    Setting {
        name: LOG_FORMAT,
        value: "FORMAT",
        default: "text",
        help: "Form of the log: text or json.",
    },
    Setting {
        name: LIMITS_PRESET,
        value: "PRESET",
        default: "everbeat",
        help: "Quotas and rates to begin with: everbeat (quotas with their defaults, no rates), or aws (all of Amazon's).",
    },
    Setting {
        name: RETENTION,
        value: "WHAT",
        default: "as-registered",
        help: "How long closed executions are kept: as-registered (as many days as their domain says), or unlimited (all \
               that close while the server runs so are kept for ever).",
    },
    Setting {
        name: CLOCK,
        value: "CLOCK",
        default: "system",
        help: "What moves the time of executions: system, or manual (for tests: time stands still until `everbeat clock` \
               moves it). A data folder keeps the clock that it was begun with.",
    },
    Setting {
        name: LAMBDA_ENDPOINT,
        value: "URL",
        default: "none",
        help: "Where Lambda's Invoke API is; {region} in it stands for the region of the run. Calls are signed with the \
               server's own AWS credentials, found as the SDKs find them.",
    },
    Setting {
        name: LAMBDA_CONCURRENCY,
        value: "NUMBER",
        default: "64",
        help: "How many Lambda functions are called at the same time.",
    },
];

/// Something that is off unless it is switched on.
pub(super) struct Switch {
    /// Name of the flag and of the key in the settings file.
    pub(super) name: &'static str,
    pub(super) help: &'static str,
}

pub(super) const SWITCHES: &[Switch] = &[
    Switch {
        name: EPHEMERAL,
        help: "Keep the data in a temporary folder that goes with the process: for tests.",
    },
    Switch {
        name: INSECURE,
        help: "Listen where other machines can reach the server although it checks no signatures or has no TLS.",
    },
    Switch {
        name: ONLY_REGION,
        help: "Refuse requests that are signed for another region than that of --region.",
    },
    Switch {
        name: EXPLAIN_SIGNATURES,
        help: "Tell callers whose signature does not match what they should have signed: to find out what a client or a \
               proxy does differently.",
    },
];
