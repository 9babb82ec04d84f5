//! The position of the gap in a text: line and column, a marker, or lines to replace.
//!
//! Lines and columns begin at 1, and columns count characters, as editors and compilers do.

use std::ops::Range;
use std::str::FromStr;

/// The character that some editors put at the beginning of a UTF-8 file. It is not counted as a column.
pub const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// A position in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// Before a column of a line; without a column, at the line's end.
    At(Position),
    /// After this many bytes.
    Offset(usize),
    /// At this marker, which occurs exactly once and is replaced.
    Marker(String),
    /// These lines, which are replaced, without the end of the last one.
    Lines(LineRange),
}

/// `LINE` or `LINE:COLUMN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    line: usize,
    column: Option<usize>,
}

/// `FIRST:LAST`, or `LINE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineRange {
    first: usize,
    last: usize,
}

/// A number from 1 on.
fn number(text: &str) -> Option<usize> {
    usize::from_str(text).ok().filter(|&number| number > 0 && !text.starts_with('+'))
}

impl FromStr for Position {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (line, column) = match text.split_once(':') {
            Some((line, column)) => (number(line), number(column).map(Some)),
            None => (number(text), Some(None)),
        };
        match (line, column) {
            (Some(line), Some(column)) => Ok(Position { line, column }),
            _ => Err("LINE:COLUMN or LINE, both from 1 on".to_owned()),
        }
    }
}

impl FromStr for LineRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (first, last) = text.split_once(':').unwrap_or((text, text));
        match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => Ok(LineRange { first, last }),
            _ => Err("FIRST:LAST or LINE, from 1 on".to_owned()),
        }
    }
}

impl Location {
    /// The bytes of `text` that the answer replaces; an empty range if it replaces nothing.
    ///
    /// # Errors
    /// Why there is no such position.
    pub fn find(&self, text: &str) -> Result<Range<usize>, String> {
        match self {
            Location::At(position) => {
                let line = line(text, position.line)?;
                let Some(column) = position.column else { return Ok(line.end..line.end) };
                let content = &text[line.clone()];
                let mut starts = content.char_indices().map(|(at, _)| at).chain([content.len()]);
                match starts.nth(column - 1) {
                    Some(at) => Ok(line.start + at..line.start + at),
                    None => {
                        let length = content.chars().count();
                        Err(format!("line {} has {length} characters, so no column {column}", position.line))
                    }
                }
            }
            Location::Offset(offset) if *offset > text.len() => {
                Err(format!("it has {} bytes, so no offset {offset}", text.len()))
            }
            Location::Offset(offset) if !text.is_char_boundary(*offset) => {
                Err(format!("the offset {offset} is within a character"))
            }
            Location::Offset(offset) => Ok(*offset..*offset),
            Location::Marker(marker) => {
                let found: Vec<usize> = text.match_indices(marker.as_str()).map(|(at, _)| at).take(3).collect();
                let line_of = |at: usize| text[..at].matches('\n').count() + 1;
                match found[..] {
                    [] => Err(format!("the marker {marker} is not in it")),
                    [at] => Ok(at..at + marker.len()),
                    [first, second, ..] => {
                        let (first, second) = (line_of(first), line_of(second));
                        Err(format!(
                            "the marker {marker} is in it more than once, in line {first} and in line {second}"
                        ))
                    }
                }
            }
            Location::Lines(LineRange { first, last }) => Ok(line(text, *first)?.start..line(text, *last)?.end),
        }
    }
}

/// The content of a line, without its end. After a last line end there is one more line, as a cursor can be there.
fn line(text: &str, number: usize) -> Result<Range<usize>, String> {
    let mut start = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
    for _ in 1..number {
        match text[start..].find('\n') {
            Some(end) => start += end + 1,
            None => return Err(format!("it has {} lines, so no line {number}", text.lines().count())),
        }
    }
    let content = text[start..].split('\n').next().unwrap_or_default();
    let content = content.strip_suffix('\r').unwrap_or(content);
    Ok(start..start + content.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, place: &str) -> Result<usize, String> {
        let range = Location::At(place.parse()?).find(text)?;
        assert!(range.is_empty());
        Ok(range.start)
    }

    #[test]
    fn positions_count_lines_and_characters() {
        let text = "ab\nüñd\n\tx\r\n";
        for (place, expected) in [
            ("1:1", 0),
            ("1:3", 2),
            ("1", 2),
            ("2:1", 3),
            ("2:2", 5),
            ("2:4", 8),
            ("3:2", 10),
            ("3", 11),
            ("4:1", 13),
            ("4", 13),
        ] {
            assert_eq!(at(text, place), Ok(expected), "{place}");
        }
        for (place, expected) in [
            ("1:4", "line 1 has 2 characters, so no column 4"),
            ("3:4", "line 3 has 2 characters, so no column 4"),
            ("5", "it has 3 lines, so no line 5"),
            ("0", "LINE:COLUMN or LINE, both from 1 on"),
            ("1:0", "LINE:COLUMN or LINE, both from 1 on"),
            ("1:", "LINE:COLUMN or LINE, both from 1 on"),
            ("+1", "LINE:COLUMN or LINE, both from 1 on"),
            ("x", "LINE:COLUMN or LINE, both from 1 on"),
        ] {
            assert_eq!(at(text, place), Err(expected.to_owned()), "{place}");
        }
        assert_eq!((at("", "1"), at("", "1:1")), (Ok(0), Ok(0)));
        assert_eq!(at("\u{FEFF}ab", "1:1"), Ok(3));
    }

    #[test]
    fn offsets_are_never_within_a_character() {
        assert_eq!(Location::Offset(2).find("éx"), Ok(2..2));
        assert_eq!(Location::Offset(3).find("éx"), Ok(3..3));
        assert_eq!(Location::Offset(1).find("éx"), Err("the offset 1 is within a character".to_owned()));
        assert_eq!(Location::Offset(4).find("éx"), Err("it has 3 bytes, so no offset 4".to_owned()));
    }

    #[test]
    fn a_marker_stands_there_once() {
        let marker = Location::Marker("<FILL>".to_owned());
        assert_eq!(marker.find("a <FILL> b"), Ok(2..8));
        assert_eq!(marker.find("a"), Err("the marker <FILL> is not in it".to_owned()));
        let twice = "the marker <FILL> is in it more than once, in line 1 and in line 3".to_owned();
        assert_eq!(marker.find("<FILL>\n\n<FILL>\n<FILL>"), Err(twice));
    }

    #[test]
    fn lines_are_replaced_without_their_last_end() {
        let lines = |text: &str, range: &str| Location::Lines(range.parse()?).find(text);
        assert_eq!(lines("a\nbc\nd\n", "2:2"), Ok(2..4));
        assert_eq!(lines("a\nbc\nd\n", "2"), Ok(2..4));
        assert_eq!(lines("a\r\nbc\r\nd\r\n", "1:2"), Ok(0..5));
        assert_eq!(lines("a\n", "2:4"), Err("it has 1 lines, so no line 4".to_owned()));
        assert_eq!(lines("a\n", "2:1"), Err("FIRST:LAST or LINE, from 1 on".to_owned()));
    }
}
