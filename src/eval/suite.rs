//! The benchmarks, by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The languages of HumanEval that DeepSeek published figures for, in the order of its tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Python
    Python,
    /// C++
    Cpp,
    /// Java
    Java,
    /// PHP
    Php,
    /// TypeScript
    TypeScript,
    /// C#
    CSharp,
    /// Bash
    Bash,
    /// JavaScript
    JavaScript,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 8] = [
        Language::Python,
        Language::Cpp,
        Language::Java,
        Language::Php,
        Language::TypeScript,
        Language::CSharp,
        Language::Bash,
        Language::JavaScript,
    ];

    /// Its short name, as in the names of the authors' files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Language::Python => "python",
            Language::Cpp => "cpp",
            Language::Java => "java",
            Language::Php => "php",
            Language::TypeScript => "ts",
            Language::CSharp => "cs",
            Language::Bash => "sh",
            Language::JavaScript => "js",
        }
    }

    /// Its name, for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Language::Python => "Python",
            Language::Cpp => "C++",
            Language::Java => "Java",
            Language::Php => "PHP",
            Language::TypeScript => "TypeScript",
            Language::CSharp => "C#",
            Language::Bash => "Bash",
            Language::JavaScript => "JavaScript",
        }
    }
}

/// What is taken out of the functions of HumanEval-Infilling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// One line.
    SingleLine,
    /// Some lines.
    MultiLine,
    /// A piece that begins and ends anywhere.
    Random,
    /// One such piece of each function.
    RandomLight,
}

/// A benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suite {
    /// Functions to complete from their signature and documentation.
    HumanEval(Language),
    /// Functions to write from one sentence and three assertions.
    Mbpp,
    /// Holes in the reference solutions of HumanEval, filled and tested.
    Infilling(Span),
    /// Lines taken out of a directory of code, compared with what was there. Nothing is run.
    FimExact,
}

impl Suite {
    /// All of them.
    pub const ALL: [Suite; 14] = [
        Suite::HumanEval(Language::Python),
        Suite::HumanEval(Language::Cpp),
        Suite::HumanEval(Language::Java),
        Suite::HumanEval(Language::Php),
        Suite::HumanEval(Language::TypeScript),
        Suite::HumanEval(Language::CSharp),
        Suite::HumanEval(Language::Bash),
        Suite::HumanEval(Language::JavaScript),
        Suite::Mbpp,
        Suite::Infilling(Span::SingleLine),
        Suite::Infilling(Span::MultiLine),
        Suite::Infilling(Span::Random),
        Suite::Infilling(Span::RandomLight),
        Suite::FimExact,
    ];

    /// Its name on the command line and in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Suite::HumanEval(Language::Python) => "humaneval-python",
            Suite::HumanEval(Language::Cpp) => "humaneval-cpp",
            Suite::HumanEval(Language::Java) => "humaneval-java",
            Suite::HumanEval(Language::Php) => "humaneval-php",
            Suite::HumanEval(Language::TypeScript) => "humaneval-ts",
            Suite::HumanEval(Language::CSharp) => "humaneval-cs",
            Suite::HumanEval(Language::Bash) => "humaneval-sh",
            Suite::HumanEval(Language::JavaScript) => "humaneval-js",
            Suite::Mbpp => "mbpp",
            Suite::Infilling(Span::SingleLine) => "infilling-single-line",
            Suite::Infilling(Span::MultiLine) => "infilling-multi-line",
            Suite::Infilling(Span::Random) => "infilling-random-span",
            Suite::Infilling(Span::RandomLight) => "infilling-random-span-light",
            Suite::FimExact => "fim-exact",
        }
    }

    /// Its name in tables, for people.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Suite::HumanEval(language) => format!("HumanEval, {}", language.words()),
            Suite::Mbpp => "MBPP".to_owned(),
            Suite::Infilling(Span::SingleLine) => "Infilling, single line".to_owned(),
            Suite::Infilling(Span::MultiLine) => "Infilling, multi-line".to_owned(),
            Suite::Infilling(Span::Random) => "Infilling, random span".to_owned(),
            Suite::Infilling(Span::RandomLight) => "Infilling, random span light".to_owned(),
            Suite::FimExact => "Lines of your code".to_owned(),
        }
    }

    /// Whether scoring it runs programs.
    #[must_use]
    pub fn runs_programs(self) -> bool {
        self != Suite::FimExact
    }

    /// The language of its programs; `None` if that differs from file to file.
    #[must_use]
    pub fn language(self) -> Option<Language> {
        match self {
            Suite::HumanEval(language) => Some(language),
            Suite::Mbpp | Suite::Infilling(_) => Some(Language::Python),
            Suite::FimExact => None,
        }
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is none of a benchmark.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no suite {0}")]
pub struct NoSuite(String);

impl FromStr for Suite {
    type Err = NoSuite;

    fn from_str(name: &str) -> Result<Suite, NoSuite> {
        Suite::ALL.into_iter().find(|suite| suite.name() == name).ok_or_else(|| NoSuite(name.to_owned()))
    }
}

impl TryFrom<String> for Suite {
    type Error = NoSuite;

    fn try_from(name: String) -> Result<Suite, NoSuite> {
        name.parse()
    }
}

/// In JSON, a suite is its name.
impl Serialize for Suite {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Suite {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Suite, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// One or more suites, as named on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection(pub Vec<Suite>);

impl Selection {
    /// The names of groups, and what is in each.
    fn groups() -> [(&'static str, Vec<Suite>); 4] {
        let are = |is: fn(&Suite) -> bool| Suite::ALL.into_iter().filter(is).collect();
        [
            ("humaneval", vec![Suite::HumanEval(Language::Python)]),
            ("humaneval-all", are(|suite| matches!(suite, Suite::HumanEval(_)))),
            ("infilling", vec![Suite::Infilling(Span::SingleLine)]),
            ("infilling-all", are(|suite| matches!(suite, Suite::Infilling(_)))),
        ]
    }

    /// All names, for help and completions.
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        Self::groups().iter().map(|(name, _)| *name).chain(Suite::ALL.into_iter().map(Suite::name)).collect()
    }
}

impl FromStr for Selection {
    type Err = NoSuite;

    fn from_str(name: &str) -> Result<Selection, NoSuite> {
        match Self::groups().into_iter().find(|(group, _)| *group == name) {
            Some((_, suites)) => Ok(Selection(suites)),
            None => name.parse().map(|suite| Selection(vec![suite])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for suite in Suite::ALL {
            assert_eq!(suite.name().parse(), Ok(suite));
            assert_eq!(serde_json::to_string(&suite).expect("text"), format!("\"{suite}\""));
        }
        assert_eq!("humaneval".parse(), Ok(Selection(vec![Suite::HumanEval(Language::Python)])));
        let count = |name: &str| name.parse::<Selection>().map(|selection| selection.0.len());
        assert_eq!((count("humaneval-all"), count("infilling-all")), (Ok(8), Ok(4)));
        assert!(count("humaneval-rust").is_err());
    }
}
