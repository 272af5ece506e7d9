//! What is mounted where the objects lie.

use nix::sys::statvfs::{FsFlags, statvfs};
use serde::Serialize;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A mount.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Mount {
    /// The directory at which the file system begins.
    pub point: String,
    /// How it is mounted, such as `rw`, `nosuid` and `huge=never`; what the system tells.
    pub options: Vec<String>,
}

/// The mount in which a directory lies; nothing where there is no such directory.
pub(super) fn of(directory: &str) -> Option<Mount> {
    let table = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    std::fs::metadata(directory).ok()?;
    listed(&table, directory).or_else(|| asked(directory))
}

/// As Linux lists it: the last mount of those whose point is nearest, as it hides the ones before it.
fn listed(table: &str, directory: &str) -> Option<Mount> {
    let mounts = table.lines().filter_map(|line| {
        let (own, of_file_system) = line.split_once(" - ")?;
        let mut own = own.split(' ').skip(4);
        let (point, options) = (own.next()?, own.next()?);
        Path::new(directory).starts_with(point).then_some(())?;
        let of_file_system = of_file_system.split(' ').nth(2).unwrap_or_default();
        let mut all: Vec<String> = Vec::new();
        for option in options.split(',').chain(of_file_system.split(',')) {
            // A mount that is to be read alone may lie on a file system that is not.
            let is_contradicted = option == "rw" && all.iter().any(|known| known == "ro");
            if !option.is_empty() && !is_contradicted && !all.iter().any(|known| known == option) {
                all.push(option.to_owned());
            }
        }
        Some(Mount { point: point.to_owned(), options: all })
    });
    mounts.max_by_key(|mount| mount.point.len())
}

/// As any system tells: what lies on the same device belongs together.
fn asked(directory: &str) -> Option<Mount> {
    let device = |path: &Path| std::fs::metadata(path).ok().map(|found| found.dev());
    let path = std::fs::canonicalize(directory).ok()?;
    let own = device(&path)?;
    let point = path.ancestors().take_while(|above| device(above) == Some(own)).last()?;
    let flags = statvfs(&path).ok()?.flags();
    let set = [(FsFlags::ST_RDONLY, "ro"), (FsFlags::ST_NOSUID, "nosuid")];
    let options = set.into_iter().filter(|(flag, _)| flags.contains(*flag)).map(|(_, word)| word.to_owned());
    Some(Mount { point: point.to_string_lossy().into_owned(), options: options.collect() })
}

#[cfg(test)]
mod tests {
    use super::{Mount, listed};

    const TABLE: &str = "\
21 1 0:18 / / rw,relatime - ext4 /dev/vda rw
22 21 0:6 / /dev rw,nosuid - devtmpfs dev rw,size=4k
23 22 0:24 / /dev/shm rw,nosuid shared:1 - tmpfs tmpfs rw,size=65536k
24 22 0:25 / /dev/shm ro,noexec - tmpfs tmpfs rw,size=4k
25 22 0:26 / /dev/shmem rw - tmpfs tmpfs rw
";

    fn mount(point: &str, options: &[&str]) -> Option<Mount> {
        Some(Mount { point: point.to_owned(), options: options.iter().map(ToString::to_string).collect() })
    }

    #[test]
    fn the_last_mount_of_a_directory_hides_the_others() {
        assert_eq!(listed(TABLE, "/dev/shm"), mount("/dev/shm", &["ro", "noexec", "size=4k"]));
    }

    #[test]
    fn a_directory_lies_in_the_mount_above_it() {
        assert_eq!(listed(TABLE, "/dev/mqueue"), mount("/dev", &["rw", "nosuid", "size=4k"]));
        assert_eq!(listed(TABLE, "/tmp"), mount("/", &["rw", "relatime"]));
    }
}
