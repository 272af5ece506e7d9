//! What a run inherits: signals, limits, a process group that it may not leave, and a directory that is gone.

use super::signals::heed_signals;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rstest::rstest;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::Duration;

/// What a shell says in which `$SHMCONF` is the command.
fn shell(script: &str) -> Command {
    heed_signals();
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).env("SHMCONF", env!("CARGO_BIN_EXE_shmconf"));
    shell
}

fn said(mut shell: Command) -> String {
    let output = shell.output().expect("the shell runs");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[rstest]
#[case::ignored_children("trap '' CHLD")]
#[case::ignored_signals("trap '' BUS SEGV XFSZ TERM HUP USR1")]
#[case::few_descriptors("ulimit -n 64")]
#[case::no_input("exec 0<&-")]
#[case::a_directory_that_is_gone("d=$(mktemp -d); cd $d; rmdir $d")]
#[case::no_home("unset HOME TMPDIR; export TMPDIR=/nonexistent")]
#[case::nothing_open_but_the_output("exec 0<&- 2>&-")]
#[case::one_processor("command -v taskset >/dev/null && taskset -p 1 $$ >/dev/null")]
fn a_run_conforms_with(#[case] inherited: &str) {
    let cases = "exclusive/existing-name size/limit-kills mapping/unmapped-store access/children-have-the-descriptors passing/to-a-child passing/copy exclusive/creators-race";
    let said =
        said(shell(&format!("{inherited}; set -f; \"$SHMCONF\" run {cases} -s libc -j 2 2>&1; echo \"exit $?\"")));
    assert!(said.ends_with("exit 0\n"), "{said}");
}

#[test]
fn a_run_conforms_with_every_signal_blocked() {
    use std::os::unix::process::CommandExt;
    let mut shell = shell(
        "\"$SHMCONF\" run size/limit-kills mapping/unmapped-store passing/to-a-child -s libc -j 2 2>&1; echo \"exit $?\"",
    );
    // SAFETY: a system call alone.
    unsafe { shell.pre_exec(|| Ok(nix::sys::signal::SigSet::all().thread_block()?)) };
    let said = said(shell);
    assert!(said.ends_with("exit 0\n"), "{said}");
}

#[test]
fn a_run_without_outputs_says_how_it_ended_all_the_same() {
    let said = said(shell("(\"$SHMCONF\" run exclusive/existing-name -s libc 1>&- 2>&-); echo \"exit $?\""));
    assert_eq!(said, "exit 0\n");
}

/// `nohup` starts a program with the hangup ignored.
#[rstest]
#[case::goes_on_where_it_is_ignored("trap '' HUP", "0")]
#[case::ends_a_run_elsewhere("true", "129")]
fn a_hangup(#[case] inherited: &str, #[case] exit: &str) {
    let script = format!(
        r#"
        {inherited}
        "$SHMCONF" run exclusive size -s libc --cases 200 -j 1 >/dev/null 2>&1 &
        run=$!
        for i in 1 2 3 4 5; do sleep 0.1; kill -HUP $run 2>/dev/null; done
        wait $run
        echo "exit $?"
        "#
    );
    let said = said(shell(&script));
    assert!(said.ends_with(&format!("exit {exit}\n")), "{said}");
}

#[rstest]
#[case::interrupted(Signal::SIGINT)]
#[case::terminated(Signal::SIGTERM)]
#[case::hung_up(Signal::SIGHUP)]
fn a_run_that_is_ended_while_its_processes_start_ends_by_that_signal(#[case] signal: Signal) {
    heed_signals();
    for moment in [5, 10, 20, 30, 40, 60] {
        let mut run = Command::new(env!("CARGO_BIN_EXE_shmconf"));
        run.args(["run", "-s", "libc", "--cases", "100000"]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut run = run.spawn().expect("it starts");
        std::thread::sleep(Duration::from_millis(moment));
        kill(Pid::from_raw(run.id().cast_signed()), signal).expect("it is there");
        let status = run.wait().expect("it ends");
        assert_eq!(status.signal(), Some(signal as i32), "after {moment} ms: {status:?}");
    }
}

#[test]
fn a_program_that_is_replaced_during_a_run_is_executed_all_the_same() {
    let script = r#"
        directory=$(mktemp -d)
        cp "$SHMCONF" "$directory/shmconf"
        "$directory/shmconf" run passing access -s libc --cases 8 -j 1 2>&1 &
        run=$!
        sleep 0.3
        printf '#!/bin/sh\nexit 99\n' >"$directory/other"
        chmod +x "$directory/other"
        mv "$directory/other" "$directory/shmconf"
        wait $run
        echo "exit $?"
        rm -r "$directory"
    "#;
    let said = said(shell(script));
    assert!(said.ends_with("exit 0\n"), "{said}");
}

/// Denies `setpgid` to a shell and all that it starts.
#[cfg(target_os = "linux")]
fn without_process_groups(mut shell: Command) -> Command {
    use std::os::unix::process::CommandExt;
    // The number of a call is the first word of what a filter looks at.
    const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    const IF_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
    let op = |code, jf, k| libc::sock_filter { code, jt: 0, jf, k };
    let mut filter = [
        op(LOAD, 0, 0),
        op(IF_EQUAL, 1, libc::SYS_setpgid as u32),
        op(RETURN, 0, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
        op(RETURN, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let deny = move || {
        let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
        // SAFETY: numbers only.
        let no_new = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
        // SAFETY: the program has that length.
        let set = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) };
        if no_new == 0 && set == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
    };
    // A group of its own, in which a mistake harms nobody else.
    shell.process_group(0);
    // SAFETY: system calls alone.
    unsafe { shell.pre_exec(deny) };
    shell
}

#[cfg(target_os = "linux")]
#[rstest]
#[case::ends("\"$SHMCONF\" run exclusive/existing-name lifetime -s libc -j 2; echo \"exit $?\"")]
#[case::is_interrupted(
    "\"$SHMCONF\" run -s libc --cases 100000 >/dev/null 2>&1 & sleep 1; kill -INT $!; wait $!; echo \"exit 0\""
)]
fn nobody_else_is_killed_where_the_spawner_cannot_leave_the_group_when_a_run(#[case] run: &str) {
    let script = format!(
        r#"
        sleep 60 &
        bystander=$!
        {run}
        kill -0 $bystander && echo "the bystander lives"
        kill $bystander
        "#
    );
    let said = said(without_process_groups(shell(&script)));
    assert!(said.contains("exit 0\n") && said.contains("the bystander lives\n"), "{said}");
}
