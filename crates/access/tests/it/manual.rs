//! The example of docs/access.md: its commands give what stands there.

use std::fs;
use std::path::Path;

use crate::folder::Folder;

/// A command of the page with the lines that follow it.
struct Example {
    words: String,
    output: String,
}

fn page() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/access.md");
    fs::read_to_string(file).expect("the page is there")
}

/// The part between a heading and the next of its level.
fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let (_, rest) = page
        .split_once(&format!("\n## {heading}\n"))
        .expect(heading);
    rest.split("\n## ").next().unwrap_or(rest)
}

fn examples(section: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut is_output = false;
    for line in section.lines() {
        let code = line.strip_prefix("    ");
        match (
            code,
            code.and_then(|code| code.strip_prefix("$ everbeat access ")),
        ) {
            (_, Some(words)) => {
                is_output = true;
                examples.push(Example {
                    words: words.to_owned(),
                    output: String::new(),
                });
            }
            (Some(output), None) if is_output => {
                let last = examples.last_mut().expect("a command comes first");
                last.output.push_str(&format!("{output}\n"));
            }
            (Some(_), None) | (None, None) => is_output = false,
        }
    }
    examples
}

/// The document between the lines with its first and its last brace.
fn document(section: &str) -> String {
    let lines = section.lines().filter_map(|line| line.strip_prefix("    "));
    let document: Vec<_> = lines
        .skip_while(|line| *line != "{")
        .take_while(|line| *line != "}")
        .collect();
    format!("{}\n}}\n", document.join("\n"))
}

#[test]
fn the_example_gives_what_the_page_says() {
    let page = page();
    let section = section(&page, "An example");
    let folder = Folder::empty();
    let examples = examples(section);
    assert_eq!(examples.len(), 6);
    for Example { words, output } in examples {
        let told = folder.run(&words);
        if !output.is_empty() {
            assert_eq!(
                told,
                output.replace("access/policies/", "policies/"),
                "{words}"
            );
        }
        folder.write("policies/heartbeats.json", document(section));
    }
    assert!(folder.loaded().warnings.is_empty());
}

#[test]
fn every_command_is_on_the_page() {
    let help = Folder::empty().run("--help");
    let (_, commands) = help.split_once("Commands:\n").expect("a list of commands");
    let commands = commands.lines().take_while(|line| !line.is_empty());
    let names: Vec<_> = commands
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(names.len(), 19);
    let page = page();
    let table = section(&page, "Commands");
    for name in names {
        assert!(table.contains(&format!("`{name}")), "{name}");
    }
}
