//! `shm_open`

use super::access;
use super::apart::Apart;
use super::branch::{Branch, Cx};
use super::bytes::Bytes;
use super::checks::Checks;
use super::expect::Expect;
use super::names::{self, Reading, Use};
use super::state::{Description, DescriptionId, Descriptor, Key, Object, ObjectId, State};
use crate::call::{Label, Name, OpenFlags, Seals};
use crate::clause::{self, ClauseId};
use crate::outcome::{Errno, Outcome};
use crate::profile::{Justification, Rule, Truncation};

pub(super) fn shm_open(cx: Cx<'_>, name: &Name, flags: OpenFlags, mode: u32, out: &mut Vec<Branch>) {
    let writable = flags.intersects(OpenFlags::WRONLY | OpenFlags::RDWR);
    let creates = flags.contains(OpenFlags::CREAT);
    let used = if writable || creates { Use::OpenOtherwise } else { Use::OpenForReading };
    for reading in names::readings(cx, name, used) {
        match reading {
            Reading::Errno(errno, justification) => {
                out.push(Branch::plain(Expect::Errno(errno), justification));
                out.last_mut().expect("it was just pushed").justifications.push(clause::shm_open(31).into());
            }
            Reading::NoObject(justification) => {
                let mut checks = checks(cx, flags, justification, out);
                no_descriptor(
                    cx,
                    &cx.profile.rules.open_emfile_spares,
                    &mut checks,
                    None::<fn(&mut State, Justification)>,
                );
                checks.rests_on(clause::shm_open(30));
                let opens = Opens::at(cx, flags);
                checks.succeed(Expect::Fd(cx.process.lowest_free()), &[], move |state, outcome| {
                    opens.open(state, outcome, None)
                });
            }
            Reading::Key(key, justification) => match cx.state.named(&key) {
                Some(object) => existing(cx, object, flags, checks(cx, flags, justification, out)),
                None => new(cx, key, flags, mode, checks(cx, flags, justification, out)),
            },
        }
    }
}

/// The checks that need no object.
fn checks<'b>(cx: Cx<'_>, flags: OpenFlags, justification: Justification, out: &'b mut Vec<Branch>) -> Checks<'b> {
    let rules = &cx.profile.rules;
    let mut checks = Checks::new(out);
    checks.rests_on(justification);
    checks.ask(cx.lacks_names(), &rules.named);
    checks.ask(flags.contains(OpenFlags::WRONLY), &rules.open_wronly);
    checks.ask(flags.contains(OpenFlags::CLOEXEC), &rules.open_cloexec);
    checks.ask(flags.contains(OpenFlags::NOFOLLOW), &rules.open_nofollow);
    checks.ask(flags.intersects(OpenFlags::NONBLOCK | OpenFlags::APPEND), &rules.open_other_flags);
    let excl_alone = flags.contains(OpenFlags::EXCL) && !flags.contains(OpenFlags::CREAT);
    checks.ask(excl_alone, &rules.open_excl_alone);
    checks
}

/// Without a free descriptor an open fails, and leaves everything as it was; or, where the platform looks for one last,
/// as it `would` have become.
fn no_descriptor(
    cx: Cx<'_>,
    spares: &Rule<bool>,
    checks: &mut Checks<'_>,
    would: Option<impl FnOnce(&mut State, Justification) + Clone + 'static>,
) {
    if !cx.process.is_full() {
        return;
    }
    let would = would.filter(|_| !checks.is_blocked());
    for choice in &spares.choices {
        let justification = choice.justification;
        match would.clone() {
            Some(would) if !choice.value => {
                checks.error_with(Errno::EMFILE, clause::shm_open(38).into(), move |state| would(state, justification));
            }
            _ => {
                checks.shall(true, Errno::EMFILE, clause::shm_open(38));
                checks.and_by(clause::shm_open(31));
            }
        }
    }
    checks.block();
}

/// What success rests on, whatever was opened.
const OPENED: [ClauseId; 6] = [
    clause::shm_open(1),
    clause::shm_open(2),
    clause::shm_open(8),
    clause::shm_open(9),
    clause::shm_open(30),
    clause::call(1),
];

fn existing(cx: Cx<'_>, id: ObjectId, flags: OpenFlags, mut checks: Checks<'_>) {
    let rules = &cx.profile.rules;
    let object = cx.state.object(id);
    let creates = flags.contains(OpenFlags::CREAT);
    checks.shall(creates && flags.contains(OpenFlags::EXCL), Errno::EEXIST, clause::shm_open(22));
    checks.and_by(clause::shm_open(35));
    checks.and_by(clause::shm_open(31));
    if let Some(justification) = object.left_by {
        checks.and_by(justification);
        checks.rests_on(justification);
    }
    let truncates = flags.contains(OpenFlags::TRUNC);
    let opens = Opens::at(cx, flags);
    if truncates {
        access::check(cx, &mut checks, object, (opens.read, true), clause::shm_open(34));
        checks.and_by(clause::shm_open(32));
    } else {
        access::check(cx, &mut checks, object, (opens.read, opens.write), clause::shm_open(32));
    }
    let of_others = object.uid != cx.process.uid && !checks.is_blocked();
    checks.ask(of_others && creates, &rules.open_creat_of_others);
    checks.ask(of_others && !creates, &rules.open_of_others);

    let rule = if opens.write { &rules.trunc_writable } else { &rules.trunc_readonly };
    let empties = truncates && rule.always(|truncation| *truncation == Truncation::Truncates);
    no_descriptor(
        cx,
        &rules.trunc_emfile_spares,
        &mut checks,
        empties.then_some(move |state: &mut State, justification| truncate(state, id, justification)),
    );

    checks.ask(empties && object.size > 0 && cx.state.is_mapped(id), &rules.shrink_mapped);
    let kept = !cx.state.is_referenced(id);
    let lowest = Expect::Fd(cx.process.lowest_free());
    if !truncates {
        checks.rests_on(if opens.write { clause::shm_open(14) } else { clause::shm_open(13) });
        return checks.succeed(lowest, &OPENED, move |state, outcome| {
            if kept {
                state.object_mut(id).bytes_by = clause::shm_open(28);
            }
            opens.open(state, outcome, Some(id));
        });
    }
    for choice in &rule.choices {
        match choice.value {
            Truncation::Errno(errno) if object.sized => checks.error(errno, choice.justification),
            Truncation::Truncates => {
                checks.one_way(lowest.clone(), choice.justification, &OPENED, move |state, outcome| {
                    truncate(state, id, clause::shm_open(25).into());
                    opens.open(state, outcome, Some(id));
                })
            }
            Truncation::Ignored | Truncation::Errno(_) => {
                let justification =
                    if object.size == 0 { choice.justification.clause.into() } else { choice.justification };
                checks.one_way(lowest.clone(), justification, &OPENED, move |state, outcome| {
                    opens.open(state, outcome, Some(id));
                });
            }
        }
    }
}

/// Makes an object empty.
fn truncate(state: &mut State, id: ObjectId, by: Justification) {
    let object = state.object_mut(id);
    object.size = 0;
    object.size_by = by;
    if object.mode_by.deviation.is_none() {
        object.mode_by = clause::shm_open(26).into();
    }
    object.bytes.clear_from(0);
    object.open_special_bits();
}

fn new(cx: Cx<'_>, key: Key, flags: OpenFlags, mode: u32, mut checks: Checks<'_>) {
    let again = cx.state.removed.contains(&key);
    checks.shall(!flags.contains(OpenFlags::CREAT), Errno::ENOENT, clause::shm_open(41));
    checks.and_by(clause::shm_open(31));
    if again {
        checks.and_by(clause::shm_unlink(4));
        checks.and_by(clause::shm_unlink(1));
    }
    let rules = &cx.profile.rules;
    let masks = |umask: bool| if umask { !cx.process.umask } else { !0 };
    let kept = rules.open_umask.choices.iter().flat_map(|umask| {
        rules.open_mode_bits.choices.iter().map(move |bits| mode & masks(umask.value) & bits.value.0)
    });
    let (certain, possible) = kept.fold((!0, 0), |(all, any), bits| (all & bits, any | bits));
    let umask = rules.open_umask.choices.iter().map(|choice| (mode & cx.process.umask, choice.justification));
    let bits = rules.open_mode_bits.choices.iter().map(|choice| (mode & 0o777 & !choice.value.0, choice.justification));
    let mut mode_by: Justification = clause::shm_open(18).into();
    for (differs, justification) in umask.chain(bits) {
        if differs != 0 && justification.deviation.is_some() {
            mode_by = justification;
        }
    }
    let object = Object {
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
        seals: Some(Seals::SEAL),
        seals_open: Seals::empty(),
        left_by: None,
        room: cx.process.room,
    };
    let (left, left_key) = (object.clone(), key.clone());
    let would = move |state: &mut State, justification| {
        let id = state.add_object(Object { left_by: Some(justification), ..left });
        state.name(left_key, id);
    };
    no_descriptor(cx, &rules.open_emfile_spares, &mut checks, Some(would));
    checks.rests_on(clause::shm_open(15));
    checks.rests_on(clause::shm_open(20));
    if mode & !0o777 != 0 {
        checks.rests_on(clause::shm_open(19));
    }
    let opens = Opens::at(cx, flags);
    checks.succeed(Expect::Fd(cx.process.lowest_free()), &OPENED, move |state, outcome| {
        let id = state.add_object(object);
        state.removed.retain(|removed| *removed != key);
        state.name(key, id);
        opens.open(state, outcome, Some(id));
    });
}

/// What an open makes.
#[derive(Clone, Copy)]
pub(super) struct Opens {
    actor: Label,
    bind: Option<Label>,
    id: DescriptionId,
    read: bool,
    write: bool,
}

impl Opens {
    fn at(cx: Cx<'_>, flags: OpenFlags) -> Opens {
        let read = !flags.contains(OpenFlags::WRONLY) || flags.contains(OpenFlags::RDWR);
        let write = flags.intersects(OpenFlags::WRONLY | OpenFlags::RDWR);
        Opens {
            actor: cx.site.actor,
            bind: cx.site.bind.first().copied(),
            id: DescriptionId(cx.site.event),
            read,
            write,
        }
    }

    /// For reading and writing.
    pub(super) fn both(cx: Cx<'_>) -> Opens {
        Opens::at(cx, OpenFlags::RDWR)
    }

    /// Opens what `create` made.
    pub(super) fn create(self, state: &mut State, outcome: &Outcome, object: ObjectId) {
        self.open_by(state, outcome, Some(object), clause::create(4));
    }

    pub(super) fn open(self, state: &mut State, outcome: &Outcome, object: Option<ObjectId>) {
        self.open_by(state, outcome, object, clause::shm_open(11));
    }

    fn open_by(self, state: &mut State, outcome: &Outcome, object: Option<ObjectId>, cloexec_by: ClauseId) {
        let Outcome::Fd(number) = *outcome else { return };
        state.add_description(self.id, Description { object, read: self.read, write: self.write, offset: None });
        let Some(process) = state.process_mut(self.actor) else { return };
        process.add_fd(Descriptor { number, description: self.id, cloexec: true, cloexec_by: cloexec_by.into() });
        if let Some(label) = self.bind {
            process.bind(label, number);
        }
    }
}
