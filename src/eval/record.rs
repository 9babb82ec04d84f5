//! Runs: what samples were made with, and the file that they are written into, which a killed run leaves resumable.
//!
//! Beside `NAME.jsonl`, `NAME.run.json` has the settings. Samples are computed in groups that do not depend on each other:
//! how sums are rounded depends on which prompts are computed together, so a resumed run begins its last group anew and
//! gives the same file as one that was never stopped.

use std::fs::OpenOptions;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, Kind, Result, reason};
use crate::eval::paper::Size;
use crate::eval::prompt::Mode;
use crate::eval::sample::{self, Sample};
use crate::eval::suite::Suite;
use crate::model::digest::Digest;
use crate::model::family::Flavour;
use crate::storage::{self, Locked};

/// What decides about samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The version of dscoder.
    pub dscoder: String,
    /// The name of the model.
    pub model: String,
    /// The digest of its file; unknown on a server.
    pub model_sha256: Option<Digest>,
    /// The size of its file.
    pub model_bytes: Option<u64>,
    /// Which model of the papers it is, if one.
    pub size: Option<Size>,
    /// Whether it is asked as a Base or as an Instruct model.
    pub flavour: Flavour,
    /// The server that computes, if one does.
    pub endpoint: Option<String>,
    /// Layers to offload to the GPU.
    pub gpu_layers: String,
    /// Prompts that are computed together.
    pub parallel: u32,
    /// The benchmarks.
    pub suites: Vec<Suite>,
    /// The number of problems.
    pub problems: usize,
    /// The digest of all prompts.
    pub prompts_sha256: Digest,
    /// Whose rules end and cut answers.
    pub mode: Mode,
    /// Samples of each problem.
    pub samples: u32,
    /// The longest answer in tokens, if it is not that of the mode.
    pub max_tokens: Option<u32>,
    /// The sampling temperature.
    pub temperature: f32,
    /// The share of likely tokens to sample from.
    pub top_p: f32,
    /// The seed of the first sample; that of each next one is one higher.
    pub seed: u32,
}

/// What a run took so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Spent {
    /// Seconds of generation.
    pub seconds: f64,
    /// Tokens of all prompts.
    pub prompt_tokens: u64,
    /// Tokens of all answers.
    pub tokens: u64,
    /// The peak of the memory of the process, if the system tells it and no server computed.
    pub peak_memory_bytes: Option<u64>,
}

/// The content of `NAME.run.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// What decides about samples.
    pub settings: Plan,
    /// What they took.
    pub spent: Spent,
}

/// Where the scores of the samples in a file are, unless the user names another place.
#[must_use]
pub fn scores(samples: &Path) -> PathBuf {
    samples.with_extension("scores.jsonl")
}

/// The record of the samples in a file, or of their scores.
#[must_use]
pub fn path(samples: &Path) -> PathBuf {
    let name = samples.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let bare = name.strip_suffix(".gz").unwrap_or(name);
    let bare = bare.strip_suffix(".scores.jsonl").or_else(|| bare.strip_suffix(".jsonl")).unwrap_or(bare);
    samples.with_file_name(format!("{bare}.run.json"))
}

/// The record beside a file of samples; `None` if there is none, as for samples of other tools.
///
/// # Errors
/// [`Kind::Io`] if it cannot be read, [`Kind::Data`] if it is none.
pub fn read(samples: &Path) -> Result<Option<Record>> {
    let path = path(samples);
    let bytes = match std::fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        bytes => bytes.map_err(|error| Error::reading(&path, &error))?,
    };
    let wrong =
        |error: serde_json::Error| Error::new(Kind::Data, format!("cannot use {}", path.display()), error.to_string());
    serde_json::from_slice(&bytes).map(Some).map_err(wrong)
}

/// Which problem and which of its samples a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The suite.
    pub suite: Suite,
    /// The problem.
    pub task_id: &'a str,
    /// The number of the sample.
    pub sample: u32,
}

impl Place<'_> {
    fn is_of(&self, sample: &Sample) -> bool {
        sample.suite == Some(self.suite) && sample.task_id == self.task_id && sample.sample == self.sample
    }
}

/// The file of a run, locked.
#[derive(Debug)]
pub struct Samples {
    path: PathBuf,
    file: Locked,
    record: Record,
}

impl Samples {
    /// Opens or creates the file at `path` for a run with these settings, whose samples are at `places`, in groups of
    /// `group`. Returns it with the number of samples that are done; what is behind them is dropped.
    ///
    /// # Errors
    /// [`Kind::Usage`] if the file has samples of other settings, [`Kind::Data`] if it has something else,
    /// [`Kind::TryLater`] if another run is writing to it; errors from the file system.
    pub fn open(path: &Path, settings: Plan, places: &[Place<'_>], group: usize) -> Result<(Samples, usize)> {
        let cannot = |error: &io::Error| writing(path, error);
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            std::fs::create_dir_all(parent).map_err(|error| cannot(&error))?;
        }
        let opened = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path);
        let file = opened.map_err(|error| cannot(&error))?;
        let Some(mut file) = Locked::take(file).map_err(|error| cannot(&error))? else {
            let what = format!("cannot write to {}", path.display());
            return Err(Error::new(Kind::TryLater, what, "another run is writing to it"));
        };
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(|error| Error::reading(path, &error))?;
        let record = read(path)?;
        let record = match record {
            Some(record) if record.settings == settings => record,
            Some(record) if !text.is_empty() => return Err(other_settings(path, &record.settings, &settings)),
            None if !text.is_empty() => {
                let what = format!("{} is not empty, and not the beginning of this run", path.display());
                let why = format!("{} is missing", self::path(path).display());
                return Err(Error::new(Kind::Usage, what, why).hint("write to another file"));
            }
            _ => Record { settings, spent: Spent::default() },
        };
        let mut samples = Samples { path: path.to_owned(), file, record };
        let done = samples.keep(&text, places, group)?;
        if done == 0 {
            samples.record.spent = Spent::default();
        }
        samples.save()?;
        Ok((samples, done))
    }

    /// Cuts the file behind the last group that is whole, and returns how many samples are left.
    fn keep(&mut self, text: &[u8], places: &[Place<'_>], group: usize) -> Result<usize> {
        let mut ends = vec![0];
        // A line without an end was being written when the run was killed.
        for (number, line) in
            text.split_inclusive(|&byte| byte == b'\n').filter(|line| line.ends_with(b"\n")).enumerate()
        {
            let sample = serde_json::from_slice::<Sample>(line).ok();
            let fits = |place: &Place<'_>| sample.as_ref().is_some_and(|sample| place.is_of(sample));
            if !places.get(number).is_some_and(fits) {
                let what = format!("cannot continue {}", self.path.display());
                let why = format!("line {} is not the sample that this run would write there", number + 1);
                return Err(Error::new(Kind::Data, what, why).hint("write to another file"));
            }
            ends.push(ends[number] + line.len());
        }
        let lines = ends.len() - 1;
        let done = if lines == places.len() { lines } else { lines / group * group };
        let end = ends[done] as u64;
        let cut = self.file.set_len(end).and_then(|()| self.file.seek(SeekFrom::Start(end)));
        cut.map_err(|error| writing(&self.path, &error))?;
        Ok(done)
    }

    /// Adds a sample.
    ///
    /// # Errors
    /// Errors from the file system.
    pub fn add(&mut self, sample: &Sample) -> Result<()> {
        sample::write(sample, &mut *self.file).map_err(|error| writing(&self.path, &error))
    }

    /// Notes what a group took.
    ///
    /// # Errors
    /// Errors from the file system.
    pub fn spend(&mut self, spent: Spent) -> Result<()> {
        let so_far = &mut self.record.spent;
        so_far.seconds += spent.seconds;
        so_far.prompt_tokens += spent.prompt_tokens;
        so_far.tokens += spent.tokens;
        so_far.peak_memory_bytes = so_far.peak_memory_bytes.max(spent.peak_memory_bytes);
        self.file.flush().and_then(|()| self.file.sync_data()).map_err(|error| writing(&self.path, &error))?;
        self.save()
    }

    /// The record so far.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    fn save(&self) -> Result<()> {
        let path = path(&self.path);
        let mut text = serde_json::to_vec_pretty(&self.record).unwrap_or_default();
        text.push(b'\n');
        storage::write_whole(&path, &text).map_err(|error| writing(&path, &error))
    }
}

/// The refusal to mix samples of different settings.
fn other_settings(path: &Path, there: &Plan, here: &Plan) -> Error {
    // As text, in which 0.2 is no longer than that.
    let fields = |plan: &Plan| -> serde_json::Map<String, Value> {
        serde_json::to_string(plan).and_then(|text| serde_json::from_str(&text)).unwrap_or_default()
    };
    let (there, here) = (fields(there), fields(here));
    let differing = here.iter().filter(|(name, value)| there.get(*name) != Some(value));
    let words = differing.map(|(name, value)| {
        let old = there.get(name).unwrap_or(&Value::Null);
        format!("{name} is {old} there and {value} here")
    });
    let words: Vec<_> = words.collect();
    let what = format!("{} has samples of a run with other settings", path.display());
    Error::new(Kind::Usage, what, words.join("; ")).hint("write to another file, or use the settings of that run")
}

fn writing(path: &Path, error: &io::Error) -> Error {
    Error::new(Kind::Io, format!("cannot write {}", path.display()), reason(error))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const GROUP: usize = 4;

    pub(crate) fn plan() -> Plan {
        Plan {
            dscoder: "0.1.0".into(),
            model: "m.gguf".into(),
            model_sha256: None,
            model_bytes: None,
            size: Some(Size::B1),
            flavour: Flavour::Base,
            endpoint: None,
            gpu_layers: "auto".into(),
            parallel: 1,
            suites: vec![Suite::Mbpp],
            problems: 5,
            prompts_sha256: Digest::of(b""),
            mode: Mode::Published,
            samples: 2,
            max_tokens: None,
            temperature: 0.2,
            top_p: 0.95,
            seed: 0,
        }
    }

    fn places() -> Vec<Place<'static>> {
        let place = |(number, task_id): (u32, _)| Place { suite: Suite::Mbpp, task_id, sample: number % 2 };
        (0..).zip(["11", "11", "12", "12", "13", "13", "14", "14", "15", "15"]).map(place).collect()
    }

    fn sample(place: &Place<'_>) -> Sample {
        let line = format!(
            "{{\"task_id\":\"{}\",\"suite\":\"{}\",\"sample\":{},\"completion\":\"é\"}}",
            place.task_id, place.suite, place.sample
        );
        serde_json::from_str(&line).expect("a sample")
    }

    fn open(path: &Path, plan: Plan) -> Result<(Samples, usize)> {
        Samples::open(path, plan, &places(), GROUP)
    }

    /// Writes what is missing.
    fn finish(path: &Path) -> (usize, Vec<u8>) {
        let (mut samples, done) = open(path, plan()).expect("opened");
        for place in &places()[done..] {
            samples.add(&sample(place)).expect("written");
        }
        samples.spend(Spent { seconds: 1.0, ..Spent::default() }).expect("written");
        (done, std::fs::read(path).expect("there"))
    }

    #[test]
    fn a_run_that_was_killed_anywhere_continues() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("new/s.jsonl");
        let (done, whole) = finish(&path);
        assert_eq!((done, whole.iter().filter(|&&byte| byte == b'\n').count()), (0, 10));
        // Each is synced, which takes a while.
        for length in (0..whole.len()).step_by(9).chain([whole.len()]) {
            std::fs::write(&path, &whole[..length]).expect("written");
            let lines = whole[..length].iter().filter(|&&byte| byte == b'\n').count();
            let expected = if lines == 10 { 10 } else { lines / GROUP * GROUP };
            assert_eq!(finish(&path), (expected, whole.clone()), "killed behind {length} bytes");
        }
        // The time of what was thrown away does not count.
        std::fs::write(&path, "").expect("written");
        finish(&path);
        assert_eq!(read(&path).expect("read").map(|record| record.spent.seconds), Some(1.0));
    }

    #[test]
    fn other_settings_are_refused_with_both() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("s.jsonl");
        let (_, whole) = finish(&path);
        let other = Plan { temperature: 0.8, mode: Mode::Used, ..plan() };
        let error = open(&path, other.clone()).expect_err("refused");
        assert_eq!(error.kind, Kind::Usage);
        assert_eq!(error.why, "mode is \"published\" there and \"used\" here; temperature is 0.2 there and 0.8 here");
        assert_eq!(std::fs::read(&path).expect("there"), whole);
        // Without its record, nobody knows what it is.
        std::fs::remove_file(self::path(&path)).expect("removed");
        let error = open(&path, plan()).expect_err("refused");
        assert!(error.what.ends_with("s.jsonl is not empty, and not the beginning of this run"), "{error}");
        assert!(error.why.ends_with("s.run.json is missing"), "{error}");
        assert_eq!(std::fs::read(&path).expect("there"), whole);
        // An empty file is any run's.
        std::fs::write(&path, "").expect("written");
        assert_eq!(open(&path, other).expect("opened").1, 0);
    }

    #[test]
    fn what_is_no_sample_of_the_run_is_refused() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("s.jsonl");
        let (_, whole) = finish(&path);
        let text = String::from_utf8(whole).expect("text");
        let (first, rest) = text.split_once('\n').expect("lines");
        for (wrong, line) in [
            (format!("{{}}\n{rest}"), 1),
            (rest.to_owned(), 1),
            (format!("{first}\n\n{rest}"), 2),
            (format!("{text}{first}\n"), 11),
        ] {
            std::fs::write(&path, &wrong).expect("written");
            let error = open(&path, plan()).expect_err("refused");
            assert_eq!(error.kind, Kind::Data);
            assert!(error.why.starts_with(&format!("line {line} is not")), "{error}");
            assert_eq!(std::fs::read_to_string(&path).expect("there"), wrong);
        }
    }

    #[test]
    fn two_runs_do_not_write_to_one_file() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("s.jsonl");
        let first = open(&path, plan()).expect("opened");
        assert_eq!(open(&path, plan()).expect_err("refused").kind, Kind::TryLater);
        drop(first);
        assert!(open(&path, plan()).is_ok());
    }
}
