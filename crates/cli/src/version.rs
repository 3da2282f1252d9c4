//! What `--version` prints: both versions, the one of the reference and our own.

/// The version of the AWS CLI that this one follows.
const REFERENCE: &str = "aws-cli/2.38.1";

/// The line of `--version`. `named_aws` says that the program was started under the name of the reference.
pub(crate) fn version(named_aws: bool) -> String {
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let separator = if kernel.is_empty() { "" } else { "/" };
    let system = match std::env::consts::OS {
        "linux" => "Linux",
        "macos" => "Darwin",
        other => other,
    };
    let own = concat!("everbeat/", env!("CARGO_PKG_VERSION"));
    let (first, second) = if named_aws {
        (REFERENCE, own)
    } else {
        (own, REFERENCE)
    };
    format!(
        "{first} {second} {system}{separator}{} exe/{}",
        kernel.trim(),
        std::env::consts::ARCH,
    )
}
