//! What a run says of each other platform, taken together.

use super::CaseResult;
use crate::verdict::Difference;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How many cases would go otherwise on another platform, and by what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Portability {
    /// Its profile.
    pub profile: String,
    /// How many cases were compared.
    pub compared: u64,
    /// How many of them would go otherwise.
    pub differ: u64,
    /// How many of these meet each of its departures, by ID.
    pub deviations: BTreeMap<String, u64>,
    /// How many of these part first by something that POSIX leaves open.
    pub choices: u64,
    /// How many others meet something of which it is not known what the platform does.
    pub unknown: u64,
}

impl Portability {
    /// What the results say of those platforms.
    pub fn of(results: &[CaseResult], profiles: &[String]) -> Vec<Portability> {
        profiles.iter().map(|profile| Portability::on(profile, results)).collect()
    }

    fn on(profile: &str, results: &[CaseResult]) -> Portability {
        let mut all = Portability { profile: profile.to_owned(), ..Portability::default() };
        for result in results.iter().filter(|result| result.scripts > 0) {
            all.compared += 1;
            let elsewhere = result.portability.iter().find(|elsewhere| elsewhere.profile == profile);
            all.add(elsewhere.map_or(&[], |elsewhere| &elsewhere.differences));
        }
        all
    }

    fn add(&mut self, differences: &[Difference]) {
        let known: Vec<&Difference> = differences.iter().filter(|difference| difference.known).collect();
        if known.is_empty() {
            self.unknown += u64::from(!differences.is_empty());
            return;
        }
        self.differ += 1;
        for deviation in known.iter().flat_map(|difference| departures(difference)).collect::<BTreeSet<_>>() {
            *self.deviations.entry(deviation.clone()).or_default() += 1;
        }
        // What comes later may follow from a departure.
        self.choices += u64::from(departures(known[0]).next().is_none());
    }
}

fn departures(difference: &Difference) -> impl Iterator<Item = &String> {
    let grounds = difference.there.iter().flat_map(|allowed| &allowed.grounds);
    grounds.filter_map(|ground| ground.deviation.as_ref())
}
