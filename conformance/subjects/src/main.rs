//! The adapter: `shmconf run -s "command:subjects rustix"`.

use shmconf_adapter::actor;
use subjects::{IpcChannel, Memfd, Memmap2, Rustix, SharedMemory};

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("ipc-channel") => actor::main(IpcChannel),
        Some("memfd") => actor::main(Memfd),
        Some("memmap2") => actor::main(Memmap2::default()),
        Some("rustix") => actor::main(Rustix),
        Some("shared_memory") => actor::main(SharedMemory),
        _ => {
            eprintln!("which crate? ipc-channel, memfd, memmap2, rustix or shared_memory");
            std::process::exit(2);
        }
    }
}
