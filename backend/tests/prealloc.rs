//! Taking memory before it is used, and what happens where there is not enough.

#[path = "../src/fault/child.rs"]
mod child;

use std::ops::ControlFlow;
use std::sync::Mutex;

use child::in_child;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use rstest::rstest;
use shmfd::{Builder, Commit, ErrorKind, Mapping, Prealloc, SharedMemory, Strategy};

fn mapped(size: u64) -> (SharedMemory, Mapping) {
    let memory = Builder::new(size).create().unwrap();
    let mapping = memory.map().unwrap();
    (memory, mapping)
}

fn resident(memory: &SharedMemory) -> u64 {
    nix::sys::stat::fstat(memory).unwrap().st_blocks as u64 * 512
}

#[rstest]
fn all_pages_are_there_and_what_was_written_stays(#[values(1, 2, 64)] threads: usize) {
    let size = 130 << 20;
    let (memory, mapping) = mapped(size + 1);
    mapping.write(size as usize, b"x").unwrap();
    Prealloc::new().threads(threads).run(&memory, &mapping).unwrap();
    assert!(resident(&memory) > size);
    let mut seen = [0];
    mapping.read(size as usize, &mut seen).unwrap();
    assert_eq!(&seen, b"x");
}

#[test]
fn progress_counts_up_to_all_bytes() {
    let (memory, mapping) = mapped((40 << 20) + 5);
    let seen = Mutex::new(Vec::new());
    let note = |done, total| {
        seen.lock().unwrap().push((done, total));
        ControlFlow::Continue(())
    };
    Prealloc::new().progress(&note).run(&memory, &mapping).unwrap();
    let (step, all) = (16 << 20, (40 << 20) + 5);
    assert_eq!(seen.into_inner().unwrap(), [(step, all), (2 * step, all), (all, all)]);
}

#[test]
fn work_that_is_cancelled_ends_after_the_step() {
    let (memory, mapping) = mapped(100 << 20);
    let stop = |_, _| ControlFlow::Break(());
    let error = Prealloc::new().progress(&stop).run(&memory, &mapping).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Cancelled { done: 16 << 20 });
    assert_eq!(resident(&memory), 16 << 20);
}

#[test]
fn a_read_only_mapping_is_not_populated() {
    let memory = Builder::new(1).create().unwrap();
    let mapping = memory.map_options().read_only().map().unwrap();
    let error = Prealloc::new().run(&memory, &mapping).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::ReadOnly);
}

#[test]
fn space_is_taken_at_once_where_that_is_asked_for() {
    for strategy in Strategy::ALL.into_iter().filter(|strategy| strategy.is_supported()) {
        let builder = Builder::new(1 << 20).strategy(strategy);
        assert_eq!(resident(&builder.create().unwrap()), 0);
        assert_eq!(resident(&builder.commit(Commit::Allocate).create().unwrap()), 1 << 20);
    }
}

/// Runs a test where `/dev/shm` has 1 MiB, which takes a superuser to arrange.
fn in_a_small_place(test: impl FnOnce()) {
    in_child(|| {
        if unshare(CloneFlags::CLONE_NEWNS).is_err() {
            return eprintln!("skipped: only a superuser can mount a small /dev/shm");
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
        let (memory, mapping) = mapped(256 << 20);
        let error = Prealloc::new().threads(threads).run(&memory, &mapping).unwrap_err();
        assert_eq!(*error.kind(), full(256 << 20, 0));
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
