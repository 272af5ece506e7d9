//! What an actor cannot do, each with the reason: found out by trying, as permissions and limits differ by host.

use super::{Actor, privilege};
use crate::subject::{CallResult, Fd, Refused, host, listing, native, obstacle, system};
use shmconf_model::constants::Planted;
use shmconf_model::script::Requirement;
use std::collections::BTreeMap;
use std::ffi::CString;
use std::fs::File;
use std::os::fd::{IntoRawFd, OwnedFd};

/// What the subject or its host cannot do, and what else the harness has to know.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) cannot: BTreeMap<Requirement, String>,
    /// Do names lie elsewhere than where this system's do?
    pub(super) own_store: Option<bool>,
}

/// Where a name was found that `shm_open` had made.
struct Listed {
    /// Is it in this system's list of names? Nothing where there is no list.
    by_system: Option<bool>,
    /// Is it in the subject's?
    by_subject: bool,
}

const OWN_STORE: &str = "the names that shm_open makes are not in this system's store";

impl Actor {
    /// What the subject or its host cannot do.
    pub(super) fn probe(&mut self) -> Found {
        let mut own_store = None;
        let mut cannot: BTreeMap<Requirement, String> = BTreeMap::new();
        let mut found = |requirement, reason: Option<String>| {
            if let Some(reason) = reason {
                cannot.insert(requirement, reason);
            }
        };
        let no_root = privilege::no_root(&self.probe_name());
        found(Requirement::Root, no_root.clone());
        found(Requirement::PidNamespace, no_root.clone().or_else(host::no_pid_namespace));
        found(Requirement::LimitedStore, no_root.or_else(host::no_limited_store));
        found(Requirement::Exec, self.program.is_none().then(|| super::exec::NO_PROGRAM.to_owned()));
        found(Requirement::Seals, system::NO_SEALS.map(str::to_owned));
        found(Requirement::Memfd, system::NO_MEMFD.map(str::to_owned));
        found(Requirement::CloseOnFork, system::NO_CLOSE_ON_FORK.map(str::to_owned));
        found(Requirement::Reopening, system::NO_REOPENING.map(str::to_owned).or_else(no_proc));
        found(Requirement::Punching, system::NO_PUNCHING.map(str::to_owned));
        found(Requirement::Reserving, system::NO_RESERVING.map(str::to_owned));
        found(Requirement::AddressSpace, host::no_address_space_limit());
        found(Requirement::LockedMemory, host::no_memory_lock_limit());
        let declared = self.subject.cannot();
        let skip = |requirement| declared.iter().any(|(declared, _)| *declared == requirement);
        let mut listed = None;
        if !skip(Requirement::Named) {
            match self.try_named() {
                Ok(found) => listed = Some(found),
                Err(refused) => found(Requirement::Named, Some(named_reason(&refused))),
            }
        }
        if let Some(Listed { by_system: Some(false), by_subject }) = listed {
            own_store = Some(true);
            found(Requirement::LimitedStore, Some(OWN_STORE.to_owned()));
            found(Requirement::Listing, (!by_subject).then(|| OWN_STORE.to_owned()));
        }
        if !skip(Requirement::Anonymous) {
            found(Requirement::Anonymous, self.try_anonymous().err().map(|refused| reason("create", &refused)));
        }
        if !skip(Requirement::Listing) && own_store.is_none() {
            let names = self.subject.names(&self.prefix);
            found(Requirement::Listing, names.err().map(|refused| reason("listing names", &refused)));
        }
        if !skip(Requirement::DirectoryStore) {
            found(Requirement::DirectoryStore, self.try_obstacle().err());
        }
        if !skip(Requirement::UniqueNames) {
            found(Requirement::UniqueNames, self.try_unique_names().err());
        }
        cannot.extend(declared);
        Found { cannot, own_store }
    }

    /// A name that nothing has, another one each time: what is tried must not meet what an earlier try left behind.
    pub(super) fn probe_name(&mut self) -> CString {
        self.names_made += 1;
        CString::new(format!("{}{:x}-p{:x}", self.prefix, std::process::id(), self.names_made)).unwrap_or_default()
    }

    fn try_named(&mut self) -> CallResult<Listed> {
        let name = self.probe_name();
        let fd = self.subject.shm_open(&name, libc::O_RDWR | libc::O_CREAT | libc::O_EXCL, 0o600)?;
        let is_among = |names: Vec<String>| names.iter().any(|listed| listed.as_bytes() == name.to_bytes());
        let by_system = listing::names(&self.prefix).ok().map(is_among);
        let by_subject = self.subject.names(&self.prefix).is_ok_and(is_among);
        self.close_owned(fd)?;
        self.subject.shm_unlink(&name)?;
        Ok(Listed { by_system, by_subject })
    }

    /// Lays something where an object would be, and looks whether the subject meets it.
    fn try_obstacle(&mut self) -> Result<(), String> {
        let name = self.probe_name();
        obstacle::plant(&name, Planted::Directory)
            .map_err(|refused| reason("laying a directory among the objects", &refused))?;
        let met = match self.subject.shm_open(&name, libc::O_RDWR | libc::O_CREAT | libc::O_EXCL, 0o600) {
            Ok(fd) => self.close_owned(fd).and_then(|()| self.subject.shm_unlink(&name)).and(Ok(false)),
            Err(_) => Ok(true),
        };
        obstacle::remove(&name);
        if met == Ok(true) { Ok(()) } else { Err("the subject keeps its objects elsewhere".to_owned()) }
    }

    /// Do objects that the subject makes without a name lie in the directory of names? Nothing where that cannot be told.
    pub(super) fn nameless_in_store(&mut self) -> Option<bool> {
        use std::os::unix::fs::MetadataExt;
        let directory = std::fs::metadata(listing::directory()?).ok()?;
        let name = self.probe_name();
        let object = File::from(self.subject.create(&name, host::page_size() as i64).ok()?);
        let found = object.metadata().ok().map(|object| object.dev() == directory.dev());
        self.close_owned(object.into()).ok()?;
        found
    }

    fn try_anonymous(&mut self) -> CallResult<()> {
        let name = self.probe_name();
        let fd = self.subject.create(&name, host::page_size() as i64)?;
        self.close_owned(fd)
    }

    /// Makes up a name, and takes one as another program would.
    fn try_unique_names(&mut self) -> Result<(), String> {
        self.subject.unique_names(1, 1).map_err(|refused| reason("making names", &refused))?;
        match self.subject.collide() {
            Ok(taken) => {
                let _ = CString::new(taken).map(|taken| native::shm_unlink(&taken));
                Ok(())
            }
            Err(refused @ Refused::Errno(_)) => Err(in_directory(reason("taking a name", &refused))),
            // The scripts that ask for it say so.
            Err(Refused::Unsupported(_)) => Ok(()),
        }
    }

    fn close_owned(&mut self, fd: OwnedFd) -> CallResult<()> {
        // SAFETY: it is this actor's.
        let fd = unsafe { Fd::from_raw(fd.into_raw_fd()) };
        // SAFETY: this actor gives it up.
        unsafe { self.subject.close(fd) }
    }
}

/// Why a descriptor has no path, if that is so.
fn no_proc() -> Option<String> {
    const NUMBERS: &str = "/proc/self/fd";
    std::fs::metadata(NUMBERS).err().map(|error| format!("{NUMBERS}: {error}"))
}

fn reason(what: &str, refused: &Refused) -> String {
    match refused {
        Refused::Errno(errno) => format!("{what} fails with {errno}"),
        Refused::Unsupported(reason) => reason.clone(),
    }
}

/// A system whose names live in a directory most often lacks just that.
fn named_reason(refused: &Refused) -> String {
    let reason = reason("shm_open of a new name", refused);
    if matches!(refused, Refused::Errno(_)) { in_directory(reason) } else { reason }
}

/// The reason, and what to look at on a system whose names live in a directory.
fn in_directory(reason: String) -> String {
    match listing::directory() {
        Some(directory) => format!("{reason}; is there a tmpfs at {directory}, writable and of mode 1777?"),
        None => reason,
    }
}
