//! What a text is: its language, its line endings, its strings, comments and brackets.

pub mod generated;
pub mod language;
pub mod layout;
pub mod line_endings;
