//! Patterns of ARNs: six fields split at `:`, each with its own wildcards (protocol 7.1).
//!
//! A wildcard does not reach over the border of a field, the sixth field keeps its colons, and a pattern with fewer
//! fields is completed with `*`. A pattern of `*` alone fits everything, even what is no ARN. The borders are those
//! of the policy's own text: a colon in the value of a variable makes none. A pattern that is one variable and
//! nothing else stands for a whole ARN.

use crate::facts::Facts;
use crate::pattern::{Glob, Matcher, Token};
use crate::variable::{Pattern, Template};

/// Fields of an ARN.
const FIELDS: usize = 6;
const SERVICE: usize = 2;
const REGION: usize = 3;
const RESOURCE: usize = 5;
/// What the first field of every ARN is.
const ARN: &str = "arn";
/// What the ARN of every domain has in its last field.
const DOMAIN: &str = "/domain/";

/// A pattern of an ARN.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ArnPattern {
    /// `*`
    Anything,
    /// One variable.
    Whole(Pattern<Glob>),
    /// Field by field.
    Fields([Pattern<Glob>; FIELDS]),
}

impl From<Template> for ArnPattern {
    fn from(template: Template) -> Self {
        if template.is_token(Token::Run) {
            return ArnPattern::Anything;
        }
        if template.is_variable() {
            return ArnPattern::Whole(template.into());
        }
        let mut fields = template.split(Token::Literal(':'), FIELDS);
        ArnPattern::Fields(core::array::from_fn(|_| match fields.next() {
            Some(field) => field.into(),
            None => Pattern::Fixed(Glob::Anything),
        }))
    }
}

impl ArnPattern {
    /// Whether a text fits.
    pub(crate) fn matches(&self, text: &str, facts: &dyn Facts) -> bool {
        let patterns = match self {
            ArnPattern::Anything => return true,
            ArnPattern::Whole(pattern) => return pattern.matches(text, facts),
            ArnPattern::Fields(patterns) => patterns,
        };
        let mut fields = text.splitn(FIELDS, ':');
        patterns.iter().all(|pattern| match fields.next() {
            Some(field) => pattern.matches(field, facts),
            None => false,
        })
    }

    /// Whether any ARN fits, or would if the case of its first field did not count.
    pub(crate) fn is_arn(&self) -> bool {
        match self.field(0) {
            Glob::Exact(scheme) => scheme.eq_ignore_ascii_case(ARN),
            pattern @ (Glob::Anything | Glob::Wild(_)) => pattern.matches(ARN),
        }
    }

    /// Whether it names SWF and no other service.
    pub(crate) fn names_swf(&self) -> bool {
        self.field(SERVICE) == Glob::Exact("swf".into())
    }

    /// Why no ARN ever fits.
    pub(crate) fn never_an_arn(&self) -> Option<&'static str> {
        (!self.field(0).matches(ARN)).then_some("an ARN begins with 'arn' in lower case")
    }

    /// Why the ARN of a domain, `arn:PARTITION:swf:REGION:ACCOUNT:/domain/NAME`, never fits (protocol 7.4).
    pub(crate) fn never_a_domain(&self) -> Option<&'static str> {
        if !self.field(SERVICE).matches("swf") {
            return Some("it is not of SWF");
        }
        if self.field(REGION) == Glob::Exact("".into()) {
            return Some("the region is missing");
        }
        let resource = self.field(RESOURCE);
        if resource.can_begin_with(DOMAIN) {
            return None;
        }
        Some(match resource.can_begin_with("domain/") {
            true => "the slash before 'domain' is missing",
            false => "its last part does not begin with '/domain/'",
        })
    }

    /// The keys of its variables, folded.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let patterns = match self {
            ArnPattern::Anything => &[][..],
            ArnPattern::Whole(pattern) => core::slice::from_ref(pattern),
            ArnPattern::Fields(fields) => fields,
        };
        patterns.iter().flat_map(Pattern::keys)
    }

    /// A field when nothing is known of the variables in it.
    fn field(&self, number: usize) -> Glob {
        match self {
            ArnPattern::Anything | ArnPattern::Whole(_) => Glob::Anything,
            ArnPattern::Fields(fields) => fields[number].outline(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Value;
    use crate::variable::Syntax;
    use alloc::borrow::Cow;
    use alloc::collections::BTreeMap;
    use alloc::string::String;

    fn pattern(text: &str) -> ArnPattern {
        let syntax = Syntax {
            variables: true,
            wildcards: true,
        };
        Template::read(text, syntax).expect(text).into()
    }

    fn matches(text: &str, arn: &str) -> bool {
        let value = |text| Value::One(Cow::Borrowed(text));
        let facts = BTreeMap::from([
            (String::from("who"), value("arn:aws:iam::1:user/*")),
            (String::from("two"), value("us-east-1:123456789012")),
        ]);
        pattern(text).matches(arn, &facts)
    }

    #[test]
    fn fields_are_compared_one_by_one() {
        let arn = "arn:aws:swf:us-east-1:123456789012:/domain/a";
        for (text, expected) in [
            ("*", true),
            (arn, true),
            ("arn:aws:swf:*:*:/domain/*", true),
            ("arn:aws:swf:us-*-1:1234567890??:/domain/?", true),
            ("arn:*:swf", true),
            ("arn:aws:swf:us-east-1", true),
            ("arn:aws:sw?:*:*:*", true),
            ("arn:*:/domain/a", false),
            ("arn:aws:swf::123456789012:/domain/a", false),
            ("arn:aws:swf:us-east-1:123456789012:domain/a", false),
            ("arn:aws:swf:us-east-1:123456789012:/domain/A", false),
            ("arn:aws:swf:*/domain/a", false),
            ("arn:aws:s3:*:*:*", false),
            ("", false),
        ] {
            assert_eq!(matches(text, arn), expected, "{text}");
        }
        assert!(matches("arn:aws:x:r:a:b:c*", "arn:aws:x:r:a:b:c:d:e"));
    }

    #[test]
    fn only_the_star_fits_what_is_no_arn() {
        for text in ["*", "**", "*:*", "arn:*"] {
            assert_eq!(matches(text, "*"), text == "*", "{text}");
            assert_eq!(matches(text, "arn:aws:swf"), text == "*", "{text}");
        }
    }

    #[test]
    fn colons_of_a_variable_are_no_borders() {
        let domain = "arn:aws:swf:us-east-1:123456789012:/domain/a";
        assert!(!matches("arn:aws:swf:${two}:/domain/a", domain));
        assert!(matches(
            "arn:aws:swf:*:*:/domain/${two}",
            "arn:aws:swf:r:1:/domain/us-east-1:123456789012"
        ));
    }

    #[test]
    fn one_variable_is_a_whole_arn() {
        assert!(matches("${who}", "arn:aws:iam::1:user/*"));
        assert!(!matches("${who}", "arn:aws:iam::1:user/a"));
        assert!(!matches("${nobody}", "arn:aws:iam::1:user/a"));
    }

    #[test]
    fn spellings_that_never_fit_a_domain() {
        for (text, expected) in [
            ("*", None),
            ("arn:aws:swf:*:*:/domain/x", None),
            ("arn:aws:swf:us-east-1:1:*", None),
            ("arn:aws:*", None),
            ("arn:aws:swf:us-east-1:1:/dom*n/x", None),
            ("arn:aws:swf::1:/domain/x", Some("the region is missing")),
            (
                "arn:aws:swf:*:1:domain/*",
                Some("the slash before 'domain' is missing"),
            ),
            (
                "arn:aws:swf:*:1:x",
                Some("its last part does not begin with '/domain/'"),
            ),
            ("arn:aws:s3:::x", Some("it is not of SWF")),
            ("${who}", None),
            ("arn:${who}:${who}:${who}:1:/dom${who}", None),
            (
                "arn:aws:swf:*:1:domain/${who}",
                Some("the slash before 'domain' is missing"),
            ),
        ] {
            assert_eq!(pattern(text).never_a_domain(), expected, "{text}");
        }
    }
}
