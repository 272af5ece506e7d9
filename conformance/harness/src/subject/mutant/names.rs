//! Faults of how names are told apart.

use shmconf_adapter::subject::{CallResult, Subject, listing, native};
use std::ffi::{CStr, CString, c_int};
use std::os::fd::OwnedFd;

macro_rules! takes_for {
    ($($mutant:ident $other:path),+) => {$(
        #[derive(Default)]
        pub(super) struct $mutant;

        impl Subject for $mutant {
            fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
                native::shm_open(&changed(name, $other), oflag, mode)
            }

            fn shm_unlink(&mut self, name: &CStr) -> CallResult<()> {
                native::shm_unlink(&changed(name, $other))
            }
        }
    )+};
}

takes_for! { CaseFolded small, MarksReplaced plain, HighBitsLost low, EndLost cut, ByteAtABorderLost without_the_128th }

/// A table that has no room for more.
#[derive(Default)]
pub(super) struct TableFull {
    names: Vec<CString>,
}

impl TableFull {
    /// The name, or one of the first ones in its place.
    fn entry(&mut self, name: &CStr) -> CString {
        const ROOM: usize = 16;
        let known = self.names.iter().position(|known| known.as_c_str() == name);
        let at = known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        self.names[at % ROOM].clone()
    }
}

impl Subject for TableFull {
    fn reset(&mut self) {
        self.names.clear();
    }

    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        native::shm_open(&self.entry(name), oflag, mode)
    }

    fn shm_unlink(&mut self, name: &CStr) -> CallResult<()> {
        native::shm_unlink(&self.entry(name))
    }
}

macro_rules! known_by {
    ($($mutant:ident $hash:path),+) => {$(
        #[derive(Default)]
        pub(super) struct $mutant;

        impl Subject for $mutant {
            fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
                native::shm_open(&first_with(name, $hash), oflag, mode)
            }

            fn shm_unlink(&mut self, name: &CStr) -> CallResult<()> {
                native::shm_unlink(&first_with(name, $hash))
            }
        }
    )+};
}

known_by! { KnownByHash product, KnownBySum sum }

/// The name that exists and has the same hash, or the name itself.
fn first_with(name: &CStr, hash: fn(&[u8]) -> u32) -> CString {
    let own = hash(name.to_bytes());
    let names = listing::all().unwrap_or_default();
    let same = names.into_iter().find(|other| other.as_c_str() == name || hash(other.to_bytes()) == own);
    same.unwrap_or_else(|| name.to_owned())
}

fn product(name: &[u8]) -> u32 {
    name.iter().fold(5381u32, |hash, byte| hash.wrapping_mul(33).wrapping_add(u32::from(*byte)))
}

fn sum(name: &[u8]) -> u32 {
    name.iter().map(|byte| u32::from(*byte)).sum()
}

fn changed(name: &CStr, other: fn(&[u8]) -> Vec<u8>) -> CString {
    CString::new(other(name.to_bytes())).unwrap_or_else(|_| name.to_owned())
}

fn small(name: &[u8]) -> Vec<u8> {
    name.to_ascii_lowercase()
}

/// What some stores do not take becomes one letter that they do.
fn plain(name: &[u8]) -> Vec<u8> {
    let plain = |byte: &u8| if matches!(byte, b' ' | b'%' | b'\\' | 1..=31) { b'p' } else { *byte };
    name.iter().map(plain).collect()
}

fn low(name: &[u8]) -> Vec<u8> {
    let low = |byte: &u8| if byte.is_ascii() { *byte } else { b'p' };
    name.iter().map(low).collect()
}

/// A name of a fixed length, as in a table of the kernel, whose last byte is taken by its end.
fn cut(name: &[u8]) -> Vec<u8> {
    const ROOM: usize = 29;
    name[..name.len().min(ROOM)].to_vec()
}

/// A name in blocks of 127 bytes, of which the last one of a block is taken by its end.
fn without_the_128th(name: &[u8]) -> Vec<u8> {
    const BORDER: usize = 127;
    name.iter().enumerate().filter(|(at, _)| *at != BORDER).map(|(_, byte)| *byte).collect()
}
