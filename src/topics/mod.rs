//! The reference, one Markdown file a topic: the source of `dscoder help TOPIC` and of man pages.
//!
//! Lists from the code replace `{{placeholders}}`, so that each fact has one source.

pub mod document;
pub mod render;

use clap::Command;

use crate::error::EXIT_CODES;
use crate::settings::files::{self, PROJECT_KEYS};
use crate::settings::{self, network};
use crate::shape::finish::Finish;

/// A topic of the reference.
#[derive(Debug, Clone, Copy)]
pub struct Topic {
    /// Its name, which no command has.
    pub name: &'static str,
    /// The section of its man page: 5 for file formats, 7 for everything else.
    pub section: u8,
    /// The commands that it is about, as typed.
    pub commands: &'static [&'static str],
    /// The text, with placeholders.
    markdown: &'static str,
}

macro_rules! topic {
    ($name:literal, $section:literal, $commands:expr) => {
        Topic { name: $name, section: $section, commands: &$commands, markdown: include_str!(concat!($name, ".md")) }
    };
}

/// All topics, by name.
pub const TOPICS: [Topic; 16] = [
    topic!("answers", 7, ["complete", "infill"]),
    topic!("batch", 7, ["complete", "infill"]),
    topic!("benchmarks", 7, ["eval", "eval score", "eval fetch"]),
    topic!("caching", 7, ["cache", "cache list", "cache clear", "cache path", "complete", "infill", "chat", "bench"]),
    topic!("context", 7, ["complete", "infill"]),
    topic!("conversations", 7, ["chat"]),
    topic!("editors", 7, ["lsp", "serve", "complete", "infill"]),
    topic!("endpoint", 7, ["complete", "infill", "chat", "git message", "git review"]),
    topic!("exit-codes", 7, ["complete", "infill", "chat", "doctor"]),
    topic!("git-hooks", 7, ["git", "git message", "git review", "git install-hook", "git uninstall-hook"]),
    topic!("hardware", 7, ["bench", "doctor", "complete", "infill", "chat"]),
    topic!(
        "json",
        5,
        [
            "complete",
            "infill",
            "chat",
            "git message",
            "git review",
            "bench",
            "config",
            "config show",
            "doctor",
            "serve status",
            "eval",
            "eval generate",
            "eval score",
            "eval report",
            "eval compare"
        ]
    ),
    topic!(
        "model-files",
        7,
        ["download", "models", "models list", "models show", "models verify", "models remove", "models path"]
    ),
    topic!("security", 7, ["complete", "infill", "chat", "download", "git review"]),
    topic!("server", 7, ["serve", "serve status", "serve stop", "lsp", "complete", "infill", "chat"]),
    topic!(
        "settings",
        5,
        [
            "config",
            "config show",
            "config path",
            "config init",
            "config edit",
            "doctor",
            "complete",
            "infill",
            "chat",
            "git message",
            "git review",
            "serve"
        ]
    ),
];

/// The topic called `name`.
#[must_use]
pub fn find(name: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.name == name)
}

/// The topics about the command `path`, as typed.
pub fn about(path: &str) -> impl Iterator<Item = &'static Topic> {
    TOPICS.iter().filter(move |topic| topic.commands.contains(&path))
}

impl Topic {
    /// Its subject, in one line.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        let title = self.markdown.lines().next().unwrap_or_default();
        title.split_once(": ").map_or(title, |(_, summary)| summary)
    }

    /// The text as Markdown, with the lists from `command`, the whole command line, and from other code.
    #[must_use]
    pub fn text(&self, command: &Command) -> String {
        let mut text = String::new();
        for line in self.markdown.lines() {
            match line.strip_prefix("{{").and_then(|line| line.strip_suffix("}}")) {
                Some(name) => text += &list(name, command),
                None => text = text + line + "\n",
            }
        }
        text
    }
}

/// The list for a placeholder.
fn list(name: &str, command: &Command) -> String {
    let code = |word: &str| format!("`{word}`");
    match name {
        "exit-codes" => {
            table(["exit code", "meaning"], EXIT_CODES.map(|(code, meaning)| [code.to_owned(), meaning.to_owned()]))
        }
        "stop-reasons" => table(
            ["value", "the answer ended because"],
            STOP_REASONS.map(|(finish, why)| [code(finish.name()), why.to_owned()]),
        ),
        "project-keys" => PROJECT_KEYS.map(code).join(", ") + "\n",
        "settings" => table(
            ["key", "variable", "meaning"],
            files::all(command).into_iter().map(|(section, option)| {
                let variable = option.get_env().unwrap_or_default().to_string_lossy();
                let meaning = option.get_help().map(ToString::to_string).unwrap_or_default();
                let key = option.get_long().unwrap_or_default();
                let key = section.map_or_else(|| key.to_owned(), |section| format!("{section}.{key}"));
                [code(&key), code(&variable), meaning]
            }),
        ),
        "variables" => table(
            ["variable", "meaning"],
            settings::variables().into_iter().map(|one| [code(one.name), one.meaning.to_owned()]),
        ),
        "network-variables" => {
            table(["variable", "meaning"], network::VARIABLES.map(|(name, meaning)| [code(name), meaning.to_owned()]))
        }
        "files" => table(["path", "contents"], settings::FILES.map(|(path, what)| [code(path), what.to_owned()])),
        // A test looks for them.
        other => format!("{{{{{other}}}}}\n"),
    }
}

/// Why answers end, for readers of JSON. Signals have one value.
const STOP_REASONS: [(Finish, &str); 9] = [
    (Finish::EndOfText, "the model ended it"),
    (Finish::StopRule, "a text of `--stop` came, or the end of a line or block by `--until`"),
    (Finish::Suffix, "it repeated the text after the gap"),
    (Finish::Repetition, "it repeated the same line again and again"),
    (Finish::MaxTokens, "it reached `--max-tokens`"),
    (Finish::Deadline, "the time limit of `--timeout` was reached"),
    (Finish::Cancelled(0), "a signal stopped the run, such as Ctrl-C"),
    (Finish::Closed, "the reader closed the pipe"),
    (Finish::Superseded, "of `dscoder serve`: a newer request of the same editor replaced it"),
];

/// A Markdown table. Its cells are Markdown too, in which marks other than backticks are text.
fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let line = |cells: [String; N]| format!("| {} |\n", cells.join(" | "));
    let mut text = line(head.map(str::to_owned)) + &line([const { "---" }; N].map(str::to_owned));
    for row in rows {
        text += &line(row.map(|cell| escaped(&cell)));
    }
    text
}

/// `text` with its marks escaped, except for code between backticks.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut is_code = false;
    for letter in text.chars() {
        is_code ^= letter == '`';
        if letter == '|' || !is_code && "<>[]*_\\".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_in_order_and_have_titles() {
        assert!(TOPICS.is_sorted_by_key(|topic| topic.name));
        for topic in TOPICS {
            assert!(topic.markdown.starts_with(&format!("# {}: ", topic.name)), "{}", topic.name);
            assert!(topic.summary().len() <= 80, "{}", topic.summary());
        }
        assert_eq!(find("json").map(|topic| topic.section), Some(5));
        assert!(find("jso").is_none());
    }

    #[test]
    fn every_reason_is_listed() {
        // A new one fails to compile here, and is then added to the list.
        let position = |finish: Finish| match finish {
            Finish::EndOfText => 0,
            Finish::StopRule => 1,
            Finish::Suffix => 2,
            Finish::Repetition => 3,
            Finish::MaxTokens => 4,
            Finish::Deadline => 5,
            Finish::Cancelled(_) => 6,
            Finish::Closed => 7,
            Finish::Superseded => 8,
        };
        let found: Vec<usize> = STOP_REASONS.iter().map(|(finish, _)| position(*finish)).collect();
        assert_eq!(found, (0..STOP_REASONS.len()).collect::<Vec<_>>());
    }

    #[test]
    fn cells_are_text() {
        assert_eq!(escaped("a <b> `c|<d>` e_f"), "a \\<b\\> `c\\|<d>` e\\_f");
        assert_eq!(table(["a"], [["b".to_owned()]]), "| a |\n| --- |\n| b |\n");
    }
}
