//! What the other platforms would have made of stored traces, and of real ones.

mod catalogue;
mod written;

use rstest::rstest;
use shmconf::portability::{Other, differences, elsewhere, platforms};
use shmconf::profile::{Circumstances, Profile};
use shmconf::trace::{Header, Trace};
use shmconf::verdict::{Certainty, Difference};
use std::process::Command;

const QEMU: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/portability/qemu-sequence.jsonl");

fn stored(file: &str) -> Trace {
    let path = format!("{}/../model/golden/{file}.jsonl", env!("CARGO_MANIFEST_DIR"));
    Trace::read(std::fs::read(path).expect("it is there").as_slice()).expect("it is a trace")
}

/// A trace by an ordinary user.
fn trace(events: &[(&str, &str)]) -> Trace {
    written::trace("size/mine", 1000, events)
}

fn on(profile: &str, trace: &Trace) -> Vec<Difference> {
    let other = Other::new(Profile::get(profile).expect("it is built in")).expect("it varies as it says");
    differences(trace, &home(trace), &other)
}

/// The rules of the platform that a trace is from, as it was set.
fn home(trace: &Trace) -> Profile {
    let Header { platform, machine, .. } = &trace.header;
    Profile::under(Profile::id_for(platform), &Circumstances::of(platform, machine)).expect("it is built in")
}

const OPEN: &str =
    r#""bind":["f"],"call":{"call":"shm_open","name":"/sc4f2x9k1m0qa","flags":"RDWR|CREAT|EXCL","mode":384}"#;
const GROW: &str = r#""call":{"call":"ftruncate","fd":"f","size":8192}"#;
const RESERVE: &str = r#""call":{"call":"posix_fallocate","fd":"f","offset":0,"len":8192}"#;

/// What `shmconf judge -p all` says of it behind the verdicts.
#[test]
fn qemu_s_own_sequence_fails_where_a_mode_0_object_cannot_be_unlinked() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmconf"));
    let output = command.args(["judge", QEMU, "-p", "all"]).env("NO_COLOR", "1").output().expect("it starts");
    assert_eq!(output.status.code(), Some(0), "it conforms at home");
    let text = String::from_utf8(output.stdout).expect("it is text");
    let at = text.find("examples/qemu-sequence on the other platforms").expect("platforms differ");
    let timeless: Vec<&str> = text[at..].lines().map(|line| line.split(", in ").next().unwrap_or_default()).collect();
    insta::assert_snapshot!(timeless.join("\n"));
}

#[test]
fn a_platform_agrees_with_what_was_seen_on_itself() {
    let trace = trace(&[(OPEN, r#"{"fd":4}"#), (GROW, r#""ok""#), (GROW, r#""ok""#)]);
    assert_eq!(on("linux-glibc", &trace), []);
}

#[test]
fn the_number_of_a_descriptor_is_no_difference() {
    let trace = trace(&[(OPEN, r#"{"fd":9}"#)]);
    assert_eq!(on("linux-glibc", &trace), []);
}

/// What differs, as `CALL OUTCOMES CONDITION`.
fn told(differences: &[Difference]) -> Vec<String> {
    let outcomes = |found: &Difference| found.there.iter().map(|there| there.outcome.clone()).collect::<Vec<_>>();
    let tell = |found: &Difference| format!("{} {} {}", found.event, outcomes(found).join("|"), found.under);
    differences.iter().map(tell).map(|told| told.trim_end().to_owned()).collect()
}

const STAT: &str = r#""call":{"call":"fstat","fd":"f"}"#;

#[test]
fn what_follows_from_a_difference_is_not_said_again() {
    let shrink = r#""call":{"call":"ftruncate","fd":"f","size":4096}"#;
    let seen = r#"{"stat":{"size":4096,"mode":384,"uid":1000,"gid":1000}}"#;
    let trace = trace(&[(OPEN, r#"{"fd":4}"#), (GROW, r#""ok""#), (shrink, r#""ok""#), (STAT, seen)]);
    assert_eq!(told(&on("macos@15,page_size=4096", &trace)), ["2 EINVAL"]);
}

#[test]
fn what_could_not_be_called_there_is_compared_as_if_it_could() {
    let flags = OPEN.replace("RDWR|CREAT|EXCL", "RDWR|CREAT|EXCL|CLOEXEC");
    let twice = [(&*flags, r#"{"fd":4}"#), (GROW, r#""ok""#), (GROW, r#""ok""#)];
    assert_eq!(told(&on("macos@26.4", &trace(&twice))), ["0 EINVAL", "2 EINVAL"]);
}

const MEMFD: &str = r#""bind":["f"],"call":{"call":"memfd_create","name":"a","flags":"CLOEXEC"}"#;
const MEMFD_STAT: &str = r#"{"stat":{"size":8192,"mode":511,"uid":1000,"gid":1000}}"#;

#[test]
fn a_label_that_was_bound_before_stands_for_nothing_where_what_binds_it_again_fails() {
    let dup = r#""bind":["g"],"call":{"call":"dup","fd":"f"}"#;
    let (reopen, close) =
        (r#""bind":["g"],"call":{"call":"reopen","fd":"f","flags":"RDONLY"}"#, r#""call":{"call":"close","fd":"g"}"#);
    let fd = r#"{"fd":6}"#;
    let trace = trace(&[(MEMFD, r#"{"fd":4}"#), (dup, fd), (close, r#""ok""#), (reopen, fd), (close, r#""ok""#)]);
    let found = on("freebsd", &trace);
    assert!(found.iter().any(|found| found.event == 3) && found.iter().all(|found| found.event < 4), "{found:?}");
}

#[test]
fn where_there_are_no_memfds_the_object_is_compared_that_programs_make_instead() {
    let trace = trace(&[(MEMFD, r#"{"fd":4}"#), (GROW, r#""ok""#), (STAT, MEMFD_STAT), (GROW, r#""ok""#)]);
    let told = told(&on("macos@15,page_size=4096", &trace));
    assert_eq!(told, ["0 ENOSYS", "3 EINVAL"]);
}

#[test]
fn a_lock_that_a_platform_refuses_is_in_nobodys_way() {
    let lock = r#""call":{"call":"fcntl_setlk","fd":"f","lock":"WRLCK"}"#;
    let flock = r#""call":{"call":"flock","fd":"f","lock":"EX"}"#;
    let trace = trace(&[(OPEN, r#"{"fd":4}"#), (GROW, r#""ok""#), (lock, r#""ok""#), (flock, r#""ok""#)]);
    assert_eq!(told(&on("macos@15", &trace)), ["2 EBADF", "3 ENOTSUP"]);
}

#[test]
fn a_difference_of_the_mode_rests_on_what_is_said_of_modes() {
    let trace = trace(&[(MEMFD, r#"{"fd":4}"#), (GROW, r#""ok""#), (STAT, MEMFD_STAT)]);
    let found = on("freebsd", &trace);
    let stat = found.iter().find(|difference| difference.event == 2).expect("the mode differs");
    assert_eq!(stat.there[0].justifications[0].clause.to_string(), "memfd_create:9");
}

#[test]
fn a_page_has_the_size_that_it_has_there() {
    let map = r#""bind":["m"],"call":{"call":"mmap","fd":"f","offset":4096,"len":4096,"prot":"READ","flags":"SHARED"}"#;
    let trace = trace(&[(OPEN, r#"{"fd":4}"#), (GROW, r#""ok""#), (map, r#""ok""#)]);
    assert_eq!(told(&on("cygwin", &trace)), ["2 EINVAL"]);
    assert_eq!(told(&on("linux-glibc", &trace)), ["2 EINVAL with pages of 16384 or 65536 bytes"]);
}

#[test]
fn what_goes_on_as_if_it_had_been_made_has_the_pages_of_the_platform() {
    let map = r#""bind":["m"],"call":{"call":"mmap","fd":"f","offset":0,"len":4096,"prot":"READ","flags":"PRIVATE"}"#;
    let protect = r#""call":{"call":"mprotect","map":"m","prot":"READ|WRITE"}"#;
    let trace = trace(&[(OPEN, r#"{"fd":4}"#), (GROW, r#""ok""#), (map, r#""ok""#), (protect, r#""ok""#)]);
    for pages in ["4096", "16384"] {
        assert_eq!(told(&on(&format!("macos@15,page_size={pages}"), &trace)), ["2 EINVAL"], "pages of {pages}");
    }
}

#[test]
fn each_size_of_a_page_that_a_platform_may_have_is_told() {
    let sized = |bytes: &str| {
        let grow = GROW.replace("8192", bytes);
        let seen = format!(r#"{{"stat":{{"size":{bytes},"mode":384,"uid":1000,"gid":1000}}}}"#);
        let map =
            r#""bind":["m"],"call":{"call":"mmap","fd":"f","offset":0,"len":16384,"prot":"READ","flags":"SHARED"}"#;
        let trace = trace(&[(OPEN, r#"{"fd":4}"#), (&grow, r#""ok""#), (STAT, &seen), (map, r#""ok""#)]);
        told(&on("macos@15", &trace))
    };
    let whole =
        ["2 size 16384 mode 0600 uid 1000 gid 1000 with pages of 16384 bytes", "3 EINVAL with pages of 4096 bytes"];
    assert_eq!(sized("4096"), whole);
    let odd = [
        "2 size 8192 mode 0600 uid 1000 gid 1000",
        "2 size 16384 mode 0600 uid 1000 gid 1000 with pages of 16384 bytes",
        "3 EINVAL with pages of 4096 bytes",
    ];
    assert_eq!(sized("5000"), odd);
    assert_eq!(sized("16384"), Vec::<String>::new());
}

#[rstest]
#[case::a_flag_of_later_releases("macos", &["0 EINVAL since 26.4"])]
#[case::a_store_that_an_administrator_sets_up("netbsd", &["0 ENOTSUP with tmpfs=false"])]
#[case::as_it_was_asked_for("netbsd,tmpfs=true", &[])]
fn the_release_or_the_setting_of_a_difference_is_told(#[case] profile: &str, #[case] expected: &[&str]) {
    let flags = OPEN.replace("RDWR|CREAT|EXCL", "RDWR|CREAT|EXCL|CLOEXEC");
    assert_eq!(told(&on(profile, &trace(&[(&flags, r#"{"fd":4}"#)]))), expected);
}

#[test]
fn what_differs_for_another_user_is_told() {
    let closed = OPEN.replace("384", "0");
    let unlink = r#""call":{"call":"shm_unlink","name":"/sc4f2x9k1m0qa"}"#;
    let events = [(&*closed, r#"{"fd":4}"#), (unlink, r#""ok""#)];
    let by = |user| told(&on("freebsd", &written::trace("size/mine", user, &events)));
    assert_eq!(by(1000), ["1 EACCES as an ordinary user"]);
    assert_eq!(by(1000), by(0));
}

#[test]
fn the_own_platform_is_compared_in_its_other_releases_and_settings() {
    let map =
        r#""bind":["m"],"call":{"call":"mmap","fd":"f","offset":0,"len":4096,"prot":"READ|EXEC","flags":"SHARED"}"#;
    let mut trace = trace(&[(OPEN, r#"{"fd":4}"#), (GROW, r#""ok""#), (map, r#""ok""#)]);
    trace.header.machine.settings.insert("noexec".to_owned(), "false".to_owned());
    assert_eq!(told(&on("linux-glibc", &trace)), ["2 EPERM with noexec=true"]);
    assert_eq!(told(&on("linux-glibc,noexec=true", &trace)), ["2 EPERM"]);
    assert_eq!(told(&on("linux-glibc,noexec=false", &trace)), Vec::<String>::new());
}

#[test]
fn the_deviation_that_keeps_a_descriptor_from_arriving_is_named() {
    let send = r#""call":{"call":"send","to":"a","fds":["f"]}"#;
    let recv = r#""bind":["g"],"call":{"call":"recv","from":"a"}"#;
    let trace =
        trace(&[(OPEN, r#"{"fd":4}"#), (send, r#""ok""#), (recv, r#"{"received":{"fds":[5],"truncated":false}}"#)]);
    let found = on("cygwin", &trace);
    let [difference] = &found[..] else { panic!("{found:?}") };
    let deviation = difference.there[0].justifications[0].deviation.as_deref();
    assert_eq!((difference.event, deviation), (2, Some("cygwin/descriptors-do-not-travel")));
}

/// macOS before 10.14.6 does not let the owner unlink what the owner may not write; a memfd's mode is 0777 on any Linux.
#[rstest]
#[case::of_another_platform("macos", r#""call":{"call":"shm_unlink","name":"/sc4f2x9k1m0qa"}"#, r#""ok""#, 1)]
#[case::of_the_own_one_too("gvisor", r#""call":{"call":"fstat","fd":"g"}"#, NAMELESS, 0)]
fn what_happens_at_times_is_a_difference_unless_it_does_so_here(
    #[case] profile: &str,
    #[case] call: &str,
    #[case] outcome: &str,
    #[case] differences: usize,
) {
    let closed = OPEN.replace("384", "0");
    let create = r#""bind":["g"],"call":{"call":"create","size":4096}"#;
    let trace = trace(&[(&closed, r#"{"fd":4}"#), (create, r#"{"fd":5}"#), (call, outcome)]);
    let found = on(profile, &trace);
    assert_eq!(found.len(), differences, "{found:?}");
    assert!(found.iter().all(|found| found.certainty == Certainty::Possible), "{found:?}");
}

const NAMELESS: &str = r#"{"stat":{"size":4096,"mode":0,"uid":1000,"gid":1000}}"#;

#[test]
fn what_is_not_known_of_a_platform_is_told_apart() {
    let trace = trace(&[(OPEN, r#"{"fd":4}"#), (RESERVE, r#""ok""#)]);
    let found = on("dragonfly,store=/var/run/shm", &trace);
    assert!(found.iter().any(|found| found.event == 1), "{found:?}");
    assert!(found.iter().all(|found| found.certainty == Certainty::Unknown), "{found:?}");
}

#[rstest]
#[case("creators-race")]
#[case("unlink-race")]
fn an_order_of_overlapping_calls_that_exists_is_no_difference(#[case] file: &str) {
    assert_eq!(on("linux-glibc", &stored(file)), []);
}

#[test]
fn posix_is_no_other_platform() {
    let trace = trace(&[(OPEN, r#"{"fd":4}"#), (GROW, r#""ok""#), (GROW, r#""ok""#)]);
    let platforms = platforms().expect("they are built in");
    assert!(platforms.iter().all(|platform| platform.id() != "posix"));
    let found = elsewhere(&trace, &home(&trace), &platforms);
    let differing: Vec<&str> = found.iter().map(|elsewhere| elsewhere.profile.as_str()).collect();
    assert!(differing.contains(&"macos") && !differing.contains(&"linux-musl"), "{differing:?}");
}
