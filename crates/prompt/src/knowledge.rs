//! What the prompt asks about a line: the types between it and those who know the commands.

/// One thing that can stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// The whole word that it makes of the one at the cursor, not quoted.
    pub text: String,
    /// What the menu shows, and what the typed text is compared with.
    pub label: String,
    /// A few words on what it is; may be empty.
    pub note: String,
    /// The line cannot do without it, so it stands first.
    pub required: bool,
}

impl Choice {
    /// A choice that is shown as it is written, without a note.
    pub fn plain(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            label: text.clone(),
            text,
            note: String::new(),
            required: false,
        }
    }
}

/// What can stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choices {
    /// The end of the word at the cursor that labels are compared with: of `name=ord` it is `ord`.
    pub typed: String,
    /// All of them, also those that do not fit what is typed, in their natural order.
    pub list: Vec<Choice>,
}

/// A question that takes a while, such as one to a server.
pub struct Question {
    /// Questions with the same key have the same answer, and are asked once.
    pub key: String,
    /// Asks; no answer is an empty list. Runs on a thread of its own and has to end by itself in a few seconds.
    pub ask: Box<dyn FnOnce() -> Vec<Choice> + Send>,
}

/// What there is to know about a line of words.
pub trait Knowledge {
    /// What can stand in the place of `partial`, which follows `words`. Must answer at once.
    fn choices(&self, words: &[String], partial: &str) -> Choices;

    /// What has to be asked elsewhere to know more choices for the same place.
    fn question(&self, words: &[String], partial: &str) -> Option<Question>;

    /// The documentation that belongs to a line; `None` leaves what is shown.
    fn documentation(&self, words: &[String]) -> Option<String>;

    /// What the answer to a line will look like.
    fn output(&self, words: &[String]) -> String;
}
