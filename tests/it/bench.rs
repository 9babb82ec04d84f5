//! `dscoder bench`: the form of its table and its JSON, what figures can be checked, and wrong usage.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::command::{Place, finish, output};

/// The object that `bench` prints with these arguments.
fn bench(place: &Place, arguments: &[&str]) -> Value {
    let run = place.run(&[&["bench", "--json"], arguments].concat());
    assert_eq!((run.stderr.as_str(), run.code), ("", 0));
    serde_json::from_str(&run.stdout).expect("one JSON object")
}

/// The median of a measure, which must lie between the least and the largest value.
fn median(value: &Value) -> f64 {
    let [median, min, max] =
        ["median", "min", "max"].map(|name| value[name].as_f64().unwrap_or_else(|| panic!("no {name} in {value}")));
    assert!(0.0 < min && min <= median && median <= max, "{value}");
    median
}

#[test]
fn the_built_in_model_as_json() {
    let place = Place::new();
    let found = bench(&place, &["-m", "demo", "--depths", "40,0", "-r", "2", "-n", "3", "--threads", "1"]);
    assert!(found["model"].as_str().is_some_and(|name| name.starts_with("demo")), "{found}");
    assert!(found["model_bytes"].as_u64().is_some_and(|bytes| bytes > 1 << 20), "{found}");
    assert_eq!(
        (&found["repetitions"], &found["tokens"], &found["machine"]["threads"]),
        (&2.into(), &3.into(), &1.into())
    );
    assert!(found["machine"]["cpu"].as_str().is_some_and(|name| !name.is_empty()), "{found}");
    let depths = found["depths"].as_array().expect("a list");
    let lengths: Vec<_> = depths.iter().map(|depth| depth["depth"].as_u64()).collect();
    assert_eq!(lengths, [Some(0), Some(40)]);
    assert!(depths[0]["prefill_tokens_per_s"].is_null() && median(&depths[1]["prefill_tokens_per_s"]) > 0.0);
    // Of one token nothing can be restored.
    assert!(depths[0]["first_token_restored_ms"].is_null() && median(&depths[1]["first_token_restored_ms"]) > 0.0);
    for depth in depths {
        median(&depth["decode_tokens_per_s"]);
        assert!(median(&depth["first_token_cold_ms"]) > median(&depth["load_ms"]), "{depth}");
        // The weights alone are some 20 MB.
        let peak = depth["peak_memory_bytes"].as_u64();
        assert!(if cfg!(target_os = "linux") { peak > Some(20_000_000) } else { peak.is_none() }, "{depth}");
    }
}

#[test]
fn the_figures_are_those_of_the_engine() {
    let place = Place::new();
    // It wants to end after one token, and is forced to continue.
    let model = place.script("pieces = [\"x\"]\nload_ms = 40\nprefill_ms = 60\ndelay_ms = 20");
    let found = bench(&place, &["-m", &model, "--depths", "12", "-r", "1", "-n", "5"]);
    let depth = &found["depths"][0];
    assert!(found["model_bytes"].is_null() && depth["first_token_restored_ms"].is_null(), "{found}");
    assert!(median(&depth["load_ms"]) >= 40.0, "{depth}");
    assert!(median(&depth["prefill_tokens_per_s"]) <= 12.0 / 0.06, "{depth}");
    assert!(median(&depth["decode_tokens_per_s"]) <= 1.0 / 0.02, "{depth}");
    assert!(median(&depth["first_token_cold_ms"]) >= 40.0 + 60.0 + 20.0, "{depth}");
}

#[test]
fn the_table() {
    let place = Place::new();
    let model = place.script("pieces = [\"x\"]");
    let run = place.run(&["bench", "-m", &model, "-r", "1", "-n", "2", "--ctx-size", "600", "--threads", "3"]);
    assert_eq!((run.stderr.as_str(), run.code), ("", 0));
    let (about, rows) = run.stdout.split_once("\n\n").expect("two parts");
    let names: Vec<_> = about.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["model", "device", "machine", "build", "runs", "computed"]);
    assert!(about.contains(env!("CARGO_PKG_VERSION")) && about.contains("3 threads"), "{about}");
    // Of the usual depths those that the context has room for; canned answers have no memory to speak of.
    let rows: Vec<Vec<&str>> = rows.lines().map(|line| line.split_whitespace().collect()).collect();
    let column = |index: usize| rows.iter().map(|row| row[index]).collect::<Vec<_>>();
    assert_eq!(rows[0], ["MEASURE", "DEPTH", "MEDIAN", "MIN", "MAX", "UNIT"]);
    let first = ["MEASURE", "load", "load", "prefill", "decode", "decode", "first", "first", "peak", "peak"];
    assert_eq!(column(0), first);
    assert_eq!(rows[3][1..2], ["512"]);
    for row in &rows[1..8] {
        let numbers: Vec<f64> = row.iter().filter_map(|cell| cell.parse().ok()).collect();
        assert_eq!(numbers.len(), 4, "{row:?}");
        assert!(["ms", "tokens/s"].contains(row.last().expect("a cell")), "{row:?}");
    }
}

#[test]
fn wrong_usage() {
    let place = Place::new();
    let model = place.script("pieces = [\"x\"]");
    let hint = "\nhint: give smaller depths with --depths, or decode fewer tokens with -n\n";
    let deep = "error: depth 100 does not fit: the context has 100 tokens, of which the answer takes 32";
    let run = place.run(&["bench", "-m", &model, "--depths", "100,5", "--ctx-size", "100"]);
    assert_eq!(run, output("", &format!("{deep}{hint}"), 78));
    let none = "error: depth 0 does not fit: the context has 32 tokens, of which the answer takes 32";
    let run = place.run(&["bench", "-m", &model, "--ctx-size", "32"]);
    assert_eq!(run, output("", &format!("{none}{hint}"), 78));
    for (arguments, code, expected) in [
        (&["--depths", "1,x"][..], 2, "--depths <LIST>"),
        (&["--depths", ""], 2, "--depths <LIST>"),
        (&["-r", "0"], 2, "0 is not in 1..=1000"),
        (&["-n", "1"], 2, "1 is not in 2..=100000"),
        (&["--temperature", "1"], 2, "unexpected argument"),
        (&["--ctx-size", "1000000"], 2, "--ctx-size 1000000 is too large"),
        (&["-m", "no/such.gguf"], 66, "cannot read no/such.gguf"),
        (&["-m", "Cargo.gguf"], 65, "cannot use Cargo.gguf"),
        (&[], 66, "no base model to use"),
    ] {
        place.write("Cargo.gguf", "no model");
        let model = if code == 2 { &["-m", model.as_str()][..] } else { &[] };
        let run = place.run(&[&["bench"], model, arguments].concat());
        assert_eq!((run.stdout.as_str(), run.code), ("", code), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(expected), "{arguments:?}: {}", run.stderr);
    }
    let failing = place.script("pieces = [\"x\"]\nfail_after = 1");
    let run = place.run(&["bench", "-m", &failing, "--depths", "5"]);
    assert_eq!(run, output("", "error: the scripted engine fails: after 1 tokens\n", 70));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it() {
    let place = Place::new();
    for slow in ["load_ms = 10000", "prefill_ms = 10000", "delay_ms = 100"] {
        let model = place.script(&format!("pieces = [\"x\"]\n{slow}"));
        let child = place.start(&["bench", "-m", &model, "-n", "1000"], b"");
        std::thread::sleep(Duration::from_millis(300));
        let start = Instant::now();
        let sent = std::process::Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
        assert_eq!(finish(child), output("", "", 130), "{slow}");
        assert!(start.elapsed() < Duration::from_secs(1), "{slow}: {:?}", start.elapsed());
    }
}
