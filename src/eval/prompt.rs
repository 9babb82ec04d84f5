//! How problems are put to models: the prompts of DeepSeek's own evaluation, and where answers end.
//!
//! Read in github.com/deepseek-ai/DeepSeek-Coder at 2f9fd85, `Evaluation/HumanEval` and `Evaluation/MBPP`. Problems become
//! text tokens, never control tokens, whatever they spell.

use serde::{Deserialize, Serialize};

use crate::eval::problem::{Problem, Question};
use crate::eval::suite::{Language, Span, Suite};
use crate::model::family::Flavour;
use crate::prompt::{self, Segment, Spare, chat, infill};
use crate::vocabulary::{Series, Vocabulary};

/// Whose rules end and cut answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Those of the models' authors, for figures like theirs.
    Published,
    /// Those of dscoder, which trims answers: what its users get.
    Used,
}

impl Mode {
    /// Its name in tables.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Mode::Published => "as published",
            Mode::Used => "as used",
        }
    }
}

/// What ends an answer of MBPP.
const DONE: &str = "[DONE]";
/// A prompt of MBPP with this many tokens or more has fewer solved problems.
const MBPP_ROOM: usize = 4096 - 500;
/// The longest answer of each kind, in tokens.
const BASE: u32 = 500;
const HUMANEVAL_INSTRUCT: u32 = 1024;
const MBPP_INSTRUCT: u32 = 512;
/// Nobody has published limits for the middles of HumanEval-Infilling. Those of single lines have at most 141 characters,
/// others 859; a model that does not end by itself is wrong sooner or later.
const SINGLE_LINE: u32 = 128;
const MIDDLE: u32 = 512;

/// A prompt before it is tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// A text to continue.
    Continue(String),
    /// A gap to fill.
    Fill {
        /// The text before it.
        prefix: String,
        /// The text behind it.
        suffix: String,
    },
    /// A question to an Instruct model.
    Chat {
        /// The system text.
        system: &'static str,
        /// The question.
        user: String,
        /// The series of the model, which has its own layout.
        series: Series,
    },
}

impl Asked {
    /// The prompt that puts `problem` to a model of this flavour. `shots` are the solved problems of MBPP.
    #[must_use]
    pub fn new(
        problem: &Problem,
        flavour: Flavour,
        mode: Mode,
        shots: &[Problem],
        vocabulary: &dyn Vocabulary,
    ) -> Asked {
        let series = vocabulary.controls().series;
        match (&problem.question, flavour) {
            (Question::Hole { prefix, suffix, .. }, _) => {
                Asked::Fill { prefix: prefix.clone(), suffix: suffix.clone() }
            }
            (Question::Function { prompt, .. }, Flavour::Base) => Asked::Continue(match mode {
                // The model has to write the newline itself.
                Mode::Published => prompt.trim().to_owned(),
                Mode::Used => prompt.clone(),
            }),
            (Question::Function { prompt, .. }, Flavour::Instruct) => {
                let fence = fence(problem.suite.language().unwrap_or(Language::Python));
                Asked::chat(mode, series, function(fence, prompt, series))
            }
            (Question::Description { text, assertions }, Flavour::Base) => {
                Asked::Continue(few_shots(text, assertions, shots, vocabulary))
            }
            (Question::Description { text, assertions }, Flavour::Instruct) => {
                Asked::chat(mode, series, examples(text, assertions, shots))
            }
        }
    }

    fn chat(mode: Mode, series: Series, user: String) -> Asked {
        let system = chat::system(series);
        // The template in the tokenizer's settings, which the authors measured with, lacks the full stop.
        let published = system.strip_suffix('.').unwrap_or(system);
        Asked::Chat { system: if mode == Mode::Published { published } else { system }, user, series }
    }

    /// Its segments. None of it may be left out.
    #[must_use]
    pub fn segments(&self) -> Vec<Segment<'_>> {
        let segments = match self {
            Asked::Continue(text) => prompt::complete(text).to_vec(),
            Asked::Fill { prefix, suffix } => infill::segments(prefix, suffix).to_vec(),
            Asked::Chat { system, user, series } => {
                [&chat::opening(system, *series)[..], &chat::question(user, *series)].concat()
            }
        };
        let whole = |segment| match segment {
            Segment::Text(text, _) => Segment::Text(text, Spare::Nothing),
            special @ Segment::Special(_) => special,
        };
        segments.into_iter().map(whole).collect()
    }
}

/// The name of a code block in the language.
#[must_use]
pub fn fence(language: Language) -> &'static str {
    match language {
        Language::Python => "python",
        Language::Cpp => "cpp",
        Language::Java => "java",
        Language::Php => "php",
        Language::TypeScript => "typescript",
        Language::CSharp => "csharp",
        Language::Bash => "bash",
        Language::JavaScript => "javascript",
    }
}

fn function(fence: &str, prompt: &str, series: Series) -> String {
    let words = match series {
        Series::V1 | Series::V15 => {
            "Please continue to complete the function. You are not allowed to modify the given code and do the \
             completion only. Please return all completed function in a codeblock. Here is the given code to do \
             completion:"
        }
        // The paper of V2 (arXiv 2406.11931) names Python; in other languages, the name of the block says which one.
        Series::V2 => &format!(
            "Please complete the {fence} function below. The final complete version of your function must be returned \
             within a code block. Here is the unfinished function:"
        ),
    };
    format!("{words}\n```{fence}\n{}\n```", prompt.trim())
}

/// A solved problem's program, as both prompts of MBPP show it.
fn solved(shot: &Problem) -> String {
    shot.reference.as_deref().unwrap_or_default().replace('\r', "").replace('\t', "    ")
}

fn described(problem: &Problem) -> (&str, &[String]) {
    match &problem.question {
        Question::Description { text, assertions } => (text, assertions),
        Question::Function { .. } | Question::Hole { .. } => ("", &[]),
    }
}

/// The question behind as many of `shots` as there is room for.
fn few_shots(text: &str, assertions: &[String], shots: &[Problem], vocabulary: &dyn Vocabulary) -> String {
    let task = |text: &str, assertions: &[String]| {
        format!(
            "You are an expert Python programmer, and here is your task: {text} Your code should pass these tests:\n\n\
             {}\n[BEGIN]",
            assertions.join("\n")
        )
    };
    let shown = |shot: &Problem| {
        let (text, assertions) = described(shot);
        format!("{}\n{}\n{DONE}\n", task(text, assertions), solved(shot))
    };
    let question = task(text, assertions);
    let with = |count: usize| shots[..count].iter().map(shown).collect::<String>() + &question;
    // With begin-of-sentence.
    let fits = |prompt: &String| vocabulary.encode(prompt).len() + 1 < MBPP_ROOM;
    (0..=shots.len()).rev().map(with).find(fits).unwrap_or(question)
}

fn examples(text: &str, assertions: &[String], shots: &[Problem]) -> String {
    let problem = |text: &str, assertions: &[String]| {
        format!(">>> Problem:\n{}\n>>> Test Cases:\n{}\n", text.trim(), assertions.join("\n"))
    };
    let shown = |(index, shot): (usize, &Problem)| {
        let (text, assertions) = described(shot);
        let code = solved(shot);
        format!("- Example {}:\n{}\n>>> Code:\n```python\n{code}\n```", index + 1, problem(text, assertions))
    };
    let shown: Vec<_> = shots.iter().enumerate().map(shown).collect();
    format!(
        "Please refer the given examples and generate a python function for my problem.\nExamples are listed as \
         follows:\n{}\n\nHere is my problem:\n{}",
        shown.join("\n\n"),
        problem(text, assertions)
    )
}

/// The longest answer, in tokens.
#[must_use]
pub fn max_tokens(suite: Suite, flavour: Flavour) -> u32 {
    match (suite, flavour) {
        (Suite::HumanEval(_) | Suite::Mbpp, Flavour::Base) => BASE,
        (Suite::HumanEval(_), Flavour::Instruct) => HUMANEVAL_INSTRUCT,
        (Suite::Mbpp, Flavour::Instruct) => MBPP_INSTRUCT,
        (Suite::Infilling(Span::SingleLine) | Suite::FimExact, _) => SINGLE_LINE,
        (Suite::Infilling(_), _) => MIDDLE,
    }
}

/// The texts before which the authors cut an answer. They generate to the end first; whether generation ends there makes
/// no difference to what is left.
#[must_use]
pub fn stops(suite: Suite, flavour: Flavour) -> &'static [&'static str] {
    match (suite, flavour) {
        (Suite::HumanEval(language), Flavour::Base) => match language {
            Language::Python => &["\ndef", "\nclass", "\nif", "\n#", "\nprint"],
            Language::Cpp | Language::Bash => &["\n}"],
            Language::Java | Language::CSharp => &["\n    }\n"],
            Language::Php => &["\nfunction", "\n?>", "\n//", "\n#"],
            Language::JavaScript => &["\nfunction ", "\n/*", "\n//", "\nconsole.log"],
            Language::TypeScript => {
                &["\nfunction ", "\n/*", "\n//", "\nclass", "\nexport", "\nimport", "\nconsole.log"]
            }
        },
        (Suite::Mbpp, Flavour::Base) => &[DONE],
        (Suite::HumanEval(_) | Suite::Mbpp, Flavour::Instruct) | (Suite::Infilling(_) | Suite::FimExact, _) => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{BOS, Bytes, Controls, FIM_BEGIN, FIM_END, FIM_HOLE};

    fn problem(suite: &str, question: Question) -> Problem {
        Problem { suite: suite.parse().expect("a suite"), task_id: "t".into(), question, reference: None }
    }

    fn function(suite: &str, prompt: &str) -> Problem {
        problem(suite, Question::Function { prompt: prompt.into(), tests: String::new() })
    }

    fn description(text: &str, code: &str) -> Problem {
        let assertions = vec!["assert f(1)".to_owned(), "assert not f(2)".to_owned()];
        let question = Question::Description { text: text.into(), assertions };
        Problem { reference: Some(code.into()), ..problem("mbpp", question) }
    }

    fn asked(problem: &Problem, flavour: Flavour, mode: Mode, shots: &[Problem]) -> Asked {
        Asked::new(problem, flavour, mode, shots, &Bytes)
    }

    #[test]
    fn functions() {
        let one = function("humaneval-cpp", "\n#include<vector>\nlong f(long x) {\n");
        let text = |mode| asked(&one, Flavour::Base, mode, &[]);
        assert_eq!(text(Mode::Published), Asked::Continue("#include<vector>\nlong f(long x) {".into()));
        assert_eq!(text(Mode::Used), Asked::Continue("\n#include<vector>\nlong f(long x) {\n".into()));
        let Asked::Chat { system, user, .. } = asked(&one, Flavour::Instruct, Mode::Published, &[]) else {
            panic!("no chat")
        };
        assert!(system.ends_with("you will refuse to answer") && chat::SYSTEM.len() == system.len() + 1);
        assert_eq!(
            user,
            "Please continue to complete the function. You are not allowed to modify the given code and do the \
             completion only. Please return all completed function in a codeblock. Here is the given code to do \
             completion:\n```cpp\n#include<vector>\nlong f(long x) {\n```"
        );
    }

    #[test]
    fn holes() {
        let hole = |text: &str| Question::Hole { prefix: text.into(), suffix: "<｜fim▁end｜>".into(), tests: None };
        let one = problem("infilling-single-line", hole(" a\n"));
        let asked = asked(&one, Flavour::Base, Mode::Published, &[]);
        let ids = prompt::encode(&asked.segments(), &Bytes);
        let controls: Vec<_> = ids.iter().copied().filter(|&id| Controls::V1.is_control(id)).collect();
        assert_eq!(controls, [BOS, FIM_BEGIN, FIM_HOLE, FIM_END], "text stays text");
        assert_eq!(ids[2..5], [32, 97, 10]);
    }

    const TASK: &str = "You are an expert Python programmer, and here is your task: ";
    const TESTS: &str = " Your code should pass these tests:\n\nassert f(1)\nassert not f(2)\n[BEGIN]";

    #[test]
    fn descriptions() {
        let shots = [description("A.", "a\r\n\tb"), description(" B.", "c"), description("C. ", "d\n")];
        let Asked::Continue(text) = asked(&description("D. ", ""), Flavour::Base, Mode::Published, &shots) else {
            panic!("no text")
        };
        let expected = [("A.", "a\n    b"), (" B.", "c"), ("C. ", "d\n")]
            .map(|(text, code)| format!("{TASK}{text}{TESTS}\n{code}\n[DONE]\n"));
        assert_eq!(text, format!("{}{TASK}D. {TESTS}", expected.concat()));
        let Asked::Chat { user, .. } = asked(&description("D. ", ""), Flavour::Instruct, Mode::Published, &shots)
        else {
            panic!("no chat")
        };
        let tests = ">>> Test Cases:\nassert f(1)\nassert not f(2)\n";
        let expected = [(1, "A.", "a\n    b"), (2, "B.", "c"), (3, "C.", "d\n")].map(|(number, text, code)| {
            format!("- Example {number}:\n>>> Problem:\n{text}\n{tests}\n>>> Code:\n```python\n{code}\n```\n\n")
        });
        assert_eq!(
            user,
            format!(
                "Please refer the given examples and generate a python function for my problem.\nExamples are listed as \
                 follows:\n{}Here is my problem:\n>>> Problem:\nD.\n{tests}",
                expected.concat()
            )
        );
    }

    #[test]
    fn long_descriptions_have_fewer_shots() {
        let shots = [1000, 1000, 1000].map(|count| description(&"x".repeat(count), ""));
        let length =
            |count: usize| match asked(&description(&"y".repeat(count), ""), Flavour::Base, Mode::Published, &shots) {
                Asked::Continue(text) => text,
                other => panic!("{other:?}"),
            };
        let empty = format!("{TASK}{TESTS}").len();
        let shown = |text: &str| text.matches("[DONE]").count();
        // Each shot has these bytes beside its text, and the question none but its own; with begin-of-sentence one more.
        let three = 3595 - 1 - empty - 3 * (1000 + empty + "\n\n[DONE]\n".len());
        assert_eq!((shown(&length(three)), shown(&length(three + 1))), (3, 2));
        assert_eq!((shown(&length(3000)), shown(&length(9000))), (0, 0));
        assert!(length(9000).starts_with(TASK) && length(9000).ends_with(TESTS));
    }
}
