//! What can be found of a machine, beside deviations of its platform: the word for each, and what it is.

/// The findings, each with its ID and its sentence.
macro_rules! findings {
    ($($finding:ident $id:literal $about:literal)*) => {
        /// Something that the doctor may find.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Finding {
            $(#[doc = $about] $finding,)*
        }

        impl Finding {
            /// Every one of them.
            pub const ALL: &[Finding] = &[$(Finding::$finding),*];

            /// The word for it, which stays.
            pub fn id(self) -> &'static str {
                match self {
                    $(Finding::$finding => $id,)*
                }
            }

            /// What it is, in a sentence.
            pub fn about(self) -> &'static str {
                match self {
                    $(Finding::$finding => $about,)*
                }
            }
        }
    };
}

findings! {
    NoStore "no-store" "The directory of objects is missing, or is a file."
    NoTmpfs "no-tmpfs" "The directory of objects lies on another file system than a tmpfs, so that objects are files on a disk."
    ReadOnlyStore "read-only-store" "The file system of objects is mounted read-only."
    ClosedStore "closed-store" "The mode of the directory of objects leaves some users out."
    UnprotectedStore "unprotected-store" "The directory of objects has no sticky bit, so that anybody may remove the objects of others."
    GroupOfStore "group-of-store" "The directory of objects has the set-group-ID bit, so that objects have its group."
    FullStore "full-store" "The file system of objects has less than 1 MiB of free room."
    SmallStore "small-store" "The file system of objects has at most 64 MiB in all, which is what Docker gives a container."
    NearlyFullStore "nearly-full-store" "Less than a tenth of the file system of objects is free."
    NoFiles "no-files" "The file system of objects has room for no further file, whatever its room in bytes."
    FewFiles "few-files" "The file system of objects has room for less than a hundred further files."
    UnheldObjects "unheld-objects" "Objects are there that no process has open or mapped."
    NoObjects "no-objects" "shm_open makes no object, and nothing of the store explains it."
    NoMemfds "no-memfds" "memfd_create makes no memfd."
    LimitedFiles "limited-files" "RLIMIT_FSIZE bounds the size of the objects of this process."
    LimitedAddresses "limited-addresses" "RLIMIT_AS bounds what this process may map."
    FewDescriptors "few-descriptors" "RLIMIT_NOFILE leaves this process less than 1024 descriptors."
    Apparmor "apparmor" "An AppArmor profile confines this process, and may forbid names."
    Selinux "selinux" "SELinux enforces its rules, which may keep this process from the objects of others."
    StoreBeyondMemory "store-beyond-memory" "The store has more free room than the memory that this process may use."
    RemovedAtLogout "removed-at-logout" "systemd removes the objects of a user who logs out (RemoveIPC)."
    HugePages "huge-pages" "Memfds take huge pages, so that a stored byte may take 2 MiB."
    StrictOvercommit "strict-overcommit" "The system promises no more memory than it has (vm.overcommit_memory=2)."
}
