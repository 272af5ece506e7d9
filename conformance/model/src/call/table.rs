//! The table of calls. A new call is an entry here, its effect in the model, and its performing in the actor.

use super::argument::*;
use super::entry::{Binds, Entry, Parameter, calls};
use super::members::Members;
use super::{Amount, Label, Name, OutOfRange, Over, Range, Requirement};
use crate::constants::{
    FileLock, Lock, MapFlags, MemfdFlags, OpenFlags, Planted, Prot, ReopenFlags, Resource, Seals, Signal, StatusFlags,
    Timestamp, Whence,
};
use serde::{Deserialize, Serialize};
use std::fmt;

calls! {
    "Names and objects":
    /// Opens, and with `CREAT` creates, the object of a name. The mode must be given with `CREAT`.
    ShmOpen = "shm_open" {
        name: Name as Object,
        flags: OpenFlags as OpenWords,
        #[serde(default)]
        mode: u32 as CreateMode,
    } -> Descriptor "" Named;
    /// Removes a name.
    ShmUnlink = "shm_unlink" { name: Name as Object } -> Nothing "`ok`" Named;
    /// Makes an object of that size that has no name, open for reading and writing.
    Create = "create" { size: Amount as Bytes } -> Descriptor "" Anonymous;
    /// Makes an empty memfd. Its name is for people who look for it, and need not be another one's.
    MemfdCreate = "memfd_create" { name: Name as Object, flags: MemfdFlags as Word } -> Descriptor "" Memfd;
    /// The names of this run that the system lets one list. Where it lists none the call is left out of a case, unless
    /// the case says `# needs: listing`.
    Names = "names" -> Nothing "names" Listing;
    /// So many names from the subject's own generator, by each of so many threads.
    UniqueNames = "unique_names" { count: u32 as NameCount, threads: u32 as ThreadCount } -> Nothing "names" UniqueNames;
    /// Creates an object under the very name that the subject's generator would give out next.
    Collide = "collide" -> Nothing "that name" UniqueNames;
    /// Lays a directory or a FIFO, which everybody may use, where the object of a name would be.
    Plant = "plant" { name: Name as Object, what: Planted as Word } -> Nothing "`ok`" DirectoryStore;
    /// Lays a symbolic link to where the object of another name is, or would be, where the object of a name would be.
    Symlink = "symlink" { name: Name as Object, to: Name as Object } -> Nothing "`ok`" DirectoryStore;
    /// Gives the actor a private store of objects with room for so many bytes only.
    LimitedStore = "limited_store" { bytes: Amount as Bytes } -> Nothing "`ok`" LimitedStore;

    "Descriptors":
    /// Sets the size of an object.
    Ftruncate = "ftruncate" { fd: Label as Fd, size: Amount as Bytes } -> Nothing "`ok`";
    /// Makes sure that a range of an object has storage, growing it if the range ends beyond it.
    PosixFallocate = "posix_fallocate" { fd: Label as Fd, offset: Amount as Bytes, len: Amount as Bytes }
        -> Nothing "`ok`" Reserving;
    /// Takes the storage of a range away, so that it reads as zeros. The size stays.
    Punch = "punch" { fd: Label as Fd, offset: Amount as Bytes, len: Amount as Bytes } -> Nothing "`ok`" Punching;
    /// Asks for size, permission bits and owner.
    Fstat = "fstat" { fd: Label as Fd } -> Nothing "`size 4096 mode 0600 uid 0 gid 0`";
    /// Sets the permission bits.
    Fchmod = "fchmod" { fd: Label as Fd, mode: u32 as Mode } -> Nothing "`ok`";
    /// Sets the owner and the group.
    Fchown = "fchown" { fd: Label as Fd, uid: u32 as User, gid: u32 as User } -> Nothing "`ok`";
    /// Asks for the number that tells the object from others: `st_ino` of `fstat`.
    Inode = "inode" { fd: Label as Fd } -> Nothing "a number";
    /// Asks how many names the object has: `st_nlink` of `fstat`.
    Links = "links" { fd: Label as Fd } -> Nothing "a number";
    /// Asks what kind of file the object is said to be: the type in `st_mode` of `fstat`.
    Filetype = "filetype" { fd: Label as Fd } -> Nothing "a kind, such as `REG` or `NONE`";
    /// Asks how many blocks of 512 bytes the object takes: `st_blocks` of `fstat`.
    Blocks = "blocks" { fd: Label as Fd } -> Nothing "a number";
    /// Asks for one of the object's times, in nanoseconds since the Epoch, and waits until whatever is done next is later.
    Timestamp = "timestamp" { fd: Label as Fd, which: Timestamp as Word } -> Nothing "a number";
    /// Reads at the file offset.
    Read = "read" { fd: Label as Fd, len: Amount as Bytes } -> Nothing "bytes";
    /// Writes `len` times `byte` at the file offset.
    Write = "write" {
        fd: Label as Fd,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        byte: Option<u8> as Untold,
        len: Amount as Bytes,
    } -> Nothing "a number";
    /// Reads at `offset`.
    Pread = "pread" { fd: Label as Fd, offset: Amount as Bytes, len: Amount as Bytes } -> Nothing "bytes";
    /// Writes `len` times `byte` at `offset`.
    Pwrite = "pwrite" {
        fd: Label as Fd,
        offset: Amount as Bytes,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        byte: Option<u8> as Untold,
        len: Amount as Bytes,
    } -> Nothing "a number";
    /// Moves the file offset; with `DATA` or `HOLE` to the next byte from `offset` on that is in no hole, or in one.
    Lseek = "lseek" { fd: Label as Fd, offset: Amount as Bytes, whence: Whence as Word } -> Nothing "a number";
    /// Duplicates a descriptor.
    Dup = "dup" { fd: Label as Fd } -> Descriptor "";
    /// Makes the number of `onto` stand for what `fd` does, and closes what it stood for before.
    Dup2 = "dup2" { fd: Label as Fd, onto: Label as Fd } -> Descriptor "";
    /// Opens the object behind a descriptor anew, as its mode allows it: `/proc/self/fd` of Linux.
    Reopen = "reopen" { fd: Label as Fd, flags: ReopenFlags as Word } -> Descriptor "" Reopening;
    /// Closes a descriptor. Its label goes on to stand for the same number.
    Close = "close" { fd: Label as Fd } -> Nothing "`ok`";
    /// Is the descriptor closed by `exec`?
    FcntlGetfd = "fcntl" "GETFD" { fd: Label as Fd } -> Nothing "`1` or `0`";
    /// Makes `exec` close the descriptor, or with `0` keep it.
    FcntlSetfd = "fcntl" "SETFD" { fd: Label as Fd, cloexec: bool as CloseOnExec } -> Nothing "`ok`";
    /// Duplicates a descriptor, as the lowest free number from `least` on.
    FcntlDupfd = "fcntl" "DUPFD" { fd: Label as Fd, least: u32 as Least } -> Descriptor "";
    /// With which access was the descriptor opened, and which of `APPEND` and `NONBLOCK` are set?
    FcntlGetfl = "fcntl" "GETFL" { fd: Label as Fd } -> Nothing "`RDONLY`, `WRONLY` or `RDWR`, with `APPEND` and `NONBLOCK`";
    /// Sets of `APPEND` and `NONBLOCK` those that are named, and clears the others.
    FcntlSetfl = "fcntl" "SETFL" { fd: Label as Fd, flags: StatusFlags as Word } -> Nothing "`ok`";
    /// Locks the whole object for reading or writing, or gives the lock up, without waiting (`F_SETLK`).
    FcntlSetlk = "fcntl" "SETLK" { fd: Label as Fd, lock: Lock as Word } -> Nothing "`ok`";
    /// Locks the object for the open file description, shared or for itself alone, or gives the lock up, without waiting.
    Flock = "flock" { fd: Label as Fd, lock: FileLock as Word } -> Nothing "`ok`";
    /// Which seals has the object?
    FcntlGetSeals = "fcntl" "GET_SEALS" { fd: Label as Fd } -> Nothing "seals" Seals;
    /// Adds seals to the object.
    FcntlAddSeals = "fcntl" "ADD_SEALS" { fd: Label as Fd, seals: Seals as Word } -> Nothing "`ok`" Seals;
    /// Closes the standard input, so that the number 0 is free.
    CloseStdin = "close_stdin" -> Nothing "`ok`";
    /// How many descriptors has the actor open, beside those that it started with?
    Fds = "fds" -> Nothing "a number";

    "Mappings":
    /// Maps a range of an object; with `map` and `at` (`MAP_FIXED`) in the place of what that mapping has from there on.
    Mmap = "mmap" {
        fd: Label as Fd,
        offset: Amount as Bytes,
        len: Amount as Bytes,
        prot: Prot as Word,
        flags: MapFlags as Word,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        over: Option<Over> as Place,
    } -> Mapping "";
    /// Unmaps a mapping, or a range of it.
    Munmap = "munmap" {
        map: Label as Map,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        range: Option<Range> as WholeOrRange,
    } -> Nothing "`ok`";
    /// Sets the protection of a mapping, or of a range of it.
    Mprotect = "mprotect" {
        map: Label as Map,
        prot: Prot as Word,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        range: Option<Range> as WholeOrRange,
    } -> Nothing "`ok`";
    /// Keeps the pages of a mapping in memory.
    Mlock = "mlock" { map: Label as Map } -> Nothing "`ok`";
    /// Keeps them there no more.
    Munlock = "munlock" { map: Label as Map } -> Nothing "`ok`";
    /// Writes back what was stored through a mapping (`MS_SYNC`).
    Msync = "msync" { map: Label as Map } -> Nothing "`ok`";
    /// Writes `len` times `byte` through a mapping; once, if no length is given.
    Store = "store" { map: Label as Map, offset: Amount as Bytes, byte: u8 as Byte, len: Amount as OneOrBytes }
        -> Nothing "`ok`, or the signal that ended the actor";
    /// Reads `len` bytes through a mapping; one, if no length is given.
    Load = "load" { map: Label as Map, offset: Amount as Bytes, len: Amount as OneOrBytes }
        -> Nothing "bytes, or the signal that ended the actor";

    "Between actors":
    /// Makes a pipe: what is read from, and what is written to.
    Pipe = "pipe" -> Pair "" Passing;
    /// Makes two stream sockets that are connected to each other.
    Socketpair = "socketpair" -> Pair "" Passing;
    /// Sends descriptors to another actor, in one message (`SCM_RIGHTS`).
    Send = "send" { to: Label as Peer, fds: Vec<Label> as Cargo } -> Nothing "`ok`" Passing;
    /// Receives one message of another actor, with a control buffer for `room` descriptors. Without `room` the buffer holds
    /// as many as there are labels.
    Recv = "recv" {
        from: Label as Peer,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<u32> as Room,
    } -> Descriptors "" Passing;

    "Processes":
    /// Makes a child that is the actor `child` from then on, with the labels of its parent; with `NEWPID`, in a PID
    /// namespace of its own.
    Fork = "fork" {
        child: Label as Child,
        #[serde(default)]
        pid_namespace: bool as PidNamespace,
    } -> Nothing "`ok`" Fork;
    /// Replaces the program of the actor; labels stay, and stand for what is still open.
    Exec = "exec" -> Nothing "`ok`" Exec;
    /// Ends the actor.
    Exit = "exit" { code: u8 as ExitCode } -> Nothing "`exit 0`";
    /// Sends the actor itself a signal.
    Kill = "kill" { signal: Signal as Word } -> Nothing "the signal, or `ok` where the process outlives it: it ignores the signal, or is the first of a PID namespace";
    /// Ignores a signal from then on.
    Sigignore = "sigignore" { signal: Signal as Word } -> Nothing "`ok`";
    /// From then on a timer interrupts each `posix_fallocate` of the actor with a signal, again and again after so many
    /// milliseconds; with 0 it does so no more.
    Alarm = "alarm" { period: u32 as Milliseconds } -> Nothing "`ok`" Reserving;
    /// Sets the file mode creation mask.
    Umask = "umask" { mode: u32 as Mode } -> Nothing "the former mask";
    /// Sets a soft resource limit.
    Rlimit = "rlimit" { resource: Resource as Word, limit: Amount as Bytes } -> Nothing "`ok`" Limits;
    /// Takes that group.
    Setgid = "setgid" { gid: u32 as User } -> Nothing "`ok`" Root;
    /// Takes those supplementary groups, and no others.
    Setgroups = "setgroups" { gids: Vec<u32> as Groups } -> Nothing "`ok`" Root;
    /// Becomes the user of that number, for good, and, unless `setgid` or `setgroups` was called before, takes the group of
    /// the same number.
    Setuid = "setuid" { uid: u32 as User } -> Nothing "`ok`" Root;
    /// Becomes the user of that number for a while: the real user stays, and can be come back to.
    Seteuid = "seteuid" { uid: u32 as User } -> Nothing "`ok`" Root;
}
