//! Machines of many kinds: what is missing, full, forbidden or low there is told, and is nobody's fault.
//!
//! Each runs in mount and PID namespaces of its own, which root can make, and an ordinary user where the system lets it.
//! `SHMCONF_ENVIRONMENTS_SECONDS=3600 cargo test -p shmconf --test survival environments -- --nocapture` goes on for so
//! long, with other scripts each time.

use super::namespaces;
use rstest::rstest;
use std::time::{Duration, Instant};

/// How a run has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Every subject is tried, and conforms.
    Conforms,
    /// What can be tried conforms; the rest is skipped, with that word in the reasons.
    Skips(&'static str),
    /// The harness says that it cannot execute all of it, with those words, and blames nobody.
    Cannot(&'static str),
}
use End::{Cannot, Conforms, Skips};

const STORE: &str = "mount -t tmpfs -o mode=1777 test /dev/shm";
/// What a usual test runs: each area that some machine makes trouble for.
const FEW: &str = "access/owner-of-mode-0 access/root-is-not-bound size passing/64-descriptors passing/in-a-circle exclusive/creators-race-of-32 anonymous";
/// An ordinary user whom nobody else is, so that only its own processes count.
const USER: &str = "setpriv --reuid=64738 --regid=64738 --clear-groups";

#[rstest]
#[case::usual(STORE, "", Conforms)]
#[case::an_ordinary_user(STORE, USER, Conforms)]
#[case::a_user_namespace(STORE, "unshare -U", Conforms)]
#[case::a_user_namespace_in_which_one_is_root(STORE, "unshare -Ur", Conforms)]
#[case::a_user_namespace_of_an_ordinary_user(STORE, "USER unshare -Ur", Conforms)]
#[case::no_capabilities(STORE, "capsh --drop=all -- -c", Conforms)]
#[case::no_right_to_pass_over_modes(STORE, "capsh --drop=cap_dac_override,cap_dac_read_search -- -c", Conforms)]
#[case::the_right_to_read_alone(STORE, "capsh --drop=cap_dac_override -- -c", Conforms)]
#[case::no_right_to_change_what_others_own(STORE, "capsh --drop=cap_fowner -- -c", Conforms)]
#[case::no_right_to_give_objects_away(STORE, "capsh --drop=cap_chown -- -c", Conforms)]
#[case::no_right_to_become_another_user(STORE, "capsh --drop=cap_setuid,cap_setgid -- -c", Conforms)]
#[case::no_right_to_mount(STORE, "capsh --drop=cap_sys_admin -- -c", Conforms)]
#[case::a_full_store(
    "mount -t tmpfs -o size=4k,mode=1777 test /dev/shm; head -c 4096 /dev/zero >/dev/shm/full",
    "",
    Skips("0 bytes are free")
)]
#[case::a_store_of_a_page("mount -t tmpfs -o size=4k,mode=1777 test /dev/shm", "", Skips("4 KiB are free"))]
#[case::a_store_of_a_mebibyte(
    "mount -t tmpfs -o size=1m,mode=1777 test /dev/shm",
    "",
    Skips("requires room in /dev/shm")
)]
#[case::a_store_of_few_files("mount -t tmpfs -o nr_inodes=3,mode=1777 test /dev/shm", "", Skips("files can be made"))]
#[case::a_store_of_no_files("mount -t tmpfs -o nr_inodes=1,mode=1777 test /dev/shm", "", Skips("fails with ENOSPC"))]
#[case::a_store_on_a_disk("mount --bind $PWD /dev/shm", "", Skips("is no tmpfs"))]
#[case::a_store_with_a_group("mount -t tmpfs -o mode=3777,gid=12 test /dev/shm", "", Skips("gives its own group"))]
#[case::a_store_to_be_read("mount -t tmpfs -o ro,mode=1777 test /dev/shm", "", Skips("EROFS; is there a tmpfs"))]
#[case::a_store_without_programs("mount -t tmpfs -o noexec,nosuid,nodev,mode=1777 test /dev/shm", "", Conforms)]
#[case::a_store_for_root("mount -t tmpfs -o mode=755 test /dev/shm", USER, Skips("EACCES; is there a tmpfs"))]
#[case::a_store_that_root_alone_may_write("mount -t tmpfs -o mode=755 test /dev/shm", "", Skips("has the mode 0755"))]
#[case::a_store_that_is_not_sticky("mount -t tmpfs -o mode=777 test /dev/shm", "", Skips("has the mode 0777"))]
#[case::no_store("DEV", "", Skips("ENOENT; is there a tmpfs"))]
#[case::no_null_device(
    "DEV; rm /dev/null; mkdir -m 1777 /dev/shm; mount -t tmpfs -o mode=1777 test /dev/shm",
    "",
    Conforms
)]
#[case::no_proc("mount -t tmpfs test /proc; mount -t tmpfs -o mode=1777 test /dev/shm", "", Conforms)]
#[case::no_processes(STORE, "USER prlimit --nproc=4", Cannot("raise the limit of processes"))]
#[case::no_threads(STORE, "USER prlimit --nproc=8", Cannot("raise the limit of processes"))]
#[case::few_descriptors(STORE, "sh -c 'ulimit -n 48; exec \"$@\"' sh", Cannot("raise the limit of open files"))]
#[case::no_descriptors(STORE, "sh -c 'ulimit -n 9; exec \"$@\"' sh", Cannot("raise the limit of open files"))]
#[case::small_files(STORE, "sh -c 'ulimit -f 100; exec \"$@\"' sh", Conforms)]
#[case::small_files_at_first(STORE, "sh -c 'ulimit -S -f 0; exec \"$@\"' sh", Conforms)]
#[case::little_address_space(STORE, "sh -c 'ulimit -v 400000; exec \"$@\"' sh", Conforms)]
#[case::little_memory_that_stays(STORE, "sh -c 'ulimit -l 0; ulimit -s 512; exec \"$@\"' sh", Conforms)]
#[case::nothing_open(STORE, "sh -c 'exec 0<&-; exec \"$@\"' sh", Conforms)]
#[case::no_home(STORE, "env -i", Conforms)]
#[case::no_directory(STORE, "sh -c 'mkdir gone; cd gone; rmdir ../gone; exec \"$@\"' sh", Conforms)]
fn a_run_tells_what_is_amiss_in(#[case] setup: &str, #[case] start: &str, #[case] end: End) {
    let time = std::env::var("SHMCONF_ENVIRONMENTS_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let (began, time) = (Instant::now(), Duration::from_secs(time.unwrap_or(0)));
    let selected = if time == Duration::ZERO { FEW } else { "" };
    let mut runs = 0;
    while runs == 0 || began.elapsed() < time {
        let Some(said) = run(setup, start, selected) else { return };
        let told = said.split_whitespace().collect::<Vec<_>>().join(" ");
        for never in ["panicked", "does not conform", "HARNESS LEFT"] {
            assert!(!told.contains(never), "{never}:\n{said}");
        }
        match end {
            Conforms => assert!(told.contains("exit 0") && told.contains("libc conforms"), "{said}"),
            Skips(why) => assert!(told.contains("exit 0") && told.contains(why), "{said}"),
            Cannot(why) => assert!(told.contains(why) && !told.contains("exit 0"), "{said}"),
        }
        runs += 1;
    }
    if time > Duration::ZERO {
        eprintln!("{runs} runs with `{setup}` and `{start}`");
    }
}

/// What a run says of itself, with how it ended and what it left.
fn run(setup: &str, start: &str, selected: &str) -> Option<String> {
    /// As few devices as programs need.
    const DEV: &str =
        "mount -t tmpfs -o mode=755 test /dev; mknod -m 666 /dev/null c 1 3; mknod -m 666 /dev/urandom c 1 9";
    let program = format!("$DIRECTORY/shmconf run {selected} -s libc -s shmfd --cases 8 -j 2");
    // `capsh` takes a command as one word.
    let started = match start.strip_suffix("-c") {
        Some(_) => format!("{start} \"exec {program}\""),
        None => format!("{} {program}", start.replace("USER", USER)),
    };
    let script = format!(
        r#"
        set -e
        cd "$DIRECTORY"
        {}
        set +e
        {started} 2>&1
        echo "exit $?"
        left=$(ls -A /dev/shm 2>/dev/null | grep '^sc')
        [ -z "$left" ] || echo "HARNESS LEFT $left"
        "#,
        setup.replace("DEV", DEV)
    );
    namespaces::said(&script)
}
