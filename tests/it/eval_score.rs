//! `dscoder eval score`, `--gold` and `fetch`.

use std::fs;
use std::time::{Duration, Instant};

use dscoder::cancel::Cancel;
use dscoder::model::digest::Digest;
use dscoder::run::download::{Pinned, pinned};
use dscoder::term::Term;
use reqwest::Url;
use serde_json::{Value, json};

use crate::command::{Output, Place, finish, skip};
use crate::hub::Hub;

fn lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

/// A problem that every Python can run: `f` is to return 1.
fn problem() -> Value {
    json!({"task_id": "SingleLineInfilling/x", "prompt": "def f():\n", "suffix": "", "canonical_solution": "    return 1\n",
           "test": "def check(f):\n    assert f() == 1\n", "entry_point": "f"})
}

fn sample(completion: &str) -> Value {
    json!({"task_id": "SingleLineInfilling/x", "completion": completion})
}

/// Scores samples for the problems.
fn score(place: &Place, problems: &[Value], samples: &[Value], options: &[&str]) -> (Output, Vec<String>) {
    place.write("problems.jsonl", lines(problems));
    place.write("samples.jsonl", lines(samples));
    let line = ["eval", "score", "samples.jsonl", "--suite-file", "problems.jsonl", "--scores", "scores.jsonl"];
    let output = place.run(&[&line, options].concat());
    let scores = fs::read_to_string(place.path("scores.jsonl")).unwrap_or_default();
    let result =
        |line: &str| serde_json::from_str::<Value>(line).expect("an object")["result"].as_str().map(str::to_owned);
    (output, scores.lines().map(|line| result(line).expect("a result")).collect())
}

fn has(program: &str) -> bool {
    let there = dscoder::environment::is_in_path(program);
    if !there {
        skip(&format!("there is no {program}"));
    }
    there
}

#[test]
fn programs_are_run_only_if_that_is_allowed() {
    let place = Place::new();
    place.write("samples.jsonl", lines(&[json!({"task_id": "HumanEval/0", "completion": "    return 1\n"})]));
    let run = place.run(&["eval", "score", "samples.jsonl"]);
    let said = "error: scoring humaneval-python runs programs that a model wrote\n\
        hint: allow it with --execute; dscoder help benchmarks says what protects this machine\n";
    assert_eq!((run.stderr.as_str(), run.code), (said, 2));
}

#[test]
fn holes_are_compared_without_running_anything() {
    let place = Place::new();
    let samples = [sample("    return 1\n"), sample("    return 1\n    x"), sample("    return 2\n")];
    let (run, results) = score(&place, &[problem()], &samples, &[]);
    let table = "samples.jsonl\n\n\
        SUITE                   MEASURE            SHARE  95 % INTERVAL  PROBLEMS  PUBLISHED\n\
        Infilling, single line  first line exact  66.7 %    9.4 to 97.5         1  -\n\
        Infilling, single line  exact             33.3 %    2.5 to 90.6         1  -\n";
    let said =
        "note: programs are run only with --execute; without it, answers are only compared with what was in the hole\n";
    assert_eq!((run.stdout.as_str(), run.stderr.as_str(), run.code), (table, said, 0));
    assert_eq!(results, ["cannot_run"; 3]);
    let held_out = |completion: &str| json!({"task_id": "a.py:3", "suite": "fim-exact", "completion": completion, "reference": "x = 1\n"});
    place.write("samples.jsonl", lines(&[held_out("x = 1"), held_out("y = 1"), held_out("x = 1\nz")]));
    let run = place.run(&["eval", "score", "samples.jsonl"]);
    let table = "samples.jsonl\n\n\
        SUITE               MEASURE            SHARE  95 % INTERVAL  PROBLEMS  PUBLISHED\n\
        Lines of your code  first line exact  66.7 %    9.4 to 97.5         1  -\n\
        Lines of your code  exact             33.3 %    2.5 to 90.6         1  -\n";
    assert_eq!((run.stdout.as_str(), run.stderr.as_str(), run.code), (table, "", 0));
}

#[test]
fn bad_samples_are_named() {
    let place = Place::new();
    for (line, options, said) in [
        ("{", &[][..], "cannot use line 2 of samples.jsonl"),
        (r#"{"task_id":"HumanEval/0"}"#, &[], "missing field `completion`"),
        (
            r#"{"task_id":"HumanEval/999","completion":""}"#,
            &["--execute"],
            "humaneval-python has no problem HumanEval/999",
        ),
        (r#"{"task_id":"HumanEval_23_strlen","completion":""}"#, &["--execute"], "hint: name it with --suite"),
        (r#"{"task_id":"x","suite":"fim-exact","completion":""}"#, &[], "x has no \"reference\""),
        (r#"{"task_id":"x","suite":"cobol","completion":""}"#, &[], "there is no suite cobol"),
    ] {
        place.write("samples.jsonl", format!("\n{line}\n"));
        let run = place.run(&[&["eval", "score", "samples.jsonl"], options].concat());
        assert_eq!((run.stdout.as_str(), run.code), ("", 65), "{}", run.stderr);
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    let run = place.run(&["eval", "score", "missing.jsonl"]);
    assert_eq!(run.code, 66);
    place.write("samples.jsonl.gz", [0x1f, 0x8b, 8, 0, 0]);
    let run = place.run(&["eval", "score", "samples.jsonl.gz"]);
    assert!(run.code == 65 && run.stderr.contains("it is damaged"), "{}", run.stderr);
}

#[test]
fn benchmarks_that_are_not_here_are_named() {
    let mut place = Place::new();
    place.set("DSCODER_EVAL_DIR", &place.path("eval").display().to_string());
    let run = place.run(&["eval", "mbpp", "--gold", "--execute"]);
    assert!(run.code == 66 && run.stderr.contains("hint: download them: dscoder eval fetch mbpp"), "{}", run.stderr);
    let run = place.run(&["eval", "fetch", "mbpp", "--offline"]);
    assert!(run.code == 66 && run.stderr.contains("the network is off"), "{}", run.stderr);
    let run = place.run(&["eval", "fetch", "infilling"]);
    assert_eq!((run.stderr.as_str(), run.code), ("note: infilling-single-line is part of dscoder\n", 0));
}

#[test]
fn another_file_is_not_installed() {
    let mut place = Place::new();
    place.set("DSCODER_EVAL_DIR", &place.path("eval").display().to_string());
    let hub = Hub::new();
    hub.put("mbpp.jsonl", vec![b'x'; 563_743]);
    let run = place.run(&["eval", "fetch", "mbpp", "--from", &format!("{}/plain", hub.url())]);
    assert!(run.code == 69 && run.stderr.contains("it is another version of the file"), "{} {}", run.code, run.stderr);
    assert!(!place.path("eval/mbpp.jsonl").exists());
    let run = place.run(&["eval", "fetch", "mbpp", "--from", "http://example.org/"]);
    assert!(run.code == 2 && run.stderr.contains("only https is allowed"), "{}", run.stderr);
}

#[test]
fn a_file_with_a_known_digest_is_fetched_once() {
    let hub = Hub::new();
    let bytes = b"problems".repeat(1000);
    hub.put("x.jsonl", bytes.clone());
    let directory = tempfile::tempdir().expect("a directory");
    let (term, cancel) = (Term::new(true, false), Cancel::default());
    let file = Pinned {
        name: "x.jsonl",
        url: Url::parse(&format!("{}/plain/x.jsonl", hub.url())).expect("an address"),
        sha256: Digest::of(&bytes),
        bytes: bytes.len() as u64,
    };
    let fetch = |offline| pinned(&file, directory.path(), offline, &term, &cancel);
    assert!(fetch(true).is_err());
    assert_eq!((fetch(false), fetch(false), fetch(true)), (Ok(true), Ok(false), Ok(false)));
    assert_eq!(fs::read(directory.path().join("x.jsonl")).expect("there"), bytes);
    // A file that the user put there is as good.
    let by_hand = tempfile::tempdir().expect("a directory");
    fs::write(by_hand.path().join("x.jsonl"), &bytes).expect("written");
    assert_eq!(pinned(&file, by_hand.path(), true, &term, &cancel), Ok(false));
}

#[cfg(unix)]
#[test]
fn reference_answers_pass() {
    if !has("python3") {
        return;
    }
    let place = Place::new();
    let run = place.run(&[
        "eval",
        "infilling-random-span-light",
        "--gold",
        "--execute",
        "--limit",
        "6",
        "--time-limit",
        "60",
    ]);
    let table = "suite                         passed  of  rate     exact line\n\
        Infilling, random span light  6       6   100.0 %  100.0 %\n";
    assert_eq!((run.stdout.as_str(), run.code), (table, 0), "{}", run.stderr);
    assert!(run.stderr.starts_with("note: running 6 answers as programs, without network"), "{}", run.stderr);
    // One that does not pass is named.
    let mut wrong = problem();
    wrong["canonical_solution"] = json!("    return 2\n");
    place.write("wrong.jsonl", lines(&[wrong]));
    let run = place.run(&["eval", "--suite-file", "wrong.jsonl", "--gold", "--execute", "--time-limit", "60"]);
    let said = "error: a reference answer does not pass: SingleLineInfilling/x (failed)\n";
    assert!(run.code == 1 && run.stderr.contains(said), "{} {}", run.code, run.stderr);
}

#[cfg(unix)]
#[test]
fn without_a_sandbox_programs_run_too() {
    if !has("python3") {
        return;
    }
    let place = Place::new();
    let samples =
        [sample("    return 1\n"), sample("    raise SystemExit(0)\n"), sample("    import time; time.sleep(99)\n")];
    let (run, results) =
        score(&place, &[problem()], &samples, &["--execute", "--sandbox", "none", "--time-limit", "5"]);
    let said =
        "note: running 3 answers as programs that may do all that you may; only time, memory and output are limited\n";
    assert_eq!((run.stderr.as_str(), run.code), (said, 0));
    assert_eq!(results, ["passed", "not_finished", "timed_out"]);
}

#[cfg(unix)]
#[test]
fn equal_programs_run_once() {
    if !has("python3") {
        return;
    }
    let place = Place::new();
    let samples = vec![sample("    import time; time.sleep(1); return 1\n"); 60];
    let began = Instant::now();
    let (_, results) = score(&place, &[problem()], &samples, &["--execute", "--jobs", "1", "--time-limit", "60"]);
    assert_eq!(results, vec!["passed"; 60]);
    assert!(began.elapsed() < Duration::from_secs(50));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_scoring_and_the_programs() {
    if !has("python3") {
        return;
    }
    let place = Place::new();
    place.write("problems.jsonl", lines(&[problem()]));
    place.write("samples.jsonl", lines(&[sample("    import os; os.execvp('sleep', ['sleep', '97531.2468'])\n")]));
    let line = ["eval", "score", "samples.jsonl", "--suite-file", "problems.jsonl", "--execute", "--time-limit", "300"];
    let child = place.start(&line, b"");
    let is_running = || {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        entries
            .filter_map(|entry| fs::read(entry.path().join("cmdline")).ok())
            .any(|words| words.starts_with(b"sleep\x0097531.2468"))
    };
    let wait = |wanted: bool| {
        let began = Instant::now();
        while is_running() != wanted && began.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(is_running(), wanted);
    };
    if cfg!(target_os = "linux") {
        wait(true);
    }
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).expect("sent");
    assert_eq!(finish(child).code, 130);
    wait(false);
}

/// A problem of another language than Python, with a right answer and one that ends early.
fn language(program: &str, name: &str, prompt: &str, test: &str, right: &str, wrong: &str, early: &str) {
    if !has(program) {
        return;
    }
    let place = Place::new();
    let problem = json!({"name": "x", "language": name, "prompt": prompt, "test": test});
    let samples = [right, wrong, early].map(|completion| json!({"task_id": "x", "completion": completion}));
    let (run, results) = score(&place, &[problem], &samples, &["--execute", "--time-limit", "120"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(results, ["passed", "failed", "not_finished"], "{} {}", run.stdout, run.stderr);
}

#[cfg(unix)]
#[test]
fn bash() {
    let test = "}\n\nset -e\nrun_test() {\n    [[ $(f) = 1 ]]\n    f > /dev/null\n}\n\nrun_test";
    language(
        "bash",
        "sh",
        "#!/bin/bash\nf() {\n",
        test,
        "    echo 1",
        "    echo 2",
        "    kill -9 $$; exit 0\n}\nexit 0\n{",
    );
}

#[cfg(unix)]
#[test]
fn javascript() {
    let test = "const assert = require('node:assert');\n\nfunction test() {\n  assert.deepEqual(f(),1);\n}\n\ntest();";
    language(
        "node",
        "js",
        "function f(){\n",
        test,
        "    return 1\n}",
        "    console.log(1); return 1\n}",
        "    process.exit(0)\n}",
    );
}

#[cfg(unix)]
#[test]
fn cpp() {
    let test = "}\nint main() {\n    auto candidate = f;\n    assert(candidate() == (1));\n}\n";
    language("g++", "cpp", "#include<assert.h>\nlong f() {\n", test, "    return 1;", "    return 2;", "    exit(0);");
}

#[test]
fn a_missing_compiler_is_named_and_its_problems_do_not_count() {
    let mut place = Place::new();
    place.set("PATH", "/nowhere");
    let problem = json!({"name": "x", "language": "php", "prompt": "function f() {\n", "test": "test();"});
    let sample = json!({"task_id": "x", "completion": "}"});
    let options: &[&str] = if cfg!(windows) { &["--execute", "--sandbox", "none"] } else { &["--execute"] };
    let (run, results) = score(&place, &[problem], &[sample], options);
    let table = "samples.jsonl\n\n\
        SUITE           MEASURE  SHARE  95 % INTERVAL  PROBLEMS  PUBLISHED\n\
        HumanEval, PHP  not run      -              -         0  -\n\n\
        HumanEval, PHP: 1 sample was not run, and not counted: php is not here.\n";
    assert_eq!((run.stdout.as_str(), run.code), (table, 0), "{}", run.stderr);
    assert_eq!(results, ["cannot_run"]);
}
