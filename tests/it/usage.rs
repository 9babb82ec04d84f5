//! Help, version and wrong usage.

use crate::command::{Place, output};

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
        (&["infil"], "a similar subcommand exists: 'infill'"),
        (&["complete", "--tempratur", "1"], "a similar argument exists: '--temperature'"),
        (&["infill", "--prefix", "x"], "--suffix <FILE>"),
        (&["complete", "-n", "0"], "0 is not in 1..=1000000"),
        (&["complete", "-t", "-1"], "a number from 0 to 10"),
        (&["complete", "--top-p", "nan"], "a number from 0 to 1"),
        (&["complete", "--gpu-layers", "some"], "a number of layers, auto or all"),
        (&["complete", "-q", "-v"], "cannot be used with"),
    ] {
        let run = place.run(arguments);
        assert_eq!((run.stdout.as_str(), run.code), ("", 2), "{arguments:?}");
        assert!(run.stderr.contains(expected), "{arguments:?}: {}", run.stderr);
    }
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
    let error = "error: there is no built-in model: this dscoder was built without it, as from crates.io, which has no \
                 room for it\nhint: take a release, build dscoder in its repository, or use another: `dscoder download \
                 1.3b-base`\n";
    assert_eq!(run, output("", error, 66));
}

#[cfg(all(has_demo, not(feature = "llama")))]
#[test]
fn without_llama_cpp_it_says_so() {
    let run = Place::new().feed(&["complete", "-m", "demo"], "x");
    let words = "this dscoder was built without llama.cpp\nhint: take a release, or build it with the feature llama, \
                 which is on unless --no-default-features says so\n";
    assert!(run.stderr.starts_with("error: cannot run ") && run.stderr.ends_with(words), "{}", run.stderr);
    assert_eq!((run.stdout.as_str(), run.code), ("", 70));
}
