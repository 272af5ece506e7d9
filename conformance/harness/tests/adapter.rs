//! Other programs as subjects: the adapter in Python, and programs that are no adapters at all.

use rstest::rstest;
use shmconf::executor::{Ability, Config, Executor, ExecutorError};
use shmconf::script::{Requirement, Script};
use shmconf::subject::{Spec, SpecError};
use std::process::Command;
use std::time::Duration;

fn start(subject: &str, timeout: Duration) -> Result<Executor, ExecutorError> {
    let subject: Spec = subject.parse().expect("it names a subject");
    let program = Some(env!("CARGO_BIN_EXE_shmconf").into());
    Executor::start(&Config { timeout, program, ..Config::new(subject) })
}

fn problem(subject: &str) -> String {
    start(subject, Duration::from_millis(700)).expect_err("it is no adapter").to_string()
}

const SCRIPT: &str = "# test/case
a: f = create(4096)
a: m = mmap(f, 0, 4096, READ|WRITE, SHARED)
a: store(m, 0, 0x41, 2)
a: send(b, f)
b: g = recv(a)
b: pread(g, 0, 4)
b: fcntl(g, GETFD)
b: x = shm_open(@missing, RDWR)
b: fstat(x)
race {
    a: shm_open(@x, RDWR|CREAT|EXCL, 0600)
    b: shm_open(@x, RDWR|CREAT|EXCL, 0600)
}
a: ftruncate(f, 0)
a: load(m, 0)
a: fstat(f)
";

#[test]
fn the_adapter_in_python_does_what_the_c_library_does() {
    if Command::new("python3").arg("-V").output().is_err() {
        eprintln!("skipped: there is no python3");
        return;
    }
    let adapter = concat!("command:python3 ", env!("CARGO_MANIFEST_DIR"), "/examples/adapter.py");
    let mut executor = start(adapter, Duration::from_secs(20)).expect("the adapter starts");
    assert!(matches!(executor.abilities().get(&Requirement::Exec), Some(Ability::Cannot(_))));
    let mut native = start("libc", Duration::from_secs(5)).expect("the executor starts");
    let script: Script = SCRIPT.parse().expect("the script is valid");
    let seen = |executor: &mut Executor| {
        let trace = executor.execute(&script, 0).expect("the script is executed");
        let mut lines: Vec<String> =
            trace.events.iter().map(|event| format!("{:?} {}", event.call.name().is_none(), event.outcome)).collect();
        // Either may win the race.
        lines.sort();
        lines
    };
    let expected = seen(&mut native);
    assert_eq!(seen(&mut executor), expected);
    assert_eq!(seen(&mut executor), expected, "the second time, by the same processes or by others");
}

#[rstest]
#[case("command:sh -c 'echo nonsense >&3; read x'", "answers `start` with what is no reply: nonsense: expected ident")]
#[case("command:false", "ends before it has answered `start` (exit 1)")]
#[case("command:sh -c 'echo Oh dear >&2; kill -9 $$'", "(SIGKILL); it wrote to standard error:\nOh dear")]
#[case(
    "command:/nonexistent/adapter",
    "(exit 127); it wrote to standard error:\ncannot run \"/nonexistent/adapter\": ENOENT"
)]
#[case("command:sleep 100", "does not answer `start` within 700ms")]
#[case(
    "command:sh -c 'echo \"{\\\"type\\\":\\\"error\\\",\\\"message\\\":\\\"no such version\\\"}\" >&3'",
    "gives up: no such version"
)]
fn a_program_that_is_no_adapter_is_told_apart(#[case] subject: &str, #[case] what: &str) {
    let problem = problem(subject);
    assert!(problem.starts_with(&format!("an actor of {subject} ")), "{problem}");
    assert!(problem.contains(what), "{problem}");
}

#[rstest]
#[case(
    "lib",
    "no kind of subject is called `lib`; there are libc, shmfd[:STRATEGY], memfd, qemu[:BINARY], library:PATH, command:COMMAND, model:PROFILE, \
     mutant:NAME; see `shmconf explain subjects`"
)]
#[case("libc:x", "the subject `libc` takes no argument, found `libc:x`")]
#[case(
    "command:",
    "`command:` takes a program and its arguments, as in command:\"python3 adapter.py\"; found `command:`"
)]
#[case(
    "command:'",
    "`command:` takes a program and its arguments, as in command:\"python3 adapter.py\"; found `command:'`"
)]
#[case("shmfd:x", "shmfd has no strategy called `x`; there are auto, posix, shm-anon, shm-mkstemp, tmpfile, memfd")]
fn a_subject_that_there_is_not_is_named(#[case] text: &str, #[case] message: &str) {
    assert_eq!(text.parse::<Spec>().expect_err("there is no such subject").to_string(), message);
}

#[test]
fn a_mutant_that_there_is_not_is_answered_with_where_to_look() {
    let error = "mutant:x".parse::<Spec>().expect_err("there is no such mutant");
    assert!(matches!(error, SpecError::Mutant(_)));
    assert_eq!(error.to_string(), "no mutant is called `x`; `shmconf explain mutant` shows them all");
}

#[rstest]
#[case("libc")]
#[case("shmfd")]
#[case("shmfd:memfd")]
#[case("memfd")]
#[case("mutant:excl-racy")]
#[case("model:freebsd")]
#[case("command:python3 'a b.py'")]
fn a_subject_prints_as_it_is_named(#[case] text: &str) {
    assert_eq!(text.parse::<Spec>().map(|spec| spec.to_string()), Ok(text.to_owned()));
}
