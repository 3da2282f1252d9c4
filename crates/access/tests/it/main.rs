//! Folders of identities on a real disk: how they are loaded, how commands change them, and what is refused.

mod commands;
mod editing;
mod folder;
mod loading;
mod manual;
mod notes;
mod policies;
mod properties;
mod reports;
mod texts;
