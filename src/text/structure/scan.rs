//! Tokens by a scanner, for languages without a grammar: it knows their comments, strings and words, and no more.

use crate::text::dialect::{Dialect, WordRule};
use crate::text::lines::{is_word, line_start};
use crate::text::structure::{Found, Kind, Pair, Token, name_number};

/// What a byte opens or closes.
#[must_use]
pub fn bracket(byte: u8) -> Option<Kind> {
    Some(match byte {
        b'(' => Kind::Open(Pair::Round),
        b')' => Kind::Close(Pair::Round),
        b'[' => Kind::Open(Pair::Square),
        b']' => Kind::Close(Pair::Square),
        b'{' => Kind::Open(Pair::Curly),
        b'}' => Kind::Close(Pair::Curly),
        _ => return None,
    })
}

/// What is in `text` from byte `from` on, the beginning of a line.
#[must_use]
pub fn scan(dialect: &'static Dialect, text: &[u8], from: usize) -> Found {
    let mut scanner = Scanner { dialect, text, at: from, squares: 0, unclosed: Vec::new(), found: Found::default() };
    while scanner.at < text.len() {
        scanner.step();
    }
    scanner.found
}

struct Scanner<'a> {
    dialect: &'static Dialect,
    text: &'a [u8],
    at: usize,
    /// Square brackets that are open: words within them are values.
    squares: usize,
    /// For each kind of string, where a line ends in which it is known not to be closed.
    unclosed: Vec<(&'static str, usize)>,
    found: Found,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.text[self.at..]
    }

    fn step(&mut self) {
        let rest = self.rest();
        let is_line_start = self.at == 0 || self.text[self.at - 1] == b'\n';
        if let Some((open, close)) =
            self.dialect.block_comments.iter().find(|(open, _)| match open.strip_prefix('\n') {
                Some(open) => is_line_start && rest.starts_with(open.as_bytes()),
                None => rest.starts_with(open.as_bytes()),
            })
        {
            return self.skip(open.trim_start().len(), close.as_bytes(), false, true);
        }
        if self.dialect.comments.iter().any(|mark| self.begins_comment(mark)) {
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            self.found.literals.push(self.at..self.at + end);
            self.at += end.max(1);
            return;
        }
        if let Some(quote) = self.dialect.quotes.iter().find(|quote| rest.starts_with(quote.open.as_bytes()))
            && !(quote.open == "'" && self.is_apostrophe())
        {
            return self.skip(quote.open.len(), quote.close.as_bytes(), quote.escapes, quote.long);
        }
        if let Some(kind) = bracket(rest[0]) {
            match kind {
                Kind::Open(Pair::Square) => self.squares += 1,
                Kind::Close(Pair::Square) => self.squares = self.squares.saturating_sub(1),
                _ => {}
            }
            self.add(kind);
            self.at += 1;
            return;
        }
        if !self.dialect.words.0.is_empty() && begins_word(rest[0]) {
            return self.word();
        }
        // A word at once: none of its letters begins anything.
        let length = rest.iter().take_while(|byte| is_word(**byte)).count();
        self.at += length.max(1);
    }

    fn add(&mut self, kind: Kind) {
        self.found.tokens.push(Token { at: self.at, kind });
    }

    /// Whether a comment begins here with `mark`: for marks that are more than that, not within a word.
    fn begins_comment(&self, mark: &str) -> bool {
        let rest = self.rest();
        if !rest.starts_with(mark.as_bytes()) {
            return false;
        }
        let before = self.at.checked_sub(1).map(|at| self.text[at]);
        match mark {
            // `$#`, `${a#b}` and `\%` are none.
            "#" | "%" => before.is_none_or(|byte| byte.is_ascii_whitespace() || b";(){}[],".contains(&byte)),
            "\"" | "'" => {
                let start = line_start(self.text, self.at);
                let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
                let is_alone = before.is_none_or(|byte| byte.is_ascii_whitespace()) && !line[1..].contains(&b'"');
                self.text[start..self.at].trim_ascii().is_empty() || mark == "'" || is_alone
            }
            _ => true,
        }
    }

    /// Whether a quote is an apostrophe, a lifetime, or the mark of a transposed matrix: it is within or behind a word.
    fn is_apostrophe(&self) -> bool {
        let before = self.at.checked_sub(1).map(|at| self.text[at]);
        let rest = self.rest();
        let is_character = rest.get(2) == Some(&b'\'') || rest.get(1) == Some(&b'\\');
        if matches!(before, Some(b'<' | b'&')) && !is_character {
            return true;
        }
        before.is_some_and(|byte| is_word(byte) || byte == b')') && !self.dialect.any_case
    }

    /// Goes behind a string or a comment.
    fn skip(&mut self, open: usize, close: &[u8], escapes: bool, long: bool) {
        let start = self.at;
        let body = &self.text[start + open..];
        let line = memchr::memchr(b'\n', body).unwrap_or(body.len());
        let key = std::str::from_utf8(close).unwrap_or_default();
        // No line is looked through more than once for each kind, however long it is.
        if !long && self.unclosed.iter().any(|(mark, end)| *mark == key && start < *end) {
            self.at += open;
            return;
        }
        let within = if long { body } else { &body[..line] };
        match closing(within, close, escapes) {
            Some(end) => {
                self.at = start + open + end + close.len();
                self.found.literals.push(start..self.at);
            }
            None if long => {
                self.found.open = Some(start);
                self.at = self.text.len();
            }
            // An apostrophe, perhaps.
            None => {
                let end = start + open + line;
                let mark = self.dialect.quotes.iter().map(|quote| quote.close).find(|mark| *mark == key);
                self.unclosed.retain(|(known, _)| *known != key);
                self.unclosed.extend(mark.map(|mark| (mark, end)));
                self.at += open;
            }
        }
    }

    fn word(&mut self) {
        let rest = self.rest();
        let length = 1 + rest[1..].iter().take_while(|byte| is_word(**byte)).count();
        let word = &rest[..length];
        let is_one = |words: &[&str]| {
            words.iter().any(|one| {
                if self.dialect.any_case { word.eq_ignore_ascii_case(one.as_bytes()) } else { word == one.as_bytes() }
            })
        };
        let (opens, closes) = (is_one(self.dialect.words.0), is_one(self.dialect.words.1));
        if !opens && !closes {
            self.at += length;
            return;
        }
        let behind = rest[length..].trim_ascii_start();
        let before = self.at.checked_sub(1).map(|at| self.text[at]);
        let start = line_start(self.text, self.at);
        let text = self.text;
        let head = text[start..self.at].trim_ascii();
        let line_end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let tail = rest[length..line_end].trim_ascii();
        let rule = self.dialect.word_rule;
        let is_value = self.squares > 0
            || matches!(before, Some(b'.' | b':' | b'@' | b'$'))
            || behind.starts_with(b":") && !behind.starts_with(b"::") && rule == WordRule::Elixir;
        let is_command = rule != WordRule::Command || head.is_empty() || head.ends_with(b";");
        if closes && !is_value && is_command {
            if let Some(name) = self.environment(word, length) {
                self.add(Kind::Close(Pair::Tag(name)));
            } else {
                self.add(Kind::Close(Pair::Word));
                // `end if`, `End Sub`: what follows says what is ended.
                let next = rest[length..line_end].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                let word = rest[length + next..line_end].iter().take_while(|byte| is_word(**byte)).count();
                if self.dialect.any_case && rule != WordRule::Sql {
                    self.at += length + next + word;
                    return;
                }
            }
        } else if opens && !is_value && self.opens(&word.to_ascii_lowercase(), head, tail) {
            match self.environment(word, length) {
                Some(name) => self.add(Kind::Open(Pair::Tag(name))),
                None => self.add(Kind::Open(Pair::Word)),
            }
        }
        self.at += length;
    }

    /// The name of an environment of TeX, of which `word` is the beginning or the end.
    fn environment(&self, word: &[u8], length: usize) -> Option<u64> {
        if word[0] != b'\\' {
            return None;
        }
        let rest = &self.rest()[length..];
        let inner = rest.trim_ascii_start().strip_prefix(b"{")?;
        let end = memchr::memchr(b'}', &inner[..inner.len().min(80)])?;
        Some(name_number(&inner[..end]))
    }

    /// Whether `word` opens a block between the `head` and the `tail` of its line.
    fn opens(&self, word: &[u8], head: &[u8], tail: &[u8]) -> bool {
        let is_first = head.is_empty();
        let lower = tail.to_ascii_lowercase();
        match self.dialect.word_rule {
            WordRule::Fortran => match word {
                b"if" => lower.ends_with(b"then"),
                b"where" | b"forall" => is_first && lower.ends_with(b")"),
                b"type" => is_first && !lower.starts_with(b"("),
                b"do" | b"select" | b"block" | b"associate" | b"interface" | b"program" | b"enum" => {
                    is_first || head.ends_with(b":") || head.ends_with(b"abstract")
                }
                b"module" => is_first && !lower.starts_with(b"procedure"),
                b"function" | b"subroutine" => !head.to_ascii_lowercase().starts_with(b"end"),
                _ => is_first,
            },
            WordRule::VisualBasic => match word {
                b"if" => is_first && (lower.ends_with(b"then") || lower.is_empty()),
                b"for" | b"while" | b"do" | b"select" | b"try" | b"with" | b"using" => is_first,
                _ => !head
                    .to_ascii_lowercase()
                    .split(|byte| *byte == b' ')
                    .any(|word| matches!(word, b"end" | b"exit" | b"declare" | b"delegate" | b"mustoverride")),
            },
            WordRule::Crystal => match word {
                b"if" | b"unless" | b"while" | b"until" => is_first || head.ends_with(b"="),
                _ => true,
            },
            WordRule::Julia => {
                !matches!(word, b"for" | b"if") || is_first || head.ends_with(b"=") || head.ends_with(b"@inbounds")
            }
            WordRule::LineStart | WordRule::Command => is_first,
            WordRule::Elixir => !lower.starts_with(b":"),
            WordRule::Pascal => match word {
                b"class" | b"object" | b"interface" => {
                    head.ends_with(b"=") && !lower.starts_with(b";") && !lower.starts_with(b"of")
                }
                _ => true,
            },
            WordRule::Ada => match word {
                b"package" | b"entity" | b"architecture" => is_first,
                b"if" | b"case" | b"loop" | b"record" | b"process" => !head.to_ascii_lowercase().ends_with(b"end"),
                _ => false,
            },
            WordRule::Sql => match word {
                b"begin" => {
                    !lower.starts_with(b"transaction") && !lower.starts_with(b";") && !lower.starts_with(b"work")
                }
                _ => true,
            },
            WordRule::Verilog => word != b"interface" || is_first,
            WordRule::Everywhere => true,
        }
    }
}

/// Whether a byte begins a word; commands of TeX are words.
fn begins_word(byte: u8) -> bool {
    byte == b'\\' || is_word(byte) && !byte.is_ascii_digit()
}

/// Where `close` first is in `text`, not escaped.
fn closing(text: &[u8], close: &[u8], escapes: bool) -> Option<usize> {
    if !escapes {
        return memchr::memmem::find(text, close);
    }
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let end = memchr::memmem::find(rest, close)?;
        let escape = memchr::memchr(b'\\', &rest[..end]);
        let before = &rest[..escape.unwrap_or(end)];
        // A value within the string may have strings of its own; a brace that does not end is text.
        let value = memchr::memchr2_iter(b'$', b'#', before).find(|at| rest.get(at + 1) == Some(&b'{'));
        match (value.and_then(|value| Some((value, value_end(&rest[value + 2..], 0)?))), escape) {
            (Some((value, length)), _) => at += value + 2 + length,
            (None, Some(escape)) => at += (escape + 2).min(rest.len()),
            (None, None) => return Some(at + end),
        }
    }
}

/// Behind the brace that ends a value within a string, which is short and in a line.
fn value_end(text: &[u8], depth: usize) -> Option<usize> {
    const LONGEST: usize = 400;
    const DEEPEST: usize = 4;
    let mut open = 1;
    let mut at = 0;
    while at < LONGEST {
        match text.get(at)? {
            b'\n' => return None,
            b'{' => open += 1,
            b'}' if open == 1 => return Some(at + 1),
            b'}' => open -= 1,
            b'"' if depth < DEEPEST => at += quoted_end(&text[at + 1..], depth + 1)?,
            _ => {}
        }
        at += 1;
    }
    None
}

/// Behind the quote that ends a string within a value.
fn quoted_end(text: &[u8], depth: usize) -> Option<usize> {
    let mut at = 0;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\n' => return None,
            b'\\' => at += 1,
            b'$' | b'#' if text.get(at + 1) == Some(&b'{') => at += 1 + value_end(&text[at + 2..], depth)?,
            _ => {}
        }
        at += 1;
    }
}
