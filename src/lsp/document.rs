//! Open documents: texts that the editor changes, and its positions in them.

use std::fmt;

use gen_lsp_types::{Position, Range};

/// What the editor counts in a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16: the protocol's default.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    /// The encoding of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Encoding> {
        [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32].into_iter().find(|one| one.to_string() == name)
    }

    /// How many units a character takes.
    fn units(self, character: char) -> usize {
        match self {
            Encoding::Utf8 => character.len_utf8(),
            Encoding::Utf16 => character.len_utf16(),
            Encoding::Utf32 => 1,
        }
    }
}

/// Its name in the protocol.
impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16 => "utf-16",
            Encoding::Utf32 => "utf-32",
        })
    }
}

/// An open document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The editor's name of its language.
    pub language: String,
    /// Its version, which grows with each change.
    pub version: i32,
    text: String,
    /// Where its lines begin, in bytes. Lines end with `\n`, `\r\n` or `\r`.
    lines: Vec<usize>,
}

impl Document {
    /// A document that was opened.
    #[must_use]
    pub fn new(language: String, version: i32, text: String) -> Document {
        let mut lines = vec![0];
        line_starts(&text, 0, text.len(), &mut lines);
        Document { language, version, text, lines }
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The byte at a position. One behind a line's end is the line's end, and one within a character its beginning.
    #[must_use]
    pub fn offset(&self, position: Position, encoding: Encoding) -> usize {
        let Some(&start) = self.lines.get(position.line as usize) else { return self.text.len() };
        let wanted = position.character as usize;
        let mut units = 0;
        for (at, character) in self.text[start..].char_indices() {
            units += encoding.units(character);
            if units > wanted || matches!(character, '\n' | '\r') {
                return start + at;
            }
        }
        self.text.len()
    }

    /// The position of a byte, which must be the first of a character or the end.
    #[must_use]
    pub fn position(&self, offset: usize, encoding: Encoding) -> Position {
        let line = self.line(offset);
        let before = &self.text[self.lines[line]..offset];
        let units = before.chars().map(|character| encoding.units(character)).sum::<usize>();
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Position { line: number(line), character: number(units) }
    }

    /// The bytes of a range.
    #[must_use]
    pub fn bytes(&self, range: Range, encoding: Encoding) -> std::ops::Range<usize> {
        let (start, end) = (self.offset(range.start, encoding), self.offset(range.end, encoding));
        start.min(end)..start.max(end)
    }

    /// Puts `text` in place of a range, or of everything.
    pub fn change(&mut self, range: Option<Range>, text: &str, encoding: Encoding) {
        let Some(range) = range else {
            *self = Document::new(std::mem::take(&mut self.language), self.version, text.to_owned());
            return;
        };
        let old = self.bytes(range, encoding);
        // A `\n` that comes behind the `\r` of the line above belongs to its end mark.
        let first = self.line(old.start).saturating_sub(1);
        let last = self.lines.partition_point(|&start| start <= old.end);
        let from = self.lines[first];
        let behind: Vec<usize> = self.lines[last..].iter().map(|start| start - old.len() + text.len()).collect();
        let to = behind.first().map_or(self.text.len() - old.len() + text.len(), |start| start - 1);
        self.text.replace_range(old, text);
        self.lines.truncate(first + 1);
        line_starts(&self.text, from, to, &mut self.lines);
        self.lines.extend(behind);
    }

    /// The line of a byte.
    fn line(&self, offset: usize) -> usize {
        self.lines.partition_point(|&start| start <= offset) - 1
    }
}

/// Adds the beginnings of the lines whose end marks are in `from..to`.
fn line_starts(text: &str, from: usize, to: usize, lines: &mut Vec<usize>) {
    let bytes = text.as_bytes();
    for at in memchr::memchr2_iter(b'\n', b'\r', &bytes[from..to]) {
        let next = from + at + 1;
        if bytes[next - 1] == b'\n' || bytes.get(next) != Some(&b'\n') {
            lines.push(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        Document::new("python".to_owned(), 1, text.to_owned())
    }

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn positions_in_all_encodings() {
        let document = document("aé😀b\r\nc\rd\n");
        for (encoding, character, offset) in [
            (Encoding::Utf8, 0, 0),
            (Encoding::Utf8, 3, 3),
            (Encoding::Utf8, 7, 7),
            (Encoding::Utf16, 2, 3),
            (Encoding::Utf16, 4, 7),
            (Encoding::Utf32, 2, 3),
            (Encoding::Utf32, 3, 7),
        ] {
            assert_eq!(document.offset(at(0, character), encoding), offset, "{encoding} {character}");
            assert_eq!(document.position(offset, encoding), at(0, character), "{encoding} {offset}");
        }
        // Within a character, behind the line, behind the text.
        assert_eq!(document.offset(at(0, 3), Encoding::Utf16), 3);
        assert_eq!(document.offset(at(0, 2), Encoding::Utf8), 1);
        assert_eq!(document.offset(at(0, u32::MAX), Encoding::Utf16), 8);
        assert_eq!(document.offset(at(1, 5), Encoding::Utf16), 11);
        assert_eq!(document.offset(at(2, 0), Encoding::Utf16), 12);
        assert_eq!((document.offset(at(3, 0), Encoding::Utf16), document.offset(at(9, 9), Encoding::Utf16)), (14, 14));
    }

    #[test]
    fn changes_keep_the_lines_right() {
        for (text, range, new) in [
            ("a\r", (at(1, 0), at(1, 0)), "\nb"),
            ("a\nb\nc", (at(0, 1), at(1, 1)), "\r"),
            ("a\r\nb", (at(0, 1), at(1, 0)), "\r"),
            ("a\nb", (at(1, 1), at(0, 0)), ""),
            ("", (at(5, 5), at(7, 7)), "x\n\ny\r\n"),
            ("a\r\n\r\nb", (at(1, 0), at(2, 0)), "é\r"),
        ] {
            let mut changed = document(text);
            changed.change(Some(Range { start: range.0, end: range.1 }), new, Encoding::Utf16);
            assert_eq!(changed, document(changed.text()), "{text:?} {new:?}");
        }
        let mut changed = document("old");
        changed.change(None, "new\n", Encoding::Utf16);
        assert_eq!(changed, document("new\n"));
    }
}
