//! Every call: its checks and its effect, a file a family.

pub(super) mod create;
pub(super) mod descriptor;
pub(super) mod identity;
pub(super) mod io;
pub(super) mod lock;
pub(super) mod locked;
pub(super) mod map;
pub(super) mod memfd;
pub(super) mod memory;
pub(super) mod names;
pub(super) mod obstacle;
pub(super) mod open;
pub(super) mod passing;
pub(super) mod process;
pub(super) mod punch;
pub(super) mod seals;
pub(super) mod seek;
pub(super) mod size;
pub(super) mod times;
pub(super) mod unlink;
pub(super) mod user;
