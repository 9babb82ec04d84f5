//! `dscoder lsp`: a language server on stdin and stdout.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use crate::error::Result;
use crate::lsp::settings::Settings;
use crate::lsp::{self, Options};
use crate::places;
use crate::settings::flags::{ConsoleFlags, EngineFlags, ModelFlags};
use crate::settings::parse;
use crate::term::Term;

/// Complete in an editor: a language server on stdin and stdout
///
/// Editors start it. It answers textDocument/inlineCompletion (LSP 3.18), the list of completions where an editor has no
/// inline ones, and commands that fill a selection, complete a function and write a docstring. A resident engine answers
/// (dscoder serve); it is started if there is none with the model, and ends when nothing was asked for ten minutes.
/// dscoder help editors says how to set up each editor.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder lsp
  dscoder lsp -m 1.3b-base --candidates 3")]
pub struct Args {
    /// Number of different completions, if you ask for them; while you type, there is one
    #[arg(long, value_name = "N", default_value_t = 3, env = "DSCODER_CANDIDATES", hide_env_values = true,
          value_parser = clap::value_parser!(u32).range(1..=8), help_heading = "Answer")]
    pub candidates: u32,

    /// Maximum length of a completion in tokens
    #[arg(short = 'n', long, value_name = "N", default_value_t = 128, env = "DSCODER_MAX_TOKENS", hide_env_values = true,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000), help_heading = "Answer")]
    pub max_tokens: u32,

    /// Show the model only the document with the cursor
    ///
    /// By default, it also sees other open documents and the files of the repository that are relevant to the document. Files that are
    /// ignored by git, hidden, generated or large, or that look like keys or passwords, are never shown.
    #[arg(long, help_heading = "Context")]
    pub no_context: bool,

    /// Path of the resident engine's socket
    #[arg(long, value_name = "PATH", value_parser = parse::PathValue, hide_short_help = true, help_heading = "Server")]
    pub socket: Option<PathBuf>,

    /// The model.
    #[command(flatten)]
    pub model: ModelFlags,

    /// How it runs.
    #[command(flatten)]
    pub engine: EngineFlags,

    /// What is said on stderr.
    #[command(flatten)]
    pub console: ConsoleFlags,
}

/// Runs it.
///
/// # Errors
/// As [`lsp::run`].
pub fn run(args: &Args, term: &Term) -> Result<()> {
    if io::stdin().is_terminal() {
        term.note("this is for editors, which send requests to stdin; `dscoder help editors` says how to set them up");
    }
    let settings = Settings {
        model: args.model.model.clone(),
        candidates: args.candidates,
        max_tokens: args.max_tokens,
        context: !args.no_context,
        max_prompt_ms: None,
    };
    let options = Options {
        settings,
        engine: args.engine.settings(&args.model, &args.console),
        socket: args.socket.clone().unwrap_or_else(places::socket),
    };
    lsp::run(options, io::BufReader::new(io::stdin()), io::stdout(), term)
}
