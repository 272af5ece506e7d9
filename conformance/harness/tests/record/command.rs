//! The verbs `record` and `import`, as a person meets them.

use super::BEGINS;
use assert_cmd::Command;
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
