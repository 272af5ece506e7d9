//! What is to be said of settings. What they change is known to the platform's profile; here stands how to change them.

use super::{Diagnosis, Finding, Weight};
use crate::doctor::Facts;
use shmconf_model::profile::{Circumstances, Deviation, Profile};
use shmconf_model::trace::Machine;

/// How an administrator changes a setting back.
const CHANGED_BY: &[(&str, &str)] = &[
    ("noexec", "mount -o remount,exec /dev/shm"),
    ("protected_regular", "sysctl fs.protected_regular=0"),
    ("allow_wx", "sysctl kern.elf64.allow_wx=1"),
    ("imply_prot_max", "sysctl vm.imply_prot_max=0"),
];

pub(super) fn diagnoses(facts: &Facts) -> Vec<Diagnosis> {
    let id = Profile::id_for(&facts.platform);
    let Ok(profile) = Profile::get(id) else { return Vec::new() };
    let mut diagnoses = Vec::new();
    for (setting, value) in &facts.machine.settings {
        let Some(usual) = profile.settings.get(setting).and_then(|setting| setting.values.first()) else { continue };
        if value != usual {
            let brought = brought_by(facts, id, setting, usual);
            diagnoses.extend(brought.into_iter().map(|deviation| changed(setting, value, deviation)));
        }
    }
    diagnoses.extend(removed_at_logout(facts));
    diagnoses.extend(huge_pages(facts));
    diagnoses.extend(overcommit(facts));
    diagnoses
}

/// The deviations that are there as the machine is set, and would not be if that setting were the usual one.
fn brought_by(facts: &Facts, id: &str, setting: &str, usual: &str) -> Vec<Deviation> {
    let deviations = |machine: &Machine| -> Vec<Deviation> {
        let profile = Profile::under(id, &Circumstances::of(&facts.platform, machine));
        profile.map(|profile| profile.departures().into_iter().cloned().collect()).unwrap_or_default()
    };
    let mut other = facts.machine.clone();
    other.settings.insert(setting.to_owned(), usual.to_owned());
    let usually = deviations(&other);
    let mut here = deviations(&facts.machine);
    here.retain(|deviation| usually.iter().all(|known| known.id != deviation.id));
    here
}

fn changed(setting: &str, value: &str, deviation: Deviation) -> Diagnosis {
    let how = CHANGED_BY.iter().find(|(known, _)| *known == setting);
    let or = how.map(|(_, command)| format!(" Or, as root: `{command}`.")).unwrap_or_default();
    Diagnosis {
        id: deviation.id,
        weight: Weight::Known,
        text: format!("{setting} is {value}. {}", deviation.text),
        breaks: deviation.trouble,
        remedy: format!("{}{or}", deviation.instead),
    }
}

/// What systemd does to users who are no users of the system.
fn removed_at_logout(facts: &Facts) -> Option<Diagnosis> {
    const FIRST_ORDINARY: u32 = 1000;
    is(facts, "remove_ipc", &["true"]).filter(|_| facts.uid >= FIRST_ORDINARY)?;
    let text = "systemd removes the objects of a user when that user logs out.".to_owned();
    Some(Diagnosis::new(Weight::Known, Finding::RemovedAtLogout, text, facts.directory()))
}

fn huge_pages(facts: &Facts) -> Option<Diagnosis> {
    let value = is(facts, "huge_pages", &["always", "within_size", "force"])?;
    let text = format!("Memfds take huge pages: transparent_hugepage/shmem_enabled is {value}.");
    Some(Diagnosis::new(Weight::Known, Finding::HugePages, text, facts.directory()))
}

fn overcommit(facts: &Facts) -> Option<Diagnosis> {
    is(facts, "overcommit", &["2"])?;
    let text = "vm.overcommit_memory is 2: the system promises no more memory than it has.".to_owned();
    Some(Diagnosis::new(Weight::Known, Finding::StrictOvercommit, text, facts.directory()))
}

/// The value of a setting, if it is one of those.
fn is<'f>(facts: &'f Facts, setting: &str, values: &[&str]) -> Option<&'f str> {
    facts.machine.settings.get(setting).map(String::as_str).filter(|value| values.contains(value))
}
