//! What the machine has for objects with names: the file system in which they are kept, the room in it, and what is set.

use super::{ExecutorError, system};
use nix::sys::statvfs::statvfs;
use shmconf_adapter::subject::listing;
use shmconf_model::call::{Amount, Call};
use shmconf_model::script::Script;
use shmconf_model::trace::{Machine, Storage};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;

/// This machine at the moment, on which that has been set.
pub(super) fn with(settings: &BTreeMap<String, String>) -> Machine {
    Machine { store: listing::directory().and_then(storage), settings: settings.clone() }
}

/// What has been set on this machine, as the profile of its platform calls it.
pub(super) fn settings() -> BTreeMap<String, String> {
    let directory = listing::directory();
    let told = system::SETTINGS.iter().filter_map(|(setting, read)| Some(((*setting).to_owned(), read(directory)?)));
    told.collect()
}

/// The file system of a directory, and the room in it.
#[allow(clippy::unnecessary_cast, clippy::useless_conversion, reason = "the widths differ between systems")]
fn storage(directory: &str) -> Option<Storage> {
    let room = statvfs(directory).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(room.fragment_size() as u64);
    Some(Storage {
        free_bytes: bytes(room.blocks_available() as u64),
        // A file system that counts none says that it has none in all.
        free_inodes: (room.files() > 0).then_some(room.files_available() as u64),
        total_bytes: bytes(room.blocks() as u64),
        file_system: system::file_system(directory),
        mode: mode_of(directory),
    })
}

/// Why objects in this machine's store are none that a profile describes, if that is so.
pub(super) fn unfit_store() -> Option<String> {
    const SET_GROUP_ID: u32 = 0o2000;
    let directory = listing::directory()?;
    if mode_of(directory)? & SET_GROUP_ID != 0 {
        return Some(format!(
            "{directory} gives its own group to new objects: take that off by `chmod g-s {directory}`"
        ));
    }
    system::is_foreign(directory)
        .then(|| format!("{directory} is no tmpfs, as it should be on this system: mount one there"))
}

/// Why users who share this machine's store do not meet in it as a profile says, if that is so.
pub(super) fn unshared_store() -> Option<String> {
    const OPEN_TO_ALL: u32 = 0o1777;
    let directory = listing::directory()?;
    let mode = mode_of(directory)?;
    (mode & OPEN_TO_ALL != OPEN_TO_ALL).then(|| {
        format!(
            "{directory} has the mode {mode:04o}, and not 1777, in which users can share it: `chmod 1777 {directory}`"
        )
    })
}

/// The permission bits of a directory.
fn mode_of(directory: &str) -> Option<u32> {
    Some(std::fs::metadata(directory).ok()?.permissions().mode() & 0o7777)
}

/// What the objects of a script may take of the store at most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Needs {
    pub(super) bytes: u64,
    pub(super) inodes: u64,
}

impl Needs {
    /// Sizes beyond this one are asked for so that they are refused.
    const MOST: u64 = 1 << 30;

    /// Those of a script. Objects that the subject makes without a name may lie elsewhere.
    pub(super) fn of(script: &Script, page: u64, nameless_too: bool) -> Needs {
        let mut needs = Needs::default();
        for line in script.lines() {
            let actors = line.who.row.map_or(1, |(first, last)| u64::from(last.abs_diff(first)) + 1);
            let one = Needs::of_call(&line.call, page, nameless_too);
            needs.bytes = needs.bytes.saturating_add(one.bytes.saturating_mul(actors));
            needs.inodes = needs.inodes.saturating_add(one.inodes.saturating_mul(actors));
        }
        if needs.inodes == 0 { Needs::default() } else { needs }
    }

    fn of_call(call: &Call, page: u64, nameless_too: bool) -> Needs {
        let pages = |len: &Amount| {
            let bytes = u64::try_from(len.resolve(page).get()).unwrap_or(0);
            // It may begin in the middle of a page. Setting and reading both take the page.
            if bytes > Needs::MOST { 0 } else { bytes.next_multiple_of(page) + page }
        };
        match call {
            Call::Store { len, .. }
            | Call::Load { len, .. }
            | Call::Write { len, .. }
            | Call::Pwrite { len, .. }
            | Call::PosixFallocate { len, .. } => Needs { bytes: pages(len), inodes: 0 },
            Call::ShmOpen { flags, .. } if flags.contains(shmconf_model::call::OpenFlags::CREAT) => {
                Needs { bytes: 0, inodes: 1 }
            }
            Call::Collide => Needs { bytes: page, inodes: 2 },
            Call::Create { .. } if nameless_too => Needs { bytes: page, inodes: 1 },
            _ => Needs::default(),
        }
    }

    /// Is there that much, while so many scripts run at the same time?
    pub(super) fn check(self, machine: &Machine, scripts: u32) -> Result<(), ExecutorError> {
        let Some((store, directory)) = machine.store.as_ref().zip(listing::directory()) else { return Ok(()) };
        let bytes = self.bytes.saturating_mul(scripts.into());
        let inodes = self.inodes.saturating_mul(scripts.into());
        if bytes > store.free_bytes {
            // In steps, so that reports have few reasons.
            let needed = bytes.checked_next_power_of_two().unwrap_or(bytes);
            let (free, needed) = (in_words(store.free_bytes), in_words(needed));
            return Err(ExecutorError::NoRoom(format!("{directory}: {free} are free, up to {needed} are needed")));
        }
        match store.free_inodes {
            Some(free) if inodes > free => {
                Err(ExecutorError::NoRoom(format!("{directory}: {free} files can be made, {inodes} are needed")))
            }
            _ => Ok(()),
        }
    }
}

/// `4 KiB`
pub(crate) fn in_words(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["bytes", "KiB", "MiB", "GiB"];
    let mut unit = 0;
    let mut number = bytes;
    while number >= 10 << 10 && unit + 1 < UNITS.len() || unit == 0 && number >= 1 << 10 {
        (number, unit) = (number.div_ceil(1 << 10), unit + 1);
    }
    format!("{number} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::{Needs, in_words};
    use rstest::rstest;
    use shmconf_model::script::Script;
    use shmconf_model::trace::{Machine, Storage};

    const PAGE: u64 = 4096;

    fn needs(lines: &str, nameless_too: bool) -> Needs {
        let script: Script = format!("# my/script\n{lines}").parse().expect("it is a script");
        Needs::of(&script, PAGE, nameless_too)
    }

    #[rstest]
    #[case::of_a_name("a: f = shm_open(@x, RDWR|CREAT, 0600)", 0, 1)]
    #[case::of_each_of_a_row("race {\n    a[1..3]: f = shm_open(@x, RDWR|CREAT, 0600)\n}", 0, 3)]
    #[case::of_storage("a: f = shm_open(@x, RDWR|CREAT, 0600)\na: posix_fallocate(f, 0, 5000)", 3 * PAGE, 1)]
    #[case::of_what_is_refused(
        "a: f = shm_open(@x, RDWR|CREAT, 0600)\na: posix_fallocate(f, 0, 9223372036854775807)",
        0,
        1
    )]
    fn room_is_needed(#[case] lines: &str, #[case] bytes: u64, #[case] inodes: u64) {
        assert_eq!(needs(lines, true), Needs { bytes, inodes });
    }

    #[test]
    fn objects_that_lie_elsewhere_need_no_room_in_the_store() {
        let script = "a: f = create(PAGE)\na: m = mmap(f, 0, PAGE, READ|WRITE, SHARED)\na: store(m, 0, 0x41, PAGE)";
        assert_eq!(needs(script, false), Needs::default());
        assert_eq!(needs(script, true), Needs { bytes: 3 * PAGE, inodes: 1 });
    }

    #[rstest]
    #[case::enough(64 << 10, Some(2), 2, "")]
    #[case::too_few_bytes(12 << 10, Some(9), 2, "requires room in ")]
    #[case::too_few_files(64 << 10, Some(1), 2, "1 files can be made, 2 are needed")]
    #[case::files_that_are_not_counted(64 << 10, None, 2, "")]
    fn a_script_is_kept_from_a_store_with(
        #[case] free_bytes: u64,
        #[case] free_inodes: Option<u64>,
        #[case] scripts: u32,
        #[case] said: &str,
    ) {
        let machine = Machine {
            store: Some(Storage { free_bytes, free_inodes, total_bytes: 1 << 20, ..Storage::default() }),
            ..Machine::default()
        };
        let refused = Needs { bytes: 2 * PAGE, inodes: 1 }.check(&machine, scripts);
        let refused = refused.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(refused.contains(said) && refused.is_empty() == said.is_empty(), "{refused}");
    }

    #[rstest]
    #[case(0, "0 bytes")]
    #[case(1023, "1023 bytes")]
    #[case(4096, "4 KiB")]
    #[case(64 << 20, "64 MiB")]
    fn amounts_are_told_in_words(#[case] bytes: u64, #[case] words: &str) {
        assert_eq!(in_words(bytes), words);
    }
}
