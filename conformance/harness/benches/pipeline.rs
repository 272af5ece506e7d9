//! How many traces are judged, and how many scripts go the whole way, in a second.
//!
//! The scripts are drawn by the properties of the suite and have 8 calls by 2 actors, one after the other. Those with races
//! are left out, as a race waits on purpose until every actor is ready.
//!
//! `cargo bench -p shmconf --bench pipeline`, with a part of a line's name to measure that one alone

use shmconf::executor::{Config, Executor, random_token};
use shmconf::generator;
use shmconf::judge;
use shmconf::profile::Profile;
use shmconf::script::{Script, Step};
use shmconf::subject::Spec;
use shmconf::trace::Trace;
use shmconf::verdict::Verdict;
use std::time::{Duration, Instant};

const TIME: Duration = Duration::from_secs(3);

fn main() {
    // The processes that make calls are this program, started anew.
    shmconf::executor::resume();
    let scripts = scripts();
    let profile = Profile::get("linux-glibc").expect("it is built in");
    let posix = Profile::get("posix").expect("it is built in");
    let traces = traces(&scripts);
    let filters: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |name: &str| filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()));
    for profile in [&profile, &posix] {
        let name = format!("judged by {}", profile.id);
        if !is_wanted(&name) {
            continue;
        }
        let mut judged = 0;
        let start = Instant::now();
        while start.elapsed() < TIME {
            for trace in &traces {
                std::hint::black_box(judge::judge(std::hint::black_box(trace), profile));
            }
            judged += traces.len();
        }
        let rate = judged as f64 / start.elapsed().as_secs_f64();
        println!("{name:<22} one core            {rate:>9.0} traces/s  {:>9.1?} each", each(1, rate));
    }
    for reuse in [false, true] {
        let processes = if reuse { "reused" } else { "fresh" };
        for jobs in [1, 2] {
            let name = format!("executed and judged, {processes:<6} processes, {jobs} at a time");
            if is_wanted(&name) {
                let rate = executed_and_judged(&scripts, &profile, reuse, jobs);
                println!("{name}  {rate:>9.0} scripts/s  {:>9.1?} each", each(jobs, rate));
            }
        }
    }
}

fn each(jobs: u32, rate: f64) -> Duration {
    Duration::from_secs_f64(f64::from(jobs) / rate)
}

/// Scripts of 8 calls by 2 actors, as the properties draw them.
fn scripts() -> Vec<Script> {
    let has_race = |script: &Script| script.steps.iter().any(|step| matches!(step, Step::Race(_)));
    let fits = |script: &Script| script.lines().count() == 8 && script.actors().len() == 2 && !has_race(script);
    let plain = |property: &&generator::Property| {
        ["lifetime", "size", "mapping", "passing"].contains(&property.id.area())
            && property.id.as_str() != "size/any-sequence-in-a-full-store"
    };
    let draw = |property: &generator::Property| {
        let mut draws = property.draws(7);
        std::iter::repeat_with(|| draws.draw().script()).take(2000).filter(fits).take(100).collect::<Vec<_>>()
    };
    generator::properties().iter().filter(plain).flat_map(draw).collect()
}

fn traces(scripts: &[Script]) -> Vec<Trace> {
    let mut executor = Executor::start(&Config::new(Spec::Libc)).expect("the executor starts");
    scripts.iter().map(|script| executor.execute(script, 7).expect("the script runs")).collect()
}

fn executed_and_judged(scripts: &[Script], profile: &Profile, reuse: bool, jobs: u32) -> f64 {
    let token = random_token();
    let start_one = |at| {
        let config = Config { reuse, token, share: (at, jobs), ..Config::new(Spec::Libc) };
        Executor::start(&config).expect("the executor starts")
    };
    let executors: Vec<Executor> = (0..jobs).map(start_one).collect();
    let start = Instant::now();
    let work = |mut executor: Executor| {
        let mut done = 0u32;
        for script in scripts.iter().cycle() {
            let trace = executor.execute(script, 7).expect("the script runs");
            assert_ne!(judge::judge(&trace, profile).verdict, Verdict::Fail, "{script}");
            done += 1;
            if start.elapsed() >= TIME {
                break;
            }
        }
        done
    };
    let done: u32 = std::thread::scope(|scope| {
        let workers: Vec<_> = executors.into_iter().map(|executor| scope.spawn(|| work(executor))).collect();
        workers.into_iter().map(|worker| worker.join().expect("it does not panic")).sum()
    });
    f64::from(done) / start.elapsed().as_secs_f64()
}
