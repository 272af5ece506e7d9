//! Subjects with one planted fault each, to see that the suite finds it.
//!
//! A mutant is the native subject with one method overridden. A state that a fault needs belongs to one process.

mod death;
mod descriptor;
mod map;
mod memfd;
mod message;
mod moment;
mod names;
mod obstacle;
mod open;
mod seals;
mod size;
mod unlink;
mod user;

use shmconf_adapter::subject::Subject;
use std::fmt;
use std::str::FromStr;

/// A planted fault.
#[derive(Clone, Copy)]
pub struct Mutant {
    /// What stands behind `mutant:`.
    pub name: &'static str,
    /// What is wrong with it, in a sentence.
    pub sentence: &'static str,
    make: fn() -> Box<dyn Subject>,
}

/// A name that no mutant has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no mutant is called `{found}`; `shmconf explain mutant` shows them all")]
pub struct NotAMutant {
    /// What stood there.
    pub found: String,
}

impl Mutant {
    /// The subject.
    pub fn make(self) -> Box<dyn Subject> {
        (self.make)()
    }
}

impl FromStr for Mutant {
    type Err = NotAMutant;

    fn from_str(text: &str) -> Result<Mutant, NotAMutant> {
        ALL.iter().find(|mutant| mutant.name == text).copied().ok_or_else(|| NotAMutant { found: text.to_owned() })
    }
}

impl PartialEq for Mutant {
    fn eq(&self, other: &Mutant) -> bool {
        self.name == other.name
    }
}

impl Eq for Mutant {}

impl fmt::Debug for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

macro_rules! mutants {
    ($($name:literal $fault:path, $sentence:literal;)+) => {
        /// Every mutant.
        pub const ALL: &[Mutant] = &[
            $(Mutant { name: $name, sentence: $sentence, make: || Box::new(<$fault>::default()) },)+
        ];
    };
}

mutants! {
    "excl-ignored" open::ExclIgnored, "An exclusive create of a name that exists opens it.";
    "excl-racy" open::ExclRacy, "An exclusive create looks first and creates afterwards.";
    "trunc-ignored" open::TruncIgnored, "Opening with O_TRUNC leaves the size as it is.";
    "wrong-errno" open::WrongErrno, "Opening a name that does not exist fails with EINVAL.";
    "no-cloexec" open::NoCloexec, "A new descriptor stays open over exec.";
    "umask-ignored" open::UmaskIgnored, "A new object has the mode that was asked for, whatever the umask.";
    "mode-ignored" open::ModeIgnored, "A new object has mode 0600, whatever was asked for.";
    "leaked-descriptor" open::LeakedDescriptor, "Every open leaves a second descriptor behind.";
    "readonly-widened" open::ReadonlyWidened, "An object opened for reading can be written.";
    "not-the-lowest" open::NotTheLowest, "A new descriptor is not the lowest that is free.";
    "shared-description" open::SharedDescription, "Opening a name twice gives one open file description.";
    "case-folded" names::CaseFolded, "Names that differ in case alone are one name.";
    "marks-replaced" names::MarksReplaced, "Blanks, percent signs, backslashes and control characters in names are one letter.";
    "high-bits-lost" names::HighBitsLost, "Bytes above 0x7f in names are one letter.";
    "end-of-name-lost" names::EndLost, "Of a name the first 29 bytes count.";
    "descriptors-run-out" open::DescriptorsRunOut, "A process can open no more than 64 objects.";
    "recreated-name-old-object" unlink::RecreatedNameOldObject, "A name that is created again reaches the old object.";
    "unlink-frees-at-once" unlink::FreesAtOnce, "Unlinking empties the object though it is open.";
    "unlink-keeps-name" unlink::KeepsName, "Unlinking leaves the name.";
    "unlink-two-winners" unlink::TwoWinners, "Of two unlinks at once both succeed.";
    "unlink-missing-succeeds" unlink::MissingSucceeds, "Unlinking a name that does not exist succeeds.";
    "size-rounded-up" size::RoundedUp, "An object has whole pages.";
    "size-remembered" size::Remembered, "The size is told as it was first seen through the descriptor.";
    "shrink-ignored" size::ShrinkIgnored, "Shrinking an object leaves it as large as it was.";
    "stale-after-regrow" size::StaleAfterRegrow, "Growing an object shows the bytes that shrinking it had cut off.";
    "grow-not-zeroed" size::GrowNotZeroed, "The first byte of what an object grows by is not zero.";
    "negative-size-accepted" size::NegativeAccepted, "Setting a negative size succeeds and does nothing.";
    "positioned-moves-offset" size::PositionedMovesOffset, "pread and pwrite move the file offset.";
    "change-mode-masked" open::ChangeModeMasked, "The creation mask takes its bits away from the mode that fchmod sets.";
    "real-user-opens" user::RealUserOpens, "The real user opens and creates, and not the effective one.";
    "supplementary-groups-ignored" user::SupplementaryGroupsIgnored, "Of the groups of a process its own alone counts.";
    "mode-narrowed-later" moment::ModeNarrowedLater, "A new object lets everybody in until its mode is set.";
    "owner-set-later" moment::OwnerSetLater, "A new object is the real user's until it is given to the effective one.";
    "grown-in-steps" moment::GrownInSteps, "An object grows in two steps.";
    "renamed-at-unlink" moment::RenamedAtUnlink, "Unlinking shows another name until the object is away.";
    "name-dies-with-creator" death::NameDies, "The name of an object goes with the process that created it.";
    "contents-die-with-creator" death::ContentsDie, "An object becomes empty when the process that created it has ended.";
    "link-followed" obstacle::LinkFollowed, "A symbolic link at a name is followed.";
    "target-unlinked" obstacle::TargetUnlinked, "Unlinking a name where a symbolic link lies removes what it leads to.";
    "interrupted-shrinks" size::InterruptedShrinks, "Reserving storage that a signal interrupts empties the object.";
    "objects-first" message::ObjectsFirst, "Of a message the descriptors of files come first.";
    "second-number-kept" descriptor::SecondNumberKept, "dup2 leaves what the second number stands for.";
    "least-ignored" descriptor::LeastIgnored, "F_DUPFD gives the lowest free number, whatever is asked for.";
    "status-ignored" descriptor::StatusIgnored, "F_SETFL succeeds and sets nothing.";
    "group-kept" descriptor::GroupKept, "fchown leaves the group as it is.";
    "one-inode" descriptor::OneInode, "All objects have the same inode number.";
    "links-stay" descriptor::LinksStay, "An object has a name for ever.";
    "lock-ignored" descriptor::LockIgnored, "Locking an object keeps nobody out.";
    "device-said" descriptor::DeviceSaid, "An object is said to be a device.";
    "no-blocks" descriptor::NoBlocks, "An object is said to take no room.";
    "file-lock-ignored" descriptor::FileLockIgnored, "flock keeps nobody out.";
    "file-lock-of-process" descriptor::FileLockOfProcess, "A lock of flock belongs to the process.";
    "reopened-duplicate" descriptor::ReopenedDuplicate, "Opening an object anew duplicates the descriptor.";
    "close-twice-succeeds" size::CloseTwiceSucceeds, "Closing what is closed succeeds.";
    "always-sealable" memfd::AlwaysSealable, "A memfd can be sealed, whatever its flags say.";
    "seal-forgotten" memfd::SealForgotten, "A memfd that is not to be executed can be.";
    "memfd-name-once" memfd::NameOnce, "A process can use a name for one memfd alone.";
    "punch-ignored" memfd::PunchIgnored, "Taking storage out of an object leaves what it holds.";
    "data-unseen" memfd::DataUnseen, "Looking for data, or for a hole, finds the end.";
    "sync-refused" open::SyncRefused, "O_SYNC makes an open fail.";
    "private-store" map::PrivateStore, "A store through a shared mapping is not seen by others.";
    "mapping-apart" map::Apart, "Every mapping from the tenth on shows a copy of the object.";
    "mapping-dies-with-close" map::DiesWithClose, "A mapping cannot be used after its descriptor is closed.";
    "offset-ignored" map::OffsetIgnored, "A mapping begins with the first byte of the object, whatever its offset.";
    "protection-ignored" map::ProtectionIgnored, "Taking away the protection of a mapping changes nothing.";
    "unmapping-ignored" map::UnmappingIgnored, "Unmapping leaves everything mapped.";
    "range-protected-whole" map::RangeProtectedWhole, "Protecting a range protects the whole mapping.";
    "ring-apart" map::RingApart, "A mapping over another one is private.";
    "locked-for-ever" map::LockedForEver, "munlock leaves the pages locked.";
    "private-behind" map::PrivateBehind, "A mapping is private behind its first 2 MiB.";
    "positioned-in-half" size::PositionedInHalf, "pread and pwrite take the lower 32 bits of an offset.";
    "last-page-lost" size::LastPageLost, "An object of 32 MiB to 1 GiB gets whole units of 1 MiB, and no more.";
    "name-table-full" names::TableFull, "The 17th name of a process stands for the first one.";
    "objects-run-out" open::ObjectsRunOut, "A process can create no more than 250 objects in its life.";
    "numbers-of-a-byte" descriptor::NumbersOfAByte, "fstat takes the lower 8 bits of a descriptor's number.";
    "truncating-no-cloexec" open::TruncatingNoCloexec, "A descriptor that was opened with O_TRUNC stays open over exec.";
    "execute-alone-ignored" open::ExecuteAloneIgnored, "fchmod with no bits but those to execute does nothing.";
    "seal-holds-mode" seals::SealHoldsMode, "A seal against shrinking refuses another mode.";
    "seals-wait-for-mappings" seals::SealsWaitForMappings, "No seal on the size can be added while anything is mapped.";
    "most-descriptors-lost" message::MostLost, "Of 65 to 110 descriptors in a message the first 64 arrive.";
    "received-not-the-lowest" message::NotTheLowest, "Received descriptors do not have the lowest numbers.";
    "received-status-lost" message::StatusLost, "All but the first descriptor of a message lose their status flags.";
    "received-other-object" message::OtherObject, "What is received is a new object of the same size.";
    "received-no-cloexec" message::NoCloexec, "A received descriptor stays open over exec.";
    "truncation-unseen" message::TruncationUnseen, "That descriptors did not fit is not told.";
    "last-descriptor-lost" message::LastLost, "Of several descriptors in a message the last one is lost.";
}
