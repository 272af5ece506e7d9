//! What each platform makes of calls of which POSIX says little, and what the machine's room allows.

use super::{assert_allowed, event, judged, trace};
use rstest::rstest;
use shmconf_model::judge;
use shmconf_model::profile::Profile;
use shmconf_model::trace::Storage;
use shmconf_model::verdict::Verdict;

const NEW: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0666) -> {"fd":4}"#;
const SIZED: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: ftruncate(f, 16384) -> "ok""#;
const OTHERS_MAY_READ: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0644) -> {"fd":4}
    a: ftruncate(f, 16384) -> "ok""#;
const NOTHING: &str = r#"a: umask(0022) -> {"value":18}"#;
const RESET: &str = r#"b: g = create(10) -> {"fd":4}
    b: send(a, g) -> "ok"
    a: f = create(10) -> {"fd":4}
    a: send(b, f) -> "ok"
    b: exit(0) -> {"exited":0}
    a: h = recv(b) -> {"received":{"fds":[5],"truncated":false}}"#;
const RESET_ONCE: &str = r#"a: f = create(10) -> {"fd":4}
    a: send(b, f) -> "ok"
    b: exit(0) -> {"exited":0}
    a: recv(b) -> {"errno":"ECONNRESET"}"#;
const ALL_RECEIVED: &str = r#"a: f = create(10) -> {"fd":4}
    a: send(b, f) -> "ok"
    b: g = recv(a) -> {"received":{"fds":[4],"truncated":false}}
    b: exit(0) -> {"exited":0}"#;
const END: &str = r#"{"received":{"fds":[],"truncated":false}}"#;

/// A call behind others, what came back, and whether that is allowed there.
#[rstest]
#[case("linux-glibc", RESET, "a: recv(b)", r#"{"errno":"ECONNRESET"}"#, true)]
#[case("linux-glibc", RESET, "a: recv(b)", END, false)]
#[case("posix", RESET, "a: recv(b)", END, true)]
#[case("linux-glibc", RESET_ONCE, "a: recv(b)", END, true)]
#[case("linux-glibc", RESET_ONCE, "a: recv(b)", r#"{"errno":"ECONNRESET"}"#, false)]
#[case("linux-glibc", ALL_RECEIVED, "a: recv(b)", r#"{"errno":"ECONNRESET"}"#, false)]
#[case("freebsd", OTHERS_MAY_READ, r#"c: shm_open("/x", RDONLY|TRUNC)"#, r#"{"fd":4}"#, true)]
#[case("macos", OTHERS_MAY_READ, r#"c: shm_open("/x", RDONLY|TRUNC)"#, r#"{"errno":"EINVAL"}"#, true)]
#[case("macos", OTHERS_MAY_READ, r#"c: shm_open("/x", RDONLY|TRUNC)"#, r#"{"errno":"EACCES"}"#, false)]
#[case("linux-glibc", OTHERS_MAY_READ, r#"c: shm_open("/x", RDONLY|TRUNC)"#, r#"{"errno":"EACCES"}"#, true)]
#[case("linux-glibc", OTHERS_MAY_READ, r#"c: shm_open("/x", RDONLY|TRUNC)"#, r#"{"fd":4}"#, false)]
#[case("openbsd", NOTHING, r#"a: shm_open("/x", RDONLY|TRUNC)"#, r#"{"errno":"EINVAL"}"#, true)]
#[case("openbsd", NOTHING, r#"a: shm_open("/x", RDONLY|TRUNC)"#, r#"{"errno":"ENOENT"}"#, false)]
#[case("openbsd", NOTHING, r#"a: shm_open("/x", RDONLY|CREAT|TRUNC, 0600)"#, r#"{"errno":"EINVAL"}"#, true)]
#[case("openbsd", NEW, r#"a: shm_open("/x", RDONLY|CREAT|EXCL|TRUNC, 0600)"#, r#"{"errno":"EINVAL"}"#, true)]
#[case("dragonfly", NOTHING, r#"a: shm_open("/x", RDONLY|CREAT|TRUNC, 0600)"#, r#"{"errno":"EACCES"}"#, true)]
#[case("haiku", NEW, r#"a: shm_open("/x", RDONLY|TRUNC)"#, r#"{"errno":"EACCES"}"#, true)]
#[case("linux-glibc", NEW, "a: lseek(f, 9223372036854775807, SET)", r#"{"value":9223372036854775807}"#, true)]
#[case("linux-glibc", SIZED, "a: lseek(f, 9223372036854775807, END)", r#"{"errno":"EINVAL"}"#, true)]
#[case("freebsd", SIZED, "a: lseek(f, 9223372036854775807, END)", r#"{"errno":"EOVERFLOW"}"#, true)]
#[case("linux-glibc", SIZED, "a: pread(f, 9223372036854775807, 1)", r#"{"errno":"EINVAL"}"#, true)]
#[case("linux-glibc", SIZED, "a: pread(f, 9223372036854775807, 1)", r#"{"bytes":"empty"}"#, false)]
#[case("freebsd", SIZED, "a: pread(f, 9223372036854775807, 1)", r#"{"bytes":"empty"}"#, true)]
#[case("openbsd", SIZED, "a: pwrite(f, 4611686018427387904, 1, 1)", r#"{"errno":"EFBIG"}"#, true)]
#[case("netbsd", SIZED, "a: pwrite(f, 4611686018427387904, 1, 1)", r#"{"errno":"ENOSPC"}"#, true)]
#[case("linux-glibc", SIZED, "a: pwrite(f, 4611686018427387904, 1, 1)", r#"{"errno":"EFBIG"}"#, false)]
#[case("macos", SIZED, "a: pread(f, 0, 1)", r#"{"errno":"ESPIPE"}"#, true)]
#[case("macos", SIZED, "a: pread(f, 0, 1)", r#"{"errno":"ENXIO"}"#, false)]
#[case("macos", SIZED, "a: read(f, 1)", r#"{"errno":"ESPIPE"}"#, false)]
#[case("macos", NEW, "a: ftruncate(f, 9223372036854775807)", r#""ok""#, true)]
#[case("macos", NEW, r#"a: shm_open("/x", WRONLY|RDWR)"#, r#"{"errno":"EINVAL"}"#, true)]
#[case("macos", NEW, r#"a: shm_open("/x", WRONLY|RDWR)"#, r#"{"fd":5}"#, false)]
#[case("netbsd", NOTHING, r#"a: shm_open("x", RDWR)"#, r#"{"errno":"ENOTSUP"}"#, true)]
#[case("netbsd", NOTHING, r#"a: shm_unlink("x")"#, r#"{"errno":"ENOTSUP"}"#, true)]
#[case("netbsd", NEW, "a: ftruncate(f, 1000000000)", r#"{"errno":"ENOSPC"}"#, true)]
#[case("netbsd", NOTHING, r#"a: shm_open("//", RDWR|CREAT, 0600)"#, r#"{"errno":"EINVAL"}"#, true)]
#[case("netbsd", NOTHING, r#"a: shm_open(".", RDWR|CREAT, 0600)"#, r#"{"fd":4}"#, false)]
#[case("cygwin", NOTHING, r#"a: shm_open("//.", RDWR|CREAT, 0600)"#, r#"{"errno":"EACCES"}"#, true)]
#[case("netbsd", SIZED, "a: mmap(f, 0, 16384, WRITE|EXEC, SHARED)", r#"{"errno":"EACCES"}"#, true)]
#[case("openbsd", SIZED, "a: mmap(f, 0, 16384, WRITE|EXEC, SHARED)", r#"{"errno":"ENOTSUP"}"#, true)]
#[case("openbsd", SIZED, "a: mmap(f, 0, 16384, READ|EXEC, SHARED)", r#"{"errno":"ENOTSUP"}"#, false)]
#[case("freebsd", SIZED, "a: mmap(f, 0, 16384, READ|EXEC, SHARED)", r#"{"errno":"EPERM"}"#, false)]
#[case("posix", SIZED, "a: posix_fallocate(f, 0, 1)", r#"{"errno":"EINTR"}"#, true)]
fn a_platform_does_this_or_not(
    #[case] platform: &str,
    #[case] before: &str,
    #[case] call: &str,
    #[case] outcome: &str,
    #[case] allowed: bool,
) {
    assert_allowed(platform, &format!("{before}\n{call} -> {outcome}"), allowed);
}

/// Two descriptors that are sent at once, with a limit that they meet, or without.
#[rstest]
#[case("linux-glibc", "ETOOMANYREFS", true)]
#[case("openbsd", "EMFILE", true)]
#[case("netbsd", "EAGAIN", true)]
#[case("linux-glibc", "EMFILE", false)]
fn too_many_may_be_on_their_way(#[case] platform: &str, #[case] errno: &str, #[case] allowed: bool) {
    let send = format!(
        "a: f = create(1) -> {{\"fd\":4}}\na: rlimit(NOFILE, 20) -> \"ok\"\na: send(c, f) -> {{\"errno\":\"{errno}\"}}"
    );
    assert_eq!(judged(platform, &send).verdict != Verdict::Fail, allowed);
    assert_eq!(judged(platform, &send.replace("a: rlimit(NOFILE, 20) -> \"ok\"\n", "")).verdict, Verdict::Fail);
}

#[test]
fn a_send_may_wait_where_nobody_receives() {
    let send = "a: send(c, f) -> \"ok\"\n";
    let lines =
        |sent: usize| format!("a: f = create(1) -> {{\"fd\":4}}\n{}a: send(c, f) -> \"hang\"", send.repeat(sent));
    assert_eq!(judged("posix", &lines(280)).verdict, Verdict::Pass);
    assert_eq!(judged("posix", &lines(1)).verdict, Verdict::Fail);
}

/// A call on an object of 16 pages, what came back, and whether a store without room explains it. On Linux a load of a page that was
/// never stored into needs room, too: `shmem_fault` makes the page.
#[rstest]
#[case("store(m, 0, 0x41, 16384)", r#"{"signal":"SIGBUS"}"#, true)]
#[case("pwrite(f, 262144, 0x41, 1)", r#"{"errno":"ENOSPC"}"#, true)]
#[case("posix_fallocate(f, 0, 262144)", r#"{"errno":"ENOSPC"}"#, true)]
#[case(r#"shm_open("/y", RDWR|CREAT, 0600)"#, r#"{"errno":"ENOSPC"}"#, true)]
#[case("ftruncate(f, 1000000)", r#"{"errno":"ENOSPC"}"#, false)]
#[case("load(m, 0, 1)", r#"{"signal":"SIGBUS"}"#, true)]
#[case("load(m, 16384, 1)", r#"{"signal":"SIGBUS"}"#, false)]
fn a_full_store_is_known_by_what_the_trace_says_of_it(
    #[case] call: &str,
    #[case] outcome: &str,
    #[case] allowed: bool,
) {
    let lines = format!(
        "a: f = shm_open(\"/x\", RDWR|CREAT, 0600) -> {{\"fd\":4}}\na: ftruncate(f, 262144) -> \"ok\"\n\
         a: m = mmap(f, 0, 262144, READ|WRITE, SHARED) -> \"ok\"\na: store(m, 16384, 0x41, 1) -> \"ok\"\na: {call} -> {outcome}"
    );
    let profile = Profile::get("linux-glibc").expect("it is built in");
    let mut trace = trace(&lines);
    assert_eq!(judge::judge(&trace, &profile).verdict, Verdict::Fail, "nothing is known of the room");
    for (free_bytes, free_inodes, is_small) in [(4096, Some(0), true), (1 << 40, Some(1 << 20), false)] {
        trace.header.machine.store =
            Some(Storage { free_bytes, free_inodes, total_bytes: 1 << 41, ..Storage::default() });
        assert_eq!(judge::judge(&trace, &profile).violations.is_empty(), allowed && is_small);
    }
}

#[test]
fn a_line_of_a_test_is_a_call_and_its_outcome() {
    assert_eq!(event(1, r#"a: umask(0022) -> {"value":18}"#).line(), "a: umask(0022)");
}
