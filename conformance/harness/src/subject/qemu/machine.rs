//! A QEMU with a small virtual machine, which is never run.
//!
//! The machine is a `microvm` whose memory is the object, with a vhost-user disk. QEMU tells a device the memory table once
//! the guest's driver starts it. There is no guest: what its driver would write to the disk's registers is written over the
//! protocol of QEMU's own tests (`qtest`), while the processor is stopped, so that no byte of the memory changes. A driver of
//! the oldest kind starts a disk by its first request already, before it has said that it is ready; QEMU heeds that also
//! in a machine that is stopped.

use super::Failure;
use super::device::Connection;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A QEMU whose memory has arrived. It ends with the value.
#[derive(Debug)]
pub struct Machine {
    process: Child,
    /// Commands of `qtest` go there, and their replies come back.
    control: BufReader<UnixStream>,
    /// Kept open, and silent.
    _device: Connection,
    memory: OwnedFd,
}

/// How long QEMU may be silent: less than a call has by default.
const PATIENCE: Duration = Duration::from_secs(4);

/// The first QEMU with a memory-backend-shm.
const OLDEST: (u32, u32) = (9, 1);

/// Where a `microvm` has the registers of its first device.
const REGISTERS: u64 = 0xfeb0_0000;

/// What a driver of the oldest kind writes to them, each with its offset (virtio 1.2, 4.2.4).
const START: &[(u64, u32)] = &[
    (0x70, 3),  // Status: the device was found, and has a driver.
    (0x20, 0),  // GuestFeatures: none, by which QEMU takes it for one of the oldest kind.
    (0x28, 16), // GuestPageSize, small enough for the queue to lie in the smallest memory.
    (0x30, 0),  // QueueSel
    (0x38, 1),  // QueueNum
    (0x3c, 16), // QueueAlign
    (0x40, 1),  // QueuePFN: the queue begins at byte 16, and is not written.
    (0x50, 0),  // QueueNotify
];

impl Machine {
    /// Why no object can be had of that program.
    pub fn why_not(binary: &str) -> Option<String> {
        let output = match Command::new(binary).arg("--version").stdin(Stdio::null()).output() {
            Ok(output) => output,
            Err(error) => return Some(format!("{binary} does not start: {error}; install QEMU 9.1 or later")),
        };
        let said = String::from_utf8_lossy(&output.stdout);
        let Some(version) = version(&said) else {
            return Some(format!("`{binary} --version` says nothing of QEMU: {}", first_line(&said)));
        };
        let (major, minor) = version;
        (version < OLDEST).then(|| format!("QEMU {major}.{minor} has no memory-backend-shm, which came with QEMU 9.1"))
    }

    /// Starts one whose memory has that many bytes, and waits until it has told its device.
    ///
    /// # Errors
    ///
    /// What QEMU says where it makes no such memory, or the system where it starts no QEMU.
    pub fn start(binary: &str, size: i64) -> Result<Machine, Failure> {
        let system =
            |error: io::Error| Failure { pid: None, signal: None, words: format!("cannot start {binary}: {error}") };
        let pair = || {
            let (own, its) = UnixStream::pair()?;
            own.set_read_timeout(Some(PATIENCE))?;
            Ok((own, OwnedFd::from(its)))
        };
        let ((device, its_device), (mut control, its_control)) =
            pair().and_then(|device| Ok((device, pair()?))).map_err(system)?;
        let process = spawn(binary, size, its_device, its_control).map_err(system)?;
        // They wait in the socket for the machine. Where QEMU has ended, that is said below.
        let start = START.iter().map(|(offset, value)| format!("writel {:#x} {value:#x}\n", REGISTERS + offset));
        let _ = control.write_all(start.collect::<String>().as_bytes());
        let mut device = Connection::new(device);
        let told = device.memory_table().map_err(|error| error.to_string());
        match told.and_then(|table| only_object(table).ok_or_else(|| "its memory is several objects".to_owned())) {
            Ok(memory) => Ok(Machine { process, control: BufReader::new(control), _device: device, memory }),
            Err(problem) => {
                drop(device);
                Err(end(process, &problem))
            }
        }
    }

    /// Its process number.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// The memory.
    pub fn memory(&self) -> &OwnedFd {
        &self.memory
    }

    /// Writes the guest's memory, as its processor would.
    ///
    /// # Errors
    ///
    /// What QEMU answers but that it is done.
    pub fn write(&mut self, address: u64, bytes: &[u8]) -> io::Result<()> {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.ask(&format!("write {address:#x} {:#x} 0x{hex}", bytes.len())).map(drop)
    }

    /// Reads the guest's memory, as its processor would.
    ///
    /// # Errors
    ///
    /// What QEMU answers but the bytes.
    pub fn read(&mut self, address: u64, len: usize) -> io::Result<Vec<u8>> {
        let reply = self.ask(&format!("read {address:#x} {len:#x}"))?;
        let hex = reply.strip_prefix("0x").unwrap_or_default();
        let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
        let bytes = (0..len).map(|at| byte(2 * at)).collect::<Option<_>>();
        bytes.ok_or_else(|| io::Error::other(format!("QEMU answers {reply:?}")))
    }

    /// What the reply to a command of `qtest` says beside `OK`.
    fn ask(&mut self, command: &str) -> io::Result<String> {
        // Those to what started the device come first.
        writeln!(self.control.get_mut(), "endianness\n{command}")?;
        loop {
            if matches!(self.reply()?.as_str(), "OK little" | "OK big") {
                break;
            }
        }
        let reply = self.reply()?;
        match reply.strip_prefix("OK") {
            Some(rest) => Ok(rest.trim().to_owned()),
            None => Err(io::Error::other(format!("QEMU answers {reply:?}"))),
        }
    }

    fn reply(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.control.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts QEMU with the sockets of its device and of its control.
fn spawn(binary: &str, size: i64, device: OwnedFd, control: OwnedFd) -> io::Result<Child> {
    let mut command = Command::new(binary);
    let socket = device.as_raw_fd();
    command
        .args(["-S", "-nodefaults", "-no-user-config", "-display", "none", "-accel", "tcg,tb-size=1"])
        .args(["-machine", "microvm,memory-backend=m"])
        .args(["-object", &format!("memory-backend-shm,id=m,size={size}")])
        .args(["-chardev", &format!("socket,id=v,fd={socket}")])
        .args(["-device", "vhost-user-blk,chardev=v,num-queues=1,bus=virtio-mmio-bus.0"])
        .args(["-qtest", "stdio", "-qtest-log", "/dev/null"])
        .env("LC_ALL", "C")
        .stdin(control.try_clone()?)
        .stdout(control)
        .stderr(Stdio::piped());
    let parent = std::process::id();
    // SAFETY: system calls alone, and those of the C library that are as good as such.
    unsafe { command.pre_exec(move || settle(parent, socket)) };
    command.spawn()
}

/// Has the child end with its parent, and keep its own socket alone.
fn settle(parent: u32, socket: RawFd) -> io::Result<()> {
    shmconf_adapter::subject::host::backstop();
    // SAFETY: no condition.
    if unsafe { libc::getppid() }.cast_unsigned() != parent {
        return Err(io::ErrorKind::NotConnected.into());
    }
    close_on_exec(3, u32::MAX);
    // SAFETY: numbers only.
    match unsafe { libc::fcntl(socket, libc::F_SETFD, 0) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Closes the descriptors of a script when QEMU begins, whatever the script has said of them.
fn close_on_exec(first: u32, last: u32) {
    // SAFETY: numbers only.
    let done = unsafe { libc::syscall(libc::SYS_close_range, first, last, libc::CLOSE_RANGE_CLOEXEC) };
    if done != 0 {
        for fd in first..1024 {
            // SAFETY: numbers only.
            unsafe { libc::fcntl(fd as RawFd, libc::F_SETFD, libc::FD_CLOEXEC) };
        }
    }
}

/// The one object that all the descriptors stand for.
fn only_object(table: Vec<OwnedFd>) -> Option<OwnedFd> {
    use std::os::unix::fs::MetadataExt;
    let of = |fd: OwnedFd| {
        let file = std::fs::File::from(fd);
        let stat = file.metadata().ok()?;
        Some(((stat.dev(), stat.ino()), OwnedFd::from(file)))
    };
    let mut objects = table.into_iter().map(of).collect::<Option<Vec<_>>>()?;
    let (object, fd) = objects.pop()?;
    objects.iter().all(|(other, _)| *other == object).then_some(fd)
}

/// Ends a QEMU that has no memory to give. What it has said is why, if it has said anything.
fn end(mut process: Child, problem: &str) -> Failure {
    let pid = Some(process.id());
    // It is on its way out, or does not do what it should.
    let ended = wait_a_moment(&mut process);
    let _ = process.kill();
    let mut said = String::new();
    let _ = process.stderr.take().map(|mut stderr| stderr.read_to_string(&mut said));
    let status = process.wait().ok().filter(|_| ended);
    let signal = status.and_then(|status| status.signal());
    let words = match (said.trim_end(), status) {
        ("", Some(status)) => format!("QEMU ended by {status}, and said nothing"),
        ("", None) => format!("QEMU did not give its memory: {problem}"),
        (said, _) => said.to_owned(),
    };
    Failure { pid, signal, words }
}

/// Has the process ended, or does it within a second?
fn wait_a_moment(process: &mut Child) -> bool {
    for _ in 0..200 {
        if !matches!(process.try_wait(), Ok(None)) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

fn first_line(said: &str) -> &str {
    said.lines().next().unwrap_or("nothing at all")
}

/// The version in what `--version` says.
fn version(said: &str) -> Option<(u32, u32)> {
    let numbers = said.strip_prefix("QEMU emulator version ")?;
    let mut numbers = numbers.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::version;
    use rstest::rstest;

    #[rstest]
    #[case("QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)\nCopyright (c)", Some((10, 0)))]
    #[case("QEMU emulator version 8.2.2\n", Some((8, 2)))]
    #[case("busybox 9.1", None)]
    #[case("", None)]
    fn the_version_is_read(#[case] said: &str, #[case] found: Option<(u32, u32)>) {
        assert_eq!(version(said), found);
    }
}
