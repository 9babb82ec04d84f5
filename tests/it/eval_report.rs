//! `dscoder eval` from a directory of code to its reports, and comparisons.

use std::fs;

use serde_json::Value;

use crate::command::{Place, output};

const TABLE: &str = "\
script.toml: Base prompts, as published, greedy
";

/// A place with code of which most lines are what the script writes.
fn place() -> (Place, String) {
    let place = Place::new();
    place.write("code/a.py", "total = total + 1\n".repeat(30));
    place.write("code/b.py", "other = other * 2\n".repeat(10));
    let model = place.script("pieces = [\"total = total\", \" + 1\\n\"]");
    (place, model)
}

fn eval<'a>(model: &'a str, name: &'a str) -> Vec<&'a str> {
    vec!["eval", "fim-exact", "--code", "code", "--limit", "20", "-m", model, "-o", name]
}

/// The text without what it took, which varies.
fn steady(text: &str) -> String {
    text.lines().filter(|line| !line.contains(" tokens/s")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_directory_of_code_is_a_benchmark() {
    let (place, model) = place();
    let run = place.run(&[&eval(&model, "s.jsonl")[..], &["--html", "r.html", "--markdown", "r.md"]].concat());
    assert_eq!((run.stderr.as_str(), run.code), ("note: the scores are in s.scores.jsonl\n", 0));
    let text = steady(&run.stdout);
    assert!(text.starts_with(TABLE), "{text}");
    let scores = fs::read_to_string(place.path("s.scores.jsonl")).expect("there");
    let scores: Vec<Value> = scores.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    assert_eq!(scores.len(), 20);
    // What is right is known: the first line in one file, all of it in holes of one line.
    let is_first = |one: &&Value| one["task_id"].as_str().expect("a name").starts_with("a.py");
    let is_whole = |one: &&Value| one["reference"] == "total = total + 1\n";
    let count = |is: &dyn Fn(&&Value) -> bool| scores.iter().filter(is).count();
    let (first, whole) = (count(&is_first), count(&is_whole));
    assert!(20 > first && first > whole && whole > 0);
    assert!(
        scores
            .iter()
            .all(|one| one["exact"]["first_line"] == is_first(&one) && one["exact"]["whole"] == is_whole(&one))
    );
    let percent = |part: usize| format!("{:.1} %", 100.0 * part as f64 / 20.0);
    let line =
        |measure: &str| text.lines().find(|line| line.contains(&format!("  {measure}  "))).expect("a line").to_owned();
    assert!(line("first line exact").contains(&percent(first)), "{text}");
    assert!(line("exact").contains(&percent(whole)), "{text}");
    // The same from the scores, and in the other forms.
    let again = place.run(&["eval", "report", "s.scores.jsonl"]);
    assert_eq!((again.stdout, again.code), (run.stdout, 0));
    let json = place.run(&["eval", "report", "s.scores.jsonl", "--json"]);
    let report: Value = serde_json::from_str(&json.stdout).expect("an object");
    assert_eq!(report["runs"][0]["suites"][0]["figures"][0]["share"], first as f64 / 20.0);
    let html = fs::read_to_string(place.path("r.html")).expect("there");
    assert!(html.starts_with("<!doctype html>") && html.contains(&percent(first)) && !html.contains("<script"));
    let markdown = fs::read_to_string(place.path("r.md")).expect("there");
    assert!(markdown.contains(&format!("| first line exact | {} |", percent(first))), "{markdown}");
}

#[test]
fn runs_are_compared_problem_by_problem() {
    let (place, model) = place();
    assert_eq!(place.run(&eval(&model, "a.jsonl")).code, 0);
    let other = place.script("pieces = [\"other = other\", \" * 2\\n\"]");
    assert_eq!(place.run(&eval(&other, "b.jsonl")).code, 0);
    let json = place.run(&["eval", "compare", "a.scores.jsonl", "b.scores.jsonl", "--json"]);
    let found: Value = serde_json::from_str(&json.stdout).expect("an object");
    let one = &found["suites"][0];
    let names =
        |key: &str| one[key].as_array().expect("a list").iter().map(|name| name.as_str().expect("a name").to_owned());
    assert!(names("only_a_problems").all(|name| name.starts_with("a.py")));
    assert!(names("only_b_problems").all(|name| name.starts_with("b.py")));
    let counts = ["problems", "both", "only_a", "only_b", "neither"].map(|key| one[key].as_u64().expect("a number"));
    assert_eq!((counts[0], counts[1], counts[4], counts[2] + counts[3]), (20, 0, 0, 20));
    let text = place.run(&["eval", "compare", "a.scores.jsonl", "b.scores.jsonl"]);
    let first = names("only_b_problems").next().expect("one");
    assert!(text.stdout.starts_with("A  script.toml, as published (a.scores.jsonl)\n"), "{}", text.stdout);
    assert!(text.stdout.contains(&format!("\nonly B: {first}")), "{}", text.stdout);
    // Samples are as good as their scores, if they have some.
    let same = place.run(&["eval", "compare", "a.jsonl", "b.scores.jsonl"]);
    assert_eq!(same.stdout.replace("(a.jsonl)", "(a.scores.jsonl)"), text.stdout);
    std::fs::rename(place.path("a.scores.jsonl"), place.path("c.scores.jsonl")).expect("renamed");
    let run = place.run(&["eval", "compare", "a.jsonl", "b.scores.jsonl"]);
    assert_eq!(run.code, 65);
    let hint = "hint: score samples first: dscoder eval score a.jsonl --execute --scores FILE\n";
    assert!(run.stderr.ends_with(hint), "{}", run.stderr);
    assert_eq!(place.run(&["eval", "compare", "missing", "b.scores.jsonl"]).code, 66);
    place.write("empty", "");
    let run = place.run(&["eval", "compare", "empty", "b.scores.jsonl"]);
    let expected = "error: cannot compare empty and b.scores.jsonl: they have no scored problem in common\n";
    assert_eq!(run, output("", expected, 65));
}

#[test]
fn nothing_is_run_unasked() {
    let (place, model) = place();
    let run = place.run(&["eval", "humaneval", "-m", &model, "-o", "s.jsonl"]);
    let expected = "error: scoring humaneval-python runs programs that a model wrote\nhint: allow it with --execute; dscoder help \
                    benchmarks says what protects this machine\n";
    assert_eq!((run.stderr.as_str(), run.code), (expected, 2));
    // Before anything is generated.
    assert!(!place.path("s.jsonl").exists());
    let run = place.run(&["eval", "infilling", "--limit", "3", "-m", &model, "-o", "s.jsonl"]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("first line exact") && !run.stdout.contains("  pass  "), "{}", run.stdout);
    assert!(run.stderr.contains("programs are run only with --execute"), "{}", run.stderr);
}
