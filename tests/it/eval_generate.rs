//! `dscoder eval generate`: files of samples, which a killed run continues.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::command::{Place, Random, number, output};

/// An answer that depends on the prompt.
const SCRIPT: &str = "pieces = [\"x = 1\", \"\\n\", \"\\ndef g\", \"():\\n\"]\necho = 9";

fn samples(place: &Place, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(place.path(name)).expect("there");
    text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
}

#[test]
fn samples_are_in_the_order_of_problems() {
    let place = Place::new();
    let model = place.script(SCRIPT);
    let arguments = [
        "eval",
        "generate",
        "infilling",
        "humaneval",
        "--limit",
        "3",
        "--samples",
        "2",
        "-t",
        "0.5",
        "--seed",
        "7",
        "-m",
        &model,
        "-o",
        "s.jsonl",
    ];
    assert_eq!(place.run(&arguments), output("", "", 0));
    let found = samples(&place, "s.jsonl");
    let rows: Vec<_> = found.iter().map(|one| (&one["task_id"], &one["sample"], &one["seed"])).collect();
    let expected: Vec<_> = ["SingleLineInfilling/HumanEval/0/L", "HumanEval/"]
        .iter()
        .flat_map(|start| (0..6).map(move |index| (format!("{start}{}", index / 2), index % 2)))
        .zip(7..)
        .map(|((name, sample), seed)| (Value::from(name), Value::from(sample), Value::from(seed)))
        .collect();
    let expected: Vec<_> = expected.iter().map(|(name, sample, seed)| (name, sample, seed)).collect();
    assert_eq!(rows, expected);
    // The end of the text behind the gap, up to the marker; of a function, what follows too, up to what the authors stop at.
    assert_eq!(found[0]["completion"], "n False\n");
    assert_eq!(found[0]["finish"], "end_of_text");
    assert_eq!(found[6]["completion"], "e\n    \"\"\"x = 1\n");
    assert_eq!(found[6]["finish"], "stop_rule");
    let record: Value = serde_json::from_slice(&fs::read(place.path("s.run.json")).expect("there")).expect("an object");
    assert_eq!((&record["settings"]["seed"], &record["settings"]["temperature"]), (&7.into(), &0.5.into()));
    assert_eq!(record["settings"]["problems"], 6);
    // What is there is left alone; other settings are refused.
    let before = fs::read(place.path("s.jsonl")).expect("there");
    assert_eq!(place.run(&arguments), output("", "note: s.jsonl has all samples already\n", 0));
    let other = place.run(&[&arguments[..], &["--as", "used"]].concat());
    assert_eq!(other.code, 2);
    assert!(other.stderr.contains("mode is \"published\" there and \"used\" here"), "{}", other.stderr);
    assert_eq!(fs::read(place.path("s.jsonl")).expect("there"), before);
}

#[test]
fn answers_are_shaped_as_for_users_if_asked() {
    let place = Place::new();
    let model = place.script("pieces = [\"    return 1\\n\", \"\\n\\n\", \"def g():\\n\", \"    pass\\n\"]");
    let run = |mode: &str| {
        let name = format!("{mode}.jsonl");
        let arguments = ["eval", "generate", "humaneval", "--limit", "1", "-m", &model, "--as", mode, "-o", &name];
        assert_eq!(place.run(&arguments), output("", "", 0));
        samples(&place, &name)[0]["completion"].clone()
    };
    assert_eq!(run("published"), "    return 1\n\n");
    // The end of the block.
    assert_eq!(run("used"), "    return 1\n");
}

#[test]
fn a_killed_run_continues_and_gives_the_same_file() {
    let place = Place::new();
    let model = place.script("pieces = [\"x\", \"y\"]\necho = 40\nprefill_ms = 10");
    let arguments = |name: &'static str| {
        ["eval", "generate", "humaneval", "--limit", "100", "--parallel", "2", "-q", "-m", &model, "-o", name]
            .map(str::to_owned)
    };
    let start = Instant::now();
    let whole = place.command(arguments("whole.jsonl")).status().expect("run");
    let longest = start.elapsed();
    assert!(whole.success());
    let whole = fs::read(place.path("whole.jsonl")).expect("there");
    let mut random = Random(number("DSCODER_HOSTILE_SEED", 1) | 1);
    let mut kills = 0;
    for _ in 0..number("DSCODER_HOSTILE_RUNS", 60).div_ceil(15) {
        let _ = fs::remove_file(place.path("killed.jsonl"));
        loop {
            let mut child = place.command(arguments("killed.jsonl")).spawn().expect("started");
            thread::sleep(Duration::from_micros(random.below(longest.as_micros() as u64 * 2 / 3)));
            if let Some(status) = child.try_wait().expect("a child") {
                assert!(status.success());
                break;
            }
            child.kill().expect("killed");
            child.wait().expect("ended");
            kills += 1;
            let found = fs::read(place.path("killed.jsonl")).unwrap_or_default();
            assert!(whole.starts_with(&found), "what is written is final");
        }
        assert_eq!(fs::read(place.path("killed.jsonl")).expect("there"), whole);
    }
    assert!(kills > 0);
}

#[test]
fn a_signal_leaves_a_file_that_continues() {
    let place = Place::new();
    let model = place.script(&format!("{SCRIPT}\ndelay_ms = 20"));
    let arguments =
        ["eval", "generate", "infilling", "--limit", "40", "--parallel", "1", "-m", &model, "-o", "s.jsonl"];
    let child = place.command(arguments).spawn().expect("started");
    while !fs::read_to_string(place.path("s.jsonl")).is_ok_and(|text| text.contains('\n')) {
        thread::sleep(Duration::from_millis(5));
    }
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.is_ok_and(|status| status.success()));
    let ended = crate::command::finish(child);
    assert_eq!((ended.stderr.as_str(), ended.code), ("note: the same command continues\n", 130));
    let resumed = place.run(&arguments);
    assert_eq!(resumed.code, 0);
    assert_eq!(samples(&place, "s.jsonl").len(), 40);
}

#[test]
fn what_cannot_work_is_said() {
    let place = Place::new();
    let model = place.script(SCRIPT);
    let run = |more: &[&str]| {
        let run = place.run(&[&["eval", "generate", "-m", &model, "-o", "s.jsonl"], more].concat());
        (run.stderr.lines().next().unwrap_or_default().to_owned(), run.code)
    };
    let same = "error: --samples 2 needs a temperature: at temperature 0 all samples are the same".to_owned();
    assert_eq!(run(&["humaneval", "--samples", "2"]), (same, 2));
    assert_eq!(run(&["mbpp"]).1, 66);
    assert_eq!(run(&["--suite-file", "missing.jsonl"]).1, 66);
    assert_eq!(run(&["nonsense"]).1, 2);
    assert_eq!(run(&[]).1, 2);
    assert!(!place.path("s.jsonl").exists());
    place.write("s.jsonl", "mine\n");
    assert_eq!(run(&["humaneval", "--limit", "1"]).1, 2);
    assert_eq!(fs::read_to_string(place.path("s.jsonl")).expect("there"), "mine\n");
}
