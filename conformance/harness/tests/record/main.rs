//! From logs of strace to traces: what becomes of which call, and what cannot be judged.

mod command;
mod programs;

use proptest::prelude::*;
use rstest::rstest;
use shmconf::record::{About, Recording, elsewhere, import};
use shmconf_model::judge;
use shmconf_model::profile::Profile;
use shmconf_model::trace::{Platform, Trace};
use shmconf_model::verdict::{Judgement, Verdict};

/// What is known of a program that an ordinary user ran.
fn about() -> About {
    let platform = Platform { os: "Linux".into(), libc: "glibc 2.36".into(), page_size: 4096, ..Platform::default() };
    About { program: "program".into(), platform, user: Some((1000, 1000)), umask: Some(0o022), ..About::default() }
}

fn recorded(log: &str) -> Recording {
    import(log.as_bytes(), about()).expect("a text can be read")
}

/// The calls with their outcomes; those that cannot be judged with the reason.
fn told(recording: &Recording) -> Vec<String> {
    let told = recording.trace.events.iter().map(|event| match &event.unjudged {
        Some(why) => format!("{event} ({why})"),
        None => event.to_string(),
    });
    told.collect()
}

/// By the rules of Linux.
fn judgement(recording: &Recording) -> Judgement {
    let profile = Profile::get("linux-glibc").expect("it is a profile");
    judge::judge(&recording.trace, &profile)
}

fn verdict(recording: &Recording) -> Verdict {
    judgement(recording).verdict
}

/// The events that those rules do not allow.
fn violations(recording: &Recording) -> Vec<usize> {
    judgement(recording).violations.iter().map(|violation| violation.event).collect()
}

/// How a program begins that has an object of 4096 bytes, mapped at 0x7f0000000000.
const BEGINS: &str = r#"
1 execve("/usr/bin/program", ["program"], 0x7f00 /* 9 vars */) = 0
1 openat(AT_FDCWD</>, "/dev/shm/x", O_RDWR|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, 0600) = 3</dev/shm/x>
1 ftruncate(3</dev/shm/x>, 4096) = 0
1 mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, 3</dev/shm/x>, 0) = 0x7f0000000000
"#;
const BEGINNING: [&str; 3] = [
    r#"p1: d3 = shm_open("/x", RDWR|CREAT|EXCL, 0600) -> descriptor 3"#,
    "p1: ftruncate(d3, 4096) -> ok",
    "p1: m1 = mmap(d3, 0, 4096, READ|WRITE, SHARED) -> ok",
];

#[rstest]
#[case::a_write("write(3</dev/shm/x>, \"\"..., 10) = 10", &["p1: write(d3, …, 10) -> 10"])]
#[case::a_read("pread64(3</dev/shm/x>, \"\"..., 10, 4090) = 6", &["p1: pread(d3, 4090, 10) -> 6 bytes"])]
#[case::a_vector("writev(3</dev/shm/x>, [{iov_base=\"\"..., iov_len=3}, {iov_base=\"\"..., iov_len=4}], 2) = 7", &["p1: write(d3, …, 7) -> 7"])]
#[case::an_error("ftruncate(3</dev/shm/x>, -1) = -1 EINVAL (Invalid argument)", &["p1: ftruncate(d3, -1) -> EINVAL"])]
#[case::a_status(
    "fstat(3</dev/shm/x>, {st_mode=S_IFREG|0600, st_uid=1000, st_gid=1000, st_size=4096}) = 0",
    &["p1: fstat(d3) -> size 4096 mode 0600 uid 1000 gid 1000"]
)]
#[case::a_status_by_an_empty_path(
    "newfstatat(3</dev/shm/x>, \"\", {st_mode=S_IFREG|0600, st_uid=1000, st_gid=1000, st_size=4096}, AT_EMPTY_PATH) = 0",
    &["p1: fstat(d3) -> size 4096 mode 0600 uid 1000 gid 1000"]
)]
#[case::storage("fallocate(3</dev/shm/x>, 0, 0, 8192) = 0", &["p1: posix_fallocate(d3, 0, 8192) -> ok"])]
#[case::a_hole("fallocate(3</dev/shm/x>, FALLOC_FL_KEEP_SIZE|FALLOC_FL_PUNCH_HOLE, 0, 4096) = 0", &["p1: punch(d3, 0, 4096) -> ok"])]
#[case::a_duplicate_that_exec_closes(
    "fcntl(3</dev/shm/x>, F_DUPFD_CLOEXEC, 10) = 10</dev/shm/x>",
    &["p1: d10 = fcntl(d3, DUPFD, 10) -> descriptor 10", "p1: fcntl(d10, SETFD, CLOEXEC) -> ok"]
)]
#[case::a_number_that_was_of_something_else("dup2(3</dev/shm/x>, 7) = 7</dev/shm/x>", &["p1: d7 = fcntl(d3, DUPFD, 7) -> descriptor 7"])]
#[case::a_number_that_something_else_takes("dup2(1</dev/null>, 3</dev/shm/x>) = 3</dev/null>", &["p1: close(d3) -> ok"])]
#[case::a_range_of_numbers("close_range(3, 4294967295, 0) = 0", &["p1: close(d3) -> ok"])]
#[case::flags("fcntl(3</dev/shm/x>, F_GETFL) = 0x28002 (flags O_RDWR|O_LARGEFILE|O_NOFOLLOW)", &["p1: fcntl(d3, GETFL) -> RDWR"])]
#[case::a_lock_that_waits_for_others(
    "fcntl(3</dev/shm/x>, F_SETLKW, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=0, l_len=0}) = 0",
    &["p1: fcntl(d3, SETLK, WRLCK) -> ok"]
)]
#[case::a_part_that_is_protected("mprotect(0x7f0000000000, 4096, PROT_READ) = 0", &["p1: mprotect(m1, READ) -> ok"])]
#[case::a_mapping_that_goes("munmap(0x7f0000000000, 4096) = 0", &["p1: munmap(m1) -> ok"])]
#[case::a_mapping_that_another_replaces(
    "mmap(0x7f0000000000, 4096, PROT_NONE, MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000",
    &["p1: munmap(m1, 0, 4096) -> ok"]
)]
#[case::a_path_below_a_directory("unlinkat(9</dev/shm>, \"x\", 0) = 0", &[r#"p1: shm_unlink("/x") -> ok"#])]
#[case::a_copy_out_of_it("sendfile(1</dev/null>, 3</dev/shm/x>, NULL, 4096) = 4096", &["p1: read(d3, 4096) -> 4096 bytes"])]
#[case::a_name_that_goes("unlink(\"/dev/shm/x\") = 0", &[r#"p1: shm_unlink("/x") -> ok"#])]
#[case::an_end("exit_group(3) = ?", &["p1: exit(3) -> exit 3"])]
#[case::a_new_program("execve(\"/bin/true\", [...], 0x1 /* 2 vars */) = 0", &["p1: exec() -> ok"])]
fn a_call_of_linux_becomes_calls_of_scripts(#[case] line: &str, #[case] expected: &[&str]) {
    let recording = recorded(&format!("{BEGINS}1 {line}\n"));
    let told = told(&recording);
    assert_eq!(told[..3], BEGINNING);
    assert_eq!(told[3..], *expected);
    assert_eq!(recording.lacks, ["times (strace -ttt)"]);
    assert_eq!(verdict(&recording), Verdict::Pass);
}

#[test]
fn what_has_no_model_is_kept_and_leaves_its_object_in_doubt() {
    let log = format!(
        "{BEGINS}1 mremap(0x7f0000000000, 4096, 8192, MREMAP_MAYMOVE) = 0x7f1000000000\n1 ftruncate(3</dev/shm/x>, 8192) = 0\n"
    );
    let recording = recorded(&log);
    let others: Vec<String> = recording.trace.others.iter().map(ToString::to_string).collect();
    assert_eq!(others, ["p1: mremap(0x7f0000000000, 4096, 8192, MREMAP_MAYMOVE) -> ok"]);
    assert_eq!(told(&recording)[3..], ["p1: ftruncate(d3, 8192) -> ok (this call of mremap has no model)"]);
    assert_eq!(verdict(&recording), Verdict::Pass);
}

#[test]
fn an_object_that_was_there_before_is_not_judged() {
    let log = r#"
1 openat(AT_FDCWD</>, "/dev/shm/old", O_RDWR|O_NOFOLLOW|O_CLOEXEC) = 3</dev/shm/old>
1 fstat(3</dev/shm/old>, {st_mode=S_IFREG|0600, st_uid=1000, st_gid=1000, st_size=12}) = 0
"#;
    let recording = recorded(log);
    let expected = [
        r#"p1: d3 = shm_open("/old", RDWR) -> descriptor 3 (the object was there before; an earlier run may have left it, or a process that is not in the log made it)"#,
        "p1: fstat(d3) -> size 12 mode 0600 uid 1000 gid 1000 (the object was there before; an earlier run may have left it, or a process that is not in the log made it)",
    ];
    assert_eq!(told(&recording), expected);
    assert_eq!(verdict(&recording), Verdict::Pass);
}

#[rstest]
#[case::it_stays("exit_group(0) = ?", &["/x"])]
#[case::it_is_unlinked("unlink(\"/dev/shm/x\") = 0", &[])]
fn an_object_that_the_program_leaves_behind_is_named(#[case] line: &str, #[case] expected: &[&str]) {
    assert_eq!(recorded(&format!("{BEGINS}1 {line}\n")).left_behind, expected);
}

#[test]
fn a_kernel_that_does_wrong_fails() {
    let log = format!(
        "{BEGINS}1 openat(AT_FDCWD</>, \"/dev/shm/x\", O_RDWR|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, 0600) = 4</dev/shm/x>\n"
    );
    assert_eq!(verdict(&recorded(&log)), Verdict::Fail);
}

#[test]
fn a_signal_at_an_address_of_a_mapping_is_an_access_there() {
    let log = format!(
        "{BEGINS}1 ftruncate(3</dev/shm/x>, 0) = 0\n\
         1 --- SIGBUS {{si_signo=SIGBUS, si_code=BUS_ADRERR, si_addr=0x7f0000000010}} ---\n1 +++ killed by SIGBUS (core dumped) +++\n"
    );
    let recording = recorded(&log);
    assert_eq!(told(&recording)[4..], ["p1: load(m1, 16, 1) -> SIGBUS"]);
    assert_eq!(verdict(&recording), Verdict::Pass);
}

#[test]
fn a_descriptor_arrives_where_the_other_end_of_its_socket_is() {
    let log = r#"
1 memfd_create("a"..., MFD_CLOEXEC|0x8) = 3</memfd:area>(deleted)
1 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD) = 2
2 recvmsg(5<UNIX-STREAM:[20->10]>,  <unfinished ...>
1 sendmsg(4<UNIX-STREAM:[10->20]>, {msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[3</memfd:area>(deleted)]}], msg_flags=0}, 0) = 1
2 <... recvmsg resumed>{msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[6</memfd:area>(deleted)]}], msg_flags=0}, 0) = 1
2 ftruncate(6</memfd:area>(deleted), 100) = 0
"#;
    let recording = recorded(log);
    let expected = [
        r#"p1: d3 = memfd_create("area", CLOEXEC|NOEXEC_SEAL) -> descriptor 3"#,
        "p1: fork(p2) -> ok",
        "p1: send(p2, d3) -> ok",
        "p2: d6 = recv(p1, 3) -> descriptor 6",
        "p2: ftruncate(d6, 100) -> ok",
    ];
    assert_eq!(told(&recording), expected);
    assert_eq!(verdict(&recording), Verdict::Pass);
}

#[test]
fn a_thread_of_a_new_program_is_one_of_its_process() {
    let log = r#"
1 memfd_create("a", 0) = 3</memfd:a>(deleted)
1 vfork() = 2
2 execve("/bin/x", [...], 0x1 /* 2 vars */) = 0
2 clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_THREAD, stack=0x1} => {parent_tid=[7]}, 88) = 7
7 ftruncate(3</memfd:a>(deleted), 100) = 0
7 +++ exited with 0 +++
2 close(3</memfd:a>(deleted)) = 0
"#;
    let recording = recorded(log);
    let expected = ["p2t2: ftruncate(d3, 100) -> ok", "p2: close(d3) -> ok"];
    assert_eq!(told(&recording)[3..], expected);
    assert_eq!(verdict(&recording), Verdict::Pass);
}

#[test]
fn a_thread_that_executes_a_program_gets_the_number_of_its_process() {
    let log = r#"
1 memfd_create("a", 0) = 3</memfd:a>(deleted)
1 clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_THREAD, stack=0x1} => {parent_tid=[7]}, 88) = 7
7 execve("/bin/true", [...], 0x1 /* 2 vars */ <pid changed to 1 ...>
1 +++ superseded by execve in pid 7 +++
1 <... execve resumed>) = 0
1 ftruncate(3</memfd:a>(deleted), 100) = 0
1 +++ exited with 0 +++
"#;
    let recording = recorded(log);
    assert_eq!(told(&recording)[1..], ["p1: exec() -> ok", "p1: ftruncate(d3, 100) -> ok", "p1: exit(0) -> exit 0"]);
    assert_eq!(recording.remarks.iter().find(|remark| remark.contains("not understood")), None);
    assert_eq!(verdict(&recording), Verdict::Pass);
}

#[test]
fn a_program_that_becomes_another_user_for_good_is_judged_as_that_user() {
    let log = r#"
1 setgroups(0, []) = 0
1 setresgid(65534, 65534, 65534) = 0
1 setresuid(65534, 65534, 65534) = 0
1 openat(AT_FDCWD, "/dev/shm/x", O_RDWR|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, 0600) = 3</dev/shm/x>
1 fstat(3</dev/shm/x>, {st_mode=S_IFREG|0600, st_uid=65534, st_gid=65534, st_size=0}) = 0
"#;
    let about = About { user: Some((0, 0)), ..about() };
    let recording = import(log.as_bytes(), about).expect("a text can be read");
    assert_eq!(
        recording.trace.events.iter().filter(|event| event.unjudged.is_some()).count(),
        0,
        "{:?}",
        told(&recording)
    );
    assert_eq!(verdict(&recording), Verdict::Pass);
}

/// Calls that fail for what scripts cannot say, or for what is not known of the system.
#[rstest]
#[case::a_bad_address("write(3</dev/shm/x>, 0x1, 10) = -1 EFAULT (Bad address)", 1, 0)]
#[case::flags_without_a_name("flock(3</dev/shm/x>, 0x4d /* LOCK_??? */) = -1 EINVAL (Invalid argument)", 1, 0)]
#[case::a_range_beyond_the_mapping("munmap(0x7f0000000000, 0) = -1 EINVAL (Invalid argument)", 0, 0)]
#[case::no_room("write(3</dev/shm/x>, \"\"..., 10) = -1 ENOSPC (No space left on device)", 0, 1)]
fn what_is_not_known_is_no_failure_of_the_system(#[case] line: &str, #[case] others: usize, #[case] unjudged: usize) {
    let recording = recorded(&format!("{BEGINS}1 {line}\n1 ftruncate(3</dev/shm/x>, 100) = 0\n"));
    assert_eq!(recording.trace.others.len(), others);
    let count = recording.trace.events.iter().filter(|event| event.unjudged.is_some()).count();
    assert_eq!(count, unjudged, "{:?}", told(&recording));
    assert_eq!(verdict(&recording), Verdict::Pass);
}

/// What a process that is in no log may have done to an object with a name.
#[rstest]
#[case::it_sized_the_object("fstat(3</dev/shm/x>, {st_mode=S_IFREG|0600, st_uid=1000, st_gid=1000, st_size=9}) = 0", 1)]
#[case::it_removed_the_name("unlink(\"/dev/shm/x\") = -1 ENOENT (No such file or directory)", 1)]
#[case::it_removed_and_made_it(
    "openat(AT_FDCWD</>, \"/dev/shm/x\", O_RDWR|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, 0600) = 4</dev/shm/x>",
    1
)]
fn what_a_stranger_may_have_done_leaves_the_verdict_open(#[case] line: &str, #[case] taken_out: usize) {
    let mut recording = recorded(&format!("{BEGINS}1 {line}\n"));
    assert_eq!(verdict(&recording), Verdict::Fail, "{:?}", told(&recording));
    let why = recording.take_out(&violations(&recording)).expect("there is such a call");
    assert!(why.contains("that was not recorded"), "{why}");
    let unjudged = recording.trace.events.iter().filter(|event| event.unjudged.is_some()).count();
    assert_eq!(unjudged, taken_out, "{:?}", told(&recording));
    assert_eq!(verdict(&recording), Verdict::Pass);
}

#[test]
fn nobody_else_can_have_changed_what_never_had_a_name() {
    let log = "1 memfd_create(\"a\", MFD_CLOEXEC) = 3</memfd:a>(deleted)\n1 fstat(3</memfd:a>(deleted), {st_mode=S_IFREG|0777, st_uid=1000, st_gid=1000, st_size=9}) = 0\n";
    let mut recording = recorded(log);
    assert_eq!(recording.take_out(&violations(&recording)), None);
    assert_eq!(verdict(&recording), Verdict::Fail);
}

#[test]
fn semaphores_are_left_out_and_counted() {
    let log = "1 openat(AT_FDCWD, \"/dev/shm/sem.x\", O_RDWR|O_NOFOLLOW|O_CLOEXEC) = 3</dev/shm/sem.x>\n1 close(3</dev/shm/sem.x>) = 0\n";
    let recording = recorded(log);
    assert_eq!(told(&recording), Vec::<String>::new());
    assert_eq!(recording.left_out.get("of semaphores"), Some(&1));
}

#[test]
fn names_can_be_hidden_and_keep_their_length() {
    let log = "1 openat(AT_FDCWD, \"/dev/shm/secret-of-mine\", O_RDWR|O_CREAT|O_NOFOLLOW|O_CLOEXEC, 0600) = 3\n1 unlink(\"/dev/shm/secret-of-mine\") = 0\n";
    let about = About { anonymous: true, ..about() };
    let recording = import(log.as_bytes(), about).expect("a text can be read");
    let expected = [
        r#"p1: d3 = shm_open("/n1xxxxxxxxxxxx", RDWR|CREAT, 0600) -> descriptor 3"#,
        r#"p1: shm_unlink("/n1xxxxxxxxxxxx") -> ok"#,
    ];
    assert_eq!(told(&recording), expected);
}

/// The same program under strace with fewer flags.
#[rstest]
#[case::without_processes("1 ", "")]
#[case::without_what_descriptors_stand_for("</dev/shm/x>", "")]
fn a_log_made_with_fewer_flags_tells_the_same(#[case] left_out: &str, #[case] instead: &str) {
    let whole = recorded(BEGINS);
    let fewer = recorded(&BEGINS.replace(left_out, instead));
    assert_eq!(told(&fewer), told(&whole));
}

#[rstest]
#[case::children("fork() = 7\n", "children (strace -f)")]
#[case::owners("1 fstat(3</dev/shm/x>, {st_mode=S_IFREG|0600, st_size=0, ...}) = 0\n", "whole structures (strace -v)")]
fn a_log_that_lacks_something_says_what_and_which_flag_gives_it(#[case] log: &str, #[case] expected: &str) {
    assert!(recorded(log).lacks.iter().any(|lack| lack == expected), "{:?}", recorded(log).lacks);
}

/// A line that strace could write, with whatever numbers.
fn line() -> impl Strategy<Value = String> {
    let number =
        || prop_oneof![Just(3i64), Just(4096), Just(0), Just(-1), any::<i64>(), any::<u32>().prop_map(i64::from)];
    let fd = || {
        prop_oneof![
            Just("3</dev/shm/x>".to_owned()),
            Just("4</memfd:a>(deleted)".to_owned()),
            number().prop_map(|it| it.to_string())
        ]
    };
    let call = prop_oneof![
        (fd(), number()).prop_map(|(fd, size)| format!("ftruncate({fd}, {size})")),
        (fd(), number(), number())
            .prop_map(|(fd, len, at)| format!("mmap(NULL, {len}, PROT_READ, MAP_SHARED, {fd}, {at})")),
        (number(), number()).prop_map(|(start, len)| format!("munmap({start}, {len})")),
        (number(), number()).prop_map(|(start, len)| format!("mprotect({start}, {len}, PROT_NONE)")),
        (fd(), fd()).prop_map(|(from, to)| format!("dup2({from}, {to})")),
        (number(), number()).prop_map(|(first, last)| format!("close_range({first}, {last}, 0)")),
        (fd(), fd()).prop_map(|(socket, fd)| format!(
            "recvmsg({socket}, {{msg_control=[{{cmsg_type=SCM_RIGHTS, cmsg_data=[{fd}]}}], msg_flags=0}}, 0)"
        )),
        number().prop_map(|code| format!("exit_group({code})")),
        Just("openat(AT_FDCWD, \"/dev/shm/x\", O_RDWR|O_CREAT|O_NOFOLLOW|O_CLOEXEC, 0600)".to_owned()),
        "[a-z_0-9]{0,9}[(][ -~]{0,40}[)]",
    ];
    (0u32..4, call, fd()).prop_map(|(thread, call, result)| format!("{thread} {call} = {result}"))
}

proptest! {
    /// Whatever stands in a log, it is read to its end, and what comes of it is a trace, unless no line is one of strace's.
    #[test]
    fn no_text_makes_an_import_panic(lines in proptest::collection::vec(line(), 0..12)) {
        let Ok(Recording { trace, .. }) = import(lines.join("\n").as_bytes(), about()) else { return Ok(()) };
        let mut text = Vec::new();
        trace.write(&mut text).expect("there is room");
        prop_assert_eq!(Trace::read(&text[..]).expect("it is a trace"), trace);
    }
}

#[rstest]
#[case("mremap(0x7f0000000000, 4096, 8192, MREMAP_MAYMOVE)", Some("mremap"))]
#[case("fallocate(3</dev/shm/x>, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, 0, 1)", Some("FALLOC_FL_PUNCH_HOLE"))]
#[case("rename(\"/dev/shm/x\", \"/dev/shm/y\")", Some("paths of objects"))]
#[case("fcntl(3</dev/shm/x>, F_SETLK, {l_type=F_WRLCK, l_start=1, l_len=2})", Some("F_SETLK"))]
#[case("ioctl(3</dev/shm/x>, FIONREAD)", None)]
fn what_is_another_matter_elsewhere_is_named(#[case] call: &str, #[case] named: Option<&str>) {
    assert_eq!(elsewhere(call).map(|(what, _)| what), named);
}

/// The system call says EPERM, and the library EACCES.
#[test]
fn an_error_is_the_one_that_the_library_gives() {
    let log = "1 openat(AT_FDCWD, \"/dev/shm/x\", O_RDWR|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, 0600) = 3</dev/shm/x>\n1 unlink(\"/dev/shm/x\") = -1 EPERM (Operation not permitted)\n";
    assert_eq!(told(&recorded(log))[1..], ["p1: shm_unlink(\"/x\") -> EACCES"]);
}

#[test]
fn what_nothing_explains_leaves_a_kept_recording_undecided() {
    let log = "1 openat(AT_FDCWD, \"/dev/shm/x\", O_RDWR|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, 0600) = 3</dev/shm/x>\n1 fstat(3</dev/shm/x>, {st_mode=S_IFREG|0600, st_uid=1000, st_gid=1000, st_size=9}) = 0\n";
    let mut recording = recorded(log);
    recording.take_out(&violations(&recording)).expect("nothing explains the size");
    let profile = Profile::get("linux-glibc").expect("it is built in");
    let stop = std::sync::atomic::AtomicBool::new(false);
    let against = shmconf::assess::Against { profile: &profile, others: &[], stop: &stop };
    let assessment = shmconf::assess::assess(&recording.trace, against).expect("nobody stops it");
    assert_eq!(assessment.verdict(), Verdict::Inconclusive);
}
