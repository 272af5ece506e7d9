//! A backend that was made as its options say.

use std::thread;

use super::Options;
use crate::{Builder, Error, ErrorKind, Mapping, Prealloc, SharedMemory, Strategy};

/// Shared memory of a virtual machine, mapped.
#[derive(Debug)]
pub struct Backend {
    /// The memory, to be passed to whoever else needs it.
    pub memory: SharedMemory,
    /// All of it in this process.
    pub mapping: Mapping,
    threads: usize,
}

impl Backend {
    /// QEMU's order: make, size, map, advise, bind to nodes, and populate last, where it then belongs.
    pub(super) fn new(options: &Options) -> Result<Self, Error> {
        // `shm_open`, as QEMU does it, wherever there is one.
        let strategy = if Strategy::PosixUnlinked.is_supported() { Strategy::PosixUnlinked } else { Strategy::Auto };
        let memory = Builder::new(options.size).strategy(strategy).create()?;
        let mapping = memory.map_options().reserve(options.reserve).map()?;
        let processors = || thread::available_parallelism().map_or(1, usize::from);
        let threads = options.prealloc_threads.unwrap_or_else(processors);
        let backend = Self { memory, mapping, threads };
        choose(options.merge, false, |on| backend.mapping.set_merge(on))?;
        choose(options.dump, true, |on| backend.mapping.set_dump(on))?;
        backend.mapping.set_numa(options.numa)?;
        if options.prealloc {
            backend.prealloc()?;
        }
        Ok(backend)
    }

    /// Populates it, as `prealloc=on` does later on. There is no way back.
    ///
    /// # Errors
    ///
    /// As for [`Prealloc::run`].
    pub fn prealloc(&self) -> Result<(), Error> {
        Prealloc::new().threads(self.threads).run(&self.memory, &self.mapping)
    }
}

/// Both are on by default. A system `without` the choice does one thing, which is an error only for who asked
/// for the other one by name.
fn choose(choice: Option<bool>, without: bool, set: impl Fn(bool) -> Result<(), Error>) -> Result<(), Error> {
    let content = choice.is_none_or(|choice| choice == without);
    match set(choice.unwrap_or(true)) {
        Err(error) if content && matches!(error.kind(), ErrorKind::Unsupported(_)) => Ok(()),
        result => result,
    }
}
