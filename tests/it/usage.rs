//! Help, version and wrong usage.

use crate::command::{Place, commands, output};

#[test]
fn help_and_version_are_on_stdout() {
    let place = Place::new();
    let version = concat!("dscoder ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(place.run(&["--version"]), output(version, "", 0));
    for arguments in [&["--help"][..], &["-h"], &["help"], &["help", "infill"], &["complete", "--help"]] {
        let help = place.run(arguments);
        assert_eq!((help.stderr.as_str(), help.code), ("", 0), "{arguments:?}");
        assert!(help.stdout.contains("Usage: dscoder"), "{arguments:?}");
    }
}

#[test]
fn wrong_usage_is_told_on_stderr() {
    let place = Place::new();
    for (arguments, expected) in [
        (&[][..], "Usage: dscoder"),
        (&["infil"], "similar subcommands exist: 'config', 'infill'"),
        (&["complete", "--tempratur", "1"], "a similar argument exists: '--temperature'"),
        (&["infill", "--prefix", "x"], "--suffix <FILE>"),
        (&["complete", "-n", "0"], "0 is not in 1..=1000000"),
        (&["complete", "-t", "-1"], "a number from 0 to 10"),
        (&["complete", "--top-p", "nan"], "a number from 0 to 1"),
        (&["complete", "--gpu-layers", "some"], "a number of layers, auto or all"),
        (&["complete", "-q", "-v"], "cannot be used with"),
        (&["complete", "--until", "lin"], "a similar value exists: 'line'"),
        (&["models", "shw"], "a similar subcommand exists: 'show'"),
    ] {
        let run = place.run(arguments);
        assert_eq!((run.stdout.as_str(), run.code), ("", 2), "{arguments:?}");
        assert!(run.stderr.contains(expected), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn empty_variables_count_as_unset() {
    let mut place = Place::new();
    let model = place.script(r#"pieces = ["a\n", "b"]"#);
    place.write("f", "x");
    let known = dscoder::settings::files::variables(&dscoder::cmd::command());
    assert!(known.len() > 30, "{known:?}");
    known.iter().for_each(|name| place.set(name, ""));
    // Of the places of tests, too.
    place.set("DSCODER_THREADS", "1");
    for arguments in [&["complete", "f", "-m", &model][..], &["infill", "f", "--at", "1", "-m", &model]] {
        let run = place.run(arguments);
        assert_eq!((run.stderr.as_str(), run.code), ("", 0), "{arguments:?}");
    }
    let help = place.run(&["complete", "--help"]).stdout;
    assert!(help.contains("[env: DSCODER_TEMPERATURE]"), "{help}");
}

#[test]
fn a_wrong_variable_is_named() {
    for (variable, value, expected) in [
        ("DSCODER_TEMPERATURE", "hot", "error: DSCODER_TEMPERATURE is \"hot\": a number from 0 to 10\n"),
        ("DSCODER_MAX_TOKENS", "0", "error: DSCODER_MAX_TOKENS is \"0\": 0 is not in 1..=1000000\n"),
        ("DSCODER_UNTIL", "lin", "error: DSCODER_UNTIL is \"lin\": one of auto, end, line, block, blank\n"),
        ("DSCODER_CACHE_SIZE", "much", "error: DSCODER_CACHE_SIZE is \"much\": "),
    ] {
        let mut place = Place::new();
        place.write("f", "x");
        place.set(variable, value);
        let model = place.script(r#"pieces = ["a"]"#);
        let run = place.run(&["complete", "f", "-m", &model]);
        assert!(run.stderr.starts_with(expected), "{variable}: {}", run.stderr);
        assert_eq!((run.stdout.as_str(), run.code), ("", 2), "{variable}");
    }
    // A flag comes before the variable, so only the flag's value matters.
    let mut place = Place::new();
    place.set("DSCODER_TEMPERATURE", "1");
    let run = place.run(&["complete", "-t", "hot"]);
    assert!(run.code == 2 && run.stderr.contains("invalid value 'hot' for '--temperature <X>'"), "{}", run.stderr);
}

#[test]
fn a_value_that_cannot_be_used_later_names_its_origin() {
    let mut place = Place::new();
    place.write("f", "x");
    let file = place.write("config.toml", "\nmodel = \"no-such\"\n");
    place.set("DSCODER_CONFIG", &file.display().to_string());
    let run = place.run(&["complete", "f"]);
    let expected = format!("error: there is no model \"no-such\": model is set in {}:2\n", file.display());
    assert!(run.code == 66 && run.stderr.starts_with(&expected), "{}", run.stderr);
    // The origin of a flag is clear.
    let run = place.run(&["complete", "f", "-m", "no-such"]);
    assert!(run.code == 66 && run.stderr.starts_with("error: there is no model \"no-such\"\n"), "{}", run.stderr);
    let model = place.script(r#"pieces = ["a"]"#);
    place.set("DSCODER_CTX_SIZE", "1000000");
    let run = place.run(&["complete", "f", "-m", &model]);
    let expected = "error: --ctx-size 1000000 is too large: the model's context has 16384 tokens (ctx-size is set by \
                    DSCODER_CTX_SIZE)\n";
    assert_eq!(run, output("", expected, 2));
}

#[test]
fn flags_override_variables_that_contradict_them() {
    let mut place = Place::new();
    let model = place.script(r#"pieces = ["a"]"#);
    place.write("f", "x");
    place.set("DSCODER_JSON", "1");
    place.set("DSCODER_QUIET", "1");
    let run = place.run(&["complete", "f", "--json-lines", "-v", "-m", &model]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.lines().count() > 1 && run.stderr.contains("verbose = true (command line)"), "{run:?}");
    let both = place.run(&["complete", "f", "--json", "--json-lines", "-m", &model]);
    assert!(both.code == 2 && both.stderr.contains("cannot be used with"), "{}", both.stderr);
}

#[test]
fn every_command_can_be_quiet_and_verbose() {
    let mut all = Vec::new();
    let mut command = dscoder::cmd::command();
    command.build();
    commands(&command, &[], &mut all);
    for path in all.iter().filter(|path| !path.is_empty() && !path.iter().any(|word| word == "help")) {
        let one = path.iter().fold(&command, |command, name| command.find_subcommand(name).expect("a subcommand"));
        if one.is_subcommand_required_set() {
            continue;
        }
        let has = |long: &str| one.get_arguments().any(|argument| argument.get_long() == Some(long));
        assert!(has("quiet") && has("verbose"), "{path:?}");
    }
}

#[test]
fn short_help_fits_on_a_screen() {
    let place = Place::new();
    let mut all = vec![vec![]];
    commands(&dscoder::cmd::command(), &[], &mut all);
    assert!(all.len() > 15, "{all:?}");
    for path in all {
        let words: Vec<&str> = path.iter().map(String::as_str).chain(["-h"]).collect();
        let help = place.run(&words);
        let lines = help.stdout.lines().count();
        assert_eq!((help.stderr.as_str(), help.code), ("", 0), "{words:?}");
        assert!(lines < 40, "{words:?} has {lines} lines: hide_short_help is for what is rare\n{}", help.stdout);
    }
}

#[test]
fn examples_come_before_options() {
    let place = Place::new();
    for words in [&["infill", "-h"][..], &["chat", "--help"], &["git", "message", "--help"], &["doctor", "-h"]] {
        let help = place.run(words).stdout;
        let (examples, options) = (help.find("\nExamples:\n"), help.find("\nOptions:\n"));
        assert!(examples.is_some() && examples < options, "{help}");
    }
    let help = place.run(&["infill", "--help"]).stdout;
    assert!(help.contains("--repeat-penalty") && help.contains("[env: DSCODER_UNTIL]"), "{help}");
    assert!(!place.run(&["infill", "-h"]).stdout.contains("DSCODER_"));
}

#[test]
#[cfg(target_os = "linux")]
fn colours_are_for_terminals_that_want_them() {
    let place = Place::new();
    // The program on a terminal that script(1) makes.
    let help = |variables: &[(&str, &str)]| {
        let mut command = std::process::Command::new("script");
        command.args(["-qec", concat!("'", env!("CARGO_BIN_EXE_dscoder"), "' -h"), "/dev/null"]);
        command.current_dir(place.path("")).env_remove("NO_COLOR").env_remove("CLICOLOR").env("TERM", "xterm");
        command.envs(variables.iter().copied()).stdin(std::process::Stdio::null()).output().ok()
    };
    let has_colours = |variables: &[(&str, &str)]| {
        let text = String::from_utf8(help(variables)?.stdout).expect("text");
        assert!(text.contains("dscoder infill main.py"), "{text}");
        Some(text.contains('\u{1b}'))
    };
    let Some(coloured) = has_colours(&[]) else { return crate::command::skip("script is not installed") };
    assert!(coloured);
    for variable in [("NO_COLOR", "1"), ("CLICOLOR", "0"), ("TERM", "dumb")] {
        assert_eq!(has_colours(&[variable]), Some(false), "{variable:?}");
    }
    assert_eq!(has_colours(&[("NO_COLOR", ""), ("CLICOLOR", "1")]), Some(true));
    assert!(!place.run(&["-h"]).stdout.contains('\u{1b}'));
}

#[test]
fn a_closed_pipe_ends_help_quietly() {
    let place = Place::new();
    let mut child = place.start(&["--help"], b"");
    drop(child.stdout.take());
    let run = crate::command::finish(child);
    assert_eq!((run.stderr.as_str(), run.code), ("", 0));
}

#[cfg(not(has_demo))]
#[test]
fn without_the_built_in_model_it_says_so() {
    let run = Place::new().feed(&["complete", "-m", "demo"], "x");
    let error = "error: there is no built-in model: this build leaves it out, like the package on crates.io\n\
                 hint: use a release, build dscoder in its repository, or use another model: `dscoder download \
                 1.3b-base`\n";
    assert_eq!(run, output("", error, 66));
}

#[cfg(all(has_demo, not(feature = "llama")))]
#[test]
fn without_llama_cpp_it_says_so() {
    let run = Place::new().feed(&["complete", "-m", "demo"], "x");
    let words = "this build of dscoder has no llama.cpp\nhint: use a release, or build it with the feature llama, \
                 which is on by default\n";
    assert!(run.stderr.starts_with("error: cannot run ") && run.stderr.ends_with(words), "{}", run.stderr);
    assert_eq!((run.stdout.as_str(), run.code), ("", 70));
}
