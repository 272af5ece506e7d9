//! What a name stands for on a platform.

use crate::call::Name;
use crate::clause;
use crate::model::branch::Cx;
use crate::model::checks::Checks;
use crate::model::state::Key;
use crate::outcome::Errno;
use crate::profile::{Check, Choice, Justification, Limit, NameAnswer, Order, Response, Rule};
use smallvec::{SmallVec, smallvec};
use std::borrow::Cow;
use std::sync::Arc;

/// What a name may stand for on this platform, and why.
pub(in crate::model) enum Reading {
    Key(Key, Justification),
    /// Something that is no shared memory object.
    NoObject(Justification),
    /// Nothing.
    Errno(Errno, Justification, Check),
}

impl Reading {
    /// The check that refuses it, where one does.
    fn check(&self) -> Option<Check> {
        match self {
            Reading::Errno(_, _, check) => Some(*check),
            _ => None,
        }
    }
}

/// What a name is used for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::model) enum Use {
    OpenForReading,
    OpenOtherwise,
    Unlink,
}

/// Can the store of objects with names be found? It may be missing, or looking for it may take a descriptor.
pub(in crate::model) fn find_store(cx: Cx<'_>, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    // No mode keeps root from anything.
    let refuses = |response: &Response| match response {
        Response::Ok => false,
        Response::Errno(errno) => *errno != Errno::EACCES || !cx.process.is_root(),
    };
    if cx.process.is_full() || cx.process.may_be_full() {
        // A program may have looked for it before, so that nothing can be required.
        for choice in rules.named_full.choices.iter().filter(|choice| refuses(&choice.value)) {
            if let Response::Errno(errno) = choice.value {
                checks.may_by(Check::Support, errno, smallvec![choice.justification]);
            }
        }
    }
    let may_be_missing = rules.named.choices.iter().any(|choice| refuses(&choice.value));
    checks.ask(Check::Support, may_be_missing, &rules.named, &[]);
}

/// Everything that `name` may stand for; `orders` are those that the platform's checks may have.
pub(in crate::model) fn readings(cx: Cx<'_>, name: &Name, used: Use, orders: &[Order]) -> SmallVec<[Reading; 2]> {
    let text = name.literal().unwrap_or_default();
    let rules = &cx.profile.rules;
    let lengths = || rules.name_length.choices.iter().map(|limit| length(text, limit.value));
    let (fits, may_be_too_long) = (lengths().any(|(fits, _)| fits), lengths().any(|(_, too_long)| too_long));
    let mut readings: SmallVec<[Reading; 2]> = SmallVec::new();
    if may_be_too_long {
        let rule = if used == Use::Unlink { &rules.unlink_too_long } else { &rules.name_too_long };
        readings.extend(refusals(rule, Check::Length));
    }
    for choice in answers(cx, text, used) {
        readings.push(match choice.value {
            NameAnswer::SameObject => Reading::Key(key(cx, &plain(text)), choice.justification),
            NameAnswer::OwnObject => Reading::Key(key(cx, text), choice.justification),
            NameAnswer::NoObject if used != Use::Unlink => Reading::NoObject(choice.justification),
            NameAnswer::Errno(errno) if used != Use::Unlink => Reading::Errno(errno, choice.justification, Check::Name),
            NameAnswer::NoObject | NameAnswer::Errno(_) => {
                let rule =
                    if is_dots(text.trim_start_matches('/')) { &rules.unlink_dots } else { &rules.unlink_bad_name };
                readings.extend(refusals(rule, Check::Name));
                continue;
            }
        });
    }
    if !fits {
        // Which of its errors a name has whose form is refused too is left open where the order is not known.
        let form_is_refused = readings.iter().all(|reading| reading.check().is_some());
        let (length_first, form_first) = (
            Order::all_before(orders, Check::Length, Check::Name),
            Order::all_before(orders, Check::Name, Check::Length) && form_is_refused,
        );
        readings.retain(|reading| match reading.check() {
            Some(Check::Length) => !form_first,
            Some(_) => !length_first,
            None => false,
        });
    }
    readings
}

fn key(cx: Cx<'_>, name: &str) -> Key {
    Key { store: cx.process.store, name: Arc::from(name) }
}

/// The name with one slash in front and none behind.
fn plain(text: &str) -> Cow<'_, str> {
    let path = text.trim_matches('/');
    if text.len() == path.len() + 1 && text.starts_with('/') { text.into() } else { format!("/{path}").into() }
}

fn is_dots(path: &str) -> bool {
    path == "." || path == ".."
}

/// What the platform makes of a name of that form. What is in front is looked at first; where it does not matter, the rest
/// decides.
fn answers(cx: Cx<'_>, text: &str, used: Use) -> SmallVec<[Choice<NameAnswer>; 2]> {
    let rules = &cx.profile.rules;
    let path = text.trim_start_matches('/');
    let front = match text.len() - path.len() {
        _ if text.is_empty() => return rules.name_empty.choices.iter().cloned().collect(),
        0 => Some(&rules.name_bare),
        1 => None,
        _ => Some(&rules.name_double_slash),
    };
    let rest = match path {
        "" => Some(&rules.name_slash),
        _ if path.ends_with('/') => Some(&rules.name_trailing_slash),
        _ if path.contains('/') => Some(&rules.name_inner_slash),
        _ if is_dots(path) && used == Use::OpenForReading => Some(&rules.name_dots),
        _ if is_dots(path) => Some(&rules.name_dots_writable),
        _ => None,
    };
    let plain = || smallvec![Choice { value: NameAnswer::SameObject, justification: clause::shm_open(5).into() }];
    let rest = rest.map_or_else(plain, |rule| rule.choices.iter().cloned().collect());
    let Some(front) = front else { return rest };
    let mut answers = SmallVec::<[Choice<NameAnswer>; 2]>::new();
    for choice in &front.choices {
        let is_plain = rest.len() == 1 && rest[0].value == NameAnswer::SameObject;
        match choice.value {
            NameAnswer::SameObject if !is_plain => answers.extend(rest.iter().cloned()),
            _ => answers.push(choice.clone()),
        }
    }
    answers.sort_by_key(|choice| choice.value.to_string());
    answers.dedup_by(|next, before| next.value == before.value);
    answers
}

fn refusals(rule: &Rule<Errno>, check: Check) -> impl Iterator<Item = Reading> {
    rule.choices.iter().map(move |choice| Reading::Errno(choice.value, choice.justification, check))
}

/// May a name of that length be accepted, and may it be refused?
fn length(text: &str, limit: Limit) -> (bool, bool) {
    let counted = limit.bytes(text);
    (limit.never.is_none_or(|never| counted <= never), counted > limit.always)
}
