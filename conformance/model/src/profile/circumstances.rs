//! Which entries of a profile hold: those of the platform's release, and of what is set on the machine.

use super::Profile;
use crate::trace::{Machine, Platform};
use serde::Deserialize;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// What is known of a system whose rules are asked for. What is not known rules no entry out.
///
/// Written as `13`, `5.15+glibc-2.31` or `14,overcommit=1`: releases of the platform and of its parts, then settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// By part; the platform's own has no name.
    releases: BTreeMap<String, Release>,
    settings: BTreeMap<String, String>,
}

/// A release, as the numbers of it that are known: 10.14 may be any of 10.14.3 and 10.14.6.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Release(Vec<u32>);

/// The release of a part of a platform, such as `glibc 2.38`; of the platform itself without a word.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct Bound {
    part: String,
    release: Release,
}

/// When an entry of a profile holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct When {
    /// The first release of which it holds.
    since: Option<Bound>,
    /// The last one, with everything that begins with its numbers.
    until: Option<Bound>,
    /// Settings, each with the values of which it holds.
    #[serde(default)]
    settings: BTreeMap<String, Vec<String>>,
}

/// Something that an administrator sets, on which rules of a platform depend.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// What it is, in a sentence.
    pub about: String,
    /// What it can be.
    pub values: Vec<String>,
}

impl Circumstances {
    /// Those under which a trace was made.
    pub fn of(platform: &Platform, machine: &Machine) -> Circumstances {
        let mut releases = BTreeMap::new();
        let own = match &*platform.os {
            "Darwin" => Release::leading(&platform.release).and_then(|darwin| darwin.macos()),
            _ => Release::leading(&platform.release),
        };
        // Another kernel than the one whose release it tells.
        let is_own = platform.stand_in.is_empty() || platform.stand_in == "qemu-user";
        releases.extend(own.filter(|_| is_own).map(|release| (String::new(), release)));
        if let Some((part, release)) = platform.libc.split_once(' ') {
            releases.extend(Release::leading(release).map(|release| (part.to_owned(), release)));
        }
        let mut settings = machine.settings.clone();
        settings.insert(Profile::PAGE_SIZE.to_owned(), platform.page_size.to_string());
        Circumstances { releases, settings }
    }

    /// The platform's own release; empty where it is not known.
    pub fn release(&self) -> String {
        self.releases.get("").map(Release::to_string).unwrap_or_default()
    }

    /// The first part of the platform whose release is known, such as `glibc 2.31`; empty where none is.
    pub fn part(&self) -> String {
        let part = self.releases.iter().find(|(part, _)| !part.is_empty());
        part.map(|(part, release)| format!("{part} {release}")).unwrap_or_default()
    }

    /// The release of a part, if it is known.
    pub(super) fn release_of(&self, part: &str) -> Option<&Release> {
        self.releases.get(part)
    }

    /// With that release of a part.
    pub(super) fn with_release(&self, part: &str, release: Release) -> Circumstances {
        let mut circumstances = self.clone();
        circumstances.releases.insert(part.to_owned(), release);
        circumstances
    }

    /// With a setting of that value.
    pub(super) fn with_setting(&self, setting: &str, value: &str) -> Circumstances {
        let mut circumstances = self.clone();
        circumstances.settings.insert(setting.to_owned(), value.to_owned());
        circumstances
    }

    /// The settings, each with its value.
    pub fn settings(&self) -> &BTreeMap<String, String> {
        &self.settings
    }

    /// The parts whose release is known.
    pub(super) fn parts(&self) -> impl Iterator<Item = &String> {
        self.releases.keys().filter(|part| !part.is_empty())
    }

    /// Without settings that a profile does not know, and values that they cannot have there.
    pub(super) fn as_far_as_known(&self, known: &BTreeMap<String, Setting>) -> Circumstances {
        let mut circumstances = self.clone();
        circumstances.settings.retain(|word, value| known.get(word).is_some_and(|known| known.values.contains(value)));
        circumstances
    }
}

impl When {
    /// From a first release to a last one, where there is one.
    pub(super) fn between(since: Option<&str>, until: Option<&str>) -> Result<When, String> {
        let bound = |text: Option<&str>| text.map(|text| Bound::try_from(text.to_owned())).transpose();
        Ok(When { since: bound(since)?, until: bound(until)?, settings: BTreeMap::new() })
    }

    /// May it hold?
    pub(super) fn may_hold(&self, circumstances: &Circumstances) -> bool {
        let compared = |bound: &Bound| Some(circumstances.releases.get(&bound.part)?.compare(&bound.release));
        let is_set = |(setting, values): (&String, &Vec<String>)| {
            circumstances.settings.get(setting).is_none_or(|value| values.contains(value))
        };
        self.since.as_ref().and_then(compared) != Some(Ordering::Less)
            && self.until.as_ref().and_then(compared) != Some(Ordering::Greater)
            && self.settings.iter().all(is_set)
    }

    /// The releases at which it begins or ends, each with its part.
    pub(super) fn turns(&self) -> impl Iterator<Item = (&String, &Release)> {
        let bounds = [&self.since, &self.until].into_iter().flatten();
        bounds.map(|bound| (&bound.part, &bound.release))
    }

    /// The settings that it depends on, each with the values.
    pub(super) fn settings(&self) -> &BTreeMap<String, Vec<String>> {
        &self.settings
    }
}

/// `up to 10.14.3`, `since glibc 2.38`, `noexec=true`; nothing where it always holds.
impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let releases = match (&self.since, &self.until) {
            (Some(since), Some(until)) => Some(format!("{since} to {until}")),
            (Some(since), None) => Some(format!("since {since}")),
            (None, Some(until)) => Some(format!("up to {until}")),
            (None, None) => None,
        };
        let settings = self.settings.iter().map(|(setting, values)| format!("{setting}={}", values.join("|")));
        f.write_str(&releases.into_iter().chain(settings).collect::<Vec<_>>().join(", "))
    }
}

impl Release {
    /// Before every other.
    pub(super) fn first() -> Release {
        Release(vec![0])
    }

    /// Behind every other.
    pub(super) fn last() -> Release {
        Release(vec![u32::MAX])
    }

    /// The numbers that a text begins with: those of `6.18.44-fc` are 6, 18 and 44.
    fn leading(text: &str) -> Option<Release> {
        let end = text.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(text.len());
        text[..end].trim_end_matches('.').parse().ok()
    }

    /// Of the numbers that both have.
    fn compare(&self, other: &Release) -> Ordering {
        let both = self.0.iter().zip(&other.0);
        both.map(|(one, other)| one.cmp(other)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    /// The release of macOS that has this release of Darwin.
    fn macos(&self) -> Option<Release> {
        let (major, minor) = (*self.0.first()?, self.0.get(1).copied());
        let release = |numbers: &[u32]| Some(Release(numbers.to_vec()));
        match (major, minor) {
            (..=4, _) => None,
            (18, Some(0)) => release(&[10, 14, 0]),
            (18, Some(2)) => release(&[10, 14, 3]),
            (18, Some(5..)) => release(&[10, 14, minor? - 1]),
            (5..=19, _) => release(&[10, major - 4]),
            // The first release of these years came with the second of Darwin.
            (20 | 22, Some(minor)) => release(&[major - 9, minor.saturating_sub(1)]),
            (21, Some(minor)) => release(&[12, minor.saturating_sub(1)]),
            (23 | 24, Some(minor)) => release(&[major - 9, minor]),
            (20..=24, None) => release(&[major - 9]),
            (25.., Some(minor)) => release(&[major.checked_add(1)?, minor]),
            (25.., None) => release(&[major.checked_add(1)?]),
        }
    }
}

impl FromStr for Release {
    type Err = String;

    fn from_str(text: &str) -> Result<Release, String> {
        let numbers = text.split('.').map(str::parse).collect::<Result<Vec<u32>, _>>();
        numbers.map(Release).map_err(|_| format!("found `{text}`, expected a release such as 14 or 10.14.3"))
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(u32::to_string).collect::<Vec<_>>().join("."))
    }
}

impl TryFrom<String> for Bound {
    type Error = String;

    fn try_from(text: String) -> Result<Bound, String> {
        let (part, release) = text.split_once(' ').unwrap_or(("", &text));
        Ok(Bound { part: part.to_owned(), release: release.parse()? })
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let space = if self.part.is_empty() { "" } else { " " };
        write!(f, "{}{space}{}", self.part, self.release)
    }
}

impl FromStr for Circumstances {
    type Err = String;

    fn from_str(text: &str) -> Result<Circumstances, String> {
        let mut circumstances = Circumstances::default();
        for (at, word) in text.split(',').enumerate() {
            if let Some((setting, value)) = word.split_once('=') {
                circumstances.settings.insert(setting.to_owned(), value.to_owned());
            } else if at > 0 {
                return Err(format!("found `{word}`, expected a setting such as noexec=true"));
            } else if !text.starts_with(',') {
                circumstances.releases = releases(word)?;
            }
        }
        Ok(circumstances)
    }
}

/// The releases of the platform and of its parts: `5.15+glibc-2.31`, or `darwin-22.1` for what macOS that is.
fn releases(text: &str) -> Result<BTreeMap<String, Release>, String> {
    let mut releases = BTreeMap::new();
    for word in text.split('+') {
        let (part, release) = match word.split_once('-') {
            Some((part, release)) if !part.is_empty() => (part, release),
            _ => ("", word),
        };
        let release: Release = release.parse()?;
        match (part, release.macos()) {
            ("darwin", Some(macos)) => releases.insert(String::new(), macos),
            (part, _) => releases.insert(part.to_owned(), release),
        };
    }
    Ok(releases)
}
