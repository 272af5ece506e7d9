//! Objects that keep their name until somebody takes it away.

#[path = "../src/sys/fault/child.rs"]
mod child;

use child::in_child;
use nix::sys::stat::{Mode, fstat, umask};
use rstest::rstest;
use shmfd::named::{self, ObjectName};
use shmfd::{Commit, ErrorKind, name};

/// A name that nobody else has.
fn fresh() -> ObjectName {
    name::unique().unwrap().as_str().parse().unwrap()
}

#[test]
fn what_one_creates_another_opens() {
    let name = fresh();
    let created = named::create(&name, 5000, 0o600, Commit::Checked).unwrap();
    created.map().unwrap().write(0, b"kept").unwrap();
    drop(created);
    let opened = named::open(&name).unwrap();
    named::unlink(&name).unwrap();
    let mut seen = [0; 4];
    opened.map().unwrap().read(0, &mut seen).unwrap();
    assert_eq!(&seen, b"kept");
}

#[test]
fn a_name_that_exists_is_not_created_again() {
    let name = fresh();
    let _first = named::create(&name, 1, 0o600, Commit::Checked).unwrap();
    let second = named::create(&name, 1, 0o600, Commit::Checked);
    named::unlink(&name).unwrap();
    assert_eq!(*second.unwrap_err().kind(), ErrorKind::Exists);
}

#[test]
fn a_name_that_is_gone_is_not_found() {
    let name = fresh();
    assert_eq!(*named::open(&name).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(*named::unlink(&name).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn permissions_are_those_asked_for_whatever_the_umask() {
    in_child(|| {
        umask(Mode::from_bits_truncate(0o777));
        let name = fresh();
        let created = named::create(&name, 1, 0o640, Commit::Checked).unwrap();
        named::unlink(&name).unwrap();
        let bits = if cfg!(target_os = "openbsd") { 0o600 } else { 0o640 };
        let mode: u32 = fstat(created).unwrap().st_mode as _;
        assert_eq!(mode & 0o7777, bits);
    });
}

#[rstest]
#[case::sticky(0o1600)]
#[case::set_user(0o4640)]
#[case::set_group(0o2770)]
#[case::all(0o7777)]
#[case::no_permission(0o100_600)]
fn bits_beyond_permissions_are_kept_or_refused(#[case] mode: u16) {
    let name = fresh();
    match named::create(&name, 1, mode, Commit::Checked) {
        Ok(created) => {
            named::unlink(&name).unwrap();
            let kept: u32 = fstat(created).unwrap().st_mode as _;
            assert_eq!(kept & 0o7777, u32::from(mode));
        }
        Err(error) => {
            let ErrorKind::BadMode { asked, kept } = *error.kind() else { panic!("{error}") };
            assert_eq!((asked, kept & !mode), (mode, 0));
            assert_ne!(kept, mode);
            assert_eq!(*named::unlink(&name).unwrap_err().kind(), ErrorKind::NotFound);
        }
    }
}

#[test]
fn an_object_that_cannot_be_sized_leaves_no_name() {
    let name = fresh();
    let error = named::create(&name, u64::MAX, 0o600, Commit::Checked).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::SizeTooLarge { .. }), "{error}");
    assert_eq!(*named::create(&name, 0, 0o600, Commit::Checked).unwrap_err().kind(), ErrorKind::ZeroSize);
    assert_eq!(*named::unlink(&name).unwrap_err().kind(), ErrorKind::NotFound);
}

#[rstest]
#[case::empty("")]
#[case::no_slash("name")]
#[case::only_a_slash("/")]
#[case::a_second_slash("/a/b")]
#[case::two_slashes("//a")]
#[case::dot("/.")]
#[case::dots("/..")]
#[case::nul("/a\0b")]
#[case::too_long("/012345678901234567890123456789")]
fn a_name_that_means_something_else_elsewhere_is_refused(#[case] text: &str) {
    let error = text.parse::<ObjectName>().unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::BadName { name: text.into() });
}
