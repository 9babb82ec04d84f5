//! The form of answers: blocks, trimming, JSON, candidates, and what there is when the time is up.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::command::{Output, Place, output};

const FILE: &str = "def add(a, b):\n    return \n\nprint(add(1, 2))\n";

fn json(run: &Output) -> Value {
    assert_eq!(run.stderr, "");
    serde_json::from_str(&run.stdout).expect("one JSON object")
}

#[test]
fn blocks() {
    let place = Place::new();
    let python = place.script(r#"pieces = ["n", ":\n", "    x\n", "\n", "    y", "\n\n\n", "d", "ef g", "():\n"]"#);
    let run = |arguments: &[&str], text: &str| place.feed(&[&["complete", "-m", &python], arguments].concat(), text);
    assert_eq!(run(&[], "while "), output("n:\n    x\n\n    y\n", "", 0));
    assert_eq!(run(&["--until", "block"], "while "), output("n:\n    x\n\n    y\n", "", 0));
    assert_eq!(run(&["--until", "end"], "while ").stdout, "n:\n    x\n\n    y\n\n\ndef g():\n");
    let c = place.script(r#"pieces = ["a) {\n", "  b;\n", "}\n", "int c;\n"]"#);
    place.write("f.c", "int f(");
    assert_eq!(place.run(&["complete", "f.c", "-m", &c]), output("a) {\n  b;\n}\n", "", 0));
    place.write("g.c", "int f() {\n  <FILL>\n}\n");
    let inner = place.script(r#"pieces = ["a;\n", "  b;\n", "}\n", "int c;\n"]"#);
    assert_eq!(place.run(&["infill", "g.c", "--until", "block", "-m", &inner]), output("a;\n  b;", "", 0));
}

#[test]
fn what_the_suffix_has_is_trimmed_unless_raw() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["a", " + b", "\n\n", "print(add(1, 2))", "\n"]"#);
    place.write("f.py", FILE);
    let run = |arguments: &[&str]| place.run(&[&["infill", "f.py", "--at", "2", "-m", &model], arguments].concat());
    assert_eq!(run(&[]), output("a + b", "", 0));
    assert_eq!(run(&["--raw"]), output("a + b\n\nprint(add(1, 2))\n", "", 0));
    let bracket = place.script(r#"pieces = ["1", ", 2)"]"#);
    place.write("g.py", "f(<FILL>)\n");
    assert_eq!(place.run(&["infill", "g.py", "-m", &bracket]), output("1, 2", "", 0));
    let endless = place.script("pieces = [\"x += 1\\n\", \"    \"]\nend = false");
    let run = place.run(&["infill", "f.py", "--at", "2", "-m", &endless, "--stats"]);
    // The first line is "return x += 1".
    assert_eq!(run.stdout, "x += 1\n    x += 1");
    assert!(run.stderr.contains("(repetition)"), "{}", run.stderr);
}

#[test]
fn line_endings_and_trimming_agree() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["a\n", "    b", "\n\nprint(x)\n"]"#);
    place.write("w.py", "def f():\r\n    <FILL>\r\n\r\nprint(x)\r\n");
    assert_eq!(place.run(&["infill", "w.py", "-m", &model]), output("a\r\n    b", "", 0));
}

#[test]
fn one_json_object() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["a", " + b  "]"#);
    place.write("f.py", FILE);
    let found = json(&place.run(&["infill", "f.py", "--at", "2", "-m", &model, "--json"]));
    assert_eq!(found["text"], "a + b");
    assert_eq!(found["tokens"], json!([256, 257]));
    assert_eq!(found["stop_reason"], "end_of_text");
    assert_eq!(found["model"], "script.toml");
    assert_eq!(found["prompt"], json!({"tokens": 49, "context": 0, "left_out_of_prefix": 0, "left_out_of_suffix": 0}));
    for time in ["load", "prefill", "decode", "total"] {
        assert!(found["timings_ms"][time].as_f64().is_some_and(|time| time >= 0.0), "{found}");
    }
    assert_eq!((&found["seed"], &found["mean_logprob"]), (&Value::Null, &Value::Null));
    assert_eq!(found["candidates"].as_array().map(Vec::len), Some(1));
    let seeded = json(&place.run(&["complete", "f.py", "-m", &model, "--json", "-t", "1", "--seed", "7"]));
    assert_eq!(seeded["seed"], 7);
    let arguments = ["complete", "f.py", "-m", &model, "--json", "--logprobs", "1", "--stop", " + b"];
    let found = json(&place.run(&arguments));
    assert_eq!((found["text"].as_str(), found["stop_reason"].as_str()), (Some("a"), Some("stop_rule")));
    let top = json!([{"id": 256, "text": "a", "logprob": -0.5}]);
    assert_eq!(found["logprobs"][0], json!({"id": 256, "text": "a", "logprob": -0.5, "top": top}));
    assert_eq!(found["mean_logprob"], -0.5);
    for wrong in [&["--logprobs", "1"][..], &["--json", "--json-lines"], &["--logprobs", "x", "--json"]] {
        assert_eq!(place.run(&[&["complete", "f.py", "-m", &model], wrong].concat()).code, 2, "{wrong:?}");
    }
    assert_eq!(place.run(&["infill", "f.py", "--at", "2", "-m", &model, "--json", "--whole"]).code, 2);
}

#[test]
fn json_and_in_place_go_together() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["a", " + b  "]"#);
    place.write("f.py", FILE);
    let found = json(&place.run(&["infill", "f.py", "--at", "2", "-m", &model, "--json", "--in-place"]));
    assert_eq!(found["text"], "a + b");
    assert_eq!(fs::read_to_string(place.path("f.py")).expect("there"), FILE.replace("return ", "return a + b"));
}

#[test]
fn json_as_it_comes() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["a\n", "b\n", "c"]"#);
    let run = place.feed(&["complete", "-m", &model, "--json-lines"], "x");
    let events: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((events[0]["event"].as_str(), &events[0]["prompt"]["tokens"]), (Some("start"), &json!(2)));
    let pieces: Vec<&Value> = events.iter().filter(|event| event["event"] == "text").collect();
    let text: String = pieces.iter().filter_map(|event| event["text"].as_str()).collect();
    assert_eq!((text.as_str(), pieces.len()), ("a\nb\nc", 3));
    let end = events.last().expect("an end");
    assert_eq!((end["event"].as_str(), end["text"].as_str()), (Some("end"), Some("a\nb\nc")));
}

#[test]
fn candidates_differ_and_the_likeliest_is_first() {
    let place = Place::new();
    let model = place.script("pieces = [\"one\"]\nothers = [[\"two\\n\", \"2\"], [\"one\"], [\"three\"]]");
    place.write("f.py", FILE);
    let run = place.feed(&["complete", "-m", &model, "--candidates", "4"], "x");
    assert_eq!(run, output("one\0two\n2\0three", "", 0));
    let found = json(&place.feed(&["complete", "-m", &model, "--candidates", "4", "--json"], "x"));
    let texts: Vec<_> = found["candidates"].as_array().expect("a list").iter().map(|one| one["text"].clone()).collect();
    assert_eq!(texts, ["one", "two\n2", "three"]);
    assert_eq!((&found["text"], &found["mean_logprob"]), (&json!("one"), &json!(-0.5)));
    let whole = place.run(&["infill", "f.py", "--at", "2", "--whole", "--candidates", "3", "-m", &model]);
    assert_eq!(whole, output(&FILE.replace("return ", "return one"), "", 0));
    assert_eq!(place.feed(&["complete", "-m", &model, "--candidates", "0"], "x").code, 2);
}

#[cfg(all(feature = "llama", has_demo))]
#[test]
fn candidates_of_the_built_in_model() {
    let place = Place::new();
    place.write("f.py", FILE);
    let arguments = ["infill", "f.py", "--at", "2", "-m", "demo", "-n", "12", "--raw"];
    let greedy = place.run(&arguments);
    let many = [&arguments[..], &["--candidates", "5"]].concat();
    let candidates = place.run(&many);
    assert_eq!((candidates.stderr.as_str(), candidates.code), ("", 0));
    let texts: Vec<&str> = candidates.stdout.split('\0').collect();
    assert_eq!(texts.len(), 5, "they begin with different tokens");
    assert!(texts.contains(&greedy.stdout.as_str()), "the greedy answer is one of them");
    assert_eq!(place.run(&many), candidates);
    let random = [&many[..], &["-t", "1", "--seed", "5"]].concat();
    assert_eq!(place.run(&random), place.run(&random));
    let found = json(&place.run(&[&many[..], &["--json", "--logprobs", "2"]].concat()));
    let candidates = found["candidates"].as_array().expect("a list");
    let means: Vec<f64> = candidates.iter().filter_map(|one| one["mean_logprob"].as_f64()).collect();
    assert!(means.len() == 5 && means.is_sorted_by(|a, b| a >= b) && means[0] < 0.0, "{means:?}");
    let first = &candidates[0]["logprobs"][0];
    let logprob = |value: &Value| value["logprob"].as_f64().expect("a number");
    let top = first["top"].as_array().expect("a list");
    assert!(top.len() == 2 && logprob(&top[0]) >= logprob(&top[1]) && logprob(&top[0]) >= logprob(first), "{first}");
}

#[test]
fn when_the_time_is_up_there_are_whole_lines() {
    let place = Place::new();
    let slow = place.script("pieces = [\"one\\n\", \"tw\", \"o\", \"\\n\"]\nend = false\ndelay_ms = 200");
    let error = "error: the time is up\nhint: raise --timeout, or ask for fewer tokens with -n\n";
    let lines = ["complete", "-m", &slow, "--until", "end", "--timeout"];
    // The fourth token, which ends the second line, comes after 800 ms at the earliest.
    assert_eq!(place.feed(&[&lines[..], &["0.5"]].concat(), "x"), output("one\n", error, 124));
    let found = place.feed(&[&lines[..], &["0.5", "--json"]].concat(), "x");
    assert_eq!((found.stderr.as_str(), found.code), (error, 124));
    let found: Value = serde_json::from_str(&found.stdout).expect("JSON");
    assert_eq!((found["text"].as_str(), found["stop_reason"].as_str()), (Some("one\n"), Some("timeout")));
    // Before the first line's end, it is what there is.
    let word = place.script("pieces = [\"a\", \"b\"]\nend = false\ndelay_ms = 100");
    let run = place.feed(&["complete", "-m", &word, "--timeout", "0.15"], "x");
    assert_eq!((run.stdout.chars().next(), run.code), (Some('a'), 124));
    let enough = place.feed(&["complete", "-m", &word, "-n", "2", "--timeout", "30"], "x");
    assert_eq!(enough, output("ab", "", 0));
    // Neither the prompt nor a load that cannot be interrupted outlives it for long, and no file is changed.
    place.write("f.py", FILE);
    for wait in ["load_ms = 20000", "prefill_ms = 20000"] {
        let stuck = place.script(&format!("pieces = [\"a\"]\n{wait}"));
        let start = Instant::now();
        let run = place.run(&["infill", "f.py", "--at", "2", "--in-place", "-m", &stuck, "--timeout", "0.1"]);
        assert_eq!(run, output("", error, 124), "{wait}");
        assert!(start.elapsed() < Duration::from_secs(10), "{wait}");
    }
    assert_eq!(fs::read_to_string(place.path("f.py")).expect("there"), FILE);
}

#[test]
fn an_answer_in_place_shows_in_git() {
    let place = Place::new();
    place.write("f.py", FILE);
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).current_dir(place.path("")).output();
        output
            .ok()
            .filter(|output| output.status.success())
            .map(|output| String::from_utf8_lossy(&output.stdout).into())
    };
    // Not every machine has it.
    if git(&["init", "-q"]).is_none() {
        return;
    }
    git(&["add", "f.py"]);
    let model = place.script(r#"pieces = ["a + b"]"#);
    assert_eq!(place.run(&["infill", "f.py", "--at", "2:12", "--in-place", "-m", &model]), output("", "", 0));
    let stat: String = git(&["diff", "--stat"]).expect("git works");
    assert!(stat.contains("f.py | 2 +-"), "{stat}");
}
