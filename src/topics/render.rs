//! Topics for a terminal or a pipe.

use unicode_width::UnicodeWidthStr;

use crate::topics::document::{Block, Line, Look, Span, parse, plain};

/// Columns that text is indented by below its heading.
const INDENT: usize = 2;
/// Columns between two columns of a table.
const GUTTER: usize = 2;
/// The least width of a column of a table.
const MIN_COLUMN: usize = 12;
/// Code of more columns may be broken at its blanks.
const MAX_WHOLE: usize = 40;

/// The layout of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Columns of the longest line. A word that is longer, and the lines of code blocks, are not broken.
    pub width: usize,
    /// Whether headings and code are bold. If not, code within a line is between backticks.
    pub bold: bool,
}

/// `markdown` as lines of text.
#[must_use]
pub fn render(markdown: &str, form: Form) -> String {
    let mut lines = Vec::new();
    for block in parse(markdown) {
        match &block {
            Block::Heading(level, heading) => {
                separate(&mut lines);
                let indent = if *level > 2 { INDENT } else { 0 };
                let heading = [Span { text: plain(heading), look: Look::Plain }];
                let rows = wrapped(&heading, form.width.saturating_sub(indent), form);
                lines.extend(rows.iter().map(|row| format!("{}{}", " ".repeat(indent), bold(row, form))));
            }
            other => show(std::slice::from_ref(other), INDENT, form, &mut lines),
        }
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn separate(lines: &mut Vec<String>) {
    if !lines.is_empty() {
        lines.push(String::new());
    }
}

fn bold(text: &str, form: Form) -> String {
    if form.bold { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
}

/// Adds `blocks`, indented by `indent` columns. Blocks of a list item begin on the item's line.
fn show(blocks: &[Block], indent: usize, form: Form, lines: &mut Vec<String>) {
    let margin = " ".repeat(indent);
    for block in blocks {
        match block {
            Block::Heading(_, line) | Block::Paragraph(line) => {
                separate(lines);
                lines.extend(
                    wrapped(line, form.width.saturating_sub(indent), form).iter().map(|it| format!("{margin}{it}")),
                );
            }
            Block::Code(_, code) => {
                separate(lines);
                lines.extend(code.lines().map(|line| format!("{margin}  {line}")));
            }
            Block::List(numbered, items) => {
                let are_short = items.iter().all(|item| item.len() < 2);
                for (index, item) in items.iter().enumerate() {
                    if index == 0 || !are_short {
                        separate(lines);
                    }
                    let mark = if *numbered { format!("{}. ", index + 1) } else { "- ".to_owned() };
                    let mut inner = Vec::new();
                    show(item, indent + mark.len(), form, &mut inner);
                    if let Some(first) = inner.first_mut() {
                        *first = format!("{margin}{mark}{}", first.trim_start());
                    }
                    lines.append(&mut inner);
                }
            }
            Block::Table(head, rows) => {
                separate(lines);
                lines.extend(
                    table(head, rows, form.width.saturating_sub(indent), form).iter().map(|it| format!("{margin}{it}")),
                );
            }
        }
    }
}

/// Text that is not broken: pieces, each with its style.
#[derive(Debug, Default, Clone)]
struct Word(Vec<Span>);

impl Word {
    fn width(&self) -> usize {
        self.0.iter().map(|span| span.text.width()).sum()
    }

    fn shown(&self, form: Form) -> String {
        let one = |span: &Span| if span.look == Look::Plain { span.text.clone() } else { bold(&span.text, form) };
        self.0.iter().map(one).collect()
    }
}

fn words(line: &[Span], form: Form) -> Vec<Word> {
    let mut found = vec![Word::default()];
    for span in line {
        let mut text = span.text.clone();
        if span.look == Look::Code && !form.bold {
            text = format!("`{text}`");
        }
        let is_whole = span.look == Look::Code && text.width() <= MAX_WHOLE;
        let parts: Vec<&str> = if is_whole { vec![&text] } else { text.split(' ').collect() };
        for (index, part) in parts.into_iter().enumerate() {
            if index > 0 {
                found.push(Word::default());
            }
            if let Some(last) = found.last_mut().filter(|_| !part.is_empty()) {
                last.0.push(Span { text: part.to_owned(), look: span.look });
            }
        }
    }
    found.retain(|word| !word.0.is_empty());
    found
}

/// The lines of a paragraph.
fn wrapped(line: &[Span], width: usize, form: Form) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut open, mut used) = (String::new(), 0);
    for word in words(line, form) {
        if used > 0 && used + 1 + word.width() > width {
            lines.push(std::mem::take(&mut open));
            used = 0;
        }
        if used > 0 {
            open.push(' ');
            used += 1;
        }
        open += &word.shown(form);
        used += word.width();
    }
    lines.push(open);
    lines
}

/// Columns of a line that is not wrapped.
fn natural(line: &[Span], form: Form) -> usize {
    words(line, form).iter().map(|word| word.width() + 1).sum::<usize>().saturating_sub(1)
}

/// The lines of a table.
fn table(head: &[Line], rows: &[Vec<Line>], width: usize, form: Form) -> Vec<String> {
    let columns = head.len();
    // A column of code alone needs no backticks.
    let bare = |line: &Line| match line.as_slice() {
        [Span { text, look: Look::Code }] if !form.bold => vec![Span { text: text.clone(), look: Look::Plain }],
        _ => line.clone(),
    };
    let strong = |line: &Line| vec![Span { text: plain(line), look: Look::Strong }];
    let rule = |line: &Line| vec![Span { text: "-".repeat(plain(line).width()), look: Look::Plain }];
    let mut all = vec![head.iter().map(strong).collect::<Vec<_>>()];
    if !form.bold {
        all.push(head.iter().map(rule).collect());
    }
    all.extend(rows.iter().map(|row| row.iter().map(bare).collect()));
    let of = |column: usize| all.iter().filter_map(|row| row.get(column)).map(|cell| natural(cell, form)).max();
    let mut widths: Vec<usize> = (0..columns).map(|column| of(column).unwrap_or_default()).collect();
    let room = width.saturating_sub(GUTTER * columns.saturating_sub(1));
    // A word that is wider than its column would push the others out.
    let longest = |cell: &Line| words(cell, form).iter().map(Word::width).max();
    let least = |column: usize| all.iter().filter_map(|row| longest(row.get(column)?)).max().unwrap_or_default();
    let least: Vec<usize> = (0..columns).map(|column| least(column).max(MIN_COLUMN)).collect();
    let shrinks = |(width, least): &(&mut usize, &usize)| **width > **least;
    while widths.iter().sum::<usize>() > room
        && let Some((widest, _)) = widths.iter_mut().zip(&least).filter(shrinks).max_by_key(|(width, _)| **width)
    {
        *widest -= 1;
    }
    let mut lines = Vec::new();
    for row in &all {
        let cells: Vec<Vec<String>> =
            row.iter().zip(&widths).map(|(cell, &width)| wrapped(cell, width, form)).collect();
        for index in 0..cells.iter().map(Vec::len).max().unwrap_or_default() {
            let mut line = String::new();
            for (cell, &width) in cells.iter().zip(&widths) {
                let text = cell.get(index).map_or("", String::as_str);
                let visible = text.replace("\x1b[1m", "").replace("\x1b[0m", "").width();
                line += text;
                line += &" ".repeat(width.saturating_sub(visible) + GUTTER);
            }
            lines.push(line);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# t\n\nA `b c` is **d**, and so on.\n\n- one\n- two three four\n\n```sh\nx  # y\n```\n\n## u\n\n\
                        | n | meaning |\n|---|---|\n| `a` | what it says of `b` |\n";

    #[test]
    fn in_a_pipe() {
        let shown = render(TEXT, Form { width: 20, bold: false });
        let expected = "t\n\n  A `b c` is d, and\n  so on.\n\n  - one\n  - two three four\n\n    x  # y\n\nu\n\n  \
                        n  meaning\n  -  -------\n  a  what it says of\n     `b`\n";
        assert_eq!(shown, expected);
    }

    #[test]
    fn on_a_terminal() {
        let shown = render(TEXT, Form { width: 23, bold: true });
        let expected = "[t]\n\n  A [b c] is [d], and so\n  on.\n\n  - one\n  - two three four\n\n    x  # y\n\n[u]\n\n  \
                        [n]  [meaning]\n  [a]  what it says of [b]\n";
        assert_eq!(shown.replace("\x1b[1m", "[").replace("\x1b[0m", "]"), expected);
    }

    #[test]
    fn no_line_is_too_long_where_words_are_short() {
        for width in 20..60 {
            let shown = render(TEXT, Form { width, bold: false });
            assert!(shown.lines().all(|line| line.width() <= width), "{width}: {shown}");
        }
        // A word is never broken.
        assert!(render("a `b c` d", Form { width: 1, bold: false }).contains("`b c`"));
    }
}
