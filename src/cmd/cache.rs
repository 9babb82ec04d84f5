//! `dscoder cache`: the content of the prefix store.

use std::time::SystemTime;

use crate::error::{Error, Kind, Result, reason};
use crate::kv::Store;
use crate::places::Places;
use crate::settings::flags::ConsoleFlags;
use crate::term::{self, Term};
use crate::units::bytes;

/// List or remove cached prompts
///
/// If evaluating a prompt took longer than a second (--cache-after), dscoder caches the result, so that a prompt with
/// the same beginning skips that work. The cache holds up to 4 GiB (--cache-size); least recently used entries are
/// evicted first. Without a subcommand, cache lists its entries.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder cache
  dscoder cache clear")]
pub struct Args {
    /// The subcommand.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// What is said on stderr.
    #[command(flatten)]
    pub console: ConsoleFlags,
}

/// The subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List cached prompts, most recently used first: tokens, size, age, model
    #[command(after_help = "Examples:\n  dscoder cache list")]
    List,
    /// Remove all cached prompts
    #[command(after_help = "Examples:\n  dscoder cache clear")]
    Clear,
    /// Print the cache directory
    #[command(after_help = "Examples:\n  du -sh \"$(dscoder cache path)\"")]
    Path,
}

/// Runs it.
///
/// # Errors
/// [`Kind::Io`] if the directory cannot be removed.
pub fn run(args: &Args, term: &Term) -> Result<()> {
    let store = store();
    match args.command {
        None | Some(Command::List) => list(&store, term),
        Some(Command::Path) => term::write::print(&format!("{}\n", store.directory().display())).map(drop),
        Some(Command::Clear) => {
            let cleared = store.clear();
            let (files, size) = cleared.map_err(|error| {
                Error::new(Kind::Io, format!("cannot remove {}", store.directory().display()), reason(&error))
            })?;
            term.note(&format!("removed {} ({})", counted(files), bytes(size)));
            Ok(())
        }
    }
}

/// The user's store. Its size limit does not matter for listing.
fn store() -> Store {
    Store::new(&Places::of_user().cache, 0)
}

/// The number of cached prompts and their size, in words; `None` if there is none.
#[must_use]
pub fn summary() -> Option<String> {
    let entries = store().entries();
    let size = entries.iter().map(|entry| entry.file_bytes).sum();
    (!entries.is_empty()).then(|| format!("{}, {}", counted(entries.len()), bytes(size)))
}

fn counted(count: usize) -> String {
    format!("{count} evaluated prompt{}", if count == 1 { "" } else { "s" })
}

fn list(store: &Store, term: &Term) -> Result<()> {
    let entries = store.entries();
    if entries.is_empty() {
        term.note("there are no cached prompts");
    }
    let now = SystemTime::now();
    let lines = entries.iter().map(|entry| {
        let age = now.duration_since(entry.used).unwrap_or_default().as_secs();
        let size = bytes(entry.file_bytes);
        format!("{:>6} tokens  {size:>10}  {:>10}  {}\n", entry.label.tokens, ago(age), entry.label.model)
    });
    term::write::print(&lines.collect::<String>()).map(drop)
}

/// A time in the past, in words.
fn ago(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s ago"),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..86_400 => format!("{} h ago", seconds / 3600),
        _ => format!("{} d ago", seconds / 86_400),
    }
}
