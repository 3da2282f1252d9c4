//! Writing results. JSON is the only format so far; text, table and YAML become modules beside it.

pub(crate) mod json;
