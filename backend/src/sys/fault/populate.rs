//! Populating and advising on systems that cannot, and where memory runs out.

use nix::errno::Errno;
use rstest::rstest;

use super::{left, plan};
use crate::{Builder, Call, Commit, Error, ErrorKind, Feature, Mapping, Nodes, Numa, Prealloc, SharedMemory};

const SIZE: u64 = (20 << 20) + 1;

/// The answer to advice that does not exist, which is given before all other.
const HEEDED: (Call, Errno) = (Call::Madvise, Errno::EINVAL);

/// Bytes of the mapping that are in this process's page tables and were written to, where Linux tells.
fn written(mapping: &Mapping) -> Option<u64> {
    let maps = std::fs::read_to_string("/proc/self/smaps").ok()?;
    let start = format!("{:x}-", mapping.as_ptr().addr());
    let here: Vec<_> = maps.lines().skip_while(|line| !line.starts_with(&start)).skip(1).take(25).collect();
    let bytes = |key| {
        let line = here.iter().find(|line| line.starts_with(key))?;
        Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
    };
    // What stands in for Linux may write the lines and not mean them.
    bytes("THPeligible")?;
    Some(bytes("Shared_Dirty")? + bytes("Private_Dirty")?)
}

fn populate(faults: &[(Call, Errno)]) -> (SharedMemory, Result<(), Error>) {
    let memory = Builder::new(SIZE).create().unwrap();
    let mapping = memory.map().unwrap();
    plan(&[&[HEEDED], faults].concat());
    let result = Prealloc::new().run(&memory, &mapping);
    assert_eq!(left(), 0, "a planted fault was not met");
    (memory, result)
}

/// Populates on a kernel that cannot, and tells what `written` tells then.
fn touched() -> Option<u64> {
    let memory = Builder::new(SIZE).create().unwrap();
    let mapping = memory.map().unwrap();
    mapping.write(5, b"kept").unwrap();
    plan(&[HEEDED, (Call::Madvise, Errno::EINVAL)]);
    Prealloc::new().run(&memory, &mapping).unwrap();
    assert_eq!(left(), 0, "the kernel populated it");
    assert!(nix::sys::stat::fstat(&memory).unwrap().st_blocks as u64 * 512 >= SIZE);
    let bytes = written(&mapping);
    let mut seen = [0; 6];
    mapping.read(4, &mut seen).unwrap();
    assert_eq!(&seen, b"\0kept\0");
    bytes
}

/// Without a compiler that drops writes of which it knows that they change nothing, this tests little: it is to be run in
/// a release build too.
#[test]
fn a_kernel_that_cannot_populate_has_its_pages_touched() {
    // A kernel that looks for idle memory takes pages out of page tables at any moment, so that one of some tries has to show all.
    const TRIES: usize = 5;
    let mut fewer = Vec::new();
    for _ in 0..TRIES {
        match touched() {
            Some(bytes) if bytes >= SIZE => return,
            Some(bytes) => fewer.push(bytes),
            None => return eprintln!("skipped: this system does not tell which pages a process has"),
        }
    }
    panic!("{fewer:?} bytes of {SIZE}");
}

#[test]
fn only_what_is_mapped_has_its_space_reserved() {
    let page = 64 << 10;
    let memory = Builder::new(8 * page).create().unwrap();
    let mapping = memory.map_options().range(2 * page, page).map().unwrap();
    let blocks = || nix::sys::stat::fstat(&memory).unwrap().st_blocks as u64 * 512;
    if blocks() != 0 {
        return eprintln!("skipped: this system counts blocks whether or not there are any");
    }
    plan(&[HEEDED, (Call::Madvise, Errno::EINVAL)]);
    Prealloc::new().run(&memory, &mapping).unwrap();
    assert_eq!((blocks(), left()), (page, 0));
}

/// Sizes memory anew, as a peer could.
fn cut(memory: &SharedMemory, size: u64) {
    nix::unistd::ftruncate(memory, size as _).unwrap();
}

#[rstest]
#[case::asked(&[])]
#[case::touched(&[HEEDED, (Call::Madvise, Errno::EINVAL)])]
fn memory_that_a_peer_has_cut_off_is_told_as_such(#[case] faults: &[(Call, Errno)], #[values(0, 4 << 20)] size: u64) {
    let memory = Builder::new(SIZE).create().unwrap();
    let mapping = memory.map().unwrap();
    cut(&memory, size);
    plan(faults);
    let error = Prealloc::new().run(&memory, &mapping).unwrap_err();
    assert_eq!(left(), 0, "a planted fault was not met");
    match error.kind() {
        ErrorKind::Unsupported(_) => eprintln!("skipped: {error}"),
        kind => assert_eq!(*kind, ErrorKind::Shrunk { size, needed: SIZE }),
    }
    assert_eq!(crate::sys::status(&memory).unwrap().size, size, "the peer's size is not undone");
}

#[test]
fn a_mapping_that_cannot_be_unmapped_says_so() {
    let mapping = Builder::new(1).create().unwrap().map().unwrap();
    plan(&[(Call::Munmap, Errno::EINTR), (Call::Munmap, Errno::ENOMEM)]);
    let error = mapping.unmap().unwrap_err();
    assert_eq!((error.call(), left()), (Some(Call::Munmap), 0));
}

/// A profiler's timer: where a signal makes the kernel give up the space that the call has reserved so far, as Linux did
/// until lately, a large call never ends.
#[test]
fn a_timer_that_goes_off_all_the_time_does_not_keep_space_from_being_reserved() {
    use nix::libc;
    use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    static SIGNALS: AtomicU32 = AtomicU32::new(0);
    extern "C" fn count(_signal: libc::c_int) {
        if SIGNALS.fetch_add(1, Relaxed) == 10_000 {
            // SAFETY: ends the process and nothing else.
            unsafe { libc::_exit(1) };
        }
    }
    super::child::in_child(|| {
        let action = SigAction::new(SigHandler::Handler(count), SaFlags::empty(), SigSet::empty());
        // SAFETY: the handler counts, and ends the process.
        unsafe { sigaction(Signal::SIGALRM, &action) }.unwrap();
        let period = libc::timeval { tv_sec: 0, tv_usec: 3000 };
        let timer = libc::itimerval { it_interval: period, it_value: period };
        // SAFETY: the timer is valid, and nobody asks for the one before.
        let started = unsafe { libc::syscall(libc::SYS_setitimer, libc::ITIMER_REAL, &raw const timer, 0) };
        assert_eq!(started, 0);
        Builder::new(300 << 20).commit(Commit::Reserved).create().unwrap();
    });
}

#[rstest]
#[case::at_once(&[(Call::Madvise, Errno::EFAULT)])]
#[case::no_page_tables(&[(Call::Madvise, Errno::ENOMEM)])]
#[case::before_the_touch(&[(Call::Madvise, Errno::EINVAL), (Call::PosixFallocate, Errno::ENOSPC)])]
#[case::free_space_unknown(&[(Call::Madvise, Errno::EFAULT), (Call::Fstatvfs, Errno::EIO)])]
fn want_of_space_is_told(#[case] faults: &[(Call, Errno)]) {
    let error = populate(faults).1.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NoSpace { wanted: Some(SIZE), .. }), "{error}");
}

#[rstest]
#[case::file_system(Errno::EOPNOTSUPP)]
#[case::device(Errno::ENODEV)]
fn where_neither_way_is_safe_nothing_is_touched(#[case] errno: Errno) {
    let faults = [(Call::Madvise, Errno::EINVAL), (Call::PosixFallocate, errno)];
    let (memory, result) = populate(&faults);
    assert_eq!(*result.unwrap_err().kind(), ErrorKind::Unsupported(Feature::Reserve));
    // gVisor counts the blocks of memory whether or not there are any.
    let unused = Builder::new(SIZE).create().unwrap();
    let blocks = |memory| nix::sys::stat::fstat(memory).unwrap().st_blocks;
    assert_eq!(blocks(memory), blocks(unused));
}

#[test]
fn signals_do_not_keep_space_from_being_taken() {
    plan(&[(Call::PosixFallocate, Errno::EINTR); 5]);
    Builder::new(SIZE).commit(Commit::Reserved).create().unwrap();
    assert_eq!(left(), 0);
}

type Advise = fn(&Mapping) -> Result<(), Error>;

#[rstest]
#[case::merge(|m: &Mapping| m.set_merge(true), Call::Madvise, Errno::EINVAL, Feature::Merge)]
#[case::dump(|m: &Mapping| m.set_dump(false), Call::Madvise, Errno::EINVAL, Feature::Dump)]
#[case::numa(
    |m: &Mapping| m.set_numa(Numa::Bind(Nodes::new([0])?)), Call::Mbind, Errno::ENOSYS, Feature::Numa
)]
fn advice_that_the_kernel_lacks_is_unsupported(
    #[case] advise: Advise,
    #[case] call: Call,
    #[case] errno: Errno,
    #[case] feature: Feature,
) {
    let mapping = Builder::new(1).create().unwrap().map().unwrap();
    plan(&[HEEDED, (call, errno)]);
    let error = advise(&mapping).unwrap_err();
    assert_eq!((error.kind(), error.call()), (&ErrorKind::Unsupported(feature), Some(call)));
}

#[test]
fn without_numa_the_default_policy_is_no_error() {
    let mapping = Builder::new(1).create().unwrap().map().unwrap();
    plan(&[(Call::Mbind, Errno::ENOSYS)]);
    mapping.set_numa(Numa::Default).unwrap();
    assert_eq!(left(), 0);
}

#[cfg(feature = "qemu")]
#[rstest]
#[case::merge_by_name("merge=on", false)]
#[case::merge_by_default("merge=off", true)]
#[case::dump_off("dump=off", false)]
#[case::dump_on("dump=on", true)]
fn a_backend_minds_lacking_advice_where_it_was_asked_for(#[case] option: &str, #[case] made: bool) {
    let options = format!("memory-backend-shm,id=m,size=1M,{option}");
    let options: crate::qemu::Options = options.parse().unwrap();
    plan(&[HEEDED; 4]);
    assert_eq!(options.create().is_ok(), made);
}
