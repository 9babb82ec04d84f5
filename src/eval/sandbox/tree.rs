//! The processes below a helper, and their end.

use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions};

/// What the processes below one use together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// Processes.
    pub processes: Vec<i32>,
    /// Threads.
    pub threads: u64,
    /// Bytes of memory.
    pub memory: u64,
}

/// What the processes below this one use. Nothing is known where there is no `/proc`.
#[must_use]
pub fn usage() -> Usage {
    let page = rustix::param::page_size() as u64;
    let mut all = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else { continue };
        let Ok(text) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        all.extend(parse(id, &text));
    }
    below(rustix::process::getpid().as_raw_nonzero().get(), &all, page)
}

/// The threads of a user on this machine; 0 where there is no `/proc`.
#[must_use]
pub fn threads_of(user: u32) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let own = entries.filter(|entry| entry.metadata().is_ok_and(|about| about.uid() == user));
    own.filter_map(|entry| parse(0, &std::fs::read_to_string(entry.path().join("stat")).ok()?)).map(|line| line.2).sum()
}

/// A process: its id, that of its parent, its threads, its pages.
type Line = (i32, i32, u64, u64);

/// Reads a line of `/proc/ID/stat`, whose second field is a name with anything in it.
fn parse(id: i32, text: &str) -> Option<Line> {
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let field = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some((id, i32::try_from(field(1)?).ok()?, field(17)?, field(21)?))
}

fn below(root: i32, all: &[Line], page: u64) -> Usage {
    let mut usage = Usage::default();
    let mut parents = vec![root];
    while let Some(parent) = parents.pop() {
        for &(id, _, threads, pages) in all.iter().filter(|line| line.1 == parent && line.0 != root) {
            usage.processes.push(id);
            usage.threads += threads;
            usage.memory += pages * page;
            parents.push(id);
        }
    }
    usage
}

/// Ends all processes below this one, which must be the one that orphans are given to.
pub fn end_all() {
    loop {
        for id in usage().processes {
            if let Some(id) = Pid::from_raw(id) {
                let _ = rustix::process::kill_process(id, Signal::KILL);
            }
        }
        loop {
            match rustix::process::wait(WaitOptions::NOHANG) {
                Ok(Some(_)) => {}
                // Some are left, which end soon.
                Ok(None) => break,
                Err(_) => return,
            }
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_proc() {
        let line = "7 (a) b ( c) S 3 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 5 0 100 4096 9 18446744073709551615 1 1";
        assert_eq!(parse(7, line), Some((7, 3, 5, 9)));
        assert_eq!(parse(7, "7 (a"), None);
        assert_eq!(parse(7, "7 (a) S 3"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn threads_are_counted() {
        let own = rustix::process::geteuid().as_raw();
        assert!(threads_of(own) > 0);
        assert_eq!(threads_of(u32::MAX - 7), 0);
    }

    #[test]
    fn only_what_is_below_counts() {
        let all = [(1, 0, 1, 1), (2, 1, 1, 1), (3, 2, 2, 10), (4, 3, 3, 100), (5, 1, 4, 1000)];
        let usage = below(2, &all, 4);
        assert_eq!((usage.threads, usage.memory), (5, 440));
        assert_eq!(usage.processes, [3, 4]);
    }
}
