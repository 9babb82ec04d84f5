//! What a process can meet: closed and full streams, limits, missing directories, others at the same work, signals at a
//! terminal, input without an end. Each has its exit code.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::command::{Output, Place, finish, output};
use crate::gguf::{STRING, Spec, text};

const FILE: &str = "def add(a, b):\n    return \n\nprint(add(1, 2))\n";

/// Runs the program through a shell, which gets the words before it: limits and redirections.
fn shell(place: &Place, before: &str, after: &str, arguments: &[&str]) -> Command {
    let inner = place.command(arguments);
    let mut command = Command::new("sh");
    // For what the standard library says where memory is lacking.
    command.env_remove("RUST_BACKTRACE");
    command.args(["-c", &format!("{before} exec \"$0\" \"$@\" {after}")]).arg(inner.get_program());
    command.args(inner.get_args()).current_dir(place.path("")).stdin(Stdio::null());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(mut command: Command) -> Output {
    finish(command.spawn().expect("started"))
}

#[test]
fn closed_streams() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["a"]"#);
    place.write("f", "x");
    let complete = ["complete", "f", "-m", &model];
    let run = |after: &str, arguments: &[&str]| run(shell(&place, "", after, arguments));
    assert_eq!(run("<&-", &complete), output("a", "", 0));
    let empty = "note: the text is empty; the model has nothing to go by\n";
    assert_eq!(run("<&-", &["complete", "-m", &model]), output("a", empty, 0));
    assert_eq!(run("2>&-", &complete), output("a", "", 0));
    assert_eq!(run("2>&-", &["complete", "missing", "-m", &model]), output("", "", 66));
    // Without llama.cpp, nothing looks at stdout before Rust replaces it by /dev/null.
    if cfg!(feature = "llama") {
        let lost = "error: cannot write to stdout: it is closed\nhint: to discard the output, use > /dev/null\n";
        for arguments in [&complete[..], &["infill", "f", "--at", "1", "-m", &model], &["chat", "hi", "-m", &model]] {
            assert_eq!(run(">&-", arguments), output("", lost, 74), "{arguments:?}");
        }
        assert_eq!(run(">&-", &["models", "path", "demo"]), output("", lost, 74));
        assert_eq!(run("<&- >&- 2>&-", &complete), output("", "", 74));
    }
    assert_eq!(run("> /dev/null", &complete), output("", "", 0));
    // A file that is opened never takes the place of a closed stream, to be written into as one.
    fs::write(place.path("g.py"), FILE).expect("written");
    assert_eq!(run("<&- >&- 2>&-", &["infill", "g.py", "--at", "2", "--in-place", "-m", &model]).code, 0);
    assert_eq!(fs::read_to_string(place.path("g.py")).expect("there"), FILE.replace("return ", "return a"));
}

#[cfg(target_os = "linux")]
#[test]
fn full_streams() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["a"]"#);
    place.write("f", "x");
    place.write("g.py", FILE);
    let error = "error: cannot write to stdout: no space left on device\n";
    for arguments in [
        &["complete", "f", "-m", &model, "--json"][..],
        &["complete", "f", "-m", &model, "--json-lines"],
        &["complete", "f", "-m", &model, "--candidates", "2"],
        &["infill", "g.py", "--at", "2", "--whole", "-m", &model],
        &["infill", "g.py", "--at", "2", "--diff", "-m", &model],
        &["chat", "a", "-m", &model],
        &["models", "path", "demo"],
        &["download", "--list"],
    ] {
        assert_eq!(run(shell(&place, "", ">/dev/full", arguments)), output("", error, 74), "{arguments:?}");
    }
    assert_eq!(run(shell(&place, "", ">/dev/full", &["--help"])).code, 74);
    // Messages that cannot be written are dropped.
    let complete = ["complete", "f", "-m", &model, "--stats", "-v"];
    assert_eq!(run(shell(&place, "", "2>/dev/full", &complete)), output("a", "", 0));
    let error = run(shell(&place, "", "2>/dev/full", &["complete", "missing", "-m", &model]));
    assert_eq!(error, output("", "", 66));
}

#[test]
fn a_limit_of_the_size_of_files() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["a"]"#);
    place.write("f.py", FILE);
    let error = "error: cannot change f.py: file too large\n";
    let whole = |run: Output, expected: Output| {
        let stderr =
            run.stderr.replace(&format!("{}/", fs::canonicalize(place.path("")).expect("there").display()), "");
        assert_eq!(Output { stderr, ..run }, expected);
        assert_eq!(fs::read_to_string(place.path("f.py")).expect("there"), FILE);
        let names = fs::read_dir(place.path("")).expect("listed").flatten();
        assert!(!names.map(|name| name.file_name()).any(|name| name.to_string_lossy().starts_with('.')));
    };
    let in_place = ["infill", "f.py", "--at", "2", "--in-place", "-m", &model];
    whole(run(shell(&place, "ulimit -f 0;", "", &in_place)), output("", error, 74));
    let backup = [&in_place[..], &["--backup", ".orig"]].concat();
    whole(run(shell(&place, "ulimit -f 0;", "", &backup)), output("", error, 74));
    // stdout is a file too.
    let long = place.script("pieces = [\"0123456789\\n\"]\nend = false");
    let answer = ["complete", "f.py", "-m", &long, "-n", "500", "--raw", "--until", "end"];
    let run = run(shell(&place, "ulimit -f 1;", "> out", &answer));
    assert_eq!(run, output("", "error: cannot write to stdout: file too large\n", 74));
    let kept = fs::read_to_string(place.path("out")).expect("there");
    assert!([512, 1024].contains(&kept.len()) && kept.starts_with("0123456789\n0123"), "{}", kept.len());
}

#[cfg(target_os = "linux")]
#[test]
fn a_limit_of_memory() {
    let place = Place::new();
    // Below, not even the program can be mapped. Debug information and the built-in model are part of it.
    let least = fs::metadata(env!("CARGO_BIN_EXE_dscoder")).expect("there").len() / 1024 + 16_000;
    let mut codes = Vec::new();
    for more in [0, 4_000, 8_000, 16_000, 32_000, 50_000, 100_000, 180_000, 900_000, 4_000_000] {
        let limit = format!("ulimit -v {};", least + more);
        let run = run(shell(
            &place,
            &limit,
            "",
            &["infill", "--prefix", "/dev/null", "--suffix", "/dev/null", "-m", "demo", "-n", "2", "-q"],
        ));
        assert!([0, 70, 74].contains(&run.code), "{limit} {}: {}", run.code, run.stderr);
        assert_eq!(run.code == 0, run.stderr.is_empty(), "{limit} {}", run.stderr);
        assert!(!run.stderr.contains("panicked") && !run.stderr.contains("stack backtrace"), "{limit} {}", run.stderr);
        codes.push(run.code);
    }
    assert!(codes[0] != 0 && codes.last() == Some(&0), "{codes:?}");
}

#[test]
fn directories_that_are_missing_or_closed() {
    let mut place = Place::new();
    let model = place.script(r#"pieces = ["a"]"#);
    place.write("f", "x");
    place.write("file", "");
    // Root may write anywhere but below a file.
    let closed = place.path("file/home").display().to_string();
    let unset = |arguments: &[&str], names: &[&str]| {
        let mut command = place.command(arguments);
        for name in names {
            command.env_remove(name);
        }
        run(command)
    };
    let complete = ["complete", "f", "-m", &model];
    assert_eq!(unset(&complete, &["HOME", "DSCODER_CACHE_DIR", "DSCODER_MODELS_DIR"]), output("a", "", 0));
    assert_eq!(unset(&["models"], &["HOME", "DSCODER_MODELS_DIR"]).code, 0);
    for home in ["", "relative", &closed] {
        place.set("HOME", home);
        assert_eq!(place.run(&complete), output("a", "", 0), "{home:?}");
        assert_eq!(place.run(&["models"]).code, 0, "{home:?}");
    }
    place.set("HOME", &closed);
    place.set("DSCODER_SESSIONS_DIR", &format!("{closed}/sessions"));
    let chat = place.run(&["chat", "a", "--session", "s", "-m", &model]);
    assert_eq!((chat.stdout.as_str(), chat.code), ("", 74), "{}", chat.stderr);
    assert_eq!(place.run(&["chat", "a", "-m", &model]), output("a", "", 0));
    // The cache falls back to the directory for temporary files, and without that there is no built-in model.
    place.set("DSCODER_CACHE_DIR", &closed);
    place.set("TMPDIR", &place.path("tmp").display().to_string());
    assert_eq!(place.run(&["complete", "f", "-m", "demo", "-n", "1"]).code, 0);
    place.set("TMPDIR", &closed);
    let run = place.run(&["complete", "f", "-m", "demo", "-n", "1"]);
    assert_eq!((run.stdout.as_str(), run.code), ("", 73), "{}", run.stderr);
    assert!(run.stderr.ends_with("hint: set DSCODER_CACHE_DIR to a writable directory\n"), "{}", run.stderr);
}

#[test]
fn many_at_once() {
    let mut place = Place::new();
    place.write("f.py", FILE);
    place.set("DSCODER_CACHE_DIR", &place.path("cache").display().to_string());
    place.set("DSCODER_SESSIONS_DIR", &place.path("sessions").display().to_string());
    // An empty cache, which all of them fill.
    let start = |arguments: &[&str]| place.command(arguments).spawn().expect("started");
    let demo: Vec<Child> = (0..3).map(|_| start(&["complete", "f.py", "-m", "demo", "-n", "2"])).collect();
    let mut answers: Vec<Output> = demo.into_iter().map(finish).collect();
    answers.dedup();
    assert!(answers.len() == 1 && answers[0].code == 0, "{answers:?}");
    let mut left: Vec<_> =
        fs::read_dir(place.path("cache")).expect("listed").flatten().map(|entry| entry.file_name()).collect();
    left.sort();
    assert!(left.len() == 2 && left[1] == "kernels.json", "the model, and what is known of the kernels: {left:?}");
    // One file: each answer is of the file as it was, and who comes late is told.
    let model = place.script("pieces = [\"a\"]\ndelay_ms = 50");
    let arguments = ["infill", "f.py", "--at", "2", "--in-place", "-m", &model];
    let children: Vec<Child> = (0..6).map(|_| start(&arguments)).collect();
    let runs: Vec<Output> = children.into_iter().map(finish).collect();
    assert!(runs.iter().any(|run| run.code == 0) && runs.iter().all(|run| [0, 74].contains(&run.code)), "{runs:?}");
    let text = fs::read_to_string(place.path("f.py")).expect("there");
    let added = text.len() - FILE.len();
    assert!(text == FILE.replace("return ", &format!("return {}", "a".repeat(added))) && added > 0, "{text}");
    // One session: it is whose comes first.
    let arguments = ["chat", "a", "--session", "s", "-m", &model];
    let children: Vec<Child> = (0..6).map(|_| start(&arguments)).collect();
    let runs: Vec<Output> = children.into_iter().map(finish).collect();
    let done = runs.iter().filter(|run| run.code == 0).count();
    assert!(done > 0 && runs.iter().all(|run| [0, 75].contains(&run.code)), "{runs:?}");
    let session = fs::read_to_string(place.path("sessions/s.json")).expect("there");
    assert_eq!(session.matches(r#"["a","a"]"#).count(), done, "{session}");
}

#[test]
fn input_without_an_end() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["a"]"#);
    place.write("f", "x");
    for (arguments, start) in [
        (&["complete", "-m", &model][..], "error: cannot use stdin: it is longer than 16 MiB\n"),
        (&["infill", "--prefix", "-", "--suffix", "f", "-m", &model], "error: cannot use stdin: it is longer"),
        (&["infill", "-", "--at", "1", "-m", &model], "error: cannot use stdin: it is longer"),
        (&["chat", "a", "-m", &model], "error: cannot use stdin: it is longer"),
        (&["git", "message", "-", "-m", &model], "error: cannot use stdin: it is longer than 64 MiB\n"),
        (&["complete", "/dev/zero", "-m", &model], "error: cannot use /dev/zero: it is longer"),
    ] {
        // Ten gigabytes: no more is read than may be used, in far less memory.
        let before = "ulimit -v 400000; yes | head -c 10000000000 |";
        let run = run(shell(&place, before, "", arguments));
        assert_eq!((run.stdout.as_str(), run.code), ("", 65), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.starts_with(start), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn a_model_that_changes_while_it_is_used() {
    let place = Place::new();
    let mut spec = Spec::sound();
    spec.set("llama.context_length", crate::gguf::U32, 16384u32.to_le_bytes());
    spec.set("general.name", STRING, text("x"));
    let sound = spec.bytes();
    let arguments = ["complete", "-m", "model.gguf", "-n", "16000", "--raw", "--until", "end", "-q"];
    // Cut to nothing, and one bit changed: the first may be noticed by the system, the second only by looking.
    for change in ["cut", "bit"] {
        let path = place.write("model.gguf", &sound);
        let mut child = place.start(&arguments, b"x");
        let mut first = [0];
        child.stdout.as_mut().expect("a pipe").read_exact(&mut first).expect("answers stream");
        // In a separate thread: the program waits when nobody reads.
        let mut stdout = child.stdout.take().expect("a pipe");
        let rest = std::thread::spawn(move || stdout.read_to_end(&mut Vec::new()));
        match change {
            "cut" => File::options().write(true).open(&path).and_then(|file| file.set_len(100)).expect("cut"),
            _ => {
                use std::os::unix::fs::FileExt;
                let file = File::options().write(true).open(&path).expect("opened");
                file.write_all_at(&[sound[sound.len() - 1] ^ 1], sound.len() as u64 - 1).expect("written");
            }
        }
        let run = finish(child);
        rest.join().expect("read").expect("read");
        assert_eq!(run.code, 70, "{change}: {}", run.stderr);
        let noticed = "error: cannot use model.gguf: it changed while it was in use\n";
        let fault = "error: cannot read a file in use: ";
        assert!(run.stderr.starts_with(noticed) || run.stderr.starts_with(fault), "{change}: {}", run.stderr);
        assert!(change == "cut" || run.stderr.starts_with(noticed), "{change}: {}", run.stderr);
    }
}

#[test]
fn a_second_ctrl_c_ends_it_at_once() {
    let place = Place::new();
    let model = place.script("pieces = [\"x\"]\nload_ms = 20000");
    let child = place.start(&["complete", "-m", &model], b"x");
    std::thread::sleep(Duration::from_millis(400));
    let start = Instant::now();
    let id = child.id().to_string();
    let kill = || assert!(Command::new("kill").args(["-s", "INT", &id]).status().expect("it runs").success());
    kill();
    std::thread::sleep(Duration::from_millis(60));
    kill();
    assert_eq!(finish(child), output("", "", 130));
    // After one alone, it would be 600 ms.
    assert!(start.elapsed() < Duration::from_millis(500), "{:?}", start.elapsed());
}

#[test]
fn what_was_held_back_is_written_at_ctrl_c() {
    let place = Place::new();
    // The second token, which is on its way when Ctrl-C comes, may be the beginning of the stop text.
    let model = place.script("pieces = [\"abc\", \"de\"]\nend = false\ndelay_ms = 500");
    let mut child = place.start(&["complete", "-m", &model, "--stop", "def", "--raw"], b"x");
    let mut first = [0; 3];
    child.stdout.as_mut().expect("a pipe").read_exact(&mut first).expect("answers stream");
    std::thread::sleep(Duration::from_millis(200));
    assert!(Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status().expect("runs").success());
    let run = finish(child);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str(), run.code), ("de", "", 130));
}

/// A terminal, from its other side.
struct Terminal {
    outside: File,
    inside: File,
    /// What came and nobody waited for yet.
    seen: Vec<u8>,
}

impl Terminal {
    fn new() -> Terminal {
        let outside = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&outside).and_then(|()| unlockpt(&outside)).expect("a terminal");
        rustix::io::ioctl_fionbio(&outside, true).expect("set");
        let name = ptsname(&outside, Vec::new()).expect("a name").into_string().expect("a name");
        let inside = File::options().read(true).write(true).open(name).expect("opened");
        Terminal { outside: outside.into(), inside, seen: Vec::new() }
    }

    fn stream(&self) -> Stdio {
        self.inside.try_clone().expect("another").into()
    }

    /// Reads until `text` was written, and gives it with what came before it.
    fn wait(&mut self, text: &str) -> String {
        let mut buffer = [0; 4096];
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(at) = self.seen.windows(text.len()).position(|window| window == text.as_bytes()) {
                let rest = self.seen.split_off(at + text.len());
                return String::from_utf8_lossy(&std::mem::replace(&mut self.seen, rest)).into_owned();
            }
            match self.outside.read(&mut buffer) {
                Ok(count) => self.seen.extend(&buffer[..count]),
                Err(error) => {
                    let seen = String::from_utf8_lossy(&self.seen);
                    assert!(
                        error.kind() == ErrorKind::WouldBlock && Instant::now() < end,
                        "{text:?}: {seen:?} {error}"
                    );
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
        }
    }
}

/// What a command that has no model does on a terminal, where its user answers with `word`.
fn without_a_model(place: &Place, arguments: &[&str], word: &str) -> (String, Output) {
    let mut terminal = Terminal::new();
    let mut command = place.command(arguments);
    command.stdin(terminal.stream()).stderr(terminal.stream()).process_group(0);
    let child = command.spawn().expect("started");
    let question = terminal.wait("[y/N] ");
    terminal.outside.write_all(format!("{word}\n").as_bytes()).expect("typed");
    (question, finish(child))
}

#[test]
fn a_first_run_on_a_terminal_offers_to_download_a_model() {
    let (hub, mut place) = crate::download::with_hub();
    place.set("DSCODER_MEMORY", "2GB");
    place.write("f.py", FILE);
    let infill = ["infill", "f.py", "--at", "2:12", "-n", "4"];
    let (question, refused) = without_a_model(&place, &infill, "");
    assert_eq!(
        question,
        "no base model to use: download 1.3b-base, about 873.6 MB, under the DeepSeek Model License \
         (https://github.com/deepseek-ai/DeepSeek-Coder/blob/main/LICENSE-MODEL)? [y/N] "
    );
    assert_eq!((refused.stdout.as_str(), refused.code), ("", 66));
    // Named ones too; a file that is missing is no model to download.
    let (question, refused) = without_a_model(&place, &[&infill[..], &["-m", "6.7b-base:Q8_0"]].concat(), "n");
    assert!(question.starts_with("the model 6.7b-base:Q8_0 is not installed: download 6.7b-base:Q8_0"), "{question}");
    assert_eq!(refused.code, 66);
    assert!(hub.log().is_empty());
    // A script is not asked.
    let run = place.run(&infill);
    assert!(run.code == 66 && !run.stderr.contains("[y/N]"), "{}", run.stderr);
    let (_, run) = without_a_model(&place, &infill, "y");
    assert_eq!(run.code, 0);
    let expected = place.run(&[&infill[..], &["-m", "demo"]].concat()).stdout;
    assert!(!expected.is_empty() && run.stdout == expected, "{run:?}");
    assert!(place.path("models").join(crate::download::NAME).exists());
}

#[test]
fn sigterm_at_the_prompt_leaves_the_terminal_as_it_was() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["a"]"#);
    for (name, code) in [("TERM", 143), ("HUP", 129)] {
        let mut terminal = Terminal::new();
        let modes = |terminal: &Terminal| tcgetattr(&terminal.inside).expect("modes").local_modes;
        let before = modes(&terminal);
        assert!(before.contains(LocalModes::ICANON | LocalModes::ECHO));
        let mut command = place.command(["chat", "-m", &model, "--no-system"]);
        command.env("TERM", "xterm").env("DSCODER_SESSIONS_DIR", place.path("sessions")).process_group(0);
        let child = command.stdin(terminal.stream()).stdout(terminal.stream()).stderr(terminal.stream()).spawn();
        let mut child = child.expect("started");
        terminal.wait("> ");
        assert!(!modes(&terminal).contains(LocalModes::ICANON), "the line editor has begun");
        let start = Instant::now();
        assert!(Command::new("kill").args(["-s", name, &child.id().to_string()]).status().expect("runs").success());
        assert_eq!(child.wait().expect("ended").code(), Some(code));
        assert!(start.elapsed() < Duration::from_secs(2));
        assert_eq!(modes(&terminal), before, "{name}");
    }
}

#[test]
fn control_characters_are_shown_on_a_terminal_and_exact_in_a_pipe() {
    let place = Place::new();
    let evil = "\u{1B}]0;t\u{7}\u{1B}[2J\u{9B}31m\u{202E}\u{2066}x\rß";
    let shown = "\\u{1b}]0;t\\u{7}\\u{1b}[2J\\u{9b}31m\\u{202e}\\u{2066}x\\rß";
    let quoted = evil.replace('\u{1B}', "\\u001b").replace('\u{7}', "\\u0007").replace('\r', "\\r");
    let model = place.script(&format!("pieces = [\"{quoted}\", \"!\\n\"]\nothers = [[\"{quoted}?\\n\"]]"));
    place.write("f.py", format!("# {evil}\n<FILL>\n"));
    for (arguments, code) in [
        (&["complete", "f.py", "-m", &model, "--raw"][..], 0),
        (&["complete", "f.py", "-m", &model, "--raw", "--candidates", "2"], 0),
        (&["infill", "f.py", "-m", &model, "--raw", "--whole"], 0),
        (&["infill", "f.py", "-m", &model, "--raw", "--diff"], 0),
        (&["complete", "f.py", "-m", &model, "--raw", "--json"], 0),
        (&["chat", "a", "-m", &model], 0),
        (&["complete", &format!("missing{evil}"), "-m", &model], 66),
        (&["complete", "f.py", "-m", &format!("none{evil}.gguf")], 66),
        (&["infill", "f.py", "--marker", evil, "-m", &model, "--until", &format!("x{evil}")], 2),
    ] {
        let mut terminal = Terminal::new();
        let mut command = place.command(arguments);
        command.stdout(terminal.stream()).stderr(terminal.stream());
        let status = command.spawn().expect("started").wait().expect("ended");
        assert_eq!(status.code(), Some(code), "{arguments:?}");
        terminal.inside.write_all(b"<end>").expect("written");
        let screen = terminal.wait("<end>").replace("\r\n", "\n");
        let obeyed =
            |character: char| (character.is_control() && character != '\n') || "\u{202E}\u{2066}".contains(character);
        assert!(!screen.contains(obeyed), "{arguments:?}: {screen:?}");
        let json = arguments.contains(&"--json");
        assert!(json || screen.contains("\\u{9b}31m\\u{202e}"), "{arguments:?}: {screen:?}");
        assert!(code != 0 || json || screen.contains(shown), "{arguments:?}: {screen:?}");
    }
    // A pipe gets the bytes of the model.
    assert_eq!(place.run(&["complete", "f.py", "-m", &model, "--raw"]).stdout, format!("{evil}!\n"));
    // Messages are shown everywhere.
    let run = place.run(&["complete", &format!("missing{evil}"), "-m", &model]);
    assert!(!run.stderr.contains('\u{1B}') && run.stderr.contains("\\u{1b}"), "{}", run.stderr);
}

#[test]
fn what_is_secret_in_addresses_is_never_said() {
    let mut place = Place::new();
    const CANARY: &str = "CANARY";
    let addresses = [
        "http://user:CANARY@127.0.0.1:9/x.gguf?token=CANARY#CANARY",
        "http://CANARY@127.0.0.1:9/x.gguf",
        "https://user:CANARY@127.0.0.1:9/x.gguf?X-Amz-Signature=CANARY",
    ];
    let sha256 = "0".repeat(64);
    let mut runs = Vec::new();
    for address in addresses {
        runs.push(place.run(&["download", address, "--sha256", &sha256, "--offline"]));
        runs.push(place.run(&["download", address]));
        runs.push(place.run(&["complete", "-m", address]));
    }
    for (name, value) in [
        ("HF_ENDPOINT", "http://user:CANARY@127.0.0.1:9/?CANARY"),
        ("HF_ENDPOINT", "ftp://user:CANARY@127.0.0.1:9/"),
        ("HF_ENDPOINT", "user:CANARY@127.0.0.1"),
        ("HF_ENDPOINT", "http://127.0.0.1:9"),
        ("http_proxy", "http://user:CANARY@127.0.0.1:9/"),
        ("http_proxy", "nonsense://user:CANARY@@"),
        ("HF_TOKEN", "CANARY"),
        ("HF_TOKEN", "CANARY\u{7}\n"),
    ] {
        place.set(name, value);
        let model = place.script(r#"pieces = ["a"]"#);
        runs.push(place.run(&["download", "1.3b-base", "--offline"]));
        runs.push(place.feed(&["complete", "-m", &model, "-v", "--json"], "x"));
    }
    for run in &runs {
        assert!(!format!("{run:?}").contains(CANARY), "{run:?}");
    }
}

#[test]
fn files_are_made_for_their_user_alone() {
    let mut place = Place::new();
    let model = place.script(r#"pieces = ["a"]"#);
    place.set("DSCODER_SESSIONS_DIR", &place.path("sessions").display().to_string());
    assert_eq!(place.run(&["chat", "a", "--session", "s", "-m", &model]).code, 0);
    place.write("f.py", FILE);
    fs::set_permissions(place.path("f.py"), fs::Permissions::from_mode(0o600)).expect("set");
    let in_place = ["infill", "f.py", "--at", "2", "--in-place", "--backup", ".orig", "-m", &model];
    assert_eq!(run(shell(&place, "umask 0;", "", &in_place)).code, 0);
    let mode = |name: &str| fs::metadata(place.path(name)).expect("there").permissions().mode() & 0o777;
    for (name, expected) in [
        ("sessions", 0o700),
        ("sessions/s.json", 0o600),
        ("sessions/s.lock", 0o600),
        ("f.py", 0o600),
        ("f.py.orig", 0o600),
    ] {
        assert_eq!(mode(name), expected, "{name}");
    }
    let mut terminal = Terminal::new();
    let mut command = shell(&place, "umask 0;", "", &["chat", "-m", &model, "--no-system"]);
    command.env("TERM", "xterm").stdin(terminal.stream()).stdout(terminal.stream()).stderr(terminal.stream());
    let mut child = command.spawn().expect("started");
    terminal.wait("> ");
    terminal.outside.write_all(b"private\r").expect("typed");
    terminal.wait("\na\r\n");
    terminal.wait("> ");
    terminal.outside.write_all(b"\x04").expect("typed");
    assert_eq!(child.wait().expect("ended").code(), Some(0));
    assert!(fs::read_to_string(place.path("sessions/history")).expect("there").contains("private"));
    assert_eq!(mode("sessions/history"), 0o600);
}
