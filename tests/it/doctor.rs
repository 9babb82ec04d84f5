//! `dscoder doctor`.

use std::fs;

use serde_json::Value;

use crate::command::{Output, Place};

fn json(run: &Output) -> Value {
    serde_json::from_str(&run.stdout).expect("JSON")
}

/// The first check of this section and name.
fn check<'a>(report: &'a Value, section: &str, name: &str) -> &'a Value {
    let checks = report["checks"].as_array().expect("a list");
    let found = checks.iter().find(|check| check["section"] == section && check["name"] == name);
    found.unwrap_or_else(|| panic!("no {section} {name} in {report}"))
}

#[test]
fn without_a_model_it_says_which_to_fetch() {
    let place = Place::new();
    let run = place.run(&["doctor", "--json"]);
    assert_eq!(run.code, 66, "{}", run.stdout);
    assert!(run.stderr.starts_with("error: no base model to use: none is installed\n"), "{}", run.stderr);
    let report = json(&run);
    assert_eq!(report["exit_code"], 66);
    assert_eq!(check(&report, "models", "to use")["state"], "problem");
    assert!(report["next"][0].as_str().is_some_and(|next| next.contains("dscoder download")), "{report}");
    assert_eq!(check(&report, "network", "token")["value"], "none");
    assert_eq!(check(&report, "settings", "your file")["state"], "ok");
    assert_eq!(check(&report, "cache", "evaluated prompts")["state"], "ok");
    let text = place.run(&["doctor"]);
    assert_eq!(text.code, 66);
    assert!(text.stdout.contains("\nproblem  models"), "{}", text.stdout);
    let next = text.stdout.lines().last();
    assert!(next.is_some_and(|line| line.starts_with("next: `dscoder download")), "{}", text.stdout);
}

#[test]
fn with_a_model_all_is_well() {
    let mut place = Place::new();
    let demo = place.run(&["models", "path", "demo"]).stdout;
    let bytes = fs::read(demo.trim_end()).expect("the built-in model");
    place.write("models/deepseek-coder-1.3b-base.Q8_0.gguf", bytes);
    place.set("DSCODER_MEMORY", "8GB");
    let run = place.run(&["doctor", "--json"]);
    assert_eq!((run.stderr.as_str(), run.code), ("", 0), "{}", run.stdout);
    let report = json(&run);
    let model = check(&report, "models", "1.3b-base:Q8_0");
    assert_eq!(model["state"], "ok", "{model}");
    assert_eq!(check(&report, "machine", "memory")["value"], "8.0 GB, 8.0 GB free");
    assert_eq!(check(&report, "settings", "DSCODER_MEMORY")["state"], "ok");
    let next = report["next"].as_array().and_then(|steps| steps.last()).and_then(Value::as_str);
    assert!(next.is_some_and(|next| next.starts_with("all is well: dscoder infill")), "{report}");
}

#[test]
fn secrets_are_not_shown() {
    let mut place = Place::new();
    place.set("HF_TOKEN", "hf_secret123");
    place.set("https_proxy", "http://user:secret123@proxy.example:3128");
    place.set("HF_ENDPOINT", "https://user:secret123@hub.example/?key=secret123");
    place.set("HF_HUB_OFFLINE", "1");
    place.set("DSCODER_MODEL", "https://user:secret123@models.example/x?key=secret123");
    let told = place.run(&["complete", "-v"]);
    assert!(told.stderr.contains("model = https://models.example/x (DSCODER_MODEL)"), "{}", told.stderr);
    for words in [&["doctor"][..], &["doctor", "--json"], &["config"], &["config", "show", "--json"]] {
        let run = place.run(words);
        assert!(!run.stdout.contains("secret123") && !run.stderr.contains("secret123"), "{}", run.stdout);
    }
    let report = json(&place.run(&["doctor", "--json"]));
    assert_eq!(check(&report, "network", "token")["value"], "there is one");
    assert_eq!(check(&report, "network", "proxies")["value"], "https_proxy");
    assert_eq!(check(&report, "network", "hub")["value"], "https://hub.example/");
    assert!(check(&report, "network", "mode")["value"].as_str().is_some_and(|mode| mode.starts_with("off")));
}

#[test]
fn the_first_problem_gives_the_exit_code() {
    let mut place = Place::new();
    let file = place.write("home/.config/dscoder/config.toml", "sed = 1\n");
    place.write(".dscoder.toml", "model = 'x'\n");
    place.set("DSCODER_TEMPRATURE", "1");
    place.write("models/deepseek-coder-1.3b-base.Q8_0.gguf", "no model");
    place.write(
        "models/deepseek-coder-1.3b-base.Q8_0.gguf.json",
        r#"{"name":"deepseek-coder-1.3b-base.Q8_0.gguf","source":"1.3b-base:Q8_0","revision":null,
            "sha256":"04cebb6fafa40ae628cf6bfeb76032ec792852f54020c559ad0a56b9f2839118","bytes":873582624}"#,
    );
    let run = place.run(&["doctor", "--json"]);
    let report = json(&run);
    assert_eq!((run.code, &report["exit_code"]), (65, &Value::from(65)), "{}", run.stdout);
    let model = check(&report, "models", "1.3b-base:Q8_0");
    assert!(model["value"].as_str().is_some_and(|value| value.ends_with("damaged")), "{model}");
    let settings = check(&report, "settings", "your file");
    assert_eq!((&settings["state"], &settings["exit_code"]), (&Value::from("problem"), &Value::from(2)));
    let value = settings["value"].as_str().unwrap_or_default();
    assert!(value.starts_with(&format!("{}:1: sed", file.display())), "{settings}");
    assert_eq!(check(&report, "settings", "project's file")["state"], "problem");
    let typo = check(&report, "settings", "DSCODER_TEMPRATURE");
    assert_eq!((&typo["state"], &typo["next"]), (&"note".into(), &"did you mean DSCODER_TEMPERATURE?".into()));
}

#[test]
fn one_model_is_checked() {
    let mut place = Place::new();
    // Free memory of the machine would differ between two runs.
    place.set("DSCODER_MEMORY", "8GB");
    let run = place.run(&["doctor", "demo", "--json"]);
    assert_eq!((run.stderr.as_str(), run.code), ("", 0), "{}", run.stdout);
    let report = json(&run);
    assert_eq!(check(&report, "model", "kind")["value"], "Base: continues text and fills gaps");
    assert_eq!(check(&report, "machine", "memory")["state"], "ok");
    assert_eq!(report["next"], serde_json::json!(["all is well: dscoder infill -m demo FILE --at LINE:COL"]));
    assert_eq!(place.run(&["doctor", "-m", "demo", "--json"]).stdout, run.stdout);
    let quiet = place.run(&["doctor", "-q", "-m", "demo"]);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str(), quiet.code), ("", "", 0));
    let damaged = place.write("damaged.gguf", "GGUF");
    assert_eq!(place.run(&["doctor", &damaged.display().to_string()]).code, 65);
    assert_eq!(place.run(&["doctor", "no/such.gguf"]).code, 66);
    place.set("DSCODER_MEMORY", "1MB");
    let small = place.run(&["doctor", "demo"]);
    assert!(small.code == 70 && small.stderr.contains("does not fit into memory"), "{}", small.stderr);
}
