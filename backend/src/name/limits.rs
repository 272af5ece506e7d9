//! How many bytes the name of an object may have on each platform: its slash is counted, and no NUL at the end.
//!
//! OpenBSD has no limit, that of DragonFly BSD is not known, and Android has no objects with names. The suite holds these numbers to the platforms' rules.
//!
//! ```
//! const NAME: &str = "/mine";
//! const _: () = assert!(shmfd::name::limits::is_portable(NAME));
//! ```

/// Cygwin.
pub const CYGWIN: usize = 255;
/// FreeBSD, outside of a jail.
pub const FREEBSD: usize = 1023;
/// Haiku.
pub const HAIKU: usize = 256;
/// illumos.
pub const ILLUMOS: usize = 256;
/// Linux, with any C library.
pub const LINUX: usize = 256;
/// macOS, in every release; since 10.14.4 one byte more.
pub const MACOS: usize = 30;
/// NetBSD.
pub const NETBSD: usize = 248;
/// Every platform, in every release.
pub const EVERYWHERE: usize = 30;

/// Can an object have that name everywhere? It can with one slash in front, 1 to 29 bytes behind it without another slash
/// or a NUL, and neither `.` nor `..`.
pub const fn is_portable(name: &str) -> bool {
    let bytes = name.as_bytes();
    if bytes.len() < 2 || bytes.len() > EVERYWHERE || bytes[0] != b'/' {
        return false;
    }
    let mut at = 1;
    let mut only_dots = true;
    while at < bytes.len() {
        if bytes[at] == b'/' || bytes[at] == 0 {
            return false;
        }
        only_dots &= bytes[at] == b'.';
        at += 1;
    }
    !(only_dots && bytes.len() <= 3)
}
