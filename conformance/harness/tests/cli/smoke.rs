//! `shmconf smoke`: is an adapter sane?

use super::shmconf;
use rstest::rstest;

fn smoke(subject: &str) -> (Option<i32>, String) {
    let output = shmconf(&["smoke", "-s", subject]);
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[rstest]
#[case::named("libc")]
#[case::anonymous("shmfd")]
fn a_sane_subject_is_told_what_to_do_next(#[case] subject: &str) {
    let (code, text) = smoke(subject);
    assert_eq!(code, Some(0), "{text}");
    for step in ["start", "abilities", "calls", "mapping", "passing", "times", "reset"] {
        assert!(text.lines().any(|line| line.split_whitespace().nth(1) == Some(step)), "{step} is not in {text}");
    }
    assert!(text.ends_with(&format!("{subject} is sane; next: shmconf run -s {subject}\n")), "{text}");
}

#[rstest]
#[case::no_adapter("command:/bin/true", "start", "ends before it has answered")]
#[case::another_object(
    "mutant:received-other-object",
    "passing",
    "`b: pread(g, 0, 4)` came out as 00*4; allowed is 41*2 00*2"
)]
#[case::name_that_stays("mutant:unlink-keeps-name", "calls", "allowed is ENOENT")]
fn what_is_wrong_is_told_by_step(#[case] subject: &str, #[case] step: &str, #[case] what: &str) {
    let (code, text) = smoke(subject);
    assert_eq!(code, Some(1), "{text}");
    let wrong = text.lines().skip_while(|line| !line.starts_with("WRONG")).collect::<Vec<_>>().join(" ");
    let wrong = wrong.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(wrong.starts_with(&format!("WRONG {step}")) && wrong.contains(what), "{text}");
}

#[test]
fn the_model_has_no_processes_to_look_at() {
    let output = shmconf(&["smoke", "-s", "model:macos"]);
    assert_eq!(output.status.code(), Some(2));
}
