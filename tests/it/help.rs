//! `dscoder help`: commands and topics.

use std::process::Command;

use dscoder::topics::{TOPICS, Topic};

use crate::command::{Place, finish, output, repository, skip};

#[test]
fn every_topic_is_shown() {
    let place = Place::new();
    let list = place.run(&["help"]);
    assert_eq!((list.stderr.as_str(), list.code), ("", 0));
    for topic in TOPICS {
        let shown = place.run(&["help", topic.name]);
        assert_eq!((shown.stderr.as_str(), shown.code), ("", 0), "{}", topic.name);
        assert!(shown.stdout.starts_with(&format!("{}: {}\n\n", topic.name, topic.summary())), "{}", shown.stdout);
        assert!(!shown.stdout.contains("{{") && !shown.stdout.contains('\u{1b}'), "{}", shown.stdout);
        assert!(list.stdout.contains(&format!("  {}", topic.name)) && list.stdout.contains(topic.summary()));
        // Lines of code are not broken.
        let is_long = |line: &&str| line.chars().count() > 80 && !line.starts_with("    ");
        assert_eq!(shown.stdout.lines().find(is_long), None, "{}", topic.name);
    }
    let codes = place.run(&["help", "exit-codes"]).stdout;
    for (code, meaning) in dscoder::error::EXIT_CODES {
        let first = meaning.split(' ').next().unwrap_or_default();
        assert!(
            codes.lines().any(|line| line.trim_start().starts_with(code) && line.contains(first)),
            "{code}: {codes}"
        );
    }
}

#[test]
fn commands_are_shown_as_with_their_flag() {
    let place = Place::new();
    for path in [&["infill"][..], &["git", "message"], &["help"], &["models"]] {
        let flag = place.run(&[path, &["--help"]].concat());
        assert_eq!(place.run(&[&["help"], path].concat()), flag, "{path:?}");
        assert!(flag.stdout.contains("Usage: dscoder") && flag.code == 0, "{flag:?}");
    }
    let message = place.run(&["git", "message", "--help"]);
    assert_eq!(place.run(&["git", "help", "message"]), message);
    assert_eq!(place.run(&["git", "help"]), place.run(&["git", "--help"]));
    assert_eq!(place.run(&["help"]), place.run(&["--help"]));
    // Settings that cannot be read do not keep anybody from reading help.
    place.write(".dscoder.toml", "nonsense");
    assert_eq!(place.run(&["help", "git", "message"]), message);
    assert_eq!(place.run(&["help", "json"]).code, 0);
}

#[test]
fn what_does_not_exist_is_wrong_usage() {
    let place = Place::new();
    let topics = TOPICS.map(|topic| topic.name).join(", ");
    for (word, nearest) in [("sercurity", "security"), ("infil", "infill"), ("JSON", "json")] {
        let hint = format!("the most similar is {nearest}; topics are {topics}; `dscoder help` lists all");
        let error = format!("error: there is no command or topic {word:?}\nhint: {hint}\n");
        assert_eq!(place.run(&["help", word]), output("", &error, 2));
    }
    let error = "error: git has no subcommand \"mesage\"\nhint: its subcommands are message, review, install-hook, \
                 uninstall-hook, help\n";
    assert_eq!(place.run(&["help", "git", "mesage"]), output("", error, 2));
    let error = "error: infill has no subcommand \"x\"\nhint: `dscoder help infill` shows its usage\n";
    assert_eq!(place.run(&["help", "infill", "x"]), output("", error, 2));
    assert_eq!(place.run(&["git", "help", "mesage"]).code, 2);
}

#[test]
fn a_closed_pipe_ends_a_topic_quietly() {
    let mut child = Place::new().start(&["help", "json"], b"");
    drop(child.stdout.take());
    let run = finish(child);
    assert_eq!((run.stderr.as_str(), run.code), ("", 0));
}

#[test]
#[cfg(target_os = "linux")]
fn a_topic_fits_the_terminal() {
    let place = Place::new();
    let shown = |columns: usize, variable: (&str, &str)| {
        let mut command = Command::new("script");
        let line = format!("stty rows 24 cols {columns}; '{}' help context", env!("CARGO_BIN_EXE_dscoder"));
        command.args(["-qec", &line, "/dev/null"]).current_dir(place.path("")).stdin(std::process::Stdio::null());
        command.env_remove("NO_COLOR").env_remove("CLICOLOR").env("TERM", "xterm").env(variable.0, variable.1);
        Some(String::from_utf8(command.output().ok()?.stdout).expect("text").replace('\r', ""))
    };
    let Some(narrow) = shown(50, ("A", "")) else { return skip("script is not installed") };
    assert!(narrow.contains("\u{1b}[1mBudget\u{1b}[0m\n"), "{narrow}");
    let widest = |text: &str| {
        let text = text.replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
        text.lines().filter(|line| !line.starts_with("    ")).map(|line| line.chars().count()).max().unwrap_or_default()
    };
    assert!((40..=50).contains(&widest(&narrow)), "{narrow}");
    for columns in [100, 200] {
        let wide = shown(columns, ("NO_COLOR", "1")).expect("as before");
        assert!((90..=100).contains(&widest(&wide)) && !wide.contains('\u{1b}'), "{wide}");
    }
}

#[test]
fn the_readme_names_every_topic_and_is_short() {
    let readme = std::fs::read_to_string(repository("README.md")).expect("there");
    let rows: Vec<String> = readme
        .lines()
        .filter(|line| line.contains("](src/topics/") && line.starts_with("| ["))
        .map(str::to_owned)
        .collect();
    let row = |topic: Topic| format!("| [{name}](src/topics/{name}.md) | {} |", topic.summary(), name = topic.name);
    assert_eq!(rows, TOPICS.map(row));
    assert!(readme.lines().count() <= 180);
}
