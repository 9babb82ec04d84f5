//! `dscoder cache`: what the prefix store holds.

use std::time::SystemTime;

use crate::error::{Error, Kind, Result, reason};
use crate::kv::Store;
use crate::places::Places;
use crate::term::{self, Term};
use crate::units::bytes;

/// List or remove the evaluated prompts that are kept for the next run
///
/// When evaluating a prompt took longer than a second (--cache-after), dscoder keeps what was computed, so that a prompt that
/// begins alike is answered at once. It has 4 GiB for that (--cache-size); least recently used entries are evicted first.
/// Without a subcommand it lists what there is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder cache
  dscoder cache clear")]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Print only errors on stderr
    #[arg(short, long, global = true, env = "DSCODER_QUIET", hide_env_values = true,
          value_parser = clap::builder::FalseyValueParser::new())]
    pub quiet: bool,
}

/// The subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the prompts that are kept, the last used first: tokens, size, age, model
    #[command(after_help = "Examples:\n  dscoder cache list")]
    List,
    /// Remove them all
    #[command(after_help = "Examples:\n  dscoder cache clear")]
    Clear,
    /// Print the directory that they are in
    #[command(after_help = "Examples:\n  du -sh \"$(dscoder cache path)\"")]
    Path,
}

/// Runs it.
///
/// # Errors
/// [`Kind::Io`] where the directory cannot be removed.
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

/// The user's store. What it may hold does not matter for looking at it.
fn store() -> Store {
    Store::new(&Places::of_user().cache, 0)
}

/// How many evaluated prompts are kept, and their size, in words; `None` where there is none.
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
        term.note("no evaluated prompts are kept");
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
