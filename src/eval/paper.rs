//! The figures that DeepSeek published, and which of them are about a model.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::eval::suite::{Language, Span, Suite};
use crate::model::family::{Flavour, Shape};

/// A model of the papers, by its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Size {
    /// 1.3 billion parameters.
    #[serde(rename = "1.3b")]
    B1,
    /// 5.7 billion, with multi-query attention; Base only.
    #[serde(rename = "5.7b")]
    B5,
    /// 6.7 billion.
    #[serde(rename = "6.7b")]
    B6,
    /// 33 billion.
    #[serde(rename = "33b")]
    B33,
}

impl Size {
    const ALL: [Size; 4] = [Size::B1, Size::B5, Size::B6, Size::B33];

    /// As names of models have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Size::B1 => "1.3b",
            Size::B5 => "5.7b",
            Size::B6 => "6.7b",
            Size::B33 => "33b",
        }
    }

    /// The model with this shape. Each has its own.
    #[must_use]
    pub fn of_shape(shape: &Shape) -> Option<Size> {
        match (shape.layers, shape.width, shape.key_heads) {
            (24, 2048, _) => Some(Size::B1),
            (32, 4096, 1) => Some(Size::B5),
            (32, 4096, _) => Some(Size::B6),
            (62, 7168, _) => Some(Size::B33),
            _ => None,
        }
    }

    /// The model that a server's name for it means.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Size> {
        let name = name.to_lowercase();
        // A 33b is no 3b, so numbers are compared whole.
        let mut words = name.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.');
        words.find_map(|word| {
            Size::ALL.into_iter().find(|size| word == size.name() || word.strip_suffix("mqa") == Some(size.name()))
        })
    }
}

/// A row of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The model.
    pub size: Size,
    /// Base or Instruct.
    pub flavour: Flavour,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.size.name(), self.flavour.name())
    }
}

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Answers whose programs pass the tests.
    Passed,
    /// Answers whose first line is that of the hole.
    FirstLine,
    /// Answers that are what was in the hole.
    Whole,
}

impl Measure {
    /// What is counted in a suite.
    #[must_use]
    pub fn of(suite: Suite) -> &'static [Measure] {
        match suite.runs_programs() {
            true => &[Measure::Passed, Measure::FirstLine, Measure::Whole],
            false => &[Measure::FirstLine, Measure::Whole],
        }
    }

    /// Its name in tables.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Measure::Passed => "pass",
            Measure::FirstLine => "first line exact",
            Measure::Whole => "exact",
        }
    }
}

/// A published figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Published {
    /// Percent.
    pub percent: f64,
    /// Where it is.
    pub place: &'static str,
    /// How it was measured otherwise than here, as a sentence; empty if it was not.
    pub otherwise: &'static str,
}

/// Percent in the order of [`Language::ALL`].
const HUMANEVAL: &[(Size, Flavour, [f64; 8])] = &[
    (Size::B1, Flavour::Base, [34.8, 31.1, 32.3, 24.2, 28.9, 36.7, 10.1, 28.6]),
    (Size::B5, Flavour::Base, [48.7, 45.3, 41.1, 39.7, 44.7, 41.1, 27.8, 42.2]),
    (Size::B6, Flavour::Base, [49.4, 50.3, 43.0, 38.5, 49.7, 50.0, 28.5, 48.4]),
    (Size::B33, Flavour::Base, [56.1, 58.4, 51.9, 44.1, 52.8, 51.3, 32.3, 55.3]),
    (Size::B1, Flavour::Instruct, [65.2, 45.3, 51.9, 45.3, 59.7, 55.1, 12.7, 52.2]),
    (Size::B6, Flavour::Instruct, [78.6, 63.4, 68.4, 68.9, 67.2, 72.8, 36.7, 72.7]),
    (Size::B33, Flavour::Instruct, [79.3, 68.9, 73.4, 72.7, 67.9, 74.1, 43.0, 73.9]),
];

const MBPP: &[(Size, Flavour, f64)] = &[
    (Size::B1, Flavour::Base, 46.2),
    (Size::B5, Flavour::Base, 57.2),
    (Size::B6, Flavour::Base, 60.6),
    (Size::B33, Flavour::Base, 66.0),
    (Size::B1, Flavour::Instruct, 49.4),
    (Size::B6, Flavour::Instruct, 65.4),
    (Size::B33, Flavour::Instruct, 70.0),
];

/// Single lines of Python files.
const FIRST_LINE: &[(Size, f64)] = &[(Size::B1, 74.1), (Size::B6, 79.8), (Size::B33, 80.5)];

const PAPER: &str = "arXiv 2401.14196 (table 3)";
const README: &str = "the README of DeepSeek-Coder";
const V2_PAPER: &str = "arXiv 2406.11931 (fill-in-the-middle)";

/// The published figure of a model in a suite, if there is one.
#[must_use]
pub fn published(row: Row, suite: Suite, measure: Measure) -> Option<Published> {
    let Row { size, flavour } = row;
    let place = if size == Size::B5 { README } else { PAPER };
    match (suite, measure) {
        (Suite::HumanEval(language), Measure::Passed) => {
            let (.., percents) = HUMANEVAL.iter().find(|known| (known.0, known.1) == (size, flavour))?;
            let column = Language::ALL.iter().position(|one| *one == language)?;
            Some(Published { percent: percents[column], place, otherwise: "" })
        }
        (Suite::Mbpp, Measure::Passed) => {
            let (.., percent) = MBPP.iter().find(|known| (known.0, known.1) == (size, flavour))?;
            Some(Published { percent: *percent, place, otherwise: "" })
        }
        (Suite::Infilling(Span::SingleLine), Measure::FirstLine) if flavour == Flavour::Base => {
            let (_, percent) = FIRST_LINE.iter().find(|known| known.0 == size)?;
            let otherwise = "the published figure is about lines of other Python files (SantaCoder's benchmark)";
            Some(Published { percent: *percent, place: V2_PAPER, otherwise })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_sizes() {
        for (name, size) in [
            ("deepseek-coder-6.7b-base.Q4_K_M.gguf", Some(Size::B6)),
            ("deepseek-coder:33b-base-q4_0", Some(Size::B33)),
            ("deepseek-coder-5.7bmqa-base.Q4_0.gguf", Some(Size::B5)),
            ("deepseek-ai/deepseek-coder-1.3b-instruct", Some(Size::B1)),
            ("deepseek-coder-v2:16b", None),
            ("demo.gguf", None),
            ("x-3b", None),
            ("", None),
        ] {
            assert_eq!(Size::of_name(name), size, "{name}");
        }
    }

    #[test]
    fn figures_are_those_of_their_columns() {
        let percent = |size, flavour, suite: &str, measure| {
            published(Row { size, flavour }, suite.parse().expect("a suite"), measure).map(|found| found.percent)
        };
        use Flavour::{Base, Instruct};
        use Measure::{FirstLine, Passed};
        assert_eq!(percent(Size::B1, Base, "humaneval-python", Passed), Some(34.8));
        assert_eq!(percent(Size::B33, Instruct, "humaneval-js", Passed), Some(73.9));
        assert_eq!(percent(Size::B5, Base, "humaneval-cs", Passed), Some(41.1));
        assert_eq!(percent(Size::B6, Instruct, "mbpp", Passed), Some(65.4));
        assert_eq!(percent(Size::B6, Base, "infilling-single-line", FirstLine), Some(79.8));
        for (size, flavour, suite, measure) in [
            (Size::B5, Instruct, "mbpp", Passed),
            (Size::B5, Base, "infilling-single-line", FirstLine),
            (Size::B1, Instruct, "infilling-single-line", FirstLine),
            (Size::B1, Base, "infilling-single-line", Passed),
            (Size::B1, Base, "infilling-multi-line", FirstLine),
            (Size::B1, Base, "fim-exact", FirstLine),
        ] {
            assert_eq!(percent(size, flavour, suite, measure), None, "{suite}");
        }
    }
}
