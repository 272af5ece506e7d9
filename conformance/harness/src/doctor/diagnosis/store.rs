//! What is to be said of the place where objects lie, and of the objects in it.

use super::{Diagnosis, Finding, Weight};
use crate::doctor::{Facts, Object};
use crate::executor::in_words;
use shmconf_model::trace::Storage;
use std::path::Path;

/// A store of this size, which Docker gives to a container, is too small for many programs.
const SMALL: u64 = 64 << 20;
/// Less than this is as good as nothing.
const NEXT_TO_NOTHING: u64 = 1 << 20;

pub(super) fn diagnoses(facts: &Facts) -> Vec<Diagnosis> {
    let Some(directory) = facts.directory.as_deref() else { return Vec::new() };
    let Some(store) = &facts.machine.store else { return vec![missing(facts, directory)] };
    if Path::new(directory).is_file() {
        return vec![no_directory(directory)];
    }
    [
        foreign(directory, store),
        read_only(facts, directory),
        mode(facts, directory, store),
        room(directory, store),
        files(directory, store),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn missing(facts: &Facts, directory: &str) -> Diagnosis {
    let text = format!("There is no directory {directory}.");
    let mut diagnosis = Diagnosis::new(Weight::Wrong, Finding::NoStore, text, directory);
    diagnosis.breaks = match &facts.no_named_objects {
        Some(reason) => format!("No object with a name can be made or opened: {reason}."),
        None => "Objects with names lie elsewhere than programs expect.".to_owned(),
    };
    diagnosis
}

fn no_directory(directory: &str) -> Diagnosis {
    let text = format!("{directory} is a file, and no directory.");
    let mut diagnosis = Diagnosis::new(Weight::Wrong, Finding::NoStore, text, directory);
    diagnosis.breaks = "No object with a name can be made or opened: shm_open says ENOTDIR.".to_owned();
    diagnosis.remedy = diagnosis.remedy.replacen("`mkdir", &format!("`rm {directory} && mkdir"), 1);
    diagnosis
}

fn foreign(directory: &str, store: &Storage) -> Option<Diagnosis> {
    let kind = Some(&store.file_system).filter(|kind| !kind.is_empty() && *kind != "tmpfs")?;
    let text = format!("{directory} is no tmpfs: its file system is {kind}.");
    Some(Diagnosis::new(Weight::Wrong, Finding::NoTmpfs, text, directory))
}

fn read_only(facts: &Facts, directory: &str) -> Option<Diagnosis> {
    let mount = facts.mount.as_ref().filter(|mount| mount.options.iter().any(|option| option == "ro"))?;
    let text = format!("{directory} is mounted read-only.");
    Some(Diagnosis::new(Weight::Wrong, Finding::ReadOnlyStore, text, &mount.point))
}

fn mode(facts: &Facts, directory: &str, store: &Storage) -> Option<Diagnosis> {
    const SET_GROUP_ID: u32 = 0o2000;
    const STICKY: u32 = 0o1000;
    const OPEN_TO_ALL: u32 = 0o777;
    let mode = store.mode?;
    let text = format!("{directory} has the mode {mode:04o}, and not 1777.");
    if mode & OPEN_TO_ALL != OPEN_TO_ALL {
        let mut diagnosis = Diagnosis::new(Weight::Wrong, Finding::ClosedStore, text, directory);
        if facts.no_named_objects.is_some() {
            diagnosis.breaks.push_str(" This user is one of them.");
        }
        return Some(diagnosis);
    }
    if mode & STICKY == 0 {
        return Some(Diagnosis::new(Weight::Wrong, Finding::UnprotectedStore, text, directory));
    }
    (mode & SET_GROUP_ID != 0).then(|| Diagnosis::new(Weight::Known, Finding::GroupOfStore, text, directory))
}

fn room(directory: &str, store: &Storage) -> Option<Diagnosis> {
    const MUCH: u64 = 10;
    let (free, total) = (in_words(store.free_bytes), in_words(store.total_bytes));
    let (weight, finding, text) = if store.free_bytes < NEXT_TO_NOTHING && store.free_bytes <= store.total_bytes / 2 {
        (Weight::Wrong, Finding::FullStore, format!("{directory} is full: {free} of {total} are free."))
    } else if store.total_bytes <= SMALL {
        let most = in_words(SMALL);
        let text = format!(
            "{directory} has room for {total} in all, of which {free} are free; many programs need more than {most}."
        );
        (Weight::Wrong, Finding::SmallStore, text)
    } else if store.free_bytes < store.total_bytes / MUCH {
        (Weight::Known, Finding::NearlyFullStore, format!("{directory} is nearly full: {free} of {total} are free."))
    } else {
        return None;
    };
    Some(Diagnosis::new(weight, finding, text, directory))
}

fn files(directory: &str, store: &Storage) -> Option<Diagnosis> {
    const FEW: u64 = 100;
    let (weight, finding, text) = match store.free_inodes? {
        0 => (Weight::Wrong, Finding::NoFiles, format!("{directory} has room for no further file.")),
        1 => (Weight::Known, Finding::FewFiles, format!("{directory} has room for 1 more file.")),
        free if free < FEW => {
            (Weight::Known, Finding::FewFiles, format!("{directory} has room for {free} more files."))
        }
        _ => return None,
    };
    Some(Diagnosis::new(weight, finding, text, directory))
}

/// Objects that nobody has open or mapped. They are wrong where they take most of the store.
pub(super) fn unheld(facts: &Facts) -> Option<Diagnosis> {
    let objects = &facts.objects;
    // A named semaphore is meant to stay while nobody has it open, and glibc keeps it among the objects.
    let may_be_left = |object: &&Object| object.holders.is_empty() && !object.name.starts_with("/sem.");
    let unheld: Vec<&Object> = objects.list.iter().filter(may_be_left).collect();
    if unheld.is_empty() || objects.processes_seen == 0 {
        return None;
    }
    let taken: u64 = unheld.iter().map(|object| object.taken_bytes).sum();
    let total = facts.machine.store.as_ref().map_or(u64::MAX, |store| store.total_bytes);
    let is_much = taken > total / 2;
    // Of what other processes have open nothing is known to those who may not look at them.
    let is_certain = facts.sees_all_holders();
    let weight = if is_much && is_certain { Weight::Wrong } else { Weight::Known };
    let share = if is_much { format!("{}, more than half of the store", in_words(taken)) } else { in_words(taken) };
    let unseen = objects.processes_unseen;
    let all = objects.processes_seen + unseen;
    let what = match (&unheld[..], is_certain) {
        ([one], true) => format!("The object {} takes {share}, and nobody has it open or mapped.", one.name),
        ([one], false) => format!(
            "The object {} takes {share}. Whether somebody has it open cannot be told: {unseen} of {all} processes cannot be looked at from here.",
            one.name
        ),
        (many, true) => format!("{} objects take {share}, and nobody has one of them open or mapped.", many.len()),
        (many, false) => format!(
            "{} objects take {share}. Whether somebody has them open cannot be told: {unseen} of {all} processes cannot be looked at from here.",
            many.len()
        ),
    };
    let mut diagnosis = Diagnosis::new(weight, Finding::UnheldObjects, what, facts.directory());
    let is_own = unheld.iter().all(|object| object.uid == facts.uid) || facts.uid == 0;
    diagnosis.remedy = match &facts.directory {
        _ if !is_certain && facts.uid != 0 => "Run `shmconf doctor` as root, which sees who has them open.".to_owned(),
        Some(directory) if !is_own => {
            format!("Its owner or root removes what no program wants any more: `rm {directory}/NAME`.")
        }
        Some(directory) => {
            let name = if let [one] = &unheld[..] { one.name.trim_start_matches('/') } else { "NAME" };
            let path = format!("{directory}/{name}");
            format!("Remove what no program wants any more: `rm {}`.", shell_words::quote(&path))
        }
        None => "Remove what no program wants any more by shm_unlink.".to_owned(),
    };
    Some(diagnosis)
}
