//! What several calls share: permission, sizes, names, and what is seen of an object.

pub(super) mod coherence;
pub(super) mod names;
pub(super) mod permission;
pub(super) mod room;
pub(super) mod sizes;
