//! Two processes share memory by one of the crates, as their users would: something for `shmconf record` to look at.
//!
//! ```text
//! shmconf record -- cargo run --example share -- shared_memory
//! ```

use ipc_channel::ipc::{IpcOneShotServer, IpcSender, IpcSharedMemory};
use memfd::{FileSeal, MemfdOptions};
use memmap2::{Mmap, MmapMut};
use shared_memory::ShmemConf;
use std::env;
use std::error::Error;
use std::process::Command;

type Done = Result<(), Box<dyn Error>>;

fn main() -> Done {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["shared_memory"] => shared_memory(),
        ["shared_memory", name] => shared_memory_of_another(name),
        ["ipc_channel"] => ipc_channel(),
        ["ipc_channel", server] => ipc_channel_to_another(server),
        ["memfd"] => memfd(),
        _ => Err("name shared_memory, ipc_channel or memfd".into()),
    }
}

/// Starts this program once more, and waits for it.
fn child(words: &[&str]) -> Done {
    let status = Command::new(env::current_exe()?).args(words).status()?;
    if status.success() { Ok(()) } else { Err("the child failed".into()) }
}

/// A child opens the object by its name, and writes.
fn shared_memory() -> Done {
    let memory = ShmemConf::new().size(4096).create()?;
    child(&["shared_memory", memory.get_os_id()])?;
    // SAFETY: the mapping has 4096 bytes, and the child that wrote to it is gone.
    let first = unsafe { memory.as_ptr().read_volatile() };
    assert_eq!(first, 7);
    Ok(())
}

fn shared_memory_of_another(name: &str) -> Done {
    let memory = ShmemConf::new().os_id(name).open()?;
    // SAFETY: the mapping has 4096 bytes, and the parent waits.
    unsafe { memory.as_ptr().write_volatile(7) };
    Ok(())
}

/// A child makes an object and sends it.
fn ipc_channel() -> Done {
    let (server, name) = IpcOneShotServer::<IpcSharedMemory>::new()?;
    let waiting = std::thread::spawn(move || child(&["ipc_channel", &name]).map_err(|error| error.to_string()));
    let (_, memory) = server.accept()?;
    assert!(memory.len() == 10000 && memory[9999] == 7);
    waiting.join().map_err(|_| "the thread panicked")??;
    Ok(())
}

fn ipc_channel_to_another(server: &str) -> Done {
    IpcSender::connect(server.to_owned())?.send(IpcSharedMemory::from_byte(7, 10000))?;
    Ok(())
}

/// A memfd is written, sealed, and mapped anew for reading.
fn memfd() -> Done {
    let memfd = MemfdOptions::default().allow_sealing(true).create("share")?;
    memfd.as_file().set_len(4096)?;
    // SAFETY: nobody else has the memfd.
    let mut mapped = unsafe { MmapMut::map_mut(memfd.as_file())? };
    mapped[0] = 7;
    drop(mapped);
    memfd.add_seals(&[FileSeal::SealShrink, FileSeal::SealGrow, FileSeal::SealWrite, FileSeal::SealSeal])?;
    // SAFETY: the seals keep everybody from changing it.
    let sealed = unsafe { Mmap::map(memfd.as_file())? };
    assert_eq!(sealed[0], 7);
    Ok(())
}
