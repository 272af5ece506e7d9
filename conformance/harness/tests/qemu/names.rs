//! The name that a QEMU's object has for an instant is made of its process number: what becomes of two that choose one name.

use super::{DEFAULT_BINARY, Machine, is_here};
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use std::fs::{self, Permissions};
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

const PAGE: i64 = 4096;

/// The first name of a QEMU that is the first process of its namespace.
const NAME: &str = "/dev/shm/qemu-1-shm-0";

/// Calls `test` in a thread with a /dev/shm of its own, with a program that starts QEMU as the first process of a PID namespace;
/// says why not where that cannot be.
fn with_namespaces(test: impl FnOnce(&str) + Send) {
    if !is_here() {
        return;
    }
    if !nix::unistd::geteuid().is_root() {
        eprintln!("skipped: namespaces need root");
        return;
    }
    let directory = tempfile::tempdir().expect("there is room");
    let program = directory.path().join("qemu-in-a-namespace");
    let script = format!("#!/bin/sh\nexec unshare --pid --fork --kill-child {DEFAULT_BINARY} \"$@\"\n");
    fs::write(&program, script).expect("it can be written");
    fs::set_permissions(&program, Permissions::from_mode(0o755)).expect("it is ours");
    let program = program.to_string_lossy();
    std::thread::scope(|scope| {
        let program = &program;
        let run = move || match own_store() {
            Ok(()) => test(program),
            Err(error) => eprintln!("skipped: no private /dev/shm: {error}"),
        };
        scope.spawn(run).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
}

/// Gives this thread, and what it starts, a /dev/shm of its own.
fn own_store() -> nix::Result<()> {
    unshare(CloneFlags::CLONE_NEWNS)?;
    mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None::<&str>)?;
    mount(Some("test"), "/dev/shm", Some("tmpfs"), MsFlags::empty(), Some("mode=1777"))
}

fn start(binary: &str) -> Machine {
    Machine::start(binary, PAGE).unwrap_or_else(|failure| panic!("{}", failure.words))
}

fn refusal(binary: &str) -> String {
    Machine::start(binary, PAGE).expect_err("it is refused").words
}

/// Where the name was, and the number of the object.
fn former_name(machine: &Machine) -> (String, u64) {
    use std::os::unix::fs::MetadataExt;
    let path = format!("/proc/self/fd/{}", machine.memory().as_raw_fd());
    let object = fs::metadata(&path).expect("it is open").ino();
    (fs::read_link(path).expect("it is open").to_string_lossy().into_owned(), object)
}

#[test]
fn two_qemus_that_choose_one_name_one_after_the_other_have_two_objects() {
    with_namespaces(|binary| {
        let (one, other) = (start(binary), start(binary));
        let ((one, first), (other, second)) = (former_name(&one), former_name(&other));
        assert_eq!(
            (one.as_str(), other.as_str()),
            ("/dev/shm/qemu-1-shm-0 (deleted)", "/dev/shm/qemu-1-shm-0 (deleted)")
        );
        assert_ne!(first, second);
        assert!(fs::read_dir("/dev/shm").expect("it is there").next().is_none());
    });
}

/// It tries no other name. The name may also be one that a QEMU left which was killed at the wrong instant.
#[test]
fn a_qemu_whose_name_exists_has_no_memory() {
    with_namespaces(|binary| {
        fs::write(NAME, "").expect("it can be written");
        for _ in 0..2 {
            let words = refusal(binary);
            assert!(words.contains("failed to create POSIX shared memory: File exists"), "{words}");
        }
        fs::remove_file(NAME).expect("it is there");
        start(binary);
    });
}

/// In a directory whose names cannot be removed, which holds the first QEMU between its two calls for ever.
#[test]
fn a_qemu_does_not_heed_that_its_name_stays_and_the_next_one_with_that_name_has_no_memory() {
    with_namespaces(|binary| {
        let marked = Command::new("chattr").args(["+a", "/dev/shm"]).output();
        if !marked.is_ok_and(|output| output.status.success()) {
            eprintln!("skipped: this tmpfs keeps no names for good");
            return;
        }
        let first = start(binary);
        assert_eq!(former_name(&first).0, NAME);
        let words = refusal(binary);
        assert!(words.contains("File exists"), "{words}");
        let modes = fs::metadata(NAME).expect("it is there").permissions().mode();
        assert_eq!(modes & 0o7777, 0);
    });
}
