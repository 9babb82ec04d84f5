//! The problems of the benchmarks.

use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Kind, Result};
use crate::eval::data::{self, Data};
use crate::eval::suite::{Language, Span, Suite};

/// What a model is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// A function of HumanEval: complete the text.
    Function {
        /// The text, with the newline at its end.
        prompt: String,
        /// What comes after the answer in a program, including the call that runs the tests.
        tests: String,
    },
    /// A problem of MBPP: write a function.
    Description {
        /// One sentence.
        text: String,
        /// Assertions that the function must pass.
        assertions: Vec<String>,
    },
    /// A hole: write what is between two texts.
    Hole {
        /// The text before the hole.
        prefix: String,
        /// The text after it.
        suffix: String,
        /// What comes after the filled text in a program; `None` if nothing is run.
        tests: Option<String>,
    },
}

/// A problem of a suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it is from.
    pub suite: Suite,
    /// Its name within the suite, such as `HumanEval/0`.
    pub task_id: String,
    /// What a model is asked.
    pub question: Question,
    /// A right answer, if one is known.
    pub reference: Option<String>,
}

impl Suite {
    /// The problems that its published figures are about.
    ///
    /// # Errors
    /// [`Kind::NoInput`] if its file is not here, [`Kind::Data`] if the file is damaged; for [`Suite::FimExact`], which
    /// has no file, [`Kind::Usage`].
    pub fn problems(self, data: &Data) -> Result<Vec<Problem>> {
        let (name, text) = data.text(self)?;
        let problems = read(&name, &text, Some(self))?;
        Ok(match self {
            Suite::Mbpp => problems.into_iter().filter(|problem| is_tested(&problem.task_id)).collect(),
            _ => problems,
        })
    }
}

/// The three solved problems that MBPP's prompts begin with.
///
/// # Errors
/// As [`Suite::problems`].
pub fn shots(data: &Data) -> Result<Vec<Problem>> {
    let (name, text) = data.text(Suite::Mbpp)?;
    let problems = read(&name, &text, Some(Suite::Mbpp))?;
    let shots: Vec<_> =
        problems.into_iter().filter(|problem| ["2", "3", "4"].contains(&problem.task_id.as_str())).collect();
    if shots.len() != 3 || shots.iter().any(|shot| shot.reference.is_none()) {
        return Err(Error::new(
            Kind::Data,
            format!("cannot use {name}"),
            "the solved problems 2, 3 and 4 are not in it",
        ));
    }
    Ok(shots)
}

/// Whether a problem of MBPP is one of the 500 that are tested; the others are for training and prompts.
fn is_tested(task_id: &str) -> bool {
    task_id.parse().is_ok_and(|number: u32| (11..=510).contains(&number))
}

/// The problems of a file of JSON lines, plain or packed by gzip. The fields of each line say which suite it is like.
///
/// # Errors
/// [`Kind::NoInput`] or [`Kind::Io`] if it cannot be read, [`Kind::Data`] for a line that is no problem.
pub fn read_file(path: &Path) -> Result<Vec<Problem>> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| Error::reading(path, &error))?;
    let problems = read(&name, &data::unpacked(&name, bytes.into())?, None)?;
    if problems.is_empty() {
        return Err(Error::new(Kind::Data, format!("cannot use {name}"), "there are no problems in it"));
    }
    Ok(problems)
}

/// A line of any suite.
#[derive(Deserialize)]
struct Line {
    task_id: Option<TaskId>,
    name: Option<String>,
    language: Option<String>,
    prompt: Option<String>,
    suffix: Option<String>,
    canonical_solution: Option<String>,
    test: Option<Tests>,
    tests: Option<String>,
    entry_point: Option<String>,
    text: Option<String>,
    code: Option<String>,
    test_list: Option<Vec<String>>,
}

/// MBPP numbers its problems, the others name them.
#[derive(Deserialize)]
#[serde(untagged)]
enum TaskId {
    Number(u32),
    Name(String),
}

/// MBPP lists its tests, the others have a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Tests {
    List(Vec<String>),
    Text(String),
}

impl Line {
    /// The suite that has such lines.
    fn suite(&self) -> std::result::Result<Suite, String> {
        if self.suffix.is_some() {
            let name = match &self.task_id {
                Some(TaskId::Name(name)) => name.split('/').next().unwrap_or_default(),
                _ => "",
            };
            return Ok(Suite::Infilling(match name {
                "MultiLineInfilling" => Span::MultiLine,
                "RandomSpanInfilling" => Span::Random,
                "RandomSpanInfillingLight" => Span::RandomLight,
                _ => Span::SingleLine,
            }));
        }
        if self.test_list.is_some() || matches!(self.test, Some(Tests::List(_))) {
            return Ok(Suite::Mbpp);
        }
        match &self.language {
            None => Ok(Suite::HumanEval(Language::Python)),
            Some(name) => {
                let known = Language::ALL.into_iter().find(|language| language.name() == name);
                known.map(Suite::HumanEval).ok_or_else(|| format!("programs in {name} cannot be run"))
            }
        }
    }

    fn problem(self, suite: Suite) -> std::result::Result<Problem, String> {
        fn field<T>(value: Option<T>, name: &str) -> std::result::Result<T, String> {
            value.ok_or_else(|| format!("it has no \"{name}\""))
        }
        let task_id = match (self.task_id, self.name) {
            (Some(TaskId::Number(number)), _) => number.to_string(),
            (Some(TaskId::Name(name)), _) | (None, Some(name)) => name,
            (None, None) => return Err("it has no \"task_id\"".to_owned()),
        };
        // Tests that are a function are called with the function to test.
        let called = |test: Option<Tests>, entry_point: Option<String>| match (test, entry_point) {
            (Some(Tests::Text(test)), Some(name)) => Ok(format!("{test}\ncheck({name})")),
            (Some(Tests::Text(test)), None) => Ok(test),
            (Some(Tests::List(_)), _) => Err("\"test\" is no text".to_owned()),
            (None, _) => Err("it has no \"test\"".to_owned()),
        };
        let (question, reference) = match suite {
            Suite::HumanEval(_) => {
                let test = self.test.or(self.tests.map(Tests::Text));
                let tests = called(test, self.entry_point)?;
                (Question::Function { prompt: field(self.prompt, "prompt")?, tests }, self.canonical_solution)
            }
            Suite::Mbpp => {
                let listed = match self.test {
                    Some(Tests::List(list)) => Some(list),
                    _ => self.test_list,
                };
                let text = field(self.text.or(self.prompt), "text")?;
                (Question::Description { text, assertions: field(listed, "test_list")? }, self.code)
            }
            Suite::Infilling(_) => {
                let (prefix, suffix) = (field(self.prompt, "prompt")?, field(self.suffix, "suffix")?);
                let tests = called(self.test, Some(field(self.entry_point, "entry_point")?))?;
                (Question::Hole { prefix, suffix, tests: Some(tests) }, self.canonical_solution)
            }
            Suite::FimExact => return Err("its problems are made from code".to_owned()),
        };
        Ok(Problem { suite, task_id, question, reference })
    }
}

/// The problems of `text`, which is in the file called `name`.
fn read(name: &str, text: &str, suite: Option<Suite>) -> Result<Vec<Problem>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let problem = |(index, line): (usize, &str)| {
        let line = serde_json::from_str::<Line>(line).map_err(|error| error.to_string());
        let problem = line.and_then(|line| {
            let suite = suite.map_or_else(|| line.suite(), Ok)?;
            line.problem(suite)
        });
        problem.map_err(|why| Error::new(Kind::Data, format!("cannot use line {} of {name}", index + 1), why))
    };
    lines.map(problem).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_files_are_whole() {
        let data = Data { directory: "/missing".into() };
        for (name, problems) in [
            ("humaneval-python", 164),
            ("infilling-single-line", 1033),
            ("infilling-multi-line", 5815),
            ("infilling-random-span", 1640),
            ("infilling-random-span-light", 164),
        ] {
            let suite: Suite = name.parse().expect("a suite");
            assert_eq!(suite.problems(&data).expect("problems").len(), problems, "{name}");
        }
        let error = Suite::Mbpp.problems(&data).expect_err("no file");
        assert_eq!(error.kind, Kind::NoInput);
        assert!(error.hint.ends_with("dscoder eval fetch mbpp"), "{error}");
    }

    #[test]
    fn lines_say_which_suite_they_are_like() {
        let read = |line: &str| read("f", line, None).map(|problems| problems[0].clone());
        let function = |prompt: &str, tests: &str| Question::Function { prompt: prompt.into(), tests: tests.into() };
        let problem = read(r#"{"task_id":"a/0","prompt":"p","test":"t","entry_point":"f","canonical_solution":"s"}"#);
        let expected = Problem {
            suite: Suite::HumanEval(Language::Python),
            task_id: "a/0".into(),
            question: function("p", "t\ncheck(f)"),
            reference: Some("s".into()),
        };
        assert_eq!(problem, Ok(expected));
        let problem = read(r#"{"name":"a_1_f","language":"cpp","prompt":"p","tests":"t"}"#).expect("read");
        assert_eq!((problem.suite, problem.question), (Suite::HumanEval(Language::Cpp), function("p", "t")));
        let problem = read(r#"{"task_id":11,"text":"x","code":"c","test_list":["a","b"]}"#).expect("read");
        let question = Question::Description { text: "x".into(), assertions: vec!["a".into(), "b".into()] };
        assert_eq!((problem.suite, problem.task_id.as_str(), problem.question), (Suite::Mbpp, "11", question));
        let line =
            r#"{"task_id":"RandomSpanInfillingLight/a/0","prompt":"p","suffix":"s","test":"t","entry_point":"f"}"#;
        let problem = read(line).expect("read");
        let tests = Some("t\ncheck(f)".to_owned());
        let question = Question::Hole { prefix: "p".into(), suffix: "s".into(), tests };
        assert_eq!((problem.suite, problem.question), (Suite::Infilling(Span::RandomLight), question));
    }

    #[test]
    fn bad_lines_are_named() {
        for (line, why) in [
            ("{", "EOF"),
            ("[]", "invalid length"),
            ("{}", "\"task_id\""),
            (r#"{"task_id":"a"}"#, "\"test\""),
            (r#"{"task_id":"a","test":"t"}"#, "\"prompt\""),
            (r#"{"task_id":"a","language":"cobol","test":"t","prompt":"p"}"#, "cobol"),
            (r#"{"task_id":"a","suffix":"s","prompt":"p"}"#, "\"entry_point\""),
        ] {
            let good = r#"{"task_id":"a","prompt":"p","test":"t"}"#;
            let error = read("f.jsonl", &format!("{good}\n\n{line}\n"), None).expect_err("refused");
            assert_eq!((error.kind, error.what.as_str()), (Kind::Data, "cannot use line 3 of f.jsonl"));
            assert!(error.why.contains(why), "{line}: {}", error.why);
        }
    }
}
