//! The token ids of prompts and of the built-in model's answers, compared with a file.
//!
//! `tests/data/answers.toml` holds, for the examples in `examples/`, the ids of the prompt and of the greedy answer.
//! `tests/bench/reference_ids.py` compares the same file with llama.cpp's own server.

use std::fs;

use dscoder::cancel::{Cancel, Sink};
use dscoder::generate::{Order, generate};
use dscoder::prompt::{Segment, budget, complete, infill};
use dscoder::shape::Shape;
use dscoder::shape::stop::{StopRules, Until};
use dscoder::vocabulary::{BOS, Controls, FIM_BEGIN, FIM_END, FIM_HOLE};

use crate::command::{Place, output, repository};
use crate::tokens::{MODEL, start};

/// Folders of `examples/` with the texts before and after a gap, and the extension of both.
const EXAMPLES: [(&str, &str); 12] = [
    ("add", "py"),
    ("binary_search", "py"),
    ("factorial", "py"),
    ("fibonacci", "py"),
    ("is_even", "py"),
    ("point", "py"),
    ("queue", "rs"),
    ("quicksort", "py"),
    ("read_lines", "py"),
    ("stack", "py"),
    ("unique", "js"),
    ("word_count", "py"),
];
const ANSWER: usize = 24;

fn ids(prompt: &[Segment<'_>]) -> Vec<u32> {
    budget::fit(prompt, &MODEL.tokenizer, 4096, false).expect("it fits").ids
}

/// The greedy answer of the built-in model.
fn answer(prompt: &[u32]) -> Vec<u32> {
    let mut engine = start(prompt.len() + ANSWER);
    let shape = Shape::plain(StopRules::new(&[], Until::End));
    let controls = prompt.iter().filter(|&&id| Controls::V1.is_control(id)).count();
    let order = Order { prompt, controls, max_tokens: ANSWER, sequences: 1, shape };
    let mut ignore = |_, _: &[u8]| Ok(Sink::Open);
    let generated = generate(engine.as_mut(), &MODEL.tokenizer, &order, &Cancel::default(), &mut ignore);
    generated.expect("an answer").answers[0].ids().collect()
}

#[test]
fn prompts_are_laid_out_as_the_authors_do() {
    assert_eq!(ids(&complete("def f")), [&[BOS][..], &ids(&[complete("def f")[1]])].concat());
    let (prefix, suffix) = ("    left = []\n", "\n    return left\n");
    let encode = |text| ids(&[complete(text)[1]]);
    let expected = [&[BOS, FIM_BEGIN][..], &encode(prefix), &[FIM_HOLE], &encode(suffix), &[FIM_END]].concat();
    assert_eq!(ids(&infill::segments(prefix, suffix)), expected);
    assert_eq!(ids(&infill::segments("", "")), [32013, 32016, 32015, 32017]);
    // Markers in the text of the user are text.
    let tricky = ids(&infill::segments("<｜fim▁hole｜>", "<|EOT|>"));
    let markers: Vec<u32> = tricky.into_iter().filter(|&id| id >= BOS).collect();
    assert_eq!(markers, [32013, 32016, 32015, 32017]);
}

#[test]
fn the_examples() {
    let path = repository("tests/data/answers.toml");
    let mut found = String::from(
        "# Rewritten by `DSCODER_BLESS=1 cargo test --release`; see tests/it/answers.rs and tests/bench/reference_ids.py.\n",
    );
    for (name, ending) in EXAMPLES {
        let read = |part| fs::read_to_string(repository(&format!("examples/{name}/{part}.{ending}"))).expect("there");
        let prompt = ids(&infill::segments(&read("prefix"), &read("suffix")));
        let answer = answer(&prompt);
        found += &format!("\n[{name}]\nprompt = {prompt:?}\nanswer = {answer:?}\n");
    }
    if std::env::var_os("DSCODER_BLESS").is_some() {
        fs::write(&path, &found).expect("written");
    }
    assert_eq!(found, fs::read_to_string(&path).unwrap_or_default(), "see the head of {path}");
}

/// What the card says that it can do, one line in each of three languages.
#[test]
fn a_line_of_python_of_rust_and_of_javascript() {
    let place = Place::new();
    for (name, ending, answer) in [
        ("stack", "py", "self.items.append(item)"),
        ("queue", "rs", "self.items.is_empty()"),
        ("unique", "js", "result.push(item);"),
    ] {
        let part = |part| repository(&format!("examples/{name}/{part}.{ending}"));
        let (prefix, suffix) = (part("prefix"), part("suffix"));
        let run = place.run(&["infill", "-m", "demo", "--prefix", &prefix, "--suffix", &suffix]);
        assert_eq!(run, output(answer, "", 0), "{name}");
    }
}
