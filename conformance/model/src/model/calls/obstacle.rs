//! What lies where an object would be: how it comes there, and what `shm_open` and `shm_unlink` make of it.

use super::open::{self, Asked};
use crate::call::Name;
use crate::clause;
use crate::constants::Planted;
use crate::model::branch::{Cx, clauses};
use crate::model::checks::Checks;
use crate::model::effect::{Effect, Effects};
use crate::model::expect::Expect;
use crate::model::rules::names::{self, Reading, Use};
use crate::model::state::{Key, Kind, Obstacle};
use crate::outcome::Errno;
use crate::profile::{Check, Found, Order, Removal};
use smallvec::smallvec;

/// `plant(name, what)`
pub(in crate::model) fn plant(cx: Cx<'_>, name: &Name, what: Planted, orders: &[Order], checks: &mut Checks<'_>) {
    let kind = match what {
        Planted::Directory => Kind::Directory,
        Planted::Fifo => Kind::Fifo,
    };
    lay(cx, name, kind, orders, checks);
}

/// `symlink(name, to)`
pub(in crate::model) fn symlink(cx: Cx<'_>, name: &Name, to: &Name, orders: &[Order], checks: &mut Checks<'_>) {
    let kind = key(cx, to, orders).map_or(Kind::Unknown, Kind::Link);
    lay(cx, name, kind, orders, checks);
}

fn lay(cx: Cx<'_>, name: &Name, kind: Kind, orders: &[Order], checks: &mut Checks<'_>) {
    let Some(key) = key(cx, name, orders) else {
        return checks.outcome(Expect::Anything, clauses(&[clause::file_access(2)]), Effects::new());
    };
    let is_taken = cx.state.named(&key).is_some() || cx.state.obstacle(&key).is_some();
    checks.shall(Check::Existence, is_taken, Errno::EEXIST, &[clause::call(7)]);
    let laid = Effect::Lay(key, Obstacle { kind, uid: cx.process.uid });
    checks.succeed(Expect::Ok, &[clause::call(7)], smallvec![laid]);
}

/// What a name stands for, where it stands for one thing alone.
fn key(cx: Cx<'_>, name: &Name, orders: &[Order]) -> Option<Key> {
    let mut readings = names::readings(cx, name, Use::OpenOtherwise, orders).into_iter();
    match (readings.next(), readings.next()) {
        (Some(Reading::Key(key, _)), None) => Some(key),
        _ => None,
    }
}

/// `shm_open` of a name where something else lies.
pub(super) fn open(cx: Cx<'_>, obstacle: &Obstacle, asked: Asked, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    if asked.excludes() && obstacle.kind != Kind::Unknown {
        return found(cx, obstacle, asked, &rules.open_taken, checks);
    }
    match &obstacle.kind {
        Kind::Link(_) => found(cx, obstacle, asked, &rules.open_link, checks),
        Kind::Directory if asked.only_reads() => found(cx, obstacle, asked, &rules.open_directory_reading, checks),
        Kind::Directory => found(cx, obstacle, asked, &rules.open_directory, checks),
        Kind::Fifo => found(cx, obstacle, asked, &rules.open_fifo, checks),
        Kind::Unknown => anything(cx, obstacle, asked, checks),
    }
}

fn found(cx: Cx<'_>, obstacle: &Obstacle, asked: Asked, rule: &crate::profile::Rule<Found>, checks: &mut Checks<'_>) {
    let by = [clause::file_access(2)];
    for choice in &rule.choices {
        let mut checks = checks.way(choice.justification);
        match (choice.value, &obstacle.kind) {
            (Found::Errno(errno), _) => checks.shall(Check::Existence, true, errno, &by),
            (Found::Follows, Kind::Link(to)) => open::named(cx, to.clone(), asked, &mut checks),
            (Found::Opens, Kind::Fifo) => fifo(cx, asked, &mut checks),
            (Found::Opens, _) => open::opened(cx, None, asked, &mut checks, &by, Effects::new()),
            (Found::Follows | Found::Any, _) => anything(cx, obstacle, asked, &mut checks),
        }
    }
}

/// Whoever opens a FIFO in one direction waits for somebody who opens it in the other one.
fn fifo(cx: Cx<'_>, asked: Asked, checks: &mut Checks<'_>) {
    let by = [clause::file_access(2)];
    if asked.only_reads_or_writes() && !asked.is_nonblocking() {
        for waits in &cx.profile.rules.open_nonblocking.choices {
            let mut checks = checks.way(waits.justification);
            match waits.value {
                true => fifo_at_once(cx, asked, &mut checks),
                false => checks.outcome(Expect::Hang, clauses(&by), smallvec![Effect::End(cx.id)]),
            }
        }
    } else {
        fifo_at_once(cx, asked, checks);
    }
}

fn fifo_at_once(cx: Cx<'_>, asked: Asked, checks: &mut Checks<'_>) {
    let by = [clause::file_access(2)];
    checks.shall(Check::Existence, asked.only_writes(), Errno::ENXIO, &by);
    open::opened(cx, None, asked, checks, &by, Effects::new());
}

/// Nothing is known of what the platform does. What a link leads to may have been made by then.
fn anything(cx: Cx<'_>, obstacle: &Obstacle, asked: Asked, checks: &mut Checks<'_>) {
    let by = [clause::file_access(2)];
    let mut effects: Effects = smallvec![];
    if let Kind::Link(to) = &obstacle.kind
        && asked.creates()
        && cx.state.named(to).is_none()
    {
        effects.push(Effect::Lay(to.clone(), Obstacle { kind: Kind::Unknown, uid: obstacle.uid }));
    }
    effects.push(open::description(cx, asked));
    checks.succeed(Expect::Anything, &by, effects);
    if obstacle.kind == Kind::Fifo {
        checks.outcome(Expect::Hang, clauses(&by), smallvec![Effect::End(cx.id)]);
    }
}

/// `shm_unlink` of a name where something else lies.
pub(super) fn unlink(cx: Cx<'_>, key: Key, obstacle: &Obstacle, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let by = [clause::file_access(2)];
    let is_owner = obstacle.uid == cx.process.uid || cx.process.is_root();
    for choice in rules.unlink_denied.choices.iter().filter(|_| !is_owner) {
        checks.may_by(Check::Permission, choice.value, smallvec![choice.justification]);
    }
    let rule = if obstacle.kind == Kind::Directory { &rules.unlink_directory } else { &rules.unlink_other };
    for choice in &rule.choices {
        let mut checks = checks.way(choice.justification);
        match (choice.value, &obstacle.kind) {
            (Removal::Any, _) | (_, Kind::Unknown) => {
                let unknown = Obstacle { kind: Kind::Unknown, uid: obstacle.uid };
                checks.succeed(Expect::Anything, &by, smallvec![Effect::Lay(key.clone(), unknown)]);
            }
            (Removal::Errno(errno), _) => checks.shall(Check::Existence, true, errno, &by),
            (Removal::Removes, _) => checks.succeed(Expect::Ok, &by, smallvec![Effect::Clear(key.clone())]),
        }
    }
}
