//! The flag sets and small enumerations of the calls, spelled as in C without their prefix.

use super::Vocabulary;
use std::fmt;
use std::str::FromStr;

/// A word or a set of words that a flag set does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is none of {expected}")]
pub struct NotAFlag {
    /// What stood there.
    pub found: String,
    /// What may stand there.
    pub expected: String,
}

macro_rules! flag_set {
    ($(#[$doc:meta])* $name:ident, $what:literal, $prefix:literal, $no_prefix:literal:
     $(#[doc = $flag_doc:literal] $flag:ident = $bit:literal,)+) => {
        bitflags::bitflags! {
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub struct $name: u16 {
                $(#[doc = $flag_doc] const $flag = 1 << $bit;)+
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                if self.is_empty() {
                    return f.write_str("0");
                }
                for (at, (word, _)) in self.iter_names().enumerate() {
                    write!(f, "{}{word}", if at == 0 { "" } else { "|" })?;
                }
                Ok(())
            }
        }

        impl FromStr for $name {
            type Err = NotAFlag;

            fn from_str(text: &str) -> Result<$name, NotAFlag> {
                let word = |word: &str| $name::from_name(word).ok_or_else(|| NotAFlag {
                    found: word.to_owned(),
                    expected: $name::WORDS.join(", "),
                });
                if text == "0" { Ok($name::empty()) } else { text.split('|').map(word).collect() }
            }
        }

        impl Vocabulary for $name {
            const WORDS: &'static [&'static str] = &[$(stringify!($flag)),+];
            const WHAT: &'static str = $what;
            const PREFIXES: &'static [&'static str] = &[$prefix];
            const NO_PREFIX: &'static str = $no_prefix;
        }

        crate::text::serde_as_text!($name, "pattern": format!("^(0|({0})([|]({0}))*)$", $name::WORDS.join("|")));
    };
}

macro_rules! word {
    ($(#[$doc:meta])* $name:ident, $what:literal, $prefix:literal, $no_prefix:literal:
     $($(#[$word_doc:meta])* $variant:ident = $word:literal,)+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$word_doc])* $variant,)+
        }

        impl Vocabulary for $name {
            const WORDS: &'static [&'static str] = &[$($word),+];
            const WHAT: &'static str = $what;
            const PREFIXES: &'static [&'static str] = &[$prefix];
            const NO_PREFIX: &'static str = $no_prefix;
        }

        crate::text::serde_as_text!($name, "enum": $name::WORDS);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $($name::$variant => $word,)+ })
            }
        }

        impl FromStr for $name {
            type Err = NotAFlag;

            fn from_str(text: &str) -> Result<$name, NotAFlag> {
                match text {
                    $($word => Ok($name::$variant),)+
                    _ => Err(NotAFlag { found: text.to_owned(), expected: $name::WORDS.join(", ") }),
                }
            }
        }
    };
}

flag_set! {
    /// The `oflag` of `shm_open`. Unlike in C, `RDONLY` is a flag of its own, so that "no access mode" can be said.
    OpenFlags, "open flags, such as RDWR|CREAT|EXCL, or 0", "O_", "flags are written without O_":
    /// `O_RDONLY`
    RDONLY = 0,
    /// `O_WRONLY`
    WRONLY = 1,
    /// `O_RDWR`
    RDWR = 2,
    /// `O_CREAT`
    CREAT = 3,
    /// `O_EXCL`
    EXCL = 4,
    /// `O_TRUNC`
    TRUNC = 5,
    /// `O_CLOEXEC`
    CLOEXEC = 6,
    /// `O_NOFOLLOW`
    NOFOLLOW = 7,
    /// `O_NONBLOCK`
    NONBLOCK = 8,
    /// `O_APPEND`
    APPEND = 9,
    /// `O_SYNC`
    SYNC = 10,
    /// `O_DIRECTORY`
    DIRECTORY = 11,
    /// `O_CLOFORK`
    CLOFORK = 12,
}

flag_set! {
    /// How an object is opened anew. The bits are those of [`OpenFlags`].
    ReopenFlags, "flags to open anew, such as RDONLY or RDWR|TRUNC", "O_", "flags are written without O_":
    /// `O_RDONLY`
    RDONLY = 0,
    /// `O_WRONLY`
    WRONLY = 1,
    /// `O_RDWR`
    RDWR = 2,
    /// `O_TRUNC`
    TRUNC = 5,
    /// `O_CLOEXEC`
    CLOEXEC = 6,
    /// `O_NONBLOCK`
    NONBLOCK = 8,
    /// `O_APPEND`
    APPEND = 9,
}

impl From<ReopenFlags> for OpenFlags {
    fn from(flags: ReopenFlags) -> OpenFlags {
        OpenFlags::from_bits_truncate(flags.bits())
    }
}

flag_set! {
    /// The flags of `memfd_create`.
    MemfdFlags, "flags of memfd_create, such as CLOEXEC|ALLOW_SEALING, or 0", "MFD_", "flags are written without MFD_":
    /// `MFD_CLOEXEC`
    CLOEXEC = 0,
    /// `MFD_ALLOW_SEALING`
    ALLOW_SEALING = 1,
    /// `MFD_NOEXEC_SEAL`
    NOEXEC_SEAL = 2,
    /// `MFD_EXEC`
    EXEC = 3,
    /// A bit that stands for no flag.
    UNKNOWN = 4,
}

flag_set! {
    /// What `fcntl` sets of an open file description.
    StatusFlags, "APPEND, NONBLOCK, both joined by |, or 0", "O_", "flags are written without O_":
    /// `O_APPEND`
    APPEND = 0,
    /// `O_NONBLOCK`
    NONBLOCK = 1,
}

flag_set! {
    /// The protection of a mapping.
    Prot, "a protection, such as READ|WRITE, or 0", "PROT_", "a protection is written without PROT_":
    /// `PROT_READ`
    READ = 0,
    /// `PROT_WRITE`
    WRITE = 1,
    /// `PROT_EXEC`
    EXEC = 2,
}

flag_set! {
    /// The flags of `mmap`.
    MapFlags, "SHARED, PRIVATE, or 0", "MAP_", "flags are written without MAP_":
    /// `MAP_SHARED`
    SHARED = 0,
    /// `MAP_PRIVATE`
    PRIVATE = 1,
}

flag_set! {
    /// The seals of a memfd.
    Seals, "seals, such as SHRINK|GROW, or 0", "F_SEAL_", "seals are written without F_SEAL_":
    /// `F_SEAL_SEAL`
    SEAL = 0,
    /// `F_SEAL_SHRINK`
    SHRINK = 1,
    /// `F_SEAL_GROW`
    GROW = 2,
    /// `F_SEAL_WRITE`
    WRITE = 3,
    /// `F_SEAL_FUTURE_WRITE`
    FUTURE_WRITE = 4,
    /// `F_SEAL_EXEC`
    EXEC = 5,
}

word! {
    /// What may lie where an object would be.
    Planted, "DIRECTORY or FIFO", "S_IF", "what is planted is written out:":
    /// A directory.
    Directory = "DIRECTORY",
    /// A FIFO.
    Fifo = "FIFO",
}

word! {
    /// Which of an object's times.
    Timestamp, "ATIME, MTIME or CTIME", "S_", "a time is written as POSIX names its kind:":
    /// When it was read last.
    Access = "ATIME",
    /// When it was written last.
    Modification = "MTIME",
    /// When anything of it was changed last.
    Change = "CTIME",
}

word! {
    /// What `lseek` counts from.
    Whence, "SET, CUR, END, DATA or HOLE", "SEEK_", "it is written without SEEK_":
    /// The start of the object.
    Set = "SET",
    /// The file offset.
    Cur = "CUR",
    /// The end of the object.
    End = "END",
    /// The next byte that is in no hole.
    Data = "DATA",
    /// The next hole.
    Hole = "HOLE",
}

word! {
    /// A lock on an object.
    Lock, "RDLCK, WRLCK or UNLCK", "F_", "a lock is written without F_":
    /// `F_RDLCK`: others may read.
    Read = "RDLCK",
    /// `F_WRLCK`: nobody else may read or write.
    Write = "WRLCK",
    /// `F_UNLCK`: none.
    Nothing = "UNLCK",
}

word! {
    /// A lock on an object that goes with an open file description.
    FileLock, "SH, EX or UN", "LOCK_", "a lock is written without LOCK_":
    /// `LOCK_SH`: others may have one like it.
    Shared = "SH",
    /// `LOCK_EX`: nobody else may have one.
    Exclusive = "EX",
    /// `LOCK_UN`: none.
    Nothing = "UN",
}

word! {
    /// What kind of file an object is said to be.
    FileType, "REG, CHR, FIFO, DIR, SOCK, BLK, LNK, NONE or OTHER", "S_IF", "a kind is written without S_IF":
    /// `S_IFREG`: a regular file.
    Regular = "REG",
    /// `S_IFCHR`: a character device.
    Character = "CHR",
    /// `S_IFIFO`: a pipe.
    Fifo = "FIFO",
    /// `S_IFDIR`: a directory.
    Directory = "DIR",
    /// `S_IFSOCK`: a socket.
    Socket = "SOCK",
    /// `S_IFBLK`: a block device.
    Block = "BLK",
    /// `S_IFLNK`: a symbolic link.
    Link = "LNK",
    /// No kind at all: those bits are 0.
    Nothing = "NONE",
    /// A kind that has no name here.
    Other = "OTHER",
}

word! {
    /// A limited resource.
    Resource, "FSIZE, NOFILE, AS or MEMLOCK", "RLIMIT_", "a limit is written without RLIMIT_":
    /// `RLIMIT_FSIZE`: the largest file, in bytes.
    Fsize = "FSIZE",
    /// `RLIMIT_NOFILE`: one more than the highest descriptor.
    Nofile = "NOFILE",
    /// `RLIMIT_AS`: address space, in bytes.
    As = "AS",
    /// `RLIMIT_MEMLOCK`: what may be kept in memory, in bytes.
    Memlock = "MEMLOCK",
}
