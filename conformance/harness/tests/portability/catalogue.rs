//! The whole catalogue on real shared memory: its traces part from the other platforms where the data says so.

use shmconf::catalogue;
use shmconf::report::{Document, Report};
use shmconf::script::{Id, Requirement};
use shmconf::verdict::Certainty;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// An ordinary user, and its group; the model's actors have these too.
const ORDINARY: u32 = 1000;

/// The deviations of other platforms that the calls of a case are certain to meet.
type Met = BTreeMap<Id, BTreeSet<String>>;

fn met(report: &Report, is_meant: impl Fn(&Id) -> bool) -> Met {
    let tried = report.results.iter().filter(|result| result.scripts > 0 && is_meant(&result.id));
    let meets = tried.map(|result| {
        let differences = result.portability.iter().flat_map(|elsewhere| &elsewhere.differences);
        let certain = differences.filter(|difference| difference.certainty == Certainty::Certain);
        let there = certain.flat_map(|difference| &difference.there);
        let justifications = there.flat_map(|allowed| &allowed.justifications);
        (result.id.clone(), justifications.filter_map(|justification| justification.deviation.clone()).collect())
    });
    meets.collect()
}

fn all(met: &Met) -> BTreeSet<&str> {
    met.values().flatten().map(String::as_str).collect()
}

fn report(command: &mut Command) -> Report {
    let output = command.args(["--format", "json"]).output().expect("it starts");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{complaint}");
    let document: Document = serde_json::from_slice(&output.stdout).expect("it is a report");
    let [report] = <[Report; 1]>::try_from(document.reports).expect("there is one subject on one platform");
    report
}

/// Keeps the traces of the whole catalogue by that user, and judges them by the rules of all platforms.
fn judged(program: &Path, user: Option<u32>) -> Report {
    let traces = tempfile::tempdir().expect("there is room");
    fs::set_permissions(traces.path(), Permissions::from_mode(0o777)).expect("it is ours");
    let mut run = Command::new(program);
    run.args(["run", "--subject", "libc", "--cases", "0", "--traces"]).arg(traces.path()).current_dir("/");
    if let Some(id) = user {
        run.uid(id).gid(id);
    }
    let output = run.output().expect("it starts");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let kept = fs::read_dir(traces.path()).expect("it is there").map(|entry| entry.expect("it is there").path());
    report(Command::new(program).args(["judge", "--profile", "all"]).args(kept))
}

#[test]
fn real_traces_meet_the_deviations_of_other_platforms_where_the_model_of_this_one_does() {
    if !cfg!(target_os = "linux") {
        eprintln!("skipped: the deviations of other platforms are compared with those that show from Linux");
        return;
    }
    let directory = tempfile::tempdir().expect("there is room");
    fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).expect("it is ours");
    let program = directory.path().join("shmconf");
    fs::copy(env!("CARGO_BIN_EXE_shmconf"), &program).expect("it can be copied");

    let needs_root =
        |id: &Id| catalogue::case(id.as_str()).is_some_and(|case| case.requirements().contains(&Requirement::Root));
    let is_root = nix::unistd::geteuid().is_root();
    let real = judged(&program, is_root.then_some(ORDINARY));
    let mut seen = met(&real, |id| !needs_root(id));
    if is_root {
        seen.extend(met(&judged(&program, None), needs_root));
    } else {
        eprintln!("skipped: the cases that need root");
    }

    let subject = format!("model:{}", real.profile);
    let args = ["run", "--portability", "--cases", "0", "--subject", &subject];
    let simulated = met(&report(Command::new(&program).args(args)), |id| seen.contains_key(id));
    assert!(seen.len() > 300, "only {} cases were run", seen.len());
    // Where the model may choose it does not always choose as this system does, so that single cases differ.
    // Nor does it have /dev/shm mounted with noexec, as the model of Linux has: there a mapping of code is refused. Its
    // C library makes objects by shm_open, which take no seals. And a simulated process has fewer descriptors open than a
    // real one, so that fewer than 8 are never too many for it.
    fn comparable(met: &Met) -> Vec<&str> {
        const OTHERWISE: [&str; 4] = [
            "macos/no-execution",
            "gvisor/exec-seal-ignored",
            "gvisor/future-write-ignored",
            "dragonfly/another-place",
        ];
        all(met).into_iter().filter(|id| !OTHERWISE.contains(id)).collect()
    }
    assert_eq!(comparable(&seen), comparable(&simulated));
    if is_root {
        insta::assert_snapshot!(Vec::from_iter(all(&seen)).join("\n"));
    }
}
