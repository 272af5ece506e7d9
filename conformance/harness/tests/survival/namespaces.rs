//! Shells with mount and PID namespaces of their own: what is mounted there nobody else sees, and what runs there ends with
//! them.

use std::process::{Command, Stdio};

/// The command that makes them: root may, and an ordinary user where the system lets it be root in a user namespace.
pub(crate) fn command() -> Option<Command> {
    let root = nix::unistd::geteuid().is_root();
    let flags = if root { "-mpf" } else { "-Urmpf" };
    let unshare = || {
        let mut command = Command::new("unshare");
        command.args([flags, "--mount-proc", "--propagation", "private"]);
        command
    };
    let works = unshare().arg("true").stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    if !works {
        eprintln!("skipped: this user may not make namespaces, or there is no `unshare`");
        return None;
    }
    Some(unshare())
}

/// What a shell says in which `$DIRECTORY` is a directory of its own that anybody may use, with the program `shmconf`.
pub(crate) fn said(script: &str) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().expect("there is room");
    std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o1777)).expect("it is this user's");
    let mut shell = command()?;
    // Not copied by this process: a child of another test would have the copy open for writing for a moment.
    let script = format!("cp \"$SHMCONF\" \"$DIRECTORY/shmconf\"\n{script}");
    shell.args(["sh", "-c", &script]).env("DIRECTORY", directory.path()).stdin(Stdio::null());
    shell.env("SHMCONF", env!("CARGO_BIN_EXE_shmconf"));
    let output = shell.output().expect("the shell runs");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    for needed in ["setpriv", "capsh", "unshare", "prlimit"] {
        if said.contains(&format!("{needed}: not found")) {
            eprintln!("skipped: there is no `{needed}`");
            return None;
        }
    }
    // In its user namespace there is nobody else whom an ordinary user could become.
    let is_refused =
        ["Operation not permitted", "setresuid failed: Invalid argument"].iter().any(|no| said.contains(no));
    if is_refused && !nix::unistd::geteuid().is_root() {
        eprintln!("skipped: an ordinary user may not make this environment");
        return None;
    }
    Some(said)
}
