//! Calls that bring down the system itself, where it is one that they bring down: they are not executed there.
//!
//! # References
//!
//! XNU `bsd/kern/uipc_usrreq.c:unp_externalize`, `bsd/kern/kern_descrip.c:fdavail`, `bsd/kern/posix_shm.c:pshm_truncate`.

use super::system;
use shmconf_model::call::Call;

/// Why a call must not be made here, if that is so.
pub fn of(call: &Call) -> Option<&'static str> {
    if !system::XNU {
        return None;
    }
    match call {
        // Free places of the table count that lie beyond the limit, and the kernel panics when it can use none of them.
        Call::Recv { .. } if release() < 21 && has_few_descriptors() => {
            Some("before macOS 12 receiving with a lowered RLIMIT_NOFILE stops the system")
        }
        // It makes a part for every 4 GiB, each of which takes memory of the kernel's.
        Call::Create { size } | Call::Ftruncate { size, .. } if release() < 22 && size.get() > 1 << 44 => {
            Some("before macOS 13 such a size takes all memory of the kernel")
        }
        _ => None,
    }
}

/// May fewer descriptors be open than the table of a process has places for?
fn has_few_descriptors() -> bool {
    const USUAL: libc::rlim_t = 256;
    nix::sys::resource::getrlimit(nix::sys::resource::Resource::RLIMIT_NOFILE).is_ok_and(|(soft, _)| soft < USUAL)
}

/// The major number of the kernel's release: 21 is that of macOS 12.
fn release() -> u32 {
    let name = nix::sys::utsname::uname();
    let release = name.ok().map(|name| name.release().to_string_lossy().into_owned());
    release.and_then(|release| release.split('.').next()?.parse().ok()).unwrap_or(0)
}
