//! The condition keys that requests can have (protocol.md sections 7.4 and 7.5): SWF's own, Amazon's global ones, and
//! those with a tag key behind their slash. Policies may write a key in any case.
//!
//! Whoever gives values to keys matches over these enums, so that no key can be known to policies and forgotten there.

use super::PASSED_TO_SERVICE;

macro_rules! condition_keys {
    ($(#[$about:meta])* $keys:ident { $($key:ident = $name:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $keys { $(#[doc = concat!("`", $name, "`")] $key,)+ }

        impl $keys {
            /// All keys.
            pub const ALL: &'static [Self] = &[$(Self::$key),+];

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$key => $name,)+ }
            }
        }
    };
}

condition_keys! {
    /// A condition key of SWF's own.
    ConditionKey {
    ActivityTypeName = "swf:activityType.name",
    ActivityTypeVersion = "swf:activityType.version",
    DefaultTaskListName = "swf:defaultTaskList.name",
    Name = "swf:name",
    Tag0 = "swf:tagList.0",
    Tag1 = "swf:tagList.1",
    Tag2 = "swf:tagList.2",
    Tag3 = "swf:tagList.3",
    Tag4 = "swf:tagList.4",
    TagFilterTag = "swf:tagFilter.tag",
    TagMember0 = "swf:tagList.member.0",
    TagMember1 = "swf:tagList.member.1",
    TagMember2 = "swf:tagList.member.2",
    TagMember3 = "swf:tagList.member.3",
    TagMember4 = "swf:tagList.member.4",
    TaskListName = "swf:taskList.name",
    TypeFilterName = "swf:typeFilter.name",
    TypeFilterVersion = "swf:typeFilter.version",
    Version = "swf:version",
    WorkflowTypeName = "swf:workflowType.name",
    WorkflowTypeVersion = "swf:workflowType.version",
    NewWorkflowTypeVersion = "swf:workflowTypeVersion",
    }
}

condition_keys! {
    /// One of Amazon's global condition keys.
    GlobalKey {
        CurrentTime = "aws:CurrentTime",
        EpochTime = "aws:EpochTime",
        PrincipalAccount = "aws:PrincipalAccount",
        PrincipalArn = "aws:PrincipalArn",
        PrincipalType = "aws:PrincipalType",
        RequestedRegion = "aws:RequestedRegion",
        SecureTransport = "aws:SecureTransport",
        SourceIp = "aws:SourceIp",
        TagKeys = "aws:TagKeys",
        TokenIssueTime = "aws:TokenIssueTime",
        UserAgent = "aws:UserAgent",
        UserId = "aws:userid",
        UserName = "aws:username",
    }
}

condition_keys! {
    /// What a global condition key begins with behind which a tag key stands.
    TagPrefix {
        Principal = "aws:PrincipalTag/",
        Request = "aws:RequestTag/",
        Resource = "aws:ResourceTag/",
    }
}

impl ConditionKey {
    /// The keys of the tags of an execution, in the order of the tags.
    pub const TAG_MEMBERS: [Self; 5] = [
        Self::TagMember0,
        Self::TagMember1,
        Self::TagMember2,
        Self::TagMember3,
        Self::TagMember4,
    ];
    /// A second spelling of them, which one page of the documentation has for children.
    pub const TAGS: [Self; 5] = [Self::Tag0, Self::Tag1, Self::Tag2, Self::Tag3, Self::Tag4];
}

/// A condition key that requests can have, as it is read from its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestKey<'n> {
    /// SWF's own.
    Swf(ConditionKey),
    /// A global one.
    Global(GlobalKey),
    /// A global one of the tag with this key, which is written as in the name.
    Tag(TagPrefix, &'n str),
    /// [`PASSED_TO_SERVICE`].
    PassedToService,
}

impl<'n> RequestKey<'n> {
    /// Reads the name of a key, in any case. None is one that no request here ever has.
    pub fn read(name: &'n str) -> Option<Self> {
        let is = |known: &str| known.eq_ignore_ascii_case(name);
        if let Some(key) = ConditionKey::ALL.iter().find(|key| is(key.name())) {
            return Some(Self::Swf(*key));
        }
        if let Some(key) = GlobalKey::ALL.iter().find(|key| is(key.name())) {
            return Some(Self::Global(*key));
        }
        if is(PASSED_TO_SERVICE.0) {
            return Some(Self::PassedToService);
        }
        TagPrefix::ALL.iter().find_map(|prefix| {
            let (head, tag) = name.split_at_checked(prefix.name().len())?;
            let is_of = head.eq_ignore_ascii_case(prefix.name()) && !tag.is_empty();
            is_of.then_some(Self::Tag(*prefix, tag))
        })
    }

    /// Whether it has any number of values by its nature; all others have one at most.
    pub const fn has_many_values(self) -> bool {
        matches!(self, Self::Global(GlobalKey::TagKeys))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read_from_its_name_in_any_case() {
        for key in ConditionKey::ALL {
            let shouted = key.name().to_uppercase();
            assert_eq!(RequestKey::read(&shouted), Some(RequestKey::Swf(*key)));
        }
        for key in GlobalKey::ALL {
            let folded = key.name().to_lowercase();
            assert_eq!(RequestKey::read(&folded), Some(RequestKey::Global(*key)));
        }
        for prefix in TagPrefix::ALL {
            let name = prefix.name().to_lowercase() + "Team/é";
            let expected = RequestKey::Tag(*prefix, "Team/é");
            assert_eq!(RequestKey::read(&name), Some(expected));
            assert_eq!(RequestKey::read(prefix.name()), None);
        }
        let passed = RequestKey::read("IAM:passedtoservice");
        assert_eq!(passed, Some(RequestKey::PassedToService));
        for name in [
            "",
            "aws:SourceIpp",
            "aws:ReqéestTag/x",
            "aws:MultiFactorAuthPresent",
        ] {
            assert_eq!(RequestKey::read(name), None, "{name}");
        }
    }
}
