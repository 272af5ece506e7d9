//! Populating memory before it is used, by several threads, without the risk of a signal.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::sys::{self, Advice};
use crate::{Error, ErrorKind, Feature, Mapping, SharedMemory};

/// Threads beyond these do no good: they meet at the lock of the address space.
const MAX_THREADS: usize = 16;

/// Bytes below which another thread costs more than it does.
const WORTH_A_THREAD: usize = 64 << 20;

/// Bytes that a thread takes on at a time, after which it reports and asks whether to go on.
const STEP: usize = 16 << 20;

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
    /// - [`ErrorKind::OtherMemory`]: `mapping` is none of `memory`. On macOS objects cannot be told apart, and there
    ///   `memory` is not used either.
    /// - [`ErrorKind::NoSpace`]: what is populated by then stays so.
    /// - [`ErrorKind::Shrunk`]: a peer has cut off a part of what is mapped.
    /// - [`ErrorKind::Cancelled`]: the report ended it.
    /// - [`ErrorKind::ReadOnly`]: the mapping is read-only.
    /// - [`ErrorKind::Unsupported`]: the system has no way to do it that cannot end in a signal.
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

/// What the threads share: steps are taken in turn, and the first failure ends all.
struct Work<'a> {
    memory: &'a SharedMemory,
    mapping: &'a Mapping,
    progress: Option<&'a Progress<'a>>,
    method: Method,
    next: AtomicUsize,
    done: AtomicUsize,
    ended: AtomicBool,
    failure: Mutex<Option<Error>>,
}

#[derive(Clone, Copy)]
enum Method {
    Ask,
    Touch,
}

impl<'a> Work<'a> {
    fn new(memory: &'a SharedMemory, mapping: &'a Mapping, progress: Option<&'a Progress<'a>>) -> Result<Self, Error> {
        let mut work = Self {
            memory,
            mapping,
            progress,
            method: Method::Ask,
            next: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
            failure: Mutex::new(None),
        };
        match work.populate(0, mapping.page().min(mapping.len())) {
            Err(error) if *error.kind() == ErrorKind::Unsupported(Feature::Prealloc) => {
                work.reserve()?;
                work.method = Method::Touch;
            }
            Err(error) => return Err(error),
            Ok(()) => {}
        }
        Ok(work)
    }

    /// Makes sure that no touch can find a page missing.
    fn reserve(&self) -> Result<(), Error> {
        let (start, end) = self.mapping.place();
        // Reserving makes memory as large as what is reserved, which must not undo what a peer has done.
        match self.cut_off() {
            Some(shrunk) => Err(shrunk.into()),
            None => sys::reserve(self.memory, start, end - start),
        }
    }

    /// Takes steps until there are none.
    fn run(&self) {
        let step = STEP.max(self.mapping.page());
        while !self.ended.load(Relaxed) {
            let offset = self.next.fetch_add(step, Relaxed);
            if offset >= self.mapping.len() {
                break;
            }
            if let Err(error) = self.step(offset, step.min(self.mapping.len() - offset)) {
                self.ended.store(true, Relaxed);
                let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
                failure.get_or_insert(error);
            }
        }
    }

    fn step(&self, offset: usize, len: usize) -> Result<(), Error> {
        self.populate(offset, len)?;
        let done = (self.done.fetch_add(len, Relaxed) + len) as u64;
        let report = |progress: &Progress<'_>| progress(done, self.mapping.len() as u64);
        match self.progress.map(report) {
            Some(ControlFlow::Break(())) => Err(ErrorKind::Cancelled { done }.into()),
            _ => Ok(()),
        }
    }

    fn populate(&self, offset: usize, len: usize) -> Result<(), Error> {
        let page = self.mapping.page();
        match self.method {
            Method::Ask => self.mapping.advise_part(offset, len, Advice::Populate),
            Method::Touch => (offset..offset + len).step_by(page).try_for_each(|at| self.mapping.touch(at)),
        }
        .map_err(|error| match error.means_no_page() {
            true => {
                let no_space = || sys::no_space(self.memory, self.mapping.len() as u64);
                error.told_as(self.cut_off().unwrap_or_else(no_space))
            }
            false => error,
        })
    }

    /// Whether pages are missing because the memory ends before the mapping does.
    fn cut_off(&self) -> Option<ErrorKind> {
        let (_, needed) = self.mapping.place();
        let size = sys::status(self.memory).ok()?.size;
        (size < needed).then_some(ErrorKind::Shrunk { size, needed })
    }

    fn outcome(self) -> Result<(), Error> {
        let failure = self.failure.into_inner().unwrap_or_else(PoisonError::into_inner);
        failure.map_or(Ok(()), Err)
    }
}
