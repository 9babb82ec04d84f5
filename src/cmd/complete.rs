//! `dscoder complete`: continues a text.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::cancel::Cancel;
use crate::engine::source::Source;
use crate::error::Result;
use crate::gap::BYTE_ORDER_MARK;
use crate::model::family::Flavour;
use crate::prompt;
use crate::run::answer::{Question, answer};
use crate::run::batch::local::Prepared;
use crate::run::context::{self, Context};
use crate::run::{batch, input};
use crate::settings::Settings;
use crate::settings::flags::GenerateFlags;
use crate::shape::Shape;
use crate::shape::stop::Until;
use crate::term::Term;
use crate::text::dialect::{self, Dialect};
use crate::text::line_endings::LineEndings;

/// Continue a file or stdin
///
/// The answer is what follows the text, without the text. Base models seldom stop by themselves, so the answer ends
/// with the current block unless --until, --stop or --max-tokens says otherwise.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder complete main.py
  printf 'def add(a, b):\\n    return ' | dscoder complete
  dscoder complete main.py --until line --json
  dscoder complete --batch prompts.jsonl > answers.jsonl   # {\"text\": \"def f(\", \"id\": 1} a line")]
pub struct Args {
    /// Text to continue; stdin if it is - or missing
    #[arg(default_value = "-", hide_default_value = true)]
    pub file: PathBuf,

    /// The flags for many texts.
    #[command(flatten)]
    pub batch: batch::Args,

    /// Files beside the text.
    #[command(flatten)]
    pub context: context::Args,

    /// The flags that all generating subcommands share.
    #[command(flatten)]
    pub flags: GenerateFlags,
}

/// A line of `--batch`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    text: String,
    /// The file that the text is from. Only its name is used, to tell the language.
    file: Option<PathBuf>,
    language: Option<String>,
    max_tokens: Option<u32>,
    stop: Option<Vec<String>>,
    seed: Option<u32>,
    #[serde(rename = "id")]
    _id: Option<IgnoredAny>,
}

/// Runs it.
///
/// # Errors
/// Errors from reading, from the model and from writing.
pub fn run(args: &Args, term: &mut Term, cancel: &Cancel) -> Result<()> {
    let settings = args.flags.settings()?;
    if let Some(path) = &args.batch.batch {
        return run_batch(args, &settings, path, term, cancel);
    }
    let text = input::read(&args.file, term)?;
    if text.is_empty() {
        term.note("the text is empty; the model has nothing to go by");
    }
    let context = Context::read(&args.context, &[&args.file], term)?;
    // The process ends with it.
    let source = ManuallyDrop::new(crate::run::model::open(&settings.engine, Flavour::Base, term)?);
    let file = Some(args.file.as_path()).filter(|file| !input::is_stdin(file));
    let dialect = args.context.language;
    ask(&text, (file, dialect), context, &source, &settings, term, |question, term| {
        answer(&source, question, &settings, term, cancel).map(drop)
    })
}

fn run_batch(args: &Args, settings: &Settings, path: &Path, term: &Term, cancel: &Cancel) -> Result<()> {
    batch::check(settings)?;
    let source = crate::run::model::open(&settings.engine, Flavour::Base, term)?;
    let mut silent = Term::new(true, false);
    let prepare = |line: Line| {
        let text = input::usable(&line.text, "text")?;
        let own = batch::Own { max_tokens: line.max_tokens, stop: line.stop, seed: line.seed };
        let own = own.over(settings)?;
        let file = line.file.as_deref();
        let context = Context::read(&args.context, &[file.unwrap_or(Path::new("-"))], &silent)?;
        let dialect = line.language.as_deref().map(batch::language).transpose()?.or(args.context.language);
        ask(text, (file, dialect), context, &source, &own, &mut silent, |question, _| {
            Prepared::new(question, &source, &own)
        })
    };
    batch::answer(path, &source, settings, args.batch.parallel, term, cancel, prepare)
}

/// Calls `put` with the request that continues `text`, of a file and in a language that may be named.
fn ask<T>(
    text: &str,
    (file, language): (Option<&Path>, Option<&'static Dialect>),
    context: Context<'_>,
    source: &Source,
    settings: &Settings,
    term: &mut Term,
    put: impl FnOnce(&Question<'_>, &mut Term) -> Result<T>,
) -> Result<T> {
    let endings = LineEndings::of(text);
    let text = LineEndings::for_model(text);
    let shown = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text);
    // A word and the space before it are one token: after a separate space, models write unusual text.
    let healed = shown.strip_suffix(' ').filter(|rest| !settings.limits.raw && !rest.ends_with(char::is_whitespace));
    let prompt = prompt::complete(healed.unwrap_or(shown));
    let context = context.fit(&prompt, &text, source, settings, term)?;
    let mut shape = Shape::new(
        language.unwrap_or_else(|| dialect::of(file, shown)),
        shown,
        None,
        &settings.limits.shape(Until::Block),
    );
    shape.has_space = healed.is_some();
    let prompt = context.before(&prompt);
    put(&Question { prompt: &prompt, context_tokens: context.tokens, endings, shape, print: true }, term)
}
