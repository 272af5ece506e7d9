//! Asking for shared memory: how large, in which way, with which permissions.

use std::os::fd::OwnedFd;

use nix::sys::stat::Mode;

use crate::commit::check_size;
use crate::{Commit, Error, ErrorKind, Feature, Prefix, SharedMemory, Strategy, sys};

/// Describes shared memory to be made.
///
/// ```
/// use shmfd::{Builder, Strategy};
///
/// let memory = Builder::new(1 << 20).strategy(Strategy::PosixUnlinked).create()?;
/// assert_eq!(memory.size(), 1 << 20);
/// # Ok::<(), shmfd::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    size: u64,
    strategy: Strategy,
    mode: FinalMode,
    commit: Commit,
    prefix: Option<Prefix>,
}

/// The permission bits that the object ends up with, which decide whether it can be opened anew through
/// `/proc/self/fd` or `/dev/fd`. A descriptor that is open already is not affected.
#[doc = include_str!("../docs/final-mode.md")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FinalMode {
    /// 0: nobody but a superuser can open it anew.
    #[default]
    Closed,
    /// 0400: its owner can open it for reading, to hand out a descriptor that cannot write.
    OwnerRead,
    /// 0600: its owner can open it.
    OwnerReadWrite,
}

impl FinalMode {
    pub(crate) fn bits(self) -> Mode {
        match self {
            Self::Closed => Mode::empty(),
            Self::OwnerRead => Mode::S_IRUSR,
            Self::OwnerReadWrite => Mode::S_IRUSR | Mode::S_IWUSR,
        }
    }
}

impl Builder {
    /// Shared memory of `size` bytes. Its bytes are zero.
    pub const fn new(size: u64) -> Self {
        Self { size, strategy: Strategy::Auto, mode: FinalMode::Closed, commit: Commit::Checked, prefix: None }
    }

    /// Which way to make it. [`Strategy::Auto`] by default.
    pub const fn strategy(mut self, strategy: Strategy) -> Self {
        self.strategy = strategy;
        self
    }

    /// Which permissions it ends up with, whatever the umask. [`FinalMode::Closed`] by default.
    pub const fn final_mode(mut self, mode: FinalMode) -> Self {
        self.mode = mode;
        self
    }

    /// How sure it is that there is room for it. [`Commit::Checked`] by default.
    pub const fn commit(mut self, commit: Commit) -> Self {
        self.commit = commit;
        self
    }

    /// What the name begins with that an object has for a moment, where the strategy is one that gives it a name:
    /// `shmfd-` by default. A process that is killed in that moment leaves an empty object behind, which can be told by
    /// this from those of others.
    pub const fn name_prefix(mut self, prefix: Prefix) -> Self {
        self.prefix = Some(prefix);
        self
    }

    /// Makes the memory.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::ZeroSize`], [`ErrorKind::SizeTooLarge`]: before any call is made.
    /// - [`ErrorKind::Unsupported`]: this system has no such strategy, or no way to reserve space.
    /// - [`ErrorKind::NoPlace`]: the file system for shared memory is missing or read-only.
    /// - [`ErrorKind::NotUnlinked`]: the object, still empty, keeps the name that the error tells.
    /// - [`ErrorKind::NoSpace`]: there is not the room that [`Builder::commit`] asks for, with the figures.
    /// - [`ErrorKind::NamesTaken`], [`ErrorKind::Permission`], [`ErrorKind::DescriptorLimit`], [`ErrorKind::Os`]: what
    ///   the system says of the call that failed.
    ///
    /// Where files have a limit (`RLIMIT_FSIZE`) that the size is above, systems whose objects are
    /// files send `SIGXFSZ`, as they do for `ftruncate`.
    ///
    /// # References
    ///
    /// [POSIX `shm_open`](https://pubs.opengroup.org/onlinepubs/9799919799/functions/shm_open.html),
    /// [`ftruncate`](https://pubs.opengroup.org/onlinepubs/9799919799/functions/ftruncate.html)
    #[doc = include_str!("../docs/create.md")]
    pub fn create(&self) -> Result<SharedMemory, Error> {
        check_size(self.size)?;
        let (fd, strategy) = match self.strategy {
            Strategy::Auto => self.create_by_preference()?,
            chosen => (self.create_as(chosen)?, chosen),
        };
        self.commit.size(&fd, self.size)?;
        Ok(SharedMemory::made(fd, self.size, strategy))
    }

    fn create_as(&self, strategy: Strategy) -> Result<OwnedFd, Error> {
        sys::create(strategy, self.mode, self.prefix.unwrap_or_default())
    }

    fn create_by_preference(&self) -> Result<(OwnedFd, Strategy), Error> {
        let mut first_refusal = None;
        for &strategy in sys::SUPPORTED {
            match self.create_as(strategy) {
                Ok(fd) => return Ok((fd, strategy)),
                Err(error) => match error.kind() {
                    ErrorKind::Unsupported(_) | ErrorKind::NoPlace | ErrorKind::Permission => {
                        first_refusal.get_or_insert(error);
                    }
                    _ => return Err(error),
                },
            }
        }
        let nothing = ErrorKind::Unsupported(Feature::Strategy(Strategy::Auto));
        Err(first_refusal.unwrap_or_else(|| nothing.into()))
    }
}
