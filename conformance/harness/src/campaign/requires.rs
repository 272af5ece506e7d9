//! How a person is told that a script cannot be run: what it requires, and why that is not there.

use shmconf_model::script::Requirement;

/// `requires named objects (shm_open); shmfd makes anonymous objects only`
pub(super) fn but(requirement: Requirement, reason: &str) -> String {
    format!("requires {}; {reason}", phrase(requirement))
}

fn phrase(requirement: Requirement) -> &'static str {
    match requirement {
        Requirement::Named => "named objects (shm_open)",
        Requirement::Anonymous => "anonymous objects",
        Requirement::Passing => "descriptors sent from one process to another",
        Requirement::Fork => "fork",
        Requirement::Exec => "exec",
        Requirement::Seals => "seals",
        Requirement::Root => "the right to become another user",
        Requirement::PidNamespace => "a PID namespace of its own",
        Requirement::LimitedStore => "a size-limited store of its own",
        Requirement::DirectoryStore => "a directory whose files are the objects",
        Requirement::Listing => "a list of the names that exist",
        Requirement::UniqueNames => "a generator of unique names",
        Requirement::Limits => "resource limits",
        Requirement::AddressSpace => "a limit of the address space",
        Requirement::LockedMemory => "a limit of what is kept in memory",
        Requirement::Reserving => "posix_fallocate",
        Requirement::Memfd => "memfds (memfd_create)",
        Requirement::CloseOnFork => "descriptors that fork closes (O_CLOFORK)",
        Requirement::Reopening => "objects that can be opened anew (/proc/self/fd)",
        Requirement::Punching => "storage that can be taken out of an object",
    }
}
