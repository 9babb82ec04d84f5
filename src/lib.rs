//! dscoder runs quantized DeepSeek Coder models (GGUF files) through llama.cpp for code completion and for filling in
//! the middle, and behaves like a Unix tool: files or stdin in, code out, nothing else on stdout.
//!
//! # The straight line
//!
//! Data goes one way. `main` hands argv to [`cmd::run`]; the [`settings`] are flags over environment over files over
//! defaults; [`model::store`] finds the model file and [`model::gguf`] checks its header with nothing trusted; [`gap`] says
//! where in the text the answer goes; [`prompt`] makes segments and fits them into the context; [`engine::source`] starts
//! the engine, with what [`kv`] has kept of the prompt; [`generate`] gives tokens, [`shape`] what of them is the answer,
//! [`term`] the bytes on stdout, and [`edit`] the changed file.
//!
//! What lies between the settings and the engine is a function of its inputs and is tested without a model.
//!
//! # Layers
//!
//! A file imports only what is in its own layer or in one above it in this list, and never in a circle: `tests/it/layers.rs`
//! reads the list and checks both.
//!
//! - [`cancel`]: asking everything that looks at it to stop
//! - [`watch`]: what long work tells of itself
//! - [`error`]: failures, with an exit code and what to do
//! - [`units`]: bytes in words
//! - [`storage`]: files written whole or not at all, and private ones
//! - [`places`]: where models, caches and conversations are
//! - [`vocabulary`]: token ids, control tokens, and what turns text into ids
//! - [`text`]: what a text is: language, line endings, strings and brackets
//! - [`gap`]: where in a file the answer goes
//! - [`edit`]: the answer written into the file, or a diff
//! - [`shape`]: where an answer ends ([`shape::stop`], [`shape::block`]) and what of it is kept ([`shape::trim`])
//! - [`git`]: git itself, diffs, commit messages, recent files
//! - [`repository`]: the files of a repository that matter to a text
//! - [`term`]: stdout, stderr, progress, Markdown, signals
//! - [`model`]: model files: found, checked, their tokenizer and the memory that they need
//! - [`prompt`]: segments, their layouts and budgets
//! - [`chat`]: conversations, and the files that keep them
//! - [`fetch`]: downloads that resume
//! - [`kv`]: evaluated prompts, kept for the next run
//! - [`engine`]: what turns ids into the next id: llama.cpp, a server, canned answers
//! - [`generate`]: the answers, token by token
//! - [`settings`]: flags, environment and files
//! - [`topics`]: the reference, one Markdown file per topic
//! - [`run`](mod@run): the steps that commands share
//! - [`cmd`]: one file a subcommand; its `Args` are the help text
//!
//! # Invariants
//!
//! 1. Text of the user never becomes a control token: a prompt is a list of [`prompt::Segment`]s, never one string, and
//!    text is encoded by the byte-pair merges alone.
//! 2. llama.cpp is named in `src/engine/llama` only, where alone may be `unsafe`.
//! 3. stdout carries exactly the bytes of the answer.
//! 4. Nothing half-written is taken for whole: temporary file beside the target, sync, check, rename.
//! 5. Only `main` and [`term`] end the process or print.
//! 6. No test needs the network or a model that this repository does not hold.
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
pub mod error;
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
