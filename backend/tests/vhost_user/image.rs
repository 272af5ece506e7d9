//! A disk's image, which a device serves and a test looks into.

use std::fs::{File, write};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use tempfile::TempDir;

/// The size of a sector in bytes.
pub(crate) const SECTOR: usize = 512;

/// How many sectors an image has.
pub(crate) const SECTORS: u64 = 256;

/// An image of [`SECTORS`] sectors in a directory of its own.
pub(crate) struct Image {
    directory: TempDir,
}

impl Image {
    /// Makes an image whose sectors all differ: each holds [`bytes`] with seed 0.
    pub(crate) fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("shmfd-").tempdir().unwrap();
        let image = Self { directory };
        let contents: Vec<u8> = (0..SECTORS).flat_map(|sector| bytes(0, sector)).collect();
        write(image.path(), contents).unwrap();
        image
    }

    /// Where its file is.
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("image")
    }

    /// Where the device that serves it listens.
    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.path().join("socket")
    }

    /// Where the device that serves it complains.
    pub(crate) fn log(&self) -> PathBuf {
        self.directory.path().join("log")
    }

    /// What its file holds now, from `sector` on.
    pub(crate) fn read(&self, sector: u64, len: usize) -> Vec<u8> {
        let mut seen = vec![0; len];
        File::open(self.path()).unwrap().read_exact_at(&mut seen, sector * SECTOR as u64).unwrap();
        seen
    }
}

/// A sector's worth of bytes, other ones for every seed and sector, and none like those before.
pub(crate) fn bytes(seed: u8, sector: u64) -> [u8; SECTOR] {
    let mut bytes = [0; SECTOR];
    for (index, word) in bytes.chunks_exact_mut(8).enumerate() {
        word.copy_from_slice(&(u64::from(seed) << 32 | sector << 16 | index as u64).to_be_bytes());
    }
    bytes
}
