//! Line endings: a file with `\r\n` is shown to the model with the `\n` that it was trained on, and gets its `\r\n`
//! back in the answer.

use std::borrow::Cow;

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEndings {
    /// `\n`, or none.
    AsTheyAre,
    /// `\r\n` in most lines, or in the cursor's line.
    CrLf,
}

impl LineEndings {
    /// The line endings of most lines of a text.
    #[must_use]
    pub fn of(text: &str) -> LineEndings {
        let (pairs, all) = (text.matches("\r\n").count(), text.matches('\n').count());
        if 2 * pairs > all { LineEndings::CrLf } else { LineEndings::AsTheyAre }
    }

    /// The line endings at a gap: that of the cursor's line or, if it has none, that of most lines.
    #[must_use]
    pub fn at_gap(prefix: &str, suffix: &str) -> LineEndings {
        match suffix.find('\n') {
            Some(end) if suffix[..end].ends_with('\r') => LineEndings::CrLf,
            // An empty rest of the line has no `\r` if the cursor is behind it.
            Some(0) if prefix.ends_with('\r') => LineEndings::CrLf,
            Some(_) => LineEndings::AsTheyAre,
            None => LineEndings::of(prefix),
        }
    }

    /// `text` as the model sees it.
    #[must_use]
    pub fn for_model(text: &str) -> Cow<'_, str> {
        if text.contains("\r\n") { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
    }

    /// A piece of an answer as the user gets it. `last` is the byte before the piece.
    #[must_use]
    pub fn for_user<'a>(self, piece: &'a [u8], mut last: Option<u8>) -> Cow<'a, [u8]> {
        if self == LineEndings::AsTheyAre || !piece.contains(&b'\n') {
            return Cow::Borrowed(piece);
        }
        let mut out = Vec::with_capacity(piece.len() + 8);
        for &byte in piece {
            if byte == b'\n' && last != Some(b'\r') {
                out.push(b'\r');
            }
            out.push(byte);
            last = Some(byte);
        }
        Cow::Owned(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_lines_or_that_of_the_cursor_decide() {
        for (text, expected) in [
            ("a\r\nb\r\n", LineEndings::CrLf),
            ("a\r\nb\r\nc\n", LineEndings::CrLf),
            ("a\nb\r\n", LineEndings::AsTheyAre),
            ("a\rb", LineEndings::AsTheyAre),
            ("", LineEndings::AsTheyAre),
        ] {
            assert_eq!(LineEndings::of(text), expected, "{text:?}");
        }
        for (prefix, suffix, expected) in [
            ("# a\ndef f():\r\n    ", "\r\n    return x\n", LineEndings::CrLf),
            ("a\r\nb\r\n", "c\nd\r\n", LineEndings::AsTheyAre),
            ("a\r\nb", "", LineEndings::CrLf),
            ("a\r", "\nb\n", LineEndings::CrLf),
            ("a\n", "\n", LineEndings::AsTheyAre),
        ] {
            assert_eq!(LineEndings::at_gap(prefix, suffix), expected, "{prefix:?} {suffix:?}");
        }
    }

    #[test]
    fn text_comes_back_as_it_went_in() {
        let text = "def f():\r\n    pass\r\n\r\n";
        let shown = LineEndings::for_model(text);
        assert_eq!(shown, "def f():\n    pass\n\n");
        assert_eq!(LineEndings::CrLf.for_user(shown.as_bytes(), None), text.as_bytes());
        assert_eq!(LineEndings::for_model("a\r\nb\n\r"), "a\nb\n\r");
        assert_eq!(LineEndings::AsTheyAre.for_user(b"a\n", None), &b"a\n"[..]);
    }

    #[test]
    fn a_carriage_return_of_the_model_is_not_doubled() {
        assert_eq!(LineEndings::CrLf.for_user(b"a\r\n", None), &b"a\r\n"[..]);
        assert_eq!(LineEndings::CrLf.for_user(b"\n", Some(b'\r')), &b"\n"[..]);
        assert_eq!(LineEndings::CrLf.for_user(b"\n", Some(b'x')), &b"\r\n"[..]);
    }
}
