//! Samples: the answers of a model, as JSON lines in the form of human-eval.

use std::io::Write;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};
use crate::eval::data;
use crate::eval::suite::Suite;

/// What a completion is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// The continuation of the problem's text, as base models give it.
    #[default]
    Completion,
    /// Code that has the function in it, as taken from an Instruct model's answer.
    Code,
}

impl Form {
    /// Whether it is the default.
    #[must_use]
    pub fn is_completion(&self) -> bool {
        *self == Form::Completion
    }
}

/// An answer to a problem. Files of other tools have only the first two fields.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// The name of the problem within its suite.
    #[serde(deserialize_with = "name_or_number")]
    pub task_id: String,
    /// What is put into the program, cut as the suite says.
    pub completion: String,
    /// Whether that is the continuation of the problem's text or code of its own.
    #[serde(default, skip_serializing_if = "Form::is_completion")]
    pub form: Form,
    /// The suite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<Suite>,
    /// Its number among the samples of the same problem, from 0.
    #[serde(default)]
    pub sample: u32,
    /// The seed, if tokens were drawn at random.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u32>,
    /// Why the model's answer ended: the name of a [`Finish`](crate::shape::finish::Finish).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish: Option<String>,
    /// The tokens of the model's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u32>,
    /// The answer before it was cut, if that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// What was in the hole, for problems made from code, which may change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// A name, or a number as in MBPP.
fn name_or_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u64),
        Name(String),
    }
    Ok(match Either::deserialize(deserializer)? {
        Either::Number(number) => number.to_string(),
        Either::Name(name) => name,
    })
}

/// Reads the samples, or the scores, of a file.
///
/// # Errors
/// [`Kind::NoInput`] or [`Kind::Io`] if it cannot be read, [`Kind::Data`] for a line that is none.
pub fn read_file<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| Error::reading(path, &error))?;
    let text = data::unpacked(&name, bytes.into())?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let sample = |(index, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| {
            Error::new(Kind::Data, format!("cannot use line {} of {name}", index + 1), error.to_string())
        })
    };
    lines.map(sample).collect()
}

/// Writes a sample as one line.
///
/// # Errors
/// Errors from writing.
pub fn write(sample: &impl Serialize, out: &mut dyn Write) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(sample)?;
    line.push(b'\n');
    out.write_all(&line)
}
