//! What a trace says of the system that it was made on.

use super::system;
use shmconf_adapter::subject::host;
use shmconf_model::trace::Platform;

/// This system, as this process and another one of ours see it.
pub(super) fn this(other: nix::unistd::Pid) -> Platform {
    let name = nix::sys::utsname::uname();
    let text = |part: fn(&nix::sys::utsname::UtsName) -> &std::ffi::OsStr| {
        name.as_ref().map(|name| part(name).to_string_lossy().into_owned()).unwrap_or_default()
    };
    Platform {
        os: text(|name| name.sysname()),
        release: text(|name| name.release()),
        arch: text(|name| name.machine()),
        libc: system::libc_version(),
        stand_in: system::stand_in(other).to_owned(),
        page_size: host::page_size() as u64,
    }
}
