//! `dscoder help json` against what is printed: each field is described, each described field is printed, with its type.

use std::collections::{BTreeMap, BTreeSet};

use dscoder::topics::document::{Block, Line, parse, plain};
use serde_json::{Value, json};

use crate::command::Place;

/// Paths of fields with their types, such as `depths[].load_ms`.
type Fields = BTreeMap<String, BTreeSet<String>>;

/// The names of a type of JSON, and of `spread`, which is an object of three numbers.
fn kind(value: &Value) -> String {
    let array = |values: &Vec<Value>| match values.first().map(kind) {
        Some(kind) => format!("array of {kind}s"),
        None => "array".to_owned(),
    };
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "boolean".to_owned(),
        Value::Number(number) if number.is_f64() => "number".to_owned(),
        Value::Number(_) => "integer".to_owned(),
        Value::String(_) => "string".to_owned(),
        Value::Array(values) => array(values),
        Value::Object(fields) if fields.keys().eq(["max", "median", "min"]) => "spread".to_owned(),
        Value::Object(_) => "object".to_owned(),
    }
}

/// Adds the fields of `value`, which is at `path`.
fn add(path: &str, value: &Value, fields: &mut Fields) {
    match value {
        Value::Object(inner) if kind(value) == "object" => {
            for (name, value) in inner {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                fields.entry(path.clone()).or_default().insert(kind(value));
                // Whatever the user wants is in an id.
                if name != "id" || path.contains("logprobs") {
                    add(&path, value, fields);
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| add(&format!("{path}[]"), value, fields)),
        _ => {}
    }
}

fn fields(values: &[Value]) -> Fields {
    let mut fields = Fields::new();
    for value in values {
        add("", value, &mut fields);
    }
    fields
}

/// What the topic describes, by the headings of its tables; the last one below another one as `outer/inner`.
fn described() -> BTreeMap<String, Fields> {
    let mut command = dscoder::cmd::command();
    command.build();
    let mut found = BTreeMap::new();
    let (mut outer, mut heading) = (String::new(), String::new());
    for block in parse(&dscoder::topics::find("json").expect("there").text(&command)) {
        match block {
            Block::Heading(3, line) => heading = format!("{outer}/{}", plain(&line)),
            Block::Heading(_, line) => {
                outer = plain(&line);
                heading.clone_from(&outer);
            }
            Block::Table(head, rows) if plain(&head[0]) == "field" => {
                let types = |text: &str| text.split(" or ").map(str::to_owned).collect();
                let row = |row: &Vec<Line>| (plain(&row[0]), types(&plain(&row[1])));
                found.insert(heading.clone(), rows.iter().map(row).collect());
            }
            _ => {}
        }
    }
    found
}

/// Compares what was printed with what is described under `heading` and, if given, under `also`.
fn check(heading: &str, also: Option<&str>, printed: &[Value]) {
    let all = described();
    let mut expected = all.get(heading).unwrap_or_else(|| panic!("no {heading}: {:?}", all.keys())).clone();
    expected.extend(also.into_iter().flat_map(|also| all[also].clone()));
    let mut found = Fields::new();
    for (path, kinds) in fields(printed) {
        // "as `logprobs`" describes those of candidates.
        let path = path.strip_prefix("candidates[].").filter(|path| path.contains("logprobs[]")).unwrap_or(&path);
        found.entry(path.to_owned()).or_default().extend(kinds);
    }
    let names = |fields: &Fields| fields.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&found), names(&expected), "{heading}");
    for (path, kinds) in found {
        let described = &expected[&path];
        let fits = |kind: &String| {
            described.contains("any")
                || described.contains(kind)
                || kind == "array" && described.iter().any(|one| one.starts_with("array of "))
        };
        assert!(kinds.iter().all(fits), "{heading}: {path} is {kinds:?}, described as {described:?}");
        // Only the system decides whether the peak of memory is known, and which GPUs there are.
        let is_systems = matches!(path.as_str(), "depths[].peak_memory_bytes" | "machine.devices");
        let is_seen = |one: &String| kinds.contains(one) || is_systems;
        assert!(described.contains("any") || described.iter().all(is_seen), "{heading}: {path} is only {kinds:?}");
    }
}

fn one(place: &Place, arguments: &[&str], stdin: &str) -> Value {
    let run = place.feed(arguments, stdin);
    assert_eq!((run.stderr.as_str(), run.code), ("", 0), "{arguments:?}");
    serde_json::from_str(&run.stdout).expect("one value")
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
}

const ANSWER: &str = "pieces = [\"one\", \" 1\"]\nothers = [[\"two\"], [\"three\"]]";

#[test]
fn answers() {
    let place = Place::new();
    let model = place.script(ANSWER);
    place.write("gap.py", "a = <FILL>\n");
    let all = ["--json", "--candidates", "3", "--logprobs", "2", "-t", "1", "--seed", "1"];
    let mut printed = vec![one(&place, &["complete", "-m", &model, "--json"], "x")];
    printed.push(one(&place, &["infill", "gap.py", "-m", &model, "--json", "--repo"], ""));
    printed.push(one(&place, &["chat", "-m", &model, "--json", "-t", "0", "x"], ""));
    for command in [&["complete"][..], &["infill", "gap.py"]] {
        printed.push(one(&place, &[command, &["-m", &model], &all].concat(), "x"));
    }
    check("Answers", None, &printed);
    for value in printed {
        assert_eq!((&value["text"], &value["stop_reason"]), (&value["candidates"][0]["text"], &json!("end_of_text")));
    }
}

#[test]
fn events() {
    let place = Place::new();
    let model = place.script(ANSWER);
    let arguments = ["--json-lines", "--candidates", "3", "--logprobs", "2", "-t", "1", "--seed", "1"];
    let mut printed = Vec::new();
    for more in [&arguments[..], &["--json-lines"]] {
        let run = place.feed(&[&["complete", "-m", &model], more].concat(), "x");
        assert_eq!((run.stderr.as_str(), run.code), ("", 0));
        printed.extend(lines(&run.stdout));
    }
    let of = |event: &str| printed.iter().filter(|value| value["event"] == event).cloned().collect::<Vec<_>>();
    assert_eq!(["start", "text", "end"].map(|event| of(event).len()).iter().sum::<usize>(), printed.len());
    let without_prompt = |mut value: Value| {
        // Described with the answer.
        value["prompt"] = json!({});
        value
    };
    check("Events/start", None, &of("start").into_iter().map(without_prompt).collect::<Vec<_>>());
    check("Events/text", None, &of("text"));
    check("Events/end", Some("Answers"), &of("end"));
    let answer = one(&place, &["complete", "-m", &model, "--json"], "x");
    assert!(of("start").iter().all(|start| start["prompt"] == answer["prompt"]));
}

#[test]
fn batches() {
    let place = Place::new();
    let model = place.script(ANSWER);
    let all = described();
    for (command, good) in [
        (
            "complete",
            vec![
                json!({"text": "a", "file": "a.py", "language": "py", "max_tokens": 9, "stop": ["x"], "seed": 1, "id": [1]}),
            ],
        ),
        (
            "infill",
            vec![
                json!({"prefix": "a", "suffix": "b", "file": "a.py", "language": "py", "max_tokens": 9, "stop": ["x"], "seed": 1, "id": {"a": 1}}),
                json!({"text": "ab", "at": "1:2"}),
                json!({"text": "ab", "offset": 1}),
                json!({"text": "ab\n", "lines": "1:1"}),
                json!({"text": "a-b", "marker": "-"}),
            ],
        ),
    ] {
        let heading = format!("Batch input/for {command}");
        check(&heading, None, &good);
        let input = |values: &[Value]| values.iter().map(|value| format!("{value}\n")).collect::<String>();
        let mut printed = Vec::new();
        for more in [&["--logprobs", "2", "--json", "-t", "1"][..], &[]] {
            let run = place.feed(&[&[command, "--batch", "-", "-m", &model], more].concat(), input(&good));
            assert_eq!((run.stderr.as_str(), run.code), ("", 0));
            assert_eq!(run.stdout.lines().count(), good.len());
            printed.extend(lines(&run.stdout));
        }
        check("Batch output", Some("Answers"), &printed);
        // An unknown field is refused with the names of all others.
        let bad = input(&[json!({"nonsense": 1, "id": 2})]) + "\n";
        let run = place.feed(&[command, "--batch", "-", "-m", &model], bad);
        assert_eq!(run.code, 65);
        let failed = lines(&run.stdout);
        let message = failed[0]["error"]["message"].as_str().expect("a text");
        let known: BTreeSet<&str> = message.split('`').skip(3).step_by(2).collect();
        assert_eq!(known, all[&heading].keys().map(String::as_str).collect(), "{message}");
        let without_common = |mut value: Value| {
            let fields = value.as_object_mut().expect("an object");
            assert!(fields.remove("line").is_some());
            fields.remove("id");
            value
        };
        check("Batch output/errors", None, &failed.into_iter().map(without_common).collect::<Vec<_>>());
    }
}

#[test]
fn git() {
    let place = Place::new();
    let diff = "--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-a\n+b\n";
    let model = place.script("pieces = [\"Add b\\n\\nIt is better.\"]");
    check("git message", None, &[one(&place, &["git", "message", "--body", "--json", "-m", &model], diff)]);
    let model = place.script("pieces = [\"x.c:1: b is wrong\"]");
    check("git review", None, &[one(&place, &["git", "review", "--json", "-m", &model], diff)]);
}

#[test]
fn settings() {
    let mut place = Place::new();
    place.write("user.toml", "max-tokens = 9\n");
    place.set("DSCODER_CONFIG", &place.path("user.toml").display().to_string());
    place.set("DSCODER_STOP", "x");
    place.set("DSCODER_KERNELS", "");
    check("config show", None, &[one(&place, &["config", "show", "--json"], "")]);
}

#[cfg(all(feature = "llama", has_demo))]
#[test]
fn measurements_and_checks() {
    let place = Place::new();
    let mut bench = one(&place, &["bench", "-m", "demo", "--depths", "0,64", "-r", "1", "-n", "2", "--json", "-q"], "");
    // This build may have no GPU interface; an example gives the type.
    if bench["machine"]["gpu"] == json!([]) {
        bench["machine"]["gpu"] = json!(["none"]);
    }
    check("bench", None, &[bench]);
    let run = place.run(&["doctor", "--json"]);
    let good: Value = serde_json::from_str(&run.stdout).expect("one value");
    let run = place.run(&["doctor", "missing", "--json"]);
    assert_eq!(run.code, 66);
    check("doctor", None, &[good, serde_json::from_str(&run.stdout).expect("one value")]);
}

#[cfg(all(unix, feature = "llama", has_demo))]
#[test]
fn resident_engines() {
    let place = crate::resident::place();
    let script = place.script(r#"pieces = ["a"]"#);
    let status = |model: &str| {
        let _server = crate::resident::Server::start(&place, &["-m", model]);
        one(&place, &["serve", "status", "--json"], "")
    };
    check("serve status", None, &[status("demo"), status(&script)]);
}

#[test]
fn scores() {
    let place = Place::new();
    let sample = json!({
        "task_id": "a.py:1", "completion": "x = 1", "form": "code", "suite": "fim-exact", "sample": 1, "seed": 2,
        "finish": "stop_rule", "tokens": 3, "raw": "x = 1\n", "reference": "x = 1\n",
    });
    place.write("samples.jsonl", format!("{sample}\n"));
    let run = place.run(&["eval", "score", "samples.jsonl", "--scores", "scores.jsonl"]);
    assert_eq!((run.stderr.as_str(), run.code), ("", 0));
    check("Samples and scores", None, &lines(&std::fs::read_to_string(place.path("scores.jsonl")).expect("written")));
}

#[test]
fn benchmarks() {
    let place = Place::new();
    place.write("code/a.py", "total = total + 1\n".repeat(30));
    let model = place.script("pieces = [\"total = total + 1\\n\"]");
    let others = place.write("other.toml", "[answer]\npieces = [\"x\"]\n");
    let others = format!("script:{}", others.display());
    let run = |model: &str, name: &str, more: &[&str]| {
        let start = ["eval", "fim-exact", "--code", "code", "--limit", "9", "-q", "-m", model, "-o", name];
        let run = place.run(&[&start[..], more].concat());
        assert_eq!((run.stderr.as_str(), run.code), ("", 0));
    };
    run(&model, "a.jsonl", &[]);
    run(&others, "b.jsonl", &["-n", "9"]);
    // What the system does not tell, servers and models of the papers are known to have.
    let filled = |mut record: Value| {
        record["spent"]["peak_memory_bytes"] = json!(1);
        for (field, value) in [("model_bytes", json!(1)), ("size", json!("6.7b")), ("endpoint", json!("http://x"))] {
            record["settings"][field] = value;
        }
        record
    };
    let read = |name: &str| -> Value {
        serde_json::from_slice(&std::fs::read(place.path(name)).expect("written")).expect("an object")
    };
    let (a, b) = (read("a.run.json"), read("b.run.json"));
    let without = |mut record: Value| {
        record["spent"]["peak_memory_bytes"] = Value::Null;
        record["settings"]["model_sha256"] = Value::Null;
        record
    };
    check("eval runs", None, &[filled(a.clone()), without(a), filled(b.clone()), without(b)]);

    let report = one(&place, &["eval", "report", "a.scores.jsonl", "b.scores.jsonl", "--json"], "");
    let mut paper = report.clone();
    for run in paper["runs"].as_array_mut().expect("a list") {
        *run = filled(run.clone());
        run["settings"]["max_tokens"] = json!(1);
        for figure in run["suites"][0]["figures"].as_array_mut().expect("a list") {
            (figure["published"], figure["place"], figure["otherwise"]) = (json!(1.5), json!("a"), json!("b"));
        }
    }
    let mut other = report.clone();
    for run in other["runs"].as_array_mut().expect("a list") {
        *run = without(run.clone());
    }
    std::fs::remove_file(place.path("b.run.json")).expect("removed");
    let unknown = one(&place, &["eval", "report", "b.scores.jsonl", "--json"], "");
    check("eval report", None, &[report, paper, other, unknown]);

    let compared = one(&place, &["eval", "compare", "a.scores.jsonl", "b.scores.jsonl", "--json"], "");
    let turned = one(&place, &["eval", "compare", "b.scores.jsonl", "a.scores.jsonl", "--json"], "");
    check("eval compare", None, &[compared, turned]);
}
