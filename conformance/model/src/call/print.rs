//! How a call is written: as in C, with the arguments that matter.

use super::{Call, OpenFlags};
use std::fmt;

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Call::ShmOpen { name, flags, mode } if *mode == 0 && !flags.contains(OpenFlags::CREAT) => {
                write!(f, "shm_open({name}, {flags})")
            }
            Call::ShmOpen { name, flags, mode } => write!(f, "shm_open({name}, {flags}, 0{mode:03o})"),
            Call::ShmUnlink { name } => write!(f, "shm_unlink({name})"),
            Call::Create { size } => write!(f, "create({size})"),
            Call::Ftruncate { fd, size } => write!(f, "ftruncate({fd}, {size})"),
            Call::PosixFallocate { fd, offset, len } => write!(f, "posix_fallocate({fd}, {offset}, {len})"),
            Call::Fstat { fd } => write!(f, "fstat({fd})"),
            Call::Fchmod { fd, mode } => write!(f, "fchmod({fd}, 0{mode:03o})"),
            Call::Mmap { fd, offset, len, prot, flags } => write!(f, "mmap({fd}, {offset}, {len}, {prot}, {flags})"),
            Call::Munmap { map, range: None } => write!(f, "munmap({map})"),
            Call::Munmap { map, range: Some(range) } => write!(f, "munmap({map}, {}, {})", range.offset, range.len),
            Call::Mprotect { map, prot } => write!(f, "mprotect({map}, {prot})"),
            Call::Store { map, offset, byte, len } => write!(f, "store({map}, {offset}, {byte:#04x}, {len})"),
            Call::Load { map, offset, len } => write!(f, "load({map}, {offset}, {len})"),
            Call::Read { fd, len } => write!(f, "read({fd}, {len})"),
            Call::Write { fd, byte, len } => write!(f, "write({fd}, {byte:#04x}, {len})"),
            Call::Pread { fd, offset, len } => write!(f, "pread({fd}, {offset}, {len})"),
            Call::Pwrite { fd, offset, byte, len } => write!(f, "pwrite({fd}, {offset}, {byte:#04x}, {len})"),
            Call::Lseek { fd, offset, whence } => write!(f, "lseek({fd}, {offset}, {whence})"),
            Call::Dup { fd } => write!(f, "dup({fd})"),
            Call::Close { fd } => write!(f, "close({fd})"),
            Call::FcntlGetfd { fd } => write!(f, "fcntl({fd}, GETFD)"),
            Call::FcntlSetfd { fd, cloexec } => {
                write!(f, "fcntl({fd}, SETFD, {})", if *cloexec { "CLOEXEC" } else { "0" })
            }
            Call::FcntlGetfl { fd } => write!(f, "fcntl({fd}, GETFL)"),
            Call::FcntlGetSeals { fd } => write!(f, "fcntl({fd}, GET_SEALS)"),
            Call::FcntlAddSeals { fd, seals } => write!(f, "fcntl({fd}, ADD_SEALS, {seals})"),
            Call::Send { to, fds } => {
                write!(f, "send({to}")?;
                fds.iter().try_for_each(|fd| write!(f, ", {fd}"))?;
                f.write_str(")")
            }
            Call::Recv { from, room: None } => write!(f, "recv({from})"),
            Call::Recv { from, room: Some(room) } => write!(f, "recv({from}, {room})"),
            Call::Fork { child, pid_namespace: false } => write!(f, "fork({child})"),
            Call::Fork { child, pid_namespace: true } => write!(f, "fork({child}, NEWPID)"),
            Call::Exec => f.write_str("exec()"),
            Call::Exit { code } => write!(f, "exit({code})"),
            Call::Kill { signal } => write!(f, "kill({signal})"),
            Call::Sigignore { signal } => write!(f, "sigignore({signal})"),
            Call::Umask { mode } => write!(f, "umask(0{mode:03o})"),
            Call::Rlimit { resource, limit } => write!(f, "rlimit({resource}, {limit})"),
            Call::Setuid { uid } => write!(f, "setuid({uid})"),
            Call::Names => f.write_str("names()"),
            Call::Fds => f.write_str("fds()"),
            Call::UniqueNames { count, threads } => write!(f, "unique_names({count}, {threads})"),
            Call::Collide => f.write_str("collide()"),
            Call::LimitedStore { bytes } => write!(f, "limited_store({bytes})"),
        }
    }
}
