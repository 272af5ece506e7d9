//! The kinds of arguments: how each is read, written, shown in documents, and what it refers to.

use super::amount::Amount;
use super::label::Label;
use super::name::Name;
use super::{OutOfRange, Over, Range};
use crate::constants::{OpenFlags, Vocabulary, meant};
use crate::suggestion::Suggestion;
use std::fmt::{self, Display};
use std::str::FromStr;

mod numbers;
mod written;

pub(crate) use numbers::MOST_NEW_NAMES;
pub(super) use numbers::{
    Byte, CreateMode, ExitCode, Groups, Least, Milliseconds, Mode, NameCount, Room, ThreadCount, Untold, User,
};
pub(super) use written::Written;

/// Where arguments are read from: the words between the brackets of a call.
pub(crate) trait Source {
    /// What is said where the words are not arguments.
    type Error;

    /// Is there a further argument?
    fn more(&self) -> bool;

    /// The next argument, if it is a word that `read` understands. Else `read` may say what was probably meant.
    fn word<T>(
        &mut self,
        expected: &str,
        read: impl FnOnce(&str) -> Result<T, Option<Suggestion>>,
    ) -> Result<T, Self::Error>;

    /// The next argument, if it is the name of an object.
    fn name(&mut self) -> Result<Name, Self::Error>;

    /// Does the call create what it opens? Set by the flags, read by the mode.
    fn creates(&mut self) -> &mut bool;
}

/// Something in an argument that others than the call itself care for.
pub(crate) enum Part<L, A, N> {
    /// The descriptor that the call is about.
    Fd(L),
    /// The mapping that the call is about.
    Map(L),
    /// A descriptor that is sent.
    Cargo(L),
    /// Another actor.
    Peer(L),
    /// An actor that comes to be.
    Child(L),
    /// Bytes.
    Amount(A),
    /// The name of an object.
    Name(N),
}

/// A kind of argument whose value is a `T`.
pub(super) trait Argument<T> {
    /// What documents call it; empty for the name of the member.
    const SHOWN: &'static str = "";
    /// Can it be left out?
    const OPTIONAL: bool = false;
    /// The words that it takes, if it takes words.
    const WORDS: &'static [&'static str] = &[];
    /// What C puts before those words.
    const PREFIXES: &'static [&'static str] = &[];

    fn read<S: Source>(source: &mut S) -> Result<T, S::Error>;

    fn write(value: &T, to: &mut Written<'_, '_>) -> fmt::Result;

    /// Is it a value that a script can have? What comes from outside as JSON may be another.
    fn check(_: &T) -> Result<(), OutOfRange> {
        Ok(())
    }

    fn parts<'a>(_: &'a T, _: &mut impl FnMut(Part<&'a Label, &'a Amount, &'a Name>)) {}

    fn parts_mut<'a>(_: &'a mut T, _: &mut impl FnMut(Part<&'a mut Label, &'a mut Amount, &'a mut Name>)) {}
}

/// Reads a label.
pub(crate) fn label(text: &str) -> Result<Label, Option<Suggestion>> {
    text.parse().map_err(|_| {
        let lower = text.to_ascii_lowercase();
        let is_label = text != "NULL" && lower != text && lower.parse::<Label>().is_ok();
        is_label.then(|| Suggestion::new(lower, "labels are lowercase"))
    })
}

macro_rules! label_kind {
    ($(#[doc = $doc:literal])+ $kind:ident, $expected:literal) => {
        $(#[doc = $doc])+
        pub(super) enum $kind {}

        impl Argument<Label> for $kind {
            fn read<S: Source>(source: &mut S) -> Result<Label, S::Error> {
                source.word($expected, label)
            }

            fn write(value: &Label, to: &mut Written<'_, '_>) -> fmt::Result {
                to.put(value)
            }

            fn parts<'a>(value: &'a Label, see: &mut impl FnMut(Part<&'a Label, &'a Amount, &'a Name>)) {
                see(Part::$kind(value));
            }

            fn parts_mut<'a>(
                value: &'a mut Label,
                see: &mut impl FnMut(Part<&'a mut Label, &'a mut Amount, &'a mut Name>),
            ) {
                see(Part::$kind(value));
            }
        }
    };
}

label_kind!(
    /// A descriptor of the actor.
    Fd, "a descriptor's label"
);
label_kind!(
    /// A mapping of the actor.
    Map, "a mapping's label"
);
label_kind!(
    /// Another actor.
    Peer, "another actor"
);
label_kind!(
    /// An actor that comes to be.
    Child, "what the child is called"
);

/// Descriptors up to the closing bracket.
pub(super) enum Cargo {}

impl Argument<Vec<Label>> for Cargo {
    const SHOWN: &'static str = "fd, …";

    fn read<S: Source>(source: &mut S) -> Result<Vec<Label>, S::Error> {
        let mut fds = Vec::new();
        while source.more() {
            fds.push(Fd::read(source)?);
        }
        Ok(fds)
    }

    fn write(value: &Vec<Label>, to: &mut Written<'_, '_>) -> fmt::Result {
        value.iter().try_for_each(|fd| to.put(fd))
    }

    fn parts<'a>(value: &'a Vec<Label>, see: &mut impl FnMut(Part<&'a Label, &'a Amount, &'a Name>)) {
        value.iter().for_each(|fd| see(Part::Cargo(fd)));
    }

    fn parts_mut<'a>(
        value: &'a mut Vec<Label>,
        see: &mut impl FnMut(Part<&'a mut Label, &'a mut Amount, &'a mut Name>),
    ) {
        value.iter_mut().for_each(|fd| see(Part::Cargo(fd)));
    }
}

/// The name of an object.
pub(super) enum Object {}

impl Argument<Name> for Object {
    fn read<S: Source>(source: &mut S) -> Result<Name, S::Error> {
        source.name()
    }

    fn write(value: &Name, to: &mut Written<'_, '_>) -> fmt::Result {
        to.put(value)
    }

    fn parts<'a>(value: &'a Name, see: &mut impl FnMut(Part<&'a Label, &'a Amount, &'a Name>)) {
        see(Part::Name(value));
    }

    fn parts_mut<'a>(value: &'a mut Name, see: &mut impl FnMut(Part<&'a mut Label, &'a mut Amount, &'a mut Name>)) {
        see(Part::Name(value));
    }
}

/// A size, an offset or a length.
pub(super) enum Bytes {}

fn amount(text: &str) -> Result<Amount, Option<Suggestion>> {
    const UNITS: &[(&str, u32)] = &[("KIB", 10), ("MIB", 20), ("GIB", 30), ("K", 10), ("M", 20), ("G", 30)];
    text.parse().map_err(|_| {
        let upper = text.to_ascii_uppercase().replace("PAGE_SIZE", "PAGE").replace("PAGESIZE", "PAGE");
        if upper.parse::<Amount>().is_ok() {
            return Some(Suggestion::new(upper, "a page is written PAGE"));
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Suggestion::new(i64::MAX.to_string(), "more does not fit 64 bits"));
        }
        let unit = UNITS.iter().find_map(|(unit, bits)| Some((upper.strip_suffix(unit)?.parse::<i64>().ok()?, *bits)));
        let bytes = unit.and_then(|(number, bits)| number.checked_mul(1 << bits));
        bytes.map(|bytes| Suggestion::new(bytes.to_string(), "an amount is in bytes or in pages"))
    })
}

impl Argument<Amount> for Bytes {
    fn read<S: Source>(source: &mut S) -> Result<Amount, S::Error> {
        source.word("a number of bytes, such as 4096 or PAGE+1", amount)
    }

    fn write(value: &Amount, to: &mut Written<'_, '_>) -> fmt::Result {
        to.put(value)
    }

    fn parts<'a>(value: &'a Amount, see: &mut impl FnMut(Part<&'a Label, &'a Amount, &'a Name>)) {
        see(Part::Amount(value));
    }

    fn parts_mut<'a>(value: &'a mut Amount, see: &mut impl FnMut(Part<&'a mut Label, &'a mut Amount, &'a mut Name>)) {
        see(Part::Amount(value));
    }
}

/// A length that is one byte if it is left out.
pub(super) enum OneOrBytes {}

impl Argument<Amount> for OneOrBytes {
    const OPTIONAL: bool = true;

    fn read<S: Source>(source: &mut S) -> Result<Amount, S::Error> {
        if source.more() { Bytes::read(source) } else { Ok(Amount::bytes(1)) }
    }

    fn write(value: &Amount, to: &mut Written<'_, '_>) -> fmt::Result {
        to.put(value)
    }

    fn parts<'a>(value: &'a Amount, see: &mut impl FnMut(Part<&'a Label, &'a Amount, &'a Name>)) {
        see(Part::Amount(value));
    }

    fn parts_mut<'a>(value: &'a mut Amount, see: &mut impl FnMut(Part<&'a mut Label, &'a mut Amount, &'a mut Name>)) {
        see(Part::Amount(value));
    }
}

/// A range of a mapping, or nothing for the whole.
pub(super) enum WholeOrRange {}

impl Argument<Option<Range>> for WholeOrRange {
    const SHOWN: &'static str = "offset, len";
    const OPTIONAL: bool = true;

    fn read<S: Source>(source: &mut S) -> Result<Option<Range>, S::Error> {
        if !source.more() {
            return Ok(None);
        }
        Ok(Some(Range { offset: Bytes::read(source)?, len: Bytes::read(source)? }))
    }

    fn write(value: &Option<Range>, to: &mut Written<'_, '_>) -> fmt::Result {
        value.iter().try_for_each(|range| to.put(&range.offset).and_then(|()| to.put(&range.len)))
    }

    fn parts<'a>(value: &'a Option<Range>, see: &mut impl FnMut(Part<&'a Label, &'a Amount, &'a Name>)) {
        value.iter().flat_map(|range| [&range.offset, &range.len]).for_each(|amount| see(Part::Amount(amount)));
    }

    fn parts_mut<'a>(
        value: &'a mut Option<Range>,
        see: &mut impl FnMut(Part<&'a mut Label, &'a mut Amount, &'a mut Name>),
    ) {
        value
            .iter_mut()
            .flat_map(|range| [&mut range.offset, &mut range.len])
            .for_each(|amount| see(Part::Amount(amount)));
    }
}

/// A mapping, and a place in it, or nothing.
pub(super) enum Place {}

impl Argument<Option<Over>> for Place {
    const SHOWN: &'static str = "map, at";
    const OPTIONAL: bool = true;

    fn read<S: Source>(source: &mut S) -> Result<Option<Over>, S::Error> {
        if !source.more() {
            return Ok(None);
        }
        Ok(Some(Over { map: Map::read(source)?, at: Bytes::read(source)? }))
    }

    fn write(value: &Option<Over>, to: &mut Written<'_, '_>) -> fmt::Result {
        value.iter().try_for_each(|over| to.put(&over.map).and_then(|()| to.put(&over.at)))
    }

    fn parts<'a>(value: &'a Option<Over>, see: &mut impl FnMut(Part<&'a Label, &'a Amount, &'a Name>)) {
        if let Some(Over { map, at }) = value {
            see(Part::Map(map));
            see(Part::Amount(at));
        }
    }

    fn parts_mut<'a>(
        value: &'a mut Option<Over>,
        see: &mut impl FnMut(Part<&'a mut Label, &'a mut Amount, &'a mut Name>),
    ) {
        if let Some(Over { map, at }) = value {
            see(Part::Map(map));
            see(Part::Amount(at));
        }
    }
}

/// One of C's words without its prefix, or a set of them.
pub(super) enum Word {}

fn vocable<T: Vocabulary + FromStr>(text: &str) -> Result<T, Option<Suggestion>> {
    text.parse().map_err(|_| meant::<T>(text))
}

impl<T: Vocabulary + FromStr + Display> Argument<T> for Word {
    const WORDS: &'static [&'static str] = T::WORDS;
    const PREFIXES: &'static [&'static str] = T::PREFIXES;

    fn read<S: Source>(source: &mut S) -> Result<T, S::Error> {
        source.word(T::WHAT, vocable)
    }

    fn write(value: &T, to: &mut Written<'_, '_>) -> fmt::Result {
        to.put(value)
    }
}

/// The flags of an open, which say whether there is a mode.
pub(super) enum OpenWords {}

impl Argument<OpenFlags> for OpenWords {
    const WORDS: &'static [&'static str] = OpenFlags::WORDS;
    const PREFIXES: &'static [&'static str] = OpenFlags::PREFIXES;

    fn read<S: Source>(source: &mut S) -> Result<OpenFlags, S::Error> {
        let flags: OpenFlags = Word::read(source)?;
        *source.creates() = flags.contains(OpenFlags::CREAT);
        Ok(flags)
    }

    fn write(value: &OpenFlags, to: &mut Written<'_, '_>) -> fmt::Result {
        to.creates = value.contains(OpenFlags::CREAT);
        to.put(value)
    }
}

macro_rules! switch {
    ($(#[doc = $doc:literal])+ $kind:ident, $on:literal, optional: $optional:literal, shown: $shown:literal) => {
        $(#[doc = $doc])+
        pub(super) enum $kind {}

        impl Argument<bool> for $kind {
            const SHOWN: &'static str = $shown;
            const OPTIONAL: bool = $optional;

            fn read<S: Source>(source: &mut S) -> Result<bool, S::Error> {
                if $optional && !source.more() {
                    return Ok(false);
                }
                source.word(concat!("`", $on, "` or `0`"), |text| match text {
                    $on => Ok(true),
                    "0" => Ok(false),
                    "FD_CLOEXEC" | "O_CLOEXEC" | "CLONE_NEWPID" => {
                        Err(Some(Suggestion::new($on, "flags are written without their prefix")))
                    }
                    other => Err(Suggestion::spelling(&other.to_ascii_uppercase(), [$on])),
                })
            }

            fn write(value: &bool, to: &mut Written<'_, '_>) -> fmt::Result {
                match (value, $optional) {
                    (true, _) => to.put(&$on),
                    (false, false) => to.put(&0),
                    (false, true) => Ok(()),
                }
            }
        }
    };
}

switch!(
    /// `FD_CLOEXEC`, or nothing.
    CloseOnExec, "CLOEXEC", optional: false, shown: "CLOEXEC\\|0"
);
switch!(
    /// `NEWPID`, or nothing.
    PidNamespace, "NEWPID", optional: true, shown: "NEWPID"
);
