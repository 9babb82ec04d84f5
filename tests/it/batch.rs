//! `--batch`: JSON lines in, JSON lines out.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::command::{Output, Place, finish, output};

fn objects(run: &Output) -> Vec<Value> {
    run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Without what differs from run to run, and without the number of the line.
fn lasting(mut object: Value) -> Value {
    let fields = object.as_object_mut().expect("an object");
    fields.remove("timings_ms");
    fields.remove("line");
    // Lines of a batch share a beginning more often than runs.
    fields.remove("reused");
    object
}

#[test]
fn lines_are_answered_as_by_single_runs_and_in_order() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["a", " +", " b", "\n", "c"]"#);
    let texts = ["return ", "x = (", "", "if a:\r\n    b\r\n"];
    let lines: String = texts.iter().map(|text| json!({ "text": text }).to_string() + "\n").collect();
    for parallel in ["1", "3", "64"] {
        let run = place.feed(&["complete", "--batch", "-", "-m", &model, "--parallel", parallel], &lines);
        assert_eq!((run.stderr.as_str(), run.code), ("", 0));
        let found = objects(&run);
        assert_eq!(found.len(), texts.len());
        for (number, (text, object)) in texts.iter().zip(found).enumerate() {
            let single = place.feed(&["complete", "--json", "-q", "-m", &model], text);
            assert_eq!(object["line"], number + 1);
            assert_eq!(lasting(object), lasting(objects(&single).remove(0)), "{text:?}");
        }
    }
}

#[test]
fn the_built_in_model_answers_as_in_single_runs() {
    let place = Place::new();
    let gaps = [("def add(a, b):\n    return ", "\n\nprint(add(1, 2))\n"), ("def is_even(n):\n    ", "\n")];
    let lines: String = gaps.iter().map(|gap| json!({"prefix": gap.0, "suffix": gap.1}).to_string() + "\n").collect();
    // With randomness too: each line has the random numbers that a single run with its seed has.
    for settings in [&["-n", "24"][..], &["-n", "8", "-t", "0.8", "--seed", "5"]] {
        let arguments = [&["infill", "-m", "demo"][..], settings].concat();
        let batch = [&arguments[..], &["--batch", "-", "--parallel", "1"]].concat();
        let run = place.feed(&batch, &lines);
        assert_eq!((run.stderr.as_str(), run.code), ("", 0));
        for (gap, object) in gaps.iter().zip(objects(&run)) {
            place.write("prefix", gap.0);
            place.write("suffix", gap.1);
            let files = ["--prefix", "prefix", "--suffix", "suffix", "--json"];
            let single = objects(&place.run(&[&arguments[..], &files].concat())).remove(0);
            assert_eq!(lasting(object), lasting(single), "{gap:?}");
        }
    }
}

#[test]
fn side_by_side_the_built_in_model_writes_the_same() {
    let place = Place::new();
    let text = "def total(numbers):\n    result = 0\n    for number in numbers:\n        ".repeat(3);
    let line = |index: usize| json!({"text": format!("{text}{}", "# x\n".repeat(index % 3)), "id": index});
    let lines: String = (0..8).map(|index| line(index).to_string() + "\n").collect();
    let answers = |parallel: &str| {
        let arguments = ["complete", "--batch", "-", "-m", "demo", "-n", "6", "--stats", "--parallel", parallel];
        let run = place.feed(&arguments, &lines);
        let texts: Vec<_> = objects(&run).into_iter().map(|mut object| object["text"].take()).collect();
        (texts, run.stderr)
    };
    let (one, _) = answers("1");
    let (four, stats) = answers("4");
    assert_eq!((one.len(), &one), (8, &four));
    assert_eq!(one[0], one[3]);
    // All but the ends of the prompts are evaluated once.
    let count = |before: &str| -> usize {
        let (head, _) = stats.split_once(before).expect("counts");
        head.rsplit([' ', '(']).next().and_then(|number| number.parse().ok()).expect("a number")
    };
    let (tokens, reused) = (count(" tokens ("), count(" reused)"));
    assert!(reused * 10 > tokens * 8, "{reused} of {tokens}");
}

#[test]
fn a_line_that_fails_has_an_error_in_its_place() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["ok"]"#);
    let mut lines = "{\"text\": \"a\", \"id\": \"first\"}\n\n{\"text\": 1, \"id\": 7}\n{oops\n".as_bytes().to_vec();
    lines.extend(b"{\"text\": \"a\", \"colour\": 1}\n{\"text\": \"\xFF\"}\n{\"text\": \"a\\u0000\"}\n");
    lines.extend(format!("{{\"text\": \"{}\", \"id\": null}}\n", "x".repeat(200)).bytes());
    lines.extend(b"{\"text\": \"a\", \"max_tokens\": 0}\n[]\n{\"text\": \"a\", \"max_tokens\": 90}\n");
    lines.extend(b"{\"text\": \"b\", \"id\": {\"x\": [1]}}");
    let run =
        place.feed(&["complete", "--batch", "-", "-m", &model, "-n", "8", "--ctx-size", "80", "--no-truncate"], &lines);
    let stderr = "error: 10 of 12 lines failed: the first is line 2: cannot use this line: it is empty\n";
    assert_eq!((run.stderr.as_str(), run.code), (stderr, 65));
    let found = objects(&run);
    assert_eq!(
        found.iter().map(|object| object["line"].as_u64()).collect::<Vec<_>>(),
        (1..13).map(Some).collect::<Vec<_>>()
    );
    assert_eq!((&found[0]["text"], &found[0]["id"], &found[0]["error"]), (&json!("ok"), &json!("first"), &Value::Null));
    assert_eq!((&found[11]["text"], &found[11]["id"]), (&json!("ok"), &json!({"x": [1]})));
    for (line, code, message) in [
        (2, 65, "it is empty"),
        (3, 65, "invalid type: integer `1`, expected a string"),
        (4, 65, "it is not JSON"),
        (5, 65, "unknown field `colour`"),
        (6, 65, "it is not UTF-8 at byte 10"),
        (7, 65, "with a NUL at byte 1"),
        (8, 78, "it has 201 tokens; a context of 80 has room for 72 besides the answer"),
        (9, 65, "a number from 1 to 1000000"),
        (10, 65, "cannot use this line"),
        (11, 78, "an answer of 90 tokens does not fit"),
    ] {
        let error = &found[line - 1]["error"];
        assert_eq!(error["exit_code"], code, "line {line}");
        assert!(error["message"].as_str().is_some_and(|found| found.contains(message)), "line {line}: {error}");
    }
    assert_eq!(found[2]["id"], 7);
}

#[test]
fn a_line_that_is_too_long_is_passed_over() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["ok"]"#);
    let mut lines = b"{\"text\": \"".to_vec();
    lines.resize(17 << 20, b'x');
    lines.extend(b"\"}\n{\"text\": \"a\"}\n");
    let run = place.feed(&["complete", "--batch", "-", "-m", &model], &lines);
    let found = objects(&run);
    assert_eq!(found[0]["error"]["message"], "cannot use this line: it is longer than 16 MiB");
    assert_eq!((found.len(), &found[1]["text"], run.code), (2, &json!("ok"), 65));
}

#[test]
fn gaps_are_given_as_with_the_flags() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["1"]"#);
    let lines = [
        json!({"prefix": "a = ", "suffix": "\n"}),
        json!({"text": "a = <FILL>\n"}),
        json!({"text": "a = HERE\n", "marker": "HERE"}),
        json!({"text": "a = \n", "at": "1:5"}),
        json!({"text": "a = \n", "offset": 4, "file": "x.py"}),
        json!({"text": "a = \nold\n", "lines": "2"}),
        json!({"text": "a", "at": "9"}),
        json!({"prefix": "a"}),
        json!({"text": "a", "at": "1", "offset": 0}),
        json!({"text": "a", "at": "x"}),
    ];
    let lines: String = lines.iter().map(|line| line.to_string() + "\n").collect();
    let run = place.feed(&["infill", "--batch", "-", "-m", &model], &lines);
    let found = objects(&run);
    assert_eq!(found[..6].iter().map(|object| &object["text"]).collect::<Vec<_>>(), [&json!("1"); 6]);
    assert!(found[6..].iter().all(|object| object["error"]["exit_code"] == 65), "{found:?}");
    assert_eq!((found.len(), run.code), (10, 65));
}

#[test]
fn lines_have_settings_of_their_own() {
    let place = Place::new();
    let model = place.script("pieces = [\"one\", \" two\", \" three\"]\nend = false");
    let lines = "{\"text\": \"a\", \"max_tokens\": 2}\n{\"text\": \"a\", \"stop\": [\"hr\"]}\n{\"text\": \"a\"}\n";
    let run = place.feed(&["complete", "--batch", "-", "-m", &model, "-n", "4", "--until", "end"], lines);
    let texts: Vec<_> = objects(&run).into_iter().map(|mut object| object["text"].take()).collect();
    assert_eq!(texts, ["one two", "one two t", "one two threeone"]);
    assert_eq!((run.stderr.as_str(), run.code), ("", 0));
}

#[test]
fn answers_of_different_lengths_keep_their_order() {
    let place = Place::new();
    let turns: Vec<_> = (1..40).map(|number| vec![format!("{number} "); 1 + number * 7 % 11]).collect();
    let model = place.script(&format!("pieces = [\"0 \"]\nturns = {}", json!(turns)));
    let lines = "{\"text\": \"x\"}\n".repeat(40);
    let run = place.feed(&["complete", "--batch", "-", "-m", &model, "--parallel", "5", "--raw"], lines);
    for (number, object) in objects(&run).iter().enumerate() {
        let count = if number == 0 { 1 } else { 1 + number * 7 % 11 };
        assert_eq!(object["text"], format!("{number} ").repeat(count));
    }
    assert_eq!((run.stdout.lines().count(), run.code), (40, 0));
}

#[test]
fn a_failing_engine_fails_its_line_only() {
    let place = Place::new();
    let model = place.script("pieces = [\"a\"]\nturns = [[\"a\", \"b\", \"c\"], [\"a\"]]\nfail_after = 2");
    let run = place.feed(&["complete", "--batch", "-", "-m", &model], "{\"text\": \"x\"}\n".repeat(3));
    let found = objects(&run);
    assert_eq!(found[1]["error"]["exit_code"], 70);
    assert_eq!((&found[0]["text"], &found[2]["text"], run.code), (&json!("a"), &json!("a"), 65));
}

#[test]
fn an_answer_does_not_wait_for_the_next_line() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["ok"]"#);
    let arguments = ["complete", "--batch", "-", "-m", &model];
    let mut child = place.command(arguments).stdin(Stdio::piped()).spawn().expect("started");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    for number in 1..4 {
        writeln!(stdin, "{{\"text\": \"x\"}}").expect("written");
        let mut line = String::new();
        stdout.read_line(&mut line).expect("read");
        assert_eq!(serde_json::from_str::<Value>(&line).expect("JSON")["line"], number);
    }
    drop(stdin);
    assert_eq!(finish(child), output("", "", 0));
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let place = Place::new();
    let model = place.script("pieces = [\"ok\"]\ndelay_ms = 1");
    let lines = "{\"text\": \"x\"}\n".repeat(5000);
    let mut child = place.start(&["complete", "--batch", "-", "-m", &model], lines.as_bytes());
    drop(child.stdout.take());
    assert_eq!(finish(child), output("", "", 0));
}

#[cfg(unix)]
#[test]
fn a_signal_or_the_time_leaves_whole_lines() {
    let place = Place::new();
    // The first answer never ends by itself; the second one has, and is not lost.
    let model = place.script("pieces = [\"a\\n\"]\nturns = [[\"a\"]]\nend = false\ndelay_ms = 20");
    let lines = "{\"text\": \"x\", \"max_tokens\": 99999, \"id\": 1}\n{\"text\": \"x\", \"max_tokens\": 1}\n";
    let arguments =
        ["complete", "--batch", "-", "-m", &model, "--until", "end", "--raw", "--ctx-size", "16384", "-n", "9"];
    let lines = lines.replace("99999", "9999");
    let check = |run: &Output, reason: &str| {
        let found = objects(run);
        assert_eq!((found.len(), &found[0]["stop_reason"], &found[0]["id"]), (2, &json!(reason), &json!(1)));
        assert_eq!((&found[1]["text"], &found[1]["stop_reason"]), (&json!("a"), &json!("token_limit")));
        assert!(run.stdout.ends_with("}\n"));
    };
    let late = place.feed(&[&arguments[..], &["--timeout", "0.5"]].concat(), &lines);
    assert_eq!(late.code, 124, "{}", late.stderr);
    check(&late, "timeout");
    let child = place.start(&arguments, lines.as_bytes());
    std::thread::sleep(Duration::from_millis(400));
    let start = Instant::now();
    let sent = std::process::Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status();
    assert!(sent.expect("kill runs").success());
    let stopped = finish(child);
    assert!(start.elapsed() < Duration::from_secs(1));
    assert_eq!((stopped.stderr.as_str(), stopped.code), ("", 130));
    check(&stopped, "cancelled");
}

#[test]
fn flags_that_contradict_are_refused() {
    let place = Place::new();
    place.write("f", "x");
    for arguments in [
        &["complete", "f", "--batch", "f", "-m", "demo"][..],
        &["complete", "--json-lines", "--batch", "f", "-m", "demo"],
        &["complete", "--candidates", "2", "--batch", "f", "-m", "demo"],
        &["complete", "--parallel", "0", "--batch", "f", "-m", "demo"],
        &["infill", "f", "--batch", "f", "-m", "demo"],
        &["infill", "--at", "1", "--batch", "f", "-m", "demo"],
        &["infill", "--whole", "--batch", "f", "-m", "demo"],
        &["infill", "--prefix", "f", "--batch", "f", "-m", "demo"],
    ] {
        let run = place.run(arguments);
        assert_eq!((run.stdout.as_str(), run.code), ("", 2), "{arguments:?}: {}", run.stderr);
    }
    let missing = place.run(&["complete", "--batch", "none", "-m", "demo"]);
    assert_eq!(missing, output("", "error: cannot read none: no such file or directory\n", 66));
}

#[cfg(unix)]
#[test]
fn many_lines_take_no_more_memory_than_a_few() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["ok"]"#);
    // The largest resident set of the program, in KiB, as the kernel saw it.
    let peak = |lines: usize| {
        let file = place.write("lines.jsonl", "{\"text\": \"def f(a, b):\"}\n".repeat(lines));
        // 100,000 took 12.2 MB by hand, and 1,000 took 12.0.
        let mut child = place
            .command(["complete", "--batch", &file.display().to_string(), "-m", &model, "--parallel", "16"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let status = format!("/proc/{}/status", child.id());
        let (mut count, mut peak) = (0, 0);
        for _ in stdout.lines() {
            count += 1;
            if count % 500 == 0 {
                let text = std::fs::read_to_string(&status).unwrap_or_default();
                let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
                peak = line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(peak);
            }
        }
        assert_eq!((count, finish(child).code), (lines, 0));
        peak
    };
    if !cfg!(target_os = "linux") {
        return;
    }
    let few: usize = peak(1000);
    let many = peak(20_000);
    assert!(few > 0 && many < few + 8192, "{few} and {many} KiB");
}
