//! How the spawner is started: the program runs anew, and is told on a socket what to make actors of.

use super::record::{self, End, Program, RECORD_BYTES, Recipe, from_bytes};
use super::{Spawner, pair, server};
use crate::executor::link::tick;
use crate::executor::processors::Processors;
use crate::executor::{Config, ExecutorError};
use crate::subject::Spec;
use shmconf_adapter::subject::{Fd, host, native};
use shmconf_model::naming::Naming;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The environment variable that tells a spawner the number of its socket.
const SOCKET: &str = "SHMCONF_SPAWNER";

/// Has this program looked whether it is to be the spawner?
static LOOKED: AtomicBool = AtomicBool::new(false);

/// Becomes the spawner if this process was started for that.
pub(crate) fn serve_if_asked() {
    LOOKED.store(true, Ordering::Relaxed);
    let Some(number) = std::env::var(SOCKET).ok().and_then(|number| number.parse().ok()).filter(|number| *number > 2)
    else {
        return;
    };
    // SAFETY: nothing else runs yet in this process.
    unsafe { std::env::remove_var(SOCKET) };
    if native::is_open(number) {
        // SAFETY: whoever set the variable has made the socket for this process.
        server::main(unsafe { OwnedFd::from_raw_fd(number) });
    }
}

/// Starts the spawner from the program that is configured, or from this one.
pub(super) fn start(config: &Config, naming: &Naming, processors: &Processors) -> Result<Spawner, ExecutorError> {
    host::raise_limits();
    let recipe = Recipe {
        program: match &config.subject {
            Spec::Command(_, words) => Program::Command(words.clone()),
            spec => Program::Own(spec.to_string()),
        },
        prefix: naming.run_prefix(),
        patience: config.timeout.min(super::PATIENCE) / 3,
        processors: processors.allowed.clone(),
        own_processor: processors.own,
    };
    let mut failed = None;
    for program in programs(config)? {
        match start_from(&program, config, &recipe) {
            Err(error @ ExecutorError::Program { .. }) => failed = Some(error),
            done => return done,
        }
    }
    Err(failed.unwrap_or(ExecutorError::SpawnerGone))
}

/// The programs to try.
fn programs(config: &Config) -> Result<Vec<PathBuf>, ExecutorError> {
    if let Some(program) = &config.program {
        return Ok(vec![program.clone()]);
    }
    let problem = if std::env::var_os(SOCKET).is_some() {
        "it was started to do so, and has not called shmconf::executor::resume() at the beginning of main"
    } else if !LOOKED.load(Ordering::Relaxed) {
        "call shmconf::executor::resume() at the beginning of its main, or name the command shmconf as Config::program"
    } else {
        // Some emulators do not start what /proc/self/exe leads to.
        let own: Vec<PathBuf> = [host::own_program(), std::env::current_exe().ok()].into_iter().flatten().collect();
        if !own.is_empty() {
            return Ok(own);
        }
        "the system does not tell where this program is: start it by its whole path"
    };
    Err(ExecutorError::Program { program: "this program".to_owned(), problem: problem.to_owned() })
}

fn start_from(program: &Path, config: &Config, recipe: &Recipe) -> Result<Spawner, ExecutorError> {
    let problem = |problem: String| ExecutorError::Program { program: program.display().to_string(), problem };
    let (own, its) = pair()?;
    tick(&own)?;
    let number = its.as_raw_fd();
    let mut command = Command::new(program);
    command.env(SOCKET, number.to_string());
    // SAFETY: numbers only, on a descriptor that is open until then.
    let keep = move || match unsafe { libc::fcntl(number, libc::F_SETFD, 0) } {
        -1 => Err(std::io::Error::last_os_error()),
        _ => Ok(()),
    };
    // SAFETY: between fork and exec there is one system call.
    unsafe { command.pre_exec(keep) };
    let process = match command.spawn() {
        Ok(process) => process,
        Err(source) => {
            use std::io::ErrorKind::{NotFound, PermissionDenied};
            return Err(match source.kind() {
                NotFound | PermissionDenied => {
                    problem(format!("{source}; name the command shmconf as Config::program"))
                }
                _ => ExecutorError::System { what: "start the process that starts the actors", source },
            });
        }
    };
    drop(its);
    let mut spawner = Spawner {
        socket: own,
        process,
        leads: false,
        next: 0,
        uses_template: false,
        asked: 0,
        stop: Arc::clone(&config.stop),
    };
    match greet(&mut spawner, recipe) {
        Ok(leads) => {
            spawner.leads = leads;
            Ok(spawner)
        }
        Err(error) => {
            give_up(&mut spawner.process);
            Err(match (error, &config.subject) {
                (ExecutorError::SpawnerGone, Spec::Library(path)) => ExecutorError::Subject(format!(
                    "`library:{path}` cannot be tested: the process that loads it ends, or does not go on"
                )),
                (ExecutorError::SpawnerGone, _) => problem(
                    "it does not answer; does it call shmconf::executor::resume() at the beginning of main, in this version?"
                        .to_owned(),
                ),
                (other, _) => other,
            })
        }
    }
}

/// Tells the spawner what it is to do; answers whether it leads a process group.
fn greet(spawner: &mut Spawner, recipe: &Recipe) -> Result<bool, ExecutorError> {
    let text = serde_json::to_vec(recipe)
        .map_err(|error| ExecutorError::System { what: "describe the actors", source: error.into() })?;
    let bytes: Vec<u8> = (text.len() as u64).to_ne_bytes().into_iter().chain(text).collect();
    spawner.send_all(&bytes, &[] as &[Fd<'_>])?;
    let mut reply = [0; RECORD_BYTES];
    spawner.receive(&mut reply, Instant::now() + super::PATIENCE, true)?;
    match from_bytes(&reply) {
        [end, leads, 0] if end == End::Begun as u64 => Ok(leads == 1),
        [end, len, 0] if end == End::NoSubject as u64 => {
            let mut reason = vec![0; (len as usize).min(record::REASON_BYTES)];
            spawner.receive(&mut reason, Instant::now() + super::PATIENCE, false)?;
            Err(ExecutorError::Subject(String::from_utf8_lossy(&reason).into_owned()))
        }
        _ => Err(ExecutorError::SpawnerGone),
    }
}

/// Ends a program that is no spawner.
fn give_up(process: &mut Child) {
    std::thread::sleep(Duration::from_millis(1));
    let _ = process.kill();
    let _ = process.wait();
}
