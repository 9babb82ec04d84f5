//! Properties of a text: language, line endings, strings, comments and brackets.

pub mod generated;
pub mod language;
pub mod layout;
pub mod line_endings;
