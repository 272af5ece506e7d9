//! What is allowed: a pure, set-valued step from a state and a call to every outcome that the rules allow.
//!
//! A call is checks and effects. The checks collect every error that is allowed; the effects are what success does to the
//! state, as data. An outcome that no branch expects is not allowed.
//!
//! Read it from the bottom up: `bytes` and `state` are values, `effect` is what changes them, `checks` collects the
//! branches of one call, `rules` is what calls share, and `calls` has each of them. `footprint` tells which calls cannot
//! see each other.

mod apart;
mod branch;
mod bytes;
mod calls;
mod checks;
mod effect;
mod example;
mod expect;
pub(crate) mod footprint;
mod rules;
mod state;

pub use branch::{Branch, Justifications};
pub use expect::Expect;
pub(crate) use expect::PORTABLE_NAME_BYTES;
pub(crate) use state::ObjectId;
pub use state::State;

use crate::call::{Call, Label};
use crate::clause;
use crate::constants::FileType;
use crate::outcome::Outcome;
use crate::profile::Profile;
use branch::Cx;
use calls::{
    create, descriptor, identity, io, lock, locked, map, memfd, memory, names, obstacle, open, passing, process, punch,
    seals, seek, size, times, unlink, user,
};
use checks::Checks;
use effect::Effects;

/// Who makes a call, and when.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// The actor.
    pub actor: Label,
    /// What the answer is bound to.
    pub bind: &'a [Label],
    /// Number of the call in its trace, which names what it makes.
    pub event: u32,
    /// How many creates of others are under way meanwhile. The object of each may have a name for a moment, which a list of
    /// names may show.
    pub creating: u32,
    /// The descriptors that are open in the process that it makes, if that is known.
    pub fds: Option<&'a [i32]>,
}

/// Adds to `branches` everything that `call` may lead to in `state`.
pub fn step(profile: &Profile, state: &State, site: Site<'_>, call: &Call, branches: &mut Vec<Branch>) {
    step_to(profile, state, site, call, None, branches);
}

/// The same, and where `wanted` is an outcome, nothing but what may lead to that one.
pub fn step_to(
    profile: &Profile,
    state: &State,
    site: Site<'_>,
    call: &Call,
    wanted: Option<&Outcome>,
    branches: &mut Vec<Branch>,
) {
    let Some((id, process)) = state.process_of(site.actor).filter(|(_, process)| process.alive) else {
        branches.push(Branch::new(Expect::NotExecuted, branch::clauses(&[clause::call(2)]), Effects::new()));
        return;
    };
    let cx = Cx { profile, state, site, process, id, wanted };
    let (orders, first) = (profile.orders.of(call), branches.len());
    match call {
        Call::ShmOpen { name, flags, mode } => {
            open::shm_open(cx, name, open::Asked { flags: *flags, mode: *mode }, orders, branches);
        }
        Call::ShmUnlink { name } => unlink::shm_unlink(cx, name, orders, branches),
        _ => {
            let mut checks = Checks::new(cx, orders, branches);
            check(cx, call, &mut checks);
            checks.finish();
        }
    }
    times::touch(cx, call, &mut branches[first..]);
}

/// Every call that is no alternative of several readings of a name.
fn check(cx: Cx<'_>, call: &Call, checks: &mut Checks<'_>) {
    match call {
        Call::ShmOpen { .. } | Call::ShmUnlink { .. } => {}
        Call::Create { size } => create::create(cx, size.get(), checks),
        Call::MemfdCreate { name, flags } => memfd::memfd_create(cx, name, *flags, checks),
        Call::Punch { fd, offset, len } => punch::punch(cx, *fd, offset.get(), len.get(), checks),
        Call::Ftruncate { fd, size } => size::ftruncate(cx, *fd, size.get(), checks),
        Call::PosixFallocate { fd, offset, len } => size::posix_fallocate(cx, *fd, offset.get(), len.get(), checks),
        Call::Fstat { fd } => descriptor::fstat(cx, *fd, checks),
        Call::Fchmod { fd, mode } => descriptor::fchmod(cx, *fd, *mode, checks),
        Call::Fchown { fd, uid, gid } => identity::fchown(cx, *fd, *uid, *gid, checks),
        Call::Inode { fd } => identity::inode(cx, *fd, checks),
        Call::Links { fd } => identity::links(cx, *fd, checks),
        Call::Filetype { fd } => identity::filetype(cx, *fd, checks),
        Call::Blocks { fd } => identity::blocks(cx, *fd, checks),
        Call::Timestamp { fd, which } => times::timestamp(cx, *fd, *which, checks),
        Call::Mmap { fd, offset, len, prot, flags, over } => {
            let over = over.map(|over| (over.map, over.at.get()));
            let asked = map::Asked { offset: offset.get(), len: len.get(), prot: *prot, flags: *flags, over };
            map::mmap(cx, *fd, asked, checks);
        }
        Call::Munmap { map, range } => {
            map::munmap(cx, *map, range.map(|range| (range.offset.get(), range.len.get())), checks);
        }
        Call::Mprotect { map, prot, range } => {
            map::mprotect(cx, *map, *prot, range.map(|range| (range.offset.get(), range.len.get())), checks);
        }
        Call::Mlock { map } => locked::mlock(cx, *map, checks),
        Call::Munlock { map } => locked::munlock(cx, *map, checks),
        Call::Msync { map } => map::msync(cx, *map, checks),
        Call::Store { map, offset, byte, len } => memory::store(cx, *map, offset.get(), *byte, len.get(), checks),
        Call::Load { map, offset, len } => memory::load(cx, *map, offset.get(), len.get(), checks),
        Call::Read { fd, len } => io::read(cx, *fd, None, len.get(), checks),
        Call::Pread { fd, offset, len } => io::read(cx, *fd, Some(offset.get()), len.get(), checks),
        Call::Write { fd, byte, len } => io::write(cx, *fd, None, *byte, len.get(), checks),
        Call::Pwrite { fd, offset, byte, len } => io::write(cx, *fd, Some(offset.get()), *byte, len.get(), checks),
        Call::Lseek { fd, offset, whence } => seek::lseek(cx, *fd, offset.get(), *whence, checks),
        Call::Dup { fd } => descriptor::dup(cx, *fd, checks),
        Call::Dup2 { fd, onto } => descriptor::dup2(cx, *fd, *onto, checks),
        Call::FcntlDupfd { fd, least } => descriptor::dupfd(cx, *fd, *least, checks),
        Call::Reopen { fd, flags } => open::reopen(cx, *fd, *flags, checks),
        Call::Close { fd } => descriptor::close(cx, *fd, checks),
        Call::FcntlGetfd { fd } => descriptor::getfd(cx, *fd, checks),
        Call::FcntlSetfd { fd, cloexec } => descriptor::setfd(cx, *fd, *cloexec, checks),
        Call::FcntlGetfl { fd } => descriptor::getfl(cx, *fd, checks),
        Call::FcntlSetfl { fd, flags } => descriptor::setfl(cx, *fd, *flags, checks),
        Call::FcntlSetlk { fd, lock } => lock::setlk(cx, *fd, *lock, checks),
        Call::Flock { fd, lock } => lock::flock(cx, *fd, *lock, checks),
        Call::FcntlGetSeals { fd } => seals::get(cx, *fd, checks),
        Call::FcntlAddSeals { fd, seals } => seals::add(cx, *fd, *seals, checks),
        Call::Pipe => passing::pair(cx, FileType::Fifo, checks),
        Call::Socketpair => passing::pair(cx, FileType::Socket, checks),
        Call::Send { to, fds } => passing::send(cx, *to, fds, checks),
        Call::Recv { from, room } => passing::recv(cx, *from, *room, checks),
        Call::Fork { child, pid_namespace } => process::fork(cx, *child, *pid_namespace, checks),
        Call::Exec => process::exec(cx, checks),
        Call::Exit { code } => process::exit(cx, *code, checks),
        Call::Kill { signal } => process::kill(cx, *signal, checks),
        Call::Sigignore { signal } => process::sigignore(cx, *signal, checks),
        Call::CloseStdin => process::close_stdin(cx, checks),
        Call::Alarm { .. } => process::alarm(checks),
        Call::Umask { mode } => process::umask(cx, *mode, checks),
        Call::Rlimit { resource, limit } => process::rlimit(cx, *resource, limit.get(), checks),
        Call::Setgid { gid } => user::setgid(cx, *gid, checks),
        Call::Setgroups { gids } => user::setgroups(cx, gids, checks),
        Call::Setuid { uid } => user::setuid(cx, *uid, checks),
        Call::Seteuid { uid } => user::seteuid(cx, *uid, checks),
        Call::LimitedStore { bytes } => process::limited_store(cx, bytes.get(), checks),
        Call::Fds => descriptor::fds(cx, checks),
        Call::Names => names::names(cx, checks),
        Call::Plant { name, what } => obstacle::plant(cx, name, *what, cx.profile.orders.of(call), checks),
        Call::Symlink { name, to } => obstacle::symlink(cx, name, to, cx.profile.orders.of(call), checks),
        Call::UniqueNames { count, threads } => {
            names::unique_names(cx, (*count as usize).saturating_mul(*threads as usize), checks);
        }
        Call::Collide => names::collide(cx, checks),
    }
}
