//! The text around a gap, read once: what of it decides where blocks open and close.
//!
//! Whole paragraphs are left out where they are complete: those before the last one at each level of nesting, and the
//! like behind the gap. What is left is short however long the file is, and errors of a grammar in what is left out are
//! gone. Behind the gap, what follows the end of the outermost block is left out too.

use std::ops::Range;
use std::sync::OnceLock;

use crate::text::dialect::{Dialect, Family};
use crate::text::lines::{is_word, line_start};
use crate::text::structure::{
    Condition, Found, Kind, NEAR, Pair, Stack, Structure, Token, missing, near_end, near_start,
};

/// A text that is shorter is read whole.
const SHORT: usize = 1 << 10;
/// Lines behind a gap that an answer may repeat; the end of the text is behind them.
const COMPARED: usize = 8;
/// Ends of blocks behind a gap that are tried: one may be within a string.
const TRIES: usize = 3;

/// The text around a gap.
#[derive(Debug)]
pub struct Around {
    dialect: &'static Dialect,
    before: Vec<u8>,
    behind: Vec<u8>,
    read: OnceLock<Before>,
    rest: OnceLock<Behind>,
}

/// The text before a gap.
#[derive(Debug, Clone)]
pub struct Before {
    /// What of it is needed.
    pub structure: Structure,
    /// What was found there.
    pub found: Found,
    /// The `#if`s that are open at its beginning.
    pub conditions: usize,
}

/// The text behind a gap.
#[derive(Debug)]
struct Behind {
    /// What of it is needed.
    text: Vec<u8>,
    /// Where blocks are opened before the gap whose ends are left out.
    unended: Vec<usize>,
}

impl Around {
    /// The text around a gap, as far as it is near.
    #[must_use]
    pub fn new(dialect: &'static Dialect, prefix: &str, suffix: &str) -> Around {
        Around {
            dialect,
            before: near_end(prefix.as_bytes(), NEAR).to_vec(),
            behind: near_start(suffix.as_bytes(), NEAR).to_vec(),
            read: OnceLock::new(),
            rest: OnceLock::new(),
        }
    }

    /// The text before the gap.
    pub fn before(&self) -> &Before {
        self.read.get_or_init(|| read_before(self.dialect, &self.before))
    }

    /// Reads the text before the gap and that behind it, so that [`Around::imbalance`] takes no longer the first time.
    pub fn read(&self) {
        self.rest();
    }

    fn rest(&self) -> &Behind {
        self.rest.get_or_init(|| read_behind(self.dialect, self.before(), &self.behind))
    }

    /// How many blocks, conditions and strings are left open or closed in vain with `answer` in the gap.
    #[must_use]
    pub fn imbalance(&self, answer: &[u8]) -> usize {
        let before = self.before();
        let rest = self.rest();
        let text = [before.structure.text(), answer, &rest.text].concat();
        let mut found = before.structure.another(&text).find(0);
        found.tokens.retain(|token| !rest.unended.contains(&token.at));
        missing(&found, before.conditions)
    }

    /// The language.
    #[must_use]
    pub fn dialect(&self) -> &'static Dialect {
        self.dialect
    }

    /// The lines before the gap and those behind it.
    pub fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.before.split(|&byte| byte == b'\n').chain(self.behind.split(|&byte| byte == b'\n'))
    }
}

fn read_before(dialect: &'static Dialect, text: &[u8]) -> Before {
    let mut structure = Structure::new(dialect, text);
    let found = structure.find(0);
    let whole = Before { structure, found, conditions: 0 };
    if text.len() < SHORT || !dialect.has_parts {
        return whole;
    }
    let outline = Outline::of(dialect, text, &whole.found, 0);
    let (top, conditions) = outline.top;
    let above = std::iter::once(0..top);
    let spare: Vec<_> = above.clone().chain(outline.spare()).collect();
    // A grammar may read the rest in another way.
    [spare, above.collect()]
        .into_iter()
        .map(|spare| without(text, &spare))
        .filter(|(rest, _)| rest.len() < text.len())
        .find_map(|(rest, places)| {
            let mut structure = whole.structure.another(&rest);
            let found = structure.find(0);
            let one = Before { structure, found, conditions };
            is_alike(&whole, &one, &places).then_some(one)
        })
        .unwrap_or(whole)
}

/// Whether the same is open at the end of both.
fn is_alike(whole: &Before, part: &Before, places: &[Range<usize>]) -> bool {
    let open = |before: &Before| {
        let mut stack = Stack { conditions: vec![Condition::default(); before.conditions], ..Stack::default() };
        before.found.tokens.iter().for_each(|token| stack.take(*token));
        stack
    };
    let (stack, other) = (open(whole), open(part));
    let place = |at: usize| place(places, at);
    stack.conditions.len() == other.conditions.len()
        && stack.open.len() == other.open.len()
        && stack.open.iter().zip(&other.open).all(|(one, two)| one.pair == two.pair && one.at == place(two.at))
        && whole.found.open == part.found.open.map(place)
}

/// Where in the whole text a byte of what is left is.
fn place(left: &[Range<usize>], mut at: usize) -> usize {
    for part in left {
        if at < part.len() {
            return part.start + at;
        }
        at -= part.len();
    }
    left.last().map_or(at, |part| part.end + at)
}

fn read_behind(dialect: &'static Dialect, before: &Before, text: &[u8]) -> Behind {
    if text.len() < SHORT || !dialect.has_parts {
        return Behind { text: text.to_vec(), unended: Vec::new() };
    }
    let read = |text: &[u8]| {
        let mut structure = before.structure.clone();
        structure.push(text);
        let found = structure.find(0);
        (structure, found)
    };
    let is_whole = |found: &Found| found.open.is_none() || before.found.open.is_some();
    let ends = || closing_lines(dialect, text).map(|end| &text[..end]);
    let mut parts = ends().take(TRIES).map(|part| (part, read(part)));
    // The gap itself may be within a string, unseen.
    let first = || ends().next().map_or_else(|| (text, read(text)), |part| (part, read(part)));
    let (part, (structure, found)) = parts.find(|(_, (_, found))| is_whole(found)).unwrap_or_else(first);
    let unended = if part.len() < text.len() { unended(before) } else { Vec::new() };
    let from = before.structure.text().len();
    let outline = Outline::of(dialect, structure.text(), &found, from);
    let (rest, _) = without(structure.text(), &outline.spare().collect::<Vec<_>>());
    let due = missing(&found, before.conditions);
    // Errors may have been left out, but none may be new.
    let is_no_worse = missing(&structure.another(&rest).find(0), before.conditions) <= due;
    Behind { text: if is_no_worse { rest[from..].to_vec() } else { part.to_vec() }, unended }
}

/// Where the blocks are opened that are around the innermost one that a line at the margin opens.
fn unended(before: &Before) -> Vec<usize> {
    let mut stack = Stack::default();
    before.found.tokens.iter().for_each(|token| stack.take(*token));
    let text = before.structure.text();
    let is_at_margin = |at: usize| !text[line_start(text, at)].is_ascii_whitespace();
    let innermost = stack.open.iter().rposition(|open| is_at_margin(open.at)).unwrap_or(0);
    stack.open[..innermost].iter().map(|open| open.at).collect()
}

/// Where the lines behind a gap end that close a block at the margin. What is behind such a line has no part in what the
/// gap opens and closes, and may have errors.
fn closing_lines<'a>(dialect: &'a Dialect, text: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let (mut end, mut lines) = (0, 0);
    text.split_inclusive(|&byte| byte == b'\n').filter_map(move |line| {
        end += line.len();
        lines += usize::from(!line.trim_ascii().is_empty());
        let word = line.iter().take_while(|byte| is_word(**byte)).count();
        let closes = match line[0] {
            b'}' | b')' | b']' => true,
            _ => dialect.words.1.iter().any(|one| one.as_bytes() == &line[..word]),
        };
        (closes && lines >= COMPARED).then_some(end)
    })
}

/// `text` without the parts `spare`, and where the parts are that are left.
fn without(text: &[u8], spare: &[Range<usize>]) -> (Vec<u8>, Vec<Range<usize>>) {
    let mut spare = spare.to_vec();
    spare.sort_by_key(|part| part.start);
    let mut left = Vec::new();
    let mut at = 0;
    for part in spare {
        if at < part.start {
            left.push(at..part.start);
        }
        at = at.max(part.end);
    }
    if at < text.len() {
        left.push(at..text.len());
    }
    (left.iter().flat_map(|part| &text[part.clone()]).copied().collect(), left)
}

/// The paragraphs of a block: from the beginning of the second one to that of the last.
#[derive(Debug, Clone)]
struct Level {
    start: usize,
    end: usize,
    conditions: usize,
}

/// The paragraphs of a text.
struct Outline {
    /// The beginning of the last part outside of all blocks, and the number of `#if`s that are open there.
    top: (usize, usize),
    /// Those of the blocks that are open at the end, the outermost first; the first one is outside of all.
    levels: Vec<Option<Level>>,
    /// Those of blocks that are closed.
    closed: Vec<Range<usize>>,
}

impl Outline {
    /// The paragraphs of `text` from byte `from` on, with `found` in it.
    fn of(dialect: &'static Dialect, text: &[u8], found: &Found, from: usize) -> Outline {
        let end = found.open.unwrap_or(text.len());
        let mut outline = Outline { top: (0, 0), levels: vec![None], closed: Vec::new() };
        let mut stack = Stack::default();
        let mut tokens = found.tokens.iter().peekable();
        let mut literals = found.literals.iter().peekable();
        let mut line = 0;
        let (mut is_behind_blank, mut is_continued) = (true, false);
        for next in memchr::memchr_iter(b'\n', &text[..end]).map(|at| at + 1) {
            while let Some(token) = tokens.next_if(|token| token.at < line) {
                outline.take(&mut stack, *token);
            }
            while literals.next_if(|literal| literal.end <= line).is_some() {}
            let is_literal = literals.peek().is_some_and(|literal| literal.start < line);
            let code = &text[line..next];
            // What begins before the gap ends behind it.
            if is_behind_blank && !is_continued && !is_literal && (from == 0 || line > line_start(text, from)) {
                outline.paragraph(dialect, &stack, line, code);
            }
            let code = code.trim_ascii();
            is_behind_blank = code.is_empty();
            // What is behind a comma or an operator continues a list or an expression.
            is_continued = code.last().map_or(is_continued, |last| b",=([\\|&+-".contains(last));
            line = next;
        }
        tokens.for_each(|token| outline.take(&mut stack, *token));
        outline
    }

    fn take(&mut self, stack: &mut Stack, token: Token) {
        let unmatched = stack.unmatched;
        stack.take(token);
        let height = stack.height();
        // Paragraphs end with their block, with one that was never opened here, and with the text that they depend on.
        let ended = if token.kind == Kind::EndIf { 0 } else { height + usize::from(stack.unmatched == unmatched) };
        let conditions = stack.conditions.len();
        for level in self.levels.iter_mut().skip(ended) {
            let is_ended = |level: &mut Level| token.kind != Kind::EndIf || conditions < level.conditions;
            self.closed.extend(level.take_if(is_ended).map(|level| level.start..level.end));
        }
        self.levels.resize(height + 1, None);
    }

    /// Takes the beginning of a paragraph.
    fn paragraph(&mut self, dialect: &Dialect, stack: &Stack, line: usize, code: &[u8]) {
        let conditions = stack.conditions.len();
        let begins = match stack.open.last() {
            None => !code[0].is_ascii_whitespace() && !b")]}#".contains(&code[0]),
            Some(open) => {
                let has_paragraphs = dialect.family == Family::Closed && matches!(open.pair, Pair::Curly | Pair::Word);
                has_paragraphs && begins_statement(dialect, code)
            }
        };
        let Some(level) = self.levels.get_mut(stack.height()).filter(|_| begins) else { return };
        if stack.open.is_empty() {
            self.top = (line, conditions);
        }
        match level {
            Some(level) if level.conditions == conditions => level.end = line,
            _ => {
                let new = Level { start: line, end: line, conditions };
                self.closed.extend(level.replace(new).map(|level| level.start..level.end));
            }
        }
    }

    /// What can be left out.
    fn spare(&self) -> impl Iterator<Item = Range<usize>> {
        let open = self.levels.iter().flatten().map(|level| level.start..level.end);
        open.chain(self.closed.iter().cloned())
    }
}

/// Whether a line is the first one of a statement, and no part of the one above.
fn begins_statement(dialect: &Dialect, code: &[u8]) -> bool {
    let code = code.trim_ascii();
    let word = code.iter().take_while(|byte| is_word(**byte)).count();
    let continues = dialect.continuations.iter().chain(dialect.words.1).any(|one| one.as_bytes() == &code[..word]);
    code.first().is_some_and(|first| word > 0 || b"@$~*/[".contains(first)) && !continues
}
