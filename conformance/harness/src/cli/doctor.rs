//! `shmconf doctor`

use super::Done;
use super::output::Output;
use crate::doctor;
use crate::exit::Exit;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How to show it: pretty for people, or json for programs, which `shmconf schema doctor` describes
    #[arg(long, value_enum, default_value = "pretty")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Pretty,
    Json,
}

pub(super) fn doctor(args: &Args) -> Done {
    let output = Output::open(None)?;
    let width = output.width();
    let examination = doctor::examine();
    output.write(|output| match args.format {
        Format::Pretty => examination.write(width, output),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *output, &examination)?;
            writeln!(output)
        }
    })?;
    Ok(if examination.is_well() { Exit::Conforms } else { Exit::DoesNotConform })
}
