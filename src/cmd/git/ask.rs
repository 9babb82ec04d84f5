//! A question about a diff, to an Instruct or a Base model.

use crate::cancel::Cancel;
use crate::engine::source::Source;
use crate::error::{Kind, Result};
use crate::git::diff::Diff;
use crate::model::family::Flavour;
use crate::prompt::{chat, commit, encode};
use crate::run::answer::{Question, answer};
use crate::settings::{EngineSettings, Format, Settings};
use crate::shape::Shape;
use crate::shape::stop::{StopRules, Until};
use crate::term::Term;
use crate::text::line_endings::LineEndings;

/// Opens the model: an Instruct model or, if none is named and none installed, a Base model.
pub fn open(settings: &EngineSettings, term: &Term) -> Result<Source> {
    let instruct = crate::run::model::open(settings, Flavour::Instruct, term);
    match &instruct {
        Err(error) if error.kind == Kind::NoInput && settings.model.as_deref().is_none_or(str::is_empty) => {
            match crate::run::model::open(settings, Flavour::Base, term) {
                Err(error) if error.kind == Kind::NoInput => instruct,
                base => base,
            }
        }
        _ => instruct,
    }
}

/// Whether the model follows instructions. Canned answers count as such a model.
pub fn is_instruct(source: &Source) -> bool {
    match source {
        Source::Model(model, _) => model.profile.flavour == Flavour::Instruct,
        Source::Remote(remote) => remote.flavour == Some(Flavour::Instruct),
        Source::Resident(resident) => resident.about.flavour.is_none_or(|flavour| flavour == Flavour::Instruct),
        Source::Script(_) => true,
    }
}

/// Reports how much of a diff the model was shown.
pub fn report(shown: &crate::git::diff::Shown, term: &Term) {
    let names = match shown.names_only {
        0 => String::new(),
        count => format!(" ({count} by name only)"),
    };
    term.report(&format!(
        "diff: {} files{names}, {} of {} lines, {} tokens",
        shown.files, shown.lines, shown.all_lines, shown.tokens
    ));
}

/// How many tokens of a diff fit besides the `rest` tokens of the prompt and the answer.
pub fn room(wanted: u32, source: &Source, rest: usize, settings: &Settings) -> Result<usize> {
    let context = settings.engine.context(source.context())? as usize;
    let room = context.saturating_sub(rest).saturating_sub(settings.limits.max_tokens as usize);
    Ok(room.min(wanted as usize))
}

/// A question about a diff.
pub struct Ask<'a> {
    /// The question around the diff.
    pub text: &'a dyn Fn(&str) -> String,
    /// Maximum number of diff tokens.
    pub budget: u32,
    /// Whether lines are numbered.
    pub numbered: bool,
    /// Whether the answer of a Base model may have several lines.
    pub many_lines: bool,
}

/// The answer to a question about as much of `diff` as fits.
///
/// # Errors
/// Errors from the model.
pub fn ask_about(
    source: &Source,
    diff: &Diff,
    ask: &Ask<'_>,
    settings: &Settings,
    term: &mut Term,
    cancel: &Cancel,
) -> Result<String> {
    let instruct = crate::cmd::git::ask::is_instruct(source);
    let series = source.vocabulary().controls().series;
    let rest = encode(&commit::segments(instruct, &(ask.text)(""), series), source.vocabulary()).len();
    let room = crate::cmd::git::ask::room(ask.budget, source, rest + 16, settings)?;
    let shown = diff.shown(source.vocabulary(), room, ask.numbered);
    if settings.output.stats {
        crate::cmd::git::ask::report(&shown, term);
    }
    let text = (ask.text)(&shown.text);
    let mut stops = settings.limits.stop.clone();
    let until = match (instruct, ask.many_lines) {
        (true, _) => Until::End,
        (false, false) => Until::Line,
        (false, true) => {
            stops.push(commit::NEXT.to_owned());
            Until::End
        }
    };
    let mut shape = Shape::plain(StopRules::new(&stops, settings.limits.until.unless(until)));
    shape.has_space = instruct && chat::begins_with_space(series);
    // The message is printed once it is whole.
    let mut settings = settings.clone();
    settings.limits.truncate = false;
    (settings.output.format, settings.output.logprobs) = (Format::Text, None);
    let prompt = commit::segments(instruct, &text, series);
    let question =
        Question { prompt: &prompt, context_tokens: 0, endings: LineEndings::AsTheyAre, shape, print: false };
    let answer = answer(source, &question, &settings, term, cancel)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
