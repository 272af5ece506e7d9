//! Where FreeBSD, OpenBSD, NetBSD and DragonFly depart from POSIX.

use super::shared::{SIZE_UNLIMITED, UNLINK_OF_MODE_0, UNMARKED};
use super::{Case, STALE};

pub(super) const CASES: &[Case] = &[
    ("netbsd", "netbsd/private-pages-survive", COPY_OF_A_PAGE_THAT_IS_CUT_OFF),
    ("netbsd", "netbsd/sticky-is-eftype", STICKY),
    ("netbsd", "netbsd/setgid-is-eperm", SET_GROUP),
    ("netbsd", "netbsd/protect-over-holes", PROTECT_OVER_A_HOLE),
    (
        "netbsd,tmpfs=true",
        "netbsd/first-call-needs-a-descriptor",
        r#"a: rlimit(NOFILE, 4) -> "ok"
        a: shm_open("/x", RDWR|CREAT, 0600) -> {"errno":"ENOTSUP"}"#,
    ),
    (
        "netbsd",
        "netbsd/largest-offset-is-a-limit",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: pwrite(f, 9223372036854775807, 0x41, 1) -> {"signal":"SIGXFSZ"}"#,
    ),
    (
        "netbsd@10",
        "netbsd/lseek-stops-at-the-largest",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 1) -> "ok"
        a: lseek(f, 9223372036854775807, END) -> {"value":9223372036854775807}"#,
    ),
    ("netbsd", "netbsd/message-lost", LOST_MESSAGE),
    ("openbsd", "openbsd/private-pages-survive", COPY_OF_A_PAGE_THAT_IS_CUT_OFF),
    ("openbsd", "openbsd/sticky-is-eftype", STICKY),
    ("openbsd", "openbsd/setgid-is-eperm", SET_GROUP),
    (
        "openbsd",
        "openbsd/real-user-owns",
        r#"b: seteuid(1000) -> "ok"
        b: shm_open("/x", RDWR|CREAT|EXCL, 0600) -> {"errno":"EPERM"}
        a: f = shm_open("/x", RDWR) -> {"fd":4}"#,
    ),
    ("openbsd", "openbsd/protect-over-holes", PROTECT_OVER_A_HOLE),
    ("openbsd", "openbsd/unmap-whole-or-nothing", UNMAP_WHOLE),
    (
        "openbsd",
        "openbsd/unmap-nothing",
        r#"a: f = create(16384) -> {"fd":4}
        a: m = mmap(f, 0, 16384, READ|WRITE, SHARED) -> "ok"
        a: munmap(m, 1, 0) -> "ok"
        a: load(m, 0, 1) -> {"signal":"SIGSEGV"}"#,
    ),
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
    ("openbsd", "openbsd/msync-efault", MSYNC_EFAULT),
    ("netbsd", "netbsd/msync-efault", MSYNC_EFAULT),
    (
        "netbsd",
        "netbsd/mlock-einval",
        r#"a: f = create(32768) -> {"fd":4}
        a: m = mmap(f, 0, 32768, READ|WRITE, SHARED) -> "ok"
        a: munmap(m, 16384, 16384) -> "ok"
        a: mlock(m) -> {"errno":"EINVAL"}"#,
    ),
    (
        "netbsd",
        "netbsd/mlock-einval",
        r#"a: f = create(32768) -> {"fd":4}
        a: m = mmap(f, 0, 32768, READ|WRITE, SHARED) -> "ok"
        a: munmap(m, 16384, 16384) -> "ok"
        a: munlock(m) -> {"errno":"EINVAL"}"#,
    ),
    (
        "dragonfly",
        "dragonfly/msync-einval",
        r#"a: f = create(32768) -> {"fd":4}
        a: m = mmap(f, 0, 32768, READ|WRITE, SHARED) -> "ok"
        a: munmap(m, 16384, 16384) -> "ok"
        a: msync(m) -> {"errno":"EINVAL"}"#,
    ),
    (
        "freebsd",
        "freebsd/protection-as-mapped",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: ftruncate(f, 16384) -> "ok"
        a: m = mmap(f, 0, 16384, READ, SHARED) -> "ok"
        a: mprotect(m, READ|WRITE) -> {"errno":"EACCES"}"#,
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
    ("freebsd", "freebsd/recv-unmarked", UNMARKED),
    ("openbsd", "openbsd/recv-unmarked", UNMARKED),
    ("netbsd", "netbsd/recv-unmarked", UNMARKED),
    ("dragonfly", "dragonfly/recv-unmarked", UNMARKED),
    ("netbsd", "netbsd/write-all-or-nothing", WRITE_ALL_OR_NOTHING),
    (
        "dragonfly",
        "dragonfly/recv-leaks",
        r#"a: f = create(0) -> {"fd":4}
        a: send(c, f, f) -> "ok"
        c: g = recv(a, 1) -> {"received":{"fds":[4],"truncated":false}}
        c: fds() -> {"value":2}"#,
    ),
    ("dragonfly", "dragonfly/beyond-end-is-sigsegv", BEYOND_END),
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
    (
        "dragonfly",
        "dragonfly/size-unlimited",
        r#"a: f = create(1) -> {"fd":4}
        a: rlimit(FSIZE, 4096) -> "ok"
        a: ftruncate(f, 8192) -> "ok""#,
    ),
    ("dragonfly", "dragonfly/write-all-or-nothing", WRITE_ALL_OR_NOTHING),
    ("dragonfly", "dragonfly/unmap-whole-or-nothing", UNMAP_WHOLE),
    ("dragonfly", "dragonfly/names-are-paths", r#"a: shm_open("/x", RDWR|CREAT, 0600) -> {"errno":"EACCES"}"#),
    (
        "dragonfly",
        "dragonfly/another-place",
        r#"a: rlimit(NOFILE, 8) -> "ok"
        a: f = create(1) -> {"fd":4}
        a: g = dup(f) -> {"fd":5}
        a: h = dup(f) -> {"fd":6}
        a: i = dup(f) -> {"fd":7}
        a: shm_open("/x", RDWR|CREAT, 0600) -> {"errno":"ENOENT"}"#,
    ),
    (
        "dragonfly",
        "dragonfly/emfile-too-late",
        r#"a: rlimit(NOFILE, 8) -> "ok"
        a: f = create(1) -> {"fd":4}
        a: g = dup(f) -> {"fd":5}
        a: h = dup(f) -> {"fd":6}
        a: shm_open("/scx", RDWR|CREAT, 0600) -> {"errno":"EMFILE"}
        b: names() -> {"names":["/scx"]}"#,
    ),
    (
        "dragonfly",
        "dragonfly/eight-descriptors",
        r#"a: f = create(1) -> {"fd":4}
        a: rlimit(NOFILE, 4) -> "ok"
        a: g = dup(f) -> {"fd":5}"#,
    ),
];

const WRITE_ALL_OR_NOTHING: &str = r#"a: f = create(1) -> {"fd":4}
    a: sigignore(SIGXFSZ) -> "ok"
    a: rlimit(FSIZE, 100) -> "ok"
    a: pwrite(f, 95, 0x33, 10) -> {"errno":"EFBIG"}"#;

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

macro_rules! ten_times {
    ($text:expr) => {
        concat!($text, $text, $text, $text, $text, $text, $text, $text, $text, $text)
    };
}

/// The second message of two never arrives.
const LOST_MESSAGE: &str = concat!(
    r#"a: f = create(1) -> {"fd":4}
    a: send(c, f) -> "ok"
    a: send(c"#,
    ten_times!(ten_times!(", f, f, f, f, f, f")),
    r#") -> "ok"
    a: exit(0) -> {"exited":0}
    c: g = recv(a, 2) -> {"received":{"fds":[4],"truncated":false}}
    c: h = recv(a, 2) -> {"received":{"fds":[],"truncated":false}}"#
);

const MSYNC_EFAULT: &str = r#"a: f = create(32768) -> {"fd":4}
    a: m = mmap(f, 0, 32768, READ|WRITE, SHARED) -> "ok"
    a: munmap(m, 16384, 16384) -> "ok"
    a: msync(m) -> {"errno":"EFAULT"}"#;

const UNMAP_WHOLE: &str = r#"a: f = create(32768) -> {"fd":4}
    a: m = mmap(f, 0, 32768, READ|WRITE, SHARED) -> "ok"
    a: munmap(m, 16384, 16384) -> "ok"
    a: munmap(m) -> {"errno":"EINVAL"}"#;

const STICKY: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: fchmod(f, 01600) -> {"errno":"EFTYPE"}"#;

const SET_GROUP: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: fchmod(f, 02600) -> {"errno":"EPERM"}"#;

const BEYOND_END: &str = r#"a: f = create(0) -> {"fd":4}
    a: m = mmap(f, 0, 16384, READ|WRITE, SHARED) -> "ok"
    a: load(m, 0, 1) -> {"signal":"SIGSEGV"}"#;

const NEITHER: &str = r#"a: f = create(0) -> {"fd":4}
    a: m = mmap(f, 0, 16384, READ|WRITE, 0) -> "ok""#;

const UNMAP_NOTHING: &str = r#"a: f = create(0) -> {"fd":4}
    a: m = mmap(f, 0, 16384, READ|WRITE, SHARED) -> "ok"
    a: munmap(m, 0, 0) -> "ok""#;
