//! The Markdown of topics as a tree.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// The style of a piece of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Plain text.
    Plain,
    /// Code within a line.
    Code,
    /// Emphasized, strongly or not.
    Strong,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Without line breaks.
    pub text: String,
    /// Its style.
    pub look: Look,
}

/// The content of a cell or a paragraph.
pub type Line = Vec<Span>;

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading with its level, 1 is the title.
    Heading(u8, Line),
    /// A paragraph.
    Paragraph(Line),
    /// The items of a list, and whether they are numbered.
    List(bool, Vec<Vec<Block>>),
    /// The lines of a code block, and the language that its fence names.
    Code(String, String),
    /// The head and the rows of a table.
    Table(Vec<Line>, Vec<Vec<Line>>),
}

/// Reads Markdown: headings, paragraphs, lists, code blocks, tables, code within a line, emphasis and links. HTML and images
/// do not occur in topics and are left out.
#[must_use]
pub fn parse(markdown: &str) -> Vec<Block> {
    blocks(&mut Parser::new_ext(markdown, Options::ENABLE_TABLES))
}

/// The text of a line without styles.
#[must_use]
pub fn plain(line: &[Span]) -> String {
    line.iter().map(|span| span.text.as_str()).collect()
}

/// The blocks up to the end of the item that `events` is in, or of the document.
fn blocks<'a>(events: &mut impl Iterator<Item = Event<'a>>) -> Vec<Block> {
    let mut found = Vec::new();
    // In a tight list, the text of an item is in no paragraph.
    let mut line = Open::default();
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => found.extend(line.paragraph()),
            Event::Start(Tag::Heading { level, .. }) => found.push(Block::Heading(level as u8, inline(events))),
            Event::Start(Tag::CodeBlock(kind)) => {
                found.extend(line.paragraph());
                let language = match kind {
                    CodeBlockKind::Fenced(language) => language.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                found.push(Block::Code(language, plain(&inline(events))));
            }
            Event::Start(Tag::List(first)) => {
                found.extend(line.paragraph());
                let mut items = Vec::new();
                while let Some(Event::Start(Tag::Item)) = events.next() {
                    items.push(blocks(events));
                }
                found.push(Block::List(first.is_some(), items));
            }
            Event::Start(Tag::Table(_)) => {
                let mut rows = Vec::new();
                while let Some(Event::Start(Tag::TableHead | Tag::TableRow)) = events.next() {
                    let mut row = Vec::new();
                    while let Some(Event::Start(Tag::TableCell)) = events.next() {
                        row.push(inline(events));
                    }
                    rows.push(row);
                }
                let head = if rows.is_empty() { Vec::new() } else { rows.remove(0) };
                found.push(Block::Table(head, rows));
            }
            Event::End(TagEnd::Item) => break,
            other => line.take(other),
        }
    }
    found.extend(line.paragraph());
    found
}

/// The pieces up to the end of the block that `events` is in.
fn inline<'a>(events: &mut impl Iterator<Item = Event<'a>>) -> Line {
    let mut line = Open::default();
    for event in events {
        match event {
            Event::End(TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::TableCell) => break,
            other => line.take(other),
        }
    }
    line.spans
}

/// A line under construction.
#[derive(Debug, Default)]
struct Open {
    spans: Line,
    emphasis: usize,
    link: String,
}

impl Open {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) => self.push(&text, if self.emphasis > 0 { Look::Strong } else { Look::Plain }),
            Event::Code(code) => self.push(&code, Look::Code),
            Event::SoftBreak | Event::HardBreak => self.push(" ", Look::Plain),
            Event::Start(Tag::Strong | Tag::Emphasis) => self.emphasis += 1,
            Event::End(TagEnd::Strong | TagEnd::Emphasis) => self.emphasis -= 1,
            Event::Start(Tag::Link { dest_url, .. }) => self.link = dest_url.into_string(),
            Event::End(TagEnd::Link) => {
                let address = std::mem::take(&mut self.link);
                self.push(&format!(" ({address})"), Look::Plain);
            }
            _ => {}
        }
    }

    fn push(&mut self, text: &str, look: Look) {
        match self.spans.last_mut() {
            Some(last) if last.look == look && look != Look::Code => last.text += text,
            _ => self.spans.push(Span { text: text.to_owned(), look }),
        }
    }

    fn paragraph(&mut self) -> Option<Block> {
        let spans = std::mem::take(&mut self.spans);
        (!spans.is_empty()).then_some(Block::Paragraph(spans))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_topic_is_read() {
        let span = |text: &str, look| Span { text: text.to_owned(), look };
        let text = |text: &str| vec![span(text, Look::Plain)];
        let markdown = "# a\n\nb `c`\n**d** [e](f)\n\n- g\n  h\n- i\n\n  1. j\n\n```sh\nk  # l\n\n```\n\n\
                        | m | n |\n|---|---|\n| `o` | p \\| q |\n";
        let expected = [
            Block::Heading(1, text("a")),
            Block::Paragraph(vec![
                span("b ", Look::Plain),
                span("c", Look::Code),
                span(" ", Look::Plain),
                span("d", Look::Strong),
                span(" e (f)", Look::Plain),
            ]),
            Block::List(
                false,
                vec![
                    vec![Block::Paragraph(text("g h"))],
                    vec![Block::Paragraph(text("i")), Block::List(true, vec![vec![Block::Paragraph(text("j"))]])],
                ],
            ),
            Block::Code("sh".to_owned(), "k  # l\n\n".to_owned()),
            Block::Table(vec![text("m"), text("n")], vec![vec![vec![span("o", Look::Code)], text("p | q")]]),
        ];
        assert_eq!(parse(markdown), expected);
    }
}
