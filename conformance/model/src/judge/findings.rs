//! What a finding says, and how the judge goes on behind it.

use crate::clause::Ledger;
use crate::model::{Branch, Expect};
use crate::outcome::Outcome;
use crate::profile::{self, Profile};
use crate::verdict::{Allowed, Ground};

/// What would have been allowed, each outcome once.
pub(crate) fn allowed<'b>(profile: &Profile, branches: impl IntoIterator<Item = &'b Branch>) -> Vec<Allowed> {
    let mut allowed: Vec<Allowed> = branches
        .into_iter()
        .map(|branch| Allowed {
            outcome: branch.expect.to_string(),
            grounds: each_once(&branch.grounds).map(|ground| explain(profile, ground)).collect(),
        })
        .collect();
    allowed.sort();
    allowed.dedup_by(|next, before| next.outcome == before.outcome);
    allowed
}

fn each_once(grounds: &[profile::Ground]) -> impl Iterator<Item = profile::Ground> {
    let says = |ground: &profile::Ground| (ground.clause, ground.deviation);
    let is_new = move |at: usize, ground| !grounds[..at].iter().any(|before| says(before) == says(ground));
    grounds.iter().enumerate().filter(move |(at, ground)| is_new(*at, ground)).map(|(_, ground)| *ground)
}

fn explain(profile: &Profile, ground: profile::Ground) -> Ground {
    let ledger = Ledger::get();
    let deviation = profile.deviation(ground);
    let text = match deviation {
        Some(deviation) => deviation.text.clone(),
        None => ledger.clause(ground.clause).map(|clause| clause.text.clone()).unwrap_or_default(),
    };
    Ground {
        clause: ground.clause,
        level: ledger.level(ground.clause),
        deviation: deviation.map(|deviation| deviation.id.clone()),
        text,
        versions: deviation.map(|deviation| deviation.versions.clone()).unwrap_or_default(),
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
