//! Truncation of prompts: the prefix loses its beginning and the suffix its end, at line ends.
//!
//! The budget is counted in tokens, exactly. Control tokens are never left out.

use crate::prompt::{Segment, Spare};
use crate::vocabulary::{TokenId, Vocabulary};

/// A prompt in tokens that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fitted {
    /// The prompt.
    pub ids: Vec<TokenId>,
    /// Tokens left out at the beginning of the prefix.
    pub left_out_of_prefix: usize,
    /// Tokens left out at the end of the suffix.
    pub left_out_of_suffix: usize,
}

impl Fitted {
    /// Tokens left out in all.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.left_out_of_prefix + self.left_out_of_suffix
    }
}

/// The size of a prompt that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong {
    /// Tokens of the whole prompt.
    pub tokens: usize,
}

/// Encodes `prompt` and makes it fit into `capacity` tokens.
///
/// If it does not fit, the suffix keeps at most a quarter of the room, or what the prefix leaves if that is more; the
/// prefix gets the rest. Text is cut at line ends unless that would waste more than half of a part's room; then between
/// two tokens, but never within a character.
///
/// # Errors
/// [`TooLong`] if the prompt does not fit and `may_cut` is false, or where its control tokens and what must not
/// be cut do not fit.
pub fn fit(
    prompt: &[Segment<'_>],
    vocabulary: &dyn Vocabulary,
    capacity: usize,
    may_cut: bool,
) -> Result<Fitted, TooLong> {
    enum Part {
        Special(Option<TokenId>),
        Text(Vec<TokenId>, Spare),
    }
    let parts: Vec<Part> = prompt
        .iter()
        .map(|segment| match *segment {
            Segment::Special(control) => Part::Special(vocabulary.controls().id(control)),
            Segment::Text(text, spare) => Part::Text(vocabulary.encode(text), spare),
        })
        .collect();
    let of = |wanted| -> usize {
        let length = |part: &Part| match part {
            Part::Text(ids, spare) if *spare == wanted => ids.len(),
            _ => 0,
        };
        parts.iter().map(length).sum()
    };
    let (prefix, suffix) = (of(Spare::Head), of(Spare::Tail));
    let specials = parts.iter().filter(|part| matches!(part, Part::Special(_))).count();
    let kept = specials + of(Spare::Nothing);
    let tokens = prefix + suffix + kept;
    if kept > capacity || (tokens > capacity && !may_cut) {
        return Err(TooLong { tokens });
    }
    let room = capacity - kept;
    let suffix_room = suffix.min((room / 4).max(room.saturating_sub(prefix)));
    let prefix_room = prefix.min(room - suffix_room);

    // Of several texts, the first ones lose their head and the last ones their tail.
    let (mut prefix_behind, mut suffix_left) = (prefix, suffix_room);
    let mut fitted =
        Fitted { ids: Vec::with_capacity(tokens.min(capacity)), left_out_of_prefix: 0, left_out_of_suffix: 0 };
    for part in parts {
        match part {
            Part::Special(id) => fitted.ids.extend(id),
            Part::Text(ids, Spare::Nothing) => fitted.ids.extend(ids),
            Part::Text(ids, Spare::Head) => {
                prefix_behind -= ids.len();
                let start = cut_head(&ids, prefix_room.saturating_sub(prefix_behind), vocabulary);
                fitted.left_out_of_prefix += start;
                fitted.ids.extend(&ids[start..]);
            }
            Part::Text(ids, Spare::Tail) => {
                let end = cut_tail(&ids, suffix_left, vocabulary);
                suffix_left = if end < ids.len() { 0 } else { suffix_left - end };
                fitted.left_out_of_suffix += ids.len() - end;
                fitted.ids.extend(&ids[..end]);
            }
        }
    }
    Ok(fitted)
}

/// Where the kept end of `ids`, at most `room` tokens, begins.
fn cut_head(ids: &[TokenId], room: usize, vocabulary: &dyn Vocabulary) -> usize {
    let first = ids.len().saturating_sub(room);
    if first == 0 {
        return 0;
    }
    let ends_line = |&index: &usize| vocabulary.bytes(ids[index - 1]) == b"\n";
    let latest = first + room / 2;
    (first..=latest).find(ends_line).unwrap_or_else(|| {
        (first..ids.len()).find(|&index| starts_character(vocabulary.bytes(ids[index]))).unwrap_or(ids.len())
    })
}

/// Where the kept beginning of `ids`, at most `room` tokens, ends.
fn cut_tail(ids: &[TokenId], room: usize, vocabulary: &dyn Vocabulary) -> usize {
    if ids.len() <= room {
        return ids.len();
    }
    let ends_line = |&index: &usize| index > 0 && vocabulary.bytes(ids[index - 1]) == b"\n";
    (room - room / 2..=room)
        .rev()
        .find(ends_line)
        .unwrap_or_else(|| (0..=room).rev().find(|&index| starts_character(vocabulary.bytes(ids[index]))).unwrap_or(0))
}

/// Whether a token's bytes begin a character, or a new one may begin before them.
fn starts_character(bytes: &[u8]) -> bool {
    bytes.first().is_none_or(|byte| byte & 0xC0 != 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prompt::{complete, infill};
    use crate::vocabulary::Bytes;

    fn text(ids: &[TokenId]) -> String {
        let bytes = ids.iter().flat_map(|&id| Bytes.bytes(id).to_vec()).collect();
        String::from_utf8(bytes).expect("no character is cut")
    }

    fn fit_infill(prefix: &str, suffix: &str, capacity: usize) -> (String, String, Fitted) {
        let fitted = fit(&infill::segments(prefix, suffix), &Bytes, capacity, true).expect("it fits");
        assert!(fitted.ids.len() <= capacity, "{} > {capacity}", fitted.ids.len());
        let hole = fitted.ids.iter().position(|&id| id == crate::vocabulary::FIM_HOLE).expect("a hole");
        let last = fitted.ids.len() - 1;
        (text(&fitted.ids[2..hole]), text(&fitted.ids[hole + 1..last]), fitted)
    }

    #[test]
    fn what_fits_is_left_alone() {
        let (prefix, suffix, fitted) = fit_infill("ab\n", "\ncd", 10);
        assert_eq!((prefix.as_str(), suffix.as_str(), fitted.left_out()), ("ab\n", "\ncd", 0));
    }

    #[test]
    fn the_prefix_loses_its_head_at_a_line_end() {
        let fitted = fit(&complete("one\ntwo\nthree\n"), &Bytes, 12, true).expect("it fits");
        assert_eq!((text(&fitted.ids[1..]).as_str(), fitted.left_out_of_prefix), ("two\nthree\n", 4));
        let fitted = fit(&complete("one\ntwo\nthree\n"), &Bytes, 10, true).expect("it fits");
        assert_eq!((text(&fitted.ids[1..]).as_str(), fitted.left_out_of_prefix), ("three\n", 8));
    }

    #[test]
    fn the_suffix_loses_its_tail_at_a_line_end_and_has_a_quarter() {
        let lines = "abc\n".repeat(100);
        let (prefix, suffix, fitted) = fit_infill(&lines, &lines, 4 + 80);
        assert_eq!(suffix, "abc\n".repeat(5));
        assert_eq!(prefix, "abc\n".repeat(15));
        assert_eq!((fitted.left_out_of_prefix, fitted.left_out_of_suffix), (340, 380));
    }

    #[test]
    fn the_suffix_has_what_a_short_prefix_leaves() {
        let (prefix, suffix, _) = fit_infill("x\n", &"abc\n".repeat(100), 4 + 42);
        assert_eq!((prefix.as_str(), suffix), ("x\n", "abc\n".repeat(10)));
    }

    #[test]
    fn one_long_line_is_cut_between_characters() {
        let line = "é".repeat(100);
        for capacity in 1..60 {
            let fitted = fit(&complete(&line), &Bytes, capacity, true).expect("it fits");
            assert_eq!(text(&fitted.ids[1..]).chars().count(), (capacity - 1) / 2);
            if capacity >= 4 {
                fit_infill(&line, &line, capacity);
            }
        }
    }

    #[test]
    fn control_tokens_are_never_cut() {
        let (prefix, suffix, _) = fit_infill("abc", "def", 4);
        assert_eq!((prefix.as_str(), suffix.as_str()), ("", ""));
        assert_eq!(fit(&infill::segments("abc", "def"), &Bytes, 3, true), Err(TooLong { tokens: 10 }));
    }

    #[test]
    fn nothing_is_cut_unasked() {
        assert_eq!(fit(&complete("abcdef"), &Bytes, 6, false), Err(TooLong { tokens: 7 }));
        assert!(fit(&complete("abcdef"), &Bytes, 7, false).is_ok());
    }
}
