//! Commands that a resident engine answers: the same answers, whatever becomes of it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::command::{Output, Place, finish};

const FILE: &str = "def add(a, b):\n    return \n\nprint(add(1, 2))\n";

/// A place whose commands may use a resident engine, in a runtime directory of its own.
pub fn place() -> Place {
    let mut place = Place::new();
    let runtime = place.path("run");
    fs::create_dir(&runtime).expect("created");
    place.set("XDG_RUNTIME_DIR", runtime.to_str().expect("text"));
    place.set("DSCODER_SERVE", "auto");
    place.write("f.py", FILE);
    place
}

/// Runs `dscoder serve`; ended at the end.
pub struct Server(Child);

impl Server {
    pub fn start(place: &Place, arguments: &[&str]) -> Server {
        let mut command = place.command([&["serve"], arguments].concat());
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started");
        let end = Instant::now() + Duration::from_secs(60);
        while place.run(&["serve", "status"]).code != 0 {
            assert!(Instant::now() < end, "it does not listen");
            thread::sleep(Duration::from_millis(20));
        }
        Server(child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn answered(place: &Place) -> u64 {
    let status = place.run(&["serve", "status", "--json"]);
    let about: Value = serde_json::from_str(&status.stdout).expect("JSON");
    about["answered"].as_u64().expect("a number")
}

/// A run with an engine of its own.
fn alone(place: &Place, arguments: &[&str]) -> Output {
    place.run(&[arguments, &["--serve", "never"]].concat())
}

#[test]
fn answers_are_the_same() {
    let place = place();
    let model = place.script("pieces = [\"a\", \" + \", \"é\\n\", \"x = 1\\n\"]\nend = true");
    let _server = Server::start(&place, &["-m", &model]);
    let lines: [&[&str]; 6] = [
        &["complete", "f.py", "-m", &model, "--until", "end"],
        &["complete", "f.py", "-m", &model, "-n", "2"],
        &["infill", "f.py", "--at", "2:12", "-m", &model],
        &["infill", "f.py", "--at", "2:12", "-m", &model, "--diff"],
        &["chat", "hi", "-m", &model],
        &["complete", "f.py", "-m", &model, "--stop", "+"],
    ];
    for (number, line) in lines.iter().enumerate() {
        let expected = alone(&place, line);
        assert_eq!(expected.code, 0, "{line:?}: {}", expected.stderr);
        assert_eq!(place.run(line), expected, "{line:?}");
        assert_eq!(answered(&place) + dropped(&place), number as u64 + 1, "{line:?}");
    }
    let tokens = |run: Output| -> Value {
        let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
        serde_json::json!([report["tokens"], report["candidates"], report["stop_reason"]])
    };
    let json = ["complete", "f.py", "-m", &model, "--json", "--logprobs", "2"];
    assert_eq!(tokens(place.run(&json)), tokens(alone(&place, &json)));
}

/// Answers that ended since nobody read on: a stop rule of the command.
fn dropped(place: &Place) -> u64 {
    let status = place.run(&["serve", "status", "--json"]);
    let about: Value = serde_json::from_str(&status.stdout).expect("JSON");
    about["dropped"].as_u64().expect("a number")
}

#[test]
fn another_model_or_setting_needs_an_own_engine() {
    let place = place();
    let model = place.script("pieces = [\"resident\"]\nend = true");
    let other = place.write("other.toml", "[answer]\npieces = [\"own\"]\nend = true\n");
    let other = format!("script:{}", other.display());
    let _server = Server::start(&place, &["-m", &model]);
    assert_eq!(place.run(&["complete", "f.py", "-m", &other]).stdout, "own");
    for more in [&["--gpu-layers", "0"][..], &["--candidates", "2"], &["--speculate"], &["-v"]] {
        let run = place.run(&[&["complete", "f.py", "-m", &model], more].concat());
        assert_eq!((run.code, answered(&place)), (0, 0), "{more:?}: {}", run.stderr);
    }
    // The file has changed since.
    place.script("pieces = [\"changed\"]\nend = true");
    assert_eq!(place.run(&["complete", "f.py", "-m", &model]).stdout, "changed");
    assert_eq!(answered(&place), 0);
}

#[test]
fn a_dead_or_strange_server_is_passed_over() {
    let place = place();
    let model = place.script("pieces = [\"own\"]\nend = true");
    let directory = place.path("run/dscoder");
    fs::create_dir(&directory).expect("created");
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o700)).expect("private");
    let socket = directory.join("serve.sock");
    let line = ["complete", "f.py", "-m", &model];
    // Nobody listens.
    drop(UnixListener::bind(&socket).expect("bound"));
    assert_eq!(place.run(&line).stdout, "own");
    fs::remove_file(&socket).expect("removed");
    // Somebody listens, and says nothing, or something else.
    let listener = UnixListener::bind(&socket).expect("bound");
    let start = Instant::now();
    assert_eq!(place.run(&line).stdout, "own");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    thread::spawn(move || {
        for (number, stream) in listener.incoming().flatten().enumerate() {
            use std::io::{Read, Write};
            let mut stream = stream;
            let _ = stream.read(&mut [0; 4096]);
            let about = r#"{"protocol":1,"version":"9.9.9","process":1,"model":"/","fingerprint":"","flavour":null,"context":1,
                "capacity":1,"parallel":1,"gpu_layers":"auto","live":0,"waiting":0,"answered":0,"dropped":0,"seconds":0}"#;
            let answer =
                ["", "HTTP/1.0 500 No\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n{", "HTTP/1.0 200 OK\r\n\r\n"][number % 4];
            let _ = stream.write_all(answer.as_bytes());
            if number % 4 == 3 {
                let _ = stream.write_all(about.as_bytes());
            }
        }
    });
    for _ in 0..8 {
        assert_eq!(place.run(&line).stdout, "own");
    }
}

#[test]
fn an_answer_goes_on_when_the_server_is_killed() {
    let place = place();
    let pieces: Vec<String> = (0..40).map(|number| format!("\"x{number}\\n\"")).collect();
    let model = place.script(&format!("pieces = [{}]\nend = true\ndelay_ms = 20", pieces.join(", ")));
    let mut server = Server::start(&place, &["-m", &model]);
    let child = place.command(["complete", "f.py", "-m", &model, "--until", "end"]).spawn().expect("started");
    thread::sleep(Duration::from_millis(300));
    server.0.kill().expect("killed");
    let run = finish(child);
    // The scripted engine begins again; a real one continues the text.
    assert!(run.code == 0 && run.stdout.starts_with("x0\nx1\n") && run.stdout.ends_with("x39\n"), "{run:?}");
    // The next server takes the place of the killed one.
    let _server = Server::start(&place, &["-m", &model]);
}

#[test]
fn one_is_started_on_request_and_ended() {
    let place = place();
    let model = place.script("pieces = [\"a\"]\nend = true");
    assert_eq!(place.run(&["serve", "status"]).code, 1);
    let stopped = place.run(&["serve", "stop"]);
    assert_eq!((stopped.code, stopped.stderr.as_str()), (0, "note: no resident engine is running\n"));
    let run = place.run(&["complete", "f.py", "-m", &model, "--serve", "start", "-q"]);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str(), run.code), ("a", "", 0));
    assert_eq!(answered(&place), 1);
    let again = place.run(&["serve", "-m", &model]);
    assert!(again.code == 73 && again.stderr.contains("a server is already listening there"), "{}", again.stderr);
    assert_eq!(place.run(&["complete", "f.py", "-m", &model]).stdout, "a");
    assert_eq!(answered(&place), 2);
    let stopped = place.run(&["serve", "stop"]);
    assert!(stopped.code == 0 && stopped.stderr.starts_with("note: ended process "), "{}", stopped.stderr);
    assert_eq!(place.run(&["serve", "status"]).code, 1);
    assert!(!place.path("run/dscoder/serve.sock").exists());
}

#[test]
fn it_ends_when_nothing_is_asked() {
    let place = place();
    let model = place.script("pieces = [\"a\"]\nend = true");
    let run = place.run(&["serve", "-m", &model, "--idle", "0.3"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.ends_with("note: ended, as nothing was asked\n"), "{}", run.stderr);
}

/// The built-in model computes the same through the socket, in whatever order prompts come.
#[cfg(all(feature = "llama", has_demo))]
#[test]
fn the_built_in_model_gives_the_same_answers() {
    let place = place();
    let source = include_str!("../data/prompt.rs");
    let _server = Server::start(&place, &["-m", "demo", "--parallel", "2"]);
    let mut asked = 0;
    for (number, start) in (0..source.len()).step_by(source.len() / 12).enumerate() {
        let end = (start + 400 * (number + 1)).min(source.len());
        let (Some(text), name) = (source.get(start..end), format!("p{number}.rs")) else { continue };
        place.write(&name, text);
        let line = ["complete", &name, "-m", "demo", "-n", "24", "--until", "end"];
        let expected = alone(&place, &line);
        // The second time, the resident engine has the prompt already.
        for _ in 0..2 {
            assert_eq!(place.run(&line), expected, "{name}");
            asked += 1;
        }
    }
    assert!(asked > 16, "{asked}");
    assert_eq!(answered(&place) + dropped(&place), asked);
}
