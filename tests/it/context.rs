//! A model file whose own context is less than the family's 16,384 tokens: everything keeps within it.

use serde_json::Value;

use crate::command::{Output, Place, output};
use crate::gguf::{Spec, U32};

/// A model of one layer with a context of `tokens` tokens, as `model.gguf`. Each byte is a token to it, but for "aa"
/// and "ab".
fn with_context(tokens: u32) -> Place {
    let place = Place::new();
    let mut spec = Spec::sound();
    spec.set("llama.context_length", U32, tokens.to_le_bytes());
    place.write("model.gguf", spec.bytes());
    place
}

fn json(run: &Output) -> Value {
    assert_eq!(run.code, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).expect("JSON")
}

#[test]
fn the_built_in_model_answers_a_long_file_within_its_context() {
    let place = Place::new();
    place.write("long.py", "x = 1\n".repeat(1250));
    let note = "note: the prompt is too long for the model's context of 2048 tokens: left out ";
    let complete = place.run(&["complete", "long.py", "-m", "demo", "-n", "3", "--json"]);
    assert!(complete.stderr.starts_with(note) && complete.stderr.lines().count() == 1, "{}", complete.stderr);
    let prompt = &json(&complete)["prompt"];
    let (tokens, left_out) = (prompt["tokens"].as_u64(), prompt["left_out_of_prefix"].as_u64());
    assert!(tokens > Some(2040) && tokens <= Some(2045), "{prompt}");
    assert_eq!(tokens.zip(left_out).map(|(tokens, left_out)| tokens + left_out), Some(5001), "{prompt}");

    let infill = place.run(&["infill", "long.py", "--at", "800:5", "-m", "demo"]);
    assert!(infill.stderr.starts_with(note) && infill.stderr.lines().count() == 1, "{}", infill.stderr);
    assert!(infill.stderr.contains(" of its head and ") && infill.code == 0, "{}", infill.stderr);

    let refused = place.run(&["complete", "long.py", "-m", "demo", "-n", "48", "--no-truncate"]);
    let error = "error: the prompt does not fit: it has 5001 tokens; a context of 2048 has room for 2000 besides the answer\n\
                 hint: shorten the input, or ask for fewer tokens with -n\n";
    assert_eq!(refused, output("", error, 78));
    let too_large = "error: --ctx-size 2049 is too large: the model's context has 2048 tokens\n";
    for arguments in [
        &["complete", "long.py", "-m", "demo"][..],
        &["models", "show", "demo"],
        &["bench", "-m", "demo"],
        &["chat", "-m", "demo", "--force", "q"],
    ] {
        let run = place.run(&[arguments, &["--ctx-size", "2049"]].concat());
        assert_eq!(run, output("", too_large, 2), "{arguments:?}");
    }
}

/// 300 is not a multiple of the 256 cells that llama.cpp rounds contexts up to.
#[test]
fn no_prompt_and_answer_are_longer_than_it() {
    let place = with_context(300);
    place.write("long", "b".repeat(1000));
    let run = |arguments: &[&str]| {
        place.run(&[&["complete", "long", "-m", "model.gguf", "--raw", "--until", "end"], arguments].concat())
    };
    let tokens = |run: &Output| json(run)["prompt"]["tokens"].as_u64();
    let note = "note: the prompt is too long for the model's context of 300 tokens: left out 711 tokens of its head\n";
    for more in [&[][..], &["--ctx-size", "300"], &["--speculate"], &["--candidates", "3"]] {
        let cut = run(&[&["-n", "10", "--json"], more].concat());
        assert_eq!((cut.stderr.as_str(), tokens(&cut)), (note, Some(290)), "{more:?}");
    }
    let less = run(&["-n", "10", "--json", "--ctx-size", "299"]);
    assert!(less.stderr.contains(" for a context of 299 tokens: ") && tokens(&less) == Some(289), "{less:?}");
    let no_room = "error: an answer of 301 tokens does not fit: the context has 300 tokens\n\
                   hint: ask for fewer tokens with -n\n";
    assert_eq!(run(&["-n", "301"]), output("", no_room, 78));

    let lines = format!("{{\"text\": \"{}\"}}\n", "b".repeat(1000)).repeat(3);
    let arguments = ["complete", "--batch", "-", "-m", "model.gguf", "-n", "10", "--parallel", "2"];
    let batch = place.feed(&arguments, lines);
    assert_eq!((batch.code, batch.stdout.lines().count()), (0, 3), "{}", batch.stderr);
    for line in batch.stdout.lines() {
        let answer: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(answer["prompt"]["tokens"], 290, "{line}");
        assert!(answer["tokens"].as_array().is_some_and(|tokens| tokens.len() <= 10), "{line}");
    }
    let long = place.feed(&arguments, "{\"text\": \"b\", \"max_tokens\": 301}\n");
    assert!(long.code == 65 && long.stdout.contains("an answer of 301 tokens does not fit"), "{long:?}");
}

#[test]
fn files_beside_the_text_and_changes_keep_within_it() {
    let place = with_context(300);
    place.write("main.py", "import other\n");
    place.write("other.py", "bbbb\n".repeat(200));
    let arguments = ["complete", "main.py", "-m", "model.gguf", "-n", "20", "--json", "--context", "other.py"];
    for budget in ["50%", "100%", "1000"] {
        let run = place.run(&[&arguments[..], &["--context-budget", budget]].concat());
        let prompt = &json(&run)["prompt"];
        assert!(prompt["tokens"].as_u64() <= Some(280) && prompt["context"].as_u64() > Some(0), "{budget}: {prompt}");
    }

    // Two examples come before the change, and the message has 256 tokens unless -n says otherwise.
    let line = "+    value = compute(first, second)\n";
    let diff = format!(
        "diff --git a/a.py b/a.py\nnew file mode 100644\n--- /dev/null\n+++ b/a.py\n@@ -0,0 +1,900 @@\n{}",
        line.repeat(900)
    );
    let run = place.feed(&["git", "message", "-m", "demo", "--stats", "--diff-tokens", "9000"], diff);
    assert!(run.code == 0 || run.code == 1, "{run:?}");
    let count = |line: &str, before: &str, behind: &str| -> Option<u64> {
        line.split_once(before)?.1.split_once(behind)?.0.parse().ok()
    };
    let shown = run.stderr.lines().find_map(|line| count(line, "lines, ", " tokens"));
    let prompt = run.stderr.lines().find_map(|line| count(line, "stats: prompt ", " tokens (0 left out)"));
    assert!(shown > Some(1000) && shown < prompt && prompt <= Some(2048 - 256), "{}", run.stderr);
}

#[test]
fn what_is_told_of_a_model_is_within_it() {
    let place = with_context(300);
    let show = place.run(&["models", "show", "model.gguf"]);
    assert!(show.stdout.contains("\ncontext       300 tokens, "), "{show:?}");
    assert!(show.stdout.contains(" for a context of 300 tokens: "), "{show:?}");
    let less = place.run(&["models", "show", "model.gguf", "--ctx-size", "299"]);
    assert!(less.stdout.contains(" for a context of 299 tokens: "), "{less:?}");
    let doctor = place.run(&["doctor", "model.gguf", "--json"]);
    assert!(doctor.stdout.contains(" for a context of 300 tokens: "), "{doctor:?}");

    let bench = place.run(&["bench", "-m", "model.gguf", "-n", "2", "-r", "1", "--json"]);
    let depths: Vec<_> =
        json(&bench)["depths"].as_array().expect("a list").iter().map(|it| it["depth"].clone()).collect();
    assert_eq!(depths, [0]);
    let too_deep = place.run(&["bench", "-m", "model.gguf", "-n", "2", "--depths", "299"]);
    let error = "error: depth 299 does not fit: the context has 300 tokens, of which the answer takes 2\n\
                 hint: give smaller depths with --depths, or decode fewer tokens with -n\n";
    assert_eq!(too_deep, output("", error, 78));
}

#[test]
fn odd_numbers() {
    // More than the family has is not more.
    for tokens in [16_384, 16_385, u32::MAX] {
        let place = with_context(tokens);
        let show = place.run(&["models", "show", "model.gguf"]);
        assert!(show.stdout.contains("\ncontext       16384 tokens, "), "{tokens}: {show:?}");
        assert!(show.stdout.contains(" for a context of 4096 tokens: "), "{tokens}: {show:?}");
    }
    let place = with_context(1);
    let run = place.feed(&["complete", "-m", "model.gguf", "-n", "1"], "b");
    let error = "error: the prompt does not fit: it has 2 tokens; a context of 1 has room for 0 besides the answer\n\
                 hint: shorten the input, or ask for fewer tokens with -n\n";
    assert_eq!(run, output("", error, 78));
    let place = with_context(0);
    let run = place.feed(&["complete", "-m", "model.gguf", "-n", "1"], "b");
    assert!(run.code == 65 && run.stderr.contains("llama.context_length is 0, which no model has"), "{run:?}");
}
