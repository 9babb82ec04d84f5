//! `dscoder infill`: writes the middle of a text.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::cancel::Cancel;
use crate::edit::{self, DiffName, Target};
use crate::engine::source::Source;
use crate::error::{Error, Kind, Result};
use crate::gap::{BYTE_ORDER_MARK, LineRange, Location, Position};
use crate::model::Task;
use crate::model::family::Flavour;
use crate::prompt;
use crate::repository::disk;
use crate::run::answer::{Question, answer};
use crate::run::batch::local::Prepared;
use crate::run::context::{self, Context};
use crate::run::{batch, input};
use crate::settings::Settings;
use crate::settings::flags::GenerateFlags;
use crate::shape::Shape;
use crate::shape::stop::Until;
use crate::term::{self, Term};
use crate::text::dialect::{self, Dialect};
use crate::text::line_endings::LineEndings;
use crate::text::notebook::{CellGap, Notebook};

/// Write the middle: into a gap of a file, or between two files
///
/// The gap is a position or a marker in FILE, or lies between a --prefix and a --suffix file. Only the text for the gap
/// is printed. This needs a Base model, or V2-Lite.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder infill main.py --at 12:9
  dscoder infill main.py --lines 20:24 --diff
  dscoder infill --batch gaps.jsonl > middles.jsonl")]
#[command(group(clap::ArgGroup::new("text").required(true).multiple(true).args(["file", "prefix", "suffix", "batch"])))]
pub struct Args {
    /// File with the gap, by default at the marker <FILL>; - is stdin
    #[arg(conflicts_with_all = ["prefix", "suffix"])]
    pub file: Option<PathBuf>,

    /// Put the gap before LINE:COL (both from 1), or at the end of LINE
    #[arg(long, value_name = "LINE[:COL]", requires = "file", conflicts_with_all = ["offset", "marker", "lines", "batch"],
          help_heading = "Place")]
    pub at: Option<Position>,

    /// Put the gap into this cell of a Jupyter notebook (from 1); --at, --offset and --lines are within it
    #[arg(
        long,
        hide_short_help = true,
        value_name = "N",
        requires = "file",
        conflicts_with = "batch",
        help_heading = "Place"
    )]
    pub cell: Option<usize>,

    /// Put the gap at this byte offset
    #[arg(long, hide_short_help = true, value_name = "BYTES", requires = "file", conflicts_with_all = ["marker", "lines", "batch"], help_heading = "Place")]
    pub offset: Option<usize>,

    /// Put the gap in place of TEXT, which must occur exactly once
    #[arg(long, value_name = "TEXT", requires = "file", conflicts_with_all = ["lines", "batch"], help_heading = "Place",
          value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub marker: Option<String>,

    /// Replace these lines; the model does not see them
    #[arg(long, value_name = "FIRST[:LAST]", requires = "file", conflicts_with = "batch", help_heading = "Place")]
    pub lines: Option<LineRange>,

    /// Text before the gap; - is stdin
    #[arg(long, value_name = "FILE", requires = "suffix", conflicts_with = "batch", help_heading = "Place")]
    pub prefix: Option<PathBuf>,

    /// Text after the gap; - is stdin
    #[arg(long, value_name = "FILE", requires = "prefix", conflicts_with = "batch", help_heading = "Place")]
    pub suffix: Option<PathBuf>,

    /// Print the whole text with the answer in it
    #[arg(long, conflicts_with_all = ["diff", "in_place", "json", "json_lines", "batch"], help_heading = "Output")]
    pub whole: bool,

    /// Print the change as a unified diff, for patch or git apply
    #[arg(long, requires = "file", conflicts_with_all = ["in_place", "json", "json_lines", "batch"], help_heading = "Output")]
    pub diff: bool,

    /// Write the answer into FILE
    #[arg(long, requires = "file", conflicts_with = "batch", help_heading = "Output")]
    pub in_place: bool,

    /// Back up the old FILE under its name with this suffix
    #[arg(long, hide_short_help = true, value_name = "SUFFIX", requires = "in_place", help_heading = "Output",
          value_parser = backup_suffix)]
    pub backup: Option<String>,

    /// The flags for many gaps.
    #[command(flatten)]
    pub batch: batch::Args,

    /// Files beside the text.
    #[command(flatten)]
    pub context: context::Args,

    /// The flags that all generating subcommands share.
    #[command(flatten)]
    pub flags: GenerateFlags,
}

/// The default marker of the gap.
const MARKER: &str = "<FILL>";

fn backup_suffix(text: &str) -> std::result::Result<String, String> {
    if text.is_empty() || text.contains('/') { Err("a suffix such as .bak".to_owned()) } else { Ok(text.to_owned()) }
}

/// The two texts around the gap, and the whole text that they were cut from.
struct Gap {
    prefix: String,
    suffix: String,
    whole: Option<String>,
    /// The notebook that it is in, and where.
    notebook: Option<(Notebook, CellGap)>,
}

impl Gap {
    /// The whole text with `middle` in the gap.
    ///
    /// # Errors
    /// [`Kind::Data`] if a notebook would be damaged.
    fn filled(&self, middle: &str) -> Result<String> {
        let Some((notebook, at)) = &self.notebook else {
            return Ok(format!("{}{middle}{}", self.prefix, self.suffix));
        };
        let source = format!("{}{middle}{}", at.prefix, at.suffix);
        notebook
            .with_source(at.cell, &source)
            .map_err(|why| Error::new(Kind::Data, "cannot write the answer into the notebook", why))
    }
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
    if args.in_place && args.file.as_deref().is_some_and(input::is_stdin) {
        return Err(Error::new(Kind::Usage, "--in-place needs a file, and this is stdin", "").hint("use --whole"));
    }
    let gap = gap(args, term)?;
    if gap.prefix.is_empty() && gap.suffix.is_empty() {
        term.note("prefix and suffix are empty; the model has nothing to go by");
    }
    let target = match (args.in_place, &args.file, &gap.whole) {
        (true, Some(file), Some(whole)) => Some(Target::new(file, whole)?),
        _ => None,
    };
    let own: Vec<&Path> =
        [&args.file, &args.prefix, &args.suffix].into_iter().flatten().map(PathBuf::as_path).collect();
    let context = Context::read(&args.context, &own, term)?;
    // The process ends with it.
    let source = ManuallyDrop::new(crate::run::model::open(&settings.engine, Flavour::Base, term)?);
    source.require(Task::Infill, settings.engine.force)?;
    let print = !(args.whole || args.diff || args.in_place);
    let file = args.file.as_deref().or(args.prefix.as_deref()).filter(|file| !input::is_stdin(file));
    let language = args.context.language.or(gap.notebook.as_ref().map(|(notebook, _)| notebook.language()));
    let middle = ask(&gap, (file, language), context, &source, &settings, term, |question, term| {
        let question = Question { print, ..question.clone() };
        answer(&source, &question, &settings, term, cancel)
    })?;
    if print {
        return Ok(());
    }
    let new = gap.filled(&String::from_utf8_lossy(&middle))?;
    match (target, &args.file, &gap.whole) {
        (Some(target), ..) => target.replace(&new, args.backup.as_deref()),
        (None, Some(file), Some(old)) if args.diff => {
            let name = diff_name(file, term);
            term::write::print(&edit::diff(&name, old, &new)).map(drop)
        }
        _ => term::write::print(&new).map(drop),
    }
}

/// How the diff names `file`. Notes where it must be applied if that is not here.
fn diff_name(file: &Path, term: &Term) -> DiffName {
    let named = if input::is_stdin(file) || !file.is_file() {
        None
    } else {
        DiffName::of(file, Path::new("."), disk::work_tree).ok()
    };
    let Some(name) = named else {
        term.note("the text has no file that the diff could name; apply it with `patch FILE`");
        return DiffName::nameless();
    };
    if let Some(directory) = &name.elsewhere {
        term.note(&format!(
            "{} is outside of this directory; the diff applies in {}",
            file.display(),
            directory.display()
        ));
    }
    name
}

fn run_batch(args: &Args, settings: &Settings, path: &Path, term: &Term, cancel: &Cancel) -> Result<()> {
    batch::check(settings)?;
    let source = crate::run::model::open(&settings.engine, Flavour::Base, term)?;
    source.require(Task::Infill, settings.engine.force)?;
    let mut silent = Term::new(true, false);
    let prepare = |mut line: Line| {
        let own = batch::Own { max_tokens: line.max_tokens, stop: line.stop.take(), seed: line.seed };
        let own = own.over(settings)?;
        let file = line.file.take();
        let context = Context::read(&args.context, &[file.as_deref().unwrap_or(Path::new("-"))], &silent)?;
        let dialect = line.language.as_deref().map(batch::language).transpose()?.or(args.context.language);
        let gap = line.gap()?;
        ask(&gap, (file.as_deref(), dialect), context, &source, &own, &mut silent, |question, _| {
            Prepared::new(question, &source, &own)
        })
    };
    batch::answer(path, &source, settings, args.batch.parallel, term, cancel, prepare)
}

/// A line of `--batch`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    prefix: Option<String>,
    suffix: Option<String>,
    text: Option<String>,
    at: Option<String>,
    offset: Option<usize>,
    marker: Option<String>,
    lines: Option<String>,
    /// The file that the text is from. Only its name is used, to tell the language.
    file: Option<PathBuf>,
    language: Option<String>,
    max_tokens: Option<u32>,
    stop: Option<Vec<String>>,
    seed: Option<u32>,
    #[serde(rename = "id")]
    _id: Option<IgnoredAny>,
}

impl Line {
    /// The two texts around the gap.
    fn gap(self) -> Result<Gap> {
        let refuse = |why: &str| Error::new(Kind::Data, "cannot use this line", why);
        let mut places = Vec::new();
        let wrong = |name: &str, why: String| Error::new(Kind::Data, format!("cannot use \"{name}\""), why);
        if let Some(at) = self.at {
            places.push(Location::At(at.parse().map_err(|why| wrong("at", why))?));
        }
        places.extend(self.offset.map(Location::Offset));
        if let Some(lines) = self.lines {
            places.push(Location::Lines(lines.parse().map_err(|why| wrong("lines", why))?));
        }
        if let Some(marker) = self.marker {
            if marker.is_empty() {
                return Err(wrong("marker", "it is empty".to_owned()));
            }
            places.push(Location::Marker(marker));
        }
        match (self.text, self.prefix, self.suffix) {
            (None, Some(prefix), Some(suffix)) if places.is_empty() => {
                input::usable(&prefix, "prefix")?;
                input::usable(&suffix, "suffix")?;
                Ok(Gap { prefix, suffix, whole: None, notebook: None })
            }
            (Some(text), None, None) if places.len() < 2 => {
                input::usable(&text, "text")?;
                let place = places.pop().unwrap_or_else(|| Location::Marker(MARKER.to_owned()));
                cut(text, &place).map_err(|why| Error::new(Kind::Data, "cannot find the gap in the text", why))
            }
            (Some(_), None, None) => {
                Err(refuse("only one of \"at\", \"offset\", \"lines\" and \"marker\" can be given"))
            }
            _ => Err(refuse("it needs \"prefix\" and \"suffix\", or \"text\" and the position of the gap")),
        }
    }
}

/// Cuts a text at its gap.
fn cut(whole: String, place: &Location) -> std::result::Result<Gap, String> {
    let range = place.find(&whole)?;
    Ok(Gap {
        prefix: whole[..range.start].to_owned(),
        suffix: whole[range.end..].to_owned(),
        whole: Some(whole),
        notebook: None,
    })
}

/// Calls `put` with the request that fills `gap`, in `file`.
fn ask<T>(
    gap: &Gap,
    (file, language): (Option<&Path>, Option<&'static Dialect>),
    context: Context<'_>,
    source: &Source,
    settings: &Settings,
    term: &mut Term,
    put: impl FnOnce(&Question<'_>, &mut Term) -> Result<T>,
) -> Result<T> {
    let endings = LineEndings::at_gap(&gap.prefix, &gap.suffix);
    let (prefix, suffix) = (LineEndings::for_model(&gap.prefix), LineEndings::for_model(&gap.suffix));
    let shown = prefix.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&prefix);
    let whole = format!("{shown}{suffix}");
    let prompt = prompt::infill::segments(shown, &suffix);
    let context = context.fit(&prompt, &whole, source, settings, term)?;
    let dialect = language.unwrap_or_else(|| dialect::of(file, &whole));
    let shape = Shape::new(dialect, shown, Some(&suffix), &settings.limits.shape(Until::at_gap(&prefix, &suffix)));
    let prompt = context.before(&prompt);
    put(&Question { prompt: &prompt, context_tokens: context.tokens, endings, shape, print: true }, term)
}

fn gap(args: &Args, term: &Term) -> Result<Gap> {
    if let (Some(prefix), Some(suffix)) = (&args.prefix, &args.suffix) {
        if input::is_stdin(prefix) && input::is_stdin(suffix) {
            return Err(Error::new(Kind::Usage, "--prefix and --suffix cannot both be stdin", "")
                .hint("put one of them into a file"));
        }
        return Ok(Gap {
            prefix: input::read(prefix, term)?,
            suffix: input::read(suffix, term)?,
            whole: None,
            notebook: None,
        });
    }
    let file = args.file.as_deref().unwrap_or(Path::new("-"));
    let whole = input::read(file, term)?;
    let place = match (args.at, args.offset, args.lines) {
        (Some(position), ..) => Location::At(position),
        (_, Some(offset), _) => Location::Offset(offset),
        (.., Some(lines)) => Location::Lines(lines),
        _ => Location::Marker(args.marker.clone().unwrap_or_else(|| MARKER.to_owned())),
    };
    let is_notebook = file.extension().is_some_and(|end| end.eq_ignore_ascii_case("ipynb"));
    if is_notebook || args.cell.is_some() {
        return cell_gap(args, file, whole, &place);
    }
    cut(whole, &place).map_err(|why| {
        let name = if input::is_stdin(file) { "stdin".to_owned() } else { file.display().to_string() };
        let error = Error::new(Kind::Data, format!("cannot find the gap in {name}"), why);
        if args.marker.is_none() && matches!(place, Location::Marker(_)) {
            return error.hint("give the position of the gap with --at LINE:COL, --lines, --offset or --marker");
        }
        error
    })
}

/// The gap in a cell of a notebook: the code cells before it and behind it are part of the text.
fn cell_gap(args: &Args, file: &Path, whole: String, place: &Location) -> Result<Gap> {
    let name = if input::is_stdin(file) { "stdin".to_owned() } else { file.display().to_string() };
    let notebook = Notebook::parse(whole.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&whole))
        .map_err(|why| Error::new(Kind::Data, format!("cannot use {name}"), why))?;
    let refuse = |why: String| {
        Error::new(Kind::Data, format!("there is no such place in {name}"), why)
            .hint("name a code cell with --cell N and a place in it with --at LINE:COL, or put <FILL> into one")
    };
    let number = match (args.cell, place) {
        (Some(number), _) => number,
        (None, Location::Marker(marker)) => notebook.cell_with(marker).map_err(refuse)?,
        (None, _) => return Err(refuse("it is a notebook, and places are within a cell".to_owned())),
    };
    let source = notebook.source(number).map_err(refuse)?;
    let range = place.find(source).map_err(refuse)?;
    let gap =
        CellGap { cell: number - 1, prefix: source[..range.start].to_owned(), suffix: source[range.end..].to_owned() };
    let (prefix, suffix) = notebook.program(&gap);
    Ok(Gap { prefix, suffix, whole: Some(whole), notebook: Some((notebook, gap)) })
}
