//! The texts of all errors, as people read them.

use nix::errno::Errno;

use super::{Error, ErrorKind};
use crate::{Call, DescriptorFault, Feature, Name, Prefix, Strategy};

fn list(errors: impl IntoIterator<Item = Error>) -> String {
    errors.into_iter().map(|error| format!("{error}\n")).collect()
}

#[test]
#[cfg_attr(miri, ignore = "insta starts cargo, which Miri cannot")]
fn errors_found_before_a_call() {
    let faults = [
        DescriptorFault::NotMemory,
        DescriptorFault::WrongAccess,
        DescriptorFault::TooSmall { size: 4096, wanted: 8192 },
        DescriptorFault::Shrinkable,
        DescriptorFault::TooMany { arrived: 3, wanted: 1 },
        DescriptorFault::Lost,
    ];
    let kinds = [
        ErrorKind::ZeroSize,
        ErrorKind::SizeTooLarge { asked: 1 << 63, max: (1 << 63) - 1 },
        ErrorKind::Unsupported(Feature::Strategy(Strategy::ShmAnon)),
        ErrorKind::Unsupported(Feature::Seal),
        ErrorKind::OutOfBounds { offset: 4000, len: 100, size: 4096 },
        ErrorKind::Misaligned { offset: 2, align: 4 },
        ErrorKind::ReadOnly,
        ErrorKind::OtherMemory,
        ErrorKind::Shrunk { size: 4096, needed: 8192 },
        ErrorKind::Cancelled { done: 4096 },
        ErrorKind::UnknownStrategy { name: "mem-fd".into() },
        ErrorKind::BadName { name: "no-slash".into() },
        ErrorKind::BadPrefix { prefix: "much-too-long-a-prefix".into() },
        ErrorKind::BadMode { asked: 0o4640, kept: 0o640 },
        ErrorKind::NoSpace { wanted: Some(100 << 20), free: Some(64 << 20), place: "/dev/shm" },
        ErrorKind::Exists,
        ErrorKind::NotFound,
        ErrorKind::BadMessage { fds: 300, max: 253 },
        ErrorKind::BadMessage { fds: 2, max: 253 },
    ];
    let kinds = kinds.into_iter().chain(faults.map(ErrorKind::BadDescriptor));
    insta::assert_snapshot!(list(kinds.map(Error::from)));
}

#[test]
#[cfg_attr(miri, ignore = "insta starts cargo, which Miri cannot")]
fn errors_of_a_call() {
    let name = Name::new(Prefix::default(), [0; 14]);
    let told = [
        (Call::ShmUnlink, Errno::EACCES, ErrorKind::NotUnlinked { name }),
        (Call::ShmOpen, Errno::EEXIST, ErrorKind::NamesTaken { tries: 16 }),
        (
            Call::Ftruncate,
            Errno::ENOMEM,
            ErrorKind::NoSpace { wanted: Some(8192), free: Some(4096), place: "/dev/shm" },
        ),
    ];
    let told = told.map(|(call, errno, kind)| Error::os(call, errno).told_as(kind));
    let plain = [
        (Call::ShmOpen, Errno::ENOENT),
        (Call::ShmOpen, Errno::EACCES),
        (Call::ShmOpen, Errno::EMFILE),
        (Call::ShmOpen, Errno::ENOSPC),
        (Call::MemfdCreate, Errno::ENOSYS),
        (Call::Mmap, Errno::EINVAL),
    ];
    let plain = plain.map(|(call, errno)| Error::os(call, errno));
    insta::assert_snapshot!(list(told.into_iter().chain(plain)));
}
