//! `shmconf import`

use super::error::CliError;
use super::kind::Kind;
use super::{Done, recorded};
use crate::record::{self, About, ImportError};
use shmconf_model::trace::Platform;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// The log, as `strace -f -yy -ttt -T -v -e abbrev=execve -s 0 -o FILE` writes it; `-` is standard input
    #[arg(value_name = "FILE")]
    log: PathBuf,
    /// The effective user and group of the program, where they are not those that objects show
    #[arg(long, value_name = "NUMBER")]
    uid: Option<u32>,
    /// The file mode creation mask of the program, in octal, where it is not the one that objects show
    #[arg(long, value_name = "MODE", value_parser = octal)]
    umask: Option<u32>,
    #[command(flatten)]
    recorded: recorded::Args,
}

pub(super) fn import(args: &Args) -> Done {
    let ready = args.recorded.open()?;
    let unreadable = |source| CliError::Read { path: args.log.clone(), source };
    if args.log.is_dir() {
        return Err(CliError::NotOneLog(args.log.clone()));
    }
    let log: Box<dyn BufRead> = match args.log.as_os_str().to_str() {
        Some("-") => Box::new(io::stdin().lock()),
        _ => Box::new(BufReader::new(File::open(&args.log).map_err(unreadable)?)),
    };
    let name = args.log.file_stem().filter(|name| *name != "-").unwrap_or(OsStr::new("program"));
    let platform =
        Platform { os: "Linux".to_owned(), libc: "glibc".to_owned(), page_size: 4096, ..Platform::default() };
    let about = About {
        program: name.to_string_lossy().into_owned(),
        platform,
        user: args.uid.map(|uid| (uid, uid)),
        umask: args.umask,
        anonymous: args.recorded.anonymize,
        ..About::default()
    };
    let mut recording = record::import(log, about).map_err(|error| match error {
        ImportError::Io(source) => unreadable(source),
        ImportError::NoLog => Kind::Log.instead(&args.log, CliError::NoLog(args.log.clone())),
    })?;
    let is_one_of_many = |end: &OsStr| end.to_str().is_some_and(|end| end.bytes().all(|byte| byte.is_ascii_digit()));
    if args.log.extension().is_some_and(is_one_of_many) {
        recording.remarks.push(
            "the name is that of one of several logs of strace -ff: strace-log-merge NAME > NAME.log joins them, if they have \
             times (-ttt)"
                .to_owned(),
        );
    }
    recorded::judge(recording, &args.recorded, ready)
}

fn octal(text: &str) -> Result<u32, String> {
    u32::from_str_radix(text, 8)
        .ok()
        .filter(|mode| *mode <= 0o777)
        .ok_or_else(|| "a mask is octal, such as 022".to_owned())
}
