//! What can be done with a mapping: nothing outside of it, and nothing with what is unmapped.

use shmconf_adapter::subject::{CallResult, Libc, Refused, Region, Subject, host, native};
use shmconf_model::outcome::Errno;
use std::sync::atomic::{AtomicU32, Ordering};

/// Tests run at the same time, and each has names of its own.
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// Two pages, or nothing where the system has no objects.
fn two_pages() -> Option<Region> {
    let page = host::page_size();
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = std::ffi::CString::new(format!("/sc-region-{}-{number}", std::process::id())).expect("no zero byte");
    let fd = Libc.create(&name, 2 * page as i64).ok()?;
    let access = libc::PROT_READ | libc::PROT_WRITE;
    Some(native::mmap(2 * page, access, libc::MAP_SHARED, (&fd).into(), 0).expect("it is mapped"))
}

fn is_refused<T>(done: CallResult<T>) -> bool {
    matches!(done, Err(Refused::Unsupported(_)))
}

#[test]
fn a_region_ends_where_the_mapping_does() {
    let Some(region) = two_pages() else { return eprintln!("skipped: there are no objects here") };
    let len = region.len();
    assert_eq!(native::store(&region, len - 1, 0x41, 1), Ok(()));
    assert_eq!(native::load(&region, len - 2, 2).map(|content| content.to_string()), Ok("00*1 41*1".to_owned()));
    for (offset, bytes) in [(len, 1), (len - 1, 2), (0, len + 1), (usize::MAX, 1), (1, usize::MAX)] {
        assert!(is_refused(native::store(&region, offset, 0, bytes)), "{offset} {bytes}");
        assert!(is_refused(native::load(&region, offset, bytes)), "{offset} {bytes}");
    }
}

#[test]
fn what_is_unmapped_cannot_be_used() {
    let Some(mut region) = two_pages() else { return eprintln!("skipped: there are no objects here") };
    let page = host::page_size();
    assert_eq!(native::munmap(&mut region, page, page), Ok(()));
    assert!(is_refused(native::store(&region, page, 0x41, 1)));
    assert!(is_refused(native::load(&region, page - 1, 2)));
    assert_eq!(native::store(&region, page - 1, 0x41, 1), Ok(()));
    assert!(is_refused(native::mprotect(&mut region, 0, 2 * page, libc::PROT_READ)), "a part may have another use");
    let len = region.len();
    assert_eq!(native::munmap(&mut region, 0, len), Ok(()));
    assert!(is_refused(native::store(&region, 0, 0x41, 1)));
    assert!(region.is_empty());
    assert_eq!(native::munmap(&mut region, 0, len), Ok(()), "nothing of it is left");
}

#[test]
fn a_mapping_replaces_nothing() {
    let Some(region) = two_pages() else { return eprintln!("skipped: there are no objects here") };
    let null = std::fs::File::open("/dev/zero").expect("it is there");
    let fd = std::os::fd::AsFd::as_fd(&null).into();
    let fixed = native::mmap(region.len(), libc::PROT_READ, libc::MAP_SHARED | libc::MAP_FIXED, fd, 0);
    assert!(is_refused(fixed));
    assert_eq!(
        native::mmap(0, libc::PROT_READ, libc::MAP_SHARED, fd, 0).map(|_| ()),
        Err(Refused::Errno(Errno::EINVAL))
    );
}
