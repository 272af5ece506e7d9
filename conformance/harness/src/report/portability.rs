//! What a run says of each other platform, taken together.

use super::CaseResult;
use serde::{Deserialize, Serialize};
use shmconf_model::verdict::{Allowed, Certainty, Difference};
use std::collections::{BTreeMap, BTreeSet};

/// How many cases would have other outcomes on another platform, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Portability {
    /// Its profile.
    pub profile: String,
    /// How many cases were compared.
    pub compared: u64,
    /// How many of them would certainly have other outcomes.
    pub differ: u64,
    /// How many of these meet each of its deviations, by ID.
    pub deviations: BTreeMap<String, u64>,
    /// How many of these differ first by something that POSIX leaves open.
    pub choices: u64,
    /// How many others possibly meet each of its deviations, by version, settings or chance; by ID.
    pub possible: BTreeMap<String, u64>,
    /// How many of those possibly have other outcomes by something that POSIX leaves open alone.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub possible_choices: u64,
    /// How many of the rest make a call of which it is not known what the platform does.
    pub unknown: u64,
}

impl Portability {
    /// What the results say of those platforms.
    pub fn of(results: &[CaseResult], profiles: &[String]) -> Vec<Portability> {
        profiles.iter().map(|profile| Portability::on(profile, results)).collect()
    }

    /// Would, or may, a case have other outcomes there, or is it not known?
    pub(crate) fn differs(&self) -> bool {
        self.differ > 0 || !self.possible.is_empty() || self.possible_choices > 0 || self.unknown > 0
    }

    fn on(profile: &str, results: &[CaseResult]) -> Portability {
        let mut all = Portability { profile: profile.to_owned(), ..Portability::default() };
        for result in results.iter().filter(|result| result.scripts > 0) {
            all.compared += 1;
            let elsewhere = result.elsewhere(profile);
            all.add(elsewhere.map_or(&[], |elsewhere| &elsewhere.differences));
        }
        all
    }

    fn add(&mut self, differences: &[Difference]) {
        let with = |certainty| differences.iter().filter(move |difference| difference.certainty == certainty);
        if let Some(first) = with(Certainty::Certain).next() {
            self.differ += 1;
            // What comes later may follow from a deviation.
            self.choices += u64::from(deviations_of(first).next().is_none());
            count(&mut self.deviations, with(Certainty::Certain));
        } else if with(Certainty::Possible).next().is_some() {
            self.possible_choices += u64::from(with(Certainty::Possible).flat_map(deviations_of).next().is_none());
            count(&mut self.possible, with(Certainty::Possible));
        } else {
            self.unknown += u64::from(!differences.is_empty());
        }
    }
}

/// One more case for each deviation.
fn count<'a>(counts: &mut BTreeMap<String, u64>, differences: impl Iterator<Item = &'a Difference>) {
    for deviation in differences.flat_map(deviations_of).collect::<BTreeSet<_>>() {
        *counts.entry(deviation.clone()).or_default() += 1;
    }
}

/// The deviations without which there would be no difference.
fn deviations_of(difference: &Difference) -> impl Iterator<Item = &String> {
    let departs =
        |allowed: &Allowed| allowed.justifications.iter().any(|justification| justification.deviation.is_some());
    let there = if difference.there.iter().all(departs) { &difference.there[..] } else { &[] };
    there
        .iter()
        .flat_map(|allowed| &allowed.justifications)
        .filter_map(|justification| justification.deviation.as_ref())
}
