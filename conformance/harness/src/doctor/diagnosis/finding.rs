//! What can be found of a machine, beside deviations of its platform: the word for each, what it is, what it breaks, and what to
//! do about it.

/// The findings, each with its ID, what it is, what it breaks, and a remedy, in which DIRECTORY stands for that of the objects.
macro_rules! findings {
    ($($finding:ident $id:literal $about:literal breaks $breaks:literal do $remedy:literal)*) => {
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

            /// What it breaks.
            pub fn breaks(self) -> &'static str {
                match self {
                    $(Finding::$finding => $breaks,)*
                }
            }

            /// What to do about it where objects lie in that directory.
            pub fn remedy(self, directory: &str) -> String {
                match self {
                    $(Finding::$finding => $remedy.replace("DIRECTORY", directory),)*
                }
            }
        }
    };
}

findings! {
    NoStore "no-store" "The directory of objects is missing, or is a file."
        breaks "No object with a name can be made or opened."
        do "As root: `mkdir -p DIRECTORY && mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs DIRECTORY`. In Docker do not start the container with `--ipc=none`."
    NoTmpfs "no-tmpfs" "The directory of objects lies on another file system than a tmpfs."
        breaks "Objects are files on that file system: they may outlive a restart, take room there, and be slow."
        do "As root: `mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs DIRECTORY`."
    ReadOnlyStore "read-only-store" "The file system of objects is mounted read-only."
        breaks "No object with a name can be made or removed: shm_open says EROFS."
        do "As root: `mount -o remount,rw DIRECTORY`."
    ClosedStore "closed-store" "The mode of the directory of objects leaves some users out."
        breaks "Users whom the mode leaves out cannot make objects: shm_open says EACCES."
        do "As root: `chmod 1777 DIRECTORY`."
    UnprotectedStore "unprotected-store" "The directory of objects has no sticky bit."
        breaks "Anybody may remove the objects of others, and put their own in their place."
        do "As root: `chmod 1777 DIRECTORY`."
    GroupOfStore "group-of-store" "The directory of objects has the set-group-ID bit."
        breaks "Objects have the group of the directory, and not that of the process that makes them."
        do "As root: `chmod g-s DIRECTORY`."
    FullStore "full-store" "The file system of objects has less than 1 MiB of free room."
        breaks "ftruncate succeeds all the same; storing into memory for which there is no room ends the program by SIGBUS, and posix_fallocate says ENOSPC."
        do "Remove objects that nobody uses. As root: `mount -o remount,size=1G DIRECTORY`. In Docker: `--shm-size=1g`, or `shm_size` in a compose file; in Kubernetes an emptyDir with `medium: Memory` at DIRECTORY."
    SmallStore "small-store" "The file system of objects has at most 64 MiB in all, which is what Docker gives a container."
        breaks "ftruncate succeeds all the same; storing into memory for which there is no room ends the program by SIGBUS, and posix_fallocate says ENOSPC."
        do "As root: `mount -o remount,size=1G DIRECTORY`. In Docker: `--shm-size=1g`, or `shm_size` in a compose file; in Kubernetes an emptyDir with `medium: Memory` at DIRECTORY."
    NearlyFullStore "nearly-full-store" "Less than a tenth of the file system of objects is free."
        breaks "ftruncate succeeds all the same; storing into memory for which there is no room ends the program by SIGBUS, and posix_fallocate says ENOSPC."
        do "Remove objects that nobody uses. As root: `mount -o remount,size=1G DIRECTORY`. In Docker: `--shm-size=1g`, or `shm_size` in a compose file; in Kubernetes an emptyDir with `medium: Memory` at DIRECTORY."
    NoFiles "no-files" "The file system of objects has room for no further file."
        breaks "No object can be made: shm_open says ENOSPC, whatever room in bytes there is."
        do "Remove objects that nobody uses. As root: `mount -o remount,nr_inodes=100k DIRECTORY`."
    FewFiles "few-files" "The file system of objects has room for less than a hundred further files."
        breaks "Each object is a file; for one more, shm_open says ENOSPC, whatever room in bytes there is."
        do "Remove objects that nobody uses. As root: `mount -o remount,nr_inodes=100k DIRECTORY`."
    UnheldObjects "unheld-objects" "Objects are there that no process has open or mapped."
        breaks "What nobody uses takes memory until somebody removes it. A program that died may have left it; another may mean to open it later."
        do "Remove what no program wants any more: `rm DIRECTORY/NAME`."
    NoObjects "no-objects" "shm_open makes no object, and nothing of the store explains it."
        breaks "Programs that share memory by shm_open do not work."
        do "Look for a filter of system calls or a security policy that forbids it to this process, and have it allow shm_open."
    NoMemfds "no-memfds" "memfd_create makes no memfd."
        breaks "Programs that share memory without a name by memfd_create do not work, or fall back on shm_open."
        do "Look for a filter of system calls that forbids it, such as a seccomp profile of the container, and have it allow memfd_create."
    LimitedFiles "limited-files" "RLIMIT_FSIZE bounds the size of the objects of this process."
        breaks "ftruncate beyond that ends the program by SIGXFSZ, or says EFBIG where it ignores the signal."
        do "Raise it with `ulimit -f` in the shell, or where the service is set up."
    LimitedAddresses "limited-addresses" "RLIMIT_AS bounds what this process may map."
        breaks "mmap says ENOMEM where an object does not fit beside what the program has mapped already."
        do "Raise it with `ulimit -v` in the shell, or where the service is set up."
    FewDescriptors "few-descriptors" "RLIMIT_NOFILE leaves this process less than 1024 descriptors."
        breaks "Each object that is open takes one; beyond that shm_open says EMFILE."
        do "Raise it with `ulimit -n` in the shell, or where the service is set up."
    Apparmor "apparmor" "An AppArmor profile confines this process."
        breaks "Names that the profile does not allow are EACCES. A snap is kept to names that begin with `snap.NAME.`."
        do "Allow the names in the profile: `DIRECTORY/NAME* rwlk,`."
    Selinux "selinux" "SELinux enforces its rules."
        breaks "Objects of other domains may be EACCES, and memory that is both writable and executable is refused to many domains."
        do "Look for `avc: denied` with `ausearch -m avc`, and allow what is meant to be shared."
    StoreBeyondMemory "store-beyond-memory" "The store has more free room than the memory that this process may use."
        breaks "What objects take counts as memory: instead of ENOSPC, the system ends a process."
        do "Make the store smaller than the memory, or give the container or the service more memory."
    RemovedAtLogout "removed-at-logout" "systemd removes the objects of a user who logs out (RemoveIPC)."
        breaks "A program that goes on after its user has logged out, such as one under nohup, loses its objects: names are gone, and the next shm_open is ENOENT."
        do "Run the program as a service of a system user, or `loginctl enable-linger USER`, or set `RemoveIPC=no` in /etc/systemd/logind.conf."
    HugePages "huge-pages" "Memfds take huge pages."
        breaks "A memfd may take a huge page, mostly 2 MiB, where the first byte is stored, and so more than it holds."
        do "As root: `echo advise > /sys/kernel/mm/transparent_hugepage/shmem_enabled`; programs that want huge pages then ask for them by madvise."
    StrictOvercommit "strict-overcommit" "The system promises no more memory than it has (vm.overcommit_memory=2)."
        breaks "Storing into an object ends the program by SIGBUS where no memory is left to promise, though the store has room."
        do "Call posix_fallocate before the memory is used, which says ENOMEM or ENOSPC instead; or raise vm.overcommit_ratio."
}
