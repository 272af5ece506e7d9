//! What an actor cannot do, each with the reason: found out by trying, as permissions and limits differ by host.

use super::Actor;
use crate::subject::{Answer, Refused, host, listing, system};
use shmconf_model::script::Need;
use std::collections::BTreeMap;
use std::ffi::CString;

impl Actor {
    /// What the subject or its host cannot do.
    pub(super) fn cannot(&mut self) -> BTreeMap<Need, String> {
        let mut cannot: BTreeMap<Need, String> = BTreeMap::new();
        let mut found = |need, reason: Option<String>| {
            if let Some(reason) = reason {
                cannot.insert(need, reason);
            }
        };
        let no_root = host::not_root();
        found(Need::Root, no_root.clone());
        found(Need::PidNamespace, no_root.clone().or_else(host::no_pid_namespace));
        found(Need::SmallStore, no_root.or_else(host::no_small_store));
        found(Need::Exec, self.program.is_none().then(|| super::exec::NO_PROGRAM.to_owned()));
        found(Need::Seals, system::NO_SEALS.map(str::to_owned));
        found(Need::Reserving, system::NO_RESERVING.map(str::to_owned));
        found(Need::AddressSpace, host::no_address_space_limit());
        let declared = self.subject.cannot();
        let skip = |need| declared.iter().any(|(declared, _)| *declared == need);
        if !skip(Need::Named) {
            found(Need::Named, self.try_named().err().map(|refused| named_reason(&refused)));
        }
        if !skip(Need::Anonymous) {
            found(Need::Anonymous, self.try_anonymous().err().map(|refused| reason("create", &refused)));
        }
        if !skip(Need::Listing) {
            let names = self.subject.names(&self.prefix);
            found(Need::Listing, names.err().map(|refused| reason("listing names", &refused)));
        }
        if !skip(Need::UniqueNames) {
            let names = self.subject.unique_names(1, 1);
            found(Need::UniqueNames, names.err().map(|refused| reason("making names", &refused)));
        }
        cannot.extend(declared);
        cannot
    }

    fn probe_name(&self) -> CString {
        CString::new(format!("{}{:x}-probe", self.prefix, std::process::id())).unwrap_or_default()
    }

    fn try_named(&mut self) -> Answer<()> {
        let name = self.probe_name();
        let fd = self.subject.shm_open(&name, libc::O_RDWR | libc::O_CREAT | libc::O_EXCL, 0o600)?;
        self.subject.close(fd)?;
        self.subject.shm_unlink(&name)
    }

    fn try_anonymous(&mut self) -> Answer<()> {
        let name = self.probe_name();
        let fd = self.subject.create(&name, host::page_size() as i64)?;
        self.subject.close(fd)
    }
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
    match listing::directory() {
        Some(directory) if matches!(refused, Refused::Errno(_)) => {
            format!("{reason}; is there a tmpfs at {directory}, writable and of mode 1777?")
        }
        _ => reason,
    }
}
