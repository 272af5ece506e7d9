//! Any sequence of calls on the lifetime, the size and the mappings of objects.

use super::assemble::Assembly;
use super::draw::{self, Draw};
use super::{Entry, edges};
use proptest::prelude::*;
use shmconf_model::call::{Amount, Call, MapFlags, OpenFlags, Resource};
use shmconf_model::outcome::Signal;
use shmconf_model::script::{Requirement, Script};

pub(super) const PROPERTIES: &[Entry] = &[
    (
        LIFETIME,
        "Contents live as long as a name, a descriptor or a mapping, and a recreated name is another object.",
        &[Requirement::Named],
        lifetime,
    ),
    (
        SIZES,
        "After any sequence of sizes an object has the last one, and what was cut off or added reads as zero.",
        &[Requirement::Named],
        sizes,
    ),
    (
        LIMITED,
        "Under a file size limit a size beyond it is refused, with a signal, and changes nothing.",
        &[Requirement::Named, Requirement::Limits],
        limited,
    ),
    (
        FULL,
        "In a store that is full whatever fails leaves the object as it was.",
        &[Requirement::Named, Requirement::LimitedStore],
        full,
    ),
    (
        MAPPINGS,
        "What one process stores through a shared mapping all see, and through a private one none.",
        &[Requirement::Named],
        mappings,
    ),
    (
        NAMELESS,
        "A nameless object behaves like any other, whatever is done to it.",
        &[Requirement::Anonymous],
        nameless,
    ),
];

const LIFETIME: &str = "lifetime/contents-live-as-long-as-a-reference";
const SIZES: &str = "size/any-sequence-of-sizes";
const LIMITED: &str = "size/any-sequence-under-a-limit";
const FULL: &str = "size/any-sequence-in-a-full-store";
const MAPPINGS: &str = "mapping/stores-are-seen-by-all";
const NAMELESS: &str = "anonymous/whatever-is-done-to-it";

fn by_a(call: Call) -> Draw {
    Draw { actor: 0, pick: 0, call }
}

/// An object of two pages, open in `a`, and in `b` if there is one.
fn opened(actors: u8) -> Vec<Draw> {
    let open = |actor| Draw {
        actor,
        pick: 0,
        call: draw::open(
            shmconf_model::call::Name::Fresh { stem: draw::label("x"), form: Default::default() },
            if actor == 0 { OpenFlags::RDWR | OpenFlags::CREAT } else { OpenFlags::RDWR },
            0o600,
        ),
    };
    let size = by_a(Call::Ftruncate { fd: draw::some(), size: Amount::pages(2) });
    std::iter::once(open(0)).chain([size]).chain((1..actors).map(open)).collect()
}

fn after(
    id: &'static str,
    actors: u8,
    before: Vec<Draw>,
    calls: impl Strategy<Value = Call> + 'static,
) -> BoxedStrategy<Script> {
    prop::collection::vec(draw::draw(actors, calls), 1..16)
        .prop_map(move |draws| Assembly::new(id, actors).then(before.clone()).then(draws).script())
        .boxed()
}

fn lifetime() -> BoxedStrategy<Script> {
    let calls = prop_oneof![
        3 => draw::shm_open(),
        3 => draw::shm_unlink(),
        2 => draw::mmap(MapFlags::SHARED),
        2 => draw::store(),
        3 => draw::load(),
        2 => draw::close(),
        1 => draw::munmap(),
        1 => draw::dup(),
        1 => draw::fstat(),
        1 => draw::pwrite(),
        1 => draw::pread(),
    ];
    after(LIFETIME, 2, opened(1), calls)
}

fn sizing() -> BoxedStrategy<Call> {
    prop_oneof![
        4 => draw::ftruncate(),
        2 => draw::fstat(),
        1 => draw::posix_fallocate(),
        2 => draw::pwrite(),
        2 => draw::pread(),
        2 => draw::mmap(MapFlags::SHARED),
        3 => draw::store(),
        3 => draw::load(),
    ]
    .boxed()
}

fn sizes() -> BoxedStrategy<Script> {
    after(SIZES, 2, opened(2), sizing())
}

fn limited() -> BoxedStrategy<Script> {
    let limit = prop::sample::select(vec![0, 1, 2]);
    (limit, any::<bool>(), prop::collection::vec(draw::draw(1, sizing()), 1..12))
        .prop_map(|(pages, ignored, draws)| {
            let limit = by_a(Call::Rlimit { resource: Resource::Fsize, limit: Amount::pages(pages) });
            let ignore = ignored.then(|| by_a(Call::Sigignore { signal: Signal::SIGXFSZ }));
            Assembly::new(LIMITED, 1).then(opened(1)).then([limit]).then(ignore).then(draws).script()
        })
        .boxed()
}

fn full() -> BoxedStrategy<Script> {
    let large = prop::sample::select(vec![4i32, 16, 17, 32]).prop_map(Amount::pages);
    let calls = prop_oneof![
        3 => large.clone().prop_map(|size| Call::Ftruncate { fd: draw::some(), size }).boxed(),
        2 => large.clone().prop_map(|len| Call::PosixFallocate { fd: draw::some(), offset: Amount::bytes(0), len }).boxed(),
        2 => large.prop_map(|len| Call::Pwrite { fd: draw::some(), offset: Amount::bytes(0), byte: Some(7), len }).boxed(),
        2 => draw::fstat(),
        1 => draw::pread(),
    ];
    prop::collection::vec(draw::draw(1, calls), 1..8)
        .prop_map(|draws| {
            let small = by_a(Call::LimitedStore { bytes: Amount::pages(16) });
            Assembly::new(FULL, 1).then([small]).then(opened(1)).then(draws).script()
        })
        .boxed()
}

fn mappings() -> BoxedStrategy<Script> {
    let calls = prop_oneof![
        3 => draw::mmap(MapFlags::SHARED),
        2 => draw::mmap(MapFlags::PRIVATE),
        5 => draw::store(),
        5 => draw::load(),
        1 => draw::munmap(),
        1 => draw::mprotect(),
        1 => draw::mmap_over(),
        1 => draw::ftruncate(),
    ];
    after(MAPPINGS, 2, opened(2), calls)
}

fn nameless() -> BoxedStrategy<Script> {
    let create = edges::offset().prop_map(|size| Call::Create { size });
    let calls = prop_oneof![
        2 => create.boxed(),
        12 => sizing(),
        2 => draw::dup(),
        2 => draw::close(),
        1 => draw::munmap(),
        1 => draw::fds(),
    ];
    let first = vec![by_a(Call::Create { size: Amount::pages(2) })];
    after(NAMELESS, 1, first, calls)
}
