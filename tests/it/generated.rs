//! The files in `completions/` and `man/`, which clap makes of the command line; `DSCODER_BLESS=1` rewrites them.

use std::fs;
use std::path::Path;

use clap::{Arg, Command, ValueHint};
use clap_complete::Shell;
use clap_mangen::roff::{Roff, bold, roman};
use dscoder::error::EXIT_CODES;
use dscoder::model::catalog;
use dscoder::settings::{self, network};

use crate::command::{repository, skip};

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

/// The lines of a section, each with its words.
fn list(roff: &mut Roff, title: &str, lines: &[(String, String)]) {
    roff.control("SH", [title]);
    for (word, meaning) in lines {
        roff.control("TP", []);
        roff.text([bold(word)]);
        roff.text([roman(meaning.replace('`', ""))]);
    }
}

/// A page: what clap knows, and the sections that it does not know of.
fn page(command: &Command, name: &str, pages: &mut Vec<(String, Vec<u8>)>) {
    let shown = |command: &&Command| command.get_name() != "help" && !command.is_hide_set();
    for subcommand in command.get_subcommands().filter(shown) {
        page(subcommand, &format!("{name}-{}", subcommand.get_name()), pages);
    }
    // Of options that the short help leaves out, the page would have names only.
    let whole = command.clone().mut_args(|argument| argument.hide_short_help(false));
    // The date would make the page differ from day to day.
    let man = clap_mangen::Man::new(whole).title(name).date("");
    let mut text = Vec::new();
    man.render_title(&mut text).expect("rendered");
    man.render_name_section(&mut text).expect("rendered");
    man.render_synopsis_section(&mut text).expect("rendered");
    man.render_description_section(&mut text).expect("rendered");
    let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let examples = examples.strip_prefix("Examples:\n").unwrap_or_else(|| panic!("{name} has no examples"));
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]);
    roff.control("nf", []);
    examples.lines().take_while(|line| !line.is_empty()).for_each(|line| {
        roff.text([roman(line.trim_start())]);
    });
    roff.control("fi", []);
    roff.to_writer(&mut text).expect("rendered");
    man.render_options_section(&mut text).expect("rendered");
    if command.get_subcommands().any(|command| shown(&command)) {
        man.render_subcommands_section(&mut text).expect("rendered");
    }
    let mut roff = Roff::new();
    let owned = |(word, meaning): &(&str, &str)| ((*word).to_owned(), (*meaning).to_owned());
    let of_option = |argument: &Arg| {
        let (variable, long) = (argument.get_env()?.to_string_lossy().into_owned(), argument.get_long()?);
        Some((variable, format!("the same as --{long}")))
    };
    let mut variables: Vec<_> = command.get_arguments().filter_map(of_option).collect();
    variables.extend(settings::variables().iter().map(|one| (one.name.to_owned(), one.meaning.to_owned())));
    if name == "dscoder" || name == "dscoder-download" {
        variables.extend(network::VARIABLES.iter().map(owned));
    }
    list(&mut roff, "ENVIRONMENT", &variables);
    list(&mut roff, "FILES", &settings::FILES.map(|line| owned(&line)));
    list(&mut roff, "EXIT STATUS", &EXIT_CODES.map(|line| owned(&line)));
    roff.to_writer(&mut text).expect("rendered");
    pages.push((format!("man/{name}.1"), text));
}

#[test]
fn man_pages_fit_the_command_line() {
    let mut command = command();
    command.build();
    let mut pages = Vec::new();
    page(&command, "dscoder", &mut pages);
    pages.iter().for_each(|(path, text)| check(path, text));
    let known: Vec<String> = pages.into_iter().map(|(path, _)| path).collect();
    for file in fs::read_dir(repository("man")).expect("a directory").flatten() {
        let path = format!("man/{}", file.file_name().to_string_lossy());
        assert!(known.contains(&path), "{path} is the page of no subcommand");
    }
    man_shows_the_pages();
}

/// Asks man itself, where there is one.
fn man_shows_the_pages() {
    for name in ["dscoder", "dscoder-infill", "dscoder-git-message", "dscoder-doctor"] {
        let mut man = std::process::Command::new("man");
        man.env("MANWIDTH", "80").args(["--warnings", "-l", &repository(&format!("man/{name}.1"))]);
        let Ok(run) = man.output() else {
            skip("man is not installed");
            return;
        };
        // The man of macOS has no --warnings; that of minimal images says only that pages are left out.
        let text = String::from_utf8_lossy(&run.stdout).into_owned();
        if !run.status.success() || !text.contains("NAME") {
            skip("this man shows no pages");
            return;
        }
        let wrong = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(wrong, "", "{name}");
        let heads: Vec<&str> = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase())).collect();
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXAMPLES", "OPTIONS", "ENVIRONMENT", "FILES", "EXIT STATUS"]
        {
            assert!(heads.contains(&section), "{name} has no {section}: {heads:?}");
        }
    }
}
