//! Which processes have a file open or mapped, read from /proc as far as this user may.

use super::Holder;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A file, by device and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct File {
    device: u64,
    number: u64,
}

/// Who holds which file.
#[derive(Debug, Default)]
pub(super) struct Held {
    holders: BTreeMap<File, BTreeSet<Holder>>,
    /// Processes that could be looked at.
    pub(super) seen: u64,
    /// Processes that could not.
    pub(super) unseen: u64,
}

impl File {
    pub(super) fn of(found: &Metadata) -> File {
        File { device: found.dev(), number: found.ino() }
    }
}

impl Held {
    /// The holders of a file.
    pub(super) fn of(&self, file: File) -> Vec<Holder> {
        self.holders.get(&file).into_iter().flatten().cloned().collect()
    }
}

/// The holders of those files. Where no process is shown, none was seen.
pub(super) fn of(files: &BTreeSet<File>) -> Held {
    let mut held = Held::default();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = entries.filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())));
    for (pid, directory) in processes {
        match (opened(&directory), mapped(&directory)) {
            (Ok(opened), Ok(mapped)) => {
                held.seen += 1;
                let program = fs::read_to_string(directory.join("comm")).unwrap_or_default().trim_end().to_owned();
                for file in opened.union(&mapped).filter(|file| files.contains(file)) {
                    held.holders.entry(*file).or_default().insert(Holder { pid, program: program.clone() });
                }
            }
            (Err(error), _) | (_, Err(error)) if is_gone(&error) => {}
            _ => held.unseen += 1,
        }
    }
    held
}

/// The process has ended meanwhile.
fn is_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(libc::ESRCH)
}

fn opened(process: &Path) -> io::Result<BTreeSet<File>> {
    let entries = fs::read_dir(process.join("fd"))?;
    Ok(entries.flatten().filter_map(|entry| fs::metadata(entry.path()).ok()).map(|found| File::of(&found)).collect())
}

fn mapped(process: &Path) -> io::Result<BTreeSet<File>> {
    let maps = fs::read(process.join("maps"))?;
    Ok(String::from_utf8_lossy(&maps).lines().filter_map(mapping).collect())
}

/// The file of `7f0000000000-7f0000001000 rw-s 00000000 00:18 3 /dev/shm/x`.
fn mapping(line: &str) -> Option<File> {
    let mut words = line.split_ascii_whitespace().skip(3);
    let (major, minor) = words.next()?.split_once(':')?;
    let (major, minor) = (u32::from_str_radix(major, 16).ok()?, u32::from_str_radix(minor, 16).ok()?);
    let number = words.next()?.parse().ok().filter(|number| *number != 0)?;
    Some(File { device: device(major, minor), number })
}

/// A device's number as Linux gives it to programs: the low 8 bits of the minor number, 12 of the major one, and the rest.
fn device(major: u32, minor: u32) -> u64 {
    let (major, minor) = (u64::from(major), u64::from(minor));
    (minor & 0xff) | (major & 0xfff) << 8 | (minor & !0xff) << 12 | (major & !0xfff) << 32
}

#[cfg(test)]
mod tests {
    use super::{File, mapping};
    use rstest::rstest;

    #[rstest]
    #[case("7f00-7f01 rw-s 00000000 00:18 3                    /dev/shm/x", Some((0x18, 3)))]
    #[case("7f00-7f01 rw-s 00001000 103:02 12 /dev/shm/a name (deleted)", Some((0x1_0302, 12)))]
    #[case("7f00-7f01 rw-p 00000000 00:00 0 [heap]", None)]
    #[case("nonsense", None)]
    fn a_line_of_maps_names_a_file(#[case] line: &str, #[case] file: Option<(u64, u64)>) {
        assert_eq!(mapping(line), file.map(|(device, number)| File { device, number }));
    }
}
