//! Telling a forked process from its parent.
//!
//! `fork` of the C library runs a handler that counts. Children that come about otherwise, by `clone`
//! say, have another process ID; unless it is the first of a PID namespace whose parent was the first of
//! another, which leaves `O_EXCL` to tell the two apart.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

static FORKS: AtomicU32 = AtomicU32::new(0);
static WATCHED: AtomicBool = AtomicBool::new(false);

/// Equal only in the same process.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    forks: u32,
    pid: u32,
}

/// This process's stamp.
pub(crate) fn stamp() -> Stamp {
    if !WATCHED.load(Ordering::Relaxed) && !WATCHED.swap(true, Ordering::Relaxed) {
        // SAFETY: the handler may run in a forked child, where it only adds to an atomic.
        let refused = unsafe { libc::pthread_atfork(None, None, Some(count)) };
        if refused != 0 {
            // Want of memory, and the next call tries again. Until then the process ID has to do.
            WATCHED.store(false, Ordering::Relaxed);
        }
    }
    Stamp { forks: FORKS.load(Ordering::Relaxed), pid: std::process::id() }
}

unsafe extern "C" fn count() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}
