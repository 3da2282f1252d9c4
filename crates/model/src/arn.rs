//! The ARN of a domain (protocol.md section 7.4): what it is written as, and what it names.

use alloc::{
    format,
    string::{String, ToString},
};

use crate::faults::Fault;
use crate::scalars::DomainName;

/// The longest name of a region, in characters.
const LONGEST_REGION: usize = 64;
const ACCOUNT_DIGITS: usize = 12;
/// What stands before a domain's name in the last part of its ARN.
const DOMAIN: &str = "/domain/";

/// Whether a region can be part of an ARN: letters, digits and hyphens, 1 to 64 of them.
pub fn is_region(text: &str) -> bool {
    (1..=LONGEST_REGION).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether it is the number of an account: 12 digits.
pub fn is_account(text: &str) -> bool {
    text.len() == ACCOUNT_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The ARN of a domain.
pub fn domain_arn(region: &str, account: &str, name: &str) -> String {
    format!("arn:aws:swf:{region}:{account}:{DOMAIN}{name}")
}

/// What a domain's ARN names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainArn {
    /// The partition of the cloud: `aws`.
    pub partition: String,
    /// The region.
    pub region: String,
    /// The account number.
    pub account: String,
    /// The domain.
    pub name: DomainName,
}

impl DomainArn {
    /// Reads an ARN. The domain need not exist.
    ///
    /// # Errors
    /// ValidationException when it is not the ARN of a domain of SWF.
    pub fn read(arn: &str) -> Result<Self, Fault> {
        Self::parse(arn).ok_or_else(|| Fault::validation(format!("Invalid ARN: {arn}")))
    }

    fn parse(arn: &str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        let mut next = || parts.next();
        let (arn, partition, service) = (next()?, next()?, next()?);
        let (region, account, resource) = (next()?, next()?, next()?);
        let name = resource.strip_prefix(DOMAIN)?;
        let is_of_swf = arn == "arn" && service == "swf";
        if !is_of_swf || [partition, region, account, name].contains(&"") {
            return None;
        }
        Some(Self {
            partition: partition.to_string(),
            region: region.to_string(),
            account: account.to_string(),
            name: name.into(),
        })
    }

    /// Whether it names a domain of that account and region.
    pub fn is_in(&self, region: &str, account: &str) -> bool {
        self.partition == "aws" && self.region == region && self.account == account
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_is_read_as_it_is_written() {
        for name in ["orders", "näme with space", "a=b@c"] {
            let arn = DomainArn::read(&domain_arn("eu-west-1", "123456789012", name));
            let arn = arn.expect("it is well formed");
            assert_eq!(arn.name.as_str(), name);
            assert!(arn.is_in("eu-west-1", "123456789012"));
            assert!(!arn.is_in("eu-west-2", "123456789012"));
            assert!(!arn.is_in("eu-west-1", "123456789013"));
        }
        let china = DomainArn::read("arn:aws-cn:swf:eu-west-1:123456789012:/domain/d");
        assert!(
            !china
                .expect("it is well formed")
                .is_in("eu-west-1", "123456789012")
        );
    }

    #[test]
    fn a_region_is_of_letters_digits_and_hyphens() {
        let longest = "r".repeat(64);
        for region in ["eu-west-1", "Local", "x", &longest] {
            assert!(is_region(region), "{region}");
        }
        let too_long = "r".repeat(65);
        for region in [
            "", "eu:west", "eu west", "eu_west", "eu.west", "\u{e9}", &too_long,
        ] {
            assert!(!is_region(region), "{region}");
        }
    }

    #[test]
    fn an_account_is_of_twelve_digits() {
        assert!(is_account("000000000000") && is_account("123456789012"));
        for text in [
            "",
            "12345678901",
            "1234567890123",
            "12345678901x",
            "12345678901\u{661}",
        ] {
            assert!(!is_account(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_arn_of_a_domain_is_refused() {
        for text in [
            "orders",
            "arn:aws:swf:us-east-1:123456789012",
            "arn:aws:swf:us-east-1:123456789012:/domain/",
            "arn:aws:swf:us-east-1:123456789012:domain/orders",
            "arn:aws:sqs:us-east-1:123456789012:/domain/orders",
            "arn:aws:swf::123456789012:/domain/orders",
            "urn:aws:swf:us-east-1:123456789012:/domain/orders",
        ] {
            let fault = DomainArn::read(text).expect_err(text);
            assert_eq!(fault, Fault::validation(format!("Invalid ARN: {text}")));
        }
    }
}
