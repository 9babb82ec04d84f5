//! Diffs: read with bounded memory, whatever is in them, and cut down to a number of tokens.
//!
//! Lock files, generated and binary files are shown by name only. What is left of the budget is shared out among the
//! other files, and a file's share among its hunks: a file that needs less than an equal share leaves the rest to the
//! others.

use std::borrow::Cow;
use std::io::{self, BufRead};

use crate::text::generated;
use crate::vocabulary::Vocabulary;

/// What is kept of a line; longer ones are of no use to a model.
const LINE_BYTES: usize = 400;
/// What is kept of a file.
const FILE_BYTES: usize = 64 << 10;
/// What is kept of all files; beyond, a file keeps [`LATE_FILE_BYTES`].
const ALL_BYTES: usize = 1 << 20;
const LATE_FILE_BYTES: usize = 1 << 10;
/// How many files are kept.
const FILES: usize = 2_000;
/// From this mean length of its lines on, a file was not written by hand.
const MINIFIED: usize = 300;

/// A change of some files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// The files, in the order of the diff.
    pub files: Vec<File>,
    /// Files beyond those that are kept.
    pub more_files: usize,
}

/// How much of a file is worth showing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Its hunks.
    Text,
    /// Its name: a program wrote it.
    Generated,
    /// Its name: it is the lock file of a package manager.
    Lock,
    /// Its name: it is not text.
    Binary,
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is there before and after.
    Changed,
    /// It is new.
    Added,
    /// It is gone.
    Deleted,
    /// It has a new name.
    Renamed,
}

/// A changed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name after the change. Control characters are spelled as git spells them.
    pub path: String,
    /// What happened to it.
    pub status: Status,
    /// How much of it is worth showing.
    pub content: Content,
    /// Lines added.
    pub added: usize,
    /// Lines removed.
    pub removed: usize,
    /// Its hunks, as far as they are kept.
    pub hunks: Vec<Hunk>,
    kept: usize,
    bytes: usize,
}

/// Some lines that belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hunk {
    /// The line that begins with `@@`.
    pub header: String,
    /// The number of its first line after the change.
    pub first: usize,
    /// Its lines as far as they are kept, with their `+`, `-` or blank.
    pub lines: Vec<String>,
    /// How many lines it has.
    pub total: usize,
}

/// A diff as a model is shown it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// The text.
    pub text: String,
    /// How many tokens that are.
    pub tokens: usize,
    /// Files that are shown by name only.
    pub names_only: usize,
    /// Files in all.
    pub files: usize,
    /// Lines of text files that are shown.
    pub lines: usize,
    /// Lines of text files in all.
    pub all_lines: usize,
}

/// Whether a text is a diff, by its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// It is one, or a commit with one.
    Yes,
    /// More of it can tell.
    Maybe,
    /// It is none, as far as it goes.
    No,
}

impl Likeness {
    /// Looks at the `head` of a text.
    #[must_use]
    pub fn of(head: &[u8]) -> Likeness {
        let lines = head.split_inclusive(|&byte| byte == b'\n').map(|line| {
            let mut line = line.to_vec();
            strip_colours(&mut line);
            line
        });
        let mut before = Vec::new();
        let mut first = true;
        for line in lines {
            let is_whole = line.ends_with(b"\n");
            if HEADS.iter().any(|head| line.starts_with(head)) || (first && is_commit(&line)) {
                return Likeness::Yes;
            }
            if before.starts_with(b"--- ") && line.starts_with(b"+++ ") {
                return Likeness::Yes;
            }
            if !is_whole && line.len() < LINE_BYTES {
                let heads = HEADS.iter().copied().chain(FIRST.iter().copied().filter(|_| first));
                let grows = heads.chain([&b"--- "[..], b"+++ "]).any(|head| head.starts_with(&line));
                let is_begun = line.starts_with(b"--- ") || (first && FIRST.iter().any(|head| line.starts_with(head)));
                return if grows || is_begun { Likeness::Maybe } else { Likeness::No };
            }
            before = line;
            first = false;
        }
        if before.starts_with(b"--- ") { Likeness::Maybe } else { Likeness::No }
    }
}

/// What the header of a file in a diff begins with.
const HEADS: [&[u8]; 3] = [b"diff -", b"Index: ", b"@@ -"];
/// What `git show`, `git log` and `git format-patch` begin with.
const FIRST: [&[u8]; 2] = [b"commit ", b"From "];

/// Whether a line names a commit, with a diff behind its message.
fn is_commit(line: &[u8]) -> bool {
    let id = FIRST.iter().find_map(|head| line.strip_prefix(*head)).unwrap_or_default();
    let digits = id.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    digits >= 7 && id.get(digits).is_some_and(u8::is_ascii_whitespace)
}

/// Where the reader is.
enum ReaderState {
    /// Before or between hunks.
    Head,
    /// In a hunk, with this many old and new lines to come.
    Hunk(usize, usize),
}

impl Diff {
    /// Reads a diff as git or `diff -u` writes it, also with colours and with git's other prefixes. Bytes that are not
    /// UTF-8 are replaced.
    ///
    /// # Errors
    /// Errors from `reader`.
    pub fn read(mut reader: impl BufRead) -> io::Result<Diff> {
        let mut diff = Diff::default();
        let mut kept = 0;
        let mut state = ReaderState::Head;
        // Whether the current file was begun by `diff --git`, so that `---` does not begin another.
        let mut announced = false;
        let mut prefixes = PLAIN_PREFIXES;
        // Lines of a diff begin with an escape only if it has colours.
        let mut coloured = false;
        let mut line = Vec::new();
        while next_line(&mut reader, &mut line)? {
            coloured |= matches!(state, ReaderState::Head) && line.starts_with(b"\x1b[");
            if coloured {
                strip_colours(&mut line);
            }
            let text = readable(&line);
            if let ReaderState::Hunk(old, new) = &mut state
                && (*old > 0 || *new > 0)
            {
                let sign = text.bytes().next().unwrap_or(b' ');
                match sign {
                    b'+' => *new = new.saturating_sub(1),
                    b'-' => *old = old.saturating_sub(1),
                    b'\\' => continue,
                    _ => (*old, *new) = (old.saturating_sub(1), new.saturating_sub(1)),
                }
                if let Some(file) = diff.files.last_mut().filter(|_| diff.more_files == 0) {
                    file.take(text, sign, &mut kept);
                }
                continue;
            }
            if let Some(names) = text.strip_prefix("diff --git ") {
                prefixes = Prefixes::of(names);
                diff.begin(&second_name(names, prefixes));
                (state, announced) = (ReaderState::Head, true);
            } else if let Some(path) = text.strip_prefix("--- ") {
                if !std::mem::take(&mut announced) {
                    prefixes = PLAIN_PREFIXES;
                    diff.begin(&name(path, prefixes));
                }
                state = ReaderState::Head;
            } else if diff.more_files > 0 {
                if let Some((old, new, _)) = hunk_counts(&text) {
                    state = ReaderState::Hunk(old, new);
                }
            } else if let Some(file) = diff.files.last_mut() {
                if let Some(path) = text.strip_prefix("+++ ") {
                    // A file that is gone keeps its old name.
                    if path.trim_end() != "/dev/null" {
                        file.path = name(path, prefixes);
                    }
                } else if let Some(path) = text.strip_prefix("rename to ") {
                    (file.path, file.status) = (unquoted(path).into_owned(), Status::Renamed);
                } else if text.starts_with("new file mode") {
                    file.status = Status::Added;
                } else if text.starts_with("deleted file mode") {
                    file.status = Status::Deleted;
                } else if text.starts_with("Binary files ") || text.starts_with("GIT binary patch") {
                    file.content = Content::Binary;
                } else if let Some((old, new, first)) = hunk_counts(&text) {
                    file.hunks.push(Hunk { header: text.into_owned(), first, ..Hunk::default() });
                    state = ReaderState::Hunk(old, new);
                }
            }
        }
        for file in &mut diff.files {
            file.classify();
        }
        Ok(diff)
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The diff in at most `budget` tokens. With `numbered`, each line of the new files has its number, for a review.
    #[must_use]
    pub fn shown(&self, vocabulary: &dyn Vocabulary, budget: usize, numbered: bool) -> Shown {
        let cost = |text: &str| vocabulary.encode(text).len();
        let all_lines = self.files.iter().flat_map(File::shown_hunks).map(|hunk| hunk.total).sum();
        let mut shown = Shown { files: self.files.len() + self.more_files, all_lines, ..Shown::default() };
        // Names first: they may have half of the room.
        let mut heads = Vec::new();
        let mut spent = 0;
        // The last line, of files beyond, has at most 20 bytes.
        let room_for_names = (budget / 2).max(budget.min(64)).saturating_sub(20);
        for file in &self.files {
            let head = file.head();
            let tokens = cost(&head);
            if spent + tokens > room_for_names {
                break;
            }
            spent += tokens;
            heads.push(head);
        }
        let unnamed = shown.files - heads.len();
        let foot = if unnamed > 0 { format!("and {unnamed} more files\n") } else { String::new() };
        let room = budget.saturating_sub(spent + cost(&foot));
        let written: Vec<Vec<Written>> = self.files[..heads.len()]
            .iter()
            .map(|file| file.shown_hunks().iter().map(|hunk| hunk.written(numbered, &cost)).collect())
            .collect();
        let wants: Vec<Want> = written
            .iter()
            .map(|hunks| Want {
                need: hunks.iter().map(|hunk| hunk.want.need).sum(),
                least: hunks.iter().map(|hunk| hunk.want.least).min().unwrap_or(0),
            })
            .collect();
        for (((file, head), hunks), share) in self.files.iter().zip(&heads).zip(&written).zip(shares(&wants, room)) {
            shown.text += head;
            let before = shown.lines;
            let wants: Vec<Want> = hunks.iter().map(|hunk| hunk.want).collect();
            for ((hunk, written), share) in file.shown_hunks().iter().zip(hunks).zip(shares(&wants, share)) {
                shown.lines += hunk.write(written, share, &cost, &mut shown.text);
            }
            shown.names_only += usize::from(shown.lines == before);
        }
        shown.names_only += unnamed;
        shown.text += &foot;
        shown.tokens = cost(&shown.text);
        shown
    }

    fn begin(&mut self, path: &str) {
        if self.files.len() == FILES {
            self.more_files += 1;
            return;
        }
        self.files.push(File {
            path: path.to_owned(),
            status: Status::Changed,
            content: Content::Text,
            added: 0,
            removed: 0,
            hunks: Vec::new(),
            kept: 0,
            bytes: 0,
        });
    }
}

impl File {
    fn take(&mut self, line: Cow<'_, str>, sign: u8, kept: &mut usize) {
        self.added += usize::from(sign == b'+');
        self.removed += usize::from(sign == b'-');
        self.bytes += line.len();
        let Some(hunk) = self.hunks.last_mut() else { return };
        hunk.total += 1;
        let limit = if *kept < ALL_BYTES { FILE_BYTES } else { LATE_FILE_BYTES };
        // Every hunk keeps a line at least, so that none goes unseen.
        if self.kept < limit || (hunk.lines.is_empty() && self.kept < 2 * FILE_BYTES) {
            self.kept += line.len();
            *kept += line.len();
            hunk.lines.push(line.into_owned());
        }
    }

    fn classify(&mut self) {
        if self.content != Content::Text {
            return;
        }
        let lines: usize = self.hunks.iter().map(|hunk| hunk.total).sum();
        let path = &self.path;
        if generated::is_lock(path) {
            self.content = Content::Lock;
        } else if generated::is_generated(path)
            || generated::is_vendored(path)
            || self.says_generated()
            || (lines > 0 && self.bytes / lines > MINIFIED)
        {
            self.content = Content::Generated;
        }
    }

    /// Whether the head of the file says that a program wrote it.
    fn says_generated(&self) -> bool {
        let head = self.hunks.first().filter(|hunk| hunk.first <= 1);
        let lines = head.map_or(&[][..], |hunk| &hunk.lines[..hunk.lines.len().min(5)]);
        lines.iter().any(|line| generated::says_generated(line))
    }

    fn shown_hunks(&self) -> &[Hunk] {
        if self.content == Content::Text { &self.hunks } else { &[] }
    }

    fn head(&self) -> String {
        let status = match self.status {
            Status::Changed => "",
            Status::Added => "new file ",
            Status::Deleted => "deleted file ",
            Status::Renamed => "renamed to ",
        };
        let counts = format!("+{} -{}", self.added, self.removed);
        let what = match self.content {
            Content::Text => counts,
            Content::Generated => format!("generated, {counts}"),
            Content::Lock => format!("lock file, {counts}"),
            Content::Binary => "binary".to_owned(),
        };
        format!("=== {status}{} ({what})\n", self.path)
    }
}

/// The lines of a hunk as they are shown, and what they cost.
struct Written {
    lines: Vec<(String, usize)>,
    want: Want,
}

impl Hunk {
    fn written(&self, numbered: bool, cost: &dyn Fn(&str) -> usize) -> Written {
        let mut number = self.first;
        let head = std::iter::once(format!("{}\n", self.header));
        let lines = self.lines.iter().map(|line| {
            if !numbered {
                return format!("{line}\n");
            }
            if line.starts_with('-') {
                return format!("      {line}\n");
            }
            let line = format!("{number:5} {line}\n");
            // The header says what it likes.
            number = number.saturating_add(1);
            line
        });
        let lines: Vec<_> = head.chain(lines).map(|line| (line.clone(), cost(&line))).collect();
        let need: usize = lines.iter().map(|(_, tokens)| tokens).sum();
        let head: usize = lines.iter().take(2).map(|(_, tokens)| tokens).sum();
        let least = need.min(head + cost(&more_lines(self.total)));
        Written { lines, want: Want { need, least } }
    }

    /// Writes as many lines as `share` tokens allow, and gives their number without the header.
    fn write(&self, written: &Written, share: usize, cost: &dyn Fn(&str) -> usize, out: &mut String) -> usize {
        let whole = written.want.need <= share && self.lines.len() == self.total;
        let room = if whole { share } else { share.saturating_sub(cost(&more_lines(self.total))) };
        let mut spent = 0;
        let fit = written.lines.iter().take_while(|(_, tokens)| {
            spent += tokens;
            spent <= room
        });
        let count = fit.count();
        // A header alone says nothing.
        if count < 2 {
            return 0;
        }
        out.extend(written.lines[..count].iter().map(|(line, _)| line.as_str()));
        let lines = count - 1;
        if lines < self.total {
            *out += &more_lines(self.total - lines);
        }
        lines
    }
}

fn more_lines(lines: usize) -> String {
    format!("[{lines} more lines]\n")
}

/// Divides `room`: a need below an equal share is met in full, the others divide the rest. A share of less than `least`
/// is of no use, and goes to those that come earlier.
fn shares(wants: &[Want], room: usize) -> Vec<usize> {
    let mut needs: Vec<usize> = wants.iter().map(|want| want.need).collect();
    loop {
        let shares = equal_shares(&needs, room);
        let useless: Vec<usize> =
            (0..needs.len()).filter(|&index| needs[index] > 0 && shares[index] < wants[index].least).collect();
        if useless.is_empty() {
            return shares;
        }
        let kept = useless.len() - useless.len().div_ceil(4);
        useless[kept..].iter().for_each(|&index| needs[index] = 0);
    }
}

fn equal_shares(needs: &[usize], room: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..needs.len()).collect();
    order.sort_by_key(|&index| needs[index]);
    let mut shares = vec![0; needs.len()];
    let mut room = room;
    for (position, &index) in order.iter().enumerate() {
        shares[index] = needs[index].min(room / (needs.len() - position));
        room -= shares[index];
    }
    shares
}

/// The tokens that a file or a hunk needs to be shown whole, and to be shown at all.
#[derive(Debug, Clone, Copy)]
struct Want {
    need: usize,
    least: usize,
}

/// Reads a line without its end, of which at most [`LINE_BYTES`] are kept. False at the end.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let mut any = false;
    loop {
        let buffer = match reader.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            return Ok(any);
        }
        any = true;
        let end = buffer.iter().position(|&byte| byte == b'\n');
        let part = &buffer[..end.unwrap_or(buffer.len())];
        let room = LINE_BYTES.saturating_sub(line.len());
        line.extend(&part[..part.len().min(room)]);
        let used = end.map_or(buffer.len(), |end| end + 1);
        reader.consume(used);
        if end.is_some() {
            return Ok(true);
        }
    }
}

/// The text of a line. Bytes that are not text are replaced, and control characters too.
fn readable(line: &[u8]) -> Cow<'_, str> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = String::from_utf8_lossy(line);
    let odd = |character: char| character.is_control() && character != '\t';
    if text.contains(odd) { text.replace(odd, "\u{FFFD}").into() } else { text }
}

/// `-a,b +c,d` of a hunk's header: the old and new lines that follow, and the first new one's number.
fn hunk_counts(header: &str) -> Option<(usize, usize, usize)> {
    let (old, rest) = header.strip_prefix("@@ -")?.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    let count = |range: &str| range.split_once(',').map_or(Some(1), |(_, count)| count.parse().ok());
    Some((count(old)?, count(new)?, new.split(',').next()?.parse().ok()?))
}

/// Takes the colours out of a line.
fn strip_colours(line: &mut Vec<u8>) {
    let mut kept = Vec::with_capacity(line.len());
    let mut rest = &line[..];
    while let Some(at) = memchr::memmem::find(rest, b"\x1b[") {
        let code = &rest[at + 2..];
        let end = code.iter().position(|byte| !byte.is_ascii_digit() && *byte != b';').unwrap_or(code.len());
        let is_colour = matches!(code.get(end), Some(b'm' | b'K'));
        kept.extend(&rest[..if is_colour { at } else { at + 2 }]);
        rest = if is_colour { &code[end + 1..] } else { code };
    }
    kept.extend(rest);
    *line = kept;
}

/// What is before the names of a file, without being part of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prefixes {
    /// One before the old name, and one before the new one.
    Pair(&'static str, &'static str),
    /// Nothing, as with `diff.noPrefix`.
    None,
}

const PLAIN_PREFIXES: Prefixes = Prefixes::Pair("a/", "b/");

/// Those that git writes: the usual ones, and with `diff.mnemonicPrefix` the letters of commit, index, work tree and
/// object.
const KNOWN_PREFIXES: [(&str, &str); 10] = [
    ("a/", "b/"),
    ("b/", "a/"),
    ("i/", "w/"),
    ("w/", "i/"),
    ("c/", "i/"),
    ("i/", "c/"),
    ("c/", "w/"),
    ("w/", "c/"),
    ("o/", "w/"),
    ("1/", "2/"),
];

impl Prefixes {
    /// The prefixes of the two names behind `diff --git `.
    fn of(names: &str) -> Prefixes {
        let pair = |(old, new)| Prefixes::Pair(old, new);
        if let Some((first, second)) = halves(names) {
            // The same file twice.
            let alike = |(old, new): &(&str, &str)| {
                first.strip_prefix(old).is_some_and(|first| Some(first) == second.strip_prefix(new))
            };
            if let Some(known) = KNOWN_PREFIXES.into_iter().find(alike) {
                return pair(known);
            }
            if first == second {
                return Prefixes::None;
            }
        }
        let fits = |(old, new): &(&str, &str)| {
            names.trim_start_matches('"').starts_with(old)
                && (names.contains(&format!(" {new}")) || names.contains(&format!(" \"{new}")))
        };
        KNOWN_PREFIXES.into_iter().find(fits).map_or(PLAIN_PREFIXES, pair)
    }
}

/// Two names of the same length, with a blank between them.
fn halves(names: &str) -> Option<(&str, &str)> {
    let middle = names.len() / 2;
    Some((names.get(..middle)?, names.get(middle..)?.strip_prefix(' ')?)).filter(|(a, b)| a.len() == b.len())
}

/// The name behind `--- ` or `+++ `, without the prefix, and without the time that `diff -u` adds.
fn name(text: &str, prefixes: Prefixes) -> String {
    let text = unquoted(text.split('\t').next().unwrap_or_default().trim_end());
    match prefixes {
        Prefixes::Pair(old, new) => text.strip_prefix(old).or(text.strip_prefix(new)).unwrap_or(&text).to_owned(),
        Prefixes::None => text.into_owned(),
    }
}

/// git puts names with odd characters between quotation marks. Bytes of other scripts become text again; control
/// characters stay as git spells them.
fn unquoted(text: &str) -> Cow<'_, str> {
    let Some(inner) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else { return text.into() };
    if !inner.contains('\\') {
        return inner.into();
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        let octal = behind.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        let octal = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match (byte, behind.first(), octal) {
            (b'\\', _, Some(value @ 0x80..)) => {
                bytes.push(value);
                rest = &behind[3..];
            }
            (b'\\', Some(&mark @ (b'"' | b'\\')), _) => {
                bytes.push(mark);
                rest = &behind[1..];
            }
            (b'\\', Some(&letter), _) => {
                bytes.extend([byte, letter]);
                rest = &behind[1..];
            }
            _ => {
                bytes.push(byte);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned().into()
}

/// The second of the two names behind `diff --git `, which are alike unless lines behind it say otherwise.
fn second_name(names: &str, prefixes: Prefixes) -> String {
    let second = match names.strip_suffix('"').and_then(|names| names.rfind(" \"")) {
        Some(at) => &names[at + 1..],
        // `a/NAME b/NAME`, and the name may have blanks in it.
        None => names.get(names.len() / 2 + 1..).unwrap_or(names),
    };
    name(second, prefixes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Bytes;

    const DIFF: &str = "diff --git a/a b.py b/a b.py\nindex 1..2 100644\n--- a/a b.py\n+++ b/a b.py\n\
        @@ -1,2 +1,3 @@\n x\n--- y\n+++ z\n+w\n@@ -9 +10 @@ def f():\n-a\n+b\n\\ No newline at end of file\n\
        diff --git a/Cargo.lock b/Cargo.lock\n--- a/Cargo.lock\n+++ b/Cargo.lock\n@@ -1 +0,0 @@\n-a\n\
        diff --git \"a/n\\nl\" \"b/n\\nl\"\nnew file mode 100644\nBinary files /dev/null and \"b/n\\nl\" differ\n\
        diff --git a/old b/new\nsimilarity index 100%\nrename from old\nrename to new\n\
        diff --git a/gone b/gone\ndeleted file mode 100644\n--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n";

    fn read(text: impl AsRef<[u8]>) -> Diff {
        Diff::read(text.as_ref()).expect("read from memory")
    }

    #[test]
    fn files_and_hunks() {
        let diff = read(DIFF);
        let files: Vec<_> = diff
            .files
            .iter()
            .map(|file| (file.path.as_str(), file.status, file.content, file.added, file.removed, file.hunks.len()))
            .collect();
        assert_eq!(
            files,
            [
                ("a b.py", Status::Changed, Content::Text, 3, 2, 2),
                ("Cargo.lock", Status::Changed, Content::Lock, 0, 1, 1),
                ("n\\nl", Status::Added, Content::Binary, 0, 0, 0),
                ("new", Status::Renamed, Content::Text, 0, 0, 0),
                ("gone", Status::Deleted, Content::Text, 0, 1, 1),
            ]
        );
        let shown = diff.shown(&Bytes, 10_000, false);
        assert_eq!(
            shown.text,
            "=== a b.py (+3 -2)\n@@ -1,2 +1,3 @@\n x\n--- y\n+++ z\n+w\n@@ -9 +10 @@ def f():\n-a\n+b\n\
             === Cargo.lock (lock file, +0 -1)\n=== new file n\\nl (binary)\n=== renamed to new (+0 -0)\n\
             === deleted file gone (+0 -1)\n@@ -1 +0,0 @@\n-a\n"
        );
        assert_eq!((shown.lines, shown.all_lines, shown.names_only, shown.files), (7, 7, 3, 5));
        assert!(diff.shown(&Bytes, 10_000, true).text.contains("    1  x\n      --- y\n    2 +++ z\n    3 +w\n"));
    }

    #[test]
    fn diffs_without_git_and_texts_that_are_none() {
        let plain =
            read("--- f.c\t2026-01-01\n+++ f.c\t2026-01-02\n@@ -1 +1 @@\n-a\n+b\n--- g\n+++ g\n@@ -1 +1 @@\n-a\n+b\n");
        assert_eq!(plain.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["f.c", "g"]);
        assert!(read("").is_empty() && read("hello\nworld\n").is_empty());
        for odd in [
            "@@ -1 +1 @@\n",
            "diff --git \n",
            "diff --git \"\n",
            "--- \n+++ \n@@ -1,99999999999999999999 +1 @@\n",
            "--- a\n+++ a\n@@ -1,9 +18446744073709551615,9 @@\n+a\n+b\n+c\n",
            "diff --git é\n",
        ] {
            let _ = read(odd).shown(&Bytes, 100, true);
        }
    }

    #[test]
    fn the_form_of_a_diff_on_stdin_does_not_matter() {
        let hunk = "@@ -1 +1 @@\n-a\n+b\n";
        let (plain, name) = (read(format!("diff --git a/a/x b/a/x\n--- a/a/x\n+++ b/a/x\n{hunk}")), "a/x");
        assert_eq!(plain.files[0].path, name);
        for (old, new) in KNOWN_PREFIXES.into_iter().chain([("", "")]) {
            let other = format!("diff --git {old}{name} {new}{name}\n--- {old}{name}\n+++ {new}{name}\n{hunk}");
            assert_eq!(read(other), plain, "{old} {new}");
        }
        let coloured = "\x1b[1mdiff --git c/a/x i/a/x\x1b[m\n\x1b[1m--- c/a/x\x1b[m\n\x1b[1m+++ i/a/x\x1b[m\n\
                        \x1b[36m@@ -1 +1 @@\x1b[m\n\x1b[31m-a\x1b[m\n\x1b[32m+\x1b[m\x1b[32mb\x1b[m\n";
        assert_eq!(read(coloured), plain);
        let renamed =
            read("diff --git i/a/x w/b\nsimilarity index 90%\nrename from a/x\nrename to b\n--- i/a/x\n+++ w/b\n");
        assert_eq!((renamed.files[0].path.as_str(), renamed.files[0].status), ("b", Status::Renamed));
        let quoted = r#"diff --git "a/caf\303\251\t\"\\" "b/caf\303\251\t\"\\""#;
        assert_eq!(read(quoted).files[0].path, "café\\t\"\\");
        // An escape in a file is a line of it.
        let escape = read("--- a\n+++ a\n@@ -1 +1 @@\n-\x1b[1ma\n+b\n");
        assert_eq!(escape.files[0].hunks[0].lines, ["-\u{FFFD}[1ma", "+b"]);
    }

    #[test]
    fn diffs_are_told_by_their_beginning() {
        let yes = [
            DIFF,
            "\x1b[1mdiff --git a/x b/x\x1b[m\n",
            "commit 0123456789abcdef\nAuthor: x\n",
            "From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17\n",
            "--- f.c\t2026-01-01\n+++ f.c",
            "Index: f\n=====\n",
            "diff -r 123 f\n",
            " f | 2 +-\n\ndiff --git a/f b/f\n",
        ];
        for text in yes {
            assert_eq!(Likeness::of(text.as_bytes()), Likeness::Yes, "{text}");
        }
        for text in ["d", "diff", "--", "--- f.c", "--- f.c\n", "--- f.c\n+", "commit 01234", "From", "Ind", "a\ndi"] {
            assert_eq!(Likeness::of(text.as_bytes()), Likeness::Maybe, "{text}");
        }
        for text in ["x", "one\ntwo\n", "---\n", "--- a\nb\n", "commit it\n", "From me to you\n", "differ\n"] {
            assert_eq!(Likeness::of(text.as_bytes()), Likeness::No, "{text}");
        }
        // Every beginning of a diff leaves the question open, or answers it.
        let first = DIFF.find("--- a").expect("there");
        assert!((1..first).all(|end| Likeness::of(&DIFF.as_bytes()[..end]) != Likeness::No));
    }

    #[test]
    fn what_is_no_text_is_replaced() {
        let diff = read(b"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-caf\xe9\n+\x1b[0m\0\n");
        assert_eq!(diff.files[0].hunks[0].lines, ["-caf\u{FFFD}", "+\u{FFFD}[0m\u{FFFD}"]);
    }

    #[test]
    fn every_file_and_hunk_keeps_its_share() {
        let hunk = |lines: usize| format!("@@ -1 +1,{lines} @@\n") + &"+some line\n".repeat(lines) + "-x\n";
        let file = |name: &str, hunks: &[usize]| {
            format!("diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n")
                + &hunks.iter().map(|&lines| hunk(lines)).collect::<String>()
        };
        let diff = read(file("large", &[900, 900]) + &file("small", &[3]) + &file("other", &[500]));
        for budget in [160, 400, 1000, 5000, 20_000, 100_000] {
            let shown = diff.shown(&Bytes, budget, false);
            assert!(shown.tokens <= budget, "{budget}: {}", shown.tokens);
            assert!(["large", "small", "other"].iter().all(|name| shown.text.contains(name)), "{budget}");
            if budget >= 1000 {
                assert_eq!(shown.text.matches("@@ -1 +1,900 @@").count(), 2, "{budget}");
                assert!(shown.text.contains("@@ -1 +1,3 @@\n+some line\n+some line\n+some line\n-x\n"), "{budget}");
            }
        }
        let many: String = (0..3000).map(|index| file(&format!("f{index}"), &[1])).collect();
        let shown = read(many).shown(&Bytes, 500, false);
        assert!(shown.tokens <= 500 && shown.text.contains(" more files\n"), "{}", shown.text);
        assert_eq!(shown.files, 3000);
    }

    #[test]
    fn programs_files_are_told_by_their_head() {
        let diff = read("--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+// @generated by a tool\n");
        assert_eq!(diff.files[0].content, Content::Generated);
        let long = read(format!("--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+{}\n", "x".repeat(100_000)));
        assert_eq!((long.files[0].content, long.files[0].hunks[0].lines[0].len()), (Content::Generated, LINE_BYTES));
    }
}
