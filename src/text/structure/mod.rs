//! The structure of a text that grows: where blocks open and close, and whether its end is within a string or a comment.
//!
//! What opens and closes is a [`Token`]: a bracket, a word such as `do` and `end`, a tag, a code fence. [`Structure`] finds
//! the tokens with the language's grammar (tree-sitter parses what is incomplete, and parses again only what has changed)
//! or, for languages without one, with a scanner that knows strings and comments. [`Stack`] pairs them.

pub mod around;
pub mod function;
pub mod scan;
pub mod template;
pub mod tree;

use std::ops::Range;

use crate::text::dialect::Dialect;

/// The most text that is looked at before a gap, and behind one, in bytes.
pub const NEAR: usize = 256 << 10;

/// What belongs together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pair {
    /// `(` and `)`.
    Round,
    /// `[` and `]`.
    Square,
    /// `{` and `}`.
    Curly,
    /// Words: `do` and `end`, `if` and `fi`.
    Word,
    /// Tags, with their names.
    Tag(u64),
    /// Marks of fenced code, which open and close alike.
    Fence,
    /// Marks of a template language: `{% if %}` and `{% endif %}`.
    Template,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It opens a block.
    Open(Pair),
    /// It closes one.
    Close(Pair),
    /// It begins text that may be left out: `#if`.
    If,
    /// It begins an alternative: `#else`.
    Else,
    /// It ends such a text: `#endif`.
    EndIf,
}

/// A piece of text that opens or closes a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Where it begins, in bytes.
    pub at: usize,
    /// What it is.
    pub kind: Kind,
}

/// What was found in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The tokens, in order.
    pub tokens: Vec<Token>,
    /// Strings, comments and the like that are closed, in order.
    pub literals: Vec<Range<usize>>,
    /// Where a string or comment begins that the end of the text is in.
    pub open: Option<usize>,
}

/// A text that grows at its end.
#[derive(Debug, Clone)]
pub struct Structure {
    dialect: &'static Dialect,
    text: Vec<u8>,
    tree: Option<tree::Parsed>,
}

impl Structure {
    /// A text so far.
    #[must_use]
    pub fn new(dialect: &'static Dialect, text: &[u8]) -> Structure {
        Structure { dialect, text: text.to_vec(), tree: dialect.grammar.map(tree::Parsed::new) }
    }

    /// Another text, to be read in the same way: a grammar that takes too long is not tried again.
    #[must_use]
    pub fn another(&self, text: &[u8]) -> Structure {
        let tree = self.dialect.grammar.filter(|_| self.tree.is_some()).map(tree::Parsed::new);
        Structure { dialect: self.dialect, text: text.to_vec(), tree }
    }

    /// Adds to the text.
    pub fn push(&mut self, text: &[u8]) {
        self.text.extend(text);
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// What is in the text from byte `from` on: the beginning of a line outside of strings and comments, or of one of
    /// these.
    pub fn find(&mut self, from: usize) -> Found {
        let mut found = self.find_own(from);
        if self.dialect.has_templates {
            let end = found.open.unwrap_or(self.text.len());
            let marks = template::tokens(&self.text[..end], from);
            if !marks.is_empty() {
                found.tokens.extend(marks);
                found.tokens.sort_by_key(|token| token.at);
            }
        }
        found
    }

    fn find_own(&mut self, from: usize) -> Found {
        if let Some(parsed) = &mut self.tree {
            if let Some(found) = parsed.find(self.dialect, &self.text, from) {
                return found;
            }
            // It takes too long.
            self.tree = None;
        }
        scan::scan(self.dialect, &self.text, from)
    }
}

/// A block that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// What closes it.
    pub pair: Pair,
    /// Where it was opened, in bytes.
    pub at: usize,
}

/// An `#if` that is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Condition {
    /// How many blocks were open there.
    height: usize,
    /// Whether an alternative before this one has opened a block that is still open where it ends.
    has_opened: bool,
}

/// The blocks that are open at a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stack {
    /// The blocks, the innermost last.
    pub open: Vec<Open>,
    /// The `#if`s.
    pub conditions: Vec<Condition>,
    /// What was closed and never opened.
    pub unmatched: usize,
}

impl Stack {
    /// Takes the next token.
    pub fn take(&mut self, token: Token) {
        match token.kind {
            Kind::Open(Pair::Fence) if self.open.last().is_some_and(|open| open.pair == Pair::Fence) => {
                self.open.pop();
            }
            Kind::Open(pair) => self.open.push(Open { pair, at: token.at }),
            Kind::Close(pair) => match self.open.iter().rposition(|open| open.pair == pair) {
                // What is within was never closed.
                Some(index) => self.open.truncate(index),
                None => self.unmatched += 1,
            },
            Kind::If => self.conditions.push(Condition { height: self.open.len(), has_opened: false }),
            // An alternative begins where the first one began.
            Kind::Else => {
                if let Some(condition) = self.conditions.last_mut() {
                    condition.has_opened |= self.open.len() > condition.height;
                    self.open.truncate(condition.height);
                }
            }
            Kind::EndIf => {
                if self.conditions.pop().is_none() {
                    self.unmatched += 1;
                }
            }
        }
    }

    /// Whether an alternative has to open a block, as one before it has.
    #[must_use]
    pub fn has_alternative(&self) -> bool {
        self.conditions.iter().any(|condition| condition.has_opened)
    }

    /// How many blocks are open.
    #[must_use]
    pub fn height(&self) -> usize {
        self.open.len()
    }
}

/// How many tokens of a text have no partner.
#[must_use]
pub fn imbalance(dialect: &'static Dialect, text: &[u8]) -> usize {
    missing(&Structure::new(dialect, text).find(0), 0)
}

/// How many tokens of a text have no partner, at whose beginning this many `#if`s are open.
fn missing(found: &Found, conditions: usize) -> usize {
    let mut dropped = 0;
    let mut stack = Stack { conditions: vec![Condition::default(); conditions], ..Stack::default() };
    for token in &found.tokens {
        let (height, unmatched) = (stack.height(), stack.unmatched);
        stack.take(*token);
        if let Kind::Close(_) = token.kind
            && stack.unmatched == unmatched
        {
            dropped += height - 1 - stack.height();
        }
    }
    stack.height() + stack.conditions.len() + stack.unmatched + dropped + usize::from(found.open.is_some())
}

/// The last `limit` bytes of a text at most, from the beginning of a line on.
#[must_use]
pub fn near_end(text: &[u8], limit: usize) -> &[u8] {
    if text.len() <= limit {
        return text;
    }
    let from = text.len() - limit;
    let line = text[from..].iter().position(|&byte| byte == b'\n').map_or(from, |at| from + at + 1);
    &text[line..]
}

/// The first `limit` bytes of a text at most, up to the end of a line.
#[must_use]
pub fn near_start(text: &[u8], limit: usize) -> &[u8] {
    if text.len() <= limit {
        return text;
    }
    let end = text[..limit].iter().rposition(|&byte| byte == b'\n').map_or(limit, |at| at + 1);
    &text[..end]
}

/// A name as a number.
pub(crate) fn name_number(name: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(&name.to_ascii_lowercase())
}
