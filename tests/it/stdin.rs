//! Who reads stdin: the program, where it is meant for it, and otherwise the shell around it.

use std::fs::{self, File};
use std::io::{Read, Seek, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::command::{Output, finish, output};
use crate::git::Repo;

const DIFF: &str = "diff --git a/b.py b/b.py\n--- a/b.py\n+++ b/b.py\n@@ -1 +1,2 @@\n-a\n+b\n+c\n";
const LIST: &str = "one\ntwo\nthree\n";
const WAITING: &str = "note: waiting for a diff on stdin; with < /dev/null, the message is for what is staged\n";
const UNREAD: &str = "note: stdin is not a diff and is left unread: the message is for what is staged\n";

/// A repository with one staged line, and a model that records its prompt.
struct Scene {
    repo: Repo,
    model: String,
}

impl Scene {
    fn new() -> Scene {
        let repo = Repo::new();
        repo.stage("a.py", "staged = 1\n");
        let record = repo.place.path("record");
        let model =
            repo.place.script(&format!("pieces = [\"Add a\"]\nrecord = {:?}", record.to_str().expect("a name")));
        Scene { repo, model }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.repo.place.command([arguments, &["-m", &self.model]].concat())
    }

    fn start(&self, arguments: &[&str], stdin: impl Into<Stdio>) -> Child {
        self.command(arguments).stdin(stdin).spawn().expect("started")
    }

    /// What the model was shown by the last run.
    fn shown(&self) -> String {
        fs::read_to_string(self.repo.place.path("record")).expect("recorded")
    }

    fn file(&self, content: &str) -> File {
        File::open(self.repo.place.write("input", content)).expect("opened")
    }

    /// A loop of bash over lines, with the program in it.
    fn loop_over_lines(&self, script: &str, arguments: &[&str]) -> Output {
        self.repo.place.write("list", LIST);
        let inner = self.command(arguments);
        let mut command = Command::new("bash");
        command.args(["-c", script]).arg(inner.get_program()).args(inner.get_args());
        command.current_dir(self.repo.place.path("")).stdin(Stdio::null());
        for (name, value) in inner.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        finish(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("bash runs"))
    }
}

const MESSAGE: [&str; 2] = ["git", "message"];

#[test]
fn a_loop_over_a_file_keeps_its_lines() {
    let scene = Scene::new();
    let script = "while read -r x; do echo \"$x: $(\"$0\" \"$@\")\"; done < list";
    let all = "one: Add a\ntwo: Add a\nthree: Add a\n";
    for arguments in [&MESSAGE[..], &["chat", "hi"], &["git", "message", "--body"], &["chat", "-f", "a.py"]] {
        assert_eq!(scene.loop_over_lines(script, arguments), output(all, "", 0), "{arguments:?}");
        assert!(!scene.shown().contains("two") && !scene.shown().contains("three"), "{arguments:?}");
    }
    let review = scene.loop_over_lines(script, &["git", "review"]);
    assert_eq!(review.stdout, "one: \ntwo: \nthree: \n", "{}", review.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn a_loop_over_a_pipe_keeps_its_lines() {
    let scene = Scene::new();
    for script in [
        "cat list | while read -r x; do echo \"$x: $(\"$0\" \"$@\")\"; done",
        "(while read -r x; do echo \"$x\"; sleep 0.2; done < list) | while read -r x; do echo \"$x: $(\"$0\" \"$@\")\"; done",
    ] {
        let run = scene.loop_over_lines(script, &MESSAGE);
        assert_eq!((run.stdout.as_str(), run.code), ("one: Add a\ntwo: Add a\nthree: Add a\n", 0), "{}", run.stderr);
        assert_eq!(run.stderr, UNREAD.repeat(2));
        assert!(scene.shown().contains("+staged = 1"));
    }
}

#[test]
fn a_diff_is_read_wherever_it_comes_from() {
    let scene = Scene::new();
    let message = |stdin: Stdio| {
        assert_eq!(finish(scene.start(&MESSAGE, stdin)), output("Add a\n", "", 0));
        let shown = scene.shown();
        assert!(shown.contains("=== b.py (+2 -1)\n") && !shown.contains("staged"), "{shown}");
    };
    message(scene.file(DIFF).into());
    let mut file = scene.file(&format!("first line\n{DIFF}"));
    file.seek(std::io::SeekFrom::Start("first line\n".len() as u64)).expect("moved");
    message(file.into());
    // Behind the message of a commit that is longer than what is looked at.
    let long = format!("commit 0123456789abcdef\n\n{}\n{DIFF}", "    word\n".repeat(20_000));
    message(scene.file(&long).into());
    let (mut here, there) = UnixStream::pair().expect("sockets");
    here.write_all(DIFF.as_bytes()).expect("sent");
    drop(here);
    message(OwnedFd::from(there).into());
    for text in [DIFF, &long, &format!("{}{DIFF}", "a word\n".repeat(10))] {
        let run = scene.repo.place.feed(&["git", "message", "-m", &scene.model], text);
        assert_eq!(run, output("Add a\n", "", 0));
        assert!(scene.shown().contains("=== b.py (+2 -1)\n"));
    }
}

#[test]
fn a_slow_diff_is_waited_for() {
    let scene = Scene::new();
    let (read, mut write) = std::io::pipe().expect("a pipe");
    let child = scene.start(&MESSAGE, read);
    for part in ["d", "iff --git a/b.py ", &DIFF[DIFF.find("b/b.py").expect("there")..]] {
        sleep(Duration::from_millis(400));
        write.write_all(part.as_bytes()).expect("written");
    }
    drop(write);
    assert_eq!(finish(child), output("Add a\n", WAITING, 0));
    assert!(scene.shown().contains("=== b.py (+2 -1)\n"));
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_no_diff_is_left_where_it_is() {
    let scene = Scene::new();
    let (mut read, mut write) = std::io::pipe().expect("a pipe");
    write.write_all(LIST.as_bytes()).expect("written");
    let run = finish(scene.start(&MESSAGE, read.try_clone().expect("another")));
    assert_eq!(run, output("Add a\n", UNREAD, 0));
    assert_eq!(
        finish(scene.start(&["git", "message", "-q"], read.try_clone().expect("another"))),
        output("Add a\n", "", 0)
    );
    drop(write);
    let mut rest = String::new();
    read.read_to_string(&mut rest).expect("read");
    assert_eq!(rest, LIST);
    let mut file = scene.file(LIST);
    assert_eq!(finish(scene.start(&MESSAGE, file.try_clone().expect("another"))), output("Add a\n", UNREAD, 0));
    assert_eq!(file.stream_position().expect("a position"), 0);
    let (mut here, mut there) = UnixStream::pair().expect("sockets");
    here.write_all(LIST.as_bytes()).expect("sent");
    let run = finish(scene.start(&MESSAGE, OwnedFd::from(there.try_clone().expect("another"))));
    assert_eq!(run, output("Add a\n", UNREAD, 0));
    here.shutdown(Shutdown::Write).expect("closed");
    rest.clear();
    there.read_to_string(&mut rest).expect("read");
    assert_eq!(rest, LIST);
    assert!(scene.shown().contains("+staged = 1"));
}

#[test]
fn an_empty_stdin_is_no_input() {
    let scene = Scene::new();
    let (closed, _) = UnixStream::pair().expect("sockets");
    let (pipe, _) = std::io::pipe().expect("a pipe");
    let directory = File::open(scene.repo.place.path("")).expect("opened");
    let write_only = File::create(scene.repo.place.path("written")).expect("made");
    for stdin in [
        Stdio::null(),
        pipe.into(),
        OwnedFd::from(closed).into(),
        scene.file("").into(),
        directory.into(),
        write_only.into(),
    ] {
        assert_eq!(finish(scene.start(&MESSAGE, stdin)), output("Add a\n", "", 0));
    }
    let run = scene.loop_over_lines("\"$0\" \"$@\" <&-", &MESSAGE);
    assert_eq!(run, output("Add a\n", "", 0));
    assert_eq!(scene.loop_over_lines("\"$0\" \"$@\" <&-", &["chat", "hi"]), output("Add a", "", 0));
}

/// The first bytes on stderr, and when they come.
fn first_words(child: &mut Child, length: usize) -> (String, Duration) {
    let start = Instant::now();
    let mut words = vec![0; length];
    child.stderr.as_mut().expect("a pipe").read_exact(&mut words).expect("said");
    (String::from_utf8(words).expect("text"), start.elapsed())
}

#[test]
fn a_wait_is_said_within_a_second() {
    let scene = Scene::new();
    let text = "note: waiting for text on stdin\n";
    for (arguments, expected) in [
        (&["git", "message"][..], WAITING),
        (&["git", "message", "-"], "note: waiting for a diff on stdin\n"),
        (
            &["git", "review"],
            "note: waiting for a diff on stdin; with < /dev/null, the changes of the work tree are reviewed\n",
        ),
        (&["chat", "hi"], "note: waiting for text on stdin; < /dev/null asks without it\n"),
        (&["chat", "-"], text),
        (&["chat"], text),
        (&["chat", "-f", "-", "hi"], text),
        (&["complete"], text),
        (&["infill", "-"], text),
    ] {
        let (read, write) = std::io::pipe().expect("a pipe");
        let mut child = scene.start(arguments, read);
        let (said, after) = first_words(&mut child, expected.len());
        assert_eq!(said, expected, "{arguments:?}");
        assert!(after < Duration::from_secs(5), "{arguments:?}: {after:?}");
        drop(write);
        child.wait().expect("ended");
    }
    // Nobody waits for stdin where it is not used.
    for arguments in [&["complete", "a.py"][..], &["infill", "a.py", "--at", "1"], &["git", "review", "--", "HEAD"]] {
        let (read, _write) = std::io::pipe().expect("a pipe");
        let run = finish(scene.start(arguments, read));
        assert!(!run.stderr.contains("stdin"), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn a_socket_that_stays_silent_is_not_waited_for() {
    let scene = Scene::new();
    let (_here, there) = UnixStream::pair().expect("sockets");
    let run = finish(scene.start(&MESSAGE, OwnedFd::from(there.try_clone().expect("another"))));
    let nothing = "note: nothing comes on stdin: the message is for what is staged\n";
    assert_eq!(run, output("Add a\n", &format!("{WAITING}{nothing}"), 0));
    let run = finish(scene.start(&["chat", "hi"], OwnedFd::from(there)));
    assert_eq!((run.stdout.as_str(), run.code), ("Add a", 0));
    assert!(run.stderr.ends_with("note: nothing comes on stdin: the question is asked without it\n"), "{}", run.stderr);
}

#[test]
fn text_for_a_question_is_read_and_waited_for() {
    let scene = Scene::new();
    let chat = ["chat", "--no-system", "explain"];
    let expected = "### Instruction:\n```\none\ntwo\nthree\n```\n\nexplain\n### Response:\n";
    assert_eq!(finish(scene.start(&chat, scene.file(LIST))), output("Add a", "", 0));
    assert_eq!(scene.shown(), expected);
    let (read, mut write) = std::io::pipe().expect("a pipe");
    let child = scene.start(&chat, read);
    sleep(Duration::from_millis(1200));
    write.write_all(LIST.as_bytes()).expect("written");
    drop(write);
    let note = "note: waiting for text on stdin; < /dev/null asks without it\n";
    assert_eq!(finish(child), output("Add a", note, 0));
    assert_eq!(scene.shown(), expected);
    // The question itself.
    assert_eq!(finish(scene.start(&["chat", "--no-system", "-"], scene.file("why?\n"))), output("Add a", "", 0));
    assert_eq!(scene.shown(), "### Instruction:\nwhy?\n### Response:\n");
    let run = finish(scene.start(&["chat", "-", "-f", "-"], Stdio::null()));
    let both = "error: stdin cannot be both a file and the question\nhint: put one of them into a file\n";
    assert_eq!(run, output("", both, 2));
}

#[test]
fn a_pipe_that_never_waits_is_read_to_its_end() {
    let scene = Scene::new();
    for arguments in [&["complete"][..], &["chat", "--no-system", "-"], &["complete", "--batch", "-"]] {
        let (read, mut write) = std::io::pipe().expect("a pipe");
        rustix::io::ioctl_fionbio(&read, true).expect("set");
        let child = scene.start(arguments, read);
        for part in ["{\"text\": ", "\"x\"}\n"] {
            sleep(Duration::from_millis(300));
            write.write_all(part.as_bytes()).expect("written");
        }
        drop(write);
        let run = finish(child);
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
        assert!(run.stdout.contains("Add a"), "{arguments:?}: {}", run.stdout);
    }
}
