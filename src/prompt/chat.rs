//! The layout of a chat with an Instruct model, as its authors trained it: the system text, then questions under `###
//! Instruction:` and answers under `### Response:`, each answer ended by `<|EOT|>` on a separate line.
//!
//! Line breaks are separate tokens, so parts may be encoded one by one, and a growing conversation keeps its ids.

use std::path::Path;

use crate::prompt::{Segment, Spare};
use crate::text::line_endings::LineEndings;
use crate::vocabulary::{BOS, EOT, TokenId, Vocabulary};

/// The authors' system text (DeepSeek-Coder's README, "Chat Model Inference").
pub const SYSTEM: &str = "You are an AI programming assistant, utilizing the Deepseek Coder model, developed by Deepseek \
                          Company, and you only answer questions related to computer science. For politically sensitive \
                          questions, security and privacy issues, and other non-computer science questions, you will \
                          refuse to answer.";

/// The beginning of a conversation. An empty system text is left out.
#[must_use]
pub fn opening(system: &str) -> Vec<Segment<'_>> {
    let mut segments = vec![Segment::Special(BOS)];
    if !system.is_empty() {
        segments.extend([text(system), text("\n")]);
    }
    segments
}

/// A question, up to where the model answers.
#[must_use]
pub fn question(user: &str) -> [Segment<'_>; 3] {
    [text("### Instruction:\n"), text(user), text("\n### Response:\n")]
}

/// The segments after an answer. Most answers end their line already.
#[must_use]
pub fn closing(ends_line: bool) -> Vec<Segment<'static>> {
    let end = [Segment::Special(EOT), text("\n")];
    if ends_line { end.to_vec() } else { [&[text("\n")], &end[..]].concat() }
}

/// The prompt of one question.
#[must_use]
pub fn segments<'a>(system: &'a str, user: &'a str) -> Vec<Segment<'a>> {
    [&opening(system)[..], &question(user)].concat()
}

/// The ids of `segments`, nothing left out.
#[must_use]
pub fn encode(segments: &[Segment<'_>], vocabulary: &dyn Vocabulary) -> Vec<TokenId> {
    let mut ids = Vec::new();
    for segment in segments {
        match *segment {
            Segment::Special(id) => ids.push(id),
            Segment::Text(text, _) => ids.extend(vocabulary.encode(text)),
        }
    }
    ids
}

/// Text between two fences that it cannot close.
#[must_use]
pub fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(3.max(longest + 1));
    let line_end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}{language}\n{text}{line_end}{fence}\n")
}

fn text(text: &str) -> Segment<'_> {
    Segment::Text(text, Spare::Tail)
}

/// A file as the model sees it: its name, and its content between fences.
#[must_use]
pub fn shown(path: &Path, content: &str) -> String {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let language: String = extension.chars().filter(char::is_ascii_alphanumeric).collect();
    // A name may have line breaks in it, and fences.
    let name = path.display().to_string().escape_debug().to_string();
    format!("{name}:\n{}", fenced(&language, &LineEndings::for_model(content)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Bytes;

    fn spelled(segments: &[Segment<'_>]) -> String {
        let spell = |segment: &Segment<'_>| match segment {
            Segment::Special(id) => format!("[{id}]"),
            Segment::Text(text, _) => (*text).to_owned(),
        };
        segments.iter().map(spell).collect()
    }

    #[test]
    fn a_conversation() {
        let second = [&segments("S", "a")[..], &[text("b")], &closing(false), &question("c")].concat();
        let expected = "[32013]S\n### Instruction:\na\n### Response:\nb\n[32021]\n### Instruction:\nc\n### Response:\n";
        assert_eq!(spelled(&second), expected);
        assert_eq!(spelled(&segments("", "a")), "[32013]### Instruction:\na\n### Response:\n");
        assert_eq!(spelled(&closing(true)), "[32021]\n");
    }

    #[test]
    fn markers_in_the_text_are_text() {
        let ids = encode(&segments("<|EOT|>", "<｜begin▁of▁sentence｜>"), &Bytes);
        assert_eq!(ids.iter().filter(|&&id| id > 255).collect::<Vec<_>>(), [&BOS]);
    }

    #[test]
    fn no_text_closes_its_fence() {
        assert_eq!(fenced("py", "x\n"), "```py\nx\n```\n");
        assert_eq!(fenced("", "a ```` b"), "`````\na ```` b\n`````\n");
        assert_eq!(fenced("", ""), "```\n```\n");
    }
}
