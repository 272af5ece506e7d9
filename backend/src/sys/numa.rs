//! Binding mapped memory to NUMA nodes: `mbind` of Linux.

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::ptr::NonNull;

use crate::{Error, Numa};

/// Binds whole pages, and moves those that are elsewhere.
///
/// # Safety
///
/// The range is mapped, and stays so meanwhile.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) unsafe fn bind(start: NonNull<c_void>, len: NonZeroUsize, numa: Numa) -> Result<(), Error> {
    use super::call;
    use crate::{Call, ErrorKind, Feature};
    use nix::errno::Errno;

    // Names of Linux that `libc` lacks; the first since 5.15.
    const MPOL_PREFERRED_MANY: libc::c_int = 5;
    const MPOL_MF_STRICT: libc::c_int = 1;
    const MPOL_MF_MOVE: libc::c_int = 2;
    const WORDS: usize = u128::BITS as usize / libc::c_ulong::BITS as usize;

    let (policy, nodes) = match numa {
        Numa::Default => (libc::MPOL_DEFAULT, 0),
        Numa::Preferred(nodes) if nodes.bits().count_ones() > 1 => (MPOL_PREFERRED_MANY, nodes.bits()),
        Numa::Preferred(nodes) => (libc::MPOL_PREFERRED, nodes.bits()),
        Numa::Bind(nodes) => (libc::MPOL_BIND, nodes.bits()),
        Numa::Interleave(nodes) => (libc::MPOL_INTERLEAVE, nodes.bits()),
    };
    let mask: [libc::c_ulong; WORDS] =
        std::array::from_fn(|word| (nodes >> (word * libc::c_ulong::BITS as usize)) as _);
    // The kernel reads one bit less than it is told that there are.
    let bits = u128::BITS as usize + 1;
    let flags = MPOL_MF_STRICT | MPOL_MF_MOVE;
    call(Call::Mbind, || {
        let (start, len) = (start.as_ptr(), len.get());
        // SAFETY: the range is mapped, and the mask has as many bits as the kernel reads.
        let result = unsafe { libc::syscall(libc::SYS_mbind, start, len, policy, mask.as_ptr(), bits, flags) };
        Errno::result(result).map(drop)
    })
    .or_else(|error| match numa {
        // Without NUMA in the kernel, memory is where the default policy would have it.
        Numa::Default if error.is(Errno::ENOSYS) => Ok(()),
        _ if error.is(Errno::ENOSYS) => Err(error.told_as(ErrorKind::Unsupported(Feature::Numa))),
        _ => Err(error),
    })
}

/// Refuses every policy but the default, which is what there is.
///
/// # Safety
///
/// None is needed; the signature is that of the other one.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) unsafe fn bind(_start: NonNull<c_void>, _len: NonZeroUsize, numa: Numa) -> Result<(), Error> {
    match numa {
        Numa::Default => Ok(()),
        _ => Err(crate::ErrorKind::Unsupported(crate::Feature::Numa).into()),
    }
}
