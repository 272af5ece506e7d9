//! `shmconf schema`

use super::Done;
use super::output::Output;
use crate::exit::Exit;
use crate::schema::Published;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The format
    #[arg(value_enum)]
    format: Published,
}

pub(super) fn schema(args: &Args) -> Done {
    Output::open(None)?.write(|output| output.write_all(args.format.text().as_bytes()))?;
    Ok(Exit::Conforms)
}
