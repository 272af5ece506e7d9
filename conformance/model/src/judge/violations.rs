//! What a violation says, and how the judge goes on behind it.

use crate::clause::{self, Ledger};
use crate::model::{Branch, Expect};
use crate::outcome::Outcome;
use crate::profile::{self, Profile};
use crate::verdict::{Allowed, Explanation};

/// What would have been allowed, each outcome once.
pub(crate) fn allowed<'b>(profile: &Profile, branches: impl IntoIterator<Item = &'b Branch>) -> Vec<Allowed> {
    let mut allowed: Vec<Allowed> = branches
        .into_iter()
        .map(|branch| Allowed { outcome: branch.expect.to_string(), justifications: explain_branch(profile, branch) })
        .collect();
    allowed.sort();
    allowed.dedup_by(|next, before| next.outcome == before.outcome);
    allowed
}

/// Why an outcome is allowed, each reason once.
pub(crate) fn explain_branch(profile: &Profile, branch: &Branch) -> Vec<Explanation> {
    each_once(&branch.justifications).map(|justification| explain(profile, justification, &branch.expect)).collect()
}

/// The branch with those justifications alone that speak of what is not as it was seen: of what `fstat` tells, one may be of
/// the size and another of the mode.
pub(crate) fn of_what_differs(branch: &Branch, seen: &Outcome) -> Branch {
    let mut branch = branch.clone();
    let (Expect::Stat { size, mode, .. }, Outcome::Stat(stat)) = (&branch.expect, seen) else { return branch };
    let of_mode = branch.justifications.iter().position(|justification| justification.clause == clause::fstat(2));
    let Some(of_mode) = of_mode else { return branch };
    let (has_size, has_mode) = (*size == stat.size, *mode == stat.mode);
    if has_size {
        branch.justifications.drain(..of_mode);
        // How an object comes by its mode says more than that it is told.
        if !has_mode && branch.justifications.len() > 1 {
            branch.justifications.swap(0, 1);
        }
    } else if has_mode {
        branch.justifications.truncate(of_mode);
    }
    branch
}

fn each_once(justifications: &[profile::Justification]) -> impl Iterator<Item = profile::Justification> {
    let says = |justification: &profile::Justification| (justification.clause, justification.deviation);
    let is_new =
        move |at: usize, justification| !justifications[..at].iter().any(|before| says(before) == says(justification));
    justifications
        .iter()
        .enumerate()
        .filter(move |(at, justification)| is_new(*at, justification))
        .map(|(_, justification)| *justification)
}

fn explain(profile: &Profile, justification: profile::Justification, expect: &Expect) -> Explanation {
    let refuses = matches!(expect, Expect::Errno(_) | Expect::Signal(_));
    let advice = if refuses { justification.advice() } else { "" };
    let ledger = Ledger::get();
    let deviation = profile.deviation(justification);
    let text = match deviation {
        Some(deviation) => deviation.text.clone(),
        None => ledger.clause(justification.clause).map(|clause| clause.text.clone()).unwrap_or_default(),
    };
    Explanation {
        clause: justification.clause,
        level: ledger.level(justification.clause),
        deviation: deviation.map(|deviation| deviation.id.clone()),
        text,
        instead: deviation.map_or_else(|| advice.to_owned(), |deviation| deviation.instead.clone()),
        versions: deviation.map(|deviation| deviation.versions.clone()).unwrap_or_default(),
        general: deviation.is_some_and(|deviation| deviation.general),
    }
}

/// Is the outcome of the kind that is expected, so that it leaves the same things behind?
pub(super) fn is_like(expect: &Expect, outcome: &Outcome) -> bool {
    matches!(
        (expect, outcome),
        (Expect::Ok, Outcome::Ok)
            | (Expect::Fd(_), Outcome::Fd(_))
            | (Expect::Value(_) | Expect::Between(..), Outcome::Value(_))
            | (Expect::Received { .. }, Outcome::Received(_))
            | (Expect::Signal(_) | Expect::Exited(_), Outcome::Signal(_) | Outcome::Exited(_) | Outcome::Hang)
    )
}
