//! `shmconf run` on real shared memory.

use super::signals::heed_signals;
use super::{complaint, shmconf, unread};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rstest::rstest;
use shmconf::subject::{Libc, Subject};
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// What differs from run to run, and from system to system, made alike.
fn redacted(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout);
    let differs =
        |line: &str| ["  clauses", "exercised; see", "fstat(", " uid "].iter().any(|word| line.contains(word));
    let lines = text.lines().filter(|line| !differs(line));
    let line = |line: &str| match line.split_once(" · ") {
        Some((tool, _)) if tool.starts_with("shmconf") => "shmconf VERSION · PLATFORM\n".to_owned(),
        _ => format!("{}\n", nameless(line.split(", in ").next().unwrap_or_default())),
    };
    lines.map(line).collect()
}

/// The line with the fresh names of this run replaced.
fn nameless(line: &str) -> String {
    let Some((before, after)) = line.split_once("\"/sc") else { return line.to_owned() };
    let after = after.split_once('"').map_or("", |(_, after)| after);
    format!("{before}\"/scXXXXXXXXXXX\"{}", nameless(after))
}

/// A script that takes far longer than any test waits.
fn endless(directory: &Path) -> String {
    let path = directory.join("endless.shm");
    let script = "# my/endless\n# repeat: 10000\nrace {\n    a[1..16]: f = shm_open(@x, RDWR|CREAT, 0600)\n}\n";
    fs::write(&path, script).expect("it can be written");
    path.to_string_lossy().into_owned()
}

#[test]
fn a_case_that_passes_exits_with_0() {
    let output = shmconf(&["run", "exclusive/existing-name", "-s", "libc"]);
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output, None));
    let text = redacted(&output);
    // Where sizes are in whole pages, that is seen and known.
    assert!(["  exclusive  1 pass\n", "  exclusive  1 deviation\n"].iter().any(|row| text.contains(row)), "{text}");
    assert!(text.contains("libc conforms to "), "{text}");
    assert!(output.stderr.is_empty(), "there is no progress in a pipe: {}", complaint(&output, None));
}

#[rstest]
#[case::no_generator("libc", "names/generator-gives-none-twice")]
#[case::no_names("shmfd", "access/any-mode-and-mask")]
fn a_property_whose_matter_the_subject_lacks_is_skipped_though_a_script_of_it_can_do_without(
    #[case] subject: &str,
    #[case] property: &str,
) {
    // With this seed the first scripts make no call that the subject cannot make.
    let output = shmconf(&["run", property, "-s", subject, "--seed", "4"]);
    assert_eq!(output.status.code(), Some(2), "{}", complaint(&output, None));
    let text = redacted(&output);
    assert!(text.contains("1 skip") && !text.contains("pass"), "{text}");
}

#[test]
fn a_planted_fault_is_shown_with_what_was_allowed() {
    if cfg!(target_vendor = "apple") {
        return eprintln!("skipped: this system has faults of its own by the rules of POSIX, such as sizes in pages");
    }
    let args = ["run", "exclusive/existing-name", "-s", "mutant:excl-ignored", "-p", "posix", "--seed", "7"];
    let output = shmconf(&args);
    assert_eq!(output.status.code(), Some(1), "{}", complaint(&output, None));
    insta::assert_snapshot!(redacted(&output));
}

#[test]
fn a_script_of_ones_own_runs_as_a_case_does() {
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("mine.shm");
    fs::write(&path, "# my/script\na: f = shm_open(@x, RDWR|CREAT|EXCL, 0600)\na: fstat(f)\n")
        .expect("it can be written");
    let output = shmconf(&["run", path.to_str().expect("it is text"), "-s", "libc", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(report["reports"][0]["results"][0]["id"], "my/script");
    assert_eq!(report["reports"][0]["summary"]["pass"], 1);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn traces_that_were_kept_can_be_judged_later() {
    let directory = tempfile::tempdir().expect("there is room");
    let traces = directory.path().join("traces");
    let traces = traces.to_str().expect("it is text");
    let output = shmconf(&["run", "exclusive/existing-name", "-s", "libc", "--traces", traces]);
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output, None));
    let kept = fs::read_dir(traces).expect("it is there").map(|entry| entry.expect("it can be read").path());
    let kept: Vec<String> = kept.map(|path| path.to_string_lossy().into_owned()).collect();
    assert_eq!(kept.len(), 1);
    let output = shmconf(&["judge", &kept[0]]);
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output, None));
}

#[test]
fn one_seed_is_one_run() {
    let run = || shmconf(&["run", "size", "-s", "libc", "--seed", "7", "--cases", "8", "-j", "1", "--format", "json"]);
    let scripts = |output: Output| {
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        let results = report["reports"][0]["results"].as_array().expect("it is a list").clone();
        results.into_iter().map(|result| (result["id"].clone(), result["verdict"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(scripts(run()), scripts(run()));
}

#[test]
fn a_report_in_a_file_leaves_standard_output_alone() {
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("report.json");
    let output = shmconf(&[
        "run",
        "exclusive/existing-name",
        "-s",
        "libc",
        "--format",
        "json",
        "-o",
        path.to_str().expect("it is text"),
    ]);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty());
    assert!(complaint(&output, None).starts_with("libc conforms to "), "{}", complaint(&output, None));
    serde_json::from_slice::<serde_json::Value>(&fs::read(path).expect("it was written")).expect("it is JSON");
}

#[test]
fn a_dash_is_standard_output() {
    let output = shmconf(&["run", "exclusive/existing-name", "-s", "libc", "-o", "-"]);
    assert!(redacted(&output).contains("libc conforms to "));
}

#[test]
fn a_full_disk_is_no_verdict() {
    if !Path::new("/dev/full").exists() {
        eprintln!("skipped: this system has no /dev/full");
        return;
    }
    let output = shmconf(&["run", "exclusive/existing-name", "-s", "libc", "-o", "/dev/full"]);
    assert_eq!(
        complaint(&output, None).trim_end(),
        "error: not all could be written to /dev/full: No space left on device (os error 28); make room and run again"
    );
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn a_reader_who_goes_away_does_not_change_the_verdict() {
    for (subject, code) in [("libc", 0), ("mutant:excl-ignored", 1)] {
        let output = unread(&["run", "exclusive/existing-name", "-s", subject]);
        assert_eq!(output.status.code(), Some(code));
        assert_eq!(complaint(&output, None), "");
    }
}

#[rstest]
#[case("libv", "no kind of subject is called `libv`; there are libc, shmfd[:STRATEGY], ", "; did you mean `libc`?")]
#[case("mutant:excl-ignord", "no mutant is called `excl-ignord`; ", "; did you mean `excl-ignored`?")]
#[case("model:freebds", "`model:` takes a profile, and none is called `freebds`; ", "; did you mean `freebsd`?")]
#[case("frob", "no kind of subject is called `frob`; there are libc", "see `shmconf explain subjects`")]
fn an_unknown_subject_is_a_mistake(#[case] subject: &str, #[case] what: &str, #[case] meant: &str) {
    let output = shmconf(&["run", "exclusive/existing-name", "-s", subject]);
    let complaint = complaint(&output, None);
    assert!(complaint.starts_with(&format!("error: {what}")) && complaint.trim_end().ends_with(meant), "{complaint}");
    assert_eq!(output.status.code(), Some(2));
}

#[rstest]
#[case::the_model("model:macos", Signal::SIGTERM)]
#[case::the_system("libc", Signal::SIGINT)]
#[case::an_anonymous_object("shmfd", Signal::SIGHUP)]
fn a_signal_ends_any_run_soon(#[case] subject: &str, #[case] signal: Signal) {
    heed_signals();
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("shmconf"))
        .args(["run", "anonymous", "size", "-s", subject, "--cases", "4294967295", "--portability"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    std::thread::sleep(Duration::from_millis(500));
    let began = Instant::now();
    kill(Pid::from_raw(child.id().cast_signed()), signal).expect("it is there");
    let status = child.wait().expect("it ends");
    assert_eq!(status.signal(), Some(signal as i32), "{status:?}");
    // A second is promised; the rest is for a machine with other work.
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[test]
fn what_was_not_executed_is_counted_and_shown() {
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("mine.shm");
    fs::write(&path, "# my/script\na: f = create(4096)\na: exit(0)\na: fstat(f)\na: close(f)\n")
        .expect("there is room");
    let path = path.to_str().expect("it is text");
    let output = shmconf(&["run", path, "-s", "libc", "-p", "posix"]);
    let text = redacted(&output);
    let told = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let expected = "2 calls were left out, as an earlier call that should have made something failed, its process had ended, or its memory was mapped no more: my/script";
    assert!(told.contains(expected), "{text}");
    let output = shmconf(&["run", path, "-s", "libc", "-p", "posix", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let result = &document["reports"][0]["results"][0];
    assert_eq!((&result["not_executed"], &result["verdict"]), (&2.into(), &"pass".into()), "{document:#}");
}

#[test]
fn ctrl_c_ends_the_run_in_order_and_leaves_nothing_behind() {
    heed_signals();
    let directory = tempfile::tempdir().expect("there is room");
    let traces = directory.path().join("traces");
    let began = Instant::now();
    let child = Command::new(assert_cmd::cargo::cargo_bin!("shmconf"))
        .args(["run", "exclusive/existing-name", &endless(directory.path()), "-s", "libc", "-j", "1"])
        .args(["--traces", traces.to_str().expect("it is text")])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let ran = || fs::read_dir(&traces).map_or(0, Iterator::count);
    while ran() < 10 {
        assert!(began.elapsed() < Duration::from_secs(60), "no trace was written in a minute");
        std::thread::sleep(Duration::from_millis(5));
    }
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGINT).expect("it is there");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.signal(), Some(Signal::SIGINT as i32), "{}", complaint(&output, None));
    assert!(ran() < 10_000, "it ran to its end");
    assert_eq!(complaint(&output, None).trim_end(), "interrupted: 1 result is complete, the others are missing");
    assert!(
        redacted(&output).contains("libc was interrupted after 1 result; nothing speaks against it so far"),
        "{}",
        redacted(&output)
    );
    assert_eq!(left_behind(&traces), Vec::<String>::new());
}

/// The names of the run that left these traces, where names can be listed.
fn left_behind(traces: &Path) -> Vec<String> {
    let first =
        fs::read_dir(traces).expect("it is there").next().expect("one was written").expect("it can be read").path();
    let text = fs::read_to_string(first).expect("it is text");
    let (_, name) = text.split_once("\"name\":\"/sc").expect("a name was opened");
    Libc.names(&format!("/sc{}", &name[..6])).unwrap_or_else(|reason| {
        eprintln!("not asked for what is left: {reason:?}");
        Vec::new()
    })
}

#[rstest]
#[case::that_differs_in_every_release("macos", "size/grow-zero-fills", 1)]
#[case::that_agrees("freebsd,openbsd@7.5", "exclusive/other-name", 0)]
#[case::of_a_release_that_differs("macos@10.14", "mapping/executable", 1)]
#[case::of_settings_that_do_not_differ("netbsd,tmpfs=true,pax_mprotect=true", "exclusive/other-name", 0)]
#[case::of_settings_that_differ("netbsd,tmpfs=false", "exclusive/other-name", 1)]
#[case::that_is_none("macso", "size/grow-zero-fills", 2)]
fn a_platform_that_is_named_decides(#[case] named: &str, #[case] case: &str, #[case] code: i32) {
    let asked = format!("--portability={named}");
    let output = shmconf(&["run", case, "-s", "model:linux-glibc", &asked]);
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn traces_of_two_runs_are_never_mixed() {
    let directory = tempfile::tempdir().expect("there is room");
    let traces = directory.path().to_str().expect("it is text");
    let args = ["run", "exclusive/existing-name", "-s", "libc", "--traces", traces];
    assert_eq!(shmconf(&args).status.code(), Some(0));
    let output = shmconf(&args);
    assert_eq!(output.status.code(), Some(2));
    assert!(complaint(&output, Some(&directory)).contains("DIR holds traces of another run"));
}

#[test]
fn a_quiet_run_tells_its_last_sentence_alone() {
    let output = shmconf(&["run", "exclusive/existing-name", "-s", "mutant:excl-ignored", "-q"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("mutant:excl-ignored does not conform"), "{text}");
    assert!(output.stderr.is_empty());
}

#[test]
fn a_run_that_tells_everything_has_a_line_for_each_case() {
    let output = shmconf(&["run", "exclusive/existing-name", "-s", "mutant:excl-ignored", "-v"]);
    assert!(
        complaint(&output, None)
            .trim_start()
            .starts_with("mutant:excl-ignored\nfail         exclusive/existing-name  "),
        "{}",
        complaint(&output, None)
    );
}

/// `/.` and `/..` open a directory on Linux.
#[test]
fn a_run_that_tells_everything_marks_the_call_that_departs_from_posix() {
    let output = shmconf(&["run", "names/dot", "-s", "model:linux-glibc", "-p", "linux-glibc", "-v"]);
    let text = complaint(&output, None);
    assert!(text.contains("-> descriptor 4\n        because   linux/dot-opens-a-directory\n"), "{text}");
}

/// Ten are more than anybody reads.
#[test]
fn of_many_failures_the_first_are_shown_in_full_and_the_others_in_a_line() {
    let output = shmconf(&["run", "exclusive/*", "--cases", "0", "-s", "mutant:excl-ignored"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text.matches("  FAIL  mutant").count(), 10, "{text}");
    let (_, rest) =
        text.split_once("each of which is shown in full by its ID, as in\n  shmconf run ").expect("there are more");
    let rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
    let short: Vec<&str> = rest.lines().take_while(|line| line.starts_with("  FAIL ")).collect();
    assert!(short.iter().all(|line| line.chars().count() <= 100 && line.contains("EEXIST")), "{short:#?}");
    assert!(short.len() > 2, "{text}");
}
