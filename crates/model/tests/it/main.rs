//! Tests of the model as its users see it: the tables against the published facts of SWF, requests against SWF's own
//! texts, and JSON there and back.

mod decisions;
mod documentation;
mod facts;
mod json;
mod own;
mod permissions;
mod properties;
mod recorded;
mod rules;
mod sample;
mod settings;
mod types;
mod validation;
mod walk;
