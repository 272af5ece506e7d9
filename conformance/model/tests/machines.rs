//! What the header of a trace tells of the machine and of its actors decides what is allowed.

use rstest::rstest;
use shmconf_model::judge;
use shmconf_model::profile::Profile;
use shmconf_model::trace::Trace;
use shmconf_model::verdict::Verdict;

/// The verdict on one actor of user 0 with these members, who gets these outcomes of these calls.
fn verdict(members: &str, calls: &[(&str, &str)]) -> Verdict {
    let header = format!(
        r#"{{"format":"shmconf-trace/1","case":"my/case","subject":"libc","platform":{{"os":"Linux","release":"6","arch":"x86_64","libc":"glibc 2.36","page_size":4096}},"seed":0,"actors":[{{"name":"a","uid":0,"gid":0,"umask":18{members},"fds":[0,1,2,3]}}]}}"#
    );
    let event = |(at, (call, outcome)): (usize, &(&str, &str))| {
        let bind = if outcome.contains("fd") { r#""bind":["f"],"# } else { "" };
        format!(r#"{{"actor":"a",{bind}"call":{call},"outcome":{outcome},"start":{},"end":{}}}"#, 2 * at, 2 * at + 1)
    };
    let lines: Vec<String> = std::iter::once(header).chain(calls.iter().enumerate().map(event)).collect();
    let trace = Trace::read(lines.join("\n").as_bytes()).expect("it is a trace");
    judge::judge(&trace, &Profile::get("linux-glibc").expect("it is built in")).verdict
}

const MADE: (&str, &str) = (r#"{"call":"shm_open","name":"/scx","flags":"RDWR|CREAT|EXCL","mode":0}"#, r#"{"fd":4}"#);

#[rstest]
#[case::who_may_do_all("", "RDWR", true)]
#[case::who_may_do_nothing(r#","privilege":"nothing""#, "RDWR", false)]
#[case::who_keeps_what_it_owns(r#","privilege":"keeping""#, "RDWR", true)]
#[case::who_may_read_and_reads(r#","privilege":"reading""#, "RDONLY", true)]
#[case::who_may_read_and_writes(r#","privilege":"reading""#, "RDWR", false)]
#[case::who_may_do_nothing_and_reads(r#","privilege":"nothing""#, "RDONLY", false)]
fn a_mode_of_zero_lets_in_a_user_0(#[case] members: &str, #[case] flags: &str, #[case] is_let_in: bool) {
    let opens = format!(r#"{{"call":"shm_open","name":"/scx","flags":"{flags}","mode":0}}"#);
    let judged = |outcome: &str| verdict(members, &[MADE, (&opens, outcome)]);
    let (opened, denied) = (judged(r#"{"fd":5}"#), judged(r#"{"errno":"EACCES"}"#));
    assert_eq!((opened == Verdict::Fail, denied == Verdict::Fail), (!is_let_in, is_let_in));
}

#[rstest]
#[case::none("", Verdict::Fail)]
#[case::of_descriptors(r#","limits":{"NOFILE":4}"#, Verdict::Pass)]
fn no_descriptor_is_free_under_a_limit(#[case] members: &str, #[case] expected: Verdict) {
    let refused = (MADE.0, r#"{"errno":"EMFILE"}"#);
    assert_eq!(verdict(members, &[refused]), expected);
}

#[rstest]
#[case::that_nobody_told("", (Verdict::Pass, Verdict::Pass))]
#[case::that_leave_one_free(r#","fds":[0,1,2,3]"#, (Verdict::Pass, Verdict::Fail))]
#[case::that_leave_none_free(r#","fds":[0,1,2,3,4]"#, (Verdict::Fail, Verdict::Pass))]
fn a_new_program_opens_one_more_beside_the_descriptors(
    #[case] members: &str,
    #[case] (opened, refused): (Verdict, Verdict),
) {
    let exec = format!(r#""ok"{members}"#);
    let made = (MADE.0, r#"{"fd":4}"#);
    let verdict = |outcome| {
        let again = (r#"{"call":"shm_open","name":"/scx","flags":"RDWR","mode":0}"#, outcome);
        verdict(r#","limits":{"NOFILE":5}"#, &[made, (r#"{"call":"exec"}"#, &exec), again])
    };
    assert_eq!((verdict(r#"{"fd":4}"#), verdict(r#"{"errno":"EMFILE"}"#)), (opened, refused));
}

#[rstest]
#[case::none("", Verdict::Fail)]
#[case::of_files(r#","limits":{"FSIZE":4096}"#, Verdict::Pass)]
fn a_size_is_refused_under_a_limit(#[case] members: &str, #[case] expected: Verdict) {
    let grown = (r#"{"call":"ftruncate","fd":"f","size":8192}"#, r#"{"signal":"SIGXFSZ"}"#);
    assert_eq!(verdict(members, &[MADE, grown]), expected);
}

#[rstest]
#[case::raised_above_what_there_is(64, Verdict::Pass)]
#[case::kept(20, Verdict::Fail)]
#[case::lowered(5, Verdict::Fail)]
fn a_limit_that_is_raised_may_be_above_the_hard_one(#[case] limit: i64, #[case] expected: Verdict) {
    let call = format!(r#"{{"call":"rlimit","resource":"NOFILE","limit":{limit}}}"#);
    assert_eq!(verdict(r#","limits":{"NOFILE":20}"#, &[(&call, r#"{"errno":"EINVAL"}"#)]), expected);
}

/// On Linux the right to give objects away is a capability of its own.
#[rstest]
#[case::who_may_do_all("", (Verdict::Pass, Verdict::Fail))]
#[case::who_keeps_what_it_owns(r#","privilege":"keeping""#, (Verdict::Pass, Verdict::Pass))]
#[case::who_may_read(r#","privilege":"reading""#, (Verdict::Pass, Verdict::Pass))]
#[case::who_may_do_nothing(r#","privilege":"nothing""#, (Verdict::Pass, Verdict::Pass))]
fn a_user_0_with_less_than_all_may_give_objects_away_or_not(
    #[case] members: &str,
    #[case] (given, refused): (Verdict, Verdict),
) {
    let gives = r#"{"call":"fchown","fd":"f","uid":1000,"gid":1000}"#;
    let verdict = |outcome| verdict(members, &[MADE, (gives, outcome)]);
    assert_eq!((verdict(r#""ok""#), verdict(r#"{"errno":"EPERM"}"#)), (given, refused));
}

#[rstest]
#[case::who_may_do_all("", Verdict::Fail)]
#[case::who_may_read(r#","privilege":"reading""#, Verdict::Pass)]
fn what_a_user_0_with_less_than_all_gave_away_it_may_change_or_not(#[case] members: &str, #[case] refused: Verdict) {
    let gives = (r#"{"call":"fchown","fd":"f","uid":1000,"gid":1000}"#, r#""ok""#);
    let changes = (r#"{"call":"fchmod","fd":"f","mode":384}"#, r#"{"errno":"EPERM"}"#);
    assert_eq!(verdict(members, &[MADE, gives, changes]), refused);
}
