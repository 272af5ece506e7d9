//! Advice about mapped memory: what to merge, to dump, to fill with pages at once.

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::ptr::NonNull;

use nix::errno::Errno;
use nix::sys::mman::{MmapAdvise, madvise};

use super::call;
use crate::{Call, Error, ErrorKind, Feature};

/// Advice that this crate gives, whether or not this system takes it.
#[derive(Clone, Copy)]
pub(crate) enum Advice {
    /// Pages with equal contents may become one.
    Merge,
    /// They must not.
    KeepApart,
    /// The memory belongs in a core dump.
    Dump,
    /// It does not.
    LeaveOut,
    /// All pages are needed for writing, now.
    Populate,
}

impl Advice {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn native(self) -> Option<MmapAdvise> {
        Some(match self {
            Self::Merge => MmapAdvise::MADV_MERGEABLE,
            Self::KeepApart => MmapAdvise::MADV_UNMERGEABLE,
            Self::Dump => MmapAdvise::MADV_DODUMP,
            Self::LeaveOut => MmapAdvise::MADV_DONTDUMP,
            Self::Populate => MmapAdvise::MADV_POPULATE_WRITE,
        })
    }

    #[cfg(any(target_os = "freebsd", target_os = "dragonfly"))]
    fn native(self) -> Option<MmapAdvise> {
        match self {
            Self::Dump => Some(MmapAdvise::MADV_CORE),
            Self::LeaveOut => Some(MmapAdvise::MADV_NOCORE),
            Self::Merge | Self::KeepApart | Self::Populate => None,
        }
    }

    #[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "dragonfly")))]
    fn native(self) -> Option<MmapAdvise> {
        None
    }

    fn feature(self) -> Feature {
        match self {
            Self::Merge | Self::KeepApart => Feature::Merge,
            Self::Dump | Self::LeaveOut => Feature::Dump,
            Self::Populate => Feature::Prealloc,
        }
    }
}

/// Gives advice about whole pages. `EINVAL` is told as [`ErrorKind::Unsupported`], since the range is right.
///
/// # Safety
///
/// The range is mapped, and stays so meanwhile.
pub(crate) unsafe fn advise(start: NonNull<c_void>, len: NonZeroUsize, advice: Advice) -> Result<(), Error> {
    let unsupported = ErrorKind::Unsupported(advice.feature());
    // SAFETY: the range is mapped, as the caller promises.
    let Some(native) = advice.native().filter(|_| unsafe { is_heeded(start) }) else {
        return Err(unsupported.into());
    };
    call(Call::Madvise, || {
        // SAFETY: none of this advice changes what the memory holds.
        unsafe { madvise(start, len.get(), native) }
    })
    .map_err(|error| match error.is(Errno::EINVAL) {
        true => error.told_as(unsupported),
        false => error,
    })
}

/// Whether advice is examined at all: advice that does not exist is refused. An emulator of Linux may accept
/// any, and do nothing.
///
/// # Safety
///
/// A page is mapped at `start`.
unsafe fn is_heeded(start: NonNull<c_void>) -> bool {
    const NO_SUCH_ADVICE: libc::c_int = libc::c_int::MAX;
    let refused = call(Call::Madvise, || {
        // SAFETY: no system gives a meaning to it.
        Errno::result(unsafe { libc::madvise(start.as_ptr(), 1, NO_SUCH_ADVICE) })
    });
    refused.is_err()
}
