//! The region (cli.md section 10.2).

use super::Configuration;
use crate::exit::{Failure, Kind};

const LONGEST: usize = 63;

impl Configuration<'_> {
    /// The region of option, environment or profile, if one is set. One that is set and empty is a region: signatures name
    /// none then.
    ///
    /// # Errors
    /// A region that is no host label.
    pub(super) fn named_region(&self, option: Option<&str>) -> Result<Option<String>, Failure> {
        let region = option
            .or_else(|| self.variable("AWS_REGION"))
            .or_else(|| self.value("AWS_DEFAULT_REGION", "region"));
        match region {
            Some(region) if !is_label(region) => Err(Failure::general(format!(
                "Provided region_name '{region}' doesn't match a supported format."
            ))),
            _ => Ok(region.map(Into::into)),
        }
    }
}

/// Why an operation cannot go on without a region.
pub(super) fn none() -> Failure {
    let text = "You must specify a region. You can also configure your region by running \"aws configure\".";
    Failure::new(Kind::NoRegion, text)
}

fn is_label(region: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_number = !region.is_empty() && region.chars().all(|c| c.is_ascii_digit());
    region.len() <= LONGEST
        && region.chars().all(fits)
        && !is_number
        && !region.starts_with('-')
        && !region.ends_with('-')
}
