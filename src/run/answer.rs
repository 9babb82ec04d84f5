//! The common last step of all generating subcommands: a prompt goes in, answers come out.

use std::time::{Duration, Instant};

use crate::cancel::{Cancel, Cause, Sink};
use crate::engine::source::Source;
use crate::engine::speed::{self, Observed};
use crate::engine::{Job, kernels};
use crate::error::{Error, Kind, Result};
use crate::generate::{self, Answer, Generated, Order};
use crate::places::Places;
use crate::prompt::budget::{self, Fitted, TooLong};
use crate::prompt::{self, Segment};
use crate::run::prefix::{Evaluated, Prefix, Started};
use crate::run::report::{self, Candidate, Event, Report, Took};
use crate::settings::{Format, Settings};
use crate::shape::Shape;
use crate::shape::finish::Finish;
use crate::term::{self, Term};
use crate::text::line_endings::LineEndings;

/// A request to the model.
#[derive(Clone)]
pub struct Question<'a> {
    /// The prompt.
    pub prompt: &'a [Segment<'a>],
    /// The number of its tokens that are files of the repository.
    pub context_tokens: usize,
    /// The line endings of the user's text.
    pub endings: LineEndings,
    /// The shape of the answer.
    pub shape: Shape,
    /// Whether the answer is printed; else the caller uses it.
    pub print: bool,
}

/// How answers are printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Not here.
    Kept,
    /// One, as it comes.
    Stream,
    /// One, line by line: an unfinished line at the deadline is left out.
    Lines,
    /// Many, at the end.
    Parts,
    /// One object, at the end.
    Json,
    /// One object per piece.
    Events,
}

impl Style {
    fn of(settings: &Settings, print: bool) -> Style {
        match settings.output.format {
            Format::JsonLines => Style::Events,
            Format::Json => Style::Json,
            Format::Text if !print => Style::Kept,
            Format::Text if settings.limits.candidates > 1 => Style::Parts,
            Format::Text if settings.limits.timeout.is_some() => Style::Lines,
            Format::Text => Style::Stream,
        }
    }
}

/// Fits the prompt, starts the engine, generates the answers and prints them. Returns the most likely one.
///
/// # Errors
/// [`Kind::TooLong`] if the prompt does not fit, [`Kind::Signal`] and [`Kind::Deadline`] if the run was asked to stop;
/// errors from the engine and from writing.
pub fn answer(
    source: &Source,
    question: &Question<'_>,
    settings: &Settings,
    term: &mut Term,
    cancel: &Cancel,
) -> Result<Vec<u8>> {
    let Settings { limits, output, .. } = settings;
    if output.logprobs.is_some() && output.format == Format::Text {
        return Err(Error::new(Kind::Usage, "--logprobs needs --json or --json-lines", ""));
    }
    let style = Style::of(settings, question.print);
    let fitted = fit(source, question.prompt, settings)?;
    if fitted.left_out() > 0 {
        let parts = [(fitted.left_out_of_prefix, "head"), (fitted.left_out_of_suffix, "tail")];
        let parts = parts.iter().filter(|(tokens, _)| *tokens > 0);
        let parts: Vec<_> = parts.map(|(tokens, end)| format!("{tokens} tokens of its {end}")).collect();
        let context = settings.engine.context_words(source)?;
        term.note(&format!("the prompt is too long for {context}: left out {}", parts.join(" and ")));
    }
    let counts = report::PromptTokens::of(&fitted, question.context_tokens);
    let has_mean = limits.candidates > 1 || output.logprobs.is_some();
    let tokens = u32::try_from(fitted.ids.len()).unwrap_or(u32::MAX);
    let longest = tokens.saturating_add(limits.max_tokens.saturating_mul(limits.candidates));
    let job = Job {
        sequences: limits.candidates,
        log_probabilities: has_mean.then_some(output.logprobs.unwrap_or(0)),
        ..settings.job(longest, tokens)
    };
    crate::run::model::fits(source, job.tokens, settings.engine.force, term)?;
    let start = Instant::now();
    let Started { mut engine, prefix, chosen } = Prefix::start(source, &job, &fitted.ids, settings, term, cancel)?;
    let load = start.elapsed();
    let order = Order {
        prompt: &fitted.ids,
        controls: prompt::controls(question.prompt),
        max_tokens: limits.max_tokens as usize,
        sequences: limits.candidates as usize,
        shape: question.shape.clone(),
    };
    let mut out = Out::new(style, limits.candidates as usize, question.endings);
    if style == Style::Events {
        term::write::print(&report::line(&Event::Start { model: source.name(), prompt: counts }))?;
    }
    let generated = generate::generate(engine.as_mut(), source.vocabulary(), &order, cancel, &mut |index, piece| {
        out.take(index, piece, term)
    });
    if let Style::Stream | Style::Lines = style {
        // Also after a failure: on a terminal, the written part ends its line.
        out.flush(&generated, term)?;
        term.end_answer()?;
    }
    let generated = generated?;
    let ranked = out.ranked(&generated);
    match style {
        Style::Parts => print_parts(&ranked, term)?,
        Style::Json | Style::Events => {
            let candidate =
                |(answer, text): &Ranked<'_>| Candidate::of(answer, text, source, output.logprobs.is_some(), has_mean);
            let mut candidates = ranked.iter().map(candidate);
            if let Some(best) = candidates.next() {
                let Generated { prefill, decode, reused, .. } = generated;
                let took = Took { load, prefill, decode, reused };
                let seed = (job.sampling.temperature > 0.0).then_some(job.sampling.seed);
                let report = Report::new(best, candidates, source, counts, &took, seed, term.started);
                let line =
                    if style == Style::Json { report::line(&report) } else { report::line(&Event::End(&report)) };
                term::write::print(&line)?;
            }
        }
        Style::Kept | Style::Stream | Style::Lines => {}
    }
    if output.stats {
        term.report(&statistics(&fitted, &generated, engine.drafts(), load, &job));
        chosen.iter().for_each(|chosen| term.report(&format!("stats: {}", chosen.why)));
        engine.measured().iter().for_each(|words| term.report(&format!("stats: {words}")));
    }
    let cause = ranked.iter().find_map(|(answer, _)| match answer.finish {
        Finish::Cancelled(signal) => Some(Cause::Signal(signal)),
        Finish::Deadline => Some(Cause::Deadline),
        _ => None,
    });
    if let Some(cause) = cause {
        return Err(Error::stopped(cause));
    }
    let kept = prefix.zip(source.model()).map(|(prefix, model)| {
        let evaluated = Evaluated {
            prompt: fitted.ids.len(),
            fresh: fitted.ids.len().saturating_sub(generated.reused),
            time: generated.prefill,
            token_bytes: model.profile.shape.kv_bytes(),
        };
        (prefix, evaluated)
    });
    let chosen = chosen.filter(|_| settings.cache.enabled && !settings.engine.drafts());
    let to_keep = chosen.and_then(|chosen| {
        Some((source.measured_kind(&job)?, chosen.way, observed(load, fitted.ids.len(), &generated)?))
    });
    term.afterwards(move |term| {
        if let Some((prefix, evaluated)) = kept {
            prefix.keep(engine.as_mut(), &evaluated, term);
        }
        if let Some((kind, way, took)) = to_keep {
            let key = kernels::key().unwrap_or_default();
            let kept = speed::remember_run(&Places::of_user().cache, key, kind, way, &took);
            kept.unwrap_or_else(|error| term.detail(&format!("cannot keep the rates of this run: {error}")));
        }
        // The process ends now, and the system frees memory faster than destructors would.
        std::mem::forget(engine);
    });
    Ok(ranked.into_iter().next().map(|(_, text)| text).unwrap_or_default())
}

/// What a run with one answer took. To restore a part of the prompt counts as loading, and the rest has more behind it than its
/// length says: such a run says nothing about others.
fn observed(load: Duration, prompt: usize, generated: &Generated) -> Option<Observed> {
    let [answer] = &generated.answers[..] else { return None };
    let us = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    (generated.reused == 0).then(|| Observed {
        load_us: us(load),
        prefill: (prompt, us(generated.prefill)),
        decode: (answer.choices.len(), us(generated.decode)),
    })
}

/// An answer and its text.
type Ranked<'a> = (&'a Answer, Vec<u8>);

/// The answers that are being printed.
struct Out {
    style: Style,
    endings: LineEndings,
    /// The text of each answer so far, as the user gets it.
    texts: Vec<Vec<u8>>,
    /// How much of the first one was written, if output is by lines.
    written: usize,
}

impl Out {
    fn new(style: Style, count: usize, endings: LineEndings) -> Out {
        Out { style, endings, texts: vec![Vec::new(); count.max(1)], written: 0 }
    }

    fn take(&mut self, index: usize, piece: &[u8], term: &mut Term) -> Result<Sink> {
        let text = &mut self.texts[index];
        let start = text.len();
        let last = text.last().copied();
        text.extend_from_slice(&self.endings.for_user(piece, last));
        match self.style {
            Style::Stream => term.answer(&text[start..]),
            Style::Lines => match text[self.written..].iter().rposition(|&byte| byte == b'\n') {
                Some(end) => {
                    let lines = self.written..self.written + end + 1;
                    self.written = lines.end;
                    term.answer(&text[lines])
                }
                None => Ok(Sink::Open),
            },
            Style::Events => {
                let text = String::from_utf8_lossy(&text[start..]);
                term::write::print(&report::line(&Event::Text { candidate: index, text: &text }))
            }
            Style::Kept | Style::Parts | Style::Json => Ok(Sink::Open),
        }
    }

    /// Writes the rest of an answer that is written by lines.
    fn flush(&mut self, generated: &Result<Generated>, term: &mut Term) -> Result<()> {
        let late = matches!(generated, Ok(generated) if generated.answers[0].finish == Finish::Deadline);
        if self.style == Style::Lines && !(late && self.written > 0) {
            term.answer(&self.texts[0][self.written..])?;
        }
        Ok(())
    }

    /// The distinct answers, most likely first. One that the deadline ended has only whole lines.
    fn ranked<'a>(&mut self, generated: &'a Generated) -> Vec<Ranked<'a>> {
        let texts = std::mem::take(&mut self.texts);
        let mut ranked: Vec<Ranked<'a>> = Vec::new();
        for (answer, mut text) in generated.answers.iter().zip(texts) {
            if answer.finish == Finish::Deadline {
                to_line_end(&mut text);
            }
            ranked.push((answer, text));
        }
        ranked.sort_by(|a, b| b.0.mean_log_probability().total_cmp(&a.0.mean_log_probability()));
        let mut seen = std::collections::HashSet::new();
        ranked.retain(|(_, text)| seen.insert(text.clone()));
        ranked
    }
}

/// Drops an unfinished line, unless it is the only one.
pub(super) fn to_line_end(text: &mut Vec<u8>) {
    if let Some(end) = text.iter().rposition(|&byte| byte == b'\n') {
        text.truncate(end + 1);
    }
}

fn print_parts(ranked: &[Ranked<'_>], term: &mut Term) -> Result<()> {
    for (index, (answer, text)) in ranked.iter().enumerate() {
        let number = format!("{} of {}", index + 1, ranked.len());
        let title = format!("{number}, mean log probability {:.3}", answer.mean_log_probability());
        if term.part(&title, index == 0)? == Sink::Closed || term.answer(text)? == Sink::Closed {
            break;
        }
        term.end_answer()?;
    }
    Ok(())
}

/// Truncates a prompt to fit, as the settings say.
///
/// # Errors
/// [`Kind::TooLong`] if it does not fit.
pub(super) fn fit(source: &Source, prompt: &[Segment<'_>], settings: &Settings) -> Result<Fitted> {
    let max_tokens = settings.limits.max_tokens;
    let context = settings.engine.context(source.context())?;
    let Some(capacity) = context.checked_sub(max_tokens) else {
        return Err(Error::new(
            Kind::TooLong,
            format!("an answer of {max_tokens} tokens does not fit"),
            format!("the context has {context} tokens"),
        )
        .hint("ask for fewer tokens with -n"));
    };
    budget::fit(prompt, source.vocabulary(), capacity as usize, settings.limits.truncate).map_err(
        |TooLong { tokens }| {
            Error::new(
                Kind::TooLong,
                "the prompt does not fit",
                format!("it has {tokens} tokens; a context of {context} has room for {capacity} besides the answer"),
            )
            .hint("shorten the input, or ask for fewer tokens with -n")
        },
    )
}

/// One line with counts, times and speeds.
fn statistics(fitted: &Fitted, generated: &Generated, drafts: (usize, usize), load: Duration, job: &Job) -> String {
    let speed = |tokens: usize, time: Duration| tokens as f64 / time.as_secs_f64().max(1e-9);
    let seed = if job.sampling.temperature > 0.0 { format!(", seed {}", job.sampling.seed) } else { String::new() };
    let tokens: usize = generated.answers.iter().map(|answer| answer.choices.len()).sum();
    let how = match &generated.answers[..] {
        [answer] => answer.finish.words().to_owned(),
        answers => format!("{} candidates", answers.len()),
    };
    let reused = if generated.reused > 0 { format!(", {} from the cache", generated.reused) } else { String::new() };
    let (drafted, accepted) = drafts;
    let drafts = if drafted > 0 { format!(", drafted {drafted} tokens, accepted {accepted}") } else { String::new() };
    format!(
        "stats: prompt {} tokens ({} left out{reused}), answer {tokens} tokens ({how}), load {:.0} ms, prefill {:.0} ms \
         ({:.0} tokens/s), decode {:.0} ms ({:.1} tokens/s){drafts}{seed}",
        fitted.ids.len(),
        fitted.left_out(),
        load.as_secs_f64() * 1e3,
        generated.prefill.as_secs_f64() * 1e3,
        speed(fitted.ids.len() - generated.reused, generated.prefill),
        generated.decode.as_secs_f64() * 1e3,
        speed(tokens, generated.decode),
    )
}
