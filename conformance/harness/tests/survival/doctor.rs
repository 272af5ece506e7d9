//! What the doctor says of machines of many kinds, each in mount and PID namespaces of its own.

use super::namespaces;
use rstest::rstest;

/// An ordinary user, who has no right to pass over modes.
const USER: &str = "setpriv --reuid=64738 --regid=64738 --clear-groups";

#[rstest]
#[case::a_good_store("mount -t tmpfs -o size=1g,mode=1777 test /dev/shm", "", 0, &["/dev/shm, tmpfs, mode 1777", "1024 MiB of 1024 MiB"])]
#[case::a_tiny_store(
    "mount -t tmpfs -o size=4m,mode=1777 test /dev/shm",
    "",
    1,
    &["small-store", "has room for 4096 KiB in all", "--shm-size=1g", "mount -o remount,size=1G /dev/shm"]
)]
#[case::a_full_store(
    "mount -t tmpfs -o size=4k,mode=1777 test /dev/shm; head -c 4096 /dev/zero >/dev/shm/full",
    "",
    1,
    &["full-store", "0 bytes of 4 KiB are free", "SIGBUS", "/full: 4 KiB, takes 4 KiB", "nobody", "more than half of the store", "rm /dev/shm/full"]
)]
#[case::a_store_without_programs(
    "mount -t tmpfs -o size=1g,noexec,mode=1777 test /dev/shm",
    "",
    0,
    &["linux/noexec", "noexec is true", "mount -o remount,exec /dev/shm", "nothing is wrong; "]
)]
#[case::a_store_that_root_alone_may_write(
    "mount -t tmpfs -o size=1g,mode=755 test /dev/shm",
    "",
    1,
    &["closed-store", "has the mode 0755, and not 1777", "chmod 1777 /dev/shm"]
)]
#[case::a_store_for_another_user(
    "mount -t tmpfs -o size=1g,mode=755 test /dev/shm",
    USER,
    1,
    &["closed-store", "This user is one of them"]
)]
#[case::a_store_that_is_not_sticky("mount -t tmpfs -o size=1g,mode=777 test /dev/shm", "", 1, &["unprotected-store"])]
#[case::a_store_to_be_read("mount -t tmpfs -o size=1g,ro,mode=1777 test /dev/shm", "", 1, &["read-only-store", "EROFS"])]
#[case::a_store_of_no_files("mount -t tmpfs -o size=1g,nr_inodes=1,mode=1777 test /dev/shm", "", 1, &["no-files"])]
#[case::a_store_of_few_files(
    "mount -t tmpfs -o size=1g,nr_inodes=3,mode=1777 test /dev/shm",
    "",
    0,
    &["few-files", "room for 2 more files"]
)]
#[case::a_file_where_the_store_should_be(
    "mount -t tmpfs -o mode=755 test /dev; mknod -m 666 /dev/null c 1 3; mknod -m 666 /dev/urandom c 1 9; touch /dev/shm",
    "",
    1,
    &["no-store", "/dev/shm is a file, and no directory", "ENOTDIR", "rm /dev/shm && mkdir -p /dev/shm"]
)]
#[case::a_store_on_a_disk("mount --bind $PWD /dev/shm", "", 1, &["/dev/shm is no tmpfs"])]
#[case::no_store(
    "mount -t tmpfs -o mode=755 test /dev; mknod -m 666 /dev/null c 1 3; mknod -m 666 /dev/urandom c 1 9",
    "",
    1,
    &["no-store", "There is no directory /dev/shm", "shm_open says ENOENT", "mkdir -p /dev/shm", "--ipc=none"]
)]
#[case::small_files("mount -t tmpfs -o size=1g,mode=1777 test /dev/shm", "prlimit --fsize=4096", 0, &["limited-files", "4 KiB"])]
#[case::an_object_that_somebody_maps(
    "mount -t tmpfs -o size=1g,mode=1777 test /dev/shm; sleep 60 3>/dev/shm/held & sleep 0.2",
    "",
    0,
    &["/held: 0 bytes", "open or mapped by sleep ("]
)]
#[case::processes_of_others(
    "mount -t tmpfs -o size=1g,mode=1777 test /dev/shm; echo x >/dev/shm/others",
    USER,
    0,
    &["cannot be told: 1 of 2 processes cannot be looked at from here", "cannot be seen from here"]
)]
fn the_doctor_tells_what_is_amiss_in(
    #[case] setup: &str,
    #[case] start: &str,
    #[case] exit: i32,
    #[case] said: &[&str],
) {
    let script =
        format!("set -e; cd \"$DIRECTORY\"; {setup}; set +e; {start} $DIRECTORY/shmconf doctor 2>&1; echo \"exit $?\"");
    let Some(told) = namespaces::said(&script) else { return };
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in said.iter().copied().chain([&*format!("exit {exit}")]) {
        assert!(told.contains(words), "`{words}` is missing:\n{told}");
    }
    assert_eq!(told.contains("WRONG"), exit == 1, "{told}");
}
