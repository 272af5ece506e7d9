//! Implementation using `shm_open` and `shm_unlink`: every system but Android.
//!
//! The object has a name between the two calls. It is random, and the mode lets nobody open it, so the
//! moment is of no use to anybody; and the object is not sized before its name is gone, so that what
//! could not be unlinked holds no memory.
//!
//! Neither `O_CLOEXEC` nor `O_NOFOLLOW` is passed: macOS 26.4 refuses the first, FreeBSD the second, and
//! where an object is a file the C library adds both.

use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::mman::{shm_open, shm_unlink};

use super::{call, set_cloexec, set_mode};
use crate::{Call, Error, ErrorKind, FinalMode, Name, Prefix};

/// Whether an owner who may not read and write an object may not unlink it either, as FreeBSD has it.
const UNLINK_NEEDS_RIGHTS: bool = cfg!(target_os = "freebsd");

/// Whether `fchmod` works on a POSIX object. Where it does not, the umask does not apply either.
pub(super) const FCHMOD_WORKS: bool = !cfg!(target_vendor = "apple");

/// Whether the kernel or the C library makes every object of `shm_open` close-on-exec at once.
pub(super) const SHM_OPEN_SETS_CLOEXEC: bool = cfg!(any(
    target_os = "linux",
    target_os = "freebsd",
    target_os = "openbsd",
    target_os = "netbsd",
    target_vendor = "apple",
));

/// Names that are tried before something must be wrong: two equal ones are not met in a lifetime.
const TRIES: u32 = 16;

pub(super) fn create(mode: FinalMode, prefix: Prefix) -> Result<OwnedFd, Error> {
    create_as(if UNLINK_NEEDS_RIGHTS { FinalMode::OwnerReadWrite } else { mode }, mode, prefix)
}

/// Makes an object with one mode, which it has for as long as it has a name, and then another.
pub(super) fn create_as(first: FinalMode, mode: FinalMode, prefix: Prefix) -> Result<OwnedFd, Error> {
    let (fd, name) = create_named(first, prefix)?;
    let widened = unlink(&fd, &name).map_err(|e| e.told_as(ErrorKind::NotUnlinked { name }))?;
    if !SHM_OPEN_SETS_CLOEXEC {
        set_cloexec(&fd, true)?;
    }
    // The umask takes bits away and adds none: an object made with no permission has none.
    let is_final = first == mode && !widened && (mode == FinalMode::Closed || !FCHMOD_WORKS);
    if !is_final {
        set_mode(&fd, mode)?;
    }
    Ok(fd)
}

fn create_named(mode: FinalMode, prefix: Prefix) -> Result<(OwnedFd, Name), Error> {
    let flags = OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL;
    let mut taken = None;
    for _ in 0..TRIES {
        let name = prefix.unique()?;
        match call(Call::ShmOpen, || shm_open(name.as_c_str(), flags, mode.bits())) {
            Err(error) if error.is(Errno::EEXIST) => taken = Some(error),
            Err(error) => {
                // gVisor looks for a free descriptor when the object is there. Nobody else has that name.
                if error.is(Errno::EMFILE) {
                    remove(&name).map_err(|error| error.told_as(ErrorKind::NotUnlinked { name }))?;
                }
                return Err(error);
            }
            Ok(fd) => return Ok((fd, name)),
        }
    }
    let kind = ErrorKind::NamesTaken { tries: TRIES };
    Err(taken.map_or_else(|| kind.clone().into(), |error| error.told_as(kind.clone())))
}

/// Takes the name away, and tells whether the owner had to be given permissions for it.
///
/// An object that its owner may not read and write cannot be unlinked on FreeBSD, and a umask can make any
/// object one.
fn unlink(fd: &OwnedFd, name: &Name) -> Result<bool, Error> {
    match remove(name) {
        Ok(()) => Ok(false),
        Err(error) if FCHMOD_WORKS && error.is(Errno::EACCES) => {
            set_mode(fd, FinalMode::OwnerReadWrite)?;
            remove(name).map(|()| true)
        }
        Err(error) => Err(error),
    }
}

fn remove(name: &Name) -> Result<(), Error> {
    match call(Call::ShmUnlink, || shm_unlink(name.as_c_str())) {
        // There is none any more, which is all that was wanted.
        Err(error) if error.is(Errno::ENOENT) => Ok(()),
        result => result,
    }
}
