//! What is to be said of a machine: what is wrong or surprising, what it breaks, and what to do.

mod finding;
mod setting;
mod store;

pub use finding::Finding;

use super::{Confinement, Facts, Limits};
use crate::executor::in_words;
use serde::Serialize;
use shmconf_model::call::Resource;

/// One thing about a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Diagnosis {
    /// A word for it that stays, such as `full-store`, or the ID of a deviation, such as `linux/noexec`.
    pub id: String,
    /// How bad it is.
    pub weight: Weight,
    /// What was found, in a sentence.
    pub text: String,
    /// What it breaks.
    pub breaks: String,
    /// What to do about it.
    pub remedy: String,
}

/// How bad a diagnosis is; the worse one comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Usual programs fail by it.
    Wrong,
    /// It is as many machines are, and some programs fail by it.
    Known,
}

impl Diagnosis {
    /// What is generally said of a finding, where objects lie in that directory.
    fn new(weight: Weight, finding: Finding, text: String, directory: &str) -> Diagnosis {
        let (breaks, remedy) = (finding.breaks().to_owned(), finding.remedy(directory));
        Diagnosis { id: finding.id().to_owned(), weight, text, breaks, remedy }
    }
}

/// All there is to say, worst first.
pub(super) fn of(facts: &Facts) -> Vec<Diagnosis> {
    let mut diagnoses = store::diagnoses(facts);
    diagnoses.extend(refused(facts, &diagnoses));
    diagnoses.extend(no_memfds(facts));
    diagnoses.extend(store::unheld(facts));
    diagnoses.extend(setting::diagnoses(facts));
    diagnoses.extend(limits(facts));
    diagnoses.extend(confined(facts));
    diagnoses.sort_by_key(|diagnosis| diagnosis.weight);
    diagnoses
}

/// That no object can be made, where nothing of the store explains it.
fn refused(facts: &Facts, explanations: &[Diagnosis]) -> Option<Diagnosis> {
    let reason = facts.no_named_objects.as_ref()?;
    let is_explained = explanations.iter().any(|diagnosis| diagnosis.weight == Weight::Wrong);
    (!is_explained).then(|| {
        let text = format!("No object with a name can be made: {reason}.");
        Diagnosis::new(Weight::Wrong, Finding::NoObjects, text, facts.directory())
    })
}

fn no_memfds(facts: &Facts) -> Option<Diagnosis> {
    let reason = facts.no_memfds.as_ref()?;
    let is_set = facts.machine.settings.get("memfd_noexec").is_some_and(|value| value == "2");
    let text = format!("No memfd can be made: {reason}.");
    let mut diagnosis = Diagnosis::new(Weight::Wrong, Finding::NoMemfds, text, facts.directory());
    if is_set {
        diagnosis.remedy =
            "Set `sysctl vm.memfd_noexec=1`, or have programs call memfd_create with MFD_NOEXEC_SEAL.".to_owned();
    }
    Some(diagnosis)
}

/// The limits of this process that objects meet.
fn limits(facts: &Facts) -> Vec<Diagnosis> {
    const FEW: u64 = 1024;
    let soft = |resource| facts.limits.get(&resource).and_then(|limits: &Limits| limits.soft);
    let mut diagnoses = Vec::new();
    let mut add = |finding, text| {
        diagnoses.push(Diagnosis::new(Weight::Known, finding, text, facts.directory()));
    };
    if let Some(most) = soft(Resource::Fsize) {
        add(Finding::LimitedFiles, format!("A file of this process may have at most {}.", in_words(most)));
    }
    if let Some(most) = soft(Resource::As) {
        add(Finding::LimitedAddresses, format!("This process may map at most {}.", in_words(most)));
    }
    if let Some(most) = soft(Resource::Nofile).filter(|most| *most < FEW) {
        add(Finding::FewDescriptors, format!("This process may have {most} descriptors."));
    }
    diagnoses
}

/// What confines this process.
fn confined(facts: &Facts) -> Vec<Diagnosis> {
    let Confinement { label, memory_bytes, .. } = &facts.confinement;
    let is_set = |setting: &str| facts.machine.settings.get(setting).is_some_and(|value| value == "true");
    let mut diagnoses = Vec::new();
    let mut add = |finding, text| {
        diagnoses.push(Diagnosis::new(Weight::Known, finding, text, facts.directory()));
    };
    if let Some(label) = label.as_ref().filter(|label| is_set("apparmor") && *label != "unconfined") {
        add(Finding::Apparmor, format!("AppArmor confines this process by the profile {label}."));
    }
    if is_set("selinux") {
        let label = label.as_deref().unwrap_or("without a label");
        add(Finding::Selinux, format!("SELinux enforces its rules, and this process is {label}."));
    }
    let free = facts.machine.store.as_ref().map(|store| store.free_bytes);
    if let Some((memory, free)) = memory_bytes.zip(free).filter(|(memory, free)| memory < free) {
        let (memory, free) = (in_words(memory), in_words(free));
        let text = format!("The store has {free} of free room, but this process may use {memory} of memory.");
        add(Finding::StoreBeyondMemory, text);
    }
    diagnoses
}
