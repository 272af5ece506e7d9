//! The profiles that are built in, read once.

use shmconf_model::profile::Profile;
use std::sync::OnceLock;

/// One of the profiles that are built in.
pub fn platform(number: usize) -> &'static Profile {
    static PLATFORMS: OnceLock<Vec<Profile>> = OnceLock::new();
    let read = |id| Profile::get(id).expect("it is built in");
    let platforms = PLATFORMS.get_or_init(|| Profile::ids().map(read).collect());
    &platforms[number % platforms.len()]
}
