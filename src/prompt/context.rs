//! Files shown before the current one, in the form that the models were trained on: concatenated, dependencies first,
//! each headed by its path as a comment; the current file, headed likewise, comes last. There are no control tokens
//! between them (DeepSeek-Coder's README, "Repository Level Code Completion"). In a prompt for infill, they belong to
//! the prefix: the whole repository is one document, and the gap is within it.

use crate::prompt::{Segment, Spare};
use crate::vocabulary::Vocabulary;

/// The share of the room for files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Budget {
    /// Percent of the room that the current text leaves.
    Percent(u8),
    /// This many tokens; to make room for them, the current text may be truncated to half of the room.
    Tokens(u32),
}

/// Budgets that are parts of something are rounded down to a multiple of this: typing a few more characters then does not
/// change which files are shown, and the beginning of the prompt stays the same.
const STEP: usize = 256;

impl Budget {
    /// The tokens for files out of `room`, if the current text has `text` tokens.
    #[must_use]
    pub fn tokens(self, room: usize, text: usize) -> usize {
        let left = room.saturating_sub(text);
        match self {
            Budget::Percent(percent) => {
                let part = left * usize::from(percent.min(100)) / 100;
                if part < STEP { part } else { part - part % STEP }
            }
            Budget::Tokens(tokens) => left.max(room / 2).min(tokens as usize),
        }
    }
}

/// A file to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The line above it.
    pub heading: String,
    /// Its content.
    pub text: String,
}

impl Document {
    /// The file as the model sees it, with an empty line after it.
    fn shown(&self) -> String {
        let body = self.text.trim_end_matches(['\n', '\r', ' ', '\t']);
        format!("{}{body}\n\n", self.heading)
    }
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Shown, with this many tokens.
    Whole(usize),
    /// Truncated: this many tokens shown, of this many.
    Cut(usize, usize),
    /// No room for its tokens. A file that is far too long is not counted to its end.
    LeftOut,
}

/// The texts that fit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FittedContext {
    /// The texts shown before the current one, in order.
    pub texts: Vec<String>,
    /// What became of each file, as they were given.
    pub outcomes: Vec<Outcome>,
    /// Tokens of `texts`.
    pub tokens: usize,
}

impl FittedContext {
    /// The prompt with the texts before its first one.
    #[must_use]
    pub fn before<'a>(&'a self, prompt: &[Segment<'a>]) -> Vec<Segment<'a>> {
        let first = prompt.iter().position(|segment| matches!(segment, Segment::Text(..))).unwrap_or(prompt.len());
        let mut all = prompt[..first].to_vec();
        all.extend(self.texts.iter().map(|text| Segment::Text(text, Spare::Nothing)));
        all.extend(&prompt[first..]);
        all
    }
}

/// Chooses the files that fit into `room` tokens together with the `heading` of the current one.
///
/// `documents` come with the most important first, and `order` is how they are shown. Each file that still fits is
/// shown whole. If none fits, the most important one is truncated at a line end. Without files there is no heading
/// either.
#[must_use]
pub fn fit(
    documents: &[Document],
    order: &[usize],
    heading: &str,
    vocabulary: &dyn Vocabulary,
    room: usize,
) -> FittedContext {
    let heading_tokens = vocabulary.encode(heading).len();
    let mut left = room.saturating_sub(heading_tokens);
    let mut outcomes = vec![Outcome::LeftOut; documents.len()];
    let mut texts: Vec<Option<String>> = vec![None; documents.len()];
    for (index, document) in documents.iter().enumerate() {
        let text = document.shown();
        // Line ends and digits are separate tokens: a lower bound that costs nothing.
        if text.bytes().filter(|byte| byte.is_ascii_digit() || *byte == b'\n').count() > left {
            continue;
        }
        let tokens = vocabulary.encode(&text).len();
        if tokens <= left {
            left -= tokens;
            outcomes[index] = Outcome::Whole(tokens);
            texts[index] = Some(text);
        }
    }
    if texts.iter().all(Option::is_none)
        && let Some(first) = documents.first()
        && let Some((text, tokens, all)) = cut(first, vocabulary, left)
    {
        left -= tokens;
        outcomes[0] = Outcome::Cut(tokens, all);
        texts[0] = Some(text);
    }
    let mut texts: Vec<String> = order.iter().filter_map(|&index| texts.get_mut(index)?.take()).collect();
    if texts.is_empty() {
        return FittedContext { outcomes, ..FittedContext::default() };
    }
    texts.push(heading.to_owned());
    FittedContext { texts, outcomes, tokens: room - left }
}

/// The lines of a file that fit into `room` tokens, their number of tokens and that of the whole file; `None` if not
/// even one line below the heading fits.
fn cut(document: &Document, vocabulary: &dyn Vocabulary, room: usize) -> Option<(String, usize, usize)> {
    let text = document.shown();
    let ids = vocabulary.encode(&text);
    let is_end = |id: u32| vocabulary.bytes(id) == b"\n";
    // An empty line is to follow.
    let end = (1..room.min(ids.len())).rev().find(|&end| is_end(ids[end - 1]))?;
    let lines = ids[..end].iter().filter(|&&id| is_end(id)).count();
    let mut kept: String = text.split_inclusive('\n').take(lines).collect();
    kept.push('\n');
    // Line ends are separate tokens, so this equals the earlier count; count what is shown nevertheless.
    let tokens = vocabulary.encode(&kept).len();
    (lines > 1 && tokens <= room).then_some((kept, tokens, ids.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prompt::{budget, infill};
    use crate::vocabulary::Bytes;

    fn documents(texts: &[(&str, &str)]) -> Vec<Document> {
        texts.iter().map(|(path, text)| Document { heading: format!("#{path}\n"), text: (*text).to_owned() }).collect()
    }

    #[test]
    fn budgets() {
        for (budget, room, text, expected) in [
            (Budget::Percent(50), 1000, 0, 256),
            (Budget::Percent(50), 2048, 0, 1024),
            (Budget::Percent(50), 2048, 100, 768),
            (Budget::Percent(50), 2048, 300, 768),
            (Budget::Percent(50), 100, 40, 30),
            (Budget::Percent(50), 100, 100, 0),
            (Budget::Percent(50), 100, 9999, 0),
            (Budget::Percent(0), 100, 0, 0),
            (Budget::Percent(100), 1024, 0, 1024),
            (Budget::Tokens(300), 1000, 100, 300),
            (Budget::Tokens(300), 1000, 5000, 300),
            (Budget::Tokens(9999), 1000, 5000, 500),
            (Budget::Tokens(9999), 1000, 100, 900),
        ] {
            assert_eq!(budget.tokens(room, text), expected, "{budget:?} {room} {text}");
        }
    }

    #[test]
    fn files_go_in_whole_by_importance_and_stand_in_order() {
        let files = documents(&[("a", "aaaa\n"), ("b", "bbbbbbbbbbbb"), ("c", "c\n\n\n")]);
        // With headings and empty lines: 9, 17 and 6 tokens, and 3 for the heading of the current file.
        let all = ["#c\nc\n\n", "#a\naaaa\n\n", "#b\nbbbbbbbbbbbb\n\n", "#x\n"];
        let whole = fit(&files, &[2, 0, 1], "#x\n", &Bytes, 35);
        assert_eq!((whole.texts, whole.tokens), (all.map(str::to_owned).to_vec(), 35));
        let fewer = fit(&files, &[2, 0, 1], "#x\n", &Bytes, 34);
        assert_eq!(fewer.outcomes, [Outcome::Whole(9), Outcome::Whole(17), Outcome::LeftOut]);
        let less = fit(&files, &[2, 0, 1], "#x\n", &Bytes, 28);
        assert_eq!(less.outcomes, [Outcome::Whole(9), Outcome::LeftOut, Outcome::Whole(6)]);
        assert_eq!((less.texts.concat(), less.tokens), ("#c\nc\n\n#a\naaaa\n\n#x\n".to_owned(), 18));
        let none = fit(&files, &[2, 0, 1], "#x\n", &Bytes, 3);
        assert_eq!((none.texts.len(), none.tokens), (0, 0));
        assert_eq!(fit(&[], &[], "#x\n", &Bytes, 100), FittedContext::default());
    }

    #[test]
    fn the_last_resort_is_a_cut_at_a_line_end() {
        let files = documents(&[("a", "one\ntwo\nthree\n"), ("b", "bbbbbbbbbbbbbbbbb\n")]);
        let cut = |room| fit(&files, &[1, 0], "#x\n", &Bytes, room);
        assert_eq!(cut(15).texts, ["#a\none\ntwo\n\n", "#x\n"]);
        assert_eq!((cut(15).outcomes[0], cut(15).tokens), (Outcome::Cut(12, 18), 15));
        assert_eq!(cut(14).texts, ["#a\none\n\n", "#x\n"]);
        assert_eq!(cut(11).texts, ["#a\none\n\n", "#x\n"]);
        assert_eq!(cut(10).texts, [""; 0]);
        for room in 0..40 {
            let fitted = cut(room);
            assert!(fitted.tokens <= room);
            assert_eq!(fitted.tokens, fitted.texts.iter().map(String::len).sum::<usize>());
        }
    }

    #[test]
    fn it_stands_in_the_prefix_and_the_text_is_cut_instead() {
        let files = documents(&[("a", "aaaa\n")]);
        let fitted = fit(&files, &[0], "#x\n", &Bytes, 12);
        let segments = infill::segments("one\ntwo\n", "three\n");
        let prompt = fitted.before(&segments);
        let ids = budget::fit(&prompt, &Bytes, 4 + 12 + 8, true).expect("it fits");
        let shown: Vec<u8> = ids.ids.iter().filter_map(|&id| u8::try_from(id).ok()).collect();
        assert_eq!(String::from_utf8(shown).as_deref(), Ok("#a\naaaa\n\n#x\ntwo\nth"));
        assert_eq!((ids.left_out_of_prefix, ids.left_out_of_suffix), (4, 4));
        assert_eq!(ids.ids[..2], [crate::vocabulary::BOS, crate::vocabulary::FIM_BEGIN]);
    }
}
