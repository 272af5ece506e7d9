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
    fn new(weight: Weight, finding: Finding, text: String, breaks: String, remedy: String) -> Diagnosis {
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
        let breaks = "Programs that share memory by shm_open do not work.".to_owned();
        let remedy = "Look for a filter of system calls or a security policy that forbids it to this process, and \
                      have it allow shm_open.";
        Diagnosis::new(Weight::Wrong, Finding::NoObjects, text, breaks, remedy.to_owned())
    })
}

fn no_memfds(facts: &Facts) -> Option<Diagnosis> {
    let reason = facts.no_memfds.as_ref()?;
    let is_set = facts.machine.settings.get("memfd_noexec").is_some_and(|value| value == "2");
    let remedy = if is_set {
        "Set `sysctl vm.memfd_noexec=1`, or have programs call memfd_create with MFD_NOEXEC_SEAL."
    } else {
        "Look for a filter of system calls that forbids it, such as a seccomp profile of the container, and have it \
         allow memfd_create."
    };
    let text = format!("No memfd can be made: {reason}.");
    let breaks = "Programs that share memory without a name by memfd_create do not work, or fall back on shm_open.";
    Some(Diagnosis::new(Weight::Wrong, Finding::NoMemfds, text, breaks.to_owned(), remedy.to_owned()))
}

/// The limits of this process that objects meet.
fn limits(facts: &Facts) -> Vec<Diagnosis> {
    const FEW: u64 = 1024;
    let soft = |resource| facts.limits.get(&resource).and_then(|limits: &Limits| limits.soft);
    let mut diagnoses = Vec::new();
    let mut add = |finding, text: String, breaks: &str, flag: &str| {
        let remedy = format!("Raise it with `ulimit -{flag}` in the shell, or where the service is set up.");
        diagnoses.push(Diagnosis::new(Weight::Known, finding, text, breaks.to_owned(), remedy));
    };
    if let Some(most) = soft(Resource::Fsize) {
        let breaks = "ftruncate beyond that ends the program by SIGXFSZ, or says EFBIG where it ignores the signal.";
        add(Finding::LimitedFiles, format!("A file of this process may have at most {}.", in_words(most)), breaks, "f");
    }
    if let Some(most) = soft(Resource::As) {
        let breaks = "mmap says ENOMEM where an object does not fit beside what the program has mapped already.";
        add(Finding::LimitedAddresses, format!("This process may map at most {}.", in_words(most)), breaks, "v");
    }
    if let Some(most) = soft(Resource::Nofile).filter(|most| *most < FEW) {
        let breaks = "Each object that is open takes one; beyond that shm_open says EMFILE.";
        add(Finding::FewDescriptors, format!("This process may have {most} descriptors."), breaks, "n");
    }
    diagnoses
}

/// What confines this process.
fn confined(facts: &Facts) -> Vec<Diagnosis> {
    let Confinement { label, memory_bytes, .. } = &facts.confinement;
    let is_set = |setting: &str| facts.machine.settings.get(setting).is_some_and(|value| value == "true");
    let mut diagnoses = Vec::new();
    if let Some(label) = label.as_ref().filter(|label| is_set("apparmor") && *label != "unconfined") {
        let text = format!("AppArmor confines this process by the profile {label}.");
        let breaks = "Names that the profile does not allow are EACCES. A snap is kept to names that begin with \
                      `snap.NAME.`.";
        let remedy = "Allow the names in the profile: `/dev/shm/NAME* rwlk,`.";
        diagnoses.push(Diagnosis::new(Weight::Known, Finding::Apparmor, text, breaks.to_owned(), remedy.to_owned()));
    }
    if is_set("selinux") {
        let label = label.as_deref().unwrap_or("without a label");
        let text = format!("SELinux enforces its rules, and this process is {label}.");
        let breaks = "Objects of other domains may be EACCES, and memory that is both writable and executable is \
                      refused to many domains.";
        let remedy = "Look for `avc: denied` with `ausearch -m avc`, and allow what is meant to be shared.";
        diagnoses.push(Diagnosis::new(Weight::Known, Finding::Selinux, text, breaks.to_owned(), remedy.to_owned()));
    }
    let free = facts.machine.store.as_ref().map(|store| store.free_bytes);
    if let Some((memory, free)) = memory_bytes.zip(free).filter(|(memory, free)| memory < free) {
        let (memory, free) = (in_words(memory), in_words(free));
        let text = format!("The store has {free} of free room, but this process may use {memory} of memory.");
        let breaks = "What objects take counts as memory: instead of ENOSPC, the system ends a process.";
        let remedy = "Make the store smaller than the memory, or give the container or the service more memory.";
        diagnoses.push(Diagnosis::new(
            Weight::Known,
            Finding::StoreBeyondMemory,
            text,
            breaks.to_owned(),
            remedy.to_owned(),
        ));
    }
    diagnoses
}
