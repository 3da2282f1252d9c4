//! The prompt's view of completion: choices at once, the server's values when they come, and the two panels.

use std::time::Duration;

use everbeat_client::shared_files::Variables;
use everbeat_prompt::{Choices, Knowledge, Question};

use super::live::Asked;
use super::{Completion, answer, place};
use crate::SERVICE_WORD;
use crate::help::{Style, operation_page, overview};
use crate::options::operation_named;
use crate::settings::Configuration;

/// How long the server may take; nobody waits for it.
const LIMIT: Duration = Duration::from_secs(2);
/// The documentation begins here, as the reference's does.
const DESCRIPTION: &str = "DESCRIPTION\n";

/// Knows everything about a line that the prompt shows.
pub(crate) struct LineKnowledge<'a> {
    pub(crate) variables: &'a Variables,
}

impl LineKnowledge<'_> {
    fn completion(&self) -> Completion<'_> {
        Completion {
            variables: self.variables,
            in_prompt: true,
        }
    }
}

impl Knowledge for LineKnowledge<'_> {
    fn choices(&self, words: &[String], partial: &str) -> Choices {
        self.completion().choices(words, partial)
    }

    fn question(&self, words: &[String], partial: &str) -> Option<Question> {
        let live = self.completion().live(words, partial)?;
        let server = Asked {
            variables: self.variables.clone(),
            settings: live.settings.clone(),
            limit: LIMIT,
        };
        Some(Question {
            key: live.key(),
            ask: Box::new(move || live.choices(&server)),
        })
    }

    fn documentation(&self, words: &[String]) -> Option<String> {
        let word = words.iter().find(|word| *word != SERVICE_WORD);
        let Some(word) = word else {
            return Some(overview(Style::Plain));
        };
        let page = operation_page(operation_named(word)?, Style::Plain);
        let start = page
            .find(DESCRIPTION)
            .map_or(0, |at| at + DESCRIPTION.len());
        page.get(start..).map(Into::into)
    }

    fn output(&self, words: &[String]) -> String {
        let operation = words.iter().find_map(|word| operation_named(word));
        let given = |name: &str| place::given(words, name);
        let configuration = Configuration::load(self.variables, given("--profile").as_deref());
        let configured = configuration
            .as_ref()
            .map_or("json", |found| found.output(None));
        let output = given("--output").filter(|name| !name.is_empty());
        let output = output.as_deref().unwrap_or(configured);
        let query = given("--query").unwrap_or_default();
        operation
            .and_then(|operation| answer::form(operation, output, &query))
            .unwrap_or_else(|| "No output".into())
    }
}
