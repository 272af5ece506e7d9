//! Populating and advising on systems that cannot, and where memory runs out.

use nix::errno::Errno;
use rstest::rstest;

use super::{left, plan};
use crate::{Builder, Call, Commit, Error, ErrorKind, Feature, Mapping, Nodes, Numa, Prealloc, SharedMemory};

const SIZE: u64 = (20 << 20) + 1;

/// The answer to advice that does not exist, which is given before all other.
const HEEDED: (Call, Errno) = (Call::Madvise, Errno::EINVAL);

fn populate(faults: &[(Call, Errno)]) -> (SharedMemory, Result<(), Error>) {
    let memory = Builder::new(SIZE).create().unwrap();
    let mapping = memory.map().unwrap();
    plan(&[&[HEEDED], faults].concat());
    let result = Prealloc::new().run(&memory, &mapping);
    assert_eq!(left(), 0, "a planted fault was not met");
    (memory, result)
}

#[test]
fn a_kernel_that_cannot_populate_has_its_pages_touched() {
    let (memory, result) = populate(&[(Call::Madvise, Errno::EINVAL)]);
    result.unwrap();
    assert!(nix::sys::stat::fstat(memory).unwrap().st_blocks as u64 * 512 >= SIZE);
}

#[rstest]
#[case::at_once(&[(Call::Madvise, Errno::EFAULT)])]
#[case::no_page_tables(&[(Call::Madvise, Errno::ENOMEM)])]
#[case::before_the_touch(&[(Call::Madvise, Errno::EINVAL), (Call::PosixFallocate, Errno::ENOSPC)])]
#[case::free_space_unknown(&[(Call::Madvise, Errno::EFAULT), (Call::Fstatvfs, Errno::EIO)])]
fn want_of_space_is_told(#[case] faults: &[(Call, Errno)]) {
    let error = populate(faults).1.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NoSpace { wanted: Some(SIZE), .. }), "{error}");
}

#[rstest]
#[case::file_system(Errno::EOPNOTSUPP)]
#[case::device(Errno::ENODEV)]
fn where_neither_way_is_safe_nothing_is_touched(#[case] errno: Errno) {
    let faults = [(Call::Madvise, Errno::EINVAL), (Call::PosixFallocate, errno)];
    let (memory, result) = populate(&faults);
    assert_eq!(*result.unwrap_err().kind(), ErrorKind::Unsupported(Feature::Allocate));
    // gVisor counts the blocks of memory whether or not there are any.
    let unused = Builder::new(SIZE).create().unwrap();
    let blocks = |memory| nix::sys::stat::fstat(memory).unwrap().st_blocks;
    assert_eq!(blocks(memory), blocks(unused));
}

#[test]
fn signals_do_not_keep_space_from_being_taken() {
    plan(&[(Call::PosixFallocate, Errno::EINTR); 5]);
    Builder::new(SIZE).commit(Commit::Allocate).create().unwrap();
    assert_eq!(left(), 0);
}

type Advise = fn(&Mapping) -> Result<(), Error>;

#[rstest]
#[case::merge(|m: &Mapping| m.set_merge(true), Call::Madvise, Errno::EINVAL, Feature::Merge)]
#[case::dump(|m: &Mapping| m.set_dump(false), Call::Madvise, Errno::EINVAL, Feature::Dump)]
#[case::numa(
    |m: &Mapping| m.set_numa(Numa::Bind(Nodes::new([0])?)), Call::Mbind, Errno::ENOSYS, Feature::Numa
)]
fn advice_that_the_kernel_lacks_is_unsupported(
    #[case] advise: Advise,
    #[case] call: Call,
    #[case] errno: Errno,
    #[case] feature: Feature,
) {
    let mapping = Builder::new(1).create().unwrap().map().unwrap();
    plan(&[HEEDED, (call, errno)]);
    let error = advise(&mapping).unwrap_err();
    assert_eq!((error.kind(), error.call()), (&ErrorKind::Unsupported(feature), Some(call)));
}

#[test]
fn without_numa_the_default_policy_is_no_error() {
    let mapping = Builder::new(1).create().unwrap().map().unwrap();
    plan(&[(Call::Mbind, Errno::ENOSYS)]);
    mapping.set_numa(Numa::Default).unwrap();
    assert_eq!(left(), 0);
}

#[cfg(feature = "qemu")]
#[rstest]
#[case::merge_by_name("merge=on", false)]
#[case::merge_by_default("merge=off", true)]
#[case::dump_off("dump=off", false)]
#[case::dump_on("dump=on", true)]
fn a_backend_minds_lacking_advice_where_it_was_asked_for(#[case] option: &str, #[case] made: bool) {
    let options = format!("memory-backend-shm,id=m,size=1M,{option}");
    let options: crate::qemu::Options = options.parse().unwrap();
    plan(&[HEEDED; 4]);
    assert_eq!(options.create().is_ok(), made);
}
