//! Calls as they are drawn: with labels that do not stand for anything yet.

use super::edges;
use proptest::prelude::*;
use shmconf_model::call::{Amount, Call, Label, MapFlags, Name, OpenFlags, Over, Prot, Range};
use shmconf_model::outcome::Signal;

/// A call, who makes it, and which of its actor's descriptors or mappings it is about.
#[derive(Debug, Clone)]
pub(super) struct Draw {
    pub(super) actor: u8,
    pub(super) pick: u8,
    pub(super) call: Call,
}

/// One of `calls`, by one of `actors`.
pub(super) fn draw(actors: u8, calls: impl Strategy<Value = Call>) -> impl Strategy<Value = Draw> {
    (0..actors, 0u8..4, calls).prop_map(|(actor, pick, call)| Draw { actor, pick, call })
}

/// Stands in a drawn call where `assemble` puts a label.
pub(super) fn some() -> Label {
    label("some")
}

pub(super) fn label(text: &str) -> Label {
    text.parse().expect("labels of generators are words")
}

/// `@x`, or now and then `@y`.
pub(super) fn name() -> BoxedStrategy<Name> {
    let fresh = |stem| Name::Fresh { stem: label(stem), form: Default::default() };
    prop_oneof![4 => Just(fresh("x")), 1 => Just(fresh("y"))].boxed()
}

/// `shm_open` with one of the ways in which programs use it.
pub(super) fn shm_open() -> BoxedStrategy<Call> {
    let flags = prop_oneof![
        3 => Just(OpenFlags::RDWR | OpenFlags::CREAT),
        2 => Just(OpenFlags::RDWR | OpenFlags::CREAT | OpenFlags::EXCL),
        3 => Just(OpenFlags::RDWR),
        1 => Just(OpenFlags::RDONLY),
        1 => Just(OpenFlags::RDWR | OpenFlags::TRUNC),
    ];
    (name(), flags).prop_map(|(name, flags)| open(name, flags, 0o600)).boxed()
}

/// The call with the mode that goes with its flags.
pub(super) fn open(name: Name, flags: OpenFlags, mode: u32) -> Call {
    Call::ShmOpen { name, flags, mode: if flags.contains(OpenFlags::CREAT) { mode } else { 0 } }
}

pub(super) fn shm_unlink() -> BoxedStrategy<Call> {
    name().prop_map(|name| Call::ShmUnlink { name }).boxed()
}

pub(super) fn ftruncate() -> BoxedStrategy<Call> {
    edges::size().prop_map(|size| Call::Ftruncate { fd: some(), size }).boxed()
}

pub(super) fn posix_fallocate() -> BoxedStrategy<Call> {
    (edges::offset(), edges::offset())
        .prop_map(|(offset, len)| Call::PosixFallocate { fd: some(), offset, len })
        .boxed()
}

pub(super) fn mmap(flags: MapFlags) -> BoxedStrategy<Call> {
    let prot = prop_oneof![4 => Just(Prot::READ | Prot::WRITE), 1 => Just(Prot::READ)];
    let len = prop_oneof![Just(Amount::pages(1)), Just(Amount::pages(2)), Just(Amount::bytes(1))];
    let offset = prop_oneof![6 => Just(Amount::bytes(0)), 1 => Just(Amount::pages(1))];
    (offset, len, prot)
        .prop_map(move |(offset, len, prot)| Call::Mmap { fd: some(), offset, len, prot, flags, over: None })
        .boxed()
}

pub(super) fn store() -> BoxedStrategy<Call> {
    let len = prop_oneof![3 => Just(1), 1 => Just(100)].prop_map(Amount::bytes);
    (edges::inside(), 1u8.., len).prop_map(|(offset, byte, len)| Call::Store { map: some(), offset, byte, len }).boxed()
}

pub(super) fn load() -> BoxedStrategy<Call> {
    let len = prop_oneof![Just(Amount::bytes(1)), Just(Amount::bytes(100)), Just(Amount::pages(1))];
    (edges::inside(), len).prop_map(|(offset, len)| Call::Load { map: some(), offset, len }).boxed()
}

pub(super) fn pread() -> BoxedStrategy<Call> {
    (edges::offset(), edges::near_pages()).prop_map(|(offset, len)| Call::Pread { fd: some(), offset, len }).boxed()
}

pub(super) fn pwrite() -> BoxedStrategy<Call> {
    let len = prop_oneof![Just(Amount::bytes(1)), Just(Amount::bytes(100)), Just(Amount::pages(1))];
    (edges::offset(), 1u8.., len)
        .prop_map(|(offset, byte, len)| Call::Pwrite { fd: some(), offset, byte: Some(byte), len })
        .boxed()
}

/// Calls without arguments of their own.
pub(super) fn fstat() -> BoxedStrategy<Call> {
    Just(Call::Fstat { fd: some() }).boxed()
}

pub(super) fn close() -> BoxedStrategy<Call> {
    Just(Call::Close { fd: some() }).boxed()
}

pub(super) fn dup() -> BoxedStrategy<Call> {
    Just(Call::Dup { fd: some() }).boxed()
}

pub(super) fn munmap() -> BoxedStrategy<Call> {
    Just(Call::Munmap { map: some(), range: None }).boxed()
}

pub(super) fn mprotect() -> BoxedStrategy<Call> {
    let prot = prop_oneof![Just(Prot::READ), Just(Prot::READ | Prot::WRITE), Just(Prot::empty())];
    let range = prop_oneof![2 => Just(None), 1 => range().prop_map(Some)];
    (prot, range).prop_map(|(prot, range)| Call::Mprotect { map: some(), prot, range }).boxed()
}

/// A range of a mapping, which may end beyond it.
pub(super) fn range() -> BoxedStrategy<Range> {
    let offset = prop_oneof![2 => Just(Amount::bytes(0)), 2 => Just(Amount::pages(1)), 1 => edges::near_pages()];
    (offset, edges::near_pages()).prop_map(|(offset, len)| Range { offset, len }).boxed()
}

/// A mapping over another one.
pub(super) fn mmap_over() -> BoxedStrategy<Call> {
    let flags = prop_oneof![3 => Just(MapFlags::SHARED), 1 => Just(MapFlags::PRIVATE)];
    let at = prop_oneof![2 => Just(Amount::bytes(0)), 2 => Just(Amount::pages(1)), 1 => Just(Amount::bytes(100))];
    (flags.prop_flat_map(mmap), at)
        .prop_map(|(call, at)| match call {
            Call::Mmap { fd, offset, len, prot, flags, .. } => {
                Call::Mmap { fd, offset, len, prot, flags, over: Some(Over { map: some(), at }) }
            }
            other => other,
        })
        .boxed()
}

pub(super) fn fds() -> BoxedStrategy<Call> {
    Just(Call::Fds).boxed()
}

pub(super) fn exit() -> BoxedStrategy<Call> {
    prop_oneof![Just(Call::Exit { code: 0 }), Just(Call::Kill { signal: Signal::SIGKILL })].boxed()
}
