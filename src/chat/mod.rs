//! Conversations and their files.

pub mod conversation;
pub mod session;
