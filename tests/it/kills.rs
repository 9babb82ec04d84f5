//! kill -9 at any moment of the commands that write leaves the old or the new file, never a part of either. Downloads
//! have their own in `download.rs`.
//!
//! `DSCODER_HOSTILE_RUNS` divided by 4 is how many kills there are (15; `tests/run.sh` takes 500).

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::thread;
use std::time::{Duration, Instant};

use crate::command::{Place, Random, number, output};
use crate::gguf::Spec;
use crate::hub::Hub;

const FILE: &str = "def add(a, b):\n    return \n\nprint(add(1, 2))\n";
const NAME: &str = "deepseek-coder-1.3b-base.Q8_0.gguf";

/// Runs the program, and kills it after a while, up to a third longer than it took before. Says whether it was killed.
fn run(place: &Place, arguments: &[&str], longest: &mut Duration, random: &mut Random) -> bool {
    let mut child = place.command(arguments).spawn().expect("started");
    let start = Instant::now();
    let wait = Duration::from_micros(random.below((*longest * 4 / 3).as_micros() as u64 + 1));
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            assert!(status.success(), "{arguments:?}: {status}");
            *longest = start.elapsed();
            return false;
        }
        if start.elapsed() >= wait {
            child.kill().expect("killed");
            return !child.wait().expect("ended").success();
        }
        thread::sleep(Duration::from_micros(200));
    }
}

#[test]
fn nothing_is_half_written() {
    let each = number("DSCODER_HOSTILE_RUNS", 60) / 16;
    let seed = number("DSCODER_HOSTILE_SEED", 1);
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut place = Place::new();
    place.set("DSCODER_SESSIONS_DIR", &place.path("sessions").display().to_string());
    let hub = Hub::new();
    let model_bytes = Spec::sound().bytes();
    hub.put(NAME, model_bytes.clone());
    place.set("HF_ENDPOINT", &hub.url());
    // A second's worth of text, so that a write takes a moment.
    let text = FILE.repeat(4000);
    let model = place.script(&format!("pieces = [\"a + b\"]\nothers = [[\"{}\"]]", "x".repeat(10)));
    let git = std::process::Command::new("git").args(["init", "-q"]).current_dir(place.path("")).status();
    let has_git = git.is_ok_and(|status| status.success());
    let (mut kills, mut done) = (0, 0);
    let mut count = |killed: bool| {
        kills += u64::from(killed);
        done += u64::from(!killed);
        killed
    };

    let mut longest = Duration::from_millis(100);
    let new = text.replacen("return ", "return a + b", 1);
    let mut left = each;
    while left > 0 {
        place.write("f.py", &text);
        let arguments = ["infill", "f.py", "--at", "2", "--in-place", "--backup", ".orig", "-m", &model];
        left -= u64::from(count(run(&place, &arguments, &mut longest, &mut random)));
        let found = fs::read_to_string(place.path("f.py")).expect("there");
        assert!(found == text || found == new, "half a file of {} bytes", found.len());
        if let Ok(kept) = fs::read_to_string(place.path("f.py.orig")) {
            assert!(kept == text, "half a backup of {} bytes", kept.len());
            fs::remove_file(place.path("f.py.orig")).expect("removed");
        } else {
            assert!(found == text, "changed without a backup");
        }
    }

    let question = "long ".repeat(2000);
    place.write("question", &question);
    let mut turns = 0;
    left = each;
    while left > 0 {
        let arguments = ["chat", "a", "-f", "question", "--session", "s", "--no-system", "-m", &model, "-q"];
        left -= u64::from(count(run(&place, &arguments, &mut longest, &mut random)));
        if let Ok(text) = fs::read_to_string(place.path("sessions/s.json")) {
            let session: serde_json::Value = serde_json::from_str(&text).expect("whole");
            let now = session["turns"].as_array().expect("a list").len();
            assert!(now == turns || now == turns + 1, "{now} turns after {turns}");
            turns = now;
            if turns > 5 {
                fs::remove_file(place.path("sessions/s.json")).expect("removed");
                turns = 0;
            }
        }
        assert!(!place.path("sessions/s.json.aside-1").exists(), "a session was taken for damaged");
    }

    let hook = place.path(".git/hooks/prepare-commit-msg");
    left = if has_git { each } else { 0 };
    while left > 0 {
        let there = hook.exists();
        let command = if there { "uninstall-hook" } else { "install-hook" };
        left -= u64::from(count(run(&place, &["git", command, "-q"], &mut longest, &mut random)));
        if hook.exists() {
            let text = fs::read_to_string(&hook).expect("text");
            assert!(text.starts_with("#!/bin/sh\n") && text.ends_with("exit 0\n"), "half a hook: {text}");
            assert_eq!(fs::metadata(&hook).expect("there").permissions().mode() & 0o777, 0o755);
        }
    }

    let path = place.path("models").join(NAME);
    left = each;
    while left > 0 {
        if !path.exists() {
            // Leftovers of a killed removal do not get in the way.
            assert_eq!(place.run(&["download", &format!("hf:a/b/{NAME}"), "-q"]), output("", "", 0));
        }
        left -= u64::from(count(run(&place, &["models", "remove", NAME, "-q"], &mut longest, &mut random)));
        assert!(!path.exists() || fs::read(&path).expect("there") == model_bytes, "half a model");
        assert_eq!(place.run(&["models"]).code, 0);
    }
    let _ = writeln!(
        std::io::stderr(),
        "kill -9: seed {seed}, {kills} kills of infill --in-place, chat --session, git install-hook and models remove, \
         {done} runs came to an end: 0 half-written files"
    );
}
