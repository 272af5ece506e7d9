//! Adapters that misbehave, of whatever intention: they cost their script, in time, and harm nobody else.

use rstest::rstest;
use shmconf::executor::{Config, Executor, ExecutorError};
use shmconf::outcome::Outcome;
use shmconf::script::Script;
use shmconf::subject::Spec;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// What an adapter in the shell begins with: it says who it is.
const STARTED: &str = r#"read -r line <&3; echo "{\"type\":\"started\",\"protocol\":\"shmconf-protocol/1\",\"uid\":0,\"gid\":0,\"umask\":18}" >&3; "#;

fn config(shell: &str) -> Config {
    let words = ["sh", "-c", shell].map(str::to_owned).to_vec();
    Config {
        timeout: Duration::from_millis(700),
        program: Some(env!("CARGO_BIN_EXE_shmconf").into()),
        ..Config::new(Spec::Command("sh".to_owned(), words))
    }
}

fn script(lines: &str) -> Script {
    format!("# test/case\n{lines}").parse().expect("the script is valid")
}

/// A process that nothing has to do with the run.
struct Bystander(Child);

impl Bystander {
    fn start() -> Bystander {
        Bystander(Command::new("sleep").arg("60").stdout(Stdio::null()).spawn().expect("it starts"))
    }
}

impl Drop for Bystander {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[rstest]
#[case::blanks("while :; do printf ' ' >&3; sleep 0.03; done", "does not answer `start` within 700ms")]
#[case::bytes_in_drips(
    r#"for byte in '{' '"' t y p e '"' : '"' s t a r t e d; do printf %s "$byte" >&3; sleep 0.3; done"#,
    "does not answer `start` within 700ms"
)]
#[case::empty_lines("yes '' >&3", "answers `start` with what is no reply: ")]
#[case::a_line_without_an_end("cat /dev/zero >&3", "a line of more than 16 MiB")]
#[case::a_flood_of_standard_error("cat /dev/zero >&2", "does not answer `start` within 700ms")]
#[case::stops_who_started_it("kill -STOP $PPID; sleep 60", "does not answer `start` within 700ms")]
fn an_adapter_that_does_not_answer_is_given_up_in_time(#[case] shell: &str, #[case] what: &str) {
    let began = Instant::now();
    let error = Executor::start(&config(shell)).expect_err("it is no adapter");
    let message = error.to_string();
    assert!(message.contains(what), "{}", message.chars().take(300).collect::<String>());
    assert!(message.len() < 70_000, "{} bytes", message.len());
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}

#[test]
fn the_end_of_standard_error_is_told() {
    let shell = "seq 100000 >&2; echo Oh dear >&2; exit 3";
    let error = Executor::start(&config(shell)).expect_err("it is no adapter").to_string();
    assert!(error.contains("(exit 3); it wrote to standard error:\n"), "{}", error.len());
    assert!(error.ends_with("99999\n100000\nOh dear"), "{}", error.len());
}

/// Also of an actor that has many sockets, which take the numbers that the pipe had.
#[test]
fn the_standard_error_of_an_actor_with_many_peers_is_told() {
    let shell = format!("{STARTED} read -r line <&3 || exit; echo Oh dear >&2; echo '{{}}' >&3; sleep 5");
    let mut executor = Executor::start(&config(&shell)).expect("it says who it is");
    let lines = "a: recv(b)\na: recv(c)\na: recv(d)\na: recv(e)\nb: fds()\nc: fds()\nd: fds()\ne: fds()";
    let refused = executor.execute(&script(lines), 0).expect_err("that is no reply").to_string();
    assert!(refused.ends_with("it wrote to standard error:\nOh dear"), "{refused}");
}

#[test]
fn a_run_is_interrupted_also_while_an_adapter_sends() {
    let config = Config { timeout: Duration::from_secs(60), ..config("while :; do printf ' ' >&3; sleep 0.01; done") };
    let stop = std::sync::Arc::clone(&config.stop);
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        stop.store(true, Ordering::Relaxed);
        Instant::now()
    });
    assert!(matches!(Executor::start(&config), Err(ExecutorError::Interrupted)));
    let stopped = stopper.join().expect("the thread ends");
    assert!(stopped.elapsed() < Duration::from_secs(1), "{:?}", stopped.elapsed());
}

#[test]
fn a_bad_reply_costs_its_script_alone() {
    let shell = r#"while read -r line <&3; do case $line in
        *shm_unlink*) echo "{}" >&3;;
        *reset*) exit;;
        *) echo "{\"type\":\"answer\",\"seq\":0,\"outcome\":{\"value\":7}}" >&3;;
    esac; done"#;
    let mut executor = Executor::start(&config(&format!("{STARTED}{shell}"))).expect("it starts");
    for _ in 0..2 {
        let refused = executor.execute(&script("a: shm_unlink(@x)"), 0).expect_err("that is no reply");
        assert!(refused.costs_one_script(), "{refused}");
        let refused = refused.to_string();
        assert!(refused.contains("answers call 1 (shm_unlink(\"/sc"), "{refused}");
        let trace = executor.execute(&script("a: fds()"), 0).expect("the next script is executed");
        assert_eq!(trace.events[0].outcome, Outcome::Value(7));
    }
}

/// Without times nobody knows when a call began but that it was sent.
#[test]
fn the_calls_of_an_adapter_without_times_begin_when_they_are_sent() {
    // It is asked for three calls, and for nothing more.
    let shell = r#"seq=0; while read -r line <&3; do
        echo "{\"type\":\"answer\",\"seq\":$seq,\"outcome\":{\"value\":7}}" >&3; seq=$((seq + 1)); sleep 0.05
    done"#;
    let mut executor = Executor::start(&config(&format!("{STARTED}{shell}"))).expect("it starts");
    let trace = executor.execute(&script("a: fds()\na: fds()\na: fds()"), 0).expect("the script is executed");
    let first = trace.events[0].start;
    assert!(trace.events.iter().all(|event| event.start == first), "{:#?}", trace.events);
}

#[rstest]
#[case::that_hangs("sleep 60")]
#[case::that_ends("exec 3>&-; exit 0")]
fn a_process_number_that_is_no_child_s_is_not_believed(#[case] then: &str) {
    let mut bystander = Bystander::start();
    let pid = bystander.0.id();
    let shell = format!(
        r#"{STARTED} read -r line <&3; echo "{{\"type\":\"answer\",\"seq\":0,\"outcome\":\"ok\",\"pid\":{pid}}}" >&3; {then}"#
    );
    let mut executor = Executor::start(&config(&shell)).expect("it starts");
    let trace = executor.execute(&script("a: fork(c)\nc: fds()"), 0).expect("the script is executed");
    assert_eq!(trace.events[0].outcome, Outcome::Ok);
    assert!(!matches!(trace.events[1].outcome, Outcome::Value(_)), "{:?}", trace.events[1].outcome);
    drop(executor);
    assert!(matches!(bystander.0.try_wait(), Ok(None)), "the bystander was killed");
}
