//! The prompts of `dscoder eval` against those that the authors' scripts build: the same bytes, and the same ids.
//!
//! `tests/bench/eval_prompts.py` writes the digests. Suites that are not within the program are compared if their files are in
//! the directory that `DSCODER_EVAL_DIR` names.

use std::fs;

use dscoder::eval::data::Data;
use dscoder::eval::problem::{self, Problem};
use dscoder::eval::prompt::{Asked, Mode};
use dscoder::eval::suite::Suite;
use dscoder::model::digest::Digest;
use dscoder::model::family::Flavour;
use dscoder::prompt::Segment;
use dscoder::vocabulary::{Controls, Vocabulary};
use serde::Deserialize;

use crate::command::repository;

/// Twenty prompts of a suite.
#[derive(Deserialize)]
struct Row {
    suite: Suite,
    flavour: Flavour,
    prompts: Vec<Digested>,
}

/// The problem, the digest of its prompt, the number of ids and their digest.
#[derive(Deserialize)]
struct Digested(String, String, usize, String);

/// The vocabulary of the family, in a build that has it.
#[cfg(has_demo)]
fn vocabulary() -> (bool, Box<dyn Vocabulary>) {
    let directory = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("eval-cache");
    let file = dscoder::model::demo::file(&directory).expect("written");
    (true, Box::new(dscoder::model::Model::open(&file).expect("a sound model").tokenizer))
}

#[cfg(not(has_demo))]
fn vocabulary() -> (bool, Box<dyn Vocabulary>) {
    (false, Box::new(dscoder::vocabulary::Bytes))
}

fn short(bytes: &[u8]) -> String {
    Digest::of(bytes).to_string()[..16].to_owned()
}

fn spelled(segments: &[Segment<'_>]) -> String {
    let spell = |segment: &Segment<'_>| match segment {
        Segment::Special(control) => format!("<{}>", Controls::V1.id(*control).expect("an id")),
        Segment::Text(text, _) => (*text).to_owned(),
    };
    segments.iter().map(spell).collect()
}

#[test]
fn prompts_and_ids_are_those_of_the_authors() {
    let directory = std::env::var_os("DSCODER_EVAL_DIR").unwrap_or("/missing".into());
    let data = Data { directory: directory.into() };
    let text = fs::read_to_string(repository("tests/data/eval-prompts.jsonl")).expect("there");
    let (has_ids, vocabulary) = vocabulary();
    let mut compared = Vec::new();
    for line in text.lines() {
        let Row { suite, flavour, prompts } = serde_json::from_str(line).expect("a row");
        if !data.has(suite) {
            continue;
        }
        let problems = suite.problems(&data).expect("problems");
        let shots = if suite == Suite::Mbpp { problem::shots(&data).expect("shots") } else { Vec::new() };
        assert_eq!(prompts.len(), 20);
        for (number, Digested(name, digest, count, ids)) in prompts.into_iter().enumerate() {
            let problem: &Problem = &problems[number * problems.len() / 20];
            assert_eq!(problem.task_id, name, "{suite}");
            let asked = Asked::new(problem, flavour, Mode::Published, &shots, vocabulary.as_ref());
            let segments = asked.segments();
            let prompt = spelled(&segments);
            assert_eq!(short(prompt.as_bytes()), digest, "{suite} {flavour:?} {name}: {prompt}");
            if has_ids {
                let found = dscoder::prompt::encode(&segments, vocabulary.as_ref());
                let bytes: Vec<u8> = found.iter().flat_map(|id| id.to_le_bytes()).collect();
                assert_eq!((found.len(), short(&bytes)), (count, ids), "{suite} {flavour:?} {name}");
            }
        }
        compared.push((suite, flavour));
    }
    // At least those that are within the program.
    assert!(compared.len() >= 6, "{compared:?}");
}
