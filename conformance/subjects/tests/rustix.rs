//! The suite, on the crate `rustix`, beside the C library of Linux.

use subjects::Rustix;

const EPERM: &str = "shm::unlink of another user's object is EPERM, where POSIX and the C library have EACCES";
const FOLLOWS: &str = "shm::open follows a symbolic link at a name, which the C library does not";
const DIRECTORY: &str = "shm::open of a directory is EISDIR, where the C library has EINVAL";
const DOTS: &str = "/. and /.. are EINVAL, where the C library opens a directory";
const REFUSED: &str = "what can be no name is EINVAL for shm::unlink, where the C library has ENOENT";
const LENGTH: &str = "a name has at most 255 bytes with its slashes, where the C library counts them not";

shmconf::conformance! {
    subject: Rustix,
    profile: shmconf::conformance::this_platform(),
    known: &[
        ("access/effective-user-decides", EPERM),
        ("access/group-may-neither-change-nor-remove", EPERM),
        ("access/other-user-cannot-unlink", EPERM),
        ("access/other-user-unlinks-what-all-may-write", EPERM),
        ("access/owner-is-not-the-creator", EPERM),
        ("names/dangling-link-makes-nothing", FOLLOWS),
        ("names/link-is-not-followed", FOLLOWS),
        ("names/directory-at-a-name", DIRECTORY),
        ("names/dot", DOTS),
        ("names/dot-dot", DOTS),
        ("names/empty", REFUSED),
        ("names/inner-slash", REFUSED),
        ("names/only-a-slash", REFUSED),
        ("names/parent-directory", REFUSED),
        ("names/trailing-slash", REFUSED),
        ("names/unlink-what-was-never-a-name", REFUSED),
        ("names/length-256", LENGTH),
        ("names/too-long-257", LENGTH),
    ],
    scripts: 0,
}
