//! Where the systems that are not Linux depart from POSIX.

use super::{Case, DOT, STALE};

pub(super) const CASES: &[Case] = &[
    (
        "macos",
        "macos/size-once",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 0) -> "ok"
        a: ftruncate(f, 16384) -> {"errno":"EINVAL"}"#,
    ),
    (
        "macos",
        "macos/size-in-pages",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 100) -> "ok"
        a: fstat(f) -> {"stat":{"size":16384,"mode":384,"uid":1000,"gid":1000}}"#,
    ),
    (
        "macos",
        "macos/size-readonly",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: g = shm_open("/x", RDONLY) -> {"fd":5}
        a: ftruncate(g, 16384) -> "ok""#,
    ),
    (
        "macos",
        "macos/no-truncating-open",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 16384) -> "ok"
        a: g = shm_open("/x", RDWR|TRUNC) -> {"errno":"EINVAL"}"#,
    ),
    (
        "macos",
        "macos/umask-ignored",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0666) -> {"fd":4}
        a: fstat(f) -> {"stat":{"size":0,"mode":438,"uid":1000,"gid":1000}}"#,
    ),
    (
        "macos",
        "macos/umask-ignored",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0666) -> {"fd":4}
        c: g = shm_open("/x", RDWR) -> {"fd":4}"#,
    ),
    (
        "macos",
        "macos/owner-let-in-by-other-bits",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0044) -> {"fd":4}
        a: g = shm_open("/x", RDONLY) -> {"fd":5}"#,
    ),
    ("macos", "macos/unlink-needs-write", UNLINK_OF_MODE_0),
    (
        "macos",
        "macos/no-execution",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 16384) -> "ok"
        a: mmap(f, 0, 16384, READ|EXEC, SHARED) -> {"errno":"EINVAL"}"#,
    ),
    ("macos", "macos/size-unlimited", SIZE_UNLIMITED),
    ("freebsd", "freebsd/private-beyond-end", PRIVATE_BEYOND_END),
    (
        "freebsd",
        "freebsd/private-beyond-end",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 16384) -> "ok"
        a: m = mmap(f, 0, 32768, READ|WRITE, PRIVATE) -> "ok"
        a: store(m, 0, 0x41, 1) -> "ok"
        a: load(m, 16384, 1) -> {"bytes":"00*1"}
        a: ftruncate(f, 32768) -> "ok"
        a: pwrite(f, 16384, 0x42, 1) -> {"value":1}
        a: load(m, 16384, 1) -> {"bytes":"00*1"}"#,
    ),
    ("freebsd", "freebsd/protect-over-holes", PROTECT_OVER_A_HOLE),
    (
        "freebsd",
        "freebsd/write-enomem",
        r#"b: limited_store(16384) -> "ok"
        b: f = create(1) -> {"fd":4}
        b: pwrite(f, 0, 0x41, 32768) -> {"errno":"ENOMEM"}"#,
    ),
    ("freebsd", "freebsd/private-pages-survive", COPY_OF_A_PAGE_THAT_IS_CUT_OFF),
    (
        "freebsd",
        "freebsd/private-pages-survive",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 16384) -> "ok"
        a: m = mmap(f, 0, 16384, READ|WRITE, PRIVATE) -> "ok"
        a: store(m, 0, 0x41, 1) -> "ok"
        a: ftruncate(f, 0) -> "ok"
        a: store(m, 1, 0x42, 1) -> "ok"
        a: load(m, 0, 3) -> {"bytes":"41*1 42*1 00*1"}"#,
    ),
    (
        "openbsd",
        "openbsd/refused-truncation-empties",
        r#"c: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        c: ftruncate(f, 100) -> "ok"
        b: g = shm_open("/x", RDWR|TRUNC) -> {"errno":"EPERM"}
        c: fstat(f) -> {"stat":{"size":0,"mode":384,"uid":1001,"gid":1001}}"#,
    ),
    (
        "netbsd",
        "netbsd/protection-as-mapped",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 16384) -> "ok"
        a: m = mmap(f, 0, 16384, READ, SHARED) -> "ok"
        a: mprotect(m, READ|WRITE) -> {"errno":"EACCES"}"#,
    ),
    ("dragonfly", "dragonfly/second-lowest-descriptor", r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":5}"#),
    (
        "macos",
        "macos/no-private-mappings",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 16384) -> "ok"
        a: m = mmap(f, 0, 16384, READ|WRITE, PRIVATE) -> {"errno":"EINVAL"}"#,
    ),
    (
        "macos",
        "macos/map-eperm",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 16384) -> "ok"
        a: g = shm_open("/x", RDONLY) -> {"fd":5}
        a: m = mmap(g, 0, 16384, READ|WRITE, SHARED) -> {"errno":"EPERM"}"#,
    ),
    (
        "macos",
        "macos/map-write-only",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 16384) -> "ok"
        a: g = shm_open("/x", WRONLY) -> {"fd":5}
        a: m = mmap(g, 0, 16384, READ|WRITE, SHARED) -> "ok""#,
    ),
    (
        "macos",
        "macos/map-within-the-size",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: m = mmap(f, 0, 16384, READ|WRITE, SHARED) -> {"errno":"EINVAL"}"#,
    ),
    ("macos", "macos/recv-leaks", LEAK),
    (
        "macos",
        "macos/address-space-unlimited",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 16384) -> "ok"
        a: rlimit(AS, 100) -> "ok"
        a: m = mmap(f, 0, 16384, READ|WRITE, SHARED) -> "ok""#,
    ),
    (
        "macos",
        "macos/forbidden-is-sigbus",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 16384) -> "ok"
        a: m = mmap(f, 0, 16384, READ, SHARED) -> "ok"
        a: store(m, 0, 0x5a, 1) -> {"signal":"SIGBUS"}"#,
    ),
    ("macos", "macos/recv-unmarked", UNMARKED),
    (
        "macos",
        "macos/recv-unmarked",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: send(c, f) -> "ok"
        c: recv(a, 0) -> {"received":{"fds":[],"truncated":false}}
        c: fds() -> {"value":1}"#,
    ),
    ("freebsd", "freebsd/recv-unmarked", UNMARKED),
    ("openbsd", "openbsd/recv-unmarked", UNMARKED),
    ("netbsd", "netbsd/recv-unmarked", UNMARKED),
    ("dragonfly", "dragonfly/recv-unmarked", UNMARKED),
    ("haiku", "haiku/recv-unmarked", UNMARKED),
    (
        "netbsd",
        "netbsd/write-all-or-nothing",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: sigignore(SIGXFSZ) -> "ok"
        a: rlimit(FSIZE, 100) -> "ok"
        a: pwrite(f, 95, 0x33, 10) -> {"errno":"EFBIG"}"#,
    ),
    (
        "dragonfly",
        "dragonfly/recv-leaks",
        r#"a: f = create(0) -> {"fd":4}
        a: send(c, f, f) -> "ok"
        c: g = recv(a, 1) -> {"received":{"fds":[4],"truncated":false}}
        c: fds() -> {"value":2}"#,
    ),
    ("dragonfly", "dragonfly/beyond-end-is-sigsegv", BEYOND_END),
    (
        "haiku",
        "haiku/no-signal-beyond-end",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 16384) -> "ok"
        a: m = mmap(f, 0, 16384, READ|WRITE, SHARED) -> "ok"
        a: ftruncate(f, 0) -> "ok"
        a: load(m, 0, 1) -> {"bytes":"00*1"}"#,
    ),
    (
        "haiku",
        "haiku/size-by-mode",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0) -> {"fd":4}
        a: ftruncate(f, 100) -> {"errno":"EPERM"}"#,
    ),
    (
        "haiku",
        "haiku/emfile-too-late",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 100) -> "ok"
        a: rlimit(NOFILE, 4) -> "ok"
        a: shm_open("/x", RDWR|TRUNC) -> {"errno":"EMFILE"}
        a: fstat(f) -> {"stat":{"size":0,"mode":384,"uid":1000,"gid":1000}}"#,
    ),
    ("freebsd", "freebsd/unlink-needs-read-write", UNLINK_OF_MODE_0),
    ("freebsd", "freebsd/size-unlimited", SIZE_UNLIMITED),
    ("freebsd", "freebsd/stale-bytes-past-end", STALE),
    ("openbsd", "openbsd/stale-bytes-past-end", STALE),
    ("openbsd", "openbsd/map-private-by-default", NEITHER),
    ("openbsd", "openbsd/unmap-nothing", UNMAP_NOTHING),
    (
        "openbsd",
        "openbsd/map-any-range",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: m = mmap(f, 9223372036854710272, 131072, READ|WRITE, SHARED) -> "ok""#,
    ),
    (
        "openbsd",
        "openbsd/shrink-loses-stores",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 16384) -> "ok"
        a: m = mmap(f, 0, 16384, READ|WRITE, SHARED) -> "ok"
        a: store(m, 0, 0x5a, 1) -> "ok"
        a: ftruncate(f, 100) -> "ok"
        a: load(m, 0, 1) -> {"bytes":"00*1"}"#,
    ),
    (
        "openbsd",
        "openbsd/no-sharing-between-users",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0666) -> {"fd":4}
        a: fstat(f) -> {"stat":{"size":0,"mode":384,"uid":1000,"gid":1000}}"#,
    ),
    (
        "openbsd",
        "openbsd/no-sharing-between-users",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0666) -> {"fd":4}
        c: g = shm_open("/x", RDONLY) -> {"errno":"EACCES"}"#,
    ),
    (
        "openbsd",
        "openbsd/owner-alone",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        b: g = shm_open("/x", RDONLY) -> {"errno":"EPERM"}"#,
    ),
    (
        "openbsd",
        "openbsd/unlink-eperm",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        c: shm_unlink("/x") -> {"errno":"EPERM"}"#,
    ),
    (
        "openbsd",
        "openbsd/recv-all-or-nothing",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: send(c, f, f) -> "ok"
        c: g = recv(a, 1) -> {"errno":"EMSGSIZE"}"#,
    ),
    ("netbsd", "netbsd/needs-a-tmpfs", r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"errno":"ENOTSUP"}"#),
    (
        "netbsd",
        "netbsd/unlink-eperm",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        c: shm_unlink("/x") -> {"errno":"EPERM"}"#,
    ),
    (
        "netbsd",
        "netbsd/map-write-only",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: g = shm_open("/x", WRONLY) -> {"fd":5}
        a: m = mmap(g, 0, 16384, WRITE, SHARED) -> "ok""#,
    ),
    ("netbsd", "netbsd/map-private-by-default", NEITHER),
    ("netbsd", "netbsd/unmap-nothing", UNMAP_NOTHING),
    ("netbsd", "netbsd/size-unlimited", SIZE_UNLIMITED),
    ("netbsd", "netbsd/stale-bytes-past-end", STALE),
    ("dragonfly", "dragonfly/map-private-by-default", NEITHER),
    ("dragonfly", "dragonfly/unmap-nothing", UNMAP_NOTHING),
    ("illumos", "illumos/size-unlimited", SIZE_UNLIMITED),
    ("illumos", "illumos/stale-bytes-past-end", STALE),
    ("cygwin", "cygwin/dot-opens-a-directory", DOT),
    (
        "cygwin",
        "cygwin/descriptors-do-not-travel",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: send(c, f) -> "ok"
        c: g = recv(a) -> {"received":{"fds":[],"truncated":false}}"#,
    ),
    (
        "cygwin",
        "cygwin/mapped-cannot-shrink",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 65536) -> "ok"
        a: m = mmap(f, 0, 65536, READ|WRITE, SHARED) -> "ok"
        a: ftruncate(f, 100) -> {"errno":"EACCES"}"#,
    ),
    (
        "cygwin",
        "cygwin/mapped-cannot-shrink",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 65536) -> "ok"
        a: m = mmap(f, 0, 65536, READ|WRITE, SHARED) -> "ok"
        a: shm_open("/x", RDWR|TRUNC) -> {"errno":"EACCES"}"#,
    ),
    ("haiku", "haiku/dot-opens-a-directory", DOT),
    ("haiku", "haiku/stale-bytes-past-end", STALE),
    (
        "haiku",
        "haiku/write-enomem",
        r#"b: limited_store(16384) -> "ok"
        b: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        b: pwrite(f, 0, 0x41, 32768) -> {"errno":"ENOMEM"}"#,
    ),
    (
        "haiku",
        "haiku/map-within-the-size",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: m = mmap(f, 0, 16384, READ|WRITE, SHARED) -> {"errno":"EINVAL"}"#,
    ),
    (
        "haiku",
        "haiku/protect-eperm",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 16384) -> "ok"
        a: g = shm_open("/x", RDONLY) -> {"fd":5}
        a: m = mmap(g, 0, 16384, READ, SHARED) -> "ok"
        a: mprotect(m, READ|WRITE) -> {"errno":"EPERM"}"#,
    ),
    (
        "haiku",
        "haiku/recv-all-or-nothing",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: send(c, f, f) -> "ok"
        c: g = recv(a, 1) -> {"errno":"EINVAL"}"#,
    ),
];

/// The object grows again, and the copy is as it was.
const COPY_OF_A_PAGE_THAT_IS_CUT_OFF: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: ftruncate(f, 16384) -> "ok"
    a: m = mmap(f, 0, 16384, READ|WRITE, PRIVATE) -> "ok"
    a: store(m, 0, 0x41, 1) -> "ok"
    a: ftruncate(f, 0) -> "ok"
    a: ftruncate(f, 16384) -> "ok"
    a: load(m, 0, 2) -> {"bytes":"41*1 00*1"}"#;

const PRIVATE_BEYOND_END: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: ftruncate(f, 16384) -> "ok"
    a: m = mmap(f, 0, 32768, READ|WRITE, PRIVATE) -> "ok"
    a: store(m, 16384, 0x41, 1) -> "ok"
    a: load(m, 16383, 3) -> {"bytes":"00*1 41*1 00*1"}"#;

const PROTECT_OVER_A_HOLE: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: ftruncate(f, 32768) -> "ok"
    a: m = mmap(f, 0, 32768, READ|WRITE, SHARED) -> "ok"
    a: munmap(m, 16384, 16384) -> "ok"
    a: mprotect(m, READ) -> "ok""#;

const UNLINK_OF_MODE_0: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0000) -> {"fd":4}
    a: shm_unlink("/x") -> {"errno":"EACCES"}"#;

const SIZE_UNLIMITED: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: rlimit(FSIZE, 4096) -> "ok"
    a: ftruncate(f, 8192) -> "ok""#;

const BEYOND_END: &str = r#"a: f = create(0) -> {"fd":4}
    a: m = mmap(f, 0, 16384, READ|WRITE, SHARED) -> "ok"
    a: load(m, 0, 1) -> {"signal":"SIGSEGV"}"#;

const UNMARKED: &str = r#"a: f = create(0) -> {"fd":4}
    a: send(c, f) -> "ok"
    c: recv(a, 0) -> {"received":{"fds":[],"truncated":false}}"#;

const LEAK: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: send(c, f, f) -> "ok"
    c: g = recv(a, 1) -> {"received":{"fds":[4],"truncated":true}}
    c: fds() -> {"value":2}"#;

const NEITHER: &str = r#"a: f = create(0) -> {"fd":4}
    a: m = mmap(f, 0, 16384, READ|WRITE, 0) -> "ok""#;

const UNMAP_NOTHING: &str = r#"a: f = create(0) -> {"fd":4}
    a: m = mmap(f, 0, 16384, READ|WRITE, SHARED) -> "ok"
    a: munmap(m, 0, 0) -> "ok""#;
