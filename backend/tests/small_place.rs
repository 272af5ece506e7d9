//! What happens where `/dev/shm` is small, as in a container, which takes Linux and a mount of one's own to arrange.
#![cfg(target_os = "linux")]

#[path = "../src/sys/fault/child.rs"]
mod child;

use std::fs;
use std::io::{Write, stderr};

use child::in_child;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getegid, geteuid};
use rstest::rstest;
use shmfd::named::{self, ObjectName};
use shmfd::{Builder, Commit, ErrorKind, Prealloc, Strategy, name};

/// Runs a test where `/dev/shm` has 1 MiB.
fn in_a_small_place(test: impl FnOnce()) {
    in_child(|| {
        if let Err(why) = small_place() {
            // The child's output is not the test's, which would show it.
            let _ = writeln!(stderr(), "skipped: no small /dev/shm can be mounted: {why}");
            return;
        }
        test();
    });
}

/// Mounts one, in a namespace of this process alone: as a superuser, or as one in a namespace of users.
fn small_place() -> Result<(), String> {
    let failed = |what: &'static str| move |error: nix::Error| format!("{what}: {error}");
    if unshare(CloneFlags::CLONE_NEWNS).is_err() {
        let (user, group) = (geteuid(), getegid());
        unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS).map_err(failed("unshare"))?;
        for (file, map) in
            [("setgroups", "deny".into()), ("uid_map", format!("0 {user} 1")), ("gid_map", format!("0 {group} 1"))]
        {
            fs::write(format!("/proc/self/{file}"), map).map_err(|error| format!("{file}: {error}"))?;
        }
    }
    let none = None::<&str>;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none).map_err(failed("mount"))?;
    mount(Some("small"), "/dev/shm", Some("tmpfs"), MsFlags::empty(), Some("size=1M")).map_err(failed("mount"))
}

fn full(wanted: u64, free: u64) -> ErrorKind {
    ErrorKind::NoSpace { wanted: Some(wanted), free: Some(free), place: "/dev/shm" }
}

/// The strategies whose memory comes from there.
fn posix(size: u64) -> Builder {
    Builder::new(size).strategy(Strategy::PosixUnlinked)
}

#[rstest]
fn want_of_space_is_an_error_and_no_signal(#[values(1, 2)] threads: usize) {
    in_a_small_place(|| {
        let memory = posix(256 << 20).commit(Commit::Lazy).create().unwrap();
        let mapping = memory.map().unwrap();
        let error = Prealloc::new().threads(threads).run(&memory, &mapping).unwrap_err();
        // Where pages are touched, space is reserved first, and given back when it is not enough.
        assert!([0, 1 << 20].map(|free| full(256 << 20, free)).contains(error.kind()), "{error}");
    });
}

#[rstest]
fn want_of_space_is_told_when_memory_is_made(
    #[values(Strategy::PosixUnlinked, Strategy::TmpFile)] strategy: Strategy,
    #[values(Commit::Checked, Commit::Reserved)] commit: Commit,
) {
    in_a_small_place(|| {
        let builder = Builder::new((1 << 20) + 1).strategy(strategy).commit(commit);
        let error = builder.create().unwrap_err();
        if matches!(error.kind(), ErrorKind::Unsupported(_)) {
            let _ = writeln!(stderr(), "skipped: {error}");
            return;
        }
        assert_eq!(*error.kind(), full((1 << 20) + 1, 1 << 20));
        let told = error.to_string();
        let figures = "/dev/shm has not enough space for 1048577 bytes, 1048576 bytes are free; make the place larger";
        assert!(told.starts_with(figures), "{told}");
    });
}

#[test]
fn what_fits_is_made_and_what_is_reserved_stays_there() {
    in_a_small_place(|| {
        let reserved = posix(512 << 10).commit(Commit::Reserved).create().unwrap();
        let checked = posix(512 << 10).create().unwrap();
        checked.map().unwrap().write(0, &[1; 512 << 10]).unwrap();
        assert_eq!(*posix(1).create().unwrap_err().kind(), full(1, 0));
        reserved.map().unwrap().write(0, &[1; 512 << 10]).unwrap();
    });
}

#[test]
fn memory_of_which_little_is_used_is_made_where_nobody_asks_for_room() {
    in_a_small_place(|| {
        let memory = posix(1 << 40).commit(Commit::Lazy).create().unwrap();
        memory.map_options().range(1 << 30, 5).map().unwrap().write(0, b"bytes").unwrap();
    });
}

#[test]
fn an_object_with_a_name_that_does_not_fit_leaves_none() {
    in_a_small_place(|| {
        let name: ObjectName = name::unique().unwrap().as_str().parse().unwrap();
        let error = named::create(&name, 2 << 20, 0o600, Commit::Checked).unwrap_err();
        assert_eq!(*error.kind(), full(2 << 20, 1 << 20));
        assert_eq!(*named::unlink(&name).unwrap_err().kind(), ErrorKind::NotFound);
    });
}

/// What a container's user meets: 100 MiB where `/dev/shm` has less.
#[rstest]
fn memory_files_do_not_need_the_place(
    #[values(Strategy::Auto, Strategy::Memfd)] strategy: Strategy,
    #[values(Commit::Checked, Commit::Reserved)] commit: Commit,
) {
    in_a_small_place(|| {
        let memory = Builder::new(100 << 20).strategy(strategy).commit(commit).create().unwrap();
        assert_eq!(memory.strategy(), Some(Strategy::Memfd));
        memory.map().unwrap().write(99 << 20, b"no signal").unwrap();
    });
}

#[test]
fn a_backend_of_qemu_is_shm_open_and_needs_the_place() {
    use shmfd::qemu::{Options, Refusal};
    in_a_small_place(|| {
        let options = |size| format!("memory-backend-shm,id=m,size={size}").parse::<Options>().unwrap();
        let backend = options("64K").create().unwrap();
        assert_eq!(backend.memory.strategy(), Some(Strategy::PosixUnlinked));
        let Err(Refusal::Failed(error)) = options("2M").create() else { panic!("it fits") };
        assert_eq!(*error.kind(), full(2 << 20, 1 << 20));
    });
}
