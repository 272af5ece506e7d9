//! Faults of opens that find an object which is there already.

use shmconf_adapter::subject::{CallResult, Fd, Refused, Subject, native};
use shmconf_model::outcome::Errno;
use std::collections::BTreeMap;
use std::ffi::{CStr, CString, c_int};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

#[derive(Default)]
pub(super) struct CreateSetsTheMode;

impl Subject for CreateSetsTheMode {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let fd = native::shm_open(name, oflag, mode)?;
        if oflag & (libc::O_CREAT | libc::O_EXCL) == libc::O_CREAT {
            let _ = native::fchmod((&fd).into(), mode);
        }
        Ok(fd)
    }
}

#[derive(Default)]
pub(super) struct CreateEmpties;

impl Subject for CreateEmpties {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let creates = oflag & (libc::O_CREAT | libc::O_EXCL | libc::O_ACCMODE) == libc::O_CREAT | libc::O_RDWR;
        native::shm_open(name, if creates { oflag | libc::O_TRUNC } else { oflag }, mode)
    }
}

/// What this process has opened before.
#[derive(Default)]
pub(super) struct RightsRemembered {
    opened: BTreeMap<CString, RawFd>,
}

impl Subject for RightsRemembered {
    fn reset(&mut self) {
        self.opened.clear();
    }

    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let opened = native::shm_open(name, oflag, mode);
        match (opened, self.opened.get(name)) {
            (Err(Refused::Errno(Errno::EACCES)), Some(&before)) if native::is_open(before) => {
                // SAFETY: the script's, and open.
                let fd = native::dup(unsafe { Fd::from_raw(before) })?;
                native::set_cloexec((&fd).into(), true).map(|()| fd)
            }
            (opened, _) => {
                let fd = opened?;
                self.opened.insert(name.to_owned(), fd.as_raw_fd());
                Ok(fd)
            }
        }
    }
}
