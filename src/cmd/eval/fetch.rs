//! `dscoder eval fetch`: downloads benchmarks.

use std::fs;

use clap::builder::{FalseyValueParser, PossibleValuesParser, TypedValueParser};
use reqwest::Url;

use crate::cancel::Cancel;
use crate::error::{Error, Kind, Result, reason};
use crate::eval::data::{Data, File, SOURCE, files};
use crate::eval::suite::{Selection, Suite};
use crate::fetch::is_loopback;
use crate::run::download::{Pinned, pinned};
use crate::settings::flags::ConsoleFlags;
use crate::term::Term;
use crate::units::bytes;

/// Download the benchmarks that are not part of dscoder
///
/// These are MBPP, and HumanEval in other languages than Python.
/// Each file is used only if it has the SHA-256 that is known to this version of dscoder.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder eval fetch
  dscoder eval fetch mbpp humaneval-cpp")]
pub struct Args {
    /// The benchmarks; by default, all
    #[arg(value_name = "SUITE",
          value_parser = PossibleValuesParser::new(Selection::names()).try_map(|name| name.parse::<Selection>()))]
    pub suites: Vec<Selection>,

    /// The address of a mirror of DeepSeek's repository
    #[arg(long, value_name = "URL", value_parser = mirror, hide_short_help = true)]
    pub from: Option<Url>,

    /// Open no connection; only tell what is missing
    #[arg(long, env = "DSCODER_OFFLINE", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub offline: bool,

    /// What is said on stderr.
    #[command(flatten)]
    pub console: ConsoleFlags,
}

/// The address of a directory, which ends with a slash.
fn mirror(text: &str) -> std::result::Result<Url, String> {
    let text = if text.ends_with('/') { text.to_owned() } else { format!("{text}/") };
    let url = Url::parse(&text).map_err(|error| error.to_string())?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        _ => Err("only https is allowed".to_owned()),
    }
}

/// Runs it.
///
/// # Errors
/// Errors from the network, from received data, and from writing.
pub fn run(args: &Args, term: &Term, cancel: &Cancel) -> Result<()> {
    let data = Data::of_user();
    let directory = &data.directory;
    let chosen: Vec<Suite> = match args.suites.as_slice() {
        [] => Suite::ALL.to_vec(),
        some => some.iter().flat_map(|selection| selection.0.iter().copied()).collect(),
    };
    let mut wanted: Vec<File> = Vec::new();
    for suite in chosen {
        let own = files(suite);
        if own.is_empty() && !args.suites.is_empty() {
            term.note(&format!("{suite} is part of dscoder"));
        }
        wanted.extend(own.iter().filter(|file| !wanted.contains(file)).collect::<Vec<_>>());
    }
    fs::create_dir_all(directory).map_err(|error| {
        Error::new(Kind::CantCreate, format!("cannot create {}", directory.display()), reason(&error))
            .hint("set DSCODER_EVAL_DIR to a writable directory")
    })?;
    let wrong = |error: &dyn std::fmt::Display| Error::new(Kind::Usage, "cannot make an address", error.to_string());
    let source = Url::parse(SOURCE).map_err(|error| wrong(&error))?;
    let source = args.from.as_ref().unwrap_or(&source);
    let (mut new, mut size) = (0, 0);
    for file in &wanted {
        let url = source.join(file.path).map_err(|error| wrong(&error))?;
        let sha256 = file.sha256.parse().map_err(|error| wrong(&error))?;
        let file = Pinned { name: file.name, url, sha256, bytes: file.bytes };
        if pinned(&file, directory, args.offline, term, cancel)? {
            new += 1;
            size += file.bytes;
        }
    }
    match (wanted.len(), new) {
        (0, _) => {}
        (_, 0) => term.note(&format!("all files are already in {}", directory.display())),
        (_, 1) => term.note(&format!("1 file ({}) is new in {}", bytes(size), directory.display())),
        _ => term.note(&format!("{new} files ({}) are new in {}", bytes(size), directory.display())),
    }
    Ok(())
}
