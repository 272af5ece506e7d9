//! What `fstat` tells of an object beside its size.

use crate::outcome::FileType;
use std::fmt;
use std::str::FromStr;

/// Which number `fstat` gives an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Identity {
    /// `own`: one that no other object in the same place has.
    Own,
    /// `0`
    Zero,
    /// `any`: of which nothing can be said.
    Any,
}

/// What kind of file `fstat` says that an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `REG`
    Is(FileType),
    /// `any`: of which nothing can be said.
    Any,
}

/// How many blocks `fstat` says that an object takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Blocks {
    /// `held`: as many as the pages take that hold something, or more.
    Held,
    /// `0`
    Zero,
    /// `any`: of which nothing can be said.
    Any,
}

/// What an object's times, as `fstat` gives them, tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Times {
    /// `marked`: what a file's do, of reading, of writing and of changing it.
    Marked,
    /// `marked-by-second`: the same, in whole seconds.
    MarkedBySecond,
    /// `marked-late`: as `marked`, but for what is done through mappings, which shows at some time.
    MarkedLate,
    /// `of-sizes`: when it was mapped last, and when its size was changed.
    OfSizes,
    /// `0`: nothing.
    Zero,
    /// `any`: of which nothing can be said.
    Any,
}

/// How many names `fstat` says that an object has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Links {
    /// `counted`: as many as it has.
    Counted,
    /// `counted-or-1`: as many as it has, and perhaps one where it never had any.
    CountedOrOne,
    /// `0`
    Zero,
    /// `any`: of which nothing can be said.
    Any,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Is(kind) => kind.fmt(f),
            Kind::Any => f.pad("any"),
        }
    }
}

impl FromStr for Kind {
    type Err = <FileType as FromStr>::Err;

    fn from_str(text: &str) -> Result<Kind, Self::Err> {
        if text == "any" { Ok(Kind::Any) } else { text.parse().map(Kind::Is) }
    }
}

texts! {
    Identity { Own = "own", Zero = "0", Any = "any" }
    Blocks { Held = "held", Zero = "0", Any = "any" }
    Times {
        Marked = "marked", MarkedBySecond = "marked-by-second", MarkedLate = "marked-late", OfSizes = "of-sizes",
        Zero = "0", Any = "any"
    }
    Links { Counted = "counted", CountedOrOne = "counted-or-1", Zero = "0", Any = "any" }
}

/// Permission bits, in octal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bits(pub u32);

impl fmt::Display for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

impl FromStr for Bits {
    type Err = String;

    fn from_str(text: &str) -> Result<Bits, String> {
        u32::from_str_radix(text, 8).map(Bits).map_err(|_| format!("found `{text}`, expected octal bits such as 0777"))
    }
}
