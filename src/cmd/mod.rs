//! The subcommands, and what they have in common.

pub mod complete;
pub mod infill;
mod input;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::engine::{Cancel, Job, Source};
use crate::error::{Error, Kind, Result};
use crate::generate::{self, Answer, Finish, Sink};
use crate::model::store::{self, Places};
use crate::prompt::Segment;
use crate::prompt::budget::{self, Fitted, TooLong};
use crate::prompt::line_endings::LineEndings;
use crate::settings::{self, Shared};
use crate::stop::StopRules;
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
        Command::Complete(args) => &args.shared,
        Command::Infill(args) => &args.shared,
    };
    let mut term = Term::new(shared.quiet, shared.verbose);
    if let Some((name, matches)) = matches.subcommand()
        && let Some(command) = Cli::command().find_subcommand(name)
    {
        settings::origins(command, matches).iter().for_each(|line| term.detail(line));
    }
    let cancel = Cancel::default();
    term::watch_signals(&cancel)?;
    match command {
        Command::Complete(args) => complete::run(args, &mut term, &cancel),
        Command::Infill(args) => infill::run(args, &mut term, &cancel),
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

/// Finds and opens the model.
fn open(shared: &Shared, flavour: &str, term: &Term) -> Result<Source> {
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

/// Where an answer goes.
enum Out<'a> {
    /// To stdout, as it comes.
    Stream,
    /// Here, to be put to use as a whole.
    Keep(&'a mut Vec<u8>),
}

/// What is asked of the model.
struct Question<'a> {
    prompt: &'a [Segment<'a>],
    endings: LineEndings,
    stop: StopRules,
}

/// Generates the answer to a question: the common end of all generating subcommands.
fn answer(
    source: &Source,
    question: &Question<'_>,
    mut out: Out<'_>,
    shared: &Shared,
    term: &mut Term,
    cancel: &Cancel,
) -> Result<()> {
    let fitted = fit(source, question.prompt, shared)?;
    if fitted.left_out() > 0 {
        term.note(&format!(
            "the prompt is too long: left out {} tokens at the beginning of the prefix and {} at the end of the suffix",
            fitted.left_out_of_prefix, fitted.left_out_of_suffix
        ));
    }
    let job = Job {
        tokens: u32::try_from(fitted.ids.len()).unwrap_or(u32::MAX).saturating_add(shared.max_tokens),
        sampling: shared.sampling(),
        threads: shared.threads,
        gpu_layers: shared.gpu_layers,
        verbose: shared.verbose,
    };
    let start = std::time::Instant::now();
    let mut engine = source.start(&job, cancel)?;
    let load = start.elapsed();
    let mut last = None;
    let generated = generate::generate(
        engine.as_mut(),
        source.vocabulary(),
        &fitted.ids,
        shared.max_tokens as usize,
        question.stop.clone(),
        cancel,
        &mut |piece| {
            let bytes = question.endings.for_user(piece, last);
            last = piece.last().copied().or(last);
            match &mut out {
                Out::Stream => term.answer(&bytes),
                Out::Keep(kept) => {
                    kept.extend_from_slice(&bytes);
                    Ok(Sink::Open)
                }
            }
        },
    );
    // Also after a failure: what was written so far ends its line on a terminal.
    if matches!(out, Out::Stream) {
        term.end_answer()?;
    }
    let generated = generated?;
    if shared.stats {
        term.report(&statistics(&fitted, &generated, load, &job));
    }
    match generated.finish {
        Finish::Cancelled(signal) => Err(Error::new(Kind::Signal(signal), "stopped by a signal", "")),
        _ => Ok(()),
    }
}

fn fit(source: &Source, prompt: &[Segment<'_>], shared: &Shared) -> Result<Fitted> {
    let context = shared.context(source.context())?;
    let Some(capacity) = context.checked_sub(shared.max_tokens) else {
        return Err(Error::new(
            Kind::TooLong,
            format!("an answer of {} tokens does not fit", shared.max_tokens),
            format!("the context has {context} tokens"),
        )
        .hint("ask for fewer tokens with -n"));
    };
    budget::fit(prompt, source.vocabulary(), capacity as usize, !shared.no_truncate).map_err(|TooLong { tokens }| {
        Error::new(
            Kind::TooLong,
            "the prompt does not fit",
            format!("it has {tokens} tokens, and a context of {context} leaves {capacity} beside the answer"),
        )
        .hint("shorten the input, or ask for fewer tokens with -n")
    })
}

/// One line with counts, times and speeds.
fn statistics(fitted: &Fitted, answer: &Answer, load: std::time::Duration, job: &Job) -> String {
    let speed = |tokens: usize, time: std::time::Duration| tokens as f64 / time.as_secs_f64().max(1e-9);
    let seed = if job.sampling.temperature > 0.0 { format!(", seed {}", job.sampling.seed) } else { String::new() };
    format!(
        "stats: prompt {} tokens ({} left out), answer {} tokens ({}), load {:.0} ms, prefill {:.0} ms ({:.0} tokens/s), \
         decode {:.0} ms ({:.1} tokens/s){seed}",
        fitted.ids.len(),
        fitted.left_out(),
        answer.ids.len(),
        answer.finish.words(),
        load.as_secs_f64() * 1e3,
        answer.prefill.as_secs_f64() * 1e3,
        speed(fitted.ids.len(), answer.prefill),
        answer.decode.as_secs_f64() * 1e3,
        speed(answer.ids.len(), answer.decode),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
