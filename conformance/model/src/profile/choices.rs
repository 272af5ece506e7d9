//! The choices that rules offer.

#[macro_use]
mod texts;
mod attributes;

pub use attributes::{Bits, Blocks, Identity, Kind, Links, Times};

use crate::outcome::errno::NotAnErrno;
use crate::outcome::{Errno, Signal};
use std::fmt;
use std::str::FromStr;

/// Success, or a failure with that error number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Response {
    /// `ok`
    Ok,
    /// `EINVAL`
    Errno(Errno),
}

/// What becomes of a name of an unusual form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameAnswer {
    /// `same-object`: the name stands for what the plain form of it stands for.
    SameObject,
    /// `own-object`: it is a name of its own.
    OwnObject,
    /// `no-object`: a descriptor is opened, but of something that is no shared memory object.
    NoObject,
    /// `EINVAL`
    Errno(Errno),
}

/// What `O_TRUNC` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truncation {
    /// `truncates`: the size becomes 0.
    Truncates,
    /// `ignored`
    Ignored,
    /// `EINVAL`: the open fails where the object has been sized.
    Errno(Errno),
}

/// Who may remove a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnlinkRight {
    /// `owner`: the object's owner, and root.
    Owner,
    /// `owner-or-writer`: also who may write the object.
    OwnerOrWriter,
    /// `reader-and-writer`: who may read and write the object, and root.
    ReaderAndWriter,
    /// `writer`: who may write the object, and root.
    Writer,
    /// `anyone`
    Anyone,
}

/// How often the size of an object can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resize {
    /// `any`
    Any,
    /// `once`: further calls are EINVAL.
    Once,
}

/// What size an object gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// `exact`
    Exact,
    /// `page`: rounded up to whole pages.
    Page,
}

/// What becomes of bytes that were stored behind the end of an object, in its last page, once it grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tail {
    /// `zero`
    Zero,
    /// `kept`
    Kept,
}

/// Which calls that set a size and add nothing clear what was stored behind the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cut {
    /// `any`: those that leave the size as it is, too.
    Any,
    /// `smaller`: those that make the object smaller.
    Smaller,
    /// `none`: that stays.
    None,
}

/// Which number a new descriptor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Number {
    /// `lowest`: the lowest free one.
    Lowest,
    /// `second-lowest`: the next one, as the lowest is in use during the call.
    SecondLowest,
}

/// What becomes of opening a name where something lies that is no object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Found {
    /// `opens`: a descriptor of that.
    Opens,
    /// `follows`: what a link leads to is opened.
    Follows,
    /// `any`: of which nothing can be said.
    Any,
    /// `ELOOP`
    Errno(Errno),
}

/// What becomes of unlinking a name where something lies that is no object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Removal {
    /// `removes`: it is gone.
    Removes,
    /// `any`: of which nothing can be said.
    Any,
    /// `EISDIR`
    Errno(Errno),
}

/// What a write behind the end of an object does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Write {
    /// `extends`
    Extends,
    /// `short`: only what fits is written.
    Short,
    /// `ENXIO`: nothing can be written at all.
    Errno(Errno),
}

/// What a write does that ends beyond the largest offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TooFar {
    /// `ok`
    Ok,
    /// `as-a-limit`: what a write beyond RLIMIT_FSIZE does: EFBIG, with SIGXFSZ.
    Limit,
    /// `EFBIG`
    Errno(Errno),
}

/// Which sizes a limit of the process refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Beyond {
    /// `growing`: what goes beyond it and makes the object larger.
    Growing,
    /// `any`: whatever goes beyond it, also where the object is as large already.
    Any,
    /// `any-or-zero`: that, and every size where the limit is 0.
    AnyOrZero,
    /// `reaching`: whatever goes beyond it, and what just reaches it.
    Reaching,
}

/// What becomes of received descriptors for which there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rest {
    /// `closed`: the message is marked, and they are not left open.
    Closed,
    /// `closed-unmarked`: they are not left open, and the message is not marked.
    ClosedUnmarked,
    /// `all-closed`: the message is marked, and none of its descriptors arrives, also those for which there is room.
    AllClosed,
    /// `leaked`: the message is marked, and they stay open in the receiver, which does not learn of them.
    Leaked,
    /// `leaked-unmarked`: that, and the message is not even marked.
    LeakedUnmarked,
}

/// What an access does that no page of the object answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// `ok`: it finds a page, of which nothing more is known.
    Ok,
    /// `SIGBUS`: it ends the process, unless that catches the signal.
    Signal(Signal),
}

/// Where a mapping begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Offset {
    /// `asked`: at the offset that was asked for.
    Asked,
    /// `low-32-bits`: at what the lowest 32 bits of it say.
    Low32Bits,
}

/// Lengths of names, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limit {
    /// Names up to this length are accepted.
    pub always: usize,
    /// Longer ones than this are refused; those between may be.
    pub never: Option<usize>,
    /// Are leading slashes counted?
    pub with_slash: bool,
    /// Do `/` and `%` behind them count twice, as the system writes each with two characters?
    pub twice: bool,
}

impl Limit {
    /// How many bytes a name has, as they are counted.
    pub fn bytes(self, name: &str) -> usize {
        let inner = name.trim_start_matches('/');
        let counted = if self.with_slash { name.len() } else { inner.len() };
        counted + if self.twice { inner.matches(['/', '%']).count() } else { 0 }
    }
}

impl Cut {
    /// Does a call clear it that sets an object of `current` bytes to `size`?
    pub fn clears(self, size: i64, current: i64) -> bool {
        match self {
            Cut::Any => size <= current,
            Cut::Smaller => size < current,
            Cut::None => false,
        }
    }
}

impl Rest {
    /// Does MSG_CTRUNC tell the receiver?
    pub fn is_marked(self) -> bool {
        matches!(self, Rest::Closed | Rest::AllClosed | Rest::Leaked)
    }

    /// Do they stay open in the receiver?
    pub fn is_leaked(self) -> bool {
        matches!(self, Rest::Leaked | Rest::LeakedUnmarked)
    }
}

impl Beyond {
    /// Does a limit refuse that size of an object that is `current` bytes large?
    pub fn refuses(self, limit: i64, size: i64, current: i64) -> bool {
        match self {
            Beyond::Growing => size > limit && size > current,
            Beyond::Any => size > limit,
            Beyond::AnyOrZero => size > limit || limit == 0,
            Beyond::Reaching => size >= limit,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Ok => f.pad("ok"),
            Fault::Signal(signal) => signal.fmt(f),
        }
    }
}

impl FromStr for Fault {
    type Err = <Signal as FromStr>::Err;

    fn from_str(text: &str) -> Result<Fault, Self::Err> {
        if text == "ok" { Ok(Fault::Ok) } else { text.parse().map(Fault::Signal) }
    }
}

texts! {
    Found { Opens = "opens", Follows = "follows", Any = "any"; Errno }
    Removal { Removes = "removes", Any = "any"; Errno }
    Response { Ok = "ok"; Errno }
    NameAnswer { SameObject = "same-object", OwnObject = "own-object", NoObject = "no-object"; Errno }
    Truncation { Truncates = "truncates", Ignored = "ignored"; Errno }
    UnlinkRight {
        Owner = "owner", OwnerOrWriter = "owner-or-writer", ReaderAndWriter = "reader-and-writer",
        Writer = "writer", Anyone = "anyone"
    }
    Resize { Any = "any", Once = "once" }
    Rounding { Exact = "exact", Page = "page" }
    Tail { Zero = "zero", Kept = "kept" }
    Cut { Any = "any", Smaller = "smaller", None = "none" }
    Number { Lowest = "lowest", SecondLowest = "second-lowest" }
    Write { Extends = "extends", Short = "short"; Errno }
    Beyond { Growing = "growing", Any = "any", AnyOrZero = "any-or-zero", Reaching = "reaching" }
    TooFar { Ok = "ok", Limit = "as-a-limit"; Errno }
    Rest {
        Closed = "closed", ClosedUnmarked = "closed-unmarked", AllClosed = "all-closed", Leaked = "leaked",
        LeakedUnmarked = "leaked-unmarked"
    }
    Offset { Asked = "asked", Low32Bits = "low-32-bits" }
}

/// How it is said that some characters count twice.
const TWICE: &str = ", / and % twice";

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.always == usize::MAX {
            return f.pad("any");
        }
        match self.never {
            Some(never) if never == self.always => write!(f, "{never}")?,
            Some(never) => write!(f, "{} to {never}", self.always)?,
            None => write!(f, "at least {}", self.always)?,
        }
        f.write_str(if self.with_slash { " with the slash" } else { " after the slash" })?;
        f.write_str(if self.twice { TWICE } else { "" })
    }
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Limit, String> {
        if text == "any" {
            return Ok(Limit { always: usize::MAX, never: None, with_slash: true, twice: false });
        }
        let error = || {
            format!(
                "found `{text}`, expected `any` or a length, such as `255 after the slash` or `at least 14 with the slash`"
            )
        };
        let (text, twice) = text.strip_suffix(TWICE).map_or((text, false), |text| (text, true));
        let ends = [(" with the slash", true), (" after the slash", false)];
        let counted = ends.iter().find_map(|(end, with_slash)| Some((text.strip_suffix(end)?, *with_slash)));
        let (lengths, with_slash) = counted.ok_or_else(error)?;
        let length = |text: &str| text.parse::<usize>().map_err(|_| error());
        let (always, never) = match (lengths.strip_prefix("at least "), lengths.split_once(" to ")) {
            (Some(always), _) => (length(always)?, None),
            (None, Some((always, never))) => (length(always)?, Some(length(never)?)),
            (None, None) => (length(lengths)?, Some(length(lengths)?)),
        };
        Ok(Limit { always, never, with_slash, twice })
    }
}
