//! Making memory: what it is, whatever the process is like.

#[path = "../src/sys/fault/child.rs"]
mod child;

use std::os::fd::AsFd;

use child::in_child;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::stat::{Mode, fstat, umask};
use rstest::rstest;
use shmfd::{Builder, Commit, ErrorKind, Feature, FinalMode, Prefix, SharedMemory, SizeGuard, Strategy};

fn mode_of(memory: &SharedMemory) -> u32 {
    let mode: u32 = fstat(memory).unwrap().st_mode as _;
    mode & 0o7777
}

/// The strategies that work here: a kernel that stands in for another may lack some.
fn supported() -> impl Iterator<Item = Strategy> {
    let works = |strategy: &Strategy| match Builder::new(1).strategy(*strategy).create() {
        Ok(_) => true,
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
            if strategy.is_supported() {
                eprintln!("skipped: {error}");
            }
            false
        }
    };
    Strategy::ALL.into_iter().filter(works)
}

#[test]
fn every_strategy_of_this_system_gives_closed_memory_of_the_size_asked() {
    for strategy in supported().chain([Strategy::Auto]) {
        for size in [1, 4095, 4096, 4097, 1 << 30] {
            // A store may be smaller than the largest of these, of which nothing is used.
            let memory = Builder::new(size).strategy(strategy).commit(Commit::Lazy).create().unwrap();
            let stat = fstat(&memory).unwrap();
            assert_eq!(memory.size(), size);
            assert!(memory.facts().unwrap().kernel_size >= size);
            assert_eq!(mode_of(&memory), 0, "{strategy}");
            assert!(cfg!(target_vendor = "apple") || stat.st_nlink <= 1, "{strategy}");
            let flags = fcntl(&memory, FcntlArg::F_GETFD).unwrap();
            assert!(FdFlag::from_bits_retain(flags).contains(FdFlag::FD_CLOEXEC), "{strategy}");
        }
    }
}

#[test]
fn the_result_tells_the_strategy_and_what_it_can_do() {
    for strategy in supported() {
        let facts = Builder::new(1).strategy(strategy).create().unwrap().facts().unwrap();
        assert_eq!(facts.strategy, Some(strategy));
        assert_eq!(facts.sealable, strategy == Strategy::Memfd);
        assert_eq!(facts.size_guard == SizeGuard::SizedOnce, cfg!(target_vendor = "apple"));
    }
}

#[rstest]
fn the_final_mode_holds_under_every_umask(
    #[values(0, 0o022, 0o400, 0o777)] mask: u16,
    #[values((FinalMode::Closed, 0), (FinalMode::OwnerRead, 0o400), (FinalMode::OwnerReadWrite, 0o600))] mode: (
        FinalMode,
        u32,
    ),
) {
    let (mode, wanted) = mode;
    in_child(|| {
        umask(Mode::from_bits_truncate(mask as _));
        for strategy in supported() {
            let memory = Builder::new(1).strategy(strategy).final_mode(mode).create().unwrap();
            assert_eq!(mode_of(&memory), wanted, "{strategy}");
        }
    });
}

#[test]
fn auto_takes_what_no_store_bounds_where_there_is_such_memory() {
    let first = Builder::new(1).create().unwrap().strategy();
    let expected = if cfg!(any(target_os = "linux", target_os = "android")) {
        Strategy::Memfd
    } else if cfg!(target_os = "freebsd") {
        Strategy::ShmAnon
    } else if cfg!(target_os = "openbsd") {
        Strategy::ShmMkstemp
    } else {
        Strategy::PosixUnlinked
    };
    assert_eq!(first, Some(expected));
}

#[test]
fn a_size_of_0_is_refused() {
    assert_eq!(*Builder::new(0).create().unwrap_err().kind(), ErrorKind::ZeroSize);
}

#[test]
fn a_size_that_63_bits_cannot_hold_is_refused() {
    let asked = i64::MAX as u64 + 1;
    let error = Builder::new(asked).create().unwrap_err();
    let max = if cfg!(target_vendor = "apple") { 1 << 47 } else { asked - 1 };
    assert_eq!(*error.kind(), ErrorKind::SizeTooLarge { asked, max });
}

#[test]
fn a_strategy_of_another_system_is_unsupported() {
    for strategy in Strategy::ALL.into_iter().filter(|strategy| !strategy.is_supported()) {
        let error = Builder::new(1).strategy(strategy).create().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Unsupported(Feature::Strategy(strategy)));
    }
}

#[test]
fn a_clone_is_the_same_memory_with_a_descriptor_of_its_own() {
    let memory = Builder::new(4096).create().unwrap();
    let clone = memory.try_clone().unwrap();
    assert_ne!(format!("{:?}", memory.as_fd()), format!("{:?}", clone.as_fd()));
    memory.map().unwrap().write(7, b"same").unwrap();
    let mut seen = [0; 4];
    clone.map().unwrap().read(7, &mut seen).unwrap();
    assert_eq!(&seen, b"same");
}

#[test]
fn children_of_a_fork_draw_names_of_their_own() {
    let parent = Prefix::default().peek().unwrap();
    in_child(|| assert_ne!(Prefix::default().peek().unwrap(), parent));
    assert_eq!(Prefix::default().peek().unwrap(), parent);
}
