//! The forms in which a Lambda function is named.

/// The function's own name, without account, region, version or alias.
///
/// A function may be named `resize`, `resize:live`, `123456789012:function:resize` or with its whole ARN,
/// `arn:aws:lambda:eu-west-1:123456789012:function:resize:7`.
pub fn bare_name(function: &str) -> &str {
    let qualified = function
        .split_once(":function:")
        .map_or(function, |(_, name)| name);
    qualified.split(':').next().unwrap_or(qualified)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_the_same_bare_name() {
        for form in [
            "resize",
            "resize:live",
            "123456789012:function:resize",
            "arn:aws:lambda:eu-west-1:123456789012:function:resize",
            "arn:aws:lambda:eu-west-1:123456789012:function:resize:7",
        ] {
            assert_eq!(bare_name(form), "resize", "{form}");
        }
    }
}
