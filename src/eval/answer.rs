//! What of a model's text goes into the program: the authors' cutting, and their search for a function in a code block.

use crate::eval::problem::{Problem, Question};
use crate::eval::prompt::{Mode, fence, stops};
use crate::eval::sample::Form;
use crate::eval::suite::Language;
use crate::model::family::Flavour;
use crate::text::markdown::code_blocks;

/// What of the model's `text` counts as its answer to `problem`.
#[must_use]
pub fn taken(problem: &Problem, flavour: Flavour, mode: Mode, text: &str) -> String {
    let language = problem.suite.language().unwrap_or(Language::Python);
    match (&problem.question, flavour, mode) {
        (Question::Hole { .. }, ..) => text.to_owned(),
        (Question::Function { .. }, Flavour::Base, Mode::Used) => text.to_owned(),
        (Question::Function { .. }, Flavour::Base, Mode::Published) => {
            cut(text, stops(problem.suite, flavour)).to_owned()
        }
        (Question::Description { .. }, Flavour::Base, _) => cut(text, stops(problem.suite, flavour)).trim().to_owned(),
        (Question::Function { prompt, .. }, Flavour::Instruct, Mode::Published) => function(prompt, text, language),
        (Question::Description { .. }, Flavour::Instruct, Mode::Published) => {
            block(text, fence(language)).unwrap_or(text).to_owned()
        }
        (Question::Function { .. } | Question::Description { .. }, Flavour::Instruct, Mode::Used) => {
            blocks(text, fence(language)).unwrap_or_else(|| text.to_owned())
        }
    }
}

/// Whether [`taken`] gives code of its own, or what continues the problem's text.
#[must_use]
pub fn form(problem: &Problem, flavour: Flavour) -> Form {
    match (&problem.question, flavour) {
        (Question::Hole { .. }, _) | (_, Flavour::Base) => Form::Completion,
        (Question::Function { .. } | Question::Description { .. }, Flavour::Instruct) => Form::Code,
    }
}

/// The text before the first of `stops`.
fn cut<'a>(text: &'a str, stops: &[&str]) -> &'a str {
    let end = stops.iter().filter_map(|stop| text.find(stop)).min();
    &text[..end.unwrap_or(text.len())]
}

/// The first code block between fences, of which the opening one has exactly this name, in letters of any case.
fn block<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let start = find(text, &format!("```{name}\n"))? + "```\n".len() + name.len();
    let end = text[start..].find("```")?;
    Some(&text[start..start + end])
}

/// As [`str::find`], for an ASCII text in letters of any case.
fn find(text: &str, wanted: &str) -> Option<usize> {
    if wanted.is_empty() {
        return Some(0);
    }
    text.as_bytes().windows(wanted.len()).position(|part| part.eq_ignore_ascii_case(wanted.as_bytes()))
}

/// All code blocks in the language, as `dscoder chat --code` prints them.
fn blocks(text: &str, name: &str) -> Option<String> {
    let blocks: Vec<_> = code_blocks(text).into_iter().filter(|block| block.is_in(name)).collect();
    let codes: Vec<_> = blocks.iter().map(|block| block.code.as_str()).collect();
    (!codes.is_empty()).then(|| codes.join("\n"))
}

/// The program that the authors make of an Instruct model's answer (their `extract_generation_code`): what is above the
/// function in `prompt`, and the function from the code block. Where they find no block, the prompt and all of the answer.
fn function(prompt: &str, text: &str, language: Language) -> String {
    let lines: Vec<&str> = prompt.trim().split('\n').filter(|line| !line.trim().is_empty()).collect();
    let (at, end) = match language {
        Language::Python => (lines.iter().rposition(|line| line.starts_with("def ")), '('),
        _ => (lines.len().checked_sub(1), '{'),
    };
    let (Some(code), Some(at)) = (block(text, fence(language)), at) else { return format!("{prompt}\n{text}") };
    let main = match language {
        Language::Cpp => Some("int main()"),
        Language::Java => Some("public static void main"),
        Language::CSharp => Some("public static void Main"),
        _ => None,
    };
    let code = main.map_or(code, |main| cut(code, &[main]));
    let name = lines[at].split(end).next().unwrap_or_default().trim();
    let (start, indent) = match find(code, name) {
        Some(start) => (start, spaces_before(code, start)),
        None => (0, if matches!(language, Language::Python | Language::Java) { 4 } else { 0 }),
    };
    let closing = format!("\n{}}}", " ".repeat(indent));
    let stop = code.rfind(&closing).unwrap_or(code.len());
    let mut body = code.get(start..stop).unwrap_or_default().to_owned();
    // These tests do not close the function.
    if matches!(language, Language::Php | Language::TypeScript | Language::JavaScript) {
        body += &closing;
    }
    format!("{}\n{body}\n", lines[..at].join("\n"))
}

/// How many spaces are directly before `start`. At the beginning of a text the authors look at its last character.
fn spaces_before(text: &str, start: usize) -> usize {
    let before = &text[..start];
    let spaces = before.len() - before.trim_end_matches(' ').len();
    spaces + usize::from(spaces == start && text.ends_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::suite::Suite;

    fn taken(suite: &str, prompt: &str, flavour: Flavour, mode: Mode, text: &str) -> String {
        let suite: Suite = suite.parse().expect("a suite");
        let question = match suite {
            Suite::Mbpp => Question::Description { text: prompt.into(), assertions: Vec::new() },
            Suite::HumanEval(_) => Question::Function { prompt: prompt.into(), tests: String::new() },
            _ => Question::Hole { prefix: prompt.into(), suffix: String::new(), tests: None },
        };
        let problem = Problem { suite, task_id: "t".into(), question, reference: None };
        super::taken(&problem, flavour, mode, text)
    }

    fn published(suite: &str, text: &str) -> String {
        taken(suite, "def f():\n", Flavour::Base, Mode::Published, text)
    }

    #[test]
    fn base_answers_are_cut_before_the_first_stop_text() {
        for (suite, text, expected) in [
            ("humaneval-python", "\n    return 1\n\n# next\ndef g():", "\n    return 1\n"),
            ("humaneval-python", "  return 1\nprint(f())\nif x:", "  return 1"),
            ("humaneval-python", "  return 1\n  # inner", "  return 1\n  # inner"),
            ("humaneval-cpp", "  return 1;\n}\nint main() {}", "  return 1;"),
            ("humaneval-java", "        return 1;\n    }\n}\n", "        return 1;"),
            ("humaneval-java", "        return 1;\n    }", "        return 1;\n    }"),
            ("humaneval-php", "  return 1;\n}\n?>", "  return 1;\n}"),
            ("humaneval-ts", "  return 1;\n}\nimport x", "  return 1;\n}"),
            ("humaneval-js", "  return 1;\n}\nimport x\nconsole.log()", "  return 1;\n}\nimport x"),
            ("mbpp", "\ndef f():\n  return 1\n[DONE]\n[BEGIN]", "def f():\n  return 1"),
            ("mbpp", "\ndef f():\n  pass\n", "def f():\n  pass"),
            ("infilling-single-line", "  x\n\ndef g", "  x\n\ndef g"),
        ] {
            assert_eq!(published(suite, text), expected, "{suite} {text:?}");
            // dscoder's own rules have ended the answer before; only MBPP has marks of its own.
            let used = taken(suite, "def f():\n", Flavour::Base, Mode::Used, text);
            assert_eq!(used, if suite == "mbpp" { expected } else { text }, "{suite} {text:?}");
        }
    }

    #[test]
    fn functions_are_found_in_code_blocks() {
        let python = "import math\n\ndef f(x: int):\n    \"\"\"Doc\"\"\"\n";
        let java = "import java.util.*;\nclass Problem {\n    // doc\n    public static long f(long x) {\n";
        let code = |suite, prompt, text: &str| taken(suite, prompt, Flavour::Instruct, Mode::Published, text);
        for (suite, prompt, text, expected) in [
            // The imports of the prompt come back, those of the answer are lost.
            (
                "humaneval-python",
                python,
                "Here:\n```Python\nimport os\ndef F(x):\n    return x\n```\n```python\nno\n```",
                "import math\ndef F(x):\n    return x\n\n",
            ),
            // A name that is not found: the whole block.
            ("humaneval-python", python, "```python\nreturn 1\n```", "import math\nreturn 1\n\n"),
            // A bracket at the function's indentation ends it.
            ("humaneval-python", python, "```python\ndef f(x):\n  d = {\n}\n```", "import math\ndef f(x):\n  d = {\n"),
            // No block, another language, or a block without an end.
            ("humaneval-python", python, "return 1", &format!("{python}\nreturn 1")),
            ("humaneval-python", python, "```\nx\n```", &format!("{python}\n```\nx\n```")),
            ("humaneval-python", python, "```python\nx", &format!("{python}\n```python\nx")),
            // A prompt without a function.
            ("humaneval-python", "x = 1\n", "```python\ny\n```", "x = 1\n\n```python\ny\n```"),
            (
                "humaneval-java",
                java,
                "```java\nclass Problem {\n    public static long f(long x) {\n        return x;\n    }\n    public static void main(String[] a) {\n    }\n}\n```",
                "import java.util.*;\nclass Problem {\n    // doc\npublic static long f(long x) {\n        return x;\n",
            ),
            (
                "humaneval-cpp",
                "#include<vector>\nlong f(long x) {\n",
                "```cpp\nlong f(long x) {\n  return x;\n}\nint main() { return 0; }\n```",
                "#include<vector>\nlong f(long x) {\n  return x;\n",
            ),
            (
                "humaneval-js",
                "//doc\nfunction f(x){\n",
                "```javascript\nfunction f(x){\n  return x;\n}\n```",
                "//doc\nfunction f(x){\n  return x;\n}\n",
            ),
        ] {
            assert_eq!(code(suite, prompt, text), expected, "{suite} {text:?}");
        }
    }

    #[test]
    fn descriptions_have_their_first_python_block() {
        let code = |mode, text: &str| taken("mbpp", "", Flavour::Instruct, mode, text);
        let two = "a\n```python\nx = 1\n```\nb\n```python\ny = 2\n```\n";
        for (text, published, used) in [
            (two, "x = 1\n", "x = 1\n\ny = 2\n"),
            ("```py\nx = 1\n```\n", "```py\nx = 1\n```\n", "x = 1\n"),
            ("x = 1", "x = 1", "x = 1"),
        ] {
            assert_eq!((code(Mode::Published, text).as_str(), code(Mode::Used, text).as_str()), (published, used));
        }
    }
}
