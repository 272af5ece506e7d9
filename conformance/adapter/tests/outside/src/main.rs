//! The adapter: `shmconf run -s "command:outside DIRECTORY"`.

#![forbid(unsafe_code)]

use outside::Files;
use std::io;
use std::path::PathBuf;

fn main() -> io::Result<()> {
    let directory = PathBuf::from(std::env::args_os().nth(1).ok_or(io::ErrorKind::InvalidInput)?);
    shmconf_adapter::actor::main(Files::of(&directory)?)
}
