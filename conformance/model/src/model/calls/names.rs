//! The names that there are, and those that a generator gives out.

use crate::call::name;
use crate::clause;
use crate::model::branch::Cx;
use crate::model::checks::Checks;
use crate::model::effect::Effect;
use crate::model::expect::Expect;
use crate::model::rules::room;
use crate::model::state::Kind;
use crate::outcome::Errno;
use crate::profile::Check;
use smallvec::smallvec;

/// `names()`
pub(in crate::model) fn names(cx: Cx<'_>, checks: &mut Checks<'_>) {
    let mut names = Vec::new();
    for (key, object) in cx.state.names.iter() {
        if key.store != cx.process.store || !key.name.starts_with(name::PREFIX) {
            continue;
        }
        names.push(key.name.to_string());
        if let Some(justification) = cx.state.object(*object).left_by {
            checks.rests_on(justification);
        }
    }
    let strays = cx.state.strays.iter().filter(|store| **store == cx.process.store).count();
    if strays > 0 {
        let left = cx.profile.rules.open_emfile_spares.choices.iter().filter(|choice| !choice.value);
        left.for_each(|choice| checks.rests_on(choice.justification));
    }
    if cx.state.objects().any(|(_, object)| object.nameless) {
        checks.rests_on(clause::create(5));
    }
    if !cx.state.removed.is_empty() {
        checks.rests_on(clause::shm_unlink(1));
    }
    let mut passing = cx.site.creating as usize;
    for (key, thing) in cx.state.obstacles.iter().filter(|(key, _)| key.store == cx.process.store) {
        match thing.kind {
            _ if !key.name.starts_with(name::PREFIX) => {}
            Kind::Unknown => passing += 1,
            _ => names.push(key.name.to_string()),
        }
    }
    checks.answer(Expect::Names { names, strays, passing }, &[clause::shm_open(28)]);
}

/// `unique_names(count, threads)`
pub(in crate::model) fn unique_names(cx: Cx<'_>, count: usize, checks: &mut Checks<'_>) {
    let expect = Expect::NewNames { count, given: cx.state.given_names.clone() };
    let clauses = [clause::unique_names(1), clause::unique_names(2)];
    checks.succeed(expect, &clauses, smallvec![Effect::GiveNames]);
}

/// `collide()`: the name is taken from then on, by an object that nothing in the script refers to. The generator keeps to
/// its next name until it gives it out, so that a second call finds it taken.
pub(in crate::model) fn collide(cx: Cx<'_>, checks: &mut Checks<'_>) {
    checks.may(Check::Existence, cx.process.collides, Errno::EEXIST, &[clause::unique_names(3)]);
    // Who takes it opens an object, though not for long.
    let lacks_number = cx.process.is_full() || cx.process.may_be_full();
    checks.may(Check::Number, lacks_number, Errno::EMFILE, &[clause::unique_names(3)]);
    room::for_a_name(cx, &[clause::unique_names(3)], checks);
    let expect = Expect::NewNames { count: 1, given: cx.state.given_names.clone() };
    checks.succeed(expect, &[clause::unique_names(3)], smallvec![Effect::Collide(cx.id)]);
}
