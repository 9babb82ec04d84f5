//! How llama.cpp's threads wait for each other, some hundred times per token.
//!
//! OpenMP's threads spin for milliseconds by default, which is fastest if they have the processors for themselves. If
//! more threads want to run than there are processors, the thread that the others wait for may get none, and two
//! programs at once take thirty times as long as one. So a watch counts how often the system preempts this process;
//! while it does, threads go to sleep early. This changes the speed, not the tokens.
//!
//! Measured on two cores of an AMD EPYC with a model of 42 M parameters (1,158 tokens of prompt, 64 of answer, seconds,
//! the slower of two): alone 0.70 spinning, 0.80 sleeping; two at once 30 spinning, 1.3 sleeping. Preemptions per
//! second: 55 alone, 250 for one of two that spin, 9,000 for one of two that sleep.
//!
//! libgomp reads OMP_WAIT_POLICY and GOMP_SPINCOUNT before `main`, so this writes the variable that they set. Where
//! llama.cpp is built without OpenMP, its threads spin briefly and then sleep (`compile/wait.h`).

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod libgomp {
    use std::mem::MaybeUninit;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
    use std::thread::{self, Thread};
    use std::time::Duration;

    /// How often a thread looks before it sleeps: less than a microsecond.
    const BUSY: u64 = 100;
    /// Before anything is known about the machine: some microseconds.
    const FIRST: u64 = 1000;
    /// libgomp's default, some milliseconds.
    const CALM: u64 = 300_000;
    const TICK: Duration = Duration::from_millis(50);
    /// Involuntary context switches per thread in two ticks from which the machine counts as busy.
    const SWITCHES: i64 = 6;
    /// Ticks without a computation after which the watch sleeps until there is one.
    const IDLE: u32 = 10;

    // SAFETY: libgomp is linked statically (Cargo.toml), and has defined this variable, an `unsigned long long`, since GCC 4.4
    // (libgomp/libgomp.h). It only reads it after `main` has begun.
    unsafe extern "C" {
        static gomp_spin_count_var: AtomicU64;
    }

    /// The threads that compute; 0 where none do.
    static COMPUTING: AtomicU32 = AtomicU32::new(0);
    static WATCHES: AtomicBool = AtomicBool::new(false);

    fn set(spins: u64) {
        // SAFETY: see where it is declared; an atomic may be written at any time.
        unsafe { &gomp_spin_count_var }.store(spins, Ordering::Relaxed);
    }

    /// How often the system preempted a thread of this process.
    fn switches() -> i64 {
        let mut usage = MaybeUninit::<libc::rusage>::zeroed();
        // SAFETY: getrusage fills the structure that it is given; zeros are a valid one.
        let usage = unsafe {
            libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
            usage.assume_init()
        };
        usage.ru_nivcsw
    }

    fn watch() {
        let mut last = [switches(); 2];
        let mut idle = 0;
        loop {
            thread::sleep(TICK);
            let threads = COMPUTING.load(Ordering::Relaxed);
            idle = if threads == 0 { idle + 1 } else { 0 };
            if idle > IDLE {
                set(FIRST);
                WATCHES.store(false, Ordering::SeqCst);
                thread::park();
                (idle, last) = (0, [switches(); 2]);
                continue;
            }
            let now = switches();
            if threads > 0 {
                set(if now - last[0] < SWITCHES * i64::from(threads) { CALM } else { BUSY });
            }
            last = [last[1], now];
        }
    }

    /// While this lives, threads compute.
    pub struct Computing(());

    impl Computing {
        /// Begins a computation by `threads` threads.
        pub fn begin(threads: i32) -> Computing {
            static WATCH: OnceLock<Option<Thread>> = OnceLock::new();
            COMPUTING.store(threads.unsigned_abs(), Ordering::Relaxed);
            let watch = WATCH.get_or_init(|| {
                set(FIRST);
                WATCHES.store(true, Ordering::SeqCst);
                let watch = thread::Builder::new().name("watch".into()).spawn(watch);
                watch.ok().map(|watch| watch.thread().clone())
            });
            if !WATCHES.load(Ordering::SeqCst)
                && let Some(watch) = watch
            {
                WATCHES.store(true, Ordering::SeqCst);
                watch.unpark();
            }
            Computing(())
        }
    }

    impl Drop for Computing {
        fn drop(&mut self) {
            COMPUTING.store(0, Ordering::Relaxed);
        }
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub use libgomp::Computing;

/// Nothing is watched: llama.cpp uses its own threads here.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub struct Computing(());

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
impl Computing {
    /// As elsewhere.
    pub fn begin(_threads: i32) -> Computing {
        Computing(())
    }
}
