//! Where Linux, and what stands in the place of its kernel or its C library, departs from POSIX.

use super::{Case, DOT, STALE};

pub(super) const CASES: &[Case] = &[
    ("linux-glibc", "linux/dot-opens-a-directory", DOT),
    (
        "linux-glibc",
        "linux/protected-regular",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0666) -> {"fd":4}
        c: g = shm_open("/x", RDONLY|CREAT, 0666) -> {"errno":"EACCES"}"#,
    ),
    (
        "linux-glibc",
        "linux/memfd-mode",
        r#"a: f = create(4096) -> {"fd":4}
        a: fstat(f) -> {"stat":{"size":4096,"mode":511,"uid":1000,"gid":1000}}"#,
    ),
    ("linux-glibc", "linux/stale-bytes-past-end", STALE),
    (
        "linux-glibc",
        "linux/failed-mlock-locks",
        r#"a: f = create(32768) -> {"fd":4}
        a: rlimit(MEMLOCK, 32768) -> "ok"
        a: m = mmap(f, 0, 32768, READ|WRITE, SHARED) -> "ok"
        a: ftruncate(f, 16384) -> "ok"
        a: n = mmap(f, 0, 16384, READ|WRITE, SHARED) -> "ok"
        a: mlock(m) -> {"errno":"ENOMEM"}
        a: mlock(n) -> {"errno":"ENOMEM"}"#,
    ),
    (
        "linux-glibc",
        "linux/noexec",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 16384) -> "ok"
        a: mmap(f, 0, 16384, READ|EXEC, SHARED) -> {"errno":"EPERM"}"#,
    ),
    (
        "linux-musl",
        "musl/unlink-eperm",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        c: shm_unlink("/x") -> {"errno":"EPERM"}"#,
    ),
    ("gvisor", "gvisor/stale-bytes-past-end", STALE),
    (
        "gvisor",
        "gvisor/emfile-too-late",
        r#"a: rlimit(NOFILE, 4) -> "ok"
        a: shm_open("/x", RDWR|CREAT, 0600) -> {"errno":"EMFILE"}
        b: f = shm_open("/x", RDONLY) -> {"fd":4}"#,
    ),
    (
        "gvisor",
        "gvisor/emfile-too-late",
        r#"a: rlimit(NOFILE, 4) -> "ok"
        a: shm_open("/scx", RDWR|CREAT, 0600) -> {"errno":"EMFILE"}
        b: names() -> {"names":["/scx"]}"#,
    ),
    (
        "gvisor",
        "gvisor/emfile-too-late",
        r#"a: rlimit(NOFILE, 4) -> "ok"
        a: shm_open("/x", RDWR|CREAT, 0600) -> {"errno":"EMFILE"}
        b: shm_open("/x", RDWR|CREAT|EXCL, 0600) -> {"errno":"EEXIST"}"#,
    ),
    (
        "gvisor",
        "gvisor/emfile-too-late",
        r#"a: rlimit(NOFILE, 4) -> "ok"
        a: shm_open("/x", RDWR|CREAT, 0600) -> {"errno":"EMFILE"}
        a: shm_unlink("/x") -> "ok""#,
    ),
    (
        "gvisor",
        "gvisor/emfile-too-late",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 100) -> "ok"
        a: rlimit(NOFILE, 4) -> "ok"
        a: shm_open("/x", RDWR|TRUNC) -> {"errno":"EMFILE"}
        a: fstat(f) -> {"stat":{"size":0,"mode":384,"uid":1000,"gid":1000}}"#,
    ),
    (
        "gvisor",
        "gvisor/emfile-too-late",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 100) -> "ok"
        a: m = mmap(f, 0, 100, READ, SHARED) -> "ok"
        a: rlimit(NOFILE, 4) -> "ok"
        a: shm_open("/x", RDWR|TRUNC) -> {"errno":"EMFILE"}
        a: pread(f, 0, 1) -> {"bytes":"empty"}
        a: load(m, 0, 1) -> {"signal":"SIGBUS"}"#,
    ),
    (
        "gvisor",
        "gvisor/emfile-too-late",
        r#"a: rlimit(NOFILE, 0) -> "ok"
        a: create(1) -> {"errno":"EMFILE"}
        b: names() -> {"names":["/scx"]}"#,
    ),
    (
        "gvisor",
        "gvisor/emfile-too-late",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 100) -> "ok"
        a: rlimit(NOFILE, 4) -> "ok"
        a: reopen(f, RDWR|TRUNC) -> {"errno":"EMFILE"}
        a: fstat(f) -> {"stat":{"size":0,"mode":384,"uid":1000,"gid":1000}}"#,
    ),
    (
        "gvisor",
        "gvisor/future-write-ignored",
        r#"a: f = create(4096) -> {"fd":4}
a: fcntl(f, ADD_SEALS, FUTURE_WRITE) -> "ok"
a: pwrite(f, 0, 0x42, 1) -> {"value":1}"#,
    ),
    (
        "gvisor",
        "gvisor/limit-0-refuses-0",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: rlimit(FSIZE, 0) -> "ok"
        a: ftruncate(f, 0) -> {"signal":"SIGXFSZ"}"#,
    ),
    (
        "gvisor",
        "gvisor/limit-refuses-its-own-end",
        r#"a: sigignore(SIGXFSZ) -> "ok"
        a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: rlimit(FSIZE, 100) -> "ok"
        a: posix_fallocate(f, 0, 100) -> {"errno":"EFBIG"}"#,
    ),
    (
        "gvisor",
        "gvisor/recv-loses-silently",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: send(c, f, f) -> "ok"
        c: rlimit(NOFILE, 5) -> "ok"
        c: g = recv(a, 2) -> {"received":{"fds":[4],"truncated":false}}"#,
    ),
    (
        "qemu-user",
        "qemu-user/recv-leaks",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: send(c, f, f) -> "ok"
        c: g = recv(a, 1) -> {"received":{"fds":[4],"truncated":false}}
        c: fds() -> {"value":2}"#,
    ),
    (
        "qemu-user",
        "qemu-user/address-space-unlimited",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: rlimit(AS, 100) -> "ok"
        a: m = mmap(f, 0, 16384, READ|WRITE, SHARED) -> "ok""#,
    ),
    (
        "qemu-user",
        "qemu-user/far-offset-cut-off",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 4294983680) -> "ok"
        a: m = mmap(f, 4294967296, 16384, READ|WRITE, SHARED) -> "ok"
        a: store(m, 0, 0x31, 1) -> "ok"
        a: n = mmap(f, 0, 16384, READ, SHARED) -> "ok"
        a: load(n, 0, 1) -> {"bytes":"31*1"}"#,
    ),
    ("android", "android/no-shm-open", r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"errno":"ENOSYS"}"#),
];
