//! How often answers end where they should, on functions of real sources:
//!
//! ```text
//! cargo bench --bench blocks -- DIRECTORY...
//! ```
//!
//! For each function of more than one line in the files below the directories, with the true text as the answer, cut into
//! pieces at random:
//!
//! - **block**: the rest of the file behind the first line of the body. It must end with the function.
//! - **middle**: a part of the body. It must stay as it is.
//! - **run-on**: the same part and what follows it in the file. It must end where the part does.
//!
//! A table has the share for each language, and the longest time that a line took behind at most 2,000 lines, the median
//! of `BLOCKS_RUNS` (3) runs: that of a block, and that of an infill. `BLOCKS_SHOW=N` prints the first N failures of each kind. At
//! most `BLOCKS_LIMIT` (200) functions of a language are looked at, evenly spread over its files; of each, `BLOCKS_PARTS`
//! (1) parts. `BLOCKS_SEED` (1) begins the random numbers.

#![allow(clippy::print_stdout, reason = "its table is what it is for")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dscoder::shape::stop::Until;
use dscoder::shape::{Shape, ShapeOptions};
use dscoder::text::dialect::{self, Dialect};
use dscoder::text::lines::line_start;
use dscoder::text::structure::{function, tree};
use tree_sitter::Parser;

/// A small generator of random numbers (Knuth's MMIX constants).
#[derive(Clone)]
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

/// The slowest line so far.
struct Slowest {
    /// How many runs the median is of.
    runs: usize,
    time: Duration,
    place: String,
}

impl Slowest {
    fn new(runs: usize) -> Slowest {
        Slowest { runs, time: Duration::ZERO, place: String::new() }
    }

    /// Takes the times of the lines of a run, which `again` repeats: a computer that is busy slows any of them.
    fn take(&mut self, first: Vec<Duration>, mut again: impl FnMut() -> Vec<Duration>, place: impl FnOnce() -> String) {
        if first.iter().all(|time| *time <= self.time) {
            return;
        }
        let mut times: Vec<Vec<Duration>> = first.into_iter().map(|time| vec![time]).collect();
        for _ in 1..self.runs {
            times.iter_mut().zip(again()).for_each(|(times, time)| times.push(time));
        }
        let median = |times: &mut Vec<Duration>| {
            times.sort();
            times[times.len() / 2]
        };
        let slowest = times.iter_mut().map(median).max().unwrap_or_default();
        if slowest > self.time {
            (self.time, self.place) = (slowest, place());
        }
    }

    fn text(&self) -> String {
        format!("{:.2} ms", self.time.as_secs_f64() * 1e3)
    }
}

/// Outcomes of one kind: right ones, all, and the first failures.
#[derive(Default)]
struct Score {
    right: usize,
    all: usize,
    failures: Vec<String>,
}

impl Score {
    fn add(&mut self, is_right: bool, failure: impl FnOnce() -> String) {
        self.right += usize::from(is_right);
        self.all += 1;
        if !is_right && self.failures.len() < 100 {
            self.failures.push(failure());
        }
    }

    fn share(&self) -> String {
        if self.all == 0 {
            return "-".to_owned();
        }
        format!("{:.1} % of {}", 100.0 * self.right as f64 / self.all as f64, self.all)
    }
}

fn main() {
    let number =
        |name: &str, default: usize| std::env::var(name).ok().and_then(|it| it.parse().ok()).unwrap_or(default);
    let (limit, show, parts) = (number("BLOCKS_LIMIT", 200), number("BLOCKS_SHOW", 0), number("BLOCKS_PARTS", 1));
    let runs = number("BLOCKS_RUNS", 3);
    let mut files: BTreeMap<&str, Vec<PathBuf>> = BTreeMap::new();
    for directory in std::env::args().skip(1).filter(|argument| !argument.starts_with("--")) {
        walk(Path::new(&directory), &mut files);
    }
    let mut random = Random(number("BLOCKS_SEED", 1) as u64);
    println!("| language | functions | block | middle | run-on | slowest line | in an infill |");
    println!("|---|---|---|---|---|---|---|");
    for (language, paths) in files {
        let mut functions = Vec::new();
        for path in &paths {
            let Ok(text) = fs::read_to_string(path) else { continue };
            let Some(dialect) = dialect::of_path(path) else { continue };
            if text.len() < 400_000 && !text.contains('\r') {
                let found = functions_of(dialect, text.as_bytes());
                functions.extend(found.into_iter().map(|function| (path.clone(), text.clone(), function)));
            }
        }
        if functions.is_empty() {
            continue;
        }
        let step = (functions.len() / limit).max(1);
        let (mut block, mut middle, mut run_on) = (Score::default(), Score::default(), Score::default());
        let (mut slowest, mut slowest_infill) = (Slowest::new(runs), Slowest::new(runs));
        let mut count = 0;
        for (path, text, function) in functions.iter().step_by(step).take(limit) {
            let Some(dialect) = dialect::of_path(path) else { continue };
            // Behind the line that begins the body, or at the body where it is in lines of its own.
            let Some(start) =
                text[function.body.start..function.body.end].find('\n').map(|at| function.body.start + at + 1)
            else {
                continue;
            };
            let start = if function.is_indented { line_start(text.as_bytes(), function.body.start) } else { start };
            let end = text[function.whole.end..].find('\n').map_or(text.len(), |at| function.whole.end + at + 1);
            if start >= end {
                continue;
            }
            count += 1;
            let place = || format!("{}:{}", path.display(), text[..start].matches('\n').count() + 1);
            // A time behind a longer text is no figure.
            let is_measured = text[..start].matches('\n').count() <= 2000;
            let run = || shaped(dialect, &text[..start], None, Until::Block, &text[start..], random.clone());
            let (found, times) = run();
            if is_measured {
                slowest.take(times, || run().1, place);
            }
            block.add(found == text[start..end], || format!("{}\n{}", place(), difference(&text[start..end], &found)));
            // The line that closes it is not part of the body.
            let body_end = if function.is_indented { end } else { line_start(text.as_bytes(), function.whole.end) };
            for _ in 0..parts {
                let Some(part) = part(text, start, body_end, &mut random) else { continue };
                let (prefix, answer, suffix) = (&text[..part.start], &text[part.clone()], &text[part.end..]);
                let until = fitting(prefix, suffix);
                let mut infill = |answer: &str| {
                    let run = || shaped(dialect, prefix, Some(suffix), until, answer, random.clone());
                    let (found, times) = run();
                    if is_measured {
                        slowest_infill.take(times, || run().1, place);
                    }
                    found
                };
                let found = infill(answer);
                middle.add(found == answer, || format!("{}\n{}", place(), difference(answer, &found)));
                let more: String = suffix.split_inclusive('\n').take(6).collect();
                let found = infill(&format!("{answer}{more}"));
                // A line end that the suffix has is no difference.
                let is_right = found.trim_end() == answer.trim_end();
                run_on.add(is_right, || format!("{}\n{}", place(), difference(answer, &found)));
            }
        }
        println!(
            "| {language} | {count} | {} | {} | {} | {} | {} |",
            block.share(),
            middle.share(),
            run_on.share(),
            slowest.text(),
            slowest_infill.text()
        );
        if show > 0 {
            println!("\nslowest behind {}, in an infill in {}", slowest.place, slowest_infill.place);
        }
        for (name, score) in [("block", block), ("middle", middle), ("run-on", run_on)] {
            score.failures.iter().take(show).for_each(|failure| println!("\n--- {name}: {failure}"));
        }
    }
}

fn walk(path: &Path, files: &mut BTreeMap<&'static str, Vec<PathBuf>>) {
    if path.is_dir() {
        let mut entries: Vec<_> =
            fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        entries.sort();
        let is_wanted = |path: &&PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            !name.starts_with('.')
                && !["node_modules", "test", "tests", "__pycache__", "site-packages"].contains(&name.as_str())
        };
        entries.iter().filter(is_wanted).for_each(|entry| walk(entry, files));
    } else if let Some(found) = dialect::of_path(path).filter(|found| found.grammar.is_some()) {
        files.entry(found.name()).or_default().push(path.to_owned());
    }
}

/// A part of a body: whole lines, the rest of a line and lines behind it, or a part of a line.
fn part(text: &str, start: usize, end: usize, random: &mut Random) -> Option<std::ops::Range<usize>> {
    let lines: Vec<usize> = (start..end).filter(|at| *at == start || text.as_bytes()[at - 1] == b'\n').collect();
    let first = random.below(lines.len());
    let line_end = |index: usize| lines.get(index + 1).copied().unwrap_or(end) - 1;
    let begin = *lines.get(first)?;
    let indent = text[begin..].len() - text[begin..].trim_start_matches([' ', '\t']).len();
    let last = (first + random.below(4)).min(lines.len() - 1);
    let range = match random.below(3) {
        0 => begin..line_end(last) + 1,
        1 => begin + indent..line_end(last),
        _ => {
            let line = text.get(begin + indent..line_end(first))?;
            let from = line.char_indices().map(|(at, _)| at).nth(random.below(line.len() / 2 + 1))?;
            begin + indent + from..line_end(last)
        }
    };
    let answer = text.get(range.clone())?;
    // Blanks at the end of a line, and the blank lines before another one, are trimmed by design.
    let is_plain = !answer.trim().is_empty() && !answer.trim_end_matches('\n').ends_with([' ', '\t']);
    is_plain.then_some(range)
}

/// Where an answer ends by itself, as `dscoder infill` has it.
fn fitting(prefix: &str, suffix: &str) -> Until {
    let between_lines = prefix.is_empty() || prefix.ends_with('\n');
    let rest = suffix.split('\n').next().unwrap_or_default();
    if between_lines || rest.trim().is_empty() { Until::End } else { Until::Line }
}

/// What is kept of an answer, and the time that each line took. The first piece does not count: with it, the texts
/// around are read.
fn shaped(
    dialect: &'static Dialect,
    prefix: &str,
    suffix: Option<&str>,
    until: Until,
    answer: &str,
    mut random: Random,
) -> (String, Vec<Duration>) {
    let mut shape = Shape::new(dialect, prefix, suffix, &ShapeOptions { until, stop: &[], raw: false });
    let (mut out, mut rest) = (Vec::new(), answer.as_bytes());
    let mut times = vec![Duration::ZERO];
    let mut is_first = true;
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at((1 + random.below(12)).min(rest.len()));
        rest = behind;
        let start = Instant::now();
        let released = shape.push(piece);
        if !std::mem::take(&mut is_first)
            && let Some(line) = times.last_mut()
        {
            *line += start.elapsed();
        }
        if piece.contains(&b'\n') {
            times.push(Duration::ZERO);
        }
        out.extend(released.bytes);
        if released.stopped.is_some() {
            break;
        }
    }
    out.extend(shape.finish());
    (String::from_utf8_lossy(&out).into_owned(), times)
}

/// The first lines that differ.
fn difference(due: &str, found: &str) -> String {
    let same = due.lines().zip(found.lines()).take_while(|(a, b)| a == b).count();
    let lines = |text: &str| text.lines().skip(same.saturating_sub(2)).take(6).collect::<Vec<_>>().join("\n    ");
    format!("  due:\n    {}\n  found:\n    {}", lines(due), lines(found))
}

/// A function of more than one line.
struct Function {
    /// All of it.
    whole: std::ops::Range<usize>,
    /// What is between its head and its end, with the brackets around it.
    body: std::ops::Range<usize>,
    /// Whether its body has no brackets.
    is_indented: bool,
}

/// The functions of a text that have lines of their own, outermost first; none with errors in them.
fn functions_of(dialect: &'static Dialect, text: &[u8]) -> Vec<Function> {
    let Some(grammar) = dialect.grammar else { return Vec::new() };
    let mut parser = Parser::new();
    if parser.set_language(&tree::language(grammar)).is_err() {
        return Vec::new();
    }
    let Some(tree) = parser.parse(text, None) else { return Vec::new() };
    let mut found = Vec::new();
    let mut nodes = vec![tree.root_node()];
    while let Some(node) = nodes.pop() {
        if let Some(body) = function::body(node).filter(|body| {
            function::is_function(node.kind())
                && !node.has_error()
                && body.end_position().row > node.start_position().row + 1
        }) {
            let line = line_start(text, node.start_byte());
            let is_first = text[line..node.start_byte()].trim_ascii().is_empty() || !text[line..].starts_with(b" ");
            let is_indented = body.start_position().row > node.start_position().row
                && !matches!(text.get(body.start_byte()), Some(b'{'));
            let opens_last = matches!(text.get(body.start_byte()), Some(b'{'));
            if is_first && (opens_last || is_indented) {
                found.push(Function {
                    whole: node.byte_range(),
                    body: body.start_byte()..node.end_byte(),
                    is_indented,
                });
            }
            continue;
        }
        let mut cursor = node.walk();
        let children: Vec<_> = node.children(&mut cursor).collect();
        nodes.extend(children.into_iter().rev());
    }
    found
}
