//! The files in `completions/` and `man/`, made of the command line and of the topics; `DSCODER_BLESS=1` rewrites them.

use std::fs;
use std::path::Path;

use clap::{Arg, Command, ValueHint};
use clap_complete::Shell;
use clap_mangen::roff::{Inline, Roff, bold, roman};
use dscoder::error::EXIT_CODES;
use dscoder::model::catalog;
use dscoder::settings::{self, network};
use dscoder::topics::document::{self, Block, Look, Span};
use dscoder::topics::{TOPICS, Topic};

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

/// What `help` of `command` takes, as its subcommands: not every shell is offered the values of arguments.
fn with_words_of_help(command: Command, topics: &[Topic]) -> Command {
    fn words(command: &Command) -> Vec<Command> {
        // fish takes a second `help` for the first one.
        let is_word = |inner: &&Command| !inner.is_hide_set() && inner.get_name() != "help";
        let shown = command.get_subcommands().filter(is_word);
        let word = |inner: &Command| (inner.get_name().to_owned(), inner.get_about().cloned(), words(inner));
        shown
            .map(word)
            .map(|(name, about, below)| Command::new(name).about(about.unwrap_or_default()).subcommands(below))
            .collect()
    }
    if !command.has_subcommands() {
        return command;
    }
    let topics = topics.iter().map(|topic| Command::new(topic.name).about(topic.summary()));
    let words = words(&command).into_iter().chain(topics).map(|word| word.disable_help_flag(true));
    let words: Vec<Command> = words.collect();
    let help = |old: Command| {
        let about = old.get_about().cloned().unwrap_or_default();
        Command::new("help").about(about).disable_version_flag(true).subcommands(words)
    };
    command.mut_subcommands(|inner| with_words_of_help(inner, &[])).mut_subcommand("help", help)
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
        let mut command = with_hints(with_words_of_help(command(), &TOPICS));
        clap_complete::generate(shell, &mut command, "dscoder", &mut script);
        let script = with_paths(shell, &String::from_utf8(script).expect("text"));
        check(&format!("completions/{name}"), script.as_bytes());
    }
}

/// A section of words and their meanings.
fn list(roff: &mut Roff, title: &str, lines: &[(String, String)]) {
    roff.control("SH", [title]);
    for (word, meaning) in lines {
        roff.control("TP", []);
        roff.text([bold(word)]);
        roff.text([roman(meaning.replace('`', ""))]);
    }
}

/// The pages in SEE ALSO: the commands above and below, and topics.
fn see_also(roff: &mut Roff, pages: &[(String, u8)]) {
    roff.control("SH", ["SEE ALSO"]);
    let last = pages.len().saturating_sub(1);
    for (index, (name, section)) in pages.iter().enumerate() {
        let comma = if index == last { "" } else { "," };
        roff.text([bold(name), roman(format!("({section}){comma}"))]);
    }
}

/// The man page of a topic.
fn topic_page(topic: &Topic) -> (String, Vec<u8>) {
    let mut roff = Roff::new();
    let (name, section) = (format!("dscoder-{}", topic.name), topic.section.to_string());
    let version = concat!("dscoder ", env!("CARGO_PKG_VERSION"));
    roff.control("TH", [name.as_str(), &section, "", version, "dscoder"]);
    roff.control("SH", ["NAME"]);
    roff.text([roman(format!("{name} - {}", topic.summary()))]);
    let blocks = document::parse(&topic.text(&command()));
    // Text before the first heading describes the whole.
    if !matches!(blocks.get(1), Some(Block::Heading(..))) {
        roff.control("SH", ["DESCRIPTION"]);
    }
    blocks.iter().skip(1).for_each(|block| man_block(&mut roff, block));
    let commands = topic.commands.iter().map(|path| (format!("dscoder-{}", path.replace(' ', "-")), 1));
    see_also(&mut roff, &[("dscoder".to_owned(), 1)].into_iter().chain(commands).collect::<Vec<_>>());
    (format!("man/{name}.{section}"), roff.render().into_bytes())
}

fn inlines(line: &[Span]) -> Vec<Inline> {
    let one = |span: &Span| if span.look == Look::Plain { roman(&span.text) } else { bold(&span.text) };
    line.iter().map(one).collect()
}

fn man_block(roff: &mut Roff, block: &Block) {
    match block {
        Block::Heading(2, line) => {
            roff.control("SH", [document::plain(line).to_uppercase().as_str()]);
        }
        Block::Heading(_, line) => {
            roff.control("SS", [document::plain(line).as_str()]);
        }
        Block::Paragraph(line) => {
            roff.control("PP", []).text(inlines(line));
        }
        Block::Code(_, code) => {
            roff.control("PP", []).control("RS", ["4"]).control("nf", []);
            for line in code.trim_end().lines() {
                roff.text([roman(line)]);
            }
            roff.control("fi", []).control("RE", []);
        }
        Block::List(is_numbered, items) => {
            for (index, item) in items.iter().enumerate() {
                let mark = if *is_numbered { format!("{}.", index + 1) } else { "-".to_owned() };
                roff.control("IP", [mark.as_str(), "4"]);
                for (index, block) in item.iter().enumerate() {
                    match block {
                        Block::Paragraph(line) if index == 0 => {
                            roff.text(inlines(line));
                        }
                        Block::Paragraph(line) => {
                            roff.control("IP", ["", "4"]).text(inlines(line));
                        }
                        other => man_block(roff, other),
                    }
                }
            }
        }
        // The first cell is what the last one describes; those between them are in parentheses.
        Block::Table(_, rows) => {
            for row in rows {
                let [first, between @ .., last] = row.as_slice() else { continue };
                roff.control("TP", []);
                let mut head = vec![bold(document::plain(first))];
                head.extend(between.iter().map(|cell| roman(format!(" ({})", document::plain(cell)))));
                roff.text(head);
                roff.text(inlines(last));
            }
        }
    }
}

/// A page: what clap knows, and the sections that it does not know of.
fn page(command: &Command, name: &str, above: &[(String, u8)], pages: &mut Vec<(String, Vec<u8>)>) {
    // Only that of dscoder itself has a page: it knows of topics.
    let shown = |command: &&Command| (command.get_name() != "help" || name == "dscoder") && !command.is_hide_set();
    let with_this = [above, &[(name.to_owned(), 1)]].concat();
    for subcommand in command.get_subcommands().filter(shown) {
        page(subcommand, &format!("{name}-{}", subcommand.get_name()), &with_this, pages);
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
    let below = command.get_subcommands().filter(shown).map(|inner| (format!("{name}-{}", inner.get_name()), 1));
    let path = name.strip_prefix("dscoder-").unwrap_or_default().replace('-', " ");
    let is_about = |topic: &&Topic| {
        name == "dscoder" || name == "dscoder-help" || topic.commands.iter().any(|one| one.replace('-', " ") == path)
    };
    let topics = TOPICS.iter().filter(is_about).map(|topic| (format!("dscoder-{}", topic.name), topic.section));
    see_also(&mut roff, &above.iter().cloned().chain(below).chain(topics).collect::<Vec<_>>());
    roff.to_writer(&mut text).expect("rendered");
    pages.push((format!("man/{name}.1"), text));
}

#[test]
fn man_pages_fit_the_command_line() {
    let mut command = command();
    command.build();
    let mut pages = Vec::new();
    page(&command, "dscoder", &[], &mut pages);
    pages.extend(TOPICS.iter().map(topic_page));
    pages.iter().for_each(|(path, text)| check(path, text));
    let known: Vec<String> = pages.into_iter().map(|(path, _)| path).collect();
    for file in fs::read_dir(repository("man")).expect("a directory").flatten() {
        let path = format!("man/{}", file.file_name().to_string_lossy());
        assert!(known.contains(&path), "{path} is the page of no subcommand and no topic");
    }
    man_shows_the_pages();
}

/// Asks man itself, if it is installed.
fn man_shows_the_pages() {
    let of_topics =
        TOPICS.map(|topic| (format!("dscoder-{}.{}", topic.name, topic.section), &["NAME", "SEE ALSO"][..]));
    let sections =
        ["NAME", "SYNOPSIS", "DESCRIPTION", "EXAMPLES", "OPTIONS", "ENVIRONMENT", "FILES", "EXIT STATUS", "SEE ALSO"];
    let of_commands = ["dscoder", "dscoder-infill", "dscoder-git-message", "dscoder-doctor"]
        .map(|name| (format!("{name}.1"), &sections[..]));
    for (name, sections) in of_commands.into_iter().chain(of_topics) {
        let mut man = std::process::Command::new("man");
        man.env("MANWIDTH", "80").args(["--warnings", "-l", &repository(&format!("man/{name}"))]);
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
        for section in sections {
            assert!(heads.contains(section), "{name} has no {section}: {heads:?}");
        }
    }
}
