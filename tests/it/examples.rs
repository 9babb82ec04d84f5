//! The scripts in `examples/`, run with canned answers. Those of editors need the editor.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use dscoder::topics::TOPICS;

use crate::command::{Output, Place, finish, output, repository};

/// Runs a program that finds dscoder, and this model as its model.
fn run(place: &Place, model: &str, program: &str, arguments: &[&str], stdin: &str) -> Option<Output> {
    let folder = Path::new(env!("CARGO_BIN_EXE_dscoder")).parent().expect("a folder");
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("DSCODER_") || text.starts_with("GIT_") {
            command.env_remove(&name);
        }
    }
    command.args(arguments).current_dir(place.path("")).env("PATH", path).env("DSCODER_MODEL", model);
    for (name, value) in
        [("HOME", "/nonexistent"), ("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1"), ("TERM", "dumb")]
    {
        command.env(name, value);
    }
    for name in ["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"] {
        command.env(name, "a@example.org");
    }
    let input = place.write("stdin", stdin);
    command.stdin(fs::File::open(input).expect("opened")).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().ok().map(finish)
}

fn sh(place: &Place, model: &str, arguments: &[&str], stdin: &str) -> Output {
    run(place, model, "sh", arguments, stdin).expect("there is a shell")
}

#[test]
fn docstrings_and_tests_for_a_file() {
    let place = Place::new();
    place.write("f.py", "def f():\n    return 1\n");
    let model = place.script(r#"pieces = ["```python\ndef f():\n", "    \"\"\"One.\"\"\"\n", "    return 1\n```\n"]"#);
    let docstrings = sh(&place, &model, &[&repository("examples/scripts/docstrings.sh"), "f.py"], "");
    let diff = "--- f.py\n+++ f.py\n@@ -1,2 +1,3 @@\n def f():\n+    \"\"\"One.\"\"\"\n     return 1\n";
    assert_eq!(docstrings, output(diff, "", 0));
    let tests = sh(&place, &model, &[&repository("examples/scripts/tests-for.sh"), "f.py", "f"], "");
    assert_eq!(tests, output("def f():\n    \"\"\"One.\"\"\"\n    return 1\n", "", 0));
    let silent = place.script(r#"pieces = ["No."]"#);
    assert_eq!(sh(&place, &silent, &[&repository("examples/scripts/docstrings.sh"), "f.py"], "").code, 1);
    assert_eq!(sh(&place, &model, &[&repository("examples/scripts/tests-for.sh")], "").stdout, "");
}

#[test]
fn docstrings_for_many_functions() {
    let place = Place::new();
    place
        .write("f.py", "def f():\n    return 1\n\ndef g():\n    \"\"\"Two.\"\"\"\n    return 2\n\ndef h(): return 3\n");
    place.write("k.py", "class K:\n    def k(self):\n        pass\n");
    let model = place.script("pieces = [\"One.\"]\nturns = [[\"K\", \" does nothing.\"]]");
    let script = repository("examples/scripts/docstrings-batch.sh");
    let made = sh(&place, &model, &[&script, "f.py", "k.py"], "");
    assert_eq!(made, output("f.py:1: One.\nk.py:2: K does nothing.\n", "", 0));
}

#[test]
fn make() {
    let place = Place::new();
    place.write("f.py", "def f():\n    return 1\n");
    let model = place.script(r#"pieces = ["```\nassert f() == 1\n```\n"]"#);
    let makefile = repository("examples/scripts/Makefile");
    let Some(made) = run(&place, &model, "make", &["-s", "-f", &makefile, "test_f.py"], "") else { return };
    assert_eq!(made, output("", "", 0));
    assert_eq!(fs::read_to_string(place.path("test_f.py")).expect("there"), "assert f() == 1\n");
    let git = |arguments: &[&str]| run(&place, &model, "git", arguments, "").expect("git runs");
    assert_eq!(git(&["init", "-q"]).code, 0);
    assert_eq!(git(&["add", "f.py"]).code, 0);
    let model = place.script(r#"pieces = ["Add f"]"#);
    assert_eq!(run(&place, &model, "make", &["-s", "-f", &makefile, "message"], "").expect("made").code, 0);
    assert_eq!(git(&["log", "--format=%s"]).stdout, "Add f\n");
}

#[test]
fn a_review_before_a_push() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["f.py:1: f is empty\n"]"#);
    let git = |arguments: &[&str]| {
        let run = run(&place, &model, "git", arguments, "").expect("git runs");
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
        run
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["init", "-q", "--bare", "remote.git"]);
    git(&["remote", "add", "origin", "remote.git"]);
    let hook = fs::read(repository("examples/git-hooks/pre-push")).expect("there");
    let path = place.write(".git/hooks/pre-push", hook);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&path, mode).expect("set");
    for (content, branch) in [("1\n", "main"), ("2\n", "main"), ("3\n", "topic")] {
        place.write("f.py", content);
        git(&["add", "f.py"]);
        git(&["commit", "-qm", "f"]);
        let pushed = git(&["push", "-q", "origin", &format!("HEAD:{branch}")]);
        // The very first commit has nothing before it.
        let expected = if content == "1\n" { "" } else { "f.py:1: f is empty\n" };
        assert_eq!(pushed.stderr, expected, "{content}");
    }
    git(&["push", "-q", "origin", ":topic"]);
    fs::write(place.path("script.toml"), "damaged").expect("written");
    place.write("f.py", "4\n");
    git(&["commit", "-qam", "f"]);
    git(&["push", "-q", "origin", "HEAD:main"]);
}

#[test]
fn a_comment_on_a_change() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["f.py:1: f is empty, @you\n"]"#);
    let git = |arguments: &[&str]| assert_eq!(run(&place, &model, "git", arguments, "").expect("git runs").code, 0);
    git(&["init", "-q", "-b", "main"]);
    for content in ["1\n", "2\n"] {
        place.write("f.py", content);
        git(&["add", "f.py"]);
        git(&["commit", "-qm", "f"]);
    }
    let script = repository("examples/ci/review.sh");
    let comment = "A small model has read this change. What it says may be wrong:\n\n    f.py:1: f is empty, @you\n";
    assert_eq!(sh(&place, &model, &[&script, "HEAD~1"], ""), output(comment, "", 0));
    let silent = place.script(r#"pieces = ["no findings"]"#);
    assert_eq!(sh(&place, &silent, &[&script, "HEAD~1"], ""), output("", "", 0));
    assert_eq!(sh(&place, &silent, &[&script, "no-such-branch"], "").code, 2);
}

/// What a key binding should do to a file.
const BEFORE: &str = "é = f()\nprint(é)\n";
const AFTER: &str = "é = f(1 + 2)\nprint(é)\n";

#[test]
fn vim_fills_the_gap_at_the_cursor() {
    let place = Place::new();
    let plugin = repository("examples/scripts/dscoder.vim");
    for (answer, before, cursor, after) in [
        // Byte 8 is column 7.
        (r#"pieces = ["1", " + 2"]"#, BEFORE, "call cursor(1, 8)", AFTER),
        (
            r#"pieces = ["x = 1\n", "    return x"]"#,
            "def f():\n    \nf()\n",
            "call cursor(2, 5)",
            "def f():\n    x = 1\n    return x\nf()\n",
        ),
    ] {
        let model = place.script(answer);
        place.write("f.py", before);
        let start =
            ["-Nu", "NONE", "-i", "NONE", "-es", "-S", &plugin, "-c", "set enc=utf-8 ve=onemore", "-c", "edit f.py"];
        let arguments = [&start[..], &["-c", cursor, "-c", "DscoderInfill", "-c", "wq"]].concat();
        let Some(vim) = run(&place, &model, "vim", &arguments, "") else { return };
        assert_eq!(vim.code, 0, "{vim:?}");
        assert_eq!(fs::read_to_string(place.path("f.py")).expect("there"), after);
    }
}

#[test]
fn emacs_fills_the_gap_at_point() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["1", " + 2"]"#);
    place.write("f.py", BEFORE);
    let package = repository("examples/scripts/dscoder.el");
    let text = fs::read_to_string(&package).expect("there");
    assert_eq!(text.matches('(').count(), text.matches(')').count());
    let program = "(progn (find-file \"f.py\") (goto-char 7) (dscoder-infill) (save-buffer))";
    let Some(emacs) = run(&place, &model, "emacs", &["--batch", "-Q", "-l", &package, "--eval", program], "") else {
        return;
    };
    assert_eq!(emacs.code, 0, "{emacs:?}");
    assert_eq!(fs::read_to_string(place.path("f.py")).expect("there"), AFTER);
}

#[test]
fn the_command_of_helix_gives_what_belongs_at_the_cursor() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["1", " + 2"]"#);
    place.write("f.py", BEFORE);
    let text = fs::read_to_string(repository("examples/scripts/helix.toml")).expect("there");
    let settings: toml::Table = text.parse().expect("TOML");
    let command = settings["keys"]["insert"]["C-l"][1].as_str().expect("a command");
    let command = command.strip_prefix(":insert-output ").expect("it inserts");
    let command = command.replace("%{buffer_name}", "f.py").replace("%{cursor_line}", "1");
    let command = command.replace("%{cursor_column}", "7");
    assert_eq!(sh(&place, &model, &["-c", &command], ""), output("1 + 2", "", 0));
}

/// What `.github/recording.py` has recorded.
#[cfg(all(feature = "llama", has_demo))]
#[test]
fn the_picture_in_the_readme_shows_what_dscoder_answers() {
    // The crate comes without it.
    let Ok(picture) = fs::read_to_string(repository(".github/recording.svg")) else { return };
    let place = Place::new();
    let stack = "class Stack:\n    def __init__(self):\n        self.items = []\n\n    def push(self, item):\n        <FILL>\n\n    \
                 def pop(self):\n        return self.items.pop()\n";
    let queue = "impl<T> Queue<T> {\n    pub fn len(&self) -> usize {\n        self.items.len()\n    }\n\n    pub fn \
                 is_empty(&self) -> bool {\n        <FILL>\n    }\n}\n";
    place.write("stack.py", stack);
    place.write("queue.rs", queue);
    let diff = place.run(&["infill", "stack.py", "-m", "demo", "--diff"]);
    assert_eq!((diff.stderr.as_str(), diff.code), ("", 0));
    let whole = place.run(&["infill", "queue.rs", "-m", "demo", "--whole"]);
    assert_eq!((whole.stderr.as_str(), whole.code), ("", 0));
    let tail =
        |text: &str| text.lines().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n");
    let complete = place.feed(&["complete", "-m", "demo"], "def is_even(n):\n");
    for text in [stack, &diff.stdout, &tail(queue), &tail(&whole.stdout), &complete.stdout] {
        for line in text.lines() {
            let shown = line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
            assert!(picture.contains(&format!(">{shown}</text>")), "{line}");
        }
    }
}

/// Every line of the README and of the topics that begins with dscoder or leads into it has flags that exist; those that
/// need neither the network nor a real model do what they say.
#[test]
fn the_commands_of_the_readme() {
    let place = Place::new();
    let main: String = (1..30).map(|line| format!("value_{line} = {line} * 2  # twice\n")).collect();
    let main = main.replace("value_9 = 9 * 2", "# HERE");
    place.write("before.py", "def f():\n    return ");
    place.write("after.py", "\n");
    place.write("src/main.rs", "fn main() {\n    let answer = 42;\n}\n".repeat(8));
    place.write("prompts.jsonl", "{\"text\": \"a\"}\n");
    let cell = |text: &str| format!("{{\"cell_type\": \"code\", \"source\": \"{text}\"}}");
    let cells = [cell("a = 1"), cell("b = 2"), cell("def f():\\n    return 1")].join(", ");
    place.write("notebook.ipynb", format!("{{\"nbformat\": 4, \"cells\": [{cells}]}}"));
    let model = place.script("pieces = [\"```python\\n\", \"x = 1\\n\", \"```\\n\"]");
    let prepare = "git init -q && git add -A && git commit -q -m one && echo >> before.py && git add -A";
    assert_eq!(sh(&place, &model, &["-c", prepare], ""), output("", "", 0));
    let readme = fs::read_to_string(repository("README.md")).expect("there");
    let mut command = dscoder::cmd::command();
    command.build();
    let topics = TOPICS.map(|topic| topic.text(&command)).concat();
    let text = readme + &topics;
    let blocks = text.split("```sh\n").skip(1).filter_map(|block| Some(block.split_once("\n```")?.0));
    let lines: Vec<&str> = blocks
        .flat_map(str::lines)
        .filter(|line| line.contains("dscoder ") && !line.starts_with("examples/"))
        .collect();
    assert!(lines.len() > 20, "{lines:?}");
    let mut ran = 0;
    for line in lines {
        let command = line.split("  #").next().unwrap_or(line).trim();
        // What needs the network, a model, a server or an editor is looked at for its flags only.
        let alone = [
            "download",
            "models ",
            "-m demo",
            "--endpoint",
            "config edit",
            "config init",
            "doctor",
            "cache clear",
            "serve",
            "dscoder eval ",
            "--lora",
        ];
        if !alone.iter().any(|word| command.contains(word)) {
            // An earlier command may have changed or committed it.
            place.write("main.py", &main);
            let script = format!("echo >> before.py && git add -A && export GIT_EDITOR=true; {command}");
            let done = sh(&place, &model, &["-c", &script], "");
            assert_eq!(done.code, 0, "{command}: {}", done.stderr);
            ran += 1;
        }
        let own = command.rsplit("$(").next().unwrap_or(command);
        let own = &own[own.find("dscoder ").expect("it is there")..];
        let own = own.split(['|', '>', ')']).next().unwrap_or(own).trim();
        let checked = sh(&place, &model, &["-c", &format!("{own} --help")], "");
        assert_eq!(checked.code, 0, "{own}: {}", checked.stderr);
    }
    assert!(ran > 10, "{ran}");
}
