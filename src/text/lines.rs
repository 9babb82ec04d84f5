//! Lines: where they begin, their indentation, and whether they are blank.

/// The bytes of spaces and tabs that `line` begins with.
#[must_use]
pub fn indentation(line: &[u8]) -> usize {
    line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Whether `line` has only white space.
#[must_use]
pub fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

/// Where the line begins that has byte `at` or ends there.
#[must_use]
pub fn line_start(text: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &text[..at]).map_or(0, |at| at + 1)
}

/// Whether a byte is part of a word; those of characters beyond ASCII are.
#[must_use]
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte > 127
}
