//! What was found in these crates and no script shows, as it is about their own functions.

use shared_memory::{ShmemConf, ShmemError};
use shmconf_adapter::subject::native;
use std::ffi::CString;
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};

/// A name that no other test has.
fn name(what: &str) -> String {
    format!("/subjects-{}-{what}", std::process::id())
}

fn c(name: &str) -> CString {
    CString::new(name).expect("it has no zero byte")
}

fn made(name: &str) -> OwnedFd {
    native::shm_open(&c(name), libc::O_RDWR | libc::O_CREAT | libc::O_EXCL, 0o600).expect("it is made")
}

fn is_there(name: &str) -> bool {
    native::shm_open(&c(name), libc::O_RDONLY, 0).is_ok()
}

/// Whoever creates gives the size after the name is there.
#[test]
fn shared_memory_does_not_open_what_is_being_created() {
    let name = name("created");
    let _object = made(&name);
    let opened = ShmemConf::new().os_id(&name).open();
    native::shm_unlink(&c(&name)).expect("it is there");
    assert!(matches!(opened, Err(ShmemError::MapOpenFailed(number)) if number == libc::EINVAL as u32));
}

#[test]
fn shared_memory_removes_whatever_has_its_name_by_then() {
    let name = name("successor");
    let first = ShmemConf::new().os_id(&name).size(1).create().expect("it is made");
    native::shm_unlink(&c(&name)).expect("it is there");
    let second = ShmemConf::new().os_id(&name).size(1).create().expect("it is made");
    drop(first);
    assert!(!is_there(&name));
    drop(second);
}

/// With standard input closed an object may have the descriptor 0, which the crate takes for none.
#[test]
fn shared_memory_keeps_an_object_of_the_descriptor_0() {
    let name = name("zero");
    let program = std::env::current_exe().expect("it is known");
    let arguments = ["--exact", "--ignored", "a_program_without_standard_input"];
    let child = Command::new(program).args(arguments).env("NAME", &name).stdin(Stdio::null()).output();
    assert!(child.expect("it starts").status.success());
    assert!(is_there(&name));
    native::shm_unlink(&c(&name)).expect("it is there");
}

#[test]
#[ignore = "it is a program for another test"]
fn a_program_without_standard_input() {
    let Ok(name) = std::env::var("NAME") else { return };
    // SAFETY: standard input, which nothing here reads.
    unsafe { libc::close(0) };
    drop(ShmemConf::new().os_id(name).size(1).create().expect("it is made"));
}

#[test]
fn shared_memory_refuses_a_size_of_0() {
    assert!(matches!(ShmemConf::new().create(), Err(ShmemError::MapSizeZero)));
}
