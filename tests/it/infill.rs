//! `dscoder infill`.

use crate::command::{Place, finish, output};

#[test]
fn the_middle_of_two_files() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["a", " + b"]"#);
    place.write("before", "return ");
    place.write("after", "\n");
    let arguments =
        |prefix, suffix| ["infill", "--prefix", prefix, "--suffix", suffix, "-m", &model].map(str::to_owned);
    for (prefix, suffix) in [("before", "after"), ("-", "after"), ("before", "-")] {
        let arguments = arguments(prefix, suffix);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        assert_eq!(place.feed(&arguments, "\n"), output("a + b", "", 0), "{prefix} {suffix}");
    }
}

#[test]
fn stdin_can_be_only_one_of_them() {
    let place = Place::new();
    let error = "error: --prefix and --suffix cannot both be stdin\nhint: put one of them into a file\n";
    assert_eq!(place.feed(&["infill", "--prefix", "-", "--suffix", "-", "-m", "demo"], ""), output("", error, 2));
}

#[test]
fn both_may_be_empty() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["x"]"#);
    let note = "note: prefix and suffix are empty; the model has nothing to go by\n";
    let run = place.feed(&["infill", "--prefix", "-", "--suffix", "/dev/null", "-m", &model], "");
    assert_eq!(run, output("x", note, 0));
}

#[test]
fn carriage_returns_come_back() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["a\n", "b\r", "\n", "c"]"#);
    place.write("before", "x\r\ny = ");
    place.write("after", "\r\nz\r\n");
    let arguments = ["infill", "--prefix", "before", "--suffix", "after", "-m", &model];
    assert_eq!(place.run(&arguments), output("a\r\nb\r\nc", "", 0));
    place.write("after", "\nz\r\n");
    assert_eq!(place.run(&arguments), output("a\nb\r\nc", "", 0));
}

#[cfg(all(feature = "llama", has_demo))]
#[test]
fn input_that_is_not_text_is_refused_with_its_place() {
    let place = Place::new();
    place.write("latin1", b"caf\xe9\n");
    place.write("binary", b"\x7fELF\0\x01");
    let hint = "hint: pass source code as UTF-8 text\n";
    let run = |prefix| place.run(&["infill", "--prefix", prefix, "--suffix", "/dev/null", "-m", "demo"]);
    assert_eq!(run("latin1"), output("", &format!("error: cannot use latin1: it is not UTF-8 at byte 3\n{hint}"), 65));
    let binary = format!("error: cannot use binary: it is a binary file, with a NUL at byte 4\n{hint}");
    assert_eq!(run("binary"), output("", &binary, 65));
    assert_eq!(run("missing"), output("", "error: cannot read missing: no such file or directory\n", 66));
    assert_eq!(run("."), output("", "error: cannot read .: is a directory\n", 66));
}

#[test]
fn the_suffix_loses_its_tail() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["x"]"#);
    place.write("before", "0123456\n".repeat(50));
    place.write("after", "0123456\n".repeat(50));
    let arguments =
        ["infill", "--prefix", "before", "--suffix", "after", "-m", &model, "--ctx-size", "178", "-n", "14"];
    let note = "note: the prompt is too long for a context of 178 tokens: left out 280 tokens of its head and 360 tokens of \
                its tail\n";
    assert_eq!(place.run(&arguments), output("x", note, 0));
}

#[test]
fn a_closed_pipe_is_quiet() {
    let place = Place::new();
    let model = place.script("pieces = [\"line\\n\"]\nend = false\ndelay_ms = 1");
    let mut child = place.start(&["complete", "-m", &model, "-n", "16000"], b"x");
    drop(child.stdout.take());
    let run = finish(child);
    assert_eq!((run.stderr.as_str(), run.code), ("", 0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["x"]"#);
    place.write("text", "y");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let child = place.command(["complete", "text", "-m", &model]).stdout(full).spawn().expect("started");
    assert_eq!(finish(child), output("", "error: cannot write to stdout: no space left on device\n", 74));
}

#[cfg(all(feature = "llama", has_demo))]
#[test]
fn the_built_in_model_answers_the_same_each_time() {
    let place = Place::new();
    use crate::command::repository;
    let (prefix, suffix) = (repository("examples/quicksort/prefix.py"), repository("examples/quicksort/suffix.py"));
    let arguments = ["infill", "-m", "demo", "--prefix", &prefix, "--suffix", &suffix, "-n", "16"];
    let first = place.run(&arguments);
    assert_eq!((first.stderr.as_str(), first.code), ("", 0));
    assert!(!first.stdout.is_empty());
    assert_eq!(place.run(&arguments), first);
    assert_eq!(place.run(&[&arguments[..], &["--threads", "1"]].concat()), first);
    // It is so sure of this line that the usual settings leave little else.
    let hot = [&arguments[..], &["-t", "3", "--top-p", "1", "--min-p", "0"]].concat();
    let seeded = [&hot[..], &["--seed", "3"]].concat();
    let random = place.run(&seeded);
    assert_eq!((random.stderr.as_str(), random.code), ("", 0));
    assert_eq!(place.run(&seeded), random);
    let answers: std::collections::HashSet<_> =
        ["4", "5", "6", "7"].map(|seed| place.run(&[&hot[..], &["--seed", seed]].concat()).stdout).into();
    assert!(answers.len() > 1, "the seed makes no difference: {answers:?}");
    let penalized = place.run(&[&arguments[..], &["--repeat-penalty", "1.3"]].concat());
    assert_eq!((penalized.stderr.as_str(), penalized.code), ("", 0));
}

#[cfg(all(feature = "llama", has_demo))]
#[test]
fn a_text_without_breaks_works() {
    let place = Place::new();
    place.write("letters", "a".repeat(200_000));
    let run = place.run(&[
        "infill",
        "-m",
        "demo",
        "--prefix",
        "letters",
        "--suffix",
        "/dev/null",
        "-n",
        "2",
        "--ctx-size",
        "512",
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stderr.starts_with("note: the prompt is too long for a context of 512 tokens: left out "),
        "{}",
        run.stderr
    );
}

#[cfg(all(feature = "llama", has_demo))]
#[test]
fn a_prompt_of_many_chunks_works() {
    let place = Place::new();
    place.write("long", "x = 1\n".repeat(500));
    let run = place.run(&["complete", "long", "-m", "demo", "-n", "3", "--stats"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.starts_with("stats: prompt 2001 tokens (0 left out), answer 3 tokens"), "{}", run.stderr);
}
