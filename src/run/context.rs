//! Repository context for the generating subcommands that take a file: the flags, the files, the notes about them.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::engine::source::Source;
use crate::error::{Error, Kind, Result, reason};
use crate::gap::BYTE_ORDER_MARK;
use crate::prompt::Segment;
use crate::prompt::context::{self, Budget, Document, FittedContext, Outcome};
use crate::repository::disk::{self, Disk, within};
use crate::repository::{self, Current, File, Gathered};
use crate::run::input;
use crate::settings::Settings;
use crate::settings::parse::PathValue;
use crate::term::Term;
use crate::text::dialect::{self, Dialect};
use crate::text::language;
use crate::text::line_endings::LineEndings;

/// Maximum bytes per token, roughly; files are gathered up to this many times `room`.
const BYTES_OF_TOKEN: usize = 6;

/// The flags.
#[derive(Debug, Clone, clap::Args)]
// Its group would have the same name as the group of the command that it is a part of.
#[group(skip)]
pub struct Args {
    /// Show this file to the model before the text (repeatable)
    ///
    /// The most important comes first.
    #[arg(long, value_name = "FILE", env = "DSCODER_CONTEXT", hide_env_values = true, value_parser = PathValue,
          help_heading = "Context")]
    pub context: Vec<PathBuf>,

    /// Show the model the files of the repository that are relevant to the text
    ///
    /// These are files that it imports, files in its directory, and recently changed files. The repository is DIR; by
    /// default, the git work tree of the text's file or else its directory, and for stdin, the same for the current
    /// directory. Files that are ignored by git, hidden, generated or large, or that look like keys or passwords, are
    /// never shown. --stats lists the files that were shown.
    // Two options: whether the flag is there, and whether it has a value.
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath, help_heading = "Context")]
    #[allow(clippy::option_option)]
    pub repo: Option<Option<PathBuf>>,

    /// Maximum share of the context for these files
    ///
    /// A percentage of what the text leaves free, or a number of tokens. To make room for it, the text may be truncated
    /// to half its length.
    #[arg(long, hide_short_help = true, value_name = "N|P%", default_value = "50%", env = "DSCODER_CONTEXT_BUDGET", hide_env_values = true,
          value_parser = budget, help_heading = "Context")]
    pub context_budget: Budget,

    /// Language of the text, such as python or c++; detected from the file name or the text by default
    #[arg(long, hide_short_help = true, value_name = "NAME", value_parser = dialect::parse, help_heading = "Context")]
    pub language: Option<&'static Dialect>,
}

fn budget(text: &str) -> std::result::Result<Budget, String> {
    let parsed = match text.strip_suffix('%') {
        Some(percent) => u8::from_str(percent).ok().filter(|percent| *percent <= 100).map(Budget::Percent),
        None => u32::from_str(text).ok().map(Budget::Tokens),
    };
    parsed.ok_or_else(|| "a number of tokens, or a share from 0% to 100%".to_owned())
}

/// The named files, and where to look for others.
pub struct Context<'a> {
    args: &'a Args,
    named: Vec<File>,
    /// `None` if no context was requested.
    tree: Option<Disk>,
    /// The path of the current text in the tree; a directory if the text has no name.
    path: String,
    is_nameless: bool,
    /// Files that the current text is in.
    own: HashSet<String>,
}

impl<'a> Context<'a> {
    /// Reads the named files, and finds the repository. The current text is in the files `own`, which may be stdin; the
    /// first that is not gives it its path.
    ///
    /// # Errors
    /// [`Kind::NoInput`], [`Kind::Io`] or [`Kind::Data`] if a named file or the repository cannot be used.
    pub fn read(args: &'a Args, own: &[&Path], term: &Term) -> Result<Context<'a>> {
        let mut context = Context {
            args,
            named: Vec::new(),
            tree: None,
            path: String::new(),
            is_nameless: true,
            own: HashSet::new(),
        };
        if args.context.is_empty() && args.repo.is_none() {
            return Ok(context);
        }
        let is_file = |path: &&&Path| !input::is_stdin(path);
        // A file without a place in the file system, such as a pipe of the shell, has no name either.
        let places: Vec<PathBuf> = own
            .iter()
            .filter(is_file)
            .filter_map(|path| fs::canonicalize(path).ok())
            .filter(|path| path.is_file())
            .collect();
        let directory = match places.first().and_then(|place| place.parent()) {
            Some(directory) => directory.to_owned(),
            None => fs::canonicalize(".").map_err(|error| Error::reading(Path::new("."), &error))?,
        };
        let top = match &args.repo {
            Some(Some(repository)) => top(repository)?,
            _ => disk::work_tree(&directory).unwrap_or_else(|| directory.clone()),
        };
        context.own = places.iter().filter_map(|place| within(&top, place)).collect();
        context.is_nameless = places.is_empty();
        context.path = match places.first() {
            None => within(&top, &directory).unwrap_or_default(),
            Some(place) => within(&top, place).unwrap_or_else(|| {
                let own = own.iter().find(is_file).map(|path| path.display().to_string()).unwrap_or_default();
                term.note(&format!("{own} is not in {}; its imports are looked up as if it were", top.display()));
                place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
            }),
        };
        let mut seen = HashSet::new();
        for path in &args.context {
            if input::is_stdin(path) {
                return Err(Error::new(Kind::Usage, "--context cannot be stdin", "").hint("put it into a file"));
            }
            let text = input::read(path, term).map_err(|error| match path.is_dir() {
                true => error.hint("--repo DIR finds the relevant files of a directory"),
                false => error,
            })?;
            let place = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
            if places.contains(&place) {
                term.note(&format!("--context {} is the text itself, and is not shown twice", path.display()));
            } else if !seen.insert(place.clone()) {
                term.note(&format!("--context {} is given twice, and is shown once", path.display()));
            } else {
                let shown = within(&top, &place).unwrap_or_else(|| path.display().to_string());
                context.named.push(File { path: shown, text, is_named: true });
            }
        }
        context.tree = Some(Disk::new(top));
        Ok(context)
    }

    /// Chooses what is shown before `prompt`, whose whole text is `text`.
    ///
    /// # Errors
    /// [`Kind::TooLong`] if a named file does not fit and nothing may be left out.
    pub fn fit(
        self,
        prompt: &[Segment<'_>],
        text: &str,
        source: &Source,
        settings: &Settings,
        term: &Term,
    ) -> Result<FittedContext> {
        let Some(tree) = &self.tree else { return Ok(FittedContext::default()) };
        let room = self.room(prompt, source, settings)?;
        let directory = if self.is_nameless { &self.path } else { tree_parent(&self.path) };
        let named = self.args.language.and_then(|dialect| dialect.extensions.first());
        let guessed = if let Some(end) = named {
            language::of(&format!("stdin.{end}"))
        } else if self.is_nameless {
            repository::guess(text, directory, tree)
        } else {
            language::of(&self.path)
        };
        let nameless = named.map_or_else(|| language::nameless(guessed), |end| format!("stdin.{end}"));
        let path = match (self.is_nameless, directory) {
            (false, _) => self.path.clone(),
            (true, "") => nameless,
            (true, directory) => format!("{directory}/{nameless}"),
        };
        let current = Current { path: &path, text, language: guessed };
        let found = if self.args.repo.is_some() && room > 0 {
            repository::gather(tree, current, self.named, &self.own, room.saturating_mul(BYTES_OF_TOKEN))
        } else {
            Gathered { files: self.named, left_out: Vec::new() }
        };
        let order = repository::order(&found.files, tree, current);
        let documents: Vec<Document> = found.files.iter().map(document).collect();
        let fitted = context::fit(&documents, &order, &language::heading(&path), source.vocabulary(), room);
        report(&found, &fitted, room, settings, term)?;
        Ok(fitted)
    }

    /// The tokens that files may have.
    fn room(&self, prompt: &[Segment<'_>], source: &Source, settings: &Settings) -> Result<usize> {
        // If not even the answer fits, a later check says so.
        let capacity = settings.prompt_room(source.context())?;
        let tokens = prompt.iter().map(|segment| match segment {
            Segment::Special(_) => 0,
            // Line ends are separate tokens. A text that is far too long need not be counted.
            Segment::Text(text, _) if text.matches('\n').count() > capacity => capacity,
            Segment::Text(text, _) => source.vocabulary().encode(text).len(),
        });
        let text: usize = tokens.sum();
        let specials = prompt.iter().filter(|segment| matches!(segment, Segment::Special(_))).count();
        let all = capacity.saturating_sub(specials);
        let room = self.args.context_budget.tokens(all, text);
        Ok(if settings.limits.truncate { room } else { room.min(all.saturating_sub(text)) })
    }
}

fn tree_parent(path: &str) -> &str {
    repository::tree::parent(path)
}

/// A repository's directory.
fn top(path: &Path) -> Result<PathBuf> {
    let refuse = |why: String| {
        Error::new(Kind::NoInput, format!("cannot use {} as a repository", path.display()), why)
            .hint("--repo takes a directory; if a file follows, write --repo=DIR or put the file first")
    };
    let top = fs::canonicalize(path).map_err(|error| refuse(reason(&error)))?;
    if top.is_dir() { Ok(top) } else { Err(refuse("not a directory".to_owned())) }
}

/// A file as the model sees it.
fn document(file: &File) -> Document {
    let text = file.text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&file.text);
    let text = LineEndings::for_model(text).into_owned();
    Document { heading: language::heading(&file.path), text }
}

/// Reports what is shown and what is not: everything with --stats, else only named files without room.
fn report(found: &Gathered, fitted: &FittedContext, room: usize, settings: &Settings, term: &Term) -> Result<()> {
    for (file, outcome) in found.files.iter().zip(&fitted.outcomes).filter(|(file, _)| file.is_named) {
        let what = match outcome {
            Outcome::Whole(_) => continue,
            Outcome::Cut(tokens, all) => format!("only {tokens} of {all} tokens of {} are shown", file.path),
            Outcome::LeftOut => format!("{} is not shown", file.path),
        };
        if !settings.limits.truncate {
            let why = format!("{room} tokens are left for context files");
            return Err(Error::new(Kind::TooLong, format!("the context file {} does not fit", file.path), why)
                .hint("raise --context-budget, or ask for fewer tokens with -n"));
        }
        term.note(&format!("no room for context: {what}"));
    }
    if !settings.output.stats {
        return Ok(());
    }
    let shown = fitted.outcomes.iter().filter(|outcome| **outcome != Outcome::LeftOut).count();
    term.report(&format!("context: {shown} files, {} tokens (at most {room})", fitted.tokens));
    for (file, outcome) in found.files.iter().zip(&fitted.outcomes) {
        let what = match outcome {
            Outcome::Whole(tokens) => format!("{tokens} tokens"),
            Outcome::Cut(tokens, all) => format!("{tokens} of {all} tokens"),
            Outcome::LeftOut => "left out (budget)".to_owned(),
        };
        term.report(&format!("context: {}: {what}", file.path));
    }
    for (path, why) in &found.left_out {
        term.report(&format!("context: {path}: left out ({why})"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_are_tokens_or_parts() {
        for (text, expected) in [
            ("50%", Some(Budget::Percent(50))),
            ("0%", Some(Budget::Percent(0))),
            ("2000", Some(Budget::Tokens(2000))),
            ("0", Some(Budget::Tokens(0))),
            ("101%", None),
            ("-1", None),
            ("%", None),
            ("half", None),
        ] {
            assert_eq!(budget(text).ok(), expected, "{text}");
        }
    }
}
