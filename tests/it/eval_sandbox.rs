//! `dscoder eval` runs hostile programs: none passes, none harms, none hangs, and those beside them are scored rightly.
//!
//! Each program below passes only if it does what it must not: `f` is to return 1.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::command::{Place, skip};

/// A program, and what may become of it.
struct Hostile {
    name: &'static str,
    results: &'static str,
    code: &'static str,
}

/// The programs that end by themselves, or those that do not.
fn hostile(is_endless: bool) -> Vec<Hostile> {
    let (short, endless) = include_str!("../data/hostile.py").split_once("#### endless\n").expect("two parts");
    let sections = if is_endless { endless } else { short }.split("### ").skip(1);
    let section = |text: &'static str| {
        let (head, code) = text.split_once('\n').expect("a line");
        let (name, results) = head.split_once(": ").expect("results");
        Hostile { name, results, code }
    };
    sections.map(section).collect()
}

/// What programs may use: `tried` returns 1 if a call raises nothing, and `LIBC` makes system calls.
const TOOLS: &str = "
import ctypes, os, signal, socket, sys, time
LIBC = ctypes.CDLL(None, use_errno=True)
def tried(*calls):
    for call in calls:
        try:
            call()
            return 1
        except Exception:
            pass
    return 0
";

/// Whether Python is there; the tests below say so if not.
fn has_python() -> bool {
    let there =
        std::process::Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        skip("there is no python3");
    }
    there
}

/// The files that programs are to leave alone.
struct Bait {
    place: Place,
    _connections: (TcpListener, UnixListener),
    /// Where the directories of programs are, which another user than root must reach.
    rooms: tempfile::TempDir,
    replaced: [(&'static str, String); 5],
}

fn bait() -> Bait {
    let place = Place::new();
    for name in ["home/secret", "outside/kept"] {
        place.write(name, "secret");
    }
    let tcp = TcpListener::bind("127.0.0.1:0").expect("a port");
    let unix = UnixListener::bind(place.path("outside/socket")).expect("a socket");
    let path = |name: &str| place.path(name).canonicalize().expect("there").display().to_string();
    let rooms = tempfile::tempdir().expect("a directory");
    fs::set_permissions(rooms.path(), fs::Permissions::from_mode(0o711)).expect("opened");
    let key = if cfg!(target_arch = "x86_64") { "250" } else { "219" };
    let replaced = [
        ("@HOME@", path("home")),
        ("@OUTSIDE@", path("outside")),
        ("@PORT@", tcp.local_addr().expect("bound").port().to_string()),
        ("@SCORERS@", format!("({}, {})", std::process::id(), std::os::unix::process::parent_id())),
        ("@KEYCTL@", key.to_owned()),
    ];
    Bait { place, _connections: (tcp, unix), rooms, replaced }
}

/// Scores `programs` between two right ones; returns the results in order.
fn score(bait: &Bait, programs: &[(&str, String)], options: &[&str]) -> Vec<(String, String)> {
    let place = &bait.place;
    let right = ("right", "def f():\n    return 1".to_owned());
    let all: Vec<_> = [&right].into_iter().chain(programs).chain([&right]).collect();
    let (mut problems, mut samples) = (String::new(), String::new());
    for (index, (_, code)) in all.iter().enumerate() {
        let id = format!("SingleLineInfilling/{index}");
        let test = "def check(f):\n    assert f() == 1\n";
        let problem = json!({"task_id": id, "prompt": "", "suffix": "", "test": test, "entry_point": "f"});
        problems += &format!("{problem}\n");
        let code =
            bait.replaced.iter().fold(format!("{TOOLS}{code}\n"), |code, (name, value)| code.replace(name, value));
        samples += &format!("{}\n", json!({"task_id": id, "completion": code}));
    }
    place.write("problems.jsonl", problems);
    place.write("samples.jsonl", samples);
    let program = place.command([""; 0]).get_program().to_owned();
    // A file that the program does not own is open, as shells may leave one.
    let line = format!(
        "exec 9<home/secret; exec '{}' eval score samples.jsonl --suite-file problems.jsonl --execute --scores scores.jsonl {}",
        program.display(),
        options.join(" ")
    );
    let mut command = place.command([""; 0]);
    let variables: Vec<_> =
        command.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect();
    command = std::process::Command::new("bash");
    command
        .args(["-c", &line])
        .envs(variables)
        .env("SECRET", "secret")
        .env("TMPDIR", bait.rooms.path())
        .current_dir(place.path("."));
    let output = command.output().expect("run");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(!stderr.contains("warning") && stderr.lines().count() == 1, "{stderr}");
    let scores = fs::read_to_string(place.path("scores.jsonl")).expect("scores");
    let results = scores.lines().map(|line| {
        let value: Value = serde_json::from_str(line).expect("an object");
        assert_eq!(value["passed"], json!(value["result"] == "passed"));
        value["result"].as_str().expect("a result").to_owned()
    });
    let results: Vec<_> = results.collect();
    assert_eq!(results.len(), all.len());
    assert_eq!((results[0].as_str(), results[all.len() - 1].as_str()), ("passed", "passed"));
    all.iter()
        .zip(results)
        .map(|((name, _), result)| ((*name).to_owned(), result))
        .skip(1)
        .take(programs.len())
        .collect()
}

/// Processes of this machine that have these words.
fn running(words: &str) -> usize {
    let has = |entry: &fs::DirEntry| {
        fs::read(entry.path().join("cmdline")).is_ok_and(|line| String::from_utf8_lossy(&line).contains(words))
    };
    fs::read_dir("/proc").into_iter().flatten().flatten().filter(has).count()
}

fn check(programs: &[Hostile], options: &[&str]) {
    assert!(!programs.is_empty());
    if !has_python() {
        return;
    }
    // Those of one test would be what another finds running.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let bait = bait();
    let named: Vec<_> = programs.iter().map(|program| (program.name, program.code.to_owned())).collect();
    let results = score(&bait, &named, options);
    let wrong: Vec<_> = results
        .iter()
        .zip(programs)
        .filter(|((_, result), program)| !program.results.split(' ').any(|one| one == result))
        .map(|(result, _)| result)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    for name in ["home/secret", "outside/kept"] {
        let path = bait.place.path(name);
        assert_eq!(fs::read_to_string(&path).expect("there"), "secret");
        assert_ne!(fs::metadata(&path).expect("there").permissions().mode() & 0o600, 0);
    }
    let names = |name: &str| {
        let entries = fs::read_dir(bait.place.path(name)).expect("a directory").flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(
        (names("home"), names("outside")),
        (vec!["secret".to_owned()], vec!["kept".to_owned(), "socket".to_owned()])
    );
    assert!(!Path::new("/tmp/dscoder-hostile").exists());
    assert_eq!(running("98765.4321"), 0);
    let left = fs::read_dir(bait.rooms.path()).map_or(0, Iterator::count);
    assert_eq!(left, 0, "directories are left");
}

#[cfg(target_os = "linux")]
#[test]
fn hostile_programs_fail() {
    check(&hostile(false), &["--time-limit", "20"]);
}

#[cfg(target_os = "linux")]
#[test]
fn programs_that_do_not_end_are_ended() {
    check(&hostile(true), &["--time-limit", "3"]);
}
