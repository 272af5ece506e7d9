//! `shmconf completions` and `shmconf man`: made from the definition of the command line.

use super::error::CliError;
use super::output::Output;
use super::{Cli, Done};
use crate::exit::Exit;
use clap::CommandFactory;
use clap_complete::Shell;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// The verb; without one, the page of the program
    #[arg(value_name = "VERB")]
    verb: Option<String>,
}

pub(super) fn completions(args: &Args) -> Done {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "shmconf", &mut script);
    Output::open(None)?.write(|output| output.write_all(&script))?;
    Ok(Exit::Conforms)
}

pub(super) fn man(args: &ManArgs) -> Done {
    let mut program = Cli::command();
    program.build();
    let command = match &args.verb {
        None => program,
        Some(verb) => {
            let Some(found) = program.find_subcommand(verb) else {
                let near = super::near::near(verb, program.get_subcommands().map(clap::Command::get_name));
                return Err(CliError::UnknownVerb { verb: verb.clone(), near });
            };
            // Its page is found by its whole name, as in `man shmconf-run`.
            found.clone().display_name(format!("shmconf-{verb}"))
        }
    };
    let page = clap_mangen::Man::new(command);
    Output::open(None)?.write(|output| page.render(&mut &mut *output))?;
    Ok(Exit::Conforms)
}
