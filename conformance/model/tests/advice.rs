//! What deviations say to do instead is right: such scripts have the same outcomes on every platform.

use rstest::rstest;
use shmconf_model::naming::Token;
use shmconf_model::portability;
use shmconf_model::profile::Profile;
use shmconf_model::script::Script;
use shmconf_model::simulation::Simulation;
use shmconf_model::verdict::Certainty;

const CREATED: &str = "a: f = shm_open(@x, RDWR|CREAT|EXCL, 0600)\na: ftruncate(f, 65536)\n";

/// The platforms on which a call certainly has another outcome than on Linux, each with the first such call.
fn differing(script: &str) -> Vec<String> {
    let script = Script::read(&format!("{CREATED}{script}"), "my/advice".parse().expect("an ID")).expect("a script");
    let linux = Profile::get("linux-glibc,noexec=false").expect("it is built in");
    let trace = Simulation::new("model:any", linux, Token::of(0), (0, 1)).execute(&script, 0);
    let home = Profile::get("linux-glibc").expect("it is built in");
    let platforms = portability::platforms().expect("they are built in");
    let differing = platforms.iter().filter_map(|platform| {
        let differences = portability::differences(&trace, &home, platform);
        let certain = differences.iter().find(|difference| difference.certainty == Certainty::Certain)?;
        Some(format!("{}: {}", platform.name(), certain.line))
    });
    differing.collect()
}

/// Where an object has no name, or a descriptor does not travel, no advice on names or messages helps.
#[rstest]
#[case::another_size(
    "a: shm_unlink(@x)\na: g = shm_open(@y, RDWR|CREAT|EXCL, 0600)\na: ftruncate(g, 131072)\na: fstat(g)"
)]
#[case::an_empty_object("a: shm_unlink(@x)\na: g = shm_open(@x, RDWR|CREAT|EXCL, 0600)\na: fstat(g)")]
#[case::unlinking_at_once("a: shm_unlink(@x)\na: fstat(f)\nb: shm_open(@x, RDWR)")]
#[case::opening_what_exists("a: g = shm_open(@x, RDWR)\na: fstat(g)")]
#[case::a_copy_of_its_own("a: m = mmap(f, 0, 65536, READ|WRITE, SHARED)\na: store(m, 0, 0x41, 8)\na: load(m, 0, 8)")]
#[case::protection_that_is_taken_away(
    "a: m = mmap(f, 0, 65536, READ|WRITE, SHARED)\na: mprotect(m, READ)\na: mprotect(m, READ|WRITE)\na: store(m, 0, 0x41, 8)"
)]
#[case::two_kinds_of_access("b: g = shm_open(@x, RDONLY)\nb: m = mmap(g, 0, 65536, READ, SHARED)\nb: load(m, 0, 8)")]
fn advice_on_objects_holds_wherever_there_are_names(#[case] script: &str) {
    let differing: Vec<String> = differing(script).into_iter().filter(|line| !line.starts_with("android:")).collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

#[rstest]
#[case::no_flags_beside("a: g = shm_open(@y, RDWR|CREAT|EXCL, 0600)\na: fcntl(g, GETFD)")]
#[case::clearing_close_on_exec("a: fcntl(f, SETFD, 0)\na: fcntl(f, GETFD)")]
#[case::one_slash_and_thirty_bytes("a: g = shm_open(@y:30, RDWR|CREAT|EXCL, 0600)\na: shm_unlink(@y:30)")]
#[case::one_kind_of_access("a: g = shm_open(@x, RDONLY)\na: m = mmap(g, 0, 65536, READ, SHARED)\na: load(m, 0, 8)")]
#[case::whole_pages("a: m = mmap(f, PAGE, PAGE, READ|WRITE, SHARED)\na: munmap(m, 0, PAGE)")]
#[case::all_protection_from_the_beginning(
    "a: m = mmap(f, 0, 65536, READ|WRITE, SHARED)\na: mprotect(m, READ)\na: load(m, 0, 8)"
)]
#[case::writing_through_the_mapping(
    "a: m = mmap(f, 0, 65536, READ|WRITE, SHARED)\na: store(m, 65528, 0x41, 8)\na: load(m, 65520, 16)"
)]
fn advice_on_choices_holds_wherever_there_are_names(#[case] script: &str) {
    let differing: Vec<String> = differing(script).into_iter().filter(|line| !line.starts_with("android:")).collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

#[rstest]
#[case::another_flag("a: shm_open(@y, RDWR|CREAT|EXCL|APPEND, 0600)", "freebsd")]
#[case::a_long_name("a: shm_open(@y:200, RDWR|CREAT|EXCL, 0600)", "macos")]
#[case::reading("a: read(f, 8)", "macos")]
#[case::the_file_offset("a: lseek(f, 8, SET)", "macos")]
#[case::a_lock("a: fcntl(f, SETLK, WRLCK)", "freebsd")]
#[case::a_mode_of_its_own("a: fchmod(f, 0644)", "macos")]
#[case::storage_ahead("a: posix_fallocate(f, 0, 65536)", "netbsd")]
fn what_is_refused_somewhere_has_advice(#[case] script: &str, #[case] platform: &str) {
    let script = Script::read(&format!("{CREATED}{script}"), "my/advice".parse().expect("an ID")).expect("a script");
    let linux = Profile::get("linux-glibc,noexec=false").expect("it is built in");
    let trace = Simulation::new("model:any", linux.clone(), Token::of(0), (0, 1)).execute(&script, 0);
    let other = portability::Other::new(Profile::get(platform).expect("it is built in")).expect("it varies as it says");
    let found = portability::differences(&trace, &linux, &other);
    let told = found.iter().flat_map(|difference| &difference.there).flat_map(|there| &there.justifications);
    assert!(told.clone().any(|justification| !justification.instead.is_empty()), "{found:#?}");
}

#[test]
fn every_advice_is_of_a_rule_and_a_sentence() {
    let advice = shmconf_model::profile::advice().expect("each is of a rule");
    assert!(advice.values().all(|advice| advice.ends_with('.')), "{advice:#?}");
}

#[rstest]
#[case::with_room("a: send(b, f)\nb: g = recv(a, 16)\nb: fstat(g)")]
#[case::with_room_though_nothing_is_sent("a: send(b)\nb: recv(a, 16)")]
fn advice_on_messages_holds_wherever_descriptors_travel(#[case] script: &str) {
    let without = ["android:", "cygwin:"];
    let differs = |line: &String| without.iter().all(|platform| !line.starts_with(platform));
    let differing: Vec<String> = differing(script).into_iter().filter(differs).collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

#[rstest]
#[case::sizing_twice("a: ftruncate(f, 131072)", "macos")]
#[case::a_private_mapping("a: m = mmap(f, 0, 65536, READ, PRIVATE)", "macos")]
#[case::too_little_room("a: send(b, f, f)\nb: g = recv(a)", "openbsd")]
#[case::unlinking_without_rights("a: fchmod(f, 0)\na: shm_unlink(@x)", "freebsd")]
fn what_is_advised_against_differs(#[case] script: &str, #[case] platform: &str) {
    let differing = differing(script);
    assert!(differing.iter().any(|line| line.starts_with(platform)), "{differing:#?}");
}
