//! `shmconf mutants`

use super::error::CliError;
use super::interrupt::Interrupt;
use super::output::Output;
use super::progress::{Bar, Telling};
use super::run::jobs;
use super::{Done, selection};
use crate::campaign::{Compared, Plan};
use crate::exit::Exit;
use crate::mutation::{self, Matrix};
use crate::subject::mutant::{self, Mutant};
use clap::ValueEnum;
use std::io::{self, Write};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The faults to plant, such as excl-ignored; all of them, if nothing is given
    #[arg(value_name = "MUTANT")]
    wanted: Vec<String>,
    /// What not to run, as an ID, an area or a glob; can be repeated
    #[arg(short = 'x', long = "exclude", value_name = "GLOB")]
    unwanted: Vec<String>,
    /// How many scripts each property draws
    #[arg(long, value_name = "N", default_value_t = 64)]
    cases: u32,
    /// Repeats a run: from the same seed the same scripts are drawn [default: a new one each time]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How many scripts may run at the same time [default: as many as there are processors]
    #[arg(short, long, value_name = "N")]
    jobs: Option<u16>,
    /// How to show the matrix
    #[arg(long, value_enum, default_value_t = MatrixFormat::Pretty)]
    format: MatrixFormat,
    /// Where to write it; - is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A format, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MatrixFormat {
    /// For a terminal
    Pretty,
    /// For a document
    Markdown,
}

impl MatrixFormat {
    fn write(self, matrix: &Matrix, output: &mut dyn Write) -> io::Result<()> {
        match self {
            MatrixFormat::Pretty => mutation::write_table(matrix, output),
            MatrixFormat::Markdown => mutation::write_markdown(matrix, output),
        }
    }
}

pub(super) fn mutants(args: &Args) -> Done {
    let wanted = if args.wanted.is_empty() {
        mutant::ALL.to_vec()
    } else {
        let find = |name: &String| name.trim_start_matches("mutant:").parse::<Mutant>();
        args.wanted
            .iter()
            .map(find)
            .collect::<Result<_, _>>()
            .map_err(|error| CliError::from(crate::subject::SpecError::from(error)))?
    };
    let selection = selection::select(&[], &args.unwanted)?;
    let output = Output::open(args.output.as_deref())?;
    let interrupt = Interrupt::listen().map_err(CliError::Signals)?;
    let plan = Plan {
        subjects: Vec::new(),
        cases: selection.cases,
        properties: selection.properties,
        profile: None,
        seed: args.seed.unwrap_or_else(Plan::new_seed),
        cases_per_property: args.cases,
        jobs: jobs(args.jobs),
        timeout: Plan::TIMEOUT,
        strict: false,
        compared: Compared::Nothing,
        traces: None,
        stop: interrupt.flag(),
    };
    let bar = Bar::new(interrupt.clone(), Telling::HowFar);
    let matrix = mutation::matrix(&plan, &wanted, &bar);
    bar.clear();
    let Some(matrix) = matrix else {
        anstream::eprintln!("interrupted: the matrix is not complete");
        interrupt.die_of_it();
        return Ok(Exit::Harness);
    };
    output.write(|output| args.format.write(&matrix, output))?;
    Ok(if matrix.survivors().next().is_none() { Exit::Conforms } else { Exit::DoesNotConform })
}
