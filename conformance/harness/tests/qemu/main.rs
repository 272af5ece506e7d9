//! The subject `qemu`: what QEMU makes, and what becomes of it. Skipped where there is no QEMU 9.1.
#![cfg(all(target_os = "linux", target_pointer_width = "64"))]

mod names;

use rstest::rstest;
use shmconf::subject::qemu::{DEFAULT_BINARY, Machine};
use shmconf_adapter::subject::{Libc, Region, Subject};
use shmconf_model::outcome::Content;
use std::fs;
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PAGE: i64 = 4096;

/// Can QEMU be started here? If not, says why.
fn is_here() -> bool {
    let why_not = Machine::why_not(DEFAULT_BINARY);
    if let Some(reason) = &why_not {
        eprintln!("skipped: {reason}");
    }
    why_not.is_none()
}

fn machine(size: i64) -> Machine {
    Machine::start(DEFAULT_BINARY, size).unwrap_or_else(|failure| panic!("{}", failure.words))
}

/// All of an object, mapped for as long as the process is there.
fn mapped(memory: &OwnedFd, size: i64) -> Region {
    let both = libc::PROT_READ | libc::PROT_WRITE;
    Libc.mmap(size as usize, both, libc::MAP_SHARED, memory.into(), 0).expect("it can be mapped")
}

fn bytes(region: &Region, offset: usize, len: usize) -> Content {
    Libc.load(region, offset, len).expect("it is mapped")
}

/// The other areas take longer: `scripts/qemu` runs them.
#[test]
fn qemu_conforms_and_its_objects_have_no_names() {
    if !is_here() {
        return;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_shmconf"))
        .args(["run", "anonymous/*", "-s", "qemu", "--cases", "1", "--timeout", "30", "--format", "json"])
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let results = report["results"].as_array().or_else(|| report["reports"][0]["results"].as_array());
    let passed = results.expect("it has results").iter().filter(|result| result["verdict"] == "pass");
    assert!(passed.count() > 40, "{report:#}");
}

#[test]
fn the_object_has_no_name_and_mode_0_and_the_size_asked_for() {
    if !is_here() {
        return;
    }
    let machine = machine(3 * PAGE);
    let memory = machine.memory();
    let stat = Libc.fstat(memory.into()).expect("it is open");
    assert_eq!((stat.size, stat.mode), (3 * PAGE, 0));
    assert_eq!(Libc.links(memory.into()), Ok(0));
    let path = fs::read_link(format!("/proc/self/fd/{}", memory.as_raw_fd())).expect("it is open");
    let name = format!("/dev/shm/qemu-{}-shm-0 (deleted)", machine.pid());
    assert_eq!(path.to_string_lossy(), name);
}

#[test]
fn the_device_finds_the_offset_at_the_end() {
    if !is_here() {
        return;
    }
    let machine = machine(3 * PAGE);
    assert_eq!(Libc.lseek(machine.memory().into(), 0, libc::SEEK_CUR), Ok(3 * PAGE));
}

#[rstest]
fn guest_and_device_share_the_memory(#[values(PAGE, 16 << 20)] size: i64) {
    if !is_here() {
        return;
    }
    let mut machine = machine(size);
    let region = mapped(machine.memory(), size);
    assert_eq!(bytes(&region, 0, size as usize), Content::of(&vec![0; size as usize]));
    machine.write(0x100, b"guest").expect("it is written");
    assert_eq!(bytes(&region, 0x100, 6), Content::of(b"guest\0"));
    Libc.store(&region, 0x105, b'!', 3).expect("it is mapped");
    assert_eq!(machine.read(0xff, 11).expect("it is read"), b"\0guest!!!\0\0");
    let last = size as u64 - 1;
    machine.write(last, &[0xff]).expect("it is written");
    assert_eq!(bytes(&region, last as usize, 1), Content::of(&[0xff]));
}

#[test]
fn the_object_outlives_qemu() {
    if !is_here() {
        return;
    }
    let mut machine = machine(PAGE);
    machine.write(0, b"kept").expect("it is written");
    let memory = machine.memory().try_clone().expect("there is a number left");
    let pid = machine.pid();
    drop(machine);
    assert!(!fs::exists(format!("/proc/{pid}")).expect("there is a /proc"));
    assert_eq!(bytes(&mapped(&memory, PAGE), 0, 5), Content::of(b"kept\0"));
    Libc.ftruncate((&memory).into(), 2 * PAGE).expect("it can be sized");
    assert_eq!(Libc.fstat((&memory).into()).expect("it is open").size, 2 * PAGE);
}

#[rstest]
#[case::nothing(0, "property 'size' of memory-backend-shm doesn't take value '0'")]
#[case::negative(-1, "Parameter 'size' expects a size value")]
#[case::no_whole_page(1, "backing store size 0x1 ")]
#[case::no_whole_pages(PAGE + 1, "backing store size 0x1001 ")]
#[case::largest(i64::MAX, "backing store size 0x7fffffffffffffff ")]
fn qemu_refuses_sizes_that_are_no_whole_pages(#[case] size: i64, #[case] words: &str) {
    if !is_here() {
        return;
    }
    let failure = Machine::start(DEFAULT_BINARY, size).expect_err("it is refused");
    assert!(failure.words.contains(words), "{}", failure.words);
    assert_eq!(failure.signal, None);
}

#[test]
fn no_qemu_outlives_a_run_that_is_killed() {
    if !is_here() {
        return;
    }
    let mut run = Command::new(env!("CARGO_BIN_EXE_shmconf"))
        .args(["run", "anonymous", "-s", "qemu", "--cases", "1000"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    std::thread::sleep(Duration::from_millis(700));
    let qemus = below(run.id());
    run.kill().expect("it is there");
    run.wait().expect("it ends");
    let began = Instant::now();
    while qemus.iter().any(|pid| is_qemu(*pid)) {
        assert!(began.elapsed() < Duration::from_secs(10), "{qemus:?} live on");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Every process below one.
fn below(pid: u32) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let children: Vec<u32> = children.split_whitespace().filter_map(|pid| pid.parse().ok()).collect();
    children.iter().flat_map(|child| [vec![*child], below(*child)].concat()).collect()
}

fn is_qemu(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.starts_with("qemu-system"))
}
