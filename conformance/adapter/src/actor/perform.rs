//! Makes one call: labels become numbers, the subject is asked, and what it says becomes an outcome.

use super::Actor;
use crate::subject::{Fd, Refused, descriptors, errno, hazard, host, obstacle, system, timer};
use shmconf_model::call::{Call, Label, MapFlags, OpenFlags, Prot, StatusFlags, Whence};
use shmconf_model::outcome::{Outcome, Received};
use std::ffi::{CString, c_int};
use std::os::fd::BorrowedFd;
use std::thread;
use std::time::Duration;

/// A file system's clock has made a step after this long.
const CLOCK_STEP: Duration = Duration::from_millis(20);

impl From<Refused> for Outcome {
    fn from(refused: Refused) -> Outcome {
        match refused {
            Refused::Errno(errno) => Outcome::Errno(errno),
            Refused::Unsupported(reason) => Outcome::Unsupported(reason),
        }
    }
}

/// What is to be written.
fn told(byte: Option<u8>) -> Result<u8, Outcome> {
    byte.ok_or_else(|| Outcome::Unsupported("the call does not tell what to write".to_owned()))
}

impl Actor {
    /// Makes a call that leaves the actor where it is.
    pub(super) fn perform(&mut self, call: &Call, bind: &[Label]) -> Outcome {
        self.attempt(call, bind).unwrap_or_else(|outcome| outcome)
    }

    fn attempt(&mut self, call: &Call, bind: &[Label]) -> Result<Outcome, Outcome> {
        if let Some(reason) = hazard::of(call) {
            return Ok(Outcome::Unsupported(reason.to_owned()));
        }
        if let Some(outcome) = self.map_call(call, bind)? {
            return Ok(outcome);
        }
        let subject = &mut self.subject;
        let fds = &mut self.holdings.fds;
        Ok(match call {
            Call::ShmOpen { name, flags, mode } => {
                let fd = subject.shm_open(&c_name(name.literal())?, oflag(*flags), *mode)?;
                opened(fds.take(bind, [fd]))
            }
            Call::ShmUnlink { name } => done(subject.shm_unlink(&c_name(name.literal())?)?),
            Call::Create { size } => {
                self.names_made += 1;
                let name = format!("{}{:x}-{:x}", self.prefix, std::process::id(), self.names_made);
                let fd = subject.create(&c_name(Some(&name))?, size.get())?;
                opened(fds.take(bind, [fd]))
            }
            Call::MemfdCreate { name, flags } => {
                let fd = subject.memfd_create(&c_name(name.literal())?, *flags)?;
                opened(fds.take(bind, [fd]))
            }
            Call::Punch { fd, offset, len } => done(subject.punch(fds.get(*fd)?, offset.get(), len.get())?),
            Call::Ftruncate { fd, size } => done(subject.ftruncate(fds.get(*fd)?, size.get())?),
            Call::PosixFallocate { fd, offset, len } => {
                let fd = fds.get(*fd)?;
                let reserve = || subject.posix_fallocate(fd, offset.get(), len.get());
                done(timer::interrupted(self.start.period(), reserve)?)
            }
            Call::Fstat { fd } => Outcome::Stat(subject.fstat(fds.get(*fd)?)?),
            Call::Fchmod { fd, mode } => done(subject.fchmod(fds.get(*fd)?, *mode)?),
            Call::Fchown { fd, uid, gid } => done(subject.fchown(fds.get(*fd)?, *uid, *gid)?),
            Call::Inode { fd } => Outcome::Value(subject.inode(fds.get(*fd)?)?),
            Call::Links { fd } => Outcome::Value(subject.links(fds.get(*fd)?)?),
            Call::Filetype { fd } => Outcome::FileType(subject.file_type(fds.get(*fd)?)?),
            Call::Timestamp { fd, which } => {
                let at = subject.timestamp(fds.get(*fd)?, *which)?;
                thread::sleep(CLOCK_STEP);
                Outcome::Value(at)
            }
            Call::Blocks { fd } => Outcome::Value(subject.blocks(fds.get(*fd)?)?),
            Call::Read { fd, len } => Outcome::Bytes(subject.read(fds.get(*fd)?, length(len.get())?)?),
            Call::Write { fd, byte, len } => {
                Outcome::Value(subject.write(fds.get(*fd)?, told(*byte)?, length(len.get())?)?)
            }
            Call::Pread { fd, offset, len } => {
                Outcome::Bytes(subject.pread(fds.get(*fd)?, length(len.get())?, offset.get())?)
            }
            Call::Pwrite { fd, offset, byte, len } => {
                Outcome::Value(subject.pwrite(fds.get(*fd)?, told(*byte)?, length(len.get())?, offset.get())?)
            }
            Call::Lseek { fd, offset, whence } => {
                let whence = match whence {
                    Whence::Set => libc::SEEK_SET,
                    Whence::Cur => libc::SEEK_CUR,
                    Whence::End => libc::SEEK_END,
                    Whence::Data => system::SEEK_DATA,
                    Whence::Hole => system::SEEK_HOLE,
                };
                Outcome::Value(subject.lseek(fds.get(*fd)?, offset.get(), whence)?)
            }
            Call::Dup { fd } => {
                let fd = subject.dup(fds.get(*fd)?)?;
                opened(fds.take(bind, [fd]))
            }
            Call::Dup2 { fd, onto } => {
                let (fd, onto) = (fds.get(*fd)?, fds.get(*onto)?);
                let number = onto.number();
                // SAFETY: the script's, or not open.
                unsafe { subject.dup2(fd, onto)? };
                fds.replace(bind, number);
                Outcome::Fd(number)
            }
            Call::FcntlDupfd { fd, least } => {
                let fd = subject.dup_from(fds.get(*fd)?, c_int::try_from(*least).unwrap_or(c_int::MAX))?;
                opened(fds.take(bind, [fd]))
            }
            Call::Reopen { fd, flags } => {
                let fd = subject.reopen(fds.get(*fd)?, oflag((*flags).into()))?;
                opened(fds.take(bind, [fd]))
            }
            Call::Close { fd } => {
                let fd = fds.get(*fd)?;
                let number = fd.number();
                // SAFETY: the script's, or not open.
                let closed = unsafe { subject.close(fd) };
                fds.closed(number);
                done(closed?)
            }
            Call::FcntlGetfd { fd } => Outcome::Value(subject.cloexec(fds.get(*fd)?)?.into()),
            Call::FcntlSetfd { fd, cloexec } => done(subject.set_cloexec(fds.get(*fd)?, *cloexec)?),
            Call::FcntlSetfl { fd, flags } => {
                let append = if flags.contains(StatusFlags::APPEND) { libc::O_APPEND } else { 0 };
                let nonblock = if flags.contains(StatusFlags::NONBLOCK) { libc::O_NONBLOCK } else { 0 };
                done(subject.set_status_flags(fds.get(*fd)?, append | nonblock)?)
            }
            Call::FcntlSetlk { fd, lock } => done(subject.lock(fds.get(*fd)?, *lock)?),
            Call::Flock { fd, lock } => done(subject.file_lock(fds.get(*fd)?, *lock)?),
            Call::FcntlGetfl { fd } => access(subject.status_flags(fds.get(*fd)?)?),
            Call::FcntlGetSeals { fd } => Outcome::Seals(subject.seals(fds.get(*fd)?)?),
            Call::FcntlAddSeals { fd, seals } => done(subject.add_seals(fds.get(*fd)?, *seals)?),
            Call::Pipe => pair(fds.take(bind, <[_; 2]>::from(host::pipe()?))),
            Call::Socketpair => pair(fds.take(bind, <[_; 2]>::from(host::socketpair()?))),
            Call::Send { to, fds: labels } => {
                let numbers = labels.iter().map(|label| fds.get(*label)).collect::<Result<Vec<_>, _>>()?;
                done(subject.send(socket(&self.peers, *to)?, &numbers)?)
            }
            Call::Recv { from, room } => {
                let room = room.map(|room| room as usize);
                match subject.recv(socket(&self.peers, *from)?, bind.len(), room)? {
                    Some(message) => {
                        let truncated = message.truncated;
                        Outcome::Received(Received { fds: fds.take(bind, message.fds), truncated })
                    }
                    None => Outcome::NotExecuted(format!("{from} is gone, and so is every message that it sent")),
                }
            }
            Call::Names => Outcome::Names(subject.names(shmconf_model::call::name::PREFIX)?),
            Call::UniqueNames { count, threads } => Outcome::Names(subject.unique_names(*count, *threads)?),
            Call::Collide => Outcome::Names(vec![subject.collide()?]),
            Call::Fds => Outcome::Value(descriptors::count_open(&self.started_fds)),
            Call::Plant { name, what } => done(obstacle::plant(&c_name(name.literal())?, *what)?),
            Call::Symlink { name, to } => done(obstacle::symlink(&c_name(name.literal())?, &c_name(to.literal())?)?),
            _ => return Ok(self.process_call(call)),
        })
    }

    /// The calls on mappings.
    fn map_call(&mut self, call: &Call, bind: &[Label]) -> Result<Option<Outcome>, Outcome> {
        let subject = &mut self.subject;
        Ok(Some(match call {
            Call::Mmap { fd, offset, len, prot, flags, over: None } => {
                let fd = self.holdings.fds.get(*fd)?;
                // A negative length is the largest there is, as it would be in C.
                let len = usize::try_from(len.get()).unwrap_or(usize::MAX);
                let region = subject.mmap(len, protection(*prot), map_flags(*flags), fd, offset.get())?;
                self.holdings.map(bind, region);
                Outcome::Ok
            }
            Call::Mmap { fd, offset, len, prot, flags, over: Some(over) } => {
                let number = self.holdings.fds.get(*fd)?.number();
                // SAFETY: the script's, or not open.
                let fd = unsafe { Fd::from_raw(number) };
                let (region, at, len) = self.holdings.range(over.map, over.at.get(), len.get())?;
                subject.mmap_over(region, at, len, protection(*prot), map_flags(*flags), fd, offset.get())?;
                self.holdings.map_over(bind, over.map, over.at.get() as usize, len);
                Outcome::Ok
            }
            Call::Munmap { map, range } => {
                let (region, offset, len) = match range {
                    None => self.holdings.whole(*map)?,
                    Some(range) => self.holdings.range(*map, range.offset.get(), range.len.get())?,
                };
                subject.munmap(region, offset, len)?;
                if !region.is_still_mapped(offset, len) && range.is_none() && len == region.len() {
                    region.give_up();
                }
                Outcome::Ok
            }
            Call::Mprotect { map, prot, range } => {
                let (region, offset, len) = match range {
                    None => self.holdings.whole(*map)?,
                    Some(range) => self.holdings.range(*map, range.offset.get(), range.len.get())?,
                };
                done(subject.mprotect(region, offset, len, protection(*prot))?)
            }
            Call::Msync { map } => {
                let (region, offset, len) = self.holdings.whole(*map)?;
                done(subject.msync(region, offset, len)?)
            }
            Call::Mlock { map } => {
                let (region, offset, len) = self.holdings.whole(*map)?;
                done(subject.mlock(region, offset, len)?)
            }
            Call::Munlock { map } => {
                let (region, offset, len) = self.holdings.whole(*map)?;
                done(subject.munlock(region, offset, len)?)
            }
            Call::Store { map, offset, byte, len } => {
                let (region, offset, len) = self.holdings.range(*map, offset.get(), len.get())?;
                done(subject.store(region, offset, *byte, len)?)
            }
            Call::Load { map, offset, len } => {
                let (region, offset, len) = self.holdings.range(*map, offset.get(), len.get())?;
                Outcome::Bytes(subject.load(region, offset, len)?)
            }
            _ => return Ok(None),
        }))
    }

    /// The calls on the process itself, which are no business of the subject.
    fn process_call(&mut self, call: &Call) -> Outcome {
        match call {
            Call::Exit { code } => host::exit(i32::from(*code)),
            Call::Kill { signal } => host::kill_self(errno::signal_number(*signal), self.start.ignores(*signal)),
            Call::Sigignore { signal } => self.start.ignore(*signal),
            Call::CloseStdin => self.close_stdin(),
            Call::Alarm { period } => {
                self.start.interrupt_each(*period);
                Outcome::Ok
            }
            Call::Umask { mode } => Outcome::Value(host::umask(*mode).into()),
            Call::Rlimit { resource, limit } => self.start.limit(*resource, limit.get()),
            Call::Setgid { .. } | Call::Setgroups { .. } | Call::Setuid { .. } | Call::Seteuid { .. } => {
                self.start.identify(call).map_or_else(Outcome::from, done)
            }
            Call::LimitedStore { bytes } => host::limited_store(bytes.get()).map_or_else(Outcome::from, done),
            _ => Outcome::Unsupported(format!("the actor does not make the call {call}")),
        }
    }

    /// The number of the standard input is free from then on, for this script.
    fn close_stdin(&mut self) -> Outcome {
        if self.holdings.fds.has(libc::STDIN_FILENO) {
            return Outcome::NotExecuted("0 is the number of a descriptor of the script".to_owned());
        }
        self.started_fds.retain(|number| *number != libc::STDIN_FILENO);
        self.start.lose_stdin();
        Outcome::Ok
    }
}

/// The outcome of a call that has opened one descriptor.
fn opened(numbers: Vec<c_int>) -> Outcome {
    Outcome::Fd(numbers.into_iter().next().unwrap_or(-1))
}

/// The outcome of a call that has opened two.
fn pair(fds: Vec<c_int>) -> Outcome {
    Outcome::Received(Received { fds, truncated: false })
}

fn done((): ()) -> Outcome {
    Outcome::Ok
}

fn c_name(name: Option<&str>) -> Result<CString, Outcome> {
    let name = name.ok_or_else(|| Outcome::NotExecuted("the name is not resolved".to_owned()))?;
    CString::new(name).map_err(|_| Outcome::NotExecuted("a name in C cannot have a zero byte".to_owned()))
}

/// A length that a buffer can have.
fn length(len: i64) -> Result<usize, Outcome> {
    usize::try_from(len).map_err(|_| Outcome::NotExecuted(format!("a buffer cannot have {len} bytes")))
}

fn socket(peers: &std::collections::BTreeMap<Label, c_int>, peer: Label) -> Result<BorrowedFd<'_>, Outcome> {
    let number = peers.get(&peer).copied().filter(|number| *number >= 0);
    let number = number.ok_or_else(|| Outcome::NotExecuted(format!("there is no socket to {peer}")))?;
    // SAFETY: the harness's socket, which stays open.
    Ok(unsafe { BorrowedFd::borrow_raw(number) })
}

fn oflag(flags: OpenFlags) -> c_int {
    const BITS: &[(OpenFlags, c_int)] = &[
        (OpenFlags::RDONLY, libc::O_RDONLY),
        (OpenFlags::WRONLY, libc::O_WRONLY),
        (OpenFlags::RDWR, libc::O_RDWR),
        (OpenFlags::CREAT, libc::O_CREAT),
        (OpenFlags::EXCL, libc::O_EXCL),
        (OpenFlags::TRUNC, libc::O_TRUNC),
        (OpenFlags::CLOEXEC, libc::O_CLOEXEC),
        (OpenFlags::NOFOLLOW, libc::O_NOFOLLOW),
        (OpenFlags::NONBLOCK, libc::O_NONBLOCK),
        (OpenFlags::APPEND, libc::O_APPEND),
        (OpenFlags::SYNC, libc::O_SYNC),
        (OpenFlags::DIRECTORY, libc::O_DIRECTORY),
        (OpenFlags::CLOFORK, system::CLOSE_ON_FORK),
    ];
    BITS.iter().filter(|(flag, _)| flags.contains(*flag)).fold(0, |bits, (_, bit)| bits | bit)
}

fn protection(prot: Prot) -> c_int {
    const BITS: &[(Prot, c_int)] =
        &[(Prot::READ, libc::PROT_READ), (Prot::WRITE, libc::PROT_WRITE), (Prot::EXEC, libc::PROT_EXEC)];
    BITS.iter().filter(|(flag, _)| prot.contains(*flag)).fold(0, |bits, (_, bit)| bits | bit)
}

fn map_flags(flags: MapFlags) -> c_int {
    const BITS: &[(MapFlags, c_int)] = &[(MapFlags::SHARED, libc::MAP_SHARED), (MapFlags::PRIVATE, libc::MAP_PRIVATE)];
    BITS.iter().filter(|(flag, _)| flags.contains(*flag)).fold(0, |bits, (_, bit)| bits | bit)
}

/// The access mode, with the flags that can be set.
fn access(status: c_int) -> Outcome {
    let mut flags = match status & libc::O_ACCMODE {
        libc::O_RDONLY => OpenFlags::RDONLY,
        libc::O_WRONLY => OpenFlags::WRONLY,
        libc::O_RDWR => OpenFlags::RDWR,
        _ => OpenFlags::empty(),
    };
    flags.set(OpenFlags::APPEND, status & libc::O_APPEND != 0);
    flags.set(OpenFlags::NONBLOCK, status & libc::O_NONBLOCK != 0);
    Outcome::Access(flags)
}
