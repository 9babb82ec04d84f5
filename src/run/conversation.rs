//! The conversation that a chat begins with.

use crate::chat::conversation::Conversation;
use crate::chat::session::{self, Session};
use crate::engine::source::Source;
use crate::error::Result;
use crate::places;
use crate::prompt::chat;
use crate::term::Term;

/// The conversation to begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The name of the session that keeps it.
    pub session: Option<String>,
    /// Whether it is the session that was used last.
    pub resume: bool,
    /// The system text, if not that of the model's authors.
    pub system: Option<String>,
    /// Whether it replaces the system text of a saved conversation.
    pub replaces_system: bool,
}

/// The session, and the conversation to continue.
///
/// # Errors
/// Errors from [`Session::open`]; [`crate::error::Kind::NoInput`] if there is no session to continue.
pub fn begin(wanted: &Opening, source: &Source, term: &Term) -> Result<(Option<Session>, Conversation)> {
    let directory = places::sessions();
    let authors = || chat::system(source.vocabulary().controls().series).to_owned();
    let system = wanted.system.clone().unwrap_or_else(authors);
    let name = match &wanted.session {
        None if wanted.resume => session::last(&directory)?,
        None => return Ok((None, Conversation::new(system))),
        Some(name) => name.clone(),
    };
    let opened = Session::open(&directory, &name, source.name(), source.vocabulary())?;
    if let Some(note) = opened.note {
        term.note(&note);
    }
    let mut conversation = opened.conversation.unwrap_or_else(|| Conversation::new(system.clone()));
    // The command line overrides the saved system text.
    if wanted.replaces_system {
        conversation.system = system;
    }
    Ok((Some(opened.session), conversation))
}
