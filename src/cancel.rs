//! The flag that asks work to stop, and whether anyone still reads the output.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Why work should stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A signal, by its number (2 is Ctrl-C).
    Signal(u8),
    /// The time is up.
    Deadline,
}

/// What a [`Cancel`] holds for [`Cause::Deadline`]; no signal has this number.
const DEADLINE: u8 = u8::MAX;

/// What a hangup does, if it does not end the program.
#[derive(Clone, Default)]
struct Hook(Arc<Mutex<Option<HangUp>>>);

type HangUp = Box<dyn Fn() + Send>;

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

/// Asks everything that checks it to stop; shared with the signal handler.
#[derive(Debug, Clone, Default)]
pub struct Cancel {
    cause: Arc<AtomicU8>,
    answering: Arc<AtomicBool>,
    lasting: Arc<AtomicBool>,
    done: Arc<AtomicBool>,
    /// Milliseconds; 0 is the default.
    grace: Arc<AtomicU64>,
    hangup: Hook,
}

impl Cancel {
    /// The reason to stop, once there is one.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        match self.cause.load(Ordering::Relaxed) {
            0 => None,
            DEADLINE => Some(Cause::Deadline),
            signal => Some(Cause::Signal(signal)),
        }
    }

    /// Whether to stop.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.cause().is_some()
    }

    /// Asks everything that checks this flag to stop.
    pub fn set(&self, cause: Cause) {
        let number = match cause {
            Cause::Signal(number) => number,
            Cause::Deadline => DEADLINE,
        };
        self.cause.store(number, Ordering::Relaxed);
    }

    /// From now on, Ctrl-C stops the answer, not the program.
    pub fn outlive_interrupts(&self) {
        self.lasting.store(true, Ordering::Relaxed);
    }

    /// Whether Ctrl-C stops only the answer.
    #[must_use]
    pub fn outlives_interrupts(&self) -> bool {
        self.lasting.load(Ordering::Relaxed)
    }

    /// From now on, an orderly exit after a signal may take this long.
    pub fn set_grace(&self, grace: Duration) {
        self.grace.store(u64::try_from(grace.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// How long an orderly exit after a signal may take, if that is not the default.
    #[must_use]
    pub fn grace(&self) -> Option<Duration> {
        Some(self.grace.load(Ordering::Relaxed)).filter(|&millis| millis > 0).map(Duration::from_millis)
    }

    /// From now on, SIGHUP does `work` and does not end the program.
    pub fn on_hangup(&self, work: impl Fn() + Send + 'static) {
        *self.hangup.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(work));
    }

    /// Does what SIGHUP does; returns whether there is anything.
    #[must_use]
    pub fn hang_up(&self) -> bool {
        let work = self.hangup.0.lock().unwrap_or_else(PoisonError::into_inner);
        work.as_ref().map(|work| work()).is_some()
    }

    /// Forgets the reason to stop, before the next answer.
    pub fn clear(&self) {
        self.cause.store(0, Ordering::Relaxed);
    }

    /// From now on, part of an answer may not be written yet.
    pub fn answer_begins(&self) {
        self.answering.store(true, Ordering::Relaxed);
    }

    /// From now on, all requested output is written, and the deadline is met.
    pub fn set_done(&self) {
        self.done.store(true, Ordering::Relaxed);
    }

    /// Whether all requested output is written.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done.load(Ordering::Relaxed)
    }

    /// Whether part of an answer may not be written yet.
    #[must_use]
    pub fn is_answering(&self) -> bool {
        self.answering.load(Ordering::Relaxed)
    }
}

/// Whether anyone still reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sink {
    /// Continue.
    Open,
    /// The reader is gone.
    Closed,
}
