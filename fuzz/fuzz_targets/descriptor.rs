//! Whatever a peer sends, it is refused and closed, or is memory such as was asked for; no descriptor is left open.
//!
//! The first bytes of the input say what is sent and what is wanted.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nix::fcntl::{FcntlArg, OFlag, SealFlag, fcntl, open};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::socket::{AddressFamily, ControlMessage, MsgFlags, SockFlag, SockType, sendmsg, socketpair};
use nix::sys::stat::Mode;
use nix::unistd::{dup, ftruncate, pipe};
use shmfd::{Expect, SharedMemory, SizeGuard, passing};
use std::io::IoSlice;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};

fuzz_target!(init: seeds(), |bytes: &[u8]| fuzz::within_bounds(|| message(bytes)));

fn message(bytes: &[u8]) {
    let before = next_free();
    exchange(&mut bytes.iter().copied());
    assert_eq!(next_free(), before, "a descriptor was left open");
}

/// The number that the next descriptor will have.
fn next_free() -> RawFd {
    open("/dev/null", OFlag::O_RDONLY, Mode::empty()).expect("it can be opened").as_raw_fd()
}

fn exchange(bytes: &mut impl Iterator<Item = u8>) {
    let mut byte = || bytes.next().unwrap_or_default();
    let kind = if byte() % 4 == 0 { SockType::Datagram } else { SockType::Stream };
    let (ours, theirs) =
        socketpair(AddressFamily::Unix, kind, None, SockFlag::SOCK_CLOEXEC).expect("there are sockets");
    let (data, room, most) = ([7; 40], usize::from(byte() % 40), usize::from(byte() % 12));
    let fds: Vec<OwnedFd> = (0..byte() % 10).map(|_| sent(&mut byte)).collect();
    let numbers: Vec<RawFd> = fds.iter().map(AsRawFd::as_raw_fd).collect();
    let rights = [ControlMessage::ScmRights(&numbers)];
    let rights = if numbers.is_empty() { &rights[..0] } else { &rights[..] };
    let data = [IoSlice::new(&data[..usize::from(byte() % 40)])];
    let Ok(_) = sendmsg::<()>(theirs.as_raw_fd(), &data, rights, MsgFlags::MSG_DONTWAIT, None) else { return };
    drop((theirs, fds));
    let mut into = [0; 40];
    let Ok(received) = passing::receive(&ours, &mut into[..room], most) else { return };
    assert!(received.fds.len() <= most && received.bytes <= room);
    for fd in received.fds {
        take(fd, &mut byte);
    }
}

/// A descriptor of any kind.
fn sent(byte: &mut impl FnMut() -> u8) -> OwnedFd {
    let path = |path: &str, flags| open(path, flags, Mode::from_bits_truncate(0o600)).expect("it can be opened");
    match byte() % 12 {
        0 => path("/dev/null", OFlag::O_RDWR),
        1 => path("/dev/zero", OFlag::O_RDWR),
        2 => path("/", OFlag::O_RDONLY | OFlag::O_DIRECTORY),
        3 => path("/dev/shm", OFlag::O_PATH),
        4 => path("/proc/self/stat", OFlag::O_RDONLY),
        5 => pipe().expect("there are pipes").0,
        6 => {
            let kind = (AddressFamily::Unix, SockType::Stream, None, SockFlag::empty());
            socketpair(kind.0, kind.1, kind.2, kind.3).expect("there are sockets").0
        }
        _ => memory(byte),
    }
}

/// A memfd of some size, with some seals, opened once more for some access.
fn memory(byte: &mut impl FnMut() -> u8) -> OwnedFd {
    let fd = memfd_create(c"fuzz", MFdFlags::MFD_ALLOW_SEALING | MFdFlags::MFD_CLOEXEC).expect("Linux has memfds");
    let size = [0, 1, 4095, 4096, 4097, 1 << 31, 1 << 40, i64::MAX][usize::from(byte() % 8)];
    let _ = ftruncate(&fd, size);
    // Opened before it is sealed, since a seal against writing forbids that.
    let access = [OFlag::O_RDWR, OFlag::O_RDONLY, OFlag::O_WRONLY, OFlag::O_PATH][usize::from(byte() % 4)];
    let again = match byte() % 2 {
        0 => dup(&fd).expect("it can be duplicated"),
        _ => open(format!("/proc/self/fd/{}", fd.as_raw_fd()).as_str(), access, Mode::empty()).expect("it is ours"),
    };
    let _ = fcntl(&fd, FcntlArg::F_ADD_SEALS(SealFlag::from_bits_truncate(i32::from(byte() % 32))));
    again
}

/// Has it checked, and holds what is taken to what was asked for.
fn take(fd: OwnedFd, byte: &mut impl FnMut() -> u8) {
    let asked = byte();
    let min_size = [0, 1, 4096, 1 << 40, u64::MAX][usize::from(byte() % 5)];
    let (read_only, fixed) = (asked & 1 != 0, asked & 2 != 0);
    let mut expect = Expect::new().min_size(min_size);
    if read_only {
        expect = expect.or_read_only();
    }
    if fixed {
        expect = expect.fixed_size();
    }
    let memory = match expect.take(fd) {
        Ok(memory) => memory,
        Err(refused) => return assert!(!refused.to_string().is_empty()),
    };
    assert!(memory.size() >= min_size.max(1));
    let guard = memory.size_guard().expect("it is memory");
    assert!(!fixed || guard == SizeGuard::Sealed);
    uses(&memory, read_only);
}

fn uses(memory: &SharedMemory, read_only: bool) {
    let flags = fcntl(memory.as_fd(), FcntlArg::F_GETFL).expect("it is open");
    let access = OFlag::from_bits_truncate(flags) & OFlag::O_ACCMODE;
    assert!(access == OFlag::O_RDWR || (read_only && access == OFlag::O_RDONLY));
    let options = memory.map_options();
    let mapping = if read_only { options.read_only().map() } else { options.map() };
    let mapping = match mapping {
        Ok(mapping) => mapping,
        // More than there are addresses for.
        Err(error) if memory.size() > 1 << 30 => return assert!(!error.to_string().is_empty()),
        Err(error) => panic!("what was taken can be mapped: {error}"),
    };
    let last = mapping.len() - 1;
    mapping.read(last, &mut [0]).expect("the last byte is there");
    mapping.read(mapping.len(), &mut [0]).expect_err("nothing lies behind");
    if !read_only {
        mapping.write(last, &[1]).expect("it may be written");
        mapping.write(usize::MAX, &[1]).expect_err("nothing lies there");
    }
}

fn seeds() {
    for kind in 0..12 {
        for asked in 0..4 {
            fuzz::put(&format!("{kind}-{asked}"), &[1, 8, 4, 1, kind, 3, 0, 0, kind, 8, asked, 1]);
        }
    }
}
