//! Tells what an implementation of POSIX shared memory really does.
