//! Each deviation, where it shows: a trace that its own platform allows for that reason, and POSIX does not.

use rstest::rstest;
use shmconf::judge;
use shmconf::outcome::Outcome;
use shmconf::profile::Profile;
use shmconf::script::Script;
use shmconf::trace::{Event, Trace};
use shmconf::verdict::{Judgement, Verdict};
use std::collections::BTreeSet;

/// An ordinary user, root, and another ordinary user.
const HEADER: &str = r#"{"format":"shmconf-trace/1","case":"my/trace","subject":"libc","platform":{"os":"","release":"",
"arch":"","libc":"","page_size":16384},"seed":7,"actors":[{"name":"a","uid":1000,"gid":1000,"umask":18,"fds":[0,1,2,3]},
{"name":"b","uid":0,"gid":0,"umask":18,"fds":[0,1,2,3]},{"name":"c","uid":1001,"gid":1001,"umask":18,"fds":[0,1,2,3]}]}"#;

/// A profile, a deviation of it, and a trace in which it shows.
type Case = (&'static str, &'static str, &'static str);

const CASES: &[Case] = &[
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
        "linux-musl",
        "musl/unlink-eperm",
        r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        c: shm_unlink("/x") -> {"errno":"EPERM"}"#,
    ),
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
    ("freebsd", "freebsd/unlink-needs-read-write", UNLINK_OF_MODE_0),
    ("freebsd", "freebsd/size-unlimited", SIZE_UNLIMITED),
    ("freebsd", "freebsd/stale-bytes-past-end", STALE),
    ("gvisor", "gvisor/stale-bytes-past-end", STALE),
    ("openbsd", "openbsd/stale-bytes-past-end", STALE),
    ("openbsd", "openbsd/map-private-by-default", NEITHER),
    ("openbsd", "openbsd/unmap-nothing", UNMAP_NOTHING),
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
    ("dragonfly", "dragonfly/map-private-by-default", NEITHER),
    ("dragonfly", "dragonfly/unmap-nothing", UNMAP_NOTHING),
    ("netbsd", "netbsd/size-unlimited", SIZE_UNLIMITED),
    ("netbsd", "netbsd/stale-bytes-past-end", STALE),
    ("illumos", "illumos/size-unlimited", SIZE_UNLIMITED),
    ("illumos", "illumos/stale-bytes-past-end", STALE),
    ("cygwin", "cygwin/dot-opens-a-directory", DOT),
    ("haiku", "haiku/dot-opens-a-directory", DOT),
    ("haiku", "haiku/stale-bytes-past-end", STALE),
    (
        "haiku",
        "haiku/write-enomem",
        r#"a: small_store(16384) -> "ok"
        a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
        a: pwrite(f, 0, 0x41, 32768) -> {"errno":"ENOMEM"}"#,
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
    ("android", "android/no-shm-open", r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"errno":"ENOSYS"}"#),
];

const UNLINK_OF_MODE_0: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0000) -> {"fd":4}
    a: shm_unlink("/x") -> {"errno":"EACCES"}"#;

const DOT: &str = r#"a: f = shm_open("/.", RDONLY) -> {"fd":4}"#;

const SIZE_UNLIMITED: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: rlimit(FSIZE, 4096) -> "ok"
    a: ftruncate(f, 8192) -> "ok""#;

const LEAK: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: send(c, f, f) -> "ok"
    c: g = recv(a, 1) -> {"received":{"fds":[4],"truncated":true}}
    c: fds() -> {"value":2}"#;

const NEITHER: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: m = mmap(f, 0, 16384, READ|WRITE, 0) -> "ok""#;

const UNMAP_NOTHING: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: m = mmap(f, 0, 16384, READ|WRITE, SHARED) -> "ok"
    a: munmap(m, 0, 0) -> "ok""#;

const STALE: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: ftruncate(f, 100) -> "ok"
    a: m = mmap(f, 0, 16384, READ|WRITE, SHARED) -> "ok"
    a: store(m, 200, 0x5a, 1) -> "ok"
    a: ftruncate(f, 16384) -> "ok"
    a: load(m, 200, 1) -> {"bytes":"5a*1"}"#;

fn trace(lines: &str) -> Trace {
    let header = serde_json::from_str(HEADER).expect("it is a header");
    let events = lines.lines().map(str::trim).enumerate().map(|(at, line)| event(at as u64, line));
    Trace { header, events: events.collect() }
}

/// A call and its outcome in JSON, behind an arrow.
fn event(at: u64, line: &str) -> Event {
    let (call, outcome) = line.split_once(" -> ").expect("an arrow parts them");
    let script: Script =
        format!("# my/trace\n# A line.\n{call}\n").parse().unwrap_or_else(|error| panic!("{call}: {error}"));
    let line = script.steps[0].lines()[0].clone();
    let outcome: Outcome = serde_json::from_str(outcome).unwrap_or_else(|error| panic!("{outcome}: {error}"));
    Event { actor: line.who.stem, bind: line.bind, call: line.call, outcome, start: at * 1000, end: at * 1000 + 500 }
}

fn judged(profile: &str, lines: &str) -> Judgement {
    judge::judge(&trace(lines), &Profile::get(profile).expect("it is built in"))
}

#[test]
fn a_deviation_is_the_reason_where_it_shows() {
    for (profile, id, lines) in CASES {
        let judgement = judged(profile, lines);
        assert_eq!(judgement.verdict, Verdict::Deviation, "{id}: {judgement:#?}");
        assert_eq!(judgement.deviations, BTreeSet::from([(*id).to_owned()]));
    }
}

#[test]
fn posix_does_not_allow_what_deviates() {
    for (_, id, lines) in CASES {
        assert_eq!(judged("posix", lines).verdict, Verdict::Fail, "{id}");
    }
}

#[test]
fn every_deviation_shows_somewhere() {
    let shown: BTreeSet<&str> = CASES.iter().map(|(_, id, _)| *id).collect();
    let profiles: Vec<Profile> = Profile::ids().map(|id| Profile::get(id).expect("it is built in")).collect();
    let known: BTreeSet<&str> =
        profiles.iter().flat_map(|profile| &profile.deviations).map(|deviation| deviation.id.as_str()).collect();
    assert_eq!(shown, known);
}

#[rstest]
#[case::owner_unlinks(
    r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: shm_unlink("/x") -> "ok""#
)]
#[case::other_user_is_refused(
    r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    c: shm_unlink("/x") -> {"errno":"EACCES"}"#
)]
#[case::truncating_what_is_empty(
    r#"a: f = shm_open("/x", RDWR|CREAT, 0666) -> {"fd":4}
    a: g = shm_open("/x", RDWR|TRUNC) -> {"fd":5}"#
)]
#[case::whole_pages(
    r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: ftruncate(f, 16384) -> "ok"
    a: fstat(f) -> {"stat":{"size":16384,"mode":384,"uid":1000,"gid":1000}}"#
)]
fn what_posix_allows_too_is_no_deviation(#[case] lines: &str, #[values("macos", "freebsd")] profile: &str) {
    assert_eq!(judged(profile, lines).verdict, Verdict::Pass);
}
