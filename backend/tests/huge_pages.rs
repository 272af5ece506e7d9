//! Memory of huge pages, which another process may have made, and of which a part is mapped.
#![cfg(target_os = "linux")]

#[path = "../src/sys/fault/child.rs"]
mod child;

use std::fs;

use child::in_child;
use nix::sys::memfd::{MFdFlags, memfd_create};
use rstest::rstest;
use shmfd::{ErrorKind, Expect, Prealloc, SharedMemory};

/// Two huge pages and the size of one, where this kernel has them. None need be free: swap is not set aside for them.
fn huge() -> Option<(SharedMemory, u64)> {
    let made = memfd_create(c"huge", MFdFlags::MFD_HUGETLB | MFdFlags::MFD_CLOEXEC);
    let Ok(fd) = made.inspect_err(|error| eprintln!("skipped: this system has no memory of huge pages: {error}"))
    else {
        return None;
    };
    let page = nix::sys::statfs::fstatfs(&fd).unwrap().block_size() as u64;
    nix::unistd::ftruncate(&fd, (2 * page).try_into().unwrap()).unwrap();
    Some((Expect::new().take(fd).unwrap(), page))
}

/// The kilobytes of address space that this process has.
fn address_space() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmSize:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[rstest]
#[case::one_page(|_| 4096)]
#[case::one_byte(|_| 1)]
#[case::a_page_and_a_byte(|huge| huge + 1)]
#[case::all(|huge| 2 * huge)]
fn a_part_of_huge_pages_is_unmapped_again(#[case] len: fn(u64) -> u64, #[values(false, true)] told: bool) {
    let Some((memory, page)) = huge() else { return };
    in_child(|| {
        let before = address_space();
        for _ in 0..20 {
            let mapping = memory.map_options().reserve(false).range(0, len(page)).map().unwrap();
            assert_eq!(mapping.len() as u64, len(page));
            if told {
                mapping.unmap().unwrap();
            }
        }
        let left = address_space() - before;
        assert!(left * 1024 < page, "{left} kB are left");
    });
}

#[test]
fn the_size_of_a_page_is_that_of_the_memory() {
    let Some((memory, page)) = huge() else { return };
    assert_eq!(memory.facts().unwrap().page_size as u64, page);
    let error = memory.map_options().reserve(false).range(4096, 1).map().unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Misaligned { offset: 4096, align: page });
}

#[test]
fn want_of_huge_pages_is_told_as_such_and_no_signal() {
    let Some((memory, page)) = huge() else { return };
    let mapping = memory.map_options().reserve(false).map().unwrap();
    if let Err(error) = Prealloc::new().run(&memory, &mapping) {
        let kind = ErrorKind::NoSpace { wanted: Some(2 * page), free: None, place: "the pool of huge pages" };
        assert_eq!(*error.kind(), kind, "{error}");
    }
}

#[cfg(target_pointer_width = "64")]
#[test]
fn a_guest_is_not_given_a_part_of_a_huge_page() {
    use vm_memory::GuestAddress;
    let Some((memory, page)) = huge() else { return };
    let error = memory.guest_region::<()>(GuestAddress(0), 0, 4096).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Misaligned { offset: 4096, align: page });
}
