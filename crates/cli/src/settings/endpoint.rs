//! The endpoint (cli.md section 10.3).

use everbeat_client::shared_files::filled;
use everbeat_client::{DEFAULT_ENDPOINT, Endpoint, EndpointError};

use super::{Configuration, Defaults};
use crate::exit::Failure;

/// A group of regions with domains of its own.
struct Partition {
    name: &'static str,
    /// What its regions begin with. A word and a number follow.
    prefixes: &'static [&'static str],
    suffix: &'static str,
    dual_stack_suffix: &'static str,
    /// The reference knows endpoints of both address families there.
    has_dual_stack: bool,
}

/// The first holds for regions that none matches.
const PARTITIONS: [Partition; 8] = [
    Partition {
        name: "aws",
        prefixes: &[],
        suffix: "amazonaws.com",
        dual_stack_suffix: "api.aws",
        has_dual_stack: true,
    },
    Partition {
        name: "aws-cn",
        prefixes: &["cn-"],
        suffix: "amazonaws.com.cn",
        dual_stack_suffix: "api.amazonwebservices.com.cn",
        has_dual_stack: true,
    },
    Partition {
        name: GOVERNMENT,
        prefixes: &["us-gov-"],
        suffix: "amazonaws.com",
        dual_stack_suffix: "api.aws",
        has_dual_stack: true,
    },
    Partition {
        name: "aws-eusc",
        prefixes: &["eusc-de-"],
        suffix: "amazonaws.eu",
        dual_stack_suffix: "api.amazonwebservices.eu",
        has_dual_stack: true,
    },
    Partition {
        name: "aws-iso",
        prefixes: &["us-iso-"],
        suffix: "c2s.ic.gov",
        dual_stack_suffix: "api.aws.ic.gov",
        has_dual_stack: true,
    },
    Partition {
        name: "aws-iso-b",
        prefixes: &["us-isob-"],
        suffix: "sc2s.sgov.gov",
        dual_stack_suffix: "api.aws.scloud",
        has_dual_stack: true,
    },
    Partition {
        name: "aws-iso-e",
        prefixes: &["eu-isoe-"],
        suffix: "cloud.adc-e.uk",
        dual_stack_suffix: "api.cloud-aws.adc-e.uk",
        has_dual_stack: false,
    },
    Partition {
        name: "aws-iso-f",
        prefixes: &["us-isof-"],
        suffix: "csp.hci.ic.gov",
        dual_stack_suffix: "api.aws.hci.ic.gov",
        has_dual_stack: false,
    },
];
/// Its plain endpoints are the ones of the standard for the government.
const GOVERNMENT: &str = "aws-us-gov";

/// Which of Amazon's endpoints is wanted.
#[derive(Debug, Clone, Copy)]
struct Variant {
    fips: bool,
    dual_stack: bool,
}

/// What is said of `--endpoint-url` before the operation is looked at.
///
/// # Errors
/// There is no scheme.
pub(crate) fn check_endpoint_option(url: &str) -> Result<(), Failure> {
    let is_of_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let has_scheme = url.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(is_of_scheme)
    });
    if has_scheme {
        return Ok(());
    }
    // The sentence is the endpoint's own.
    let error = EndpointError::NoScheme(url.into());
    Err(Failure::parameter(error.to_string()))
}

impl Configuration<'_> {
    /// The URL of option, environment, `services` section or profile.
    ///
    /// # Errors
    /// The profile's `services` section is not there.
    pub(crate) fn configured_endpoint<'b>(
        &'b self,
        option: Option<&'b str>,
    ) -> Result<Option<&'b str>, Failure> {
        if option.is_some() {
            return Ok(option);
        }
        let ignored = self.is_true(
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
            "ignore_configured_endpoint_urls",
        );
        if ignored {
            return Ok(None);
        }
        let by_variable = filled(self.variables, "AWS_ENDPOINT_URL_SWF")
            .or_else(|| filled(self.variables, "AWS_ENDPOINT_URL"));
        if by_variable.is_some() {
            return Ok(by_variable);
        }
        let by_service = self.services_endpoint()?;
        let by_profile = || self.profile_value("endpoint_url");
        Ok(by_service.or_else(by_profile).filter(|url| !url.is_empty()))
    }

    fn services_endpoint(&self) -> Result<Option<&str>, Failure> {
        let Some(name) = self.profile_value("services") else {
            return Ok(None);
        };
        let section = self
            .files
            .named_section("services", name)
            .filter(|section| !section.is_empty())
            .ok_or_else(|| {
                Failure::general(format!(
                    "The profile is configured to use the services section but the \"{name}\" services configuration \
                     does not exist."
                ))
            })?;
        match section.get("swf") {
            Some(value) if !value.starts_with('\n') => Err(Failure::general(format!(
                "The key swf of the services section \"{name}\" has a value where a map is wanted"
            ))),
            _ => Ok(section
                .nested("swf", "endpoint_url")
                .filter(|url| !url.is_empty())),
        }
    }

    /// # Errors
    /// Amazon has no such endpoint for the region.
    pub(super) fn check_variant(&self, region: &str) -> Result<(), Failure> {
        let variant = self.variant();
        if !variant.dual_stack || partition(region).has_dual_stack {
            return Ok(());
        }
        let tags = if variant.fips {
            "['dualstack', 'fips']"
        } else {
            "['dualstack']"
        };
        Err(Failure::general(format!(
            "Unable to construct a modeled endpoint with the following variant(s) {tags}:"
        )))
    }

    /// The endpoint at a URL, or else the one of the region.
    ///
    /// # Errors
    /// A text that is no URL of a server.
    pub(super) fn endpoint_at(&self, url: Option<&str>, region: &str) -> Result<Endpoint, Failure> {
        let url = match (url, self.defaults) {
            (Some(url), _) => url.into(),
            (None, Defaults::Local) => DEFAULT_ENDPOINT.into(),
            (None, Defaults::Reference) => regional(region, self.variant()),
        };
        Endpoint::parse(&url).map_err(|error| {
            Failure::general(match error {
                EndpointError::NoScheme(url) => EndpointError::Malformed(url).to_string(),
                other => other.to_string(),
            })
        })
    }

    fn variant(&self) -> Variant {
        Variant {
            fips: self.is_true("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
            dual_stack: self.is_true("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
        }
    }
}

fn partition(region: &str) -> &'static Partition {
    let [first, others @ ..] = &PARTITIONS;
    let global = region.strip_suffix("-global");
    let has = |partition: &&Partition| {
        global == Some(partition.name)
            || partition.prefixes.iter().any(|prefix| {
                region
                    .strip_prefix(prefix)
                    .and_then(|rest| rest.rsplit_once('-'))
                    .is_some_and(|(word, number)| {
                        !word.is_empty()
                            && !word.contains('-')
                            && !number.is_empty()
                            && number.bytes().all(|byte| byte.is_ascii_digit())
                    })
            })
    };
    others.iter().find(has).unwrap_or(first)
}

/// Amazon's own endpoint for a region.
fn regional(region: &str, variant: Variant) -> String {
    let partition = partition(region);
    let is_fips_host = match partition.name {
        GOVERNMENT => variant.dual_stack,
        _ => variant.fips,
    };
    let host = if is_fips_host { "swf-fips" } else { "swf" };
    let suffix = if variant.dual_stack {
        partition.dual_stack_suffix
    } else {
        partition.suffix
    };
    format!("https://{host}.{region}.{suffix}")
}
