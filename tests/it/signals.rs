//! Ctrl-C and its kin: the exit code within a second, whatever the engine is doing.

use std::io::Read;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::command::{Output, Place, finish, output};

/// Sends a signal and gives what became of the program; it must end within a second.
fn signal(child: Child, name: &str) -> Output {
    let start = Instant::now();
    let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
    let run = finish(child);
    assert!(start.elapsed() < Duration::from_secs(1), "it took {:?}", start.elapsed());
    run
}

/// Gives the program time to begin what it will be interrupted in.
fn wait() {
    std::thread::sleep(Duration::from_millis(300));
}

#[cfg(all(feature = "llama", has_demo))]
#[test]
fn while_reading() {
    let place = Place::new();
    let mut child =
        place.command(["complete", "-q", "-m", "demo"]).stdin(std::process::Stdio::piped()).spawn().expect("started");
    let _open = child.stdin.take();
    wait();
    assert_eq!(signal(child, "INT"), output("", "", 130));
}

#[test]
fn while_loading() {
    let place = Place::new();
    let model = place.script("pieces = [\"x\"]\nload_ms = 10000");
    let child = place.start(&["complete", "-m", &model], b"x");
    wait();
    assert_eq!(signal(child, "INT"), output("", "", 130));
}

#[test]
fn while_prefilling() {
    let place = Place::new();
    let model = place.script("pieces = [\"x\"]\nprefill_ms = 10000");
    for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let child = place.start(&["complete", "-m", &model], b"x");
        wait();
        assert_eq!(signal(child, name), output("", "", code));
    }
}

#[test]
fn while_decoding() {
    let place = Place::new();
    let model = place.script("pieces = [\"abc\"]\nend = false\ndelay_ms = 20");
    let mut child = place.start(&["complete", "-m", &model], b"x");
    let mut first = [0; 3];
    child.stdout.as_mut().expect("a pipe").read_exact(&mut first).expect("answers stream");
    assert_eq!(&first, b"abc");
    let run = signal(child, "INT");
    assert_eq!((run.stderr.as_str(), run.code), ("", 130));
}

#[cfg(all(feature = "llama", has_demo))]
#[test]
fn the_built_in_model_while_it_works() {
    let place = Place::new();
    let text = "x = 1\n".repeat(2000);
    for delay in [0, 20, 60, 120, 400] {
        let arguments = ["complete", "-m", "demo", "-n", "1000", "--raw", "--until", "end"];
        let child = place.start(&arguments, text.as_bytes());
        // Before the handlers are installed a signal ends the process in the system's way, without an exit code.
        std::thread::sleep(Duration::from_millis(30 + delay));
        assert_eq!(signal(child, "INT").code, 130, "after {delay} ms");
    }
}
