//! Where a document goes. A file is there whole, or as it was: it is written beside its place, and then moved there. That it
//! can be is tried before the work begins, so that a bad path fails early.

use super::error::CliError;
use anstream::{AutoStream, StripStream};
use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Columns of a text that no terminal shows.
const WIDTH: usize = 100;

/// An output that can be written to.
pub(super) enum Output {
    /// Standard output, with colours if they are wanted there.
    Stdout,
    /// A file, without colours.
    File(PathBuf),
    /// What is no file though it has a path, such as a pipe.
    Stream(PathBuf, File),
}

impl Output {
    /// Opens a file, or standard output for none and for `-`.
    pub(super) fn open(path: Option<&Path>) -> Result<Output, CliError> {
        match path {
            None => Ok(Output::Stdout),
            Some(path) if path == Path::new("-") => Ok(Output::Stdout),
            Some(path) => Output::at(path).map_err(|source| CliError::Open { path: path.to_owned(), source }),
        }
    }

    fn at(path: &Path) -> io::Result<Output> {
        // What a link leads to is replaced, and not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&path) {
            Ok(there) if there.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(there) if !there.is_file() => {
                let file = File::options().write(true).open(&path)?;
                Ok(Output::Stream(path, file))
            }
            there => {
                if there.is_ok() {
                    File::options().write(true).open(&path)?;
                }
                beside(&path)?;
                Ok(Output::File(path))
            }
        }
    }

    /// How many columns the reader has.
    pub(super) fn width(&self) -> usize {
        match self {
            Output::Stdout if io::stdout().is_terminal() => {
                terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0))
            }
            _ => WIDTH,
        }
    }

    /// Is it a file, so that standard output stays empty?
    pub(super) fn is_file(&self) -> bool {
        !matches!(self, Output::Stdout)
    }

    /// Writes all of `text`. A reader who has gone away has read what they wanted: that is no error.
    pub(super) fn write(self, text: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
        let (path, written) = match self {
            Output::Stdout => {
                let mut buffered = BufWriter::new(AutoStream::auto(io::stdout().lock()));
                (PathBuf::from("standard output"), text(&mut buffered).and_then(|()| buffered.flush()))
            }
            Output::File(path) => {
                let written = beside(&path).and_then(|mut file| {
                    plain(file.as_file_mut(), text)?;
                    file.persist(&path).map(drop).map_err(|error| error.error)
                });
                (path, written)
            }
            Output::Stream(path, mut file) => {
                let written = plain(&mut file, text);
                (path, written)
            }
        };
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::Write { path, source: error }),
            _ => Ok(()),
        }
    }
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

/// Writes text without colours.
fn plain(file: &mut File, text: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut buffered = BufWriter::new(StripStream::new(file));
    text(&mut buffered)?;
    buffered.flush()
}
