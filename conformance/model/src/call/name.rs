//! The name of an object: to the letter, or fresh in every run.

use crate::text::schema_as_written;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// What every fresh name begins with, so that a leftover can be told from the names of others.
pub const PREFIX: &str = "/sc";

/// A name as a script gives it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Name {
    /// `"/x"`: these bytes.
    Literal(String),
    /// `@x`: a valid name that nothing else has, the same for every actor of one run of the script.
    Fresh {
        /// Tells the fresh names of one script apart.
        stem: super::Label,
        /// How the name departs from the plain form.
        form: Form,
    },
}

/// The form of a fresh name. The plain one is a slash and 13 portable characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Form {
    /// `@x:255`: this many bytes in all, the leading slash included.
    pub bytes: Option<u16>,
    /// `@x:bare`: no leading slash.
    pub bare: bool,
    /// `@x:double`: two leading slashes.
    pub double: bool,
    /// `@x:inner`: a slash in the middle.
    pub inner: bool,
    /// `@x:trailing`: a slash at the end.
    pub trailing: bool,
    /// `@x:20:capitals`: what makes it so long, so that it differs from `@x:20` in that alone.
    pub fill: Option<Fill>,
}

macro_rules! fills {
    ($($(#[doc = $doc:literal])+ $fill:ident = $word:literal $text:literal $place:ident,)+) => {
        /// What a long name has behind its first 14 bytes. Without one that is `p`, as often as it takes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Fill {
            $($(#[doc = $doc])+ $fill,)+
        }

        impl Fill {
            /// Each of them.
            pub const ALL: &[Fill] = &[$(Fill::$fill),+];

            /// The word that stands for it behind the length.
            pub fn word(self) -> &'static str {
                match self { $(Fill::$fill => $word,)+ }
            }

            /// The character, and where it stands.
            pub(crate) fn text(self) -> (&'static str, Place) {
                match self { $(Fill::$fill => ($text, Place::$place),)+ }
            }
        }
    };
}

/// Where the character of a fill stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In all of what makes the name long.
    All,
    /// At its beginning.
    First,
    /// At its end.
    Last,
}

fills! {
    /// Capitals.
    Capitals = "capitals" "P" All,
    /// Letters of two bytes each, both above 0x7f.
    Accents = "accents" "\u{e9}" All,
    /// Blanks, at the end, too.
    Blanks = "blanks" " " All,
    /// Percent signs.
    Percents = "percents" "%" All,
    /// Control characters.
    Controls = "controls" "\u{1}" All,
    /// Backslashes, which are no slashes.
    Backslashes = "backslashes" "\\" All,
    /// Another letter at the beginning.
    First = "first" "q" First,
    /// Another letter at the end.
    Last = "last" "q" Last,
    /// A dot at the end.
    Dot = "dot" "." Last,
    /// A hyphen at the end.
    Hyphen = "hyphen" "-" Last,
    /// Two other letters at the end, the first one up by one and the second one down by 33.
    Shifted = "shifted" "qO" Last,
    /// Two other letters at the end, which have the same sum.
    Balanced = "balanced" "oq" Last,
}

impl Form {
    /// The fewest bytes that a fresh name can have.
    pub const MIN_BYTES: u16 = 14;
    /// The most bytes that a script can ask for.
    pub const MAX_BYTES: u16 = 9999;
}

impl Name {
    /// The bytes of a resolved name.
    pub fn literal(&self) -> Option<&str> {
        match self {
            Name::Literal(text) => Some(text),
            Name::Fresh { .. } => None,
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Name::Literal(text) => {
                f.write_str("\"")?;
                for c in text.chars() {
                    match c {
                        '"' | '\\' => write!(f, "\\{c}")?,
                        c if c.is_control() => write!(f, "\\u{{{:x}}}", u32::from(c))?,
                        c => write!(f, "{c}")?,
                    }
                }
                f.write_str("\"")
            }
            Name::Fresh { stem, form } => {
                write!(f, "@{stem}")?;
                if let Some(bytes) = form.bytes {
                    write!(f, ":{bytes}")?;
                }
                let words =
                    [(form.bare, "bare"), (form.double, "double"), (form.inner, "inner"), (form.trailing, "trailing")];
                words.iter().filter(|(set, _)| *set).try_for_each(|(_, word)| write!(f, ":{word}"))?;
                form.fill.map_or(Ok(()), |fill| write!(f, ":{}", fill.word()))
            }
        }
    }
}

/// On the wire and in traces names are resolved, so that JSON has the bare bytes.
impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Name::Literal(text) => serializer.serialize_str(text),
            Name::Fresh { .. } => Err(serde::ser::Error::custom(format!("the name {self} is not resolved"))),
        }
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name, D::Error> {
        String::deserialize(deserializer).map(Name::Literal)
    }
}

schema_as_written!(Name, { "description": "The name of an object, to the letter.", "type": "string" });
