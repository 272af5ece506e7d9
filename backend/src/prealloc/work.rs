//! The work of populating, which threads share.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use super::Progress;
use crate::sys::{self, Advice};
use crate::{Error, ErrorKind, Feature, Mapping, SharedMemory};

/// Bytes that a thread takes on at a time, after which it reports and asks whether to go on.
const STEP: usize = 16 << 20;

/// What the threads share: steps are taken in turn, and the first failure ends all.
pub(super) struct Work<'a> {
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
    pub(super) fn new(
        memory: &'a SharedMemory,
        mapping: &'a Mapping,
        progress: Option<&'a Progress<'a>>,
    ) -> Result<Self, Error> {
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
    pub(super) fn run(&self) {
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

    pub(super) fn outcome(self) -> Result<(), Error> {
        let failure = self.failure.into_inner().unwrap_or_else(PoisonError::into_inner);
        failure.map_or(Ok(()), Err)
    }
}
