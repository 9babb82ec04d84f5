//! The subcommands, and what they share.

// Doc comments of arguments are help texts, in which <FILL> is a marker and [:TAG] is optional.
#![allow(rustdoc::broken_intra_doc_links, rustdoc::invalid_html_tags)]

pub mod bench;
pub mod cache;
pub mod chat;
pub mod complete;
pub mod config;
pub mod doctor;
pub mod download;
pub mod eval;
pub mod git;
pub mod help;
pub mod infill;
pub mod lsp;
pub mod models;
pub mod serve;

use std::ffi::OsString;
use std::io::{self, IsTerminal};

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::cancel::Cancel;
use crate::engine::{cpu, kernels, source};
use crate::error::{Error, Kind, Result};
#[cfg(unix)]
use crate::eval::sandbox;
use crate::places;
use crate::settings;
use crate::settings::files::{self, Setting, SettingsFiles};
use crate::settings::variables::{self, Refusal};
use crate::term::{self, Term};
use crate::topics;

/// Code completion and infill with DeepSeek Coder models, on your own machine
#[derive(Debug, Parser)]
#[command(name = "dscoder", version, propagate_version = true, arg_required_else_help = true, max_term_width = 100)]
// `help` has topics too.
#[command(disable_help_subcommand = true)]
#[command(after_help = "Examples:
  dscoder infill main.py --at 12:9
  dscoder complete main.py
  dscoder chat 'What does git rebase --onto do?'
  dscoder download 6.7b-base

Only the answer is written to stdout. `dscoder help` lists
commands and topics; `dscoder help NAME` shows one.")]
pub struct Cli {
    /// The subcommand.
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
    Serve(serve::Args),
    Lsp(lsp::Args),
    Bench(bench::Args),
    Eval(eval::Args),
    Config(config::Args),
    Doctor(doctor::Args),
    Help(help::Args),
}

/// The order of the help of every subcommand: usage, examples, then all options.
const HELP: &str = "\
{before-help}{about-with-newline}
{usage-heading} {usage}{after-help}

{all-args}";

/// The command line.
#[must_use]
pub fn command() -> clap::Command {
    let topics = format!("{HELP}\n\n{}", help::list());
    Cli::command().help_template(topics).mut_subcommands(|command| with_help(command, ""))
}

/// `command` below `path`, with its help and its topics.
fn with_help(command: clap::Command, path: &str) -> clap::Command {
    let path = format!("{path} {}", command.get_name()).trim_start().to_owned();
    let topics: Vec<_> = topics::about(&path).map(|topic| topic.name).collect();
    let see_also = format!("{HELP}\n\nSee also: dscoder help TOPIC, for {}", topics.join(", "));
    let command =
        command.help_template(if topics.is_empty() { HELP.to_owned() } else { see_also }).disable_version_flag(true);
    let command = command.mut_subcommands(|inner| with_help(inner, &path));
    if command.has_subcommands() { help::with_subcommand(command) } else { command }
}

/// In the short help, every option takes one line; its variable would make it two.
fn with_short_help(command: clap::Command) -> clap::Command {
    command.help_template(HELP).mut_args(|argument| argument.hide_env(true)).mut_subcommands(with_short_help)
}

/// Runs `argv`, and returns the exit code.
pub fn run(argv: impl IntoIterator<Item = OsString>) -> u8 {
    // Before anything else: in a build for one kind of processor, any code may need it.
    if let Some(first) = cpu::missing().next() {
        term::write::plainly(&["error: this processor lacks ", first, ", which this build of dscoder needs\n"]);
        term::write::plainly(&["hint: build dscoder on this machine, or download a release for it\n"]);
        return Kind::Engine.exit_code();
    }
    if source::stdout_was_closed() {
        term::write::close_stdout();
    }
    let argv: Vec<_> = argv.into_iter().collect();
    if argv.get(1).is_some_and(|word| word == kernels::COMMAND) {
        return try_kernels(&argv[2..]);
    }
    #[cfg(unix)]
    if argv.get(1).is_some_and(|word| word == sandbox::COMMAND) {
        let task = argv.get(2).map_or_else(String::new, |word| word.to_string_lossy().into_owned());
        let (code, why) = sandbox::helper::run(&task);
        term::write::plainly(&[&why]);
        return code;
    }
    let first = if argv.iter().any(|word| word == "-h") { with_short_help(command()) } else { command() };
    let (known, matches) = match variables::parse(first, &argv) {
        Ok(parsed) => parsed,
        Err(Refusal::Clap(error)) => return answer_clap(&error),
        Err(Refusal::Variable(error)) => return exit_code(Err(error)),
    };
    // Help works with any settings.
    if let Some(words) = help::asked(&matches) {
        return answer_help(&words);
    }
    let done = places::check().and_then(|()| settings_for(&matches)).and_then(|settings| {
        // The same line is parsed again, with the settings from files as defaults.
        let (command, used) = files::apply(known, &matches, &settings);
        let again = if used.is_empty() { Ok(matches) } else { command.try_get_matches_from(&argv) };
        let wrong = |error: clap::Error| Error::new(Kind::Usage, error.to_string(), "");
        let matches = again.map_err(wrong)?;
        dispatch(&Cli::from_arg_matches(&matches).map_err(wrong)?.command, &matches, &used)
    });
    exit_code(done)
}

/// Prints the error, if there is one.
fn exit_code(done: Result<()>) -> u8 {
    match done {
        Ok(()) => 0,
        Err(error) => {
            // The user who presses Ctrl-C knows why it ended.
            if !matches!(error.kind, Kind::Signal(_)) {
                term::write::say(&error.to_string());
            }
            error.kind.exit_code()
        }
    }
}

/// Shows a topic, or a command as its `--help` does.
fn answer_help(words: &[String]) -> u8 {
    match help::find(words) {
        Ok(help::Found::Topic(topic)) => exit_code(help::show(topic)),
        Ok(help::Found::Command(line)) => match command().try_get_matches_from(line) {
            Ok(_) => 0,
            Err(error) => answer_clap(&error),
        },
        Err(error) => exit_code(Err(error)),
    }
}

/// Runs as the child process that tests kernels.
fn try_kernels(arguments: &[OsString]) -> u8 {
    let arguments: Vec<_> = arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let done = source::catch_failures().and_then(|()| {
        source::try_kernels(&arguments, &mut |text| {
            // The parent notices missing results.
            let _ = term::write::print(text);
        })
    });
    done.map_or_else(|error| error.kind.exit_code(), |()| 0)
}

/// The settings from files, unless the command is about these files.
fn settings_for(matches: &ArgMatches) -> Result<Vec<Setting>> {
    let files = SettingsFiles::of_user();
    if files.is_empty() || matches!(matches.subcommand_name(), Some("config" | "doctor")) {
        return Ok(Vec::new());
    }
    files::read(&files, &command())
}

fn dispatch(command: &Command, matches: &ArgMatches, used: &[&Setting]) -> Result<()> {
    let flags = match command {
        Command::Complete(args) => Some(&args.flags),
        Command::Infill(args) => Some(&args.flags),
        Command::Chat(args) => Some(&args.flags),
        Command::Git(args) => args.command.flags(),
        _ => None,
    };
    let console = match command {
        Command::Complete(args) => Some(&args.flags.console),
        Command::Infill(args) => Some(&args.flags.console),
        Command::Chat(args) => Some(&args.flags.console),
        Command::Git(args) => Some(args.command.console()),
        Command::Download(args) => Some(&args.console),
        Command::Models(args) => Some(&args.console),
        Command::Cache(args) => Some(&args.console),
        Command::Bench(args) => Some(&args.console),
        Command::Eval(args) => Some(args.console()),
        Command::Serve(args) => Some(&args.console),
        Command::Lsp(args) => Some(&args.console),
        Command::Config(args) => Some(&args.console),
        Command::Doctor(args) => Some(&args.console),
        // Answered before there are settings.
        Command::Help(_) => None,
    };
    let (quiet, verbose) = console.map_or((false, false), |console| (console.quiet, console.verbose));
    // Otherwise the model would compute an answer that gets lost.
    let is_printed = match command {
        Command::Infill(args) => !args.in_place,
        Command::Git(args) => !args.command.is_hook(),
        _ => true,
    };
    if flags.is_some() && is_printed {
        term::write::check_stdout()?;
    }
    let mut term = Term::new(quiet, verbose);
    if verbose {
        chosen(matches, used).iter().for_each(|one| term.detail(&one.to_string()));
    }
    let cancel = Cancel::default();
    source::catch_failures()?;
    term::watch_signals(&cancel)?;
    let is_repl = matches!(command, Command::Chat(args) if args.is_repl(&term));
    if let Some(timeout) = flags.and_then(|flags| flags.answer.timeout).filter(|_| !is_repl) {
        // An incomplete commit message is useless.
        let patient = !matches!(command, Command::Git(_));
        term::watch_deadline(&cancel, term.started + timeout, patient)?;
    }
    let done = match command {
        Command::Complete(args) => complete::run(args, &mut term, &cancel),
        Command::Infill(args) => infill::run(args, &mut term, &cancel),
        Command::Chat(args) => chat::run(args, &mut term, &cancel),
        Command::Git(args) => git::run(args, self::command(), &mut term, &cancel),
        Command::Download(args) => download::run(args, &term, &cancel),
        Command::Models(args) => models::run(args, &term, &cancel),
        Command::Bench(args) => bench::run(args, &term, &cancel),
        Command::Eval(args) => eval::run(args, &term, &cancel),
        Command::Serve(args) => serve::run(args, &term, &cancel),
        Command::Lsp(args) => lsp::run(args, &term),
        Command::Cache(args) => cache::run(args, &term),
        Command::Config(args) => config::run(args, &self::command(), &term),
        Command::Doctor(args) => doctor::run(args, &self::command()),
        // Answered before there are settings.
        Command::Help(_) => Ok(()),
    };
    cancel.set_done();
    term.finish();
    done.map_err(|error| settings::with_origin(error, &chosen(matches, used)))
}

/// The settings of the subcommand that are not defaults.
fn chosen(mut matches: &ArgMatches, used: &[&Setting]) -> Vec<settings::Chosen> {
    let mut described = command();
    let mut found = Vec::new();
    while let Some((name, deeper)) = matches.subcommand()
        && let Some(command) = described.find_subcommand(name)
    {
        found.append(&mut settings::chosen(command, deeper, used));
        (described, matches) = (command.clone(), deeper);
    }
    found
}

/// Prints clap's output: help and version to stdout, anything else to stderr.
fn answer_clap(error: &clap::Error) -> u8 {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let text = error.render();
            let has_colours = term::has_colours(io::stdout().is_terminal());
            match term::write::print_coloured(&if has_colours { text.ansi().to_string() } else { text.to_string() }) {
                Ok(_) => 0,
                Err(error) => error.kind.exit_code(),
            }
        }
        _ => {
            term::write::say(error.render().to_string().trim_end());
            Kind::Usage.exit_code()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }
}
