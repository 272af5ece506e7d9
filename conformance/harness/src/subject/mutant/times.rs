//! Faults of the times that `fstat` tells.

use shmconf_adapter::subject::{CallResult, Fd, Status, Subject};
use shmconf_model::constants::Timestamp;
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

const SECOND: i64 = 1_000_000_000;

fn told(fd: Fd<'_>, which: Timestamp) -> CallResult<i64> {
    Status::of(fd).map(|status| status.timestamp(which))
}

#[derive(Default)]
pub(super) struct NoTimes;

impl Subject for NoTimes {
    fn timestamp(&mut self, fd: Fd<'_>, which: Timestamp) -> CallResult<i64> {
        told(fd, which).map(|_| 0)
    }
}

#[derive(Default)]
pub(super) struct TimesStandStill {
    /// By the object, what was told first.
    first: BTreeMap<(i64, Timestamp), i64>,
}

impl Subject for TimesStandStill {
    fn reset(&mut self) {
        self.first.clear();
    }

    fn timestamp(&mut self, fd: Fd<'_>, which: Timestamp) -> CallResult<i64> {
        let now = told(fd, which)?;
        Ok(*self.first.entry((Status::of(fd)?.inode(), which)).or_insert(now))
    }
}

#[derive(Default)]
pub(super) struct TimesInSeconds;

impl Subject for TimesInSeconds {
    fn timestamp(&mut self, fd: Fd<'_>, which: Timestamp) -> CallResult<i64> {
        told(fd, which).map(|at| at / SECOND * SECOND)
    }
}

#[derive(Default)]
pub(super) struct TimesAreNow;

impl Subject for TimesAreNow {
    fn timestamp(&mut self, fd: Fd<'_>, which: Timestamp) -> CallResult<i64> {
        told(fd, which)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(i64::try_from(now.as_nanos()).unwrap_or(i64::MAX))
    }
}

#[derive(Default)]
pub(super) struct ChangeIsModification;

impl Subject for ChangeIsModification {
    fn timestamp(&mut self, fd: Fd<'_>, which: Timestamp) -> CallResult<i64> {
        told(fd, if which == Timestamp::Change { Timestamp::Modification } else { which })
    }
}
