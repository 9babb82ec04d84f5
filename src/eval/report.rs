//! Reports: what a run has measured, beside the figures that were published.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::eval::paper::{self, Measure, Row, Size};
use crate::eval::prompt::Mode;
use crate::eval::record::{Plan, Record, Spent};
use crate::eval::score::{Score, of_suite};
use crate::eval::stats::{Interval, pass_at_k, wilson};
use crate::eval::suite::Suite;
use crate::model::family::Flavour;
use crate::term::table::table;
use crate::units::bytes;

/// The numbers of samples that pass@k is given for.
const KS: [usize; 3] = [1, 10, 100];

/// A run to report on.
#[derive(Debug)]
pub struct Run<'a> {
    /// What its scores are called where it has no record: the name of their file.
    pub name: String,
    /// What it was made with, if that is known.
    pub record: Option<Record>,
    /// Its scores.
    pub scores: Vec<&'a Score>,
    /// Why programs could not be run, and of how many samples of which suite.
    pub missing: BTreeMap<(Suite, String), usize>,
}

/// What the runs have measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The version of dscoder that has made the report.
    pub dscoder: &'static str,
    /// The runs.
    pub runs: Vec<RunReport>,
}

/// What a run has measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunReport {
    /// The name of the model; of samples without a record, the name of the file.
    pub model: String,
    /// What it was made with, if that is known.
    pub settings: Option<Plan>,
    /// What it took, if that is known.
    pub spent: Option<Spent>,
    /// The row of the papers that is shown beside it.
    pub row: Option<Row>,
    /// Whether the row is that of another model, for reference.
    pub is_reference: bool,
    /// The suites.
    pub suites: Vec<SuiteReport>,
}

/// What a run has measured in a suite.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SuiteReport {
    /// The suite.
    pub suite: Suite,
    /// Problems with a sample.
    pub problems: usize,
    /// Samples.
    pub samples: usize,
    /// Seconds that its programs ran.
    pub seconds: f64,
    /// What was measured.
    pub figures: Vec<Figure>,
    /// The chance that of this many samples at least one passes.
    pub pass_at: BTreeMap<usize, f64>,
    /// Why samples were not run, and how many.
    pub missing: BTreeMap<String, usize>,
    /// Exact answers by the length of the hole.
    pub lengths: Vec<Length>,
}

/// A measured share.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// What is counted.
    pub measure: Measure,
    /// The share, from 0 to 1; of several samples of a problem, the mean.
    pub share: f64,
    /// Its interval of 95 %.
    #[serde(flatten)]
    pub interval: Interval,
    /// The number of problems.
    pub problems: usize,
    /// The published figure in percent.
    pub published: Option<f64>,
    /// Where it was published.
    pub place: Option<&'static str>,
    /// How it was measured otherwise than here.
    pub otherwise: Option<&'static str>,
}

/// Holes of a length.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Length {
    /// The length in words, such as "21 to 40 characters".
    pub length: String,
    /// Samples.
    pub samples: usize,
    /// How many of them have the right first line.
    pub first_line: usize,
    /// How many are what was in the hole.
    pub whole: usize,
}

impl Report {
    /// What `runs` have measured. `hole` gives what was in the hole of a problem.
    #[must_use]
    pub fn new(runs: &[Run<'_>], hole: &dyn Fn(Suite, &str) -> Option<String>) -> Report {
        Report { dscoder: env!("CARGO_PKG_VERSION"), runs: runs.iter().map(|run| run_report(run, hole)).collect() }
    }

    /// Whether nothing that was measured could be run.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runs.iter().all(|run| run.suites.iter().all(|suite| suite.figures.is_empty()))
    }
}

fn run_report(run: &Run<'_>, hole: &dyn Fn(Suite, &str) -> Option<String>) -> RunReport {
    let settings = run.record.as_ref().map(|record| record.settings.clone());
    // The smallest model of the papers is the nearest to one that is none of them.
    let row = settings.as_ref().map(|plan| Row { size: plan.size.unwrap_or(Size::B1), flavour: plan.flavour });
    let mut suites: Vec<Suite> = Vec::new();
    for suite in run.scores.iter().filter_map(|score| score.sample.suite) {
        if !suites.contains(&suite) {
            suites.push(suite);
        }
    }
    RunReport {
        model: settings.as_ref().map_or_else(|| run.name.clone(), |plan| plan.model.clone()),
        spent: run.record.as_ref().map(|record| record.spent),
        row,
        is_reference: settings.as_ref().is_some_and(|plan| plan.size.is_none()),
        suites: suites.into_iter().map(|suite| suite_report(run, suite, row, hole)).collect(),
        settings,
    }
}

fn suite_report(
    run: &Run<'_>,
    suite: Suite,
    row: Option<Row>,
    hole: &dyn Fn(Suite, &str) -> Option<String>,
) -> SuiteReport {
    let scores = of_suite(run.scores.iter().copied(), suite);
    let figures = Measure::of(suite).iter().filter_map(|&measure| figure(&scores, suite, measure, row)).collect();
    let missing = run.missing.iter().filter(|((of, _), _)| *of == suite);
    SuiteReport {
        suite,
        problems: by_problem(&scores, |_| Some(true)).len(),
        samples: scores.len(),
        seconds: scores.iter().map(|score| score.seconds).sum(),
        figures,
        pass_at: pass_at(&scores),
        missing: missing.map(|((_, why), count)| (why.clone(), *count)).collect(),
        lengths: lengths(&scores, suite, hole),
    }
}

/// Whether a sample is right by this measure; `None` if it does not count.
#[must_use]
pub fn is_right(score: &Score, measure: Measure) -> Option<bool> {
    match measure {
        Measure::Passed => score.result.counts().then_some(score.passed),
        Measure::FirstLine => score.exact.map(|exact| exact.first_line),
        Measure::Whole => score.exact.map(|exact| exact.whole),
    }
}

/// For each problem, how many of its samples count, and how many of these are right.
#[must_use]
pub fn by_problem<'a>(
    scores: &[&'a Score],
    is_right: impl Fn(&Score) -> Option<bool>,
) -> BTreeMap<&'a str, (usize, usize)> {
    let mut found = BTreeMap::<_, (usize, usize)>::new();
    for score in scores {
        if let Some(right) = is_right(score) {
            let (count, passed) = found.entry(score.sample.task_id.as_str()).or_default();
            *count += 1;
            *passed += usize::from(right);
        }
    }
    found
}

fn figure(scores: &[&Score], suite: Suite, measure: Measure, row: Option<Row>) -> Option<Figure> {
    let problems = by_problem(scores, |score| is_right(score, measure));
    if problems.is_empty() {
        return None;
    }
    let share =
        problems.values().map(|(count, right)| *right as f64 / *count as f64).sum::<f64>() / problems.len() as f64;
    let published = row.and_then(|row| paper::published(row, suite, measure));
    Some(Figure {
        measure,
        share,
        interval: wilson(share, problems.len()),
        problems: problems.len(),
        published: published.map(|one| one.percent),
        place: published.map(|one| one.place),
        otherwise: published.map(|one| one.otherwise).filter(|words| !words.is_empty()),
    })
}

/// pass@k, if there are several samples of each problem.
fn pass_at(scores: &[&Score]) -> BTreeMap<usize, f64> {
    let problems = by_problem(scores, |score| is_right(score, Measure::Passed));
    let least = problems.values().map(|(count, _)| *count).min().unwrap_or_default();
    if least < 2 {
        return BTreeMap::new();
    }
    let mean = |k: usize| {
        let each = problems.values().filter_map(|&(count, passed)| pass_at_k(count, passed, k));
        each.sum::<f64>() / problems.len() as f64
    };
    KS.into_iter().filter(|&k| k <= least).map(|k| (k, mean(k))).collect()
}

/// Exact answers by the length of the hole: in characters if all holes are single lines, else in lines.
fn lengths(scores: &[&Score], suite: Suite, hole: &dyn Fn(Suite, &str) -> Option<String>) -> Vec<Length> {
    let mut known = HashMap::new();
    let mut held = |score: &Score| {
        let id = score.sample.task_id.clone();
        let text = known.entry(id).or_insert_with_key(|id| score.sample.reference.clone().or_else(|| hole(suite, id)));
        text.as_ref().map(|text| (text.trim().lines().count().max(1), text.trim().chars().count()))
    };
    let all: Vec<_> = scores.iter().filter_map(|score| Some((held(score)?, score.exact?))).collect();
    let has_lines = all.iter().any(|((lines, _), _)| *lines > 1);
    const LINES: [(usize, &str); 5] =
        [(1, "1 line"), (2, "2 lines"), (4, "3 to 4 lines"), (8, "5 to 8 lines"), (usize::MAX, "more than 8 lines")];
    const CHARACTERS: [(usize, &str); 5] = [
        (10, "1 to 10 characters"),
        (20, "11 to 20 characters"),
        (40, "21 to 40 characters"),
        (80, "41 to 80 characters"),
        (usize::MAX, "more than 80 characters"),
    ];
    let mut found = Vec::new();
    let mut least = 0;
    for (most, words) in if has_lines { LINES } else { CHARACTERS } {
        let size = |(lines, characters): (usize, usize)| if has_lines { lines } else { characters };
        let own: Vec<_> = all.iter().filter(|(held, _)| (least..=most).contains(&size(*held))).collect();
        if !own.is_empty() {
            found.push(Length {
                length: words.to_owned(),
                samples: own.len(),
                first_line: own.iter().filter(|(_, exact)| exact.first_line).count(),
                whole: own.iter().filter(|(_, exact)| exact.whole).count(),
            });
        }
        least = most.saturating_add(1);
    }
    found
}

/// A share in percent.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// An interval in percent.
#[must_use]
pub fn range(interval: Interval) -> String {
    format!("{:.1} to {:.1}", 100.0 * interval.low, 100.0 * interval.high)
}

impl RunReport {
    /// What was asked, and how, in a line.
    #[must_use]
    pub fn about(&self) -> String {
        let Some(plan) = &self.settings else { return self.model.clone() };
        let size = plan.model_bytes.map(|size| format!(", {}", bytes(size))).unwrap_or_default();
        let place = plan.endpoint.as_ref().map(|url| format!(" on {url}")).unwrap_or_default();
        let prompts = match plan.flavour {
            Flavour::Base => "Base",
            Flavour::Instruct => "Instruct",
        };
        let draws = match plan.samples {
            1 if plan.temperature == 0.0 => "greedy".to_owned(),
            samples => format!("{samples} samples at temperature {}", plan.temperature),
        };
        format!("{}{place}{size}: {prompts} prompts, {}, {draws}", plan.model, plan.mode.words())
    }

    /// What generating took, in words.
    #[must_use]
    pub fn took(&self) -> Option<String> {
        let Spent { seconds, tokens, peak_memory_bytes, .. } = self.spent?;
        let memory = peak_memory_bytes.map(|peak| format!(", {} of memory", bytes(peak))).unwrap_or_default();
        let speed = tokens as f64 / seconds.max(1e-9);
        Some(format!("{} for {tokens} tokens of answers ({speed:.0} tokens/s){memory}", time(seconds)))
    }

    /// Remarks that the figures need.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        let figures = || self.suites.iter().flat_map(|suite| &suite.figures);
        if let Some(row) = self.row.filter(|_| figures().any(|figure| figure.published.is_some())) {
            if self.is_reference {
                remarks.push(format!("{} is not a model of the papers; {row} is shown for reference.", self.model));
            }
            let mut places: Vec<_> = figures().filter_map(|figure| figure.place).collect();
            places.dedup();
            remarks.push(format!("The published figures of {row} are from {}.", places.join(" and ")));
            for suite in &self.suites {
                let otherwise = suite.figures.iter().filter_map(|figure| figure.otherwise);
                remarks.extend(otherwise.map(|words| format!("{}: {words}.", suite.suite.words())));
            }
            if self.settings.as_ref().is_some_and(|plan| plan.mode == Mode::Used) {
                remarks.push("They were measured with the authors' rules, these with dscoder's.".to_owned());
            }
        }
        for suite in &self.suites {
            for (why, count) in &suite.missing {
                let samples = if *count == 1 { "1 sample was".to_owned() } else { format!("{count} samples were") };
                remarks.push(format!("{}: {samples} not run, and not counted: {why}.", suite.suite.words()));
            }
        }
        remarks
    }

    /// The rows of its table, without a heading.
    #[must_use]
    pub fn rows(&self) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for suite in &self.suites {
            for figure in &suite.figures {
                let published = match (figure.published, self.row) {
                    (Some(percent), Some(row)) => format!("{percent:.1} % ({row})"),
                    _ => "-".to_owned(),
                };
                rows.push(vec![
                    suite.suite.words(),
                    figure.measure.words().to_owned(),
                    percent(figure.share),
                    range(figure.interval),
                    figure.problems.to_string(),
                    published,
                ]);
            }
            if suite.figures.is_empty() {
                let mut row = vec!["-".to_owned(); COLUMNS.len()];
                (row[0], row[1], row[4]) = (suite.suite.words(), "not run".to_owned(), "0".to_owned());
                rows.push(row);
            }
            for (k, share) in suite.pass_at.iter().filter(|(k, _)| **k > 1) {
                let problems = suite.figures.first().map_or(0, |figure| figure.problems);
                rows.push(vec![
                    suite.suite.words(),
                    format!("pass@{k}"),
                    percent(*share),
                    "-".to_owned(),
                    problems.to_string(),
                    "-".to_owned(),
                ]);
            }
        }
        rows
    }
}

/// The columns of [`RunReport::rows`].
pub const COLUMNS: [&str; 6] = ["suite", "measure", "share", "95 % interval", "problems", "published"];

/// Seconds in words.
#[must_use]
pub fn time(seconds: f64) -> String {
    match seconds {
        ..120.0 => format!("{seconds:.1} s"),
        ..7200.0 => format!("{:.1} min", seconds / 60.0),
        _ => format!("{:.1} h", seconds / 3600.0),
    }
}

/// The report for a terminal.
#[must_use]
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    for run in &report.runs {
        if !out.is_empty() {
            out.push('\n');
        }
        out += &format!("{}\n", run.about());
        if let Some(took) = run.took() {
            out += &format!("{took}\n");
        }
        let mut rows = vec![COLUMNS.map(str::to_uppercase).to_vec()];
        rows.extend(run.rows());
        // Numbers end in one column.
        for column in 2..5 {
            let width = rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
            rows.iter_mut().for_each(|row| row[column] = format!("{:>width$}", row[column]));
        }
        out += &format!("\n{}", table(&rows));
        for suite in run.suites.iter().filter(|suite| suite.lengths.len() > 1) {
            let mut rows = vec![["LENGTH OF THE HOLE", "FIRST LINE", "EXACT", "SAMPLES"].map(str::to_owned).to_vec()];
            rows.extend(suite.lengths.iter().map(length_row));
            for column in 1..4 {
                let width = rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
                rows.iter_mut().for_each(|row| row[column] = format!("{:>width$}", row[column]));
            }
            out += &format!("\n{}\n{}", suite.suite.words(), table(&rows));
        }
        let remarks = run.remarks();
        if !remarks.is_empty() {
            out += &format!("\n{}\n", remarks.join("\n"));
        }
    }
    out
}

/// A row of the table of lengths.
#[must_use]
pub fn length_row(length: &Length) -> Vec<String> {
    let share = |part: usize| percent(part as f64 / length.samples.max(1) as f64);
    vec![length.length.clone(), share(length.first_line), share(length.whole), length.samples.to_string()]
}

/// The report as Markdown.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let cell = |text: &String| text.replace('|', "\\|");
    let line = |cells: &[String]| format!("| {} |\n", cells.iter().map(cell).collect::<Vec<_>>().join(" | "));
    let mut out = String::from("# dscoder eval\n");
    for run in &report.runs {
        out += &format!("\n## {}\n\n", run.about());
        if let Some(took) = run.took() {
            out += &format!("{took}\n\n");
        }
        out += &line(&COLUMNS.map(str::to_owned));
        out += "|---|---|---:|---:|---:|---|\n";
        run.rows().iter().for_each(|row| out += &line(row));
        for suite in run.suites.iter().filter(|suite| suite.lengths.len() > 1) {
            out += &format!("\n{}, by the length of the hole:\n\n", suite.suite.words());
            out += "| length | first line | exact | samples |\n|---|---:|---:|---:|\n";
            suite.lengths.iter().for_each(|length| out += &line(&length_row(length)));
        }
        for remark in run.remarks() {
            out += &format!("\n{remark}\n");
        }
    }
    out
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::eval::record::tests::plan;

    fn score(suite: &str, id: &str, result: &str, exact: Option<(bool, bool)>) -> Score {
        let exact =
            exact.map(|(first_line, whole)| format!(",\"exact\":{{\"first_line\":{first_line},\"whole\":{whole}}}"));
        let line = format!(
            "{{\"task_id\":\"{id}\",\"completion\":\"\",\"suite\":\"{suite}\",\"result\":\"{result}\",\"passed\":{},\
             \"seconds\":0.5{}}}",
            result == "passed",
            exact.unwrap_or_default()
        );
        serde_json::from_str(&line).expect("a score")
    }

    /// A run with every kind of figure, of a model of the papers if it has a size.
    pub(crate) fn report(size: Option<Size>) -> Report {
        let mut scores = Vec::new();
        for (id, result, exact) in [
            ("1", "passed", (true, true)),
            ("2", "failed", (true, false)),
            ("3", "timed_out", (false, false)),
            ("4", "passed", (false, false)),
        ] {
            scores.push(score("infilling-single-line", id, result, Some(exact)));
        }
        for result in ["passed", "failed", "failed"] {
            scores.push(score("humaneval-python", "1", result, None));
            scores.push(score("humaneval-python", "2", "passed", None));
        }
        scores.push(score("humaneval-java", "1", "cannot_run", None));
        let java = "humaneval-java".parse().expect("a suite");
        let run = Run {
            name: "s.jsonl".into(),
            record: Some(Record {
                settings: Plan { size, model: "m<b>.gguf".into(), ..plan() },
                spent: Spent { seconds: 90.0, prompt_tokens: 9, tokens: 180, peak_memory_bytes: Some(2_000_000_000) },
            }),
            scores: scores.iter().collect(),
            missing: BTreeMap::from([((java, "javac is not installed".to_owned()), 1)]),
        };
        let hole = |_: Suite, id: &str| Some(if id == "1" { "short\n".to_owned() } else { "x".repeat(30) });
        Report::new(&[run], &hole)
    }

    #[test]
    fn figures_are_shares_of_problems() {
        let report = report(Some(Size::B6));
        let run = &report.runs[0];
        let shares: Vec<_> = run
            .suites
            .iter()
            .flat_map(|suite| suite.figures.iter().map(|one| (one.measure, one.share, one.problems, one.published)))
            .collect();
        assert_eq!(
            shares,
            [
                (Measure::Passed, 0.5, 4, None),
                (Measure::FirstLine, 0.5, 4, Some(79.8)),
                (Measure::Whole, 0.25, 4, None),
                // One of three samples, and all of the other problem's.
                (Measure::Passed, (1.0 / 3.0 + 1.0) / 2.0, 2, Some(49.4)),
            ]
        );
        assert_eq!(run.suites[0].pass_at, BTreeMap::new());
        assert_eq!(run.suites[1].pass_at.keys().collect::<Vec<_>>(), [&1]);
        // What could not be run has no figure.
        assert_eq!((run.suites[2].problems, &run.suites[2].figures[..]), (1, &[][..]));
        let lengths: Vec<_> = run.suites[0]
            .lengths
            .iter()
            .map(|one| (one.length.as_str(), one.samples, one.first_line, one.whole))
            .collect();
        assert_eq!(lengths, [("1 to 10 characters", 1, 1, 1), ("21 to 40 characters", 3, 1, 0)]);
    }

    #[test]
    fn tables_have_the_published_row() {
        let text = text(&report(Some(Size::B6)));
        let expected = "\
m<b>.gguf: Base prompts, as published, 2 samples at temperature 0.2
90.0 s for 180 tokens of answers (2 tokens/s), 2.0 GB of memory

SUITE                   MEASURE            SHARE  95 % INTERVAL  PROBLEMS  PUBLISHED
Infilling, single line  pass              50.0 %   15.0 to 85.0         4  -
Infilling, single line  first line exact  50.0 %   15.0 to 85.0         4  79.8 % (6.7b-base)
Infilling, single line  exact             25.0 %    4.6 to 69.9         4  -
HumanEval, Python       pass              66.7 %   15.9 to 95.5         2  49.4 % (6.7b-base)
HumanEval, Java         not run                -              -         0  -

Infilling, single line
LENGTH OF THE HOLE   FIRST LINE    EXACT  SAMPLES
1 to 10 characters      100.0 %  100.0 %        1
21 to 40 characters      33.3 %    0.0 %        3

The published figures of 6.7b-base are from arXiv 2406.11931 (fill-in-the-middle) and arXiv 2401.14196 (table 3).
Infilling, single line: the published figure is about lines of other Python files (SantaCoder's benchmark).
HumanEval, Java: 1 sample was not run, and not counted: javac is not installed.
";
        assert_eq!(text, expected);
        let reference = super::text(&report(None));
        assert!(reference.contains("m<b>.gguf is not a model of the papers; 1.3b-base is shown for reference.\n"));
        assert!(reference.contains("34.8 % (1.3b-base)"), "{reference}");
    }

    #[test]
    fn markdown_has_the_same_rows() {
        let report = report(Some(Size::B6));
        let text = markdown(&report);
        assert!(text.contains(
            "| suite | measure | share | 95 % interval | problems | published |\n|---|---|---:|---:|---:|---|\n"
        ));
        for row in report.runs[0].rows() {
            assert!(text.contains(&format!("| {} |\n", row.join(" | "))), "{row:?}");
        }
        assert!(text.contains("| 1 to 10 characters | 100.0 % | 100.0 % | 1 |\n"));
    }
}
