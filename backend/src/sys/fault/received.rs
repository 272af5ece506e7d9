//! Using memory, and taking it from others, when the system refuses.

use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use nix::errno::Errno;
use rstest::rstest;

use super::child::in_child;
use super::descriptors::open_descriptors;
use super::{left, plan};
use crate::{Builder, Call, Error, ErrorKind, Expect, Feature, SharedMemory, Strategy, passing};

fn memory() -> SharedMemory {
    Builder::new(8192).strategy(Strategy::Memfd).create().unwrap()
}

type Use = fn(&SharedMemory) -> Result<(), Error>;

#[rstest]
#[case::map(|m: &SharedMemory| m.map().map(drop), Call::Mmap, Errno::ENOMEM)]
#[case::duplicate(|m: &SharedMemory| m.try_clone().map(drop), Call::Fcntl, Errno::EMFILE)]
#[case::size(|m: &SharedMemory| m.facts().map(drop), Call::Fstat, Errno::EIO)]
#[case::seals(|m: &SharedMemory| m.facts().map(drop), Call::Fcntl, Errno::EIO)]
#[case::freeze(|m: &SharedMemory| m.freeze(), Call::Fcntl, Errno::EPERM)]
#[case::read(|m: &SharedMemory| m.read_at(0, &mut [0; 9]).map(drop), Call::Pread, Errno::EIO)]
fn a_failing_call_is_told_and_leaves_nothing(#[case] attempt: Use, #[case] call: Call, #[case] errno: Errno) {
    in_child(|| {
        let memory = memory();
        let before = open_descriptors();
        plan(&[(call, errno)]);
        let error = attempt(&memory).unwrap_err();
        assert_eq!((error.call(), error.raw_os_error()), (Some(call), Some(errno as i32)));
        assert_eq!((open_descriptors(), left()), (before, 0));
        plan(&[(call, Errno::EINTR); 3]);
        attempt(&memory).unwrap();
    });
}

#[rstest]
#[case(Call::Fstat)]
#[case(Call::Fstatfs)]
#[case(Call::Fcntl)]
fn a_descriptor_that_cannot_be_examined_comes_back(#[case] call: Call) {
    plan(&[(call, Errno::EIO)]);
    let refused = Expect::new().take(memory().into()).unwrap_err();
    assert_eq!((refused.error.call(), left()), (Some(call), 0));
    Expect::new().take(refused.fd).unwrap();
}

#[test]
fn a_file_that_cannot_be_asked_for_seals_has_none() {
    let memory = memory();
    plan(&[(Call::Fcntl, Errno::EINVAL), (Call::Fcntl, Errno::EINVAL)]);
    let error = memory.freeze().unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Unsupported(Feature::Seal));
}

#[rstest]
#[case::too_many_in_flight(Call::Sendmsg, Errno::ETOOMANYREFS)]
#[case::would_block(Call::Recvmsg, Errno::EAGAIN)]
fn passing_tells_what_the_system_says(#[case] call: Call, #[case] errno: Errno) {
    in_child(|| {
        let ((ours, theirs), memory) = (UnixStream::pair().unwrap(), memory());
        let before = open_descriptors();
        plan(&[(call, errno)]);
        let result = passing::send(&ours, b"x", &[memory.as_fd()]).and_then(|_| passing::receive(&theirs, &mut [0], 1));
        let error = result.unwrap_err();
        assert_eq!((error.call(), error.raw_os_error()), (Some(call), Some(errno as i32)));
        assert_eq!((open_descriptors(), left()), (before, 0));
    });
}

#[rstest]
#[case::macos_and_openbsd(Errno::EMSGSIZE)]
#[case::freebsd(Errno::EMFILE)]
fn a_receiver_without_room_for_descriptors_is_told_so(#[case] errno: Errno) {
    in_child(|| {
        let ((ours, theirs), memory) = (UnixStream::pair().unwrap(), memory());
        plan(&[(Call::Recvmsg, errno)]);
        passing::send(&ours, b"x", &[memory.as_fd()]).unwrap();
        let error = passing::receive(&theirs, &mut [0], 1).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::DescriptorLimit);
    });
}

#[test]
fn signals_do_not_keep_messages_from_passing() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    plan(&[(Call::Sendmsg, Errno::EINTR), (Call::Recvmsg, Errno::EINTR)]);
    passing::send(&ours, b"x", &[memory().as_fd()]).unwrap();
    let fds: Vec<OwnedFd> = passing::receive(&theirs, &mut [0], 1).unwrap().fds;
    assert_eq!((fds.len(), left()), (1, 0));
}
