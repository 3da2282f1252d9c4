//! Which endpoint the settings lead to.

use super::*;

#[test]
fn the_endpoint_comes_from_the_most_specific_place() {
    let endpoint = |set: &[(&str, &str)], profile: &str, option: Option<&str>| {
        let world = World::new(set);
        let configuration = world.load(Some(profile));
        let url = configuration.configured_endpoint(option);
        url.expect("a section").unwrap_or_default().to_owned()
    };
    let both = [
        ("AWS_ENDPOINT_URL_SWF", "http://swf:1"),
        ("AWS_ENDPOINT_URL", "http://all:1"),
    ];
    assert_eq!(
        endpoint(&both, "a", Some("http://option:1")),
        "http://option:1"
    );
    assert_eq!(endpoint(&both, "a", None), "http://swf:1");
    assert_eq!(
        endpoint(&[("AWS_ENDPOINT_URL_SWF", ""), both[1]], "a", None),
        "http://all:1"
    );
    assert_eq!(endpoint(&[], "a", None), "http://services:1");
    assert_eq!(endpoint(&[], "both", None), "http://profile:1");
    let ignored = [both[0], ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE")];
    assert_eq!(endpoint(&ignored, "a", None), "");
}

#[test]
fn every_region_has_an_endpoint() {
    for (region, plain, fips, dual_stack, both) in [
        (
            "us-east-1",
            "swf.us-east-1.amazonaws.com",
            "swf-fips.us-east-1.amazonaws.com",
            "swf.us-east-1.api.aws",
            "swf-fips.us-east-1.api.aws",
        ),
        (
            "us-gov-west-1",
            "swf.us-gov-west-1.amazonaws.com",
            "swf.us-gov-west-1.amazonaws.com",
            "swf-fips.us-gov-west-1.api.aws",
            "swf-fips.us-gov-west-1.api.aws",
        ),
        (
            "cn-north-1",
            "swf.cn-north-1.amazonaws.com.cn",
            "swf-fips.cn-north-1.amazonaws.com.cn",
            "swf.cn-north-1.api.amazonwebservices.com.cn",
            "swf-fips.cn-north-1.api.amazonwebservices.com.cn",
        ),
        (
            "eusc-de-east-1",
            "swf.eusc-de-east-1.amazonaws.eu",
            "swf-fips.eusc-de-east-1.amazonaws.eu",
            "swf.eusc-de-east-1.api.amazonwebservices.eu",
            "swf-fips.eusc-de-east-1.api.amazonwebservices.eu",
        ),
        (
            "us-iso-east-1",
            "swf.us-iso-east-1.c2s.ic.gov",
            "swf-fips.us-iso-east-1.c2s.ic.gov",
            "swf.us-iso-east-1.api.aws.ic.gov",
            "swf-fips.us-iso-east-1.api.aws.ic.gov",
        ),
        (
            "us-isob-east-1",
            "swf.us-isob-east-1.sc2s.sgov.gov",
            "swf-fips.us-isob-east-1.sc2s.sgov.gov",
            "swf.us-isob-east-1.api.aws.scloud",
            "swf-fips.us-isob-east-1.api.aws.scloud",
        ),
        (
            "eu-isoe-west-1",
            "swf.eu-isoe-west-1.cloud.adc-e.uk",
            "swf-fips.eu-isoe-west-1.cloud.adc-e.uk",
            "",
            "",
        ),
        (
            "us-isof-south-1",
            "swf.us-isof-south-1.csp.hci.ic.gov",
            "swf-fips.us-isof-south-1.csp.hci.ic.gov",
            "",
            "",
        ),
        (
            "xx-foo-1",
            "swf.xx-foo-1.amazonaws.com",
            "swf-fips.xx-foo-1.amazonaws.com",
            "swf.xx-foo-1.api.aws",
            "swf-fips.xx-foo-1.api.aws",
        ),
        (
            "us-gov-foo",
            "swf.us-gov-foo.amazonaws.com",
            "swf-fips.us-gov-foo.amazonaws.com",
            "swf.us-gov-foo.api.aws",
            "swf-fips.us-gov-foo.api.aws",
        ),
    ] {
        for (is_fips, is_dual_stack, host) in [
            ("false", "no", plain),
            ("true", "", fips),
            ("", "true", dual_stack),
            ("true", "TRUE", both),
        ] {
            let set = [
                ("AWS_REGION", region),
                ("AWS_USE_FIPS_ENDPOINT", is_fips),
                ("AWS_USE_DUALSTACK_ENDPOINT", is_dual_stack),
            ];
            let tags = if is_fips.is_empty() {
                "['dualstack']"
            } else {
                "['dualstack', 'fips']"
            };
            let text = format!(
                "Unable to construct a modeled endpoint with the following variant(s) {tags}:"
            );
            let expected = if host.is_empty() {
                Err((255, text))
            } else {
                Ok(format!("https://{host}/"))
            };
            assert_eq!(said(&set, "", &[]), expected);
        }
    }
    let set = [
        ("AWS_USE_FIPS_ENDPOINT", "true"),
        ("AWS_ENDPOINT_URL", "http://own"),
    ];
    assert_eq!(
        said(&set, "", &[]),
        Ok("http://own/".into()),
        "an own endpoint stays as it is"
    );
}

#[test]
fn an_option_must_have_a_scheme_before_anything_else() {
    let told =
        |url: &str| check_endpoint_option(url).map_err(|failure| (failure.code(), failure.text));
    for url in ["foo", "127.0.0.1:80", "", "//x", "a b://c"] {
        let text = format!(
            "Bad value for --endpoint-url \"{url}\": scheme is missing.  Must be of the form http://<hostname>/ or \
             https://<hostname>/"
        );
        assert_eq!(told(url), Err((252, text)));
    }
    for url in ["mailto:x", "localhost:80"] {
        assert_eq!(told(url), Ok(()));
        let found = said(&[], "", &["--endpoint-url", url]);
        assert_eq!(found, Err((255, format!("Invalid endpoint: {url}"))));
    }
}
