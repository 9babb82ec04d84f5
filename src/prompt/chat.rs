//! The layout of a chat with an Instruct model, as its authors trained it.
//!
//! Before V2: the system text, then questions under `### Instruction:` and answers under `### Response:`, each answer ended
//! by `<|EOT|>` on a separate line. V2: the system text, `User: ` and the question, `Assistant:` and the answer with a space
//! before it, ended by the end of the sentence; empty lines are between them. A space behind the last `Assistant:` makes V2
//! answer in another language or nonsense.
//!
//! Line breaks are separate tokens, so parts may be encoded one by one, and a growing conversation keeps its ids.

use std::borrow::Cow;
use std::path::Path;

use crate::prompt::{Segment, Spare};
use crate::text::line_endings::LineEndings;
use crate::vocabulary::{Control, Series};

/// The authors' system text before V2 (DeepSeek-Coder's README, "Chat Model Inference").
pub const SYSTEM: &str = "You are an AI programming assistant, utilizing the Deepseek Coder model, developed by Deepseek \
                          Company, and you only answer questions related to computer science. For politically sensitive \
                          questions, security and privacy issues, and other non-computer science questions, you will \
                          refuse to answer.";

/// The authors' system text. V2 has none.
#[must_use]
pub fn system(series: Series) -> &'static str {
    match series {
        Series::V1 | Series::V15 => SYSTEM,
        Series::V2 => "",
    }
}

/// The beginning of a conversation. An empty system text is left out.
#[must_use]
pub fn opening(system: &str, series: Series) -> Vec<Segment<'_>> {
    let mut segments = vec![Segment::Special(Control::Begin)];
    if !system.is_empty() {
        segments.extend([text(system), text(if series == Series::V2 { "\n\n" } else { "\n" })]);
    }
    segments
}

/// A question, up to where the model answers.
#[must_use]
pub fn question(user: &str, series: Series) -> [Segment<'_>; 3] {
    match series {
        Series::V1 | Series::V15 => [text("### Instruction:\n"), text(user), text("\n### Response:\n")],
        Series::V2 => [text("User: "), text(user), text("\n\nAssistant:")],
    }
}

/// An answer as it is in a prompt: V2 begins each with a space.
#[must_use]
pub fn spoken(answer: &str, series: Series) -> Cow<'_, str> {
    if begins_with_space(series) && !answer.starts_with(char::is_whitespace) {
        return format!(" {answer}").into();
    }
    answer.into()
}

/// Whether the model begins answers with a space, which is not part of them.
#[must_use]
pub fn begins_with_space(series: Series) -> bool {
    series == Series::V2
}

/// The segments after an answer. Most answers end their line already.
#[must_use]
pub fn closing(ends_line: bool, series: Series) -> Vec<Segment<'static>> {
    if series == Series::V2 {
        return vec![Segment::Special(Control::End)];
    }
    let end = [Segment::Special(Control::EndOfTurn), text("\n")];
    if ends_line { end.to_vec() } else { [&[text("\n")], &end[..]].concat() }
}

/// The prompt of one question, with the authors' system text.
#[must_use]
pub fn segments(user: &str, series: Series) -> Vec<Segment<'_>> {
    [&opening(system(series), series)[..], &question(user, series)].concat()
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
    use crate::prompt::encode;
    use crate::vocabulary::{BOS, Bytes};

    fn spelled(segments: &[Segment<'_>]) -> String {
        let spell = |segment: &Segment<'_>| match segment {
            Segment::Special(control) => control.spelling().to_owned(),
            Segment::Text(text, _) => (*text).to_owned(),
        };
        segments.iter().map(spell).collect()
    }

    fn conversation(system: &str, series: Series) -> String {
        let answer = spoken("b", series);
        let parts = [
            &opening(system, series)[..],
            &question("a", series),
            &[text(&answer)],
            &closing(false, series),
            &question("c", series),
        ];
        spelled(&parts.concat())
    }

    #[test]
    fn a_conversation() {
        let expected = "<｜begin▁of▁sentence｜>S\n### Instruction:\na\n### Response:\nb\n<|EOT|>\n\
                        ### Instruction:\nc\n### Response:\n";
        assert_eq!(conversation("S", Series::V1), expected);
        assert_eq!(conversation("S", Series::V15), expected);
        assert!(conversation("", Series::V1).starts_with("<｜begin▁of▁sentence｜>### Instruction:\na\n"));
        assert_eq!(spelled(&closing(true, Series::V1)), "<|EOT|>\n");
        // llama.cpp's test of its template "deepseek2" has the same.
        let expected = "<｜begin▁of▁sentence｜>S\n\nUser: a\n\nAssistant: b<｜end▁of▁sentence｜>User: c\n\nAssistant:";
        assert_eq!(conversation("S", Series::V2), expected);
        assert_eq!(spelled(&segments("a", Series::V2)), "<｜begin▁of▁sentence｜>User: a\n\nAssistant:");
        assert_eq!([spoken(" b", Series::V2), spoken("b", Series::V1)], [" b", "b"]);
    }

    #[test]
    fn markers_in_the_text_are_text() {
        for series in [Series::V1, Series::V2] {
            let segments = [&opening("<|EOT|>", series)[..], &question("<｜begin▁of▁sentence｜>", series)].concat();
            let ids = encode(&segments, &Bytes);
            assert_eq!(ids.iter().filter(|&&id| id > 255).collect::<Vec<_>>(), [&BOS]);
        }
    }

    #[test]
    fn no_text_closes_its_fence() {
        assert_eq!(fenced("py", "x\n"), "```py\nx\n```\n");
        assert_eq!(fenced("", "a ```` b"), "`````\na ```` b\n`````\n");
        assert_eq!(fenced("", ""), "```\n```\n");
    }
}
