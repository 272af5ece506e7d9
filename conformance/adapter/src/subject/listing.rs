//! The names that exist, on the systems that tell: most keep objects as files of one directory, FreeBSD has a list.

use std::ffi::{CStr, CString};

/// Where objects are files that are called after their names: the directory, and what stands before the name.
const STORE: Option<(&str, &str)> = if cfg!(target_os = "linux") {
    Some(("/dev/shm", ""))
} else if cfg!(target_os = "netbsd") {
    Some(("/var/shm", ".shmobj_"))
} else if cfg!(target_os = "dragonfly") {
    Some(("/var/run/shm", ""))
} else if cfg!(target_os = "illumos") {
    Some(("/tmp", ".SHMD"))
} else {
    None
};

/// The directory whose entries are the names, where there is one.
pub fn directory() -> Option<&'static str> {
    STORE.map(|(directory, _)| directory)
}

/// The file of an object, where objects are files called after their names.
pub fn path(name: &CStr) -> Option<std::path::PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    let (directory, before) = STORE?;
    let bare = name.to_bytes().strip_prefix(b"/").filter(|bare| !bare.is_empty() && !bare.contains(&b'/'))?;
    let file = [before.as_bytes(), bare].concat();
    Some(std::path::Path::new(directory).join(std::ffi::OsStr::from_bytes(&file)))
}

/// The names that exist and begin with `prefix`, in order; where names cannot be listed, why. What is no UTF-8 in a name
/// is U+FFFD.
pub fn names(prefix: &str) -> Result<Vec<String>, String> {
    let mut names = super::host::with_spare_descriptors(all)?;
    names.retain(|name| name.to_bytes().starts_with(prefix.as_bytes()));
    names.sort();
    Ok(names.iter().map(|name| name.to_string_lossy().into_owned()).collect())
}

/// Every name that exists, with its slash. An implementation that cuts names may leave some that are no UTF-8.
#[cfg(not(target_os = "freebsd"))]
pub fn all() -> Result<Vec<CString>, String> {
    use std::os::unix::ffi::OsStrExt;
    let Some((directory, before)) = STORE else { return Err(UNLISTED.to_owned()) };
    let entries = std::fs::read_dir(directory).map_err(|error| format!("cannot list {directory}: {error}"))?;
    let name =
        |file: std::ffi::OsString| CString::new([b"/", file.as_bytes().strip_prefix(before.as_bytes())?].concat()).ok();
    Ok(entries.filter_map(|entry| name(entry.ok()?.file_name())).collect())
}

/// Why there is no list. The names of macOS are in its kernel alone; OpenBSD's files are called after hashes of them.
#[cfg(not(target_os = "freebsd"))]
const UNLISTED: &str = if cfg!(target_os = "openbsd") {
    "this system keeps hashes of names, which cannot be listed"
} else {
    "this system does not list the names of shared memory objects"
};

/// Every name that exists: one record each, of which the path is the last member and as long as it has to be.
///
/// # References
///
/// FreeBSD sys/kern/uipc_shm.c:sysctl_posix_shm_list, and sys/sys/user.h for the record.
#[cfg(target_os = "freebsd")]
pub fn all() -> Result<Vec<CString>, String> {
    const PATH: usize = std::mem::offset_of!(libc::kinfo_file, kf_path);
    let records = sysctl(c"kern.ipc.posix_shm_list")?;
    let mut names = Vec::new();
    let mut rest = &records[..];
    while let Some(size) = rest.first_chunk().map(|size| i32::from_ne_bytes(*size)) {
        let size = usize::try_from(size).unwrap_or(0);
        let Some((record, others)) = rest.split_at_checked(size).filter(|(record, _)| record.len() > PATH) else {
            return Err("kern.ipc.posix_shm_list has a record of a form that is not known".to_owned());
        };
        let path = CStr::from_bytes_until_nul(&record[PATH..]);
        names.extend(path.map(CStr::to_owned));
        rest = others;
    }
    Ok(names)
}

/// The bytes of a value of the kernel, which may grow while it is read.
#[cfg(target_os = "freebsd")]
fn sysctl(name: &CStr) -> Result<Vec<u8>, String> {
    const TRIES: u32 = 8;
    let read = |into: *mut libc::c_void, len: &mut usize| {
        // SAFETY: the name is a C string, and the buffer, where there is one, has that length.
        let done = unsafe { libc::sysctlbyname(name.as_ptr(), into, len, std::ptr::null(), 0) };
        nix::errno::Errno::result(done)
    };
    let mut failed = nix::errno::Errno::ENOMEM;
    for _ in 0..TRIES {
        let mut len = 0;
        let measured = read(std::ptr::null_mut(), &mut len);
        len += len / 4 + size_of::<libc::kinfo_file>();
        let mut bytes = vec![0u8; len];
        match measured.and_then(|_| read(bytes.as_mut_ptr().cast(), &mut len)) {
            Ok(_) => {
                bytes.truncate(len);
                return Ok(bytes);
            }
            Err(error) => failed = error,
        }
    }
    Err(format!("cannot read {}: {failed}", name.to_string_lossy()))
}

/// Takes away the lock that a process held which was killed within a call on a name: every later one waits a minute for it.
///
/// # References
///
/// illumos usr/src/lib/libc/port/rt/pos4obj.c:__pos4obj_lock
#[cfg(target_os = "illumos")]
pub fn unlock(name: &CStr) {
    use std::os::unix::ffi::OsStrExt;
    let bare = name.to_bytes().iter().position(|byte| *byte != b'/').map_or(&[][..], |at| &name.to_bytes()[at..]);
    let _ = std::fs::remove_file(std::ffi::OsStr::from_bytes(&[b"/tmp/.SHML", bare].concat()));
}
/// Takes away the lock that a killed process may have held; here names have none.
#[cfg(not(target_os = "illumos"))]
pub fn unlock(_name: &CStr) {}
