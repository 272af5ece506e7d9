//! Contenders that take turns, and the table of their medians and ratios.

use std::time::{Duration, Instant};

/// One way to do the job.
pub(crate) struct Contender<'a> {
    pub(crate) name: &'static str,
    /// The name of the contender that it is measured against.
    pub(crate) against: &'static str,
    pub(crate) job: Box<dyn FnMut() + 'a>,
    /// What is undone after each batch, outside of its time.
    pub(crate) after: Box<dyn FnMut() + 'a>,
}

impl<'a> Contender<'a> {
    pub(crate) fn new(name: &'static str, against: &'static str, job: impl FnMut() + 'a) -> Self {
        Self { name, against, job: Box::new(job), after: Box::new(|| ()) }
    }

    fn time(&mut self, batch: u32) -> Duration {
        let start = Instant::now();
        for _ in 0..batch {
            (self.job)();
        }
        let time = start.elapsed() / batch;
        (self.after)();
        time
    }
}

/// Lets the contenders take turns, and prints what came of it.
pub(crate) fn compare(title: &str, rounds: usize, batch: u32, mut contenders: Vec<Contender<'_>>) {
    let count = contenders.len();
    let mut times = vec![Vec::with_capacity(rounds); count];
    for contender in &mut contenders {
        contender.time(batch);
    }
    for round in 0..rounds {
        for turn in 0..count {
            let index = (round + turn) % count;
            times[index].push(contenders[index].time(batch));
        }
    }
    println!("\n### {title}\n\n{rounds} rounds of {batch}, medians\n");
    println!("| | time | 10 % to 90 % | ratio | to |\n|---|---:|---:|---:|---|");
    for (contender, own) in contenders.iter().zip(&times) {
        let against = contenders.iter().position(|other| other.name == contender.against);
        let against = &times[against.unwrap_or_else(|| panic!("no {}", contender.against))];
        let ratio = sorted(own.iter().zip(against).map(|(a, b)| a.as_secs_f64() / b.as_secs_f64()));
        let own = sorted(own.iter().map(Duration::as_secs_f64));
        let (unit, each) = match own[0] {
            ..1e-6 => ("ns", 1e-9),
            ..1e-2 => ("µs", 1e-6),
            _ => ("ms", 1e-3),
        };
        let [low, middle, high] = [1, 5, 9].map(|tenth| own[own.len() * tenth / 10] / each);
        println!(
            "| {} | {middle:.2} {unit} | {low:.2} to {high:.2} | {:.3} | {} |",
            contender.name,
            ratio[ratio.len() / 2],
            contender.against
        );
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}
