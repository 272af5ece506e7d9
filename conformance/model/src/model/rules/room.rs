//! Which calls the system's store may have no room for, by what the trace says of the machine.
//!
//! Where nothing is said there is room: that an object of a few bytes finds none would otherwise be allowed everywhere. What
//! other programs, and other scripts of the same run, take meanwhile is not known, so that a store counts as short of room
//! long before it is full.

use crate::clause::ClauseId;
use crate::model::branch::Cx;
use crate::model::checks::Checks;
use crate::model::state::Store;
use crate::outcome::Errno;
use crate::profile::{Check, Response};
use crate::trace::Storage;

/// A call that takes more than one part in so many of what is free may find no room.
const SHARE: u64 = 16;
/// A store with less than that, in bytes, may have no room for anything.
const LITTLE: u64 = 16 << 20;
/// A store in which fewer files than that can be made may have no room for one more.
const FEW: u64 = 256;
/// Where storage is taken when a size is set, sizes from this on may find none on any machine, in bytes.
const CHARGED: i64 = 16 << 20;

fn storage<'a>(cx: Cx<'a>) -> Option<&'a Storage> {
    cx.state.storage.as_ref().filter(|_| cx.process.store == Store::Shared)
}

/// May the store have no room for so many more bytes?
pub(in crate::model) fn may_lack(cx: Cx<'_>, bytes: i64) -> bool {
    let bytes = u64::try_from(bytes).unwrap_or(0);
    storage(cx).is_some_and(|store| store.free_bytes < LITTLE || bytes > store.free_bytes / SHARE)
}

/// A new object may find no room: the error rests on `by`.
pub(in crate::model) fn for_a_name(cx: Cx<'_>, by: &[ClauseId], checks: &mut Checks<'_>) {
    let few = storage(cx).is_some_and(|store| {
        store.free_bytes < store.total_bytes / 256 || store.free_inodes.is_some_and(|inodes| inodes < FEW)
    });
    checks.may(Check::Room, few, Errno::ENOSPC, by);
}

/// Setting a size may fail for want of room, where the platform takes it then: the error rests on `by`.
pub(in crate::model) fn for_size(cx: Cx<'_>, bytes: i64, by: &[ClauseId], checks: &mut Checks<'_>) {
    let rule = &cx.profile.rules.size_beyond_room;
    let charges_always = rule.always(|response| *response != Response::Ok);
    let is_open = may_lack(cx, bytes) || charges_always && bytes > CHARGED;
    for choice in rule.choices.iter().filter(|_| is_open) {
        if let Response::Errno(errno) = choice.value {
            checks.may(Check::Room, true, errno, by);
        }
    }
}
