//! Every way in which making memory can fail, and that nothing is left of it.

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::mman::shm_open;
use nix::sys::stat::Mode;
use rstest::rstest;

use super::child::in_child;
use super::descriptors::open_descriptors;
use super::{left, plan};
use crate::sys::create_unlink::create_as;
use crate::{Builder, Call, Commit, Error, ErrorKind, Feature, FinalMode, Prefix, SharedMemory, Strategy, name, sys};

const POSIX: Builder = Builder::new(4096).strategy(Strategy::PosixUnlinked);
const NO_SPACE: ErrorKind = ErrorKind::NoSpace { wanted: None, free: None, place: "/dev/shm" };

/// Makes memory in a process of its own, with faults planted, and checks that nothing is left of it.
fn with_faults(builder: &Builder, faults: &[(Call, Errno)], check: impl FnOnce(Result<SharedMemory, Error>)) {
    in_child(|| {
        let names = name::upcoming();
        let before = open_descriptors();
        plan(faults);
        let result = builder.create();
        assert_eq!(left(), 0, "a planted fault was not met");
        check(result);
        assert_eq!(open_descriptors(), before, "descriptors");
        for name in names {
            let found = shm_open(name.as_c_str(), OFlag::O_RDONLY, Mode::empty());
            assert_eq!(found.unwrap_err(), Errno::ENOENT, "{name} is left");
        }
    });
}

#[rstest]
#[case::no_descriptor(Call::ShmOpen, Errno::EMFILE, ErrorKind::DescriptorLimit)]
#[case::no_file(Call::ShmOpen, Errno::ENFILE, ErrorKind::DescriptorLimit)]
#[case::no_dev_shm(Call::ShmOpen, Errno::ENOENT, ErrorKind::NoPlace)]
#[case::read_only_dev_shm(Call::ShmOpen, Errno::EROFS, ErrorKind::NoPlace)]
#[case::netbsd_without_tmpfs(Call::ShmOpen, Errno::EOPNOTSUPP, ErrorKind::NoPlace)]
#[case::denied(Call::ShmOpen, Errno::EACCES, ErrorKind::Permission)]
#[case::no_inode(Call::ShmOpen, Errno::ENOSPC, NO_SPACE)]
#[case::no_such_call(Call::ShmOpen, Errno::ENOSYS, ErrorKind::Unsupported(Feature::Call(Call::ShmOpen)))]
#[case::over_the_limit(Call::Ftruncate, Errno::EFBIG, ErrorKind::Os)]
fn a_failing_call_leaves_nothing(#[case] call: Call, #[case] errno: Errno, #[case] kind: ErrorKind) {
    with_faults(&POSIX, &[(call, errno)], |result| {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.call()), (&kind, Some(call)));
        assert_eq!(error.raw_os_error(), Some(errno as i32));
    });
}

/// gVisor's way: the object is there when no descriptor is left for it.
#[test]
fn what_an_open_without_a_descriptor_made_is_taken_away() {
    in_child(|| {
        let name = Prefix::default().peek().unwrap();
        shm_open(name.as_c_str(), OFlag::O_RDWR | OFlag::O_CREAT, Mode::empty()).unwrap();
        plan(&[(Call::ShmOpen, Errno::EMFILE)]);
        assert_eq!(*POSIX.create().unwrap_err().kind(), ErrorKind::DescriptorLimit);
        assert_eq!(nix::sys::mman::shm_unlink(name.as_c_str()), Err(Errno::ENOENT));
    });
}

#[test]
fn what_an_open_without_a_descriptor_made_is_told_where_it_stays() {
    in_child(|| {
        let name = Prefix::default().peek().unwrap();
        plan(&[(Call::ShmOpen, Errno::EMFILE), (Call::ShmUnlink, Errno::EACCES)]);
        assert_eq!(*POSIX.create().unwrap_err().kind(), ErrorKind::NotUnlinked { name });
    });
}

#[test]
fn want_of_space_tells_how_much_was_wanted() {
    with_faults(&POSIX, &[(Call::Ftruncate, Errno::ENOMEM)], |result| {
        let error = result.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NoSpace { wanted: Some(4096), .. }), "{error}");
    });
}

#[test]
fn without_random_bytes_there_is_no_name() {
    in_child(|| {
        plan(&[(Call::GetRandom, Errno::EIO)]);
        let error = POSIX.create().unwrap_err();
        assert_eq!((error.kind(), error.call()), (&ErrorKind::Os, Some(Call::GetRandom)));
    });
}

#[rstest]
#[case(Strategy::PosixUnlinked, &[Call::ShmOpen, Call::ShmUnlink, Call::Ftruncate, Call::Fchmod])]
#[case(Strategy::TmpFile, &[Call::Open, Call::Ftruncate, Call::Fchmod])]
#[case(Strategy::Memfd, &[Call::MemfdCreate, Call::Ftruncate, Call::Fchmod])]
fn a_signal_in_any_call_goes_unnoticed(#[case] strategy: Strategy, #[case] calls: &[Call]) {
    if let Err(error) = Builder::new(1).strategy(strategy).create() {
        assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
        return eprintln!("skipped: {error}");
    }
    let faults: Vec<_> = calls.iter().flat_map(|&call| [(call, Errno::EINTR); 3]).collect();
    let builder = Builder::new(4096).strategy(strategy).final_mode(FinalMode::OwnerRead);
    with_faults(&builder, &faults, |result| assert_eq!(result.unwrap().size(), 4096));
}

#[test]
fn a_name_that_exists_is_passed_over() {
    with_faults(&POSIX, &[(Call::ShmOpen, Errno::EEXIST); 15], |result| {
        result.unwrap();
    });
}

#[test]
fn names_that_all_exist_are_given_up() {
    with_faults(&POSIX, &[(Call::ShmOpen, Errno::EEXIST); 16], |result| {
        assert_eq!(*result.unwrap_err().kind(), ErrorKind::NamesTaken { tries: 16 });
    });
}

#[test]
fn a_name_that_somebody_squats_is_passed_over() {
    in_child(|| {
        let squatted = Prefix::default().peek().unwrap();
        let flags = OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL;
        shm_open(squatted.as_c_str(), flags, Mode::empty()).unwrap();
        let made = POSIX.create();
        nix::sys::mman::shm_unlink(squatted.as_c_str()).unwrap();
        assert_eq!(made.unwrap().size(), 4096);
    });
}

#[rstest]
#[case::closed(FinalMode::Closed, 0)]
#[case::readable(FinalMode::OwnerRead, 0o400)]
#[case::open(FinalMode::OwnerReadWrite, 0o600)]
fn an_owner_without_rights_takes_them_to_unlink(#[case] mode: FinalMode, #[case] bits: u32) {
    let builder = POSIX.final_mode(mode);
    with_faults(&builder, &[(Call::ShmUnlink, Errno::EACCES)], |result| {
        assert_eq!(nix::sys::stat::fstat(result.unwrap()).unwrap().st_mode & 0o7777, bits);
    });
}

/// FreeBSD's way: the owner has rights until the name is gone, even under a umask that leaves none.
#[rstest]
fn rights_that_are_needed_to_unlink_are_gone_afterwards(
    #[values(0, 0o777)] mask: u32,
    #[values(FinalMode::Closed, FinalMode::OwnerRead, FinalMode::OwnerReadWrite)] mode: FinalMode,
    #[values(false, true)] refused: bool,
) {
    in_child(|| {
        nix::sys::stat::umask(Mode::from_bits_truncate(mask));
        plan(&[(Call::ShmUnlink, Errno::EACCES)][..usize::from(refused)]);
        let name = Prefix::default().peek().unwrap();
        let fd = create_as(FinalMode::OwnerReadWrite, mode, Prefix::default()).unwrap();
        assert_eq!(nix::sys::stat::fstat(fd).unwrap().st_mode & 0o7777, mode.bits().bits());
        assert_eq!(nix::sys::mman::shm_unlink(name.as_c_str()), Err(Errno::ENOENT));
    });
}

#[test]
fn a_name_that_is_gone_already_is_no_error() {
    in_child(|| {
        let name = Prefix::default().peek().unwrap();
        plan(&[(Call::ShmUnlink, Errno::ENOENT)]);
        POSIX.create().unwrap();
        nix::sys::mman::shm_unlink(name.as_c_str()).unwrap();
    });
}

#[test]
fn what_cannot_be_unlinked_is_empty_and_told() {
    in_child(|| {
        let (name, before) = (Prefix::default().peek().unwrap(), open_descriptors());
        plan(&[(Call::ShmUnlink, Errno::EACCES), (Call::ShmUnlink, Errno::EACCES)]);
        let error = POSIX.create().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::NotUnlinked { name });
        assert_eq!(open_descriptors(), before);
        let object = shm_open(name.as_c_str(), OFlag::O_RDONLY, Mode::empty()).unwrap();
        assert_eq!(sys::status(&object).unwrap().size, 0);
        nix::sys::mman::shm_unlink(name.as_c_str()).unwrap();
    });
}

#[rstest]
#[case::tmpfile_on_another_file_system(Strategy::TmpFile, Call::Open, Errno::EOPNOTSUPP)]
#[case::tmpfile_on_an_old_kernel(Strategy::TmpFile, Call::Open, Errno::EISDIR)]
fn what_the_system_lacks_is_unsupported(#[case] strategy: Strategy, #[case] call: Call, #[case] errno: Errno) {
    with_faults(&Builder::new(1).strategy(strategy), &[(call, errno)], |result| {
        let unsupported = ErrorKind::Unsupported(Feature::Strategy(strategy));
        assert_eq!(*result.unwrap_err().kind(), unsupported);
    });
}

#[test]
fn memfd_on_an_old_kernel_is_made_without_the_new_flag() {
    let memfd = Builder::new(1).strategy(Strategy::Memfd);
    with_faults(&memfd, &[(Call::MemfdCreate, Errno::EINVAL)], |result| {
        result.unwrap();
    });
}

#[rstest]
#[case::on_an_old_kernel(&[(Call::MemfdCreate, Errno::ENOSYS)], Strategy::PosixUnlinked)]
#[case::where_a_filter_denies_it(&[(Call::MemfdCreate, Errno::EPERM)], Strategy::PosixUnlinked)]
#[case::without_a_place_for_names(
    &[(Call::MemfdCreate, Errno::ENOSYS), (Call::ShmOpen, Errno::ENOENT)],
    Strategy::TmpFile
)]
fn auto_goes_on_where_a_way_does_not_work(#[case] faults: &[(Call, Errno)], #[case] then: Strategy) {
    with_faults(&Builder::new(1), faults, |result| match result {
        Ok(memory) => assert_eq!(memory.strategy(), Some(then)),
        Err(error) => assert_eq!((error.call(), then), (Some(Call::MemfdCreate), Strategy::TmpFile)),
    });
}

#[test]
fn auto_tells_the_first_refusal_where_nothing_works() {
    let faults = [(Call::ShmOpen, Errno::ENOENT), (Call::MemfdCreate, Errno::ENOSYS), (Call::Open, Errno::ENOENT)];
    with_faults(&Builder::new(1), &faults, |result| {
        assert_eq!(result.unwrap_err().call(), Some(Call::MemfdCreate));
    });
}

#[test]
fn a_room_that_cannot_be_told_is_an_error_unless_nobody_asks() {
    with_faults(&POSIX, &[(Call::Fstatvfs, Errno::EIO)], |result| {
        assert_eq!(result.unwrap_err().call(), Some(Call::Fstatvfs));
    });
    let lazy = POSIX.commit(Commit::Lazy).create();
    plan(&[(Call::Fstatvfs, Errno::EIO)]);
    assert_eq!((lazy.unwrap().size(), left()), (4096, 1));
    plan(&[]);
}

#[test]
fn names_begin_with_the_prefix_that_was_asked_for() {
    in_child(|| {
        let prefix: Prefix = "sc4f2x-00-".parse().unwrap();
        plan(&[(Call::ShmUnlink, Errno::EPERM), (Call::ShmUnlink, Errno::EPERM)]);
        let error = POSIX.name_prefix(prefix).create().unwrap_err();
        let ErrorKind::NotUnlinked { name } = error.kind() else { panic!("{error}") };
        nix::sys::mman::shm_unlink(name.as_c_str()).unwrap();
        assert!(name.as_str().starts_with("/sc4f2x-00-"), "{name}");
        assert_eq!(name.as_str().len(), 30);
    });
}

#[test]
fn auto_does_not_go_on_where_descriptors_run_out() {
    with_faults(&Builder::new(1), &[(Call::MemfdCreate, Errno::EMFILE)], |result| {
        assert_eq!(*result.unwrap_err().kind(), ErrorKind::DescriptorLimit);
    });
}
