//! The end of a block: by indentation, or by what closes it.
//!
//! Which block it is depends on the line that the answer begins in. If that line, or the last one before an empty one,
//! opens a block (`def f():`, `fn f() {`, `if …; then`, `<div>`), it is that block; else it is the rest of the block
//! around. Outside of all blocks, a blank line ends the answer. What continues a block (`else`, `catch`, a chain of
//! `.method()` lines) is part of it, so the line behind a block is held back until its first word tells. An answer is ended
//! between two lines, never within one, and never within a string or a comment.
//!
//! What opens and closes is found by [`crate::text::structure`] in the text before the cursor with the answer behind it.

use std::ops::Range;
use std::sync::Arc;

use crate::shape::finish::Finish;
use crate::shape::stop::Released;
use crate::text::dialect::{Dialect, Family};
use crate::text::lines::{indentation, is_blank, is_word, line_start};
use crate::text::structure::around::{Around, Before};
use crate::text::structure::{Condition, Kind, Pair, Stack, Structure};

/// Lines of an answer after which the older half is not looked at again.
const RECENT: usize = 256;

/// What a line is to the block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Part of it.
    Inside,
    /// The first line behind it.
    Behind,
    /// More of the line is needed.
    Open,
}

/// Where the block ends.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reach {
    /// Not known before the first line is whole.
    Unknown,
    /// Where at most this many blocks are open.
    Height(usize),
    /// Before the line that closes the block around; the text after the gap has that line.
    BeforeCloser,
    /// With the lines that are indented deeper than the one that opened it, or that continue it.
    DeeperThan(usize, Header),
    /// With the lines that are indented by at least this many columns.
    AtLeast(usize),
    /// With the paragraph. The block may still turn out to be one that the next line opens.
    Paragraph,
}

/// Whether a block may be opened by the next line alone: `int f()` and then `{`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Head {
    /// No.
    No,
    /// Yes, if it begins with the brace, or with a clause of the head.
    Fresh,
    /// Yes: the last line was within such a clause.
    Clause,
}

/// What is known of the line that opened an indented block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Header {
    /// Its first word.
    word: Vec<u8>,
    /// Whether list items at its own indentation are below it.
    takes_items: bool,
}

/// The text before the cursor and the answer so far.
#[derive(Debug, Clone)]
struct Text {
    structure: Structure,
    /// What is before this byte is settled.
    settled: usize,
    /// The blocks that are open there.
    base: Stack,
    /// Whole lines of the answer since then.
    lines: usize,
    /// The blocks that are open at the end.
    stack: Stack,
    /// Whether the end is within a string or a comment.
    is_literal: bool,
}

impl Text {
    /// The text before the cursor, and the byte at which a statement begins that the line from `line` on continues.
    fn new(before: Before, line: usize) -> (Text, usize) {
        let Before { structure, found, conditions } = before;
        let start = line_start(structure.text(), structure.text().len());
        let settled = found.open.unwrap_or(start).min(start);
        let mut stack = Stack { conditions: vec![Condition::default(); conditions], ..Stack::default() };
        let mut base = None;
        let mut statement = line;
        for token in found.tokens {
            if token.at >= settled {
                base.get_or_insert_with(|| stack.clone());
            }
            stack.take(token);
            if token.at < line {
                statement = stack.open.iter().find(|open| is_bracket(open.pair)).map_or(line, |open| open.at);
            }
        }
        let is_literal = found.open.is_some();
        let base = base.unwrap_or_else(|| stack.clone());
        (Text { structure, settled, base, lines: 0, stack, is_literal }, statement)
    }

    /// Takes the next line of the answer.
    fn push(&mut self, line: &[u8]) {
        let start = self.structure.text().len();
        self.structure.push(line);
        let found = self.structure.find(self.settled);
        let mut stack = self.base.clone();
        found.tokens.iter().for_each(|token| stack.take(*token));
        let before = std::mem::replace(&mut self.stack, stack);
        self.lines += 1;
        if self.lines >= RECENT && !self.is_literal && found.open.is_none() {
            (self.settled, self.base, self.lines) = (start, before, 0);
        }
        self.is_literal = found.open.is_some();
    }

    /// How many brackets are open: the other blocks of an indented language have ends of their own.
    fn brackets(&self) -> usize {
        self.stack.open.iter().filter(|open| is_bracket(open.pair)).count()
    }

    /// The line that has byte `at`.
    fn line(&self, at: usize) -> &[u8] {
        let text = self.structure.text();
        let start = line_start(text, at);
        let end = text[at..].iter().position(|&byte| byte == b'\n').map_or(text.len(), |end| at + end);
        &text[start..end]
    }
}

fn is_bracket(pair: Pair) -> bool {
    matches!(pair, Pair::Round | Pair::Square | Pair::Curly)
}

/// Watches an answer for the end of its block.
#[derive(Debug, Clone)]
pub struct Block {
    dialect: &'static Dialect,
    /// Whether what closes the block around is part of the answer; else the text after the gap has it.
    takes_closer: bool,
    around: Arc<Around>,
    text: Option<Text>,
    reach: Reach,
    /// The blocks that were open at the cursor.
    open: usize,
    conditions: usize,
    unmatched: usize,
    /// Whether the block is complete unless the next line continues it.
    complete: bool,
    /// Whether the lines so far may be the head of a block that the next line opens.
    head: Head,
    /// The last line that is not blank.
    last: Vec<u8>,
    /// Columns before the first line of the statement that the current line belongs to.
    statement: Option<usize>,
    /// Where the block was opened, in bytes.
    opener: Option<usize>,
    /// The current line so far; the first one begins with what is before the cursor.
    line: Vec<u8>,
    /// The bytes of it that are before the cursor.
    before: usize,
    /// Whether the current line is decided to be inside.
    inside: bool,
    /// Blank lines and the beginning of a line that are not decided.
    held: Vec<u8>,
}

impl Block {
    /// A rule for an answer behind `prefix`. In an infill, the text after the gap closes the block around.
    #[must_use]
    pub fn new(dialect: &'static Dialect, prefix: &str, infill: bool) -> Block {
        Block::within(Arc::new(Around::new(dialect, prefix, "")), infill)
    }

    /// A rule for an answer within a text. In an infill, the text after the gap closes the block around.
    #[must_use]
    pub fn within(around: Arc<Around>, infill: bool) -> Block {
        Block {
            dialect: around.dialect(),
            takes_closer: !infill,
            around,
            text: None,
            reach: Reach::Unknown,
            open: 0,
            conditions: 0,
            unmatched: 0,
            complete: false,
            head: Head::No,
            last: Vec::new(),
            statement: None,
            opener: None,
            line: Vec::new(),
            before: 0,
            inside: true,
            held: Vec::new(),
        }
    }

    /// Reads the text before the cursor.
    fn begin(&mut self) {
        let around = Arc::clone(&self.around);
        let prefix = around.before().structure.text();
        let start = line_start(prefix, prefix.len());
        let (above, before) = prefix.split_at(start);
        (self.line, self.before) = (before.to_vec(), before.len());
        // Where the line begins that may have opened the block.
        let mut last_start = last_line(above);
        let is_condition = |line: &Range<usize>| {
            let mut tokens = around.before().found.tokens.iter();
            tokens.any(|token| line.contains(&token.at) && matches!(token.kind, Kind::If | Kind::Else | Kind::EndIf))
        };
        while let Some(line) = &last_start
            && (is_comment(self.dialect, above[line.clone()].trim_ascii_start()) || is_condition(line))
        {
            last_start = last_line(&above[..line.start]);
        }
        let (text, statement) =
            Text::new(around.before().clone(), last_start.as_ref().map_or(start, |line| line.start));
        (self.open, self.conditions, self.unmatched) =
            (text.stack.height(), text.stack.conditions.len(), text.stack.unmatched);
        let opener_line = if is_blank(before) { last_start.clone() } else { Some(start..prefix.len()) };
        if self.dialect.family == Family::Indented {
            if text.is_literal || text.brackets() > 0 {
                let at = text.stack.open.first().map_or(text.settled, |open| open.at.min(text.settled));
                self.statement = Some(columns(text.line(at)));
            }
            if is_blank(before)
                && !text.is_literal
                && text.brackets() == 0
                && let Some(range) = last_start
                && self.opens(&above[range.clone()])
            {
                // Its head may be of several lines.
                let head = text.line(statement).to_vec();
                self.reach = self.below(columns(&head), &head, &above[range]);
            }
        } else if let Some(range) = opener_line.filter(|_| self.takes_closer) {
            // The opener of a statement over lines may be above the line.
            if let Some(height) = text.stack.open.iter().position(|open| range.contains(&open.at)) {
                self.reach = Reach::Height(height);
                self.opener = Some(text.stack.open[height].at);
            }
        }
        self.text = Some(text);
    }

    /// Takes the next piece of the answer.
    pub fn push(&mut self, piece: &[u8]) -> Released {
        if self.text.is_none() {
            self.begin();
        }
        let mut out = Vec::new();
        for &byte in piece {
            self.line.push(byte);
            self.held.push(byte);
            let whole = byte == b'\n';
            if !self.inside {
                match self.verdict(whole) {
                    Verdict::Inside => self.inside = true,
                    Verdict::Behind => {
                        self.held.clear();
                        return Released { bytes: out, stopped: Some(Finish::StopRule) };
                    }
                    Verdict::Open => {}
                }
            }
            if self.inside {
                out.append(&mut self.held);
            }
            if whole && self.end_line() {
                return Released { bytes: out, stopped: Some(Finish::StopRule) };
            }
        }
        Released { bytes: out, stopped: None }
    }

    /// What is still held back where the answer ends otherwise.
    pub fn finish(&mut self) -> Vec<u8> {
        let held = std::mem::take(&mut self.held);
        // Blank lines behind a complete block are not part of it.
        if self.complete && is_blank(&held) { Vec::new() } else { held }
    }

    fn verdict(&self, whole: bool) -> Verdict {
        let Some(text) = &self.text else { return Verdict::Inside };
        if text.is_literal {
            return Verdict::Inside;
        }
        if is_blank(&self.line) {
            let outside = match self.dialect.family {
                Family::Indented => text.brackets() == 0 && text.stack.height() <= self.open,
                Family::Closed | Family::Prose => text.stack.height() <= self.open,
            };
            let ends =
                whole && self.reach == Reach::Paragraph && outside && text.stack.conditions.len() <= self.conditions;
            return if ends { Verdict::Behind } else { Verdict::Open };
        }
        let code = &self.line[indentation(&self.line)..];
        match self.dialect.family {
            Family::Indented => self.indented(text, code, columns(&self.line), whole),
            Family::Closed | Family::Prose if self.complete => self.continues(text, code, whole),
            Family::Closed | Family::Prose => {
                let is_at_end = text.stack.height() <= self.open;
                if self.reach != Reach::Unknown && !self.takes_closer && is_at_end {
                    self.closes(text, code, whole)
                } else {
                    Verdict::Inside
                }
            }
        }
    }

    fn indented(&self, text: &Text, code: &[u8], column: usize, whole: bool) -> Verdict {
        let has_words = text.stack.height() > self.open.max(text.brackets());
        if text.brackets() > 0 || has_words || self.last.ends_with(b"\\") {
            return Verdict::Inside;
        }
        // A comment belongs to what follows it, unless it is deep enough.
        let is_open = may_be_comment(self.dialect, code, whole);
        let shallow = if is_open { Verdict::Open } else { Verdict::Behind };
        match &self.reach {
            Reach::AtLeast(least) if column < *least => shallow,
            Reach::DeeperThan(header, _) if column < *header => shallow,
            Reach::DeeperThan(header, opened) if column == *header => match shallow {
                Verdict::Open => Verdict::Open,
                _ => self.continues_header(opened, code, whole),
            },
            _ => Verdict::Inside,
        }
    }

    /// Whether a line at the indentation of the one that opened the block continues it.
    fn continues_header(&self, header: &Header, code: &[u8], whole: bool) -> Verdict {
        if matches!(code[0], b')' | b']' | b'}') {
            return Verdict::Inside;
        }
        if header.takes_items && code[0] == b'-' {
            return match code.get(1) {
                None => Verdict::Open,
                Some(byte) if byte.is_ascii_whitespace() => Verdict::Inside,
                Some(_) => Verdict::Behind,
            };
        }
        let words: Vec<&str> =
            self.dialect.continuations.iter().copied().filter(|word| admits(&header.word, word.as_bytes())).collect();
        begins_with_word(code, &words, whole)
    }

    /// Whether a line behind a complete block continues it.
    fn continues(&self, text: &Text, code: &[u8], whole: bool) -> Verdict {
        if may_be_comment(self.dialect, code, whole) {
            return Verdict::Open;
        }
        let is_only = |byte: u8| code == [byte] && !whole;
        let next = code.get(1).copied().unwrap_or(b'\n');
        let ended = self.last.ends_with(b";");
        match code[0] {
            _ if ended && code[0] != b'.' && !code[0].is_ascii_alphabetic() => Verdict::Behind,
            b'.' | b'?' | b'&' | b'|' | b'-' | b':' if is_only(code[0]) => Verdict::Open,
            b'.' if !ended && (next.is_ascii_alphabetic() || next == b'_') => Verdict::Inside,
            b'?' if next == b'.' || next == b'?' || next == b':' => Verdict::Inside,
            b'&' if next == b'&' || next == b'.' => Verdict::Inside,
            b'|' if next == b'|' || next == b'>' => Verdict::Inside,
            b'-' if next == b'>' => Verdict::Inside,
            b':' if self.dialect.has_colon_calls && next.is_ascii_alphabetic() => Verdict::Inside,
            b'{' if !self.last.ends_with(b"}") => Verdict::Inside,
            b';' => Verdict::Inside,
            _ => {
                let is_loop = self.is_do(text);
                let fits = |word: &&str| is_loop || !matches!(*word, "while" | "until");
                let words: Vec<&str> = self.dialect.continuations.iter().copied().filter(fits).collect();
                begins_with_word(code, &words, whole)
            }
        }
    }

    /// Whether the block is the body of a loop whose condition is behind it.
    fn is_do(&self, text: &Text) -> bool {
        let Some(at) = self.opener else { return false };
        let mut head = text.line(at).trim_ascii();
        if head.starts_with(b"{") {
            let above = &text.structure.text()[..at];
            head = last_line(above).map_or(head, |range| above[range].trim_ascii());
            if head.ends_with(b"{") {
                // A block within a block, with no head.
                return false;
            }
        }
        let head = head.strip_suffix(b"{").unwrap_or(head).trim_ascii_end();
        head == b"do" || head.ends_with(b" do") || head.ends_with(b"}do") || head.starts_with(b"do ")
    }

    /// Whether a line begins with what closes the block around.
    fn closes(&self, text: &Text, code: &[u8], whole: bool) -> Verdict {
        let behind = |verdict: Verdict| match verdict {
            Verdict::Inside => Verdict::Behind,
            Verdict::Behind => Verdict::Inside,
            Verdict::Open => Verdict::Open,
        };
        let has_fence = text.stack.open.last().is_some_and(|open| open.pair == Pair::Fence);
        match code[0] {
            b')' | b']' | b'}' => Verdict::Behind,
            b'<' if text.stack.open.iter().any(|open| matches!(open.pair, Pair::Tag(_))) => match code.get(1) {
                None if !whole => Verdict::Open,
                Some(b'/') => Verdict::Behind,
                _ => Verdict::Inside,
            },
            b'`' | b'~' if has_fence => match code.len() {
                0..3 if !whole => Verdict::Open,
                _ if code.starts_with(b"```") || code.starts_with(b"~~~") => Verdict::Behind,
                _ => Verdict::Inside,
            },
            b'#' if self.conditions > 0 && text.stack.conditions.len() <= self.conditions => {
                behind(begins_with_word(&code[1..], &["endif", "else", "elif"], whole))
            }
            _ => behind(begins_with_word(code, self.dialect.words.1, whole)),
        }
    }

    /// Looks at the line that has become whole; whether it ends the block.
    fn end_line(&mut self) -> bool {
        let line = std::mem::take(&mut self.line);
        let before = std::mem::take(&mut self.before);
        let was_inside = std::mem::replace(&mut self.inside, false);
        let Some(text) = &mut self.text else { return false };
        let own = &line[before.min(line.len())..];
        if is_blank(&line) || !was_inside {
            // What it is, the next line tells.
            text.structure.push(own);
            return false;
        }
        text.push(own);
        let ended = if self.dialect.family == Family::Indented {
            self.end_indented(&line);
            false
        } else {
            self.end_closed(&line)
        };
        self.last = line.trim_ascii_end().to_vec();
        ended
    }

    fn end_indented(&mut self, line: &[u8]) {
        let Some(text) = &self.text else { return };
        let statement = *self.statement.get_or_insert(columns(line));
        if text.is_literal || text.brackets() > 0 || line.trim_ascii_end().ends_with(b"\\") {
            return;
        }
        self.statement = None;
        if self.reach != Reach::Unknown || is_preface(self.dialect, line) {
            return;
        }
        self.reach = if self.opens(line) {
            self.below(statement, line, line)
        } else if statement == 0 {
            Reach::Paragraph
        } else {
            self.enclosing(statement).unwrap_or(Reach::AtLeast(statement))
        };
    }

    /// The block around a statement that is indented by `column`.
    fn enclosing(&self, column: usize) -> Option<Reach> {
        let text = self.text.as_ref()?;
        let above = &text.structure.text()[..text.settled];
        let mut lines = above.split(|&byte| byte == b'\n').rev();
        let header = lines.find(|line| !is_blank(line) && columns(line) < column)?;
        self.opens(header).then(|| self.below(columns(header), header, header))
    }

    /// What is below a header that is indented by `column`, begins with the line `head` and ends with the line `end`.
    fn below(&self, column: usize, head: &[u8], end: &[u8]) -> Reach {
        // Items of a list may be at the indentation of its key.
        let takes_items = self.dialect.has_items_at_key && !end.trim_ascii_start().starts_with(b"-");
        Reach::DeeperThan(column, Header { word: first_word(head).to_vec(), takes_items })
    }

    /// Whether a line of an indented language opens a block.
    fn opens(&self, line: &[u8]) -> bool {
        let code = without_comment(self.dialect, line).trim_ascii_end();
        if self.dialect.has_rules {
            let colon = code.iter().position(|&byte| byte == b':');
            let equals = code.iter().position(|&byte| byte == b'=');
            return !line.starts_with(b"\t")
                && colon.is_some_and(|colon| {
                    equals.is_none_or(|equals| equals > colon + 1 && code.get(colon + 1) != Some(&b':'))
                });
        }
        self.dialect.headers.iter().any(|end| {
            let Some(rest) = code.strip_suffix(end.as_bytes()) else { return false };
            // A word must not be the end of a longer word.
            !end.as_bytes()[0].is_ascii_alphabetic() || rest.last().is_none_or(|byte| !is_word(*byte))
        })
    }

    fn end_closed(&mut self, line: &[u8]) -> bool {
        let Some(text) = &self.text else { return false };
        if text.is_literal {
            return false;
        }
        let height = text.stack.height();
        let conditions = text.stack.conditions.len();
        let has_closed = text.stack.unmatched > self.unmatched || height < self.open;
        let code = line.trim_ascii();
        match self.reach {
            Reach::Unknown if is_preface(self.dialect, line) && height == self.open && !has_closed => return false,
            Reach::Unknown => {
                self.head = if height == self.open && !has_closed { Head::Fresh } else { Head::No };
                self.reach = if height > self.open || conditions > self.conditions || has_closed {
                    Reach::Height(self.open.min(height))
                } else if self.open > 0 {
                    if self.takes_closer { Reach::Height(self.open - 1) } else { Reach::BeforeCloser }
                } else {
                    Reach::Paragraph
                };
            }
            _ => {
                let clause = self.head == Head::Clause || begins_clause(code);
                if self.head != Head::No && height > self.open && (code.starts_with(b"{") || clause) {
                    (self.reach, self.head) = (Reach::Height(self.open), Head::No);
                } else if self.head != Head::No {
                    self.head = if clause && !code.ends_with(b";") { Head::Clause } else { Head::No };
                }
            }
        }
        let Reach::Height(end) = self.reach else { return has_closed && self.is_over(height, conditions) };
        if height > end {
            self.opener = text.stack.open.get(end).map(|open| open.at).or(self.opener);
        }
        self.complete = (height <= end || text.stack.unmatched > self.unmatched && height <= self.open)
            && conditions <= self.conditions
            && !text.stack.has_alternative();
        self.unmatched = text.stack.unmatched;
        self.complete && !self.may_continue(code)
    }

    /// Whether an answer that has closed what it did not open is over.
    fn is_over(&mut self, height: usize, conditions: usize) -> bool {
        if !self.takes_closer {
            return true;
        }
        // A bracket too many in a text without blocks: the block that is not in sight ends.
        if let Some(text) = &self.text {
            self.unmatched = text.stack.unmatched;
        }
        self.reach = Reach::Height(height.min(self.open));
        self.complete = height <= self.open && conditions <= self.conditions;
        false
    }

    /// Whether a line may follow that continues the block; if not, nothing is waited for.
    fn may_continue(&self, code: &[u8]) -> bool {
        if !self.takes_closer && self.reach == Reach::BeforeCloser {
            return false;
        }
        if self.dialect.continuations.is_empty() && !self.dialect.chains_words {
            return false;
        }
        let Some(text) = &self.text else { return true };
        let head = self.opener.map(|at| text.line(at)).unwrap_or_default();
        let defines = |word: &[u8]| {
            matches!(
                word,
                b"fn"
                    | b"func"
                    | b"fun"
                    | b"function"
                    | b"def"
                    | b"class"
                    | b"struct"
                    | b"enum"
                    | b"union"
                    | b"trait"
                    | b"impl"
                    | b"interface"
                    | b"module"
                    | b"mod"
                    | b"namespace"
                    | b"protocol"
                    | b"extension"
                    | b"record"
            )
        };
        let mut words = head.split(|byte| !is_word(*byte)).filter(|word| !word.is_empty()).take(6);
        !(matches!(code, b"}" | b"end") && !head.contains(&b'=') && words.any(defines))
    }
}

/// Where the last line is that is not blank.
fn last_line(text: &[u8]) -> Option<Range<usize>> {
    let end = text.trim_ascii_end().len();
    let start = line_start(text, end);
    (start < end).then_some(start..end)
}

/// The columns that a line is indented by; tabs reach to the next multiple of eight.
fn columns(line: &[u8]) -> usize {
    let spaces = &line[..indentation(line)];
    spaces.iter().fold(0, |column, byte| if *byte == b'\t' { (column / 8 + 1) * 8 } else { column + 1 })
}

fn first_word(line: &[u8]) -> &[u8] {
    let code = line.trim_ascii_start();
    let length = code.iter().take_while(|byte| is_word(**byte)).count();
    &code[..length]
}

/// Whether `code` begins with one of `words`, as a whole word.
fn begins_with_word(code: &[u8], words: &[&str], whole: bool) -> Verdict {
    for word in words {
        let word = word.as_bytes();
        let is_name = is_word(word[word.len() - 1]);
        if code.starts_with(word) && (!is_name || code.get(word.len()).map_or(whole, |byte| !is_word(*byte))) {
            return Verdict::Inside;
        }
    }
    let may_become = |word: &&str| word.as_bytes().starts_with(code);
    if !whole && words.iter().any(may_become) { Verdict::Open } else { Verdict::Behind }
}

/// Whether there is nothing but a comment in a line that begins with `code`.
fn is_comment(dialect: &Dialect, code: &[u8]) -> bool {
    dialect.comments.iter().any(|mark| code.starts_with(mark.as_bytes()))
        || dialect
            .block_comments
            .iter()
            .any(|(open, close)| code.starts_with(open.as_bytes()) && code.trim_ascii_end().ends_with(close.as_bytes()))
}

/// Whether a line that begins with `code` is a comment, or may become one.
fn may_be_comment(dialect: &Dialect, code: &[u8], whole: bool) -> bool {
    let begins = |mark: &str| code.starts_with(mark.as_bytes()) || !whole && mark.as_bytes().starts_with(code);
    dialect.comments.iter().any(|mark| begins(mark))
        || if whole { is_comment(dialect, code) } else { dialect.block_comments.iter().any(|(open, _)| begins(open)) }
}

/// Whether a line is for what follows it: a comment, an attribute, a decorator.
fn is_preface(dialect: &Dialect, line: &[u8]) -> bool {
    let code = line.trim_ascii();
    let ends = code.ends_with(b";") || code.ends_with(b"{") || code.ends_with(b"}");
    is_comment(dialect, code)
        || code.starts_with(b"/*")
        || code.starts_with(b"* ")
        || code == b"*/"
        || !ends
            && (code.starts_with(b"@")
                || code.starts_with(b"#[")
                || code.starts_with(b"#![")
                || code.starts_with(b"[") && code.ends_with(b"]") && dialect.has_bracket_attributes
                || code.starts_with(b"template") && code.ends_with(b">"))
}

/// Whether a line continues the head of a block: a clause before its brace.
fn begins_clause(code: &[u8]) -> bool {
    let words =
        ["where", "throws", "extends", "implements", "requires", "noexcept", "const", "override", "final", "with"];
    begins_with_word(code, &words, true) == Verdict::Inside || code.starts_with(b":") || code.starts_with(b"->")
}

/// A line without the comment at its end.
fn without_comment<'a>(dialect: &Dialect, line: &'a [u8]) -> &'a [u8] {
    let code = line.trim_ascii_end();
    let Some(mark) = dialect.comments.first() else { return code };
    let is_end = |before: &[u8]| dialect.headers.iter().any(|end| before.trim_ascii_end().ends_with(end.as_bytes()));
    // It is a comment if what is before it is a header: else it may be within a string.
    match memchr::memmem::rfind(code, mark.as_bytes()) {
        Some(at) if is_end(&code[..at]) => code[..at].trim_ascii_end(),
        _ => code,
    }
}

/// Whether a block that begins with `header` may be continued with `word`, as far as Python has rules for it.
fn admits(header: &[u8], word: &[u8]) -> bool {
    match word {
        b"elif" | b"except" | b"case" | b"else" | b"finally" => match header {
            b"def" | b"class" | b"with" | b"async" => false,
            b"if" | b"elif" => matches!(word, b"elif" | b"else"),
            b"for" | b"while" => word == b"else",
            b"try" | b"except" => matches!(word, b"except" | b"else" | b"finally"),
            b"finally" => false,
            b"case" => word == b"case",
            _ => true,
        },
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::dialect::{BRACED, INDENTED};

    /// What of `answer` is inside the block, and whether it was ended; the same however it is cut.
    fn block(dialect: &'static Dialect, prefix: &str, infill: bool, answer: &str) -> (String, bool) {
        let run = |size: usize| {
            let mut rule = Block::new(dialect, prefix, infill);
            let mut out = Vec::new();
            for piece in answer.as_bytes().chunks(size) {
                let released = rule.push(piece);
                out.extend(released.bytes);
                if released.stopped.is_some() {
                    return (String::from_utf8(out).expect("text"), true);
                }
            }
            out.extend(rule.finish());
            (String::from_utf8(out).expect("text"), false)
        };
        let whole = run(answer.len().max(1));
        for size in 1..7 {
            assert_eq!(run(size), whole, "in pieces of {size}: {answer:?}");
        }
        whole
    }

    #[test]
    fn indentation() {
        // `|` is where the block ends.
        for (prefix, answer) in [
            ("def add(a, b):\n    return ", "a + b\n|\n\ndef sub():\n"),
            ("def add(a, b):\n    return ", "a + b"),
            ("def f():", "\n    x = 1\n\n    return x\n|\nf()\n"),
            ("def f():\n", "    x = 1\n    return x\n|f()\n"),
            ("def f():  # why: that\n", "    x = 1\n|f()\n"),
            ("def f", "(x):\n    if x:\n        y\n    z\n|g\n"),
            ("class A:\n    def f(self):\n        ", "x = 1\n        return x\n|\n    def g(self):\n"),
            ("def f():\n    if a:\n        b\n    ", "else:\n        c\n|    d\ne\n"),
            ("if a:\n", "    b\nelse:\n    c\nelif_x = 1\n".replace("elif_x", "|elif_x").as_str()),
            ("try:\n    a\n", "except E:\n    b\nfinally:\n    c\n|d\n"),
            ("def f(", "\n    a,\n):\n    return a\n|x\n"),
            ("", "@cache\ndef f():\n    return 1\n|\nx\n"),
            ("", "import a\nimport b\n|\nx = 1\n"),
            ("x = ", "[\n1,\n\n2]\ny = 1\n|\nz\n"),
            ("def f():\n    ", "\"\"\"Text\n\nmore\n\"\"\"\n    return 1\n|x\n"),
            ("    a\n    ", "b\n    c"),
        ] {
            let expected = answer.split('|').next().unwrap_or_default();
            let found = block(&INDENTED, prefix, false, &answer.replace('|', ""));
            assert_eq!(found, (expected.to_owned(), answer.contains('|')), "{prefix:?} {answer:?}");
        }
    }

    #[test]
    fn braces() {
        for (prefix, answer) in [
            ("fn f() {\n", "    1\n}\n|\nfn g() {}\n"),
            ("fn f() {", " 1 }\n|x\n"),
            ("fn f(", "a: u8) -> u8 {\n    if a > 1 {\n        2\n    } else {\n        3\n    }\n}\n|x"),
            ("int f(", "int a)\n{\n    return a;\n}\n|int b;\n"),
            ("  let x = ", "1;\n  let y = 2;\n}\n|z"),
            ("  return add(", "1, 2);\n|}\n"),
            ("  x = ", "[\n 1,\n];\n|y"),
            ("} else {", "\n  x;\n}\n|y\n"),
            ("", "import a;\nimport b;\n|\nx;\n"),
            ("fn f() {\n    let s = ", "\"}\"; // }\n    2\n}\n|x"),
        ] {
            let expected = answer.split('|').next().unwrap_or_default();
            let found = block(&BRACED, prefix, false, &answer.replace('|', ""));
            assert_eq!(found, (expected.to_owned(), answer.contains('|')), "{prefix:?} {answer:?}");
        }
    }

    #[test]
    fn what_closes_the_block_around_stands_behind_a_gap() {
        for (prefix, answer) in [
            ("fn f() {\n  let x = ", "1;\n  y\n|}\nz"),
            ("fn f() {\n  ", "if a {\n    b\n  }\n|  c\n}\n"),
            ("fn f() {\n", "  a;\n  b;\n|}\n"),
            ("fn f() {", "\n  a;\n|}\n"),
            ("f(\n  a,\n  ", "b,\n|)\n"),
        ] {
            let expected = answer.split('|').next().unwrap_or_default();
            let found = block(&BRACED, prefix, true, &answer.replace('|', ""));
            assert_eq!(found, (expected.to_owned(), true), "{prefix:?} {answer:?}");
        }
    }
}
