//! What stands in for a QEMU where the harness cannot be its device: on other systems, and without the feature `qemu`.

use super::Failure;
use std::io;
use std::os::fd::OwnedFd;

/// A QEMU, of which there is none here.
#[derive(Debug)]
pub struct Machine {
    memory: OwnedFd,
    pid: u32,
}

const ELSEWHERE: &str =
    "this shmconf cannot speak with QEMU; on 64-bit Linux, build it again with the feature: cargo … --features qemu";

impl Machine {
    /// Why no object can be had of that program.
    pub fn why_not(_binary: &str) -> Option<String> {
        Some(ELSEWHERE.to_owned())
    }

    /// Starts one, which fails here.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn start(_binary: &str, _size: i64) -> Result<Machine, Failure> {
        Err(Failure { pid: None, signal: None, words: ELSEWHERE.to_owned() })
    }

    /// Its process number.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The memory.
    pub fn memory(&self) -> &OwnedFd {
        &self.memory
    }

    /// Writes the guest's memory, which fails here.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn write(&mut self, _address: u64, _bytes: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Reads the guest's memory, which fails here.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn read(&mut self, _address: u64, _len: usize) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
