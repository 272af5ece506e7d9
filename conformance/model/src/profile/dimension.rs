//! The ways in which a platform varies: releases of it and of its parts, and what can be set there.

use super::circumstances::{Circumstances, Release};
use super::{Profile, ProfileError};

/// One way in which a platform varies, with its rules at each point of it.
#[derive(Debug, Clone)]
pub struct Dimension {
    varies: Varies,
    points: Vec<Point>,
}

/// What varies.
#[derive(Debug, Clone)]
enum Varies {
    /// The release of a part; of the platform itself where that has no name.
    Release(String),
    /// A setting.
    Setting(String),
}

/// The platform at one point, such as one release.
#[derive(Debug, Clone)]
struct Point {
    word: String,
    profile: Profile,
}

impl Profile {
    /// The ways in which its rules vary that were not settled when it was asked for.
    ///
    /// # Errors
    ///
    /// Those of [`Profile::under`].
    pub fn dimensions(&self) -> Result<Vec<Dimension>, ProfileError> {
        let mut dimensions = Vec::new();
        for (part, releases) in &self.turns {
            if self.circumstances.release_of(part).is_none() {
                let first_to_last =
                    [Release::first()].into_iter().chain(releases.iter().cloned()).chain([Release::last()]);
                let circumstances =
                    |release: Release| (release.to_string(), self.circumstances.with_release(part, release));
                dimensions.push(self.dimension(Varies::Release(part.clone()), first_to_last.map(circumstances))?);
            }
        }
        for (word, setting) in &self.settings {
            let matters = word == Profile::PAGE_SIZE || self.used.contains(word);
            if matters && !self.circumstances.settings().contains_key(word) {
                let circumstances = |value: &String| (value.clone(), self.circumstances.with_setting(word, value));
                dimensions
                    .push(self.dimension(Varies::Setting(word.clone()), setting.values.iter().map(circumstances))?);
            }
        }
        Ok(dimensions)
    }

    fn dimension(
        &self,
        varies: Varies,
        points: impl Iterator<Item = (String, Circumstances)>,
    ) -> Result<Dimension, ProfileError> {
        let point = |(word, circumstances)| Ok(Point { word, profile: Profile::under(&self.id, &circumstances)? });
        Ok(Dimension { varies, points: points.map(point).collect::<Result<_, ProfileError>>()? })
    }
}

impl Dimension {
    /// The rules at each point.
    pub fn profiles(&self) -> impl Iterator<Item = &Profile> {
        self.points.iter().map(|point| &point.profile)
    }

    /// Is it the setting of that name?
    pub fn is_setting(&self, word: &str) -> bool {
        matches!(&self.varies, Varies::Setting(setting) if setting == word)
    }

    /// In words, where something holds that holds at those points: `since 15`, `with noexec=true`. Nothing where it
    /// holds at each or at none.
    pub fn describe(&self, holds: &[bool]) -> Option<String> {
        if !holds.contains(&true) || !holds.contains(&false) {
            return None;
        }
        Some(match &self.varies {
            Varies::Release(part) => {
                let space = if part.is_empty() { "" } else { " " };
                let range = |(from, to)| self.range(from, to, &format!("{part}{space}"));
                runs(holds).into_iter().map(range).collect::<Vec<_>>().join(" and ")
            }
            Varies::Setting(setting) => {
                let held = self.points.iter().zip(holds).filter(|(_, holds)| **holds);
                let values: Vec<&str> = held.map(|(point, _)| point.word.as_str()).collect();
                match setting.as_str() {
                    Profile::PAGE_SIZE => format!("with pages of {} bytes", values.join(" or ")),
                    setting => format!("with {setting}={}", values.join(" or ")),
                }
            }
        })
    }

    /// The releases from one point to another, both included.
    fn range(&self, from: usize, to: usize, part: &str) -> String {
        let word = |at: usize| self.points.get(at).map_or("", |point| point.word.as_str());
        let last = self.points.len() - 1;
        match (from, to) {
            (0, 0) => format!("before {part}{}", word(1)),
            (0, to) => format!("up to {part}{}", word(to)),
            (from, to) if from == last && to == last => format!("behind {part}{}", word(last - 1)),
            (from, to) if to == last => format!("since {part}{}", word(from)),
            (from, to) if from == to => format!("in {part}{}", word(from)),
            (from, to) => format!("from {part}{} to {}", word(from), word(to)),
        }
    }
}

/// The first and the last of each run of what holds.
fn runs(holds: &[bool]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for at in (0..holds.len()).filter(|at| holds[*at]) {
        match runs.last_mut() {
            Some((_, to)) if *to + 1 == at => *to = at,
            _ => runs.push((at, at)),
        }
    }
    runs
}
