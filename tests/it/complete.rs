//! `dscoder complete`.

use crate::command::{Place, output};

#[test]
fn stdin_and_files_are_continued_and_nothing_is_added() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["a", " + ", "b"]"#);
    assert_eq!(place.feed(&["complete", "-m", &model], "return "), output("a + b", "", 0));
    assert_eq!(place.feed(&["complete", "-", "-m", &model], "return "), output("a + b", "", 0));
    place.write("add.py", "return ");
    assert_eq!(place.run(&["complete", "add.py", "-m", &model]), output("a + b", "", 0));
}

#[test]
fn a_space_at_the_end_is_left_to_the_model() {
    let place = Place::new();
    let model = place.script(r#"pieces = [" a", " + b"]"#);
    assert_eq!(place.feed(&["complete", "-m", &model], "return "), output("a + b", "", 0));
    assert_eq!(place.feed(&["complete", "-m", &model], "return"), output(" a + b", "", 0));
    assert_eq!(place.feed(&["complete", "--raw", "-m", &model], "return "), output(" a + b", "", 0));
    // An indentation is not a space between words.
    assert_eq!(place.feed(&["complete", "--raw", "-m", &model], "f:\n  "), output(" a + b", "", 0));
    let stats = place.feed(&["complete", "-m", &model, "--stats"], "return ");
    assert!(stats.stderr.starts_with("stats: prompt 7 tokens"), "{}", stats.stderr);
}

#[test]
fn an_empty_text_is_allowed_and_noted() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["x"]"#);
    let note = "note: the text is empty; the model has nothing to go by\n";
    assert_eq!(place.feed(&["complete", "-m", &model], ""), output("x", note, 0));
    assert_eq!(place.feed(&["complete", "-q", "-m", &model], ""), output("x", "", 0));
}

#[test]
fn answers_end_at_the_limit_and_at_stop_texts() {
    let place = Place::new();
    let model = place.script("pieces = [\"one\\n\", \"two\\n\", \"\\n\", \"three\"]\nend = false");
    assert_eq!(place.feed(&["complete", "-m", &model, "-n", "2"], "x"), output("one\ntwo\n", "", 0));
    assert_eq!(place.feed(&["complete", "-m", &model, "--stop", "\n\n"], "x"), output("one\ntwo", "", 0));
    assert_eq!(
        place.feed(&["complete", "-m", &model, "--stop", "three", "--stop", "wo"], "x"),
        output("one\nt", "", 0)
    );
    let repeated = place.feed(&["complete", "-m", &model, "--until", "end"], "x");
    assert_eq!(repeated.stdout, "one\ntwo\n\nthree".repeat(64));
}

#[test]
fn the_environment_gives_defaults_and_flags_win() {
    let mut place = Place::new();
    let model = place.script("pieces = [\"a\"]\nend = false");
    place.set("DSCODER_MODEL", &model);
    place.set("DSCODER_MAX_TOKENS", "3");
    assert_eq!(place.feed(&["complete"], "x"), output("aaa", "", 0));
    assert_eq!(place.feed(&["complete", "-n", "2"], "x"), output("aa", "", 0));
    let verbose = place.feed(&["complete", "-v", "-n", "2"], "x");
    assert_eq!((verbose.stdout.as_str(), verbose.code), ("aa", 0));
    // Those of threads, of the cache and of resident engines are set for all tests.
    let expected = format!(
        "model = {model} (DSCODER_MODEL)\nmax-tokens = 2 (command line)\nthreads = 1 (DSCODER_THREADS)\n\
         kernels = mapped (DSCODER_KERNELS)\nno-cache = 1 (DSCODER_NO_CACHE)\nverbose = true (command line)\nserve = never (DSCODER_SERVE)\n"
    );
    assert_eq!(verbose.stderr, expected);
    place.set("DSCODER_MAX_TOKENS", "many");
    let wrong = place.feed(&["complete"], "x");
    assert_eq!((wrong.stdout.as_str(), wrong.code), ("", 2));
    assert_eq!(wrong.stderr, "error: DSCODER_MAX_TOKENS is \"many\": a whole number\n");
}

#[test]
fn statistics_are_on_stderr() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["a", "b"]"#);
    let stats = place.feed(&["complete", "-m", &model, "--stats"], "xyz");
    assert_eq!((stats.stdout.as_str(), stats.code), ("ab", 0));
    assert!(stats.stderr.starts_with("stats: prompt 4 tokens (0 left out), answer 2 tokens (end of text), load "));
    assert!(!stats.stderr.contains("seed"), "{}", stats.stderr);
    let seeded = place.feed(&["complete", "-m", &model, "--stats", "-t", "0.5", "--seed", "7"], "xyz");
    assert!(seeded.stderr.ends_with(", seed 7\n"), "{}", seeded.stderr);
}

#[test]
fn a_failing_engine_loses_nothing() {
    let place = Place::new();
    let model = place.script("pieces = [\"a\", \"b\", \"c\"]\nfail_after = 2");
    let error = "error: the scripted engine fails: after 2 tokens\n";
    assert_eq!(place.feed(&["complete", "-m", &model], "x"), output("ab", error, 70));
    // "b" was held back as the beginning of a stop text.
    assert_eq!(place.feed(&["complete", "-m", &model, "--stop", "bX"], "x"), output("ab", error, 70));
}

#[test]
fn too_long_a_text_loses_its_head_or_is_refused() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["x"]"#);
    let text = "line of text\n".repeat(100);
    // 100 tokens are 1 for begin-of-sentence, 10 for the answer, and 89 for the text: 6 lines of 13.
    let arguments = ["complete", "-m", &model, "--ctx-size", "100", "-n", "10"];
    let note = "note: the prompt is too long for a context of 100 tokens: left out 1222 tokens of its head\n";
    assert_eq!(place.feed(&arguments, &text), output("x", note, 0));
    let refused = "error: the prompt does not fit: it has 1301 tokens; a context of 100 has room for 90 besides the answer\n\
                   hint: shorten the input, or ask for fewer tokens with -n\n";
    assert_eq!(place.feed(&[&arguments[..], &["--no-truncate"]].concat(), &text), output("", refused, 78));
    let no_room = place.feed(&["complete", "-m", &model, "--ctx-size", "100", "-n", "101"], "x");
    assert_eq!((no_room.stdout.as_str(), no_room.code), ("", 78));
    let too_large = place.feed(&["complete", "-m", &model, "--ctx-size", "16385"], "x");
    assert_eq!(
        too_large,
        output("", "error: --ctx-size 16385 is too large: the model's context has 16384 tokens\n", 2)
    );
}

#[cfg(all(feature = "llama", has_demo))]
#[test]
fn drafts_change_the_time_only() {
    let place = Place::new();
    // Text that the built-in model continues in the same way.
    place.write("text", "def area_of_square(side):\n    return side * side\n\n\n".repeat(6));
    let ask = |arguments: &[&str]| {
        let common = ["complete", "text", "-m", "demo", "--until", "end", "--raw", "-n", "60", "--stats"];
        place.run(&[&common, arguments].concat())
    };
    let (plain, drafted) = (ask(&[]), ask(&["--speculate"]));
    assert_eq!((plain.code, drafted.code), (0, 0), "{}", drafted.stderr);
    assert_eq!(plain.stdout, drafted.stdout);
    assert!(!plain.stderr.contains("drafted"), "{}", plain.stderr);
    // How much is drafted follows the time that batches take.
    if let Some((_, counts)) = drafted.stderr.split_once("drafted ") {
        let (drafted, accepted) =
            counts.lines().next().unwrap_or_default().split_once(" tokens, accepted ").expect("two counts");
        let (drafted, accepted): (usize, usize) = (drafted.parse().expect("one"), accepted.parse().expect("one"));
        assert!(accepted <= drafted && drafted > 0, "{accepted} of {drafted}");
    }
    // The sampler draws as in plain decoding.
    let sampled = ["-t", "0.8", "--seed", "3"];
    assert_eq!(ask(&sampled).stdout, ask(&[&sampled[..], &["--speculate"]].concat()).stdout);
}

#[test]
fn a_language_by_name() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["  a + b\n", "end\n", "\n", "def sub\n", "end\n"]"#);
    let run = |arguments: &[&str], stdin: &str| {
        let all = [&["complete", "-m", &model][..], arguments].concat();
        place.feed(&all, stdin)
    };
    assert_eq!(run(&["--language", "ruby"], "def add(a, b)\n").stdout, "  a + b\nend\n");
    assert_eq!(run(&["--language", "C++"], "def add(a, b)\n").stdout, "  a + b\nend\n");
    let wrong = run(&["--language", "rubi"], "");
    assert!(wrong.code == 2 && wrong.stderr.contains("similar names are ruby"), "{}", wrong.stderr);
    let line = r#"{"text": "def add(a, b)\n", "language": "ruby"}"#;
    let batch = run(&["--batch", "-"], line);
    assert!(batch.stdout.contains(r#""text":"  a + b\nend\n""#), "{}", batch.stdout);
    let batch = run(&["--batch", "-"], r#"{"text": "", "language": "rubi"}"#);
    assert!(batch.code == 65 && batch.stdout.contains("similar names are ruby"), "{}", batch.stdout);
}
