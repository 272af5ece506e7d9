//! Arguments that are plain numbers: modes, bytes, counts.

use super::{Amount, Argument, Source, Written};
use crate::call::OutOfRange;
use crate::suggestion::Suggestion;
use std::fmt;
use std::str::FromStr;

/// The most that a number with a bound may be.
pub(in crate::call) const MOST_NAMES: u32 = 10_000;
const MOST_THREADS: u32 = 64;
/// The most names that one call can ask for, by all of its threads.
pub(crate) const MOST_NEW_NAMES: usize = MOST_NAMES as usize * MOST_THREADS as usize;
const MOST_ROOM: u32 = 65_536;
/// As many as every system takes, beside the group of the process itself.
const MOST_GROUPS: u32 = 15;
const MOST_MILLISECONDS: u32 = 1000;
const MOST_NUMBER: u32 = i32::MAX as u32;

/// Permission bits.
pub(in crate::call) enum Mode {}

/// An octal number with a leading 0, so that nobody writes 600 for 0600.
fn mode(text: &str) -> Result<u32, Option<Suggestion>> {
    let digits = text.strip_prefix('0').filter(|digits| digits.len() <= 4);
    let value = digits.and_then(|digits| u32::from_str_radix(if digits.is_empty() { "0" } else { digits }, 8).ok());
    value.ok_or_else(|| {
        let digits = text.strip_prefix("0o").unwrap_or(text);
        let octal = (3..=4).contains(&digits.len()) && digits.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
        match octal {
            true => Some(Suggestion::new(format!("0{digits}"), "a mode is octal and begins with 0")),
            false => text.starts_with("S_I").then(|| Suggestion::new("0600", "a mode is an octal number")),
        }
    })
}

const MODE: &str = "an octal mode with a leading 0, such as 0600";

impl Argument<u32> for Mode {
    fn read<S: Source>(source: &mut S) -> Result<u32, S::Error> {
        source.word(MODE, mode)
    }

    fn write(value: &u32, to: &mut Written<'_, '_>) -> fmt::Result {
        to.put(&format_args!("0{value:03o}"))
    }
}

/// The mode of an open: given where it creates, and else left out if it is 0.
pub(in crate::call) enum CreateMode {}

impl Argument<u32> for CreateMode {
    const OPTIONAL: bool = true;

    fn read<S: Source>(source: &mut S) -> Result<u32, S::Error> {
        match (source.more(), *source.creates()) {
            (true, _) => Mode::read(source),
            (false, true) => source.word("a mode such as 0600", mode),
            (false, false) => Ok(0),
        }
    }

    fn write(value: &u32, to: &mut Written<'_, '_>) -> fmt::Result {
        if *value == 0 && !to.creates { Ok(()) } else { Mode::write(value, to) }
    }
}

/// What memory is filled with.
pub(in crate::call) enum Byte {}

impl Argument<u8> for Byte {
    fn read<S: Source>(source: &mut S) -> Result<u8, S::Error> {
        source.word("a byte from 0 to 255, such as 0x5a", |text| {
            let amount: Option<Amount> = text.parse().ok();
            amount.and_then(Amount::without_pages).and_then(|bytes| u8::try_from(bytes).ok()).ok_or(None)
        })
    }

    fn write(value: &u8, to: &mut Written<'_, '_>) -> fmt::Result {
        to.put(&format_args!("{value:#04x}"))
    }
}

/// What is written; a script says it, and the trace of a recorded program does not.
pub(in crate::call) enum Untold {}

impl Argument<Option<u8>> for Untold {
    const SHOWN: &'static str = "byte";

    fn read<S: Source>(source: &mut S) -> Result<Option<u8>, S::Error> {
        Byte::read(source).map(Some)
    }

    fn write(value: &Option<u8>, to: &mut Written<'_, '_>) -> fmt::Result {
        match value {
            Some(byte) => Byte::write(byte, to),
            None => to.put(&"…"),
        }
    }
}

/// A number of the range, in decimal digits alone.
fn within<T: FromStr + PartialOrd>(text: &str, range: std::ops::RangeInclusive<T>) -> Result<T, Option<Suggestion>> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && range.contains(number)).ok_or(None)
}

/// How a process ends.
pub(in crate::call) enum ExitCode {}

impl Argument<u8> for ExitCode {
    fn read<S: Source>(source: &mut S) -> Result<u8, S::Error> {
        source.word("an exit code from 0 to 255", |text| within(text, 0..=u8::MAX))
    }

    fn write(value: &u8, to: &mut Written<'_, '_>) -> fmt::Result {
        to.put(value)
    }
}

/// A user.
pub(in crate::call) enum User {}

impl Argument<u32> for User {
    fn read<S: Source>(source: &mut S) -> Result<u32, S::Error> {
        source.word("a user number", |text| within(text, 0..=u32::MAX))
    }

    fn write(value: &u32, to: &mut Written<'_, '_>) -> fmt::Result {
        to.put(value)
    }
}

/// Groups up to the closing bracket.
pub(in crate::call) enum Groups {}

impl Argument<Vec<u32>> for Groups {
    const SHOWN: &'static str = "gid, …";

    fn read<S: Source>(source: &mut S) -> Result<Vec<u32>, S::Error> {
        let mut gids = Vec::new();
        while source.more() {
            gids.push(User::read(source)?);
        }
        Ok(gids)
    }

    fn write(value: &Vec<u32>, to: &mut Written<'_, '_>) -> fmt::Result {
        value.iter().try_for_each(|gid| to.put(gid))
    }

    fn check(value: &Vec<u32>) -> Result<(), OutOfRange> {
        GroupCount::check(&u32::try_from(value.len()).unwrap_or(u32::MAX))
    }
}

macro_rules! bounded {
    ($(#[doc = $doc:literal])+ $kind:ident, $range:expr, $what:literal) => {
        $(#[doc = $doc])+
        pub(in crate::call) enum $kind {}

        impl Argument<u32> for $kind {
            fn read<S: Source>(source: &mut S) -> Result<u32, S::Error> {
                let (least, most) = ($range).into_inner();
                source.word(&format!(concat!($what, " from {} to {}"), least, most), |text| within(text, $range))
            }

            fn write(value: &u32, to: &mut Written<'_, '_>) -> fmt::Result {
                to.put(value)
            }

            fn check(value: &u32) -> Result<(), OutOfRange> {
                let (least, most) = ($range).into_inner();
                if ($range).contains(value) { Ok(()) } else { Err(OutOfRange { what: $what, found: *value, least, most }) }
            }
        }
    };
}

bounded!(
    /// How many names a thread asks for.
    NameCount, 0..=MOST_NAMES, "a number of names"
);
bounded!(
    /// How many threads ask for names.
    ThreadCount, 0..=MOST_THREADS, "a number of threads"
);
bounded!(
    /// For how many descriptors there is room.
    RoomCount, 0..=MOST_ROOM, "a number of descriptors"
);

bounded!(
    /// How many supplementary groups a process takes.
    GroupCount, 0..=MOST_GROUPS, "a number of groups"
);

bounded!(
    /// How long a timer takes.
    Milliseconds, 0..=MOST_MILLISECONDS, "a number of milliseconds"
);

bounded!(
    /// The least number that a descriptor may get.
    Least, 0..=MOST_NUMBER, "a number of a descriptor"
);

/// For how many descriptors there is room; as many as there are labels, if it is left out.
pub(in crate::call) enum Room {}

impl Argument<Option<u32>> for Room {
    const OPTIONAL: bool = true;

    fn read<S: Source>(source: &mut S) -> Result<Option<u32>, S::Error> {
        if source.more() { RoomCount::read(source).map(Some) } else { Ok(None) }
    }

    fn write(value: &Option<u32>, to: &mut Written<'_, '_>) -> fmt::Result {
        value.iter().try_for_each(|room| to.put(room))
    }

    fn check(value: &Option<u32>) -> Result<(), OutOfRange> {
        value.iter().try_for_each(RoomCount::check)
    }
}
