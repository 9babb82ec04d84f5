//! Steps that commands share.

pub mod answer;
pub mod batch;
pub mod context;
pub mod conversation;
pub mod download;
pub mod draft;
pub mod input;
pub mod model;
pub mod prefix;
pub mod repl;
pub mod report;
pub mod resident;
pub mod stdin;
