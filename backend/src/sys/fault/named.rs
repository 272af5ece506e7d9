//! Named objects that cannot be finished are taken back.

use nix::errno::Errno;
use rstest::rstest;

use super::child::in_child;
use super::descriptors::open_descriptors;
use super::{left, plan};
use crate::named::{self, ObjectName};
use crate::{Call, Commit, ErrorKind, name};

fn fresh() -> ObjectName {
    name::unique().unwrap().as_str().parse().unwrap()
}

#[rstest]
#[case::mode(Call::Fchmod, Errno::EIO)]
#[case::kept_mode(Call::Fstat, Errno::EIO)]
#[case::room(Call::Fstatvfs, Errno::EIO)]
#[case::size(Call::Ftruncate, Errno::EIO)]
#[case::space(Call::Ftruncate, Errno::ENOSPC)]
#[case::descriptor(Call::ShmOpen, Errno::EMFILE)]
fn what_cannot_be_created_leaves_nothing(#[case] call: Call, #[case] errno: Errno) {
    in_child(|| {
        let (name, before) = (fresh(), open_descriptors());
        plan(&[(call, errno)]);
        let error = named::create(&name, 4096, 0o600, Commit::Checked).unwrap_err();
        assert_eq!((error.call(), left()), (Some(call), 0));
        assert_eq!(open_descriptors(), before);
        assert_eq!(*named::unlink(&name).unwrap_err().kind(), ErrorKind::NotFound);
    });
}

#[test]
fn what_cannot_be_taken_back_is_told() {
    let name = fresh();
    plan(&[(Call::Ftruncate, Errno::EIO), (Call::ShmUnlink, Errno::EACCES)]);
    let error = named::create(&name, 4096, 0o600, Commit::Checked).unwrap_err();
    named::unlink(&name).unwrap();
    assert_eq!((error.kind(), error.call()), (&ErrorKind::Permission, Some(Call::ShmUnlink)));
}

#[test]
fn an_object_whose_creator_died_before_it_was_sized_is_refused() {
    let name = fresh();
    plan(&[(Call::Ftruncate, Errno::EIO), (Call::ShmUnlink, Errno::EACCES)]);
    named::create(&name, 4096, 0o600, Commit::Checked).unwrap_err();
    let opened = named::open(&name);
    named::unlink(&name).unwrap();
    assert!(matches!(opened.unwrap_err().kind(), ErrorKind::BadDescriptor(_)));
}

#[test]
fn signals_go_unnoticed() {
    let name = fresh();
    let calls = [Call::ShmOpen, Call::Fchmod, Call::Ftruncate, Call::ShmUnlink];
    plan(&calls.map(|call| (call, Errno::EINTR)));
    named::create(&name, 4096, 0o600, Commit::Checked).unwrap();
    named::unlink(&name).unwrap();
    assert_eq!(left(), 0);
}
