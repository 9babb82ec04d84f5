//! dscoder runs quantized DeepSeek Coder models (GGUF files) through llama.cpp for code completion, fill-in-the-middle and
//! chat, and behaves like a Unix tool: files or stdin in, code out, nothing else on stdout.
//!
//! `.github/ARCHITECTURE.md` follows a request from argv to the answer and says where to look for what.
//!
//! # Layers
//!
//! A file imports only from its own layer and from those above it in this list, and never in a circle. `tests/it/layers.rs`
//! reads the list and checks both.
//!
//! - [`cancel`]: the flag that asks long work to stop
//! - [`environment`]: variables, and the path of this program
//! - [`watch`]: progress of long work
//! - [`secrets`]: text without passwords and signed queries
//! - [`error`]: failures, with an exit code and what to do
//! - [`units`]: sizes in bytes and times, read and printed
//! - [`storage`]: atomic writes and private files
//! - [`places`]: directories of models, caches and conversations
//! - [`vocabulary`]: token ids, control tokens, and the trait of tokenizers
//! - [`text`]: properties of a text: language, line endings, blocks, strings and comments, notebooks
//! - [`gap`]: where in a file the answer goes
//! - [`edit`]: the answer written into the file, or a diff
//! - [`shape`]: where an answer ends ([`shape::stop`], [`shape::block`]) and what of it is kept ([`shape::trim`])
//! - [`git`]: the git command, diffs, commit messages, hooks, recent files
//! - [`repository`]: files of a repository that are relevant to a text
//! - [`term`]: stdout, stderr, progress, Markdown, signals
//! - [`model`]: model files: search, checks, tokenizer, memory
//! - [`prompt`]: segments, layouts and budgets
//! - [`chat`]: conversations and their files
//! - [`fetch`]: resumable downloads
//! - [`kv`]: the prefix cache: evaluated prompts on disk
//! - [`engine`]: token ids in, next token id out: llama.cpp, a server, canned answers
//! - [`generate`]: answers, token by token
//! - [`settings`]: flags, environment and files
//! - [`topics`]: the reference, one Markdown file per topic
//! - [`eval`]: benchmarks, the programs that test answers, and the sandbox for these
//! - [`run`](mod@run): steps that commands share
//! - [`serve`]: the resident engine: sockets, the protocols of clients, the queue
//! - [`lsp`]: the language server: documents, positions, inline completion
//! - [`cmd`]: one file per subcommand; its `Args` are the help text
//!
//! # Invariants
//!
//! 1. User text never becomes a control token: a prompt is a list of [`prompt::Segment`]s, never one string, and text is
//!    encoded by the byte-pair merges alone.
//! 2. Only `src/engine/llama` names llama.cpp, and only there is `unsafe` allowed.
//! 3. stdout carries exactly the bytes of the answer.
//! 4. A file is never left half-written: temporary file beside the target, sync, check, rename.
//! 5. Only `main` and [`term`] end the process or print, and only [`environment`] reads variables.
//! 6. No test needs the network, or a model from outside this repository.
//! 7. Outcomes of sampling are values ([`shape::finish::Finish`]), failures are [`error::Error`]s with an exit code.

#![deny(unsafe_code)]

#[forbid(unsafe_code)]
pub mod cancel;
#[forbid(unsafe_code)]
pub mod chat;
#[forbid(unsafe_code)]
pub mod cmd;
#[forbid(unsafe_code)]
pub mod edit;
pub mod engine;
#[forbid(unsafe_code)]
pub mod environment;
#[forbid(unsafe_code)]
pub mod error;
#[forbid(unsafe_code)]
pub mod eval;
#[forbid(unsafe_code)]
pub mod fetch;
#[forbid(unsafe_code)]
pub mod gap;
#[forbid(unsafe_code)]
pub mod generate;
#[forbid(unsafe_code)]
pub mod git;
#[forbid(unsafe_code)]
pub mod kv;
#[forbid(unsafe_code)]
pub mod lsp;
#[forbid(unsafe_code)]
pub mod model;
#[forbid(unsafe_code)]
pub mod places;
#[forbid(unsafe_code)]
pub mod prompt;
#[forbid(unsafe_code)]
pub mod repository;
#[forbid(unsafe_code)]
pub mod run;
#[forbid(unsafe_code)]
pub mod secrets;
#[forbid(unsafe_code)]
pub mod serve;
#[forbid(unsafe_code)]
pub mod settings;
#[forbid(unsafe_code)]
pub mod shape;
#[forbid(unsafe_code)]
pub mod storage;
#[forbid(unsafe_code)]
pub mod term;
#[forbid(unsafe_code)]
pub mod text;
#[forbid(unsafe_code)]
pub mod topics;
#[forbid(unsafe_code)]
pub mod units;
#[forbid(unsafe_code)]
pub mod vocabulary;
#[forbid(unsafe_code)]
pub mod watch;
