//! Where macOS, illumos, Cygwin and Haiku depart from POSIX.

use super::shared::{SIZE_UNLIMITED, UNLINK_OF_MODE_0, UNMARKED};
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
    ("haiku", "haiku/recv-unmarked", UNMARKED),
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

const LEAK: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: send(c, f, f) -> "ok"
    c: g = recv(a, 1) -> {"received":{"fds":[4],"truncated":true}}
    c: fds() -> {"value":2}"#;
