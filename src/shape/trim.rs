//! What is trimmed off an answer, because the text around the gap has it already.
//!
//! - **The suffix again.** A model that does not stop repeats the text after the gap. Lines at the end of the answer
//!   that are the next lines of the suffix (indentation aside, but deeper lines are another block) are dropped; after
//!   three of them the answer is ended. In the cursor's line, the rest of the line is dropped if the answer ends with
//!   it.
//! - **Closing brackets** that the suffix has, where the answer closes more than the text around leaves open. A bracket
//!   is never taken from an answer that needs it.
//! - **Repeated lines**: the fifth equal line in a row ends the answer, and one is kept. Where the text around has rows of
//!   equal lines, twice the longest row ends it, and equal lines that are part of a row at the gap are no repetition.
//! - **White space**: on an indented blank line, an indentation that the answer repeats; at the end of a line, spaces.
//!
//! Everything else stays. Bytes that may yet have to go are held back.

use std::cell::Cell;
use std::sync::Arc;

use crate::shape::finish::Finish;
use crate::shape::stop::Released;
use crate::text::dialect::{Dialect, Family};
use crate::text::lines::{indentation, is_blank, is_word, line_start};
use crate::text::structure::around::Around;
use crate::text::structure::imbalance;

/// Lines of the suffix that are compared.
const LINES: usize = 8;
/// After this many lines of the suffix, an answer is ended.
const ENOUGH: usize = 3;
/// This many equal lines in a row end an answer.
const REPEATS: usize = 5;

/// Trims one answer as it comes.
#[derive(Debug, Clone)]
pub struct Trim {
    /// The text of the cursor's line before the cursor.
    before: Vec<u8>,
    /// Whether an indentation that the answer begins with repeats `before`.
    indented: bool,
    /// The text of the cursor's line behind the cursor, without white space at its end.
    rest: Vec<u8>,
    /// The next lines of the suffix that are not blank.
    next: Vec<Vec<u8>>,
    /// Line ends directly after the gap.
    line_ends: usize,
    /// The brackets that the suffix closes first.
    closers: Vec<u8>,
    /// The last line before the gap that is not blank.
    above: Vec<u8>,
    around: Arc<Around>,
    /// The most equal lines in a row in the text around, once they are counted.
    longest_row: Cell<Option<usize>>,
    /// The outcome of [`Trim::off_balance`] for all of the answer.
    balance: Cell<Option<(usize, usize)>>,
    /// The answer so far.
    text: Vec<u8>,
    /// How much of it was given out or dropped at its beginning.
    given: usize,
    /// How much of it was dropped at its beginning.
    dropped: usize,
    /// Whether its beginning is decided.
    begun: bool,
    /// Whether a rule has ended it.
    ruled: bool,
}

impl Trim {
    /// Trims an answer between `prefix` and `suffix`.
    #[must_use]
    pub fn new(dialect: &'static Dialect, prefix: &str, suffix: &str) -> Trim {
        Trim::within(Arc::new(Around::new(dialect, prefix, suffix)), prefix, suffix)
    }

    /// Trims an answer in a gap, between `prefix` and `suffix`.
    #[must_use]
    pub fn within(around: Arc<Around>, prefix: &str, suffix: &str) -> Trim {
        let dialect = around.dialect();
        let (prefix, suffix) = (prefix.as_bytes(), suffix.as_bytes());
        let start = line_start(prefix, prefix.len());
        let (above, before) = prefix.split_at(start);
        let end = suffix.iter().position(|&byte| byte == b'\n').unwrap_or(suffix.len());
        let rest = suffix[..end].trim_ascii_end();
        // At the beginning of a line, the text behind the cursor is a separate line.
        let between = before.is_empty();
        let lines = suffix.split(|&byte| byte == b'\n').skip(usize::from(!between));
        let next = lines.map(<[u8]>::trim_ascii_end).filter(|line| !line.is_empty()).take(LINES).map(<[u8]>::to_vec);
        let blank = suffix.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(suffix.len());
        let closers = suffix[blank..].iter().take_while(|&&byte| closes(byte));
        Trim {
            before: before.to_vec(),
            indented: !before.is_empty() && is_blank(before) && !deeper_is_due(dialect, above, before),
            rest: if between { Vec::new() } else { rest.to_vec() },
            next: next.collect(),
            line_ends: if rest.is_empty() { suffix[..blank].iter().filter(|&&byte| byte == b'\n').count() } else { 0 },
            closers: closers.copied().collect(),
            above: last_line(above).to_vec(),
            around,
            longest_row: Cell::new(None),
            balance: Cell::new(None),
            text: Vec::new(),
            given: 0,
            dropped: 0,
            begun: false,
            ruled: false,
        }
    }

    /// Takes the next piece of the answer.
    pub fn push(&mut self, piece: &[u8]) -> Released {
        if !(self.rest.is_empty() && self.next.is_empty()) {
            // So that it is read by the time an end is decided.
            self.around.read();
        }
        let mut all = Released { bytes: Vec::new(), stopped: None };
        // Rules look at the last line that is whole, so a piece of several lines is several pieces.
        for part in piece.split_inclusive(|&byte| byte == b'\n') {
            let released = self.push_part(part);
            all.bytes.extend(released.bytes);
            all.stopped = released.stopped;
            if all.stopped.is_some() {
                break;
            }
        }
        all
    }

    /// As [`Trim::push`], of at most one line.
    fn push_part(&mut self, piece: &[u8]) -> Released {
        self.text.extend(piece);
        if !self.begin(false) {
            return Released { bytes: Vec::new(), stopped: None };
        }
        if let Some(cut) = self.repeats(true) {
            return self.end(cut, Finish::Repetition);
        }
        if let Some((cut, lines)) = self.overlap(false)
            && lines >= ENOUGH
            && !self.is_row(cut, lines)
            && self.may_go(cut)
        {
            return self.end(cut, Finish::Suffix);
        }
        let safe = self.safe();
        Released { bytes: self.give(safe), stopped: None }
    }

    /// Tells that a rule has ended the answer after a line: the text after the gap may have the line end already.
    pub fn ended_by_rule(&mut self) {
        self.ruled = true;
    }

    /// What is still held back and stays, where the answer ends otherwise.
    pub fn finish(&mut self) -> Vec<u8> {
        self.begin(true);
        let end = self.text.len();
        let cut = match self.overlap(true) {
            Some((cut, _)) => self.without_line_ends(cut),
            None if self.ruled => self.without_line_ends(end),
            None => match self.without_closers(end) {
                cut if cut < end && self.begins_line(cut) => self.without_line_ends(cut),
                cut => self.without_spaces(cut),
            },
        };
        self.give(cut)
    }

    fn give(&mut self, to: usize) -> Vec<u8> {
        let bytes = self.text.get(self.given..to).unwrap_or_default().to_vec();
        self.given = self.given.max(to);
        bytes
    }

    fn end(&mut self, cut: usize, why: Finish) -> Released {
        let cut = self.without_line_ends(cut);
        let bytes = self.give(cut);
        self.text.truncate(cut.max(self.given));
        Released { bytes, stopped: Some(why) }
    }

    /// Drops an indentation that repeats the one before the cursor. `false` if that needs more of the answer.
    fn begin(&mut self, ended: bool) -> bool {
        if self.begun {
            return true;
        }
        let spaces = indentation(&self.text);
        if self.indented && spaces == self.text.len() && !ended {
            return false;
        }
        self.begun = true;
        let line_begins = self.text.get(spaces).is_none_or(|byte| !matches!(byte, b'\n' | b'\r'));
        if self.indented && line_begins {
            // White space of the answer would indent the line too far.
            let own = &self.text[..spaces];
            let is_alike = own.starts_with(&self.before) || self.before.starts_with(own);
            self.given = if is_alike { spaces.min(self.before.len()) } else { spaces };
            self.dropped = self.given;
        }
        true
    }

    /// The lines from where something is still held back: where each begins, and whether it is whole.
    fn lines(&self) -> impl Iterator<Item = (usize, &[u8], bool)> {
        let from = line_start(&self.text, self.given);
        let mut start = from;
        self.text[from..].split_inclusive(|&byte| byte == b'\n').map(move |line| {
            let begin = start;
            start += line.len();
            (begin, line.trim_ascii_end(), line.ends_with(b"\n"))
        })
    }

    /// Where the end of the answer begins to be the suffix, and how many whole lines it has of it. `ended` asks for a
    /// certain overlap; without it, one that may become one.
    fn overlap(&self, ended: bool) -> Option<(usize, usize)> {
        let lines: Vec<_> = self.lines().collect();
        for (index, &(start, line, whole)) in lines.iter().enumerate() {
            let behind = &lines[index + 1..];
            let candidates: Vec<(usize, usize)> = if self.rest.is_empty() {
                // Whole lines. The first one begins before the cursor.
                let is_given = start < self.given && !is_blank(&self.text[start..self.given]);
                if start == 0 && !is_blank(&self.before) || is_blank(line) || is_given {
                    continue;
                }
                vec![(start, 0)]
            } else if whole || ended {
                let at = line.len().checked_sub(self.rest.len()).filter(|&at| line[at..] == self.rest[..]);
                at.filter(|&at| start + at >= self.given && self.parts_words(start + at))
                    .map(|at| (start + at, 1))
                    .into_iter()
                    .collect()
            } else {
                let first = self.given.saturating_sub(start).min(line.len());
                let text = &self.text[start..];
                let may_begin = |&at: &usize| self.rest.starts_with(text[at..].trim_ascii_end());
                (first..text.len()).filter(may_begin).map(|at| (start + at, 1)).collect()
            };
            for (cut, skipped) in candidates {
                let compared = if skipped == 0 { &lines[index..] } else { behind };
                let Some(matched) = self.compare(compared, ended) else { continue };
                if skipped == 0 && ended && (matched == 0 || self.is_row(cut, matched)) {
                    continue;
                }
                if !ended || self.may_go(cut) {
                    return Some((cut.max(self.given), matched));
                }
            }
        }
        None
    }

    /// Whether the answer may be cut before the rest of the line: not within a word, if the rest is only the end of
    /// that word.
    fn parts_words(&self, cut: usize) -> bool {
        let ends_in_word = |byte: Option<&u8>| byte.is_some_and(|byte| is_word(*byte));
        let last = if cut == 0 { self.before.last() } else { self.text.get(cut - 1) };
        // What is more than a word is not repeated by chance.
        let is_more = !self.rest.iter().all(|byte| is_word(*byte));
        is_more || !(ends_in_word(last) && ends_in_word(self.rest.first()))
    }

    /// How many of `lines` are the next lines of the suffix, if all of them are.
    fn compare(&self, lines: &[(usize, &[u8], bool)], ended: bool) -> Option<usize> {
        let mut next = self.next.iter();
        let mut matched = 0;
        for &(start, line, whole) in lines {
            let (indent, text) = self.placed(start, line);
            if text.is_empty() {
                continue;
            }
            let Some(expected) = next.next() else {
                // All that is compared of the suffix was there, and more.
                return (!ended && matched >= ENOUGH).then_some(matched);
            };
            let due = indentation(expected);
            if indent > due {
                return None;
            }
            if whole || ended {
                if text != &expected[due..] {
                    return None;
                }
                matched += 1;
            } else if !expected[due..].starts_with(text) {
                return None;
            }
        }
        Some(matched)
    }

    /// The columns before a line of the answer that begins at `start`, and what is behind them.
    fn placed<'a>(&self, start: usize, line: &'a [u8]) -> (usize, &'a [u8]) {
        let indent = indentation(line);
        let columns = if start == 0 { self.before.len() + indent.saturating_sub(self.dropped) } else { indent };
        (columns, line[indent..].trim_ascii_end())
    }

    /// Whether the answer's lines from `cut` on, `matched` of which are the next ones of the suffix, are part of a row of
    /// equal lines around the end of the gap: that a row has one more is no repetition.
    fn is_row(&self, cut: usize, matched: usize) -> bool {
        // Lines of marks alone close blocks.
        let says_something = |line: &&Vec<u8>| line.iter().any(|&byte| is_word(byte));
        let Some(one) = self.next.first().filter(says_something).filter(|_| matched > 0) else { return false };
        let is_one = |line: &Vec<u8>| line == one;
        let above = &self.text[..line_start(&self.text, cut)];
        let last = last_line(above);
        let start = above.trim_ascii_end().len() - last.len();
        let last = if is_blank(last) { split(&self.above) } else { self.placed(start, last) };
        let longer = last == split(one) || self.next.get(..=matched).is_some_and(|lines| lines.iter().all(is_one));
        self.next[..matched.min(self.next.len())].iter().all(is_one) && (matched > 1 || longer)
    }

    /// Whether the answer without what is behind `cut` closes its brackets no worse than with it.
    fn may_go(&self, cut: usize) -> bool {
        self.off_balance(cut) <= self.off_balance(self.text.len())
    }

    /// How many brackets, words and tags have no partner with the answer up to `end` in its place.
    fn off_balance(&self, end: usize) -> usize {
        if let Some((known, value)) = self.balance.get()
            && known == end
        {
            return value;
        }
        let value = self.around.imbalance(&self.text[..end]);
        // Places before the end are compared with it one after the other.
        if end == self.text.len() {
            self.balance.set(Some((end, value)));
        }
        value
    }

    /// `end`, or the beginning of the surplus closing brackets before it that the suffix has.
    fn without_closers(&self, end: usize) -> usize {
        let text = &self.text[..end];
        let text = text.trim_ascii_end();
        let own = text.iter().rev().take_while(|&&byte| closes(byte)).count();
        (1..=own.min(self.closers.len()))
            .rev()
            .map(|count| (text.len() - count, count))
            .find(|&(cut, count)| {
                cut >= self.given
                    && text[cut..] == self.closers[..count]
                    && self.off_balance(cut) < self.off_balance(text.len())
            })
            .map_or(end, |(cut, _)| cut)
    }

    /// Whether there are only spaces before `at` in its line, which is not the cursor's.
    fn begins_line(&self, at: usize) -> bool {
        let line = self.text[..at].iter().rposition(|&byte| byte == b'\n');
        line.is_some_and(|line| is_blank(&self.text[line..at]))
    }

    /// `end` without the spaces before it at a line's end.
    fn without_spaces(&self, end: usize) -> usize {
        // Between two lines, they are the indentation of the next one.
        if !self.rest.is_empty() || self.before.is_empty() && !self.next.is_empty() && self.line_ends == 0 {
            return end;
        }
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
        let end = self.text[..end].iter().rposition(|byte| !is_space(byte)).map_or(0, |at| at + 1);
        end.max(self.given)
    }

    /// `end` without the spaces and line ends before it, up to as many as follow the gap. Only if something was
    /// removed: a line end that the model ended its answer with makes a blank line, which may be intended.
    fn without_line_ends(&self, end: usize) -> usize {
        let mut end = self.without_spaces(end);
        for _ in 0..self.line_ends {
            let Some(text) = self.text[..end].strip_suffix(b"\n").filter(|text| text.len() >= self.given) else {
                break;
            };
            end = self.without_spaces(text.strip_suffix(b"\r").unwrap_or(text).len());
        }
        end
    }

    /// Where the second of many equal lines begins, once there are enough; or with `enough` false, of any.
    fn repeats(&self, enough: bool) -> Option<usize> {
        let lines: Vec<_> = self.lines().filter(|(_, line, _)| !line.is_empty()).collect();
        let last = lines.iter().rposition(|(_, _, whole)| *whole)?;
        let same =
            |other: &&(usize, &[u8], bool)| self.placed(other.0, other.1) == self.placed(lines[last].0, lines[last].1);
        let count = lines[..=last].iter().rev().take_while(same).count();
        // Tables have equal lines of values.
        let says_something = !is_data(lines[last].1);
        let due = if enough { REPEATS } else { 2 };
        let is_many = says_something && count >= due && (!enough || count > 2 * self.longest_row());
        is_many.then(|| lines[last + 2 - count].0)
    }

    /// The most equal lines in a row in the text around; rows of data, which may be of any length, aside.
    fn longest_row(&self) -> usize {
        if let Some(known) = self.longest_row.get() {
            return known;
        }
        let (mut longest, mut count, mut last) = (0, 0, &b""[..]);
        for line in self.around.lines().map(<[u8]>::trim_ascii_end).filter(|line| !line.is_empty()) {
            count = if line == last { count + 1 } else { 1 };
            last = line;
            if count > longest && !is_data(line) {
                longest = count;
            }
        }
        self.longest_row.set(Some(longest));
        longest
    }

    /// How much of the answer is kept whatever follows.
    fn safe(&self) -> usize {
        let mut safe = self.text.trim_ascii_end().len();
        if let Some((cut, _)) = self.overlap(false) {
            safe = safe.min(cut);
        }
        if let Some(cut) = self.repeats(false) {
            safe = safe.min(cut);
        }
        // One equal line may be about to come.
        if let Some((start, line, false)) = self.lines().last()
            && let Some((_, above, _)) = self.lines().filter(|(_, line, whole)| *whole && !line.is_empty()).last()
            && above.trim_ascii_start().starts_with(line.trim_ascii_start())
        {
            safe = safe.min(start.max(self.given));
        }
        let text = &self.text[..safe];
        let closers = text.iter().rev().take_while(|&&byte| closes(byte)).count();
        if !self.closers.is_empty() {
            safe -= closers;
        }
        // White space before what is held back is held back too.
        self.text[..safe].trim_ascii_end().len().max(self.given)
    }
}

/// Whether the cursor's line must be indented deeper than it is.
fn deeper_is_due(dialect: &'static Dialect, above: &[u8], before: &[u8]) -> bool {
    let Some(last) = above.split(|&byte| byte == b'\n').rfind(|line| !is_blank(line)) else { return false };
    let end = last.trim_ascii_end();
    let opens = match end.last() {
        Some(b'{' | b'(' | b'[') => true,
        _ if dialect.family == Family::Indented => {
            dialect.headers.iter().any(|header| end.ends_with(header.as_bytes()))
        }
        // A line that opens more than it closes.
        _ => !dialect.words.0.is_empty() && imbalance(dialect, last) > 0 && !begins_with_closer(dialect, last),
    };
    opens && before.len() <= indentation(last)
}

fn begins_with_closer(dialect: &Dialect, line: &[u8]) -> bool {
    dialect.words.1.iter().any(|word| line.trim_ascii_start().starts_with(word.as_bytes()))
}

/// The last line of a text that is not blank.
fn last_line(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_end();
    &text[line_start(text, text.len())..]
}

/// The columns before a line, and what is behind them.
fn split(line: &[u8]) -> (usize, &[u8]) {
    let indent = indentation(line);
    (indent, line[indent..].trim_ascii_end())
}

/// Whether a byte is a bracket that closes.
fn closes(byte: u8) -> bool {
    matches!(byte, b')' | b']' | b'}')
}

/// Whether a line is a row of data, of which many may be equal: numbers, strings, names of constants, marks.
fn is_data(line: &[u8]) -> bool {
    const CONSTANTS: [&str; 19] = [
        "null",
        "nil",
        "none",
        "true",
        "false",
        "nan",
        "inf",
        "infinity",
        "undefined",
        "na",
        "nop",
        "noop",
        "void",
        "br",
        "hr",
        "td",
        "tr",
        "li",
        "th",
    ];
    let mut rest = line;
    while let Some(&byte) = rest.first() {
        if let b'"' | b'\'' | b'`' = byte {
            match rest[1..].iter().position(|&other| other == byte) {
                Some(end) => rest = &rest[end + 2..],
                None => return false,
            }
            continue;
        }
        let is_part = |byte: &u8| is_word(*byte) || *byte == b'.';
        let length = rest.iter().take_while(|byte| is_part(byte)).count();
        if length == 0 {
            rest = &rest[1..];
            continue;
        }
        let (word, behind) = rest.split_at(length);
        let text = String::from_utf8_lossy(word).to_lowercase();
        let is_number = text.trim_start_matches('.').starts_with(|letter: char| letter.is_ascii_digit());
        if !is_number && !CONSTANTS.contains(&text.trim_matches('.')) {
            return false;
        }
        rest = behind;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stays of an answer that the model ends, and why it was ended before; the same however it is cut.
    fn trim(prefix: &str, suffix: &str, answer: &str) -> (String, Option<Finish>) {
        let dialect = crate::text::dialect::of(None, &format!("{prefix}{suffix}"));
        let run = |size: usize| {
            let mut trim = Trim::new(dialect, prefix, suffix);
            let mut out = Vec::new();
            let mut stopped = None;
            for piece in answer.as_bytes().chunks(size) {
                let released = trim.push(piece);
                out.extend(released.bytes);
                stopped = released.stopped;
                if stopped.is_some() {
                    break;
                }
            }
            out.extend(trim.finish());
            (String::from_utf8(out).expect("text"), stopped)
        };
        let whole = run(1);
        for size in [2, 3, 5, 8, 64] {
            assert_eq!(run(size).0, whole.0, "in pieces of {size}: {prefix:?} {suffix:?} {answer:?}");
        }
        whole
    }

    #[test]
    fn what_is_not_in_the_suffix_stays() {
        for (prefix, suffix, answer) in [
            ("x = ", "\n", "1"),
            ("print(", ")\n", "f(x)"),
            ("print(", ")\n", "f(g(x))"),
            ("print(f(", ")\n", "x)"),
            ("print(f(g(", "))\n", "x)"),
            ("x = max(", ", s)\n", "items"),
            ("    pa", "s\n", "s"),
            ("    ", "s\n", "pas"),
            ("x = ", "\ny\n", "1\n"),
            ("def f():\n    ", "\n    return None\n", "if a:\n        return None"),
            ("fn f() {\n  while a {\n    if b {\n", "\n}\n", "      c();\n    }\n  }"),
            ("a = ", "\nb = 1\n", "2\nc = 1\nb = 2"),
            ("", "", "a\n\nb\n"),
            ("", "", "\n\n  x"),
            ("d = [\n", "]\n", "0,\n0,\n0,\n0,\n0,\n0,\n"),
            ("x = ", "\n", "a\nb\nb\nb\nb\nc"),
            ("s = ", "\"\n", "\"a"),
        ] {
            assert_eq!(trim(prefix, suffix, answer), (answer.to_owned(), None), "{prefix:?} {suffix:?} {answer:?}");
        }
    }

    #[test]
    fn what_the_suffix_has_goes() {
        for (prefix, suffix, answer, expected) in [
            // The rest of the line.
            ("def add(a, ", "):\n    pass\n", "b):", "b"),
            ("print(", ")\n", "x)", "x"),
            ("x = f(", ") + 1\n", "a) + 1", "a"),
            ("if x", ":\n    pass\n", " == 1:", " == 1"),
            ("x = [", "]\n", "1, 2]", "1, 2"),
            ("a + ", "b\n", "b", ""),
            ("f(a, ", ")\ng()\nh()\n", "b)\ng()", "b"),
            // Lines.
            ("def f():\n    x = 1\n    ", "\n    return x\n", "x += 1\n    return x", "x += 1"),
            ("def f():\n    x = 1\n    ", "\n    return x\n", "x += 1\n\n    return x\n", "x += 1\n"),
            ("def f():\n    x = 1\n", "    return x\n", "    x += 1\n    return x\n", "    x += 1\n"),
            ("def f():\n\t", "\n    return x\n", "return x", ""),
            ("fn f() {\n    ", "\n}\n", "g();\n}", "g();"),
            ("x = [\n    ", "\n]\n", "1,\n]", "1,"),
            ("x = [\n    ", "\n]\n", "1]", "1"),
            // White space.
            ("x = ", "\ny\n", "1  ", "1"),
            ("x = ", "\n\ny\n", "1\n\n\ny", "1\n"),
            ("x = ", "", "1 \n  ", "1 \n"),
            ("class A:\n    def f(self):\n        ", "\n", "        return 1", "return 1"),
            ("    a = 1\n    ", "\n", "  b = 2\n    c", "b = 2\n    c"),
            ("if a:\n", "\n", "    b", "    b"),
            ("    if a:\n    ", "\n", "    b", "    b"),
        ] {
            assert_eq!(trim(prefix, suffix, answer).0, expected, "{prefix:?} {suffix:?} {answer:?}");
        }
    }

    #[test]
    fn an_answer_that_runs_into_the_suffix_is_ended() {
        let suffix = "\n    b()\n    c()\n\n    d()\n    e()\n";
        let (text, why) = trim("def f():\n    ", suffix, "a()\n    b()\n    c()\n    d()\n    e()\n    x()\n");
        assert_eq!((text.as_str(), why), ("a()", Some(Finish::Suffix)));
        let (text, why) = trim("f(", ") # x\nb()\nc()\nd()\n", "1) # x\nb()\nc()\nmore\n");
        assert_eq!((text.as_str(), why), ("1) # x\nb()\nc()\nmore\n", None));
    }

    #[test]
    fn a_line_over_and_over_ends_the_answer() {
        let (text, why) = trim("", "", &"print(1)\n".repeat(9));
        assert_eq!((text.as_str(), why), ("print(1)\n", Some(Finish::Repetition)));
        let (text, why) = trim("    ", "\nx\n", &"a()\n    ".repeat(9));
        assert_eq!((text.as_str(), why), ("a()", Some(Finish::Repetition)));
        let (text, _) = trim("", "", &("a\n".repeat(5) + "b\n"));
        assert_eq!(text, "a\n");
        assert_eq!(trim("", "", &"a\n".repeat(4)), ("a\n".repeat(4), None));
    }
}
