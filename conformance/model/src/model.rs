//! What is allowed: a pure, set-valued step from a state and a call to every outcome that the rules allow.
//!
//! A call is checks and an effect. The checks collect every error that is allowed, in no order; the effect runs on
//! success. An outcome that no branch expects is not allowed.

mod access;
mod apart;
mod branch;
mod bytes;
mod checks;
mod create;
mod descriptor;
mod example;
mod expect;
mod io;
mod map;
mod memory;
mod names;
mod open;
mod passing;
mod process;
mod seals;
mod size;
mod state;
mod unlink;

pub use branch::{Branch, Justifications};
pub use expect::Expect;
pub use state::State;

use crate::call::{Call, Label};
use crate::clause;
use crate::profile::Profile;
use branch::Cx;
use checks::Checks;

/// Who makes a call, and when.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// The actor.
    pub actor: Label,
    /// What the answer is bound to.
    pub bind: &'a [Label],
    /// Number of the call in its trace, which names what it makes.
    pub event: u32,
}

/// Adds to `branches` everything that `call` may lead to in `state`.
pub fn step(profile: &Profile, state: &State, site: Site<'_>, call: &Call, branches: &mut Vec<Branch>) {
    let gone = || Branch::plain(Expect::NotExecuted, clause::call(2));
    let Some(process) = state.process(site.actor).filter(|process| process.alive) else {
        branches.push(gone());
        return;
    };
    let cx = Cx { profile, state, site, process };
    let checks = Checks::new(branches);
    match call {
        Call::ShmOpen { name, flags, mode } => open::shm_open(cx, name, *flags, *mode, branches),
        Call::ShmUnlink { name } => unlink::shm_unlink(cx, name, branches),
        Call::Create { size } => create::create(cx, size.get(), checks),
        Call::Ftruncate { fd, size } => size::ftruncate(cx, *fd, size.get(), checks),
        Call::PosixFallocate { fd, offset, len } => size::posix_fallocate(cx, *fd, offset.get(), len.get(), checks),
        Call::Fstat { fd } => descriptor::fstat(cx, *fd, checks),
        Call::Fchmod { fd, mode } => descriptor::fchmod(cx, *fd, *mode, checks),
        Call::Mmap { fd, offset, len, prot, flags } => {
            map::mmap(cx, *fd, map::Asked { offset: offset.get(), len: len.get(), prot: *prot, flags: *flags }, checks);
        }
        Call::Munmap { map, range } => {
            map::munmap(cx, *map, range.map(|range| (range.offset.get(), range.len.get())), checks)
        }
        Call::Mprotect { map, prot } => map::mprotect(cx, *map, *prot, checks),
        Call::Store { map, offset, byte, len } => memory::store(cx, *map, offset.get(), *byte, len.get(), checks),
        Call::Load { map, offset, len } => memory::load(cx, *map, offset.get(), len.get(), checks),
        Call::Read { fd, len } => io::read(cx, *fd, None, len.get(), checks),
        Call::Pread { fd, offset, len } => io::read(cx, *fd, Some(offset.get()), len.get(), checks),
        Call::Write { fd, byte, len } => io::write(cx, *fd, None, *byte, len.get(), checks),
        Call::Pwrite { fd, offset, byte, len } => io::write(cx, *fd, Some(offset.get()), *byte, len.get(), checks),
        Call::Lseek { fd, offset, whence } => io::lseek(cx, *fd, offset.get(), *whence, checks),
        Call::Dup { fd } => descriptor::dup(cx, *fd, checks),
        Call::Close { fd } => descriptor::close(cx, *fd, checks),
        Call::FcntlGetfd { fd } => descriptor::getfd(cx, *fd, checks),
        Call::FcntlSetfd { fd, cloexec } => descriptor::setfd(cx, *fd, *cloexec, checks),
        Call::FcntlGetfl { fd } => descriptor::getfl(cx, *fd, checks),
        Call::FcntlGetSeals { fd } => seals::get(cx, *fd, checks),
        Call::FcntlAddSeals { fd, seals } => seals::add(cx, *fd, *seals, checks),
        Call::Send { to, fds } => passing::send(cx, *to, fds, checks),
        Call::Recv { from, room } => passing::recv(cx, *from, *room, checks),
        Call::Fork { child, .. } => process::fork(cx, *child, checks),
        Call::Exec => process::exec(checks, site.actor),
        Call::Exit { code } => process::exit(*code, checks, site.actor),
        Call::Kill { signal } => process::kill(cx, *signal, checks),
        Call::Sigignore { signal } => process::sigignore(*signal, checks, site.actor),
        Call::Umask { mode } => process::umask(cx, *mode, checks),
        Call::Rlimit { resource, limit } => process::rlimit(*resource, limit.get(), checks, site.actor),
        Call::Setuid { uid } => process::setuid(cx, *uid, checks),
        Call::LimitedStore { bytes } => process::limited_store(bytes.get(), checks, site.actor),
        Call::Fds => descriptor::fds(cx, checks),
        Call::Names => names::names(cx, checks),
        Call::UniqueNames { count, threads } => names::unique_names(count * threads, checks, &state.given_names),
        Call::Collide => names::collide(cx, checks),
    }
}
