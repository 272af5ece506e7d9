//! Error numbers and signals of this system, and the names that they have everywhere.

use shmconf_model::outcome::{Errno, Signal};

macro_rules! table {
    ($type:ident: $($name:ident)+) => { &[$((libc::$name, $type::$name)),+] };
}

/// Where two names have one number, as `ENOTSUP` and `EOPNOTSUPP` on Linux, the first one counts.
const ERRNOS: &[(i32, Errno)] = table! { Errno:
    E2BIG EACCES EAGAIN EBADF EBUSY ECONNRESET EDEADLK EEXIST EFAULT EFBIG EINTR EINVAL EIO EISDIR ELOOP EMFILE EMSGSIZE
    ENAMETOOLONG ENFILE ENOBUFS ENODEV ENOENT ENOLCK ENOMEM ENOSPC ENOSYS ENOTDIR ENOTSUP ENOTTY ENXIO EOPNOTSUPP EOVERFLOW EPERM
    EPIPE EROFS ESPIPE ETIMEDOUT ETOOMANYREFS ETXTBSY
};

const SIGNALS: &[(i32, Signal)] = table! { Signal:
    SIGABRT SIGALRM SIGBUS SIGFPE SIGHUP SIGILL SIGINT SIGKILL SIGPIPE SIGSEGV SIGSYS SIGTERM SIGTRAP SIGUSR1 SIGUSR2
    SIGXCPU SIGXFSZ
};

/// Those that some systems alone have.
const ERRNOS_OF_SOME: &[(i32, Errno)] = &[
    #[cfg(target_os = "freebsd")]
    (libc::ECAPMODE, Errno::ECAPMODE),
    #[cfg(any(
        target_os = "macos",
        target_os = "freebsd",
        target_os = "openbsd",
        target_os = "netbsd",
        target_os = "dragonfly"
    ))]
    (libc::EFTYPE, Errno::EFTYPE),
];

/// Every error that has a name here.
fn named() -> impl Iterator<Item = &'static (i32, Errno)> {
    ERRNOS.iter().chain(ERRNOS_OF_SOME)
}

/// The error of a number.
pub fn of(number: i32) -> Errno {
    named().find(|(raw, _)| *raw == number).map_or(Errno::Other(number), |(_, errno)| *errno)
}

/// The number of an error, where this system has one.
pub fn number(errno: Errno) -> Option<i32> {
    match errno {
        Errno::Other(number) => Some(number),
        _ => named().find(|(_, named)| *named == errno).map(|(raw, _)| *raw),
    }
}

/// The error of the call that has just failed.
pub fn last() -> Errno {
    of(nix::errno::Errno::last_raw())
}

/// The signal of a number.
pub fn signal_of(number: i32) -> Signal {
    SIGNALS.iter().find(|(raw, _)| *raw == number).map_or(Signal::Other(number), |(_, signal)| *signal)
}

/// The number of a signal.
pub fn signal_number(signal: Signal) -> i32 {
    match signal {
        Signal::Other(number) => number,
        _ => SIGNALS.iter().find(|(_, named)| *named == signal).map_or(0, |(raw, _)| *raw),
    }
}
