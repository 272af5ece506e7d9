//! What a name stands for, and the names that there are.

use super::branch::Cx;
use super::checks::Checks;
use super::expect::Expect;
use super::state::{Key, ObjectId};
use crate::call::{Name, name};
use crate::clause;
use crate::outcome::{Errno, Outcome};
use crate::profile::{Justification, Limit, NameAnswer, Rule};
use std::sync::Arc;

/// What a name may stand for on this platform, and why.
pub(super) enum Reading {
    Key(Key, Justification),
    /// Something that is no shared memory object.
    NoObject(Justification),
    /// Nothing.
    Errno(Errno, Justification),
}

/// What a name is used for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    OpenForReading,
    OpenOtherwise,
    Unlink,
}

/// Everything that `name` may stand for.
pub(super) fn readings(cx: Cx<'_>, name: &Name, used: Use) -> Vec<Reading> {
    let text = name.literal().unwrap_or_default();
    let rules = &cx.profile.rules;
    let limit = &rules.name_length.choices[0];
    let (fits, may_be_too_long) = length(text, limit.value);
    let mut readings = Vec::new();
    if may_be_too_long {
        let rule = if used == Use::Unlink { &rules.unlink_too_long } else { &rules.name_too_long };
        readings.extend(rule.choices.iter().map(|choice| Reading::Errno(choice.value, choice.justification)));
    }
    let path = text.trim_start_matches('/');
    let odd = match text.len() - path.len() {
        _ if text.is_empty() => Some(&rules.name_empty),
        _ if path.is_empty() => Some(&rules.name_slash),
        _ if path.ends_with('/') => Some(&rules.name_trailing_slash),
        _ if path.contains('/') => Some(&rules.name_inner_slash),
        _ if path == "." || path == ".." => {
            Some(if used == Use::OpenForReading { &rules.name_dots } else { &rules.name_dots_writable })
        }
        0 => Some(&rules.name_bare),
        1 => None,
        _ => Some(&rules.name_double_slash),
    };
    let key = |name: &str| Key { store: cx.process.store, name: Arc::from(name) };
    let Some(rule) = odd else {
        if fits {
            readings.push(Reading::Key(key(text), clause::shm_open(5).into()));
        }
        return readings;
    };
    for choice in &rule.choices {
        readings.push(match choice.value {
            NameAnswer::SameObject => {
                Reading::Key(key(&format!("/{}", path.trim_end_matches('/'))), choice.justification)
            }
            NameAnswer::OwnObject => Reading::Key(key(text), choice.justification),
            NameAnswer::NoObject if used != Use::Unlink => Reading::NoObject(choice.justification),
            NameAnswer::Errno(errno) if used != Use::Unlink => Reading::Errno(errno, choice.justification),
            NameAnswer::NoObject | NameAnswer::Errno(_) => {
                let dots = path == "." || path == "..";
                readings.extend(refusals(if dots { &rules.unlink_dots } else { &rules.unlink_bad_name }));
                continue;
            }
        });
    }
    if !fits {
        // Which of its errors a name has whose form is refused too is left open.
        readings.retain(|reading| matches!(reading, Reading::Errno(..)));
    }
    readings
}

fn refusals(rule: &Rule<Errno>) -> impl Iterator<Item = Reading> {
    rule.choices.iter().map(|choice| Reading::Errno(choice.value, choice.justification))
}

/// May a name of that length be accepted, and may it be refused?
fn length(text: &str, limit: Limit) -> (bool, bool) {
    let counted = if limit.with_slash { text.len() } else { text.trim_start_matches('/').len() };
    (limit.never.is_none_or(|never| counted <= never), counted > limit.always)
}

/// `names()`
pub(super) fn names(cx: Cx<'_>, mut checks: Checks<'_>) {
    let listed = |(key, _): &&(Key, ObjectId)| key.store == cx.process.store && key.name.starts_with(name::PREFIX);
    let mut names = Vec::new();
    for (key, object) in cx.state.names.iter().filter(listed) {
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
    checks.answer(Expect::Names { names, strays }, &[clause::shm_unlink(1), clause::create(5)]);
}

/// `unique_names(count, threads)`
pub(super) fn unique_names(count: u32, checks: Checks<'_>, given: &[String]) {
    let expect = Expect::NewNames { count: count as usize, given: given.to_vec() };
    checks.succeed(expect, &[clause::unique_names(1), clause::unique_names(2)], |state, outcome| {
        if let Outcome::Names(names) = outcome {
            state.given_names.extend(names.iter().cloned());
            state.given_names.sort_unstable();
        }
    });
}

/// `collide()`: the name is taken from then on, by an object that nothing in the script refers to. The generator keeps to
/// its next name until it gives it out, so that a second collide finds it taken.
pub(super) fn collide(cx: Cx<'_>, mut checks: Checks<'_>) {
    let given = &cx.state.given_names;
    checks.may(cx.process.collides, Errno::EEXIST, clause::unique_names(3));
    let expect = Expect::NewNames { count: 1, given: given.clone() };
    let actor = cx.site.actor;
    checks.succeed(expect, &[clause::unique_names(3)], move |state, _| {
        if let Some(process) = state.process_mut(actor) {
            process.collides = true;
        }
    });
}
