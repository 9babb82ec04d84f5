//! Commit messages, made from a model's answer.

use crate::git::body::{self, WIDTH};
use crate::git::diff::{Diff, Status};
use crate::git::trailers::conventional;

/// How subjects look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Style {
    /// Add a parser
    Plain,
    /// feat(parser): add a parser
    Conventional,
}

/// The form that a message is to have.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    /// How its subject looks.
    pub style: Style,
    /// Whether it has a body.
    pub body: bool,
    /// Whether it is in English.
    pub english: bool,
    /// What no line may begin with, since git takes such lines for comments.
    pub comment: Option<&'a str>,
}

/// A commit message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// One line of at most [`WIDTH`] characters.
    pub subject: String,
    /// Lines of at most [`WIDTH`] columns, unless what belongs together is longer; may be empty.
    pub body: String,
    /// Lines `Key: value`, in their order.
    pub trailers: Vec<String>,
}

/// Imperatives of the verbs that models tend to begin with.
const IMPERATIVES: [&str; 30] = [
    "add",
    "allow",
    "change",
    "clean",
    "convert",
    "correct",
    "create",
    "delete",
    "disable",
    "document",
    "enable",
    "extract",
    "fix",
    "handle",
    "implement",
    "improve",
    "introduce",
    "make",
    "move",
    "prevent",
    "refactor",
    "remove",
    "rename",
    "replace",
    "return",
    "set",
    "simplify",
    "support",
    "update",
    "use",
];

impl Message {
    /// Turns a model's answer into a message; `None` if it has no usable line.
    #[must_use]
    pub fn of(answer: &str, form: &Form<'_>, diff: &Diff) -> Option<Message> {
        let lines: Vec<String> = answer.lines().map(clean).collect();
        let is_fence = |line: &str| body::fence(line).is_some();
        let first = lines.iter().position(|line| !is_fence(line) && !bare(line).is_empty() && !is_preface(line))?;
        let subject = subject(bare(&lines[first]), form, diff)?;
        // Behind a message in fences comes talk.
        let rest = &lines[first + 1..];
        let opening = lines[..first].iter().find_map(|line| body::fence(line));
        let rest = &rest[..opening.map_or(rest.len(), |opening| end_of_fence(rest, opening))];
        let (body, trailers) = if form.body { body::of(rest, form.comment) } else { Default::default() };
        Some(Message { subject, body, trailers })
    }

    /// What is below the subject, trailers included; may be empty.
    #[must_use]
    pub fn below(&self) -> String {
        let trailers = self.trailers.join("\n");
        let space = if self.body.is_empty() || trailers.is_empty() { "" } else { "\n\n" };
        format!("{}{space}{trailers}", self.body)
    }

    /// The message in git's format.
    #[must_use]
    pub fn text(&self) -> String {
        let below = self.below();
        let space = if below.is_empty() { "" } else { "\n\n" };
        format!("{}{space}{below}\n", self.subject)
    }

    /// Puts a prefix of someone else, such as a ticket, before the subject, which stays within [`WIDTH`] characters.
    pub fn put_behind(&mut self, prefix: &str, space: &str) {
        // The model may have seen it in other subjects.
        let seen = self.subject.strip_prefix(prefix).filter(|rest| !rest.starts_with(char::is_alphanumeric));
        let rest = seen.unwrap_or(&self.subject).trim_start();
        let rest = match conventional(rest) {
            Some((_, rest)) if conventional(prefix).is_some() => rest,
            _ => rest,
        };
        let room = WIDTH.saturating_sub(format!("{prefix}{space}").chars().count()).max(WIDTH / 3);
        self.subject = format!("{prefix}{space}{}", cut(rest, room));
    }
}

/// The line that closes what `opening` opened; the end if none does. A fence with a language opens another one within.
fn end_of_fence(lines: &[String], opening: (char, usize, bool)) -> usize {
    let mut open = vec![opening];
    for (at, line) in lines.iter().enumerate() {
        let Some(found) = body::fence(line) else { continue };
        match open.last() {
            Some(&(character, length, _)) if !found.2 && found.0 == character && found.1 >= length => {
                open.pop();
            }
            // Shorter marks within longer ones are text of theirs, unless the outermost holds a message.
            Some(&(_, length, _)) if open.len() > 1 && found.1 < length => {}
            _ => open.push(found),
        }
        if open.is_empty() {
            return at;
        }
    }
    lines.len()
}

/// A line without control characters and trailing blanks. Tabs at its beginning are four columns wide.
fn clean(line: &str) -> String {
    let rest = line.trim_start_matches([' ', '\t']);
    let indentation = line[..line.len() - rest.len()].replace('\t', "    ");
    let rest = rest.replace('\t', " ").replace(char::is_control, "");
    format!("{indentation}{}", rest.trim_end()).trim_end().to_owned()
}

/// "Here is a commit message:"
fn is_preface(line: &str) -> bool {
    let line = line.trim_end().to_lowercase();
    line.ends_with(':')
        && ["here", "sure", "commit", "the ", "message", "subject"].iter().any(|word| line.starts_with(word))
}

/// A subject without the decoration that models add.
fn bare(line: &str) -> &str {
    let mut line = line.trim();
    loop {
        let before = line;
        let title = line.trim_start_matches('#');
        // A number of an issue is no heading.
        line = if title.starts_with(' ') || title.is_empty() { title.trim() } else { line };
        line = line.trim_start_matches(['*', '>']).trim_end_matches('*').trim();
        for quote in ['"', '\'', '`'] {
            // Around the whole line, and not around words at its ends.
            if let Some(inner) = line.strip_prefix(quote).and_then(|line| line.strip_suffix(quote))
                && !inner.contains(quote)
            {
                line = inner.trim();
            }
        }
        for label in ["- ", "commit message:", "commit:", "subject:", "message:", "title:"] {
            if let Some(head) = line.get(..label.len())
                && head.eq_ignore_ascii_case(label)
            {
                line = line[label.len()..].trim();
            }
        }
        if line == before {
            return line;
        }
    }
}

fn subject(line: &str, form: &Form<'_>, diff: &Diff) -> Option<String> {
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_end_matches(['.', ' ']);
    let (kind, rest) = match conventional(line) {
        Some((kind, rest)) => (Some(kind), rest),
        None => (None, line),
    };
    let text = if form.english { imperative(rest) } else { rest.to_owned() };
    if text.is_empty() {
        return None;
    }
    let subject = match (form.style, kind) {
        // A type that was not asked for is kept if the repository uses types; the model has seen its subjects.
        (Style::Plain, None) => capital(&text),
        (Style::Plain, Some(kind)) => format!("{kind}: {text}"),
        (Style::Conventional, Some(kind)) => format!("{}: {}", kind.to_lowercase(), small(&text)),
        (Style::Conventional, None) => format!("{}: {}", kind_of(diff), small(&text)),
    };
    Some(cut(&protected(subject, form.comment), WIDTH))
}

/// A subject that does not begin with the comment string: `[#12] text` for `#12: text`, a space before anything else.
fn protected(subject: String, comment: Option<&str>) -> String {
    if !comment.is_some_and(|comment| !comment.trim().is_empty() && subject.starts_with(comment)) {
        return subject;
    }
    match ticket(&subject) {
        Some((ticket, rest)) if !rest.is_empty() => format!("[{ticket}] {rest}"),
        _ => format!(" {subject}"),
    }
}

/// Splits `#12: text`.
pub(crate) fn ticket(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix('#')?.trim_start_matches(|character: char| character.is_ascii_digit());
    let (ticket, rest) = text.split_at(text.len() - rest.len());
    let ends = rest.is_empty() || rest.starts_with([' ', ':', '-']);
    (ticket.len() > 1 && ends).then(|| (ticket, rest.trim_start_matches([' ', ':', '-'])))
}

/// The type of a change for which the model named none.
fn kind_of(diff: &Diff) -> &'static str {
    let all = |fits: fn(&str) -> bool| !diff.is_empty() && diff.files.iter().all(|file| fits(&file.path));
    if all(|path| path.ends_with(".md") || path.ends_with(".rst") || path.starts_with("docs/")) {
        "docs"
    } else if all(|path| path.contains("test")) {
        "test"
    } else if all(|path| path.starts_with(".github/") || path.starts_with(".ci/") || path.contains("gitlab-ci")) {
        "ci"
    } else if diff.files.iter().any(|file| file.status == Status::Added) {
        "feat"
    } else {
        "chore"
    }
}

/// "Added x", "Adds x" and "Adding x" as "Add x".
fn imperative(text: &str) -> String {
    let (word, rest) = text.split_at(text.find(' ').unwrap_or(text.len()));
    let lower = word.to_lowercase();
    let is_form = |verb: &&&str| {
        let stem = verb.strip_suffix('e').unwrap_or(verb);
        let doubled = stem.chars().next_back().map(|last| format!("{stem}{last}")).unwrap_or_default();
        let forms = [format!("{stem}ed"), format!("{stem}ing"), format!("{verb}s"), format!("{verb}es")];
        forms.contains(&lower) || lower == format!("{doubled}ing") || lower == format!("{doubled}ed")
    };
    let found = match lower.as_str() {
        "made" => Some("make"),
        "simplified" | "simplifies" => Some("simplify"),
        _ => IMPERATIVES.iter().find(is_form).copied(),
    };
    match found {
        Some(verb) if word.starts_with(char::is_uppercase) => capital(verb) + rest,
        Some(verb) => verb.to_owned() + rest,
        None => text.to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// A small first letter, unless the first word is a name or an abbreviation.
fn small(text: &str) -> String {
    let mut characters = text.chars();
    match (characters.next(), characters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(characters).collect()
        }
        _ => text.to_owned(),
    }
}

/// At most `width` characters, truncated between words if possible.
fn cut(subject: &str, width: usize) -> String {
    let Some((end, _)) = subject.char_indices().nth(width) else { return subject.to_owned() };
    let head = &subject[..end];
    if subject[end..].starts_with(' ') {
        return head.trim_end().to_owned();
    }
    let at = head.rfind(' ').filter(|&at| at >= width / 3).unwrap_or(end);
    head[..at].trim_end_matches([' ', ',', ';', ':', '-']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(answer: &str, style: Style, body: bool) -> Option<String> {
        let form = Form { style, body, english: true, comment: Some("#") };
        Message::of(answer, &form, &Diff::default()).map(|message| message.text())
    }

    #[test]
    fn subjects() {
        for (answer, plain, conventional) in [
            ("Add a parser", "Add a parser", "chore: add a parser"),
            ("\n\n  added a parser.\n\nmore", "Add a parser", "chore: add a parser"),
            ("```\nFixes it\n```", "Fix it", "chore: fix it"),
            ("Here is a commit message:\n\n\"Removing `x`\"", "Remove `x`", "chore: remove `x`"),
            ("Commit message: **Uses y**", "Use y", "chore: use y"),
            ("feat(cli): Added JSON", "feat(cli): Add JSON", "feat(cli): add JSON"),
            ("FIX!: x", "FIX!: x", "fix!: x"),
            ("Parser: drop x", "Parser: drop x", "chore: parser: drop x"),
            ("JSON output", "JSON output", "chore: JSON output"),
            ("Simplified x", "Simplify x", "chore: simplify x"),
            ("Set\u{7} x\u{1b}[0m", "Set x[0m", "chore: set x[0m"),
            ("Setting x", "Set x", "chore: set x"),
        ] {
            assert_eq!(message(answer, Style::Plain, false), Some(format!("{plain}\n")), "{answer:?}");
            assert_eq!(message(answer, Style::Conventional, false), Some(format!("{conventional}\n")), "{answer:?}");
        }
        for nothing in ["", "\n \n", "```\n```", "\"\"", "Here is a message:", "***"] {
            assert_eq!(message(nothing, Style::Plain, true), None, "{nothing:?}");
        }
    }

    #[test]
    fn long_subjects_are_cut_between_words() {
        let long = "Add ".to_owned() + &"word ".repeat(40);
        let subject = message(&long, Style::Plain, false).expect("a message");
        assert_eq!(subject.trim_end().len(), 68);
        assert!(subject.ends_with("word\n"));
        let one = message(&"é".repeat(100), Style::Plain, false).expect("a message");
        assert_eq!(one.trim_end().chars().count(), WIDTH);
        let fits = "x".repeat(60) + " yyyyyyyyyyy zz";
        assert_eq!(cut(&fits, WIDTH), "x".repeat(60) + " yyyyyyyyyyy");
    }

    #[test]
    fn bodies_are_wrapped() {
        let answer =
            format!("Add x\n\n\n{}\ngoes on.\n* one\n- {}\n\n\n# two\n", "word ".repeat(20), "item ".repeat(20));
        let text = message(&answer, Style::Plain, true).expect("a message");
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        let expected = format!(
            "Add x\n\n{}\n{} goes on.\n* one\n- {}\n  {}\n\ntwo\n",
            ["word"; 14].join(" "),
            ["word"; 6].join(" "),
            ["item"; 14].join(" "),
            ["item"; 6].join(" ")
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn subjects_do_not_begin_as_a_comment_does() {
        assert_eq!(message("#12: fix it", Style::Plain, false), Some("[#12] fix it\n".to_owned()));
        assert_eq!(message("## Fixes #12", Style::Plain, false), Some("Fix #12\n".to_owned()));
        assert_eq!(message("#[derive] it", Style::Plain, false), Some(" #[derive] it\n".to_owned()));
        assert_eq!(message("#12: fix it", Style::Conventional, false), Some("chore: #12: fix it\n".to_owned()));
    }

    #[test]
    fn fences_around_an_answer_are_left_out_and_others_kept() {
        let code = "Add x\n\nText.\n\n```sh\nx  --y\n```\n";
        for answer in [code.to_owned(), format!("```\n{code}```"), format!("Here is it:\n```text\n{code}```\n")] {
            assert_eq!(message(&answer, Style::Plain, true).as_deref(), Some(code), "{answer}");
        }
        for answer in
            [format!("```\n{code}```\n\nLet me know:\n```\nx\n```"), format!("~~~~text\n{code}~~~~\nIt adds x.")]
        {
            assert_eq!(message(&answer, Style::Plain, true).as_deref(), Some(code), "{answer}");
        }
        assert_eq!(message("```\nAdd x\n\nText.", Style::Plain, true).as_deref(), Some("Add x\n\nText.\n"));
        assert_eq!(message("Add x\n\nText.\n```", Style::Plain, true).as_deref(), Some("Add x\n\nText.\n"));
    }

    #[test]
    fn prefixes_are_put_before_subjects() {
        for (subject, prefix, expected) in [
            ("Add a", "JIRA-7:", "JIRA-7: Add a"),
            ("JIRA-7: Add a", "JIRA-7:", "JIRA-7: Add a"),
            ("JIRA-71 is it", "JIRA-7", "JIRA-7 JIRA-71 is it"),
            ("feat: add a", "fix(x):", "fix(x): add a"),
        ] {
            let mut message = Message { subject: subject.to_owned(), body: String::new(), trailers: Vec::new() };
            message.put_behind(prefix, " ");
            assert_eq!(message.subject, expected);
        }
        let subject = ["word"; 14].join(" ");
        let mut message = Message { subject, body: String::new(), trailers: Vec::new() };
        message.put_behind("JIRA-7:", " ");
        assert_eq!(message.subject, format!("JIRA-7: {}", ["word"; 13].join(" ")));
    }
}
