//! Prompts about a diff: for a commit message or a review.

use crate::git::message::Style;
use crate::prompt::{Segment, chat, complete};
use crate::vocabulary::Series;

/// The user's wishes for a commit message.
#[derive(Debug, Clone, Copy)]
pub struct Wishes<'a> {
    /// How its subject looks.
    pub style: Style,
    /// Whether it has a body.
    pub body: bool,
    /// The language it is in, if not English.
    pub language: Option<&'a str>,
    /// Subjects of the repository.
    pub subjects: &'a [String],
}

/// The question for an Instruct model, around a diff.
#[must_use]
pub fn question(wishes: &Wishes<'_>, diff: &str) -> String {
    let mut text = "Write the git commit message for this change.\n\n".to_owned();
    text += &chat::fenced("diff", diff);
    text += "\nThe first line says what the change does, in the imperative mood (\"Add\", not \"Added\"), in at most 72 \
             characters, without a period at its end.";
    if wishes.style == Style::Conventional {
        text += " It begins with a type, an optional scope and a colon, as in \"feat(parser): add arrays\"; the types are \
                 feat, fix, docs, style, refactor, perf, test, build, ci and chore.";
    }
    text += if wishes.body {
        "\nAfter a blank line, say in a few lines what changed and why.\n"
    } else {
        "\nWrite this one line and nothing else.\n"
    };
    if let Some(language) = wishes.language {
        text += &format!("Write it in {language}.\n");
    }
    if !wishes.subjects.is_empty() {
        text += "The last commits of this repository were:\n";
        wishes.subjects.iter().for_each(|subject| text += &format!("- {subject}\n"));
    }
    text.trim_end().to_owned()
}

/// Two example changes with messages for a Base model: plain and conventional subjects, and a body.
const EXAMPLES: [(&str, &str, &str, &str); 2] = [
    (
        "=== src/text.py (+1 -1)\n@@ -12,7 +12,7 @@ def count_lines(text):\n     if not text:\n         return 0\n\
         -    return text.count(\"\\n\")\n+    return text.count(\"\\n\") + (not text.endswith(\"\\n\"))\n",
        "Count the last line of a text without a newline",
        "fix(text): count the last line of a text without a newline",
        "The last line was left out where the text did not end with a newline.",
    ),
    (
        "=== new file src/cache.py (+4 -0)\n@@ -0,0 +1,4 @@\n+class Cache:\n+    def __init__(self, size=100):\n\
         +        self.size = size\n+        self.items = {}\n=== README.md (+1 -0)\n@@ -40,3 +40,4 @@ Options:\n\
         +- `--cache N` keeps the last N results\n",
        "Add a cache for results",
        "feat: add a cache for results",
        "It keeps the last results in memory. The README names the option for its size.",
    ),
];

/// The text for a Base model to continue, around a diff. A message ends with the line, or before [`NEXT`].
#[must_use]
pub fn continued(wishes: &Wishes<'_>, diff: &str) -> String {
    let mut text = "Changes and the messages that they were committed with.\n".to_owned();
    if !wishes.subjects.is_empty() {
        text += "\nThe last messages were:\n";
        wishes.subjects.iter().for_each(|subject| text += &format!("- {subject}\n"));
    }
    for (diff, plain, conventional, body) in EXAMPLES {
        let subject = if wishes.style == Style::Plain { plain } else { conventional };
        text += &format!("{NEXT}{diff}\n{}{subject}\n", message(wishes));
        if wishes.body {
            text += &format!("\n{body}\n");
        }
    }
    text + &format!("{NEXT}{diff}\n{}", message(wishes).trim_end())
}

/// The heading before a change.
pub const NEXT: &str = "\nChange:\n";

fn message(wishes: &Wishes<'_>) -> String {
    match wishes.language {
        None => "Message: ".to_owned(),
        Some(language) => format!("Message ({language}): "),
    }
}

/// The question for a review.
#[must_use]
pub fn review(diff: &str) -> String {
    format!(
        "Review this change. Each line of the new files has its number.\n\n{}\nFor every mistake that you are sure of, \
         write one line: the file, a colon, the line number, a colon, and what is wrong and how to mend it, as in\n\
         src/main.c:12: the buffer is one byte too short; allocate n + 1 bytes\n\
         Write nothing else. If there is no mistake, write: no findings",
        chat::fenced("diff", diff)
    )
}

/// The prompt of a question, or of a text to continue.
#[must_use]
pub fn segments(instruct: bool, text: &str, series: Series) -> Vec<Segment<'_>> {
    if instruct { chat::segments(text, series) } else { complete(text).to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_told() {
        let subjects = ["Add a".to_owned(), "Fix b".to_owned()];
        let plain = Wishes { style: Style::Plain, body: false, language: None, subjects: &[] };
        let full = Wishes { style: Style::Conventional, body: true, language: Some("German"), subjects: &subjects };
        let text = question(&plain, "+```\n");
        assert!(text.starts_with("Write the git commit message for this change.\n\n````diff\n+```\n````\n"), "{text}");
        assert!(text.ends_with("Write this one line and nothing else."), "{text}");
        let text = question(&full, "+x\n");
        assert!(text.contains("feat(parser)") && text.contains("in German"), "{text}");
        assert!(text.ends_with("- Add a\n- Fix b"), "{text}");
        let text = continued(&plain, "+x\n");
        assert!(text.ends_with("\nMessage: Add a cache for results\n\nChange:\n+x\n\nMessage:"), "{text}");
        let text = continued(&full, "+x\n");
        assert!(text.contains("\nMessage (German): feat: add a cache for results\n\nIt keeps"), "{text}");
        assert!(review("+x\n").contains("```diff\n+x\n```"));
    }
}
