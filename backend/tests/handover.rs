//! Memory that goes to another program, and memory whose peers misbehave.

#[path = "../src/sys/fault/child.rs"]
mod child;

use std::os::fd::{AsFd, AsRawFd, IntoRawFd, OwnedFd};
use std::process::Command;

use child::in_child;
use nix::unistd::ftruncate;
use rstest::rstest;
use shmfd::{Builder, ErrorKind, Expect, Feature, SizeGuard, Strategy, handover};

#[test]
fn a_program_inherits_the_memory_it_is_given_and_no_other() {
    let (given, kept) = (Builder::new(5).create().unwrap(), Builder::new(5).create().unwrap());
    given.map().unwrap().write(0, b"given").unwrap();
    let mut program = Command::new(std::env::current_exe().unwrap());
    let number = handover::give(&mut program, &given).unwrap();
    program.args(["--exact", "the_program_that_is_started"]);
    program.env("GIVEN", number.to_string()).env("KEPT", kept.as_fd().as_raw_fd().to_string());
    let output = match program.output() {
        Err(error) if error.raw_os_error() == Some(nix::libc::ENOEXEC) => {
            return eprintln!("skipped: an emulator runs this program, and the system cannot start it");
        }
        output => output.unwrap(),
    };
    assert!(output.status.success(), "{output:?}");
    let mut answer = [0; 5];
    given.map().unwrap().read(0, &mut answer).unwrap();
    assert_eq!(&answer, b"taken");
}

#[test]
fn the_program_that_is_started() {
    let number = |name| std::env::var(name).ok()?.parse().ok();
    let (Some(given), Some(kept)) = (number("GIVEN"), number("KEPT")) else {
        return eprintln!("skipped: it runs when another test starts it");
    };
    // SAFETY: nothing in this program knows of the descriptor.
    let taken = unsafe { handover::take(given) }.unwrap();
    let mapping = Expect::new().min_size(5).take(taken).unwrap().map().unwrap();
    let mut seen = [0; 5];
    mapping.read(0, &mut seen).unwrap();
    assert_eq!(&seen, b"given");
    // SAFETY: it is not open, so nothing owns it.
    let missing = unsafe { handover::take(kept) }.unwrap_err();
    assert_eq!(missing.raw_os_error(), Some(nix::libc::EBADF));
    mapping.write(0, b"taken").unwrap();
}

#[test]
fn what_a_program_was_started_with_is_taken_over() {
    let memory = Builder::new(4096).create().unwrap();
    let size = memory.facts().unwrap().kernel_size;
    in_child(|| {
        let number = OwnedFd::from(memory).into_raw_fd();
        // SAFETY: the descriptor has just been given up.
        let taken = unsafe { handover::take(number) }.unwrap();
        assert_eq!(Expect::new().take(taken).unwrap().size(), size);
        // SAFETY: it is not open, and nothing owns it.
        let missing = unsafe { handover::take(number) }.unwrap_err();
        assert_eq!(missing.raw_os_error(), Some(nix::libc::EBADF));
    });
}

#[rstest]
fn a_number_that_is_no_descriptor_is_an_error(#[values(-1, -2, i32::MIN, i32::MAX)] number: i32) {
    // SAFETY: it is not open, so nothing owns it.
    let missing = unsafe { handover::take(number) }.unwrap_err();
    assert_eq!(missing.raw_os_error(), Some(nix::libc::EBADF));
}

/// A program without standard input has a number free that is put to use when another program is started.
#[test]
fn what_is_given_is_none_of_the_descriptors_that_every_program_has() {
    in_child(|| {
        let memory = Builder::new(1).create().unwrap();
        nix::unistd::close(0).unwrap();
        let number = handover::give(&mut Command::new("true"), &memory).unwrap();
        assert!(number > 2, "{number}");
    });
}

#[test]
fn memory_that_is_frozen_cannot_be_resized_by_anybody() {
    if !Strategy::Memfd.is_supported() {
        return eprintln!("skipped: this system has no memory files");
    }
    let memory = Builder::new(4096).strategy(Strategy::Memfd).create().unwrap();
    assert_eq!(memory.size_guard().unwrap(), SizeGuard::None);
    memory.freeze().unwrap();
    memory.freeze().unwrap();
    assert_eq!(memory.size_guard().unwrap(), SizeGuard::Sealed);
    assert!(!memory.facts().unwrap().sealable);
    ftruncate(&memory, 0).unwrap_err();
    ftruncate(&memory, 8192).unwrap_err();
    Expect::new().fixed_size().take(memory.into()).unwrap();
}

#[test]
fn memory_that_cannot_be_sealed_says_so() {
    if cfg!(any(target_os = "android", target_vendor = "apple")) {
        return eprintln!("skipped: all memory of this system can be sealed, or is");
    }
    let error = Builder::new(1).strategy(Strategy::PosixUnlinked).create().unwrap().freeze();
    assert_eq!(*error.unwrap_err().kind(), ErrorKind::Unsupported(Feature::Seal));
}

#[rstest]
fn reading_behind_the_end_gives_nothing_however_far(
    #[values(4096, 4097, i64::MAX as u64 - 1, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX)] offset: u64,
    #[values(0, 1, 4096)] len: usize,
) {
    if cfg!(target_os = "openbsd") {
        return eprintln!("skipped: there is no such reading");
    }
    let memory = Builder::new(4096).create().unwrap();
    // Systems with larger pages may have given it more.
    if memory.facts().unwrap().kernel_size == 4096 {
        assert_eq!(memory.read_at(offset, &mut vec![0; len]).unwrap(), 0);
    }
}

#[test]
fn reading_survives_a_peer_that_truncates() {
    if cfg!(any(target_os = "openbsd", target_vendor = "apple")) {
        return eprintln!("skipped: no peer can truncate, or there is no such reading");
    }
    let memory = Builder::new(8192).create().unwrap();
    memory.map().unwrap().write(0, &[7; 8192]).unwrap();
    let peer = memory.try_clone().unwrap();
    ftruncate(&peer, 5000).unwrap();
    let mut bytes = [0; 8192];
    assert_eq!(memory.read_at(0, &mut bytes).unwrap(), 5000);
    assert_eq!(bytes[..5000], [7; 5000]);
    assert_eq!(memory.read_at(6000, &mut bytes).unwrap(), 0);
}
