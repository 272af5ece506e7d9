//! Arguments from where systems differ: the edges.

use proptest::prelude::*;
use shmconf_model::call::name::Form;
use shmconf_model::call::{Amount, Name};

/// Sizes: around pages, around what 32 bits hold, and what no object can have.
pub(super) fn size() -> BoxedStrategy<Amount> {
    prop_oneof![
        8 => near_pages(),
        1 => prop::sample::select(vec![1 << 31, (1 << 31) - 1, 1 << 32, (1 << 32) + 1, i64::MAX, -1, i64::MIN]).prop_map(Amount::bytes),
    ]
    .boxed()
}

/// Offsets and lengths that need little storage.
pub(super) fn offset() -> BoxedStrategy<Amount> {
    prop_oneof![12 => near_pages(), 1 => Just(Amount::bytes(-1))].boxed()
}

/// Nothing, a byte, and around one and two pages.
pub(super) fn near_pages() -> BoxedStrategy<Amount> {
    (0i32..=2, -1i32..=1)
        .prop_map(
            |(pages, bytes)| {
                if pages == 0 { Amount::bytes(bytes.abs().into()) } else { Amount::pages_and(pages, bytes) }
            },
        )
        .boxed()
}

/// Offsets inside a small mapping.
pub(super) fn inside() -> BoxedStrategy<Amount> {
    prop_oneof![
        3 => Just(Amount::bytes(0)),
        2 => Just(Amount::bytes(100)),
        1 => Just(Amount::pages_and(1, -1)),
        1 => Just(Amount::pages(1)),
    ]
    .boxed()
}

/// Names of every form and of the lengths at which some system says no.
pub(super) fn name() -> BoxedStrategy<Name> {
    let bytes = prop_oneof![
        3 => Just(None),
        3 => prop::sample::select(vec![14u16, 15, 30, 31, 32, 254, 255, 256, 257, 1023]).prop_map(Some),
    ];
    let forms = prop_oneof![
        6 => Just(Form::default()),
        1 => Just(Form { bare: true, ..Form::default() }),
        1 => Just(Form { double: true, ..Form::default() }),
        1 => Just(Form { inner: true, ..Form::default() }),
        1 => Just(Form { trailing: true, ..Form::default() }),
    ];
    (bytes, forms)
        .prop_map(|(bytes, form)| Name::Fresh { stem: super::draw::label("x"), form: Form { bytes, ..form } })
        .boxed()
}

/// Lengths of names that some system takes, more often short ones.
pub(super) fn length() -> BoxedStrategy<u16> {
    prop_oneof![3 => 15u16..=32, 2 => 33u16..=255, 1 => prop::sample::select(vec![64, 128, 250, 254, 255])].boxed()
}

/// Modes, from none to all.
pub(super) fn mode() -> BoxedStrategy<u32> {
    prop::sample::select(vec![0o600, 0, 0o200, 0o400, 0o444, 0o660, 0o666, 0o777, 0o7777]).boxed()
}

/// File mode creation masks.
pub(super) fn umask() -> BoxedStrategy<u32> {
    prop::sample::select(vec![0o022, 0, 0o077, 0o277, 0o777]).boxed()
}
