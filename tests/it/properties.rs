//! Properties of what lies between the model's bytes and the user's file, for texts that proptest makes.
//!
//! The cases are the same in each run. `PROPTEST_CASES` says how many there are for each property (2,000; a tenth where
//! files are written), and `PROPTEST_RNG_SEED` chooses others.

use std::cell::Cell;
use std::fs;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{RngSeed, TestRunner};

use dscoder::edit::{DiffName, Target, diff};
use dscoder::prompt::budget::{TooLong, fit};
use dscoder::prompt::{Segment, Spare};
use dscoder::shape::finish::Finish;
use dscoder::shape::stop::Until;
use dscoder::term::markdown::Renderer;
use dscoder::text::markdown::{LineKind, Outline, code_blocks};
use dscoder::vocabulary::{Bytes, Control, Controls, Vocabulary};

use crate::targets::{pieces, stop_rules, trimmed, trimming};

/// As many cases as are asked for, the same ones each time, and no file that keeps those that failed.
fn config() -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig {
        cases: if std::env::var_os("PROPTEST_CASES").is_some() { asked.cases } else { 2000 },
        rng_seed: if asked.rng_seed == RngSeed::Random { RngSeed::Fixed(1) } else { asked.rng_seed },
        failure_persistence: None,
        ..asked
    }
}

/// Texts of at most so many parts of code, with what rules look at: brackets, indentation, line ends of both kinds.
fn code(parts: usize) -> impl Strategy<Value = String> {
    const PARTS: [&str; 20] = [
        "a", "b", "c", "ab", " ", "    ", "\t", "\n", "\n", "\n    ", "\n\n", "(", ")", "{", "}", "if a:", "return b",
        "\"", "\r\n", "é",
    ];
    vec(select(&PARTS[..]), 0..=parts).prop_map(|parts| parts.concat())
}

/// The lengths of the pieces that a text is cut into, over and over.
fn cuts() -> impl Strategy<Value = Vec<usize>> {
    vec(1..9usize, 1..6)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn stop_rules_end_at_the_same_byte_however_the_answer_comes(
        text in code(20),
        stops in vec(code(3), 0..4),
        until in select(&[Until::End, Until::Line, Until::Blank][..]),
        cuts in cuts(),
    ) {
        stop_rules(&text, &stops, until, &cuts);
    }
}

/// Text before and behind a gap, and an answer, which in half of the cases runs into the suffix, and in half of the cases
/// has a line several times.
fn gaps() -> impl Strategy<Value = (String, String, String)> {
    let again = (code(3), prop_oneof![Just(0), 2..8usize]).prop_map(|(line, times)| format!("{line}\n").repeat(times));
    let parts = (code(12), code(12), code(14), again, any::<bool>(), 0..4usize);
    parts.prop_map(|(prefix, suffix, mut answer, again, runs_on, lines)| {
        answer += &again;
        answer.extend(suffix.split_inclusive('\n').take(if runs_on { lines } else { 0 }));
        (prefix, suffix, answer)
    })
}

#[test]
fn trimming_takes_away_only_what_the_suffix_has() {
    let (cases, shortened) = (Cell::new(0), Cell::new(0));
    let property = |((prefix, suffix, answer), cuts): ((String, String, String), Vec<usize>)| {
        let is_shorter = trimming(&prefix, &suffix, &answer, &cuts);
        cases.set(cases.get() + 1);
        shortened.set(shortened.get() + usize::from(is_shorter));
        Ok(())
    };
    TestRunner::new(config()).run(&(gaps(), cuts()), property).unwrap_or_else(|failure| panic!("{failure}"));
    // The answers are such that there is something to take away.
    assert!(shortened.get() * 20 > cases.get(), "only {} of {} answers were shortened", shortened.get(), cases.get());
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_line_five_times_is_kept_once(
        indentation in 0..6usize,
        line in "[a-z][a-z(), ]{0,8}[a-z]",
        times in 2..9usize,
        cuts in cuts(),
    ) {
        let line = format!("{}{line}\n", " ".repeat(indentation));
        let (kept, why) = trimmed("", "", &pieces(&line.repeat(times), &cuts));
        let expected = if times < 5 { (line.repeat(times), None) } else { (line, Some(Finish::Repetition)) };
        prop_assert_eq!((kept, why), expected);
    }

    #[test]
    fn brackets_that_the_suffix_closes_are_not_closed_twice(
        opened in vec(select(&[("f(", ')'), ("[", ']'), ("{", '}')][..]), 1..5),
        word in "[a-z]{1,8}",
        again in 1..5usize,
        line_end in select(&["", "\n", "\n    "][..]),
        cuts in cuts(),
    ) {
        let prefix: String = opened.iter().map(|(opening, _)| *opening).collect();
        let closing: String = opened.iter().rev().map(|(_, closing)| *closing).collect();
        let answer = format!("{word}{}", &closing[..again.min(closing.len())]);
        let (kept, why) = trimmed(&format!("x = {prefix}"), &format!("{line_end}{closing}\n"), &pieces(&answer, &cuts));
        prop_assert_eq!((kept, why), (word, None));
    }
}

/// A prompt: texts, and control tokens where there is no [`Spare`].
fn prompts() -> impl Strategy<Value = Vec<(String, Option<Spare>)>> {
    let spare = select(&[None, Some(Spare::Head), Some(Spare::Nothing), Some(Spare::Tail)][..]);
    let part =
        (code(16), spare).prop_map(|(text, spare)| if spare.is_none() { (String::new(), None) } else { (text, spare) });
    vec(part, 0..8)
}

fn segment<'a>(((text, spare), control): (&'a (String, Option<Spare>), Control)) -> Segment<'a> {
    spare.map_or(Segment::Special(control), |spare| Segment::Text(text, spare))
}

/// What `cut` must be of `text` for `room` bytes; `text` itself where it fits.
fn check_cut(text: &str, cut: &str, room: usize, is_head: bool) -> Result<(), TestCaseError> {
    if text.len() <= room {
        prop_assert_eq!(cut, text);
        return Ok(());
    }
    prop_assert!(cut.len() <= room, "{} > {room}", cut.len());
    let whole_lines = if is_head {
        prop_assert!(text.ends_with(cut));
        text[..text.len() - cut.len()].ends_with('\n')
    } else {
        prop_assert!(text.starts_with(cut));
        cut.ends_with('\n')
    };
    // Where half of the room or more can be filled with whole lines, it is, with as many as fit.
    let line_ends = text.match_indices('\n').map(|(at, _)| at + 1);
    let lengths = line_ends.map(|end| if is_head { text.len() - end } else { end });
    let best = lengths.filter(|&length| length <= room && length >= room - room / 2 && length > 0).max();
    match best {
        Some(best) => prop_assert!(whole_lines && cut.len() == best, "{cut:?} of {text:?} for {room}"),
        // Otherwise no character is cut, and nothing is wasted.
        None if room > 0 => {
            prop_assert!(cut.len() + 3 >= room, "{cut:?} of {text:?} for {room}")
        }
        None => {}
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_prompt_fits_and_loses_only_what_it_may(prompt in prompts(), capacity in 0..120usize, may_cut in any::<bool>()) {
        let segments: Vec<Segment<'_>> = prompt.iter().zip(Control::ALL.into_iter().cycle()).map(segment).collect();
        let length = |wanted| prompt.iter().filter(|(_, spare)| *spare == Some(wanted)).map(|(text, _)| text.len()).sum::<usize>();
        let (head, tail) = (length(Spare::Head), length(Spare::Tail));
        let kept = prompt.iter().filter(|(_, spare)| spare.is_none()).count() + length(Spare::Nothing);
        let tokens = kept + head + tail;
        let fitted = match fit(&segments, &Bytes, capacity, may_cut) {
            Ok(fitted) => fitted,
            Err(error) => {
                prop_assert_eq!(error, TooLong { tokens });
                prop_assert!(if may_cut { kept } else { tokens } > capacity, "it fits");
                return Ok(());
            }
        };
        prop_assert!(fitted.ids.len() <= capacity && kept <= capacity && (may_cut || tokens <= capacity));
        prop_assert_eq!(fitted.ids.len() + fitted.left_out(), tokens);
        prop_assert!(tokens > capacity || fitted.left_out() == 0, "it was cut, and fits");
        // A quarter of the room is for the tail, and more where the head leaves it.
        let room = capacity - kept;
        let tail_room = (room / 4).max(room.saturating_sub(head));
        let head_room = room - tail_room.min(tail);
        // The first texts lose their head, and the last ones their tail.
        let (mut head_behind, mut head_lost) = (head, fitted.left_out_of_prefix);
        let (mut tail_behind, mut tail_left) = (tail, tail_room);
        let mut ids = &fitted.ids[..];
        for (segment, (text, spare)) in segments.iter().zip(&prompt) {
            let (mut lost, mut room) = (0, text.len());
            if *spare == Some(Spare::Head) {
                head_behind -= text.len();
                (lost, room) = (head_lost.min(text.len()), head_room.saturating_sub(head_behind));
                head_lost -= lost;
            } else if *spare == Some(Spare::Tail) {
                tail_behind -= text.len();
                (lost, room) = (fitted.left_out_of_suffix.saturating_sub(tail_behind).min(text.len()), tail_left);
                tail_left = if lost > 0 { 0 } else { tail_left - text.len() };
            }
            let (own, behind) = ids.split_at(if spare.is_none() { 1 } else { text.len() - lost });
            ids = behind;
            if let Segment::Special(control) = segment {
                prop_assert_eq!(own.first().copied(), Controls::V1.id(*control));
                continue;
            }
            let bytes: Vec<u8> = own.iter().flat_map(|&id| Bytes.bytes(id)).copied().collect();
            let cut = String::from_utf8(bytes).expect("no character is cut");
            check_cut(text, &cut, room, *spare == Some(Spare::Head))?;
        }
        prop_assert!(ids.is_empty());
    }
}

/// `old` with a unified diff applied, as `patch` does it; `None` where the diff does not fit.
fn patched(old: &str, diff: &str) -> Option<String> {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let mut lines = diff.split_inclusive('\n').skip(2).peekable();
    let (mut at, mut new) = (0, String::new());
    while let Some(line) = lines.next() {
        if let Some(range) = line.strip_prefix("@@ -") {
            let range = range.split(' ').next()?;
            let (start, count) = range.split_once(',').unwrap_or((range, "1"));
            let start = start.parse::<usize>().ok()?;
            // Of an empty range, the number is that of the line before it.
            let start = if count == "0" { start } else { start.checked_sub(1)? };
            new.extend(old.get(at..start)?.iter().copied());
            at = start;
            continue;
        }
        let (sign, text) = line.split_at(1);
        // The line above has no end.
        let text = if lines.next_if(|next| next.starts_with('\\')).is_some() { text.strip_suffix('\n')? } else { text };
        if sign != "+" {
            if *old.get(at)? != text {
                return None;
            }
            at += 1;
        }
        if sign != "-" {
            new += text;
        }
    }
    new.extend(old.get(at..)?.iter().copied());
    Some(new)
}

/// A text and one that is like it: some lines are left out, doubled, or replaced.
fn edits() -> impl Strategy<Value = (String, String)> {
    (code(60), vec(0..12u8, 1..20), code(4)).prop_map(|(old, changes, other)| {
        let change = |(line, change): (&str, &u8)| match change {
            0 => String::new(),
            1 => line.repeat(2),
            2 => other.clone(),
            3 => format!("{other}\n{line}"),
            _ => line.to_owned(),
        };
        let new = old.split_inclusive('\n').zip(changes.iter().cycle()).map(change).collect();
        (old, new)
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_diff_makes_the_new_text_of_the_old((old, new) in edits()) {
        let diff = diff(&DiffName::nameless(), &old, &new);
        prop_assert_eq!(diff.is_empty(), old == new);
        let applied = if diff.is_empty() { Some(old.clone()) } else { patched(&old, &diff) };
        prop_assert_eq!(applied.as_deref(), Some(new.as_str()), "{}", diff);
        if !diff.is_empty() {
            prop_assert!(diff.starts_with("--- ./stdin\n+++ ./stdin\n@@ -"), "{}", diff);
        }
    }
}

proptest! {
    // Each of them syncs files.
    #![proptest_config(ProptestConfig { cases: config().cases.div_ceil(10), ..config() })]

    #[test]
    fn a_file_is_replaced_whole_or_not_at_all(
        (old, new) in edits(),
        meanwhile in proptest::option::of(code(6)),
        backup in proptest::option::of(select(&["~", ".bak"][..])),
    ) {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("f");
        fs::write(&file, &old).expect("written");
        let target = Target::new(&file, &old).expect("may be written");
        if let Some(meanwhile) = &meanwhile {
            fs::write(&file, meanwhile).expect("written");
        }
        let replaced = target.replace(&new, backup);
        let now = fs::read_to_string(&file).expect("text");
        let mut names: Vec<_> = fs::read_dir(directory.path()).expect("a directory").flatten()
            .map(|entry| entry.file_name().into_string().expect("a name")).collect();
        names.sort();
        match meanwhile.filter(|meanwhile| *meanwhile != old) {
            Some(meanwhile) => {
                prop_assert!(replaced.is_err());
                prop_assert_eq!((now, names), (meanwhile, vec!["f".to_owned()]));
            }
            None => {
                prop_assert_eq!(replaced, Ok(()));
                let copy = backup.map(|suffix| format!("f{suffix}"));
                if let Some(copy) = &copy {
                    prop_assert_eq!(fs::read_to_string(directory.path().join(copy)).expect("text"), old);
                }
                prop_assert_eq!((now, names), (new, ["f".to_owned()].into_iter().chain(copy).collect()));
            }
        }
    }
}

/// Texts of what Markdown is made of.
fn markdown() -> impl Strategy<Value = String> {
    const PARTS: [&str; 36] = [
        "```", "```", "````", "~~~", "``", "`", "    ", "  ", " ", " ", "\t", "> ", ">", "- ", "* ", "1. ", "2. ",
        "10) ", "# ", "#", "x", "py", "x\n", "\n", "\n", "\n", "\n", "\n\n", "\n  ", "\n   ", "\n> ", "===", "---",
        "<div>", "<!--", "\r\n",
    ];
    vec(select(&PARTS[..]), 0..=24).prop_map(|parts| parts.concat())
}

/// What the lines of a whole text are by the parser alone.
fn kinds(text: &str) -> Vec<LineKind> {
    use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

    // The parser takes no tab behind a closing fence.
    let without_tabs = |line: &str| match line.trim_end() {
        bare if bare.ends_with(['`', '~']) => format!("{bare}{}", line[bare.len()..].replace('\t', " ")),
        _ => line.to_owned(),
    };
    let text = if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
    let text: String = text.split_inclusive('\n').map(without_tabs).collect();
    let starts: Vec<usize> =
        text.split_inclusive('\n').scan(0, |end, line| Some(std::mem::replace(end, *end + line.len()))).collect();
    let line_of = |offset: usize| starts.partition_point(|&start| start <= offset) - 1;
    let mut kinds = vec![LineKind::Plain; starts.len()];
    for (event, range) in Parser::new_ext(&text, Options::empty()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                let (first, last) = (line_of(range.start), line_of(range.end - 1));
                kinds[first..=last].fill(LineKind::Code);
                kinds[first] = LineKind::Fence;
                if !text[range].ends_with('\n') {
                    kinds[last] = LineKind::Fence;
                }
            }
            // Others are headings by the line below them.
            Event::Start(Tag::Heading { .. }) if line_of(range.start) == line_of(range.end - 1) => {
                kinds[line_of(range.start)] = LineKind::Heading;
            }
            _ => {}
        }
    }
    kinds
}

#[test]
fn lines_are_told_as_they_come_as_in_the_whole_text() {
    let fenced = Cell::new(0);
    let property = |(text, cuts): (String, Vec<usize>)| {
        let expected = kinds(&text);
        let mut outline = Outline::default();
        let lines = text.split('\n').take(expected.len());
        let found: Vec<LineKind> = lines
            .map(|line| {
                let kind = outline.kind(line);
                outline.push(line);
                kind
            })
            .collect();
        prop_assert_eq!(&found, &expected, "{:?}", text);
        let code = expected.iter().filter(|kind| **kind == LineKind::Code).count();
        let blocks = code_blocks(&text);
        prop_assert_eq!(blocks.iter().map(|block| block.code.lines().count()).sum::<usize>(), code, "{:?}", text);
        fenced.set(fenced.get() + usize::from(code > 0));
        // In pieces, it is shown as it is at once, and nothing is left out.
        let mut whole = Renderer::default();
        let shown = whole.push(&text) + &whole.finish();
        let mut renderer = Renderer::default();
        let by_pieces: String = pieces(&text, &cuts)
            .iter()
            .map(|piece| renderer.push(std::str::from_utf8(piece).expect("ASCII")))
            .collect();
        prop_assert_eq!(&(by_pieces + &renderer.finish()), &shown, "{:?}", text);
        let bare =
            ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[36m"].iter().fold(shown, |text, mark| text.replace(mark, ""));
        prop_assert_eq!(bare, text);
        Ok(())
    };
    TestRunner::new(config()).run(&(markdown(), cuts()), property).unwrap_or_else(|failure| panic!("{failure}"));
    assert!(fenced.get() > 100, "only {} texts have code", fenced.get());
}
