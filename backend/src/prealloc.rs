//! Populating memory before it is used, by several threads, without the risk of a signal.

mod work;

use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::thread;

use work::Work;

use crate::{Error, Mapping, SharedMemory};

/// Threads beyond these do no good: they meet at the lock of the address space.
const MAX_THREADS: usize = 16;

/// Bytes below which another thread costs more than it does.
const WORTH_A_THREAD: usize = 64 << 20;

/// How to populate memory.
///
/// ```
/// use std::ops::ControlFlow;
/// use shmfd::{Builder, Prealloc};
///
/// let memory = Builder::new(1 << 20).create()?;
/// let mapping = memory.map()?;
/// let show = |done, total| {
///     eprintln!("{done} of {total} bytes");
///     ControlFlow::Continue(())
/// };
/// Prealloc::new().threads(4).progress(&show).run(&memory, &mapping)?;
/// # Ok::<(), shmfd::Error>(())
/// ```
#[derive(Clone, Copy)]
#[must_use]
pub struct Prealloc<'a> {
    threads: usize,
    progress: Option<&'a Progress<'a>>,
}

/// Called after each step with the bytes that are done and all bytes; it decides whether to go on.
pub type Progress<'a> = dyn Fn(u64, u64) -> ControlFlow<()> + Sync + 'a;

impl fmt::Debug for Prealloc<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reports = self.progress.is_some();
        f.debug_struct("Prealloc").field("threads", &self.threads).field("reports", &reports).finish()
    }
}

impl Default for Prealloc<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a> Prealloc<'a> {
    /// One thread, nothing reported.
    pub const fn new() -> Self {
        Self { threads: 1, progress: None }
    }

    /// At most so many threads, the calling one among them. There are no more than processors, than 16, and
    /// than one for each 64 MiB.
    pub const fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Calls `report` after each 16 MiB, from the thread that did them; it can end the work.
    pub const fn progress(mut self, report: &'a Progress<'a>) -> Self {
        self.progress = Some(report);
        self
    }

    /// Populates all of `mapping`, which is one of `memory`. What the memory holds stays.
    ///
    /// Linux is asked to populate it; before 5.14, space is reserved first and then each page touched. Where sizing
    /// an object reserves its space, as on FreeBSD and macOS, pages are touched.
    ///
    /// No signal is raised, unless pages are touched and a peer cuts them off meanwhile.
    ///
    /// # Errors
    ///
    /// - [`OtherMemory`](crate::ErrorKind::OtherMemory): `mapping` is none of `memory`. macOS does not tell objects apart,
    ///   and populating needs the mapping alone there.
    /// - [`NoSpace`](crate::ErrorKind::NoSpace): what is populated by then stays so.
    /// - [`Shrunk`](crate::ErrorKind::Shrunk): a peer has cut off a part of what is mapped.
    /// - [`Cancelled`](crate::ErrorKind::Cancelled): the report ended it.
    /// - [`ReadOnly`](crate::ErrorKind::ReadOnly): the mapping is read-only.
    /// - [`Unsupported`](crate::ErrorKind::Unsupported): the system has no way to do it that cannot end in a signal.
    #[doc = include_str!("../docs/prealloc.md")]
    pub fn run(&self, memory: &SharedMemory, mapping: &Mapping) -> Result<(), Error> {
        mapping.check_is_of(memory)?;
        mapping.check_writable()?;
        let work = Work::new(memory, mapping, self.progress)?;
        let others = self.thread_count(mapping.len()) - 1;
        let gate = Mutex::new(());
        thread::scope(|scope| {
            // Mapping the stacks of new threads waits for threads that populate: all are there before one
            // starts.
            let closed = gate.lock().unwrap_or_else(PoisonError::into_inner);
            let start = || {
                drop(gate.lock());
                work.run();
            };
            for _ in 0..others {
                // With fewer threads it takes longer, and that is all.
                let _ = thread::Builder::new().spawn_scoped(scope, start);
            }
            drop(closed);
            work.run();
        });
        work.outcome()
    }

    fn thread_count(&self, len: usize) -> usize {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let worth = (len / WORTH_A_THREAD).max(1);
        self.threads.min(processors).min(MAX_THREADS).min(worth).max(1)
    }
}
