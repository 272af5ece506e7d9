//! Every matter in which platforms differ, with the type of its choices.

mod info;
#[macro_use]
mod list;

pub use info::RuleInfo;

use super::choices::*;
use super::{Rule, entries::Reader, read::ProfileError};
use crate::outcome::{Errno, Signal};

rules! {
    /// How long a name can be.
    name_length: Limit,
    /// Opening a name that is too long.
    name_too_long: Errno,
    /// A name without a leading slash.
    name_bare: NameAnswer,
    /// A name with two leading slashes.
    name_double_slash: NameAnswer,
    /// A name with a slash inside.
    name_inner_slash: NameAnswer,
    /// A name with a slash at its end.
    name_trailing_slash: NameAnswer,
    /// The empty name.
    name_empty: NameAnswer,
    /// The name that is one slash.
    name_slash: NameAnswer,
    /// The names /. and /.. for reading alone.
    name_dots: NameAnswer,
    /// The names /. and /.. for writing or creating.
    name_dots_writable: NameAnswer,
    /// Unlinking a name that cannot be opened for its form.
    unlink_bad_name: Errno,
    /// Unlinking a name that is too long.
    unlink_too_long: Errno,
    /// Unlinking /. or /...
    unlink_dots: Errno,
    /// Objects with names at all, for which there may be no store, or no function.
    named: Response,
    /// What shm_open and shm_unlink do where the process has no descriptor free, of which looking for the store of objects may need one.
    named_full: Response,
    /// Opening for writing alone.
    open_wronly: Response,
    /// Opening with both O_WRONLY and O_RDWR: a descriptor that can do neither, or an error.
    open_both: Response,
    /// O_CLOEXEC among the open flags.
    open_cloexec: Response,
    /// O_NOFOLLOW among the open flags.
    open_nofollow: Response,
    /// O_NONBLOCK or O_APPEND among the open flags.
    open_other_flags: Response,
    /// O_SYNC among the open flags.
    open_sync: Response,
    /// O_DIRECTORY among the open flags, without O_CREAT.
    open_directory_flag: Response,
    /// O_CREAT with O_DIRECTORY, of a name without an object. Where that is ENOTDIR, the object was created all the same.
    open_new_directory: Response,
    /// O_CLOFORK among the open flags.
    open_clofork: Response,
    /// Does fork close what was opened with O_CLOFORK?
    open_clofork_holds: bool,
    /// Where O_APPEND and O_NONBLOCK are among the open flags, do they stay on?
    open_status_stays: bool,
    /// Does shm_open set O_NONBLOCK though nobody asked for it?
    open_nonblocking: bool,
    /// O_EXCL without O_CREAT.
    open_excl_alone: Response,
    /// O_TRUNC with write access.
    trunc_writable: Truncation,
    /// O_TRUNC with read access alone.
    trunc_readonly: Truncation,
    /// O_TRUNC with read access alone, before anybody looks for the name.
    trunc_for_reading: Response,
    /// Does O_TRUNC with read access alone ask for the permission to write?
    trunc_asks_to_write: bool,
    /// Is the umask applied to the mode of a new object?
    open_umask: bool,
    /// Which bits of the mode a new object keeps, in octal.
    open_mode_bits: Bits,
    /// Does a new object get the effective group of its creator, rather than that of a directory?
    open_effective_group: bool,
    /// O_CREAT with O_EXCL where something lies that is no object.
    open_taken: Found,
    /// Opening where a symbolic link lies.
    open_link: Found,
    /// Opening a directory for reading, without O_CREAT and O_TRUNC.
    open_directory_reading: Found,
    /// Opening a directory otherwise.
    open_directory: Found,
    /// Opening a FIFO.
    open_fifo: Found,
    /// Unlinking where a directory lies.
    unlink_directory: Removal,
    /// Unlinking where a symbolic link or a FIFO lies.
    unlink_other: Removal,
    /// Is the owner that is looked for the effective user, rather than the real one?
    open_owner_is_effective: bool,
    /// O_CREAT on an object that somebody else owns, whose mode allows it.
    open_creat_of_others: Response,
    /// Opening without O_CREAT an object that somebody else owns, whose mode allows it.
    open_of_others: Response,
    /// Is the owner held to the owner's bits alone, and not let in by those of the group and of others?
    owner_class_alone: bool,
    /// Does root open objects whose mode forbids it?
    open_root: bool,
    /// Does an open that finds no free descriptor leave no new object behind?
    open_emfile_spares: bool,
    /// Does a truncating open that finds no free descriptor leave the bytes alone?
    trunc_emfile_spares: bool,
    /// Does a truncating open that is refused because somebody else owns the object leave the bytes alone?
    trunc_of_others_spares: bool,
    /// Which number a new descriptor has.
    open_number: Number,
    /// The least soft limit of descriptors: a lower one counts as this.
    nofile_least: i64,
    /// Who may remove a name.
    unlink_right: UnlinkRight,
    /// Removing a name without the right to.
    unlink_denied: Errno,

    /// How often a size can be set.
    resize: Resize,
    /// What size an object gets.
    size_rounding: Rounding,
    /// A negative size.
    size_negative: Errno,
    /// The largest size that is always accepted, in bytes.
    size_always: i64,
    /// A size that is too large.
    size_too_large: Response,
    /// Setting the size through a descriptor that cannot write.
    size_readonly: Response,
    /// Setting the size through a descriptor that can write, by somebody whom the mode would not let write.
    size_denied: Response,
    /// Does RLIMIT_FSIZE hold for sizes?
    size_limited: bool,
    /// Which sizes RLIMIT_FSIZE refuses.
    size_limit: Beyond,
    /// Bytes stored behind the end, in its last page, once the object grows.
    tail: Tail,
    /// Which sizes clear what was stored behind the end, though they add nothing.
    tail_cut: Cut,
    /// Does what mappings stored stay where a new, smaller size ends inside its page?
    shrink_keeps: bool,
    /// Making an object smaller while it is mapped.
    shrink_mapped: Response,
    /// Accessing a private mapping behind the last page of its object: storing there, and loading once something was stored.
    private_beyond_end: Fault,
    /// Do pages that a private mapping has copied outlive that the object loses them?
    private_survives: bool,
    /// Growing an object beyond the room of its store.
    size_beyond_room: Response,

    /// posix_fallocate on an object.
    fallocate: Response,
    /// posix_fallocate of length 0.
    fallocate_empty: Errno,
    /// posix_fallocate with a negative offset or length.
    fallocate_negative: Errno,
    /// posix_fallocate through a descriptor that cannot write.
    fallocate_readonly: Errno,
    /// posix_fallocate beyond the largest size.
    fallocate_too_large: Errno,
    /// posix_fallocate beyond the room of the store.
    fallocate_beyond_room: Errno,
    /// Which ends of a posix_fallocate RLIMIT_FSIZE refuses.
    fallocate_limit: Beyond,
    /// Does a posix_fallocate that a signal interrupts leave the size alone?
    fallocate_interrupted_spares: bool,
    /// Taking storage out of the middle of an object.
    punch: Response,
    /// fchmod on an object.
    fchmod: Response,
    /// fchmod by somebody else than the owner.
    fchmod_denied: Errno,
    /// Which bits of the mode fchmod keeps, in octal.
    fchmod_bits: Bits,
    /// fchmod with the sticky bit by an ordinary owner.
    fchmod_sticky: Response,
    /// fchmod with the set-group-ID bit by an ordinary owner who may not be in the group of the object.
    fchmod_setgid: Response,
    /// Reading through a descriptor.
    read: Response,
    /// Reading and writing at an offset that the call gives.
    positioned: Response,
    /// Reading a range that ends beyond the largest offset.
    read_too_far: Response,
    /// Writing through a descriptor.
    write: Write,
    /// Writing beyond the room of the store.
    write_beyond_room: Errno,
    /// Writing a range that ends beyond the largest offset.
    write_too_far: TooFar,
    /// Writing beyond the largest size.
    write_too_large: Response,
    /// Does pwrite write at the end where O_APPEND is set?
    pwrite_appends: bool,
    /// Writing beyond RLIMIT_FSIZE: all, as far as the limit, or nothing.
    write_limit: Write,
    /// Does RLIMIT_FSIZE refuse a write of nothing that begins beyond it?
    write_nothing_limited: bool,
    /// Do read and write see what mappings stored, and mappings what was written?
    io_coherent: bool,
    /// Moving the file offset.
    lseek: Response,
    /// Moving the file offset to data (SEEK_DATA), or to a hole (SEEK_HOLE).
    lseek_data: Response,
    /// Moving the file offset beyond the end.
    lseek_beyond_end: Response,
    /// Moving the file offset beyond the largest one: to the largest one, or an error.
    lseek_too_far: Response,
    /// Mapping privately.
    map_private: Response,
    /// Mapping both shared and private.
    map_shared_and_private: Response,
    /// Mapping for writing and shared through a descriptor that cannot write.
    map_write_readonly: Errno,
    /// Mapping for reading through a descriptor that cannot read.
    map_unreadable: Response,
    /// Mapping without PROT_READ through a descriptor that cannot read.
    map_unread: Response,
    /// Mapping beyond the end.
    map_beyond_end: Response,
    /// Does a mapping show what its object grows by afterwards?
    map_grows: bool,
    /// Mapping at an offset that is no multiple of the page size.
    map_unaligned: Response,
    /// Mapping neither shared nor private.
    map_neither: Response,
    /// Mapping at a range that no object can have.
    map_invalid_range: Response,
    /// Where a mapping begins whose offset is 4 GiB or more.
    map_far: Offset,
    /// Mapping shared memory with PROT_EXEC.
    map_exec: Response,
    /// Mapping shared memory with PROT_WRITE and PROT_EXEC.
    map_write_exec: Response,
    /// Mapping privately, with MAP_PRIVATE and PROT_EXEC.
    map_private_exec: Response,
    /// Mapping a memfd with PROT_EXEC.
    map_memfd_exec: Response,
    /// Mapping shared, with PROT_WRITE, what F_SEAL_WRITE holds.
    map_sealed: Errno,
    /// Mapping shared, for reading alone, what F_SEAL_WRITE holds, through a descriptor that can write.
    map_sealed_reading: Response,
    /// Does RLIMIT_AS hold for mappings?
    map_limited: bool,
    /// Unmapping at an address that is no multiple of the page size.
    unmap_unaligned: Response,
    /// Unmapping nothing.
    unmap_empty: Response,
    /// Where unmapping nothing succeeds, does it unmap the page of an address inside a page?
    unmap_empty_takes_page: bool,
    /// Unmapping a range of which a part is not mapped.
    unmap_hole: Response,
    /// Do private mappings see later changes of pages that they have not copied?
    private_follows: bool,
    /// Accessing a mapping in a way that its protection forbids.
    access_forbidden: Signal,
    /// Accessing a mapping behind the last page of its object.
    access_beyond_end: Fault,
    /// Making a shared mapping writable whose descriptor cannot write.
    protect_readonly: Errno,
    /// Making a mapping executable, with PROT_EXEC.
    protect_exec: Response,
    /// Making the mapping of a memfd executable, with PROT_EXEC.
    protect_memfd_exec: Response,
    /// Making a mapping both writable and executable, with PROT_WRITE and PROT_EXEC.
    protect_write_exec: Response,
    /// Giving a mapping a protection that mmap did not ask for.
    protect_raised: Response,
    /// Protecting a range of which a part is not mapped.
    protect_hole: Response,
    /// Protecting a range that begins at an address that is no multiple of the page size.
    protect_unaligned: Response,
    /// Writing back a mapping of which a part was unmapped.
    msync_holes: Response,
    /// Keeping pages in memory by an ordinary user, within the limit.
    mlock_by_users: Response,
    /// Keeping more in memory than RLIMIT_MEMLOCK allows.
    mlock_limited: Response,
    /// Keeping anything in memory where RLIMIT_MEMLOCK allows not even a page.
    mlock_forbidden: Response,
    /// Does RLIMIT_MEMLOCK hold for root?
    mlock_root_limited: bool,
    /// Keeping a range in memory of which a part is not mapped.
    mlock_hole: Response,
    /// Keeping pages behind the last page of an object in memory.
    mlock_beyond_end: Response,
    /// Keeping pages in memory that can be neither read nor written.
    mlock_no_access: Response,
    /// Keeping a range in memory no more of which a part is not mapped.
    munlock_hole: Response,
    /// Do mlock and munlock that fail leave everything as it was?
    mlock_failed_spares: bool,

    /// Setting the owner and the group of an object.
    fchown: Response,
    /// Giving an object to somebody, by a user who is neither its owner nor root.
    fchown_of_others: Response,
    /// The inode number of an object.
    inode: Identity,
    /// The number of links of an object.
    links: Links,
    /// What kind of file an object is said to be.
    file_type: Kind,
    /// How many blocks an object is said to take.
    blocks: Blocks,
    /// What the times of an object tell.
    times: Times,
    /// Setting O_APPEND and O_NONBLOCK of an open description, which is done whatever the answer is.
    set_status: Response,
    /// Do writes through a description with O_APPEND go to the end?
    write_appends: bool,
    /// Locking an object by fcntl.
    lock: Response,
    /// Locking an object that another process has locked.
    lock_denied: Errno,
    /// Does a process keep its locks over exec?
    exec_keeps_locks: bool,
    /// Does a process stay its effective user over exec, rather than become its real one, without the rights of that one?
    exec_keeps_user: bool,
    /// Locking an object by flock, with LOCK_SH or LOCK_EX.
    flock: Response,
    /// Is the lock that an open description has kept, where flock cannot change it?
    flock_keeps: bool,
    /// Do locks of flock and of fcntl keep each other out?
    flock_and_fcntl: bool,
    /// Opening an object anew by its descriptor.
    reopen: Response,
    /// Duplicating a descriptor as a number that none can have.
    dupfd_beyond: Errno,
    /// Do descriptors arrive that were sent?
    send_carries: bool,
    /// How many descriptors one message can always carry.
    send_always: i64,
    /// How many descriptors one message can carry at most.
    send_most: i64,
    /// Sending more descriptors than a message can carry.
    send_too_many: Errno,
    /// How many descriptors can be on their way to one peer without a message being lost that sendmsg took.
    send_lossless: i64,
    /// Sending while too many descriptors are on their way.
    send_in_flight: Errno,
    /// Receiving with a control buffer that is too small: the descriptors that fit arrive, or the call fails.
    recv_short: Response,
    /// Must a control buffer have room for the padding behind its descriptors?
    recv_padded: bool,
    /// What becomes of descriptors for which the control buffer is too small.
    recv_rest: Rest,
    /// What becomes of descriptors where there is no control buffer at all.
    recv_none: Rest,
    /// Receiving more descriptors than there are free numbers: those that find one arrive, or the call fails.
    recv_full: Response,
    /// Receiving from a peer that ended without having received all that was sent to it: the end, or an error first.
    recv_unread: Response,
    /// Does that error come once, and not at every call from then on?
    recv_unread_once: bool,
    /// Is a message marked whose descriptors find no free number?
    recv_marks_lost: bool,
    /// Do received descriptors have the lowest numbers that are free?
    recv_lowest: bool,
    /// Are received descriptors closed by exec where the receiver asks for it?
    recv_cloexec: bool,
    /// Asking an object of shm_open for its seals: F_SEAL_SEAL alone, or the question fails.
    shm_seals: Response,
    /// Adding seals, such as F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE or F_SEAL_SEAL, to an object of shm_open.
    shm_add_seals: Errno,
    /// Adding F_SEAL_FUTURE_WRITE, the seal against future writing.
    seal_future_known: Response,
    /// Adding F_SEAL_EXEC, the seal against changes of the bits that allow executing.
    seal_exec_known: Response,
    /// Does F_SEAL_EXEC hold the bits of the mode?
    seal_exec: bool,
    /// Does F_SEAL_FUTURE_WRITE keep writes and new writable mappings out?
    seal_future_write: bool,
    /// Making a memfd.
    memfd: Response,
    /// How many bytes the name of a memfd can have.
    memfd_name_most: i64,
    /// Making a memfd with a name that is too long.
    memfd_name_too_long: Errno,
    /// MFD_EXEC and MFD_NOEXEC_SEAL among the flags of memfd_create, which say whether the memfd can be executed.
    memfd_exec_known: Response,
    /// Making a memfd with MFD_EXEC, which can be executed.
    memfd_exec: Response,
    /// Is a memfd kept from being executed, as with MFD_NOEXEC_SEAL, where no flag says anything about it?
    memfd_noexec: bool,
    /// The bits of the mode of a memfd that can be executed, in octal.
    memfd_mode: Bits,
    /// Making a nameless object of size 0.
    create_empty: Response,
    /// Writing through a descriptor of a nameless object.
    create_write: Write,
    /// The bits of the mode of a nameless object, in octal.
    create_mode: Bits,
}
