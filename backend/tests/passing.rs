//! Descriptors between processes, and what is checked of one that arrives.

#[path = "../src/sys/fault/child.rs"]
mod child;
#[path = "../src/sys/fault/descriptors.rs"]
mod descriptors;

use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::{UnixDatagram, UnixStream};

use child::in_child;
use descriptors::open_descriptors;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use shmfd::passing::{MAX_FDS, receive, send};
use shmfd::{Builder, DescriptorFault, Error, ErrorKind, Expect, FinalMode, SharedMemory};

/// One page, since some systems tell sizes in whole pages.
fn memory() -> SharedMemory {
    pages(1)
}

fn pages(pages: u64) -> SharedMemory {
    Builder::new(pages * page()).create().unwrap()
}

fn page() -> u64 {
    Builder::new(1).create().unwrap().facts().unwrap().page_size as u64
}

#[test]
fn memory_that_is_sent_is_the_same_memory() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let sent = memory();
    send(&ours, b"memory", &[sent.as_fd()]).unwrap();
    in_child(|| {
        let mut data = [0; 9];
        let received = receive(&theirs, &mut data, 1).unwrap();
        assert_eq!(&data[..received.bytes], b"memory");
        let memory = Expect::new().take(received.fds.into_iter().next().unwrap()).unwrap();
        memory.map().unwrap().write(0, b"from child").unwrap();
    });
    let mut seen = [0; 10];
    sent.map().unwrap().read(0, &mut seen).unwrap();
    assert_eq!(&seen, b"from child");
}

#[test]
fn descriptors_arrive_in_order_and_close_on_exec() {
    // Some systems let a process have 256 descriptors unless it asks for more.
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, soft.max(hard.min(1024)), hard).unwrap();
    let (ours, theirs) = UnixDatagram::pair().unwrap();
    let sent: Vec<_> = (1..=MAX_FDS as u64).map(pages).collect();
    let fds: Vec<BorrowedFd<'_>> = sent.iter().map(AsFd::as_fd).collect();
    assert_eq!(send(&ours, b"all", &fds).unwrap(), 3);
    let received = receive(&theirs, &mut [0; 9], MAX_FDS).unwrap();
    assert_eq!((received.bytes, received.fds.len()), (3, MAX_FDS));
    for (fd, size) in received.fds.into_iter().zip(1..) {
        let flags = fcntl(&fd, FcntlArg::F_GETFD).unwrap();
        assert!(FdFlag::from_bits_retain(flags).contains(FdFlag::FD_CLOEXEC));
        assert_eq!(Expect::new().take(fd).unwrap().size(), size * page());
    }
}

#[test]
fn more_than_fits_is_refused_before_it_is_sent() {
    let (ours, _theirs) = UnixStream::pair().unwrap();
    let memory = memory();
    let fds = vec![memory.as_fd(); MAX_FDS + 1];
    let refused = ErrorKind::BadMessage { fds: MAX_FDS + 1, max: MAX_FDS };
    assert_eq!(*send(&ours, b"x", &fds).unwrap_err().kind(), refused);
    let alone = ErrorKind::BadMessage { fds: 1, max: MAX_FDS };
    assert_eq!(*send(&ours, b"", &fds[..1]).unwrap_err().kind(), alone);
}

#[test]
fn more_than_is_wanted_is_closed() {
    in_child(|| {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let memory = memory();
        let before = open_descriptors();
        send(&ours, b"data", &[memory.as_fd(); 3]).unwrap();
        let mut data = [0; 4];
        let error = receive(&theirs, &mut data, 2).unwrap_err();
        let fault = DescriptorFault::TooMany { arrived: 3, wanted: 2 };
        assert_eq!((error.kind(), &data), (&ErrorKind::BadDescriptor(fault), b"data"));
        assert_eq!(open_descriptors(), before);
    });
}

#[test]
fn what_the_receiver_has_no_room_for_is_told_and_the_rest_closed() {
    if !cfg!(target_os = "linux") {
        return eprintln!("skipped: what becomes of such a message is known for Linux");
    }
    in_child(|| {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let memory = memory();
        send(&ours, b"data", &[memory.as_fd(); 5]).unwrap();
        let before = open_descriptors();
        let third_free = (0..).filter(|fd| !before.contains(fd)).nth(2).unwrap();
        setrlimit(Resource::RLIMIT_NOFILE, third_free as _, 1024).unwrap();
        match receive(&theirs, &mut [0; 4], 5) {
            Err(error) => {
                assert_eq!(*error.kind(), ErrorKind::BadDescriptor(DescriptorFault::Lost));
            }
            // gVisor installs what there is room for and says nothing of the rest.
            Ok(received) => assert_eq!(received.fds.len(), 2),
        }
        assert_eq!(open_descriptors(), before);
    });
}

#[test]
fn a_peer_that_is_gone_is_told_and_no_signal() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    drop(theirs);
    let error = send(&ours, b"x", &[]).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(nix::libc::EPIPE));
    assert_eq!(receive(&ours, &mut [0; 4], 1).unwrap().bytes, 0);
}

fn fault(expect: Expect, fd: impl Into<OwnedFd>) -> DescriptorFault {
    match Error::from(expect.take(fd.into()).unwrap_err()).kind() {
        ErrorKind::BadDescriptor(fault) => *fault,
        other => panic!("{other}"),
    }
}

#[test]
fn what_is_not_memory_is_refused() {
    let on_disk = File::open(std::env::current_exe().unwrap()).unwrap();
    let (socket, _other) = UnixStream::pair().unwrap();
    let (pipe, _other) = std::io::pipe().unwrap();
    let expect = Expect::new().or_read_only();
    if cfg!(target_os = "linux") {
        assert_eq!(fault(expect, on_disk), DescriptorFault::NotMemory);
    } else {
        eprintln!("not asked: this system does not tell a file on a disk from memory");
    }
    assert_eq!(fault(expect, socket), DescriptorFault::NotMemory);
    assert_eq!(fault(expect, pipe), DescriptorFault::NotMemory);
    assert_eq!(fault(expect, File::open("/dev/null").unwrap()), DescriptorFault::NotMemory);
}

#[test]
fn memory_that_cannot_be_written_is_taken_for_reading_only() {
    if !cfg!(target_os = "linux") {
        return eprintln!("skipped: opening a descriptor anew takes /proc");
    }
    let memory = Builder::new(4096).final_mode(FinalMode::OwnerRead).create().unwrap();
    let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&memory.as_fd()));
    let read_only = || File::open(&path).unwrap();
    assert_eq!(fault(Expect::new(), read_only()), DescriptorFault::WrongAccess);
    let taken = Expect::new().or_read_only().take(read_only().into()).unwrap();
    taken.map_options().read_only().map().unwrap();
    assert_eq!(*taken.map().unwrap_err().kind(), ErrorKind::Permission);
}

#[test]
fn memory_of_the_wrong_size_is_refused() {
    let small = DescriptorFault::TooSmall { size: page(), wanted: page() + 1 };
    assert_eq!(fault(Expect::new().min_size(page() + 1), memory()), small);
}

#[test]
fn memory_that_can_shrink_is_refused_where_it_must_not() {
    if cfg!(target_vendor = "apple") {
        return eprintln!("skipped: no memory of this system can shrink");
    }
    assert_eq!(fault(Expect::new().fixed_size(), memory()), DescriptorFault::Shrinkable);
}

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
#[test]
fn memory_that_is_sealed_against_writing_is_taken_for_reading_only() {
    use nix::fcntl::SealFlag;
    let sealed = || {
        let memory = Builder::new(4096).strategy(shmfd::Strategy::Memfd).create().unwrap();
        fcntl(&memory, FcntlArg::F_ADD_SEALS(SealFlag::F_SEAL_WRITE)).unwrap();
        memory
    };
    assert_eq!(fault(Expect::new(), sealed()), DescriptorFault::WrongAccess);
    let taken = Expect::new().or_read_only().take(sealed().into()).unwrap();
    taken.map_options().read_only().map().unwrap();
}
