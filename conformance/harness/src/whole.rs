//! Files that are there whole, or as they were: each is written beside its place, and then moved there.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tempfile::NamedTempFile;

/// Writes a file.
pub(crate) fn write(path: &Path, text: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let mut file = beside(path)?;
    text(file.as_file_mut())?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// Says whether a file could be written there, and writes nothing.
pub(crate) fn try_out(path: &Path) -> io::Result<()> {
    if path.exists() {
        File::options().write(true).open(path)?;
    }
    beside(path).map(drop)
}

/// A file in the same directory, which is removed unless it is moved; as readable as any that is made.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::metadata(directory)?;
    let file =
        tempfile::Builder::new().prefix(".shmconf-").permissions(Permissions::from_mode(0o666)).tempfile_in(directory);
    // Without the name of that file, which nobody has asked for.
    file.map_err(|error| error.kind().into())
}
