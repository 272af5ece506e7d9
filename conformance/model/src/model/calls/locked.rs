//! `mlock` and `munlock`

use super::map::{Target, target, window};
use crate::call::{Label, Prot};
use crate::clause;
use crate::model::branch::Cx;
use crate::model::checks::Checks;
use crate::model::effect::{Effect, Effects};
use crate::model::expect::Expect;
use crate::model::rules::sizes::whole_pages;
use crate::outcome::Errno;
use crate::profile::{Check, Choice, Response};
use smallvec::smallvec;

pub(in crate::model) fn mlock(cx: Cx<'_>, label: Label, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let Some(window) = window(cx, label, None, checks) else { return };
    let target = target(cx, window, (0, window.len));
    let locked = Effect::LockPages(cx.id, target.area, target.range, true);
    checks.ask(Check::Permission, !cx.process.is_root(), &rules.mlock_by_users, &[]);
    limit(cx, &target, checks);
    let page = cx.state.page;
    let is_beyond = target.mapped().any(|part| part.range.1 > whole_pages(cx.state.object(part.map.object).size, page));
    let is_closed = target.mapped().any(|part| !part.prot.intersects(Prot::READ | Prot::WRITE));
    let errors = checks.outcomes();
    checks.ask(Check::Range, target.has_holes(), &rules.mlock_hole, &[]);
    checks.ask(Check::Range, is_beyond, &rules.mlock_beyond_end, &[]);
    checks.ask(Check::Protection, is_closed, &rules.mlock_no_access, &[]);
    if let Some(choice) = rules.mlock_failed_spares.choices.iter().find(|choice| !choice.value) {
        checks.may_have_done(errors, choice.justification, &[], &locked);
    }
    checks.succeed(Expect::Ok, &[clause::mlock(1)], smallvec![locked]);
}

/// What the process may keep in memory, which it may have used up.
fn limit(cx: Cx<'_>, target: &Target<'_>, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let Some(limit) = cx.process.memlock else {
        checks.may(Check::Limit, true, Errno::EAGAIN, &[clause::mlock(4)]);
        return checks.may(Check::Limit, true, Errno::ENOMEM, &[clause::mlock(5)]);
    };
    let locked = cx.process.maps.values().filter(|map| map.locked).flat_map(|map| map.mapped_in((0, map.window.len)));
    let more = target.mapped().filter(|part| !part.map.locked).map(|part| part.range);
    let sizes = locked.map(|span| (span.start, span.end)).chain(more).map(|(start, end)| end.saturating_sub(start));
    if sizes.fold(0, i64::saturating_add) <= limit {
        return;
    }
    let rule = if limit < cx.state.page { &rules.mlock_forbidden } else { &rules.mlock_limited };
    let is_spared = |choice: &&Choice<bool>| cx.process.is_root() && !choice.value;
    let Some(spared) = rules.mlock_root_limited.choices.iter().find(is_spared) else {
        return checks.ask(Check::Limit, true, rule, &[]);
    };
    checks.rests_on(spared.justification);
    if rules.mlock_root_limited.always(|limited| !limited) {
        return;
    }
    for choice in &rule.choices {
        if let Response::Errno(errno) = choice.value {
            checks.may_by(Check::Limit, errno, smallvec![choice.justification]);
        }
    }
}

pub(in crate::model) fn munlock(cx: Cx<'_>, label: Label, checks: &mut Checks<'_>) {
    let Some(window) = window(cx, label, None, checks) else { return };
    let target = target(cx, window, (0, window.len));
    let unlocked: Effects = smallvec![Effect::LockPages(cx.id, target.area, target.range, false)];
    let rules = &cx.profile.rules;
    let errors = checks.outcomes();
    checks.ask(Check::Range, target.has_holes(), &rules.munlock_hole, &[]);
    if let Some(choice) = rules.mlock_failed_spares.choices.iter().find(|choice| !choice.value) {
        checks.may_have_done(errors, choice.justification, &[], &unlocked[0]);
    }
    checks.succeed(Expect::Ok, &[clause::mlock(2)], unlocked);
}
