//! The common end of all generating subcommands: a prompt goes in, an answer comes out.

use std::time::{Duration, Instant};

use crate::engine::{Cancel, Job, Source};
use crate::error::{Error, Kind, Result};
use crate::generate::{self, Answer, Finish, Sink};
use crate::prompt::Segment;
use crate::prompt::budget::{self, Fitted, TooLong};
use crate::prompt::line_endings::LineEndings;
use crate::settings::Shared;
use crate::stop::StopRules;
use crate::term::Term;

/// Where an answer goes.
pub enum Out<'a> {
    /// To stdout, as it comes.
    Stream,
    /// Here, to be put to use as a whole.
    Keep(&'a mut Vec<u8>),
}

/// What is asked of the model.
pub struct Question<'a> {
    /// The prompt.
    pub prompt: &'a [Segment<'a>],
    /// How the lines of the user's text end.
    pub endings: LineEndings,
    /// Where the answer ends before the model ends it.
    pub stop: StopRules,
}

/// Fits the prompt, starts the engine, and generates the answer.
///
/// # Errors
/// [`Kind::TooLong`] where the prompt does not fit, [`Kind::Signal`] where a signal came; those of the engine and of
/// writing.
pub fn answer(
    source: &Source,
    question: &Question<'_>,
    mut out: Out<'_>,
    shared: &Shared,
    term: &mut Term,
    cancel: &Cancel,
) -> Result<()> {
    let fitted = fit(source, question.prompt, shared)?;
    if fitted.left_out() > 0 {
        let parts = [(fitted.left_out_of_prefix, "head"), (fitted.left_out_of_suffix, "tail")];
        let parts = parts.iter().filter(|(tokens, _)| *tokens > 0);
        let parts: Vec<_> = parts.map(|(tokens, end)| format!("{tokens} tokens of its {end}")).collect();
        term.note(&format!("the prompt is too long: left out {}", parts.join(" and ")));
    }
    let job = Job {
        tokens: u32::try_from(fitted.ids.len()).unwrap_or(u32::MAX).saturating_add(shared.max_tokens),
        sampling: shared.sampling(),
        threads: shared.threads,
        gpu_layers: shared.gpu_layers,
        verbose: shared.verbose,
    };
    let start = Instant::now();
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
fn statistics(fitted: &Fitted, answer: &Answer, load: Duration, job: &Job) -> String {
    let speed = |tokens: usize, time: Duration| tokens as f64 / time.as_secs_f64().max(1e-9);
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
