//! Where a document goes. That it can be written there is tried before the work begins, so that a bad path fails early.

use super::error::CliError;
use crate::whole;
use anstream::{AutoStream, StripStream};
use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

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
            _ => {
                whole::try_out(&path)?;
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
                let written = whole::write(&path, |file| plain(file, text));
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

/// Writes text without colours.
fn plain(file: &mut File, text: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut buffered = BufWriter::new(StripStream::new(file));
    text(&mut buffered)?;
    buffered.flush()
}
