//! Populating memory: ours, an even split of it among threads as QEMU does, and `posix_fallocate`.

use std::cell::RefCell;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::{Condvar, Mutex};
use std::thread;

use shmfd::{Builder, Mapping, Prealloc, SharedMemory};

use crate::table::{Contender, compare};

const SIZE: u64 = 512 << 20;

pub(crate) fn run() {
    for threads in [1, 2] {
        let even = "even split";
        let contenders = vec![
            contender(even, even, |_, mapping| even_split(mapping, threads)),
            contender("shmfd Prealloc", even, |memory, mapping| {
                Prealloc::new().threads(threads).run(memory, mapping).unwrap();
            }),
            contender("posix_fallocate (no page tables)", even, |memory, _| {
                // SAFETY: a plain system call on a descriptor that is open.
                let result = unsafe { libc::posix_fallocate(memory.as_fd().as_raw_fd(), 0, SIZE as libc::off_t) };
                assert_eq!(result, 0);
            }),
            contender("posix_fallocate, then Prealloc", even, |memory, mapping| {
                // SAFETY: a plain system call on a descriptor that is open.
                let result = unsafe { libc::posix_fallocate(memory.as_fd().as_raw_fd(), 0, SIZE as libc::off_t) };
                assert_eq!(result, 0);
                Prealloc::new().threads(threads).run(memory, mapping).unwrap();
            }),
        ];
        compare(&format!("populate 512 MiB, {threads} threads"), 12, 1, contenders);
    }
}

/// Each turn is with memory of its own, made and unmade outside of its time.
fn contender<'a>(
    name: &'static str,
    against: &'static str,
    populate: impl Fn(&SharedMemory, &Mapping) + 'a,
) -> Contender<'a> {
    let fresh = || {
        let memory = Builder::new(SIZE).create().unwrap();
        let mapping = memory.map().unwrap();
        Some((memory, mapping))
    };
    let current = std::rc::Rc::new(RefCell::new(fresh()));
    let used = current.clone();
    let job = move || {
        let current = used.borrow();
        let (memory, mapping) = current.as_ref().unwrap();
        populate(memory, mapping);
    };
    let mut contender = Contender::new(name, against, job);
    contender.after = Box::new(move || {
        current.replace(None);
        current.replace(fresh());
    });
    contender
}

/// QEMU's way: the pages in equal parts, one a thread, and a condition that all threads wait for before they
/// start; the calling thread waits for them and populates nothing, unless it is the only one.
fn even_split(mapping: &Mapping, threads: usize) {
    let (start, page) = (mapping.as_ptr().addr(), 4096);
    populate(start, page);
    if threads == 1 {
        return populate(start, mapping.len());
    }
    let pages = mapping.len() / page;
    let (ready, all_there) = (Mutex::new(false), Condvar::new());
    thread::scope(|scope| {
        for index in 0..threads {
            let (first, last) = (pages * index / threads, pages * (index + 1) / threads);
            let (ready, all_there) = (&ready, &all_there);
            scope.spawn(move || {
                drop(all_there.wait_while(ready.lock().unwrap(), |ready| !*ready).unwrap());
                populate(start + first * page, (last - first) * page);
            });
        }
        *ready.lock().unwrap() = true;
        all_there.notify_all();
    });
}

fn populate(start: usize, len: usize) {
    let start = std::ptr::with_exposed_provenance_mut(start);
    // SAFETY: the range is part of a mapping, and populating it changes nothing that it holds.
    assert_eq!(unsafe { libc::madvise(start, len, libc::MADV_POPULATE_WRITE) }, 0);
}
