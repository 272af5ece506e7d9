//! A platform as data: what it does wherever POSIX leaves it open, and where it departs from POSIX.
//!
//! The profile `posix` says for each rule which choices the standard allows and by which clause. A platform says which
//! of them it makes, with the source; a choice that the standard does not allow has a deviation. The model reads rules
//! and never asks which platform it is.

mod advice;
mod choices;
mod circumstances;
mod dimension;
mod entries;
mod order;
mod read;
mod releases;
mod rules;

pub use advice::advice;
pub use choices::{
    Beyond, Bits, Blocks, Cut, Fault, Found, Identity, Kind, Limit, Links, NameAnswer, Number, Offset, Removal, Resize,
    Response, Rest, Rounding, Tail, Times, TooFar, Truncation, UnlinkRight, Write,
};
pub(crate) use circumstances::Release;
use circumstances::When;
pub use circumstances::{Circumstances, Setting};
pub use dimension::Dimension;
pub use order::{Check, Order, Orders};
pub use read::ProfileError;
pub use releases::Releases;
pub use rules::{RuleInfo, Rules};

use crate::clause::ClauseId;
use crate::trace::{Machine, Platform};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The rules of POSIX, or of a platform.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Such as `linux-glibc`.
    pub id: String,
    /// The same, with the release and the settings that were asked for, such as `macos@13`.
    pub name: String,
    /// What people call it, and which versions it speaks of.
    pub title: String,
    /// Is it one of those that come with the model, and not of a file?
    pub(crate) is_built_in: bool,
    /// The releases that it speaks of.
    pub(self) releases: When,
    /// What was known of the system when it was asked for: nothing is left of what does not hold there.
    pub circumstances: Circumstances,
    /// The releases at which its rules change: its own without a name, and those of parts such as `glibc`.
    pub(crate) turns: BTreeMap<String, BTreeSet<Release>>,
    /// The settings on which its rules depend; the others are for people to know.
    pub(crate) used: BTreeSet<String>,
    /// What can be set there that its rules depend on.
    pub settings: BTreeMap<String, Setting>,
    /// What it does. There are more rules than a small stack has room for.
    pub rules: Box<Rules>,
    /// In which order it makes the checks of a call, where that is known.
    pub orders: Orders,
    /// Where it departs from POSIX; rules refer to them by index.
    pub deviations: Vec<Deviation>,
    /// What else an application has to know of it, which no call of a script shows.
    pub notes: Vec<Note>,
}

/// Something to know of a platform that no rule holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// What it does, in a sentence or two.
    pub text: String,
    /// File and function of the system, or how it was measured.
    pub source: String,
    /// How names have to begin for programs that are kept apart, where that is what it says.
    #[serde(default)]
    pub names: Option<Beginning>,
    /// Where named semaphores are kept beside the objects: what the name of such a semaphore begins with there, before its own.
    #[serde(default)]
    pub semaphores: Option<String>,
}

/// How names have to begin for programs that the system keeps apart from others.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beginning {
    /// What keeps them apart, such as `a snap`.
    pub within: String,
    /// How their names begin, with a word in capitals for what differs.
    pub begin: String,
    /// What that word stands for.
    #[serde(rename = "where")]
    pub meaning: String,
}

/// What a platform does in one matter: one choice, or several where it may do any of them.
#[derive(Debug, Clone, Default)]
pub struct Rule<T> {
    /// At least one.
    pub choices: Vec<Choice<T>>,
    /// When each of them is one, where that depends on the release or on settings; else nothing.
    pub when: Vec<String>,
    /// The settings on which they depend.
    pub settings: BTreeSet<String>,
    /// Where it is known from; empty where the platform says nothing and POSIX's choices stand.
    pub source: String,
}

/// One thing that a platform may do, and why that is allowed.
#[derive(Debug, Clone)]
pub struct Choice<T> {
    /// What it does.
    pub value: T,
    /// Why that is allowed.
    pub justification: Justification,
}

/// Why something is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Justification {
    /// The clause that speaks of it.
    pub clause: ClauseId,
    /// Index of the platform's departure from it.
    pub deviation: Option<u16>,
    /// Is it taken from POSIX because nothing is known of the platform?
    pub assumed: bool,
    /// Index of the rule by which a platform chooses, among [`Rules::KEYS`].
    pub rule: Option<u8>,
}

/// A known departure of a platform from a clause.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// Such as `macos/size-once`.
    pub id: String,
    /// The clause that it departs from.
    pub clause: ClauseId,
    /// What the platform does, in a sentence.
    pub text: String,
    /// The trouble that it makes for an application, in a sentence.
    pub trouble: String,
    /// What an application does instead, to be right there and everywhere.
    pub instead: String,
    /// File and function of the system, or how it was measured.
    pub source: String,
    /// Which versions do it.
    #[serde(default)]
    pub versions: String,
    /// Does every object with a name meet it, whatever a program does with it?
    #[serde(default)]
    pub general: bool,
    /// Does the platform know nothing else in a matter? If not it departs in some versions or set-ups, or by chance.
    #[serde(skip)]
    pub always: bool,
}

impl<T> Rule<T> {
    /// Is `holds` true of every choice?
    pub fn always(&self, holds: impl Fn(&T) -> bool) -> bool {
        self.choices.iter().all(|choice| holds(&choice.value))
    }
}

impl Justification {
    /// A clause, as it stands.
    pub const fn clause(clause: ClauseId) -> Justification {
        Justification { clause, deviation: None, assumed: false, rule: None }
    }
}

impl From<ClauseId> for Justification {
    fn from(clause: ClauseId) -> Justification {
        Justification::clause(clause)
    }
}

impl Profile {
    /// The setting that the size of a page is, in bytes.
    pub const PAGE_SIZE: &str = "page_size";

    /// The ID of the standard's own profile.
    pub const POSIX: &str = "posix";

    /// The IDs of the profiles that are built in.
    pub fn ids() -> impl Iterator<Item = &'static str> {
        read::BUILT_IN.iter().map(|(id, _)| *id)
    }

    /// The IDs of those among them that are platforms: all but `posix`.
    pub fn platforms() -> impl Iterator<Item = &'static str> {
        Profile::ids().filter(|id| *id != Profile::POSIX)
    }

    /// A built-in profile, as `macos`, `macos@13` or `linux-glibc@5.15+glibc-2.31,noexec=true`: with a release and
    /// settings, it has what holds there alone.
    ///
    /// # Errors
    ///
    /// [`ProfileError::Unknown`], which lists those that there are, and [`ProfileError::Circumstances`].
    pub fn get(text: &str) -> Result<Profile, ProfileError> {
        let end = text.find(['@', ',']).unwrap_or(text.len());
        let (id, circumstances) = (&text[..end], text[end..].strip_prefix('@').unwrap_or(&text[end..]));
        let problem = |problem| ProfileError::Circumstances { id: id.to_owned(), problem };
        let circumstances = match circumstances {
            "" if end == text.len() => Circumstances::default(),
            circumstances => circumstances.parse().map_err(problem)?,
        };
        let whole = read::built_in(id, &Circumstances::default())?;
        whole.check(&circumstances).map_err(problem)?;
        let profile =
            if circumstances == Circumstances::default() { whole } else { Profile::under(id, &circumstances)? };
        Ok(Profile { name: text.to_owned(), ..profile })
    }

    /// A built-in profile, with what holds under those circumstances alone. Settings that it does not know have no part in it.
    ///
    /// # Errors
    ///
    /// As for [`Profile::get`].
    pub fn under(id: &str, circumstances: &Circumstances) -> Result<Profile, ProfileError> {
        read::built_in(id, circumstances)
    }

    /// Can the settings be what they are said to be?
    fn check(&self, circumstances: &Circumstances) -> Result<(), String> {
        if self.id == Profile::POSIX && *circumstances != Circumstances::default() {
            return Err("it is a standard, in which nothing depends on a release or a setting".to_owned());
        }
        if !self.releases.may_hold(circumstances) {
            let (release, known) = (circumstances.release(), &self.releases);
            return Err(format!("nothing is known of release {release}; what is known is of releases {known}"));
        }
        if let Some(part) = circumstances.parts().find(|part| !self.turns.contains_key(*part)) {
            let known = self.turns.keys().filter(|part| !part.is_empty());
            let known = known.map(|part| format!("`{part}`")).collect::<Vec<_>>().join(", ");
            return Err(match &*known {
                "" => format!("its rules depend on the release of the platform alone, and not on that of `{part}`"),
                known => format!("its rules depend on the release of the platform and of {known}, not of `{part}`"),
            });
        }
        for (word, value) in circumstances.settings() {
            let known = self.settings.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            let setting =
                self.settings.get(word).ok_or_else(|| format!("no setting is called `{word}`; there are {known}"))?;
            if !setting.values.contains(value) {
                return Err(format!("`{word}` cannot be `{value}`; it is {}", setting.values.join(" or ")));
            }
        }
        Ok(())
    }

    /// The ID of the profile of a platform; POSIX itself for one that has none.
    pub fn id_for(platform: &Platform) -> &'static str {
        let named = match platform.os.as_str() {
            _ if !platform.stand_in.is_empty() => &platform.stand_in,
            "Linux" if platform.libc.starts_with("musl") => "linux-musl",
            "Linux" if platform.libc.starts_with("bionic") => "android",
            "Linux" => "linux-glibc",
            "Darwin" => "macos",
            "SunOS" => "illumos",
            os if os.starts_with("CYGWIN") => "cygwin",
            os => os,
        };
        Profile::ids().find(|id| id.eq_ignore_ascii_case(named)).unwrap_or(Profile::POSIX)
    }

    /// The profile of a platform, under the circumstances of a machine.
    ///
    /// # Errors
    ///
    /// As for [`Profile::under`].
    pub fn of(platform: &Platform, machine: &Machine) -> Result<Profile, ProfileError> {
        Profile::under(Profile::id_for(platform), &Circumstances::of(platform, machine))
    }

    /// What the settings usually are that were not asked for and that its rules depend on, such as `tmpfs` and `true`. Of a profile
    /// in a file this is not known.
    pub fn usual_settings(&self) -> impl Iterator<Item = (&str, &str)> {
        let asked = self.circumstances.settings();
        let is_open = move |word: &str| {
            let matters = word != Profile::PAGE_SIZE && self.used.contains(word);
            self.is_built_in && matters && !asked.contains_key(word)
        };
        let open = self.settings.iter().filter(move |(word, _)| is_open(word));
        open.filter_map(|(word, setting)| Some((word.as_str(), setting.values.first()?.as_str())))
    }

    /// The same platform, with these settings as they usually are.
    ///
    /// # Errors
    ///
    /// As for [`Profile::under`].
    pub fn as_usual(&self) -> Result<Profile, ProfileError> {
        if self.usual_settings().next().is_none() {
            return Ok(self.clone());
        }
        let circumstances = self.circumstances.clone();
        let usual = self.usual_settings().fold(circumstances, |known, (word, value)| known.with_setting(word, value));
        Ok(Profile { name: self.name.clone(), ..Profile::under(&self.id, &usual)? })
    }

    /// Are these the rules of that platform, in whatever release?
    pub fn is_of(&self, platform: &Platform) -> bool {
        self.id == Profile::id_for(platform)
    }

    /// Reads a profile from its TOML text.
    ///
    /// # Errors
    ///
    /// [`ProfileError`] says which rule or deviation cannot be what it is.
    pub fn parse(text: &str) -> Result<Profile, ProfileError> {
        read::platform(text, &Circumstances::default())
    }

    /// The deviations by which a rule makes a choice under these circumstances, in the order of the rules.
    pub fn departures(&self) -> Vec<&Deviation> {
        let rules = self.rules.list();
        let choices = rules.iter().flat_map(|rule| &rule.choices);
        let mut departures: Vec<&Deviation> = Vec::new();
        for deviation in choices.filter_map(|(_, justification)| self.deviation(*justification)) {
            if departures.iter().all(|known| known.id != deviation.id) {
                departures.push(deviation);
            }
        }
        departures
    }

    /// The releases at which its rules change, in order, by part; its own have no name.
    pub fn turning_releases(&self) -> BTreeMap<String, Vec<String>> {
        let words = |releases: &BTreeSet<Release>| releases.iter().map(ToString::to_string).collect();
        self.turns.iter().map(|(part, releases)| (part.clone(), words(releases))).collect()
    }

    /// Do its rules depend on that setting?
    pub fn depends_on(&self, setting: &str) -> bool {
        self.used.contains(setting)
    }

    /// The size of a page there, in bytes: that one, where the platform may have it.
    pub fn page_size(&self, wanted: u64) -> u64 {
        let known = self.settings.get(Profile::PAGE_SIZE).map_or(&[][..], |setting| &setting.values);
        let size = match self.circumstances.settings().get(Profile::PAGE_SIZE) {
            Some(settled) => Some(settled),
            None if known.contains(&wanted.to_string()) => None,
            None => known.first(),
        };
        size.and_then(|size| size.parse().ok()).unwrap_or(wanted)
    }

    /// The deviation of a justification, if it is one.
    pub fn deviation(&self, justification: Justification) -> Option<&Deviation> {
        self.deviations.get(usize::from(justification.deviation?))
    }
}
