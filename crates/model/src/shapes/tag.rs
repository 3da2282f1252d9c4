//! Tags of domains.

use crate::scalars::{Arn, ResourceTagKey, ResourceTagValue};

structure! {
    /// Whose tags to list.
    ListTagsForResourceInput {
        /// ARN of the domain, `arn:aws:swf:REGION:ACCOUNT:/domain/NAME`.
        resource_arn: Arn,
    }

    /// The tags of a domain.
    ListTagsForResourceOutput {
        /// The tags, sorted by key.
        tags: Option<ResourceTagList>,
    }

    /// A tag of a domain. Key and value are made of letters, digits, white space and `_ . : / = + - @`.
    ResourceTag {
        /// Key of the tag, 1 to 128 characters; must not begin with `aws:`.
        key: ResourceTagKey,
        /// Value of the tag, at most 256 characters; empty if left out.
        value: Option<ResourceTagValue>,
    }

    /// Which domain gets which tags.
    TagResourceInput {
        /// ARN of the domain, `arn:aws:swf:REGION:ACCOUNT:/domain/NAME`.
        resource_arn: Arn,
        /// Tags to add; a key that the domain has already gets the new value.
        tags: ResourceTagList = [TagChars],
    }
}

list_shapes! {
    /// Tags of a domain.
    ResourceTagList[ResourceTag];
}
