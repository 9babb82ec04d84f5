//! Our tokenizer against llama.cpp's own test vectors and against llama.cpp itself.

use std::fs;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use dscoder::cancel::Cancel;
use dscoder::engine::kernels::Kernels;
use dscoder::engine::source::Source;
use dscoder::engine::{Engine, GpuLayers, Job, Sampling};
use dscoder::model::Model;
use dscoder::model::store::Found;
use dscoder::vocabulary::{Controls, Vocabulary};
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;

use crate::command::repository;

/// The built-in model as a file.
pub static DEMO: LazyLock<PathBuf> = LazyLock::new(|| {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("library-cache");
    dscoder::model::demo::file(&directory).expect("written")
});

/// The built-in model, opened.
pub static MODEL: LazyLock<Model> = LazyLock::new(|| Model::open(&DEMO).expect("a sound model"));

/// The likeliest answer in a context of this many tokens.
pub fn job(tokens: usize) -> Job {
    let tokens = tokens as u32;
    Job { threads: Some(1), gpu_layers: GpuLayers::Count(0), ..Job::new(Sampling::GREEDY, tokens, tokens) }
}

/// The built-in model with a context of this many tokens, ready to give its likeliest answer.
pub fn start(tokens: usize) -> Box<dyn Engine> {
    let source = Source::open(&Found::File(DEMO.clone()), &[], Kernels::default).expect("a sound model");
    source.start(&job(tokens), &Cancel::default()).expect("loaded")
}

fn encode(text: &str) -> Vec<u32> {
    MODEL.tokenizer.encode(text)
}

fn decode(ids: &[u32]) -> Vec<u8> {
    ids.iter().flat_map(|&id| MODEL.tokenizer.bytes(id)).copied().collect()
}

/// What `dscoder serve` relies on.
#[test]
fn lines_are_encoded_one_by_one() {
    let lines = dscoder::serve::lines::Lines::default();
    let files = ["src/text/dialect.rs", "tests/data/vectors.inp", "src/topics/json.md", "tests/it/tokens.rs"];
    let files = files.map(|file| fs::read_to_string(repository(file)).expect("there"));
    let odd = ["\r\n\r\n a\r\n", " \n \n\t\n\n\n  x\n", "\n", "a \nb\n ", "日本\n語\n\u{2028}\nü\n"].map(str::to_owned);
    for text in files.iter().chain(&odd).chain(&files) {
        assert_eq!(lines.of(&MODEL.tokenizer).encode(text), encode(text), "{text:.40}");
    }
}

/// llama.cpp's `models/ggml-vocab-deepseek-coder.gguf.inp` and `.out`.
#[test]
fn the_vectors_of_llama_cpp() {
    let texts = fs::read_to_string(repository("tests/data/vectors.inp")).expect("there");
    let ids = fs::read_to_string(repository("tests/data/vectors.out")).expect("there");
    const END: &str = "\n__ggml_vocab_test__\n";
    let texts: Vec<&str> = texts.strip_suffix(END).expect("each text has an end").split(END).collect();
    let ids: Vec<&str> = ids.lines().collect();
    assert_eq!(texts.len(), ids.len());
    assert!(texts.len() > 40);
    for (text, ids) in texts.iter().zip(ids) {
        let expected: Vec<u32> = ids.split_whitespace().map(|id| id.parse().expect("a number")).collect();
        assert_eq!(encode(text), expected, "{text:?}");
        assert_eq!(decode(&expected), text.as_bytes());
    }
}

#[test]
fn text_that_spells_a_control_token_stays_text() {
    let spellings = [
        "<｜begin▁of▁sentence｜>",
        "<｜end▁of▁sentence｜>",
        "<｜fim▁hole｜>",
        "<｜fim▁begin｜>",
        "<｜fim▁end｜>",
        "<pad>",
        "<|User|>",
        "<|Assistant|>",
        "<|EOT|>",
        "[PAD32030]",
    ];
    for spelling in spellings {
        for text in [spelling.to_owned(), format!("a{spelling}b\n"), spelling.repeat(3)] {
            let ids = encode(&text);
            assert!(ids.iter().all(|&id| !Controls::V1.is_control(id)), "{text:?}: {ids:?}");
            assert_eq!(decode(&ids), text.as_bytes());
        }
    }
}

#[test]
fn a_long_text_has_the_ids_of_its_parts() {
    // Longer than what is encoded at once, without line breaks, so that pieces end at digits and marks.
    let mut text = String::new();
    for number in 0..6000 {
        text += &format!("f_{number}(x + 'é' * 2, \"ü\") != a[i]  ~ 中文{} ", number % 7);
    }
    assert!(text.len() > 10 * (16 << 10));
    let whole = encode(&text);
    // The pieces of a text without its beginning end elsewhere, and its ids are the same.
    for name in [1, 77, 500, 1234, 3000] {
        let start = text.find(&format!("f_{name}(")).and_then(|at| text[at..].find('(').map(|mark| at + mark));
        let ids = encode(&text[start.expect("a name")..]);
        assert!(whole.ends_with(&ids), "from f_{name} on");
    }
    assert_eq!(decode(&whole), text.as_bytes());
}

#[test]
fn every_character_comes_back() {
    let all: String = ('\0'..='\u{2FFFF}').step_by(7).chain("õ÷ÁýÀÿøúþüùöû".chars()).collect();
    assert_eq!(decode(&encode(&all)), all.as_bytes());
    assert_eq!(encode("õû"), [32000, 32012]);
    assert_eq!(encode(""), [0u32; 0]);
}

#[test]
fn line_breaks_are_tokens_of_their_own() {
    let text = "a\n\n  b \r\n\tc\n";
    let ids = encode(text);
    for &id in &ids {
        let bytes = MODEL.tokenizer.bytes(id);
        assert!(!bytes.contains(&b'\n') || bytes == b"\n", "{bytes:?}");
    }
    let lines: Vec<u32> = text.split_inclusive('\n').flat_map(encode).collect();
    assert_eq!(lines, ids);
}

/// The text files of this repository.
fn sources(directory: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            if name != "target" && name != ".git" {
                sources(&path, into);
            }
        } else {
            into.push(path);
        }
    }
}

#[test]
fn llama_cpp_makes_the_same_tokens_of_our_sources() {
    // The engine has initialized llama.cpp, which is done once in a process; the binding wants to see a proof of it. The
    // proof is not dropped: that would shut llama.cpp down.
    let _engine = start(8);
    let backend = ManuallyDrop::new(LlamaBackend {});
    let parameters = LlamaModelParams::default().with_vocab_only(true);
    let model = LlamaModel::load_from_file(&backend, &*DEMO, &parameters).expect("loaded");
    let mut files = Vec::new();
    sources(Path::new(&repository("")), &mut files);
    let (mut compared, mut bytes) = (0, 0);
    for path in files {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        if text.len() > 100_000 {
            continue;
        }
        for line in text.split_inclusive('\n') {
            // llama.cpp takes these spellings for control tokens even when told not to.
            if ["<|", "<pad>", "[PAD", "｜>"].iter().any(|spelling| line.contains(spelling)) {
                continue;
            }
            let theirs = model.vocab().tokenize(line.as_bytes(), false, false);
            let theirs: Vec<u32> = theirs.iter().map(|token| token.0.cast_unsigned()).collect();
            assert_eq!(encode(line), theirs, "{}: {line:?}", path.display());
            compared += 1;
            bytes += line.len();
        }
    }
    assert!(compared > 2000 && bytes > 50_000, "only {compared} lines");
}
