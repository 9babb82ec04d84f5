//! From a position in a document to the gap that is filled, and from an answer to the item that the editor shows.

use std::ops::Range;

use crate::text::lines::is_word;

/// Who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// The user, by a key or a command.
    Invoked,
    /// The editor, after a key.
    Automatic,
}

/// A gap in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What an item replaces, in bytes of the document. It ends at the cursor.
    pub range: Range<usize>,
    /// What the item begins with, and the model sees before the gap: the entry that is selected in the editor's list.
    pub begin: String,
}

impl Gap {
    /// The gap at byte `at`; none where a suggestion that nobody has asked for would disturb: within a word.
    /// `selected` is an entry of the editor's list that is about to be put in place of a range.
    #[must_use]
    pub fn at(text: &str, at: usize, selected: Option<(Range<usize>, String)>, trigger: Trigger) -> Option<Gap> {
        if trigger == Trigger::Automatic && text.as_bytes().get(at).copied().is_some_and(is_word) {
            return None;
        }
        Some(match selected.filter(|(range, _)| range.end == at) {
            Some((range, begin)) => Gap { range, begin },
            None => Gap { range: at..at, begin: String::new() },
        })
    }

    /// The text before the gap.
    #[must_use]
    pub fn prefix(&self, text: &str) -> String {
        format!("{}{}", &text[..self.range.start], self.begin)
    }

    /// The text behind the gap.
    #[must_use]
    pub fn suffix<'a>(&self, text: &'a str) -> &'a str {
        &text[self.range.end..]
    }

    /// The item for an answer: what is put in place of which range; `None` for an answer that changes nothing.
    ///
    /// Editors show a text over several lines only where nothing follows it on its line, so such a text takes the rest of
    /// the line into itself.
    #[must_use]
    pub fn item(&self, text: &str, answer: &str) -> Option<(Range<usize>, String)> {
        if answer.is_empty() || (answer.trim().is_empty() && !answer.contains('\n')) {
            return None;
        }
        let behind = self.suffix(text);
        let rest = behind.find(['\n', '\r']).map_or(behind, |end| &behind[..end]);
        let rest = if answer.contains('\n') { rest } else { "" };
        let range = self.range.start..self.range.end + rest.len();
        Some((range, format!("{}{answer}{rest}", self.begin)))
    }
}

/// The answers at one place of a document: what is typed of them needs no new ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The text before them.
    pub prefix: String,
    /// The text behind them.
    pub suffix: String,
    /// The answers.
    pub answers: Vec<String>,
    /// Whether there may be more: they were made for an editor that had not asked for several.
    pub trigger: Trigger,
}

impl Shown {
    /// What is left of the answers at a place where a part of them was typed; `None` if it is another place, or nothing is left.
    #[must_use]
    pub fn rest(&self, prefix: &str, suffix: &str, trigger: Trigger) -> Option<Vec<String>> {
        let typed = prefix.strip_prefix(&self.prefix)?;
        if suffix != self.suffix || (trigger == Trigger::Invoked && self.trigger == Trigger::Automatic) {
            return None;
        }
        let rest = self.answers.iter().filter_map(|answer| answer.strip_prefix(typed));
        let rest: Vec<String> = rest.filter(|rest| !rest.trim().is_empty()).map(str::to_owned).collect();
        (!rest.is_empty()).then_some(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_item_replaces() {
        let text = "def f(x):\n    return x)  \nend";
        let at = |mark: &str| text.find(mark).expect("there");
        let plain = Gap::at(text, at(")  "), None, Trigger::Automatic).expect("a gap");
        assert_eq!(plain.item(text, " + 1"), Some((at(")  ")..at(")  "), " + 1".to_owned())));
        assert_eq!(plain.item(text, "\n  y"), Some((at(")  ")..at("\nend"), "\n  y)  ".to_owned())));
        assert_eq!((plain.item(text, ""), plain.item(text, "  ")), (None, None));
        // Within a word, only who asks gets something.
        assert_eq!(Gap::at(text, at("eturn"), None, Trigger::Automatic), None);
        assert!(Gap::at(text, at("eturn"), None, Trigger::Invoked).is_some());
        // The selected entry of a list comes before the answer.
        let selected = Some((at("return")..at(" x)"), "returns".to_owned()));
        let gap = Gap::at(text, at(" x)"), selected, Trigger::Automatic).expect("a gap");
        assert_eq!(gap.prefix(text), "def f(x):\n    returns");
        assert_eq!(gap.item(text, "(x"), Some((at("return")..at(" x)"), "returns(x".to_owned())));
    }

    #[test]
    fn what_was_typed_of_an_answer_is_not_asked_again() {
        let shown = Shown {
            prefix: "a = ".to_owned(),
            suffix: "\n".to_owned(),
            answers: vec!["b + c".to_owned(), "d".to_owned()],
            trigger: Trigger::Automatic,
        };
        let rest = |prefix: &str, suffix: &str| shown.rest(prefix, suffix, Trigger::Automatic);
        assert_eq!(rest("a = ", "\n"), Some(vec!["b + c".to_owned(), "d".to_owned()]));
        assert_eq!(rest("a = b +", "\n"), Some(vec![" c".to_owned()]));
        assert_eq!((rest("a = x", "\n"), rest("a = b", "")), (None, None));
        assert_eq!((rest("a =", "\n"), rest("a = b + c", "\n")), (None, None));
        assert_eq!(shown.rest("a = ", "\n", Trigger::Invoked), None);
    }
}
