//! Says which tests are not there on other systems.

#[cfg(not(target_os = "linux"))]
#[test]
fn tests_that_take_linux_are_skipped() {
    eprintln!("skipped: small_place, vhost_user and the tests with planted faults, which take Linux");
}

#[cfg(any(target_os = "freebsd", target_os = "dragonfly", target_pointer_width = "32"))]
#[test]
fn tests_that_take_vm_memory_are_skipped() {
    eprintln!("skipped: guest, as vm-memory does not build here");
}
