//! The files in `completions/` and `man/`, which clap makes of the command line; `DSCODER_BLESS=1` rewrites them.

use std::fs;
use std::path::Path;

use clap::{Arg, Command, ValueHint};
use clap_complete::Shell;
use dscoder::model::catalog;

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

/// With what makes shells complete paths as paths.
fn with_hints(command: Command) -> Command {
    let hint = |argument: Arg| match argument.get_value_hint() {
        ValueHint::AnyPath => argument.value_hint(ValueHint::FilePath),
        _ => argument,
    };
    command.mut_args(hint).mut_subcommands(with_hints)
}

/// Where clap offers the names of models only, a path is as good.
fn with_paths(shell: Shell, script: &str) -> String {
    let names: Vec<&str> = catalog::entries().iter().map(|entry| entry.name.as_str()).chain(["demo"]).collect();
    let words = names.join(" ");
    let (found, wanted) = match shell {
        Shell::Bash => (
            format!("COMPREPLY=($(compgen -W \"{words}\" -- \"${{cur}}\"))"),
            format!(
                "COMPREPLY=($(compgen -W \"{words}\" -- \"${{cur}}\") $(compgen -f -- \"${{cur}}\"))\n                    \
                 [[ \"${{BASH_VERSINFO[0]}}\" -ge 4 ]] && compopt -o filenames"
            ),
        ),
        Shell::Zsh => (
            format!(":({words})'"),
            format!(":{{_alternative \"models\\:model\\:({words})\" \"files\\:file\\:_files\"}}'"),
        ),
        Shell::Fish => {
            let list: Vec<String> = names.iter().map(|name| format!("{name}\\t''")).collect();
            (format!("-r -f -a \"{}\"", list.join("\n")), format!("-r -F -a \"{}\"", list.join("\n")))
        }
        _ => return script.to_owned(),
    };
    assert!(script.contains(&found), "{shell} has no {found}");
    script.replace(&found, &wanted)
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
        clap_complete::generate(shell, &mut with_hints(command()), "dscoder", &mut script);
        let script = with_paths(shell, &String::from_utf8(script).expect("text"));
        check(&format!("completions/{name}"), script.as_bytes());
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
