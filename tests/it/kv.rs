//! The prefix store: prompts that begin as earlier ones did.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::command::{Output, Place, finish, repository};
use crate::tokens::DEMO;

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
        let mut text = fs::read_to_string(repository("src/trim.rs")).expect("there");
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
        let output = self.run(&[&["--json"], arguments].concat());
        assert_eq!((output.stderr.as_str(), output.code), ("", 0));
        let report: Value = serde_json::from_str(&output.stdout).expect("JSON");
        let count = |value: &Value| value.as_u64().expect("a number");
        let text = report["text"].as_str().expect("a text").to_owned();
        (text, count(&report["reused"]), count(&report["prompt"]["tokens"]))
    }

    /// The files of the store.
    fn entries(&self) -> Vec<PathBuf> {
        let directories = fs::read_dir(self.place.path("cache/kv")).into_iter().flatten().flatten();
        let files = directories.flat_map(|directory| fs::read_dir(directory.path()).into_iter().flatten().flatten());
        files.map(|file| file.path()).collect()
    }
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

    // A text that goes on where the answer ended, and one that differs in its last line.
    run.text += &answer;
    let (_, reused, longer) = run.ask(&[]);
    assert!(reused >= tokens && longer > tokens, "{reused} of {longer}");
    run.text = format!("{}\n// another line\nfn main() {{", run.text[..2500].trim_end());
    let (answer, reused, tokens) = run.ask(&[]);
    assert!(reused > tokens / 2 && reused < tokens - 3, "{reused} of {tokens}");
    assert!(!answer.is_empty());
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
    assert_eq!((list.stdout.as_str(), list.stderr.as_str()), ("", "note: no evaluated prompts are kept\n"));
}
