//! What the sources of macOS and of the BSDs say of calls at their edges.

use super::{assert_allowed, judged};
use rstest::rstest;

const SIZED: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: ftruncate(f, 32768) -> "ok""#;
const MAPPED: &str = r#"a: f = create(32768) -> {"fd":4}
    a: m = mmap(f, 0, 32768, READ|WRITE, SHARED) -> "ok""#;
const IN_PART: &str = r#"a: f = create(32768) -> {"fd":4}
    a: m = mmap(f, 0, 32768, READ|WRITE, SHARED) -> "ok"
    a: munmap(m, 16384, 16384) -> "ok""#;
const NOTHING_INSIDE_A_PAGE: &str = r#"a: f = create(32768) -> {"fd":4}
    a: m = mmap(f, 0, 32768, READ|WRITE, SHARED) -> "ok"
    a: munmap(m, 1, 0) -> "ok""#;
const NOTHING_BETWEEN_PAGES: &str = r#"a: f = create(32768) -> {"fd":4}
    a: m = mmap(f, 0, 32768, READ|WRITE, SHARED) -> "ok"
    a: munmap(m, 16384, 0) -> "ok""#;
const ZEROS_OVER_WRITTEN_BYTES: &str = r#"a: f = create(32768) -> {"fd":4}
    a: pwrite(f, 0, 0x77, 8) -> {"value":8}
    a: m = mmap(f, 0, 32768, READ|WRITE, SHARED) -> "ok"
    a: store(m, 0, 0, 4) -> "ok"
    a: ftruncate(f, 100) -> "ok""#;
const WRITTEN_ALONE: &str = r#"a: f = create(32768) -> {"fd":4}
    a: pwrite(f, 0, 0x41, 8) -> {"value":8}
    a: ftruncate(f, 100) -> "ok""#;
const LIMITED: &str = r#"a: sigignore(SIGXFSZ) -> "ok"
    a: f = create(10) -> {"fd":4}
    a: rlimit(FSIZE, 100) -> "ok""#;
const APPENDING: &str = r#"a: f = shm_open("/x", RDWR|CREAT|APPEND, 0600) -> {"fd":5}
    a: ftruncate(f, 10) -> "ok"
    a: write(f, 0x41, 1) -> {"value":1}"#;
const PRIVATE: &str = r#"a: f = create(16384) -> {"fd":4}
    a: m = mmap(f, 0, 32768, READ|WRITE, PRIVATE) -> "ok""#;
const SENT: &str = r#"a: f = create(10) -> {"fd":4}
    a: send(c, f, f, f) -> "ok""#;
const ONE_ARRIVED: &str = r#"{"received":{"fds":[4],"truncated":true}}"#;
const EXCLUDED: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: ftruncate(f, 10) -> "ok"
    a: setuid(1001) -> {"errno":"EPERM"}"#;

/// A call behind others, what came back, and whether that is allowed there.
#[rstest]
#[case("linux-glibc", IN_PART, "a: munmap(m, 16384, 16384)", r#""ok""#, true)]
#[case("linux-glibc", IN_PART, "a: munmap(m)", r#"{"errno":"EINVAL"}"#, false)]
#[case("openbsd", IN_PART, "a: munmap(m, 16384, 16384)", r#"{"errno":"EINVAL"}"#, true)]
#[case("openbsd", IN_PART, "a: munmap(m)", r#""ok""#, false)]
#[case("openbsd", IN_PART, "a: munmap(m, 0, 16384)", r#""ok""#, true)]
#[case("dragonfly", IN_PART, "a: munmap(m)", r#"{"errno":"EINVAL"}"#, true)]
#[case("openbsd", MAPPED, "a: munmap(m)", r#"{"errno":"EINVAL"}"#, false)]
#[case("openbsd", NOTHING_INSIDE_A_PAGE, "a: load(m, 0, 1)", r#"{"signal":"SIGSEGV"}"#, true)]
#[case("openbsd", NOTHING_INSIDE_A_PAGE, "a: load(m, 0, 1)", r#"{"bytes":"00*1"}"#, false)]
#[case("netbsd", NOTHING_INSIDE_A_PAGE, "a: load(m, 0, 1)", r#"{"bytes":"00*1"}"#, true)]
#[case("netbsd", NOTHING_INSIDE_A_PAGE, "a: load(m, 0, 1)", r#"{"signal":"SIGSEGV"}"#, false)]
#[case("netbsd", NOTHING_BETWEEN_PAGES, "a: load(m, 16383, 2)", r#"{"bytes":"00*2"}"#, true)]
#[case("freebsd", IN_PART, "a: mprotect(m, READ)", r#"{"errno":"ENOMEM"}"#, false)]
#[case("macos", IN_PART, "a: mprotect(m, READ)", r#""ok""#, false)]
#[case("openbsd", ZEROS_OVER_WRITTEN_BYTES, "a: load(m, 0, 4)", r#"{"bytes":"77*4"}"#, true)]
#[case("openbsd", ZEROS_OVER_WRITTEN_BYTES, "a: load(m, 0, 4)", r#"{"bytes":"00*4"}"#, true)]
#[case("openbsd", WRITTEN_ALONE, "a: pread(f, 0, 8)", r#"{"bytes":"77*8"}"#, false)]
#[case("openbsd", SIZED, "b: h = create(1)", r#"{"fd":4}"#, true)]
#[case("openbsd", SIZED, "a: fchmod(f, 01600)", r#""ok""#, false)]
#[case("openbsd", SIZED, "a: fchmod(f, 04600)", r#""ok""#, true)]
#[case("linux-glibc", SIZED, "a: fchmod(f, 02600)", r#"{"errno":"EPERM"}"#, false)]
#[case("netbsd", LIMITED, "a: pwrite(f, 200, 1, 0)", r#"{"errno":"EFBIG"}"#, true)]
#[case("netbsd", LIMITED, "a: pwrite(f, 200, 1, 0)", r#"{"value":0}"#, false)]
#[case("linux-glibc", LIMITED, "a: pwrite(f, 200, 1, 0)", r#"{"errno":"EFBIG"}"#, false)]
#[case("dragonfly", APPENDING, "a: fstat(f)", r#"{"stat":{"size":10,"mode":384,"uid":1000,"gid":1000}}"#, true)]
#[case("dragonfly", APPENDING, "a: fstat(f)", r#"{"stat":{"size":11,"mode":384,"uid":1000,"gid":1000}}"#, false)]
#[case("freebsd", PRIVATE, "a: load(m, 16384, 1)", r#"{"signal":"SIGBUS"}"#, true)]
#[case("freebsd", PRIVATE, "a: load(m, 16384, 1)", r#"{"bytes":"00*1"}"#, false)]
#[case("freebsd", PRIVATE, "a: store(m, 16384, 0x41, 1)", r#""ok""#, true)]
#[case("openbsd", PRIVATE, "a: store(m, 16384, 0x41, 1)", r#""ok""#, false)]
#[case("freebsd", SENT, "c: g = recv(a, 1)", ONE_ARRIVED, false)]
#[case("freebsd", SENT, "c: g = recv(a, 1)", r#"{"received":{"fds":[],"truncated":true}}"#, true)]
#[case("netbsd", SENT, "c: g = recv(a, 1)", ONE_ARRIVED, false)]
#[case("linux-glibc", SENT, "c: g = recv(a, 1)", ONE_ARRIVED, true)]
#[case("openbsd", SIZED, "a: mmap(f, 0, -16384, READ, SHARED)", r#"{"errno":"ENOMEM"}"#, true)]
#[case("netbsd", SIZED, "a: mmap(f, 9223372036854743040, 16384, READ, SHARED)", r#""ok""#, true)]
#[case("linux-glibc", SIZED, "a: mmap(f, 9223372036854759424, 16384, READ, SHARED)", r#""ok""#, false)]
#[case("openbsd", SIZED, "a: ftruncate(f, 8796093022207)", r#"{"errno":"EFBIG"}"#, false)]
#[case("openbsd", SIZED, "a: ftruncate(f, 9223372036854775807)", r#"{"errno":"EFBIG"}"#, true)]
#[case("netbsd", SIZED, "a: ftruncate(f, 9223372036854775807)", r#"{"errno":"EFBIG"}"#, true)]
#[case("netbsd", SIZED, "a: lseek(f, -32769, END)", r#"{"errno":"EINVAL"}"#, true)]
#[case("macos", EXCLUDED, r#"c: shm_open("/x", RDWR|TRUNC)"#, r#"{"errno":"EINVAL"}"#, true)]
#[case("macos", EXCLUDED, r#"c: shm_open("/x", RDWR|TRUNC)"#, r#"{"errno":"EACCES"}"#, false)]
fn an_edge_is_as_the_source_has_it(
    #[case] platform: &str,
    #[case] before: &str,
    #[case] call: &str,
    #[case] outcome: &str,
    #[case] allowed: bool,
) {
    assert_allowed(platform, &format!("{before}\n{call} -> {outcome}"), allowed);
}

/// FreeBSD copies a name in before it looks at its form.
#[test]
fn a_name_that_is_too_long_and_of_a_bad_form_is_too_long() {
    let name = "x".repeat(1100);
    for (call, errno, allowed) in
        [("shm_open", "ENAMETOOLONG", true), ("shm_open", "EINVAL", false), ("shm_unlink", "EINVAL", false)]
    {
        let flags = if call == "shm_open" { ", RDWR" } else { "" };
        let judgement = judged("freebsd", &format!("a: {call}(\"{name}\"{flags}) -> {{\"errno\":\"{errno}\"}}"));
        assert_eq!(judgement.violations.is_empty(), allowed, "{call} {errno}");
    }
}
