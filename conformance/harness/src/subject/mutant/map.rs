//! Faults of mappings.

use shmconf_adapter::subject::{Answer, Subject, native};
use std::collections::BTreeMap;
use std::ffi::c_int;
use std::os::fd::RawFd;

#[derive(Default)]
pub(super) struct PrivateStore;

impl Subject for PrivateStore {
    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: RawFd, offset: i64) -> Answer<*mut u8> {
        let flags = if flags & libc::MAP_SHARED != 0 { flags & !libc::MAP_SHARED | libc::MAP_PRIVATE } else { flags };
        native::mmap(len, prot, flags, fd, offset)
    }
}

#[derive(Default)]
pub(super) struct DiesWithClose {
    mappings: BTreeMap<RawFd, (usize, usize)>,
}

impl Subject for DiesWithClose {
    fn reset(&mut self) {
        self.mappings.clear();
    }

    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: RawFd, offset: i64) -> Answer<*mut u8> {
        let start = native::mmap(len, prot, flags, fd, offset)?;
        self.mappings.insert(fd, (start as usize, len));
        Ok(start)
    }

    unsafe fn munmap(&mut self, start: *mut u8, len: usize) -> Answer<()> {
        self.mappings.retain(|_, (mapped, _)| *mapped != start as usize);
        // SAFETY: the caller's promise.
        unsafe { native::munmap(start, len) }
    }

    fn close(&mut self, fd: RawFd) -> Answer<()> {
        if let Some((start, len)) = self.mappings.remove(&fd) {
            // SAFETY: the mapping has not been unmapped.
            unsafe { native::mprotect(start as *mut u8, len, libc::PROT_NONE) }?;
        }
        native::close(fd)
    }
}

#[derive(Default)]
pub(super) struct OffsetIgnored;

impl Subject for OffsetIgnored {
    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: RawFd, offset: i64) -> Answer<*mut u8> {
        native::mmap(len, prot, flags, fd, if offset > 0 { 0 } else { offset })
    }
}

#[derive(Default)]
pub(super) struct ProtectionIgnored;

impl Subject for ProtectionIgnored {
    unsafe fn mprotect(&mut self, start: *mut u8, len: usize, prot: c_int) -> Answer<()> {
        if prot & libc::PROT_WRITE == 0 {
            return Ok(());
        }
        // SAFETY: the caller's promise.
        unsafe { native::mprotect(start, len, prot) }
    }
}
