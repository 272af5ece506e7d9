//! What an object is like that `shm_open` has just created.

use crate::call::Seals;
use crate::clause;
use crate::model::apart::Apart;
use crate::model::branch::Cx;
use crate::model::bytes::Bytes;
use crate::model::state::{Object, References, Times};
use crate::profile::Justification;

/// A new object; `again` where its name has been another's.
pub(super) fn object(cx: Cx<'_>, mode: u32, again: bool) -> Object {
    let rules = &cx.profile.rules;
    let masks = |umask: bool| if umask { !cx.process.umask } else { !0 };
    let kept = rules.open_umask.choices.iter().flat_map(|umask| {
        rules.open_mode_bits.choices.iter().map(move |bits| mode & masks(umask.value) & bits.value.0)
    });
    let (certain, possible) = kept.fold((!0, 0), |(all, any), bits| (all & bits, any | bits));
    let umask = rules.open_umask.choices.iter().map(|choice| (mode & cx.process.umask, choice.justification));
    let bits = rules.open_mode_bits.choices.iter();
    let bits = bits.map(|choice| (mode & 0o777 & !choice.value.0, choice.justification));
    let mut mode_by: Justification = clause::shm_open(18).into();
    for (differs, justification) in umask.chain(bits) {
        if differs != 0 && justification.deviation.is_some() {
            mode_by = justification;
        }
    }
    Object {
        size: 0,
        size_by: if again { clause::shm_unlink(5) } else { clause::shm_open(21) }.into(),
        sized: false,
        mode: certain & 0o7777,
        mode_open: (certain ^ possible) & 0o7777,
        mode_by,
        uid: cx.process.uid,
        gid: rules.open_effective_group.always(|effective| *effective).then_some(cx.process.gid),
        bytes: Bytes::default(),
        bytes_by: clause::ftruncate(2),
        apart: Apart::default(),
        nameless: false,
        memfd: false,
        seals: Some(Seals::SEAL),
        seals_open: Seals::empty(),
        inode: None,
        times: Times::default(),
        left_by: None,
        room: cx.process.room,
        references: References::default(),
    }
}
