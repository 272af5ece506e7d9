//! Runs with a private /dev/shm, which needs root: whatever is in it is theirs, and it can be of any kind.

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use rstest::rstest;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// What a shell says that runs a script with a /dev/shm of its own; nothing for an ordinary user.
fn shell_with_own_store(options: &'static str, script: &str) -> Option<String> {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("skipped: a private /dev/shm needs root");
        return None;
    }
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).env("SHMCONF", env!("CARGO_BIN_EXE_shmconf"));
    let own_store = move || {
        let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
        unshare(CloneFlags::CLONE_NEWNS)?;
        mount(None::<&str>, "/", None::<&str>, private, None::<&str>)?;
        mount(Some("test"), "/dev/shm", Some("tmpfs"), MsFlags::empty(), Some(options))?;
        Ok(())
    };
    // SAFETY: system calls alone.
    unsafe { shell.pre_exec(own_store) };
    let output = shell.output().expect("the shell runs");
    Some(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

/// The same with a program that an ordinary user can start: `$nobody` starts it as one, and `$directory` has room.
fn nobody_with_own_store(options: &'static str, script: &str) -> Option<String> {
    const START: &str = r#"
        command -v setpriv >/dev/null || { echo skipped; exit; }
        directory=$(mktemp -d)
        chmod 755 "$directory"
        cp "$SHMCONF" "$directory/shmconf"
        nobody="setpriv --reuid=65534 --regid=65534 --clear-groups $directory/shmconf"
    "#;
    let said = shell_with_own_store(options, &format!("{START}\n{script}\nrm -r \"$directory\""))?;
    if said.starts_with("skipped") {
        eprintln!("skipped: there is no setpriv to become an ordinary user with");
        return None;
    }
    Some(said)
}

/// Starts a long run and waits until objects have been made; `$run` is the process.
const START: &str = r#"
    "$SHMCONF" run -s libc --cases 100000 >/dev/null 2>&1 &
    run=$!
    for i in 1 2 3 4 5 6 7 8 9 10; do
        sleep 0.2
        [ -n "$(cat /proc/$run/task/*/children 2>/dev/null)" ] && break
    done
    sleep 0.5
"#;

/// Waits until the run is gone with everything that it started, and shows what is left.
const REST: &str = r#"
    wait $run
    own=$(readlink /proc/self/ns/mnt)
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        left=
        for process in /proc/[0-9]*; do
            [ "$(readlink $process/ns/mnt)" = "$own" ] && grep -q shmconf $process/comm && left="$left $process"
        done
        [ -z "$left" ] && break
        sleep 0.2
    done
    echo "processes:$left names:$(ls /dev/shm)"
"#;

#[rstest]
#[case::interrupted("kill -INT $run")]
#[case::terminated("kill -TERM $run")]
#[case::killed("kill -KILL $run")]
#[case::an_actor_is_killed(
    "for s in $(cat /proc/$run/task/*/children); do kill -KILL $(cat /proc/$s/task/*/children); done; sleep 0.3; kill -INT $run"
)]
#[case::the_spawner_is_killed("kill -KILL $(cat /proc/$run/task/*/children); sleep 1; kill -INT $run")]
fn nothing_is_left_by_a_run_that_is(#[case] end: &str) {
    let script = format!("{START}\n{end} 2>/dev/null\n{REST}");
    if let Some(said) = shell_with_own_store("mode=1777", &script) {
        assert!(said.lines().any(|line| line == "processes: names:"), "{said}");
    }
}

#[test]
fn a_store_that_cannot_be_written_is_named() {
    if let Some(said) = shell_with_own_store("ro,mode=1777", "\"$SHMCONF\" run exclusive -s libc") {
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("EROFS; is there a tmpfs at /dev/shm, writable and of mode 1777?"), "{said}");
    }
}

#[test]
fn a_store_of_one_mebibyte_is_enough() {
    let script = r#""$SHMCONF" run exclusive names -s libc --cases 8; echo "exit $? names:$(ls /dev/shm)""#;
    if let Some(said) = shell_with_own_store("size=1m,mode=1777", script) {
        assert!(said.trim_end().ends_with("exit 0 names:"), "{said}");
    }
}

/// Who may make names and not list them, as is usual on other systems, is spared nothing.
#[test]
fn names_that_cannot_be_listed_are_removed_all_the_same() {
    let script = format!(
        r#"
        echo '{HELD}' >"$directory/held.shm"
        $nobody run "$directory/held.shm" -s libc --timeout 60 >/dev/null 2>&1 &
        run=$!
        for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            [ "$(ls /dev/shm | wc -l)" = 2 ] && echo "two names" && break
            sleep 0.2
        done
        kill -KILL $run
        {REST}
        "#
    );
    if let Some(said) = nobody_with_own_store("mode=1733", &script) {
        assert!(said.starts_with("two names\nprocesses: names:\n"), "{said}");
    }
}

/// As on macOS: what is asked by the way is left out, and what is about nothing else is skipped.
#[test]
fn a_list_of_names_that_there_is_not_is_left_out_aloud() {
    let script = "$nobody run exclusive/creators-race names/listing passing/copy -s libc 2>&1";
    if let Some(said) = nobody_with_own_store("mode=1733", script) {
        let why = "requires a list of the names that exist; cannot list /dev/shm: Permission denied (os error 13)";
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "names 1 skip exclusive 1 pass passing 1 pass",
            &format!("1 without its names() calls: {why}"),
            &format!("1 {why}"),
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}

/// As an ordinary user of FreeBSD meets objects that he may not remove, though he made them.
#[test]
fn names_that_cannot_be_removed_are_told() {
    let script = format!(
        r#"
        echo '{HELD}' >"$directory/held.shm"
        $nobody run "$directory/held.shm" -s libc --timeout 4 2>&1 &
        run=$!
        until [ "$(ls /dev/shm | wc -l)" = 2 ]; do sleep 0.1; done
        chmod 555 /dev/shm
        wait $run
        "#
    );
    if let Some(said) = nobody_with_own_store("mode=1777", &script) {
        assert!(said.contains("left over   2 objects that this user may not remove: /sc"), "{said}");
    }
}

/// Two names exist while it hangs.
const HELD: &str = "# my/held
a: shm_open(@x, RDWR|CREAT, 0600)
a: shm_open(@y, RDWR|CREAT, 0)
b: recv(a)";
