//! The crate `shmfd`: what it offers is its own, and the rest is the system's.
//!
//! It makes nameless objects, maps them, reads and writes them, and passes descriptors. Mappings that it does not offer
//! (private ones, ones beyond the object, ones of descriptors that it did not make) are the system's.

use super::{Answer, Libc, Refused, Subject, errno, host, native, passing};
use crate::outcome::{Content, Errno, Received};
use crate::script::Need;
use shmfd::{Builder, Commit, DescriptorFault, ErrorKind, Mapping, Prefix, SharedMemory, Strategy};
use std::collections::BTreeMap;
use std::ffi::{CStr, c_int};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, RawFd};

/// The crate, making objects in one of its ways.
#[derive(Debug, Default)]
pub struct Shmfd {
    strategy: Strategy,
    /// What it made, by descriptor.
    memories: BTreeMap<RawFd, SharedMemory>,
    /// Its mappings, by first byte.
    mappings: BTreeMap<usize, Mapping>,
}

const NO_NAMES: &str = "shmfd makes objects that have no names";

impl Shmfd {
    /// The crate, making objects in that way.
    pub fn new(strategy: Strategy) -> Shmfd {
        Shmfd { strategy, ..Shmfd::default() }
    }
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
    fn cannot(&mut self) -> Vec<(Need, String)> {
        vec![(Need::Named, NO_NAMES.to_owned())]
    }

    fn reset(&mut self) {
        self.memories.clear();
        self.mappings.clear();
    }

    fn shm_open(&mut self, _name: &CStr, _oflag: c_int, _mode: u32) -> Answer<RawFd> {
        Err(Refused::Unsupported(NO_NAMES.to_owned()))
    }

    fn shm_unlink(&mut self, _name: &CStr) -> Answer<()> {
        Err(Refused::Unsupported(NO_NAMES.to_owned()))
    }

    fn create(&mut self, _name: &CStr, size: i64) -> Answer<RawFd> {
        let size = u64::try_from(size).map_err(|_| Errno::EINVAL)?;
        // Scripts size objects beyond all room, and look at what the system says of it.
        let builder = Builder::new(size).strategy(self.strategy).commit(Commit::Lazy);
        let memory = builder.create().map_err(|error| refused(&error))?;
        let fd = memory.as_fd().as_raw_fd();
        self.memories.insert(fd, memory);
        Ok(fd)
    }

    fn close(&mut self, fd: RawFd) -> Answer<()> {
        if let Some(memory) = self.memories.remove(&fd) {
            // Given up without closing, so that what `close` says is seen.
            let _ = std::os::fd::OwnedFd::from(memory).into_raw_fd();
        }
        native::close(fd)
    }

    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: RawFd, offset: i64) -> Answer<*mut u8> {
        let offered = self.memories.get(&fd).filter(|memory| {
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
            _ => refused(&error),
        })?;
        let start = mapping.as_ptr();
        self.mappings.insert(start as usize, mapping);
        Ok(start)
    }

    unsafe fn munmap(&mut self, start: *mut u8, len: usize) -> Answer<()> {
        let page = host::page_size();
        let own = self.mappings.iter().find(|(first, mapping)| {
            (**first..**first + mapping.len().next_multiple_of(page)).contains(&(start as usize))
        });
        if let Some((first, mapping)) = own.map(|(first, mapping)| (*first, mapping.len())) {
            let whole = first == start as usize && len >= mapping;
            if let Some(mapping) = self.mappings.remove(&first) {
                if whole {
                    drop(mapping);
                    return Ok(());
                }
                // What is unmapped in part is no mapping of the crate any more.
                std::mem::forget(mapping);
            }
        }
        // SAFETY: the caller's promise.
        unsafe { native::munmap(start, len) }
    }

    unsafe fn store(&mut self, start: *mut u8, byte: u8, len: usize) -> Answer<()> {
        let written = self.inside(start, len).map(|(mapping, offset)| mapping.write(offset, &vec![byte; len]));
        match written {
            Some(Ok(())) => Ok(()),
            Some(Err(error)) if *error.kind() != ErrorKind::ReadOnly => Err(refused(&error)),
            Some(Err(_)) | None => {
                // SAFETY: the caller's promise.
                unsafe { native::store(start, byte, len) };
                Ok(())
            }
        }
    }

    unsafe fn load(&mut self, start: *const u8, len: usize) -> Answer<Content> {
        match self.inside(start, len) {
            Some((mapping, offset)) => {
                let mut bytes = vec![0; len];
                mapping.read(offset, &mut bytes).map_err(|error| refused(&error))?;
                Ok(Content::of(&bytes))
            }
            // SAFETY: the caller's promise.
            None => Ok(unsafe { native::load(start, len) }),
        }
    }

    fn send(&mut self, number: RawFd, fds: &[RawFd]) -> Answer<()> {
        if !fds.iter().all(|&fd| native::is_open(fd)) {
            return passing::send(number, fds);
        }
        // SAFETY: open, and nothing closes them during the call.
        let borrowed: Vec<_> = fds.iter().map(|&fd| unsafe { BorrowedFd::borrow_raw(fd) }).collect();
        // SAFETY: the harness's socket stays open.
        let socket = unsafe { BorrowedFd::borrow_raw(number) };
        match shmfd::passing::send(socket, b".", &borrowed) {
            Ok(_) => Ok(()),
            // The crate does not even ask; what the system says is one of the questions.
            Err(error) if matches!(error.kind(), ErrorKind::BadMessage { .. }) => passing::send(number, fds),
            Err(error) => Err(refused(&error)),
        }
    }

    fn recv(&mut self, socket: RawFd, wanted: usize, room: Option<usize>) -> Answer<Option<Received>> {
        if room.is_some() {
            // The crate sizes its control buffer itself.
            return Libc.recv(socket, wanted, room);
        }
        // SAFETY: the harness's socket stays open.
        let socket = unsafe { BorrowedFd::borrow_raw(socket) };
        match shmfd::passing::receive(socket, &mut [0], wanted) {
            Ok(received) => {
                let fds = received.fds.into_iter().map(IntoRawFd::into_raw_fd).collect();
                Ok((received.bytes > 0).then_some(Received { fds, truncated: false }))
            }
            // It has closed those that did fit.
            Err(error) if *error.kind() == ErrorKind::BadDescriptor(DescriptorFault::Lost) => {
                Ok(Some(Received { fds: Vec::new(), truncated: true }))
            }
            Err(error) => Err(refused(&error)),
        }
    }

    fn unique_names(&mut self, count: u32, threads: u32) -> Answer<Vec<String>> {
        let names = move || (0..count).map(|_| shmfd::name::unique().map(|name| name.to_string())).collect();
        let threads: Vec<std::thread::JoinHandle<Result<Vec<String>, shmfd::Error>>> =
            (0..threads).map(|_| std::thread::spawn(names)).collect();
        let mut all = Vec::new();
        for thread in threads {
            let joined =
                thread.join().map_err(|_| Refused::Unsupported("a thread of the generator died".to_owned()))?;
            all.extend(joined.map_err(|error| refused(&error))?);
        }
        Ok(all)
    }

    fn squat(&mut self) -> Answer<String> {
        let (name, fd) = loop {
            let name = Prefix::default().peek().map_err(|error| refused(&error))?;
            match native::shm_open(name.as_c_str(), libc::O_RDWR | libc::O_CREAT | libc::O_EXCL, 0o600) {
                // Squatted already: the generator passes over it, and so does this.
                Err(Refused::Errno(Errno::EEXIST)) => drop(shmfd::name::unique().map_err(|error| refused(&error))?),
                opened => break (name, opened?),
            }
        };
        native::close(fd)?;
        Ok(name.to_string())
    }
}

impl Shmfd {
    /// The mapping of the crate that a range lies in, and where.
    fn inside(&self, start: *const u8, len: usize) -> Option<(&Mapping, usize)> {
        let (first, mapping) = self.mappings.range(..=start as usize).next_back()?;
        let offset = start as usize - first;
        (offset.checked_add(len)? <= mapping.len()).then_some((mapping, offset))
    }
}
