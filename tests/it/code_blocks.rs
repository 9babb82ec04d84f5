//! `dscoder chat --code`, and messages between fences.

use crate::command::{Place, output};
use crate::git::Repo;

/// What `chat --code` prints of an answer.
fn code(answer: &str, arguments: &[&str]) -> crate::command::Output {
    let place = Place::new();
    let model = place.script(&format!("pieces = [{answer:?}]"));
    place.run(&[&["chat", "--code", "hi", "-m", &model], arguments].concat())
}

#[test]
fn only_a_fence_that_may_close_a_block_closes_it() {
    let function = "def f():\n    \"\"\"\n    ```\n    f()\n    ```\n    \"\"\"\n    return 1\n";
    assert_eq!(code(&format!("So:\n```python\n{function}```\nDone.\n"), &[]), output(function, "", 0));
    for inner in ["    ```\n", "~~~\n", "``\n", "```py\n", "``` x\n", "\t```\n", "> ```\n", "- ```\n"] {
        assert_eq!(code(&format!("```\na\n{inner}b\n```\n"), &[]), output(&format!("a\n{inner}b\n"), "", 0));
    }
    for outer in ["````", "~~~", "~~~~~", "  ```", "   ````"] {
        let closing = format!("{outer}  ");
        assert_eq!(code(&format!("{outer}md\na\n{closing}\nb\n"), &[]), output("a\n", "", 0), "{outer}");
    }
    assert_eq!(code("````md\n```py\nx\n```\n````\n", &[]), output("```py\nx\n```\n", "", 0));
}

#[test]
fn blocks_in_lists_and_quotations_lose_their_margin() {
    let list = "1. First:\n\n   ```py\n   if a:\n\n       b\n   ```\n\n2. Then:\n   ~~~\n   c\n   ~~~\n";
    assert_eq!(code(list, &[]), output("if a:\n\n    b\n\nc\n", "", 0));
    assert_eq!(code("> ```py\n> if a:\n>     b\n> ```\n", &[]), output("if a:\n    b\n", "", 0));
}

#[test]
fn a_block_without_an_end_is_taken_to_the_end() {
    let note = "note: the last code block has no end; a longer answer (-n) may have one\n";
    assert_eq!(code("```py\nx = 1\n    ```\ny", &[]), output("x = 1\n    ```\ny\n", note, 0));
    assert_eq!(code("- ```py\n  x = 1\n", &[]), output("x = 1\n", note, 0));
    // The list ends this one.
    assert_eq!(code("- ```py\n  x = 1\n\nThat is it.\n", &[]), output("x = 1\n\n", "", 0));
}

#[test]
fn languages_go_by_any_of_their_names() {
    for (names, other) in [
        (&["python", "py", "Python", "python3", "{.python}", "py title=\"a.py\""][..], "js"),
        (&["javascript", "js", "jsx", "JavaScript", "node"], "ts"),
        (&["typescript", "ts", "tsx"], "js"),
        (&["bash", "sh", "shell", "zsh"], "fish"),
        (&["rust", "rs", "rust,ignore", "src/main.rs"], "r"),
        (&["c++", "cpp", "cc", "c++20"], "c"),
        (&["c#", "cs", "csharp"], "c"),
        (&["go", "golang"], "d"),
        (&["yaml", "yml"], "toml"),
        (&["kotlin", "kt"], "java"),
        (&["html"], "xml"),
    ] {
        for fence in names {
            let answer = format!("```{fence}\nx\n```\n");
            let plain = |name: &&&str| name.chars().all(|letter| letter.is_alphanumeric() || "+#".contains(letter));
            for wanted in names.iter().filter(plain) {
                assert_eq!(code(&answer, &["--lang", wanted]), output("x\n", "", 0), "{fence} {wanted}");
            }
            let none = format!("error: the answer has no {other} code block\n");
            assert_eq!(code(&answer, &["--lang", other]), output("", &none, 1), "{fence}");
        }
    }
}

#[test]
fn a_message_between_fences_is_taken_out() {
    let repo = Repo::new();
    repo.stage("a.py", "x = 1\n");
    for answer in [
        "~~~\nAdded a\n~~~\n",
        "````text\nAdded a\n````\nIt adds a file.\n",
        "Here is the message:\n\n  ```\n  Added a\n  ```\n",
        "```\nAdded a",
    ] {
        let model = repo.place.script(&format!("pieces = [{answer:?}]"));
        for arguments in [&["git", "message", "-m", &model][..], &["git", "message", "--body", "-m", &model]] {
            assert_eq!(repo.place.run(arguments), output("Add a\n", "", 0), "{answer}");
        }
    }
}
