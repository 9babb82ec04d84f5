//! The file with the message of a commit, as git and earlier hooks left it before the editor opens.

use std::fmt;
use std::ops::Range;

use crate::git::comments::is_scissors;
use crate::git::message::{Message, ticket};
use crate::git::trailers::{self, conventional};

/// Why a message is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// `-m`, `-F` or `--fixup`.
    Given,
    /// A merge, or a commit that was picked or reverted.
    Merge,
    /// `git merge --squash`.
    Squash,
    /// `--amend`, `-c`, `-C`, or a commit of a rebase.
    Commit,
    /// A template with text.
    Template,
    /// Text, of which this is the first line.
    Text(String),
    /// Something that this program does not know.
    Unknown(String),
}

impl Left {
    /// What git's second argument to `prepare-commit-msg` says; `None` if there may be room for a message.
    #[must_use]
    pub fn by_source(source: &str) -> Option<Left> {
        match source {
            // lefthook leaves a placeholder as it is for which git passes nothing.
            "" | "template" | "{2}" => None,
            "message" => Some(Left::Given),
            "merge" => Some(Left::Merge),
            "squash" => Some(Left::Squash),
            "commit" => Some(Left::Commit),
            other => Some(Left::Unknown(other.to_owned())),
        }
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Left::Given => f.write_str("-m, -F or --fixup gave it"),
            Left::Merge => f.write_str("it is that of a merge, a cherry-pick or a revert"),
            Left::Squash => f.write_str("it is that of a squash"),
            Left::Commit => f.write_str("it is that of another commit (--amend, -c, -C, rebase)"),
            Left::Template => f.write_str("the template has text"),
            Left::Text(line) => write!(f, "it has text: {line}"),
            Left::Unknown(source) => write!(f, "git says that it comes from {source:?}"),
        }
    }
}

/// A message file that has room for a message.
#[derive(Debug, PartialEq, Eq)]
pub struct Draft<'a> {
    text: &'a str,
    /// The prefix of an earlier hook, such as a ticket, with the space behind it.
    prefix: Option<(&'a str, &'a str)>,
    trailers: Vec<String>,
    /// Where the prefix and the trailers are.
    taken: Vec<Range<usize>>,
}

impl<'a> Draft<'a> {
    /// Reads a file. Only comments, trailers and a prefix leave room for a message.
    ///
    /// # Errors
    /// The first line that someone wrote.
    pub fn read(text: &'a str, comment: &str, are_removed: bool) -> Result<Draft<'a>, Left> {
        let mut draft = Draft { text, prefix: None, trailers: Vec::new(), taken: Vec::new() };
        let (mut at, mut after_gap) = (0, false);
        for whole in text.split_inclusive('\n') {
            let range = at..at + whole.len();
            at = range.end;
            let line = whole.trim_end_matches(['\n', '\r']);
            if is_scissors(line, comment) {
                break;
            }
            if line.trim().is_empty() {
                after_gap = true;
            } else if let Some((prefix, length)) = prefix(line, comment, are_removed).filter(|_| draft.taken.is_empty())
            {
                draft.prefix = Some(prefix);
                // A hook may have put it before a comment.
                draft.taken.push(range.start..if length == line.len() { range.end } else { range.start + length });
                after_gap = true;
            } else if line.starts_with(comment) {
                after_gap = true;
            } else if trailers::is_known(line) || (after_gap && trailers::is_trailer(line)) {
                draft.trailers.push(line.trim_end().to_owned());
                draft.taken.push(range);
            } else if let Some(last) = draft.trailers.last_mut().filter(|_| line.starts_with([' ', '\t'])) {
                *last += &format!("\n{}", line.trim_end());
                draft.taken.push(range);
            } else {
                return Err(Left::Text(line.trim().to_owned()));
            }
        }
        Ok(draft)
    }

    /// Whether an earlier hook put a prefix into it.
    #[must_use]
    pub fn has_prefix(&self) -> bool {
        self.prefix.is_some()
    }

    /// The file with a message: behind the prefix, before the trailers and the comments.
    #[must_use]
    pub fn filled(&self, mut message: Message) -> String {
        if let Some((prefix, space)) = self.prefix {
            match ticket(prefix) {
                // Git takes the line for a comment.
                Some((ticket, "")) if space.is_empty() => message.put_behind(&format!("[{ticket}]"), " "),
                _ => message.put_behind(prefix, if space.is_empty() { " " } else { space }),
            }
        }
        message.trailers.retain(|trailer| !self.trailers.contains(trailer));
        message.trailers.extend_from_slice(&self.trailers);
        let (mut rest, mut at) = (String::new(), 0);
        for range in &self.taken {
            rest += &self.text[at..range.start];
            at = range.end;
        }
        rest += &self.text[at..];
        let rest = rest.trim_start_matches(['\n', '\r']);
        let space = if rest.trim().is_empty() { "" } else { "\n" };
        format!("{}{space}{}", message.text(), if space.is_empty() { "" } else { rest })
    }
}

/// The prefix that a line is, the space behind it, and the length of both.
fn prefix<'a>(line: &'a str, comment: &str, are_removed: bool) -> Option<((&'a str, &'a str), usize)> {
    // `JIRA-7: # the first line of a template`
    let end = line.match_indices(comment).find(|&(at, _)| at > 0 && line[at + comment.len()..].starts_with(' '));
    let end = end.map_or(line.len(), |(at, _)| at);
    let prefix = line[..end].trim();
    let is_comment = line.starts_with(comment);
    if is_comment && are_removed {
        // The marker of a prefix without a space: the line would be lost with what is behind it.
        let is_ticket = ticket(prefix).is_some_and(|(_, rest)| rest.is_empty());
        return is_ticket.then_some(((prefix, ""), end));
    }
    let words = prefix.split_whitespace();
    let is_prefix = !prefix.is_empty() && words.clone().any(|word| !is_dash(word)) && words.clone().all(is_prefix_word);
    let space = &line[line[..end].trim_end().len()..end];
    is_prefix.then_some(((prefix, if space.is_empty() { " " } else { space }), end))
}

fn is_dash(word: &str) -> bool {
    matches!(word, "-" | "–" | "—" | "|" | "/" | ":")
}

/// `JIRA-7:`, `[ABC-12]`, `#12`, `feature/ABC-12:`, `feat(x):`, `:sparkles:`
fn is_prefix_word(word: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|character| character.is_ascii_digit());
    let is_key = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
    };
    let is_ticket = |text: &str| {
        text.strip_prefix(['#', '!']).is_some_and(is_number)
            || text.rsplit_once('-').is_some_and(|(key, number)| is_key(key) && is_number(number))
    };
    let bracketed = |open: char, close: char| {
        let inner = word.trim_end_matches(':').strip_prefix(open)?.strip_suffix(close)?;
        (!inner.is_empty()).then_some(inner)
    };
    let core = word.trim_end_matches([':', ',']);
    let is_sign = |text: &str| !text.is_empty() && !text.is_ascii() && !text.contains(char::is_alphanumeric);
    let is_named_sign =
        word.len() > 2 && word.starts_with(':') && word.ends_with(':') && is_key(word.trim_matches(':'));
    is_dash(word)
        || core.split(['/', ',', '+']).any(is_ticket)
        || (word.ends_with(':') && is_number(core))
        || bracketed('[', ']').is_some()
        || bracketed('(', ')').is_some_and(|inner| is_ticket(inner) || is_number(inner))
        || (word.ends_with(':') && conventional(word).is_some())
        || is_sign(word)
        || is_named_sign
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMENTS: &str = "# Please enter\n#\n# On branch main\n";

    fn filled(text: &str, comment: &str) -> Result<String, Left> {
        let message = Message { subject: "Add a".into(), body: "Text.".into(), trailers: vec!["Refs: 7".into()] };
        Draft::read(text, comment, true).map(|draft| draft.filled(message))
    }

    #[track_caller]
    fn fills(text: &str, expected: &str) {
        assert_eq!(filled(&format!("{text}{COMMENTS}"), "#"), Ok(format!("{expected}\n{COMMENTS}")), "{text:?}");
    }

    #[test]
    fn comments_leave_room() {
        fills("", "Add a\n\nText.\n\nRefs: 7\n");
        fills("\n", "Add a\n\nText.\n\nRefs: 7\n");
        assert_eq!(filled("", "#").as_deref(), Ok("Add a\n\nText.\n\nRefs: 7\n"));
        let verbose = "# a\n# ------------------------ >8 ------------------------\n# x\ndiff --git\n";
        assert_eq!(filled(verbose, "#"), Ok(format!("Add a\n\nText.\n\nRefs: 7\n\n{verbose}")));
        assert!(filled("; a\n", ";").is_ok());
        assert_eq!(filled("# a\n", ";"), Err(Left::Text("# a".into())));
        assert_eq!(filled("\n# a\n b\n", "#"), Err(Left::Text("b".into())));
    }

    #[test]
    fn trailers_leave_room_and_stay_one_block() {
        let signed = "Signed-off-by: A <a@b>";
        fills(&format!("\n\n{signed}\n\n"), &format!("Add a\n\nText.\n\nRefs: 7\n{signed}\n"));
        fills(&format!("{signed}\n"), &format!("Add a\n\nText.\n\nRefs: 7\n{signed}\n"));
        fills("\nRefs: 7\nRefs: 8\n  more\n", "Add a\n\nText.\n\nRefs: 7\nRefs: 8\n  more\n");
        for written in ["fix: drop it\n", "\nfix: drop it\n", "Parser: drop it\n", "Ticket:\n", "\nWhy:\n\nRefs: 7\n"] {
            assert!(matches!(filled(written, "#"), Err(Left::Text(_))), "{written:?}");
        }
    }

    #[test]
    fn prefixes_leave_room() {
        let below = "\n\nText.\n\nRefs: 7\n";
        for prefix in [
            "JIRA-7: ",
            "[ABC-12] ",
            "ABC-12 | ",
            "(ABC-12) ",
            "feature/ABC-12: ",
            "feat(x): ",
            "12: ",
            "[x/y]: ",
            "✨ ",
            ":sparkles: ",
            "ABC-1 ABC-2: ",
            "feat: ABC-12 ",
        ] {
            fills(&format!("{prefix}\n"), &format!("{prefix}Add a{below}"));
            fills(&format!("{}\n", prefix.trim_end()), &format!("{} Add a{below}", prefix.trim_end()));
            fills(&format!("{prefix}\n\nRefs: 8\n\n"), &format!("{prefix}Add a{}Refs: 8\n", below));
        }
        fills("JIRA-7: # Say why.\n", "JIRA-7: Add a\n\nText.\n\nRefs: 7\n\n# Say why.");
        assert_eq!(filled("#12 \n; x\n", ";").as_deref(), Ok("#12 Add a\n\nText.\n\nRefs: 7\n\n; x\n"));
        // Git would take the line for a comment.
        fills("#12 \n", "[#12] Add a\n\nText.\n\nRefs: 7\n");
        for written in ["Fix it\n", "JIRA-7: fix\n", "JIRA\n", "- \n", "feat\n", "a: \n", "JIRA-7:\n\nText\n"] {
            assert!(matches!(filled(written, "#"), Err(Left::Text(_))), "{written:?}");
        }
    }
}
