//! The verbs `record` and `import`, as a person meets them.

use super::BEGINS;
use assert_cmd::Command;
use rstest::rstest;
use std::path::PathBuf;

/// A log in a directory of its own.
fn log(text: &str) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let path = directory.path().join("program.log");
    std::fs::write(&path, text).expect("it can be written");
    (directory, path)
}

fn import(text: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let (_directory, path) = log(text);
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmconf"));
    let output = command.arg("import").arg(&path).args(arguments).output().expect("it starts");
    let said = [output.stderr, output.stdout].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    (output.status.code(), said)
}

#[test]
fn a_log_is_told_with_what_was_seen_and_where_it_differs() {
    let ends = "1 unlink(\"/dev/shm/x\") = 0\n1 mremap(0x7f0000000000, 4096, 8192, MREMAP_MAYMOVE) = 0x7f1000000000\n1 exit_group(0) = ?\n";
    let (code, said) = import(&format!("{BEGINS}1 ftruncate(3</dev/shm/x>, 8192) = 0\n{ends}"), &[]);
    insta::assert_snapshot!(format!("exit code {code:?}\n{said}"));
}

#[test]
fn a_log_of_some_calls_alone_says_what_it_lacks_and_that_nothing_is_known_to_stay() {
    let some: String = BEGINS.lines().filter(|line| !line.contains("execve")).map(|line| format!("{line}\n")).collect();
    let (_, said) = import(&some, &[]);
    assert!(said.contains("missing in the log: most calls, as with strace -e trace="), "{said}");
    assert!(!said.contains("left behind"), "{said}");
}

#[test]
fn who_died_of_memory_is_named_though_the_platform_allows_it() {
    let bus = "1 ftruncate(3</dev/shm/x>, 0) = 0\n1 --- SIGBUS {si_signo=SIGBUS, si_code=BUS_ADRERR, si_addr=0x7f0000000010} ---\n\
               1 +++ killed by SIGBUS +++\n";
    let (code, said) = import(&format!("{BEGINS}{bus}"), &["-p", "linux-glibc"]);
    assert_eq!(code, Some(0), "{said}");
    let death = "p1 died of SIGBUS in call 5, when it read or wrote at byte 16 of the mapping m1 (ftruncate:5, shall: ";
    assert!(said.split_whitespace().collect::<Vec<_>>().join(" ").contains(death.trim()), "{said}");
}

#[test]
fn of_a_log_that_is_cut_off_nothing_is_known_to_stay_and_the_rest_is_no_strange_line() {
    let (_, said) = import(&format!("{BEGINS}1 ftruncate(3</de"), &[]);
    assert!(said.contains("cut off: the log ends in the middle of a line"), "{said}");
    assert!(!said.contains("left behind") && !said.contains("not understood"), "{said}");
}

#[test]
fn what_removes_an_object_can_be_pasted() {
    let strange = BEGINS.replace("/dev/shm/x", "/dev/shm/a b'c");
    let (_, said) = import(&strange, &[]);
    assert!(said.contains("\n    rm '/dev/shm/a b'\\''c'\n"), "{said}");
}

#[test]
fn a_mistyped_option_is_not_taken_for_the_program() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmconf"));
    let output = command.args(["record", "--anonymise", "true"]).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("a similar argument exists: '--anonymize'"), "{said}");
}

#[test]
fn a_log_without_shared_memory_says_so() {
    let (code, said) = import("1 close(3) = 0\n", &[]);
    insta::assert_snapshot!(format!("exit code {code:?}\n{said}"));
}

#[test]
fn what_nothing_recorded_explains_is_said_and_blames_nobody() {
    let size = "fstat(3</dev/shm/x>, {st_mode=S_IFREG|0600, st_uid=1000, st_gid=1000, st_size=9}) = 0";
    let (code, said) = import(&format!("{BEGINS}1 {size}\n1 close(3</dev/shm/x>) = 0\n"), &["-p", "linux-glibc"]);
    insta::assert_snapshot!(format!("exit code {code:?}\n{said}"));
}

#[rstest]
#[case::a_file_that_is_no_program(&["record", "--", "DIR/program.log"], "DIR/program.log cannot be executed by this user; give a program, or `chmod +x` it")]
#[case::a_directory(&["record", "DIR/", "-x"], "DIR/ is a directory; give a program")]
#[case::no_place_for_the_log(
    &["record", "--", "true"],
    "cannot make a directory for the log in DIR/none: entity not found; set TMPDIR to a directory that can be written"
)]
#[case::a_log_for_each_process(
    &["import", "DIR"],
    "DIR is a directory; give one log of all processes, as `strace -f -o FILE` writes it, and not -ff"
)]
fn what_cannot_be_recorded_is_said_before_anything_runs(#[case] arguments: &[&str], #[case] message: &str) {
    let (directory, _) = log("");
    let here = directory.path().to_str().expect("it is text");
    let arguments = arguments.iter().map(|argument| argument.replace("DIR", here));
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmconf"));
    let output = command.env("TMPDIR", format!("{here}/none")).args(arguments).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr).replace(here, "DIR");
    assert_eq!(said.trim_end(), format!("error: {message}"));
    assert_eq!(output.status.code(), Some(2));
}
