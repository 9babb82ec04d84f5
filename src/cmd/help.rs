//! `dscoder help`: commands and topics.

use std::io::{self, IsTerminal};

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches};
use strsim::levenshtein;

use crate::error::{Error, Kind, Result};
use crate::settings::parse::Offering;
use crate::term;
use crate::topics::render::{Form, render};
use crate::topics::{self, TOPICS, Topic};

/// Columns of text in a pipe, and the maximum on a terminal.
const PIPE: usize = 80;
const TERMINAL: usize = 100;

/// The argument of `help`.
const WORDS: &str = "words";

/// Show help for a command or a topic
///
/// Without arguments, it lists both.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder help infill
  dscoder help git message
  dscoder help settings
  dscoder help json | less")]
pub struct Args {
    /// A command and its subcommand, or a topic
    #[arg(value_name = "COMMAND|TOPIC", value_parser = Offering(offered), hide_possible_values = true)]
    pub words: Vec<String>,
}

/// The names of all commands and topics, for shell completions.
fn offered() -> Vec<String> {
    names(&crate::cmd::command())
}

/// The names of all commands and topics.
fn names(command: &clap::Command) -> Vec<String> {
    let commands = shown(command).map(|one| one.get_name().to_owned());
    commands.chain(TOPICS.iter().map(|topic| topic.name.to_owned())).collect()
}

/// `command`, with `help` among its subcommands.
#[must_use]
pub fn with_subcommand(command: clap::Command) -> clap::Command {
    let names: Vec<_> = shown(&command).map(|one| one.get_name().to_owned()).collect();
    let words = Arg::new(WORDS).value_name("COMMAND").num_args(0..).help("A subcommand").hide_possible_values(true);
    let help = clap::Command::new("help").about("Show help for a subcommand").disable_version_flag(true);
    command.subcommand(help.arg(words.value_parser(PossibleValuesParser::new(names))))
}

/// The words after `help`, below the commands before it.
#[must_use]
pub fn asked(mut matches: &ArgMatches) -> Option<Vec<String>> {
    let mut path = Vec::new();
    while let Some((name, deeper)) = matches.subcommand() {
        if name == "help" {
            path.extend(deeper.get_many::<String>(WORDS).into_iter().flatten().cloned());
            return Some(path);
        }
        path.push(name.to_owned());
        matches = deeper;
    }
    None
}

fn shown(command: &clap::Command) -> impl Iterator<Item = &clap::Command> {
    command.get_subcommands().filter(|one| !one.is_hide_set())
}

/// The subject of `words`.
pub enum Found {
    /// A command: the words of a line that shows its help.
    Command(Vec<String>),
    /// A topic.
    Topic(&'static Topic),
}

/// Finds a command or a topic.
///
/// # Errors
/// [`Kind::Usage`] if there is none of that name.
pub fn find(words: &[String]) -> Result<Found> {
    let command = crate::cmd::command();
    if let [name] = words
        && let Some(topic) = topics::find(name)
    {
        return Ok(Found::Topic(topic));
    }
    let mut deepest = &command;
    for (index, word) in words.iter().enumerate() {
        deepest = match deepest.find_subcommand(word) {
            Some(inner) => inner,
            None if index == 0 => return Err(unknown(word, &names(&command))),
            None => {
                let known: Vec<_> = shown(deepest).map(clap::Command::get_name).collect();
                let path = words[..index].join(" ");
                let what = format!("{path} has no subcommand {word:?}");
                let hint = if known.is_empty() {
                    format!("`dscoder help {path}` shows its usage")
                } else {
                    format!("its subcommands are {}", known.join(", "))
                };
                return Err(Error::new(Kind::Usage, what, "").hint(hint));
            }
        };
    }
    let line = ["dscoder".to_owned()].into_iter().chain(words.iter().cloned()).chain(["--help".to_owned()]);
    Ok(Found::Command(line.collect()))
}

fn unknown(word: &str, known: &[String]) -> Error {
    let nearest = known.iter().min_by_key(|one| levenshtein(&word.to_lowercase(), one));
    let topics = TOPICS.map(|topic| topic.name).join(", ");
    Error::new(Kind::Usage, format!("there is no command or topic {word:?}"), "").hint(format!(
        "the most similar is {}; topics are {topics}; `dscoder help` lists all",
        nearest.map_or("", String::as_str)
    ))
}

/// Prints a topic.
///
/// # Errors
/// Errors from writing.
pub fn show(topic: &Topic) -> Result<()> {
    let is_terminal = io::stdout().is_terminal();
    let columns = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    let width = if is_terminal { columns.unwrap_or(PIPE).clamp(20, TERMINAL) } else { PIPE };
    let form = Form { width, bold: term::has_colours(is_terminal) };
    term::write::print_coloured(&render(&topic.text(&crate::cmd::command()), form)).map(drop)
}

/// The topics, for the help of dscoder itself.
#[must_use]
pub fn list() -> String {
    let width = TOPICS.iter().map(|topic| topic.name.len()).max().unwrap_or_default();
    let one = |topic: Topic| format!("  \x1b[1m{:width$}\x1b[0m  {}\n", topic.name, topic.summary());
    let lines: String = TOPICS.into_iter().map(one).collect();
    format!("\x1b[1m\x1b[4mTopics:\x1b[0m\n{}", lines.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_topic_has_the_name_of_a_command() {
        let names = names(&crate::cmd::command());
        let mut sorted = names.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), names.len(), "{names:?}");
    }

    #[test]
    fn topics_are_about_commands_that_exist() {
        let mut command = crate::cmd::command();
        command.build();
        for path in TOPICS.iter().flat_map(|topic| topic.commands) {
            let found = path.split(' ').try_fold(&command, |command, word| command.find_subcommand(word));
            assert!(found.is_some(), "{path}");
        }
    }
}
