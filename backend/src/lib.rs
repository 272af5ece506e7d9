//! A file descriptor of shared memory that has no name, on any POSIX system.
