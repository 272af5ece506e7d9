//! `O_DIRECTORY` at `shm_open`: some systems refuse the flag, and some the object, as it is no directory.

use crate::call::OpenFlags;
use crate::model::branch::Cx;
use crate::model::checks::Checks;
use crate::model::effect::Effects;
use crate::outcome::Errno;
use crate::profile::{Check, Justification, Response, Rule};

/// Refuses the flag, before anybody looks for the name.
pub(super) fn flag(cx: Cx<'_>, flags: OpenFlags, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let creates = flags.contains(OpenFlags::CREAT);
    let rule = if creates { &rules.open_new_directory } else { &rules.open_directory_flag };
    refuse(rule, flags, (Errno::EINVAL, Check::Flags), |_| Effects::new(), checks);
}

/// Refuses an object that is there.
pub(super) fn existing(cx: Cx<'_>, flags: OpenFlags, checks: &mut Checks<'_>) {
    refuse(&cx.profile.rules.open_directory_flag, flags, (Errno::ENOTDIR, Check::Kind), |_| Effects::new(), checks);
}

/// Refuses a new object, which is there all the same, as it `would` have become.
pub(super) fn new(cx: Cx<'_>, flags: OpenFlags, would: impl Fn(Justification) -> Effects, checks: &mut Checks<'_>) {
    refuse(&cx.profile.rules.open_new_directory, flags, (Errno::ENOTDIR, Check::Kind), would, checks);
}

/// Where the flag is given the call fails, or may, with that error if it is one of the rule's.
fn refuse(
    rule: &Rule<Response>,
    flags: OpenFlags,
    (errno, check): (Errno, Check),
    would: impl Fn(Justification) -> Effects,
    checks: &mut Checks<'_>,
) {
    let refusal = Response::Errno(errno);
    let choice = rule.choices.iter().find(|choice| choice.value == refusal);
    let Some(choice) = choice.filter(|_| flags.contains(OpenFlags::DIRECTORY)) else { return };
    let effects = would(choice.justification);
    if rule.always(|response| *response == refusal) {
        checks.shall_with(check, errno, choice.justification, effects);
    } else {
        checks.may_with(check, errno, choice.justification, effects);
    }
}
