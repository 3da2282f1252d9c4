//! Tags of domains.

use crate::scalars::{Arn, ResourceTagKey, ResourceTagValue};

structure! {
    /// TODO-DOC
    ListTagsForResourceInput {
        resource_arn: Arn,
    }

    /// TODO-DOC
    ListTagsForResourceOutput {
        tags: Option<ResourceTagList>,
    }

    /// TODO-DOC
    ResourceTag {
        key: ResourceTagKey,
        value: Option<ResourceTagValue>,
    }

    /// TODO-DOC
    TagResourceInput {
        resource_arn: Arn,
        tags: ResourceTagList = [TagChars],
    }
}

list_shapes! {
    /// TODO-DOC
    ResourceTagList[ResourceTag];
}
