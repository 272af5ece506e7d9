//! What this machine's shared memory is like, what is wrong with it, and what to do about that.
//!
//! Facts are read from the system once, and what is said of them rests on these facts alone.

mod attempt;
mod confinement;
mod diagnosis;
mod holders;
mod mount;
mod objects;
mod pretty;

pub use confinement::Confinement;
pub use diagnosis::{Diagnosis, Finding, Weight};
pub use mount::Mount;
pub use objects::{Holder, Object, Objects};

use crate::executor;
use serde::Serialize;
use shmconf_adapter::subject::{host, listing};
use shmconf_model::call::Resource;
use shmconf_model::trace::{Machine, Platform};
use std::collections::BTreeMap;

/// What an examination of this version calls itself.
pub const FORMAT: &str = "shmconf-doctor/1";

/// A machine as it was found, and what is to be said of it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Examination {
    /// [`FORMAT`]
    pub format: String,
    /// What was found.
    #[serde(flatten)]
    pub facts: Facts,
    /// What is wrong, and then what there is to know.
    pub diagnoses: Vec<Diagnosis>,
}

/// What a machine, and this process on it, has for shared memory.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Facts {
    /// The system.
    pub platform: Platform,
    /// The room of the store, and what an administrator has set.
    pub machine: Machine,
    /// The directory in which objects with names lie; left out where they lie in the kernel alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// What is mounted there, where that can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mount: Option<Mount>,
    /// Effective user of this process.
    pub uid: u32,
    /// What may keep this process from what others can.
    pub confinement: Confinement,
    /// The limits of this process, of those that the system has.
    pub limits: BTreeMap<Resource, Limits>,
    /// Why no object with a name can be made, if that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_named_objects: Option<String>,
    /// Why no memfd can be made, if that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_memfds: Option<String>,
    /// The objects that are there.
    pub objects: Objects,
}

/// A limit of a process; none where a bound is left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Limits {
    /// The one that holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub soft: Option<u64>,
    /// The one to which the process may raise it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hard: Option<u64>,
}

/// Looks at this machine. It makes an object and a memfd for a moment, to see whether that can be done.
pub fn examine() -> Examination {
    Examination::of(facts())
}

fn facts() -> Facts {
    let directory = listing::directory();
    Facts {
        platform: executor::platform(),
        machine: executor::machine(),
        directory: directory.map(str::to_owned),
        mount: directory.and_then(mount::of),
        uid: nix::unistd::geteuid().as_raw(),
        confinement: confinement::of_this_process(),
        limits: limits(),
        no_named_objects: attempt::named().err(),
        no_memfds: attempt::memfd().err(),
        objects: objects::all(),
    }
}

fn limits() -> BTreeMap<Resource, Limits> {
    let limits = |resource| {
        let (soft, hard) = host::limits_of(resource)?;
        Some((resource, Limits { soft, hard }))
    };
    [Resource::Nofile, Resource::Fsize, Resource::As, Resource::Memlock].into_iter().filter_map(limits).collect()
}

impl Facts {
    /// The directory in which objects lie, or where they would on most systems.
    fn directory(&self) -> &str {
        self.directory.as_deref().unwrap_or("/dev/shm")
    }

    /// Was every process seen that may hold an object? Beside those of which this user may not see it, there may be some outside
    /// of a container.
    fn sees_all_holders(&self) -> bool {
        self.objects.processes_unseen == 0 && !self.is_container()
    }

    fn is_container(&self) -> bool {
        self.machine.settings.get("container").is_some_and(|value| value == "true")
    }
}

impl Examination {
    /// What is to be said of a machine like that.
    pub fn of(facts: Facts) -> Examination {
        let diagnoses = diagnosis::of(&facts);
        Examination { format: FORMAT.to_owned(), facts, diagnoses }
    }

    /// Is nothing wrong?
    pub fn is_well(&self) -> bool {
        self.diagnoses.iter().all(|diagnosis| diagnosis.weight != Weight::Wrong)
    }
}
