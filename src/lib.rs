//! dscoder runs quantized DeepSeek Coder models (GGUF files) through llama.cpp for code completion and for filling in
//! the middle, and behaves like a Unix tool: files or stdin in, code out, nothing else on stdout.
//!
//! # The straight line
//!
//! Data goes one way:
//!
//! 1. [`cmd`]: one file a subcommand; its `Args` are the help text, its `run` reads like the list below;
//! 2. [`settings`]: flags over environment over files over defaults, and where each value came from; [`settings::files`]
//!    has the files;
//! 3. [`model`]: [`model::store`] finds the file, [`model::gguf`] reads its header with nothing trusted,
//!    [`model::family`] says whether and how it is a DeepSeek Coder, [`model::memory`] what it needs, [`model::demo`] is
//!    the built-in one; [`fetch`] brings others; it and [`engine::remote`] alone open sockets;
//! 4. [`place`]: where in a file the gap is; [`prompt`]: the segments of a prompt ([`prompt::infill`] has the layout),
//!    then [`prompt::budget`] makes it fit; [`repository`] finds the files that are shown before the current one, and
//!    [`prompt::context`] chooses what fits;
//! 5. [`tokenizer`]: text to ids and ids to bytes;
//! 6. [`engine`]: `llama` is llama.cpp, `remote` asks a server, `script` gives canned answers for tests, `parallel` packs
//!    many prompts into one context; [`kv`] keeps what was evaluated for the next run;
//! 7. [`generate`]: the answers, token by token; each goes through its [`shape`]: the rules of [`stop`], then [`trim`],
//!    which look at the text with the eyes of [`layout`];
//!    [`conversation`] has the turns of a chat, [`session`] keeps them in files;
//! 8. [`diff`] and [`message`]: changes as a model is shown them, and what it wrote made into a commit message; [`git`]
//!    is asked for the one and takes the other;
//! 9. [`term`]: bytes on stdout, where [`markdown`] may set them off, everything else on stderr, signals; [`edit`]: back
//!    into the file, or a diff.
//!
//! What lies between the settings and the engine is a function of its inputs and is tested without a model.
//!
//! # Invariants
//!
//! 1. Text of the user never becomes a control token: a prompt is a list of [`prompt::Segment`]s, never one string, and
//!    text is encoded by the byte-pair merges alone.
//! 2. llama.cpp is named in `src/engine/llama.rs` and below only, where alone may be `unsafe`.
//! 3. stdout carries exactly the bytes of the answer.
//! 4. Nothing half-written is taken for whole: temporary file beside the target, sync, check, rename.
//! 5. Only `main` and [`term`] end the process or print; only [`settings`], [`term`] and [`model::store`] look at the
//!    environment.
//! 6. No test needs the network or a model that this repository does not hold.
//! 7. Outcomes of sampling are values ([`generate::Finish`]), failures are [`error::Error`]s with an exit code.

#![deny(unsafe_code)]

#[forbid(unsafe_code)]
pub mod cmd;
#[forbid(unsafe_code)]
pub mod conversation;
#[forbid(unsafe_code)]
pub mod diff;
#[forbid(unsafe_code)]
pub mod edit;
pub mod engine;
#[forbid(unsafe_code)]
pub mod error;
#[forbid(unsafe_code)]
pub mod fetch;
#[forbid(unsafe_code)]
pub mod generate;
#[forbid(unsafe_code)]
pub mod git;
#[forbid(unsafe_code)]
pub mod kv;
#[forbid(unsafe_code)]
pub mod layout;
#[forbid(unsafe_code)]
pub mod markdown;
#[forbid(unsafe_code)]
pub mod message;
#[forbid(unsafe_code)]
pub mod model;
#[forbid(unsafe_code)]
pub mod place;
#[forbid(unsafe_code)]
pub mod prompt;
#[forbid(unsafe_code)]
pub mod repository;
#[forbid(unsafe_code)]
pub mod session;
#[forbid(unsafe_code)]
pub mod settings;
#[forbid(unsafe_code)]
pub mod shape;
#[forbid(unsafe_code)]
pub mod stop;
#[forbid(unsafe_code)]
pub mod term;
#[forbid(unsafe_code)]
pub mod tokenizer;
#[forbid(unsafe_code)]
pub mod trim;

pub use cmd::run;
