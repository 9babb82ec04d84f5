//! Lines: their indentation, and whether they are blank.

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
