//! The command line: what was asked for, and the verb that does it.

mod baseline;
mod completions;
mod diff;
mod doctor;
mod error;
mod explain;
mod formats;
mod import;
mod interrupt;
mod judge;
mod judged;
mod keep;
mod kind;
mod list;
mod matrix;
mod merge;
mod mutants;
mod name;
mod near;
mod outcomes;
mod output;
mod profile;
mod profiles;
mod progress;
mod record;
mod recorded;
mod run;
mod schema;
mod selection;
mod show;
mod smoke;
mod stored;
mod traces;

use crate::exit::Exit;
use clap::{Parser, Subcommand};
use error::CliError;
use std::process::ExitCode;

/// Tells what an implementation of POSIX shared memory really does: whether it does what POSIX says, and what its
/// platform is known to do instead.
#[derive(Debug, Parser)]
#[command(name = "shmconf", version, after_help = EXIT_CODES, max_term_width = 100, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

const EXIT_CODES: &str = "Exit codes: 0 conforms, 1 does not or could not be decided, or a platform that \
                          --portability=… names certainly differs, 2 wrong usage, unknown ID, unreadable \
                          input, nothing selected or nothing of it possible here, 3 the harness itself failed.";

#[derive(Debug, Subcommand)]
enum Verb {
    /// Runs cases and properties on implementations, and judges what they did
    ///
    /// Without arguments it runs everything on this system's C library and on shmfd, and holds them to the rules of the
    /// platform that it runs on.
    Run(run::Args),
    /// Lists cases and properties, one line each
    List(list::Args),
    /// Explains a case, a clause, a deviation, a platform, a rule, a subject, a call, a flag, an error number or an area, with
    /// sources
    Explain(explain::Args),
    /// Shows every call of a trace with its outcome; of a case or a script, what it is, or with -p what a platform would do
    ///
    /// Nothing is run. The exit code is 1 if a trace has an outcome that its rules do not allow.
    Show(show::Args),
    /// Judges stored traces, without running anything
    Judge(judge::Args),
    /// Lists every outcome that a script may have, over all orders of its races and all choices of a platform
    ///
    /// Each outcome is shown with an order in which it comes about, and why it is allowed. With --observed the script is
    /// executed, and what is seen is counted beside what may be; the exit code is 1 if something is seen that is not
    /// allowed.
    Outcomes(outcomes::Args),
    /// Runs a program, and tells what it does with shared memory: whether this system does as it should, and where the
    /// program would fare otherwise
    ///
    /// strace(1) watches the program, its children and their threads.
    Record(record::Args),
    /// Tells the same from a log of strace that somebody has made
    ///
    /// A log is best made by: strace -f -yy -ttt -T -v -e abbrev=execve -s 0 -o LOG PROGRAM
    Import(import::Args),
    /// Tells in a second whether an adapter is sane
    ///
    /// It looks at how the adapter starts, what it cannot do, a few calls, whether a descriptor arrives, and whether its
    /// processes can serve another script.
    Smoke(smoke::Args),
    /// Plants each fault that is known, and shows which cases catch it
    ///
    /// A fault that nothing catches is a gap of the suite; the exit code is 1 then.
    Mutants(mutants::Args),
    /// Tells what this machine's shared memory is like, what is wrong with it, and what to do about that
    ///
    /// The exit code is 1 if something is wrong by which usual programs fail.
    Doctor(doctor::Args),
    /// Tells what each platform makes of the name of a shared memory object
    ///
    /// Whether it may be used, how long it is as the platform counts, what else has to hold, and the smallest change that
    /// makes it right everywhere. The exit code is 1 where a platform that has names refuses one of them, in some release.
    Name(name::Args),
    /// Shows the rules of the platforms side by side
    Profiles(profiles::Args),
    /// Writes what fails in a report as a baseline, for `shmconf run --baseline`
    Baseline(baseline::Args),
    /// Tells what changed between two reports
    ///
    /// The exit code is 1 if something got worse: what fails now, what is skipped or gone, and what was not before.
    Diff(diff::Args),
    /// Joins reports into one, such as those of shards
    ///
    /// What was run of one subject on one system comes into one report. The exit code is the one of a run that found all
    /// that.
    Merge(merge::Args),
    /// Shows reports of many systems side by side, as one HTML page
    ///
    /// Reports with the same answers in every row share a column. The exit code is 1 if a file could not be read as a
    /// report; it is named, and the others are shown.
    Matrix(matrix::Args),
    /// Prints the JSON schema of a format
    Schema(schema::Args),
    /// Prints a script that completes the words of this program in a shell
    Completions(completions::Args),
    /// Prints the manual page of this program, or of a verb
    Man(completions::ManArgs),
}

/// Does what the arguments of the process ask for.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.verb {
        Verb::Run(args) => run::run(args),
        Verb::List(args) => list::list(&args),
        Verb::Explain(args) => explain::explain(&args),
        Verb::Show(args) => show::show(&args),
        Verb::Judge(args) => judge::judge(&args),
        Verb::Outcomes(args) => outcomes::outcomes(&args),
        Verb::Record(args) => record::record(&args),
        Verb::Import(args) => import::import(&args),
        Verb::Smoke(args) => smoke::smoke(&args),
        Verb::Mutants(args) => mutants::mutants(&args),
        Verb::Doctor(args) => doctor::doctor(&args),
        Verb::Name(args) => name::name(&args),
        Verb::Profiles(args) => profiles::profiles(&args),
        Verb::Baseline(args) => baseline::baseline(&args),
        Verb::Diff(args) => diff::diff(&args),
        Verb::Merge(args) => merge::merge(&args),
        Verb::Matrix(args) => matrix::matrix(&args),
        Verb::Schema(args) => schema::schema(&args),
        Verb::Completions(args) => completions::completions(&args),
        Verb::Man(args) => completions::man(&args),
    };
    done.unwrap_or_else(|error| error.report()).into()
}

/// What a verb says of itself when it is done.
type Done = Result<Exit, CliError>;
