//! The platforms that fuzzed traces are judged by and compared with.

use shmconf_model::portability::Other;
use shmconf_model::profile::Profile;
use std::sync::OnceLock;

/// One of the profiles that are built in.
pub fn platform(number: usize) -> &'static Profile {
    static PLATFORMS: OnceLock<Vec<Profile>> = OnceLock::new();
    let read = |id| Profile::get(id).expect("it is built in");
    let platforms = PLATFORMS.get_or_init(|| Profile::ids().map(read).collect());
    &platforms[number % platforms.len()]
}

/// One of them, to compare with.
pub fn other(number: usize) -> &'static Other {
    static OTHERS: OnceLock<Vec<Other>> = OnceLock::new();
    let others = OTHERS.get_or_init(|| shmconf_model::portability::platforms().expect("they are built in"));
    &others[number % others.len()]
}
