//! The two panels of the prompt.

use everbeat_prompt::Knowledge;

use super::*;
use crate::completion::prompting::LineKnowledge;

fn output(line: &str) -> String {
    let variables = variables();
    let knowledge = LineKnowledge {
        variables: &variables,
    };
    knowledge.output(&words::split(line).expect("words"))
}

#[test]
fn the_output_panel_shows_the_form_of_the_answer() {
    let whole = "{\n    \"domainInfos\": [\n        {\n            \"name\": \"name\",";
    assert!(output("swf list-domains").starts_with(whole));
    let table = [
        ("swf list-domains --query domainInfos[2].name", "\"name\"\n"),
        (
            "swf list-domains --query domainInfos[2].name --output text",
            "name\n",
        ),
        (
            "swf list-domains --output text --query domainInfos[2]. ",
            "arn\tdescription\tname\tstatus\n",
        ),
        (
            "swf list-domains --output yaml --query nextPageToken",
            "\"nextPageToken\"\n",
        ),
        ("swf register-domain", "No output"),
        ("swf", "No output"),
        (
            "swf list-domains --output nope",
            "Bad value for --output: nope",
        ),
    ];
    for (line, expected) in table {
        assert_eq!(output(line), expected, "{line}");
    }
    assert!(output("swf list-domains --query '!'").starts_with("Bad value for --query: !\n\n"));
}

#[test]
fn the_documentation_is_that_of_the_operation() {
    let variables = variables();
    let knowledge = LineKnowledge {
        variables: &variables,
    };
    let words = |line: &str| words::split(line).expect("words");
    let page = knowledge
        .documentation(&words("swf list-domains --x"))
        .expect("a page");
    assert!(page.trim_start().starts_with("Lists the domains"), "{page}");
    assert_eq!(knowledge.documentation(&words("swf list-dom")), None);
    assert!(knowledge.documentation(&words("swf")).is_some());
}
