//! What users read, as files in `tests/it/snapshots`: help, reports, and an error of each exit code.
//!
//! `DSCODER_BLESS=1 cargo test --release` rewrites them; without it nothing is written, and a difference fails.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::Duration;

use dscoder::error::EXIT_CODES;

use crate::command::{Output, Place, commands, finish, repository};

/// insta takes its orders from the environment, which is set for another process more easily than for this one.
#[test]
fn snapshots_fit() {
    let bless = std::env::var_os("DSCODER_BLESS").is_some();
    let run = Command::new(std::env::current_exe().expect("this program"))
        .args(["--ignored", "snapshots::"])
        .env("INSTA_UPDATE", if bless { "always" } else { "no" })
        .output()
        .expect("started");
    let said = String::from_utf8_lossy(&run.stdout);
    let hint = "DSCODER_BLESS=1 cargo test --release --test it snapshots rewrites them";
    assert!(run.status.success(), "{said}{}\n{hint}", String::from_utf8_lossy(&run.stderr));
    let ran = said.matches(" ... ok\n").count();
    assert_eq!(ran, 4, "{said}");
}

fn check(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// A place whose paths and sizes are the same everywhere.
fn place() -> Place {
    let mut place = Place::new();
    for (name, value) in [
        ("COLUMNS", "100"),
        ("DSCODER_CACHE_DIR", "cache"),
        ("DSCODER_CONFIG", "config.toml"),
        ("DSCODER_MEMORY", "16GB"),
        ("DSCODER_MODELS_DIR", "models"),
        ("DSCODER_SESSIONS_DIR", "sessions"),
        ("DSCODER_EVAL_DIR", "eval"),
    ] {
        place.set(name, value);
    }
    place.write("config.toml", "temperature = 0.2\n\n[chat]\nmax-tokens = 2048\n");
    place
}

/// A run as a terminal shows it, with its exit code.
fn shown(words: &[&str], run: &Output) -> String {
    let code = if run.code == 0 { String::new() } else { format!("[exit code {}]\n", run.code) };
    let end = if run.stdout.is_empty() || run.stdout.ends_with('\n') { "" } else { "\n" };
    format!("$ dscoder {}\n{}{end}{}{code}", words.join(" "), run.stdout, run.stderr)
}

#[test]
#[ignore = "snapshots_fit starts it"]
fn help() {
    let place = place();
    let mut all = vec![vec![]];
    commands(&dscoder::cmd::command(), &[], &mut all);
    let mut known: BTreeSet<String> = ["config", "doctor", "errors", "errors-full", "models"].map(str::to_owned).into();
    for path in all {
        let name = [&["help".to_owned()], &path[..]].concat().join("-");
        let help = ["-h", "--help"].map(|option| {
            let words: Vec<&str> = path.iter().map(String::as_str).chain([option]).collect();
            shown(&words, &place.run(&words))
        });
        check(&name, &help.join("\n\n"));
        known.insert(name);
    }
    for file in fs::read_dir(repository("tests/it/snapshots")).expect("a directory").flatten() {
        let file = file.file_name().to_string_lossy().into_owned();
        let name = file.strip_suffix(".snap");
        assert!(name.is_some_and(|name| known.contains(name)), "{file} is of nothing that is there");
    }
}

#[test]
#[ignore = "snapshots_fit starts it"]
fn config() {
    let place = place();
    let runs = [&["config", "path"][..], &["config", "show"]].map(|words| shown(words, &place.run(words)));
    check("config", &runs.join("\n"));
}

/// A report without what is of this machine, and without the widths of its columns, which that decides too.
fn of_any_machine(text: &str) -> String {
    let line = |line: &str| {
        let mut cells: Vec<&str> = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
        match cells[..] {
            [_, "machine", name, _] if name != "memory" => return String::new(),
            [.., "file" | "version", _] => *cells.last_mut().expect("a value") = "[of this machine]",
            [_, "directories", _, value] => {
                *cells.last_mut().expect("a value") = value.split(": ").next().unwrap_or_default();
            }
            _ => {}
        }
        cells.join("  ") + "\n"
    };
    text.lines().map(line).collect()
}

#[test]
#[ignore = "snapshots_fit starts it"]
fn reports() {
    let place = place();
    let run = |words: &[&str]| of_any_machine(&shown(words, &place.run(words)));
    let without = [&["doctor"][..], &["models", "list"]].map(run);
    let demo = place.run(&["models", "path", "demo"]).stdout;
    fs::create_dir(place.path("models")).expect("created");
    fs::copy(place.path(demo.trim_end()), place.path("models/deepseek-coder-1.3b-base.Q8_0.gguf")).expect("copied");
    let doctor = [&["doctor"][..], &["doctor", "demo"]].map(run);
    check("doctor", &format!("{}\n{}", without[0], doctor.join("\n")));
    let models = [&["models", "list"][..], &["models", "show", "demo"], &["models", "show", "1.3b-base"]].map(run);
    check("models", &format!("{}\n{}", without[1], models.join("\n")));
}

/// The address of a server that answers everything so.
fn server(status: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 1 << 14]);
            let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    address
}

#[test]
#[ignore = "snapshots_fit starts it"]
fn errors() {
    let place = place();
    let model = place.script(r#"pieces = ["No."]"#);
    place.write("fails.toml", "[answer]\npieces = [\"a\", \"b\"]\nfail_after = 1\n");
    place.write("slow.toml", "[answer]\npieces = [\"a\"]\nload_ms = 20000\n");
    place.write("damaged.gguf", "GGUF");
    place.write("f.py", "def f():\n    return \n");
    let locked = place.write("locked.py", "def f():\n    return \n");
    let mut permissions = fs::metadata(&locked).expect("there").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&locked, permissions).expect("set");
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
        format!("http://{}", listener.local_addr().expect("an address"))
    };
    let (busy, private) = (server("429 Too Many Requests\r\nRetry-After: 3600"), server("401 Unauthorized"));
    let mut found = Vec::new();
    let mut add = |words: &[&str], run: &Output| {
        let mut text = shown(words, run).replace(&model, "script:script.toml");
        for url in [&closed, &busy, &private] {
            text = text.replace(url.trim_start_matches("http://"), "127.0.0.1:8080");
        }
        let kept = place.path("").display().to_string();
        text = text.replace(&format!("/private{kept}"), "").replace(&kept, "");
        found.push((run.code, text));
    };
    for words in [
        &["chat", "-m", &model, "--code", "Write a loop"][..],
        &["complete", "f.py", "-n", "0"],
        &["complete", "f.py", "-m", "damaged.gguf"],
        &["complete", "f.py", "-m", "no/such.gguf"],
        &["complete", "f.py", "--endpoint", &closed, "--endpoint-timeout", "1"],
        &["complete", "f.py", "-m", "script:fails.toml"],
        &["infill", "locked.py", "--at", "2", "--in-place", "-m", &model],
        &["complete", "f.py", "--endpoint", &busy],
        &["complete", "f.py", "--endpoint", &private],
        &["complete", "f.py", "-m", &model, "--ctx-size", "40", "-n", "32", "--no-truncate"],
        &["complete", "f.py", "-m", "script:slow.toml", "--timeout", "0.2"],
    ] {
        add(words, &place.run(words));
    }
    let words = ["complete", "f.py", "-m", "script:slow.toml"];
    let child = place.command(words).spawn().expect("started");
    std::thread::sleep(Duration::from_millis(300));
    let sent = Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
    add(&words, &finish(child));
    // Only Linux has a file that is full.
    #[cfg(target_os = "linux")]
    {
        let words = ["complete", "f.py", "-m", &model];
        let full = File::options().write(true).open("/dev/full").expect("Linux has it");
        let run = finish(place.command(words).stdout(full).stderr(Stdio::piped()).spawn().expect("started"));
        let text = shown(&words, &run).replace(&model, "script:script.toml");
        check("errors-full", &text);
    }
    found.sort_by_key(|(code, _)| *code);
    let codes: Vec<String> = found.iter().map(|(code, _)| code.to_string()).collect();
    for (code, _) in EXIT_CODES.iter().filter(|(code, _)| *code != "0") {
        // 74 is a file of its own, where there is one.
        let is_shown = |code: &str| codes.iter().any(|one| one == code) || code == "74";
        assert!(code.split(", ").any(is_shown), "no error has the exit code {code}: {codes:?}");
    }
    check("errors", &found.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\n"));
}
