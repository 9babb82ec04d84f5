//! Recently changed files: one run of `git log`, bounded in time and output.

use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::git;

/// The time limit for this hint.
const PATIENCE: Duration = Duration::from_millis(300);
/// Number of commits that are read.
const COMMITS: &str = "30";
const MAX_OUTPUT: u64 = 256 << 10;

/// The files below `top` that the last commits changed, newest first, each once; empty if git is missing, fails or
/// takes too long.
#[must_use]
pub fn recent(top: &Path) -> Vec<String> {
    let mut command = git::command();
    command
        .args([
            "log",
            "-n",
            COMMITS,
            "--format=",
            "--name-only",
            "--no-renames",
            "--diff-filter=AM",
            "--relative",
            "-z",
        ])
        .args(["--no-color", "--no-notes", "--no-ext-diff", "--no-textconv", "-O/dev/null"])
        .current_dir(top)
        .stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return Vec::new() };
    let (sender, receiver) = mpsc::channel();
    if let Some(pipe) = child.stdout.take() {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = pipe.take(MAX_OUTPUT).read_to_end(&mut bytes);
            let _ = sender.send(read.map(|_| bytes));
        });
    }
    let output = receiver.recv_timeout(PATIENCE);
    // If it has ended already, this does nothing.
    let _ = child.kill();
    let _ = child.wait();
    match output {
        Ok(Ok(bytes)) => paths(&bytes),
        _ => Vec::new(),
    }
}

fn paths(output: &[u8]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    // The last one may be cut off.
    let Some(end) = output.iter().rposition(|&byte| byte == 0) else { return Vec::new() };
    let names = output[..end].split(|&byte| byte == 0 || byte == b'\n');
    let names = names.filter_map(|name| std::str::from_utf8(name).ok()).filter(|name| !name.is_empty());
    names.filter(|name| seen.insert(*name)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        assert_eq!(paths(b"a.py\0b c.py\0\0a.py\0\xFF\0cut"), ["a.py", "b c.py"]);
        assert_eq!(paths(b""), [""; 0]);
        let directory = tempfile::tempdir().expect("a directory");
        assert_eq!(recent(&directory.path().join("missing")), [""; 0]);
    }
}
