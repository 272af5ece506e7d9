//! Deviations of calls on descriptors, and on what an object is beside its size.

use super::Case;

pub(super) const CASES: &[Case] = &[
    (
        "linux-musl",
        "musl/opens-nonblocking",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: fcntl(f, GETFL) -> {"access":"RDWR|NONBLOCK"}
        a: fcntl(f, SETFL, 0) -> "ok"
        a: fcntl(f, GETFL) -> {"access":"RDWR"}"#,
    ),
    (
        "macos",
        "macos/status-enotty",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: fcntl(f, SETFL, NONBLOCK) -> {"errno":"ENOTTY"}
        a: fcntl(f, GETFL) -> {"access":"RDWR|NONBLOCK"}"#,
    ),
    (
        "macos",
        "macos/no-locks",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: fcntl(f, SETLK, WRLCK) -> {"errno":"EBADF"}"#,
    ),
    (
        "freebsd",
        "freebsd/no-locks",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: fcntl(f, SETLK, RDLCK) -> {"errno":"EBADF"}"#,
    ),
    (
        "freebsd",
        "freebsd/anyone-takes-over",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0644) -> {"fd":4}
        c: g = shm_open("/x", RDONLY) -> {"fd":4}
        c: fchown(g, 1001, 1001) -> "ok"
        a: fstat(f) -> {"stat":{"size":0,"mode":420,"uid":1001,"gid":1001}}"#,
    ),
    (
        "freebsd",
        "freebsd/append-ignored",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 10) -> "ok"
        a: fcntl(f, SETFL, APPEND) -> "ok"
        a: write(f, 0x41, 5) -> {"value":5}
        a: fstat(f) -> {"stat":{"size":10,"mode":384,"uid":1000,"gid":1000}}"#,
    ),
];
