//! The steps that commands have in common.

pub mod answer;
pub mod batch;
pub mod context;
pub mod conversation;
pub mod input;
pub mod model;
pub mod prefix;
pub mod repl;
pub mod report;
