//! QEMU's storage daemon, which serves an image as a vhost-user-blk device.

use std::fs::{File, read_to_string};
use std::io::{ErrorKind, Write, stderr};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::{Signal, kill};
use nix::sys::stat::{fstat, major, minor};
use nix::unistd::Pid;

use crate::image::Image;

const PROGRAM: &str = "qemu-storage-daemon";

/// How long a daemon lives at most. Its death ends every wait for it.
const LIFE: Duration = Duration::from_secs(90);

/// How long anything that a daemon is asked for may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running daemon. It ends with the test, whatever becomes of that.
pub(crate) struct Daemon {
    child: Child,
    deadline: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Daemon {
    /// Has a daemon serve the image, or says that the test is skipped, since there is no such program.
    pub(crate) fn start(image: &Image) -> Option<Self> {
        let child = match command(image).spawn() {
            Ok(child) => child,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                say_skipped();
                return None;
            }
            Err(error) => panic!("{PROGRAM} does not start: {error}"),
        };
        let mut daemon = Self { deadline: Some(kill_when_late(&child)), child };
        daemon.wait_until_it_listens(image);
        Some(daemon)
    }

    fn wait_until_it_listens(&mut self, image: &Image) {
        within_patience("the daemon to listen", || {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("{PROGRAM} ended, {status}: {}", read_to_string(image.log()).unwrap());
            }
            UnixStream::connect(image.socket()).ok()
        });
    }

    /// How many mappings it has of the object that a descriptor refers to.
    pub(crate) fn mappings_of(&self, fd: impl AsFd) -> usize {
        let status = fstat(fd).unwrap();
        let device = format!("{:02x}:{:02x}", major(status.st_dev), minor(status.st_dev));
        let inode = status.st_ino.to_string();
        let maps = read_to_string(format!("/proc/{}/maps", self.child.id())).unwrap();
        let of_the_object = |line: &&str| {
            let fields: Vec<_> = line.split_whitespace().collect();
            fields[3..5] == [&device, &inode]
        };
        maps.lines().filter(of_the_object).count()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if let Some((ended, watch)) = self.deadline.take() {
            drop(ended);
            let _ = watch.join();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(image: &Image) -> Command {
    let mut command = Command::new(PROGRAM);
    command.arg("--blockdev").arg(format!("driver=file,node-name=disk,filename={}", image.path().display()));
    command.arg("--export").arg(format!(
        "type=vhost-user-blk,id=export,node-name=disk,writable=on,addr.type=unix,addr.path={}",
        image.socket().display()
    ));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(image.log()).unwrap());
    let end_with_this_thread = || Ok(set_pdeathsig(Signal::SIGKILL)?);
    // SAFETY: between fork and exec it makes one system call, which takes no memory and no lock.
    unsafe { command.pre_exec(end_with_this_thread) };
    command
}

fn say_skipped() {
    let thread = thread::current();
    let test = thread.name().unwrap_or("a test");
    // Unlike the test's own output, which is shown where it fails.
    let _ = writeln!(
        stderr(),
        "skipped: {test}: there is no {PROGRAM} (package qemu-utils, before Debian 13 qemu-system-common)"
    );
}

/// Kills the child after its life, unless the sender is dropped before.
fn kill_when_late(child: &Child) -> (Sender<()>, JoinHandle<()>) {
    let pid = Pid::from_raw(child.id().try_into().unwrap());
    let (ended, end) = channel();
    let watch = move || {
        if end.recv_timeout(LIFE) == Err(RecvTimeoutError::Timeout) {
            let _ = kill(pid, Signal::SIGKILL);
        }
    };
    (ended, thread::spawn(watch))
}

/// Asks again and again until there is an answer.
pub(crate) fn within_patience<T>(wanted: &str, mut answer: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = answer() {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "waited {PATIENCE:?} for {wanted}");
        sleep(Duration::from_millis(1));
    }
}
