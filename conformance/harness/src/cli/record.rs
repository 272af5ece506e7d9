//! `shmconf record`

use super::{Done, recorded};
use crate::executor;
use crate::record::{self, About, StraceError};
use nix::unistd::{getegid, geteuid};
use shmconf_adapter::subject::{host, listing, user};
use shmconf_model::call::Resource;
use std::ffi::OsString;
use std::path::Path;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    #[command(flatten)]
    recorded: recorded::Args,
    /// The program, and its arguments; the exit code is about the system, and not about how the program ends
    #[arg(trailing_var_arg = true, required = true, value_name = "PROGRAM [ARG …]")]
    program: Vec<OsString>,
}

pub(super) fn record(args: &Args) -> Done {
    let ready = args.recorded.open()?;
    let about = this_machine(&args.program, args.recorded.anonymize);
    let (log, status) = record::run(&args.program, args.recorded.is_for_programs())?;
    let recording = record::import(log, about).map_err(StraceError::from)?;
    if !status.success() {
        anstream::eprintln!("the program ended with {status}");
    }
    recorded::judge(recording, &args.recorded, ready)
}

/// What a program that is started now finds.
fn this_machine(program: &[OsString], anonymous: bool) -> About {
    let names = listing::all().ok();
    // Nobody opens so many descriptors by accident.
    const USUAL: u64 = 1024;
    let mut limits = host::limits_now();
    limits.retain(|resource, limit| *resource != Resource::Nofile || *limit < USUAL);
    let name = program.first().map(Path::new).and_then(Path::file_name).unwrap_or_default();
    // The mask is told by setting it alone.
    let umask = host::umask(0o022);
    host::umask(umask);
    About {
        program: name.to_string_lossy().into_owned(),
        platform: executor::platform(),
        machine: executor::machine(),
        user: Some((geteuid().as_raw(), getegid().as_raw())),
        groups: user::groups(),
        umask: Some(umask),
        privilege: None,
        limits,
        names: names.map(|names| names.iter().map(|name| name.to_string_lossy().into_owned()).collect()),
        anonymous,
    }
}
