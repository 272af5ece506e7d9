//! Every call of the table, by several actors, one after the other and at once.

use super::assemble::Assembly;
use super::draw::{self, Draw, some};
use super::{Entry, edges};
use proptest::prelude::*;
use shmconf_model::call::{
    Amount, Call, FileLock, Lock, MapFlags, MemfdFlags, Name, OpenFlags, Range, ReopenFlags, Resource, Seals,
    StatusFlags, Timestamp, Whence,
};
use shmconf_model::outcome::Signal;
use shmconf_model::script::{Requirement, Script};

pub(super) const PROPERTIES: &[Entry] = &[(
    ANY,
    "Whatever calls several actors make, in order and at once, every answer is one that the platform may give.",
    &[Requirement::Named, Requirement::Anonymous, Requirement::Passing, Requirement::Fork],
    any_calls,
)];

const ANY: &str = "lifetime/any-calls-by-anybody";

/// Who may do what: most scripts need no more than any system has, as one call that it lacks skips a whole script.
fn any_calls() -> BoxedStrategy<Script> {
    let scripts = |calls: fn() -> BoxedStrategy<Call>| {
        let before = prop::collection::vec(draw::draw(2, making()), 1..4);
        let races = prop::collection::vec(draw::draw(6, calls()), 2..6).prop_map(|draws| (true, draws));
        let alone = prop::collection::vec(draw::draw(6, calls()), 1..8).prop_map(|draws| (false, draws));
        let then = prop::collection::vec(prop_oneof![2 => alone, 1 => races], 1..5);
        (before, then).prop_map(|(before, then): (Vec<Draw>, Vec<(bool, Vec<Draw>)>)| {
            let start = Assembly::new(ANY, 3).careful().then(before);
            let add = |script: Assembly, (at_once, draws)| match at_once {
                true => script.race(draws),
                false => script.then(draws),
            };
            then.into_iter().fold(start, add).script()
        })
    };
    prop_oneof![
        8 => scripts(ordinary),
        1 => scripts(with_seals),
        1 => scripts(with_a_generator),
        2 => scripts(with_rights),
    ]
    .boxed()
}

/// What gives an actor something to make calls on.
fn making() -> BoxedStrategy<Call> {
    let create = prop_oneof![Just(Amount::pages(2)), edges::offset()].prop_map(|size| Call::Create { size });
    let fork = Call::Fork { child: some(), pid_namespace: false };
    prop_oneof![3 => opening(), 2 => create, 1 => Just(fork)].boxed()
}

pub(super) fn opening() -> BoxedStrategy<Call> {
    const OTHERS: OpenFlags =
        OpenFlags::NOFOLLOW.union(OpenFlags::NONBLOCK).union(OpenFlags::CLOEXEC).union(OpenFlags::SYNC);
    let access = prop::sample::select(vec![OpenFlags::RDWR, OpenFlags::RDWR, OpenFlags::RDONLY, OpenFlags::WRONLY]);
    let others = prop_oneof![
        4 => Just(OpenFlags::empty()),
        1 => (0..=OTHERS.bits()).prop_map(|bits| OpenFlags::from_bits_truncate(bits) & OTHERS),
    ];
    let ways = prop::sample::select(vec![
        OpenFlags::CREAT,
        OpenFlags::CREAT | OpenFlags::EXCL,
        OpenFlags::CREAT | OpenFlags::TRUNC,
        OpenFlags::TRUNC,
        OpenFlags::empty(),
    ]);
    let names = prop_oneof![12 => draw::name(), 1 => edges::name()];
    let modes = prop_oneof![3 => Just(0o600), 1 => edges::mode()];
    let usual = (names, (access, ways, others), modes)
        .prop_map(|(name, (access, way, others), mode): (Name, _, _)| draw::open(name, access | way | others, mode));
    prop_oneof![2 => draw::shm_open(), 3 => usual].boxed()
}

/// What every system has.
fn ordinary() -> BoxedStrategy<Call> {
    prop_oneof![6 => making(), 4 => of_names(), 16 => of_descriptors(), 14 => of_mappings(), 8 => of_actors()].boxed()
}

fn of_names() -> BoxedStrategy<Call> {
    let unlink = prop_oneof![9 => draw::name(), 1 => edges::name()].prop_map(|name| Call::ShmUnlink { name });
    prop_oneof![4 => unlink, 1 => Just(Call::Names)].boxed()
}

pub(super) fn of_descriptors() -> BoxedStrategy<Call> {
    let byte = 1u8..;
    let (fd, len) = (some(), edges::near_pages);
    let timestamp = prop::sample::select(vec![Timestamp::Access, Timestamp::Modification, Timestamp::Change]);
    let whence = prop::sample::select(vec![Whence::Set, Whence::Cur, Whence::End, Whence::Data, Whence::Hole]);
    let lock = prop::sample::select(vec![Lock::Read, Lock::Write, Lock::Nothing]);
    let file_lock = prop::sample::select(vec![FileLock::Shared, FileLock::Exclusive, FileLock::Nothing]);
    let status = prop::sample::select(vec![StatusFlags::APPEND, StatusFlags::NONBLOCK, StatusFlags::empty()]);
    prop_oneof![
        3 => draw::ftruncate(),
        1 => draw::posix_fallocate(),
        2 => draw::fstat(),
        1 => edges::mode().prop_map(move |mode| Call::Fchmod { fd, mode }),
        1 => len().prop_map(move |len| Call::Read { fd, len }),
        1 => (byte, len()).prop_map(move |(byte, len)| Call::Write { fd, byte: Some(byte), len }),
        2 => draw::pread(),
        2 => draw::pwrite(),
        1 => (edges::offset(), whence).prop_map(move |(offset, whence)| Call::Lseek { fd, offset, whence }),
        2 => draw::dup(),
        2 => draw::close(),
        1 => Just(Call::FcntlGetfd { fd }),
        1 => any::<bool>().prop_map(move |cloexec| Call::FcntlSetfd { fd, cloexec }),
        1 => Just(Call::FcntlGetfl { fd }),
        1 => Just(Call::Dup2 { fd, onto: some() }),
        1 => (0u32..24).prop_map(move |least| Call::FcntlDupfd { fd, least }),
        1 => status.prop_map(move |flags| Call::FcntlSetfl { fd, flags }),
        1 => lock.prop_map(move |lock| Call::FcntlSetlk { fd, lock }),
        1 => prop::sample::select(vec![0u32, 1000]).prop_map(move |id| Call::Fchown { fd, uid: id, gid: id }),
        1 => Just(Call::Inode { fd }),
        1 => Just(Call::Links { fd }),
        1 => Just(Call::Filetype { fd }),
        1 => Just(Call::Blocks { fd }),
        1 => timestamp.prop_map(move |which| Call::Timestamp { fd, which }),
        1 => file_lock.prop_map(move |lock| Call::Flock { fd, lock }),
        1 => draw::fds(),
    ]
    .boxed()
}

fn of_mappings() -> BoxedStrategy<Call> {
    let range = (edges::offset(), edges::near_pages()).prop_map(|(offset, len)| Some(Range { offset, len }));
    prop_oneof![
        3 => draw::mmap(MapFlags::SHARED),
        1 => draw::mmap(MapFlags::PRIVATE),
        1 => prop_oneof![2 => Just(None), 1 => range].prop_map(|range| Call::Munmap { map: some(), range }),
        1 => draw::mprotect(),
        1 => Just(Call::Msync { map: some() }),
        1 => draw::mmap_over(),
        1 => Just(Call::Mlock { map: some() }),
        1 => Just(Call::Munlock { map: some() }),
        3 => draw::store(),
        4 => draw::load(),
    ]
    .boxed()
}

fn of_actors() -> BoxedStrategy<Call> {
    let signals = || prop::sample::select(vec![Signal::SIGTERM, Signal::SIGXFSZ, Signal::SIGUSR1, Signal::SIGBUS]);
    let all_signals = || prop_oneof![3 => signals(), 1 => Just(Signal::SIGKILL)];
    let limits = prop_oneof![
        (0i32..3).prop_map(|pages| (Resource::Fsize, Amount::pages(pages))),
        prop::sample::select(vec![0, 64]).prop_map(|fds| (Resource::Nofile, Amount::bytes(fds))),
        Just((Resource::As, Amount::bytes(1 << 40))),
        (0i32..3).prop_map(|pages| (Resource::Memlock, Amount::pages(pages))),
    ];
    prop_oneof![
        4 => (1usize..4).prop_map(|count| Call::Send { to: some(), fds: vec![some(); count] }),
        4 => prop_oneof![5 => Just(None), 1 => (0u32..3).prop_map(Some)].prop_map(|room| Call::Recv { from: some(), room }),
        3 => Just(Call::Fork { child: some(), pid_namespace: false }),
        2 => Just(Call::Exec),
        1 => (0u8..3).prop_map(|code| Call::Exit { code }),
        1 => Just(Call::CloseStdin),
        1 => prop::sample::select(vec![0u32, 1]).prop_map(|period| Call::Alarm { period }),
        1 => all_signals().prop_map(|signal| Call::Kill { signal }),
        1 => all_signals().prop_map(|signal| Call::Sigignore { signal }),
        1 => edges::umask().prop_map(|mode| Call::Umask { mode }),
        1 => limits.prop_map(|(resource, limit)| Call::Rlimit { resource, limit }),
    ]
    .boxed()
}

pub(super) fn seals() -> BoxedStrategy<Call> {
    let seals = prop::sample::select(vec![Seals::SHRINK, Seals::GROW, Seals::WRITE, Seals::FUTURE_WRITE, Seals::SEAL]);
    seals.prop_map(|seals| Call::FcntlAddSeals { fd: some(), seals }).boxed()
}

fn with_seals() -> BoxedStrategy<Call> {
    let flags = prop::sample::select(vec![
        MemfdFlags::ALLOW_SEALING,
        MemfdFlags::CLOEXEC,
        MemfdFlags::NOEXEC_SEAL,
        MemfdFlags::EXEC | MemfdFlags::ALLOW_SEALING,
    ]);
    let range = (edges::offset(), edges::near_pages());
    let ways = prop::sample::select(vec![
        ReopenFlags::RDONLY,
        ReopenFlags::RDWR | ReopenFlags::CLOEXEC,
        ReopenFlags::WRONLY | ReopenFlags::APPEND,
        ReopenFlags::RDWR | ReopenFlags::TRUNC,
        ReopenFlags::RDONLY | ReopenFlags::TRUNC | ReopenFlags::NONBLOCK,
    ]);
    prop_oneof![
        10 => ordinary(),
        2 => (draw::name(), flags).prop_map(|(name, flags)| Call::MemfdCreate { name, flags }),
        2 => ways.prop_map(|flags| Call::Reopen { fd: some(), flags }),
        2 => range.prop_map(|(offset, len)| Call::Punch { fd: some(), offset, len }),
        1 => Just(Call::FcntlGetSeals { fd: some() }),
        2 => seals(),
    ]
    .boxed()
}

fn with_a_generator() -> BoxedStrategy<Call> {
    let names = (1u32..20, 1u32..4).prop_map(|(count, threads)| Call::UniqueNames { count, threads });
    prop_oneof![10 => ordinary(), 2 => names, 1 => Just(Call::Collide)].boxed()
}

fn with_rights() -> BoxedStrategy<Call> {
    prop_oneof![
        20 => ordinary(),
        2 => prop::sample::select(vec![0u32, 1000, 65534]).prop_map(|uid| Call::Setuid { uid }),
        2 => prop::sample::select(vec![0u32, 1000, 65534]).prop_map(|uid| Call::Seteuid { uid }),
        1 => prop::sample::select(vec![0u32, 1000]).prop_map(|gid| Call::Setgid { gid }),
        1 => prop::collection::vec(prop::sample::select(vec![0u32, 1000]), 0..2).prop_map(|gids| Call::Setgroups { gids }),
        1 => Just(Call::Fork { child: some(), pid_namespace: true }),
        1 => Just(Call::LimitedStore { bytes: Amount::pages(16) }),
    ]
    .boxed()
}
