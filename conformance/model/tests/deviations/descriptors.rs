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
        "qemu-user",
        "qemu-user/protect-over-holes",
        r#"a: f = create(49152) -> {"fd":4}
        a: m = mmap(f, 0, 49152, READ|WRITE, SHARED) -> "ok"
        a: munmap(m, 16384, 16384) -> "ok"
        a: mprotect(m, READ) -> "ok""#,
    ),
    (
        "qemu-user",
        "qemu-user/msync-over-holes",
        r#"a: f = create(49152) -> {"fd":4}
        a: m = mmap(f, 0, 49152, READ|WRITE, SHARED) -> "ok"
        a: munmap(m, 16384, 16384) -> "ok"
        a: msync(m) -> "ok""#,
    ),
    (
        "qemu-user",
        "qemu-user/munlock-over-holes",
        r#"a: f = create(49152) -> {"fd":4}
        a: m = mmap(f, 0, 49152, READ|WRITE, SHARED) -> "ok"
        a: munmap(m, 16384, 16384) -> "ok"
        a: munlock(m) -> "ok""#,
    ),
    (
        "gvisor",
        "gvisor/mlock-efault",
        r#"a: f = create(32768) -> {"fd":4}
        a: m = mmap(f, 0, 32768, READ|WRITE, SHARED) -> "ok"
        a: ftruncate(f, 16384) -> "ok"
        a: mlock(m) -> {"errno":"EFAULT"}"#,
    ),
    (
        "gvisor",
        "gvisor/exec-drops-effective-user",
        r#"b: seteuid(1000) -> "ok"
        b: exec() -> "ok"
        b: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        b: fstat(f) -> {"stat":{"size":0,"mode":384,"uid":0,"gid":0}}"#,
    ),
    (
        "gvisor",
        "gvisor/exec-drops-effective-user",
        r#"b: seteuid(1000) -> "ok"
        b: exec() -> "ok"
        b: seteuid(1001) -> {"errno":"EPERM"}
        b: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        b: fstat(f) -> {"stat":{"size":0,"mode":384,"uid":0,"gid":0}}"#,
    ),
    (
        "gvisor",
        "gvisor/exec-seal-ignored",
        r#"a: f = create(10) -> {"fd":4}
        a: fchmod(f, 0600) -> "ok"
        a: fcntl(f, ADD_SEALS, EXEC) -> "ok"
        a: fchmod(f, 0700) -> "ok""#,
    ),
    (
        "gvisor",
        "gvisor/exec-drops-locks",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: fcntl(f, SETFD, 0) -> "ok"
        a: fcntl(f, SETLK, WRLCK) -> "ok"
        b: g = shm_open("/x", RDWR) -> {"fd":4}
        a: exec() -> "ok"
        b: fcntl(g, SETLK, WRLCK) -> "ok""#,
    ),
    (
        "gvisor",
        "gvisor/dupfd-emfile",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: rlimit(NOFILE, 30) -> "ok"
        a: fcntl(f, DUPFD, 30) -> {"errno":"EMFILE"}"#,
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
