//! The integration tests, in one binary: llama.cpp is linked once.
//!
//! Most run the program and compare stdout, stderr and exit code exactly. Expected values that depend on the built-in
//! model are in `tests/data/answers.toml`; `DSCODER_BLESS=1 cargo test --release` rewrites them.
//!
//! A build without llama.cpp or without the built-in model runs those that need neither, and Windows those that need
//! neither a Unix shell nor signals nor `/dev/null`.

#[cfg(all(feature = "llama", has_demo))]
mod answers;
#[cfg(all(feature = "llama", has_demo))]
mod batch;
#[cfg(all(feature = "llama", has_demo))]
mod bench;
#[cfg(all(feature = "llama", has_demo))]
mod chat;
#[cfg(unix)]
mod code_blocks;
mod command;
mod complete;
#[cfg(unix)]
mod completions;
#[cfg(all(unix, feature = "llama", has_demo))]
mod conditions;
mod config;
#[cfg(all(feature = "llama", has_demo))]
mod context;
#[cfg(all(feature = "llama", has_demo))]
mod doctor;
#[cfg(all(feature = "llama", has_demo))]
mod download;
mod draft;
#[cfg(all(feature = "llama", has_demo))]
mod endpoint;
#[cfg(unix)]
mod eval_generate;
mod eval_prompts;
#[cfg(unix)]
mod eval_report;
#[cfg(target_os = "linux")]
mod eval_sandbox;
mod eval_score;
#[cfg(unix)]
mod examples;
#[cfg(unix)]
mod examples_gpu;
mod family;
#[cfg(all(unix, feature = "llama", has_demo))]
mod family_runs;
mod fuzz;
mod generated;
// Some of it is for tests with llama.cpp only.
#[cfg_attr(not(all(feature = "llama", has_demo)), allow(dead_code))]
mod gguf;
#[cfg(unix)]
mod git;
#[cfg(unix)]
mod git_hooks;
#[cfg(unix)]
mod git_settings;
mod help;
#[cfg(all(feature = "llama", has_demo))]
mod hostile;
mod hub;
#[cfg(unix)]
mod infill;
mod json;
#[cfg(all(unix, feature = "llama", has_demo))]
mod kernels;
#[cfg(all(unix, feature = "llama", has_demo))]
mod kills;
#[cfg(all(feature = "llama", has_demo))]
mod kv;
mod layers;
#[cfg(all(unix, feature = "llama", has_demo))]
mod llama_server;
#[cfg(unix)]
mod lsp;
#[cfg(unix)]
mod lsp_clients;
#[cfg(all(feature = "llama", has_demo))]
mod models;
#[cfg(all(unix, feature = "llama", has_demo))]
mod models_cmd;
mod notebook;
mod output;
mod places;
mod properties;
#[cfg(unix)]
mod repl;
mod repository;
#[cfg(unix)]
mod resident;
#[cfg(unix)]
mod serve;
#[cfg(unix)]
mod serve_faults;
#[cfg(unix)]
mod serve_queue;
#[cfg(unix)]
mod serve_shell;
#[cfg(unix)]
mod signals;
#[cfg(all(unix, feature = "llama", has_demo))]
mod snapshots;
#[cfg(unix)]
mod soak;
#[cfg(unix)]
mod stdin;
mod structure;
mod targets;
#[cfg(all(feature = "llama", has_demo))]
mod tokens;
mod transfer;
mod usage;
