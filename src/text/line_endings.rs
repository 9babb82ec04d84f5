//! Line endings: a file with `\r\n` is shown to the model with the `\n` that it was trained on, and gets its `\r\n`
//! back in the answer.

use std::borrow::Cow;

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEndings {
    /// `\n`, or a mixture, which is left unchanged.
    AsTheyAre,
    /// `\r\n` throughout.
    CrLf,
}

impl LineEndings {
    /// The line endings that all of `texts` have in common.
    #[must_use]
    pub fn of(texts: &[&str]) -> LineEndings {
        let count = |pattern: &str| texts.iter().map(|text| text.matches(pattern).count()).sum::<usize>();
        let pairs = count("\r\n");
        if pairs > 0 && pairs == count("\n") && pairs == count("\r") {
            LineEndings::CrLf
        } else {
            LineEndings::AsTheyAre
        }
    }

    /// `text` as the model sees it.
    #[must_use]
    pub fn for_model<'a>(self, text: &'a str) -> Cow<'a, str> {
        match self {
            LineEndings::AsTheyAre => Cow::Borrowed(text),
            LineEndings::CrLf => Cow::Owned(text.replace("\r\n", "\n")),
        }
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
    fn only_a_pure_file_is_converted() {
        assert_eq!(LineEndings::of(&["a\r\nb", "\r\n"]), LineEndings::CrLf);
        for texts in [["a\nb", ""], ["a\r\nb\n", ""], ["a\r", "\nb"], ["a\rb\r\n", ""], ["", ""]] {
            assert_eq!(LineEndings::of(&texts), LineEndings::AsTheyAre, "{texts:?}");
        }
    }

    #[test]
    fn text_comes_back_as_it_went_in() {
        let text = "def f():\r\n    pass\r\n\r\n";
        let shown = LineEndings::CrLf.for_model(text);
        assert_eq!(shown, "def f():\n    pass\n\n");
        assert_eq!(LineEndings::CrLf.for_user(shown.as_bytes(), None), text.as_bytes());
        assert_eq!(LineEndings::AsTheyAre.for_model(text), text);
        assert_eq!(LineEndings::AsTheyAre.for_user(b"a\n", None), &b"a\n"[..]);
    }

    #[test]
    fn a_carriage_return_of_the_model_is_not_doubled() {
        assert_eq!(LineEndings::CrLf.for_user(b"a\r\n", None), &b"a\r\n"[..]);
        assert_eq!(LineEndings::CrLf.for_user(b"\n", Some(b'\r')), &b"\n"[..]);
        assert_eq!(LineEndings::CrLf.for_user(b"\n", Some(b'x')), &b"\r\n"[..]);
    }
}
