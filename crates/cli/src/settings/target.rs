//! Where the calls of a command go, and how: everything that the settings say, in the order in which the reference finds
//! fault with it.

use everbeat_client::shared_files::{Variables, expanded};
use everbeat_client::{
    Client, Credentials, DEFAULT_KEY, DEFAULT_REGION, Endpoint, Proxy, Timeouts, Trust,
};
use everbeat_credentials::{Plan, Profile, Reading};

use super::region::none;
use super::{Configuration, Defaults, Retries};
use crate::exit::{Failure, Kind};
use crate::parse::Parsed;
use crate::run_to_end::run_to_end;

/// A server, and how it is spoken to. Made before parameters are validated.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    pub(crate) endpoint: Endpoint,
    pub(crate) region: String,
    pub(crate) retries: Retries,
    proxy: Option<Proxy>,
    trust: Trust,
    /// `None` where requests are not signed.
    plan: Option<Plan<'a>>,
    defaults: Defaults,
    variables: &'a Variables,
}

impl Configuration<'_> {
    /// Everything about the server that options and settings say.
    ///
    /// # Errors
    /// What is wrong with them. That credentials are missing altogether is found by [`Target::client`].
    pub(crate) fn target(&self, globals: &Parsed) -> Result<Target<'_>, Failure> {
        self.check_metadata()?;
        let region = self.named_region(globals.value("--region"))?;
        let plan = if globals.has("--no-sign-request") {
            None
        } else {
            Some(self.plan()?)
        };
        let url = self.configured_endpoint(globals.value("--endpoint-url"))?;
        let region = match (region, self.defaults) {
            (Some(region), _) => region,
            (None, Defaults::Local) => DEFAULT_REGION.into(),
            (None, Defaults::Reference) => return Err(none()),
        };
        self.check_variant(&region)?;
        let retries = self.retries()?;
        let endpoint = self.endpoint_at(url, &region)?;
        let trust = self.trust(globals)?;
        Ok(Target {
            proxy: Proxy::for_endpoint(&endpoint, self.variables),
            endpoint,
            region,
            retries,
            trust,
            plan,
            defaults: self.defaults,
            variables: self.variables,
        })
    }

    /// What is set about instance metadata is looked at even where nobody asks for them.
    ///
    /// # Errors
    /// A number that is none, or an endpoint that is none.
    fn check_metadata(&self) -> Result<(), Failure> {
        for (variable, key) in [
            ("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout"),
            (
                "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
                "metadata_service_num_attempts",
            ),
        ] {
            let number = self.value(variable, key).map(everbeat_json::python::int);
            number.transpose().map_err(Failure::general)?;
        }
        let endpoint = self
            .value(
                "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                "ec2_metadata_service_endpoint",
            )
            .filter(|url| !url.is_empty());
        match endpoint {
            Some(url) if Endpoint::parse(url).is_err() => Err(Failure::general(format!(
                "Invalid endpoint EC2 Instance Metadata endpoint: {url}"
            ))),
            Some(_) | None => Ok(()),
        }
    }

    fn plan(&self) -> Result<Plan<'_>, Failure> {
        Profile {
            files: &self.files,
            variables: self.variables,
            name: &self.profile,
            is_option: self.profile_was_an_option,
            reading: Reading::Reference,
        }
        .plan()
        .map_err(|error| Failure::general(error.to_string()))
    }

    /// Which certificates are trusted.
    ///
    /// # Errors
    /// A bundle is set, and is a blank.
    fn trust(&self, globals: &Parsed) -> Result<Trust, Failure> {
        if globals.has("--no-verify-ssl") {
            return Ok(Trust::Anything);
        }
        let bundle = globals
            .value("--ca-bundle")
            .or_else(|| self.value("AWS_CA_BUNDLE", "ca_bundle"))
            .or_else(|| self.variable("REQUESTS_CA_BUNDLE"));
        let Some(bundle) = bundle else {
            return Ok(Trust::BuiltIn);
        };
        if bundle.trim().is_empty() {
            return Err(Failure::general(
                "Invalid CA bundle: the configured value (ca_bundle, AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE, or verify) \
                 resolved to an empty or whitespace-only string. Provide a valid path to a CA bundle file.",
            ));
        }
        Ok(Trust::Bundle(expanded(bundle, self.variables).into()))
    }
}

impl Target<'_> {
    /// A client for the target, if its credentials lie in variables or files, or none are needed.
    pub(crate) fn client_at_hand(&self, timeouts: Timeouts) -> Option<Client> {
        match self.plan {
            None | Some(Plan::Keys(_) | Plan::Nothing) => self.client(timeouts, None).ok(),
            Some(_) => None,
        }
    }

    /// A client for the target. Credentials are fetched now if that takes more than reading files.
    ///
    /// # Errors
    /// There are no credentials, or the way to them failed.
    pub(crate) fn client(
        &self,
        timeouts: Timeouts,
        user_agent: Option<&str>,
    ) -> Result<Client, Failure> {
        let credentials = self
            .plan
            .as_ref()
            .map(|plan| self.credentials(plan))
            .transpose()?;
        let client = Client::new(self.endpoint.clone(), credentials, self.region.clone())
            .with_timeouts(timeouts)
            .with_trust(self.trust.clone())
            .with_proxy(self.proxy.clone());
        Ok(match user_agent {
            Some(name) => client.with_user_agent(name),
            None => client,
        })
    }

    fn credentials(&self, plan: &Plan<'_>) -> Result<Credentials, Failure> {
        let found = match plan {
            Plan::Keys(keys) => Some(keys.clone()),
            Plan::Nothing => None,
            // Everbeat's own commands do not wait for a machine that may be none of Amazon's.
            Plan::Instance if self.defaults == Defaults::Local => None,
            way => run_to_end(async {
                let trust = self.trust.clone();
                let found = everbeat_credentials::fetch_here(way, self.variables, trust).await;
                found.map_err(|error| Failure::general(error.told()))
            })?,
        };
        match (found, self.defaults) {
            (Some(found), _) => Ok(found),
            (None, Defaults::Local) => Ok(Credentials {
                access_key_id: DEFAULT_KEY.into(),
                secret_access_key: DEFAULT_KEY.into(),
                session_token: None,
            }),
            (None, Defaults::Reference) => {
                let text = "Unable to locate credentials. You can configure credentials by running \"aws login\".";
                Err(Failure::new(Kind::NoCredentials, text))
            }
        }
    }
}
