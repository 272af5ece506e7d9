//! Faults of `ftruncate`, `fstat`, `pread`, `pwrite` and `close`.

use shmconf_adapter::subject::{CallResult, Fd, Libc, Refused, Subject, host, native, system};
use shmconf_model::outcome::{Content, Errno, Stat};
use std::collections::BTreeMap;
use std::os::fd::RawFd;

#[derive(Default)]
pub(super) struct RoundedUp;

impl Subject for RoundedUp {
    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        let page = host::page_size() as i64;
        native::ftruncate(fd, if size > 0 { size.saturating_add(page - 1) / page * page } else { size })
    }
}

#[derive(Default)]
pub(super) struct Remembered {
    sizes: BTreeMap<RawFd, i64>,
}

impl Subject for Remembered {
    fn reset(&mut self) {
        self.sizes.clear();
    }

    fn fstat(&mut self, fd: Fd<'_>) -> CallResult<Stat> {
        let stat = native::fstat(fd)?;
        Ok(Stat { size: *self.sizes.entry(fd.number()).or_insert(stat.size), ..stat })
    }
}

#[derive(Default)]
pub(super) struct ShrinkIgnored;

impl Subject for ShrinkIgnored {
    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        match native::fstat(fd) {
            Ok(stat) if (0..stat.size).contains(&size) => Ok(()),
            _ => native::ftruncate(fd, size),
        }
    }
}

#[derive(Default)]
pub(super) struct StaleAfterRegrow {
    /// What was cut off, and where it stood.
    cut: BTreeMap<RawFd, (i64, Content)>,
}

impl Subject for StaleAfterRegrow {
    fn reset(&mut self) {
        self.cut.clear();
    }

    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        let before = native::fstat(fd).map_or(0, |stat| stat.size);
        let tail = usize::try_from(before.saturating_sub(size))
            .ok()
            .filter(|_| size >= 0)
            .and_then(|len| native::pread(fd, len, size).ok());
        native::ftruncate(fd, size)?;
        if let Some(tail) = tail {
            self.cut.insert(fd.number(), (size, tail));
        } else if let Some((mut offset, tail)) = self.cut.remove(&fd.number()) {
            for run in tail.runs() {
                let len = (size - offset).clamp(0, run.len as i64);
                native::pwrite(fd, run.byte, len as usize, offset)?;
                offset += len;
            }
        }
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct GrowNotZeroed;

impl Subject for GrowNotZeroed {
    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        let before = native::fstat(fd).map_or(0, |stat| stat.size);
        native::ftruncate(fd, size)?;
        if size > before { native::pwrite(fd, 0xff, 1, before).map(drop) } else { Ok(()) }
    }
}

#[derive(Default)]
pub(super) struct NegativeAccepted;

impl Subject for NegativeAccepted {
    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        if size < 0 { Ok(()) } else { native::ftruncate(fd, size) }
    }
}

#[derive(Default)]
pub(super) struct CloseTwiceSucceeds;

impl Subject for CloseTwiceSucceeds {
    unsafe fn close(&mut self, fd: Fd<'_>) -> CallResult<()> {
        // SAFETY: the caller's promise.
        let closed = unsafe { native::close_number(fd.number()) };
        if closed == Err(Refused::Errno(Errno::EBADF)) { Ok(()) } else { closed }
    }
}

#[derive(Default)]
pub(super) struct PositionedInHalf;

/// The lower half of an offset, where an object can have bytes.
fn half(offset: i64) -> i64 {
    if (0..1 << 40).contains(&offset) { offset & i64::from(u32::MAX) } else { offset }
}

impl Subject for PositionedInHalf {
    fn pread(&mut self, fd: Fd<'_>, len: usize, offset: i64) -> CallResult<Content> {
        native::pread(fd, len, half(offset))
    }

    fn pwrite(&mut self, fd: Fd<'_>, byte: u8, len: usize, offset: i64) -> CallResult<i64> {
        native::pwrite(fd, byte, len, half(offset))
    }
}

/// Objects larger than this grow by whole units of it.
const UNIT: i64 = 1 << 20;

#[derive(Default)]
pub(super) struct LastPageLost;

impl Subject for LastPageLost {
    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        let large = (32 * UNIT..1 << 30).contains(&size);
        native::ftruncate(fd, if large { size / UNIT * UNIT } else { size })
    }
}

#[derive(Default)]
pub(super) struct PositionedMovesOffset;

impl Subject for PositionedMovesOffset {
    fn pread(&mut self, fd: Fd<'_>, len: usize, offset: i64) -> CallResult<Content> {
        let read = native::pread(fd, len, offset)?;
        native::lseek(fd, offset, libc::SEEK_SET)?;
        Ok(read)
    }

    fn pwrite(&mut self, fd: Fd<'_>, byte: u8, len: usize, offset: i64) -> CallResult<i64> {
        let written = native::pwrite(fd, byte, len, offset)?;
        native::lseek(fd, offset.saturating_add(written), libc::SEEK_SET)?;
        Ok(written)
    }
}

#[derive(Default)]
pub(super) struct InterruptedShrinks;

impl Subject for InterruptedShrinks {
    fn posix_fallocate(&mut self, fd: Fd<'_>, offset: i64, len: i64) -> CallResult<()> {
        if !system::real_timer_is_set() {
            return Libc.posix_fallocate(fd, offset, len);
        }
        native::ftruncate(fd, 0)?;
        Err(Errno::EINTR.into())
    }
}
