//! `--endpoint` against a real llama-server with the built-in model: the one that `LLAMA_SERVER` names, or that of the
//! PATH. Without one these tests are skipped; `DSCODER_INSTALL_LLAMA_SERVER=1 tests/run.sh` builds one.

use std::env;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use dscoder::engine::kernels::Kernels;
use dscoder::engine::remote::Remote;
use dscoder::engine::remote::client::EndpointAddress;
use dscoder::engine::source::Source;
use dscoder::model::Model;
use dscoder::model::store::Found;
use dscoder::prompt::{Segment, budget, complete, infill};
use serde_json::Value;

use crate::command::{Place, finish, repository};
use crate::endpoint::ask;
use crate::tokens::{DEMO, MODEL};

/// A llama-server that ends when it is dropped. There is one at a time: it and the local engine take all cores.
struct LlamaServer {
    process: Child,
    port: u16,
    _turn: MutexGuard<'static, ()>,
}

impl Drop for LlamaServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl LlamaServer {
    /// Starts one with the built-in model; `None` if llama-server is not installed.
    fn start() -> Option<LlamaServer> {
        static TURN: Mutex<()> = Mutex::new(());
        let chosen = env::var_os("LLAMA_SERVER").map(PathBuf::from);
        let on_path = || {
            let path = env::var_os("PATH")?;
            env::split_paths(&path).map(|directory| directory.join("llama-server")).find(|program| program.is_file())
        };
        let Some(program) = chosen.or_else(on_path) else {
            // Not through a macro: what those print of a test that passes is not shown.
            let words = "skipped: there is no llama-server in the PATH, and LLAMA_SERVER names none";
            let _ = writeln!(std::io::stderr(), "{words}");
            return None;
        };
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let process = Command::new(&program)
            .args(["--host", "127.0.0.1", "--port", &port.to_string(), "-c", "8192", "-np", "2", "--slots", "-t", "1"])
            // The numbers of the local engine, to the last bit: other kernels round otherwise.
            .args(["-fa", "off", "--no-repack", "-m"])
            .arg(&*DEMO)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{} cannot be started: {error}", program.display()));
        let server = LlamaServer { process, port, _turn: turn };
        let begun = Instant::now();
        while !server.get("/health").is_some_and(|text| text.contains("ok")) {
            assert!(begun.elapsed() < Duration::from_secs(60), "llama-server does not start");
            thread::sleep(Duration::from_millis(50));
        }
        Some(server)
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The body of an answer.
    fn get(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned())
    }

    fn busy(&self) -> bool {
        let slots: Value = serde_json::from_str(&self.get("/slots").expect("slots")).expect("JSON");
        slots.as_array().expect("a list").iter().any(|slot| slot["is_processing"] == Value::Bool(true))
    }
}

fn ids(prompt: &[Segment<'_>]) -> Vec<u32> {
    budget::fit(prompt, &MODEL.tokenizer, 1024, false).expect("it fits").ids
}

/// Five prompts of each of the examples in Python.
fn prompts() -> Vec<Vec<u32>> {
    let mut directories: Vec<_> = fs::read_dir(repository("examples")).expect("there").flatten().collect();
    directories.sort_by_key(fs::DirEntry::file_name);
    let mut prompts = Vec::new();
    for directory in directories.iter().filter(|directory| directory.path().join("prefix.py").exists()) {
        let read = |name: &str| fs::read_to_string(directory.path().join(name)).expect("there");
        let (prefix, suffix) = (read("prefix.py"), read("suffix.py"));
        let whole = format!("{prefix}{suffix}");
        prompts.push(ids(&infill::segments(&prefix, &suffix)));
        for part in [1, 2, 3] {
            let at = whole.char_indices().nth(whole.chars().count() * part / 4).map_or(0, |(at, _)| at);
            prompts.push(ids(&complete(&whole[..at])));
        }
        let line = prefix.find('\n').map_or(0, |at| at + 1);
        prompts.push(ids(&infill::segments(&whole[..line], &whole[line..])));
    }
    prompts
}

#[test]
fn its_ids_are_those_of_the_local_engine() {
    let Some(server) = LlamaServer::start() else { return };
    let target = EndpointAddress {
        url: server.url().parse().expect("an address"),
        key: None,
        patience: Duration::from_secs(60),
    };
    let vocabulary = Model::open(&DEMO).expect("a sound model").tokenizer;
    let remote = Remote::open(target, None, Some("demo"), None, false, vocabulary).expect("the built-in model");
    let there = Source::Remote(Box::new(remote));
    let here = Source::open(&Found::File(DEMO.clone()), &[], Kernels::default).expect("a sound model");
    let prompts = prompts();
    assert_eq!(prompts.len(), 50);
    for (number, prompt) in prompts.iter().enumerate() {
        let there = ask(&there, prompt, 24).expect("an answer");
        assert_eq!(there, ask(&here, prompt, 24).expect("an answer"), "prompt {number}: {prompt:?}");
    }
}

/// A directory with what the commands below work on.
fn place() -> Place {
    let place = Place::new();
    place.write("add.py", "import util\n\ndef add(a, b):\n    return \n\nprint(add(1, 2))\n");
    place.write("util.py", "def double(x):\n    return x * 2\n");
    place.write("before.py", fs::read(repository("examples/factorial/prefix.py")).expect("there"));
    place.write("after.py", fs::read(repository("examples/factorial/suffix.py")).expect("there"));
    place
}

const DIFF: &str = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n";

/// Command lines, and what is piped in.
const COMMANDS: [(&str, &str); 21] = [
    ("complete add.py", ""),
    ("complete --until line", "def add(a, b):\n    return "),
    ("complete -n 40 --until end --raw", "def is_even(n):\n"),
    ("complete --stop ) --repeat-penalty 1.3", "print("),
    ("complete add.py --repo -n 12", ""),
    ("complete --timeout 60 -n 8", "for i in "),
    ("complete --json-lines -n 6", "class Point:\n"),
    ("infill add.py --at 4:12", ""),
    ("infill add.py --lines 4:4 --diff", ""),
    ("infill add.py --at 4:12 --whole", ""),
    ("infill add.py --at 4:12 --context util.py", ""),
    ("infill --prefix before.py --suffix after.py", ""),
    ("infill --prefix before.py --suffix after.py --candidates 3", ""),
    ("infill - --marker @@ --json", "def add(a, b):\n    return @@\n"),
    ("chat --force -t 0 -n 24 hello", ""),
    ("chat --force -t 0 -n 24 -f util.py why?", ""),
    ("chat --force -t 0 -n 24 --session s one", ""),
    ("chat --force -t 0 -n 24 --continue two", ""),
    ("git message --force -n 24", DIFF),
    ("git message --force -n 24 --style conventional --body", DIFF),
    ("git review --force -t 0 -n 24", DIFF),
];

/// JSON without what is another each time.
fn steady(stdout: &str) -> String {
    let line = |line: &str| match serde_json::from_str::<Value>(line) {
        Ok(Value::Object(mut fields)) => {
            fields.remove("timings_ms");
            fields.remove("reused");
            fields.remove("model");
            Value::Object(fields).to_string()
        }
        _ => line.to_owned(),
    };
    stdout.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn commands_run_unchanged() {
    let Some(server) = LlamaServer::start() else { return };
    let url = server.url();
    let (mut here, mut there) = (place(), place());
    for place in [&mut here, &mut there] {
        let sessions = place.path("sessions");
        place.set("DSCODER_SESSIONS_DIR", sessions.to_str().expect("a name"));
    }
    let mut answers = 0;
    for (command, stdin) in COMMANDS {
        let arguments: Vec<&str> = command.split(' ').chain(["-m", "demo", "--threads", "1"]).collect();
        let local = here.feed(&arguments, stdin);
        let remote = there.feed(&[&arguments[..], &["--endpoint", &url]].concat(), stdin);
        assert_eq!((steady(&remote.stdout), remote.code), (steady(&local.stdout), local.code), "{command}: {remote:?}");
        assert_eq!(remote.code, 0, "{command}: {remote:?}");
        answers += usize::from(!remote.stdout.is_empty());
    }
    let lines =
        "{\"text\": \"def add(a, b):\\n    return \"}\n{\"text\": \"for i in \", \"max_tokens\": 5, \"id\": \"x\"}\n";
    let arguments = ["complete", "--batch", "-", "--parallel", "2", "-m", "demo"];
    let local = here.feed(&arguments, lines);
    let remote = there.feed(&[&arguments[..], &["--endpoint", &url]].concat(), lines);
    assert_eq!((steady(&remote.stdout), remote.code), (steady(&local.stdout), 0), "{remote:?}");
    assert!(answers > COMMANDS.len() / 2, "{answers} commands print something");
    let arguments = ["infill", "add.py", "--at", "4:12", "--in-place", "-m", "demo"];
    assert_eq!(here.run(&arguments).code, 0);
    assert_eq!(there.run(&[&arguments[..], &["--endpoint", &url]].concat()).code, 0);
    let read = |place: &Place| fs::read_to_string(place.path("add.py")).expect("there");
    assert_eq!(read(&there), read(&here));
}

#[test]
fn ctrl_c_frees_the_slot() {
    let Some(server) = LlamaServer::start() else { return };
    let place = Place::new();
    let arguments = ["complete", "--endpoint", &server.url(), "-n", "1500", "--until", "end", "--raw"];
    let mut child = place.start(&arguments, b"x = 1\n");
    child.stdout.as_mut().expect("a pipe").read_exact(&mut [0]).expect("answers stream");
    assert!(server.busy());
    let sent = Instant::now();
    let kill = Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status();
    assert!(kill.expect("kill runs").success());
    while server.busy() {
        assert!(sent.elapsed() < Duration::from_millis(500), "the slot is not free");
        thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(finish(child).code, 130);
}
