//! What each platform makes of names, as plain data for programs.

use crate::report::Tool;
use serde::{Deserialize, Serialize};
use shmconf_model::names::{self, Mended, NameThere, StandsFor, Usable};
use shmconf_model::verdict::Allowed;

/// What a document of this version calls itself.
pub const FORMAT: &str = "shmconf-name/1";

/// What is said of some names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Names {
    /// [`FORMAT`]
    pub format: String,
    /// What made the document.
    pub tool: Tool,
    /// Each name.
    pub names: Vec<Named>,
}

/// What is said of one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Named {
    /// The name.
    pub name: String,
    /// What each platform makes of it.
    pub platforms: Vec<There>,
    /// Its characters beyond letters, digits, `.`, `_` and `-`, for which alone POSIX promises anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unportable: Vec<char>,
    /// The name with the fewest changes that make it right everywhere, if it is not and can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<Instead>,
}

/// What one platform makes of a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct There {
    /// Its profile.
    pub profile: String,
    /// `yes`, `at times` (not in some releases, or with some settings), `stays` (shm_unlink refuses it), `no`, `unknown` (the limit is not known, and
    /// others take less), or `no names`, where no object has one.
    pub usable: String,
    /// How many bytes the name has, as the platform counts them.
    pub bytes: usize,
    /// How many every release takes, where there is a limit that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_limit: Option<usize>,
    /// How many the release takes that takes most, where there is a limit that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_limit: Option<usize>,
    /// Is the slash in front counted?
    pub slash_counts: bool,
    /// What shm_open refuses the name by, and why.
    pub refusals: Vec<Allowed>,
    /// What shm_unlink refuses the name by where shm_open took it, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlink_refusals: Vec<Allowed>,
    /// The plain name that stands for the same object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_object_as: Option<String>,
    /// The plain name that stands for another object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub another_object_than: Option<String>,
    /// The named semaphore that is the same file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub semaphore: Option<String>,
    /// How names have to begin for programs that are kept apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub has_to_begin: Vec<Beginning>,
}

/// How names have to begin for programs that the system keeps apart from others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Beginning {
    /// What keeps them apart, such as `a snap`.
    pub within: String,
    /// How their names begin, with a word in capitals for what differs.
    pub begin: String,
    /// What that word stands for.
    #[serde(rename = "where")]
    pub meaning: String,
}

/// A name that is right everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Instead {
    /// The name.
    pub name: String,
    /// What was changed, in words.
    pub changes: Vec<String>,
}

impl Names {
    /// The document of these names.
    pub fn of(names: Vec<Named>) -> Names {
        Names { format: FORMAT.to_owned(), tool: Tool::this(), names }
    }
}

impl Named {
    /// What is said of one name.
    pub fn of(name: &str, there: Vec<NameThere>, mended: Option<Mended>) -> Named {
        let instead = mended.filter(|mended| !mended.changes.is_empty());
        let instead = instead.map(|Mended { name, changes }| Instead { name, changes });
        let unportable = names::unportable(name).into_iter().collect();
        Named { name: name.to_owned(), platforms: there.into_iter().map(There::of).collect(), unportable, instead }
    }
}

impl There {
    fn of(there: NameThere) -> There {
        let (same_object_as, another_object_than) = match there.stands_for {
            Some(StandsFor::Same(plain)) => (Some(plain), None),
            Some(StandsFor::Another(plain)) => (None, Some(plain)),
            None => (None, None),
        };
        let beginnings = there.beginnings.into_iter();
        There {
            profile: there.profile,
            usable: word(there.usable).to_owned(),
            bytes: there.bytes,
            least_limit: there.least,
            most_limit: there.most,
            slash_counts: there.with_slash,
            refusals: there.refusals,
            unlink_refusals: there.unlink_refusals,
            same_object_as,
            another_object_than,
            semaphore: there.semaphore,
            has_to_begin: beginnings
                .map(|own| Beginning { within: own.within, begin: own.begin, meaning: own.meaning })
                .collect(),
        }
    }
}

/// Whether a name can be used, in words.
pub fn word(usable: Usable) -> &'static str {
    match usable {
        Usable::Yes => "yes",
        Usable::AtTimes => "at times",
        Usable::Stays => "stays",
        Usable::No => "no",
        Usable::Unknown => "unknown",
        Usable::NoNames => "no names",
    }
}
