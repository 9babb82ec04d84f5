//! The turns of a chat, and the files that keep them.

pub mod conversation;
pub mod session;
