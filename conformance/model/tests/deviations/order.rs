//! Two errors at once: a platform whose order is known gives the first of them, and POSIX allows both.

use super::judged;
use rstest::rstest;
use shmconf_model::verdict::Verdict;

const FULL: &str = "a: rlimit(NOFILE, 4) -> \"ok\"\n";
const CLOSED: &str = "a: f = shm_open(\"/x\", RDWR|CREAT, 0600) -> {\"fd\":4}\na: close(f) -> \"ok\"\n";
const SIZED: &str = "a: f = shm_open(\"/x\", RDWR|CREAT, 0600) -> {\"fd\":4}\na: ftruncate(f, 16384) -> \"ok\"\n";
const LIMITED: &str = "a: f = shm_open(\"/x\", RDWR|CREAT, 0600) -> {\"fd\":4}\na: ftruncate(f, 16384) -> \"ok\"\n\
    a: sigignore(SIGXFSZ) -> \"ok\"\na: rlimit(FSIZE, 100) -> \"ok\"\n";
const LIMITED_AND_CLOSED: &str = "a: f = shm_open(\"/x\", RDWR|CREAT, 0600) -> {\"fd\":4}\na: close(f) -> \"ok\"\n\
    a: sigignore(SIGXFSZ) -> \"ok\"\na: rlimit(FSIZE, 100) -> \"ok\"\n";

/// What comes before, the call, the error that comes first, and the one that it hides.
#[rstest]
#[case("macos", FULL, r#"shm_open("/a23456789b123456789c123456789d1234", RDWR)"#, "ENAMETOOLONG", "EMFILE")]
#[case("macos", FULL, r#"shm_open("/x", RDWR)"#, "EMFILE", "ENOENT")]
#[case("macos", SIZED, r#"shm_open("/x", RDWR|CREAT|EXCL|TRUNC, 0600)"#, "EEXIST", "EINVAL")]
#[case("macos@15", LIMITED, "ftruncate(f, 200)", "EFBIG", "EINVAL")]
#[case("macos@15", LIMITED_AND_CLOSED, "ftruncate(f, 200)", "EFBIG", "EBADF")]
#[case("macos@15", LIMITED_AND_CLOSED, "ftruncate(f, -1)", "EINVAL", "EBADF")]
#[case("macos", CLOSED, "mmap(f, 0, 16384, READ, PRIVATE)", "EBADF", "EINVAL")]
#[case("macos", CLOSED, "pread(f, -1, 1)", "EBADF", "EINVAL")]
#[case("macos", SIZED, "pread(f, -1, 1)", "ESPIPE", "EINVAL")]
#[case("freebsd@13", FULL, r#"shm_open("x", RDWR)"#, "EMFILE", "EINVAL")]
#[case("freebsd@15", FULL, r#"shm_open("x", RDWR)"#, "EINVAL", "EMFILE")]
#[case("freebsd", CLOSED, "mmap(f, 0, 0, READ, SHARED)", "EINVAL", "EBADF")]
#[case("freebsd", "", r#"shm_unlink("/x")"#, "ENOENT", "EINVAL")]
#[case("freebsd", FULL, r#"shm_open("/x", WRONLY)"#, "EINVAL", "EMFILE")]
#[case("freebsd", FULL, r#"shm_open("/x", RDWR)"#, "EMFILE", "ENOENT")]
#[case("openbsd", FULL, r#"shm_open("/x", RDWR|APPEND)"#, "EINVAL", "EMFILE")]
#[case("openbsd", FULL, r#"shm_open("/x", RDWR)"#, "EMFILE", "ENOENT")]
#[case("openbsd", FULL, r#"shm_open("/x", RDONLY|TRUNC)"#, "EMFILE", "EINVAL")]
#[case("openbsd", "", r#"shm_open("/x", RDONLY|TRUNC)"#, "EINVAL", "ENOENT")]
#[case("openbsd", CLOSED, "ftruncate(f, -1)", "EBADF", "EINVAL")]
#[case("netbsd", FULL, r#"shm_open("x", RDWR)"#, "EINVAL", "EMFILE")]
#[case("netbsd", FULL, r#"shm_open("/x", RDWR)"#, "EMFILE", "ENOENT")]
#[case("linux-glibc", FULL, r#"shm_open("/a/b", RDWR)"#, "EINVAL", "EMFILE")]
#[case("linux-glibc", FULL, r#"shm_open("/x", RDWR)"#, "EMFILE", "ENOENT")]
#[case("linux-musl", FULL, r#"shm_open("/x", RDWR)"#, "EMFILE", "ENOENT")]
#[case("gvisor", FULL, r#"shm_open("/x", RDWR)"#, "ENOENT", "EMFILE")]
fn a_platform_gives_the_first_error(
    #[case] platform: &str,
    #[case] before: &str,
    #[case] call: &str,
    #[case] first: &str,
    #[case] hidden: &str,
) {
    let trace = |errno: &str| format!("{before}a: {call} -> {{\"errno\":\"{errno}\"}}");
    assert_eq!(judged(platform, &trace(hidden)).verdict, Verdict::Fail);
    assert_eq!(judged(platform, &trace(first)).violations, []);
}

/// Which of the two comes first changed in a release that is not known.
#[rstest]
#[case("EMFILE")]
#[case("EINVAL")]
fn where_the_release_is_not_known_any_order_may_be(
    #[case] errno: &str,
    #[values("freebsd", "freebsd@14")] platform: &str,
) {
    let trace = format!("{FULL}a: shm_open(\"x\", RDWR) -> {{\"errno\":\"{errno}\"}}");
    assert_eq!(judged(platform, &trace).verdict, Verdict::Pass);
}

/// Each is one of two things that are wrong with a call.
#[rstest]
#[case(FULL, r#"shm_open("/x", RDWR)"#, "EMFILE", "ENOENT")]
#[case(FULL, r#"shm_open("", RDWR)"#, "EMFILE", "EINVAL")]
#[case(CLOSED, "ftruncate(f, -1)", "EINVAL", "EBADF")]
#[case(CLOSED, "mmap(f, 0, 0, READ, SHARED)", "EINVAL", "EBADF")]
fn posix_has_no_order(#[case] before: &str, #[case] call: &str, #[case] one: &str, #[case] other: &str) {
    for errno in [one, other] {
        let trace = format!("{before}a: {call} -> {{\"errno\":\"{errno}\"}}");
        assert_eq!(judged("posix", &trace).verdict, Verdict::Pass, "{errno}");
    }
}

#[rstest]
#[case("ftruncate(f, -1)", "EINVAL", "EBADF")]
#[case("mmap(f, 0, 0, READ, SHARED)", "EBADF", "EINVAL")]
#[case("mmap(f, 1, 4096, READ, SHARED)", "EINVAL", "EBADF")]
fn linux_looks_at_a_closed_descriptor_in_its_place(#[case] call: &str, #[case] first: &str, #[case] hidden: &str) {
    let trace = |errno: &str| format!("{CLOSED}a: {call} -> {{\"errno\":\"{errno}\"}}");
    assert_eq!(judged("linux-glibc", &trace(first)).verdict, Verdict::Pass);
    assert_eq!(judged("linux-glibc", &trace(hidden)).verdict, Verdict::Fail);
}
