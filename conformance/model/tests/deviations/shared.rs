//! Traces in which deviations of several systems show.

pub(super) const UNLINK_OF_MODE_0: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0000) -> {"fd":4}
    a: shm_unlink("/x") -> {"errno":"EACCES"}"#;

pub(super) const SIZE_UNLIMITED: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: rlimit(FSIZE, 4096) -> "ok"
    a: ftruncate(f, 8192) -> "ok""#;

pub(super) const UNMARKED: &str = r#"a: f = create(0) -> {"fd":4}
    a: send(c, f) -> "ok"
    c: recv(a, 0) -> {"received":{"fds":[],"truncated":false}}"#;
