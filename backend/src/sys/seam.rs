//! The one way to the system: every call is made here, again after a signal, and can be made to fail.

use nix::errno::Errno;

use crate::{Call, Error};

/// Makes a system call, and makes it again for as long as signals interrupt it.
#[inline]
pub(crate) fn call<T>(which: Call, mut attempt: impl FnMut() -> nix::Result<T>) -> Result<T, Error> {
    loop {
        #[cfg(all(test, target_os = "linux", not(miri)))]
        let outcome = super::fault::next(which).map_or_else(&mut attempt, Err);
        #[cfg(not(all(test, target_os = "linux", not(miri))))]
        let outcome = attempt();
        match outcome {
            Err(Errno::EINTR) => {}
            Ok(value) => return Ok(value),
            Err(errno) => return Err(Error::os(which, errno)),
        }
    }
}

/// Fills `bytes` with random bytes of the system, all of them.
pub(crate) fn fill_random(bytes: &mut [u8]) -> nix::Result<()> {
    getrandom::fill(bytes).map_err(|error| error.raw_os_error().map_or(Errno::EIO, Errno::from_raw))
}
