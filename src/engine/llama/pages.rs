//! Memory for the KV cache, allocated while the model is loaded.
//!
//! The kernel creates a page when it is first touched, which takes about 90 ms for the 240 MB of 1,200 tokens of a 1.3B
//! model. llama.cpp allocates them with posix_memalign after the model is loaded. To give it existing pages, the same
//! amount is allocated earlier, touched by a thread in parallel with loading, and freed, so that malloc can reuse it.
//! With another malloc than glibc's nothing is done; if malloc takes other memory, these pages are returned to the
//! system.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod glibc {
    use std::ptr::NonNull;
    use std::thread::{self, JoinHandle};

    use libc::{M_MMAP_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, c_int};

    /// Less than this is not worth a thread.
    const LEAST: u64 = 16 << 20;
    /// Slack for allocations in between and for malloc itself.
    const SLACK: u64 = 4 << 20;
    const PAGE: usize = 4096;
    /// glibc's defaults: the number of mappings, and the limits that it reaches by itself once large blocks were freed
    /// (`DEFAULT_MMAP_MAX`, `DEFAULT_MMAP_THRESHOLD_MAX`, and twice that). Setting them disables the adjustment.
    const MAPPINGS: c_int = 65_536;
    const MMAP_THRESHOLD: c_int = 32 << 20;
    const TRIM_THRESHOLD: c_int = 64 << 20;
    /// Nothing is ever returned to the system.
    const NO_TRIM: c_int = -1;

    /// Pages in preparation.
    pub struct Pages {
        block: Block,
        /// Set until it is joined.
        touching: Option<JoinHandle<()>>,
    }

    /// An allocated block.
    #[derive(Clone, Copy)]
    struct Block {
        start: NonNull<u8>,
        bytes: usize,
    }

    // SAFETY: it is a number, and only touched where nothing else reads or writes the block.
    unsafe impl Send for Block {}

    /// Pages for the next large allocation.
    pub struct Ready(());

    fn set(parameter: c_int, value: c_int) {
        // SAFETY: mallopt takes any numbers; glibc locks its arena meanwhile.
        unsafe { libc::mallopt(parameter, value) };
    }

    impl Pages {
        /// Starts preparing pages for an allocation of `bytes`.
        pub fn make(bytes: u64) -> Option<Pages> {
            let bytes = usize::try_from(bytes.checked_add(SLACK)?).ok().filter(|_| bytes >= LEAST)?;
            set(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
            // From the heap and not as a separate mapping, which would be unmapped when freed.
            set(M_MMAP_MAX, 0);
            // SAFETY: malloc takes any size.
            let start = unsafe { libc::malloc(bytes) }.cast::<u8>();
            set(M_MMAP_MAX, MAPPINGS);
            let block = Block { start: NonNull::new(start)?, bytes };
            let touching = thread::Builder::new().name("pages".into()).spawn(move || block.touch());
            match touching {
                Ok(touching) => Some(Pages { block, touching: Some(touching) }),
                Err(_) => {
                    block.free();
                    None
                }
            }
        }

        /// Waits until they are ready.
        pub fn give_to_malloc(self) -> Ready {
            set(M_TRIM_THRESHOLD, NO_TRIM);
            drop(self);
            Ready(())
        }
    }

    impl Drop for Pages {
        fn drop(&mut self) {
            let _ = self.touching.take().map(JoinHandle::join);
            self.block.free();
        }
    }

    impl Block {
        fn touch(self) {
            for offset in (0..self.bytes).step_by(PAGE) {
                // SAFETY: within the block, which is not freed before this thread has ended.
                unsafe { self.start.add(offset).write_volatile(0) };
            }
        }

        fn free(self) {
            // SAFETY: it is from malloc, freed once, and not used after that.
            unsafe { libc::free(self.start.as_ptr().cast()) };
        }
    }

    impl Drop for Ready {
        /// Unused memory is returned to the system.
        fn drop(&mut self) {
            set(M_TRIM_THRESHOLD, TRIM_THRESHOLD);
            // SAFETY: malloc_trim takes any number.
            unsafe { libc::malloc_trim(0) };
        }
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub use glibc::Pages;

/// None.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub enum Pages {}

/// What [`Pages::give_to_malloc`] would give.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub struct Ready;

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
impl Pages {
    /// Makes none.
    pub fn make(_bytes: u64) -> Option<Pages> {
        None
    }

    /// Never called.
    pub fn give_to_malloc(self) -> Ready {
        match self {}
    }
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_taken_does_no_harm() {
        assert!(Pages::make(1 << 20).is_none(), "less than is worth it");
        assert!(Pages::make(u64::MAX).is_none() && Pages::make(1 << 60).is_none(), "more than there is");
        drop(Pages::make(20 << 20).expect("made"));
        let ready = Pages::make(20 << 20).expect("made").give_to_malloc();
        let taken = vec![7u8; 20 << 20];
        drop(ready);
        assert!(taken.iter().all(|&byte| byte == 7));
    }
}
