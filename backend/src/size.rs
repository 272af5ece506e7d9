//! Living with peers that can change the size of memory.
//!
//! A load or store to a page that a peer has cut off raises `SIGBUS`. There are two ways to be safe, and which
//! one there is depends on the system:
//!
//! | system | size is fixed | bytes can be read without a mapping |
//! |---|---|---|
//! | Linux, Android, FreeBSD: memory files | by [`SharedMemory::freeze`] | yes |
//! | Linux, FreeBSD: all else | no | yes |
//! | macOS | always: the kernel sizes an object once | yes, by a mapping that cannot lose pages |
//! | OpenBSD | no | no: what is read from a file may be older than what a mapping shows |
//! | other systems | no | yes |
//!
//! Neither keeps a peer from changing the bytes while they are read. Copy first, then check, then use.

use crate::{Error, ErrorKind, Feature, SharedMemory, SizeGuard, sys};

impl SharedMemory {
    /// Fixes the size for good and for everybody, and seals that. Memory that is mapped stays mapped.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] where this memory cannot be sealed: on Linux and FreeBSD all but that of
    /// [`Strategy::Memfd`](crate::Strategy::Memfd).
    ///
    /// # References
    ///
    /// [Linux `F_ADD_SEALS`](https://man7.org/linux/man-pages/man2/F_GET_SEALS.2const.html)
    #[doc = include_str!("../docs/freeze.md")]
    pub fn freeze(&self) -> Result<(), Error> {
        match self.size_guard()? {
            SizeGuard::None if sys::seals(self)?.open => sys::seal_size(self),
            SizeGuard::None => Err(ErrorKind::Unsupported(Feature::Seal).into()),
            SizeGuard::Sealed | SizeGuard::SizedOnce => Ok(()),
        }
    }

    /// Copies bytes out without a mapping, from `offset` on, and tells how many: fewer than fit into `into` where
    /// the memory ends, be it that a peer has just cut it off, and 0 from the end on, at whatever offset. No signal is
    /// raised.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] on OpenBSD; what `pread` says.
    ///
    /// # References
    ///
    /// [POSIX `pread`](https://pubs.opengroup.org/onlinepubs/9799919799/functions/pread.html)
    #[doc = include_str!("../docs/read-at.md")]
    pub fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize, Error> {
        if sys::SIZED_ONCE {
            return self.read_mapped(offset, into);
        }
        let mut done = 0;
        while done < into.len() {
            match sys::read_at(self, offset.saturating_add(done as u64), &mut into[done..])? {
                0 => break,
                more => done += more,
            }
        }
        Ok(done)
    }

    /// Copies bytes out through a mapping of their pages, which nobody can cut off.
    fn read_mapped(&self, offset: u64, into: &mut [u8]) -> Result<usize, Error> {
        let skip = offset % sys::page_size(self)? as u64;
        let len = self.size().saturating_sub(offset).min(into.len() as u64);
        if len == 0 {
            return Ok(0);
        }
        let pages = self.map_options().read_only().range(offset - skip, skip + len).map()?;
        pages.read(skip as usize, &mut into[..len as usize])?;
        Ok(len as usize)
    }
}

#[cfg(test)]
mod tests {
    use crate::Builder;

    #[test]
    #[cfg_attr(miri, ignore = "Miri has no shared memory")]
    fn both_ways_to_read_agree() {
        let memory = Builder::new(10_000).create().unwrap();
        memory.map().unwrap().write(0, &(0..10_000).map(|i| i as u8).collect::<Vec<_>>()).unwrap();
        let largest = i64::MAX as u64;
        let far = [largest - 1, largest, largest + 1, u64::MAX - 9, u64::MAX].map(|offset| (offset, 10));
        let near = [(0, 10), (4090, 20), (9990, 20), (10_000, 1), (20_000, 1), (5, 0)];
        for (offset, len) in near.into_iter().chain(far) {
            let (mut one, mut other) = (vec![0; len], vec![0; len]);
            let read = memory.read_at(offset, &mut one).unwrap();
            assert_eq!(memory.read_mapped(offset, &mut other).unwrap(), read);
            assert_eq!(read as u64, (len as u64).min(10_000_u64.saturating_sub(offset)));
            assert_eq!(one, other);
        }
    }
}
