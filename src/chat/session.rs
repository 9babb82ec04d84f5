//! Conversations kept in files: private to the user, locked while they are in use, replaced in one step.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::chat::conversation::Conversation;
use crate::error::{Error, Kind, Result, reason};
use crate::storage::{Locked, NewFile, private_directory};
use crate::vocabulary::Vocabulary;

/// Longer files are damaged or foreign.
const MAX_BYTES: u64 = 64 << 20;
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Content {
    version: u32,
    model: String,
    system: String,
    turns: Vec<(String, String)>,
}

/// A session that this process may change.
#[derive(Debug)]
pub struct Session {
    path: PathBuf,
    model: String,
    _lock: Locked,
}

/// An opened session.
pub struct Opened {
    /// The session.
    pub session: Session,
    /// The conversation so far; `None` if it is new.
    pub conversation: Option<Conversation>,
    /// A note for the user.
    pub note: Option<String>,
}

impl Session {
    /// Opens the session `name` in `directory` for a model. A file that is damaged or belongs to another model is moved
    /// aside.
    ///
    /// # Errors
    /// [`Kind::Usage`] for a name that cannot be one, [`Kind::TryLater`] if the session is in use, [`Kind::Io`] where
    /// it cannot be read.
    pub fn open(directory: &Path, name: &str, model: &str, vocabulary: &dyn Vocabulary) -> Result<Opened> {
        check(name)?;
        let path = directory.join(format!("{name}.json"));
        let refuse = |error: io::Error| Error::new(Kind::Io, format!("cannot open {}", path.display()), reason(&error));
        private_directory(directory).map_err(refuse)?;
        // A separate lock file: the session's is replaced whenever it changes.
        let lock = private_file(&directory.join(format!("{name}.lock"))).map_err(refuse)?;
        let Some(lock) = Locked::take(lock).map_err(refuse)? else {
            return Err(Error::new(Kind::TryLater, format!("the session {name} is in use"), "")
                .hint("end the other dscoder chat, or use another --session"));
        };
        let session = Session { path: path.clone(), model: model.to_owned(), _lock: lock };
        let bytes = match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Opened { session, conversation: None, note: None });
            }
            Err(error) => return Err(refuse(error)),
            Ok(about) if about.len() > MAX_BYTES => Vec::new(),
            Ok(_) => fs::read(&path).map_err(refuse)?,
        };
        let content = serde_json::from_slice::<Content>(&bytes).ok().filter(|content| content.version == VERSION);
        let why = match content {
            Some(content) if content.model == model => {
                let mut conversation = Conversation::new(content.system);
                content.turns.iter().for_each(|(user, answer)| conversation.push_text(user, answer, vocabulary));
                return Ok(Opened { session, conversation: Some(conversation), note: None });
            }
            Some(content) => format!("is one with {}", content.model),
            None => "is damaged".to_owned(),
        };
        let aside = free_name(&path);
        fs::rename(&path, &aside).map_err(refuse)?;
        let note = format!("the session {name} {why}: it is kept as {}, and a new one is started", aside.display());
        Ok(Opened { session, conversation: None, note: Some(note) })
    }

    /// Writes the conversation atomically.
    ///
    /// # Errors
    /// [`Kind::Io`] if it cannot be written; the file is then as it was.
    pub fn save(&self, conversation: &Conversation) -> Result<()> {
        let content = Content {
            version: VERSION,
            model: self.model.clone(),
            system: conversation.system.clone(),
            turns: conversation.turns.iter().map(|turn| (turn.user.clone(), turn.answer.clone())).collect(),
        };
        let write = || -> io::Result<()> {
            let text = serde_json::to_string(&content)?;
            NewFile::beside(&self.path, ".session-")?.write(text.as_bytes())?.sync()?.replace(&self.path)
        };
        write().map_err(|error| Error::new(Kind::Io, format!("cannot write {}", self.path.display()), reason(&error)))
    }
}

/// The name of the session that was changed last.
///
/// # Errors
/// [`Kind::NoInput`] if there is none.
pub fn last(directory: &Path) -> Result<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let sessions = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let name = name.strip_suffix(".json").filter(|name| check(name).is_ok())?.to_owned();
        Some((entry.metadata().ok()?.modified().ok()?, name))
    });
    sessions.max().map(|(_, name)| name).ok_or_else(|| {
        Error::new(Kind::NoInput, "there is no session to continue", "").hint("start one with --session NAME")
    })
}

fn check(name: &str) -> Result<()> {
    let fits = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_' | '.');
    if name.chars().all(fits) && !name.starts_with('.') && (1..=64).contains(&name.len()) {
        return Ok(());
    }
    Err(Error::new(Kind::Usage, format!("{name:?} cannot be the name of a session"), "")
        .hint("use letters, digits, -, _ and ., at most 64"))
}

/// An unused name in the directory of `path`.
fn free_name(path: &Path) -> PathBuf {
    let names = (1..).map(|number| path.with_extension(format!("json.aside-{number}")));
    names.into_iter().find(|name| fs::symlink_metadata(name).is_err()).unwrap_or_default()
}

/// Opens a file that only the user can read, for writing.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Bytes;

    fn open(directory: &Path, model: &str) -> Result<Opened> {
        Session::open(directory, "s", model, &Bytes)
    }

    #[test]
    fn a_session_comes_back_and_is_one_users_only() {
        let directory = tempfile::tempdir().expect("a directory");
        let directory = directory.path().join("sessions");
        let opened = open(&directory, "m").expect("opened");
        assert!(opened.conversation.is_none() && opened.note.is_none());
        let mut conversation = Conversation::new("S".into());
        conversation.push_text("a <|EOT|>", "b\n", &Bytes);
        opened.session.save(&conversation).expect("saved");
        let busy = open(&directory, "m").err().expect("in use");
        assert_eq!((busy.kind, busy.what.as_str()), (Kind::TryLater, "the session s is in use"));
        drop(opened);
        assert_eq!(open(&directory, "m").expect("opened").conversation, Some(conversation));
        assert_eq!(last(&directory).as_deref(), Ok("s"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
            assert_eq!((mode(&directory), mode(&directory.join("s.json"))), (0o700, 0o600));
        }
    }

    #[test]
    fn what_cannot_be_used_is_kept_aside() {
        let directory = tempfile::tempdir().expect("a directory");
        let directory = directory.path();
        let file = directory.join("s.json");
        let contents = ["", "{", "[]", r#"{"version":9,"model":"m","system":"","turns":[]}"#, "\u{0}"];
        for (index, content) in contents.iter().enumerate() {
            fs::write(&file, content).expect("written");
            let opened = open(directory, "m").expect("opened");
            assert!(opened.conversation.is_none());
            let aside = directory.join(format!("s.json.aside-{}", index + 1));
            assert_eq!(fs::read_to_string(&aside).as_deref().ok(), Some(*content));
            assert!(opened.note.is_some_and(|note| note.contains("is damaged")));
        }
        open(directory, "m").expect("opened").session.save(&Conversation::new(String::new())).expect("saved");
        assert!(open(directory, "n").expect("opened").note.is_some_and(|note| note.contains("is one with m")));
    }

    #[test]
    fn names_are_no_paths() {
        for name in ["", ".", "..", "a/b", ".x", "a b", "a\n", &"x".repeat(65)] {
            assert!(check(name).is_err(), "{name:?}");
        }
        assert!(check("my-session_1.é").is_ok());
    }
}
