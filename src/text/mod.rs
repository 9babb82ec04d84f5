//! Properties of a text: language, line endings, strings, comments and brackets.

pub mod dialect;
pub mod generated;
pub mod language;
pub mod line_endings;
pub mod lines;
pub mod markdown;
pub mod notebook;
pub mod structure;
