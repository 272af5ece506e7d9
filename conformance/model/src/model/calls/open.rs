//! `shm_open`

mod created;
mod directory;
mod reopen;

pub(in crate::model) use reopen::reopen;

use super::{descriptor, obstacle};
use crate::call::{Name, OpenFlags, StatusFlags};
use crate::clause::{self, ClauseId};
use crate::model::branch::{Branch, Cx};
use crate::model::checks::Checks;
use crate::model::effect::{Effect, Effects};
use crate::model::expect::Expect;
use crate::model::rules::names::{self, Reading, Use};
use crate::model::rules::{permission, room, sizes};
use crate::model::state::{Key, Object, ObjectId};
use crate::outcome::Errno;
use crate::profile::{Check, Choice, Justification, Number, Order, Response, Rule, Truncation};
use smallvec::smallvec;
use std::sync::Arc;

/// What is asked of `shm_open` beside the name.
#[derive(Clone, Copy)]
pub(in crate::model) struct Asked {
    pub(in crate::model) flags: OpenFlags,
    pub(in crate::model) mode: u32,
}

impl Asked {
    /// Both O_WRONLY and O_RDWR: permission for both is asked for, and neither can be done.
    fn is_both(self) -> bool {
        self.flags.contains(OpenFlags::WRONLY | OpenFlags::RDWR)
    }

    fn reads(self) -> bool {
        !self.flags.contains(OpenFlags::WRONLY) || self.is_both()
    }

    fn writes(self) -> bool {
        self.flags.intersects(OpenFlags::WRONLY | OpenFlags::RDWR)
    }

    /// `keeps` tells whether what it asks of the description stays on.
    fn access(self, keeps: bool) -> descriptor::Access {
        let mut status = StatusFlags::empty();
        status.set(StatusFlags::APPEND, keeps && self.flags.contains(OpenFlags::APPEND));
        status.set(StatusFlags::NONBLOCK, keeps && self.flags.contains(OpenFlags::NONBLOCK));
        let (read, write) = (self.reads() && !self.is_both(), self.writes() && !self.is_both());
        descriptor::Access { read, write, status, cloexec: true, clofork: false, as_asked: false }
    }

    fn has_status(self) -> bool {
        self.flags.intersects(OpenFlags::APPEND | OpenFlags::NONBLOCK)
    }

    /// For reading alone, of what is there?
    pub(super) fn only_reads(self) -> bool {
        !self.writes() && !self.creates() && !self.truncates()
    }

    pub(super) fn only_writes(self) -> bool {
        self.writes() && !self.reads()
    }

    pub(super) fn only_reads_or_writes(self) -> bool {
        self.reads() != self.writes()
    }

    pub(super) fn is_nonblocking(self) -> bool {
        self.flags.contains(OpenFlags::NONBLOCK)
    }

    pub(super) fn excludes(self) -> bool {
        self.creates() && self.flags.contains(OpenFlags::EXCL)
    }

    pub(super) fn creates(self) -> bool {
        self.flags.contains(OpenFlags::CREAT)
    }

    fn truncates(self) -> bool {
        self.flags.contains(OpenFlags::TRUNC)
    }
}

pub(in crate::model) fn shm_open(cx: Cx<'_>, name: &Name, asked: Asked, orders: &[Order], out: &mut Vec<Branch>) {
    let used = if asked.writes() || asked.creates() { Use::OpenOtherwise } else { Use::OpenForReading };
    let rules = &cx.profile.rules;
    for reading in names::readings(cx, name, used, orders) {
        let mut checks = Checks::new(cx, orders, out);
        match reading {
            Reading::Errno(errno, by, check) => {
                checks.shall_by(check, errno, smallvec![by, clause::shm_open(31).into()]);
                check_flags(cx, asked, &mut checks);
                no_number(cx, &rules.open_emfile_spares, &mut checks, None::<fn(Justification) -> Effects>);
            }
            Reading::NoObject(justification) => {
                checks.rests_on(justification);
                check_flags(cx, asked, &mut checks);
                no_number(cx, &rules.open_emfile_spares, &mut checks, None::<fn(Justification) -> Effects>);
                opened(cx, None, asked, &mut checks, &[clause::shm_open(30)], Effects::new());
            }
            Reading::Key(key, justification) => {
                checks.rests_on(justification);
                check_flags(cx, asked, &mut checks);
                named(cx, key, asked, &mut checks);
            }
        }
        checks.finish();
    }
}

/// What a name stands for is opened, or made.
pub(super) fn named(cx: Cx<'_>, key: Key, asked: Asked, checks: &mut Checks<'_>) {
    match (cx.state.obstacle(&key), cx.state.named(&key)) {
        (Some(thing), _) => {
            no_number(cx, &cx.profile.rules.open_emfile_spares, checks, None::<fn(Justification) -> Effects>);
            obstacle::open(cx, thing, asked, checks);
        }
        (None, Some(object)) => existing(cx, object, asked, checks),
        (None, None) => new(cx, key, asked, checks),
    }
}

/// A description of something that is no object.
pub(super) fn description(cx: Cx<'_>, asked: Asked) -> Effect {
    descriptor::open(cx, None, asked.access(true), clause::shm_open(11))
}

/// The checks that need no object.
fn check_flags(cx: Cx<'_>, asked: Asked, checks: &mut Checks<'_>) {
    let (rules, flags) = (&cx.profile.rules, asked.flags);
    names::find_store(cx, checks);
    let write_only = flags.contains(OpenFlags::WRONLY) && !asked.is_both();
    checks.ask(Check::AccessMode, write_only, &rules.open_wronly, &[]);
    checks.ask(Check::AccessMode, asked.is_both(), &rules.open_both, &[]);
    let reading = asked.truncates() && !asked.writes();
    checks.ask(Check::ReadingTruncation, reading, &rules.trunc_for_reading, &[]);
    checks.ask(Check::Flags, flags.contains(OpenFlags::CLOEXEC), &rules.open_cloexec, &[]);
    checks.ask(Check::Flags, flags.contains(OpenFlags::NOFOLLOW), &rules.open_nofollow, &[]);
    let others = flags.intersects(OpenFlags::NONBLOCK | OpenFlags::APPEND);
    checks.ask(Check::Flags, others, &rules.open_other_flags, &[]);
    checks.ask(Check::Flags, flags.contains(OpenFlags::SYNC), &rules.open_sync, &[]);
    checks.ask(Check::Flags, flags.contains(OpenFlags::CLOFORK), &rules.open_clofork, &[]);
    directory::flag(cx, flags, checks);
    let excl_alone = flags.contains(OpenFlags::EXCL) && !flags.contains(OpenFlags::CREAT);
    checks.ask(Check::Flags, excl_alone, &rules.open_excl_alone, &[]);
}

/// Without a free number an open fails, and leaves everything as it was; or, where the platform looks for one last, as it
/// `would` have become.
fn no_number(
    cx: Cx<'_>,
    spares: &Rule<bool>,
    checks: &mut Checks<'_>,
    would: Option<impl Fn(Justification) -> Effects>,
) {
    let numbers = &cx.profile.rules.open_number;
    let full = |number: Number| if number == Number::Lowest { cx.process.is_full() } else { cx.process.has_one_free() };
    let (is_full, is_free) = (numbers.always(|number| full(*number)), numbers.always(|number| !full(*number)));
    if is_free && !cx.process.may_be_full() {
        return;
    }
    // With no number at all for the directory, nobody gets as far as to the object.
    let gets_there = numbers.always(|number| *number == Number::Lowest) || !cx.process.is_full();
    let would = would.filter(|_| gets_there && !checks.is_blocked());
    let by = [clause::shm_open(38), clause::shm_open(31)];
    for choice in &spares.choices {
        match &would {
            Some(would) if !choice.value => {
                let by = clause::shm_open(38).into();
                checks.may_with(Check::Number, Errno::EMFILE, by, would(choice.justification));
            }
            _ if is_full => checks.shall(Check::Number, true, Errno::EMFILE, &by),
            _ => checks.may(Check::Number, true, Errno::EMFILE, &by),
        }
    }
    if is_full {
        checks.block();
    }
}

/// What success rests on, whatever was opened.
const OPENED: [ClauseId; 5] =
    [clause::shm_open(1), clause::shm_open(2), clause::shm_open(9), clause::shm_open(30), clause::call(1)];

/// The open succeeds, with a descriptor of that object; `effects` come first.
pub(super) fn opened(
    cx: Cx<'_>,
    object: Option<ObjectId>,
    asked: Asked,
    checks: &mut Checks<'_>,
    by: &[ClauseId],
    effects: Effects,
) {
    let free = |at| cx.process.lowest_free().and_then(|_| cx.process.free().nth(at));
    let closed_by_fork = asked.flags.contains(OpenFlags::CLOFORK);
    let left_open = [Choice { value: false, justification: clause::shm_open(30).into() }];
    let holds = if closed_by_fork { &cx.profile.rules.open_clofork_holds.choices[..] } else { &left_open };
    let nothing_asked = [Choice { value: true, justification: clause::shm_open(30).into() }];
    let keeps = if asked.has_status() { &cx.profile.rules.open_status_stays.choices[..] } else { &nothing_asked };
    for (keeps, holds) in keeps.iter().flat_map(|keeps| holds.iter().map(move |holds| (keeps, holds))) {
        let mut effects = effects.clone();
        let access = descriptor::Access { clofork: holds.value, ..asked.access(keeps.value) };
        effects.push(descriptor::open(cx, object, access, clause::shm_open(11)));
        for number in &cx.profile.rules.open_number.choices {
            let (at, by_number) = match number.value {
                Number::Lowest => (0, clause::shm_open(8).into()),
                Number::SecondLowest => (1, number.justification),
            };
            let mut checks = checks.way(keeps.justification);
            if closed_by_fork {
                checks.rests_on(holds.justification);
            }
            checks.way(by_number).succeed(Expect::Fd(free(at)), by, effects.clone());
        }
    }
}

fn existing(cx: Cx<'_>, id: ObjectId, asked: Asked, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let object = cx.state.object(id);
    if asked.excludes() {
        let clauses = [clause::shm_open(22), clause::shm_open(35), clause::shm_open(31)];
        let by = clauses.map(Justification::clause).into_iter().chain(object.left_by).collect();
        checks.shall_by(Check::Existence, Errno::EEXIST, by);
    }
    if let Some(justification) = object.left_by {
        checks.rests_on(justification);
    }
    directory::existing(cx, asked.flags, checks);
    let truncates = asked.truncates();
    let wanted = (asked.reads(), asked.writes());
    if truncates && asked.writes() {
        permission::check(cx, checks, object, wanted, &[clause::shm_open(34), clause::shm_open(32)]);
    } else {
        permission::check(cx, checks, object, wanted, &[clause::shm_open(32)]);
    }
    if truncates && !asked.writes() {
        may_truncate(cx, object, checks);
    }
    let looks_at = &rules.open_owner_is_effective;
    let is_other = |effective: &bool| object.uid != if *effective { cx.process.uid } else { cx.process.real_uid() };
    let of_others = looks_at.always(is_other) && !checks.is_blocked();
    let refused = if asked.creates() { &rules.open_creat_of_others } else { &rules.open_of_others };
    let spares = &rules.trunc_of_others_spares;
    if of_others && truncates {
        refused_too_late(cx, id, refused, checks);
    }
    for choice in looks_at.choices.iter().filter(|choice| !of_others && is_other(&choice.value)) {
        for errno in errors(refused) {
            checks.may_by(Check::Owner, errno, smallvec![choice.justification]);
        }
    }
    checks.ask(Check::Owner, of_others && !(truncates && spares.always(|spares| !spares)), refused, &[]);

    let rule = if asked.writes() { &rules.trunc_writable } else { &rules.trunc_readonly };
    let empties = truncates && rule.choices.iter().any(|choice| choice.value == Truncation::Truncates);
    let empty = |by| emptied(cx, id, by);
    no_number(cx, &rules.trunc_emfile_spares, checks, empties.then_some(empty));

    if !truncates {
        checks.rests_on(if asked.writes() { clause::shm_open(14) } else { clause::shm_open(13) });
        let kept = !object.is_referenced();
        let effects = if kept { smallvec![Effect::BytesRestOn(id, clause::shm_open(28))] } else { Effects::new() };
        return opened(cx, Some(id), asked, checks, &OPENED, effects);
    }
    for choice in &rule.choices {
        match choice.value {
            Truncation::Errno(errno) if object.sized && rule.choices.len() == 1 => {
                checks.shall_by(Check::Truncation, errno, smallvec![choice.justification]);
            }
            Truncation::Errno(errno) if object.sized => {
                checks.may_by(Check::Truncation, errno, smallvec![choice.justification]);
            }
            Truncation::Truncates => {
                let mut checks = checks.way(choice.justification);
                let shrinks = object.size > 0 && object.is_mapped();
                checks.ask(Check::Mapped, shrinks, &rules.shrink_mapped, &[]);
                opened(cx, Some(id), asked, &mut checks, &OPENED, empty(clause::shm_open(25).into()));
            }
            Truncation::Ignored | Truncation::Errno(_) => {
                let is_seen = object.size != 0;
                let by = if is_seen { choice.justification } else { choice.justification.clause.into() };
                opened(cx, Some(id), asked, &mut checks.way(by), &OPENED, Effects::new());
            }
        }
    }
}

/// O_TRUNC where the access mode does not ask to write: some systems ask for the permission all the same.
fn may_truncate(cx: Cx<'_>, object: &Object, checks: &mut Checks<'_>) {
    let asks = &cx.profile.rules.trunc_asks_to_write;
    let by = [clause::shm_open(34), clause::shm_open(27)];
    if asks.always(|asks| *asks) {
        permission::check(cx, checks, object, (false, true), &by);
    } else if !asks.always(|asks| !asks) && !permission::by_mode(cx, object, false, true).is_granted() {
        checks.may(Check::Permission, true, Errno::EACCES, &by);
    }
}

/// What a platform may refuse with.
fn errors(refused: &Rule<Response>) -> impl Iterator<Item = Errno> {
    refused.choices.iter().filter_map(|choice| match choice.value {
        Response::Errno(errno) => Some(errno),
        Response::Ok => None,
    })
}

/// Where the platform looks at the owner once it has opened the object, it is empty by then.
fn refused_too_late(cx: Cx<'_>, id: ObjectId, refused: &Rule<Response>, checks: &mut Checks<'_>) {
    for spares in cx.profile.rules.trunc_of_others_spares.choices.iter().filter(|choice| !choice.value) {
        for choice in &refused.choices {
            if let Response::Errno(errno) = choice.value {
                let by =
                    if choice.justification.deviation.is_some() { spares.justification } else { choice.justification };
                checks.may_with(Check::Owner, errno, by, emptied(cx, id, spares.justification));
            }
        }
        if refused.always(|response| *response != Response::Ok) {
            checks.block();
        }
    }
}

/// The object becomes empty.
fn emptied(cx: Cx<'_>, id: ObjectId, by: Justification) -> Effects {
    let mut effects: Effects = smallvec![Effect::Empty(id, by)];
    effects.extend(sizes::cut_copies(cx, id, 0));
    effects
}

fn new(cx: Cx<'_>, key: Key, asked: Asked, checks: &mut Checks<'_>) {
    let again = cx.state.removed.contains_key(&key);
    if !asked.creates() {
        let missing = [clause::shm_open(41), clause::shm_open(31)];
        let gone = [clause::shm_unlink(4), clause::shm_unlink(1)];
        let by = missing.into_iter().chain(gone.into_iter().filter(|_| again)).map(Justification::clause);
        checks.shall_by(Check::Existence, Errno::ENOENT, by.collect());
        return no_number(cx, &cx.profile.rules.open_emfile_spares, checks, None::<fn(Justification) -> Effects>);
    }
    let id = ObjectId(cx.site.event);
    let object = created::object(cx, asked.mode, again);
    let would = |by| -> Effects {
        let left = Object { left_by: Some(by), ..object.clone() };
        smallvec![Effect::Make(id, Arc::new(left)), Effect::Name(key.clone(), id)]
    };
    no_number(cx, &cx.profile.rules.open_emfile_spares, checks, Some(&would));
    let looks_at = cx.profile.rules.open_owner_is_effective.choices.iter();
    for choice in looks_at.filter(|choice| !choice.value && cx.process.real_uid() != cx.process.uid) {
        for errno in errors(&cx.profile.rules.open_creat_of_others) {
            checks.may_with(Check::Owner, errno, choice.justification, would(choice.justification));
        }
    }
    directory::new(cx, asked.flags, would, checks);
    room::for_a_name(cx, &[clause::shm_open(42), clause::shm_open(31)], checks);
    checks.rests_on(clause::shm_open(15));
    checks.rests_on(clause::shm_open(20));
    if asked.mode & !0o777 != 0 {
        checks.rests_on(clause::shm_open(19));
    }
    let effects = smallvec![Effect::Make(id, Arc::new(object)), Effect::Name(key, id)];
    opened(cx, Some(id), asked, checks, &OPENED, effects);
}
