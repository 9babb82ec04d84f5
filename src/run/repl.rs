//! `dscoder chat` on a terminal: questions and answers, one after the other.
//!
//! The engine keeps what it has evaluated, so a new question evaluates only its own tokens. Ctrl-C stops the answer,
//! not the program.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{Config, Context, Editor};

use crate::cancel::Cancel;
use crate::chat::conversation::Conversation;
use crate::chat::session::Session;
use crate::engine::source::Source;
use crate::engine::{Engine, Job};
use crate::error::{Error, Kind, Result, reason};
use crate::generate::{Order, generate};
use crate::model::Task;
use crate::model::family::Flavour;
use crate::places;
use crate::prompt::{self, chat};
use crate::run::conversation::{Opening, begin};
use crate::run::input;
use crate::settings::{ContextSize, Settings};
use crate::shape::Shape;
use crate::shape::finish::Finish;
use crate::shape::stop::{StopRules, Until};
use crate::storage::private_directory;
use crate::term::{self, Term};
use crate::text::markdown::code_blocks;

/// The initial context of a conversation without --ctx-size: its memory is allocated at once, and the models' own limit
/// would take gigabytes.
const WINDOW: u32 = 4096;
/// Tokens to evaluate in a typical turn.
const TURN: u32 = 512;

const HELP: &str = "\
/help            this
/file FILE       show the model this file with the next question
/system [TEXT]   show the system text, or set it
/clear           start over
/retry           ask the last question again
/edit            change the last question and ask it again
/copy [N]        copy the last answer, or its Nth code block, to the terminal's clipboard
/save FILE       write the conversation to a new file
/model [NAME]    show the model, or switch to another one
/stats           turn token counts and timings after each answer on or off
/exit            quit; so does Ctrl-D
A line that ends with \\ continues on the next one, as do all lines between two lines of ```. Ctrl-C stops an answer.
";
const COMMANDS: [&str; 11] =
    ["/clear", "/copy", "/edit", "/exit", "/file", "/help", "/model", "/retry", "/save", "/stats", "/system"];

/// Completes commands and their file names.
struct Helper(FilenameCompleter);

impl Completer for Helper {
    type Candidate = Pair;

    fn complete(&self, line: &str, position: usize, context: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let typed = line.get(..position).unwrap_or_default();
        if typed.starts_with("/file ") || typed.starts_with("/save ") {
            return self.0.complete(line, position, context);
        }
        let fitting = COMMANDS.iter().filter(|command| typed.starts_with('/') && command.starts_with(typed));
        let pair = |command: &&str| Pair { display: (*command).to_owned(), replacement: format!("{command} ") };
        Ok((0, fitting.map(pair).collect()))
    }
}

impl Hinter for Helper {
    type Hint = String;
}
impl Highlighter for Helper {}
impl Validator for Helper {}
impl rustyline::Helper for Helper {}

/// What the loop does next.
enum Next {
    Read,
    Edit(String),
    Leave,
}

struct Repl<'a> {
    settings: Settings,
    source: Source,
    /// The engine, after the first question.
    engine: Option<Box<dyn Engine>>,
    /// The tokens that it has room for.
    window: u32,
    conversation: Conversation,
    session: Option<Session>,
    /// Files for the next question.
    files: String,
    term: &'a mut Term,
    cancel: &'a Cancel,
}

/// Runs it.
///
/// # Errors
/// Errors from the model and from the terminal before the first question.
pub fn run(wanted: &Opening, file: &[PathBuf], settings: &Settings, term: &mut Term, cancel: &Cancel) -> Result<()> {
    let source = crate::run::model::open(&settings.engine, Flavour::Instruct, term)?;
    source.require(Task::Chat, settings.engine.force)?;
    let (session, conversation) = begin(wanted, &source, term)?;
    if settings.limits.timeout.is_some() {
        term.note("--timeout is ignored on a terminal; Ctrl-C ends an answer");
    }
    let mut files = String::new();
    for path in file {
        files += &format!("{}\n\n", chat::shown(path, &input::read(path, term)?));
    }
    term.use_markdown();
    term.note(&format!("{}; /help lists the commands", source.name()));
    if !conversation.turns.is_empty() {
        term.note(&format!("continuing after {} answers", conversation.turns.len()));
    }
    cancel.outlive_interrupts();
    let settings = settings.clone();
    let window = window(&settings, &source)?;
    let mut repl = Repl { settings, source, engine: None, window, conversation, session, files, term, cancel };
    repl.talk()
}

impl Repl<'_> {
    fn talk(&mut self) -> Result<()> {
        let refuse = |error: ReadlineError| Error::new(Kind::Io, "cannot use the terminal", error.to_string());
        let mut editor: Editor<Helper, FileHistory> =
            Editor::with_config(Config::builder().auto_add_history(false).build()).map_err(refuse)?;
        editor.set_helper(Some(Helper(FilenameCompleter::new())));
        let history = history();
        if let Some(history) = &history {
            let _ = editor.load_history(history);
        }
        let mut initial = String::new();
        loop {
            let edited = std::mem::take(&mut initial);
            let text = match read(&mut editor, &edited) {
                Ok(text) => text,
                Err(ReadlineError::Interrupted) => continue,
                Err(ReadlineError::Eof) => return Ok(()),
                Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                    self.term.note("the input is not UTF-8");
                    continue;
                }
                Err(error) => return Err(refuse(error)),
            };
            if text.trim().is_empty() {
                continue;
            }
            let _ = editor.add_history_entry(text.trim_end());
            if let Some(history) = &history {
                // Not worth a message: the conversation continues without it.
                let _ = editor.save_history(history);
            }
            self.cancel.clear();
            if !edited.is_empty() {
                // The question replaces the previous one.
                self.conversation.turns.pop();
            }
            let done = match text.strip_prefix('/') {
                Some(command) => self.command(command),
                None => self.ask(&text).map(|()| Next::Read),
            };
            match done {
                Ok(Next::Read) => {}
                Ok(Next::Edit(text)) => initial = text,
                Ok(Next::Leave) => return Ok(()),
                Err(error) if matches!(error.kind, Kind::Signal(2)) => self.term.note("stopped"),
                Err(error) => term::write::say(&error.to_string()),
            }
        }
    }

    fn command(&mut self, command: &str) -> Result<Next> {
        let (name, argument) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        let argument = argument.trim();
        let wrong = |what: &str| Err(Error::new(Kind::Usage, what, "").hint("/help lists the commands"));
        match (name, argument) {
            ("help", _) => term::write::print(HELP).map(drop)?,
            ("exit" | "quit", _) => return Ok(Next::Leave),
            ("file", "") => return wrong("/file needs the name of a file"),
            ("file", path) => {
                let path = Path::new(path);
                self.files += &format!("{}\n\n", chat::shown(path, &input::read(path, self.term)?));
                self.term.note(&format!("the next question includes {}", path.display()));
            }
            ("system", "") => term::write::say(if self.conversation.system.is_empty() {
                "there is no system text"
            } else {
                &self.conversation.system
            }),
            ("system", text) => {
                self.conversation.system = text.to_owned();
                self.save()?;
            }
            ("clear", _) => {
                self.conversation.turns.clear();
                self.files.clear();
                self.save()?;
            }
            ("retry", _) => match self.conversation.turns.pop() {
                Some(turn) => {
                    if let Err(error) = self.ask(&turn.user) {
                        // The old answer is better than none.
                        self.conversation.turns.push(turn);
                        return Err(error);
                    }
                }
                None => return wrong("there is no question yet"),
            },
            ("edit", _) => match self.conversation.turns.last() {
                Some(turn) => return Ok(Next::Edit(turn.user.clone())),
                None => return wrong("there is no question yet"),
            },
            ("copy", number) => self.copy(number)?,
            ("save", "") => return wrong("/save needs the name of a file"),
            ("save", path) => self.save_as(Path::new(path))?,
            ("model", "") => term::write::say(self.source.name()),
            ("model", name) => self.take_model(name)?,
            ("stats", _) => {
                self.settings.output.stats = !self.settings.output.stats;
                self.term.note(if self.settings.output.stats { "statistics are on" } else { "statistics are off" });
            }
            _ => return wrong(&format!("there is no command /{name}")),
        }
        Ok(Next::Read)
    }

    /// Asks the model, and keeps the answer.
    fn ask(&mut self, text: &str) -> Result<()> {
        let user = format!("{}{}", self.files, text.trim_end());
        let prompt = self.fit(&user)?;
        let mut engine = match self.engine.take() {
            Some(engine) => engine,
            None => {
                crate::run::model::fits(&self.source, self.window, self.settings.engine.force, self.term)?;
                let job = self.settings.job(self.window, self.window);
                // Each turn evaluates little of the window.
                let turn = Job { resident: true, prefill: TURN.min(self.window), ..job };
                let way = crate::run::model::in_way(&self.source, &turn, self.term).way;
                self.source.start(&Job { way, ..job }, self.cancel)?
            }
        };
        let series = self.source.vocabulary().controls().series;
        let mut shape = Shape::plain(StopRules::new(&self.settings.limits.stop, Until::End));
        shape.has_space = chat::begins_with_space(series);
        let max_tokens = self.settings.limits.max_tokens as usize;
        let controls = prompt::controls(&self.conversation.segments(&user, 0, series));
        let order = Order { prompt: &prompt, controls, max_tokens, sequences: 1, shape };
        let mut answer = Vec::new();
        let term = &mut *self.term;
        let generated = generate(engine.as_mut(), self.source.vocabulary(), &order, self.cancel, &mut |_, piece| {
            answer.extend(piece);
            term.answer(piece)
        });
        term.end_answer()?;
        let generated = generated?;
        self.engine = Some(engine);
        let Some(given) = generated.answers.first() else { return Ok(()) };
        if self.settings.output.stats {
            self.term.report(&format!(
                "stats: prefilled {} of {} tokens, answer {} tokens ({}), prefill {:.0} ms, decode {:.0} ms",
                prompt.len() - generated.reused,
                prompt.len(),
                given.choices.len(),
                given.finish.words(),
                generated.prefill.as_secs_f64() * 1e3,
                generated.decode.as_secs_f64() * 1e3,
            ));
        }
        if let Finish::Cancelled(_) = given.finish {
            self.term.note("stopped");
            if given.choices.is_empty() {
                return Ok(());
            }
        }
        if given.finish == Finish::MaxTokens {
            self.term.note("the answer reached the limit of -n");
        }
        let ids: Vec<_> = given.ids().collect();
        self.files.clear();
        self.conversation.push(&user, &String::from_utf8_lossy(&answer), &ids, self.source.vocabulary());
        self.save()
    }

    /// The prompt for a question. If it does not fit, the oldest turns are dropped, more than necessary, since what
    /// follows has to be evaluated again.
    fn fit(&mut self, user: &str) -> Result<Vec<u32>> {
        let limit = self.settings.engine.context(self.source.context())?;
        let room = |window: u32| window.saturating_sub(self.settings.limits.max_tokens) as usize;
        let vocabulary = self.source.vocabulary();
        let mut window = self.window;
        let prompt = loop {
            match self.conversation.prompt(user, vocabulary, room(window)) {
                Ok(prompt) => break prompt,
                // A single question may be longer than the window.
                Err(_) if window < limit => window = window.saturating_mul(2).min(limit),
                Err(too_long) => {
                    return Err(Error::new(
                        Kind::TooLong,
                        "the question does not fit",
                        format!("it has {} tokens, and there is room for {}", too_long.tokens, room(limit)),
                    ));
                }
            }
        };
        if self.window < window {
            (self.engine, self.window) = (None, window);
        }
        if prompt.left_out == 0 {
            return Ok(prompt.ids);
        }
        let prompt = self.conversation.prompt(user, vocabulary, room(window) / 2).unwrap_or(prompt);
        let left_out = prompt.left_out;
        self.term.note(&format!(
            "the conversation is too long for a context of {window} tokens: left out its first {left_out} answers"
        ));
        self.conversation.turns.drain(..prompt.left_out);
        Ok(prompt.ids)
    }

    fn save(&self) -> Result<()> {
        self.session.as_ref().map_or(Ok(()), |session| session.save(&self.conversation))
    }

    fn copy(&self, number: &str) -> Result<()> {
        let Some(turn) = self.conversation.turns.last() else {
            return Err(Error::new(Kind::Usage, "there is no answer yet", ""));
        };
        let text = if number.is_empty() {
            turn.answer.clone()
        } else {
            let index = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            let block = index.and_then(|index| code_blocks(&turn.answer).into_iter().nth(index));
            let none = || Error::new(Kind::Nothing, format!("the answer has no code block {number}"), "");
            block.ok_or_else(none)?.code
        };
        self.term.copy(&text)?;
        self.term.note("sent to the terminal's clipboard, if the terminal allows that");
        Ok(())
    }

    fn save_as(&self, path: &Path) -> Result<()> {
        let refuse =
            |error: io::Error| Error::new(Kind::CantCreate, format!("cannot write {}", path.display()), reason(&error));
        let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(refuse)?;
        file.write_all(self.conversation.markdown().as_bytes()).map_err(refuse)?;
        self.term.note(&format!("written to {}", path.display()));
        Ok(())
    }

    fn take_model(&mut self, name: &str) -> Result<()> {
        if self.session.is_some() {
            return Err(Error::new(Kind::Usage, "a session keeps its model", "")
                .hint("start another one: dscoder chat --session NAME -m MODEL"));
        }
        let mut settings = self.settings.clone();
        settings.engine.model = Some(name.to_owned());
        let source = crate::run::model::open(&settings.engine, Flavour::Instruct, self.term)?;
        source.require(Task::Chat, settings.engine.force)?;
        self.conversation = self.conversation.anew(source.vocabulary());
        self.window = window(&settings, &source)?;
        (self.source, self.settings, self.engine) = (source, settings, None);
        self.term.note(&format!("{} answers from now on", self.source.name()));
        Ok(())
    }
}

/// The initial context of a conversation.
fn window(settings: &Settings, source: &Source) -> Result<u32> {
    let limit = settings.engine.context(source.context())?;
    Ok(match settings.engine.context {
        ContextSize::Tokens(tokens) => tokens,
        ContextSize::Auto => WINDOW.max(settings.limits.max_tokens.saturating_mul(2)).min(limit),
    })
}

/// Reads a question: a line, the lines that follow a `\` at an end, or a block between fences.
fn read(editor: &mut Editor<Helper, FileHistory>, initial: &str) -> rustyline::Result<String> {
    let mut text = String::new();
    let mut prompt = "> ";
    loop {
        let line = if text.is_empty() && !initial.is_empty() {
            editor.readline_with_initial(prompt, (initial, ""))?
        } else {
            editor.readline(prompt)?
        };
        prompt = ". ";
        match line.strip_suffix('\\') {
            Some(line) => text += line,
            None => {
                text += &line;
                // An open fence is closed by a line, or by Ctrl-C.
                if code_blocks(&text).last().is_none_or(|block| block.closed) {
                    return Ok(text);
                }
            }
        }
        text.push('\n');
    }
}

/// Where the history of typed lines is kept.
fn history() -> Option<PathBuf> {
    let directory = places::sessions();
    private_directory(&directory).ok()?;
    let path = directory.join("history");
    // A directory or a pipe of that name is not a history.
    fs::metadata(&path).map_or(true, |about| about.is_file()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_commands_are_in_the_help() {
        for command in COMMANDS {
            assert!(HELP.contains(&format!("{command} ")), "{command}");
        }
    }
}
