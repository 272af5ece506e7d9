//! The platforms, and what can be chosen of each.

use crate::choices;
use serde::Serialize;
use shmconf_model::profile::{Profile, Setting};
use std::collections::BTreeMap;

/// A platform, as the page lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct About {
    /// Such as `linux-glibc`.
    pub id: String,
    /// What people call it, and which versions it speaks of.
    pub title: String,
    /// The releases at which its rules change, by part; its own have no name.
    pub releases: BTreeMap<String, Vec<String>>,
    /// What can be set there that its rules depend on, each with what it is and the values that it can have.
    pub settings: BTreeMap<String, (String, Vec<String>)>,
    /// What else an application has to know, each with where it is known from.
    pub notes: Vec<(String, String)>,
}

/// The platforms, POSIX itself first.
pub fn platforms() -> Vec<About> {
    let platforms = Profile::ids().filter_map(|id| choices::platform(id).ok());
    platforms.map(|platform| About::of(platform.profile())).collect()
}

impl About {
    fn of(profile: &Profile) -> About {
        let setting = |(word, setting): (&String, &Setting)| {
            let matters = word == Profile::PAGE_SIZE || profile.depends_on(word);
            matters.then(|| (word.clone(), (setting.about.clone(), setting.values.clone())))
        };
        About {
            id: profile.id.clone(),
            title: profile.title.clone(),
            releases: profile.turning_releases(),
            settings: profile.settings.iter().filter_map(setting).collect(),
            notes: profile.notes.iter().map(|note| (note.text.clone(), note.source.clone())).collect(),
        }
    }
}
