//! QEMU's `memory-backend-shm`: its object, as a device of the virtual machine receives it.
//!
//! Each object is made by a QEMU of its own, which hands its memory to a vhost-user device and is ended then. The descriptor
//! that the device got is the script's, so that every case also shows what is left of the object without QEMU.

#[cfg(all(feature = "qemu", target_os = "linux", target_pointer_width = "64"))]
mod device;
#[cfg_attr(not(all(feature = "qemu", target_os = "linux", target_pointer_width = "64")), path = "qemu/elsewhere.rs")]
mod machine;
mod words;

pub use machine::Machine;

use shmconf_adapter::subject::{CallResult, Refused, Subject, host, listing, native};
use shmconf_model::script::Requirement;
use std::ffi::{CStr, c_int};
use std::os::fd::OwnedFd;

/// The program where none is named.
pub const DEFAULT_BINARY: &str = "qemu-system-x86_64";

/// Objects made by a QEMU, with everything else done by the system's own calls.
#[derive(Debug, Clone)]
pub struct Qemu {
    binary: String,
    /// The processes that it has started for this script: QEMU makes up names of its process number.
    started: Vec<u32>,
}

/// Why there is no object.
#[derive(Debug)]
pub struct Failure {
    /// The process that made none, if there was one.
    pub pid: Option<u32>,
    /// The signal that ended it, if one did.
    pub signal: Option<i32>,
    /// What QEMU, or the system, says.
    pub words: String,
}

const NO_NAMES: &str = "QEMU's memory-backend-shm makes anonymous objects only";

impl Qemu {
    /// Objects made by that program.
    pub fn new(binary: impl Into<String>) -> Qemu {
        Qemu { binary: binary.into(), started: Vec::new() }
    }

    /// What the names begin with that a QEMU makes up.
    fn prefix(pid: u32) -> String {
        format!("/qemu-{pid}-shm-")
    }
}

impl Subject for Qemu {
    fn cannot(&mut self) -> Vec<(Requirement, String)> {
        let why_not = Machine::why_not(&self.binary).map(|reason| (Requirement::Anonymous, reason));
        [(Requirement::Named, NO_NAMES.to_owned())].into_iter().chain(why_not).collect()
    }

    fn reset(&mut self) {
        self.started.clear();
    }

    /// QEMU refuses sizes that are no whole pages, so it makes whole pages, and the rest is cut off by `ftruncate`. Where QEMU
    /// refuses a number without the system having said anything, that is `EINVAL`. A signal that ends QEMU ends the actor.
    fn create(&mut self, _name: &CStr, size: i64) -> CallResult<OwnedFd> {
        let made = whole_pages(size).unwrap_or(size);
        // What this takes on the way is not the script's.
        let fd = host::with_spare_descriptors(|| {
            let machine = Machine::start(&self.binary, made).map_err(|failure| {
                self.started.extend(failure.pid);
                if let Some(signal) = failure.signal {
                    // It has this process's limits, and heeds the signals that this one does.
                    host::kill_self(signal, false);
                }
                words::refused(&failure.words)
            })?;
            self.started.push(machine.pid());
            native::dup_from(machine.memory().into(), OUT_OF_THE_WAY)
        })?;
        // The lowest number that is free now, and within the limit.
        let fd = native::dup((&fd).into())?;
        native::set_cloexec((&fd).into(), true)?;
        // QEMU has measured the object by seeking to its end, and nothing promises a device another offset.
        native::lseek((&fd).into(), 0, libc::SEEK_SET)?;
        if made != size {
            native::ftruncate((&fd).into(), size)?;
        }
        Ok(fd)
    }

    fn shm_open(&mut self, _name: &CStr, _oflag: c_int, _mode: u32) -> CallResult<OwnedFd> {
        Err(Refused::Unsupported(NO_NAMES.to_owned()))
    }

    fn shm_unlink(&mut self, _name: &CStr) -> CallResult<()> {
        Err(Refused::Unsupported(NO_NAMES.to_owned()))
    }

    /// Among them those that its own processes have made up.
    fn names(&mut self, prefix: &str) -> CallResult<Vec<String>> {
        let prefixes = self.started.iter().map(|pid| Qemu::prefix(*pid)).chain([prefix.to_owned()]);
        let lists = prefixes.map(|prefix| listing::names(&prefix)).collect::<Result<Vec<_>, _>>();
        Ok(lists.map_err(Refused::Unsupported)?.concat())
    }
}

/// Where a descriptor waits while those below it are closed.
const OUT_OF_THE_WAY: c_int = 256;

/// The size up to whole pages; nothing where it is 0, negative, or beyond all sizes then.
fn whole_pages(size: i64) -> Option<i64> {
    let page = host::page_size() as u64;
    let size = u64::try_from(size).ok().filter(|size| *size > 0)?;
    i64::try_from(size.checked_next_multiple_of(page)?).ok()
}
