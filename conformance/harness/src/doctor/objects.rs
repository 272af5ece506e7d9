//! The objects that are there, whose they are, and who has them open or mapped.

use super::holders;
use crate::subject::{Libc, Subject};
use serde::Serialize;
use shmconf_adapter::subject::listing;
use std::ffi::CStr;
use std::fs::{File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::time::SystemTime;

/// What is known of the objects with names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Objects {
    /// Why they cannot be listed, if that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlisted: Option<String>,
    /// Each of them, the one that takes most first.
    pub list: Vec<Object>,
    /// Processes of which it was seen what they have open and mapped.
    pub processes_seen: u64,
    /// Processes of which this user may not see it.
    pub processes_unseen: u64,
}

/// An object with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Object {
    /// Its name, with the slash.
    pub name: String,
    /// Its owner.
    pub uid: u32,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// Bytes that it takes of the store.
    pub taken_bytes: u64,
    /// Seconds since it was made; where the system does not tell, since it was last changed.
    pub age_seconds: u64,
    /// Who has it open or mapped, as far as this user may see.
    pub holders: Vec<Holder>,
}

/// A process that has an object open or mapped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Holder {
    /// Its number.
    pub pid: u32,
    /// Its program, as the system calls it.
    pub program: String,
}

/// Those of this system.
pub(super) fn all() -> Objects {
    let names = match listing::all() {
        Ok(names) => names,
        Err(reason) => return Objects { unlisted: Some(reason), ..Objects::default() },
    };
    let found: Vec<_> = names.iter().filter_map(|name| Some((name, metadata(name)?))).collect();
    let held = holders::of(&found.iter().map(|(_, found)| holders::File::of(found)).collect());
    let mut list: Vec<Object> = found.iter().map(|(name, found)| object(name, found, &held)).collect();
    list.sort_by(|one, other| (other.taken_bytes, &one.name).cmp(&(one.taken_bytes, &other.name)));
    Objects { unlisted: None, list, processes_seen: held.seen, processes_unseen: held.unseen }
}

/// What the system says of an object; nothing where it is gone, or is no object, or cannot be asked for.
fn metadata(name: &CStr) -> Option<Metadata> {
    let found = match listing::path(name) {
        Some(path) => std::fs::symlink_metadata(path).ok()?,
        None => File::from(Libc.shm_open(name, libc::O_RDONLY, 0).ok()?).metadata().ok()?,
    };
    Some(found).filter(|found| !found.is_dir() && !found.is_symlink())
}

fn object(name: &CStr, found: &Metadata, held: &holders::Held) -> Object {
    /// The unit of `st_blocks`.
    const BLOCK: u64 = 512;
    let made = found.created().or_else(|_| found.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    Object {
        name: name.to_string_lossy().into_owned(),
        uid: found.uid(),
        size_bytes: found.len(),
        taken_bytes: found.blocks().saturating_mul(BLOCK),
        age_seconds: made.elapsed().map_or(0, |age| age.as_secs()),
        holders: held.of(holders::File::of(found)),
    }
}
