//! What a name stands for on a platform.

use crate::call::Name;
use crate::clause;
use crate::model::branch::Cx;
use crate::model::state::Key;
use crate::outcome::Errno;
use crate::profile::{Justification, Limit, NameAnswer, Rule};
use smallvec::SmallVec;
use std::sync::Arc;

/// What a name may stand for on this platform, and why.
pub(in crate::model) enum Reading {
    Key(Key, Justification),
    /// Something that is no shared memory object.
    NoObject(Justification),
    /// Nothing.
    Errno(Errno, Justification),
}

/// What a name is used for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::model) enum Use {
    OpenForReading,
    OpenOtherwise,
    Unlink,
}

/// Everything that `name` may stand for.
pub(in crate::model) fn readings(cx: Cx<'_>, name: &Name, used: Use) -> SmallVec<[Reading; 2]> {
    let text = name.literal().unwrap_or_default();
    let rules = &cx.profile.rules;
    let limit = &rules.name_length.choices[0];
    let (fits, may_be_too_long) = length(text, limit.value);
    let mut readings = SmallVec::new();
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
