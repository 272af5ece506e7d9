//! Each deviation, where it shows: a trace that its own platform allows for that reason, and POSIX does not.

mod audited;
mod bsd;
mod descriptors;
mod elsewhere;
mod linux;
mod order;
mod platforms;
mod shared;

use rstest::rstest;
use shmconf_model::judge;
use shmconf_model::outcome::Outcome;
use shmconf_model::profile::Profile;
use shmconf_model::script::Line;
use shmconf_model::trace::{Event, Trace};
use shmconf_model::verdict::{Judgement, Verdict};
use std::collections::BTreeSet;

/// An ordinary user, root, and another ordinary user.
const HEADER: &str = r#"{"format":"shmconf-trace/1","case":"my/trace","subject":"libc","platform":{"os":"","release":"",
"arch":"","libc":"","page_size":16384},"seed":7,"actors":[{"name":"a","uid":1000,"gid":1000,"umask":18,"fds":[0,1,2,3]},
{"name":"b","uid":0,"gid":0,"umask":18,"fds":[0,1,2,3]},{"name":"c","uid":1001,"gid":1001,"umask":18,"fds":[0,1,2,3]}]}"#;

/// A profile, a deviation of it, and a trace in which it shows.
type Case = (&'static str, &'static str, &'static str);

const DOT: &str = r#"a: f = shm_open("/.", RDONLY) -> {"fd":4}"#;

const STALE: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: ftruncate(f, 100) -> "ok"
    a: m = mmap(f, 0, 16384, READ|WRITE, SHARED) -> "ok"
    a: store(m, 200, 0x5a, 1) -> "ok"
    a: ftruncate(f, 16384) -> "ok"
    a: load(m, 200, 1) -> {"bytes":"5a*1"}"#;

fn cases() -> impl Iterator<Item = &'static Case> {
    let elsewhere = elsewhere::CASES.iter().chain(bsd::CASES).chain(descriptors::CASES);
    linux::CASES.iter().chain(elsewhere)
}

fn trace(lines: &str) -> Trace {
    let header = serde_json::from_str(HEADER).expect("it is a header");
    let events = lines.lines().map(str::trim).enumerate().map(|(at, line)| event(at as u64, line));
    Trace { header, events: events.collect(), others: Vec::new() }
}

/// A call and its outcome in JSON, behind an arrow.
fn event(at: u64, line: &str) -> Event {
    let (call, outcome) = line.split_once(" -> ").expect("an arrow parts them");
    let line: Line = call.parse().unwrap_or_else(|error| panic!("{call}: {error}"));
    let outcome: Outcome = serde_json::from_str(outcome).unwrap_or_else(|error| panic!("{outcome}: {error}"));
    Event {
        actor: line.who.stem,
        bind: line.bind,
        call: line.call,
        outcome,
        fds: None,
        unjudged: None,
        waits: false,
        start: at * 1000,
        end: at * 1000 + 500,
    }
}

fn judged(profile: &str, lines: &str) -> Judgement {
    judge::judge(&trace(lines), &Profile::get(profile).expect("it is built in"))
}

/// The profile allows every call of a trace as it came out, or does not.
#[track_caller]
fn assert_allowed(profile: &str, lines: &str, allowed: bool) {
    let judgement = judged(profile, lines);
    assert_eq!(judgement.violations.is_empty(), allowed, "{judgement:#?}");
}

#[test]
fn a_deviation_is_the_reason_where_it_shows() {
    for (profile, id, lines) in cases() {
        let judgement = judged(profile, lines);
        assert_eq!(judgement.verdict, Verdict::Deviation, "{id}: {judgement:#?}");
        assert_eq!(judgement.deviations, BTreeSet::from([(*id).to_owned()]));
    }
}

#[test]
fn posix_does_not_allow_what_deviates() {
    for (_, id, lines) in cases() {
        assert_eq!(judged("posix", lines).verdict, Verdict::Fail, "{id}");
    }
}

#[test]
fn every_deviation_shows_somewhere() {
    let shown: BTreeSet<&str> = cases().map(|(_, id, _)| *id).collect();
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

const EMFILE_FOR_WANT_OF_A_NAME_TOO: &str = r#"a: rlimit(NOFILE, 4) -> "ok"
    a: shm_open("/scx", RDWR) -> {"errno":"EMFILE"}
    b: names() -> {"names":[]}"#;

const EMFILE_WITHOUT_A_TRACE: &str = r#"a: rlimit(NOFILE, 4) -> "ok"
    a: shm_open("/scx", RDWR|CREAT, 0600) -> {"errno":"EMFILE"}
    b: names() -> {"names":[]}"#;

/// A signal comes when the storage is there, and before the call ends.
const RESERVED_AND_INTERRUPTED: &str = r#"a: f = create(0) -> {"fd":4}
    a: alarm(1) -> "ok"
    a: posix_fallocate(f, 0, 16384) -> {"errno":"EINTR"}
    a: pread(f, 0, 2) -> {"bytes":"00*2"}"#;

const SHRINKING_REFUSED: &str = r#"a: sigignore(SIGXFSZ) -> "ok"
    a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: ftruncate(f, 300) -> "ok"
    a: rlimit(FSIZE, 100) -> "ok"
    a: ftruncate(f, 200) -> {"errno":"EFBIG"}"#;

const CUT_SHORT_AND_MARKED: &str = r#"a: f = shm_open("/x", RDWR|CREAT, 0600) -> {"fd":4}
    a: send(c, f, f) -> "ok"
    c: g = recv(a, 1) -> {"received":{"fds":[4],"truncated":true}}
    c: fds() -> {"value":1}"#;

/// A platform is held to its departure, too: it does not do now this and now that.
#[rstest]
#[case("gvisor", EMFILE_FOR_WANT_OF_A_NAME_TOO, Verdict::Fail)]
#[case("linux-glibc", EMFILE_FOR_WANT_OF_A_NAME_TOO, Verdict::Pass)]
#[case("gvisor", EMFILE_WITHOUT_A_TRACE, Verdict::Fail)]
#[case("linux-glibc", EMFILE_WITHOUT_A_TRACE, Verdict::Pass)]
#[case("posix", SHRINKING_REFUSED, Verdict::Pass)]
#[case("gvisor", SHRINKING_REFUSED, Verdict::Pass)]
#[case("linux-glibc", SHRINKING_REFUSED, Verdict::Fail)]
#[case("posix", RESERVED_AND_INTERRUPTED, Verdict::Pass)]
#[case("gvisor", RESERVED_AND_INTERRUPTED, Verdict::Pass)]
#[case("linux-glibc", RESERVED_AND_INTERRUPTED, Verdict::Fail)]
#[case("qemu-user", CUT_SHORT_AND_MARKED, Verdict::Fail)]
#[case("gvisor", CUT_SHORT_AND_MARKED, Verdict::Pass)]
fn a_platform_does_what_its_rules_say_and_nothing_else(
    #[case] profile: &str,
    #[case] lines: &str,
    #[case] verdict: Verdict,
) {
    assert_eq!(judged(profile, lines).verdict, verdict);
}
