//! `dscoder chat`: questions to an Instruct model.

use std::io::{self, IsTerminal};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use crate::cancel::Cancel;
use crate::error::{Error, Kind, Result};
use crate::model::Task;
use crate::model::family::Flavour;
use crate::prompt::chat;
use crate::run::answer::{Question, answer};
use crate::run::conversation::{self, Opening};
use crate::run::stdin::Stdin;
use crate::run::{input, repl};
use crate::settings::flags::GenerateFlags;
use crate::shape::Shape;
use crate::shape::stop::{StopRules, Until};
use crate::term::{self, Term};
use crate::text::line_endings::LineEndings;
use crate::text::markdown::{CodeBlock, code_blocks};

/// Ask an Instruct model
///
/// The question is PROMPT, with -f files and piped text as context. Without a PROMPT, or with -, the piped text is the
/// question; on a terminal, questions are read one after another.
#[derive(Debug, clap::Args)]
#[command(mut_arg("temperature", |argument| argument.default_value("0.2")))]
#[command(mut_arg("max_tokens", |argument| argument.default_value("1024")))]
#[command(after_help = "Examples:
  dscoder chat 'What does git rebase --onto do?'
  dscoder chat --code 'A Python function that parses ISO dates' > dates.py
  dscoder chat -f main.py -f util.py 'Where can this fail?'
  git diff | dscoder chat 'Explain this change'")]
pub struct Args {
    /// Question; several words are joined with spaces
    pub prompt: Vec<String>,

    /// Show the model this file (repeatable)
    #[arg(short, long, value_name = "FILE", help_heading = "Question")]
    pub file: Vec<PathBuf>,

    /// System prompt, instead of the one from the model's authors
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["system_file", "no_system"], help_heading = "Question")]
    pub system: Option<String>,

    /// Read the system prompt from a file
    #[arg(long, value_name = "FILE", conflicts_with = "no_system", help_heading = "Question")]
    pub system_file: Option<PathBuf>,

    /// Use no system prompt
    #[arg(long, help_heading = "Question")]
    pub no_system: bool,

    /// Print only the answer's code blocks, or the Nth of them
    ///
    /// If there is none, the exit code is 1.
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, conflicts_with_all = ["json", "json_lines"],
          help_heading = "Output")]
    pub code: Option<Option<NonZeroUsize>>,

    /// Print only code blocks in this language
    ///
    /// Any of its names will do: py, python and python3 are the same, as are sh and bash.
    #[arg(long, value_name = "LANGUAGE", requires = "code", help_heading = "Output")]
    pub lang: Option<String>,

    /// Save the conversation under this name and continue it next time
    #[arg(long, value_name = "NAME", conflicts_with = "resume", help_heading = "Session")]
    pub session: Option<String>,

    /// Continue the most recent session
    #[arg(long = "continue", help_heading = "Session")]
    pub resume: bool,

    /// The flags that all generating subcommands share.
    #[command(flatten)]
    pub flags: GenerateFlags,
}

impl Args {
    /// Whether questions are read from a terminal.
    #[must_use]
    pub fn is_repl(&self, term: &Term) -> bool {
        let wants_one = !self.prompt.is_empty() || self.code.is_some() || self.flags.output.is_json();
        !wants_one && term.is_screen() && io::stdin().is_terminal()
    }

    fn wanted(&self, system: Option<String>) -> Opening {
        Opening {
            session: self.session.clone(),
            resume: self.resume,
            system,
            replaces_system: self.system.is_some() || self.system_file.is_some() || self.no_system,
        }
    }
}

/// Runs it.
///
/// # Errors
/// Errors from reading, from the model and from writing.
pub fn run(args: &Args, term: &mut Term, cancel: &Cancel) -> Result<()> {
    let mut settings = args.flags.settings()?;
    let system = system(args, term)?;
    if args.is_repl(term) {
        return repl::run(&args.wanted(system), &args.file, &settings, term, cancel);
    }
    let user = user(args, term)?;
    let source = crate::run::model::open(&settings.engine, Flavour::Instruct, term)?;
    source.require(Task::Chat, settings.engine.force)?;
    // Half a question gets no useful answer.
    settings.limits.truncate = false;
    let series = source.vocabulary().controls().series;
    let mut shape = Shape::plain(StopRules::new(&settings.limits.stop, settings.limits.until.unless(Until::End)));
    shape.has_space = chat::begins_with_space(series);
    let (session, mut conversation) = conversation::begin(&args.wanted(system), &source, term)?;
    let capacity = settings.prompt_room(source.context())?;
    // If not even the question fits, it is refused like any other prompt.
    let fitting = conversation.prompt(&user, source.vocabulary(), capacity);
    let left_out = fitting.map_or(conversation.turns.len(), |prompt| prompt.left_out);
    if left_out > 0 {
        let context = settings.engine.context_words(&source)?;
        term.note(&format!("the conversation is too long for {context}: left out its first {left_out} answers"));
    }
    let prompt = conversation.segments(&user, left_out, series);
    let print = args.code.is_none();
    if print {
        term.use_markdown();
    }
    let question = Question { prompt: &prompt, context_tokens: 0, endings: LineEndings::AsTheyAre, shape, print };
    let answer = answer(&source, &question, &settings, term, cancel)?;
    if let Some(session) = session {
        conversation.push_text(&user, &String::from_utf8_lossy(&answer), source.vocabulary());
        session.save(&conversation)?;
    }
    match args.code {
        None => Ok(()),
        Some(number) => print_code(&answer, number, args.lang.as_deref(), term),
    }
}

/// The system text, if not that of the model's authors.
fn system(args: &Args, term: &Term) -> Result<Option<String>> {
    match (&args.system, &args.system_file) {
        _ if args.no_system => Ok(Some(String::new())),
        (Some(text), _) => Ok(Some(text.clone())),
        (None, Some(path)) => Ok(Some(input::read(path, term)?.trim_end().to_owned())),
        (None, None) => Ok(None),
    }
}

/// The question with its context.
fn user(args: &Args, term: &Term) -> Result<String> {
    let mut text = String::new();
    for path in &args.file {
        text += &format!("{}\n\n", chat::shown(path, &input::read(path, term)?));
    }
    let prompt = args.prompt.join(" ");
    let is_named = [&args.file[..], args.system_file.as_slice()].concat().iter().any(|path| input::is_stdin(path));
    let dashed = prompt == "-";
    if is_named && dashed {
        return Err(Error::new(Kind::Usage, "stdin cannot be both a file and the question", "")
            .hint("put one of them into a file"));
    }
    let prompt = if dashed { String::new() } else { prompt };
    let needed = dashed || (prompt.trim().is_empty() && args.file.is_empty());
    let takes_stdin = !is_named && (needed || is_offered(term)?);
    let piped = if takes_stdin { input::read(Path::new("-"), term)? } else { String::new() };
    if prompt.trim().is_empty() {
        text += &LineEndings::for_model(&piped);
    } else {
        if !piped.is_empty() {
            text += &format!("{}\n", chat::fenced("", &LineEndings::for_model(&piped)));
        }
        text += &prompt;
    }
    if text.trim().is_empty() {
        return Err(Error::new(Kind::Usage, "there is no question", "").hint("give one: dscoder chat 'What is ...?'"));
    }
    Ok(text.trim_end().to_owned())
}

/// Whether there may be text on stdin that belongs to a question. A file that another program has begun to read, such as
/// the list of a loop, is left to it.
fn is_offered(term: &Term) -> Result<bool> {
    let stdin = Stdin::now();
    if matches!(stdin, Stdin::Terminal | Stdin::Begun) {
        return Ok(false);
    }
    let comes = stdin.comes("waiting for text on stdin; < /dev/null asks without it", term);
    let comes = comes.map_err(|error| input::refused(&error))?;
    if !comes {
        term.note("nothing comes on stdin: the question is asked without it");
    }
    Ok(comes)
}

/// Prints the code blocks of `answer`.
fn print_code(answer: &[u8], number: Option<NonZeroUsize>, language: Option<&str>, term: &mut Term) -> Result<()> {
    let mut blocks = code_blocks(&String::from_utf8_lossy(answer));
    if let Some(language) = language {
        blocks.retain(|block| block.is_in(language));
    }
    let wanted: Vec<&CodeBlock> = match number {
        None => blocks.iter().collect(),
        Some(number) => blocks.get(number.get() - 1).into_iter().collect(),
    };
    if wanted.is_empty() {
        let kind = language.map(|language| format!("{language} ")).unwrap_or_default();
        let number = number.map(|number| format!(" {number}")).unwrap_or_default();
        return Err(Error::new(Kind::Nothing, format!("the answer has no {kind}code block{number}"), ""));
    }
    if wanted.iter().any(|block| !block.closed) {
        term.note("the last code block has no end; a longer answer (-n) may have one");
    }
    let text: Vec<&str> = wanted.iter().map(|block| block.code.as_str()).collect();
    term::write::print(&text.join("\n")).map(drop)
}
