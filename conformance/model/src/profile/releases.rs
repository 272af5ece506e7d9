//! Ranges of releases, for those who keep notes of when something holds.

use super::Circumstances;
use super::circumstances::When;
use crate::trace::{Machine, Platform};

/// From a first release to a last one, of a platform or of a part of it, such as `6.1` or `glibc 2.36`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Releases(When);

impl Releases {
    /// The range from the first release to the last one, with everything that begins with its numbers. What is left out sets
    /// no bound.
    ///
    /// # Errors
    ///
    /// What was found where a release should stand.
    pub fn between(since: Option<&str>, until: Option<&str>) -> Result<Releases, String> {
        When::between(since, until).map(Releases)
    }

    /// May the system be in the range? One whose release is not known may.
    pub fn may_hold(&self, platform: &Platform) -> bool {
        self.0.may_hold(&Circumstances::of(platform, &Machine::default()))
    }
}
