//! Names of every form, modes and masks, and the subject's own generator of names.

use super::assemble::Assembly;
use super::draw::{self, Draw};
use super::{Entry, edges};
use proptest::prelude::*;
use shmconf_model::call::name::{Fill, Form};
use shmconf_model::call::{Amount, Call, Name, OpenFlags};
use shmconf_model::script::{Requirement, Script};

pub(super) const PROPERTIES: &[Entry] = &[
    (
        FORMS,
        "Whatever its form and length, a name is refused or stands for one object.",
        &[Requirement::Named],
        any_form,
    ),
    (
        APART,
        "Different names stand for different objects, however little they differ and however long they are.",
        &[Requirement::Named],
        apart,
    ),
    (
        MODES,
        "Whoever may open an object is said by its mode, and that by the mode asked for and the mask.",
        &[Requirement::Named],
        modes,
    ),
    (
        UNIQUE,
        "The generator gives no name twice, in any thread, process or child, and a taken name stops nobody.",
        &[Requirement::UniqueNames],
        unique,
    ),
];

const FORMS: &str = "names/any-form-and-length";
const APART: &str = "names/different-names-different-objects";
const MODES: &str = "access/any-mode-and-mask";
const UNIQUE: &str = "names/generator-gives-none-twice";

fn any_form() -> BoxedStrategy<Script> {
    let flags = prop::sample::select(vec![
        OpenFlags::RDWR | OpenFlags::CREAT,
        OpenFlags::RDWR | OpenFlags::CREAT | OpenFlags::EXCL,
        OpenFlags::RDWR,
        OpenFlags::RDONLY,
        OpenFlags::RDONLY | OpenFlags::CREAT,
    ]);
    let calls = prop_oneof![
        4 => (edges::name(), flags).prop_map(|(name, flags)| draw::open(name, flags, 0o600)).boxed(),
        2 => edges::name().prop_map(|name| Call::ShmUnlink { name }).boxed(),
        1 => draw::fstat(),
    ];
    sequence(FORMS, 2, calls.boxed(), 1..9)
}

/// Two names of one length, and what one process does with the one and another with the other.
fn apart() -> BoxedStrategy<Script> {
    let fill = || prop::option::of(prop::sample::select(Fill::ALL));
    let names = (edges::length(), fill(), fill());
    names
        .prop_map(|(bytes, one, other)| {
            let name = |fill| Name::Fresh {
                stem: draw::label("x"),
                form: Form { bytes: Some(bytes), fill, ..Form::default() },
            };
            let create = |fill| draw::open(name(fill), OpenFlags::RDWR | OpenFlags::CREAT | OpenFlags::EXCL, 0o600);
            let open = |fill| draw::open(name(fill), OpenFlags::RDWR, 0);
            let by = |actor, call| Draw { actor, pick: 1, call };
            let size = Call::Ftruncate { fd: draw::some(), size: Amount::bytes(5) };
            let stat = || Call::Fstat { fd: draw::some() };
            let calls = [
                by(0, create(one)),
                by(0, create(other)),
                by(0, size),
                by(1, open(one)),
                by(1, stat()),
                by(1, open(other)),
                by(1, stat()),
                by(0, Call::ShmUnlink { name: name(one) }),
                by(1, open(other)),
            ];
            Assembly::new(APART, 2).then(calls).script()
        })
        .boxed()
}

fn modes() -> BoxedStrategy<Script> {
    let access = prop::sample::select(vec![
        OpenFlags::RDONLY,
        OpenFlags::RDWR,
        OpenFlags::WRONLY,
        OpenFlags::RDWR | OpenFlags::TRUNC,
    ]);
    let creates = (draw::name(), edges::mode())
        .prop_map(|(name, mode)| draw::open(name, OpenFlags::RDWR | OpenFlags::CREAT | OpenFlags::EXCL, mode));
    let opens = (draw::name(), access).prop_map(|(name, flags)| draw::open(name, flags, 0));
    let calls = prop_oneof![
        3 => creates.boxed(),
        3 => opens.boxed(),
        1 => edges::umask().prop_map(|mode| Call::Umask { mode }).boxed(),
        1 => edges::mode().prop_map(|mode| Call::Fchmod { fd: draw::some(), mode }).boxed(),
        1 => draw::fstat(),
        1 => draw::shm_unlink(),
        1 => Just(Call::FcntlGetfl { fd: draw::some() }).boxed(),
    ];
    sequence(MODES, 2, calls.boxed(), 1..10)
}

fn unique() -> BoxedStrategy<Script> {
    let names = (1u32..50, 1u32..5).prop_map(|(count, threads)| Call::UniqueNames { count, threads });
    let calls = prop_oneof![
        3 => names.boxed(),
        1 => Just(Call::Collide).boxed(),
        1 => edges::offset().prop_map(|size| Call::Create { size }).boxed(),
    ];
    let draws = || prop::collection::vec(draw::draw(2, calls.clone()), 1..5);
    let fork = |pid_namespace| Draw { actor: 0, pick: 0, call: Call::Fork { child: draw::label("b"), pid_namespace } };
    let children = prop_oneof![3 => Just(None), 2 => Just(Some(false)), 1 => Just(Some(true))];
    (children, draws(), draws())
        .prop_map(move |(child, first, then)| {
            // A forked child begins with what its parent had, so that only the parent may have drawn before.
            let alone =
                first.into_iter().map(|draw| Draw { actor: if child.is_some() { 0 } else { draw.actor }, ..draw });
            let made = child.into_iter().map(fork);
            Assembly::new(UNIQUE, 2).then(alone).then(made).race(then).script()
        })
        .boxed()
}

/// A plain sequence of calls.
pub(super) fn sequence(
    id: &'static str,
    actors: u8,
    calls: BoxedStrategy<Call>,
    length: std::ops::Range<usize>,
) -> BoxedStrategy<Script> {
    prop::collection::vec(draw::draw(actors, calls), length)
        .prop_map(move |draws| Assembly::new(id, actors).then(draws).script())
        .boxed()
}
