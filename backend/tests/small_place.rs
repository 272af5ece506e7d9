//! What happens where `/dev/shm` is small, which takes Linux and a superuser to arrange.
#![cfg(target_os = "linux")]

#[path = "../src/sys/fault/child.rs"]
mod child;

use std::io::{Write, stderr};

use child::in_child;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use rstest::rstest;
use shmfd::{Builder, Commit, ErrorKind, Prealloc, Strategy};

/// Runs a test where `/dev/shm` has 1 MiB.
fn in_a_small_place(test: impl FnOnce()) {
    in_child(|| {
        if unshare(CloneFlags::CLONE_NEWNS).is_err() {
            // The child's output is not the test's, which would show it.
            let _ = writeln!(stderr(), "skipped: only a superuser can mount a small /dev/shm");
            return;
        }
        let none = None::<&str>;
        mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none).unwrap();
        mount(Some("small"), "/dev/shm", Some("tmpfs"), MsFlags::empty(), Some("size=1M")).unwrap();
        test();
    });
}

fn full(wanted: u64, free: u64) -> ErrorKind {
    ErrorKind::NoSpace { wanted: Some(wanted), free: Some(free), place: "/dev/shm" }
}

#[rstest]
fn want_of_space_is_an_error_and_no_signal(#[values(1, 2)] threads: usize) {
    in_a_small_place(|| {
        let memory = Builder::new(256 << 20).create().unwrap();
        let mapping = memory.map().unwrap();
        let error = Prealloc::new().threads(threads).run(&memory, &mapping).unwrap_err();
        // Where pages are touched, space is taken first, and given back when it is not enough.
        assert!([0, 1 << 20].map(|free| full(256 << 20, free)).contains(error.kind()), "{error}");
    });
}

#[test]
fn want_of_space_is_told_when_memory_is_made() {
    in_a_small_place(|| {
        let error = Builder::new(2 << 20).commit(Commit::Allocate).create().unwrap_err();
        assert_eq!(*error.kind(), full(2 << 20, 1 << 20));
        let told = error.to_string();
        assert!(told.starts_with("/dev/shm has not enough space for 2097152 bytes"), "{told}");
    });
}

#[test]
fn memory_files_do_not_need_the_place() {
    in_a_small_place(|| {
        let memory = Builder::new(2 << 20).strategy(Strategy::Memfd);
        memory.commit(Commit::Allocate).create().unwrap();
    });
}
