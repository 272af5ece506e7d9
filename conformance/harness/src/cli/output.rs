//! Where a document goes. Files are opened before the work begins, so that a bad path fails early.

use super::error::CliError;
use anstream::{AutoStream, StripStream};
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Columns of a text that no terminal shows.
const WIDTH: usize = 100;

/// An open output.
pub(super) enum Output {
    /// Standard output, with colours if they are wanted there.
    Stdout,
    /// A file, without colours.
    File(PathBuf, File),
}

impl Output {
    /// Opens a file, or standard output for none and for `-`.
    pub(super) fn open(path: Option<&Path>) -> Result<Output, CliError> {
        match path {
            None => Ok(Output::Stdout),
            Some(path) if path == Path::new("-") => Ok(Output::Stdout),
            Some(path) => {
                let file = File::create(path).map_err(|source| CliError::Open { path: path.to_owned(), source })?;
                Ok(Output::File(path.to_owned(), file))
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
        matches!(self, Output::File(..))
    }

    /// Writes all of `text`. A reader who has gone away has read what they wanted: that is no error.
    pub(super) fn write(self, text: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
        let (path, written) = match self {
            Output::Stdout => {
                let mut buffered = BufWriter::new(AutoStream::auto(io::stdout().lock()));
                (PathBuf::from("standard output"), text(&mut buffered).and_then(|()| buffered.flush()))
            }
            Output::File(path, file) => {
                let mut buffered = BufWriter::new(StripStream::new(file));
                let written = text(&mut buffered).and_then(|()| buffered.flush());
                (path, written)
            }
        };
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::Write { path, source: error }),
            _ => Ok(()),
        }
    }
}
