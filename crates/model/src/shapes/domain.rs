//! Domains: registration, description, lists and deprecation.

use super::tag::ResourceTagList;
use crate::scalars::{
    Arn, Description, DomainName, DurationInDays, PageSize, PageToken, RegistrationStatus,
    ReverseOrder,
};

structure! {
    /// TODO-DOC
    DeprecateDomainInput {
        name: DomainName,
    }

    /// TODO-DOC
    DescribeDomainInput {
        name: DomainName,
    }

    /// TODO-DOC
    DomainConfiguration {
        workflow_execution_retention_period_in_days: DurationInDays,
    }

    /// TODO-DOC
    DomainDetail {
        domain_info: DomainInfo,
        configuration: DomainConfiguration,
    }

    /// TODO-DOC
    DomainInfo {
        name: DomainName,
        status: RegistrationStatus,
        description: Option<Description>,
        arn: Option<Arn>,
    }

    /// TODO-DOC
    DomainInfos {
        domain_infos: DomainInfoList,
        next_page_token: Option<PageToken>,
    }

    /// TODO-DOC
    ListDomainsInput {
        next_page_token: Option<PageToken>,
        registration_status: RegistrationStatus,
        maximum_page_size: Option<PageSize>,
        reverse_order: Option<ReverseOrder>,
    }

    /// TODO-DOC
    RegisterDomainInput {
        name: DomainName = [Name, NoEdgeSpace],
        description: Option<Description>,
        workflow_execution_retention_period_in_days: DurationInDays = [Days0To90OrNone],
        tags: Option<ResourceTagList> = [TagChars],
    }

    /// TODO-DOC
    UndeprecateDomainInput {
        name: DomainName,
    }
}

list_shapes! {
    /// TODO-DOC
    DomainInfoList[DomainInfo];
}
