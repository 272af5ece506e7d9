//! Running a test in a process of its own: its umask, limits and descriptors are nobody else's.

use std::io::{Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};

/// Forks, runs `test` in the child, and panics here with the message that it panicked with there.
pub(crate) fn in_child(test: impl FnOnce()) {
    let (mut from_child, mut to_parent) = std::io::pipe().unwrap();
    // SAFETY: the child runs the test and ends; the C library makes its allocator usable after a fork.
    match unsafe { fork() }.unwrap() {
        ForkResult::Child => {
            let result = catch_unwind(AssertUnwindSafe(test));
            if let Err(panic) = &result {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                let text = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
                let _ = to_parent.write_all(text.as_bytes());
            }
            // SAFETY: ends the process and nothing else; the parent's handlers at exit are not for us.
            unsafe { nix::libc::_exit(i32::from(result.is_err())) }
        }
        ForkResult::Parent { child } => {
            drop(to_parent);
            let mut message = String::new();
            from_child.read_to_string(&mut message).unwrap();
            let status = waitpid(child, None).unwrap();
            assert_eq!(status, WaitStatus::Exited(child, 0), "{message}");
        }
    }
}
