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

/// The command that makes a directory the store.
fn mount(directory: &str) -> String {
    format!("mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs {directory}")
}

fn missing(facts: &Facts, directory: &str) -> Diagnosis {
    let breaks = match &facts.no_named_objects {
        Some(reason) => format!("No object with a name can be made or opened: {reason}."),
        None => "Objects with names lie elsewhere than programs expect.".to_owned(),
    };
    let remedy = format!(
        "As root: `mkdir -p {directory} && {}`. In Docker do not \
         start the container with `--ipc=none`.",
        mount(directory)
    );
    Diagnosis::new(Weight::Wrong, Finding::NoStore, format!("There is no directory {directory}."), breaks, remedy)
}

fn no_directory(directory: &str) -> Diagnosis {
    let breaks = "No object with a name can be made or opened: shm_open says ENOTDIR.".to_owned();
    let remedy = format!("As root: `rm {directory} && mkdir {directory} && {}`.", mount(directory));
    Diagnosis::new(Weight::Wrong, Finding::NoStore, format!("{directory} is a file, and no directory."), breaks, remedy)
}

fn foreign(directory: &str, store: &Storage) -> Option<Diagnosis> {
    let kind = Some(&store.file_system).filter(|kind| !kind.is_empty() && *kind != "tmpfs")?;
    let text = format!("{directory} is no tmpfs: its file system is {kind}.");
    let breaks = "Objects are files on that file system: they may outlive a restart, take room there, and be slow.";
    let remedy = format!("As root: `{}`.", mount(directory));
    Some(Diagnosis::new(Weight::Wrong, Finding::NoTmpfs, text, breaks.to_owned(), remedy))
}

fn read_only(facts: &Facts, directory: &str) -> Option<Diagnosis> {
    let mount = facts.mount.as_ref().filter(|mount| mount.options.iter().any(|option| option == "ro"))?;
    let text = format!("{directory} is mounted read-only.");
    let breaks = "No object with a name can be made or removed: shm_open says EROFS.";
    let remedy = format!("As root: `mount -o remount,rw {}`.", mount.point);
    Some(Diagnosis::new(Weight::Wrong, Finding::ReadOnlyStore, text, breaks.to_owned(), remedy))
}

fn mode(facts: &Facts, directory: &str, store: &Storage) -> Option<Diagnosis> {
    const SET_GROUP_ID: u32 = 0o2000;
    const STICKY: u32 = 0o1000;
    const OPEN_TO_ALL: u32 = 0o777;
    let mode = store.mode?;
    let text = format!("{directory} has the mode {mode:04o}, and not 1777.");
    let chmod = |what: &str| format!("As root: `chmod {what} {directory}`.");
    if mode & OPEN_TO_ALL != OPEN_TO_ALL {
        let own = if facts.no_named_objects.is_some() { " This user is one of them." } else { "" };
        let breaks = format!("Users whom the mode leaves out cannot make objects: shm_open says EACCES.{own}");
        return Some(Diagnosis::new(Weight::Wrong, Finding::ClosedStore, text, breaks, chmod("1777")));
    }
    if mode & STICKY == 0 {
        let breaks = "Anybody may remove the objects of others, and put their own in their place.";
        return Some(Diagnosis::new(Weight::Wrong, Finding::UnprotectedStore, text, breaks.to_owned(), chmod("1777")));
    }
    (mode & SET_GROUP_ID != 0).then(|| {
        let breaks = "Objects have the group of the directory, and not that of the process that makes them.";
        Diagnosis::new(Weight::Known, Finding::GroupOfStore, text, breaks.to_owned(), chmod("g-s"))
    })
}

fn room(directory: &str, store: &Storage) -> Option<Diagnosis> {
    const MUCH: u64 = 10;
    let (free, total) = (in_words(store.free_bytes), in_words(store.total_bytes));
    let breaks = "ftruncate succeeds all the same; storing into memory for which there is no room ends the program by \
                  SIGBUS, and posix_fallocate says ENOSPC."
        .to_owned();
    let enlarge = format!(
        "As root: `mount -o remount,size=1G {directory}`. In Docker: `--shm-size=1g`, or `shm_size` in a compose file; \
         in Kubernetes an emptyDir with `medium: Memory` at {directory}."
    );
    let (weight, finding, text) = if store.free_bytes < NEXT_TO_NOTHING && store.free_bytes <= store.total_bytes / 2 {
        (Weight::Wrong, Finding::FullStore, format!("{directory} is full: {free} of {total} are free."))
    } else if store.total_bytes <= SMALL {
        (
            Weight::Wrong,
            Finding::SmallStore,
            format!(
                "{directory} has room for {total} in all, of which {free} are free; many programs need more than {}.",
                in_words(SMALL)
            ),
        )
    } else if store.free_bytes < store.total_bytes / MUCH {
        (Weight::Known, Finding::NearlyFullStore, format!("{directory} is nearly full: {free} of {total} are free."))
    } else {
        return None;
    };
    let remedy = match weight {
        Weight::Wrong if finding == Finding::SmallStore => enlarge,
        _ => format!("Remove objects that nobody uses. {enlarge}"),
    };
    Some(Diagnosis::new(weight, finding, text, breaks, remedy))
}

fn files(directory: &str, store: &Storage) -> Option<Diagnosis> {
    const FEW: u64 = 100;
    let remedy = format!("Remove objects that nobody uses. As root: `mount -o remount,nr_inodes=100k {directory}`.");
    let (weight, finding, text, breaks) = match store.free_inodes? {
        0 => (
            Weight::Wrong,
            Finding::NoFiles,
            format!("{directory} has room for no further file."),
            "No object can be made: shm_open says ENOSPC, whatever room in bytes there is.",
        ),
        free if free < FEW => (
            Weight::Known,
            Finding::FewFiles,
            format!("{directory} has room for {free} more {}.", if free == 1 { "file" } else { "files" }),
            "Each object is a file; for one more, shm_open says ENOSPC, whatever room in bytes there is.",
        ),
        _ => return None,
    };
    Some(Diagnosis::new(weight, finding, text, breaks.to_owned(), remedy))
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
    let weight = if taken > total / 2 { Weight::Wrong } else { Weight::Known };
    let share = match weight {
        Weight::Wrong => format!("{}, more than half of the store", in_words(taken)),
        Weight::Known => in_words(taken),
    };
    let who = if facts.sees_all_holders() { "nobody" } else { "no process that can be looked at from here" };
    let what = match &unheld[..] {
        [one] => format!("The object {} takes {share}, and {who} has it open or mapped.", one.name),
        all => format!("{} objects take {share}, and {who} has one of them open or mapped.", all.len()),
    };
    let breaks = "What nobody uses takes memory until somebody removes it. A program that died may have left it; another may \
                  mean to open it later.";
    let remedy = match &facts.directory {
        Some(directory) => {
            let name = if let [one] = &unheld[..] { one.name.trim_start_matches('/') } else { "NAME" };
            let path = format!("{directory}/{name}");
            format!("Remove what no program wants any more: `rm {}`.", shell_words::quote(&path))
        }
        None => "Remove what no program wants any more by shm_unlink.".to_owned(),
    };
    Some(Diagnosis::new(weight, Finding::UnheldObjects, what, breaks.to_owned(), remedy))
}
