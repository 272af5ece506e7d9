//! Making memory of 1 MiB and closing it.

use rustix::fs::ftruncate;
use rustix::shm::{self, Mode, OFlags};
use shared_memory::ShmemConf;
use shmfd::{Builder, Strategy, name};

use crate::bare;
use crate::table::{Contender, compare};

pub(crate) fn run() {
    let ours = |strategy| move || drop(Builder::new(bare::SIZE).strategy(strategy).create().unwrap());
    let bare = |make: fn() -> i32| move || bare::close(make());
    let (posix, tmpfile, memfd) = ("libc shm_open", "libc O_TMPFILE", "libc memfd, mode 0");
    let contenders = vec![
        Contender::new(posix, posix, bare(bare::posix)),
        Contender::new("shmfd posix", posix, ours(Strategy::PosixUnlinked)),
        Contender::new("rustix shm", posix, with_rustix),
        Contender::new("shared_memory (named, mapped)", posix, with_shared_memory),
        Contender::new(tmpfile, tmpfile, bare(bare::tmpfile)),
        Contender::new("shmfd tmpfile", tmpfile, ours(Strategy::TmpFile)),
        Contender::new(memfd, memfd, bare(bare::memfd_closed)),
        Contender::new("shmfd memfd", memfd, ours(Strategy::Memfd)),
        Contender::new("libc memfd", memfd, bare(bare::memfd_open)),
        Contender::new("memfd crate", memfd, with_memfd),
    ];
    compare("create and close, 1 MiB", 400, 50, contenders);
    let contenders = vec![
        Contender::new("shmfd posix", "shmfd posix", ours(Strategy::PosixUnlinked)),
        Contender::new("shmfd tmpfile", "shmfd posix", ours(Strategy::TmpFile)),
        Contender::new("shmfd memfd", "shmfd posix", ours(Strategy::Memfd)),
        Contender::new("a name alone", "shmfd posix", || {
            name::unique().unwrap();
        }),
    ];
    compare("strategies next to each other", 200, 50, contenders);
}

fn with_rustix() {
    let name = name::unique().unwrap();
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL;
    let fd = shm::open(name.as_c_str(), flags, Mode::empty()).unwrap();
    shm::unlink(name.as_c_str()).unwrap();
    ftruncate(&fd, bare::SIZE).unwrap();
}

fn with_memfd() {
    let memory = memfd::MemfdOptions::new().allow_sealing(true).create("bench").unwrap();
    memory.as_file().set_len(bare::SIZE).unwrap();
}

fn with_shared_memory() {
    drop(ShmemConf::new().size(bare::SIZE as usize).create().unwrap());
}
