//! Progress displays. Downloads: a bar on a terminal, a line now and then elsewhere, nothing if quiet. Other work, such
//! as a batch: a bar on a terminal.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::units::bytes;
use crate::watch::Watch;

/// The interval between lines without a terminal.
const PAUSE: Duration = Duration::from_secs(5);

/// The progress of a download.
#[derive(Debug)]
pub struct Progress {
    name: String,
    quiet: bool,
    bar: Option<ProgressBar>,
    /// When and with how many bytes it began, and when the last line was printed.
    since: Mutex<Option<(Instant, u64, Instant)>>,
}

impl Progress {
    /// The display for the file called `name`.
    #[must_use]
    pub fn new(name: &str, quiet: bool, terminal: bool) -> Progress {
        let bar = (terminal && !quiet).then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
            let template =
                "{msg} [{bar:24}] {percent:>3} % of {decimal_total_bytes}, {decimal_bytes_per_sec}, {eta} left";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_message(crate::term::write::visible(name));
            bar
        });
        Progress { name: name.to_owned(), quiet, bar, since: Mutex::new(None) }
    }
}

impl Watch for Progress {
    fn progress(&self, done: u64, size: u64) {
        let now = Instant::now();
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        let (began, first, last) = since.get_or_insert_with(|| {
            if let Some(bar) = &self.bar {
                // Bytes of an earlier run do not count for the rate.
                bar.set_position(done);
                bar.reset_eta();
            }
            (now, done, now)
        });
        if let Some(bar) = &self.bar {
            bar.set_length(size);
            bar.set_position(done);
        } else if !self.quiet && now.duration_since(*last) >= PAUSE {
            *last = now;
            crate::term::write::say(&line(
                &self.name,
                done,
                size,
                done.saturating_sub(*first),
                now.duration_since(*began),
            ));
        }
    }

    fn note(&self, text: &str) {
        if self.quiet {
            return;
        }
        let say = || crate::term::write::say(&format!("note: {text}"));
        match &self.bar {
            Some(bar) => bar.suspend(say),
            None => say(),
        }
    }
}

/// The progress of a batch.
#[derive(Debug)]
pub struct LineProgress {
    bar: Option<ProgressBar>,
}

impl LineProgress {
    /// The display for an input of `size` bytes; without a size, only lines are counted.
    #[must_use]
    pub fn new(size: Option<u64>, shown: bool) -> LineProgress {
        let bar = shown.then(|| {
            let bar = ProgressBar::with_draw_target(size, ProgressDrawTarget::stderr_with_hz(10));
            let template = match size {
                Some(_) => "{msg} [{bar:24}] {percent:>3} %, {elapsed}, {eta} left",
                None => "{msg}, {elapsed}",
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_message("0 lines");
            bar
        });
        LineProgress { bar }
    }

    /// Shows that `lines` lines are printed, up to byte `end` of the input.
    pub fn show(&self, lines: usize, end: u64) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{lines} lines"));
            bar.set_position(end);
        }
    }
}

impl Drop for LineProgress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// The progress of work in steps, on a terminal.
#[derive(Debug)]
pub struct Steps(Option<ProgressBar>);

impl Steps {
    /// The display for `steps` steps.
    #[must_use]
    pub fn new(steps: usize, quiet: bool, terminal: bool) -> Steps {
        Steps((terminal && !quiet).then(|| {
            let bar = ProgressBar::with_draw_target(Some(steps as u64), ProgressDrawTarget::stderr_with_hz(10));
            if let Ok(style) = ProgressStyle::with_template("[{bar:24}] {pos} of {len}, {eta} left: {msg}") {
                bar.set_style(style.progress_chars("=> "));
            }
            bar
        }))
    }

    /// Names the current step.
    pub fn begin(&self, what: &str) {
        if let Some(bar) = &self.0 {
            bar.set_message(what.to_owned());
        }
    }

    /// Marks a step as done.
    pub fn end(&self) {
        if let Some(bar) = &self.0 {
            bar.inc(1);
        }
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// One line of progress.
fn line(name: &str, done: u64, size: u64, gained: u64, time: Duration) -> String {
    let rate = gained as f64 / time.as_secs_f64().max(1e-3);
    let percent = done.saturating_mul(100) / size.max(1);
    let left = if gained == 0 {
        String::new()
    } else {
        let seconds = (size.saturating_sub(done) as f64 / rate).ceil() as u64;
        match seconds {
            0..120 => format!(", {seconds} s left"),
            120..7200 => format!(", {} min left", seconds.div_ceil(60)),
            _ => format!(", {} h left", seconds.div_ceil(3600)),
        }
    };
    format!("{name}: {percent} % of {}, {}/s{left}", bytes(size), bytes(rate as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let second = Duration::from_secs(1);
        for (done, size, gained, expected) in [
            (50, 100, 10, "x: 50 % of 100 bytes, 10 bytes/s, 5 s left"),
            (0, 1_000_000_000, 0, "x: 0 % of 1.0 GB, 0 bytes/s"),
            (500_000, 1_000_000_000, 500_000, "x: 0 % of 1.0 GB, 500.0 kB/s, 34 min left"),
            (1000, 1_000_000_000, 1000, "x: 0 % of 1.0 GB, 1.0 kB/s, 278 h left"),
            (0, 0, 0, "x: 0 % of 0 bytes, 0 bytes/s"),
        ] {
            assert_eq!(line("x", done, size, gained, second), expected);
        }
    }
}
