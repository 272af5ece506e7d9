//! How many scripts of 8 calls by 2 actors are executed in a second, with fresh processes and with reused ones, and how
//! far that is from what forks, round trips and the calls themselves take.
//!
//! `cargo bench -p shmconf --bench executor`

use shmconf::executor::{Config, Executor, random_token};
use shmconf::script::Script;
use shmconf::subject::Spec;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// The actors take turns as a generated script has them do.
const SCRIPT: &str = "# bench/two-actors
a: f = shm_open(@x, RDWR|CREAT|EXCL, 0600)
a: ftruncate(f, 8192)
b: g = shm_open(@x, RDWR)
b: n = mmap(g, 0, 8192, READ|WRITE, SHARED)
a: pwrite(f, 0, 0x41, 16)
b: load(n, 0, 32)
b: shm_unlink(@x)
a: fstat(f)
";

/// Round trips that the script costs: one for each time that another actor has its turn.
const TURNS: u32 = 5;

const TIME: Duration = Duration::from_secs(2);

fn main() {
    // The processes that make calls are this program, started anew.
    shmconf::executor::resume();
    // A first look at floors, from the same machine at the same time.
    let across = time_each(round_trips());
    let round_trip = on_one_processor(|| time_each(round_trips()));
    let fork = on_one_processor(|| time_each(forks()));
    let calls = on_one_processor(bare_calls);
    println!("round trip between two processes   {round_trip:>9.1?} on one processor, {across:.1?} wherever they are");
    println!("fork, exit and wait                {fork:>9.1?} on one processor");
    println!("the 8 calls in one process         {calls:>9.1?}");
    for (reuse, floor) in [(false, 2 * fork + TURNS * round_trip + calls), (true, TURNS * round_trip + calls)] {
        let name = if reuse { "reused" } else { "fresh" };
        for jobs in [1, 2] {
            let rate = scripts_a_second(reuse, jobs);
            let each = Duration::from_secs_f64(f64::from(jobs) / rate);
            println!(
                "{name:<6} processes, {jobs} at a time      {rate:>9.0} scripts/s  {each:>9.1?} each, floor {floor:.1?}"
            );
        }
    }
}

fn scripts_a_second(reuse: bool, jobs: u32) -> f64 {
    let token = random_token();
    let executors: Vec<Executor> = (0..jobs)
        .map(|at| {
            let config = Config { reuse, token, share: (at, jobs), ..Config::new(Spec::Libc) };
            Executor::start(&config).expect("the executor starts")
        })
        .collect();
    let script: Script = SCRIPT.parse().expect("the script is valid");
    let start = Instant::now();
    let threads: Vec<_> = executors
        .into_iter()
        .map(|mut executor| {
            let script = script.clone();
            std::thread::spawn(move || {
                let mut done = 0;
                while start.elapsed() < TIME {
                    executor.execute(&script, 0).expect("the script is executed");
                    done += 1;
                }
                done
            })
        })
        .collect();
    let done: u32 = threads.into_iter().map(|thread| thread.join().expect("the thread ends")).sum();
    f64::from(done) / TIME.as_secs_f64()
}

/// What is measured while this thread, and the processes that it makes, have one processor; all that there are where nobody
/// can choose.
#[cfg(target_os = "linux")]
fn on_one_processor<T>(measure: impl FnOnce() -> T) -> T {
    use nix::sched::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};
    let own = nix::unistd::Pid::from_raw(0);
    let before = sched_getaffinity(own).expect("it can be asked for");
    let mut one = CpuSet::new();
    one.set(sched_getcpu().expect("it can be asked for")).expect("it is small");
    sched_setaffinity(own, &one).expect("it is one of its own");
    let measured = measure();
    sched_setaffinity(own, &before).expect("it was so before");
    measured
}
#[cfg(not(target_os = "linux"))]
fn on_one_processor<T>(measure: impl FnOnce() -> T) -> T {
    measure()
}

fn time_each((done, time): (u32, Duration)) -> Duration {
    time / done
}

/// One byte there and one back, between processes that sleep in between.
fn round_trips() -> (u32, Duration) {
    let (mut near, mut far) = UnixStream::pair().expect("a pair of sockets");
    // SAFETY: the child only reads and writes.
    let child = unsafe { libc::fork() };
    let mut byte = [0];
    if child == 0 {
        drop(near);
        while far.read(&mut byte).is_ok_and(|count| count > 0) && far.write_all(&byte).is_ok() {}
        // SAFETY: no condition.
        unsafe { libc::_exit(0) };
    }
    drop(far);
    let start = Instant::now();
    let mut done = 0;
    while start.elapsed() < TIME / 4 {
        near.write_all(&byte).expect("the child reads");
        near.read_exact(&mut byte).expect("the child writes");
        done += 1;
    }
    let time = start.elapsed();
    drop(near);
    wait(child);
    (done, time)
}

fn forks() -> (u32, Duration) {
    let start = Instant::now();
    let mut done = 0;
    while start.elapsed() < TIME / 4 {
        // SAFETY: the child only ends.
        let child = unsafe { libc::fork() };
        if child == 0 {
            // SAFETY: no condition.
            unsafe { libc::_exit(0) };
        }
        wait(child);
        done += 1;
    }
    (done, start.elapsed())
}

fn wait(child: i32) {
    // SAFETY: the status is not asked for.
    unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
}

/// The calls of the script and the closes that give back what they bring.
fn bare_calls() -> Duration {
    use shmconf::subject::{Libc, Subject};
    let name = c"/sc-bench-floor";
    let start = Instant::now();
    const ROUNDS: u32 = 2000;
    for _ in 0..ROUNDS {
        let mut libc = Libc;
        let f = libc.shm_open(name, libc::O_RDWR | libc::O_CREAT | libc::O_EXCL, 0o600).expect("it is created");
        libc.ftruncate((&f).into(), 8192).expect("it is sized");
        let g = libc.shm_open(name, libc::O_RDWR, 0).expect("it is opened");
        let mut n = libc.mmap(8192, libc::PROT_READ, libc::MAP_SHARED, (&g).into(), 0).expect("it is mapped");
        libc.pwrite((&f).into(), 0x41, 16, 0).expect("it is written");
        libc.load(&n, 0, 32).expect("it is read");
        libc.shm_unlink(name).expect("it is unlinked");
        libc.fstat((&f).into()).expect("it is there");
        libc.munmap(&mut n, 0, 8192).expect("it is unmapped");
    }
    start.elapsed() / ROUNDS
}
