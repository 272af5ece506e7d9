//! The system calls that say something about shared memory, and what each is about.

use super::follow::STORE;

/// Calls by paths, each with those of its arguments that are paths.
const BY_PATH: &[(&str, &[usize])] = &[
    ("open", &[0]),
    ("openat", &[1]),
    ("creat", &[0]),
    ("unlink", &[0]),
    ("unlinkat", &[1]),
    ("rename", &[0, 1]),
    ("renameat", &[1, 3]),
    ("renameat2", &[1, 3]),
    ("link", &[0, 1]),
    ("linkat", &[1, 3]),
    ("symlink", &[0, 1]),
    ("symlinkat", &[0, 2]),
    ("truncate", &[0]),
    ("chmod", &[0]),
    ("fchmodat", &[1]),
    ("chown", &[0]),
    ("fchownat", &[1]),
    ("mkdir", &[0]),
    ("mkdirat", &[1]),
    ("mknod", &[0]),
    ("mknodat", &[1]),
    ("newfstatat", &[1]),
    ("statx", &[1]),
];

/// Calls on a descriptor, which is their first argument. Some of those by paths are among them, where the path is empty.
const ON_DESCRIPTOR: &[&str] = &[
    "ftruncate",
    "fallocate",
    "fstat",
    "newfstatat",
    "statx",
    "fchmod",
    "fchown",
    "fchownat",
    "read",
    "write",
    "pread64",
    "pwrite64",
    "readv",
    "writev",
    "preadv",
    "pwritev",
    "preadv2",
    "pwritev2",
    "lseek",
    "dup",
    "dup2",
    "dup3",
    "fcntl",
    "flock",
    "close",
];

/// Calls on several descriptors, on mappings, on messages and on processes.
const OTHERS: &[&str] = &[
    "memfd_create",
    "close_range",
    "sendfile",
    "copy_file_range",
    "splice",
    "pidfd_getfd",
    "mmap",
    "mmap2",
    "mprotect",
    "munmap",
    "mremap",
    "msync",
    "madvise",
    "mlock",
    "munlock",
    "sendmsg",
    "recvmsg",
    "sendmmsg",
    "recvmmsg",
    "fork",
    "vfork",
    "clone",
    "clone3",
    "execve",
    "execveat",
    "exit",
    "exit_group",
    "umask",
    "setrlimit",
    "prlimit64",
    "setuid",
    "setgid",
    "setgroups",
    "setresuid",
    "setreuid",
    "setresgid",
    "setregid",
    "unshare",
    "chroot",
    "pivot_root",
    "setns",
];

/// Calls and flags without a model, each with what is known of it on other systems.
const ELSEWHERE: &[(&str, &str)] = &[
    ("mremap", "few systems have it; munmap the mapping, and mmap the object anew"),
    ("FALLOC_FL_PUNCH_HOLE", "few systems have it; store zeros, or take a new object"),
    ("fallocate", "Linux alone has it; ftruncate to the size, and posix_fallocate where there is one"),
    ("copy_file_range", "few systems have it; read and write, or copy from one mapping to another"),
    ("splice", "Linux alone has it; read and write"),
    ("preadv2", "Linux alone has it; preadv, or pread"),
    ("pwritev2", "Linux alone has it; pwritev, or pwrite"),
    ("pidfd_getfd", "Linux alone has it; have the other process send the descriptor by SCM_RIGHTS"),
    ("renameat2", "Linux alone has it; make the object under another name"),
    ("F_SETLK", NO_LOCKS),
    ("F_SETLKW", NO_LOCKS),
    ("F_GETLK", NO_LOCKS),
    ("MAP_SYNC", "it is about persistent memory, which objects are not; leave it out"),
    ("MAP_HUGETLB", "Linux alone has it; leave it out, and let the system choose the size of pages"),
    ("MADV_REMOVE", "Linux alone has it; store zeros, or take a new object"),
];
const NO_LOCKS: &str = "macos and freebsd refuse every lock that fcntl puts on an object, by EBADF; here it is of a part of an object, \
                        which has no model (shmconf explain macos/no-locks)";

/// Calls that give something new: what they do, they have done when they end. What others take away is gone from their
/// beginning on, so that a number or an address can be used again.
const GIVE: &[&str] = &[
    "open",
    "openat",
    "creat",
    "memfd_create",
    "dup",
    "dup2",
    "dup3",
    "fcntl",
    "mmap",
    "mmap2",
    "recvmsg",
    "recvmmsg",
    "pidfd_getfd",
    "execve",
    "execveat",
];

/// Every call, once.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    let is_new = |name: &&&str| paths(name).is_empty();
    BY_PATH
        .iter()
        .map(|(name, _)| *name)
        .chain(ON_DESCRIPTOR.iter().filter(is_new).copied())
        .chain(OTHERS.iter().copied())
}

/// Is it one of these calls?
pub(super) fn is_known(name: &str) -> bool {
    all().any(|known| known == name)
}

/// What of a call, as it is written in C, is another matter on other systems, and how.
pub fn elsewhere(call: &str) -> Option<(&'static str, &'static str)> {
    let words = call.split(|char: char| !char.is_ascii_alphanumeric() && char != '_');
    let is_there = |wanted: &str| words.clone().any(|word| word == wanted);
    let is_by_path = call.contains(&format!("\"{STORE}"));
    let by_path = is_by_path.then_some((
        "paths of objects",
        "few systems have them, as objects lie in no directory there; use descriptors",
    ));
    ELSEWHERE.iter().find(|(word, _)| is_there(word)).copied().or(by_path)
}

/// Which arguments of a call are paths.
pub(super) fn paths(name: &str) -> &'static [usize] {
    BY_PATH.iter().find(|(known, _)| *known == name).map_or(&[], |(_, paths)| paths)
}

/// Is its first argument the descriptor that it is about?
pub(super) fn is_on_descriptor(name: &str) -> bool {
    ON_DESCRIPTOR.contains(&name)
}

/// May it set the size of an object, or show it?
pub(super) fn tells_a_size(name: &str) -> bool {
    matches!(name, "ftruncate" | "truncate" | "fallocate" | "write" | "writev" | "sendfile" | "statx")
        || name.starts_with("pwrite")
        || name.ends_with("stat")
}

/// Does it give something new?
pub(super) fn gives(name: &str) -> bool {
    GIVE.contains(&name)
}
