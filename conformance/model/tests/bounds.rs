//! However large the input, it is read in time by its size, or refused with the limit.

use rstest::rstest;
use shmconf_model::call::{Amount, Call};
use shmconf_model::judge;
use shmconf_model::naming::Token;
use shmconf_model::outcome::Content;
use shmconf_model::profile::Profile;
use shmconf_model::script::{Id, Script, limits};
use shmconf_model::simulation::Simulation;
use shmconf_model::trace::Trace;
use shmconf_model::verdict::Verdict;
use std::fmt::Write;
use std::time::Duration;

fn read(text: &str) -> Result<Script, String> {
    Script::read(text, Id::of_path("large")).map_err(|error| error.to_string())
}

/// `lines` numbered lines.
fn lines(lines: usize, line: impl Fn(usize) -> String) -> String {
    (0..lines).fold(String::new(), |mut text, number| {
        writeln!(text, "{}", line(number)).expect("a string takes everything");
        text
    })
}

#[rstest]
#[case::a_long_line("a: send(b".to_owned() + &", f".repeat(5 << 20), "1:1: found a line of 15728649 bytes, expected at most 64 KiB")]
#[case::many_arguments("a: send(b".to_owned() + &", f".repeat(1_000_000), "1:1: found a line of 3000009 bytes, expected at most 64 KiB")]
#[case::much_text("\n".repeat(limits::TEXT + 1), "1:1: found a script of 67108865 bytes, expected at most 64 MiB")]
#[case::many_actors(lines(100_000, |number| format!("a{number}: fds()")), "10001:1: found more than 10000 actors, expected at most 10000 actors in a script")]
#[case::many_calls(lines(1000, |_| "a[1..1024]: fds()".to_owned()), "977:1: found more than 1000000 calls, expected at most 1000000 calls in a script")]
#[case::deep_children(
    lines(5_000, |number| format!("a{number}: fork(a{})", number + 1)),
    "33:11: found `a33`, who is 33 deep, expected children of children at most 32 deep"
)]
#[case::unclosed_escapes(format!("a: shm_unlink(\"{}", "\\u{".repeat(16_000)), "1:15: found `\\u`, expected a character such as \\u{7f}")]
#[timeout(Duration::from_secs(60))]
fn too_much_is_refused_with_the_limit(#[case] text: String, #[case] message: &str) {
    assert_eq!(read(&text), Err(message.to_owned()));
}

#[rstest]
#[case::calls(lines(200_000, |number| format!("a: f{number} = create(1)\n")), 200_000)]
#[case::labels(format!("a: x = create(1)\n{}", lines(200_000, |number| format!("a: label_of_number_{number} = dup(x)\n"))), 200_001)]
#[case::a_race(format!("race {{\n{}}}\n", lines(100_000, |number| format!("a{}: fds()", number % 10_000))), 100_000)]
#[case::forks(lines(9_999, |number| format!("a: fork(c{number})\na: f{number} = create(1)")), 19_998)]
#[case::a_line(format!("a: f = create(1)\nb: fds()\na: send(b{})", ", f".repeat(21_000)), 3)]
#[timeout(Duration::from_secs(60))]
fn what_is_within_the_limits_is_read_and_printed(#[case] text: String, #[case] calls: usize) {
    let script = read(&text).expect("it is within the limits");
    assert_eq!(script.lines().count(), calls);
    assert!(script.to_string().lines().count() > script.steps.len());
}

#[rstest]
#[case("PAGE", 4096, 4096)]
#[case("2147483647*PAGE+4611686018427387904", 1 << 30, 2_305_843_008_139_952_128 + (1 << 62))]
#[case("-2147483648*PAGE-4611686018427387904", 1 << 30, i64::MIN + (1 << 61))]
#[case("-9223372036854775808", 65536, i64::MIN)]
fn an_amount_is_exact_whatever_the_page(#[case] text: &str, #[case] page: u64, #[case] bytes: i64) {
    assert_eq!(text.parse::<Amount>().expect("an amount").resolve(page).get(), bytes);
}

#[rstest]
#[case("2147483648*PAGE")]
#[case("PAGE+4611686018427387905")]
#[case("9223372036854775808")]
fn an_amount_that_could_overflow_is_none(#[case] text: &str) {
    assert!(text.parse::<Amount>().is_err());
}

#[rstest]
#[case("41*8 00*4088", Some(4096))]
#[case("00*9223372036854775807", Some(i64::MAX as u64))]
#[case("00*9223372036854775808", None)]
#[case("00*18446744073709551615 00*4097", None)]
#[case("00*18446744073709551615 01*4097", None)]
#[case("01*9223372036854775807 02*1", None)]
fn the_length_of_content_does_not_wrap(#[case] text: &str, #[case] len: Option<u64>) {
    assert_eq!(text.parse::<Content>().ok().map(|content| content.len()), len);
}

const HEADER: &str = r#"{"format":"shmconf-trace/1","case":"x/y","subject":"libc","platform":{"os":"","release":"","arch":"","libc":"","page_size":4096},"seed":7,"actors":[{"name":"a","uid":0,"gid":0,"umask":18},{"name":"t","process":"a","uid":0,"gid":0,"umask":18}]}"#;

fn event(actor: &str, call: &str, start: u64, end: u64) -> String {
    format!(r#"{{"actor":"{actor}","call":{call},"outcome":"ok","start":{start},"end":{end}}}"#)
}

#[rstest]
#[case(
    event("b", r#"{"call":"fds"}"#, 1, 2),
    "2: found a call of `b`, expected one of an actor of the header or of a child that was forked before"
)]
#[case(
    [event("c", r#"{"call":"fds"}"#, 3, 4), event("a", r#"{"call":"fork","child":"c"}"#, 1, 2)].join("\n"),
    "2: found a call of `c`, expected one of an actor of the header or of a child that was forked before"
)]
#[case(
    event("a", r#"{"call":"fds"}"#, 2, 1),
    "2: found a call that ends at 1 and begins at 2, expected an end that is not before the beginning"
)]
#[case(
    ["".to_owned(), event("a", r#"{"call":"unique_names","count":4294967295,"threads":2}"#, 1, 2)].join("\n"),
    "3: found 4294967295, expected a number of names from 0 to 10000"
)]
#[case(
    event("a", r#"{"call":"recv","from":"b","room":4294967295}"#, 1, 2),
    "2: found 4294967295, expected a number of descriptors from 0 to 65536"
)]
fn a_trace_that_cannot_have_been_is_refused(#[case] events: String, #[case] message: &str) {
    let error = Trace::read(format!("{HEADER}\n{events}\n").as_bytes()).expect_err("it cannot have been");
    assert_eq!(error.to_string(), message);
}

#[rstest]
#[case(HEADER.replace("\"t\"", "\"a\""), "1: found two actors that are called `a`, expected a name for each")]
#[case(HEADER.replace("\"process\":\"a\"", "\"process\":\"p\""), "1: found a thread of the process `p`, expected an actor with a process of its own, or a child that is forked")]
#[case(HEADER.replace("4096", "5000"), "1: found a page size of 5000, expected a power of two of at most 1073741824")]
#[case(HEADER.replace("4096", "0"), "1: found a page size of 0, expected a power of two of at most 1073741824")]
#[case("x".repeat((64 << 20) + 1), "1: found a line of more than 64 MiB, expected a shorter one")]
#[case(String::new(), "1: found the end of the file, expected a header with \"format\": \"shmconf-trace/1\"")]
fn a_header_that_cannot_have_been_is_refused(#[case] header: String, #[case] message: &str) {
    assert_eq!(Trace::read(header.as_bytes()).expect_err("it cannot have been").to_string(), message);
}

#[test]
fn a_thread_lives_in_the_process_that_is_given_and_others_in_their_own() {
    let events = [event("a", r#"{"call":"fork","child":"c"}"#, 1, 2), event("c", r#"{"call":"fds"}"#, 3, 3)].join("\n");
    let trace = Trace::read(format!("{HEADER}\n{events}\n").as_bytes()).expect("it can have been");
    let processes: Vec<String> = trace.header.actors.iter().map(|actor| actor.process().to_string()).collect();
    assert_eq!(processes, ["a", "a"]);
    let mut written = Vec::new();
    trace.write(&mut written).expect("a vector takes everything");
    assert_eq!(Trace::read(&written[..]).expect("it is a trace"), trace);
    assert!(matches!(trace.events[0].call, Call::Fork { .. }));
}

#[test]
fn a_platform_answers_for_as_many_names_as_a_script_may_ask_for() {
    let text = "a: unique_names(10000, 64)\na: unique_names(10000, 1)";
    let script = Script::read(text, "my/names".parse().expect("an ID")).expect("it is a script");
    let profile = Profile::get("linux-glibc").expect("it is built in");
    let trace = Simulation::new("model:any", profile.clone(), Token::of(0), (0, 1)).execute(&script, 0);
    assert_eq!(judge::judge(&trace, &profile).verdict, Verdict::Pass);
}
