//! The page of the program as a whole: operations, own commands, and how to reach a server.

use everbeat_client::DEFAULT_ENDPOINT;
use everbeat_model::OPERATIONS;

use super::Style;
use super::page::{Page, first_sentence};
use crate::options::kebab_case;
use crate::own_commands::OWN_COMMANDS;

/// The commands that the program has beside this crate's.
pub(crate) const PROGRAM_COMMANDS: [(&str, &str); 5] = [
    (
        "serve",
        "Run the server; serve --help explains every setting.",
    ),
    (
        "demo",
        "See a long activity report progress, be canceled, and outlive its worker.",
    ),
    ("bench", "Measure the server against a bare one."),
    (
        "access",
        "Manage who may do what: users, groups, roles, keys and policies.",
    ),
    (
        "audit",
        "verify: see that nothing is missing in the audit log.",
    ),
];

const VARIABLES: [(&str, &str); 18] = [
    (
        "AWS_ENDPOINT_URL_SWF",
        "URL of the server; AWS_ENDPOINT_URL counts after it.",
    ),
    (
        "AWS_REGION",
        "Region, as --region; AWS_DEFAULT_REGION counts after it.",
    ),
    ("AWS_ACCESS_KEY_ID", "Access key to sign with."),
    ("AWS_SECRET_ACCESS_KEY", "Its secret."),
    ("AWS_SESSION_TOKEN", "Session token, for temporary keys."),
    (
        "AWS_PROFILE",
        "Profile, as --profile; AWS_DEFAULT_PROFILE counts after it.",
    ),
    ("AWS_CONFIG_FILE", "Instead of ~/.aws/config."),
    (
        "AWS_SHARED_CREDENTIALS_FILE",
        "Instead of ~/.aws/credentials.",
    ),
    ("AWS_DEFAULT_OUTPUT", "Form of the output, as --output."),
    (
        "AWS_PAGER",
        "Pager on a terminal, before PAGER; an empty one means none.",
    ),
    (
        "AWS_CLI_AUTO_PROMPT",
        "on, on-partial or off, as --cli-auto-prompt.",
    ),
    (
        "AWS_CLI_ERROR_FORMAT",
        "Form of errors, as --cli-error-format.",
    ),
    ("AWS_CA_BUNDLE", "Trusted certificates, as --ca-bundle."),
    (
        "AWS_MAX_ATTEMPTS",
        "How often a call is tried in all; 3 unless set.",
    ),
    ("AWS_RETRY_MODE", "standard or adaptive."),
    (
        "HTTP_PROXY, HTTPS_PROXY, NO_PROXY",
        "Proxies, and the hosts that are reached without one.",
    ),
    (
        "EVERBEAT_ACCESS",
        "Folder of users, groups and roles, for serve and access.",
    ),
    ("TZ", "Time zone in which times are printed."),
];

pub(super) const STATUSES: [(&str, &str); 7] = [
    ("0", "Done."),
    (
        "1",
        "A command of Everbeat's own could not be carried out as things stand.",
    ),
    ("130", "Interrupted."),
    ("252", "The line or a parameter is wrong; nothing was sent."),
    (
        "253",
        "The configuration is wrong: region, credentials, pager.",
    ),
    ("254", "The service answered with a fault."),
    ("255", "Anything else: no connection, no such profile."),
];

/// The page of the program.
pub(crate) fn overview(style: Style) -> String {
    let mut page = Page::new(style);
    introduction(&mut page);
    page.heading("AVAILABLE OPERATIONS");
    for operation in OPERATIONS {
        let text = first_sentence(operation.documentation);
        page.entry(4, &kebab_case(operation.name), &text);
    }
    page.blank();
    page.paragraph(4, "everbeat OPERATION help explains one of them.");
    page.heading("EVERBEAT'S OWN COMMANDS");
    for (name, text) in PROGRAM_COMMANDS {
        page.entry(4, name, text);
    }
    for command in OWN_COMMANDS {
        page.entry(4, command.name, command.text);
    }
    reaching_a_server(&mut page);
    page.heading("ENVIRONMENT VARIABLES");
    for (name, text) in VARIABLES {
        page.entry(4, name, text);
    }
    page.heading("EXIT STATUS");
    for (status, text) in STATUSES {
        page.line(4, &format!("{status:<5}{text}"));
    }
    page.finish()
}

fn introduction(page: &mut Page) {
    page.heading("NAME");
    page.paragraph(4, "everbeat");
    page.heading("SYNOPSIS");
    page.line(4, "everbeat OPERATION [options]");
    page.line(4, "everbeat swf OPERATION [options]");
    page.line(
        4,
        "aws swf OPERATION [options]        (through a link named aws)",
    );
    page.line(4, "everbeat COMMAND ...");
    page.heading("DESCRIPTION");
    page.paragraph(
        4,
        "Everbeat is a durable workflow service that speaks the protocol of Amazon Simple Workflow Service (SWF). \
         Deciders say what an execution does next, workers perform its activities, and the service keeps the history, \
         the timers and the task lists between them.",
    );
    page.blank();
    page.paragraph(
        4,
        "The same program is the server and a command line that stands in for aws swf of version 2 of the AWS CLI: \
         the same options, output, requests and exit statuses.",
    );
}

fn reaching_a_server(page: &mut Page) {
    page.heading("REACHING A SERVER");
    page.paragraph(
        4,
        "Operations go where aws swf would send them: to --endpoint-url, AWS_ENDPOINT_URL_SWF or the endpoint_url of a \
         profile in ~/.aws/config, in this order; without any of them to Amazon's service in the region. Region and \
         credentials must be set; a server without --access takes any. These lines set everything for such a server \
         on this machine, and for every SWF client:",
    );
    page.blank();
    page.line(8, "everbeat serve &");
    page.line(8, "eval \"$(everbeat env)\"");
    page.line(8, "everbeat list-domains --registration-status REGISTERED");
    page.blank();
    page.paragraph(
        4,
        &format!("Everbeat's own commands go to {DEFAULT_ENDPOINT} where nothing is set."),
    );
    page.blank();
    page.paragraph(
        4,
        "Pages of operations name the action and the resource that IAM policies know them by. A server with --access \
         evaluates such policies.",
    );
}
