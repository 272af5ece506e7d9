//! Faults of `write` and `pwrite` at the end of an object and beyond it.

use shmconf_adapter::subject::{CallResult, Fd, Refused, Subject, native};
use shmconf_model::outcome::Errno;

/// How much of `len` bytes from `offset` on lies inside the object.
fn inside(fd: Fd<'_>, len: usize, offset: i64) -> CallResult<usize> {
    let room = native::fstat(fd)?.size.saturating_sub(offset.max(0));
    Ok(len.min(usize::try_from(room).unwrap_or(0)))
}

#[derive(Default)]
pub(super) struct StopsAtTheEnd;

impl Subject for StopsAtTheEnd {
    fn write(&mut self, fd: Fd<'_>, byte: u8, len: usize) -> CallResult<i64> {
        let at = native::lseek(fd, 0, libc::SEEK_CUR)?;
        native::write(fd, byte, inside(fd, len, at)?)
    }

    fn pwrite(&mut self, fd: Fd<'_>, byte: u8, len: usize, offset: i64) -> CallResult<i64> {
        native::pwrite(fd, byte, inside(fd, len, offset)?, offset)
    }
}

#[derive(Default)]
pub(super) struct RefusedBeyondTheEnd;

impl Subject for RefusedBeyondTheEnd {
    fn write(&mut self, fd: Fd<'_>, byte: u8, len: usize) -> CallResult<i64> {
        let at = native::lseek(fd, 0, libc::SEEK_CUR)?;
        if inside(fd, len, at)? < len { Err(Errno::EFBIG.into()) } else { native::write(fd, byte, len) }
    }
}

#[derive(Default)]
pub(super) struct GapNotZeroed;

impl Subject for GapNotZeroed {
    fn pwrite(&mut self, fd: Fd<'_>, byte: u8, len: usize, offset: i64) -> CallResult<i64> {
        let before = native::fstat(fd).map_or(0, |stat| stat.size);
        let written = native::pwrite(fd, byte, len, offset)?;
        if before < offset && written > 0 {
            native::pwrite(fd, 0xff, 1, before)?;
        }
        Ok(written)
    }
}

#[derive(Default)]
pub(super) struct LimitIgnored;

impl Subject for LimitIgnored {
    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        use nix::sys::resource::{Resource, getrlimit, setrlimit};
        let limit = |error: nix::errno::Errno| Refused::from(error);
        let (soft, hard) = getrlimit(Resource::RLIMIT_FSIZE).map_err(limit)?;
        setrlimit(Resource::RLIMIT_FSIZE, hard, hard).map_err(limit)?;
        let done = native::ftruncate(fd, size);
        setrlimit(Resource::RLIMIT_FSIZE, soft, hard).map_err(limit)?;
        done
    }
}
