//! Domains: registration, description, lists and deprecation.

use super::tag::ResourceTagList;
use crate::scalars::{
    Arn, Description, DomainName, DurationInDays, PageSize, PageToken, RegistrationStatus,
    ReverseOrder,
};

structure! {
    /// Which domain to deprecate.
    DeprecateDomainInput {
        /// Name of the domain, 1 to 256 characters.
        name: DomainName,
    }

    /// Which domain to show.
    DescribeDomainInput {
        /// Name of the domain, 1 to 256 characters.
        name: DomainName,
    }

    /// What was set for a domain at its registration.
    DomainConfiguration {
        /// Days for which closed executions are kept, as it was registered: 0 to 90, or `NONE`.
        workflow_execution_retention_period_in_days: DurationInDays,
    }

    /// A domain with its configuration.
    DomainDetail {
        /// Name, status, description and ARN.
        domain_info: DomainInfo,
        /// What was set at the registration.
        configuration: DomainConfiguration,
    }

    /// A domain in a list or a description.
    DomainInfo {
        /// Name of the domain.
        name: DomainName,
        /// Whether it is registered or deprecated.
        status: RegistrationStatus,
        /// What the domain is for; only if given.
        description: Option<Description>,
        /// ARN of the domain, by which it is tagged.
        arn: Option<Arn>,
    }

    /// A page of domains.
    DomainInfos {
        /// The domains of this page.
        domain_infos: DomainInfoList,
        /// Given if there are more domains: the token of the next page.
        next_page_token: Option<PageToken>,
    }

    /// Which domains to list.
    ListDomainsInput {
        /// Token from the answer before, to get the page after it; valid for 24 hours. Leave it out for the first
        /// page, and repeat all other arguments with it.
        next_page_token: Option<PageToken>,
        /// Status of the domains to list.
        registration_status: RegistrationStatus,
        /// Greatest number of entries of a page, 1 to 1000; 1000 if left out or 0.
        maximum_page_size: Option<PageSize>,
        /// True to list from the last name to the first.
        reverse_order: Option<ReverseOrder>,
    }

    /// The domain to register.
    RegisterDomainInput {
        /// Name for the domain, 1 to 256 characters, unique in the account and region. Without colon, slash, bar or
        /// control characters, without white space at either end, and not `arn`.
        name: DomainName = [Name, NoEdgeSpace],
        /// What the domain is for, at most 1024 characters.
        description: Option<Description>,
        /// Days for which closed executions are kept, 0 to 90. With 0 or `NONE` they are gone as soon as they close.
        workflow_execution_retention_period_in_days: DurationInDays = [Days0To90OrNone],
        /// At most 50 tags of the domain.
        tags: Option<ResourceTagList> = [TagChars],
    }

    /// Which domain to make usable again.
    UndeprecateDomainInput {
        /// Name of the domain, 1 to 256 characters.
        name: DomainName,
    }
}

list_shapes! {
    /// Domains.
    DomainInfoList[DomainInfo];
}
