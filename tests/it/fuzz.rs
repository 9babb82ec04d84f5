//! The fuzz targets on seeds that are changed at random, the same way each time.
//!
//! `DSCODER_HOSTILE_RUNS` is how many rounds there are (60; `tests/run.sh` takes 2,000), each of thirty inputs for each
//! target, and `DSCODER_HOSTILE_SEED` chooses others. `tests/fuzz` gives the same targets to cargo-fuzz.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::command::{Random, number, repository};
use crate::targets::{TARGETS, Target, asked, imported};

/// What a mutant may have in any place, beside parts of other seeds.
const WORDS: [&[u8]; 24] = [
    b"\n",
    b"\r\n",
    b"\0",
    b"\xFF",
    b"\xC3",
    b"\xE2\x82",
    "é".as_bytes(),
    b"\x1B[2J",
    b"\"",
    b"'",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b"(",
    b")",
    b" = ",
    b"@@ -1,2 +1,2 @@\n",
    b"+++ ",
    b"data: ",
    b"18446744073709551615",
    b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
    b"-1",
];

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let mut files: Vec<_> = fs::read_dir(repository(&format!("tests/data/seeds/{name}")))
        .expect("seeds")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    files.iter().map(|file| fs::read(file).expect("a seed")).collect()
}

/// A seed with one to four changes.
fn mutant(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let pick = |random: &mut Random| &seeds[random.below(seeds.len() as u64) as usize];
    let mut bytes = pick(random).clone();
    for _ in 0..=random.below(4) {
        let length = bytes.len() as u64;
        let at = random.below(length + 1) as usize;
        let end = (at + random.below(1 + length / 4) as usize).min(bytes.len());
        match random.below(8) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => drop(bytes.splice(at..at, bytes[at..end].to_vec())),
            3 => {
                let other = pick(random);
                let from = random.below(1 + other.len() as u64) as usize;
                let to = from + random.below(1 + (other.len() - from) as u64) as usize;
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            4 => drop(bytes.splice(at..end.min(at + 1), WORDS[random.below(WORDS.len() as u64) as usize].to_vec())),
            5 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = byte.wrapping_add(1)),
            6 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << random.below(8)),
            _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = random.next() as u8),
        }
    }
    bytes
}

fn run((name, body): Target) {
    let seeds = seeds(name);
    let mut random = Random(number("DSCODER_HOSTILE_SEED", 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mutants = (0..30 * number("DSCODER_HOSTILE_RUNS", 60)).map(|_| mutant(&seeds, &mut random));
    for input in seeds.iter().cloned().chain(mutants) {
        if catch_unwind(AssertUnwindSafe(|| body(&input))).is_err() {
            panic!("the target {name} fails, as told above, on b\"{}\"", input.escape_ascii());
        }
    }
}

fn target(name: &str) -> Target {
    TARGETS.into_iter().find(|target| target.0 == name).expect("a target")
}

#[test]
fn headers() {
    run(target("header"));
}

#[test]
fn answers_of_servers() {
    run(target("wire"));
}

#[test]
fn requests() {
    run(target("request"));
}

#[test]
fn diffs() {
    run(target("diff"));
}

#[test]
fn imports() {
    run(target("imports"));
}

#[test]
fn settings() {
    run(target("settings"));
}

#[test]
fn shapes() {
    run(target("shape"));
}

#[test]
fn structures() {
    run(target("structure"));
}

/// Seeds that are refused at once would make the mutants worth nothing.
#[test]
fn seeds_get_through() {
    for seed in seeds("imports") {
        assert!(imported(&seed).iter().any(|(_, found)| !found.is_empty()), "{}", seed.escape_ascii());
    }
    for seed in seeds("header") {
        let read = dscoder::model::gguf::read_from(&seed[..], seed.len() as u64 + (1 << 16), "x".as_ref());
        assert!(read.is_ok(), "{read:?}");
    }
    for seed in seeds("settings") {
        let text = String::from_utf8(seed).expect("text");
        let read = dscoder::settings::files::parse(&text, "x".as_ref(), false, &dscoder::cmd::command());
        assert!(read.is_ok_and(|settings| !settings.is_empty()), "{text}");
    }
    for seed in seeds("diff") {
        let read = dscoder::git::diff::Diff::read(&seed[..]).expect("read from memory");
        assert!(read.files.iter().any(|file| !file.hunks.is_empty()), "{}", seed.escape_ascii());
    }
    for seed in seeds("request") {
        let is_one = asked(&seed).iter().any(|asked| matches!(asked, Ok(Some(_))));
        let is_frame = std::str::from_utf8(&seed).is_ok_and(|text| dscoder::serve::frame::parse(text).is_some());
        assert!(is_one || is_frame, "{}", seed.escape_ascii());
    }
    // Each target has a file for cargo-fuzz.
    for (name, _) in TARGETS {
        let path = repository(&format!("tests/fuzz/fuzz_targets/{name}.rs"));
        // The package on crates.io is without them.
        if let Ok(text) = fs::read_to_string(path) {
            assert!(text.contains(&format!("targets::{name}(data)")), "{text}");
        }
    }
}
