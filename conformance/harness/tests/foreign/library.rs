//! Shared libraries as subjects: musl's functions beside those of this system's C library, one that counts its descriptors
//! itself and keeps its names elsewhere, and that one with planted faults.

use super::{run, verdicts};
use rstest::rstest;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/foreign/libraries");
const HEADERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../adapter/c");

/// A library, compiled from those sources, where there is a compiler.
fn compiled(directory: &Path, arguments: &[&str]) -> Option<String> {
    if !cfg!(target_os = "linux") || Command::new("cc").arg("--version").output().is_err() {
        eprintln!("skipped: the library is one for Linux, and needs cc");
        return None;
    }
    let library = directory.join("libmine.so");
    let mut command = Command::new("cc");
    command.args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-O2", "-shared", "-fPIC", "-I", HEADERS]);
    let built = command.args(arguments).arg("-o").arg(&library).output().expect("it starts");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Some(format!("library:{}", library.display()))
}

/// The store of a library that has one of its own, which other users may use too.
fn own_store(directory: &Path) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let store = directory.join("store");
    std::fs::create_dir(&store).expect("there is room");
    for (path, mode) in [(directory, 0o755), (&store, 0o1777)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("it is ours");
    }
    store
}

/// Runs with that store; answers the exit code and the report.
fn run_with_store(store: &Path, args: &[&str]) -> (Option<i32>, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmconf"));
    let command = command.arg("run").args(args).args(["--format", "json"]).env("OWN_STORE", store);
    let output = command.output().expect("it starts");
    let document: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    (output.status.code(), document["reports"][0].clone())
}

fn failures(report: &Value) -> Vec<&Value> {
    let results = report["results"].as_array().expect("it is a list");
    results
        .iter()
        .filter(|result| !["pass", "skip", "deviation"].contains(&result["verdict"].as_str().unwrap_or("")))
        .collect()
}

/// musl's archive of functions, where it is installed.
fn musl() -> Option<&'static str> {
    let found = ["/usr/lib/x86_64-linux-musl/libc.a", "/usr/lib/musl/lib/libc.a"]
        .into_iter()
        .find(|path| Path::new(path).is_file());
    if found.is_none() {
        eprintln!("skipped: musl's libc.a is not installed");
    }
    found
}

#[test]
fn the_shm_open_of_musl_conforms_to_the_rules_of_musl() {
    let Some(archive) = musl() else { return };
    let directory = tempfile::tempdir().expect("there is room");
    let taken = Command::new("ar").args(["x", archive, "shm_open.lo"]).current_dir(&directory).output();
    if !taken.is_ok_and(|taken| taken.status.success()) {
        return eprintln!("skipped: {archive} has no shm_open.lo for ar to take out");
    }
    let object = directory.path().join("shm_open.lo");
    let Some(subject) = compiled(directory.path(), &[&format!("{SOURCES}/musl.c"), &object.to_string_lossy()]) else {
        return;
    };
    // All but its names is the system's; musl's own `mprotect` would protect whole pages.
    let (code, reports) =
        run(&["-s", &subject, "-p", "linux-musl", "--cases", "16", "-x", "mapping/protection-inside-a-page"]);
    assert_eq!(failures(&reports[0]), Vec::<&Value>::new());
    assert_eq!(code, Some(0));
    assert!(reports[0].to_string().contains("musl/opens-nonblocking"), "it is not musl's");
}

#[test]
fn a_library_with_descriptors_and_a_store_of_its_own_conforms_and_leaves_nothing_there() {
    let directory = tempfile::tempdir().expect("there is room");
    let Some(subject) = compiled(directory.path(), &[&format!("{SOURCES}/own.c")]) else { return };
    let store = own_store(directory.path());
    let (code, report) = run_with_store(&store, &["-s", &subject, "--cases", "16"]);
    assert_eq!(failures(&report), Vec::<&Value>::new());
    assert_eq!(code, Some(0));
    assert_eq!(report["profile"], "posix");
    assert!(report["summary"]["pass"].as_u64() > Some(200), "{:#}", report["summary"]);
    assert_eq!(std::fs::read_dir(&store).expect("it is there").count(), 0, "names are left in the library's own store");
}

#[rstest]
#[case::excl_ignored(1, "exclusive/existing-name")]
#[case::unlink_keeps_name(2, "exclusive/after-unlink")]
#[case::size_rounded_up(3, "size/exact")]
#[case::wrong_byte(4, "size/write-grows")]
fn a_fault_in_a_library_is_found(#[case] fault: u32, #[case] case: &str) {
    let directory = tempfile::tempdir().expect("there is room");
    let Some(subject) = compiled(directory.path(), &[&format!("-DFAULT={fault}"), &format!("{SOURCES}/own.c")]) else {
        return;
    };
    let store = own_store(directory.path());
    let (code, report) = run_with_store(&store, &["-s", &subject, case]);
    assert_eq!(verdicts(&report), ["fail"], "{report:#}");
    assert_eq!(code, Some(1));
}

#[test]
fn names_that_a_library_does_not_remove_are_told() {
    let directory = tempfile::tempdir().expect("there is room");
    let fault = "-DFAULT=5";
    let Some(subject) = compiled(directory.path(), &[fault, &format!("{SOURCES}/own.c")]) else { return };
    let (_, report) = run_with_store(&own_store(directory.path()), &["-s", &subject, "size/exact"]);
    let left = report["left_behind"].as_array().expect("it is a list");
    assert!(!left.is_empty(), "{report:#}");
}

#[rstest]
#[case::not_there("/nowhere/libmine.so", "No such file")]
#[case::no_library("/etc/passwd", "cannot be tested")]
fn a_library_that_cannot_be_loaded_leaves_the_others_their_results(#[case] path: &str, #[case] what: &str) {
    let (code, reports) = run(&["exclusive/existing-name", "-s", &format!("library:{path}"), "-s", "libc"]);
    let reason = reports[0]["gave_up"].as_str().expect("it says why");
    assert!(reason.contains(what), "{reason}");
    assert_eq!(verdicts(&reports[1]), ["pass"]);
    assert_eq!(code, Some(3));
}

#[rstest]
#[case::neither("int nothing;", "exports neither shm_open and shm_unlink nor memfd_create")]
#[case::no_unlink(
    "int shm_open(const char *n, int o, unsigned m) { (void)n; (void)o; (void)m; return -1; }",
    "its names would stay"
)]
#[case::own_errno("int *__errno_location(void) { static int own; return &own; }", "an errno of its own")]
#[case::ends_the_process(
    "__attribute__((constructor)) static void end(void) { __builtin_trap(); }",
    "the process that loads it ends"
)]
fn a_library_that_is_no_subject_is_told_why(#[case] source: &str, #[case] what: &str) {
    let directory = tempfile::tempdir().expect("there is room");
    let file = directory.path().join("mine.c");
    std::fs::write(&file, source).expect("there is room");
    let Some(subject) = compiled(directory.path(), &[&file.to_string_lossy()]) else { return };
    let (code, reports) = run(&["exclusive/existing-name", "-s", &subject]);
    let reason = reports[0]["gave_up"].as_str().expect("it says why");
    assert!(reason.contains(what), "{reason}");
    assert_eq!(code, Some(3));
}
