//! The limits of an input: a second of processor time, and 500 MB of memory beside what was there before.

use nix::time::{ClockId, clock_gettime};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

const MOST_TIME: Duration = Duration::from_secs(1);
const MOST_BYTES: usize = 500 << 20;

/// Runs a target on an input, and fails where that takes too long. Where it takes too much memory, the allocation fails,
/// which ends the process.
///
/// Processor time, as a loaded machine makes nothing of ours slow; the deadline of libFuzzer finds what sleeps.
pub fn within_bounds(target: impl FnOnce()) {
    LIMIT.store(LIVE.load(Relaxed) + MOST_BYTES, Relaxed);
    let before = processor_time();
    target();
    let took = processor_time() - before;
    LIMIT.store(usize::MAX, Relaxed);
    assert!(took <= MOST_TIME, "the input takes {took:?}, more than {MOST_TIME:?}");
}

fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).expect("Linux has that clock").into()
}

/// Bytes that are allocated.
static LIVE: AtomicUsize = AtomicUsize::new(0);
/// Bytes that may be.
static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);

#[global_allocator]
static COUNTED: Counted = Counted;

/// The system's allocator, which refuses what lies beyond the limit.
struct Counted;

// SAFETY: it is the system's allocator; a null pointer is how an allocator refuses.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if LIVE.fetch_add(layout.size(), Relaxed) + layout.size() > LIMIT.load(Relaxed) {
            LIVE.fetch_sub(layout.size(), Relaxed);
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}
