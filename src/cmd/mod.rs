//! The subcommands, and what they have in common.

mod answer;
pub mod batch;
pub mod bench;
pub mod cache;
pub mod chat;
pub mod complete;
pub mod context;
pub mod download;
pub mod git;
pub mod infill;
mod input;
pub mod models;
mod prefix;
mod repl;
mod report;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::engine::remote::Remote;
use crate::engine::remote::client::Target;
use crate::engine::{Cancel, Source};
use crate::error::{Error, Kind, Result};
use crate::model::memory::{self, Verdict};
use crate::model::store::{self, Places};
use crate::model::{Model, demo};
use crate::settings::{self, ContextSize, Shared};
use crate::term::{self, Term};

/// Code completion and infill with DeepSeek Coder models, on your own machine
#[derive(Debug, Parser)]
#[command(name = "dscoder", version, propagate_version = true, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = "Only the answer is written to stdout. `dscoder help COMMAND` says more.")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
// A doc comment on a variant would hide the longer one of its arguments from the help.
#[allow(missing_docs)]
#[derive(Debug, Subcommand)]
pub enum Command {
    Complete(complete::Args),
    Infill(infill::Args),
    Chat(chat::Args),
    Git(git::Args),
    Download(download::Args),
    Models(models::Args),
    Cache(cache::Args),
    Bench(bench::Args),
}

/// Does what `argv` asks for, and gives the exit code.
pub fn run(argv: impl IntoIterator<Item = OsString>) -> u8 {
    let matches = match Cli::command().try_get_matches_from(argv) {
        Ok(matches) => matches,
        Err(error) => return answer_clap(&error),
    };
    let done = Cli::from_arg_matches(&matches)
        .map_err(|error| Error::new(Kind::Usage, error.to_string(), ""))
        .and_then(|cli| dispatch(&cli.command, &matches));
    match done {
        Ok(()) => 0,
        Err(error) => {
            // Who presses Ctrl-C knows why it ended.
            if !matches!(error.kind, Kind::Signal(_)) {
                term::say(&error.to_string());
            }
            error.kind.exit_code()
        }
    }
}

fn dispatch(command: &Command, matches: &ArgMatches) -> Result<()> {
    let shared = match command {
        Command::Complete(args) => Some(&args.shared),
        Command::Infill(args) => Some(&args.shared),
        Command::Chat(args) => Some(&args.shared),
        Command::Git(args) => args.command.shared(),
        Command::Download(_) | Command::Models(_) | Command::Cache(_) => None,
        Command::Bench(args) => Some(&args.running.0),
    };
    let quiet = match command {
        Command::Download(args) => args.quiet,
        Command::Models(args) => args.quiet,
        Command::Cache(args) => args.quiet,
        _ => shared.is_some_and(|shared| shared.quiet),
    };
    let mut term = Term::new(quiet, shared.is_some_and(|shared| shared.verbose));
    if shared.is_some_and(|shared| shared.verbose) {
        tell_origins(matches, &term);
    }
    let cancel = Cancel::default();
    term::watch_signals(&cancel)?;
    let is_repl = matches!(command, Command::Chat(args) if args.is_repl(&term));
    if let Some(timeout) = shared.and_then(|shared| shared.timeout).filter(|_| !is_repl) {
        // What is not whole is of no use as a commit message.
        let patient = !matches!(command, Command::Git(_));
        term::watch_deadline(&cancel, term.started + timeout, patient)?;
    }
    let done = match command {
        Command::Complete(args) => complete::run(args, &mut term, &cancel),
        Command::Infill(args) => infill::run(args, &mut term, &cancel),
        Command::Chat(args) => chat::run(args, &mut term, &cancel),
        Command::Git(args) => git::run(args, &mut term, &cancel),
        Command::Download(args) => download::run(args, &term, &cancel),
        Command::Models(args) => models::run(args, &term, &cancel),
        Command::Bench(args) => bench::run(args, &term, &cancel),
        Command::Cache(args) => cache::run(args, &term),
    };
    cancel.set_done();
    term.finish();
    done
}

/// Says where each setting came from.
fn tell_origins(mut matches: &ArgMatches, term: &Term) {
    let mut described = Cli::command();
    while let Some((name, deeper)) = matches.subcommand()
        && let Some(command) = described.find_subcommand(name)
    {
        settings::origins(command, deeper).iter().for_each(|line| term.detail(line));
        (described, matches) = (command.clone(), deeper);
    }
}

/// Prints what clap has to say: help and version to stdout, anything else to stderr.
fn answer_clap(error: &clap::Error) -> u8 {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => match term::print(&error.render().to_string()) {
            Ok(_) => 0,
            Err(error) => error.kind.exit_code(),
        },
        _ => {
            term::say(error.render().to_string().trim_end());
            Kind::Usage.exit_code()
        }
    }
}

/// Finds and opens the model, or asks the server that computes answers.
fn open(shared: &Shared, flavour: &str, term: &Term) -> Result<Source> {
    if let Some(target) = shared.endpoint.target()? {
        return ask(shared, target, term);
    }
    let found = store::find(shared.model.as_deref(), flavour, store::memory(), &Places::of_user())?;
    let source = Source::open(&found)?;
    if let Some(words) = source.mended() {
        term.note(&format!("in the model file, {words}"));
    }
    if let Source::Model(model) = &source {
        term.detail(&format!(
            "model = {} ({:?}, {} bytes)",
            model.path.display(),
            model.profile.flavour,
            model.file_bytes
        ));
    }
    Ok(source)
}

/// Asks a server which model it has.
fn ask(shared: &Shared, target: Target, term: &Term) -> Result<Source> {
    let vocabulary = Model::open(&demo::file(&Places::of_user().cache)?)?.tokenizer;
    let context = match shared.ctx_size {
        ContextSize::Auto => None,
        ContextSize::Tokens(tokens) => Some(tokens),
    };
    let kind = shared.endpoint.endpoint_kind;
    let remote = Remote::open(target, kind, shared.model.as_deref(), context, shared.force, vocabulary)?;
    remote.notes.iter().for_each(|note| term.note(note));
    term.detail(&format!("model = {} on {}", remote.name, remote.words()));
    Ok(Source::Remote(Box::new(remote)))
}

/// Looks whether a model fits into memory with a context of so many tokens.
fn fits(source: &Source, tokens: u32, shared: &Shared, term: &Term) -> Result<()> {
    let Source::Model(model) = source else { return Ok(()) };
    match memory::check(model, tokens, store::memories()) {
        Verdict::Fits => Ok(()),
        Verdict::Impossible(error) if !shared.force => Err(error),
        Verdict::Impossible(error) => {
            term.note(&format!("{}: {}", error.what, error.why));
            Ok(())
        }
        Verdict::Tight(words) => {
            term.note(&words);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
