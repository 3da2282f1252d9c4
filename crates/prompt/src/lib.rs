//! The prompt of `--cli-auto-prompt`: a line that is completed while it is typed, with a panel of documentation and a
//! panel that shows the form of the answer (cli.md section 17.4).
//!
//! What can stand where on a line is no business of this crate: it asks a [`Knowledge`]. Keys change a state, and the
//! state is drawn; neither touches a terminal, so both are tested without one. Only [`prompt`] does, and it puts
//! the terminal back however it ends.
//!
//! Without the feature `terminal` the crate has the words of a line and the types of [`Knowledge`] alone, which shell
//! completion uses too.

#![warn(missing_docs)]

#[cfg(all(test, feature = "terminal"))]
mod fake;
mod fuzzy;
mod knowledge;
pub mod words;

#[cfg(feature = "terminal")]
mod areas;
#[cfg(feature = "terminal")]
mod draw;
#[cfg(feature = "terminal")]
mod help;
#[cfg(feature = "terminal")]
mod line;
#[cfg(feature = "terminal")]
mod menu;
#[cfg(feature = "terminal")]
mod panel;
#[cfg(feature = "terminal")]
mod state;
#[cfg(feature = "terminal")]
mod terminal;

pub use fuzzy::best_matches;
pub use knowledge::{Choice, Choices, Knowledge, Question};
#[cfg(feature = "terminal")]
pub use terminal::{Outcome, PromptError, prompt};
