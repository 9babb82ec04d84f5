//! The paired comparison of two runs: which problems only one of them solves, and whether that may be chance.

use serde::Serialize;

use crate::eval::paper::Measure;
use crate::eval::report::{by_problem, is_right, percent};
use crate::eval::score::{Score, of_suite};
use crate::eval::stats::mcnemar;
use crate::eval::suite::Suite;
use crate::term::table::table;

/// A difference that is as large by chance in one of twenty cases.
const LEVEL: f64 = 0.05;

/// Two runs, side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The first run, in words.
    pub a: String,
    /// The second one.
    pub b: String,
    /// The suites that both have.
    pub suites: Vec<Paired>,
    /// Problems that only one of the runs has; they are left out.
    pub left_out: usize,
}

/// Two runs in a suite, by one measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Paired {
    /// The suite.
    pub suite: Suite,
    /// What is counted.
    pub measure: Measure,
    /// Problems of both runs.
    pub problems: usize,
    /// Problems that both solve; of several samples, equally often.
    pub both: usize,
    /// Problems that only the first solves; of several samples, more often.
    pub only_a: usize,
    /// Problems that only the second solves; of several samples, more often.
    pub only_b: usize,
    /// Problems that neither solves.
    pub neither: usize,
    /// The share that the first solves.
    pub share_a: f64,
    /// The share that the second solves.
    pub share_b: f64,
    /// The chance of a difference like this if neither is better (McNemar's exact test).
    pub p_value: f64,
    /// The names of the problems that only the first solves.
    pub only_a_problems: Vec<String>,
    /// The names of the problems that only the second solves.
    pub only_b_problems: Vec<String>,
}

impl Comparison {
    /// Compares the scores of two runs, each with its name. A suite is compared by each measure that both have.
    #[must_use]
    pub fn new((name_a, a): (String, &[Score]), (name_b, b): (String, &[Score])) -> Comparison {
        let mut comparison = Comparison { a: name_a, b: name_b, suites: Vec::new(), left_out: 0 };
        let mut suites: Vec<Suite> = a.iter().chain(b).filter_map(|score| score.sample.suite).collect();
        suites.sort_unstable();
        suites.dedup();
        for suite in suites {
            let (a, b) = (of_suite(a, suite), of_suite(b, suite));
            let (all_a, all_b) = (by_problem(&a, |_| Some(true)), by_problem(&b, |_| Some(true)));
            comparison.left_out += all_a.keys().filter(|id| !all_b.contains_key(*id)).count();
            comparison.left_out += all_b.keys().filter(|id| !all_a.contains_key(*id)).count();
            comparison.suites.extend(Measure::of(suite).iter().filter_map(|&measure| pair(&a, &b, suite, measure)));
        }
        comparison
    }
}

fn pair(a: &[&Score], b: &[&Score], suite: Suite, measure: Measure) -> Option<Paired> {
    let (a, b) = (by_problem(a, |score| is_right(score, measure)), by_problem(b, |score| is_right(score, measure)));
    let mut found = Paired {
        suite,
        measure,
        problems: 0,
        both: 0,
        only_a: 0,
        only_b: 0,
        neither: 0,
        share_a: 0.0,
        share_b: 0.0,
        p_value: 1.0,
        only_a_problems: Vec::new(),
        only_b_problems: Vec::new(),
    };
    for (id, &(count_a, right_a)) in &a {
        let Some(&(count_b, right_b)) = b.get(id) else { continue };
        found.problems += 1;
        found.share_a += right_a as f64 / count_a as f64;
        found.share_b += right_b as f64 / count_b as f64;
        // As fractions of integers.
        match (right_a * count_b).cmp(&(right_b * count_a)) {
            std::cmp::Ordering::Greater => found.only_a_problems.push((*id).to_owned()),
            std::cmp::Ordering::Less => found.only_b_problems.push((*id).to_owned()),
            std::cmp::Ordering::Equal if right_a > 0 => found.both += 1,
            std::cmp::Ordering::Equal => found.neither += 1,
        }
    }
    if found.problems == 0 {
        return None;
    }
    found.share_a /= found.problems as f64;
    found.share_b /= found.problems as f64;
    (found.only_a, found.only_b) = (found.only_a_problems.len(), found.only_b_problems.len());
    found.p_value = mcnemar(found.only_a, found.only_b);
    Some(found)
}

/// A chance, with as many digits as matter.
fn chance(p: f64) -> String {
    if p < 0.001 { "<0.001".to_owned() } else { format!("{p:.3}") }
}

/// The comparison for a terminal.
#[must_use]
pub fn text(comparison: &Comparison) -> String {
    let mut out = format!("A  {}\nB  {}\n\n", comparison.a, comparison.b);
    let heading = ["SUITE", "MEASURE", "A", "B", "BOTH", "ONLY A", "ONLY B", "NEITHER", "p"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    for one in &comparison.suites {
        let counts = [one.both, one.only_a, one.only_b, one.neither].map(|count| count.to_string());
        let mut row =
            vec![one.suite.words(), one.measure.words().to_owned(), percent(one.share_a), percent(one.share_b)];
        row.extend(counts);
        row.push(chance(one.p_value));
        rows.push(row);
    }
    for column in 2..9 {
        let width = rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
        rows.iter_mut().for_each(|row| row[column] = format!("{:>width$}", row[column]));
    }
    out += &table(&rows);
    for one in &comparison.suites {
        let name = format!("{}, {}", one.suite.words(), one.measure.words());
        out += &format!("\n{name}: {}\n", verdict(one));
        for (which, problems) in [("A", &one.only_a_problems), ("B", &one.only_b_problems)] {
            if !problems.is_empty() {
                out += &format!("only {which}: {}\n", problems.join(", "));
            }
        }
    }
    if comparison.left_out > 0 {
        out += &format!("\n{} problems are in one run only, and left out.\n", comparison.left_out);
    }
    out
}

/// What the test says.
fn verdict(one: &Paired) -> String {
    let differing = one.only_a + one.only_b;
    if differing == 0 {
        return "no difference".to_owned();
    }
    let better = if one.only_a > one.only_b { "A" } else { "B" };
    if one.p_value < LEVEL {
        format!("{better} is better (p = {})", chance(one.p_value).replace('<', "less than "))
    } else {
        let problems =
            if differing == 1 { "1 problem differs".to_owned() } else { format!("{differing} problems differ") };
        format!("{problems}, which may be chance (p = {})", chance(one.p_value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(suite: &str, id: &str, result: &str, exact: Option<(bool, bool)>) -> Score {
        let exact =
            exact.map(|(first_line, whole)| format!(",\"exact\":{{\"first_line\":{first_line},\"whole\":{whole}}}"));
        let line = format!(
            "{{\"task_id\":\"{id}\",\"completion\":\"\",\"suite\":\"{suite}\",\"result\":\"{result}\",\"passed\":{},\
             \"seconds\":0{}}}",
            result == "passed",
            exact.unwrap_or_default()
        );
        serde_json::from_str(&line).expect("a score")
    }

    fn run(results: &[(&str, &str)]) -> Vec<Score> {
        results.iter().map(|(id, result)| score("humaneval-python", id, result, None)).collect()
    }

    #[test]
    fn problems_of_both_runs_are_paired() {
        let a = run(&[
            ("1", "passed"),
            ("2", "passed"),
            ("3", "failed"),
            ("4", "timed_out"),
            ("5", "passed"),
            ("6", "passed"),
        ]);
        let b = run(&[
            ("1", "passed"),
            ("2", "failed"),
            ("3", "passed"),
            ("4", "failed"),
            ("5", "cannot_run"),
            ("7", "passed"),
        ]);
        let found = Comparison::new(("a".into(), &a), ("b".into(), &b));
        assert_eq!((found.suites.len(), found.left_out), (1, 2));
        let one = &found.suites[0];
        // What cannot be run counts for neither.
        assert_eq!((one.problems, one.both, one.only_a, one.only_b, one.neither), (4, 1, 1, 1, 1));
        assert_eq!((one.share_a, one.share_b, one.p_value), (0.5, 0.5, 1.0));
        assert_eq!(
            (&one.only_a_problems[..], &one.only_b_problems[..]),
            (&["2".to_owned()][..], &["3".to_owned()][..])
        );
        let expected = "\
A  a
B  b

SUITE              MEASURE       A       B  BOTH  ONLY A  ONLY B  NEITHER      p
HumanEval, Python  pass     50.0 %  50.0 %     1       1       1        1  1.000

HumanEval, Python, pass: 2 problems differ, which may be chance (p = 1.000)
only A: 2
only B: 3

2 problems are in one run only, and left out.
";
        assert_eq!(text(&found), expected);
    }

    #[test]
    fn of_several_samples_the_shares_are_compared() {
        let a = run(&[("1", "passed"), ("1", "failed"), ("2", "failed"), ("2", "failed")]);
        let b = run(&[("1", "passed"), ("1", "passed"), ("1", "passed"), ("2", "failed")]);
        let found = Comparison::new(("a".into(), &a), ("b".into(), &b));
        let one = &found.suites[0];
        assert_eq!((one.only_a, one.only_b, one.neither, one.share_a, one.share_b), (0, 1, 1, 0.25, 0.5));
    }

    #[test]
    fn verdicts() {
        let run = |right: bool| -> Vec<Score> {
            (0..12).map(|id| score("fim-exact", &id.to_string(), "failed", Some((right, id == 0)))).collect()
        };
        let found = Comparison::new(("a".into(), &run(false)), ("b".into(), &run(true)));
        assert_eq!(found.suites.len(), 2);
        assert_eq!(verdict(&found.suites[0]), "B is better (p = less than 0.001)");
        assert_eq!(verdict(&found.suites[1]), "no difference");
    }
}
