//! The programs that test answers, put together as DeepSeek's evaluation does.
//!
//! Pure: what is run, and how, but nothing is run here. Every program prints a word after its tests, so that one that ends
//! early does not pass. The word is the sum of two numbers and stands nowhere: a program that prints all it can read does
//! not print it.

use std::time::Duration;

use crate::eval::problem::{Problem, Question};
use crate::eval::sample::Form;
use crate::eval::suite::{Language, Suite};

/// What DeepSeek's evaluation puts before Python programs.
const PYTHON: &str = "\
import math
import re
import sys
import copy
import datetime
import itertools
import collections
import heapq
import functools
import hashlib
import numpy
import numpy as np
import string
from typing import *
from collections import *
";

/// What it puts before C++ programs whose prompt lacks it.
const CPP: [&str; 10] = [
    "#include<stdlib.h>",
    "#include<algorithm>",
    "#include<math.h>",
    "#include<stdio.h>",
    "#include<vector>",
    "#include<string>",
    "#include<climits>",
    "#include<cstring>",
    "#include<iostream>",
    "#include<cassert>",
];

/// What it puts before C# programs.
const CSHARP: &str = "\
using System.Numerics;
using System.Diagnostics;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Security.Cryptography;
using System.Collections.Generic;

";

/// Runs `program.py` in a namespace of its own, as the authors do, so that `__name__` is not `__main__`; the file is
/// removed first.
const LAUNCHER: &str = "\
import os
def text():
    with open('program.py', encoding='utf-8', newline='') as file:
        read = file.read()
    os.remove('program.py')
    return read
exec(text(), {})
";

/// The time limit of programs: that of HumanEval and MBPP, and that of HumanEval-Infilling.
const LIMIT: Duration = Duration::from_secs(10);
const INFILLING_LIMIT: Duration = Duration::from_secs(3);
/// The time limit of the Java compiler, which does not count for the program.
const JAVAC_LIMIT: Duration = Duration::from_secs(60);

/// A compiler or an interpreter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// `python3`
    Python,
    /// `g++`
    Gpp,
    /// `javac`
    Javac,
    /// `java`
    Java,
    /// `php`
    Php,
    /// `tsc`
    Tsc,
    /// `node`
    Node,
    /// `mcs`
    Mcs,
    /// `mono`
    Mono,
    /// `bash`
    Bash,
    /// What a compiler made.
    Made,
}

impl Tool {
    /// Its command.
    #[must_use]
    pub fn command(self) -> &'static str {
        match self {
            Tool::Python => "python3",
            Tool::Gpp => "g++",
            Tool::Javac => "javac",
            Tool::Java => "java",
            Tool::Php => "php",
            Tool::Tsc => "tsc",
            Tool::Node => "node",
            Tool::Mcs => "mcs",
            Tool::Mono => "mono",
            Tool::Bash => "bash",
            Tool::Made => "./program",
        }
    }

    /// Whether it reserves more address space than it uses, so that only what it uses can be limited.
    #[must_use]
    pub fn reserves_memory(self) -> bool {
        matches!(self, Tool::Javac | Tool::Java | Tool::Node | Tool::Tsc | Tool::Mono | Tool::Mcs)
    }

    /// Whether it only translates the answer.
    #[must_use]
    pub fn is_compiler(self) -> bool {
        matches!(self, Tool::Gpp | Tool::Javac | Tool::Tsc | Tool::Mcs)
    }
}

/// The tools that programs of a language need.
#[must_use]
pub fn tools(language: Language) -> &'static [Tool] {
    match language {
        Language::Python => &[Tool::Python],
        Language::Cpp => &[Tool::Gpp],
        Language::Java => &[Tool::Javac, Tool::Java],
        Language::Php => &[Tool::Php],
        Language::TypeScript => &[Tool::Tsc, Tool::Node],
        Language::CSharp => &[Tool::Mcs, Tool::Mono],
        Language::Bash => &[Tool::Bash],
        Language::JavaScript => &[Tool::Node],
    }
}

/// A command. Later ones run only if the earlier ones succeed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Step {
    /// What is run.
    pub tool: Tool,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Other arguments, if it fails with these.
    pub otherwise: Option<Vec<String>>,
    /// A time limit of its own, instead of that of the program.
    pub limit: Option<Duration>,
}

/// What else than the word decides whether a program passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// It exits with 0.
    Exit,
    /// It exits with 0 and writes nothing else.
    Silent,
    /// It writes no "Fail" to stderr.
    NoFail,
}

/// The word that a program prints after its tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    left: u64,
    right: u64,
}

impl Word {
    /// A word from two random numbers.
    #[must_use]
    pub fn new(random: [u64; 2]) -> Word {
        // The sum is exact in JavaScript, and has 15 or 16 digits.
        let number = |random: u64| (1 << 50) + random % (1 << 51);
        Word { left: number(random[0]), right: number(random[1]) }
    }

    /// The word.
    #[must_use]
    pub fn text(self) -> String {
        (self.left + self.right).to_string()
    }

    /// What a program writes to stdout besides the word, if the word is the last that it writes.
    #[must_use]
    pub fn before(self, stdout: &[u8]) -> Option<&[u8]> {
        let stdout = stdout.strip_suffix(b"\r\n").or_else(|| stdout.strip_suffix(b"\n"))?;
        let rest = stdout.strip_suffix(self.text().as_bytes())?;
        rest.strip_suffix(b"\n").map(|rest| rest.strip_suffix(b"\r").unwrap_or(rest))
    }
}

/// A program that tests an answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Program {
    /// Its language.
    pub language: Language,
    /// The text, without the word.
    pub text: String,
    /// What runs it.
    pub steps: Vec<Step>,
    /// When it passes.
    pub rule: Rule,
    /// The time limit of all steps that have none of their own.
    pub limit: Duration,
    /// Whether it needs numpy.
    pub needs_numpy: bool,
}

impl Program {
    /// The program that tests `answer`; `None` if nothing is run for such problems.
    #[must_use]
    pub fn new(problem: &Problem, answer: &str, form: Form) -> Option<Program> {
        let language = problem.suite.language()?;
        let limit = if matches!(problem.suite, Suite::Infilling(_)) { INFILLING_LIMIT } else { LIMIT };
        let mut needs_numpy = false;
        let text = match &problem.question {
            Question::Function { prompt, tests } => {
                let code = match form {
                    Form::Completion => format!("{prompt}\n{answer}"),
                    Form::Code => answer.to_owned(),
                };
                needs_numpy = language == Language::Python;
                function(language, prompt, &code, tests)
            }
            Question::Description { assertions, .. } => {
                needs_numpy = form == Form::Completion;
                let (before, after) = if needs_numpy { (PYTHON, "\n") } else { ("", "") };
                format!("{before}{answer}\n{}{after}", assertions.join("\n"))
            }
            Question::Hole { prefix, suffix, tests } => {
                format!("{prefix}{answer}{suffix}\n{}", tests.as_deref()?)
            }
        };
        let rule = match language {
            Language::JavaScript | Language::TypeScript => Rule::Silent,
            Language::CSharp => Rule::NoFail,
            _ => Rule::Exit,
        };
        let steps = steps(language, &problem.task_id);
        Some(Program { language, text, steps, rule, limit, needs_numpy })
    }

    /// The name of its file.
    #[must_use]
    pub fn file(&self) -> &'static str {
        match self.language {
            Language::Python => "program.py",
            Language::Cpp => "program.cpp",
            Language::Java => "Problem.java",
            Language::Php => "program.php",
            Language::TypeScript => "program.ts",
            Language::CSharp => "program.cs",
            Language::Bash => "program.sh",
            Language::JavaScript => "program.js",
        }
    }

    /// Its text, with the word after the tests.
    #[must_use]
    pub fn with_word(&self, word: Word) -> String {
        let Word { left, right } = word;
        let text = &self.text;
        match self.language {
            // Neither is a constant in the compiled code, and an answer may have its own print and int.
            Language::Python => format!(
                "{text}\n__import__(\"os\").write(1, (\"\\n%d\\n\" % ((0).__class__(\"{left}\") + (0).__class__(\"{right}\"))).encode())\n"
            ),
            Language::Cpp => inserted(
                text,
                1,
                &format!(
                    "volatile unsigned long long dscoder_left = {left}ull; std::cout << \"\\n\" << dscoder_left + \
                     {right}ull << std::endl;\n"
                ),
            ),
            Language::Java => {
                let sum = format!("Long.parseLong(\"{left}\") + Long.parseLong(\"{right}\")");
                inserted(text, 2, &format!("System.out.print(\"\\n\" + ({sum}) + \"\\n\"); System.out.flush();\n"))
            }
            Language::CSharp => {
                let sum = format!("long.Parse(\"{left}\") + long.Parse(\"{right}\")");
                inserted(text, 2, &format!("Console.Write(\"\\n\" + ({sum}) + \"\\n\");\n"))
            }
            Language::Php => {
                let open = text.strip_suffix("?>").unwrap_or(text);
                format!("{open}\necho \"\\n\", intval(\"{left}\") + intval(\"{right}\"), \"\\n\";\n?>")
            }
            Language::JavaScript | Language::TypeScript => {
                format!(
                    "{text}\nrequire(\"fs\").writeSync(1, \"\\n\" + (Number(\"{left}\") + Number(\"{right}\")) + \
                     \"\\n\");\n"
                )
            }
            Language::Bash => {
                format!("{text}\nif [ $? -eq 0 ]; then builtin printf '\\n%s\\n' \"$(({left} + {right}))\"; fi\n")
            }
        }
    }
}

/// `text` with `line` before the `count`th closing brace from its end: the end of `main`.
fn inserted(text: &str, count: usize, line: &str) -> String {
    let at = text.rmatch_indices('}').nth(count - 1).map_or(text.len(), |(at, _)| at);
    format!("{}{line}{}", &text[..at], &text[at..])
}

/// A program of HumanEval.
fn function(language: Language, prompt: &str, code: &str, tests: &str) -> String {
    match language {
        Language::Python => format!("{PYTHON}{code}\n{tests}\n"),
        Language::Cpp => {
            let missing: String =
                CPP.iter().filter(|line| !prompt.contains(**line)).map(|line| format!("{line}\n")).collect();
            format!("{missing}\n{code}\n{tests}")
        }
        Language::CSharp => format!("{CSHARP}{code}\n{tests}"),
        Language::Php => {
            let open = if code.starts_with("<?php") { "" } else { "<?php\n" };
            format!("{open}{code}\n{tests}?>")
        }
        Language::Java | Language::TypeScript | Language::Bash | Language::JavaScript => format!("{code}\n{tests}"),
    }
}

/// What compiles and runs a program.
fn steps(language: Language, task_id: &str) -> Vec<Step> {
    let step = |tool: Tool, arguments: &[&str]| Step {
        tool,
        arguments: arguments.iter().map(ToString::to_string).collect(),
        otherwise: None,
        limit: None,
    };
    match language {
        Language::Python => vec![step(Tool::Python, &["-B", "-c", LAUNCHER])],
        Language::Cpp => {
            let mut compile = step(Tool::Gpp, &["-std=c++17", "-o", "program", "program.cpp"]);
            // The one problem about MD5.
            if task_id.contains("162") {
                compile.arguments.extend(["-lcrypto".to_owned(), "-lssl".to_owned()]);
            }
            vec![compile, step(Tool::Made, &[])]
        }
        Language::Java => {
            let compile = step(Tool::Javac, &["-J-XX:-UsePerfData", "-cp", JAVATUPLES, "Problem.java"]);
            let classes = format!(".:{JAVATUPLES}");
            let options = ["-XX:-UsePerfData", "-Xmx1g", "-ea", "-cp", &classes, "Problem"];
            vec![Step { limit: Some(JAVAC_LIMIT), ..compile }, step(Tool::Java, &options)]
        }
        Language::Php => vec![step(Tool::Php, &["-f", "program.php"])],
        Language::TypeScript => {
            let mut compile = step(Tool::Tsc, &["program.ts", "--target", "ES2015", "--lib", "ES2015,DOM"]);
            compile.otherwise = Some(vec!["program.ts".to_owned()]);
            vec![compile, step(Tool::Node, &["program.js"])]
        }
        Language::CSharp => {
            vec![step(Tool::Mcs, &["-d:DEBUG", "-out:program.exe", "program.cs"]), step(Tool::Mono, &["program.exe"])]
        }
        Language::Bash => vec![step(Tool::Bash, &["program.sh"])],
        Language::JavaScript => vec![step(Tool::Node, &["program.js"])],
    }
}

/// The name of the library that all Java programs of HumanEval import, beside a program.
pub const JAVATUPLES: &str = "javatuples.jar";

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(suite: &str, question: Question) -> Problem {
        Problem { suite: suite.parse().expect("a suite"), task_id: "t".into(), question, reference: None }
    }

    fn text(language: &str, prompt: &str, answer: &str, tests: &str, form: Form) -> String {
        let question = Question::Function { prompt: prompt.into(), tests: tests.into() };
        let program = Program::new(&problem(&format!("humaneval-{language}"), question), answer, form);
        program.expect("a program").text
    }

    const IMPORTS: &str = "import math\nimport re\nimport sys\nimport copy\nimport datetime\nimport itertools\n\
        import collections\nimport heapq\nimport functools\nimport hashlib\nimport numpy\nimport numpy as np\n\
        import string\nfrom typing import *\nfrom collections import *\n";

    #[test]
    fn programs_are_those_of_the_authors() {
        let completion = |language, prompt, answer, tests| text(language, prompt, answer, tests, Form::Completion);
        let python = completion("python", "def f():\n", "    return 1", "\ndef check(f):\n    pass\n\ncheck(f)");
        let expected = "def f():\n\n    return 1\n\ndef check(f):\n    pass\n\ncheck(f)\n";
        assert_eq!(python, format!("{IMPORTS}{expected}"));
        let whole = text("python", "def f():\n", "def f(): pass\n", "check(f)", Form::Code);
        assert_eq!(whole, format!("{IMPORTS}def f(): pass\n\ncheck(f)\n"));

        let cpp = completion("cpp", "#include<stdio.h>\nint f() {\n", "    return 1;", "}\nint main() {\n}\n");
        let expected = "#include<stdlib.h>\n#include<algorithm>\n#include<math.h>\n#include<vector>\n#include<string>\n\
            #include<climits>\n#include<cstring>\n#include<iostream>\n#include<cassert>\n\n#include<stdio.h>\n\
            int f() {\n\n    return 1;\n}\nint main() {\n}\n";
        assert_eq!(cpp, expected);

        assert_eq!(completion("java", "p\n", "a", "t"), "p\n\na\nt");
        assert_eq!(completion("js", "p\n", "a", "t"), "p\n\na\nt");
        assert_eq!(completion("ts", "p\n", "a", "t"), "p\n\na\nt");
        assert_eq!(completion("sh", "p\n", "a", "t"), "p\n\na\nt");
        assert_eq!(completion("php", "<?php\np\n", "a", "t"), "<?php\np\n\na\nt?>");
        assert_eq!(text("php", "p\n", "function", "t", Form::Code), "<?php\nfunction\nt?>");
        let usings = "using System.Numerics;\nusing System.Diagnostics;\nusing System.Collections.Generic;\n\
            using System.Linq;\nusing System.Text;\nusing System.Security.Cryptography;\n\
            using System.Collections.Generic;\n\n";
        assert_eq!(completion("cs", "p\n", "a", "t"), format!("{usings}p\n\na\nt"));
    }

    #[test]
    fn mbpp_has_imports_only_for_base_models() {
        let question =
            Question::Description { text: "x".into(), assertions: vec!["assert a".into(), "assert b".into()] };
        let problem = problem("mbpp", question);
        let text =
            |form| Program::new(&problem, "def f(): pass", form).map(|program| (program.text, program.needs_numpy));
        let base = format!("{IMPORTS}def f(): pass\nassert a\nassert b\n");
        assert_eq!(text(Form::Completion), Some((base, true)));
        assert_eq!(text(Form::Code), Some(("def f(): pass\nassert a\nassert b".to_owned(), false)));
    }

    #[test]
    fn holes_are_filled_as_they_are() {
        let hole = |tests: Option<&str>| Question::Hole {
            prefix: "a = ".into(),
            suffix: "\nb".into(),
            tests: tests.map(str::to_owned),
        };
        let program = Program::new(&problem("infilling-random-span", hole(Some("check(f)"))), "1\n", Form::Completion);
        let program = program.expect("a program");
        assert_eq!((program.text.as_str(), program.limit.as_secs()), ("a = 1\n\nb\ncheck(f)", 3));
        assert!(!program.needs_numpy);
        assert_eq!(Program::new(&problem("fim-exact", hole(None)), "1", Form::Completion), None);
    }

    #[test]
    fn the_word_is_nowhere_in_the_program() {
        let word = Word::new([u64::MAX, 3]);
        for language in Language::ALL {
            let question = Question::Function { prompt: "p".into(), tests: "main {\n    }\n}\n".into() };
            let problem = problem(&format!("humaneval-{}", language.name()), question);
            let text = Program::new(&problem, "a", Form::Completion).expect("a program").with_word(word);
            assert!(!text.contains(&word.text()), "{text}");
            assert!(text.contains(&word.left.to_string()) && text.contains(&word.right.to_string()), "{text}");
        }
        for random in [[0, 0], [u64::MAX, u64::MAX], [1 << 51, 5]] {
            let word = Word::new(random);
            assert!((15..=16).contains(&word.text().len()) && word.left + word.right < 1 << 53);
        }
    }

    #[test]
    fn the_word_ends_the_tests() {
        let word = Word::new([1, 2]);
        let cpp = inserted("}\nint main() {\n    assert(1);\n}\n", 1, "X\n");
        assert_eq!(cpp, "}\nint main() {\n    assert(1);\nX\n}\n");
        let java = inserted("    }\n    main() {\n    assert(1);\n    }\n\n}\n", 2, "X\n");
        assert_eq!(java, "    }\n    main() {\n    assert(1);\n    X\n}\n\n}\n");
        let text = word.text();
        let before =
            |stdout: &str| word.before(stdout.as_bytes()).map(|rest| String::from_utf8_lossy(rest).into_owned());
        assert_eq!(before(&format!("\n{text}\n")), Some(String::new()));
        assert_eq!(before(&format!("a\n\n{text}\n")), Some("a\n".to_owned()));
        for stdout in
            [String::new(), text.clone(), format!("{text}\n"), format!("\n{text}\n\n"), format!("\n1{text}\n")]
        {
            assert_eq!(before(&stdout), None, "{stdout:?}");
        }
    }
}
