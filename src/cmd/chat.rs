//! `dscoder chat`: questions to an Instruct model.

use std::io::{self, IsTerminal};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use crate::conversation::Conversation;
use crate::engine::{Cancel, Source};
use crate::error::{Error, Kind, Result};
use crate::markdown::{CodeBlock, code_blocks};
use crate::model::family::Flavour;
use crate::model::store;
use crate::prompt::chat;
use crate::prompt::line_endings::LineEndings;
use crate::session::{self, Session};
use crate::settings::Shared;
use crate::shape::Shape;
use crate::stop::{StopRules, Until};
use crate::term::{self, Term};

use super::answer::{Question, answer};
use super::input;

/// Ask an Instruct model
///
/// The question is PROMPT, with the files of -f and what is piped in as context. Without a PROMPT, the piped text is the
/// question; on a terminal, questions are read one after the other.
#[derive(Debug, clap::Args)]
#[command(mut_arg("temperature", |argument| argument.default_value("0.2")))]
#[command(mut_arg("max_tokens", |argument| argument.default_value("1024")))]
#[command(after_help = "Examples:
  dscoder chat 'What does git rebase --onto do?'
  dscoder chat --code 'A Python function that parses ISO dates' > dates.py
  dscoder chat -f main.py -f util.py 'Where can this fail?'
  git diff | dscoder chat 'Explain this change'")]
pub struct Args {
    /// The question; several words are joined with spaces
    pub prompt: Vec<String>,

    /// Show the model this file; may be given many times
    #[arg(short, long, value_name = "FILE", help_heading = "Question")]
    pub file: Vec<PathBuf>,

    /// The system text, in place of that of the model's authors
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["system_file", "no_system"], help_heading = "Question")]
    pub system: Option<String>,

    /// Read the system text from a file
    #[arg(long, value_name = "FILE", conflicts_with = "no_system", help_heading = "Question")]
    pub system_file: Option<PathBuf>,

    /// Give the model no system text
    #[arg(long, help_heading = "Question")]
    pub no_system: bool,

    /// Print only what is in the answer's code blocks, or in the Nth of them
    ///
    /// The exit code is 1 where there is none.
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, conflicts_with_all = ["json", "json_lines"],
          help_heading = "Output")]
    pub code: Option<Option<NonZeroUsize>>,

    /// Of the code blocks, only those in this language
    #[arg(long, value_name = "LANGUAGE", requires = "code", help_heading = "Output")]
    pub lang: Option<String>,

    /// Keep the conversation under this name, and go on with it next time
    #[arg(long, value_name = "NAME", conflicts_with = "resume", help_heading = "Session")]
    pub session: Option<String>,

    /// Go on with the session that was used last
    #[arg(long = "continue", help_heading = "Session")]
    pub resume: bool,

    /// What all generating subcommands share.
    #[command(flatten)]
    pub shared: Shared,
}

impl Args {
    /// Whether questions are read from a terminal, one after the other.
    #[must_use]
    pub fn is_repl(&self, term: &Term) -> bool {
        let wants_one = !self.prompt.is_empty() || self.code.is_some() || self.shared.json || self.shared.json_lines;
        !wants_one && term.is_screen() && io::stdin().is_terminal()
    }
}

/// Runs it.
///
/// # Errors
/// Those of reading, of the model and of writing.
pub fn run(args: &Args, term: &mut Term, cancel: &Cancel) -> Result<()> {
    let system = system(args)?;
    if args.is_repl(term) {
        return super::repl::run(args, system, term, cancel);
    }
    let user = user(args)?;
    let source = super::open(&args.shared, "instruct", term)?;
    source.require(Flavour::Instruct, args.shared.force)?;
    // Half a question gets no useful answer.
    let shared = Shared { no_truncate: true, ..args.shared.clone() };
    let shape = Shape::plain(StopRules::new(&shared.stop, shared.until.unless(Until::End)));
    let (session, mut conversation) = begin(args, system, &source, term)?;
    let capacity = shared.prompt_room(source.context())?;
    // Where not even the question fits, it is refused as any other prompt.
    let fitting = conversation.prompt(&user, source.vocabulary(), capacity);
    let left_out = fitting.map_or(conversation.turns.len(), |prompt| prompt.left_out);
    if left_out > 0 {
        let context = shared.context_words(&source)?;
        term.note(&format!("the conversation is too long for {context}: left out its first {left_out} answers"));
    }
    let prompt = conversation.segments(&user, left_out);
    let print = args.code.is_none();
    if print {
        term.use_markdown();
    }
    let question = Question { prompt: &prompt, context_tokens: 0, endings: LineEndings::AsTheyAre, shape, print };
    let answer = answer(&source, &question, &shared, term, cancel)?;
    if let Some(session) = session {
        conversation.push_text(&user, &String::from_utf8_lossy(&answer), source.vocabulary());
        session.save(&conversation)?;
    }
    match args.code {
        None => Ok(()),
        Some(number) => print_code(&answer, number, args.lang.as_deref(), term),
    }
}

/// The session that is asked for, and the conversation to go on with.
///
/// # Errors
/// Those of [`Session::open`]; [`Kind::NoInput`] where there is no session to continue.
pub fn begin(args: &Args, system: String, source: &Source, term: &Term) -> Result<(Option<Session>, Conversation)> {
    let directory = store::sessions();
    let name = match &args.session {
        None if args.resume => session::last(&directory)?,
        None => return Ok((None, Conversation::new(system))),
        Some(name) => name.clone(),
    };
    let opened = Session::open(&directory, &name, source.name(), source.vocabulary())?;
    if let Some(note) = opened.note {
        term.note(&note);
    }
    let mut conversation = opened.conversation.unwrap_or_else(|| Conversation::new(system.clone()));
    // What the command line says goes over what was said before.
    if args.system.is_some() || args.system_file.is_some() || args.no_system {
        conversation.system = system;
    }
    Ok((Some(opened.session), conversation))
}

/// The system text.
fn system(args: &Args) -> Result<String> {
    match (&args.system, &args.system_file) {
        _ if args.no_system => Ok(String::new()),
        (Some(text), _) => Ok(text.clone()),
        (None, Some(path)) => Ok(input::read(path)?.trim_end().to_owned()),
        (None, None) => Ok(chat::SYSTEM.to_owned()),
    }
}

/// The question with its context.
fn user(args: &Args) -> Result<String> {
    let mut text = String::new();
    for path in &args.file {
        text += &format!("{}\n\n", shown(path, &input::read(path)?));
    }
    let prompt = args.prompt.join(" ");
    let takes_stdin = !args.file.iter().any(|path| input::is_stdin(path))
        && (!io::stdin().is_terminal() || (prompt.trim().is_empty() && args.file.is_empty()));
    let piped = if takes_stdin { input::read(Path::new("-"))? } else { String::new() };
    if prompt.trim().is_empty() {
        text += &LineEndings::of(&[&piped]).for_model(&piped);
    } else {
        if !piped.is_empty() {
            text += &format!("{}\n", chat::fenced("", &LineEndings::of(&[&piped]).for_model(&piped)));
        }
        text += &prompt;
    }
    if text.trim().is_empty() {
        return Err(Error::new(Kind::Usage, "there is no question", "").hint("give one: dscoder chat 'What is ...?'"));
    }
    Ok(text.trim_end().to_owned())
}

/// A file as the model is shown it: its name, and its content between fences.
pub fn shown(path: &Path, content: &str) -> String {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let language: String = extension.chars().filter(char::is_ascii_alphanumeric).collect();
    // A name may have line breaks in it, and fences.
    let name = path.display().to_string().escape_debug().to_string();
    format!("{name}:\n{}", chat::fenced(&language, &LineEndings::of(&[content]).for_model(content)))
}

/// Prints what is in the code blocks of `answer`.
fn print_code(answer: &[u8], number: Option<NonZeroUsize>, language: Option<&str>, term: &mut Term) -> Result<()> {
    let mut blocks = code_blocks(&String::from_utf8_lossy(answer));
    if let Some(language) = language {
        blocks.retain(|block| block.language == language.to_lowercase());
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
    term::print(&text.join("\n")).map(drop)
}
