//! What the requests of an operation name as their sender (cli.md section 9): the reference's grammar, our own words.

use everbeat_model::operations::OperationDescriptor;

use crate::options::kebab_case;
use crate::settings::{Configuration, Target};

/// The user agent of an operation's requests.
pub(crate) fn user_agent(
    operation: &OperationDescriptor,
    target: &Target<'_>,
    configuration: &Configuration<'_>,
) -> String {
    let application = configuration
        .application_id()
        .map(|id| format!(" app/{id}"));
    format!(
        "everbeat-cli/{version} ua/2.1 os/{system} md/arch#{arch} lang/rust cfg/retry-mode#{mode}{application} \
         md/command#swf.{command}",
        version = env!("CARGO_PKG_VERSION"),
        system = std::env::consts::OS,
        arch = std::env::consts::ARCH,
        mode = target.retries.mode.name(),
        application = application.unwrap_or_default(),
        command = kebab_case(operation.name),
    )
}
