//! What a profile knows of deviations, for a report.

use crate::report::Deviation;
use shmconf_model::profile::Profile;

/// Every deviation of the platform, as a report tells of it.
pub fn deviations(profile: &Profile) -> Vec<Deviation> {
    let told = |known: &shmconf_model::profile::Deviation| Deviation {
        id: known.id.clone(),
        clause: known.clause,
        text: known.text.clone(),
        trouble: known.trouble.clone(),
        instead: known.instead.clone(),
        versions: known.versions.clone(),
    };
    profile.deviations.iter().map(told).collect()
}
