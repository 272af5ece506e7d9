//! Every mutant: its name, its fault, what is wrong with it, and where that was seen, if anybody is known to have had
//! it.
//!
//! `OWNER/REPOSITORY#NUMBER` is an issue or a change on GitHub. Otherwise a system is named with the file that does it.

use super::*;

macro_rules! mutants {
    ($($name:literal $fault:path, $sentence:literal $(, $seen:literal)?;)+) => {
        /// Every mutant.
        pub const ALL: &[Mutant] = &[
            $(Mutant {
                name: $name,
                sentence: $sentence,
                seen: [$($seen)?].first().copied(),
                make: || Box::new(<$fault>::default()),
            },)+
        ];
    };
}

mutants! {
    "excl-ignored" open::ExclIgnored, "An exclusive create of a name that exists opens it.",
        "YurtOS/yurtos-kernel#68";
    "excl-racy" open::ExclRacy, "An exclusive create looks first and creates afterwards.",
        "elast0ny/shared_memory#26";
    "trunc-ignored" open::TruncIgnored, "Opening with O_TRUNC leaves the size as it is.",
        "NuttX, fs/shm/shm_open.c: file_shm_open";
    "wrong-errno" open::WrongErrno, "Opening a name that does not exist fails with EINVAL.";
    "no-cloexec" open::NoCloexec, "A new descriptor stays open over exec.",
        "apache/nuttx#9770";
    "umask-ignored" open::UmaskIgnored, "A new object has the mode that was asked for, whatever the umask.",
        "phoenix-rtos/phoenix-rtos-project#1628";
    "mode-ignored" open::ModeIgnored, "A new object has mode 0600, whatever was asked for.",
        "Redox, ipcd/src/shm.rs: openat takes no mode";
    "leaked-descriptor" open::LeakedDescriptor, "Every open leaves a second descriptor behind.",
        "openucx/ucx#392";
    "readonly-widened" open::ReadonlyWidened, "An object opened for reading can be written.",
        "Redox, ipcd/src/shm.rs: openat takes every access for reading and writing";
    "not-the-lowest" open::NotTheLowest, "A new descriptor is not the lowest that is free.",
        "DragonFly, lib/libc/gen/posixshm.c: shm_open holds the directory open meanwhile";
    "shared-description" open::SharedDescription, "Opening a name twice gives one open file description.";
    "case-folded" names::CaseFolded, "Names that differ in case alone are one name.";
    "marks-replaced" names::MarksReplaced,
        "Blanks, percent signs, backslashes and control characters in names are one letter.";
    "high-bits-lost" names::HighBitsLost, "Bytes above 0x7f in names are one letter.";
    "end-of-name-lost" names::EndLost, "Of a name the first 29 bytes count.";
    "descriptors-run-out" open::DescriptorsRunOut, "A process can open no more than 64 objects.",
        "Zephyr, lib/os/fdtable.c: a table of CONFIG_ZVFS_OPEN_MAX entries";
    "recreated-name-old-object" unlink::RecreatedNameOldObject, "A name that is created again reaches the old object.",
        "Redox, ipcd/src/shm.rs: openat finds what unlinkat has only marked";
    "unlink-frees-at-once" unlink::FreesAtOnce, "Unlinking empties the object though it is open.",
        "genodelabs/genode#2524";
    "unlink-keeps-name" unlink::KeepsName, "Unlinking leaves the name.",
        "Redox, ipcd/src/shm.rs: unlinkat marks what is open, and openat goes on to find it";
    "unlink-two-winners" unlink::TwoWinners, "Of two unlinks at once both succeed.";
    "unlink-missing-succeeds" unlink::MissingSucceeds, "Unlinking a name that does not exist succeeds.";
    "size-rounded-up" size::RoundedUp, "An object has whole pages.",
        "osvenskan/posix_ipc#35: macOS";
    "size-remembered" size::Remembered, "The size is told as it was first seen through the descriptor.";
    "shrink-ignored" size::ShrinkIgnored, "Shrinking an object leaves it as large as it was.",
        "microsoft/WSL#902";
    "stale-after-regrow" size::StaleAfterRegrow, "Growing an object shows the bytes that shrinking it had cut off.",
        "Redox, ipcd/src/shm.rs: grow_to";
    "grow-not-zeroed" size::GrowNotZeroed, "The first byte of what an object grows by is not zero.",
        "apache/nuttx#11635";
    "negative-size-accepted" size::NegativeAccepted, "Setting a negative size succeeds and does nothing.",
        "phoenix-rtos/phoenix-rtos-project#363";
    "positioned-moves-offset" size::PositionedMovesOffset, "pread and pwrite move the file offset.",
        "wishstudio/flinux#57";
    "change-mode-masked" open::ChangeModeMasked,
        "The creation mask takes its bits away from the mode that fchmod sets.";
    "real-user-opens" user::RealUserOpens, "The real user opens and creates, and not the effective one.";
    "supplementary-groups-ignored" user::SupplementaryGroupsIgnored, "Of the groups of a process its own alone counts.",
        "Zeke-OS/zeke#112, and NuttX before apache/nuttx#19767";
    "mode-narrowed-later" moment::ModeNarrowedLater, "A new object lets everybody in until its mode is set.";
    "owner-set-later" moment::OwnerSetLater, "A new object is the real user's until it is given to the effective one.";
    "grown-in-steps" moment::GrownInSteps, "An object grows in two steps.";
    "renamed-at-unlink" moment::RenamedAtUnlink, "Unlinking shows another name until the object is away.",
        "libfuse, lib/fuse.c: hide_node renames an open file to .fuse_hidden";
    "name-dies-with-creator" death::NameDies, "The name of an object goes with the process that created it.",
        "python/cpython#82300";
    "contents-die-with-creator" death::ContentsDie,
        "An object becomes empty when the process that created it has ended.";
    "link-followed" obstacle::LinkFollowed, "A symbolic link at a name is followed.",
        "relibc, src/header/sys_mman/mod.rs: shm_open opens without O_NOFOLLOW";
    "target-unlinked" obstacle::TargetUnlinked, "Unlinking a name where a symbolic link lies removes what it leads to.";
    "interrupted-shrinks" size::InterruptedShrinks, "Reserving storage that a signal interrupts empties the object.",
        "Linux before 4.6, mm/shmem.c: shmem_fallocate undid one page too many";
    "objects-first" message::ObjectsFirst, "Of a message the descriptors of files come first.";
    "second-number-kept" descriptor::SecondNumberKept, "dup2 leaves what the second number stands for.";
    "least-ignored" descriptor::LeastIgnored, "F_DUPFD gives the lowest free number, whatever is asked for.",
        "rcore-os/tgoskits#237";
    "status-ignored" descriptor::StatusIgnored, "F_SETFL succeeds and sets nothing.",
        "moby/moby#20199";
    "group-kept" descriptor::GroupKept, "fchown leaves the group as it is.";
    "one-inode" descriptor::OneInode, "All objects have the same inode number.",
        "Zephyr, lib/posix/options/shm.c: shm_fstat says 0 of all; bjorn3/browser_wasi_shim#80";
    "links-stay" descriptor::LinksStay, "An object has a name for ever.";
    "lock-ignored" descriptor::LockIgnored, "Locking an object keeps nobody out.",
        "Zephyr, lib/posix/options/shm.c: shm_ioctl does nothing for ZFD_IOCTL_SET_LOCK";
    "device-said" descriptor::DeviceSaid, "An object is said to be a device.";
    "no-blocks" descriptor::NoBlocks, "An object is said to take no room.",
        "Redox, ipcd/src/shm.rs: fstat";
    "no-times" times::NoTimes, "All times of an object are 0.",
        "macOS, bsd/kern/posix_shm.c: pshm_stat";
    "times-stand-still" times::TimesStandStill, "The times of an object are those that were told first.",
        "FreeBSD, sys/kern/uipc_shm.c: no write sets them";
    "times-in-seconds" times::TimesInSeconds, "The times of an object are whole seconds.",
        "FreeBSD, sys/kern/vfs_subr.c: vfs_timestamp, with vfs.timestamp_precision=0";
    "times-are-now" times::TimesAreNow, "The times of an object are those at which they are asked for.";
    "change-is-modification" times::ChangeIsModification, "Setting the mode leaves the time of change as it was.";
    "number-0-refused" open::Number0Refused, "An open that gets the descriptor 0 fails.";
    "file-lock-ignored" descriptor::FileLockIgnored, "flock keeps nobody out.",
        "Lind-Project/lind_project#322";
    "file-lock-of-process" descriptor::FileLockOfProcess, "A lock of flock belongs to the process.",
        "Linux, fs/nfs/file.c: flock of NFS is a lock of the process on the server";
    "reopened-duplicate" descriptor::ReopenedDuplicate, "Opening an object anew duplicates the descriptor.",
        "FreeBSD, sys/fs/fdescfs/fdesc_vnops.c: fdesc_open of /dev/fd";
    "close-twice-succeeds" size::CloseTwiceSucceeds, "Closing what is closed succeeds.";
    "always-sealable" memfd::AlwaysSealable, "A memfd can be sealed, whatever its flags say.";
    "seal-forgotten" memfd::SealForgotten, "A memfd that is not to be executed can be.";
    "memfd-name-once" memfd::NameOnce, "A process can use a name for one memfd alone.";
    "punch-ignored" memfd::PunchIgnored, "Taking storage out of an object leaves what it holds.";
    "data-unseen" memfd::DataUnseen, "Looking for data, or for a hole, finds the end.",
        "openzfs/zfs#12477, in which data is seen in a hole";
    "sync-refused" open::SyncRefused, "O_SYNC makes an open fail.",
        "RTEMS, cpukit/posix/src/shmopen.c: shm_check_oflag";
    "private-store" map::PrivateStore, "A store through a shared mapping is not seen by others.",
        "emscripten-core/emscripten#21706";
    "mapping-apart" map::Apart, "Every mapping from the tenth on shows a copy of the object.";
    "mapping-dies-with-close" map::DiesWithClose, "A mapping cannot be used after its descriptor is closed.",
        "RTEMS, cpukit/posix/src/shmopen.c: shm_close counts no mappings";
    "offset-ignored" map::OffsetIgnored, "A mapping begins with the first byte of the object, whatever its offset.";
    "protection-ignored" map::ProtectionIgnored, "Taking away the protection of a mapping changes nothing.",
        "emscripten-core/emscripten#21707";
    "unmapping-ignored" map::UnmappingIgnored, "Unmapping leaves everything mapped.",
        "lunixbochs/usercorn#178";
    "range-protected-whole" map::RangeProtectedWhole, "Protecting a range protects the whole mapping.",
        "bitwiseworks/libcx#27";
    "ring-apart" map::RingApart, "A mapping over another one is private.";
    "locked-for-ever" map::LockedForEver, "munlock leaves the pages locked.";
    "private-behind" map::PrivateBehind, "A mapping is private behind its first 2 MiB.";
    "positioned-in-half" size::PositionedInHalf, "pread and pwrite take the lower 32 bits of an offset.";
    "last-page-lost" size::LastPageLost, "An object of 32 MiB to 1 GiB gets whole units of 1 MiB, and no more.";
    "name-table-full" names::TableFull, "The 17th name of a process stands for the first one.";
    "objects-run-out" open::ObjectsRunOut, "A process can create no more than 250 objects in its life.";
    "numbers-of-a-byte" descriptor::NumbersOfAByte, "fstat takes the lower 8 bits of a descriptor's number.";
    "truncating-no-cloexec" open::TruncatingNoCloexec,
        "A descriptor that was opened with O_TRUNC stays open over exec.";
    "execute-alone-ignored" open::ExecuteAloneIgnored, "fchmod with no bits but those to execute does nothing.";
    "seal-holds-mode" seals::SealHoldsMode, "A seal against shrinking refuses another mode.";
    "seals-wait-for-mappings" seals::SealsWaitForMappings, "No seal on the size can be added while anything is mapped.";
    "most-descriptors-lost" message::MostLost, "Of 65 to 110 descriptors in a message the first 64 arrive.";
    "received-not-the-lowest" message::NotTheLowest, "Received descriptors do not have the lowest numbers.";
    "received-status-lost" message::StatusLost, "All but the first descriptor of a message lose their status flags.";
    "received-other-object" message::OtherObject, "What is received is a new object of the same size.";
    "received-no-cloexec" message::NoCloexec, "A received descriptor stays open over exec.",
        "golang/go#42765";
    "truncation-unseen" message::TruncationUnseen, "That descriptors did not fit is not told.",
        "YurtOS/yurtos-kernel#104";
    "last-descriptor-lost" message::LastLost, "Of several descriptors in a message the last one is lost.",
        "oven-sh/bun#37427, which takes the first one alone";
    "names-by-hash" names::KnownByHash, "Names whose bytes give one number, each time 33 and the next, are one name.",
        "Zephyr, lib/posix/options/shm.c: hash32";
    "names-by-sum" names::KnownBySum, "Names whose bytes have one sum are one name.";
    "byte-at-a-border-lost" names::ByteAtABorderLost, "The 128th byte of a name does not count.";
    "name-dies-with-opener" death::NameDiesWithOpener, "The name of an object goes with any process that opened it.",
        "python/cpython#82300";
    "lock-outlives-its-process" death::LockOutlives, "A lock stays when the process that holds it ends.",
        "rcore-os/tgoskits#472";
    "file-lock-outlives-its-process" death::FileLockOutlives,
        "A lock of flock stays when nobody has the object open any more.";
    "writes-wait" death::WritesWait,
        "What pwrite stores is not seen, and is lost with the process, until it reads or closes something.",
        "occlum/occlum#339";
    "removed-name-taken" reference::RemovedNameTaken,
        "A name that was removed cannot be created while its object is open.",
        "Zephyr, lib/posix/options/shm.c: shm_open";
    "unlink-twice-succeeds" reference::RemovedTwice, "A name can be removed again while its object is open.",
        "Redox, ipcd/src/shm.rs: unlinkat";
    "open-is-busy" reference::OpenIsBusy, "An object that the process has open cannot be unlinked.";
    "contents-die-with-last-close" reference::ContentsDieWithLastClose,
        "An object with a name becomes empty when its last descriptor is closed.",
        "RTEMS, cpukit/posix/src/shmopen.c: shm_close";
    "dup-keeps-cloexec" flags::DupKeepsCloexec, "dup hands on the flag to close on exec.",
        "microsoft/mystikos#503";
    "dup2-keeps-cloexec" flags::Dup2KeepsCloexec, "dup2 hands on the flag to close on exec.",
        "Lind-Project/safeposix-rust#120";
    "dupfd-closes-on-exec" flags::DupFromCloses, "F_DUPFD sets the flag to close on exec.";
    "cloexec-of-duplicates" flags::CloexecOfDuplicates, "Duplicates have one flag to close on exec in common.",
        "nanovms/nanos#862";
    "status-added" flags::StatusAdded, "F_SETFL adds flags and clears none.",
        "emscripten-core/emscripten#26728";
    "append-lost" flags::AppendLost, "O_APPEND has no effect when an object is opened.",
        "rcore-os/tgoskits#237";
    "append-once" flags::AppendOnce, "O_APPEND moves the offset to the end at the open alone.",
        "genodelabs/genode#319";
    "readers-write" flags::ReadersWrite, "What is opened for reading can be written alone.",
        "Haiku before 2022, src/system/libroot/posix/sys/mman.cpp: FD_CLOEXEC among the flags of open";
    "onto-itself-closes" descriptor::OntoItselfCloses, "dup2 onto its own number closes the descriptor.",
        "christianb93/ctOS#3, phoenix-rtos/phoenix-rtos-kernel#633";
    "onto-itself-unchecked" descriptor::OntoItselfUnchecked, "dup2 of a closed number onto itself succeeds.",
        "Lind-Project/lind-wasm#1374";
    "duplicates-apart" offset::DuplicatesApart, "A duplicate has a file offset of its own.";
    "received-apart" offset::ReceivedApart, "A received descriptor has a file offset of its own.";
    "child-offset-apart" offset::ChildApart, "A child has file offsets of its own.";
    "offset-unmoved" offset::Unmoved, "read and write leave the file offset where it is.",
        "isec-tugraz/sweb#120";
    "end-from-offset" offset::EndFromOffset, "SEEK_END counts from the file offset.",
        "managarm, posix/subsystem/src/memfd.cpp: MemoryFile::seek";
    "read-from-the-start" offset::ReadFromTheStart, "read begins with the first byte, whatever the file offset.",
        "RTEMS, cpukit/posix/src/shmopen.c: shm_read";
    "write-stops-at-the-end" write::StopsAtTheEnd, "Nothing is written behind the end.",
        "Zephyr, lib/posix/options/shm.c: shm_rw";
    "write-refused-beyond-the-end" write::RefusedBeyondTheEnd, "A write that would grow an object fails with EFBIG.",
        "NuttX, fs/shm/shmfs.c: shmfs_write";
    "gap-not-zeroed" write::GapNotZeroed, "What lies between the end and a write behind it is not all zeros.",
        "apache/nuttx#13098";
    "size-limit-ignored" write::LimitIgnored, "ftruncate does not keep to the limit of file sizes.";
    "growing-loses" resize::GrowingLoses, "Growing an object empties it.",
        "Zephyr, lib/posix/options/shm.c: shm_ftruncate";
    "growing-clears-the-start" resize::GrowingClearsTheStart, "Growing an object clears as many bytes at its start.",
        "RTEMS, cpukit/posix/src/shmheap.c: _POSIX_Shm_Object_resize_from_heap";
    "tail-of-a-page-stale" resize::TailOfAPageStale, "What was cut off inside a page comes back when the object grows.",
        "rcore-os/tgoskits#1124";
    "stale-after-truncating-open" resize::StaleAfterTruncatingOpen,
        "What O_TRUNC took away comes back when the object grows.",
        "embeddedos-org/eos#100";
    "size-in-half" resize::InHalf, "ftruncate takes the lower 32 bits of a size.";
    "reserving-keeps-the-size" resize::ReservingKeepsTheSize, "posix_fallocate never grows an object.";
    "reserving-writes" resize::ReservingWrites, "posix_fallocate writes a zero where it read one before.",
        "glibc, sysdeps/posix/posix_fallocate.c";
    "mapped-may-not-shrink" resize::MappedMayNotShrink, "An object that the process has mapped cannot be made smaller.",
        "microsoft/WSL#3939";
    "whole-pages-punched" resize::WholePagesPunched, "Taking storage out of an object clears whole pages.";
    "rest-from-the-start" split::RestFromTheStart,
        "What is left behind an unmapped part shows the first bytes of the object.",
        "lunixbochs/usercorn#287, cahirwpz/mimiker#1086";
    "page-more-unmapped" split::PageMoreUnmapped, "Unmapping a part of a mapping takes one page more.",
        "Lind-Project/lind-wasm#1075";
    "first-page-alone-unmapped" split::FirstPageAloneUnmapped, "munmap unmaps one page.",
        "SerenityOS/serenity#5510";
    "part-refused" split::PartRefused, "A part of a mapping cannot be unmapped.",
        "NuttX, fs/shm/shmfs.c: shmfs_munmap; emscripten-core/emscripten#14504";
    "protected-to-the-end" split::ProtectedToTheEnd, "mprotect reaches to the end of the mapping.";
    "more-replaced" split::MoreReplaced, "A mapping over another one takes the page behind it away.",
        "mikaku/Fiwix#16";
    "replacing-refused" split::ReplacingRefused, "A mapping cannot be put over another one.",
        "YurtOS/yurtos-kernel#688";
    "nothing-unmapped" split::NothingUnmapped, "Unmapping no bytes succeeds.",
        "rcore-os/tgoskits#285";
    "hole-protected" split::HoleProtected, "Protecting what is not mapped succeeds.",
        "rcore-os/tgoskits#285";
    "private-writes-through" sharing::PrivateWritesThrough, "A private mapping is shared.",
        "Zephyr, lib/posix/options/shm.c: shm_mmap; for a moment in Linux, CVE-2022-2590";
    "readers-map-to-write" sharing::ReadersMapToWrite,
        "What is open for reading alone can be mapped shared for writing.";
    "written-back-at-unmapping" sharing::WrittenBackAtUnmapping,
        "What is stored through a mapping reaches the object at msync and munmap.",
        "emscripten-core/emscripten#17901";
    "unmapped-together" sharing::UnmappedTogether, "With one mapping of an object its others go.",
        "Zephyr, lib/posix/options/shm.c: shm_mmap gives the same addresses again";
    "unmapping-needs-the-descriptor" sharing::UnmappingNeedsTheDescriptor,
        "A mapping cannot be unmapped when its descriptor is closed.",
        "emscripten-core/emscripten#20459";
    "mappings-run-out" sharing::MappingsRunOut, "A process can map no more than 64 times.";
    "child-mapping-apart" sharing::ChildApart, "A shared mapping of a child is a copy.",
        "sysprog21/elfuse#16";
    "grandchild-mapping-apart" sharing::GrandchildApart, "A shared mapping of a child's child is a copy.";
    "private-shared-with-child" sharing::PrivateSharedWithChild, "Parent and child share private mappings.",
        "phoenix-rtos/phoenix-rtos-kernel#608, where they were protected meanwhile";
    "sealed-private-shared-with-child" sharing::SealedPrivateShared,
        "Parent and child share private mappings of what is sealed against future writing.",
        "Linux before 5.5: opencontainers/runc#4641";
    "once-mapped-never-sealed" sealed::OnceMappedNeverSealed,
        "An object that was mapped for writing cannot be sealed against it any more.",
        "rcore-os/tgoskits#515";
    "mapped-is-sealed" sealed::MappedIsSealed,
        "A seal against writing is granted while the object is mapped for writing.",
        "managarm, posix/subsystem/src/memfd.cpp: MemoryFile::addSeals";
    "seals-of-a-descriptor" sealed::SealsOfADescriptor,
        "Seals are told through the descriptor alone by which they were added.",
        "rcore-os/tgoskits#565";
    "seals-ignored" sealed::SealsIgnored, "Adding seals does nothing.",
        "cloudius-systems/osv#1224";
    "writes-grow-the-sealed" sealed::WritesGrowTheSealed, "A seal against growing holds for ftruncate alone.",
        "rcore-os/tgoskits#507";
    "seals-never-sealed" sealed::SealsNeverSealed, "The seal on seals is ignored.";
    "same-size-is-shrinking" sealed::SameSizeIsShrinking,
        "A seal against shrinking refuses the size that an object has.";
    "writing-is-growing" sealed::WritingIsGrowing, "A seal against growing refuses every write.";
    "memfd-cloexec-ignored" memfd::CloexecIgnored, "A memfd stays open over exec, whatever its flags say.";
    "memfd-flags-unchecked" memfd::UnknownAccepted, "Flags of a memfd that nobody knows are accepted.";
    "memfd-names-short" memfd::ShortNames, "The name of a memfd has at most 63 bytes.";
    "lock-stays-with-any-descriptor" lock::StaysWithAnyDescriptor,
        "A lock stays when the process closes another descriptor of the object.",
        "asterinas/asterinas#1217";
    "lock-of-one-open" lock::OfOneOpen, "A lock of fcntl belongs to the open file description.";
    "lock-racy" lock::LooksFirst, "A lock is looked for first and taken afterwards.";
    "readers-lock-readers-out" lock::ReadersKeepReadersOut, "A shared lock of flock keeps others out.";
    "mode-0-refused" refused::ModeOf0, "An object cannot be created with mode 0.",
        "Zephyr, lib/posix/options/shm.c: shm_open";
    "readers-need-to-write" refused::ReadersNeedToWrite,
        "Whoever opens an object for reading must be allowed to write it.",
        "RTEMS, cpukit/posix/src/shmopen.c: shm_access_ok";
    "failed-open-leaks" refused::FailureKeepsANumber, "An open that fails keeps a descriptor.",
        "Zephyr, lib/posix/options/shm.c: shm_open";
    "offset-refused" refused::Offset, "A mapping can begin with the first byte of an object alone.",
        "NuttX, fs/shm/shmfs.c: shmfs_mmap";
    "beyond-the-end-refused" refused::BeyondTheEnd, "A mapping cannot be longer than the object.",
        "Zephyr, lib/posix/options/shm.c: shm_mmap";
    "high-number-not-mapped" refused::HighNumber, "A descriptor above 255 cannot be mapped.";
    "creators-meet" refused::CreatorsMeet, "Of two opens at once that may create an object one fails with EEXIST.";
    "unlink-needs-access" refused::UnlinkNeedsAccess, "Whoever unlinks an object must be allowed to read and write it.",
        "FreeBSD, sys/kern/uipc_shm.c: shm_remove";
    "emptied-later" refused::EmptiedLater, "O_TRUNC empties an object some time after it was opened.",
        "RTEMS, cpukit/posix/src/shmopen.c: shm_open truncates without its lock";
    "order-reversed" rights::Reversed, "Descriptors of a message arrive in the reverse order.";
    "beyond-the-room-kept" rights::BeyondTheRoom,
        "Descriptors for which there is no room arrive without anybody's knowledge.",
        "macOS: oven-sh/bun#37427";
    "received-widened" rights::ReadersWiden, "What was sent for reading alone arrives for writing, too.";
    "twice-is-once" rights::TwiceIsOnce, "A descriptor that stands in a message twice arrives once.";
    "first-alone-cloexec" rights::FirstAloneCloexec, "All but the first descriptor of a message stay open over exec.";
    "part-kept" rights::PartKept, "Of a message for which numbers run out some descriptors are open and not told.",
        "DragonOS-Community/DragonOS#2288";
    "owner-is-the-caller" told::OwnerIsTheCaller, "fstat says that an object is the caller's.";
    "mode-told-masked" told::ModeMasked, "fstat takes the creation mask of the caller away from the mode.";
    "access-told-wide" told::AccessWide, "F_GETFL says of every descriptor that it is for reading and writing.";
    "seek-in-half" offset::SeekInHalf, "lseek takes the lower 32 bits of an offset.";
    "duplicate-not-the-lowest" descriptor::DuplicateNotTheLowest,
        "dup gives a number above the one that is duplicated.";
    "nameless-not-reopened" descriptor::NamelessNotReopened, "An object without a name cannot be opened anew.";
    "memory-locks-nest" kept::LocksNest, "Pages that were locked twice must be unlocked twice.";
    "readers-not-written-back" kept::ReadersNotWrittenBack, "msync of a mapping for reading alone fails with EACCES.";
    "writer-stays-alone" lock::WriterStaysAlone, "A lock for writing does not become one for reading.";
    "file-lock-stays-alone" lock::FileLockStaysAlone, "An exclusive lock of flock does not become a shared one.";
    "nothing-to-give-up" lock::NothingToGiveUp, "Giving up a lock that is not held fails.";
    "punch-grows" memfd::PunchGrows, "Taking storage out behind the end grows an object.";
    "end-is-no-hole" memfd::EndIsNoHole, "Looking for a hole does not find the end.";
    "create-sets-the-mode" existing::CreateSetsTheMode, "O_CREAT sets the mode of an object that exists.";
    "create-empties" existing::CreateEmpties, "O_CREAT empties an object that exists.";
    "rights-remembered" existing::RightsRemembered, "Whoever could open an object once can do so as another user.";
    "readers-map-a-copy" sharing::ReadersMapACopy, "A shared mapping for reading is a copy.",
        "unikraft/unikraft#832";
}
