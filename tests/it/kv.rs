//! The prefix store: prompts that begin as earlier ones did.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use dscoder::cancel::{Cancel, Sink};
use dscoder::engine::Engine;
use dscoder::generate::{Order, generate};
use dscoder::shape::Shape;
use dscoder::shape::stop::{StopRules, Until};
use dscoder::vocabulary::Vocabulary;
use serde_json::Value;

use crate::command::{Output, Place, Random, finish, number, repository};
use crate::tokens::{DEMO, MODEL, start};

/// What is asked in one run.
struct Run {
    place: Place,
    model: PathBuf,
    /// Some 800 tokens of code.
    text: String,
}

impl Run {
    fn new() -> Run {
        let mut place = Place::new();
        let cache = place.path("cache");
        place.set("DSCODER_CACHE_DIR", &cache.to_string_lossy());
        // The built-in model is too fast for what the default keeps.
        place.set("DSCODER_CACHE_AFTER", "0.001");
        place.set("DSCODER_NO_CACHE", "0");
        let mut text = fs::read_to_string(repository("tests/data/prompt.rs")).expect("there");
        text.truncate(3000);
        Run { place, model: DEMO.clone(), text }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let model = self.model.to_string_lossy();
        let common = ["complete", "text", "-m", &model, "--raw", "--until", "end", "-n", "24"];
        self.place.command(common.iter().chain(arguments))
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.place.write("text", &self.text);
        finish(self.command(arguments).spawn().expect("started"))
    }

    /// The answer, and how many tokens of the prompt were not evaluated again.
    fn ask(&self, arguments: &[&str]) -> (String, u64, u64) {
        reported(&self.run(&[&["--json"], arguments].concat()))
    }

    /// The files of the store.
    fn entries(&self) -> Vec<PathBuf> {
        let directories = fs::read_dir(self.place.path("cache/kv")).into_iter().flatten().flatten();
        let files = directories.flat_map(|directory| fs::read_dir(directory.path()).into_iter().flatten().flatten());
        files.map(|file| file.path()).collect()
    }
}

/// The answer of a run with `--json`, and how many tokens of the prompt were not evaluated again.
fn reported(output: &Output) -> (String, u64, u64) {
    assert_eq!((output.stderr.as_str(), output.code), ("", 0));
    let report: Value = serde_json::from_str(&output.stdout).expect("JSON");
    let count = |value: &Value| value.as_u64().expect("a number");
    let text = report["text"].as_str().expect("a text").to_owned();
    (text, count(&report["reused"]), count(&report["prompt"]["tokens"]))
}

#[test]
fn a_prompt_is_evaluated_once() {
    let mut run = Run::new();
    let (answer, reused, tokens) = run.ask(&[]);
    assert_eq!((reused, run.entries().len()), (0, 1));
    assert!(tokens > 600, "{tokens}");
    assert_eq!(run.ask(&[]), (answer.clone(), tokens - 1, tokens));
    assert_eq!(run.ask(&["--no-cache"]), (answer.clone(), 0, tokens));
    let (candidates, reused, _) = run.ask(&["--candidates", "3"]);
    assert_eq!(reused, tokens - 1);
    assert_eq!(run.ask(&["--candidates", "3", "--no-cache"]), (candidates, 0, tokens));

    // A text that continues after the answer, and one that differs in its last line.
    run.text += &answer;
    let (_, reused, longer) = run.ask(&[]);
    assert!(reused >= tokens && longer > tokens, "{reused} of {longer}");
    run.text = format!("{}\n// another line\nfn main() {{", run.text[..2500].trim_end());
    let (answer, reused, tokens) = run.ask(&[]);
    assert!(reused > tokens / 2 && reused < tokens - 3, "{reused} of {tokens}");
    assert!(!answer.is_empty());
}

/// Each run of `chat --session` is a separate process.
#[test]
fn a_session_goes_on_where_it_ended() {
    let mut run = Run::new();
    let sessions = run.place.path("sessions");
    run.place.set("DSCODER_SESSIONS_DIR", &sessions.to_string_lossy());
    run.place.write("text", &run.text);
    let model = run.model.to_string_lossy();
    let ask = |arguments: &[&str]| {
        let common = ["chat", "-m", &model, "--force", "--session", "s", "--json", "-n", "12"];
        reported(&run.place.run(&[&common, arguments].concat()))
    };
    let (_, reused, first) = ask(&["-f", "text", "What is this?"]);
    assert!(first > 600 && reused == 0, "{first} {reused}");
    let (_, reused, second) = ask(&["And why?"]);
    assert!(reused >= first && reused < second, "{reused} of {second}, {first} before");
}

#[test]
fn damaged_and_foreign_entries_are_misses() {
    let run = Run::new();
    let expected = run.ask(&[]);
    let entry = run.entries().remove(0);
    let whole = fs::read(&entry).expect("there");
    let directory = entry.parent().expect("a directory");
    for number in 0..1000usize {
        let mut bytes = whole[..(number * 7919) % 20_000].to_vec();
        if number % 2 == 0 {
            bytes.extend(&whole[whole.len() - 400..]);
        }
        fs::write(directory.join(format!("{number}.kv")), bytes).expect("written");
    }
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    fs::write(&entry, flipped).expect("written");
    fs::create_dir(directory.join("directory.kv")).expect("created");
    assert_eq!(run.ask(&[]), expected);
    // The whole entry took the place of the damaged one, and what was no entry is gone.
    assert_eq!(run.ask(&[]).1, expected.2 - 1);
    assert_eq!(run.entries().iter().filter(|path| path.is_file()).count(), 1);
}

#[test]
fn another_model_under_the_same_name_is_another_one() {
    let mut run = Run::new();
    run.model = run.place.path("model.gguf");
    fs::copy(&*DEMO, &run.model).expect("copied");
    let (answer, _, tokens) = run.ask(&[]);
    assert_eq!(run.ask(&[]).1, tokens - 1);
    fs::remove_file(&run.model).expect("removed");
    fs::copy(&*DEMO, &run.model).expect("copied");
    assert_eq!(run.ask(&[]), (answer, 0, tokens));
}

#[test]
fn a_store_that_cannot_be_used_changes_nothing() {
    let run = Run::new();
    run.place.write("cache/kv", "a file");
    let (answer, ..) = run.ask(&[]);
    assert_eq!(run.ask(&[]), (answer.clone(), 0, run.ask(&[]).2));
    fs::remove_file(run.place.path("cache/kv")).expect("removed");
    // No room.
    assert_eq!(run.ask(&["--cache-size", "1kB"]).1, 0);
    assert!(run.entries().is_empty());
    // Nothing was worth it.
    assert_eq!(run.ask(&["--cache-after", "1000"]).1, 0);
    assert!(run.entries().is_empty());
}

#[test]
fn many_processes_share_it() {
    let run = Run::new();
    let (answer, _, tokens) = run.ask(&["--no-cache"]);
    let started = (0..6).map(|_| run.command(&[]).spawn().expect("started"));
    let started: Vec<_> = started.collect();
    for child in started {
        let output = finish(child);
        assert_eq!((output.stdout.as_str(), output.stderr.as_str(), output.code), (answer.as_str(), "", 0));
    }
    assert_eq!((run.entries().len(), run.ask(&[]).1), (1, tokens - 1));
}

#[test]
fn the_store_is_listed_and_cleared() {
    let run = Run::new();
    let (_, _, tokens) = run.ask(&[]);
    let list = run.place.run(&["cache"]);
    assert!(list.stdout.contains("demo-") && list.stdout.lines().count() == 1, "{list:?}");
    let listed: u64 = list.stdout.split_whitespace().next().and_then(|count| count.parse().ok()).expect("a count");
    assert!(listed >= tokens, "{listed}");
    assert_eq!(run.place.run(&["cache", "path"]).stdout, format!("{}\n", run.place.path("cache/kv").display()));
    let cleared = run.place.run(&["cache", "clear"]);
    assert!(cleared.stderr.starts_with("note: removed 1 evaluated prompt ("), "{cleared:?}");
    assert!(run.entries().is_empty());
    let list = run.place.run(&["cache", "list"]);
    assert_eq!((list.stdout.as_str(), list.stderr.as_str()), ("", "note: there are no cached prompts\n"));
}

/// The ids of the likeliest answer.
fn answer(engine: &mut dyn Engine, prompt: &[u32]) -> (Vec<u32>, usize) {
    let shape = Shape::plain(StopRules::new(&[], Until::End));
    let order = Order { prompt, controls: 0, max_tokens: 16, sequences: 1, shape };
    let generated = generate(engine, &MODEL.tokenizer, &order, &Cancel::default(), &mut |_, _| Ok(Sink::Open));
    let generated = generated.expect("an answer");
    (generated.answers[0].ids().collect(), generated.reused)
}

#[test]
fn fifty_prompts_have_the_same_answers_from_the_store() {
    let place = Place::new();
    let text = fs::read_to_string(repository("src/git/diff.rs")).expect("there");
    let ids = MODEL.tokenizer.encode(&text);
    for number in 0..50 {
        let prompt = &ids[number * 80..number * 80 + 256 + number];
        let mut engine = start(512);
        let (cold, reused) = answer(engine.as_mut(), prompt);
        assert_eq!(reused, 0);
        let state = place.path("state");
        engine.save(&state).expect("saved");
        let evaluated = engine.evaluated().to_vec();
        let mut engine = start(512);
        assert!(engine.restore(&state, &evaluated));
        assert_eq!(answer(engine.as_mut(), prompt), (cold, prompt.len() - 1), "prompt {number}");
    }
}

/// `DSCODER_HOSTILE_RUNS` divided by 10 is how many saves there are (6; `tests/run.sh` takes 200).
#[test]
fn a_save_that_is_killed_leaves_a_sound_store() {
    let mut run = Run::new();
    run.text.truncate(1200);
    let (expected, _, tokens) = run.ask(&["--no-cache"]);
    let saves = number("DSCODER_HOSTILE_RUNS", 60) / 10;
    let seed = number("DSCODER_HOSTILE_SEED", 1);
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut whole = 0;
    for _ in 0..saves {
        let _ = fs::remove_dir_all(run.place.path("cache/kv"));
        let started = Instant::now();
        let mut child = run.command(&[]).stdout(Stdio::piped()).spawn().expect("started");
        // The answer is out: now it saves.
        let mut answer = [0];
        let _ = std::io::Read::read(child.stdout.as_mut().expect("a pipe"), &mut answer);
        thread::sleep(Duration::from_micros(random.below(started.elapsed().as_micros() as u64 / 2 + 1)));
        let _ = child.kill();
        let _ = child.wait();
        let (text, reused, _) = run.ask(&[]);
        assert_eq!(text, expected);
        assert!(reused == 0 || reused == tokens - 1, "{reused}");
        whole += usize::from(reused > 0);
    }
    let _ =
        writeln!(std::io::stderr(), "kill -9: seed {seed}, {saves} saves of prompts: {whole} whole, no half ones used");
}
