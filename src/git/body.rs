//! The body of a commit message: paragraphs and lists are wrapped, everything else keeps its lines.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::git::trailers;

/// The width of bodies in columns, and the length of subjects in characters.
pub const WIDTH: usize = 72;

/// The body and the trailers that `lines` of a model's answer hold. No line begins with the comment string.
#[must_use]
pub fn of(lines: &[String], comment: Option<&str>) -> (String, Vec<String>) {
    let comment = comment.filter(|comment| !comment.trim().is_empty());
    let mut lines = marked(lines);
    let trailers = taken_trailers(&mut lines);
    let mut out: Vec<String> = Vec::new();
    for block in blocks(&lines) {
        match block {
            Block::Blank if out.last().is_some_and(|last| !last.is_empty()) => out.push(String::new()),
            Block::Blank => {}
            Block::Kept(kept) => {
                let begins = |line: &String| comment.is_some_and(|comment| line.starts_with(comment));
                let shift = if kept.iter().any(begins) { " " } else { "" };
                out.extend(kept.iter().map(|line| format!("{shift}{line}").trim_end().to_owned()));
            }
            Block::Text { first, rest, text } => wrap(&text, &first, &rest, comment, &mut out),
        }
    }
    while out.last().is_some_and(String::is_empty) {
        out.pop();
    }
    (out.join("\n"), trailers)
}

/// A line, and whether it is code between fences.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    text: String,
    is_code: bool,
}

impl Line {
    fn is_blank(&self) -> bool {
        !self.is_code && self.text.trim().is_empty()
    }

    fn indentation(&self) -> usize {
        self.text.len() - self.text.trim_start_matches(' ').len()
    }
}

/// The fence that a line opens or closes: its character, its length, and whether a language follows.
#[must_use]
pub fn fence(line: &str) -> Option<(char, usize, bool)> {
    let line = line.trim();
    let character = line.chars().next().filter(|character| matches!(character, '`' | '~'))?;
    let rest = line.trim_start_matches(character);
    let length = line.len() - rest.len();
    // An inline code span of three backticks is none.
    (length >= 3 && !rest.contains('`')).then_some((character, length, !rest.trim().is_empty()))
}

/// Marks what is between fences, and takes the indentation away that all lines share.
fn marked(lines: &[String]) -> Vec<Line> {
    let shared = lines.iter().filter(|line| !line.trim().is_empty());
    let shared = shared.map(|line| line.len() - line.trim_start_matches(' ').len()).min().unwrap_or(0);
    let mut open: Option<(char, usize)> = None;
    let mut marked: Vec<Line> = Vec::new();
    for line in lines {
        let text = line.get(shared..).unwrap_or_default().to_owned();
        let is_code = match (open, fence(&text)) {
            (None, Some((character, length, _))) => {
                open = Some((character, length));
                true
            }
            (Some((character, length)), Some((other, longer, false))) if character == other && longer >= length => {
                open = None;
                true
            }
            (open, _) => open.is_some(),
        };
        marked.push(Line { text, is_code });
    }
    // The fence that closes the whole answer, without one that opens it.
    let last = marked.iter().rposition(|line| !line.text.trim().is_empty());
    if let (Some(_), Some(last)) = (open, last)
        && fence(&marked[last].text).is_some_and(|(_, _, has_language)| !has_language)
    {
        marked.truncate(last);
    }
    marked
}

/// Takes the trailers out: those at the end, and paragraphs elsewhere that are nothing else than signatures.
fn taken_trailers(lines: &mut Vec<Line>) -> Vec<String> {
    let mut from_end: Vec<Vec<String>> = Vec::new();
    loop {
        while lines.last().is_some_and(Line::is_blank) {
            lines.pop();
        }
        let start = lines.iter().rposition(Line::is_blank).map_or(0, |blank| blank + 1);
        let paragraph = &lines[start..];
        if paragraph.is_empty() || paragraph.iter().any(|line| line.is_code) {
            break;
        }
        let is_last = from_end.is_empty();
        let at = trailers_of(paragraph, is_last);
        if at == paragraph.len() {
            break;
        }
        let is_whole = at == 0;
        from_end.push(joined(&lines[start + at..]));
        lines.truncate(start + at);
        if !is_whole {
            break;
        }
    }
    let mut found = Vec::new();
    let mut rest: Vec<Line> = Vec::new();
    for paragraph in lines.split_inclusive(Line::is_blank) {
        let filled = paragraph.iter().filter(|line| !line.is_blank());
        let mut filled = filled.peekable();
        if filled.peek().is_some() && filled.all(|line| !line.is_code && trailers::is_signature(line.text.trim())) {
            found.extend(paragraph.iter().filter(|line| !line.is_blank()).map(|line| line.text.trim().to_owned()));
        } else {
            rest.extend_from_slice(paragraph);
        }
    }
    *lines = rest;
    found.extend(from_end.into_iter().rev().flatten());
    let mut seen = std::collections::HashSet::new();
    found.retain(|line| seen.insert(line.clone()));
    found
}

/// Where in a paragraph its trailers begin; its length if it has none.
fn trailers_of(paragraph: &[Line], is_last: bool) -> usize {
    let continues = |index: usize| index > 0 && paragraph[index].indentation() > 0;
    let mut start = paragraph.len();
    while start > 0 && (continues(start - 1) || trailers::is_trailer(paragraph[start - 1].text.trim())) {
        start -= 1;
    }
    while start < paragraph.len() && !trailers::is_trailer(paragraph[start].text.trim()) {
        start += 1;
    }
    let run = &paragraph[start..];
    let known = |line: &Line| trailers::is_known(line.text.trim());
    if start == 0 {
        let short = |line: &Line| line.text.width() <= WIDTH;
        let fits = if is_last { run.iter().any(known) || run.iter().all(short) } else { run.iter().all(known) };
        return if fits { 0 } else { paragraph.len() };
    }
    start + run.iter().position(known).unwrap_or(run.len())
}

/// The trailers of these lines, each with the lines that continue it.
fn joined(lines: &[Line]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in lines {
        match found.last_mut() {
            Some(last) if line.indentation() > 0 && !trailers::is_trailer(line.text.trim()) => {
                *last += &format!(" {}", line.text.trim());
            }
            _ => found.push(line.text.trim().to_owned()),
        }
    }
    found
}

/// A part of the body.
#[derive(Debug)]
enum Block {
    Blank,
    /// Lines that stay as they are.
    Kept(Vec<String>),
    /// Text to wrap, with what is before its first line and before the others.
    Text {
        first: String,
        rest: String,
        text: String,
    },
}

fn blocks(lines: &[Line]) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    // The columns where the text of the last list item begins; zero outside of lists.
    let mut inside = 0;
    let mut in_table = false;
    for (at, line) in lines.iter().enumerate() {
        let (indentation, text) = (line.indentation(), line.text.trim());
        let after_blank = matches!(found.last(), None | Some(Block::Blank));
        if line.is_blank() {
            in_table = false;
            found.push(Block::Blank);
            continue;
        }
        if line.is_code {
            keep(&line.text, &mut found);
            continue;
        }
        let next = lines.get(at + 1).map_or("", |next| next.text.trim());
        in_table = text.starts_with('|') || is_separator(next) && text.contains('|') || in_table && text.contains('|');
        let in_text = matches!(found.last(), Some(Block::Text { .. }));
        if let Some(width) = item(text, inside > 0 || !in_text || after_colon(found.last()))
            && (indentation < 4 || inside > 0)
        {
            let first = format!("{}{}", " ".repeat(indentation), &text[..width]);
            inside = indentation + width;
            let rest = " ".repeat(inside);
            found.push(Block::Text { first, rest, text: text[width..].trim().to_owned() });
            continue;
        }
        if after_blank && indentation == 0 {
            inside = 0;
        }
        let is_code = indentation >= inside + 4 && !in_text;
        if in_table || is_code || text.starts_with('>') || is_rule(text) || is_alone(text) {
            keep(&line.text, &mut found);
        } else if let Some(title) = heading(text, after_blank) {
            found.push(Block::Kept(vec![title.to_owned()]));
        } else {
            match found.last_mut() {
                Some(Block::Text { text: so_far, .. }) if !(is_ticket(text) && is_ticket(so_far)) => join(so_far, text),
                _ => {
                    let outer = " ".repeat(if indentation > 0 { inside } else { 0 });
                    found.push(Block::Text { first: outer.clone(), rest: outer, text: text.to_owned() });
                }
            }
        }
    }
    found
}

/// Adds a line that stays as it is.
fn keep(line: &str, found: &mut Vec<Block>) {
    match found.last_mut() {
        Some(Block::Kept(lines)) => lines.push(line.to_owned()),
        _ => found.push(Block::Kept(vec![line.to_owned()])),
    }
}

/// Adds a line to a paragraph. There is no space between two characters of a script without spaces.
fn join(text: &mut String, line: &str) {
    let without = |character: Option<char>| character.is_some_and(is_unspaced);
    if !(without(text.chars().next_back()) && without(line.chars().next())) {
        text.push(' ');
    }
    *text += line;
}

/// The width of the mark of a list item. Any number may be the next of a list, but only a 1 begins one within a paragraph.
fn item(text: &str, any_number: bool) -> Option<usize> {
    if ["- ", "* ", "+ "].iter().any(|mark| text.starts_with(mark)) {
        return Some(2);
    }
    let digits = text.len() - text.trim_start_matches(|character: char| character.is_ascii_digit()).len();
    let fits = (1..=3).contains(&digits) && (text[digits..].starts_with(". ") || text[digits..].starts_with(") "));
    (fits && (any_number || &text[..digits] == "1")).then_some(digits + 2)
}

fn after_colon(block: Option<&Block>) -> bool {
    matches!(block, Some(Block::Text { text, .. }) if text.ends_with(':'))
}

/// The line below the head of a table.
fn is_separator(text: &str) -> bool {
    text.contains('|') && text.contains('-') && text.chars().all(|character| "|-: ".contains(character))
}

/// A horizontal rule, or the line below a title.
fn is_rule(text: &str) -> bool {
    let first = text.chars().next().unwrap_or_default();
    text.len() >= 3 && "-=*_~".contains(first) && text.chars().all(|character| character == first)
}

/// A line that loses its meaning within a paragraph.
fn is_alone(text: &str) -> bool {
    let names_commit = trailers::parts(text).is_some_and(|(key, value)| key == "Fixes" && value.ends_with("\")"));
    names_commit || trailers::is_signature(text) || trailers::is_reference(text)
}

/// The text of a Markdown heading. Within a paragraph, one `#` is a comment of a shell or the like.
fn heading(text: &str, after_blank: bool) -> Option<&str> {
    let title = text.trim_start_matches('#');
    let level = text.len() - title.len();
    let fits = (1..=6).contains(&level) && title.starts_with(' ') && (level > 1 || after_blank);
    fits.then(|| title.trim_end_matches('#').trim()).filter(|title| !title.is_empty())
}

/// Whether a text begins as `#12` does.
fn is_ticket(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
}

/// A part of a text that stays in one line.
#[derive(Debug)]
struct Piece {
    text: String,
    /// Whether a space is before it.
    space: bool,
    /// Whether it stays in the line of the piece before it.
    glued: bool,
}

/// Wraps a text at [`WIDTH`] columns.
fn wrap(text: &str, first: &str, rest: &str, comment: Option<&str>, out: &mut Vec<String>) {
    let begins = comment.is_some_and(|comment| format!("{first}{text}").starts_with(comment));
    let shift = if begins { " " } else { "" };
    let (first, rest) = (format!("{shift}{first}"), format!("{shift}{rest}"));
    let pieces = glued(pieces(text), comment);
    // What stays together; if it is longer than a line, only its pieces do.
    let mut groups: Vec<&[Piece]> = Vec::new();
    for group in pieces.chunk_by(|_, next| next.glued) {
        if width(group) + rest.len() <= WIDTH { groups.push(group) } else { groups.extend(group.chunks(1)) }
    }
    let mut line = first;
    let mut is_empty = true;
    for group in groups {
        let space = if !is_empty && group[0].space { " " } else { "" };
        if !is_empty && line.width() + space.len() + width(group) > WIDTH {
            let protected = rest.is_empty() && comment.is_some_and(|comment| group[0].text.starts_with(comment));
            let indentation = if protected { " " } else { rest.as_str() };
            out.push(std::mem::replace(&mut line, indentation.to_owned()));
        } else {
            line += space;
        }
        line += &shown(group);
        is_empty = false;
    }
    out.push(line.trim_end().to_owned());
}

fn shown(group: &[Piece]) -> String {
    let mut text = String::new();
    for (at, piece) in group.iter().enumerate() {
        if at > 0 && piece.space {
            text.push(' ');
        }
        text += &piece.text;
    }
    text
}

fn width(group: &[Piece]) -> usize {
    shown(group).width()
}

/// Splits a text at spaces, and between the characters of scripts that have none. Inline code is one piece.
fn pieces(text: &str) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut word = String::new();
    let mut space = false;
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let mut taken = character.len_utf8();
        if character == ' ' {
            if !word.is_empty() {
                found.push(Piece { text: std::mem::take(&mut word), space, glued: false });
            }
            space = true;
        } else {
            if character == '`' {
                taken = code(rest);
            }
            let before = word.chars().next_back();
            if before.is_some_and(|before| may_break(before, character)) {
                found.push(Piece { text: std::mem::take(&mut word), space, glued: false });
                space = false;
            }
            if word.is_empty() && found.is_empty() {
                space = false;
            }
            word += &rest[..taken];
        }
        rest = &rest[taken..];
        if character == ' ' {
            continue;
        }
        if rest.starts_with(' ') || rest.is_empty() {
            found.push(Piece { text: std::mem::take(&mut word), space, glued: false });
            space = false;
        }
    }
    found
}

/// The length of inline code with its backticks, or of the backticks that open none.
fn code(text: &str) -> usize {
    let ticks = text.len() - text.trim_start_matches('`').len();
    let mut at = ticks;
    while let Some(next) = text[at..].find('`') {
        let start = at + next;
        let length = text[start..].len() - text[start..].trim_start_matches('`').len();
        if length == ticks {
            return start + length;
        }
        at = start + length;
    }
    ticks
}

/// Characters of scripts that put no spaces between words.
fn is_unspaced(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a line may end between two characters that have no space between them.
fn may_break(before: char, after: char) -> bool {
    const OPENING: &str = "「『（《〈【〔［｛“‘([{<";
    const CLOSING: &str = "」』）》〉】〕］｝”’、。，．・：；？！ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ…)]}>,.:;?!%";
    (is_unspaced(before) || is_unspaced(after))
        && after.width().unwrap_or(0) > 0
        && !OPENING.contains(before)
        && !CLOSING.contains(after)
}

/// Glues the pieces that must not begin a line, and those that belong together.
fn glued(mut pieces: Vec<Piece>, comment: Option<&str>) -> Vec<Piece> {
    for at in 1..pieces.len() {
        let (before, text) = (pieces[at - 1].text.to_lowercase(), &pieces[at].text);
        let begins_comment = comment.is_some_and(|comment| text.starts_with(comment));
        let is_number = text.starts_with(|first: char| first.is_ascii_digit());
        let counts = ["issue", "bug", "pr", "mr", "ticket", "request", "gh"].contains(&before.trim_start_matches('('));
        let is_hash = text.len() >= 7 && text.chars().all(|character| character.is_ascii_hexdigit());
        let names_commit = is_hash && matches!(before.as_str(), "fixes:" | "commit" | "revert");
        pieces[at].glued = begins_comment
            || text.starts_with('#')
            || counts && is_number
            || names_commit
            || is_mark(text)
            || trailers::is_reference(&format!("{before} {text}"));
    }
    // `Fixes: abc1234 ("the subject")`
    let mut at = 0;
    while let Some(start) = (at..pieces.len()).find(|&index| pieces[index].text == "Fixes:") {
        at = start + 1;
        let subject = pieces.get(start + 2).is_some_and(|piece| piece.text.starts_with("(\""));
        let end = (start..pieces.len()).find(|&index| pieces[index].text.contains("\")"));
        if let (true, Some(end)) = (subject, end) {
            pieces[start + 1..=end].iter_mut().for_each(|piece| piece.glued = true);
        }
    }
    pieces
}

/// A piece that would begin a list, a quotation, a table, a fence or a rule at the beginning of a line.
fn is_mark(text: &str) -> bool {
    let number = text.strip_suffix(['.', ')']);
    matches!(text, "-" | "*" | "+")
        || text.starts_with(['>', '|'])
        || fence(text).is_some()
        || is_rule(text)
        || number.is_some_and(|number| {
            (1..=3).contains(&number.len()) && number.chars().all(|character| character.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str, comment: &str) -> (String, Vec<String>) {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        of(&lines, Some(comment))
    }

    #[track_caller]
    fn unchanged(text: &str) {
        assert_eq!(body(text, "#"), (text.to_owned(), Vec::new()));
    }

    #[test]
    fn paragraphs_are_wrapped_by_columns() {
        let long = ["word"; 20].join(" ");
        assert_eq!(body(&long, "#").0, format!("{}\n{}", ["word"; 14].join(" "), ["word"; 6].join(" ")));
        let wide = "解析器现在接受嵌套的列表。".repeat(6);
        let text = body(&wide, "#").0;
        assert!(text.lines().count() > 1 && text.lines().all(|line| line.width() <= WIDTH), "{text}");
        assert!(text.lines().all(|line| !line.starts_with('。')), "{text}");
        assert_eq!(text.replace('\n', ""), wide);
        assert_eq!(body("解析器\n现在", "#").0, "解析器现在");
    }

    #[test]
    fn no_line_begins_with_the_comment_string() {
        for length in 40..75 {
            let text = format!("{} fixes #1234 and #99, // too ; x.", "a ".repeat(length / 2));
            for comment in ["#", ";", "//", "a"] {
                let (text, _) = body(&text, comment);
                assert!(text.lines().all(|line| !line.starts_with(comment)), "{comment}: {text}");
            }
            assert!(body(&text, ";").0.contains("fixes #1234"));
        }
        let references = (1000..1040).map(|number| format!("#{number}")).collect::<Vec<_>>().join(" ");
        let (text, _) = body(&references, "#");
        assert!(text.lines().all(|line| line.width() <= WIDTH && !line.starts_with('#')), "{text}");
        assert_eq!(text.split_whitespace().collect::<Vec<_>>().join(" "), references);
    }

    #[test]
    fn a_line_that_begins_so_survives() {
        assert_eq!(body("#12 was the cause.\n#13 too.", "#").0, " #12 was the cause.\n #13 too.");
        assert_eq!(body("; one", ";").0, " ; one");
        assert_eq!(body("See:\n- one\n  more\n- two", "-").0, "See:\n - one more\n - two");
        assert_eq!(body("```sh\n# install\nmake\n```", "#").0, " ```sh\n # install\n make\n ```");
        assert_eq!(body("a:\n\n    #if X\n    y", "#").0, "a:\n\n    #if X\n    y");
        assert_eq!(body("# Title\ntext\n\n## More", "#").0, "Title\ntext\n\nMore");
    }

    #[test]
    fn lists_tables_quotations_and_code_keep_their_lines() {
        unchanged("Changes:\n- one\n* two\n1. three\n2) four");
        unchanged("- outer\n  - inner\n- outer\n\n  More of it.\n\nOutside.");
        unchanged("A table:\n\n| a | b |\n|---|---|\n| `c d` | e |");
        unchanged("a | b\n--|--\nc | d");
        unchanged("> quoted\n> as it was\n\nTitle\n-----\n\n    indented  code");
        unchanged(&format!("```\n{}\n\n\n- x\n```", "code ".repeat(20).trim_end()));
        assert_eq!(body("It was in\n1998. Then.", "#").0, "It was in 1998. Then.");
        assert_eq!(body("- one\n  two\n  three\n1. four\n   five", "#").0, "- one two three\n1. four five");
        let long = format!("1. {}", ["word"; 20].join(" "));
        let expected = format!("1. {}\n   {}", ["word"; 14].join(" "), ["word"; 6].join(" "));
        assert_eq!(body(&long, "#").0, expected);
    }

    #[test]
    fn what_belongs_together_is_not_broken() {
        let address = format!("https://example.org/{}", "a".repeat(80));
        for together in
            ["fixes #1234", "`git log --oneline -n 1`", "Fixes: abc1234 (\"net: drop it\")", "issue 12", &address]
        {
            for length in 1..75 {
                let text = format!("{} {together} and so", "x".repeat(length));
                assert!(body(&text, ";").0.contains(together), "{}", body(&text, ";").0);
            }
        }
        for mark in ["-", "*", "1.", ">", "|"] {
            for length in 0..75 {
                let (text, _) = body(&format!("{} y {mark} z", "x".repeat(length)), "#");
                assert!(text.lines().all(|line| !line.trim_start().starts_with(mark)), "{text}");
            }
        }
    }

    #[test]
    fn trailers_are_one_block_at_the_end() {
        let signed = ["Signed-off-by: X <x@y>".to_owned(), "Co-authored-by: Z <z@y>".to_owned()];
        for text in [
            "Text.\n- three\nSigned-off-by: X <x@y>\nCo-authored-by: Z <z@y>",
            "Text.\n- three\n\nSigned-off-by: X <x@y>\n\nCo-authored-by: Z <z@y>\n\n",
            "Signed-off-by: X <x@y>\n\nText.\n- three\n\nCo-authored-by: Z <z@y>\nSigned-off-by: X <x@y>",
        ] {
            assert_eq!(body(text, "#"), ("Text.\n- three".to_owned(), signed.to_vec()), "{text}");
        }
        let fixes = ["Fixes: abc1234 (\"net: drop it\")".to_owned(), "Closes #12".to_owned()];
        assert_eq!(body(&format!("Text.\n\n{}", fixes.join("\n")), "#"), ("Text.".to_owned(), fixes.to_vec()));
        let prose = format!("Note: {}", ["word"; 20].join(" "));
        assert_eq!(body(&prose, "#").1, [""; 0]);
        assert!(body(&prose, "#").0.lines().all(|line| line.width() <= WIDTH));
    }

    /// Random texts of what Markdown and git give a meaning: no word is lost, and no line becomes a comment.
    #[test]
    fn nothing_is_lost() {
        const PARTS: [&str; 25] = [
            "word",
            "longer-word",
            "#12",
            "#",
            "`a  b`",
            "`",
            "``c`",
            "-",
            "*",
            "+",
            "1.",
            "12)",
            ">",
            "|",
            "|-|",
            "---",
            "```",
            "Fixes:",
            "abc1234",
            "(\"x",
            "y\")",
            "Refs: 7",
            "Signed-off-by: A <a@b>",
            "//",
            "\u{3000}",
        ];
        const BETWEEN: [&str; 8] = [" ", " ", " ", " ", "\n", "\n  ", "\n\n", "\n    "];
        let mut state = 7u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let words = |text: &str| -> std::collections::BTreeSet<String> {
            // A fence at the end and the marks of headings are left out.
            text.replace(['#', '`'], " ").split_whitespace().map(str::to_owned).collect()
        };
        for round in 0..20_000 {
            let text: String = (0..1 + random(40)).map(|_| PARTS[random(25)].to_owned() + BETWEEN[random(8)]).collect();
            let comment = ["#", "//", "*", "-", "w"][round % 5];
            let (body, trailers) = body(&text, comment);
            let all = format!("{body}\n{}", trailers.join("\n"));
            assert_eq!(words(&all), words(&text), "{text:?}: {all}");
            assert!(body.lines().all(|line| !line.starts_with(comment)), "{comment} {text:?}: {body}");
        }
    }
}
