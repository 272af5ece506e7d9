//! Traces that make no sense: the judge says something of each, and never panics.

use proptest::prelude::*;
use shmconf_model::call::{Amount, Call, Label, MapFlags, Name, OpenFlags, Prot, Resource, Seals, Whence};
use shmconf_model::call::{Over, Range};
use shmconf_model::judge::{self, Bounds};
use shmconf_model::outcome::{Content, Errno, Outcome, Received, Signal, Stat};
use shmconf_model::portability::{self, Other};
use shmconf_model::profile::Profile;
use shmconf_model::trace::{Actor, Event, FORMAT, Header, Machine, Platform, Storage, Trace};

fn label() -> BoxedStrategy<Label> {
    prop_oneof![Just("a"), Just("b"), Just("f"), Just("g"), Just("m")]
        .prop_map(|text| text.parse().expect("a label"))
        .boxed()
}

fn amount() -> BoxedStrategy<Amount> {
    let edges = prop_oneof![
        Just(0),
        Just(1),
        Just(-1),
        Just(i64::MAX),
        Just(i64::MAX - 1),
        Just(i64::MIN),
        Just(i64::MIN + 1),
        Just(1 << 62),
        Just(1 << 32),
    ];
    prop_oneof![edges, -5000i64..100_000, any::<i64>()].prop_map(Amount::bytes).boxed()
}

fn name() -> BoxedStrategy<Name> {
    prop_oneof![
        Just("/x"),
        Just("/y"),
        Just("x"),
        Just(""),
        Just("/"),
        Just("//"),
        Just("/."),
        Just("//."),
        Just("/a/b/"),
        Just(".")
    ]
    .prop_map(|text| Name::Literal(text.to_owned()))
    .boxed()
}

fn on_objects() -> BoxedStrategy<Call> {
    let flags = any::<u16>().prop_map(OpenFlags::from_bits_truncate).boxed();
    prop_oneof![
        (name(), flags, any::<u32>()).prop_map(|(name, flags, mode)| Call::ShmOpen { name, flags, mode }),
        name().prop_map(|name| Call::ShmOpen { name, flags: OpenFlags::RDWR | OpenFlags::CREAT, mode: 0o600 }),
        name().prop_map(|name| Call::ShmUnlink { name }),
        amount().prop_map(|size| Call::Create { size }),
        (label(), amount()).prop_map(|(fd, size)| Call::Ftruncate { fd, size }),
        (label(), amount(), amount()).prop_map(|(fd, offset, len)| Call::PosixFallocate { fd, offset, len }),
        label().prop_map(|fd| Call::Fstat { fd }),
        (label(), any::<u32>()).prop_map(|(fd, mode)| Call::Fchmod { fd, mode }),
        (label(), amount()).prop_map(|(fd, len)| Call::Read { fd, len }),
        (label(), amount()).prop_map(|(fd, len)| Call::Write { fd, byte: Some(0x41), len }),
        (label(), amount(), amount()).prop_map(|(fd, offset, len)| Call::Pread { fd, offset, len }),
        (label(), amount(), amount()).prop_map(|(fd, offset, len)| Call::Pwrite { fd, offset, byte: Some(0x42), len }),
        (label(), amount(), prop_oneof![Just(Whence::Set), Just(Whence::Cur), Just(Whence::End)])
            .prop_map(|(fd, offset, whence)| Call::Lseek { fd, offset, whence }),
        label().prop_map(|fd| Call::Dup { fd }),
        label().prop_map(|fd| Call::Close { fd }),
        label().prop_map(|fd| Call::FcntlGetSeals { fd }),
        (label(), any::<u16>())
            .prop_map(|(fd, bits)| Call::FcntlAddSeals { fd, seals: Seals::from_bits_truncate(bits) }),
    ]
    .boxed()
}

fn on_mappings() -> BoxedStrategy<Call> {
    let prot = any::<u16>().prop_map(Prot::from_bits_truncate).boxed();
    let flags = any::<u16>().prop_map(MapFlags::from_bits_truncate);
    prop_oneof![
        (label(), amount(), amount(), prot.clone(), flags).prop_map(|(fd, offset, len, prot, flags)| Call::Mmap {
            over: None,
            fd,
            offset,
            len,
            prot,
            flags
        }),
        (label(), amount(), any::<bool>()).prop_map(|(fd, len, shared)| {
            let flags = if shared { MapFlags::SHARED } else { MapFlags::PRIVATE };
            Call::Mmap { fd, offset: Amount::bytes(0), len, prot: Prot::READ | Prot::WRITE, flags, over: None }
        }),
        (label(), proptest::option::of((amount(), amount())))
            .prop_map(|(map, range)| { Call::Munmap { map, range: range.map(|(offset, len)| Range { offset, len }) } }),
        (label(), prot, proptest::option::of((amount(), amount()))).prop_map(|(map, prot, range)| Call::Mprotect {
            map,
            prot,
            range: range.map(|(offset, len)| Range { offset, len }),
        }),
        (label(), label(), amount(), amount()).prop_map(|(fd, map, at, len)| Call::Mmap {
            fd,
            offset: Amount::bytes(0),
            len,
            prot: Prot::READ | Prot::WRITE,
            flags: MapFlags::SHARED,
            over: Some(Over { map, at }),
        }),
        label().prop_map(|map| Call::Mlock { map }),
        label().prop_map(|map| Call::Munlock { map }),
        (label(), amount(), amount()).prop_map(|(map, offset, len)| Call::Store { map, offset, byte: 0x43, len }),
        (label(), amount(), amount()).prop_map(|(map, offset, len)| Call::Load { map, offset, len }),
    ]
    .boxed()
}

fn on_processes() -> BoxedStrategy<Call> {
    let resource =
        prop_oneof![Just(Resource::Fsize), Just(Resource::Nofile), Just(Resource::As), Just(Resource::Memlock)];
    prop_oneof![
        (label(), proptest::collection::vec(label(), 0..4)).prop_map(|(to, fds)| Call::Send { to, fds }),
        (label(), proptest::option::of(any::<u32>())).prop_map(|(from, room)| Call::Recv { from, room }),
        label().prop_map(|child| Call::Fork { child, pid_namespace: false }),
        Just(Call::Exec),
        any::<u8>().prop_map(|code| Call::Exit { code }),
        (resource, amount()).prop_map(|(resource, limit)| Call::Rlimit { resource, limit }),
        any::<u32>().prop_map(|uid| Call::Setuid { uid }),
        any::<u32>().prop_map(|mode| Call::Umask { mode }),
        amount().prop_map(|bytes| Call::LimitedStore { bytes }),
        Just(Call::Fds),
        Just(Call::Names),
        (prop_oneof![4 => 0u32..4, 1 => Just(u32::MAX)], 0u32..4)
            .prop_map(|(count, threads)| Call::UniqueNames { count, threads }),
        Just(Call::Collide),
        Just(Call::Sigignore { signal: Signal::SIGXFSZ }),
    ]
    .boxed()
}

fn outcome() -> BoxedStrategy<Outcome> {
    prop_oneof![
        3 => Just(Outcome::Ok),
        3 => prop_oneof![3i32..8, any::<i32>()].prop_map(Outcome::Fd),
        2 => prop_oneof![0i64..100, any::<i64>()].prop_map(Outcome::Value),
        1 => prop_oneof![Just(Errno::EINVAL), Just(Errno::EMFILE), Just(Errno::ECONNRESET)].prop_map(Outcome::Errno),
        1 => (any::<i64>(), any::<u32>(), any::<u32>(), any::<u32>())
            .prop_map(|(size, mode, uid, gid)| Outcome::Stat(Stat { size, mode, uid, gid })),
        1 => (0..=i64::MAX as u64).prop_map(|len| {
            let mut content = Content::default();
            content.push(0, len);
            Outcome::Bytes(content)
        }),
        1 => (proptest::collection::vec(any::<i32>(), 0..4), any::<bool>())
            .prop_map(|(fds, truncated)| Outcome::Received(Received { fds, truncated })),
        1 => any::<u16>().prop_map(|bits| Outcome::Seals(Seals::from_bits_truncate(bits))),
        1 => Just(Outcome::Signal(Signal::SIGBUS)),
        1 => Just(Outcome::Hang),
    ]
    .boxed()
}

fn event() -> BoxedStrategy<Event> {
    let call = prop_oneof![3 => on_objects(), 2 => on_mappings(), 1 => on_processes()];
    let times = prop_oneof![4 => (0u64..1000, 0u64..3), 1 => (any::<u64>(), any::<u64>())];
    let fds = proptest::option::of(proptest::collection::vec(prop_oneof![3 => 0i32..8, 1 => any::<i32>()], 0..6));
    (label(), proptest::collection::vec(label(), 0..3), call, outcome(), fds, times)
        .prop_map(|(actor, bind, call, outcome, fds, (start, len))| Event {
            actor,
            bind,
            call,
            outcome,
            fds,
            unjudged: None,
            waits: false,
            start,
            end: start.saturating_add(len),
        })
        .boxed()
}

fn header(page_size: u64, store: Option<Storage>) -> Header {
    let actor = |name: &str, uid| Actor {
        name: name.parse().expect("a label"),
        uid,
        gid: uid,
        groups: None,
        umask: 0o022,
        privilege: None,
        limits: Default::default(),
        process: None,
        since: 0,
        fds: Some(vec![0, 1, 2]),
    };
    Header {
        format: FORMAT.to_owned(),
        case: "my/trace".parse().expect("an ID"),
        subject: "libc".to_owned(),
        platform: Platform { page_size, ..Platform::default() },
        machine: Machine { store, ..Machine::default() },
        seed: 7,
        in_pages: false,
        actors: vec![actor("a", 1000), actor("b", 0)],
    }
}

fn storage() -> BoxedStrategy<Option<Storage>> {
    let storage = (any::<u64>(), proptest::option::of(any::<u64>()), any::<u64>());
    proptest::option::of(storage.prop_map(|(free_bytes, free_inodes, total_bytes)| Storage {
        free_bytes,
        free_inodes,
        total_bytes,
        ..Storage::default()
    }))
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_judge_says_something_of_every_trace(
        events in proptest::collection::vec(event(), 0..24),
        page_size in prop_oneof![Just(4096), Just(16384), any::<u64>()],
        store in storage(),
        platform in proptest::sample::select(Profile::ids().collect::<Vec<_>>()),
    ) {
        let trace = Trace { header: header(page_size, store), events, others: Vec::new() };
        let profile = Profile::get(platform).expect("it is built in");
        let bounds = Bounds { states: 64, steps: 2000, ..Bounds::default() };
        let judgement = judge::judge_within(&trace, &profile, bounds);
        prop_assert!(judgement.violations.iter().all(|violation| violation.event < trace.events.len()));
    }

    /// What the model itself would answer leads further into odd states than outcomes at random.
    #[test]
    fn every_platform_answers_every_trace_of_its_own(
        events in proptest::collection::vec(event(), 0..24),
        platform in proptest::sample::select(Profile::ids().collect::<Vec<_>>()),
    ) {
        let trace = Trace { header: header(4096, None), events, others: Vec::new() };
        let home = Profile::get("linux-glibc").expect("it is built in");
        let other = Other::new(Profile::get(platform).expect("it is built in")).expect("it varies as it says");
        let differences = portability::differences(&trace, &home, &other);
        prop_assert!(differences.iter().all(|difference| difference.event < trace.events.len()));
    }
}
