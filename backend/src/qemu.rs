//! QEMU's `memory-backend-shm`: its options, in its notation, with its rules.
//!
//! ```
//! use shmfd::qemu::Options;
//!
//! let options: Options = "memory-backend-shm,id=mem0,size=1M,prealloc=on".parse()?;
//! let backend = options.create()?;
//! assert_eq!(backend.memory.size(), 1 << 20);
//!
//! let refused = "memory-backend-shm,id=mem0,size=1M,share=off".parse::<Options>().unwrap_err();
//! assert_eq!(refused.to_string(), "share=off is refused: this backend is shared memory and nothing else");
//! # Ok::<(), shmfd::qemu::Refusal>(())
//! ```
//!
//! | property | default | |
//! |---|---|---|
//! | `id` | | a letter, then letters, digits, `-`, `.` and `_` |
//! | `size` | | bytes, or with a suffix `K` to `E`; not 0 |
//! | `share` | on | off is refused |
//! | `reserve` | on | off needs Linux, and `prealloc=off` |
//! | `prealloc` | off | populates all pages before anybody uses them |
//! | `prealloc-threads` | one for each processor | at least 1 |
//! | `merge`, `dump` | on | `merge=on` and `dump=off`, said by name, need a system that can |
//! | `host-nodes`, `policy` | default | the one needs the other |
//! | `x-use-canonical-path-for-ramblock-id` | off | read and of no effect: it names RAM for migration |
//!
//! Numbers are read as C reads them, `0x10` and `010` too. Of a key that comes several times the last value counts; of `id` it is the
//! first, and `host-nodes` takes all. The tests hold this to what a running QEMU takes: it differs in that QEMU takes whole pages
//! alone, and more than there is room for.
//!
//! `prealloc-context` names an object of QEMU's, of which there is none here, and is refused.

mod backend;
mod json;
mod pairs;
mod refusal;
mod size;
mod value;

use std::collections::BTreeSet;
use std::str::FromStr;

pub use backend::Backend;
pub use refusal::Refusal;
use value::Value;

use crate::{Nodes, Numa};

/// The options of a backend, which agree with each other.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// What the backend is called.
    pub id: String,
    /// Its size in bytes.
    pub size: u64,
    /// Whether swap is set aside for it.
    pub reserve: bool,
    /// Whether it is populated before it is used.
    pub prealloc: bool,
    /// How many threads populate it; `None` for one for each processor.
    pub prealloc_threads: Option<usize>,
    /// Whether equal pages may become one; `None` where that was not said.
    pub merge: Option<bool>,
    /// Whether it is in core dumps; `None` where that was not said.
    pub dump: Option<bool>,
    /// Where it is to be.
    pub numa: Numa,
}

impl FromStr for Options {
    type Err = Refusal;

    /// Reads QEMU's notation: `memory-backend-shm,id=ID,key=value,...`, or a JSON object.
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let properties = if text.starts_with('{') { json::read(text)? } else { pairs::read(text)? };
        let mut draft = Draft::default();
        for (key, value) in properties {
            draft.set(&key, value)?;
        }
        draft.finish()
    }
}

/// Options as they are read, one by one.
#[derive(Default)]
struct Draft {
    qom_type: Option<String>,
    id: Option<String>,
    size: Option<u64>,
    share: Option<bool>,
    reserve: Option<bool>,
    prealloc: Option<bool>,
    prealloc_threads: Option<usize>,
    merge: Option<bool>,
    dump: Option<bool>,
    host_nodes: BTreeSet<u32>,
    policy: Policy,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Policy {
    #[default]
    Default,
    Preferred,
    Bind,
    Interleave,
}

impl Draft {
    fn set(&mut self, key: &str, value: Value) -> Result<(), Refusal> {
        match key {
            "qom-type" => self.qom_type = Some(value.text(key)?),
            "id" => self.id = Some(value.text(key)?),
            "size" => self.size = Some(value.size(key)?),
            "share" => self.share = Some(value.switch(key)?),
            "reserve" => self.reserve = Some(value.switch(key)?),
            "prealloc" => self.prealloc = Some(value.switch(key)?),
            "prealloc-threads" => {
                self.prealloc_threads = Some(value.count(key)? as usize);
            }
            "merge" => self.merge = Some(value.switch(key)?),
            "dump" => self.dump = Some(value.switch(key)?),
            // Each is looked at when it comes, and kept once: ranges that are said again and again take no room.
            "host-nodes" => {
                for node in value.numbers(key)? {
                    self.host_nodes.insert(node_number(node)?);
                }
            }
            "policy" => self.policy = policy(value)?,
            "x-use-canonical-path-for-ramblock-id" => drop(value.switch(key)?),
            "prealloc-context" => return Err(Refusal::NoContext(value.text(key)?)),
            _ => return Err(Refusal::Unknown(key.into())),
        }
        Ok(())
    }

    fn finish(self) -> Result<Options, Refusal> {
        match self.qom_type.as_deref() {
            Some("memory-backend-shm") => {}
            Some(other) => return Err(Refusal::OtherType(other.into())),
            None => return Err(Refusal::Missing("qom-type")),
        }
        let id = self.id.ok_or(Refusal::Missing("id"))?;
        let mut letters = id.chars();
        let goes_on = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        if !letters.next().is_some_and(|c| c.is_ascii_alphabetic()) || !letters.all(goes_on) {
            return Err(Refusal::BadId(id));
        }
        let size = match self.size {
            Some(0) => return Err(Refusal::Zero("size")),
            Some(size) => size,
            None => return Err(Refusal::Missing("size")),
        };
        if self.prealloc_threads == Some(0) {
            return Err(Refusal::Zero("prealloc-threads"));
        }
        if self.share == Some(false) {
            return Err(Refusal::ShareOff);
        }
        let (reserve, prealloc) = (self.reserve.unwrap_or(true), self.prealloc.unwrap_or(false));
        if prealloc && !reserve {
            return Err(Refusal::PreallocWithoutReserve);
        }
        Ok(Options {
            id,
            size,
            reserve,
            prealloc,
            prealloc_threads: self.prealloc_threads,
            merge: self.merge,
            dump: self.dump,
            numa: numa(self.policy, self.host_nodes)?,
        })
    }
}

fn policy(value: Value) -> Result<Policy, Refusal> {
    let found = value.text("policy")?;
    Ok(match found.as_str() {
        "default" => Policy::Default,
        "preferred" => Policy::Preferred,
        "bind" => Policy::Bind,
        "interleave" => Policy::Interleave,
        _ => {
            let wanted = "default, preferred, bind or interleave";
            return Err(Refusal::Expects { key: "policy".into(), wanted, found });
        }
    })
}

fn node_number(node: u64) -> Result<u32, Refusal> {
    let number = u32::try_from(node).ok().filter(|number| *number < Nodes::MAX);
    number.ok_or(Refusal::NoSuchNode(node))
}

fn numa(policy: Policy, nodes: BTreeSet<u32>) -> Result<Numa, Refusal> {
    match (policy, Nodes::new(nodes)) {
        (Policy::Default, Err(_)) => Ok(Numa::Default),
        (Policy::Default, Ok(_)) => Err(Refusal::NodesWithoutPolicy),
        (_, Err(_)) => Err(Refusal::PolicyWithoutNodes),
        (Policy::Preferred, Ok(nodes)) => Ok(Numa::Preferred(nodes)),
        (Policy::Bind, Ok(nodes)) => Ok(Numa::Bind(nodes)),
        (Policy::Interleave, Ok(nodes)) => Ok(Numa::Interleave(nodes)),
    }
}
