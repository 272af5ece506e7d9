//! What each platform makes of the name of an object: whether it can be used, how long it is there, and what it stands for.
//!
//! All of it is what the model answers to `shm_open` and `shm_unlink` of that name, so that no second table says it.

use crate::call::{Call, Label, Name, OpenFlags};
use crate::judge::violations;
use crate::model::{self, Branch, Expect, PORTABLE_NAME_BYTES, Site, State};
use crate::outcome::Errno;
pub use crate::profile::Beginning;
use crate::profile::{Limit, Profile, ProfileError};
use crate::script::Id;
use crate::simulation;
use crate::trace::{self, Header, Machine, Platform};
use crate::verdict::Allowed;
use std::collections::BTreeSet;

/// A name that every platform with objects with names takes; what it meets is no fault of a name.
const PLAIN: &str = "/a";

/// What one platform makes of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameThere {
    /// Its profile.
    pub profile: String,
    /// Can the name be used?
    pub usable: Usable,
    /// How many bytes the name has, as the platform counts them.
    pub bytes: usize,
    /// How many it may have, counted so. In some releases it may have fewer: see `least`.
    pub most: Option<usize>,
    /// How many every release takes, counted so.
    pub least: Option<usize>,
    /// Where that differs: how many, and of which releases.
    pub by_release: Vec<(usize, String)>,
    /// Is it known how many?
    pub is_known: bool,
    /// Is the slash in front counted?
    pub with_slash: bool,
    /// What shm_open refuses it by, and why.
    pub refusals: Vec<Allowed>,
    /// What shm_unlink refuses it by where shm_open took it, and why.
    pub unlink_refusals: Vec<Allowed>,
    /// What it stands for, where that is not plain.
    pub stands_for: Option<StandsFor>,
    /// The named semaphore that is the same file.
    pub semaphore: Option<String>,
    /// How names have to begin for programs that are kept apart.
    pub beginnings: Vec<Beginning>,
}

/// Can a name be used?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usable {
    /// It can.
    Yes,
    /// In some releases, or with some settings, it cannot.
    AtTimes,
    /// It can, and shm_unlink refuses it at times or always.
    Stays,
    /// It cannot.
    No,
    /// The limit is not known, and the name is longer than what every other platform takes.
    Unknown,
    /// There are no objects with names there.
    NoNames,
}

/// Which object a name reaches that does not have one slash, in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StandsFor {
    /// The one that this plain name reaches.
    Same(String),
    /// Another one than this plain name reaches.
    Another(String),
}

/// A name that can be used everywhere, and what was changed to make it one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// The name.
    pub name: String,
    /// What was changed, in words; nothing where it was right.
    pub changes: Vec<String>,
}

/// What every platform that is known makes of a name.
///
/// # Errors
///
/// Those of [`Profile::get`].
pub fn everywhere(name: &str) -> Result<Vec<NameThere>, ProfileError> {
    let profiles = Profile::platforms().map(Profile::get);
    profiles.map(|profile| Ok(there(&profile?, name))).collect()
}

/// What one platform makes of a name.
pub fn there(profile: &Profile, name: &str) -> NameThere {
    let place = Place::of(profile);
    let (made, refused, kept) = place.make(name);
    let (plainly_made, plainly_refused, plainly_kept) = place.make(PLAIN);
    let length = Length::of(profile);
    // What is taken from POSIX, as nothing is known, says nothing of the platform.
    let too_long = &profile.rules.name_too_long.choices;
    let is_too_long = |expect: &Expect| too_long.iter().any(|choice| *expect == Expect::Errno(choice.value));
    let is_known = |branch: &Branch| !branch.is_assumed() && (length.is_known || !is_too_long(&branch.expect));
    let own = |branches: Vec<Branch>, plain: &[Branch]| -> Vec<Branch> {
        let is_plain = |branch: &Branch| plain.iter().any(|plain| plain.expect == branch.expect);
        branches.into_iter().filter(|branch| is_known(branch) && !is_plain(branch)).collect()
    };
    let (refused, kept) = (own(refused, &plainly_refused), own(kept, &plainly_kept));
    let usable = match (plainly_made.is_empty(), made.is_empty(), refused.is_empty() && kept.is_empty()) {
        (true, ..) => Usable::NoNames,
        (_, true, _) => Usable::No,
        (_, false, true) if !length.is_known && name.len() > PORTABLE_NAME_BYTES => Usable::Unknown,
        (_, false, true) => Usable::Yes,
        (_, false, false) if refused.is_empty() => Usable::Stays,
        (_, false, false) => Usable::AtTimes,
    };
    let bytes = length.bytes(name);
    NameThere {
        profile: profile.name.clone(),
        usable,
        bytes,
        most: length.most,
        least: length.least,
        by_release: length.by_release,
        is_known: length.is_known,
        with_slash: length.with_slash,
        refusals: violations::allowed(profile, &refused),
        unlink_refusals: violations::allowed(profile, &kept),
        stands_for: if made.is_empty() { None } else { place.stands_for(name) },
        semaphore: profile.notes.iter().find_map(|note| semaphore(name, note.semaphores.as_deref()?)),
        beginnings: profile.notes.iter().filter_map(|note| note.names.clone()).collect(),
    }
}

/// The named semaphore whose file has that name, where files of semaphores begin so.
fn semaphore(name: &str, begin: &str) -> Option<String> {
    let own = name.trim_start_matches('/').strip_prefix(begin)?;
    (!own.is_empty() && !own.contains('/')).then(|| format!("/{own}"))
}

/// The characters of a name that are not in POSIX's portable filename character set.
///
/// # References
///
/// POSIX.1-2024, Base Definitions, 3.265: letters, digits, `.`, `_` and `-`.
pub fn unportable(name: &str) -> BTreeSet<char> {
    let inner = name.trim_matches('/').chars();
    inner.filter(|c| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '_' | '-' | '/')).collect()
}

/// How many bytes a name can have on every release of a platform, its slash included; none where there is no limit, or
/// none is known.
pub fn most_bytes(profile: &Profile) -> Option<usize> {
    let length = Length::of(profile);
    Some(length.least? + usize::from(!length.with_slash))
}

/// Are there objects with names at all?
pub fn has_names(profile: &Profile) -> bool {
    !Place::of(profile).make(PLAIN).0.is_empty()
}

/// How many bytes a name can have on every platform, its slash included.
///
/// # Errors
///
/// Those of [`Profile::get`].
pub fn portable_bytes() -> Result<usize, ProfileError> {
    let mut least = usize::MAX;
    for id in Profile::platforms() {
        let profile = Profile::get(id)?;
        if !has_names(&profile) {
            continue;
        }
        least = most_bytes(&profile).unwrap_or(usize::MAX).min(least);
    }
    Ok(least)
}

/// The fewest changes that make a name right everywhere.
///
/// # Errors
///
/// Those of [`Profile::get`].
pub fn mended(name: &str) -> Result<Option<Mended>, ProfileError> {
    let mut mended = Mended { name: name.to_owned(), changes: Vec::new() };
    let inner = name.trim_matches('/');
    let slashes = format!("/{inner}");
    if inner.is_empty() {
        return Ok(None);
    }
    if slashes != name {
        mended.name = slashes;
        mended.changes.push("one slash in front, and none at the end".to_owned());
    }
    if inner.contains('/') {
        mended.name = format!("/{}", inner.replace('/', "-"));
        mended.changes.push("hyphens for the slashes inside".to_owned());
    }
    if matches!(inner, "." | "..") {
        mended.name.push('x');
        mended.changes.push("another name than those of directories".to_owned());
    }
    let most = portable_bytes()?;
    if mended.name.len() > most {
        let end = (0..=most).rev().find(|end| mended.name.is_char_boundary(*end)).unwrap_or(0);
        mended.name.truncate(end);
        mended.changes.push(format!("no more than its first {end} bytes"));
    }
    let is_right =
        |there: &NameThere| matches!(there.usable, Usable::Yes | Usable::NoNames) && there.stands_for.is_none();
    Ok(everywhere(&mended.name)?.iter().all(is_right).then_some(mended))
}

/// Gives mended names that are the same a number at their ends, as the names that they were are not the same.
pub fn tell_apart<'a>(mended: impl Iterator<Item = &'a mut Mended>) {
    let mut mended: Vec<&mut Mended> = mended.collect();
    let names: Vec<String> = mended.iter().map(|mended| mended.name.clone()).collect();
    for (at, mended) in mended.iter_mut().enumerate() {
        let alike = |others: &[String]| others.iter().filter(|name| **name == names[at]).count();
        if mended.changes.is_empty() || alike(&names) < 2 {
            continue;
        }
        let end = format!("-{}", alike(&names[..at]) + 1);
        let keep = mended.name.len() - if mended.name.len() > PLAIN.len() + end.len() { end.len() } else { 0 };
        let keep = (0..=keep).rev().find(|keep| mended.name.is_char_boundary(*keep)).unwrap_or(0);
        mended.name.truncate(keep);
        mended.name.push_str(&end);
        mended.changes.push("a number, as another name here would be the same".to_owned());
    }
}

/// Where a name is tried: an empty state of a platform.
struct Place<'a> {
    profile: &'a Profile,
    state: State,
    actor: Label,
}

impl Place<'_> {
    fn of(profile: &Profile) -> Place<'_> {
        Place { profile, state: State::initial(&ordinary(profile)), actor: Label::A }
    }

    /// The branches by which an object of that name is created, by which it is not, and by which it is not unlinked.
    fn make(&self, name: &str) -> (Vec<Branch>, Vec<Branch>, Vec<Branch>) {
        let created = self.step(&self.state, &open(name, true), 0);
        let (made, refused): (Vec<Branch>, Vec<Branch>) = created.into_iter().partition(succeeds);
        let mut kept = Vec::new();
        for branch in &made {
            let after = branch.apply(self.state.clone(), &branch.expect.example(&self.state, self.actor));
            let unlink = Call::ShmUnlink { name: Name::Literal(name.to_owned()) };
            kept.extend(self.step(&after, &unlink, 1).into_iter().filter(|branch| !succeeds(branch)));
        }
        (made, refused, kept)
    }

    fn step(&self, state: &State, call: &Call, event: u32) -> Vec<Branch> {
        let site = Site { actor: self.actor, bind: &[], event, creating: 0, fds: None };
        let mut branches = Vec::new();
        model::step(self.profile, state, site, call, &mut branches);
        branches
    }

    /// Which object a name reaches that is not plain, held against the plain form of it.
    fn stands_for(&self, name: &str) -> Option<StandsFor> {
        let plain = format!("/{}", name.trim_matches('/'));
        if plain == name || plain == "/" {
            return None;
        }
        let created = self.step(&self.state, &open(&plain, true), 0).into_iter().find(succeeds)?;
        let after = created.apply(self.state.clone(), &created.expect.example(&self.state, self.actor));
        let reached = self.step(&after, &open(name, false), 1);
        let found = reached.iter().any(succeeds);
        let missed = reached.iter().any(|branch| branch.expect == Expect::Errno(Errno::ENOENT));
        match (found, missed) {
            (true, false) => Some(StandsFor::Same(plain)),
            _ => Some(StandsFor::Another(plain)),
        }
    }
}

/// What a trace of one ordinary actor says first.
fn ordinary(profile: &Profile) -> Header {
    let platform = Platform { page_size: profile.page_size(simulation::PAGE), ..Platform::default() };
    Header {
        format: trace::FORMAT.to_owned(),
        case: Id::of_path("name"),
        subject: String::new(),
        platform,
        machine: Machine::default(),
        seed: 0,
        in_pages: false,
        actors: vec![simulation::beginner(Label::A, simulation::ORDINARY)],
    }
}

fn open(name: &str, create: bool) -> Call {
    let flags = if create { OpenFlags::RDWR | OpenFlags::CREAT | OpenFlags::EXCL } else { OpenFlags::RDWR };
    Call::ShmOpen { name: Name::Literal(name.to_owned()), flags, mode: if create { 0o600 } else { 0 } }
}

fn succeeds(branch: &Branch) -> bool {
    matches!(branch.expect, Expect::Fd(_) | Expect::Ok)
}

/// How long names can be.
struct Length {
    least: Option<usize>,
    most: Option<usize>,
    is_known: bool,
    with_slash: bool,
    limits: Vec<Limit>,
    by_release: Vec<(usize, String)>,
}

impl Length {
    fn of(profile: &Profile) -> Length {
        let known = profile.rules.name_length.choices.iter().filter(|choice| !choice.justification.assumed);
        let limits: Vec<Limit> = known.map(|choice| choice.value).collect();
        let bounded = |bytes: usize| (bytes != usize::MAX).then_some(bytes);
        let least = limits.iter().map(|limit| limit.always).min().and_then(bounded);
        let most = limits.iter().map(|limit| limit.never.unwrap_or(usize::MAX)).max().and_then(bounded);
        let (is_known, with_slash) = (!limits.is_empty(), limits.iter().all(|limit| limit.with_slash));
        let lengths = &profile.rules.name_length;
        let ranged = lengths.choices.iter().zip(&lengths.when).filter(|(_, when)| !when.is_empty());
        let by_release = ranged.flat_map(|(choice, when)| {
            choice.value.never.into_iter().flat_map(|most| when.split("; ").map(move |when| (most, when.to_owned())))
        });
        let by_release = by_release.collect();
        Length { least, most, is_known, with_slash, limits, by_release }
    }

    /// How many bytes a name has, as the release counts them that finds most.
    fn bytes(&self, name: &str) -> usize {
        self.limits.iter().map(|limit| limit.bytes(name)).max().unwrap_or(name.len())
    }
}
