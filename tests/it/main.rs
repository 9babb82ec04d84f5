//! The integration tests, in one binary: llama.cpp is linked once.
//!
//! Most run the program and compare stdout, stderr and exit code exactly. Expected values that depend on the built-in
//! model are in `tests/data/answers.toml`; `DSCODER_BLESS=1 cargo test --release` rewrites them.

mod answers;
mod batch;
mod bench;
mod chat;
mod command;
mod complete;
mod download;
mod endpoint;
mod examples;
mod generated;
mod git;
mod hub;
mod infill;
mod kv;
mod llama_server;
mod models;
mod models_cmd;
mod output;
mod places;
mod repl;
mod repository;
mod signals;
mod tokens;
mod usage;
