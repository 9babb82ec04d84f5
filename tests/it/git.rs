//! `dscoder git`, in scratch repositories.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::command::{Output, Place, finish, output};

/// A repository that sees no configuration but its own.
pub struct Repo {
    pub place: Place,
    environment: Vec<(String, String)>,
}

impl Repo {
    pub fn new() -> Repo {
        let mut place = Place::new();
        let home = place.path("home");
        fs::create_dir(&home).expect("created");
        let mut environment = Vec::new();
        for (name, value) in [
            ("HOME", home.to_str().expect("a name")),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "A"),
            ("GIT_AUTHOR_EMAIL", "a@example.org"),
            ("GIT_COMMITTER_NAME", "A"),
            ("GIT_COMMITTER_EMAIL", "a@example.org"),
            ("GIT_CEILING_DIRECTORIES", home.parent().and_then(Path::parent).and_then(Path::to_str).expect("a name")),
        ] {
            place.set(name, value);
            environment.push((name.to_owned(), value.to_owned()));
        }
        let repo = Repo { place, environment };
        repo.git(&["init", "-q", "-b", "main"]);
        repo.place.write(".git/info/exclude", "*\n!*.py\n");
        repo
    }

    pub fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
            command.env_remove(name);
        }
        command.args(arguments).current_dir(self.place.path("")).envs(self.environment.iter().map(|(a, b)| (a, b)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn try_git(&self, arguments: &[&str], editor: &str) -> Output {
        finish(self.command("git", arguments).env("GIT_EDITOR", editor).spawn().expect("git runs"))
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        let run = self.try_git(arguments, "true");
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
        run.stdout
    }

    /// Writes a file and stages it.
    pub fn stage(&self, name: &str, content: impl AsRef<[u8]>) {
        self.place.write(name, content);
        self.git(&["add", "-f", "--", name]);
    }

    pub fn subject(&self) -> String {
        self.git(&["log", "-1", "--format=%s"]).trim_end().to_owned()
    }
}

const NO_REPOSITORY: &str = "error: this is not a git repository\nhint: change to one, or pass the diff on stdin\n";

#[test]
fn messages_for_what_is_staged() {
    let repo = Repo::new();
    repo.stage("a.py", "x = 1\n");
    let model = repo.place.script(r#"pieces = ["Added", " a.", "\n", "\n", "It has an x.\n"]"#);
    let run = |arguments: &[&str]| repo.place.run(&[&["git", "message", "-m", &model], arguments].concat());
    assert_eq!(run(&[]), output("Add a\n", "", 0));
    assert_eq!(run(&["--style", "conventional"]), output("feat: add a\n", "", 0));
    assert_eq!(run(&["--body"]), output("Add a\n\nIt has an x.\n", "", 0));
    assert_eq!(run(&["--lang", "Klingon"]), output("Added a\n", "", 0));
    assert_eq!(run(&["--json"]), output("{\"subject\":\"Add a\",\"body\":\"\"}\n", "", 0));
    let stats = run(&["--stats"]);
    // "=== new file a.py (+1 -0)\n@@ -0,0 +1 @@\n+x = 1\n"
    assert!(stats.stderr.starts_with("diff: 1 files, 1 of 1 lines, 47 tokens\nstats: prompt "), "{}", stats.stderr);
    let silent = repo.place.script(r#"pieces = ["\n"]"#);
    let nothing = output("", "error: the model wrote no message\n", 1);
    assert_eq!(repo.place.run(&["git", "message", "-m", &silent]), nothing);
}

#[test]
fn messages_for_a_diff_on_stdin() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["Fix b"]"#);
    let arguments = ["git", "message", "-m", &model];
    let diff = b"diff --git a/caf\xe9 b/caf\xe9\n--- a/caf\xe9\n+++ b/caf\xe9\n@@ -1 +1 @@\n-\xff\xfe\0\n+<|EOT|>\n";
    assert_eq!(place.feed(&arguments, diff), output("Fix b\n", "", 0));
    let refused = "error: cannot use stdin: it is not a diff\n\
                   hint: pipe one in: git diff --cached | dscoder git message\n";
    let dashed = ["git", "message", "-", "-m", &model];
    assert_eq!(place.feed(&dashed, diff), output("Fix b\n", "", 0));
    assert_eq!(place.feed(&dashed, "hello\n"), output("", refused, 65));
    assert_eq!(place.feed(&["git", "review", "-", "-m", &model], "hello\n"), output("", refused, 65));
    assert_eq!(place.run(&dashed), output("", refused, 65));
    let mut place = place;
    let here = place.path("").to_str().expect("a name").to_owned();
    place.set("GIT_CEILING_DIRECTORIES", Path::new(&here).parent().and_then(Path::to_str).expect("a name"));
    assert_eq!(place.run(&arguments), output("", NO_REPOSITORY, 66));
    assert_eq!(place.run(&["git", "review", "-m", &model]), output("", NO_REPOSITORY, 66));
    assert_eq!(place.run(&["git", "install-hook"]), output("", NO_REPOSITORY, 66));
}

#[test]
fn nothing_staged_and_no_git() {
    let repo = Repo::new();
    let model = repo.place.script(r#"pieces = ["x"]"#);
    let error = "error: nothing is staged\nhint: stage changes with `git add`\n";
    assert_eq!(repo.place.run(&["git", "message", "-m", &model]), output("", error, 66));
    let mut command = repo.place.command(["git", "message", "-m", &model]);
    let run = finish(command.env("PATH", "/nonexistent").spawn().expect("started"));
    assert_eq!(run.code, 66);
    assert!(run.stderr.starts_with("error: cannot run git: "), "{}", run.stderr);
}

#[test]
fn odd_names_and_bytes() {
    let repo = Repo::new();
    repo.stage("new\nline.py", b"caf\xe9 = '\xff'\n".as_slice());
    repo.stage("a b\"\t.py", "x\n");
    repo.stage("binary", b"\0\x01".as_slice());
    repo.stage("Cargo.lock", "a\n".repeat(5000));
    let model = repo.place.script(r#"pieces = ["Add files"]"#);
    let run = repo.place.run(&["git", "message", "-m", &model, "--stats"]);
    assert_eq!((run.stdout.as_str(), run.code), ("Add files\n", 0));
    assert!(run.stderr.starts_with("diff: 4 files (2 by name only), 2 of 2 lines, "), "{}", run.stderr);
}

#[test]
fn a_large_diff_keeps_to_its_budget() {
    let repo = Repo::new();
    for file in 0..50 {
        repo.stage(
            &format!("f{file}.py"),
            (0..5000).map(|line| format!("value_{file} = {line:012}\n")).collect::<String>(),
        );
    }
    let diff = repo.git(&["diff", "--cached"]);
    assert!(diff.len() > 5_000_000);
    let model = repo.place.script("pieces = [\"Add values\"]\ndelay_ms = 300");
    let child =
        repo.place.start(&["git", "message", "-m", &model, "--stats", "--diff-tokens", "10000"], diff.as_bytes());
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while let Ok(text) = fs::read_to_string(&status) {
        let Some(line) = text.lines().find(|line| line.starts_with("VmHWM:")) else { break };
        peak = line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse().ok()).unwrap_or(peak);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let run = finish(child);
    assert_eq!((run.stdout.as_str(), run.code), ("Add values\n", 0));
    let tokens: usize =
        run.stderr.lines().next().and_then(|line| line.rsplit(' ').nth(1)).expect("stats").parse().expect("a number");
    assert!((9000..=10_000).contains(&tokens), "{}", run.stderr);
    assert!(run.stderr.starts_with("diff: 50 files, "), "{}", run.stderr);
    assert!(peak < 64 << 10, "{peak} KiB");
}

#[cfg(all(feature = "llama", has_demo))]
#[test]
fn reviews() {
    let repo = Repo::new();
    let model = repo.place.script(r#"pieces = ["a.py:1: x is ", "unused\n", "b.py:7: no such file\n"]"#);
    let run = |arguments: &[&str]| repo.place.run(&[&["git", "review", "-m", &model], arguments].concat());
    let nothing = "error: nothing has changed\nhint: give a range, such as HEAD~3\n";
    assert_eq!(run(&[]), output("", nothing, 66));
    repo.stage("a.py", "x = 1\n");
    assert_eq!(run(&[]), output("a.py:1: x is unused\n", "", 0));
    let json = "[{\"file\":\"a.py\",\"line\":1,\"text\":\"x is unused\"}]\n";
    assert_eq!(run(&["--json"]), output(json, "", 0));
    repo.git(&["commit", "-qm", "a"]);
    repo.place.write("a.py", "x = 2\n");
    assert_eq!(run(&[]), output("a.py:1: x is unused\n", "", 0));
    assert_eq!(run(&["HEAD"]), output("a.py:1: x is unused\n", "", 0));
    assert_eq!(run(&["HEAD..HEAD"]).code, 66);
    assert_eq!(run(&["no-such"]).code, 2);
    assert_eq!(run(&["--", "--output=x"]).code, 2);
    let silent = repo.place.script(r#"pieces = ["no findings\n"]"#);
    assert_eq!(repo.place.run(&["git", "review", "-m", &silent]), output("", "note: no findings\n", 0));
    let refused = repo.place.run(&["git", "review", "-m", "demo"]);
    assert_eq!(refused.code, 65);
}

#[test]
fn a_base_model_does_where_no_other_is_installed() {
    let repo = Repo::new();
    repo.stage("a.py", "x = 1\n");
    let none = repo.place.run(&["git", "message"]);
    assert_eq!(none.code, 66);
    assert!(none.stderr.starts_with("error: no instruct model to use: none is installed\n"), "{}", none.stderr);
    repo.place.write("models/deepseek-coder-1.3b-base.Q4_K_M.gguf", "damaged");
    let damaged = repo.place.run(&["git", "message"]);
    assert!(damaged.stderr.contains("1.3b-base.Q4_K_M.gguf"), "{}", damaged.stderr);
}

#[cfg(all(feature = "llama", has_demo))]
#[test]
fn a_base_model_continues_examples() {
    let repo = Repo::new();
    repo.stage("a.py", "x = 1\n");
    let run = repo.place.run(&["git", "message", "-m", "demo", "-n", "12"]);
    assert!(run.code == 0 && run.stdout.lines().count() == 1 || run.code == 1, "{run:?}");
}

/// An editor that keeps what it was shown, and adds a line if `own` is not empty.
pub fn editor(repo: &Repo, own: &str) -> String {
    let own = if own.is_empty() { String::new() } else { format!("printf '{own}\\n' > \"$1\"\n") };
    let path =
        repo.place.write("editor", format!("#!/bin/sh\ncat \"$1\" > {}\n{own}", repo.place.path("seen").display()));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("set");
    path.to_str().expect("a name").to_owned()
}

fn install(repo: &Repo, model: &str, options: &[&str]) {
    let run = repo.place.run(&[&["git", "install-hook", "-q", "--", "-m", model], options].concat());
    assert_eq!((run.stdout.as_str(), run.code), ("", 0), "{}", run.stderr);
}

#[test]
fn the_hook_in_a_repository() {
    let repo = Repo::new();
    let model = repo.place.script(r#"pieces = ["Added a"]"#);
    let run = repo.place.run(&["git", "install-hook", "--", "-m", &model]);
    assert_eq!(run, output("", "note: installed .git/hooks/prepare-commit-msg\n", 0));
    repo.stage("a.py", "x = 1\n");
    let editor = editor(&repo, "");
    assert_eq!(repo.try_git(&["commit", "-q"], &editor), output("", "", 0));
    assert_eq!(repo.subject(), "Add a");
    let seen = fs::read_to_string(repo.place.path("seen")).expect("seen");
    assert!(seen.starts_with("Add a\n\n# Please enter the commit message"), "{seen}");
    // With `-m`, amended, merged, squashed, from a template.
    repo.stage("a.py", "x = 2\n");
    repo.git(&["commit", "-qm", "Mine"]);
    assert_eq!(repo.subject(), "Mine");
    repo.stage("a.py", "x = 3\n");
    assert_eq!(repo.try_git(&["commit", "-q", "--amend"], &editor).code, 0);
    assert_eq!(repo.subject(), "Mine");
    repo.git(&["checkout", "-qb", "side", "HEAD~1"]);
    repo.stage("b.py", "y = 1\n");
    repo.git(&["commit", "-qm", "Side"]);
    repo.git(&["checkout", "-q", "main"]);
    assert_eq!(repo.try_git(&["merge", "-q", "side"], &editor).code, 0);
    assert_eq!(repo.subject(), "Merge branch 'side'");
    repo.git(&["checkout", "-q", "side"]);
    repo.stage("c.py", "z = 1\n");
    repo.git(&["commit", "-qm", "Other"]);
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "--squash", "side"]);
    assert_eq!(repo.try_git(&["commit", "-q"], &editor).code, 0);
    assert_eq!(repo.subject(), "Squashed commit of the following:");
    repo.place.write("template", "Ticket:\n");
    repo.git(&["config", "commit.template", "template"]);
    repo.stage("d.py", "z = 1\n");
    let own = self::editor(&repo, "From the template");
    assert_eq!(repo.try_git(&["commit", "-q"], &own).code, 0);
    assert_eq!(fs::read_to_string(repo.place.path("seen")).expect("seen").lines().next(), Some("Ticket:"));
    // A template without text does not count as a message.
    repo.place.write("template", "# Say why.\n");
    repo.stage("d.py", "z = 2\n");
    let editor = self::editor(&repo, "");
    assert_eq!(repo.try_git(&["commit", "-q"], &editor).code, 0);
    assert_eq!(repo.subject(), "Add a");
    // Neither does the diff below the scissors of commit.verbose, nor comments with another mark.
    repo.git(&["config", "commit.verbose", "true"]);
    repo.git(&["config", "core.commentChar", ";"]);
    repo.git(&["config", "--unset", "commit.template"]);
    repo.stage("e.py", "z = 1\n");
    assert_eq!(repo.try_git(&["commit", "-q"], &editor).code, 0);
    assert_eq!(repo.subject(), "Add a");
    assert_eq!(repo.place.run(&["git", "uninstall-hook", "-q"]), output("", "", 0));
    assert!(!repo.place.path(".git/hooks/prepare-commit-msg").exists());
}

#[test]
fn hooks_of_others_are_not_overwritten() {
    let repo = Repo::new();
    let hook = repo.place.write(".git/hooks/prepare-commit-msg", "#!/bin/sh\necho first >> \"$1\"\n");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("set");
    let refused = "error: cannot write .git/hooks/prepare-commit-msg: there is a hook already\n\
                   hint: --chain keeps it and runs it first\n";
    assert_eq!(repo.place.run(&["git", "install-hook"]), output("", refused, 73));
    let not_ours = "error: cannot remove .git/hooks/prepare-commit-msg: dscoder did not install it\n";
    assert_eq!(repo.place.run(&["git", "uninstall-hook"]), output("", not_ours, 66));
    let model = repo.place.script(r#"pieces = ["Add a"]"#);
    let run = repo.place.run(&["git", "install-hook", "--chain", "--", "-m", &model]);
    let notes = "note: installed .git/hooks/prepare-commit-msg\n\
                 note: the existing hook runs first: .git/hooks.before-dscoder/prepare-commit-msg\n";
    assert_eq!(run, output("", notes, 0));
    repo.stage("a.py", "x = 1\n");
    // The first one writes text, so ours has nothing to do.
    assert_eq!(repo.try_git(&["commit", "-q"], "true").code, 0);
    assert_eq!(repo.subject(), "first");
    // Once more changes nothing, and keeps the chain.
    let run = repo.place.run(&["git", "install-hook", "--", "-m", &model]);
    assert_eq!(run.stderr, notes.replace("installed", "updated"));
    let restored = "note: .git/hooks/prepare-commit-msg is the previous hook again\n";
    assert_eq!(repo.place.run(&["git", "uninstall-hook"]), output("", restored, 0));
    assert_eq!(fs::read_to_string(&hook).expect("there"), "#!/bin/sh\necho first >> \"$1\"\n");
    let wrong = repo.place.run(&["git", "install-hook", "--", "--no-such"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.starts_with("error: wrong options for the hook: "), "{}", wrong.stderr);
}

#[test]
fn another_hooks_path_and_the_review_hook() {
    let repo = Repo::new();
    repo.git(&["config", "core.hooksPath", "my hooks"]);
    let model = repo.place.script(r#"pieces = ["a.py:1: x is unused\n"]"#);
    let run = repo.place.run(&["git", "install-hook", "pre-commit", "--", "-m", &model]);
    assert_eq!(run, output("", "note: installed my hooks/pre-commit\n", 0));
    repo.stage("a.py", "x = 1\n");
    assert_eq!(repo.try_git(&["commit", "-qm", "a"], "true"), output("", "a.py:1: x is unused\n", 0));
    fs::write(repo.place.path("script.toml"), "damaged").expect("written");
    repo.stage("a.py", "x = 2\n");
    let failed = repo.try_git(&["commit", "-qm", "b"], "true");
    assert_eq!((failed.code, failed.stderr.lines().count()), (0, 1), "{}", failed.stderr);
    assert!(failed.stderr.starts_with("dscoder: no review: cannot use "), "{}", failed.stderr);
    assert_eq!(repo.place.run(&["git", "uninstall-hook", "pre-commit", "-q"]), output("", "", 0));
}

/// 300 commits while the hook fails in one way or another: none is blocked, and no message is changed.
#[test]
fn three_hundred_failures_block_no_commit() {
    let repo = Repo::new();
    let path = env!("CARGO_BIN_EXE_dscoder");
    let script = repo.place.write("script.toml", "");
    let model = format!("script:{}", script.display());
    install(&repo, &model, &["--timeout", "0.2"]);
    let hook = repo.place.path(".git/hooks/prepare-commit-msg");
    let sound = fs::read_to_string(&hook).expect("the hook");
    let wrapper = |body: &str| {
        let file = repo.place.write("wrapper", format!("#!/bin/sh\n{body}\n"));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("set");
        sound.replace(&format!("'{path}'"), &format!("'{}'", file.display()))
    };
    let good = "[answer]\npieces = [\"Add a\"]\n";
    let slow = format!("{good}delay_ms = 60000\n");
    let editor = editor(&repo, "Mine");
    let mut pristine = None;
    for round in 0..300 {
        repo.stage("a.py", format!("x = {round}\n"));
        let (answer, hook_text) = match round % 15 {
            // Without the hook, for the message as it should be.
            _ if pristine.is_none() => (good, "#!/bin/sh\nexit 0\n".to_owned()),
            0 => ("damaged", sound.clone()),
            1 => (slow.as_str(), sound.clone()),
            2 => ("[answer]\npieces = [\"Add a\"]\nfail_after = 0\n", sound.clone()),
            3 => ("[answer]\npieces = [\"\"]\n", sound.clone()),
            4 => (good, sound.replace(&model, "no/such.gguf")),
            5 => (
                good,
                sound.replace(path, "/no/such/dscoder").replace("command -v dscoder", "command -v no-such-program"),
            ),
            6 => (good, wrapper("kill -KILL $$")),
            7 => (slow.as_str(), wrapper(&format!("{path} \"$@\" & sleep 0.05; kill -KILL $!; wait $!"))),
            8 => (slow.as_str(), wrapper(&format!("{path} \"$@\" & sleep 0.05; kill -TERM $!; wait $!"))),
            // No byte can be written to any file, as on a full disk.
            9 => (good, wrapper(&format!("ulimit -f 0; exec {path} \"$@\""))),
            10 => (good, wrapper(&format!("ulimit -v 20000; exec {path} \"$@\""))),
            11 => (good, wrapper("echo one; echo two >&2; exit 101")),
            12 => (
                good,
                wrapper(&format!(
                    "rm -f \"$6\" 2>/dev/null; exec {path} git hook prepare-commit-msg -m '{model}' -- /no/such/file"
                )),
            ),
            13 => (good, wrapper(&format!("exec {path} git hook prepare-commit-msg -m '{model}' -- /"))),
            _ => (good, wrapper(&format!("PATH=/nonexistent exec {path} \"$@\""))),
        };
        fs::write(&script, answer).expect("written");
        fs::write(&hook, hook_text).expect("written");
        let run = repo.try_git(&["commit", "-q"], &editor);
        assert_eq!(run.code, 0, "round {round}: {}", run.stderr);
        assert_eq!(repo.subject(), "Mine", "round {round}");
        let seen = fs::read_to_string(repo.place.path("seen")).expect("seen");
        match &pristine {
            None => pristine = Some(seen.replace("Initial commit", "")),
            Some(_) => {
                assert!(seen.starts_with("\n# Please enter the commit message"), "round {round}: {seen}");
                let lines = run.stderr.lines().count();
                assert_eq!(lines, 1, "round {round}: {}", run.stderr);
            }
        }
    }
}

/// Diffs and answers with bytes changed, left out and doubled: whatever comes of them, nothing panics.
#[test]
fn damaged_diffs_and_answers() {
    use dscoder::git::diff::Diff;
    use dscoder::git::message::{Form, Message, Style};
    use dscoder::vocabulary::Bytes;

    let sound = "diff --git a/a b.py b/a b.py\nindex 1..2 100644\n--- a/a b.py\n+++ b/a b.py\n@@ -1,2 +1,3 @@\n x\n--- y\n\
        +++ z\n+w\n@@ -9 +10 @@ def f():\n-a\n+é\n\\ No newline at end of file\ndiff --git \"a/n\\nl\" \"b/n\\nl\"\n\
        new file mode 100644\nBinary files /dev/null and \"b/n\\nl\" differ\nrename to new\ndeleted file mode 100644\n\
        feat(a): Added `x`.\n\n- **one** é\n```py\n# x\n```\nCommit message: \"Fixes é\"\n";
    // A linear congruence is random enough, and the same every time.
    let mut state = 1u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..5000 {
        let mut bytes = sound.as_bytes().to_vec();
        for _ in 0..=random(8) {
            let (at, other) = (random(bytes.len()), random(bytes.len()));
            match random(4) {
                0 => bytes[at] = random(256) as u8,
                1 => drop(bytes.drain(at..(at + 1 + random(20)).min(bytes.len()))),
                2 => bytes.insert(at, *b"\"\n@+-\\9`#"[..].get(random(9)).expect("one of nine")),
                _ => bytes.swap(at, other),
            }
            if bytes.is_empty() {
                break;
            }
        }
        let diff = Diff::read(&bytes[..]).expect("read from memory");
        for budget in [0, 64, 200, 100_000] {
            let shown = diff.shown(&Bytes, budget, budget == 200);
            assert!(shown.tokens <= budget.max(32), "{budget}: {}", shown.text);
        }
        let text = String::from_utf8_lossy(&bytes);
        for style in [Style::Plain, Style::Conventional] {
            let form = Form { style, body: true, english: true, comment: Some("#") };
            if let Some(message) = Message::of(&text, &form, &diff) {
                assert!((1..=72).contains(&message.subject.chars().count()), "{message:?}");
                assert!(!message.text().contains(|character: char| character.is_control() && character != '\n'));
            }
        }
        let mut renderer = dscoder::term::markdown::Renderer::default();
        let shown = renderer.push(&text) + &renderer.finish();
        assert!(shown.len() >= text.len());
        let _ = dscoder::text::markdown::code_blocks(&text);
    }
}
