//! The crate `shmfd`: what it offers is its own, and the rest is the system's.
//!
//! It makes anonymous objects, maps them, reads and writes them, and passes descriptors. Mappings that it does not offer
//! (private ones, ones beyond the object, ones of descriptors that it did not make) are the system's.

use shmconf_adapter::subject::{CallResult, Fd, Libc, Message, Refused, Region, Subject, errno, host, native, passing};
use shmconf_model::outcome::{Content, Errno};
use shmconf_model::script::Requirement;
use shmfd::{Builder, Commit, DescriptorFault, ErrorKind, Mapping, Prefix, SharedMemory, Strategy};
use std::collections::BTreeMap;
use std::ffi::{CStr, c_int};
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};

/// The crate, making objects in one of its ways.
#[derive(Debug, Default)]
pub struct Shmfd {
    strategy: Strategy,
    /// What the names begin with that its objects briefly have.
    prefix: Prefix,
    /// What it made, by descriptor. The script has the descriptors, and closes them.
    memories: BTreeMap<RawFd, ManuallyDrop<SharedMemory>>,
    /// Its mappings, by first byte.
    mappings: BTreeMap<usize, Mapping>,
}

const NO_NAMES: &str = "shmfd makes anonymous objects only";

impl Shmfd {
    /// The crate, making objects in that way.
    pub fn new(strategy: Strategy) -> Shmfd {
        Shmfd { strategy, ..Shmfd::default() }
    }
}

/// Forgets what the crate made without closing it.
fn give_up(memory: ManuallyDrop<SharedMemory>) {
    let _scripts_own = OwnedFd::from(ManuallyDrop::into_inner(memory)).into_raw_fd();
}

/// What an error of the crate would be in C.
fn refused(error: &shmfd::Error) -> Refused {
    match (error.raw_os_error(), error.kind()) {
        (Some(number), _) => errno::of(number).into(),
        (None, ErrorKind::ZeroSize) => Errno::EINVAL.into(),
        (None, ErrorKind::SizeTooLarge { .. }) => Errno::EFBIG.into(),
        (None, _) => Refused::Unsupported(error.to_string()),
    }
}

impl Subject for Shmfd {
    fn cannot(&mut self) -> Vec<(Requirement, String)> {
        vec![(Requirement::Named, NO_NAMES.to_owned())]
    }

    fn name_prefix(&mut self, prefix: &str) {
        self.prefix = prefix.trim_start_matches('/').parse().unwrap_or_default();
    }

    fn reset(&mut self) {
        std::mem::take(&mut self.memories).into_values().for_each(give_up);
        self.mappings.clear();
    }

    fn shm_open(&mut self, _name: &CStr, _oflag: c_int, _mode: u32) -> CallResult<OwnedFd> {
        Err(Refused::Unsupported(NO_NAMES.to_owned()))
    }

    fn shm_unlink(&mut self, _name: &CStr) -> CallResult<()> {
        Err(Refused::Unsupported(NO_NAMES.to_owned()))
    }

    fn create(&mut self, _name: &CStr, size: i64) -> CallResult<OwnedFd> {
        let size = u64::try_from(size).map_err(|_| Errno::EINVAL)?;
        // Scripts size objects beyond all room, and look at what the system says of it.
        let builder = Builder::new(size).strategy(self.strategy).commit(Commit::Lazy).name_prefix(self.prefix);
        let memory = builder.create().map_err(|error| refused(&error))?;
        let fd = memory.as_fd().as_raw_fd();
        self.memories.insert(fd, ManuallyDrop::new(memory));
        // SAFETY: what the crate made is given up without closing it.
        Ok(unsafe { OwnedFd::from_raw_fd(fd) })
    }

    unsafe fn close(&mut self, fd: Fd<'_>) -> CallResult<()> {
        // What `close` says is one of the questions.
        self.memories.remove(&fd.number()).into_iter().for_each(give_up);
        // SAFETY: the caller's promise.
        unsafe { native::close_number(fd.number()) }
    }

    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        let offered = self.memories.get(&fd.number()).filter(|memory| {
            let end = u64::try_from(offset).ok().and_then(|offset| offset.checked_add(len as u64));
            flags == libc::MAP_SHARED
                && prot & libc::PROT_READ != 0
                && prot & libc::PROT_EXEC == 0
                && len > 0
                && end.is_some_and(|end| end <= memory.size())
        });
        let Some(memory) = offered else { return native::mmap(len, prot, flags, fd, offset) };
        let options = memory.map_options().range(offset as u64, len as u64);
        let options = if prot & libc::PROT_WRITE == 0 { options.read_only() } else { options };
        let mapping = options.map().map_err(|error| match error.kind() {
            ErrorKind::Misaligned { .. } => Errno::EINVAL.into(),
            // The address space has no room for it, wherever it lies.
            ErrorKind::SizeTooLarge { .. } => Errno::ENOMEM.into(),
            _ => refused(&error),
        })?;
        let (start, len) = (mapping.as_ptr(), mapping.len());
        self.mappings.insert(start as usize, mapping);
        // SAFETY: a mapping that is unmapped with the region, or forgotten.
        Ok(unsafe { Region::from_raw(start, len) })
    }

    fn munmap(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        let whole = offset == 0 && len.next_multiple_of(host::page_size()) == region.len();
        match self.mappings.remove(&(region.start() as usize)) {
            Some(mapping) if whole => {
                drop(mapping);
                region.note_unmapped(offset, len);
                return Ok(());
            }
            // What is unmapped in part is no mapping of the crate any more.
            Some(mapping) => std::mem::forget(mapping),
            None => {}
        }
        native::munmap(region, offset, len)
    }

    fn store(&mut self, region: &Region, offset: usize, byte: u8, len: usize) -> CallResult<()> {
        let written = self.inside(region, offset, len).map(|mapping| mapping.write(offset, &vec![byte; len]));
        match written {
            Some(Ok(())) => Ok(()),
            Some(Err(error)) if *error.kind() != ErrorKind::ReadOnly => Err(refused(&error)),
            Some(Err(_)) | None => native::store(region, offset, byte, len),
        }
    }

    fn load(&mut self, region: &Region, offset: usize, len: usize) -> CallResult<Content> {
        match self.inside(region, offset, len) {
            Some(mapping) => {
                let mut bytes = vec![0; len];
                mapping.read(offset, &mut bytes).map_err(|error| refused(&error))?;
                Ok(Content::of(&bytes))
            }
            None => native::load(region, offset, len),
        }
    }

    fn send(&mut self, socket: BorrowedFd<'_>, fds: &[Fd<'_>]) -> CallResult<()> {
        if !fds.iter().all(|fd| native::is_open(fd.number())) {
            return passing::send(socket, fds);
        }
        // SAFETY: open, and nothing closes them during the call.
        let borrowed: Vec<_> = fds.iter().map(|fd| unsafe { BorrowedFd::borrow_raw(fd.number()) }).collect();
        match shmfd::passing::send(socket, b".", &borrowed) {
            Ok(_) => Ok(()),
            // The crate does not even ask; what the system says is one of the questions.
            Err(error) if matches!(error.kind(), ErrorKind::BadMessage { .. }) => passing::send(socket, fds),
            Err(error) => Err(refused(&error)),
        }
    }

    fn recv(&mut self, socket: BorrowedFd<'_>, wanted: usize, room: Option<usize>) -> CallResult<Option<Message>> {
        if room.is_some() {
            // The crate sizes its control buffer itself.
            return Libc.recv(socket, wanted, room);
        }
        match shmfd::passing::receive(socket, &mut [0], wanted) {
            Ok(received) => Ok((received.bytes > 0).then_some(Message { fds: received.fds, truncated: false })),
            // It has closed those that did fit.
            Err(error) if *error.kind() == ErrorKind::BadDescriptor(DescriptorFault::Lost) => {
                Ok(Some(Message { fds: Vec::new(), truncated: true }))
            }
            Err(error) => Err(refused(&error)),
        }
    }

    fn unique_names(&mut self, count: u32, threads: u32) -> CallResult<Vec<String>> {
        let prefix = self.prefix;
        let names = move || (0..count).map(|_| prefix.unique().map(|name| name.to_string())).collect();
        // Where the system refuses a thread, those that have begun end by themselves.
        let refused_thread = |error| Refused::Unsupported(format!("the system refuses a thread: {error}"));
        let begin = |_| std::thread::Builder::new().spawn(names).map_err(refused_thread);
        let threads: Vec<std::thread::JoinHandle<Result<Vec<String>, shmfd::Error>>> =
            (0..threads).map(begin).collect::<Result<_, _>>()?;
        let mut all = Vec::new();
        for thread in threads {
            let joined =
                thread.join().map_err(|_| Refused::Unsupported("a thread of the generator died".to_owned()))?;
            all.extend(joined.map_err(|error| refused(&error))?);
        }
        Ok(all)
    }

    fn collide(&mut self) -> CallResult<String> {
        let (name, fd) = loop {
            let name = self.prefix.peek().map_err(|error| refused(&error))?;
            match native::shm_open(name.as_c_str(), libc::O_RDWR | libc::O_CREAT | libc::O_EXCL, 0o600) {
                // Taken already: the generator passes over it, and so does this.
                Err(Refused::Errno(Errno::EEXIST)) => drop(self.prefix.unique().map_err(|error| refused(&error))?),
                opened => break (name, opened?),
            }
        };
        native::close(fd)?;
        Ok(name.to_string())
    }
}

impl Shmfd {
    /// The mapping of the crate that a region is, if the range lies in it.
    fn inside(&self, region: &Region, offset: usize, len: usize) -> Option<&Mapping> {
        let mapping = self.mappings.get(&(region.start() as usize))?;
        (offset.checked_add(len)? <= mapping.len()).then_some(mapping)
    }
}
