//! Fill-in-the-middle prompts that clients spell out.
//!
//! Many plugins know only `prompt`, and put the markers of some model around prefix and suffix themselves. A text counts as
//! such a frame only as a whole: each marker of one spelling occurs once, in an order that clients use, and nothing follows
//! the last one. Everything else is text, whatever it spells: a file about tokenizers is still a file.

/// The two texts around a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The text before the gap.
    pub prefix: &'a str,
    /// The text behind it.
    pub suffix: &'a str,
}

/// The markers before the prefix, before the suffix and before the middle.
type Markers = (&'static str, &'static str, &'static str);

/// The spellings that clients carry: DeepSeek's (also with ASCII bars), Qwen's, StarCoder's, CodeLlama's.
const SPELLINGS: [Markers; 8] = [
    ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"),
    ("<｜fim_begin｜>", "<｜fim_hole｜>", "<｜fim_end｜>"),
    ("<|fim▁begin|>", "<|fim▁hole|>", "<|fim▁end|>"),
    ("<|fim_begin|>", "<|fim_hole|>", "<|fim_end|>"),
    ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
    ("<fim_prefix>", "<fim_suffix>", "<fim_middle>"),
    ("<fim-prefix>", "<fim-suffix>", "<fim-middle>"),
    ("<PRE>", "<SUF>", "<MID>"),
];

/// The begin-of-sentence markers that may come first.
const BEGINNINGS: [&str; 3] = ["<｜begin▁of▁sentence｜>", "<|begin▁of▁sentence|>", "<|begin_of_sentence|>"];

/// The gap that `prompt` spells, if it is a whole frame.
#[must_use]
pub fn parse(prompt: &str) -> Option<Frame<'_>> {
    let prompt = BEGINNINGS.iter().find_map(|mark| prompt.strip_prefix(mark)).unwrap_or(prompt);
    SPELLINGS.iter().find_map(|markers| one(prompt, *markers)).or_else(|| of_codestral(prompt))
}

/// Codestral's frame has the suffix first, and nothing behind the prefix.
fn of_codestral(prompt: &str) -> Option<Frame<'_>> {
    let (suffix, prefix) = prompt.strip_prefix("[SUFFIX]")?.split_once("[PREFIX]")?;
    let is_text = |text: &str| !text.contains("[SUFFIX]") && !text.contains("[PREFIX]");
    (is_text(prefix) && is_text(suffix)).then_some(Frame { prefix, suffix })
}

fn one<'a>(prompt: &'a str, (before, behind, middle): Markers) -> Option<Frame<'a>> {
    let once = |marker: &str| {
        let mut found = prompt.match_indices(marker).map(|(start, _)| start);
        let start = found.next()?;
        found.next().is_none().then_some(start)
    };
    let (first, second, third) = (once(before)?, once(behind)?, once(middle)?);
    let between = |start: usize, marker: &str, end: usize| prompt.get(start + marker.len()..end);
    let is_last = |start: usize, marker: &str| prompt[start + marker.len()..].trim().is_empty();
    let (prefix, suffix) = if first < second && second < third && is_last(third, middle) {
        // Prefix, suffix, middle.
        (between(first, before, second)?, between(second, behind, third)?)
    } else if first < third && third < second && is_last(second, behind) {
        // A client that has mixed up the last two markers: begin PREFIX end SUFFIX hole.
        (between(first, before, third)?, between(third, middle, second)?)
    } else if second < first && first < third && is_last(third, middle) {
        // Suffix first.
        (between(first, before, third)?, between(second, behind, first)?)
    } else {
        return None;
    };
    let head = &prompt[..first.min(second)];
    if !is_heading(head) {
        return None;
    }
    // CodeLlama's markers are written with a blank on each side.
    let text = |text: &'a str| if before == "<PRE>" { without_blanks(text) } else { text };
    Some(Frame { prefix: text(prefix), suffix: text(suffix) })
}

/// `text` without one blank at either end.
fn without_blanks(text: &str) -> &str {
    let text = text.strip_prefix(' ').unwrap_or(text);
    text.strip_suffix(' ').unwrap_or(text)
}

/// Whether the text before a frame is only blank lines and comments, such as the name of the file.
fn is_heading(text: &str) -> bool {
    let is_one = |line: &str| {
        let line = line.trim();
        line.is_empty() || ["#", "//", "--", "/*", "<!--", "%", ";"].iter().any(|mark| line.starts_with(mark))
    };
    text.lines().all(is_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_all_spellings() {
        let expected = Some(Frame { prefix: "def f(", suffix: ")\n" });
        for (before, behind, middle) in SPELLINGS {
            assert_eq!(parse(&format!("{before}def f({behind})\n{middle}")), expected);
            assert_eq!(parse(&format!("{behind})\n{before}def f({middle}\n")), expected);
        }
        assert_eq!(parse("[SUFFIX])\n[PREFIX]def f("), expected);
        assert_eq!(parse("<PRE> def f( <SUF>)\n <MID>"), expected);
        assert_eq!(parse("<｜begin▁of▁sentence｜><｜fim▁begin｜>def f(<｜fim▁hole｜>)\n<｜fim▁end｜>"), expected);
        // As one client has it.
        assert_eq!(
            parse("            # File:name\n            <｜fim▁begin｜>def f(<｜fim▁end｜>)\n<｜fim▁hole｜>"),
            expected
        );
        assert_eq!(parse("<｜fim▁begin｜><｜fim▁hole｜><｜fim▁end｜>"), Some(Frame { prefix: "", suffix: "" }));
    }

    #[test]
    fn everything_else_is_text() {
        for text in [
            "",
            "x = 1",
            "<｜fim▁begin｜>a<｜fim▁hole｜>b",
            "<｜fim▁begin｜>a<｜fim▁hole｜>b<｜fim▁end｜>c",
            "<｜fim▁begin｜>a<｜fim▁begin｜>b<｜fim▁hole｜>c<｜fim▁end｜>",
            "<｜fim▁begin｜>a<fim_suffix>b<｜fim▁end｜>",
            "x[SUFFIX]a[PREFIX]b",
            "[SUFFIX]a[PREFIX]b[PREFIX]c",
            "[PREFIX]a[SUFFIX]b",
            "code <｜fim▁begin｜>a<｜fim▁hole｜>b<｜fim▁end｜>",
            "<｜fim▁end｜>a<｜fim▁hole｜>b<｜fim▁begin｜>",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
