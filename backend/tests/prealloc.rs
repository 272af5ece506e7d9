//! Taking memory before it is used.

use std::ops::ControlFlow;
use std::sync::Mutex;

use rstest::rstest;
use shmfd::{Builder, Commit, ErrorKind, Mapping, Prealloc, SharedMemory, Strategy};

fn mapped(size: u64) -> (SharedMemory, Mapping) {
    let memory = Builder::new(size).create().unwrap();
    let mapping = memory.map().unwrap();
    (memory, mapping)
}

/// Whether this system can populate memory without the risk of a signal.
fn can_populate() -> bool {
    let (memory, mapping) = mapped(1);
    match Prealloc::new().run(&memory, &mapping) {
        Ok(()) => true,
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
            eprintln!("skipped: {error}");
            false
        }
    }
}

/// The bytes that are taken, on systems that tell: what was not used has none.
fn resident(memory: &SharedMemory) -> Option<u64> {
    let bytes = |memory: &SharedMemory| {
        let blocks: u64 = nix::sys::stat::fstat(memory).unwrap().st_blocks as _;
        blocks * 512
    };
    let unused = Builder::new(1 << 20).create().unwrap();
    (cfg!(target_os = "linux") && bytes(&unused) == 0).then(|| bytes(memory))
}

#[rstest]
fn all_pages_are_there_and_what_was_written_stays(#[values(1, 2, 64)] threads: usize) {
    if !can_populate() {
        return;
    }
    let size = 130 << 20;
    let (memory, mapping) = mapped(size + 1);
    mapping.write(size as usize, b"x").unwrap();
    Prealloc::new().threads(threads).run(&memory, &mapping).unwrap();
    assert!(resident(&memory).is_none_or(|bytes| bytes > size));
    let mut seen = [0];
    mapping.read(size as usize, &mut seen).unwrap();
    assert_eq!(&seen, b"x");
}

#[test]
fn progress_counts_up_to_all_bytes() {
    if !can_populate() {
        return;
    }
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
    if !can_populate() {
        return;
    }
    let (memory, mapping) = mapped(100 << 20);
    let stop = |_, _| ControlFlow::Break(());
    let error = Prealloc::new().progress(&stop).run(&memory, &mapping).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Cancelled { done: 16 << 20 });
    assert!(resident(&memory).is_none_or(|bytes| bytes >= 16 << 20));
}

#[test]
fn a_read_only_mapping_is_not_populated() {
    let memory = Builder::new(1).create().unwrap();
    let mapping = memory.map_options().read_only().map().unwrap();
    let error = Prealloc::new().run(&memory, &mapping).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::ReadOnly);
}

#[test]
fn a_mapping_of_other_memory_is_refused() {
    let (memory, other) = (mapped(4096).0, mapped(4096).1);
    if cfg!(target_vendor = "apple") {
        return eprintln!("skipped: this system tells no objects apart, and populating needs the mapping alone");
    }
    assert_eq!(*Prealloc::new().run(&memory, &other).unwrap_err().kind(), ErrorKind::OtherMemory);
    let again = memory.map().unwrap();
    if can_populate() {
        Prealloc::new().run(&memory.try_clone().unwrap(), &again).unwrap();
    }
}

#[test]
fn space_is_taken_at_once_where_that_is_asked_for() {
    for strategy in Strategy::ALL.into_iter().filter(|strategy| strategy.is_supported()) {
        let builder = Builder::new(1 << 20).strategy(strategy);
        match builder.commit(Commit::Reserved).create() {
            Ok(taken) => assert!(resident(&taken).is_none_or(|bytes| bytes == 1 << 20)),
            Err(error) => assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}"),
        }
    }
}
