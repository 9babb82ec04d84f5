//! Model files and texts of strangers: thousands of them, made by a seed, each tried in a process that is watched.
//!
//! `DSCODER_HOSTILE_RUNS` is how many load mutants and texts there are (60; `tests/run.sh` takes 2,000), and a tenth of
//! the header mutants. `DSCODER_HOSTILE_SEED` says where they begin.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use dscoder::cancel::Cancel;
use dscoder::engine::{Engine, llama};
use dscoder::model::tokenizer::Tokenizer;
use dscoder::model::{Model, demo, family, gguf};
use dscoder::prompt::budget::fit;
use dscoder::prompt::{self, Segment, chat, commit, infill};
use dscoder::vocabulary::{Controls, Series, Vocabulary};

use crate::command::{Place, Random, number};
use crate::gguf::{ARRAY, F32, I32, Layout, Map, STRING, Spec, U32, U64, strings, text, tokens};
use crate::tokens::{MODEL, job};

/// The longest that one may compute, and the most memory that the process may ever have had, in KiB.
const LIMIT: Duration = Duration::from_secs(5);
/// The longest without a word: also where other work has the processors, it is then stuck.
const STUCK: Duration = Duration::from_secs(60);
const MEMORY: u64 = 512 << 10;

fn random(seed: u64) -> Random {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    random.next();
    random
}

/// What became of many runs.
#[derive(Default)]
struct Counts {
    /// By what a run says about itself.
    outcomes: BTreeMap<String, u64>,
    panics: u64,
    aborts: u64,
    hangs: u64,
    /// Ended by the handler, with a line and exit code 70.
    caught: Vec<String>,
    slowest: Duration,
    /// KiB.
    memory: u64,
}

/// Does the runs `from..to` of `kind` in processes: if one dies, the next continues after it.
fn watch(kind: &str, from: u64, to: u64) -> Counts {
    let mut counts = Counts::default();
    let mut next = from;
    while next < to {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "hostile::runs", "--ignored", "--nocapture", "--test-threads=1"])
            .env("DSCODER_HOSTILE_JOB", format!("{kind} {next} {to}"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        let (sender, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut hangs = false;
        loop {
            match lines.recv_timeout(STUCK) {
                Ok(line) => {
                    let fields: Vec<&str> = line.split(' ').collect();
                    match fields.as_slice() {
                        ["@", index] => next = index.parse().expect("a number"),
                        ["=", outcome, micros, memory] => {
                            let time = Duration::from_micros(micros.parse().expect("a number"));
                            counts.slowest = counts.slowest.max(time);
                            if time > LIMIT {
                                counts.hangs += 1;
                                counts.caught.push(format!("{next}: computes for {time:?}"));
                            }
                            *counts.outcomes.entry((*outcome).to_owned()).or_default() += 1;
                            counts.memory = counts.memory.max(memory.parse().expect("a number"));
                            next += 1;
                        }
                        _ => {}
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    hangs = true;
                    child.kill().expect("killed");
                    break;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let output = child.wait_with_output().expect("ended");
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().last().unwrap_or_default();
        match output.status.code() {
            Some(0) => break,
            _ if hangs => {
                counts.hangs += 1;
                counts.caught.push(format!("{next}: hangs"));
            }
            Some(70) if said.lines().count() == 1 => counts.caught.push(format!("{next}: {last}")),
            Some(_) => {
                counts.panics += 1;
                counts.caught.push(format!("{next}: {said}"));
            }
            None => {
                counts.aborts += 1;
                counts.caught.push(format!("{next}: {said}"));
            }
        }
        next += 1;
    }
    counts
}

/// Does `runs` runs of `kind` in two processes at once, prints the outcomes, and fails unless all went well.
fn all(kind: &str, runs: u64) -> BTreeMap<String, u64> {
    let first = number("DSCODER_HOSTILE_SEED", 1);
    let middle = first + runs / 2;
    let (counts, other) = thread::scope(|scope| {
        let other = scope.spawn(|| watch(kind, middle, first + runs));
        (watch(kind, first, middle), other.join().expect("no failure"))
    });
    let mut outcomes = counts.outcomes;
    for (outcome, count) in other.outcomes {
        *outcomes.entry(outcome).or_default() += count;
    }
    let caught = [counts.caught, other.caught].concat();
    let panics = counts.panics + other.panics;
    let (aborts, hangs) = (counts.aborts + other.aborts, counts.hangs + other.hangs);
    let (slowest, memory) = (counts.slowest.max(other.slowest), counts.memory.max(other.memory));
    // Not for the test's own output, which is shown for failures only.
    let _ = writeln!(
        std::io::stderr(),
        "{kind}: {runs} runs from seed {first} on: {panics} panics, {aborts} aborts, {hangs} hangs, {} ended by the \
         handler; slowest {:.2} s of processor time, peak memory {} MiB; {outcomes:?}",
        caught.len() as u64 - panics - aborts - hangs,
        slowest.as_secs_f64(),
        memory >> 10,
    );
    assert_eq!((panics, aborts, hangs), (0, 0, 0), "{caught:#?}");
    assert!(memory < MEMORY, "{memory} KiB");
    outcomes
}

/// The highest that this process's memory was, in KiB; 0 where the system does not say.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// The time that this thread has computed; where the system does not say, the time since `began`.
fn processor_time(began: Instant) -> Duration {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = line.split_whitespace().next().and_then(|field| field.parse().ok());
    nanos.map_or_else(|| began.elapsed(), Duration::from_nanos)
}

/// Runs in a child process.
#[test]
#[ignore = "it is what the tests below start"]
fn runs() {
    let order = std::env::var("DSCODER_HOSTILE_JOB").expect("an order");
    let fields: Vec<&str> = order.split(' ').collect();
    let (from, to): (u64, u64) = (fields[1].parse().expect("a number"), fields[2].parse().expect("a number"));
    let mut run: Box<dyn FnMut(u64) -> String> = match fields[0] {
        "header" => Box::new(header_run()),
        "load" => Box::new(load_run()),
        _ => Box::new(text_run),
    };
    let mut out = std::io::stdout();
    let began = Instant::now();
    for index in from..to {
        writeln!(out, "@ {index}").expect("written");
        let start = processor_time(began);
        let outcome = run(index);
        let time = (processor_time(began) - start).as_micros();
        writeln!(out, "= {outcome} {time} {}", peak()).expect("written");
    }
}

/// Header mutants through the reader, the family's checks and the tokenizer. One in ten is of the built-in model, whose
/// header is larger, and half of them in long runs.
fn header_run() -> impl FnMut(u64) -> String {
    let small = Spec::sound().bytes();
    let small_map = Map::of(&small);
    let large = demo::BYTES;
    let large_map = Map::of(large);
    let share = if number("DSCODER_HOSTILE_RUNS", 0) >= 1000 { 2 } else { 10 };
    // The data is not looked at here: of the large file, only the header and a little more is copied.
    let large = &large[..large_map.end.next_multiple_of(32) + 4096];
    move |index| {
        let mut random = random(index);
        let (name, bytes, size) = if index % share == 0 {
            let bytes = large_map.mutant(large, &mut random);
            let missing = demo::BYTES.len() - large.len();
            let size = if bytes.len() < large_map.end { bytes.len() } else { bytes.len() + missing };
            ("demo", bytes, size)
        } else {
            let bytes = small_map.mutant(&small, &mut random);
            let size = bytes.len();
            ("synthetic", bytes, size)
        };
        let outcome = match gguf::read_from(bytes.as_slice(), size as u64, Path::new("x")) {
            Err(error) => {
                assert_eq!(error.kind.exit_code(), 65, "{error}");
                "not-read"
            }
            Ok(header) => match family::identify(&header) {
                Err(_) => "not-of-the-family",
                Ok(profile) => match Tokenizer::from_header(&header, profile.controls) {
                    Err(_) => "not-a-vocabulary",
                    Ok(_) => "passed",
                },
            },
        };
        format!("{name}:{outcome}")
    }
}

/// Mutants through the whole load path, and then a prompt and some tokens.
fn load_run() -> impl FnMut(u64) -> String {
    llama::catch_failures().expect("handlers");
    let all = [Spec::sound(), Spec::v2(Layout::Old), Spec::v2(Layout::Latent)].map(|spec| spec.bytes());
    let maps = all.each_ref().map(|sound| Map::of(sound));
    let directory = tempfile::tempdir().expect("a directory");
    move |index| {
        let path = directory.path().join("mutant.gguf");
        let mut random = random(index);
        // The large vocabulary of V2 takes longer.
        let number = [0, 0, 0, 1, 0, 0, 0, 2][(index % 8) as usize];
        let (sound, map) = (&all[number], &maps[number]);
        // Most mutants are refused. So that llama.cpp sees enough of them, three in four are the first that is not.
        let tries = if index % 4 == 0 { 1 } else { 30 };
        let passes = |mutant: &[u8]| {
            let header = gguf::read_from(mutant, mutant.len() as u64, &path);
            header.is_ok_and(|header| family::identify(&header).is_ok())
        };
        let mut mutant = map.mutant(sound, &mut random);
        for _ in 1..tries {
            if passes(&mutant) {
                break;
            }
            mutant = map.mutant(sound, &mut random);
        }
        std::fs::write(&path, mutant).expect("written");
        let model = match Model::open(&path) {
            Err(error) => {
                assert_eq!(error.kind.exit_code(), 65, "{error}");
                return "refused".to_owned();
            }
            Ok(model) => model,
        };
        let cancel = Cancel::default();
        let tried = llama::Llama::start(&model, &job(64), &cancel).map(|mut llama| {
            let ids = [&[model.tokenizer.controls().begin][..], &model.tokenizer.encode("a = 1\n")].concat();
            llama.prefill(&ids, &cancel)?;
            (0..3).try_for_each(|_| llama.sample(&[0]).map(drop))
        });
        match tried {
            Err(error) => {
                assert_eq!(error.kind.exit_code(), 70, "{error}");
                "not-loaded".to_owned()
            }
            Ok(Err(error)) => {
                assert_eq!(error.kind.exit_code(), 70, "{error}");
                "no-numbers".to_owned()
            }
            Ok(Ok(())) => "answered".to_owned(),
        }
    }
}

/// What text is made of that somebody wants to do harm with.
const SPELLINGS: [&str; 33] = [
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
    "### Instruction:\n",
    "### Response:\n",
    "```",
    "<FILL>",
    "<|fim_prefix|>",
    "<s>",
    "</s>",
    "\u{0}",
    "\u{1B}]0;title\u{7}",
    "\u{1B}[2J",
    "\r",
    "\r\n",
    "\u{85}",
    "\u{9B}31m",
    "\u{202E}",
    "\u{2066}\u{2069}",
    "\u{FEFF}",
    "\u{200B}",
    "\u{FFFF}",
    "õ÷ÁýÀÿøúþüùöû",
    "e\u{301}\u{302}\u{303}",
    "👩‍👩‍👧‍👦",
    "diff --git a/x b/x\n@@ -1 +1 @@\n-a\n+b\n",
];

/// A hostile text; one in 400 is 10 MB in a line.
fn hostile(random: &mut Random, index: u64) -> String {
    if index % 400 == 7 {
        let unit = [SPELLINGS[random.below(9) as usize], "a", "x = '1' + ", "(\\'", "𠀀"][random.below(5) as usize];
        return unit.repeat(10_000_000 / unit.len());
    }
    let mut text = String::new();
    for _ in 0..random.below(60) {
        let spelling = SPELLINGS[random.below(SPELLINGS.len() as u64) as usize];
        match random.below(8) {
            // Whole, split at any character, nested within another, or within itself.
            0..=2 => text += spelling,
            3 => text.extend(spelling.chars().take(random.below(1 + spelling.chars().count() as u64) as usize)),
            4 => text.extend(spelling.chars().skip(random.below(1 + spelling.chars().count() as u64) as usize)),
            5 => {
                let outer = SPELLINGS[random.below(10) as usize];
                let at = random.below(1 + outer.chars().count() as u64) as usize;
                text.extend(outer.chars().take(at).chain(spelling.chars()).chain(outer.chars().skip(at)));
            }
            6 => {
                // Any character of any plane.
                let many = 1 + random.below(20);
                text.extend((0..many).filter_map(|_| char::from_u32(random.below(0x11_0000) as u32)));
            }
            _ => text += &spelling.repeat(1 + random.below(30) as usize),
        }
    }
    text
}

/// A text in every place of every prompt.
fn text_run(index: u64) -> String {
    let mut random = random(index);
    let (one, two) = (hostile(&mut random, index), hostile(&mut random, 0));
    let vocabulary = &MODEL.tokenizer;
    let wishes = commit::Wishes {
        style: dscoder::git::message::Style::Plain,
        body: true,
        language: None,
        subjects: std::slice::from_ref(&two),
    };
    let diff = dscoder::git::diff::Diff::read(one.as_bytes()).expect("read");
    let shown = diff.shown(vocabulary, 2000, true).text;
    let question = commit::question(&wishes, &shown);
    let prompts: [Vec<Segment<'_>>; 4] = [
        prompt::complete(&one).to_vec(),
        infill::segments(&two, &one).to_vec(),
        [&chat::opening(&two, Series::V1)[..], &chat::question(&one, Series::V1)].concat(),
        commit::segments(true, &question, Series::V1),
    ];
    let long = one.len() > 1_000_000;
    for prompt in prompts.iter().take(if long { 1 } else { 4 }) {
        let capacity = [600, 16_000, 100_000_000][random.below(3) as usize];
        let Ok(fitted) = fit(prompt, vocabulary, capacity, true) else { continue };
        let found: Vec<u32> = fitted.ids.iter().copied().filter(|&id| Controls::V1.is_control(id)).collect();
        let meant = prompt.iter().filter_map(|segment| match segment {
            Segment::Special(control) => Controls::V1.id(*control),
            Segment::Text(..) => None,
        });
        assert_eq!(found, meant.collect::<Vec<_>>(), "text {index} has control ids");
        if fitted.left_out() == 0 {
            let bytes: Vec<u8> = fitted.ids.iter().flat_map(|&id| vocabulary.bytes(id)).copied().collect();
            let texts = prompt.iter().filter_map(|segment| match segment {
                Segment::Text(text, _) => Some(*text),
                Segment::Special(_) => None,
            });
            assert!(bytes == texts.collect::<String>().as_bytes(), "text {index} is not what was encoded");
        }
    }
    // What stop rules and trimming look at.
    let dialects = [&dscoder::text::dialect::INDENTED, &dscoder::text::dialect::BRACED];
    let all = dscoder::text::dialect::DIALECTS;
    for dialect in dialects.into_iter().chain([&all[index as usize % all.len()]]) {
        let until = dscoder::shape::stop::Until::Block;
        let wanted = dscoder::shape::ShapeOptions { until, stop: &[], raw: false };
        let mut shape = dscoder::shape::Shape::new(dialect, &one, Some(&two), &wanted);
        for piece in two.as_bytes().chunks(3) {
            let _ = shape.push(piece);
        }
        let _ = shape.finish();
    }
    let _ = dscoder::text::markdown::code_blocks(&two);
    let style = dscoder::git::message::Style::Conventional;
    let form = dscoder::git::message::Form { style, body: true, english: true, comment: Some("#") };
    let _ = dscoder::git::message::Message::of(&two, &form, &diff);
    if long { "long".to_owned() } else { "short".to_owned() }
}

#[test]
fn header_mutants() {
    let outcomes = all("header", 10 * number("DSCODER_HOSTILE_RUNS", 60));
    // They get far enough to try every check.
    for outcome in ["not-read", "not-of-the-family", "not-a-vocabulary", "passed"] {
        assert!(outcomes.contains_key(&format!("synthetic:{outcome}")), "{outcomes:?}");
    }
}

#[test]
fn load_mutants() {
    let outcomes = all("load", number("DSCODER_HOSTILE_RUNS", 60));
    for outcome in ["refused", "not-loaded", "answered"] {
        assert!(outcomes.contains_key(outcome), "{outcomes:?}");
    }
}

#[test]
fn hostile_texts() {
    all("text", number("DSCODER_HOSTILE_RUNS", 60));
}

/// Every field of the known holes in GGUF readers, each with the expected message.
#[test]
fn every_check_of_a_header_has_its_words() {
    type Change = fn(&mut Spec);
    const HUGE: [u8; 8] = u64::MAX.to_le_bytes();
    let refused: &[(&str, Change)] = &[
        ("it promises", |it| it.counts[0] = Some(u64::MAX)),
        ("it promises", |it| it.counts[1] = Some(u64::MAX / 13)),
        ("", |it| it.counts[0] = Some(12)),
        ("", |it| it.counts[1] = Some(40)),
        ("it ends within the value of \"general.name\"", |it| it.set("general.name", STRING, HUGE)),
        ("is not UTF-8", |it| it.set("general.name", STRING, text(b"\xED\xA0\x80"))),
        ("is not UTF-8", |it| it.entries.push((b"\xFF".to_vec(), U32, vec![0; 4]))),
        ("it ends within", |it| it.set("x", ARRAY, [&U32.to_le_bytes()[..], &HUGE].concat())),
        ("it ends within", |it| it.set("x", ARRAY, [&STRING.to_le_bytes()[..], &HUGE].concat())),
        ("it ends within", |it| it.set("x", ARRAY, [&U64.to_le_bytes()[..], &(1u64 << 61).to_le_bytes()].concat())),
        ("unsupported type 9", |it| it.set("x", ARRAY, [&ARRAY.to_le_bytes()[..], &[0; 8]].concat())),
        ("unsupported type 13", |it| it.set("x", ARRAY, [&13u32.to_le_bytes()[..], &[0; 8]].concat())),
        ("unknown type 99", |it| it.set("x", 99, [0; 8])),
        ("occurs twice", |it| it.entries.push(it.entries[0].clone())),
        ("occurs twice", |it| it.tensors.push(it.tensors[2].clone())),
        ("empty key", |it| it.set("", U32, [0; 4])),
        ("0 dimensions", |it| it.tensors[3].shape.clear()),
        ("5 dimensions", |it| it.tensors[3].shape = vec![1; 5]),
        ("impossible shape", |it| it.tensors[3].shape = vec![1 << 32, 1 << 32]),
        ("impossible shape", |it| it.tensors[3].shape = vec![u64::MAX, 2]),
        ("impossible shape", |it| it.tensors[3].shape = vec![0]),
        ("unknown or no longer supported", |it| it.tensors[3].kind = 4),
        // ggml has no function to compute it.
        ("which weights do not have", |it| it.tensors.last_mut().expect("one").kind = 24),
        ("not a multiple of 32", |it| it.tensors[4].shape = vec![33, 32]),
        (" instead of ", |it| it.tensors[3].offset = Some(u64::MAX)),
        ("it should have at least", |it| {
            let last = it.tensors.len() - 1;
            it.tensors[last].shape[1] = 1 << 20;
        }),
        ("has 64 bytes", |it| it.tensors[3].name = "n".repeat(64)),
        ("not a power of two", |it| it.set("general.alignment", U32, 0u32.to_le_bytes())),
        ("not a power of two", |it| it.set("general.alignment", U32, 3u32.to_le_bytes())),
        ("not a power of two", |it| it.set("general.alignment", U64, (1u64 << 40).to_le_bytes())),
        ("not a power of two", |it| it.set("general.alignment", STRING, text("32"))),
        ("llama.block_count is 0", |it| it.set("llama.block_count", U32, 0u32.to_le_bytes())),
        ("at most 512", |it| it.set("llama.block_count", U32, 513u32.to_le_bytes())),
        ("which no model has", |it| it.set("llama.block_count", U32, (1u32 << 31).to_le_bytes())),
        ("is missing or is not a whole number", |it| it.set("llama.block_count", I32, (-1i32).to_le_bytes())),
        ("llama.block_count is missing", |it| it.remove("llama.block_count")),
        ("head_count is 0", |it| it.set("llama.attention.head_count", U32, 0u32.to_le_bytes())),
        ("does not split into 3", |it| it.set("llama.attention.head_count", U32, 3u32.to_le_bytes())),
        ("of even width", |it| it.set("llama.attention.head_count", U32, 32u32.to_le_bytes())),
        ("head_count_kv is 0", |it| it.set("llama.attention.head_count_kv", U32, 0u32.to_le_bytes())),
        ("cannot share", |it| it.set("llama.attention.head_count_kv", U32, 3u32.to_le_bytes())),
        ("not the width of a head", |it| it.set("llama.rope.dimension_count", U32, 8u32.to_le_bytes())),
        ("not the width of a head", |it| it.set("llama.attention.key_length", U32, 99u32.to_le_bytes())),
        ("a dense model", |it| it.set("llama.expert_count", U32, 8u32.to_le_bytes())),
        ("epsilon", |it| it.set("llama.attention.layer_norm_rms_epsilon", F32, f32::NAN.to_le_bytes())),
        ("epsilon", |it| it.remove("llama.attention.layer_norm_rms_epsilon")),
        ("context_length is missing", |it| it.remove("llama.context_length")),
        ("context_length is missing or is not", |it| it.set("llama.context_length", STRING, text("2048"))),
        ("context_length is 0", |it| it.set("llama.context_length", U32, 0u32.to_le_bytes())),
        ("freq_base is not a number", |it| it.set("llama.rope.freq_base", STRING, text("x"))),
        ("scaling.type is unknown", |it| it.set("llama.rope.scaling.type", STRING, text("x\0"))),
        ("no weights", |it| it.tensors.clear()),
        ("is not F32", |it| (it.tensors[1].kind, it.tensors[1].data) = (1, vec![0; 64])),
        ("does not name its architecture", |it| it.remove("general.architecture")),
        ("begins prompts, and", |it| it.set("general.architecture", STRING, text("deepseek2"))),
        ("its architecture is", |it| it.set("general.architecture", STRING, text("llama\0"))),
        ("its tokenizer is", |it| it.set("tokenizer.ggml.model", STRING, text("llama"))),
        ("no vocabulary", |it| it.remove("tokenizer.ggml.tokens")),
        ("token 32021 is", |it| it.set("tokenizer.ggml.tokens", ARRAY, strings(&tokens()[..32021]))),
        ("twice", |it| {
            let mut tokens = tokens();
            tokens[5000] = tokens[6000].clone();
            it.set("tokenizer.ggml.tokens", ARRAY, strings(&tokens));
        }),
        ("is empty", |it| {
            let mut tokens = tokens();
            tokens[5000].clear();
            it.set("tokenizer.ggml.tokens", ARRAY, strings(&tokens));
        }),
        ("does not spell bytes", |it| {
            let mut tokens = tokens();
            tokens[5000] = "a\0b".into();
            it.set("tokenizer.ggml.tokens", ARRAY, strings(&tokens));
        }),
        ("is not UTF-8", |it| {
            let mut tokens: Vec<Vec<u8>> = tokens().into_iter().map(String::into_bytes).collect();
            (tokens[5000], tokens[5001]) = (b"x\xC3".to_vec(), b"\xA9y".to_vec());
            it.set("tokenizer.ggml.tokens", ARRAY, strings(&tokens));
        }),
        ("where DeepSeek Coder has", |it| {
            let mut tokens = tokens();
            tokens.swap(32015, 32016);
            it.set("tokenizer.ggml.tokens", ARRAY, strings(&tokens));
        }),
        ("where DeepSeek Coder has", |it| {
            let mut tokens = tokens();
            tokens.swap(32000, 32001);
            it.set("tokenizer.ggml.tokens", ARRAY, strings(&tokens));
        }),
        ("no token for the byte 0x61", |it| {
            let mut tokens = tokens();
            let a = tokens.iter().position(|token| token == "a").expect("a token");
            tokens[a] = "zzzzz".into();
            it.set("tokenizer.ggml.tokens", ARRAY, strings(&tokens));
            it.set("tokenizer.ggml.merges", ARRAY, strings::<&str>(&[]));
        }),
        ("no merges", |it| it.remove("tokenizer.ggml.merges")),
        ("its merges are wrong", |it| it.set("tokenizer.ggml.merges", ARRAY, strings(&["q q"]))),
        ("not two parts", |it| it.set("tokenizer.ggml.merges", ARRAY, strings(&["aa"]))),
        ("not two parts", |it| it.set("tokenizer.ggml.merges", ARRAY, strings(&["a  a"]))),
        ("scores does not fit", |it| {
            it.set("tokenizer.ggml.scores", ARRAY, [&F32.to_le_bytes()[..], &1u64.to_le_bytes(), &[0; 4]].concat());
        }),
        ("token_type does not fit", |it| {
            it.set("tokenizer.ggml.token_type", ARRAY, [&I32.to_le_bytes()[..], &0u64.to_le_bytes()].concat());
        }),
        ("bos_token_id does not name", |it| it.set("tokenizer.ggml.bos_token_id", U32, 32256u32.to_le_bytes())),
        ("eos_token_id does not name", |it| it.set("tokenizer.ggml.eos_token_id", U32, u32::MAX.to_le_bytes())),
        ("mask_token_id does not name", |it| it.set("tokenizer.ggml.mask_token_id", I32, (-2i32).to_le_bytes())),
    ];
    let place = Place::new();
    for (number, (expected, change)) in refused.iter().enumerate() {
        let mut spec = Spec::sound();
        change(&mut spec);
        let path = place.write("model.gguf", spec.bytes());
        let error = Model::open(&path).expect_err(&format!("change {number}, {expected:?}"));
        assert_eq!(error.kind.exit_code(), 65, "{error}");
        assert!(error.why.contains(expected), "change {number}: {:?} does not say {expected:?}", error.why);
    }
    // What is odd and harmless.
    let fine: &[Change] = &[
        |_| {},
        |it| it.set("general.name", STRING, text("a\0\u{1B}[2J\u{202E}")),
        |it| {
            it.set("tokenizer.chat_template", STRING, text("{% for x in range(10**9) %}{{ cycler.__init__ }}{% endfor"))
        },
        |it| it.set("tokenizer.chat_template", STRING, text("")),
        |it| it.remove("general.alignment"),
        |it| it.remove("tokenizer.ggml.token_type"),
        |it| it.set("x.y", ARRAY, [&F32.to_le_bytes()[..], &0u64.to_le_bytes()].concat()),
    ];
    for (number, change) in fine.iter().enumerate() {
        let mut spec = Spec::sound();
        change(&mut spec);
        place.write("model.gguf", spec.bytes());
        let run = place.feed(&["complete", "-m", "model.gguf", "-n", "2", "--raw"], "a");
        assert_eq!(run.code, 0, "change {number}: {}", run.stderr);
        assert!(!run.stderr.contains('\u{1B}'), "{}", run.stderr);
    }
}

/// Bytes that are no text, or text in the odd places of the command line, through the program itself.
#[test]
fn hostile_bytes_through_the_program() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["a"]"#);
    let seed = number("DSCODER_HOSTILE_SEED", 1);
    let mut codes = BTreeMap::new();
    for index in 1..=number("DSCODER_HOSTILE_RUNS", 60).min(400) / 2 {
        let mut random = random(seed + index);
        let mut bytes = hostile(&mut random, 0).into_bytes();
        for wrong in [&b"\xED\xA0\x80"[..], b"\0", b"\xFF", b"\xC3"] {
            if random.below(6) == 0 {
                let at = random.below(bytes.len() as u64 + 1) as usize;
                bytes.splice(at..at, wrong.iter().copied());
            }
        }
        place.write("f", &bytes);
        let arguments: &[&str] = match index % 5 {
            0 => &["complete", "-m", &model],
            1 => &["infill", "--prefix", "f", "--suffix", "-", "-m", &model],
            2 => &["infill", "f", "--at", "1", "--whole", "-m", &model],
            3 => &["chat", "-f", "f", "-m", &model],
            _ => &["git", "message", "-m", &model],
        };
        let run = place.feed(arguments, &bytes);
        let allowed: &[i32] = if index % 5 == 4 { &[0, 65, 66] } else { &[0, 2, 65] };
        assert!(allowed.contains(&run.code), "seed {seed}, {index}: {arguments:?}: {run:?}");
        *codes.entry(run.code).or_insert(0) += 1;
    }
    assert!(codes.contains_key(&0) && codes.contains_key(&65), "{codes:?}");
}
