//! The files in `completions/` and `man/`, which clap makes of the command line; `DSCODER_BLESS=1` rewrites them.

use std::fs;
use std::path::Path;

use clap::Command;
use clap_complete::Shell;

use crate::command::repository;

/// Compares a file of the repository with what it should be, or writes it.
fn check(path: &str, expected: &[u8]) {
    let path = repository(path);
    if std::env::var_os("DSCODER_BLESS").is_some() {
        fs::create_dir_all(Path::new(&path).parent().expect("a directory")).expect("created");
        fs::write(&path, expected).expect("written");
    }
    let found = fs::read(&path).unwrap_or_default();
    assert!(found == expected, "{path} is out of date: DSCODER_BLESS=1 cargo test --release rewrites it");
}

fn command() -> Command {
    dscoder::cmd::command()
}

#[test]
fn completions_fit_the_command_line() {
    for (shell, name) in [
        (Shell::Bash, "dscoder.bash"),
        (Shell::Zsh, "_dscoder"),
        (Shell::Fish, "dscoder.fish"),
        (Shell::PowerShell, "_dscoder.ps1"),
        (Shell::Elvish, "dscoder.elv"),
    ] {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut command(), "dscoder", &mut script);
        check(&format!("completions/{name}"), &script);
    }
}

#[test]
fn man_pages_fit_the_command_line() {
    let mut command = command();
    command.build();
    let page = |command: &Command, name: &str| {
        let mut text = Vec::new();
        // The date would make the page differ from day to day.
        clap_mangen::Man::new(command.clone()).title(name).date("").render(&mut text).expect("rendered");
        check(&format!("man/{name}.1"), &text);
    };
    fn pages(command: &Command, name: &str, page: &dyn Fn(&Command, &str)) {
        page(command, name);
        let shown = |command: &&Command| command.get_name() != "help" && !command.is_hide_set();
        for subcommand in command.get_subcommands().filter(shown) {
            pages(subcommand, &format!("{name}-{}", subcommand.get_name()), page);
        }
    }
    pages(&command, "dscoder", &page);
}
